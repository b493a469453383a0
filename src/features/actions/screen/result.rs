//! The end: what happened, when, the temporary passcode if there is one, what to do now on the device, whom to ask. It can
//! be printed; the passcode is on the paper only when it is on the screen and the box for it was ticked.
//!
//! After the device has confirmed: what to do there, and "Did it work?" with the right next step for each answer.
//!
//! Printing the steps. The style sheet leaves everything secret off the paper; a passcode that is on the screen is printed
//! only when the box for it is ticked on purpose.

use super::ask::contact_about;
use crate::app::{AppEvent, Event, Model};
use crate::components::{
    HIDDEN, View, Weight, button, button_row, device_link, el, group, heading, known_device, live,
    minute_now, nothing, paragraph, print_mark, reference, steps as numbered, tick_box, titled, words,
};
use crate::domain::{ActionFlow, Biometrics, DeviceId, Ending, PasscodeCertainty, Platform};
use crate::features::actions::Verdict;
use crate::features::actions::words::DoneView;
use crate::features::passcode::screen::{PanelPlace, passcode_panel};
use crate::features::passcode::{PasscodeExtra, PasscodeView};
use crate::features::shared_computer::screen::{finish, sign_out_when_done};
use crate::features::{actions, passcode};
use crate::i18n::{Text, t};
use crate::shell::{Selected, select, use_dispatch, use_model, use_tr};
use leptos::prelude::WithUntracked;
use portal_contract::{ResetOutcome, UtcTime};

/// The screen of the result. Only "when" follows the clock: the rest (with the passcode in it) is not made anew by it.
pub(crate) fn done_stage(id: &DeviceId) -> View {
    let model = use_model();
    let wanted = id.clone();
    let words = select(model, move |model| result(model, &wanted, None));
    let wanted = id.clone();
    let when = select(model, move |model| result(model, &wanted, minute_now(model)).map(|words| words.when));
    let id = id.clone();
    live(move || words.get().map(|words| done_body(words, when, &id)))
}

fn result(model: &Model, id: &DeviceId, now: Option<UtcTime>) -> Option<DoneView> {
    let ActionFlow::Ended { run, end: Ending::Done(outcome), .. } = &model.features.actions.reset else {
        return None;
    };
    let device = known_device(model, id);
    let name = device.as_ref().map_or("", |device| device.name.as_str());
    let platform = device.as_ref().map_or(Platform::Other, |device| device.platform);
    let biometrics = device.as_ref().map_or(Biometrics::Either, |device| Biometrics::of_model(&device.model));
    Some(actions::words::done(name, (platform, biometrics), *outcome, run, now))
}

/// Neither changes while the result stands there.
fn what_was_reset(model: &Model, id: &DeviceId) -> (Platform, ResetOutcome) {
    let outcome = if let ActionFlow::Ended { end: Ending::Done(outcome), .. } = &model.features.actions.reset
    {
        *outcome
    } else {
        ResetOutcome::Other
    };
    (known_device(model, id).map_or(Platform::Other, |device| device.platform), outcome)
}

fn done_body(words: DoneView, when: Selected<Option<Text>>, id: &DeviceId) -> View {
    let tr = use_tr();
    let when = move || when.get().map(|when| tr.text(&when)).unwrap_or_default();
    let panel = words.has_temporary_passcode.then(|| {
        let (platform, outcome) = use_model().with_untracked(|model| what_was_reset(model, id));
        passcode_panel(id.clone(), platform, outcome, PasscodeCertainty::Confirmed, PanelPlace::First)
    });
    let of = words.reference.clone();
    let moment = paragraph("reference", words.moment.clone()).text(" ").words(words.until.clone());
    let again = Event::Actions(actions::Event::ResetRestarted);
    let has_passcode = words.has_temporary_passcode;
    group([
        heading(words.heading.clone()),
        el("p").class("device-meta").live_text(when).into(),
        panel.into(),
        steps(words, id),
        question(&of, id),
        finish(has_passcode),
        button_row(group([device_link(t::done_back(), id), button(Weight::Quiet, t::done_again(), again)])),
        moment.into(),
        reference(of),
    ])
}

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
fn steps(words: DoneView, id: &DeviceId) -> View {
    titled("card stack", "steps-heading", words.steps_heading)
        .child(el("p").words(words.what).text(" ").words(words.note))
        .child(lock_screen(words.drawing))
        .child(numbered(words.steps))
        .child(print_steps(id.clone()))
        .into()
}

/// The lock screen as it looks there, so that the right keys are looked for; the steps say the same in words.
fn lock_screen(drawing: Option<String>) -> View {
    drawing
        .map(|path| {
            let lines = el("path").attr("d", path).attr("fill", "none").attr("stroke", "currentColor");
            let frame =
                el("svg").class("lock-screen").attr("viewBox", "0 0 64 96").attr("aria-hidden", HIDDEN);
            frame.child(lines)
        })
        .into()
}

/// "Did it work?"
fn question(result: &str, id: &DeviceId) -> View {
    let model = use_model();
    let of = result.to_owned();
    let verdict = select(model, move |model| Said(model.features.actions.aftermath.verdict(&of)));
    let (device, about) = (id.clone(), id.clone());
    let situation = select(model, move |model| Situation(platform(model, &device), outcome(model)));
    let answer = |words: Text, given: Verdict| {
        let dispatch = use_dispatch();
        let result = result.to_owned();
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
            still_locked(&about, platform, outcome)
        }
    };
    titled("card stack question", "question-heading", t::aftermath_question())
        .child(button_row(buttons))
        .child(el("div").attr("role", "status").live(next))
        .into()
}

fn worked(outcome: ResetOutcome) -> View {
    let own = match outcome {
        ResetOutcome::TemporaryPasscode { .. } | ResetOutcome::WorkProfilePasscode => {
            t::aftermath_worked_temporary()
        }
        ResetOutcome::PasscodeRemoved | ResetOutcome::Other => t::aftermath_worked_removed(),
    };
    el("div")
        .class("stack tight")
        .child(el("h3").words(t::aftermath_worked_heading()))
        .child(el("p").words(own))
        .child(sign_out_when_done())
        .into()
}

/// What to try on this platform, then IT; the reference stands below.
fn still_locked(id: &DeviceId, platform: Platform, outcome: ResetOutcome) -> View {
    let help = passcode::words::keypad_help(platform, outcome);
    let steps = help.steps.into_iter().map(|step| el("li").words(step).into());
    el("div")
        .class("stack")
        .child(el("p").words(help.lead))
        .child(el("ol").children(steps))
        .child(el("p").words(t::done_still_locked_text()))
        .child(contact_about(id))
        .into()
}

/// The button that prints, and beside a shown passcode of this device the box.
pub(crate) fn print_steps(device: DeviceId) -> View {
    let is_shown = select(use_model(), move |model| {
        let is_shown = matches!(model.features.passcode.view, PasscodeView::Shown { .. });
        is_shown && model.features.passcode.view.device() == Some(&device)
    });
    el("div")
        .class("print-tools")
        .child(print_mark())
        .live(move || is_shown.get().then(with_code))
        .child(el("p").class("actions").child(button(
            Weight::Plain,
            t::print_steps(),
            Event::App(AppEvent::PrintChosen),
        )))
        .into()
}

fn is_on_paper(model: &Model) -> bool {
    model.features.passcode.view.extras().paper == PasscodeExtra::On
}

fn with_code() -> View {
    let dispatch = use_dispatch();
    let is_on = select(use_model(), is_on_paper);
    let toggle = move || dispatch(Event::Passcode(passcode::Event::PaperToggled));
    let label = tick_box("with-code", move || is_on.get(), words(t::print_with_code()), toggle);
    let warning = move || is_on.get().then(|| el("p").class("reference").words(t::print_code_note()));
    group([label, live(warning)])
}

/// The class of a passcode's panel that is to be printed.
pub(crate) fn paper_class(model: &Model) -> &'static str {
    if is_on_paper(model) { " on-paper" } else { "" }
}
