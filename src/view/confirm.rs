//! B: the device by name, the outcome, the consequence, the last button. At most 85 words (`tests/view_budget.rs`).

use super::{device_name, outcome_preview, outcome_without_passcode};
use crate::domain::PermittedDevice;
use crate::i18n::{Text, t};
use portal_contract::ResetOutcome;

/// The words of B, from top to bottom.
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

/// The words of B for a device; `person` is the display name, empty when there is none.
#[must_use]
pub fn confirm(device: &PermittedDevice, person: &str) -> ConfirmView {
    let name = device_name(device.name());
    let consequence = match device.outcome() {
        ResetOutcome::TemporaryPasscode { .. } => t::confirm_consequence_temporary(),
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
