//! "Will it reach the device?" before the reset, and what to try when it takes long.

use super::{ago, last_check_in, moment, span};
use crate::domain::{ActionRun, Device, PendingPhase, Platform, ReachForecast, Seconds, Silence, silence};
use crate::i18n::{Text, t};
use portal_contract::UtcTime;

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// The answer before the reset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReachView {
    /// The question.
    pub heading: Text,
    /// When the device last checked in.
    pub last_check_in: Text,
    /// What that means; absent while the server's time is not known.
    pub forecast: Option<Text>,
    /// An iPhone or iPad that was restarted cannot be reached by Wi-Fi alone.
    pub warning: Option<Text>,
    /// What waiting means.
    pub waiting: Text,
    /// When an order that is not picked up lapses, where that is known.
    pub expiry: Option<Text>,
}

/// Whether a reset will reach the device. `expires_after` is the server's `commandExpiresAfterSeconds`.
#[must_use]
pub fn reach(device: &Device, expires_after: Option<Seconds>, now: Option<UtcTime>) -> ReachView {
    ReachView {
        heading: t::reach_heading(),
        last_check_in: match device.last_sync {
            Some(_) => t::reach_last_check_in(last_check_in(device, now)),
            None => t::pending_never_checked_in(),
        },
        forecast: now.map(|now| match ReachForecast::of(device.last_sync, now) {
            ReachForecast::Recently => t::reach_recently(),
            ReachForecast::Hours => t::reach_hours(),
            ReachForecast::Days => t::reach_days(),
            ReachForecast::LongAgo => t::reach_long_ago(),
            ReachForecast::Never => t::reach_never(),
        }),
        warning: (device.platform == Platform::AppleMobile).then(t::explain_apple_wifi),
        waiting: t::reach_waiting(),
        expiry: expires_after.filter(|span| span.0 > 0).map(|span| t::reach_expires_after(length(span))),
    }
}

/// What to say and to try when a reset takes long.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TakesLongView {
    /// Since when the device is silent.
    pub silence: Text,
    /// The heading of what to try.
    pub heading: Text,
    /// What to try, in order.
    pub tries: Vec<Text>,
    /// When the order lapses, where that is known and still to come and the device does not have it yet.
    pub expiry: Option<Text>,
    /// When nothing helps.
    pub otherwise: Text,
}

/// The words for a reset that takes long; `None` while it does not. `expires` is the result's `expiresDateTime`.
#[must_use]
pub fn takes_long(
    device: &Device,
    run: &ActionRun,
    phase: PendingPhase,
    expires: Option<UtcTime>,
    now: Option<UtcTime>,
) -> Option<TakesLongView> {
    let silence = silence(run.started, phase, device.last_sync, now?)?;
    Some(TakesLongView {
        silence: match silence {
            Silence::NotSince(seen) => t::takes_long_not_since(moment(seen, now)),
            Silence::CheckedInAt(seen) => t::takes_long_checked_in(ago(seen, now)),
            Silence::Never => t::takes_long_never(),
            Silence::Unconfirmed => t::pending_not_now(),
        },
        heading: t::takes_long_heading(),
        tries: tries(device.platform),
        // Only of a reset that the device does not have can it be said that nothing changes when it lapses.
        expiry: expires
            .filter(|expires| phase == PendingPhase::Waiting && Some(*expires) > now)
            .map(t::takes_long_expires),
        otherwise: t::takes_long_otherwise(),
    })
}

fn tries(platform: Platform) -> Vec<Text> {
    let mut tries = vec![t::takes_long_power(), t::takes_long_flight_mode()];
    match platform {
        Platform::Android => tries.push(t::takes_long_android()),
        Platform::AppleMobile => tries.extend([t::takes_long_apple(), t::pending_apple_wifi()]),
        Platform::Windows10Mobile | Platform::WindowsPhone81 => tries.push(t::takes_long_windows()),
        Platform::VisionOs
        | Platform::WindowsPc
        | Platform::MacOs
        | Platform::Linux
        | Platform::ChromeOs
        | Platform::Other => {}
    }
    tries.push(t::takes_long_known_network());
    tries
}

/// A length of time in its largest unit that says it exactly.
fn length(span_of: Seconds) -> Text {
    let whole = |unit: i64| (span_of.0 % unit == 0).then(|| usize::try_from(span_of.0 / unit).ok()).flatten();
    if let Some(days) = whole(DAY) {
        t::reach_days_length(days)
    } else if let Some(hours) = whole(HOUR) {
        t::reach_hours_length(hours)
    } else {
        span(span_of)
    }
}
