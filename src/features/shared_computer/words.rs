//! What a person on a borrowed screen is told about being signed out: beforehand how it works, then how long is left.

use crate::domain::{Idleness, SHARED_IDLE_LIMIT};
use crate::i18n::{Text, t};
use crate::words::span;

/// That a borrowed screen signs out by itself, and after how long; said at sign-in.
#[must_use]
pub fn idle_rule() -> Text {
    t::idle_rule(span(SHARED_IDLE_LIMIT.whole_seconds()))
}

/// The warning with what is left; `None` when there is none to give.
#[must_use]
pub fn idle_warning(idleness: Idleness) -> Option<Text> {
    match idleness {
        Idleness::Warning(left) => Some(t::idle_warning(span(left.seconds_rounded_up()))),
        Idleness::Active | Idleness::Over => None,
    }
}
