//! Moments and spans in words. "Now" is the server's time as well as it is known, never the PC's clock.

use crate::domain::{Device, Seconds};
use crate::i18n::{Text, t};
use portal_contract::UtcTime;
use std::time::Duration;

/// "0 minutes ago" is "just now" in words of its own: the formatter of the browser says "now", which is no time of something past.
const SHORTEST_AGO: Duration = Duration::from_secs(60);
/// After this long, "34 days ago" says less than a date.
const LONGEST_AGO: Duration = Duration::from_hours(24 * 30);

/// How long ago it was; the date when that is long, or when the server's time is not known yet.
#[must_use]
pub fn ago(then: UtcTime, now: Option<UtcTime>) -> Text {
    match passed(then, now) {
        Some(span) if span < SHORTEST_AGO => t::time_just_now(),
        Some(span) if span < LONGEST_AGO => t::time_ago(span),
        Some(_) | None => t::time_date(then),
    }
}

/// Date and time, and how long ago when that helps.
#[must_use]
pub fn moment(then: UtcTime, now: Option<UtcTime>) -> Text {
    match passed(then, now) {
        Some(span) if span < SHORTEST_AGO => t::time_date_and_just_now(then),
        Some(span) if span < LONGEST_AGO => t::time_date_and_ago(then, span),
        Some(_) | None => t::time_date(then),
    }
}

/// When the device last checked in, or that it never has.
#[must_use]
pub fn last_check_in(device: &Device, now: Option<UtcTime>) -> Text {
    device.last_sync.map_or_else(t::app_never, |then| ago(then, now))
}

/// A length of time, for instance "4 minutes 30 seconds".
#[must_use]
pub fn span(length: Seconds) -> Text {
    let seconds = usize::try_from(length.0).unwrap_or(0);
    match (seconds / 60, seconds % 60) {
        (0, seconds) => t::time_seconds(seconds),
        (minutes, 0) => t::time_minutes(minutes),
        (minutes, seconds) => t::time_minutes_seconds(t::time_minutes(minutes), t::time_seconds(seconds)),
    }
}

/// What has passed. A moment a little in the future (the estimate of the server's time is not exact) is now.
fn passed(then: UtcTime, now: Option<UtcTime>) -> Option<Duration> {
    let millis = now?.unix_millis().saturating_sub(then.unix_millis());
    Some(Duration::from_millis(u64::try_from(millis).unwrap_or(0)))
}
