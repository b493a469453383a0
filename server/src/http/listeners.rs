//! Opening the sockets.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use tokio::net::{TcpListener, TcpSocket, ToSocketAddrs};

/// How many connections the system may keep until they are accepted; more than its own limit is taken as that
/// (`net.core.somaxconn`, usually 4,096). In a flood a short queue drops the packets of honest people, who then wait for
/// whole seconds.
const BACKLOG: u32 = 4096;

/// Why the server cannot listen.
#[derive(Debug)]
pub enum ListenError {
    /// Something else listens there.
    InUse(String),
    /// Anything else.
    Other(String, io::Error),
}

impl std::fmt::Display for ListenError {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::InUse(address) => write!(
                formatter,
                "{address} is in use by another program: stop that program or choose another port (key `listen`)"
            ),
            Self::Other(address, error) => {
                write!(formatter, "cannot listen on {address} (key `listen`): {error}")
            }
        }
    }
}

/// Open sockets.
pub struct Listeners(pub(super) Vec<TcpListener>);

impl Listeners {
    /// Opens `host:port`. `localhost` means both loopback addresses, the IPv6 one only where the machine has
    /// it: a browser may choose either.
    ///
    /// # Errors
    /// [`ListenError`].
    pub async fn open(listen: &str) -> Result<Self, ListenError> {
        let Some(port) = listen.strip_prefix("localhost:").and_then(|port| port.parse::<u16>().ok()) else {
            return Ok(Self(vec![bind(listen, listen).await?]));
        };
        let v4 = bind(SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), port), listen).await?;
        let port = v4.local_addr().map_or(port, |address| address.port());
        match bind(SocketAddr::new(IpAddr::V6(Ipv6Addr::LOCALHOST), port), listen).await {
            Ok(v6) => Ok(Self(vec![v4, v6])),
            Err(ListenError::Other(_, error)) => {
                tracing::debug!(%error, "no IPv6 loopback");
                Ok(Self(vec![v4]))
            }
            Err(in_use @ ListenError::InUse(_)) => Err(in_use),
        }
    }

    /// The addresses.
    #[must_use]
    pub fn addresses(&self) -> Vec<SocketAddr> {
        self.0.iter().filter_map(|listener| listener.local_addr().ok()).collect()
    }
}

async fn bind(address: impl ToSocketAddrs, name: &str) -> Result<TcpListener, ListenError> {
    listen(address).await.map_err(|error| {
        if error.kind() == io::ErrorKind::AddrInUse {
            ListenError::InUse(name.to_owned())
        } else {
            ListenError::Other(name.to_owned(), error)
        }
    })
}

/// As `TcpListener::bind`, which lets only 1,024 wait.
async fn listen(address: impl ToSocketAddrs) -> io::Result<TcpListener> {
    let mut refused = io::Error::from(io::ErrorKind::AddrNotAvailable);
    for address in tokio::net::lookup_host(address).await? {
        let socket = if address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
        // A server that was ended may start again at once. On Windows the option would share the port.
        #[cfg(not(windows))]
        socket.set_reuseaddr(true)?;
        match socket.bind(address).and_then(|()| socket.listen(BACKLOG)) {
            Ok(listener) => return Ok(listener),
            Err(error) => refused = error,
        }
    }
    Err(refused)
}
