//! How recent a sign-in must be. The rule has no leeway at its old end: 300 s are 300 s, and a missing `auth_time` is not fresh.
//! One that is a little in the future is of a provider whose clock is ahead and counts as now; further ahead it is not believed.

use portal_contract::{
    FRESH_SIGN_IN_SECONDS, LONGEST_SKIP_SECONDS, REVEAL_SIGN_IN_SECONDS, UtcTime, headers,
};

/// The greatest age of a sign-in that a call accepts, in seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MaxAge(i64);

impl MaxAge {
    /// For a reset.
    pub const RESET: Self = Self(FRESH_SIGN_IN_SECONDS);
    /// For showing a temporary passcode.
    pub const REVEAL: Self = Self(REVEAL_SIGN_IN_SECONDS);

    /// What an organisation may choose for a reset without a second sign-in, in seconds. Fewer would be over before anybody
    /// has found their device.
    pub const SKIP_SECONDS: std::ops::RangeInclusive<i64> = 60..=LONGEST_SKIP_SECONDS;

    /// For a reset without a second sign-in, where the organisation chose so; `None` for what it cannot choose.
    #[must_use]
    pub fn without_second_sign_in(seconds: i64) -> Option<Self> {
        Self::SKIP_SECONDS.contains(&seconds).then_some(Self(seconds))
    }

    /// In seconds, as the challenge says it (RFC 9470 section 3).
    #[must_use]
    pub const fn seconds(self) -> i64 {
        self.0
    }
}

/// The decision about one sign-in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub enum Freshness {
    /// Recent enough.
    Fresh,
    /// The person must prove again who they are, no longer ago than this.
    StepUp(MaxAge),
}

/// How far ahead a provider's clock may be, in milliseconds.
pub const CLOCK_TOLERANCE_MILLIS: i64 = 30_000;

/// By how many seconds a sign-in lies further in the future than clocks may differ; `None` when it does not.
#[must_use]
pub fn seconds_ahead(auth_time: Option<UtcTime>, now: UtcTime) -> Option<i64> {
    let ahead = auth_time?.unix_millis().saturating_sub(now.unix_millis());
    (ahead > CLOCK_TOLERANCE_MILLIS).then_some(ahead.div_euclid(1000))
}

/// Why another sign-in of the same kind would not do either.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Obstacle {
    /// Nobody says when it was.
    AuthTimeMissing,
    /// It lies further in the future than clocks may differ.
    AuthTimeInFuture,
}

impl Obstacle {
    /// What stands in the way of this sign-in.
    #[must_use]
    pub fn of(auth_time: Option<UtcTime>, now: UtcTime) -> Option<Self> {
        match auth_time {
            None => Some(Self::AuthTimeMissing),
            Some(_) => seconds_ahead(auth_time, now).map(|_| Self::AuthTimeInFuture),
        }
    }

    /// As the challenge says it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AuthTimeMissing => headers::AUTH_TIME_MISSING,
            Self::AuthTimeInFuture => headers::AUTH_TIME_IN_FUTURE,
        }
    }
}

/// Decides whether a sign-in at `auth_time` is recent enough at `now`.
pub fn freshness(auth_time: Option<UtcTime>, now: UtcTime, max_age: MaxAge) -> Freshness {
    let age = auth_time.map(|moment| now.unix_millis().saturating_sub(moment.unix_millis()));
    match age {
        Some(millis) if millis >= -CLOCK_TOLERANCE_MILLIS && millis <= max_age.0.saturating_mul(1000) => {
            Freshness::Fresh
        }
        Some(_) | None => Freshness::StepUp(max_age),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: UtcTime = UtcTime::from_unix_seconds(1_800_000_000);

    fn aged(millis: i64) -> Option<UtcTime> {
        Some(UtcTime::from_unix_millis(NOW.unix_millis() - millis))
    }

    #[test]
    fn exactly_three_hundred_seconds_is_fresh_and_a_millisecond_more_is_not() {
        assert_eq!(freshness(aged(300_000), NOW, MaxAge::RESET), Freshness::Fresh);
        assert_eq!(freshness(aged(300_001), NOW, MaxAge::RESET), Freshness::StepUp(MaxAge::RESET));
    }

    #[test]
    fn a_sign_in_a_little_in_the_future_counts_as_now_and_one_further_ahead_is_not_believed() {
        for ahead in [1, 3_000, 30_000] {
            assert_eq!(freshness(aged(-ahead), NOW, MaxAge::RESET), Freshness::Fresh, "{ahead}");
            assert_eq!(seconds_ahead(aged(-ahead), NOW), None);
        }
        assert_eq!(freshness(aged(-30_001), NOW, MaxAge::RESET), Freshness::StepUp(MaxAge::RESET));
        assert_eq!(seconds_ahead(aged(-90_000), NOW), Some(90));
        let far = Some(UtcTime::from_unix_millis(i64::MAX));
        assert_eq!(freshness(far, NOW, MaxAge::RESET), Freshness::StepUp(MaxAge::RESET));
    }

    #[test]
    fn nobody_can_choose_more_than_two_minutes_without_a_second_sign_in() {
        for seconds in [i64::MIN, -1, 0, 59, 121, 300, i64::MAX] {
            assert_eq!(MaxAge::without_second_sign_in(seconds), None, "{seconds}");
        }
        assert_eq!(MaxAge::without_second_sign_in(60).map(MaxAge::seconds), Some(60));
        assert_eq!(MaxAge::without_second_sign_in(120).map(MaxAge::seconds), Some(120));
    }

    #[test]
    fn a_missing_auth_time_is_not_fresh() {
        assert_eq!(freshness(None, NOW, MaxAge::RESET), Freshness::StepUp(MaxAge::RESET));
        assert_eq!(freshness(None, NOW, MaxAge::REVEAL), Freshness::StepUp(MaxAge::REVEAL));
    }

    #[test]
    fn showing_a_passcode_accepts_an_hour() {
        assert_eq!(freshness(aged(3_600_000), NOW, MaxAge::REVEAL), Freshness::Fresh);
        assert_eq!(freshness(aged(3_600_001), NOW, MaxAge::REVEAL), Freshness::StepUp(MaxAge::REVEAL));
    }
}
