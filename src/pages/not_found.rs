//! An address that is no screen.

use crate::components::{Weight, heading, link_button};
use crate::i18n::t;
use crate::route::Route;
use crate::shell::use_tr;
use leptos::prelude::*;

/// Says so and leads on.
pub(super) fn not_found() -> AnyView {
    let tr = use_tr();
    view! {
        <div class="page-head narrow">
            {heading(Signal::stored(t::not_found_heading()))} <p>{tr.say(t::not_found_text())}</p>
        </div>
        <p class="actions">{link_button(Weight::Primary, t::not_found_button(), &Route::Devices)}</p>
    }
    .into_any()
}
