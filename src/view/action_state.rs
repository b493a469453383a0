//! The state of a device action in a word, as the list of notifications shows it.

use super::Tone;
use crate::i18n::{Text, t};
use portal_contract::{ActionState, FailureCode};

/// The state of an action in a word, with its tone; `code` says how it ended without success.
#[must_use]
pub const fn action_state(state: ActionState, code: Option<FailureCode>) -> (Tone, Text) {
    match state {
        ActionState::None => (Tone::Neutral, t::action_state_none()),
        ActionState::Pending => (Tone::Info, t::action_state_pending()),
        ActionState::Canceled => (Tone::Neutral, t::action_state_canceled()),
        ActionState::Active => (Tone::Info, t::action_state_active()),
        ActionState::Done => (Tone::Good, t::action_state_done()),
        ActionState::Failed if matches!(code, Some(FailureCode::OutcomeUnknown)) => {
            (Tone::Warn, t::action_state_uncertain())
        }
        ActionState::Failed => (Tone::Bad, t::action_state_failed()),
        ActionState::NotSupported => (Tone::Bad, t::action_state_not_supported()),
        ActionState::Other => (Tone::Neutral, t::action_state_other()),
    }
}
