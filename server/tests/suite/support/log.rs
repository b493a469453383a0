//! The log of one test, at its most talkative, for searching it.

use std::sync::{Arc, Mutex};
use tracing::Dispatch;
use tracing::subscriber::DefaultGuard;

#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl std::io::Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// What this thread logs from now on.
pub(crate) struct CapturedLog {
    lines: Lines,
    _guard: DefaultGuard,
    /// With a single subscriber `tracing` asks the thread that comes first whether a line is wanted, and that may be
    /// another test's: with two it asks both.
    _second: Dispatch,
}

impl CapturedLog {
    pub(crate) fn begin() -> Self {
        let second = Dispatch::new(tracing_subscriber::registry());
        let lines = Lines::default();
        let writer = lines.clone();
        let subscriber = tracing_subscriber::fmt()
            .with_env_filter("trace")
            .with_ansi(false)
            .with_writer(move || writer.clone())
            .finish();
        Self { lines, _guard: tracing::subscriber::set_default(subscriber), _second: second }
    }

    /// Every line until now.
    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.lines.0.lock().unwrap().clone()).unwrap()
    }
}
