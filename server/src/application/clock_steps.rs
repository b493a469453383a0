//! Notices that the wall clock was set back.
//!
//! What is due is written down as a moment of the wall clock, so that it survives a restart. A clock that is set back by an
//! hour (a wrong time corrected, a virtual machine resumed) would let every open reset rest for that hour.

use portal_contract::UtcTime;
use std::sync::{Mutex, PoisonError};

/// A step of less than this is the ordinary disciplining of a clock, in milliseconds.
const SMALLEST_STEP_MILLIS: i64 = 1000;
/// On the first look after a start nobody knows what the clock did meanwhile: nothing is left further ahead than the
/// longest pause between two questions, in milliseconds.
const LONGEST_PAUSE_MILLIS: i64 = 60_000;

/// What the clock said when it was last looked at.
#[derive(Debug, Default)]
pub(super) struct ClockSteps(Mutex<Option<UtcTime>>);

impl ClockSteps {
    /// Looks at the clock. If what is due later than some moment cannot be trusted any more: that moment.
    pub(super) fn overdue_beyond(&self, now: UtcTime) -> Option<UtcTime> {
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let before = seen.replace(now);
        match before {
            None => Some(UtcTime::from_unix_millis(now.unix_millis().saturating_add(LONGEST_PAUSE_MILLIS))),
            Some(before) => {
                let back = before.unix_millis().saturating_sub(now.unix_millis());
                (back >= SMALLEST_STEP_MILLIS).then_some(now)
            }
        }
    }

    /// Takes the next look for the first one.
    pub(super) fn forget(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_goes_on_or_is_disciplined_changes_nothing_and_one_set_back_does() {
        let at = UtcTime::from_unix_millis;
        let steps = ClockSteps::default();
        assert_eq!(steps.overdue_beyond(at(1_000_000)), Some(at(1_060_000)), "the first look");
        assert_eq!(steps.overdue_beyond(at(4_600_000)), None, "an hour ahead");
        assert_eq!(steps.overdue_beyond(at(4_599_001)), None, "999 ms back");
        assert_eq!(steps.overdue_beyond(at(4_598_001)), Some(at(4_598_001)), "a second back");
        steps.forget();
        assert_eq!(steps.overdue_beyond(at(0)), Some(at(60_000)));
    }
}
