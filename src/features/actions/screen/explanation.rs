//! A: before the five minutes start. What will happen, why to sign in again, and what to have at hand; as a dialog over
//! the device's page, or as a page at the reset's own address.
//!
//! "Will the reset reach the device?" at the device and at A's own page: too much for a dialog.

use crate::app::{Event, Model};
use crate::components::{
    Flow, Icon, View, Weight, branding, button, choice, contact_ways, dialog, el, group, heading,
    known_device, live, message, minute_now, nothing, outcome_list, titled,
};
use crate::domain::{ActionFlow, Device, DeviceId, PermittedDevice, ResetAvailability, WhyExplain};
use crate::features::actions;
use crate::features::actions::screen::lock_instead;
use crate::features::actions::words::{ExplainView, QuestionView, ReachView};
use crate::features::actions::{Answer, Preparation};
use crate::shell::{Selected, select, use_dispatch, use_model};
use crate::words::Tone;
use leptos::prelude::WithUntracked;

/// The explanation as a dialog over the details of the device.
pub(crate) fn explain_dialog(device: &Device) -> View {
    let dispatch = use_dispatch();
    let Some(proven) = PermittedDevice::of(device) else { return nothing() };
    let words = explain(&proven);
    let heading = words.heading.clone();
    let body = explain_body(words, device, &proven);
    dialog("explain", heading, move || dispatch(Event::Actions(actions::Event::ResetCancelled)), body)
}

/// The explanation as a page.
pub(crate) fn explain_stage(id: &DeviceId) -> View {
    let wanted = id.clone();
    let proven = select(use_model(), move |model| {
        known_device(model, &wanted).and_then(|device| PermittedDevice::of(&device))
    });
    let id = id.clone();
    live(move || {
        let device = use_model().with_untracked(|model| known_device(model, &id));
        device.zip(proven.get()).map(|(device, proven)| {
            let words = explain(&proven);
            let heading = heading(words.heading.clone());
            let body = explain_body(words, &device, &proven);
            let card = el("div").class("card stack").child(body).into();
            group([heading, card, reach(&device.id)])
        })
    })
}

/// The reason to explain does not change while the explanation stands there.
fn explain(device: &PermittedDevice) -> ExplainView {
    use_model().with_untracked(|model| {
        let signs_out_first = model.features.sign_in.signs_out_first(&model.page);
        let why = why_of(&model.features.actions.reset);
        actions::words::explain(device, why, signs_out_first, model.page.cannot_prove_fresh())
    })
}

const fn why_of(state: &ActionFlow) -> WhyExplain {
    if let ActionFlow::Explain { why, .. } = state { *why } else { WhyExplain::FirstTime }
}

fn explain_body(words: ExplainView, device: &Device, proven: &PermittedDevice) -> View {
    let again = words.again.map(|again| message(Tone::Warn, None, vec![again], None));
    let mut lines = vec![(Icon::Key, words.preview)];
    let details = actions::words::preview_details(device, proven.outcome());
    lines.extend(std::iter::repeat(Icon::Check).zip(details));
    group([
        again.into(),
        el("p").words(words.lead).into(),
        el("section")
            .class("stack tight")
            .child(el("h3").words(words.preview_heading))
            .child(outcome_list(lines))
            .into(),
        el("section")
            .class("stack tight")
            .child(el("h3").words(words.before_heading))
            .child(outcome_list(vec![(Icon::Clock, words.clock_starts), (Icon::Check, words.ready)]))
            .child(reach_in_short(&device.id))
            .child(factor(&device.name))
            .child(at_hand(device))
            .into(),
        el("details").child(el("summary").words(words.why_heading)).child(el("p").words(words.why)).into(),
        el("p").class("reference").words(words.sign_out_hint).text(" ").words(words.return_note).into(),
        el("div")
            .class("actions")
            .child(button(Weight::Plain, words.cancel, Event::Actions(actions::Event::ResetCancelled)))
            .child(button(
                Weight::Primary,
                words.sign_out,
                Event::Actions(actions::Event::SignOutForResetChosen),
            ))
            .into(),
    ])
}

/// What of "will it reach the device?" belongs into a dialog: what is to be expected, and the trap of the platform.
fn reach_in_short(id: &DeviceId) -> View {
    let words = reach_of(id);
    live(move || {
        words.get().map(|words| {
            let mut lines: Vec<_> =
                words.forecast.map(|forecast| (Icon::Info, forecast)).into_iter().collect();
            lines.extend(words.warning.map(|warning| (Icon::Warning, warning)));
            outcome_list(lines)
        })
    })
}

fn factor(name: &str) -> View {
    let QuestionView { question, yes, no, advice } = actions::words::factor_question(name);
    let answers = [
        (no, Event::Actions(actions::Event::FactorAnswered(Answer::No))),
        (yes, Event::Actions(actions::Event::FactorAnswered(Answer::Yes))),
    ];
    let is_advised = answered(|answers| answers.factor_is_on_it == Some(Answer::Yes));
    choice("factor", question, answers, is_advised, move || {
        message(Tone::Warn, None, advice.clone(), Some(contact_ways(branding(), Flow::Row)))
    })
}

fn at_hand(device: &Device) -> View {
    let QuestionView { question, yes, no, advice } = actions::words::at_hand_question(&device.name);
    let answers = [
        (yes, Event::Actions(actions::Event::AtHandAnswered(Answer::Yes))),
        (no, Event::Actions(actions::Event::AtHandAnswered(Answer::No))),
    ];
    let is_advised = answered(|answers| answers.is_at_hand == Some(Answer::No));
    let id = device.id.clone();
    choice("at-hand", question, answers, is_advised, move || {
        message(Tone::Warn, None, advice.clone(), Some(lock_instead(&id)))
    })
}

fn answered(read: fn(&Preparation) -> bool) -> crate::shell::Selected<bool> {
    select(use_model(), move |model: &Model| read(&model.features.actions.preparation))
}

/// What is known about reaching the device; it follows the device and the clock. Nothing where no reset can be asked for.
pub(crate) fn reach_of(id: &DeviceId) -> Selected<Option<ReachView>> {
    let id = id.clone();
    select(use_model(), move |model| {
        let device = known_device(model, &id)?;
        let can_be_reset =
            matches!(device.reset, ResetAvailability::Allowed(_)) && device.open_run().is_none();
        can_be_reset.then(|| actions::words::reach(&device, device.reset_lapses_after, minute_now(model)))
    })
}

/// The card.
pub(crate) fn reach(id: &DeviceId) -> View {
    let words = reach_of(id);
    live(move || words.get().map(card))
}

fn card(words: ReachView) -> View {
    let mut lines = vec![(Icon::Clock, words.last_check_in)];
    lines.extend(words.forecast.map(|forecast| (Icon::Info, forecast)));
    lines.extend(words.warning.map(|warning| (Icon::Warning, warning)));
    lines.push((Icon::Info, words.waiting));
    lines.extend(words.expiry.map(|expiry| (Icon::Info, expiry)));
    titled("card stack", "reach-heading", words.heading).child(outcome_list(lines)).into()
}
