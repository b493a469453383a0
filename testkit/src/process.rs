//! The real program, started by a test.

use crate::client::{Outcome, Request, exchange};
use axum::http::StatusCode;
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::process::{Child, Command, ExitStatus};
use std::time::{Duration, Instant};

/// How long a start or an end may take.
pub const PATIENCE: Duration = Duration::from_secs(60);
/// Between two looks at what another process does: nobody tells.
const LOOK: Duration = Duration::from_millis(5);

/// A running program; dropping it kills it, so that it ends with its test.
#[derive(Debug)]
pub struct Running(pub Child);

impl Drop for Running {
    fn drop(&mut self) {
        // Already gone is what is wanted.
        let _ = self.kill();
    }
}

impl Running {
    /// Starts it.
    ///
    /// # Errors
    /// When the system cannot.
    pub fn start(command: &mut Command) -> io::Result<Self> {
        command.spawn().map(Self)
    }

    /// SIGKILL: nothing is finished, nothing is tidied up. It is gone when this returns.
    ///
    /// # Errors
    /// When the system cannot.
    pub fn kill(&mut self) -> io::Result<ExitStatus> {
        self.0.kill()?;
        self.0.wait()
    }

    /// SIGTERM: it is asked to end.
    ///
    /// # Errors
    /// When the system cannot.
    pub fn terminate(&self) -> io::Result<()> {
        let asked = Command::new("kill").args(["-TERM", &self.0.id().to_string()]).status()?;
        if asked.success() { Ok(()) } else { Err(io::Error::other("there is no such process")) }
    }

    /// How it ended; `None` after [`PATIENCE`].
    ///
    /// # Errors
    /// When the system cannot tell.
    pub async fn ended(&mut self) -> io::Result<Option<ExitStatus>> {
        let asked = Instant::now();
        loop {
            let status = self.0.try_wait()?;
            if status.is_some() || asked.elapsed() > PATIENCE {
                return Ok(status);
            }
            tokio::time::sleep(LOOK).await;
        }
    }

    /// Waits until this is answered with 200; whether it is, before the program ended and within [`PATIENCE`].
    pub async fn answers(&mut self, address: SocketAddr, path: &str) -> bool {
        let started = Instant::now();
        loop {
            let outcome = exchange(address, &Request::get(path)).await;
            if matches!(outcome, Outcome::Answered(answer) if answer.status == StatusCode::OK) {
                return true;
            }
            let is_gone = !matches!(self.0.try_wait(), Ok(None));
            if is_gone || started.elapsed() > PATIENCE {
                return false;
            }
            tokio::time::sleep(LOOK).await;
        }
    }
}

/// A port of this machine that nobody listens on, below those the system hands out for outgoing connections: while the
/// program is down, a client that dials a port of that range can meet itself.
///
/// # Errors
/// When fifty in a row are taken.
pub fn free_address() -> io::Result<SocketAddr> {
    let mut last = io::Error::from(io::ErrorKind::AddrInUse);
    for _ in 0..50 {
        let port = u16::try_from(15_000 + random() % 15_000).unwrap();
        match TcpListener::bind(("127.0.0.1", port)).and_then(|one| one.local_addr()) {
            Ok(address) => return Ok(address),
            Err(error) => last = error,
        }
    }
    Err(last)
}

/// A number that is another one each time, from the keys that the standard library gives every new map.
fn random() -> u64 {
    use std::hash::{BuildHasher as _, RandomState};
    RandomState::new().hash_one(0)
}
