//! The log, on standard error.

use super::log_queue::LogQueue;
use crate::domain::operation::LogFormat;
use std::io::{self, IsTerminal as _, Write};
use std::sync::OnceLock;
use std::time::Duration;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;

/// Libraries are quiet: sqlx would log statements, hyper connections.
const USUAL: &str = "info,sqlx=warn,hyper=warn,reqwest=warn";

/// For the commands by hand: what they have to say they print.
const BY_HAND: &str = "warn";

/// For how long the end of the program waits for whoever reads the log.
const LAST_LINES: Duration = Duration::from_secs(1);

/// The log of this process while it serves: there is one, as there is one standard error.
static SERVING: OnceLock<LogQueue> = OnceLock::new();

/// The log of a server. The last lines are written by [`Log::end`].
#[must_use]
pub struct Log(LogQueue);

impl Log {
    /// Writes these lines, without a level and without fields, and waits a second for whoever reads the log to take what is
    /// left.
    pub fn end(mut self, last: &[String]) {
        for line in last {
            let _ = self.0.write_all(format!("{line}\n").as_bytes());
        }
        self.0.finish(LAST_LINES);
    }
}

/// How many lines of the log found nobody who reads them.
#[must_use]
pub fn log_lines_lost() -> u64 {
    SERVING.get().map_or(0, LogQueue::lost)
}

/// Starts the log of a command by hand, in text. What it says is printed before it goes on.
pub fn start_log_by_hand() {
    start(BY_HAND, LogFormat::Text, || LossyStderr);
}

/// Starts the log of a server. `PORTAL_LOG` says what is logged. In JSON each line has the fields of the event and, under
/// `span`, those of the request: its `id` is the reference people are shown.
///
/// # Errors
/// When there is no thread to be had for it.
pub fn start_log(format: LogFormat) -> io::Result<Log> {
    let tell = |lines| tracing::warn!(lines, "lines of the log were lost: nobody read them in time");
    let queue = LogQueue::start(io::stderr(), tell)?;
    let _ = SERVING.set(queue.clone());
    // The usual hook writes to standard error itself, and would wait for its reader.
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(place, reason = panic.payload_as_str().unwrap_or("unknown"), "a panic");
    }));
    let writer = queue.clone();
    start(USUAL, format, move || writer.clone());
    Ok(Log(queue))
}

/// Standard error that never fails: when nobody reads it any more the lines are lost, and nothing else. (An error would be
/// reported by `eprintln!`, which then panics - in the middle of whatever was logged.)
struct LossyStderr;

impl Write for LossyStderr {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        let _ = io::stderr().write_all(line);
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn start(usual: &str, format: LogFormat, writer: impl for<'a> MakeWriter<'a> + Send + Sync + 'static) {
    let filter = EnvFilter::try_from_env("PORTAL_LOG").unwrap_or_else(|_| EnvFilter::new(usual));
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(writer);
    match format {
        LogFormat::Text => log.with_ansi(io::stderr().is_terminal()).init(),
        LogFormat::Json => {
            log.json().flatten_event(true).with_current_span(true).with_span_list(false).init();
        }
    }
}
