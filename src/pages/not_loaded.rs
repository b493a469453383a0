//! In the place of a screen that is in the later part of the page: while that is on its way, and when it could not be
//! loaded.

use super::parts::{actions, ask_it};
use crate::app::{AppEvent, Event};
use crate::components::{Part, Weight, alert, button, group, heading, skeleton_rows};
use crate::i18n::t;
use crate::view::{Notice, Tone};

/// It comes in a moment.
pub(super) fn loading() -> Part {
    group([heading(t::app_loading()), skeleton_rows(2)])
}

/// It could not be loaded: why that is harmless, "Try again", and whom to ask.
pub(super) fn failed() -> Part {
    let notice = Notice {
        tone: Tone::Bad,
        heading: t::later_title(),
        lines: vec![t::later_text()],
        reference: None,
        button: None,
    };
    let again = actions(button(Weight::Primary, t::app_retry(), Event::App(AppEvent::RetryChosen)));
    group([heading(t::later_heading()), alert(notice, Some(again)), ask_it()])
}
