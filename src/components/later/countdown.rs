//! What is left of the five minutes.
//!
//! The ticking digits are hidden from assistive technology and never in a live region; the page's polite status speaks at
//! the milestones instead (rule 2 of the interface). They can be hidden altogether (WCAG 2.2.2). The value comes from a
//! deadline, so a computer that slept shows the truth at once.

use super::super::{HIDDEN, Icon, Part, Weight, el, icon};
use crate::app::{Event, Model};
use crate::domain::{Milliseconds, Seconds};
use crate::features::actions;
use crate::features::actions::CountdownDisplay;
use crate::i18n::t;
use crate::shell::{select, use_dispatch, use_model, use_tr};
use std::time::Duration;

/// From here on the countdown is shown as urgent.
const LOW: Seconds = Seconds(60);

fn seconds_left(model: &Model) -> Seconds {
    model.time_left().map_or(Seconds(0), Milliseconds::seconds_rounded_up)
}

/// The countdown; nothing while no clock is running. The button that hides it stays the same element when it becomes
/// the one that shows it, so that it keeps the focus.
pub fn countdown() -> Part {
    let model = use_model();
    let tr = use_tr();
    let dispatch = use_dispatch();
    let left = select(model, seconds_left);
    let is_shown = select(model, move |model| model.features.actions.countdown == CountdownDisplay::Shown);
    let is_low = select(model, |model| seconds_left(model) <= LOW);
    let digits = move || {
        let left = Duration::from_secs(left.get().0.max(0).unsigned_abs());
        tr.text(&t::confirm_time_left_value(left))
    };
    let toggle = move || {
        let words = if is_shown.get() { t::confirm_hide_countdown() } else { t::confirm_show_countdown() };
        tr.text(&words)
    };
    el("div")
        .attr_live("class", move || {
            Some((if is_low.get() { "countdown low" } else { "countdown" }).to_owned())
        })
        .child(icon(Icon::Clock))
        .live(move || {
            is_shown.get().then(|| {
                let span = el("span").class("digits").attr("aria-hidden", HIDDEN).attr("translate", "no");
                span.live_text(digits)
            })
        })
        .child(
            el("button")
                .attr("type", "button")
                .class(Weight::Quiet.class())
                .on_press(move || dispatch(Event::Actions(actions::Event::CountdownToggled)))
                .live_text(toggle),
        )
        .into()
}
