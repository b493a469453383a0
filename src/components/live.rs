//! What is spoken without moving the focus (WCAG 4.1.3): one polite status for the whole page, and an alert for what went
//! wrong. Errors that have their place in a screen are alerts there ([`super::alert`]).
//!
//! The status stands in the page from the beginning, because one that arrives together with its text is often not read;
//! of an alert that very arrival is what is read.

use super::{Part, el, group, live};
use crate::i18n::Text;
use crate::shell::{Selected, use_tr};

/// A text to be spoken once. The number tells two equal texts apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spoken {
    /// Grows with every announcement.
    pub sequence: u32,
    /// The words; `None` before the first.
    pub text: Option<Text>,
    /// Whether it is an error.
    pub is_alert: bool,
}

/// The live region. The text moves between two elements, so that the same words twice are two changes and are read twice.
pub fn live_region(spoken: Selected<Spoken>) -> Part {
    let tr = use_tr();
    let words = move |parity: u32| {
        spoken.with(|spoken| match &spoken.text {
            Some(text) if !spoken.is_alert && spoken.sequence % 2 == parity => tr.text(text),
            Some(_) | None => String::new(),
        })
    };
    let alert = move || {
        let alert = spoken.with(|spoken| spoken.text.clone().filter(|_| spoken.is_alert));
        alert.map(|text| el("p").class("sr").attr("role", "alert").words(text))
    };
    let status = el("div")
        .class("sr")
        .attr("id", "announcements")
        .attr("role", "status")
        .attr("aria-live", "polite")
        .attr("aria-atomic", "true")
        .child(el("span").live_text(move || words(0)))
        .child(el("span").live_text(move || words(1)));
    group([status.into(), live(alert)])
}
