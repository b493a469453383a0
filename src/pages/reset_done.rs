//! The end: what happened, when, the temporary passcode if there is one, what to do now on the device, whom to ask. It can
//! be printed; the passcode is on the paper only when it is on the screen.

use super::parts::{device_link, known_device, sign_out_hint};
use crate::app::Model;
use crate::components::{Flow, Icon, contact_ways, heading, icon, minute_now, passcode_panel, reference, steps};
use crate::domain::{DeviceId, Platform, ResetState};
use crate::i18n::t;
use crate::shell::{use_model, use_tr};
use crate::view::{self, DoneView};
use leptos::prelude::*;

/// The screen of the result.
pub(super) fn done_stage(id: &DeviceId) -> AnyView {
    let model = use_model();
    let wanted = id.clone();
    let words = Memo::new(move |_| model.with(|model| result(model, &wanted)));
    let id = id.clone();
    let body = move || words.get().map(|words| done_body(words, &id));
    body.into_any()
}

fn result(model: &Model, id: &DeviceId) -> Option<DoneView> {
    let ResetState::Done { run, outcome, .. } = &model.reset else { return None };
    let device = known_device(model, id);
    let name = device.as_ref().map_or("", |device| device.name.as_str());
    let platform = device.as_ref().map_or(Platform::Other, |device| device.platform);
    Some(view::done(name, platform, *outcome, run, minute_now(model)))
}

fn done_body(words: DoneView, id: &DeviceId) -> AnyView {
    let tr = use_tr();
    let model = use_model();
    let branding = Memo::new(move |_| model.with(|model| model.branding.clone()));
    let passcode = words.has_temporary_passcode.then(|| passcode_panel(id.clone()));
    view! {
        <div class="hero good">
            <div class="hero-icon">{icon(Icon::Check)}</div>
            <div class="page-head">
                {heading(Signal::stored(words.heading))} <p class="device-meta">{tr.say(words.when)}</p>
            </div>
        </div>
        <div class="stack tight">
            <p class="lede">{tr.say(words.what)}</p>
            <p>{tr.say(words.note)}</p>
        </div>
        {passcode}
        <section class="card stack" aria-labelledby="steps-heading">
            <h2 id="steps-heading">{tr.say(words.steps_heading)}</h2>
            {steps(words.steps)}
        </section>
        <section class="card stack tight" aria-labelledby="locked-heading">
            <h2 id="locked-heading">{tr.say(words.still_locked_heading)}</h2>
            <p>{tr.say(words.still_locked)}</p>
            {contact_ways(branding.into(), Flow::Row)}
            {reference(words.reference)}
        </section>
        {sign_out_hint(words.sign_out_hint)}
        <p class="actions">{device_link(t::done_back(), id)}</p>
    }
    .into_any()
}
