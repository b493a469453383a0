//! A row of the device list: what the person recognises the device by, which action is under way, and whether its passcode
//! can be reset.
//!
//! The facts of a device that a person can compare with the one in their hand, or read to IT.

use super::DeviceList;
use crate::core::LoadState;
use crate::domain::{Action, Device, ENDED_IS_NEWS, ResetAvailability, is_uncertain};
use crate::i18n::{Text, t};
use crate::words::{Notice, Tone, ago, device_name, last_check_in, moment, name_of, platform, read_problem};
use portal_contract::{
    ActionState, ComplianceState, DeviceActionResult, FailureCode, ManagedDeviceOwnerType, UtcTime,
};

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

/// One fact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact {
    /// What it is.
    pub label: Text,
    /// How it is.
    pub value: Text,
}

/// The facts of a device in the order to show them. What is not known is left out.
#[must_use]
pub fn facts(device: &Device, now: Option<UtcTime>) -> Vec<Fact> {
    let mut facts = Vec::new();
    let mut add = |label: Text, value: Option<Text>| {
        facts.extend(value.map(|value| Fact { label, value }));
    };
    add(t::device_platform(), Some(platform(device)));
    add(t::device_manufacturer(), foreign(&device.manufacturer));
    add(t::device_model(), foreign(&device.model));
    add(t::device_serial_number(), foreign(&device.serial_number));
    add(t::device_last_check_in(), Some(last_check_in(device, now)));
    add(t::device_enrolled(), device.enrolled.map(|then| moment(then, None)));
    add(t::device_owner(), owner(device.owner));
    add(t::device_compliance(), compliance(device));
    add(t::device_encrypted(), Some(yes_or_no(device.is_encrypted)));
    add(t::device_supervised(), device.is_supervised.then(t::app_yes));
    add(t::device_category(), foreign(&device.category));
    facts
}

fn foreign(text: &str) -> Option<Text> {
    (!text.trim().is_empty()).then(|| Text::verbatim(text.trim()))
}

const fn yes_or_no(yes: bool) -> Text {
    if yes { t::app_yes() } else { t::app_no() }
}

const fn owner(owner: ManagedDeviceOwnerType) -> Option<Text> {
    match owner {
        ManagedDeviceOwnerType::Company => Some(t::device_owner_company()),
        ManagedDeviceOwnerType::Personal => Some(t::device_owner_personal()),
        ManagedDeviceOwnerType::Unknown | ManagedDeviceOwnerType::Other => None,
    }
}

fn compliance(device: &Device) -> Option<Text> {
    match device.compliance {
        ComplianceState::Compliant => Some(t::device_compliance_compliant()),
        ComplianceState::Noncompliant => Some(t::device_compliance_noncompliant()),
        ComplianceState::Conflict => Some(t::device_compliance_conflict()),
        ComplianceState::Error => Some(t::device_compliance_error()),
        ComplianceState::InGracePeriod => {
            Some(device.grace_until.map_or_else(t::device_compliance_grace, t::device_compliance_grace_until))
        }
        ComplianceState::ConfigManager => Some(t::device_compliance_elsewhere()),
        ComplianceState::Unknown | ComplianceState::Other => None,
    }
}

/// Why the list of devices, or a part of it, could not be read.
#[must_use]
pub fn list_problem(devices: &DeviceList) -> Option<Notice> {
    let is_empty = devices.all().is_empty();
    let heading = if is_empty { t::devices_error_heading() } else { t::devices_partial_heading() };
    match &devices.state {
        LoadState::Failed(error) => Some(Notice { heading, ..read_problem(error) }),
        LoadState::NotAsked | LoadState::Loading | LoadState::Loaded if devices.is_partial() => {
            let others = (!is_empty).then(t::devices_others_work);
            let lines = [t::devices_service_down()].into_iter().chain(others).collect();
            Some(Notice::new(Tone::Warn, heading, lines).with_button(t::app_retry()))
        }
        LoadState::NotAsked | LoadState::Loading | LoadState::Loaded => None,
    }
}
