//! What is spoken without moving the focus: one polite status for the whole page (WCAG 4.1.3). Errors are alerts where
//! they stand ([`super::alert`]).
//!
//! It stands in the page from the beginning, because a region that arrives together with its text is often not read.

use super::{Part, el};
use crate::i18n::Text;
use crate::shell::{Selected, use_tr};

/// A text to be spoken once. The number tells two equal texts apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spoken {
    /// Grows with every announcement.
    pub sequence: u32,
    /// The words; `None` before the first.
    pub text: Option<Text>,
}

/// The live region. The text moves between two elements, so that the same words twice are two changes and are read twice.
pub fn live_region(spoken: Selected<Spoken>) -> Part {
    let tr = use_tr();
    let words = move |parity: u32| {
        spoken.with(|spoken| match &spoken.text {
            Some(text) if spoken.sequence % 2 == parity => tr.text(text),
            Some(_) | None => String::new(),
        })
    };
    el("div")
        .class("sr")
        .attr("id", "announcements")
        .attr("role", "status")
        .attr("aria-live", "polite")
        .attr("aria-atomic", "true")
        .child(el("span").live_text(move || words(0)))
        .child(el("span").live_text(move || words(1)))
        .into()
}
