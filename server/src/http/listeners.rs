//! Opening the sockets.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use tokio::net::TcpListener;

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

async fn bind(address: impl tokio::net::ToSocketAddrs, name: &str) -> Result<TcpListener, ListenError> {
    TcpListener::bind(address).await.map_err(|error| {
        if error.kind() == io::ErrorKind::AddrInUse {
            ListenError::InUse(name.to_owned())
        } else {
            ListenError::Other(name.to_owned(), error)
        }
    })
}
