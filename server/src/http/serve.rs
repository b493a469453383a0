//! Listening and serving: bounded in connections, header size and header time; stops gracefully.

use axum::Router;
use axum::extract::ConnectInfo;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, mpsc, watch};
use tower::ServiceExt as _;

/// How long a client may take to send its headers; a slow one is cut off.
const HEADER_TIMEOUT: Duration = Duration::from_secs(10);
/// The most headers of a request, and their size in bytes; more is answered with 431.
const MAX_HEADERS: usize = 64;
const MAX_HEADER_BYTES: usize = 32 * 1024;
/// How long running requests may take to finish after a stop was asked for.
const STOP_TIMEOUT: Duration = Duration::from_secs(15);

/// The bounds of serving.
#[derive(Debug, Clone, Copy)]
pub struct ServeLimits {
    /// Connections at the same time; further ones wait.
    pub connections: usize,
}

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
pub struct Listeners(Vec<TcpListener>);

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

/// Serves until told to stop, then lets running requests finish.
pub async fn serve(
    listeners: Listeners,
    router: Router,
    limits: ServeLimits,
    mut stop: watch::Receiver<bool>,
) {
    let (sender, mut accepted) = mpsc::channel::<(TcpStream, SocketAddr)>(64);
    for listener in listeners.0 {
        tokio::spawn(accept(listener, sender.clone(), stop.clone()));
    }
    drop(sender);
    let places = Arc::new(Semaphore::new(limits.connections));
    let graceful = GracefulShutdown::new();
    loop {
        let (stream, peer) = tokio::select! {
            _ = stop.changed() => break,
            connection = accepted.recv() => match connection {
                Some(connection) => connection,
                None => break,
            },
        };
        let place = tokio::select! {
            _ = stop.changed() => break,
            place = Arc::clone(&places).acquire_owned() => place,
        };
        let Ok(place) = place else { break };
        let service = router.clone().map_request(move |request: hyper::Request<hyper::body::Incoming>| {
            let mut request = request.map(axum::body::Body::new);
            request.extensions_mut().insert(ConnectInfo(peer));
            request
        });
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(HEADER_TIMEOUT)
            .max_headers(MAX_HEADERS)
            .max_buf_size(MAX_HEADER_BYTES)
            .serve_connection(TokioIo::new(stream), TowerToHyperService::new(service));
        let watched = graceful.watch(connection);
        tokio::spawn(async move {
            if let Err(error) = watched.await {
                tracing::debug!(%error, "a connection ended early");
            }
            drop(place);
        });
    }
    if tokio::time::timeout(STOP_TIMEOUT, graceful.shutdown()).await.is_err() {
        tracing::warn!("some requests did not finish in time");
    }
}

async fn accept(
    listener: TcpListener,
    sender: mpsc::Sender<(TcpStream, SocketAddr)>,
    mut stop: watch::Receiver<bool>,
) {
    loop {
        let accepted = tokio::select! {
            _ = stop.changed() => return,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok((stream, peer)) => {
                // Answers are small; waiting to fill a packet only delays them.
                let _ = stream.set_nodelay(true);
                if sender.send((stream, peer)).await.is_err() {
                    return;
                }
            }
            Err(error) => {
                // Out of file descriptors, mostly: wait until some connection ends.
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(Duration::from_millis(200)).await;
            }
        }
    }
}
