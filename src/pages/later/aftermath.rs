//! After the device has confirmed: what to do there, and "Did it work?" with the right next step for each answer.

use super::super::parts::{actions, branding, known_device, titled};
use super::idle::sign_out_when_done;
use crate::app::{Event, Model};
use crate::components::later::print_steps;
use crate::components::{Flow, Part, Weight, contact_ways, el, group, nothing, reference, steps as numbered};
use crate::domain::{ActionFlow, DeviceId, Ending, Platform};
use crate::features::actions;
use crate::features::actions::Verdict;
use crate::i18n::{Text, t};
use crate::shell::{select, use_dispatch, use_model};
use crate::view::{self, DoneView};
use portal_contract::ResetOutcome;

/// Selections of these types have names of the later part, and so has the code that compares and drops them.
#[derive(Clone, Copy, PartialEq)]
struct Said(Option<Verdict>);
#[derive(Clone, Copy, PartialEq)]
struct Situation(Platform, ResetOutcome);

fn platform(model: &Model, id: &DeviceId) -> Platform {
    known_device(model, id).map_or(Platform::Other, |device| device.platform)
}

fn outcome(model: &Model) -> ResetOutcome {
    if let ActionFlow::Ended { end: Ending::Done(outcome), .. } = &model.features.actions.reset {
        *outcome
    } else {
        ResetOutcome::Other
    }
}

/// What was done, and what to do on the device now.
pub(super) fn steps(words: DoneView, id: &DeviceId) -> Part {
    titled("card stack", "steps-heading", words.steps_heading)
        .child(el("p").words(words.what).text(" ").words(words.note))
        .child(numbered(words.steps))
        .child(print_steps(id.clone()))
        .into()
}

/// "Did it work?"
pub(super) fn question(result: String, id: &DeviceId) -> Part {
    let model = use_model();
    let of = result.clone();
    let verdict = select(model, move |model| Said(model.features.actions.aftermath.verdict(&of)));
    let device = id.clone();
    let situation = select(model, move |model| Situation(platform(model, &device), outcome(model)));
    let answer = |words: Text, given: Verdict| {
        let dispatch = use_dispatch();
        let result = result.clone();
        let event = Event::Actions(actions::Event::VerdictGiven { result, verdict: given });
        el("button")
            .attr("type", "button")
            .class(Weight::Plain.class())
            .attr_live("aria-pressed", move || Some((verdict.get() == Said(Some(given))).to_string()))
            .on_press(move || dispatch(event.clone()))
            .words(words)
            .into()
    };
    let buttons = group([
        answer(t::aftermath_worked(), Verdict::Worked),
        answer(t::aftermath_still_locked(), Verdict::StillLocked),
    ]);
    let next = move || match verdict.get().0 {
        None => nothing(),
        Some(Verdict::Worked) => worked(situation.get_untracked().1),
        Some(Verdict::StillLocked) => {
            let Situation(platform, outcome) = situation.get_untracked();
            still_locked(platform, outcome, &result)
        }
    };
    titled("card stack question", "question-heading", t::aftermath_question())
        .child(actions(buttons))
        .child(el("div").attr("role", "status").live(next))
        .into()
}

fn worked(outcome: ResetOutcome) -> Part {
    let own = match outcome {
        ResetOutcome::TemporaryPasscode { .. } => t::aftermath_worked_temporary(),
        ResetOutcome::PasscodeRemoved | ResetOutcome::Other => t::aftermath_worked_removed(),
    };
    el("div")
        .class("stack tight")
        .child(el("h3").words(t::aftermath_worked_heading()))
        .child(el("p").words(own))
        .child(sign_out_when_done())
        .into()
}

/// What to try on this platform, then IT with the reference.
fn still_locked(platform: Platform, outcome: ResetOutcome, result: &str) -> Part {
    let help = view::keypad_help(platform, outcome);
    let steps = help.steps.into_iter().map(|step| el("li").words(step).into());
    el("div")
        .class("stack")
        .child(el("p").words(help.lead))
        .child(el("ol").children(steps))
        .child(el("p").words(t::done_still_locked_text()))
        .child(reference(result.to_owned()))
        .child(contact_ways(branding(), Flow::Row))
        .into()
}
