//! A bound on how often something may happen, as a bucket that leaks: it takes a burst at once and then as many as leak
//! out. One number says how full a bucket is (the generic cell rate algorithm, ITU-T I.371 annex A), so that thousands
//! can be remembered, and written down, for little. Pure: the time is a parameter.

use super::rate::whole_seconds;
use portal_contract::UtcTime;

/// At most this many at once, and as many again within the time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quota {
    events: u32,
    /// How long one event takes to leak out, in microseconds.
    interval: i64,
}

/// How full a bucket is: the moment at which it is empty again, in microseconds since the Unix epoch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct EmptyAt(pub i64);

impl EmptyAt {
    /// Whether nothing is in the bucket any more.
    #[must_use]
    pub const fn is_over(self, now: UtcTime) -> bool {
        self.0 <= micros(now)
    }
}

const fn micros(moment: UtcTime) -> i64 {
    moment.unix_millis().saturating_mul(1000)
}

impl Quota {
    /// `events` within `seconds`.
    #[must_use]
    pub const fn new(events: u32, seconds: u32) -> Self {
        let events = if events == 0 { 1 } else { events };
        // Rounded up: never more than was asked for.
        Self { events, interval: (seconds as i64 * 1_000_000 + events as i64 - 1).div_euclid(events as i64) }
    }

    /// By the hour.
    #[must_use]
    pub const fn per_hour(events: u32) -> Self {
        Self::new(events, 3600)
    }

    /// By the minute.
    #[must_use]
    pub const fn per_minute(events: u32) -> Self {
        Self::new(events, 60)
    }

    /// What a full bucket holds, in microseconds.
    const fn size(self) -> i64 {
        self.interval.saturating_mul(self.events as i64)
    }

    /// What is in the bucket now, in microseconds. A bucket is never more than full: one that seems so was filled before
    /// the clock was set back, tells nothing any more, and must not make anybody wait.
    fn level(self, bucket: Option<EmptyAt>, now: UtcTime) -> i64 {
        let left = bucket.map_or(0, |bucket| bucket.0.saturating_sub(micros(now)));
        if left > self.size() { 0 } else { left.max(0) }
    }

    /// Puts one event into the bucket.
    ///
    /// # Errors
    /// How many whole seconds to wait (at least 1) when it is full; nothing was put in then.
    pub fn take(self, bucket: Option<EmptyAt>, now: UtcTime) -> Result<EmptyAt, i64> {
        let level = self.level(bucket, now).saturating_add(self.interval);
        let above = level.saturating_sub(self.size());
        if above > 0 {
            return Err(whole_seconds(above.saturating_add(999).div_euclid(1000)));
        }
        Ok(EmptyAt(micros(now).saturating_add(level)))
    }

    /// Takes one event out again: it did not happen after all.
    #[must_use]
    pub const fn give_back(self, bucket: EmptyAt) -> EmptyAt {
        EmptyAt(bucket.0.saturating_sub(self.interval))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(millis: i64) -> UtcTime {
        UtcTime::from_unix_millis(1_800_000_000_000 + millis)
    }

    #[test]
    fn a_burst_is_taken_at_once_and_then_one_for_each_that_leaked_out() {
        let quota = Quota::per_minute(3);
        let mut bucket = None;
        for _ in 0..3 {
            bucket = Some(quota.take(bucket, at(0)).unwrap());
        }
        assert_eq!(quota.take(bucket, at(0)), Err(20), "a third of a minute");
        assert!(quota.take(bucket, at(19_000)).is_err());
        let bucket = quota.take(bucket, at(20_000)).unwrap();
        assert!(quota.take(Some(bucket), at(20_000)).is_err(), "only one has leaked out");
        assert!(!bucket.is_over(at(60_000)));
        assert!(bucket.is_over(at(80_000)));
    }

    #[test]
    fn what_is_given_back_counts_no_more() {
        let quota = Quota::per_hour(1);
        let bucket = quota.take(None, at(0)).unwrap();
        assert!(quota.take(Some(bucket), at(0)).is_err());
        assert!(quota.take(Some(quota.give_back(bucket)), at(0)).is_ok());
    }

    #[test]
    fn a_clock_that_was_set_back_keeps_nobody_waiting() {
        let quota = Quota::per_minute(60);
        let bucket = quota.take(None, at(86_400_000)).unwrap();
        assert!(quota.take(Some(bucket), at(0)).is_ok());
    }

    proptest! {
        #[test]
        fn never_more_than_a_burst_and_what_leaked_out(
            events in 1_u32..2000, seconds in 1_u32..4000, pauses in proptest::collection::vec(0_i64..5000, 1..400)
        ) {
            let quota = Quota::new(events, seconds);
            let (mut bucket, mut now, mut taken) = (None, 0_i64, 0_i64);
            for pause in pauses {
                now += pause;
                if let Ok(next) = quota.take(bucket, at(now)) {
                    bucket = Some(next);
                    taken += 1;
                }
                let leaked = now * i64::from(events) / (i64::from(seconds) * 1000);
                prop_assert!(taken <= i64::from(events) + leaked, "{taken} of {events} + {leaked}");
            }
        }

        #[test]
        fn after_the_wait_that_was_named_there_is_room(events in 1_u32..2000, seconds in 1_u32..4000) {
            let quota = Quota::new(events, seconds);
            let mut bucket = None;
            while let Ok(next) = quota.take(bucket, at(0)) {
                bucket = Some(next);
            }
            let wait = quota.take(bucket, at(0)).unwrap_err();
            prop_assert!(wait >= 1);
            prop_assert!(quota.take(bucket, at(wait * 1000)).is_ok());
        }
    }
}
