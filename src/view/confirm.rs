//! B: the device by name, the outcome, the consequence, and the last button (WCAG 3.3.4).

use super::keypad_help::keypad_of;
use super::{device_name, outcome_preview};
use crate::domain::PermittedDevice;
use crate::i18n::{Text, t};
use portal_contract::ResetOutcome;

/// The words of B, from top to bottom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfirmView {
    /// The question.
    pub heading: Text,
    /// Greets the person who just signed in; absent when their name is not known.
    pub welcome: Option<Text>,
    /// The heading of the outcome.
    pub outcome_heading: Text,
    /// What will happen.
    pub outcome: Text,
    /// Which keypad the temporary passcode needs, when there will be one.
    pub keypad: Option<Text>,
    /// That data stays.
    pub data_stays: Text,
    /// The heading of the consequence.
    pub consequence_heading: Text,
    /// Who can get in from then on, and that it cannot be taken back.
    pub consequence: Vec<Text>,
    /// That nothing is lost when the time runs out.
    pub start_over_note: Text,
    /// The last button: what it does, on which device.
    pub button: Text,
    /// The way out.
    pub cancel: Text,
}

/// The words of B for a device; `person` is the display name, empty when there is none.
#[must_use]
pub fn confirm(device: &PermittedDevice, person: &str) -> ConfirmView {
    let name = device_name(device.name());
    let consequence = match device.outcome() {
        ResetOutcome::TemporaryPasscode { .. } => t::confirm_consequence_temporary(name.clone()),
        ResetOutcome::PasscodeRemoved | ResetOutcome::Other => t::confirm_consequence(name.clone()),
    };
    ConfirmView {
        heading: t::confirm_heading(name.clone()),
        welcome: (!person.trim().is_empty()).then(|| t::confirm_welcome(person.trim())),
        outcome_heading: t::confirm_outcome_heading(),
        outcome: outcome_preview(device.platform(), device.outcome()),
        keypad: keypad_of(device.outcome()),
        data_stays: t::reset_data_stays(),
        consequence_heading: t::confirm_consequence_heading(),
        consequence: vec![consequence, t::confirm_irreversible()],
        start_over_note: t::confirm_start_over_note(),
        button: t::confirm_button(name),
        cancel: t::app_cancel(),
    }
}
