//! A: before the five minutes start. What will happen, why to sign in again, and what to have at hand; as a dialog over
//! the device's page, or as a page at the reset's own address.

use super::parts::known_device;
use crate::app::Event;
use crate::components::{Icon, Weight, button, dialog, heading, icon, message};
use crate::domain::{Device, DeviceId, ResettableDevice, ResetState, WhyExplain};
use crate::shell::{use_dispatch, use_model, use_tr};
use crate::view::{self, ExplainView, Tone};
use leptos::prelude::*;

/// A as a dialog over the details of the device.
pub(super) fn explain_dialog(device: &Device) -> AnyView {
    let model = use_model();
    let dispatch = use_dispatch();
    let why = model.with_untracked(|model| why_of(&model.reset));
    let Some(proven) = ResettableDevice::of(device) else { return ().into_any() };
    let words = view::explain(&proven, why);
    let heading = words.heading.clone();
    let body = explain_body(words);
    dialog("explain", heading, move || dispatch(Event::ResetCancelled), body).into_any()
}

/// A as a page.
pub(super) fn explain_stage(id: &DeviceId) -> AnyView {
    let model = use_model();
    let id = id.clone();
    let words = Memo::new(move |_| {
        model.with(|model| {
            let device = known_device(model, &id)?;
            let proven = ResettableDevice::of(&device)?;
            Some(view::explain(&proven, why_of(&model.reset)))
        })
    });
    let body = move || {
        words.get().map(|words| {
            view! {
                {heading(Signal::stored(words.heading.clone()))}
                <div class="card stack">{explain_body(words)}</div>
            }
        })
    };
    body.into_any()
}

const fn why_of(state: &ResetState) -> WhyExplain {
    match state {
        ResetState::ExplainingSignOut { why, .. } => *why,
        _ => WhyExplain::FirstTime,
    }
}

fn explain_body(words: ExplainView) -> AnyView {
    let tr = use_tr();
    let again = words.again.map(|again| message(Tone::Warn, None, vec![again], None));
    let mut lines = vec![(Icon::Key, words.preview), (Icon::Clock, words.clock_starts)];
    // The first thing to have ready is for everybody; what follows is a trap of the platform.
    let symbols = std::iter::once(Icon::Check).chain(std::iter::repeat(Icon::Warning));
    lines.extend(symbols.zip(words.ready));
    let lines = lines
        .into_iter()
        .map(|(symbol, words)| view! { <li>{icon(symbol)} <span>{tr.say(words)}</span></li> })
        .collect_view();
    view! {
        {again}
        <p>{tr.say(words.lead)}</p>
        <section class="stack tight">
            <h3>{tr.say(words.preview_heading)}</h3>
            <ul class="outcome">{lines}</ul>
        </section>
        {message(Tone::Warn, Some(words.factor_heading), words.factor, None)}
        <details>
            <summary>{tr.say(words.why_heading)}</summary>
            <p>{tr.say(words.why)}</p>
        </details>
        <p class="reference">{tr.say(words.sign_out_hint)} " " {tr.say(words.return_note)}</p>
        <div class="actions">
            {button(Weight::Plain, words.cancel, Event::ResetCancelled)}
            {button(Weight::Primary, words.sign_out, Event::SignOutForResetChosen)}
        </div>
    }
    .into_any()
}
