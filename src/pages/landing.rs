//! `/`: what the page is for, for somebody who has not signed in.

use super::borrowed::borrowed_question;
use super::parts::paragraph;
use crate::app::Event;
use crate::components::{HIDDEN, Icon, Part, Weight, button, el, heading, icon, steps};
use crate::features::sign_in;
use crate::i18n::t;

/// The welcome.
pub(super) fn landing() -> Part {
    el("div")
        .class("landing")
        .child(el("div").class("hero-icon").attr("aria-hidden", HIDDEN).child(icon(Icon::Key)))
        .child(heading(t::landing_heading()))
        .child(paragraph("lede", t::landing_lead()))
        .child(borrowed_question())
        .child(button(Weight::Primary, t::landing_button(), Event::SignIn(sign_in::Event::SignInChosen)))
        .child(el("section").class("card").child(steps(vec![
            t::landing_step_sign_in(),
            t::landing_step_choose(),
            t::landing_step_confirm(),
        ])))
        .child(paragraph("reference", t::landing_borrowed()))
        .into()
}
