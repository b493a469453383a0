//! An address that is no screen.
//!
//! In the place of a screen that is in the lazily loaded part of the page: while that is on its way, and when it could not be
//! loaded.

use crate::app::{AppEvent, Event};
use crate::components::{
    View, Weight, alert, ask_it, button, button_row, el, group, heading, link_button, skeleton_rows,
};
use crate::i18n::t;
use crate::route::Route;
use crate::words::{Notice, Tone};

/// Says so and leads on.
pub(crate) fn not_found() -> View {
    el("div")
        .class("stack narrow")
        .child(heading(t::not_found_heading()))
        .child(el("p").words(t::not_found_text()))
        .child(button_row(link_button(Weight::Primary, t::not_found_button(), &Route::Devices)))
        .into()
}

/// It comes in a moment.
pub(crate) fn loading() -> View {
    group([heading(t::app_loading()), skeleton_rows(2)])
}

/// It could not be loaded: why that is harmless, "Try again", and whom to ask.
pub(crate) fn not_loaded() -> View {
    let notice = Notice {
        tone: Tone::Bad,
        heading: t::lazy_title(),
        lines: vec![t::lazy_text()],
        reference: None,
        button: None,
    };
    let again = button_row(button(Weight::Primary, t::app_retry(), Event::App(AppEvent::RetryChosen)));
    group([heading(t::lazy_heading()), alert(notice, Some(again)), ask_it()])
}
