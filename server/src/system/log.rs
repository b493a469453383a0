//! The log, on standard error.

use crate::domain::operation::LogFormat;
use std::io::{IsTerminal as _, Write};
use tracing_subscriber::EnvFilter;

/// Libraries are quiet: sqlx would log statements, hyper connections.
const USUAL: &str = "info,sqlx=warn,hyper=warn,reqwest=warn";

/// For the commands by hand: what they have to say they print.
const BY_HAND: &str = "warn";

/// Starts the log of a command by hand, in text.
pub fn start_log_by_hand() {
    start(BY_HAND, LogFormat::Text);
}

/// Starts it. `PORTAL_LOG` says what is logged. In JSON each line has the fields of the event and, under `span`, those of
/// the request: its `id` is the reference people are shown.
pub fn start_log(format: LogFormat) {
    start(USUAL, format);
}

/// Standard error that never fails: when nobody reads it any more the lines are lost, and nothing else. (An error would be
/// reported by `eprintln!`, which then panics - in the middle of whatever was logged.)
struct LossyStderr;

impl Write for LossyStderr {
    fn write(&mut self, line: &[u8]) -> std::io::Result<usize> {
        let _ = std::io::stderr().write_all(line);
        Ok(line.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

fn start(usual: &str, format: LogFormat) {
    let filter = EnvFilter::try_from_env("PORTAL_LOG").unwrap_or_else(|_| EnvFilter::new(usual));
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(|| LossyStderr);
    match format {
        LogFormat::Text => log.with_ansi(std::io::stderr().is_terminal()).init(),
        LogFormat::Json => {
            log.json().flatten_event(true).with_current_span(true).with_span_list(false).init();
        }
    }
}
