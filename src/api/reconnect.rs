//! How patiently the event stream is asked for again after it broke: quickly once, then ever more slowly, spread over
//! time so that a thousand pages do not come back in the same second, and never before the server wants it.

use super::patience::{Jitter, spread};
use crate::domain::Milliseconds;

/// The first pause.
const FIRST: i64 = 1_000;
/// The longest pause of the page's own making; with the spread of a quarter it is a minute.
const LONGEST: i64 = 48_000;
/// A connection that held this long was a good one.
const STABLE: Milliseconds = Milliseconds(30_000);
/// After this many failures in a row the page asks by itself instead (polls), and goes on trying to connect.
const FAILURES_UNTIL_POLLING: u8 = 2;

/// How many connections in a row have failed or broke at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct StreamPatience {
    failures: u8,
}

impl StreamPatience {
    /// After a connection that could not be made, or that broke. `held` says how long it was open; nothing when it never
    /// was.
    #[must_use]
    pub fn broken(self, held: Milliseconds) -> Self {
        // One that held is forgiven, and its end is a first failure again.
        let before = if held >= STABLE { 0 } else { self.failures };
        Self { failures: before.saturating_add(1) }
    }

    /// How long to wait before the next attempt. `retry` is the wish the stream itself named, `retry_after` that of a
    /// refusal: both are lower bounds.
    #[must_use]
    pub fn delay(
        self,
        retry: Option<Milliseconds>,
        retry_after: Option<Milliseconds>,
        jitter: Jitter,
    ) -> Milliseconds {
        let doublings = u32::from(self.failures.saturating_sub(1)).min(16);
        let own = Milliseconds((FIRST << doublings).min(LONGEST));
        let wished = retry.max(retry_after).unwrap_or(Milliseconds::ZERO);
        spread(own.max(wished), jitter)
    }

    /// Whether the page shall look by itself meanwhile, so that nothing is missed while the stream cannot be had.
    #[must_use]
    pub const fn is_polling_needed(self) -> bool {
        self.failures >= FAILURES_UNTIL_POLLING
    }

    /// How long to wait between two such looks when no reset is pending (for one that is: [`super::poll_delay`]).
    #[must_use]
    pub fn poll_delay(jitter: Jitter) -> Milliseconds {
        spread(Milliseconds(LONGEST), jitter)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(failures: u8) -> StreamPatience {
        (0..failures).fold(StreamPatience::default(), |patience, _| patience.broken(Milliseconds::ZERO))
    }

    fn own(failures: u8, jitter: u16) -> i64 {
        after(failures).delay(None, None, Jitter(jitter)).0
    }

    #[test]
    fn pauses_double_up_to_a_minute() {
        let pauses: Vec<i64> = (1..=9).map(|failures| own(failures, 0)).collect();
        assert_eq!(pauses, [1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 48_000, 48_000, 48_000]);
        assert!((1..=255).all(|failures| own(failures, u16::MAX) <= 60_000));
    }

    #[test]
    fn jitter_spreads_and_never_shortens() {
        assert_eq!(own(3, 0), 4_000);
        assert_eq!(own(3, 500), 4_500);
        assert!(own(3, 999) > own(3, 1));
    }

    #[test]
    fn the_server_may_ask_for_more_but_not_for_less() {
        let delay = |failures, retry: Option<i64>, retry_after: Option<i64>| {
            after(failures).delay(retry.map(Milliseconds), retry_after.map(Milliseconds), Jitter(0)).0
        };
        assert_eq!(delay(1, Some(3_000), None), 3_000);
        assert_eq!(delay(5, Some(3_000), None), 16_000);
        assert_eq!(delay(1, Some(3_000), Some(120_000)), 120_000);
        assert_eq!(delay(1, Some(0), Some(0)), 1_000);
        assert_eq!(delay(1, Some(i64::MAX), None), i64::MAX);
    }

    #[test]
    fn a_connection_that_held_is_forgiven_and_one_that_breaks_at_once_is_not() {
        assert_eq!(after(6).broken(Milliseconds(30_000)), after(1));
        assert_eq!(after(6).broken(Milliseconds(29_999)), after(7));
    }

    #[test]
    fn the_page_looks_by_itself_after_two_failures() {
        let needed: Vec<bool> = (0..4).map(|failures| after(failures).is_polling_needed()).collect();
        assert_eq!(needed, [false, false, true, true]);
        assert!(StreamPatience::poll_delay(Jitter(999)) <= Milliseconds(60_000));
    }
}
