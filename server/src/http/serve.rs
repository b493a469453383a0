//! Serving: bounded in connections, in the size of headers, and in the time a client may take for anything; stops
//! gracefully.

use super::client_address::is_trusted;
use super::connections::{Admitted, ConnectionLimits, Connections, Full, Permit};
use super::listeners::Listeners;
use super::tracked_body::{ArrivingBody, TrackedBody};
use crate::metrics::{ConnectionClosed, Metrics};
use axum::Router;
use axum::extract::ConnectInfo;
use axum::http::{Response, header};
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use ipnet::IpNet;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, watch};
use tokio_io_timeout::TimeoutStream;
use tower::ServiceExt as _;

/// How many headers of a request, and how many bytes of address and headers together, are read at all. What is beyond the
/// narrower bounds of `bounded_head.rs` is refused like anything else; what is beyond these by the parser, with a status.
const READ_HEADERS: usize = 128;
const READ_HEAD_BYTES: usize = 32 * 1024;
/// How long a connection may take nothing of an answer.
pub const WRITE_STALL: Duration = Duration::from_secs(30);
/// How long running requests may take to finish after a stop was asked for.
const STOP_TIMEOUT: Duration = Duration::from_secs(15);

/// The bounds of serving.
#[derive(Debug, Clone)]
pub struct ServeLimits {
    /// Connections at the same time; for a further one an idle one is closed.
    pub connections: usize,
    /// Of those, from one network (an IPv4 address, 64 bits of IPv6) that is no proxy of ours.
    pub connections_per_network: usize,
    /// Those proxies.
    pub trusted_proxies: Vec<IpNet>,
    /// How long a client may take to send its headers, and to begin with the next request on the same connection.
    pub header_timeout: Duration,
    /// After how long an answer that is no stream counts as one that nobody reads: it is given up when room is needed.
    pub patience: Duration,
}

/// Serves until told to stop, then lets running requests finish.
pub async fn serve(
    listeners: Listeners,
    router: Router,
    limits: ServeLimits,
    metrics: Arc<Metrics>,
    mut stop: watch::Receiver<bool>,
) {
    let (sender, mut accepted) = mpsc::channel::<(TcpStream, SocketAddr)>(64);
    for listener in listeners.0 {
        tokio::spawn(accept(listener, sender.clone(), stop.clone()));
    }
    drop(sender);
    let room = ConnectionLimits {
        total: limits.connections,
        per_network: limits.connections_per_network,
        patience: limits.patience,
    };
    let counted = Arc::clone(&metrics);
    let connections = Connections::new(room, move |open| counted.connections(open));
    let graceful = GracefulShutdown::new();
    loop {
        let (stream, peer) = tokio::select! {
            _ = stop.changed() => break,
            connection = accepted.recv() => match connection {
                Some(connection) => connection,
                None => break,
            },
        };
        let is_proxy = is_trusted(peer.ip(), &limits.trusted_proxies);
        match connections.admit(peer.ip(), is_proxy) {
            Ok(Admitted { place, closed_another }) => {
                if closed_another {
                    tracing::debug!("an idle connection was closed for a new one");
                    metrics.connection_closed(ConnectionClosed::ForAnother);
                }
                let metrics = Arc::clone(&metrics);
                spawn_connection(stream, peer, place, &router, limits.header_timeout, &graceful, metrics);
            }
            Err(Full) => {
                tracing::debug!("no room for a connection, and everybody is at work");
                metrics.connection_closed(ConnectionClosed::NoRoom);
            }
        }
    }
    if tokio::time::timeout(STOP_TIMEOUT, graceful.shutdown()).await.is_err() {
        tracing::warn!("some requests did not finish in time");
    }
}

fn spawn_connection(
    stream: TcpStream,
    peer: SocketAddr,
    place: Arc<Permit>,
    router: &Router,
    header_timeout: Duration,
    graceful: &GracefulShutdown,
    metrics: Arc<Metrics>,
) {
    let tracked = Arc::clone(&place);
    let answered = Arc::clone(&place);
    let service = router
        .clone()
        .map_request(move |request: hyper::Request<hyper::body::Incoming>| {
            let mut request =
                request.map(|body| axum::body::Body::new(ArrivingBody::new(body, Arc::clone(&tracked))));
            request.extensions_mut().insert(ConnectInfo(peer));
            request
        })
        .map_response(move |response: Response<axum::body::Body>| {
            let content = response.headers().get(header::CONTENT_TYPE);
            if content.is_some_and(|content| content.as_bytes() == b"text/event-stream") {
                answered.streaming();
            }
            response.map(|body| TrackedBody::new(body, Arc::clone(&answered)))
        });
    let mut stream = TimeoutStream::new(stream);
    stream.set_write_timeout(Some(WRITE_STALL));
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(header_timeout)
        .max_headers(READ_HEADERS)
        .max_buf_size(READ_HEAD_BYTES)
        .serve_connection(TokioIo::new(Box::pin(stream)), TowerToHyperService::new(service));
    let watched = graceful.watch(connection);
    tokio::spawn(async move {
        tokio::select! {
            served = watched => {
                match served {
                    Ok(()) => {}
                    // There was never a request, so there is no reference. What the error says has no word of what was sent.
                    Err(error) if error.is_parse() => {
                        tracing::info!(%error, "a request could not be read");
                        metrics.connection_closed(ConnectionClosed::Unreadable);
                    }
                    Err(error) => tracing::debug!(%error, "a connection ended early"),
                }
            }
            () = place.closed() => {}
        }
    });
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
