//! B: the device by name, the outcome, the consequence, the time left - and the last button, the only one in the warning
//! style. It is never greyed out: while the request is on its way a press does nothing and says why.

use super::parts::device_banner;
use crate::app::{Event, Model};
use crate::components::{
    HIDDEN, Icon, Weight, button, countdown, heading, icon, message,
};
use crate::domain::{DeviceId, ResetState, ResettableDevice};
use crate::i18n::{Text, t};
use crate::shell::{use_dispatch, use_model, use_tr};
use crate::view::{self, ConfirmView, Tone};
use leptos::prelude::*;

/// Whether the request is on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sending {
    No,
    Submitting,
    Rereading,
}

impl Sending {
    const fn of(state: &ResetState) -> Self {
        match state {
            ResetState::Submitting { .. } => Self::Submitting,
            ResetState::Rereading { .. } => Self::Rereading,
            _ => Self::No,
        }
    }
}

const fn device_of(state: &ResetState) -> Option<&ResettableDevice> {
    match state {
        ResetState::Confirming { device, .. }
        | ResetState::Submitting { device, .. }
        | ResetState::Rereading { device, .. } => Some(device),
        _ => None,
    }
}

/// The screen B. The device it shows is the one the state holds the proof for.
pub(super) fn confirm_stage(_id: &DeviceId) -> AnyView {
    let model = use_model();
    let device = Memo::new(move |_| model.with(|model| device_of(&model.reset).cloned()));
    let person = Memo::new(move |_| model.with(person));
    let body = move || {
        device.get().map(|device| {
            let words = person.with(|person| view::confirm(&device, person));
            confirm_body(words, &device)
        })
    };
    body.into_any()
}

fn person(model: &Model) -> String {
    model.session.signed_in().map(|person| person.name.clone()).unwrap_or_default()
}

fn confirm_body(words: ConfirmView, device: &ResettableDevice) -> AnyView {
    let tr = use_tr();
    let welcome = words.welcome.map(|welcome| view! { <p class="lede">{tr.say(welcome)}</p> });
    let outcome: Vec<(Icon, Text)> = vec![(Icon::Key, words.outcome), (Icon::Check, words.data_stays)];
    let outcome = outcome
        .into_iter()
        .map(|(symbol, words)| view! { <li>{icon(symbol)} <span>{tr.say(words)}</span></li> })
        .collect_view();
    view! {
        {heading(Signal::stored(words.heading))}
        {welcome}
        {countdown()}
        <section class="card stack" aria-labelledby="outcome-heading">
            {device_banner(view::device_name(device.name()), device.platform(), None)}
            <h2 id="outcome-heading">{tr.say(words.outcome_heading)}</h2>
            <ul class="outcome">{outcome}</ul>
        </section>
        {message(Tone::Warn, Some(words.consequence_heading), words.consequence, None)}
        {last_step(words.button, words.cancel)}
        <p class="reference">{tr.say(words.start_over_note)}</p>
    }
    .into_any()
}

/// The buttons, and what is said while the request is on its way.
fn last_step(confirm: Text, cancel: Text) -> AnyView {
    let model = use_model();
    let tr = use_tr();
    let dispatch = use_dispatch();
    let sending = Memo::new(move |_| model.with(|model| Sending::of(&model.reset)));
    let is_busy = move || sending.get() != Sending::No;
    let status = move || match sending.get() {
        Sending::No => None,
        Sending::Submitting => Some(t::confirm_submitting()),
        Sending::Rereading => Some(t::confirm_rereading()),
    };
    let spinner = move || is_busy().then(|| view! { <span class="working" aria-hidden=HIDDEN></span> });
    let way_out = move || (!is_busy()).then(|| button(Weight::Plain, cancel.clone(), Event::ResetCancelled));
    view! {
        <div class="actions">
            <button
                type="button"
                class="button danger"
                aria-disabled=move || is_busy().then_some("true")
                on:click=move |_| dispatch(Event::ResetConfirmed)
            >
                {tr.say(confirm)}
            </button>
            {way_out}
        </div>
        <div class="actions" role="status">
            {spinner}
            <p>{move || status().map(|words| tr.text(&words))}</p>
        </div>
    }
    .into_any()
}
