//! The log, on standard error.

use crate::domain::operation::LogFormat;
use std::io::{self, IsTerminal as _, Write};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock, mpsc};
use std::time::Duration;
use tracing_appender::non_blocking::{ErrorCounter, NonBlocking, NonBlockingBuilder, WorkerGuard};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;

/// Libraries are quiet: sqlx would log statements, hyper connections.
const USUAL: &str = "info,sqlx=warn,hyper=warn,reqwest=warn";

/// For the commands by hand: what they have to say they print.
const BY_HAND: &str = "warn";

/// For how long the end of the program waits for whoever reads the log.
const LAST_LINES: Duration = Duration::from_secs(1);

/// How many lines wait for a reader who is slow, stalled or gone. Whoever logs never waits: every request does.
const MOST_LINES: usize = 4096;

/// The losses of this process while it serves: there is one log, as there is one standard error.
static SERVING: OnceLock<Arc<Lost>> = OnceLock::new();

/// Lines that nobody will read.
#[derive(Default)]
struct Lost {
    /// Those that found the queue full; set once there is a queue.
    no_room: OnceLock<ErrorCounter>,
    /// Those that could not be written.
    unwritten: AtomicU64,
}

impl Lost {
    fn lines(&self) -> u64 {
        let no_room = self.no_room.get().map_or(0, ErrorCounter::dropped_lines);
        let no_room = u64::try_from(no_room).unwrap_or(u64::MAX);
        no_room.saturating_add(self.unwritten.load(Ordering::Relaxed))
    }
}

/// What the thread of the queue writes to. It never fails: the queue would forget such a line without counting it.
struct Sink<W, T> {
    out: W,
    lost: Arc<Lost>,
    /// Called with the number of lines lost since it was last called, once lines are read again; it may log.
    tell: T,
    told: u64,
    is_read: bool,
}

impl<W: Write, T: Fn(u64)> Write for Sink<W, T> {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        self.is_read = self.out.write_all(line).is_ok();
        if !self.is_read {
            self.lost.unwritten.fetch_add(1, Ordering::Relaxed);
        }
        Ok(line.len())
    }

    /// The queue asks for this whenever it is empty.
    fn flush(&mut self) -> io::Result<()> {
        let lost = self.lost.lines();
        // Only after a line that was read: to tell nobody of it would lose one more, and so on without an end.
        if self.is_read && lost > self.told {
            (self.tell)(lost.saturating_sub(self.told));
            self.told = lost;
        }
        Ok(())
    }
}

/// A queue of lines on their way to `out`, and what ends it.
fn queue(
    out: impl Write + Send + 'static,
    tell: impl Fn(u64) + Send + 'static,
) -> (NonBlocking, WorkerGuard, Arc<Lost>) {
    let lost = Arc::new(Lost::default());
    let sink = Sink { out, lost: Arc::clone(&lost), tell, told: 0, is_read: false };
    let builder =
        NonBlockingBuilder::default().thread_name("log").buffered_lines_limit(MOST_LINES).lossy(true);
    let (lines, guard) = builder.finish(sink);
    let _ = lost.no_room.set(lines.error_counter());
    (lines, guard, lost)
}

/// The log of a server. The last lines are written by [`Log::end`].
#[must_use]
pub struct Log {
    lines: NonBlocking,
    guard: WorkerGuard,
}

impl Log {
    /// Writes these lines, without a level and without fields, and waits a second for whoever reads the log to take what is
    /// left.
    pub fn end(mut self, last: &[String]) {
        for line in last {
            let _ = self.lines.write_all(format!("{line}\n").as_bytes());
        }
        finish(self.guard, LAST_LINES);
    }
}

/// Waits until everything is written, at most so long. The guard has a limit as well, but complains on standard output,
/// which may be the very pipe that nobody reads: so it is dropped on a thread nobody has to wait for.
fn finish(guard: WorkerGuard, limit: Duration) {
    let (done, is_done) = mpsc::channel::<()>();
    let ending = std::thread::Builder::new().spawn(move || {
        drop(guard);
        drop(done);
    });
    if ending.is_ok() {
        let _ = is_done.recv_timeout(limit);
    }
}

/// How many lines of the log found nobody who reads them.
#[must_use]
pub fn log_lines_lost() -> u64 {
    SERVING.get().map_or(0, |lost| lost.lines())
}

/// Starts the log of a command by hand, in text. What it says is printed before it goes on.
pub fn start_log_by_hand() {
    start(BY_HAND, LogFormat::Text, || LossyStderr);
}

/// Starts the log of a server. `PORTAL_LOG` says what is logged. In JSON each line has the fields of the event and, under
/// `span`, those of the request: its `id` is the reference people are shown.
pub fn start_log(format: LogFormat) -> Log {
    let tell = |lines| tracing::warn!(lines, "lines of the log were lost: nobody read them in time");
    let (lines, guard, lost) = queue(io::stderr(), tell);
    let _ = SERVING.set(lost);
    // The usual hook writes to standard error itself, and would wait for its reader.
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(place, reason = panic.payload_as_str().unwrap_or("unknown"), "a panic");
    }));
    start(USUAL, format, lines.clone());
    Log { lines, guard }
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

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

    /// A reader that takes a line only when it is asked for.
    struct Stalled(SyncSender<Vec<u8>>);

    impl Write for Stalled {
        fn write(&mut self, line: &[u8]) -> io::Result<usize> {
            let read = self.0.send(line.to_vec());
            read.map(|()| line.len()).map_err(|_| io::ErrorKind::BrokenPipe.into())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    type Queue = (NonBlocking, WorkerGuard, Arc<Lost>);

    fn stalled() -> (Queue, Receiver<Vec<u8>>, Receiver<u64>) {
        let (line, lines) = sync_channel(0);
        let (number, told) = sync_channel(9);
        let tell = move |lost| number.send(lost).unwrap_or_default();
        (queue(Stalled(line), tell), lines, told)
    }

    #[test]
    fn lines_beyond_the_bound_are_lost_counted_and_told_once_they_are_read_again() {
        let ((mut queue, _guard, lost), lines, told) = stalled();
        // One may be in the thread's hands.
        for _ in 0..MOST_LINES + 8 {
            queue.write_all(b"line").unwrap();
        }
        let first = lost.lines();
        assert!((7..=8).contains(&first), "{first}");
        for _ in 0..MOST_LINES + 8 - usize::try_from(first).unwrap() {
            assert_eq!(lines.recv().unwrap(), b"line");
        }
        assert_eq!(told.recv().unwrap(), first);
        queue.write_all(b"next").unwrap();
        assert_eq!(lines.recv().unwrap(), b"next");
        assert!(told.try_recv().is_err(), "told once");
    }

    #[test]
    fn the_end_waits_for_what_is_left_but_not_for_a_reader_who_never_comes() {
        let ((mut never, guard, _), unread, _told) = stalled();
        never.write_all(b"stopped").unwrap();
        finish(guard, Duration::from_millis(1));
        drop(unread);
        let ((mut queue, guard, _), lines, _told) = stalled();
        queue.write_all(b"stopped").unwrap();
        let reader = std::thread::spawn(move || lines.recv().unwrap());
        finish(guard, Duration::from_secs(60));
        assert!(reader.is_finished() || reader.join().unwrap() == b"stopped");
    }

    #[test]
    fn a_reader_who_is_gone_is_counted_and_not_told_for_ever() {
        let ((mut queue, guard, lost), lines, told) = stalled();
        drop(lines);
        queue.write_all(b"line").unwrap();
        finish(guard, Duration::from_secs(60));
        assert_eq!((lost.lines(), told.try_recv().is_err()), (1, true));
    }
}
