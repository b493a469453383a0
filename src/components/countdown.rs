//! What is left of the five minutes.
//!
//! The ticking digits are hidden from assistive technology and never in a live region; the page's polite status speaks at
//! the milestones instead (rule 2 of the interface). They can be hidden altogether (WCAG 2.2.2). The value comes from a
//! deadline, so a computer that slept shows the truth at once.

use super::{HIDDEN, Icon, Weight, button, icon};
use crate::app::{CountdownDisplay, Event};
use crate::domain::{Milliseconds, Seconds};
use crate::i18n::t;
use crate::shell::{use_model, use_tr};
use leptos::prelude::*;
use std::time::Duration;

/// From here on the countdown is shown as urgent.
const LOW: Seconds = Seconds(60);

/// The countdown; nothing while no clock is running.
pub fn countdown() -> AnyView {
    let model = use_model();
    let tr = use_tr();
    let left = Memo::new(move |_| {
        model.with(|model| model.time_left().map_or(Seconds(0), Milliseconds::seconds_rounded_up))
    });
    let display = Memo::new(move |_| model.with(|model| model.countdown));
    let class = move || if left.get() <= LOW { "countdown low" } else { "countdown" };
    let digits = move || {
        let left = Duration::from_secs(left.get().0.max(0).unsigned_abs());
        tr.text(&t::confirm_time_left_value(left))
    };
    let body = move || match display.get() {
        CountdownDisplay::Shown => view! {
            <span class="label">{tr.say(t::confirm_time_left())}</span>
            <span class="digits" aria-hidden=HIDDEN translate="no">
                {digits}
            </span>
            {button(Weight::Quiet, t::confirm_hide_countdown(), Event::CountdownToggled)}
        }
        .into_any(),
        CountdownDisplay::Hidden => view! {
            <span class="label">{tr.say(t::confirm_countdown_hidden())}</span>
            {button(Weight::Quiet, t::confirm_show_countdown(), Event::CountdownToggled)}
        }
        .into_any(),
    };
    view! { <div class=class>{icon(Icon::Clock)} {body}</div> }.into_any()
}
