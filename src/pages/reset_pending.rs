//! Accepted, not done: how far the reset has come, since when, what helps it along, and that one may leave.

use super::parts::{device_link, known_device};
use crate::app::{Event, Model};
use crate::components::{
    HIDDEN, Icon, Weight, button, heading, icon, message, minute_now, reference,
};
use crate::domain::{DeviceId, PendingPhase, ResetState};
use crate::i18n::{Text, t};
use crate::shell::{use_model, use_tr};
use crate::view::{self, PendingView, Tone};
use leptos::prelude::*;

/// The screen while the device has not acknowledged.
pub(super) fn pending_stage(id: &DeviceId) -> AnyView {
    let model = use_model();
    let tr = use_tr();
    let wanted = id.clone();
    let name = Memo::new(move |_| model.with(|model| super::parts::device_name(model, &wanted)));
    let words = Signal::derive(move || t::pending_heading(view::device_name(&name.get())));
    let wanted = id.clone();
    let details = Memo::new(move |_| model.with(|model| details(model, &wanted)));
    let phase = Memo::new(move |_| {
        model.with(|model| match &model.reset {
            ResetState::Pending { phase, .. } => *phase,
            _ => PendingPhase::Waiting,
        })
    });
    let is_cancelling = Memo::new(move |_| model.with(|model| model.is_cancelling));
    let device = id.clone();
    let body = move || details.get().map(|details| pending_body(details, phase, is_cancelling));
    view! {
        {heading(words)}
        <p class="lede">{tr.say(t::pending_not_done())}</p>
        {body}
        <p>{tr.say(t::pending_leave())}</p>
        <p class="actions">{device_link(t::done_back(), &device)}</p>
    }
    .into_any()
}

fn details(model: &Model, id: &DeviceId) -> Option<PendingView> {
    let device = known_device(model, id)?;
    let ResetState::Pending { run, phase, .. } = &model.reset else { return None };
    Some(view::pending(&device, run, *phase, minute_now(model)))
}

/// Accepted, reached, confirmed: what has happened, what is going on, what is still missing.
fn progress(phase: PendingPhase) -> AnyView {
    let reached = match phase {
        PendingPhase::Waiting => 1,
        PendingPhase::Delivered => 2,
    };
    let names = [t::pending_step_accepted(), t::pending_step_delivered(), t::pending_step_confirmed()];
    let items = names
        .into_iter()
        .enumerate()
        .map(|(place, name)| progress_item(name, place, reached))
        .collect_view();
    view! { <ol class="progress">{items}</ol> }.into_any()
}

fn progress_item(name: Text, place: usize, reached: usize) -> AnyView {
    let tr = use_tr();
    let words = tr.say(name);
    match place.cmp(&reached) {
        std::cmp::Ordering::Less => {
            view! { <li class="reached">{icon(Icon::Check)} <span>{words}</span></li> }.into_any()
        }
        std::cmp::Ordering::Equal => view! {
            <li class="current" aria-current=STEP>
                <i class="working" aria-hidden=HIDDEN></i>
                <span>{words}</span>
            </li>
        }
        .into_any(),
        std::cmp::Ordering::Greater => {
            view! { <li>{icon(Icon::Clock)} <span>{words}</span></li> }.into_any()
        }
    }
}

const STEP: &str = "step";

fn pending_body(words: PendingView, phase: Memo<PendingPhase>, is_cancelling: Memo<bool>) -> AnyView {
    let tr = use_tr();
    let facts = view! {
        <p>{tr.say(words.phase)}</p>
        <p class="device-meta">
            <span>{tr.say(words.since)}</span>
            <span>{tr.say(words.last_check_in)}</span>
        </p>
    };
    let mut hints = words.hints;
    let tone = match words.long_wait {
        Some(long_wait) => {
            hints.insert(0, long_wait);
            Tone::Warn
        }
        None => Tone::Info,
    };
    let cancel = words.cancel.map(|words| {
        move || {
            if is_cancelling.get() {
                view! { <span role="status">{tr.say(t::pending_canceling())}</span> }.into_any()
            } else {
                button(Weight::Plain, words.clone(), Event::PendingResetCancelChosen)
            }
        }
    });
    view! {
        <section class="card stack" aria-label=tr.say(t::pending_state())>
            {move || progress(phase.get())}
            <div class="stack tight">{facts}</div>
        </section>
        {message(tone, None, hints, None)}
        <p class="actions">{cancel}</p>
        {reference(words.reference)}
    }
    .into_any()
}
