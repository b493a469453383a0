//! The lines of the log on their way to a reader who may be slow, stalled or gone.
//!
//! Whoever logs must never wait: every request does. Lines stand in a bounded queue that a thread of its own writes; what
//! finds no room is lost, counted, and told about as soon as lines are read again.

use std::collections::VecDeque;
use std::io::{self, Write};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// How many lines wait.
const MOST_LINES: usize = 4096;
/// How many bytes they have together.
const MOST_BYTES: usize = 1024 * 1024;

#[derive(Default)]
struct Waiting {
    lines: VecDeque<Vec<u8>>,
    bytes: usize,
    /// Whether a line has been taken out and is not written yet.
    is_writing: bool,
}

#[derive(Default)]
struct Shared {
    waiting: Mutex<Waiting>,
    changed: Condvar,
    lost: AtomicU64,
}

impl Shared {
    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The next line; waits for one.
    fn next(&self) -> Vec<u8> {
        let mut waiting = self.waiting();
        loop {
            if let Some(line) = waiting.lines.pop_front() {
                waiting.bytes = waiting.bytes.saturating_sub(line.len());
                waiting.is_writing = true;
                return line;
            }
            waiting = self.changed.wait(waiting).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Says that the line is written; whether it was the last.
    fn written(&self) -> bool {
        let mut waiting = self.waiting();
        waiting.is_writing = false;
        self.changed.notify_all();
        waiting.lines.is_empty()
    }

    fn lose(&self) {
        self.lost.fetch_add(1, Ordering::Relaxed);
    }
}

/// The queue. Each call of `write` is one line; it never waits and never fails. (An error would be reported by
/// `eprintln!`, which waits for the same reader and then panics - in the middle of whatever was logged.)
#[derive(Clone)]
pub(super) struct LogQueue(Arc<Shared>);

impl LogQueue {
    /// A queue whose lines a thread writes. `tell` is called there with the number of lines lost since it was last called,
    /// once lines are read again; it may log.
    ///
    /// # Errors
    /// When there is no thread to be had.
    pub(super) fn start(
        sink: impl Write + Send + 'static,
        tell: impl Fn(u64) + Send + 'static,
    ) -> io::Result<Self> {
        let shared = Arc::new(Shared::default());
        let queue = Self(Arc::clone(&shared));
        std::thread::Builder::new().name("log".to_owned()).spawn(move || write_lines(&shared, sink, tell))?;
        Ok(queue)
    }

    /// How many lines nobody will read.
    pub(super) fn lost(&self) -> u64 {
        self.0.lost.load(Ordering::Relaxed)
    }

    /// Waits until everything is written, at most so long.
    pub(super) fn finish(&self, limit: Duration) {
        let waiting = self.0.waiting();
        let unwritten = |waiting: &mut Waiting| waiting.is_writing || !waiting.lines.is_empty();
        drop(self.0.changed.wait_timeout_while(waiting, limit, unwritten));
    }
}

impl Write for LogQueue {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        let mut waiting = self.0.waiting();
        if waiting.lines.len() < MOST_LINES && waiting.bytes.saturating_add(line.len()) <= MOST_BYTES {
            waiting.bytes = waiting.bytes.saturating_add(line.len());
            waiting.lines.push_back(line.to_vec());
            self.0.changed.notify_all();
        } else {
            self.0.lose();
        }
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn write_lines(shared: &Shared, mut sink: impl Write, tell: impl Fn(u64)) {
    let mut told = 0;
    loop {
        let line = shared.next();
        let is_read = sink.write_all(&line).is_ok();
        if !is_read {
            shared.lose();
        }
        let is_last = shared.written();
        let lost = shared.lost.load(Ordering::Relaxed);
        // Only after a line that was read: to tell nobody of it would lose one more, and so on without an end.
        if is_read && is_last && lost > told {
            tell(lost.saturating_sub(told));
            told = lost;
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

    fn stalled() -> (LogQueue, Receiver<Vec<u8>>, Receiver<u64>) {
        let (line, lines) = sync_channel(0);
        let (number, told) = sync_channel(9);
        let tell = move |lost| number.send(lost).unwrap_or_default();
        (LogQueue::start(Stalled(line), tell).unwrap(), lines, told)
    }

    #[test]
    fn lines_beyond_the_bound_are_lost_counted_and_told_once_they_are_read_again() {
        let (mut queue, lines, told) = stalled();
        queue.write_all(b"first").unwrap();
        // Until the thread has it in its hands.
        while !queue.0.waiting().is_writing {
            std::thread::yield_now();
        }
        for _ in 0..MOST_LINES + 7 {
            queue.write_all(b"line").unwrap();
        }
        assert_eq!(queue.lost(), 7);
        assert_eq!(lines.recv().unwrap(), b"first");
        for _ in 0..MOST_LINES {
            assert_eq!(lines.recv().unwrap(), b"line");
        }
        assert_eq!(told.recv().unwrap(), 7);
        queue.write_all(b"next").unwrap();
        assert_eq!(lines.recv().unwrap(), b"next");
        assert!(told.try_recv().is_err(), "told once");
    }

    #[test]
    fn few_long_lines_are_too_much_as_well() {
        let (mut queue, lines, _told) = stalled();
        for _ in 0..5 {
            queue.write_all(&vec![b'x'; MOST_BYTES / 2]).unwrap();
        }
        assert!(
            (2..=3).contains(&queue.lost()),
            "two wait, one may be in the thread's hands: {}",
            queue.lost()
        );
        drop(lines);
    }

    #[test]
    fn the_end_waits_for_what_is_left_but_not_for_a_reader_who_never_comes() {
        let (mut queue, lines, _told) = stalled();
        queue.write_all(b"stopped").unwrap();
        queue.finish(Duration::from_millis(1));
        let reader = std::thread::spawn(move || lines.recv().unwrap());
        queue.finish(Duration::from_secs(60));
        assert!(!queue.0.waiting().is_writing && queue.0.waiting().lines.is_empty());
        assert_eq!(reader.join().unwrap(), b"stopped");
    }

    #[test]
    fn a_reader_who_is_gone_is_not_told_for_ever() {
        let (mut queue, lines, told) = stalled();
        drop(lines);
        queue.write_all(b"line").unwrap();
        queue.finish(Duration::from_secs(60));
        assert_eq!((queue.lost(), told.try_recv().is_err()), (1, true));
    }
}
