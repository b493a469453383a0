//! An address that is no screen.

use super::parts::actions;
use crate::components::{Part, Weight, el, heading, link_button};
use crate::i18n::t;
use crate::route::Route;

/// Says so and leads on.
pub(super) fn not_found() -> Part {
    el("div")
        .class("stack narrow")
        .child(heading(t::not_found_heading()))
        .child(el("p").words(t::not_found_text()))
        .child(actions(link_button(Weight::Primary, t::not_found_button(), &Route::Devices)))
        .into()
}
