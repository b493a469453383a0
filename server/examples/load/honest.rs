//! A person who reads their devices again and again, each time over a new connection.

use crate::target::Target;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};
use tokio::task::JoinHandle;

/// When a request counts as failed.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long the person thinks between two requests.
const PAUSE: Duration = Duration::from_millis(20);

pub(crate) struct Honest {
    task: JoinHandle<(Vec<Duration>, usize)>,
    done: Arc<AtomicUsize>,
    stop: Arc<AtomicBool>,
}

/// How long the requests took.
pub(crate) struct Waits {
    sorted: Vec<Duration>,
    pub(crate) failed: usize,
}

impl Waits {
    fn percentile(&self, of_hundred: usize) -> u128 {
        let last = self.sorted.len().saturating_sub(1);
        self.sorted.get(last * of_hundred / 100).map_or(0, Duration::as_millis)
    }
}

impl std::fmt::Display for Waits {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (p50, p99, max) = (self.percentile(50), self.percentile(99), self.percentile(100));
        write!(formatter, "{p50}/{p99}/{max} ({} of {})", self.failed, self.sorted.len() + self.failed)
    }
}

/// Connects from an address of this machine.
pub(crate) async fn connect(from: SocketAddr, to: SocketAddr) -> std::io::Result<TcpStream> {
    let socket = TcpSocket::new_v4()?;
    socket.bind(from)?;
    socket.connect(to).await
}

async fn ask(from: SocketAddr, to: SocketAddr, request: &str) -> bool {
    let Ok(mut stream) = connect(from, to).await else { return false };
    if stream.write_all(request.as_bytes()).await.is_err() {
        return false;
    }
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.is_ok() && answer.starts_with(b"HTTP/1.1 200")
}

impl Honest {
    pub(crate) fn start(target: &Target, token: &str, from: &str) -> Self {
        let (to, from) = (target.address(), SocketAddr::new(from.parse().unwrap(), 0));
        let (done, stop) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicBool::new(false)));
        let (counted, stopped) = (Arc::clone(&done), Arc::clone(&stop));
        let request = format!(
            "GET /api/v1.0/me/managedDevices HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\
             authorization: Bearer {token}\r\n\r\n"
        );
        let task = tokio::spawn(async move {
            let (mut waits, mut failed) = (Vec::new(), 0);
            while !stopped.load(Ordering::Relaxed) {
                let started = Instant::now();
                match tokio::time::timeout(PATIENCE, ask(from, to, &request)).await {
                    Ok(true) => waits.push(started.elapsed()),
                    Ok(false) | Err(_) => failed += 1,
                }
                counted.fetch_add(1, Ordering::Relaxed);
                tokio::time::sleep(PAUSE).await;
            }
            (waits, failed)
        });
        Self { task, done, stop }
    }

    /// Waits until the first requests were answered.
    pub(crate) async fn warm(&self) {
        while self.done.load(Ordering::Relaxed) < 20 {
            tokio::time::sleep(PAUSE).await;
        }
    }

    pub(crate) async fn stop(self) -> Waits {
        self.stop.store(true, Ordering::Relaxed);
        let (mut sorted, failed) = self.task.await.unwrap();
        sorted.sort();
        Waits { sorted, failed }
    }
}
