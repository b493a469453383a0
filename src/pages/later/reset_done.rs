//! The end: what happened, when, the temporary passcode if there is one, what to do now on the device, whom to ask. It can
//! be printed; the passcode is on the paper only when it is on the screen and the box for it was ticked.

use super::super::parts::{actions, device_link, known_device};
use super::aftermath;
use super::idle::finish;
use crate::app::{Event, Model};
use crate::components::later::{PanelPlace, passcode_panel};
use crate::components::{Part, Weight, button, el, group, heading, live, minute_now, reference};
use crate::domain::{ActionFlow, DeviceId, Ending, PasscodeCertainty, Platform};
use crate::features::actions as actions_of;
use crate::i18n::{Text, t};
use crate::shell::{Selected, select, use_model, use_tr};
use crate::view::{self, DoneView};
use leptos::prelude::WithUntracked;
use portal_contract::{ResetOutcome, UtcTime};

/// The screen of the result. Only "when" follows the clock: the rest (with the passcode in it) is not made anew by it.
pub(super) fn done_stage(id: &DeviceId) -> Part {
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
    Some(view::done(name, platform, *outcome, run, now))
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

fn done_body(words: DoneView, when: Selected<Option<Text>>, id: &DeviceId) -> Part {
    let tr = use_tr();
    let when = move || when.get().map(|when| tr.text(&when)).unwrap_or_default();
    let panel = words.has_temporary_passcode.then(|| {
        let (platform, outcome) = use_model().with_untracked(|model| what_was_reset(model, id));
        passcode_panel(id.clone(), platform, outcome, PasscodeCertainty::Confirmed, PanelPlace::Beside)
    });
    let of = words.reference.clone();
    let again = Event::Actions(actions_of::Event::ResetRestarted);
    group([
        heading(words.heading.clone()),
        el("p").class("device-meta").live_text(when).into(),
        panel.into(),
        aftermath::steps(words, id),
        aftermath::question(of.clone(), id),
        finish(),
        actions(group([device_link(t::done_back(), id), button(Weight::Quiet, t::done_again(), again)])),
        reference(of),
    ])
}
