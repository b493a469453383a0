//! A: before the time begins. What will happen, why to sign in again, and what to have ready; as a dialog over the device's
//! page, or as a page at the reset's own address.
//!
//! "Will the reset reach the device?" at the device: too much for a dialog.

use crate::app::{Event, Model};
use crate::components::{
    Flow, Icon, View, Weight, branding, button, contact_ways, dialog, el, group, heading, known_device, live,
    message, minute_now, nothing, outcome_list,
};
use crate::domain::{Action, ActionFlow, Device, DeviceId, PermittedDevice, ResetAvailability, WhyExplain};
use crate::features::actions;
use crate::features::actions::Answer;
use crate::features::actions::screen::lock_instead;
use crate::features::actions::words::{DisclosureView, ExplainView, ReachView, Situation};
use crate::i18n::t;
use crate::shell::{Selected, select, selected_from, use_dispatch, use_model};
use crate::words::Tone;
use leptos::prelude::WithUntracked;
use portal_contract::UtcTime;
use wasm_bindgen::JsCast;

/// A as a dialog over the details of the device.
pub(crate) fn explain_dialog(device: &Device) -> View {
    let dispatch = use_dispatch();
    let Some(proven) = PermittedDevice::of(device) else { return nothing() };
    let words = explain(device, &proven);
    let (heading, buttons) = (words.heading.clone(), buttons(&words));
    let body = explain_body(words, &device.id);
    let stop = move || dispatch(Event::Actions(actions::Event::ResetCancelled));
    dialog("explain", heading, stop, body, buttons)
}

/// A as a page.
pub(crate) fn explain_stage(id: &DeviceId) -> View {
    let wanted = id.clone();
    let proven = select(use_model(), move |model| {
        known_device(model, &wanted).and_then(|device| PermittedDevice::of(&device))
    });
    let id = id.clone();
    let why = select(use_model(), |model| why_of(&model.features.actions.reset));
    live(move || {
        // Another reason for it has other words.
        let _why = why.get();
        let device = use_model().with_untracked(|model| known_device(model, &id));
        device.zip(proven.get()).map(|(device, proven)| {
            let words = explain(&device, &proven);
            let heading = heading(words.heading.clone());
            let buttons = buttons(&words);
            let body = explain_body(words, &device.id);
            let card = el("div").class("card stack").child(body).into();
            let last = last_result(&device);
            group([heading, last, card, el("div").class("actions last").child(buttons).into()])
        })
    })
}

/// When the last reset ended, with the way to its result.
fn last_result(device: &Device) -> View {
    let now = use_model().with_untracked(minute_now);
    let chosen = Event::Actions(actions::Event::LastResultChosen(device.id.clone()));
    actions::words::last_reset(device, now)
        .map(|last| {
            let see = button(Weight::Quiet, t::explain_see_result(), chosen);
            el("div").class("actions").child(el("p").words(last)).child(see)
        })
        .into()
}

/// What is explained does not change while it stands there.
fn explain(device: &Device, proven: &PermittedDevice) -> ExplainView {
    let can_be_locked = actions::words::action_refusal(device, Action::RemoteLock).is_none();
    let situation = use_model().with_untracked(|model| Situation {
        why: why_of(&model.features.actions.reset),
        signs_out_first: model.features.sign_in.signs_out_first(&model.page),
        signed_in_at: signed_in_at(model),
        cannot_prove: model.page.cannot_prove_fresh(),
        can_be_locked,
        now: minute_now(model),
    });
    actions::words::explain(device, proven, situation)
}

/// When the person signed in, where that is enough for the reset.
fn signed_in_at(model: &Model) -> Option<UtcTime> {
    model.page.first_sign_in()?;
    let age = model.page.session.signed_in()?.age?.age(model.page.now);
    let at = minute_now(model)?.unix_millis().saturating_sub(age.0);
    Some(UtcTime::from_unix_millis(at))
}

const fn why_of(state: &ActionFlow) -> WhyExplain {
    if let ActionFlow::Explain { why, .. } = state { *why } else { WhyExplain::FirstTime }
}

fn explain_body(words: ExplainView, id: &DeviceId) -> View {
    let again = words.again.map(|again| message(Tone::Warn, None, vec![again], None));
    let mut lines = vec![(Icon::Key, words.preview)];
    lines.extend(std::iter::repeat(Icon::Check).zip(words.stays));
    lines.extend(words.warning.map(|warning| (Icon::Warning, warning)));
    let dispatch = use_dispatch();
    let away = move |is_open: bool| {
        let answer = if is_open { Answer::No } else { Answer::Yes };
        dispatch(Event::Actions(actions::Event::AtHandAnswered(answer)));
    };
    group([
        again.into(),
        el("p").words(words.lead).into(),
        outcome_list(lines).into(),
        words.factor.map(|factor| disclosure(factor, nothing(), |_| ())).into(),
        disclosure(words.away, lock_instead(id), away),
    ])
}

/// A question to open. `on_toggle` is told whether it is open.
fn disclosure(words: DisclosureView, way: View, on_toggle: impl Fn(bool) + 'static) -> View {
    let advice = words.advice.into_iter().map(|line| el("p").words(line).into());
    let inside = el("div").class("stack tight").children(advice).child(way);
    let inside = inside.child(contact_ways(branding(), Flow::Row));
    let toggled = move |event: web_sys::Event| {
        let details = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
        on_toggle(details.is_some_and(|details| details.has_attribute("open")));
    };
    let summary = el("summary").words(words.question);
    el("details").class("plain").on("toggle", toggled).child(summary).child(inside).into()
}

/// The way out and the way on. Who does not have the device is led out: closing is then what the filled button does.
fn buttons(words: &ExplainView) -> View {
    let (go_on, cancel) = (words.sign_out.clone(), words.cancel.clone());
    let way_on = if words.factor.is_some() {
        actions::Event::SignOutForResetChosen
    } else {
        actions::Event::FirstSignInUsed
    };
    let is_away =
        select(use_model(), move |model| model.features.actions.preparation.is_at_hand == Some(Answer::No));
    live(move || {
        let (stop, weight) = if is_away.get() {
            ((Weight::Primary, t::app_close()), Weight::Plain)
        } else {
            ((Weight::Plain, cancel.clone()), Weight::Primary)
        };
        group([
            button(stop.0, stop.1, Event::Actions(actions::Event::ResetCancelled)),
            button(weight, go_on.clone(), Event::Actions(way_on.clone())),
        ])
    })
}

/// What is known about reaching the device; it follows the device and the clock. Nothing where no reset can be asked for.
fn reach_of(id: &DeviceId) -> Selected<Option<ReachView>> {
    let id = id.clone();
    select(use_model(), move |model| {
        let device = known_device(model, &id)?;
        let can_be_reset =
            matches!(device.reset, ResetAvailability::Allowed(_)) && device.open_run().is_none();
        can_be_reset.then(|| actions::words::reach(&device, device.reset_lapses_after, minute_now(model)))
    })
}

/// The answer, folded: open where it is doubtful. It follows the clock, so what it is folded in is not made anew with it.
pub(crate) fn reach(id: &DeviceId) -> View {
    let words = reach_of(id);
    let is_there = selected_from(move || words.with(Option::is_some));
    let lines = move || {
        words.get().map(|words| {
            let mut lines = vec![(Icon::Clock, words.last_check_in)];
            lines.extend(words.forecast.map(|forecast| (Icon::Info, forecast)));
            lines.extend(words.warning.map(|warning| (Icon::Warning, warning)));
            lines.push((Icon::Info, words.waiting));
            lines.extend(words.expiry.map(|expiry| (Icon::Info, expiry)));
            outcome_list(lines)
        })
    };
    live(move || {
        is_there.get().then(|| {
            let folded = el("details");
            let is_doubtful =
                words.with_untracked(|words| words.as_ref().is_some_and(|words| words.is_doubtful));
            let folded = if is_doubtful { folded.attr("open", "") } else { folded };
            folded.child(el("summary").words(t::reach_heading())).live(lines)
        })
    })
}
