//! `/`: what the page is for, for somebody who has not signed in.

use crate::app::Event;
use crate::components::{Icon, Weight, button, heading, icon, steps};
use crate::i18n::t;
use crate::shell::use_tr;
use leptos::prelude::*;

/// The welcome.
pub(super) fn landing() -> AnyView {
    let tr = use_tr();
    view! {
        <div class="landing">
            <div class="hero-icon" aria-hidden=crate::components::HIDDEN>{icon(Icon::Key)}</div>
            {heading(Signal::stored(t::landing_heading()))} <p class="lede">{tr.say(t::landing_lead())}</p>
            {button(Weight::Primary, t::landing_button(), Event::SignInChosen)}
            <section class="card">
                {steps(vec![t::landing_step_sign_in(), t::landing_step_choose(), t::landing_step_confirm()])}
            </section>
            <p class="reference">{tr.say(t::landing_borrowed())}</p>
        </div>
    }
    .into_any()
}
