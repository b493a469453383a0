//! What the person answered before the five minutes start. The answers only change what is said; they open and close
//! nothing, so a wrong one cannot keep anybody from a reset.

use super::turn::Turn;
use crate::domain::ActionFlow;

/// An answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// Yes.
    Yes,
    /// No.
    No,
}

/// The answers, as far as there are any.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Preparation {
    /// Whether what confirms the sign-in is on the locked device.
    pub factor_is_on_it: Option<Answer>,
    /// Whether the person has the device with them.
    pub is_at_hand: Option<Answer>,
}

impl Turn {
    pub(super) fn on_factor_answered(&mut self, answer: Answer) {
        if self.is_explaining() {
            self.model.preparation.factor_is_on_it = Some(answer);
        }
    }

    pub(super) fn on_at_hand_answered(&mut self, answer: Answer) {
        if self.is_explaining() {
            self.model.preparation.is_at_hand = Some(answer);
        }
    }

    const fn is_explaining(&self) -> bool {
        matches!(self.model.reset, ActionFlow::Explain { .. })
    }
}
