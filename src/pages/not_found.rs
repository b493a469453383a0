//! An address that is no screen.

use super::parts::actions;
use crate::components::{Part, Weight, el, group, heading, link_button};
use crate::i18n::t;
use crate::route::Route;

/// Says so and leads on.
pub(super) fn not_found() -> Part {
    group([
        el("div")
            .class("page-head narrow")
            .child(heading(t::not_found_heading()))
            .child(el("p").words(t::not_found_text()))
            .into(),
        actions(link_button(Weight::Primary, t::not_found_button(), &Route::Devices)),
    ])
}
