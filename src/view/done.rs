//! The end that everybody wants: what happened, when, what to do now on the device, whom to ask.

use super::outcome::Wording;
use super::{device_name, moment, on_device};
use crate::domain::{ActionRun, Platform};
use crate::i18n::{Text, t};
use portal_contract::{ResetOutcome, UtcTime};

/// The words of the result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DoneView {
    /// That it is done, for which device.
    pub heading: Text,
    /// What happened to the passcode.
    pub what: Text,
    /// What to know about this platform.
    pub note: Text,
    /// When the device acknowledged it.
    pub when: Text,
    /// Whether a temporary passcode belongs here.
    pub has_temporary_passcode: bool,
    /// The heading of the steps.
    pub steps_heading: Text,
    /// What to do on the device, in order.
    pub steps: Vec<Text>,
    /// The result's identifier, for IT.
    pub reference: String,
}

/// The words for a reset the device acknowledged.
#[must_use]
pub fn done(
    name: &str,
    platform: Platform,
    outcome: ResetOutcome,
    run: &ActionRun,
    now: Option<UtcTime>,
) -> DoneView {
    let name = device_name(name);
    let wording = Wording::of(platform, outcome);
    let (what, note) = what_and_note(wording, name.clone());
    DoneView {
        heading: t::done_heading(name.clone()),
        what,
        note,
        when: t::done_when(moment(run.updated, now)),
        has_temporary_passcode: matches!(outcome, ResetOutcome::TemporaryPasscode { .. }),
        steps_heading: t::on_device_heading(name),
        steps: on_device(platform, outcome),
        reference: run.id.clone(),
    }
}

fn what_and_note(wording: Wording, name: Text) -> (Text, Text) {
    match wording {
        Wording::Android => (t::done_android(name), t::done_android_note()),
        Wording::AppleMobile => (t::done_apple_mobile(), t::done_apple_mobile_note()),
        Wording::VisionOs => (t::done_vision_os(), t::done_vision_os_note()),
        Wording::Windows10Mobile => (t::done_windows_mobile(name), t::done_windows_mobile_note()),
        Wording::WindowsPhone81 => (t::done_windows_phone(name), t::done_windows_phone_note()),
        Wording::LettersAndDigits => (t::done_android(name), t::done_temporary_note()),
        Wording::Digits => (t::done_windows_phone(name), t::done_temporary_note()),
        Wording::Temporary => (t::done_temporary(name), t::done_temporary_note()),
        Wording::Removed => (t::done_removed(), t::done_removed_note()),
        Wording::Other => (t::done_other(), t::done_other_note()),
    }
}
