//! A row of the device list: what the person recognises the device by, and the worst of what is the case with it.
//!
//! The facts of a device that a person can compare with the one in their hand, or read to IT.

use super::DeviceList;
use crate::core::LoadState;
use crate::domain::{Action, Device, ENDED_IS_RECENT, ResetAvailability, Standing, is_uncertain};
use crate::i18n::{Text, t};
use crate::words::{
    Notice, Tone, ago, device_name, failure, last_check_in, moment, name_of, platform, read_problem, refusal,
};
use portal_contract::{
    ActionState, ComplianceState, DeviceActionResult, FailureCode, ManagedDeviceOwnerType, RefusalReason,
    UtcTime,
};

/// A device in a few words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeviceRow {
    pub name: Text,
    /// Its model, as far as it is known.
    pub model: Option<Text>,
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

#[must_use]
pub fn device_row(device: &Device, now: Option<UtcTime>) -> DeviceRow {
    DeviceRow {
        name: device_name(&device.name),
        model: foreign(&device.model),
        platform: platform(device),
        status: status(device, now),
        last_check_in: last_check_in(device, now),
    }
}

/// The status line: the worst of what is the case. An erase to come, a reset or another action under way, a reset that did
/// not succeed within the last day, no access to what the organisation offers, a long silence; else the good news: a reset
/// that was done, access. What the page can do with the device is said only when nothing is known of that.
#[must_use]
pub fn status(device: &Device, now: Option<UtcTime>) -> Status {
    if will_be_erased(device) {
        return coming_loss(device);
    }
    let open = device.runs_of_all().find(|run| run.action_state.is_open());
    let latest = open.or_else(|| device.latest_run().filter(|run| is_recent(run, now)));
    let of_latest = latest.and_then(|run| of_run(run, now));
    let (good, worse): (Option<Status>, Option<Status>) = match of_latest {
        Some(status) if status.tone == Tone::Good => (Some(status), None),
        other => (None, other),
    };
    worse
        .or_else(|| lacks_access(device))
        .or_else(|| device.is_silent(now).then(|| Status { tone: Tone::Warn, text: t::status_silent() }))
        .or(good)
        .or_else(|| {
            let has_access = device.compliance == ComplianceState::Compliant;
            has_access.then(|| Status { tone: Tone::Good, text: t::status_access() })
        })
        .unwrap_or_else(|| of_availability(device.reset))
}

/// Whether an erase or a removal was ordered.
#[must_use]
pub fn will_be_erased(device: &Device) -> bool {
    device.is_given_up()
}

/// An erase to come, unless it is known that the device is only taken out of management.
fn coming_loss(device: &Device) -> Status {
    let is_open = |action| device.shown_run(action).is_some_and(|run| run.action_state.is_open());
    if is_open(Action::Retire) && !is_open(Action::Wipe) {
        Status { tone: Tone::Warn, text: t::status_removal() }
    } else {
        Status { tone: Tone::Bad, text: t::status_erase() }
    }
}

fn lacks_access(device: &Device) -> Option<Status> {
    match device.compliance {
        ComplianceState::Noncompliant => Some(Status { tone: Tone::Bad, text: t::status_no_access() }),
        ComplianceState::InGracePeriod => {
            let text = device.grace_until.map_or_else(t::status_fix, t::status_fix_until);
            Some(Status { tone: Tone::Warn, text })
        }
        ComplianceState::Compliant
        | ComplianceState::Conflict
        | ComplianceState::Error
        | ComplianceState::ConfigManager
        | ComplianceState::Unknown
        | ComplianceState::Other => None,
    }
}

fn is_recent(run: &DeviceActionResult, now: Option<UtcTime>) -> bool {
    let age = |now: UtcTime| now.unix_millis().saturating_sub(run.last_updated_date_time.unix_millis());
    now.is_none_or(|now| age(now) < ENDED_IS_RECENT.0 * 1000)
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

/// What is going on with a device, at its page: the most urgent thing, at most one. Nothing while a reset is under way, which
/// has a screen of its own that the commands lead to.
#[must_use]
pub fn going_on(device: &Device, now: Option<UtcTime>) -> Option<Notice> {
    if will_be_erased(device) {
        let refusal = refusal(RefusalReason::EraseOrRetirePending);
        let Status { tone, text } = coming_loss(device);
        return Some(Notice::new(tone, text, vec![refusal.instead]));
    }
    let run = device.latest_run().filter(|run| device.open_run().is_none() && is_recent(run, now))?;
    let status = of_run(run, now)?;
    let lines = match (run.action_state, run.error_code) {
        (ActionState::Failed | ActionState::NotSupported | ActionState::Canceled, Some(code)) => {
            let (why, next) = failure(code);
            vec![why, next]
        }
        _ => Vec::new(),
    };
    Some(Notice::new(status.tone, status.text, lines).with_reference(&run.id))
}

/// What a group of the list is called.
#[must_use]
pub const fn standing(standing: Standing) -> Text {
    match standing {
        Standing::NeedsAttention => t::devices_needs_attention(),
        Standing::UnderWay => t::devices_under_way(),
        Standing::Fine => t::devices_fine(),
    }
}

/// One fact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact {
    pub label: Text,
    /// How it is.
    pub value: Text,
}

/// So many facts are read without opening the others.
pub const FIRST_FACTS: usize = 3;

/// What a person recognises the device in their hand by.
#[must_use]
pub fn known_by(device: &Device) -> Vec<Text> {
    let known = [foreign(&device.model), Some(platform(device)), foreign(&device.serial_number)];
    known.into_iter().flatten().collect()
}

/// The facts of a device in the order to show them: what changes first. What is not known is left out.
#[must_use]
pub fn facts(device: &Device, now: Option<UtcTime>) -> Vec<Fact> {
    let mut facts = Vec::new();
    let mut add = |label: Text, value: Option<Text>| {
        facts.extend(value.map(|value| Fact { label, value }));
    };
    add(t::device_last_check_in(), Some(last_check_in(device, now)));
    add(t::device_owner(), owner(device.owner));
    add(t::device_serial_number(), foreign(&device.serial_number));
    add(t::device_model(), foreign(&device.model));
    add(t::device_manufacturer(), foreign(&device.manufacturer));
    add(t::device_platform(), Some(platform(device)));
    add(t::device_enrolled(), device.enrolled.map(|then| moment(then, None)));
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
