//! Sign-out on a borrowed screen when nobody touches it: the owner of the screen may be back, and the person gone.
//!
//! It goes by a moment, not by a count that is run down: after sleep, in a tab in the background or after the
//! back/forward cache, one look at the clocks says the truth. On a screen of one's own nobody is signed out.

use super::time::{Milliseconds, Now, elapsed};

/// After this long without a touch a person on a borrowed screen is signed out.
pub const SHARED_IDLE_LIMIT: Milliseconds = Milliseconds(5 * 60 * 1000);
/// So long before it they are warned (WCAG 2.2.1 asks for at least 20 seconds).
pub const IDLE_WARNING: Milliseconds = Milliseconds(60 * 1000);

/// Whose screen it is, as the person said at sign-in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Computer {
    /// The person's own, or nothing was said.
    #[default]
    Own,
    /// Somebody else's.
    Shared,
}

/// Where a visit stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Idleness {
    /// Nothing to say.
    Active,
    /// So much is left; the person is asked whether they are still there.
    Warning(Milliseconds),
    /// Sign out now.
    Over,
}

/// Where a visit stands now, from the last touch or key.
#[must_use]
pub fn idleness(screen: Computer, last_activity: Now, now: Now) -> Idleness {
    let left = left(last_activity, now);
    match screen {
        Computer::Own => Idleness::Active,
        Computer::Shared if left <= Milliseconds::ZERO => Idleness::Over,
        Computer::Shared if left <= IDLE_WARNING => Idleness::Warning(left),
        Computer::Shared => Idleness::Active,
    }
}

/// How long to sleep until the next look is worth it: until the warning, then until the next full second of it. `None`
/// when there is nothing to wait for.
#[must_use]
pub fn next_check(screen: Computer, last_activity: Now, now: Now) -> Option<Milliseconds> {
    let left = left(last_activity, now);
    match idleness(screen, last_activity, now) {
        Idleness::Over => None,
        Idleness::Warning(_) => Some(Milliseconds((left.0 - 1).rem_euclid(1000) + 1)),
        Idleness::Active if screen == Computer::Own => None,
        Idleness::Active => Some(left.minus(IDLE_WARNING)),
    }
}

const fn left(last_activity: Now, now: Now) -> Milliseconds {
    SHARED_IDLE_LIMIT.minus(elapsed(last_activity, now))
}

#[cfg(test)]
mod tests {
    use super::*;
    use portal_contract::UtcTime;

    const fn at(monotonic: i64, wall: i64) -> Now {
        Now {
            monotonic: Milliseconds(monotonic * 1000),
            wall: UtcTime::from_unix_seconds(1_800_000_000 + wall),
        }
    }

    fn after(seconds: i64) -> Idleness {
        idleness(Computer::Shared, at(0, 0), at(seconds, seconds))
    }

    #[test]
    fn a_borrowed_screen_warns_a_minute_before_it_signs_out() {
        assert_eq!(after(239), Idleness::Active);
        assert_eq!(after(240), Idleness::Warning(Milliseconds(60_000)));
        assert_eq!(after(299), Idleness::Warning(Milliseconds(1_000)));
        assert_eq!(after(300), Idleness::Over);
        assert_eq!(after(i64::from(i32::MAX)), Idleness::Over);
    }

    #[test]
    fn nobody_is_signed_out_of_their_own_screen() {
        assert_eq!(idleness(Computer::Own, at(0, 0), at(86_400, 86_400)), Idleness::Active);
        assert_eq!(next_check(Computer::Own, at(0, 0), at(10, 10)), None);
    }

    #[test]
    fn sleep_counts_although_one_clock_stood_still() {
        assert_eq!(idleness(Computer::Shared, at(0, 0), at(2, 3_600)), Idleness::Over);
    }

    #[test]
    fn a_clock_set_back_neither_signs_out_nor_gives_time() {
        assert_eq!(idleness(Computer::Shared, at(0, 0), at(10, -9_000)), Idleness::Active);
        assert_eq!(idleness(Computer::Shared, at(0, 0), at(300, -9_000)), Idleness::Over);
        assert_eq!(idleness(Computer::Shared, at(100, 100), at(0, 0)), Idleness::Active);
    }

    #[test]
    fn the_looks_lead_to_the_end_without_skipping_the_warning() {
        let (mut now, mut warnings, mut looks) = (0, 0, 0);
        while let Some(pause) = next_check(
            Computer::Shared,
            at(0, 0),
            Now { monotonic: Milliseconds(now), wall: UtcTime::from_unix_millis(1_800_000_000_000 + now) },
        ) {
            assert!(pause > Milliseconds::ZERO);
            now += pause.0;
            looks += 1;
            warnings += i32::from((240_000..300_000).contains(&now));
        }
        assert_eq!((now, warnings, looks), (300_000, 60, 61));
    }
}
