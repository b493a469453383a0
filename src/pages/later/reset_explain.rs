//! A: before the five minutes start. What will happen, why to sign in again, and what to have at hand; as a dialog over
//! the device's page, or as a page at the reset's own address.

use super::super::parts::{known_device, outcome_list};
use crate::app::Event;
use crate::components::later::dialog;
use crate::components::{Icon, Part, Weight, button, el, group, heading, live, message, nothing};
use crate::domain::{Device, DeviceId, ResetState, ResettableDevice, WhyExplain};
use crate::shell::{select, use_dispatch, use_model};
use crate::view::{self, ExplainView, Tone};
use leptos::prelude::WithUntracked;

/// A as a dialog over the details of the device.
pub(super) fn explain_dialog(device: &Device) -> Part {
    let dispatch = use_dispatch();
    let Some(proven) = ResettableDevice::of(device) else { return nothing() };
    let words = explain(&proven);
    let heading = words.heading.clone();
    let body = explain_body(words);
    dialog("explain", heading, move || dispatch(Event::ResetCancelled), body)
}

/// A as a page.
pub(super) fn explain_stage(id: &DeviceId) -> Part {
    let id = id.clone();
    let proven = select(use_model(), move |model| {
        known_device(model, &id).and_then(|device| ResettableDevice::of(&device))
    });
    live(move || {
        proven.get().map(|proven| {
            let words = explain(&proven);
            let heading = heading(words.heading.clone());
            group([heading, el("div").class("card stack").child(explain_body(words)).into()])
        })
    })
}

/// The reason to explain does not change while the explanation stands there.
fn explain(device: &ResettableDevice) -> ExplainView {
    view::explain(device, use_model().with_untracked(|model| why_of(&model.reset)))
}

const fn why_of(state: &ResetState) -> WhyExplain {
    if let ResetState::ExplainingSignOut { why, .. } = state { *why } else { WhyExplain::FirstTime }
}

fn explain_body(words: ExplainView) -> Part {
    let again = words.again.map(|again| message(Tone::Warn, None, vec![again], None));
    let mut lines = vec![(Icon::Key, words.preview), (Icon::Clock, words.clock_starts)];
    // The first thing to have ready is for everybody; what follows is a trap of the platform.
    let symbols = std::iter::once(Icon::Check).chain(std::iter::repeat(Icon::Warning));
    lines.extend(symbols.zip(words.ready));
    group([
        again.into(),
        el("p").words(words.lead).into(),
        el("section")
            .class("stack tight")
            .child(el("h3").words(words.preview_heading))
            .child(outcome_list(lines))
            .into(),
        message(Tone::Warn, Some(words.factor_heading), words.factor, None),
        el("details").child(el("summary").words(words.why_heading)).child(el("p").words(words.why)).into(),
        el("p").class("reference").words(words.sign_out_hint).text(" ").words(words.return_note).into(),
        el("div")
            .class("actions")
            .child(button(Weight::Plain, words.cancel, Event::ResetCancelled))
            .child(button(Weight::Primary, words.sign_out, Event::SignOutForResetChosen))
            .into(),
    ])
}
