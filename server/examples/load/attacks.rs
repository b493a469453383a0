//! The attacks. Each keeps as many connections as wanted, and opens another for each that the server closes.

use crate::honest::connect;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

/// The address of an attacker who has only one.
pub(crate) const ATTACKER: &str = "127.0.1.1";
/// How many connections send as fast as they can, for the attacks that send much.
const BUSY: usize = 64;
/// How long a slow one waits between two bytes.
const DRIBBLE: Duration = Duration::from_secs(2);
/// How long to wait before a connection that was closed is opened again.
const AGAIN: Duration = Duration::from_millis(500);

/// Which one.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Flood {
    None,
    /// Connects and says nothing.
    Silent {
        addresses: usize,
    },
    /// A byte of a header now and then (slow-loris).
    SlowHeaders {
        addresses: usize,
    },
    /// Headers at once, and then a byte of the body now and then.
    SlowBodies {
        addresses: usize,
    },
    /// 10 MB, half of them without saying so.
    LargeBodies,
    /// A megabyte of headers, or five hundred of them.
    LargeHeaders,
    /// Asks for five thousand devices and never reads the answer.
    UnreadAnswers,
    /// Tokens signed by somebody else.
    ForgedTokens,
}

/// For attacks that need one.
pub(crate) struct Tokens {
    pub(crate) good: String,
    pub(crate) forged: String,
}

#[derive(Default)]
struct Counts {
    opened: AtomicUsize,
    open: AtomicUsize,
    most: AtomicUsize,
}

/// What the attacker saw.
pub(crate) struct Seen {
    pub(crate) opened: usize,
    pub(crate) open_at_once: usize,
}

pub(crate) struct Attack {
    tasks: JoinSet<()>,
    counts: Arc<Counts>,
}

/// Counts a connection as long as it is there.
struct Counted(Arc<Counts>);

impl Counted {
    fn new(counts: &Arc<Counts>) -> Self {
        counts.opened.fetch_add(1, Ordering::Relaxed);
        let open = counts.open.fetch_add(1, Ordering::Relaxed) + 1;
        counts.most.fetch_max(open, Ordering::Relaxed);
        Self(Arc::clone(counts))
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.open.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Flood {
    fn addresses(self) -> usize {
        match self {
            Self::Silent { addresses } | Self::SlowHeaders { addresses } | Self::SlowBodies { addresses } => {
                addresses
            }
            Self::None
            | Self::LargeBodies
            | Self::LargeHeaders
            | Self::UnreadAnswers
            | Self::ForgedTokens => 1,
        }
    }

    fn at_once(self, wanted: usize) -> usize {
        match self {
            Self::None => 0,
            Self::Silent { .. } | Self::SlowHeaders { .. } | Self::SlowBodies { .. } => wanted,
            Self::UnreadAnswers => wanted.min(500),
            Self::LargeBodies | Self::LargeHeaders | Self::ForgedTokens => BUSY,
        }
    }

    fn request(self, tokens: &Tokens, number: usize) -> Vec<u8> {
        const RESET: &str =
            "POST /api/v1.0/me/managedDevices/d-dem-0001/resetPasscode HTTP/1.1\r\nhost: a\r\n";
        let good = &tokens.good;
        match self {
            Self::None | Self::Silent { .. } => Vec::new(),
            Self::SlowHeaders { .. } => b"GET /healthz HTTP/1.1\r\nhost: a\r\nx: ".to_vec(),
            Self::SlowBodies { .. } => format!(
                "{RESET}authorization: Bearer {good}\r\nidempotency-key: k\r\ncontent-length: 9\r\n\r\n"
            )
            .into_bytes(),
            Self::LargeBodies if number.is_multiple_of(2) => {
                let mut request = format!("{RESET}content-length: 10000000\r\n\r\n").into_bytes();
                request.resize(request.len() + 10_000_000, b'x');
                request
            }
            Self::LargeBodies => {
                let head = "idempotency-key: k\r\ntransfer-encoding: chunked\r\n\r\n";
                let mut request = format!("{RESET}authorization: Bearer {good}\r\n{head}").into_bytes();
                let chunk = format!("10000\r\n{}\r\n", "x".repeat(0x10000));
                request.extend(chunk.repeat(153).into_bytes());
                request
            }
            Self::LargeHeaders if number.is_multiple_of(2) => {
                format!("GET /healthz HTTP/1.1\r\nhost: a\r\nx: {}\r\n\r\n", "y".repeat(1_000_000))
                    .into_bytes()
            }
            Self::LargeHeaders => {
                let many: String = (0..500).map(|number| format!("x-{number}: y\r\n")).collect();
                format!("GET /healthz HTTP/1.1\r\nhost: a\r\n{many}\r\n").into_bytes()
            }
            Self::UnreadAnswers => {
                let ask = "GET /api/v1.0/me/managedDevices HTTP/1.1\r\nhost: a\r\n";
                format!("{ask}authorization: Bearer {good}\r\n\r\n").repeat(20).into_bytes()
            }
            Self::ForgedTokens => {
                let ask = "GET /api/v1.0/me HTTP/1.1\r\nhost: a\r\nconnection: close\r\n";
                format!("{ask}authorization: Bearer {}\r\n\r\n", tokens.forged).into_bytes()
            }
        }
    }

    /// What goes on after the request, until the server closes.
    async fn hold(self, stream: &mut TcpStream) {
        let mut buffer = [0; 4096];
        match self {
            Self::None => {}
            Self::Silent { .. } => {
                let _ = stream.read(&mut buffer).await;
            }
            Self::SlowHeaders { .. } | Self::SlowBodies { .. } => loop {
                tokio::select! {
                    read = stream.read(&mut buffer) => match read {
                        Ok(0) | Err(_) => return,
                        Ok(_) => {}
                    },
                    () = tokio::time::sleep(DRIBBLE) => {
                        if stream.write_all(b"y").await.is_err() {
                            return;
                        }
                    }
                }
            },
            // Until the server gives up: reading would end the attack.
            Self::UnreadAnswers => tokio::time::sleep(Duration::from_secs(3600)).await,
            Self::LargeBodies | Self::LargeHeaders | Self::ForgedTokens => {
                while stream.read(&mut buffer).await.is_ok_and(|read| read > 0) {}
            }
        }
    }
}

impl Attack {
    pub(crate) fn start(flood: Flood, to: SocketAddr, wanted: usize, tokens: &Arc<Tokens>) -> Self {
        let counts = Arc::new(Counts::default());
        let mut tasks = JoinSet::new();
        for number in 0..flood.at_once(wanted) {
            let host = u8::try_from(number % flood.addresses() + 1).unwrap_or(1);
            let from = SocketAddr::from((Ipv4Addr::new(127, 0, 1, host), 0));
            tasks.spawn(attack(flood, number, from, to, Arc::clone(tokens), Arc::clone(&counts)));
        }
        Self { tasks, counts }
    }

    pub(crate) async fn stop(mut self) -> Seen {
        self.tasks.shutdown().await;
        Seen {
            opened: self.counts.opened.load(Ordering::Relaxed),
            open_at_once: self.counts.most.load(Ordering::Relaxed),
        }
    }
}

async fn attack(
    flood: Flood,
    number: usize,
    from: SocketAddr,
    to: SocketAddr,
    tokens: Arc<Tokens>,
    counts: Arc<Counts>,
) {
    let request = flood.request(&tokens, number);
    loop {
        if let Ok(mut stream) = connect(from, to).await {
            let _counted = Counted::new(&counts);
            // Cut off while writing is what an attacker must expect.
            let _ = stream.write_all(&request).await;
            flood.hold(&mut stream).await;
        }
        if matches!(flood, Flood::Silent { .. } | Flood::SlowHeaders { .. } | Flood::SlowBodies { .. }) {
            tokio::time::sleep(AGAIN).await;
        }
    }
}
