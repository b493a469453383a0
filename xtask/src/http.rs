//! Asking our own services on the loopback interface whether they are there: HTTP/1.1 by hand, bounded in time.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::time::{Duration, Instant};

use crate::error::{Error, Result};
use crate::interrupt;
use crate::process::Service;

/// How long one question may take.
const ASK: Duration = Duration::from_secs(3);

/// The status of `GET path`, if anything answers.
pub(crate) fn status(port: u16, path: &str) -> Option<u16> {
    let address = SocketAddr::from(([127, 0, 0, 1], port));
    let mut stream = TcpStream::connect_timeout(&address, ASK).ok()?;
    stream.set_read_timeout(Some(ASK)).ok()?;
    stream.set_write_timeout(Some(ASK)).ok()?;
    let request = format!("GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).ok()?;
    let mut head = Vec::new();
    stream.take(64).read_to_end(&mut head).ok()?;
    status_of(&String::from_utf8_lossy(&head))
}

/// Waits until `path` answers 200, the service ends, or the time is over.
pub(crate) fn wait_until_ready(service: &mut Service, port: u16, path: &str, limit: Duration) -> Result<()> {
    let started = Instant::now();
    loop {
        if interrupt::asked_to_end() {
            return Err(Error::Interrupted);
        }
        service.still_running()?;
        if status(port, path) == Some(200) {
            return Ok(());
        }
        if started.elapsed() > limit {
            return Err(service.down());
        }
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// Fails when another program listens on the port, on either address that `localhost` may mean.
pub(crate) fn require_free(port: u16, purpose: &'static str) -> Result<()> {
    let taken = [SocketAddr::from(([127, 0, 0, 1], port)), SocketAddr::from((std::net::Ipv6Addr::LOCALHOST, port))]
        .into_iter()
        .any(|address| matches!(TcpListener::bind(address), Err(error) if error.kind() == std::io::ErrorKind::AddrInUse));
    if taken { Err(Error::PortInUse { port, purpose }) } else { Ok(()) }
}

/// A port on 127.0.0.1 that nobody listens on at this moment.
pub(crate) fn free_port() -> Result<u16> {
    let failed = |source| Error::File { doing: "find a free port".into(), source };
    let listener = TcpListener::bind(("127.0.0.1", 0)).map_err(failed)?;
    Ok(listener.local_addr().map_err(failed)?.port())
}

/// The number in `HTTP/1.1 200 OK`.
fn status_of(head: &str) -> Option<u16> {
    head.strip_prefix("HTTP/1.1 ").or_else(|| head.strip_prefix("HTTP/1.0 "))?.get(..3)?.parse().ok()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
mod tests {
    use super::*;

    #[test]
    fn a_port_that_somebody_listens_on_is_refused_with_its_number() {
        let held = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let port = held.local_addr().unwrap().port();
        assert!(
            matches!(require_free(port, "test"), Err(Error::PortInUse { port: named, .. }) if named == port)
        );
        drop(held);
        assert!(require_free(port, "test").is_ok());
    }

    #[test]
    fn only_http_has_a_status() {
        assert_eq!(status_of("HTTP/1.1 503 Service Unavailable"), Some(503));
        assert_eq!(status_of("SSH-2.0"), None);
    }
}
