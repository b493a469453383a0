//! How many times something may happen within an hour, and how long to wait otherwise.

use portal_contract::UtcTime;

/// The window, in milliseconds.
pub const WINDOW_MILLIS: i64 = 3_600_000;

/// At most this many within an hour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PerHour(pub u32);

/// The limits on resets and on showing passcodes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Accepted resets of one person.
    pub resets_per_person: PerHour,
    /// Accepted resets of one device.
    pub resets_per_device: PerHour,
    /// Passcodes shown to one person.
    pub reveals_per_person: PerHour,
    /// Passcodes shown of one device.
    pub reveals_per_device: PerHour,
    /// Attempts of any kind by one person within a minute, refused ones included: bounds what one account can
    /// write into the audit record.
    pub attempts_per_minute: u32,
}

/// Too often; try again after this many whole seconds (at least 1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooOften {
    /// Seconds to wait.
    pub retry_after_seconds: i64,
}

/// Decides from how often it happened within the window and when the oldest of those was.
///
/// # Errors
/// [`TooOften`] with the time until the oldest leaves the window.
pub fn within(limit: PerHour, count: u32, oldest: Option<UtcTime>, now: UtcTime) -> Result<(), TooOften> {
    if count < limit.0 {
        return Ok(());
    }
    let oldest = oldest.unwrap_or(now).unix_millis();
    Err(TooOften {
        retry_after_seconds: whole_seconds(oldest.saturating_add(WINDOW_MILLIS) - now.unix_millis()),
    })
}

/// Milliseconds as whole seconds, rounded up, at least 1.
#[must_use]
pub const fn whole_seconds(millis: i64) -> i64 {
    let seconds = millis.div_euclid(1000) + if millis.rem_euclid(1000) > 0 { 1 } else { 0 };
    if seconds < 1 { 1 } else { seconds }
}

/// Attempts of one person within the current minute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MinuteCount {
    minute: i64,
    count: u32,
}

impl MinuteCount {
    /// Nothing counted yet.
    pub const EMPTY: Self = Self { minute: i64::MIN, count: 0 };

    /// Counts one attempt at `now` and says whether it is still within `limit`.
    ///
    /// # Errors
    /// [`TooOften`] with the time until the next minute.
    pub fn count(&mut self, limit: u32, now: UtcTime) -> Result<(), TooOften> {
        let minute = now.unix_millis().div_euclid(60_000);
        if self.minute != minute {
            *self = Self { minute, count: 0 };
        }
        self.count = self.count.saturating_add(1);
        if self.count <= limit {
            return Ok(());
        }
        let left = (minute + 1).saturating_mul(60_000) - now.unix_millis();
        Err(TooOften { retry_after_seconds: whole_seconds(left) })
    }

    /// Whether the count belongs to a minute that is over.
    #[must_use]
    pub const fn is_over(&self, now: UtcTime) -> bool {
        self.minute != now.unix_millis().div_euclid(60_000)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limit_is_reached_exactly_and_the_wait_is_until_the_oldest_leaves_the_window() {
        let now = UtcTime::from_unix_seconds(10_000);
        let oldest = Some(UtcTime::from_unix_millis(10_000_000 - 3_599_500));
        assert_eq!(within(PerHour(3), 2, oldest, now), Ok(()));
        assert_eq!(within(PerHour(3), 3, oldest, now), Err(TooOften { retry_after_seconds: 1 }));
        let just_now = Some(now);
        assert_eq!(within(PerHour(0), 0, just_now, now), Err(TooOften { retry_after_seconds: 3600 }));
    }

    #[test]
    fn attempts_are_counted_by_the_minute() {
        let mut counted = MinuteCount::EMPTY;
        let now = UtcTime::from_unix_seconds(30);
        assert_eq!(counted.count(1, now), Ok(()));
        assert_eq!(counted.count(1, now), Err(TooOften { retry_after_seconds: 30 }));
        assert_eq!(counted.count(1, UtcTime::from_unix_seconds(60)), Ok(()));
    }
}
