//! The confirmation: the device by name, the outcome, the consequence, the time left - and the last button, the only one in the warning
//! style. It is never greyed out: while the request is on its way a press does nothing and says why.
//!
//! What is left of the five minutes.
//!
//! The ticking digits are hidden from assistive technology and never in a live region; the page's polite status speaks at
//! the milestones instead (rule 2 of the interface). They can be hidden altogether (WCAG 2.2.2). The value comes from a
//! deadline, so a computer that slept shows the truth at once.

use crate::app::{Event, Model};
use crate::components::{
    HIDDEN, Icon, View, Weight, button, el, group, heading, icon, live, message, outcome_list,
};
use crate::domain::{ActionFlow, DeviceId, Milliseconds, PermittedDevice, Seconds, SubmitStep};
use crate::features::actions;
use crate::features::actions::CountdownDisplay;
use crate::i18n::{Text, t};
use crate::shell::{select, use_dispatch, use_model, use_tr};
use crate::words::Tone;
use leptos::prelude::WithUntracked;
use std::time::Duration;

/// What is said while the request is on its way.
const fn sending(model: &Model) -> Option<Text> {
    if matches!(model.features.actions.reset, ActionFlow::Submit { step: SubmitStep::Sending, .. }) {
        Some(t::confirm_submitting())
    } else if matches!(model.features.actions.reset, ActionFlow::Submit { step: SubmitStep::Rereading, .. }) {
        Some(t::confirm_rereading())
    } else {
        None
    }
}

const fn device_of(state: &ActionFlow) -> Option<&PermittedDevice> {
    if let ActionFlow::Confirm { device, .. }
    | ActionFlow::Submit { device, step: SubmitStep::Sending, .. }
    | ActionFlow::Submit { device, step: SubmitStep::Rereading, .. } = state
    {
        Some(device)
    } else {
        None
    }
}

/// The screen B. The device it shows is the one the state holds the proof for.
pub(crate) fn confirm_stage(_id: &DeviceId) -> View {
    let device = select(use_model(), move |model| device_of(&model.features.actions.reset).cloned());
    live(move || device.get().map(|device| confirm_body(&device)))
}

/// The name may come a moment later than the screen.
fn signed_in(model: &Model) -> Option<Text> {
    let person = model.page.session.signed_in().map_or("", |person| person.name.as_str());
    actions::words::confirm(device_of(&model.features.actions.reset)?, person, None).signed_in
}

fn confirm_body(device: &PermittedDevice) -> View {
    let tr = use_tr();
    let first_within = use_model().with_untracked(|model| {
        model.features.actions.reset.grant().and_then(|grant| grant.proof.first_within())
    });
    let words = actions::words::confirm(device, "", first_within);
    let person = select(use_model(), signed_in);
    let person =
        move || person.get().map(|person| [tr.text(&person), " ".to_owned()].concat()).unwrap_or_default();
    let mut outcome: Vec<_> = std::iter::repeat(Icon::Key).zip(words.outcome).collect();
    outcome.push((Icon::Check, words.data_stays));
    group([
        heading(words.heading),
        el("div").class("card").child(outcome_list(outcome)).into(),
        message(Tone::Warn, Some(words.consequence_heading), words.consequence, None),
        last_step(words.button, words.cancel),
        el("p").class("reference").live_text(person).words(words.start_over_note).into(),
        words.skipped.map(|skipped| el("p").class("reference").words(skipped)).into(),
    ])
}

/// The buttons with the time left, and what is said while the request is on its way.
fn last_step(confirm: Text, cancel: Text) -> View {
    let tr = use_tr();
    let dispatch = use_dispatch();
    let sending = select(use_model(), sending);
    let is_busy = move || sending.with(Option::is_some);
    let press = el("button")
        .attr("type", "button")
        .class("button danger")
        .attr_live("aria-disabled", move || is_busy().then(|| "true".to_owned()))
        .on_press(move || dispatch(Event::Actions(actions::Event::ResetConfirmed)))
        .words(confirm);
    let way_out = move || {
        (!is_busy())
            .then(|| button(Weight::Plain, cancel.clone(), Event::Actions(actions::Event::ResetCancelled)))
    };
    let spinner = move || is_busy().then(|| el("span").class("working").attr("aria-hidden", HIDDEN));
    let status = move || sending.get().map(|words| tr.text(&words)).unwrap_or_default();
    group([
        el("div").class("actions last").child(press).live(way_out).child(countdown()).into(),
        el("div")
            .class("actions")
            .attr("role", "status")
            .live(spinner)
            .child(el("p").live_text(status))
            .into(),
    ])
}

/// From here on the countdown is shown as urgent.
const LOW: Seconds = Seconds(60);

fn seconds_left(model: &Model) -> Seconds {
    model.time_left().map_or(Seconds(0), Milliseconds::seconds_rounded_up)
}

/// The countdown; nothing while no clock is running. The button that hides it stays the same element when it becomes
/// the one that shows it, so that it keeps the focus.
pub(super) fn countdown() -> View {
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
                let span = el("span").class("digits").attr("aria-hidden", HIDDEN).untranslated();
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
