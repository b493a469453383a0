//! A row of the device list: what the person recognises the device by, which action is under way, and whether its passcode
//! can be reset.

use super::action_news::name_of;
use super::{Tone, ago, device_name, last_check_in, platform};
use crate::domain::{Action, Device, ENDED_IS_NEWS, ResetAvailability, is_uncertain};
use crate::i18n::{Text, t};
use portal_contract::{ActionState, DeviceActionResult, FailureCode, UtcTime};

/// A device in a few words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeviceRow {
    /// Its name.
    pub name: Text,
    /// Its platform and version.
    pub platform: Text,
    /// The status line.
    pub status: Status,
    /// When it last checked in.
    pub last_check_in: Text,
}

/// A status and how good it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Status {
    /// How good it is.
    pub tone: Tone,
    /// The words.
    pub text: Text,
}

/// The row of a device.
#[must_use]
pub fn device_row(device: &Device, now: Option<UtcTime>) -> DeviceRow {
    DeviceRow {
        name: device_name(&device.name),
        platform: platform(device),
        status: status(device, now),
        last_check_in: last_check_in(device, now),
    }
}

/// The status line: a reset under way, else another action under way, else a reset that ended within the last day, else
/// whether one is possible.
#[must_use]
pub fn status(device: &Device, now: Option<UtcTime>) -> Status {
    let open = device.runs_of_all().find(|run| run.action_state.is_open());
    let latest = open.or_else(|| device.latest_run().filter(|run| is_news(run, now)));
    latest.and_then(|run| of_run(run, now)).unwrap_or_else(|| of_availability(device.reset))
}

fn is_news(run: &DeviceActionResult, now: Option<UtcTime>) -> bool {
    let age = |now: UtcTime| now.unix_millis().saturating_sub(run.last_updated_date_time.unix_millis());
    now.is_none_or(|now| age(now) < ENDED_IS_NEWS.0 * 1000)
}

fn of_run(run: &DeviceActionResult, now: Option<UtcTime>) -> Option<Status> {
    let name = || name_of(Action::named(run.action_name));
    let (tone, text) = match run.action_state {
        ActionState::Pending => (Tone::Info, t::status_pending(name())),
        ActionState::Active => (Tone::Info, t::status_delivered(name())),
        ActionState::Done => (Tone::Good, t::status_done(ago(run.last_updated_date_time, now))),
        // Nothing is claimed about a passcode where it is not known what the device did.
        ActionState::Failed if is_uncertain(run) => (Tone::Warn, t::status_uncertain()),
        ActionState::Failed | ActionState::NotSupported => (Tone::Bad, t::status_failed()),
        ActionState::Canceled if run.error_code == Some(FailureCode::SupersededByErase) => {
            (Tone::Warn, t::status_superseded())
        }
        // The person did it; there is nothing to tell. An unknown state tells nothing either.
        ActionState::Canceled | ActionState::None | ActionState::Other => return None,
    };
    Some(Status { tone, text })
}

const fn of_availability(reset: ResetAvailability) -> Status {
    match reset {
        ResetAvailability::Allowed(_) => Status { tone: Tone::Neutral, text: t::status_ready() },
        ResetAvailability::Refused(_) | ResetAvailability::NotOffered => {
            Status { tone: Tone::Neutral, text: t::status_unavailable() }
        }
    }
}
