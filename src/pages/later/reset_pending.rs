//! Accepted, not done: how far the reset has come, since when, what helps it along, and that one may leave.

use super::super::parts::{actions, device_link, known_device, named, paragraph};
use crate::app::{Event, Model};
use crate::components::{
    HIDDEN, Icon, Part, Weight, button, el, group, heading_live, icon, live, message, minute_now, reference,
};
use crate::domain::{DeviceId, ResetState};
use crate::i18n::{Text, t};
use crate::shell::{select, use_model};
use crate::view::{self, PendingView, Tone};

/// The screen while the device has not acknowledged.
pub(super) fn pending_stage(id: &DeviceId) -> Part {
    let model = use_model();
    let wanted = id.clone();
    let shown = select(model, move |model| details(model, &wanted));
    let wanted = id.clone();
    let run = select(model, move |model| details(model, &wanted).map(|words| words.reference));
    group([
        heading_live(named(id, t::pending_heading)),
        paragraph("lede", t::pending_not_done()).into(),
        live(move || shown.get().map(state)),
        cancel(id),
        live(move || run.get().map(reference)),
        el("p").words(t::pending_leave()).into(),
        actions(device_link(t::done_back(), id)),
    ])
}

fn details(model: &Model, id: &DeviceId) -> Option<PendingView> {
    let device = known_device(model, id)?;
    let ResetState::Pending { run, phase, .. } = &model.reset else { return None };
    Some(view::pending(&device, run, *phase, minute_now(model)))
}

/// How far it has come and what helps. It follows the clock, so there is nothing in it that can have the focus.
fn state(words: PendingView) -> Part {
    let mut hints = words.hints;
    let tone = match words.long_wait {
        Some(long_wait) => {
            hints.insert(0, long_wait);
            Tone::Warn
        }
        None => Tone::Info,
    };
    // It can be cancelled for as long as the device has not received it.
    let reached = if words.cancel.is_some() { 1 } else { 2 };
    let meta = el("p")
        .class("device-meta")
        .child(el("span").words(words.since))
        .child(el("span").words(words.last_check_in));
    let facts = el("div").class("stack tight").child(el("p").words(words.phase)).child(meta);
    group([
        el("section")
            .class("card stack")
            .attr_words("aria-label", t::pending_state())
            .child(progress(reached))
            .child(facts)
            .into(),
        message(tone, None, hints, None),
    ])
}

/// Accepted, reached, confirmed: what has happened, what is going on, what is still missing.
fn progress(reached: usize) -> Part {
    let names = [t::pending_step_accepted(), t::pending_step_delivered(), t::pending_step_confirmed()];
    let items = names.into_iter().enumerate().map(|(place, name)| progress_item(name, place, reached));
    el("ol").class("progress").children(items).into()
}

fn progress_item(name: Text, place: usize, reached: usize) -> Part {
    let item = match place.cmp(&reached) {
        std::cmp::Ordering::Less => el("li").class("reached").child(icon(Icon::Check)),
        std::cmp::Ordering::Equal => el("li")
            .class("current")
            .attr("aria-current", "step")
            .child(el("i").class("working").attr("aria-hidden", HIDDEN)),
        std::cmp::Ordering::Greater => el("li").child(icon(Icon::Clock)),
    };
    item.child(el("span").words(name)).into()
}

/// The button that cancels, while it can be: apart from what follows the clock, so that it keeps the focus.
fn cancel(id: &DeviceId) -> Part {
    let model = use_model();
    let wanted = id.clone();
    let is_known = select(model, move |model| known_device(model, &wanted).is_some());
    let wanted = id.clone();
    let label = select(model, move |model| details(model, &wanted).and_then(|words| words.cancel));
    let is_cancelling = select(model, move |model| model.is_cancelling);
    let part = move || {
        label.get().map(|label| {
            if is_cancelling.get() {
                el("span").attr("role", "status").words(t::pending_canceling()).into()
            } else {
                button(Weight::Plain, label, Event::PendingResetCancelChosen)
            }
        })
    };
    live(move || is_known.get().then(|| actions(live(part))))
}
