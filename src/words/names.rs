//! What a device and its platform are called.
//!
//! Moments and spans in words. "Now" is the server's time as well as it is known, never the PC's clock.

use crate::domain::{Device, Platform, Seconds};
use crate::i18n::{Text, t};
use portal_contract::UtcTime;
use std::time::Duration;

/// The device's name as it is; words for a device that has none.
#[must_use]
pub fn device_name(name: &str) -> Text {
    if name.trim().is_empty() { t::device_unnamed() } else { Text::verbatim(name) }
}

/// The same for a device that may not have been read yet, as after coming back from a sign-in that did not work.
#[must_use]
pub fn own_device_name(name: &str) -> Text {
    if name.trim().is_empty() { t::device_yours() } else { Text::verbatim(name) }
}

/// The platform with its version, for instance "iPadOS 17.5".
#[must_use]
pub fn platform(device: &Device) -> Text {
    let system = device.operating_system.trim();
    let name = if device.platform == Platform::AppleMobile && is_ipad(system) {
        t::platform_ipados()
    } else if device.platform == Platform::Other && !system.is_empty() {
        Text::verbatim(system)
    } else {
        platform_name(device.platform)
    };
    // Its name is its version; "8.10.14219" after it would only confuse.
    if device.platform == Platform::WindowsPhone81 {
        return name;
    }
    match device.os_version.trim() {
        "" => name,
        version => t::platform_with_version(name, version),
    }
}

/// The platform without a version.
#[must_use]
pub const fn platform_name(platform: Platform) -> Text {
    match platform {
        Platform::Android => t::platform_android(),
        Platform::AppleMobile => t::platform_ios(),
        Platform::VisionOs => t::platform_vision_os(),
        Platform::Windows10Mobile => t::platform_windows_mobile(),
        Platform::WindowsPhone81 => t::platform_windows_phone(),
        Platform::WindowsPc => t::platform_windows_pc(),
        Platform::MacOs => t::platform_mac_os(),
        Platform::Linux => t::platform_linux(),
        Platform::ChromeOs => t::platform_chrome_os(),
        Platform::Other => t::platform_other(),
    }
}

fn is_ipad(system: &str) -> bool {
    system.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("ipad"))
}

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
