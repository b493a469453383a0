//! Accepted, not done: how far the reset has come, since when, what helps it along, and that one may leave.

use crate::app::{Event, Model};
use crate::browser::system_notification;
use crate::components::{
    Flow, HIDDEN, Icon, View, Weight, branding, button, button_row, contact_ways, dialog, el, group,
    heading_live, icon, known_device, live, message, minute_now, named, nothing, paragraph, reference,
};
use crate::domain::{ActionFlow, DeviceId, usual_time};
use crate::features::actions;
use crate::features::actions::words::{PendingStep, PendingView, StepState, TakesLongView};
use crate::features::actions::{AlertPermission, CancelState};
use crate::i18n::{Text, t};
use crate::shell::{select, use_dispatch, use_model};
use crate::words::Tone;

/// The screen while the device has not acknowledged.
pub(crate) fn pending_stage(id: &DeviceId) -> View {
    let model = use_model();
    let wanted = id.clone();
    let shown = select(model, move |model| details(model, &wanted));
    let wanted = id.clone();
    let run = select(model, move |model| details(model, &wanted).map(|words| words.reference));
    group([
        heading_live(named(id, t::pending_heading)),
        paragraph("lede", t::pending_not_done()).into(),
        live(move || shown.get().map(state)),
        ways(id),
        el("p").words(t::pending_leave()).into(),
        live(move || run.get().map(reference)),
    ])
}

fn details(model: &Model, id: &DeviceId) -> Option<PendingView> {
    let device = known_device(model, id)?;
    let ActionFlow::Pending { run, phase, .. } = &model.features.actions.reset else { return None };
    let list = model.features.devices.list.all();
    let alike = list.iter().filter(|known| known.platform == device.platform && known.id != device.id);
    let usual = usual_time(alike.chain([&device]).flat_map(|device| device.runs_of_all()));
    Some(actions::words::pending(&device, run, *phase, usual, minute_now(model)))
}

/// How far it has come and what helps. It follows the clock, so there is nothing in it that can have the focus but the
/// ways to reach IT, once it takes long.
fn state(words: PendingView) -> View {
    let meta = el("p")
        .class("device-meta")
        .child(el("span").words(words.since))
        .child(el("span").words(words.last_check_in))
        .child(words.usual.map(|usual| el("span").words(usual)));
    let facts =
        el("div").class("stack tight").child(words.phase.map(|phase| el("p").words(phase))).child(meta);
    let help = match words.takes_long {
        Some(takes_long) => long_wait(takes_long),
        None if words.hints.is_empty() => nothing(),
        None => message(Tone::Info, None, words.hints, None),
    };
    group([
        el("section")
            .class("card stack")
            .attr_words("aria-label", t::pending_state())
            .child(el("ol").class("progress").children(words.steps.into_iter().map(step)))
            .child(facts)
            .into(),
        help,
    ])
}

fn step(step: PendingStep) -> View {
    let item = match step.state {
        StepState::Done => el("li").class("reached").child(icon(Icon::Check)),
        StepState::Current => el("li")
            .class("current")
            .attr("aria-current", "step")
            .child(el("i").class("working").attr("aria-hidden", HIDDEN)),
        StepState::Upcoming => el("li").child(icon(Icon::Clock)),
    };
    // For the eye the icon says it.
    let word = el("span").class("sr").words(step.state_word);
    item.child(el("span").words(step.name).text(" ").child(word)).into()
}

/// It takes long: since when the device is silent, and what to try.
fn long_wait(words: TakesLongView) -> View {
    let tries = words.tries.into_iter().map(|line| el("li").words(line).into());
    let rest = group([
        el("p").child(el("strong").words(words.heading)).into(),
        el("ul").children(tries).into(),
        el("p").words(words.otherwise).into(),
        contact_ways(branding(), Flow::Row),
    ]);
    let lines = words.expiry.into_iter().collect();
    message(Tone::Warn, Some(words.silence), lines, Some(rest))
}

/// What can be done meanwhile, side by side, and below it what came of it.
fn ways(id: &DeviceId) -> View {
    let (tell_me, told) = if system_notification::is_offered() { tell_me() } else { (nothing(), nothing()) };
    let (cancel, failed) = cancel(id);
    group([button_row(group([tell_me, cancel])), told, failed])
}

/// "Tell me when it is done": a press, then the browser's own question, and what came of it. Where the browser has no
/// notifications nothing stands here; the title of the tab tells the same.
fn tell_me() -> (View, View) {
    let wish = select(use_model(), move |model| model.features.actions.alert.permission);
    let press = move || {
        let can_be_asked = matches!(wish.get(), AlertPermission::None);
        can_be_asked
            .then(|| button(Weight::Plain, t::live_tell_me(), Event::Actions(actions::Event::AlertChosen)))
    };
    let note = move || {
        let said = match wish.get() {
            AlertPermission::None => return None,
            AlertPermission::Asked => t::live_tell_me_asked(),
            AlertPermission::Granted => t::live_tell_me_granted(),
            AlertPermission::Refused => t::live_tell_me_refused(),
        };
        Some(el("span").class("reference").words(said))
    };
    (live(press), el("p").attr("role", "status").live(note).into())
}

/// The button that cancels, while it can be: apart from what follows the clock, so that it keeps the focus. It asks once
/// more, in a dialog that names the device.
fn cancel(id: &DeviceId) -> (View, View) {
    let model = use_model();
    let wanted = id.clone();
    let label = select(model, move |model| details(model, &wanted).and_then(|words| words.cancel));
    let cancelling = select(model, move |model| model.features.actions.cancelling);
    let is_sent = select(model, move |model| model.features.actions.cancelling == CancelState::Sent);
    let part = move || {
        label.get().map(|label| {
            if is_sent.get() {
                el("span").attr("role", "status").words(t::pending_canceling()).into()
            } else {
                button(Weight::Plain, label, Event::Actions(actions::Event::RunCancelAsked))
            }
        })
    };
    let failed = move || {
        let words = match cancelling.get() {
            CancelState::TooLate => t::problem_not_cancellable(),
            CancelState::Failed => t::live_cancel_failed(),
            CancelState::NotAsked | CancelState::Asked | CancelState::Sent => return nothing(),
        };
        message(Tone::Warn, None, vec![words], None)
    };
    let question = named(id, t::live_cancel_heading);
    let asked = select(model, move |model| model.features.actions.cancelling == CancelState::Asked);
    let dialog = move || asked.get().then(|| cancel_dialog(question.get_untracked()));
    (live(part), group([live(failed), live(dialog)]))
}

fn cancel_dialog(heading: Text) -> View {
    let dispatch = use_dispatch();
    let dropped = || Event::Actions(actions::Event::RunCancelDropped);
    let chosen = Event::Actions(actions::Event::RunCancelChosen);
    let body = el("p").words(t::live_cancel_text()).into();
    let buttons = group([
        button(Weight::Plain, t::live_cancel_yes(), chosen),
        button(Weight::Primary, t::live_cancel_no(), dropped()),
    ]);
    dialog("cancel-reset", heading, move || dispatch(dropped()), body, buttons)
}
