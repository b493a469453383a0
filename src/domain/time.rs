//! Durations with their unit in the type, and the two clocks of a page.
//!
//! `performance.now` never goes back but stops during sleep on some systems; `Date.now` runs during sleep but may be set
//! by anybody. Neither alone can bound five minutes, so what has passed is the *larger* of the two differences.

use portal_contract::UtcTime;

/// A number of whole seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Seconds(pub i64);

/// A number of milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Milliseconds(pub i64);

impl Seconds {
    /// The same duration in milliseconds.
    #[must_use]
    pub const fn to_milliseconds(self) -> Milliseconds {
        Milliseconds(self.0.saturating_mul(1000))
    }
}

impl Milliseconds {
    /// Nothing.
    pub const ZERO: Self = Self(0);

    /// The sum; stops at the ends of the range instead of wrapping.
    #[must_use]
    pub const fn plus(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }

    /// The difference; stops at the ends of the range instead of wrapping.
    #[must_use]
    pub const fn minus(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }

    /// Whole seconds, rounded up: a countdown shows `0:01` until nothing is left.
    #[must_use]
    pub const fn seconds_rounded_up(self) -> Seconds {
        Seconds(self.0.div_euclid(1000) + if self.0.rem_euclid(1000) == 0 { 0 } else { 1 })
    }

    /// Whole seconds, rounded down.
    #[must_use]
    pub const fn whole_seconds(self) -> Seconds {
        Seconds(self.0.div_euclid(1000))
    }
}

/// One moment as both clocks of the page show it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Now {
    /// `performance.now`: since the page was opened.
    pub monotonic: Milliseconds,
    /// `Date.now`: what the computer believes. Never compared with a server's time for a decision.
    pub wall: UtcTime,
}

/// What has passed between two moments: the larger of both clocks' differences, never less than nothing.
#[must_use]
pub const fn elapsed(earlier: Now, later: Now) -> Milliseconds {
    let monotonic = later.monotonic.minus(earlier.monotonic).0;
    let wall = later.wall.unix_millis().saturating_sub(earlier.wall.unix_millis());
    let larger = if monotonic > wall { monotonic } else { wall };
    Milliseconds(if larger > 0 { larger } else { 0 })
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn at(monotonic: i64, wall: i64) -> Now {
        Now { monotonic: Milliseconds(monotonic), wall: UtcTime::from_unix_millis(wall) }
    }

    #[test]
    fn sleep_that_stops_the_monotonic_clock_still_counts() {
        assert_eq!(elapsed(at(1_000, 50_000), at(1_500, 350_000)), Milliseconds(300_000));
    }

    #[test]
    fn a_wall_clock_set_back_gives_no_time() {
        assert_eq!(elapsed(at(0, 9_000_000), at(4_000, 0)), Milliseconds(4_000));
    }

    #[test]
    fn nothing_passes_backwards() {
        assert_eq!(elapsed(at(9, 9), at(1, 1)), Milliseconds::ZERO);
        assert_eq!(elapsed(at(i64::MAX, i64::MAX), at(i64::MIN, i64::MIN)), Milliseconds::ZERO);
    }

    #[test]
    fn a_countdown_shows_a_second_until_it_is_over() {
        assert_eq!(Milliseconds(1).seconds_rounded_up(), Seconds(1));
        assert_eq!(Milliseconds(1000).seconds_rounded_up(), Seconds(1));
        assert_eq!(Milliseconds(0).seconds_rounded_up(), Seconds(0));
    }
}
