//! The confirmation: the device by name, the outcome, the consequence, and the last button (WCAG 3.3.4).
//!
//! What a reset does, told before and after it. The platform's own words are used only when the server's outcome is the
//! usual one there; otherwise the words say what the server said and no more.

use crate::domain::{PermittedDevice, Platform};
use crate::i18n::{Text, t};
use crate::words::device_name;
use portal_contract::{CharacterSet, ResetOutcome};

/// The words of the confirmation, from top to bottom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfirmView {
    /// The question.
    pub heading: Text,
    /// What will happen, a line each.
    pub outcome: Vec<Text>,
    /// That data stays.
    pub data_stays: Text,
    /// Whether the device is at hand.
    pub consequence_heading: Text,
    /// Who can get in from then on, and that it cannot be taken back.
    pub consequence: Vec<Text>,
    /// The last button: what it does, on which device.
    pub button: Text,
    /// The way out.
    pub cancel: Text,
    /// Who is signed in; absent when their name is not known.
    pub signed_in: Option<Text>,
    /// That nothing is lost when the time runs out.
    pub start_over_note: Text,
}

/// The words of the confirmation for a device; `person` is the display name, empty when there is none.
#[must_use]
pub fn confirm(device: &PermittedDevice, person: &str) -> ConfirmView {
    let name = device_name(device.name());
    let consequence = match device.outcome() {
        ResetOutcome::TemporaryPasscode { .. } | ResetOutcome::WorkProfilePasscode => {
            t::confirm_consequence_temporary()
        }
        ResetOutcome::PasscodeRemoved | ResetOutcome::Other => t::confirm_consequence(),
    };
    let mut outcome = vec![outcome_preview(device.platform(), device.outcome())];
    outcome.extend(outcome_without_passcode(device.outcome()));
    ConfirmView {
        heading: t::confirm_heading(name.clone()),
        outcome,
        data_stays: t::reset_data_stays(),
        consequence_heading: t::confirm_consequence_heading(name.clone()),
        consequence: vec![consequence, t::confirm_irreversible()],
        button: t::confirm_button(name),
        cancel: t::app_cancel(),
        signed_in: (!person.trim().is_empty()).then(|| t::confirm_welcome(person.trim())),
        start_over_note: t::confirm_start_over_note(),
    }
}

/// Which words fit a platform and an outcome.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wording {
    Android,
    AppleMobile,
    VisionOs,
    Windows10Mobile,
    WindowsPhone81,
    LettersAndDigits,
    Digits,
    Temporary,
    Removed,
    WorkProfile,
    Other,
}

impl Wording {
    pub(crate) fn of(platform: Platform, outcome: ResetOutcome) -> Self {
        if platform.usual_outcome() == outcome {
            match platform {
                Platform::Android => return Self::Android,
                Platform::AppleMobile => return Self::AppleMobile,
                Platform::VisionOs => return Self::VisionOs,
                Platform::Windows10Mobile => return Self::Windows10Mobile,
                Platform::WindowsPhone81 => return Self::WindowsPhone81,
                Platform::WindowsPc
                | Platform::MacOs
                | Platform::Linux
                | Platform::ChromeOs
                | Platform::Other => {}
            }
        }
        match outcome {
            ResetOutcome::TemporaryPasscode { character_set: CharacterSet::LettersAndDigits } => {
                Self::LettersAndDigits
            }
            ResetOutcome::TemporaryPasscode { character_set: CharacterSet::Digits } => Self::Digits,
            ResetOutcome::TemporaryPasscode { character_set: CharacterSet::Other } => Self::Temporary,
            ResetOutcome::PasscodeRemoved => Self::Removed,
            ResetOutcome::WorkProfilePasscode => Self::WorkProfile,
            ResetOutcome::Other => Self::Other,
        }
    }
}

/// What will happen to a device of this platform, in a paragraph.
#[must_use]
pub fn outcome_preview(platform: Platform, outcome: ResetOutcome) -> Text {
    match Wording::of(platform, outcome) {
        Wording::Android => t::preview_android(),
        Wording::AppleMobile => t::preview_apple_mobile(),
        Wording::VisionOs => t::preview_vision_os(),
        Wording::Windows10Mobile => t::preview_windows_mobile(),
        Wording::WindowsPhone81 => t::preview_windows_phone(),
        Wording::LettersAndDigits => t::preview_letters_and_digits(),
        Wording::Digits => t::preview_digits(),
        Wording::Temporary => t::preview_temporary(),
        Wording::Removed => t::preview_removed(),
        Wording::WorkProfile => t::preview_work_profile(),
        Wording::Other => t::preview_other(),
    }
}

/// That no passcode comes with it, where a person who expects one would wait for it.
#[must_use]
pub fn outcome_without_passcode(outcome: ResetOutcome) -> Option<Text> {
    (outcome == ResetOutcome::PasscodeRemoved).then(t::preview_none)
}
