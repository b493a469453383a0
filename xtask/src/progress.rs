//! What the person sees while a task works: one line per step, nothing else.

use std::io::Write;
use std::time::Duration;

/// Says what is being done.
pub(crate) fn note(text: &str) {
    line(&format!("  {text}"));
}

/// Prints one line; a closed terminal is no reason to stop.
pub(crate) fn line(text: &str) {
    let mut out = std::io::stdout();
    let _terminal_gone = writeln!(out, "{text}").and_then(|()| out.flush());
}

/// A duration as `3.2 s` or `4 min 05 s`.
pub(crate) fn time(duration: Duration) -> String {
    let seconds = duration.as_secs();
    if seconds < 100 {
        format!("{:.1} s", duration.as_secs_f64())
    } else {
        format!("{} min {:02} s", seconds / 60, seconds % 60)
    }
}

/// A byte count with its unit, in thousands.
pub(crate) fn bytes(count: u64) -> String {
    if count < 1000 { format!("{count} B") } else { format!("{}.{} kB", count / 1000, count % 1000 / 100) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_and_sizes_are_readable() {
        assert_eq!(time(Duration::from_millis(3240)), "3.2 s");
        assert_eq!(time(Duration::from_secs(245)), "4 min 05 s");
        assert_eq!(bytes(999), "999 B");
        assert_eq!(bytes(47_380), "47.3 kB");
    }
}
