//! Asking our own services on the loopback interface, bounded in time.

use std::net::{SocketAddr, TcpListener};
use std::time::{Duration, Instant};

use ureq::Agent;

use crate::error::{Error, Result};
use crate::interrupt;
use crate::process::Service;

/// How long one question may take.
const ASK: Duration = Duration::from_secs(3);

/// A client for services on this machine: every status is an answer, nothing is followed, decoded or sent through a proxy.
pub(crate) fn client(limit: Duration) -> Agent {
    let config = Agent::config_builder()
        .timeout_global(Some(limit))
        .http_status_as_error(false)
        .max_redirects(0)
        .proxy(None);
    config.build().into()
}

/// The status of `GET path`, if anything answers.
pub(crate) fn status(port: u16, path: &str) -> Option<u16> {
    let answer = client(ASK).get(format!("http://127.0.0.1:{port}{path}")).call().ok()?;
    Some(answer.status().as_u16())
}

/// Waits until `path` answers 200, the service ends, or the time is over.
pub(crate) fn wait_until_ready(service: &mut Service, port: u16, path: &str, limit: Duration) -> Result<()> {
    wait_for(service, port, path, 200, limit)
}

/// The same with another status.
pub(crate) fn wait_for(
    service: &mut Service,
    port: u16,
    path: &str,
    expected: u16,
    limit: Duration,
) -> Result<()> {
    let started = Instant::now();
    loop {
        if interrupt::asked_to_end() {
            return Err(Error::Interrupted);
        }
        service.still_running()?;
        if status(port, path) == Some(expected) {
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
    Ok(TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port())
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
}
