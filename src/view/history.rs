//! The passcode resets of a device so far, each with its state, so that a later visit finds what happened.

use super::reset_notice::failure;
use super::{Status, Tone, moment};
use crate::domain::Device;
use crate::i18n::{Text, t};
use portal_contract::{ActionState, DeviceActionResult, UtcTime};

/// One reset that was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunView {
    /// Where it stands, in a word.
    pub state: Status,
    /// When it last changed.
    pub when: Text,
    /// Why it ended without success.
    pub why: Option<Text>,
    /// Its identifier, for IT.
    pub reference: String,
}

/// The resets of a device, newest first.
#[must_use]
pub fn history(device: &Device, now: Option<UtcTime>) -> Vec<RunView> {
    device.runs.iter().map(|run| run_view(run, now)).collect()
}

fn run_view(run: &DeviceActionResult, now: Option<UtcTime>) -> RunView {
    let (tone, text) = action_state(run.action_state);
    RunView {
        state: Status { tone, text },
        when: moment(run.last_updated_date_time, now),
        why: run.error_code.map(|code| failure(code).0),
        reference: run.id.clone(),
    }
}

/// The state of an action in a word, with its tone.
#[must_use]
pub const fn action_state(state: ActionState) -> (Tone, Text) {
    match state {
        ActionState::None => (Tone::Neutral, t::action_state_none()),
        ActionState::Pending => (Tone::Info, t::action_state_pending()),
        ActionState::Canceled => (Tone::Neutral, t::action_state_canceled()),
        ActionState::Active => (Tone::Info, t::action_state_active()),
        ActionState::Done => (Tone::Good, t::action_state_done()),
        ActionState::Failed => (Tone::Bad, t::action_state_failed()),
        ActionState::NotSupported => (Tone::Bad, t::action_state_not_supported()),
        ActionState::Other => (Tone::Neutral, t::action_state_other()),
    }
}
