//! `/devices/{id}`: what the device is, how it stands, and "Reset passcode" - or why it is not possible and what helps.

use crate::app::{AppEvent, Event, Model};
use crate::components::{
    Icon, Stage, View, Weight, back_to_devices, button, button_row, el, group, heading, heading_live, icon,
    known_device, link_button, live, load_failed, load_problem, message, minute_now, named, notice_screen,
    reference, skeleton_rows, titled,
};
use crate::core::LoadState;
use crate::domain::{ActionFlow, Device, DeviceId};
use crate::features::actions::screen::{
    action_refusals, contact_about, device_actions, explain_dialog, losses, reach,
};
use crate::features::devices::screen::device_status;
use crate::features::passcode::screen::{PanelPlace, passcode_panel};
use crate::features::{actions, compliance, devices};
use crate::i18n::{Text, t};
use crate::route::Route;
use crate::shell::{Selected, select, selected_from, use_model};
use crate::words;
use crate::words::{Notice, RefusalView, ResetCommand, Tone};
use leptos::prelude::WithUntracked;
use portal_contract::UtcTime;
use std::sync::Arc;

/// What stands there. `Absent`: the device is gone.
fn stage(model: &Model, id: &DeviceId) -> Stage {
    let is_ours = model.features.devices.detail.id.as_ref() == Some(id);
    match &model.features.devices.detail.state {
        LoadState::Failed(crate::api::ApiError::NotFound) if is_ours => Stage::Absent,
        _ if known_device(model, id).is_some() => Stage::Shown,
        LoadState::Failed(_) if is_ours => Stage::Failed,
        LoadState::NotAsked | LoadState::Loading | LoadState::Loaded | LoadState::Failed(_) => Stage::Loading,
    }
}

/// The screen of one device.
pub(crate) fn device(id: DeviceId) -> View {
    let wanted = id.clone();
    let stage = select(use_model(), move |model| stage(model, &wanted));
    let body = live(move || match stage.get() {
        Stage::Loading => group([heading(t::device_loading()), skeleton_rows(2)]),
        Stage::Absent => gone(),
        Stage::Failed => failed(),
        Stage::Shown => shown(&id),
    });
    group([back_to_devices(), body])
}

pub(crate) fn gone() -> View {
    let notice = Notice {
        tone: Tone::Warn,
        heading: t::device_gone_heading(),
        lines: vec![t::device_gone_text()],
        reference: None,
        button: Some(t::app_back_to_devices()),
    };
    notice_screen(notice, Event::App(AppEvent::LinkFollowed(Route::Devices)))
}

fn failed() -> View {
    let problem = select(use_model(), move |model| {
        load_problem(&model.features.devices.detail.state, t::device_error_heading())
    });
    group([heading(t::device_error_heading()), load_failed(problem)])
}

fn shown(id: &DeviceId) -> View {
    let model = use_model();
    let wanted = id.clone();
    let device = select(model, move |model| known_device(model, &wanted));
    let now = select(model, minute_now);
    let symbol = move || device.get().map(|device| icon(Icon::of_platform(device.platform)));
    let known_by = move || device.get().map(|device| known_by(&device));
    let status = move || {
        device.get().map(|device| device_status(devices::words::status(&device, now.get()), device.reset))
    };
    let wanted = id.clone();
    let asked = select(
        model,
        move |model| matches!(&model.features.actions.reset, ActionFlow::Explain { device, .. } if *device == wanted),
    );
    let dialog = move || {
        let device = if asked.get() { device.get_untracked() } else { None };
        device.map(|device| explain_dialog(&device))
    };
    group([
        el("div")
            .class("device-title")
            .child(el("span").class("device-icon large").live(symbol))
            .child(
                el("div")
                    .class("page-head")
                    .child(heading_live(named(id, std::convert::identity)))
                    .live(known_by)
                    .live(status),
            )
            .into(),
        slot(id, device, now),
        passcode(id, PanelPlace::First),
        commands(id, device),
        compliance::screen::of_device(id),
        passcode(id, PanelPlace::Beside),
        titled("card stack", "facts-heading", t::device_facts())
            .child(fact_list(device, now, FactPart::First))
            .child(el("details").child(el("summary").words(t::device_more())).child(fact_list(
                device,
                now,
                FactPart::Others,
            )))
            .child(button_row(group([
                link_button(Weight::Quiet, t::apps_link(), &Route::Apps(id.clone())),
                link_button(Weight::Quiet, t::history_page_device_link(), &Route::DeviceHistory(id.clone())),
            ])))
            .into(),
        losses(id),
        live(dialog),
    ])
}

/// What is going on: said before what can be done.
fn slot(id: &DeviceId, device: Selected<Option<Arc<Device>>>, now: Selected<Option<UtcTime>>) -> View {
    let notice = selected_from(move || {
        device.with(|device| device.as_ref().and_then(|device| devices::words::going_on(device, now.get())))
    });
    let id = id.clone();
    live(move || {
        notice.get().map(|notice| {
            let rest = match notice.reference.clone() {
                Some(of_run) => group([
                    button_row(link_button(
                        Weight::Plain,
                        t::device_see_result(),
                        &Route::ResetPasscode(id.clone()),
                    )),
                    reference(of_run),
                ]),
                None => contact_about(&id),
            };
            message(notice.tone, Some(notice.heading), notice.lines, Some(rest))
        })
    })
}

/// What the device in the hand is compared with: its model, what runs on it, its serial number.
fn known_by(device: &Device) -> View {
    let parts = devices::words::known_by(device).into_iter().map(|part| el("span").words(part).into());
    el("p").class("device-meta").children(parts).into()
}

/// A part of the facts: they follow the clock, so what they stand in is not made anew with them.
fn fact_list(device: Selected<Option<Arc<Device>>>, now: Selected<Option<UtcTime>>, part: FactPart) -> View {
    let fact = |fact: devices::words::Fact| {
        el("div").child(el("dt").words(fact.label)).child(el("dd").words(fact.value)).into()
    };
    live(move || {
        device.get().map(|device| {
            let facts = devices::words::facts(&device, now.get());
            let (skip, take) = match part {
                FactPart::First => (0, devices::words::FIRST_FACTS),
                FactPart::Others => (devices::words::FIRST_FACTS, facts.len()),
            };
            el("dl").class("facts").children(facts.into_iter().skip(skip).take(take).map(fact))
        })
    })
}

/// What is read, and what is looked for.
#[derive(Clone, Copy)]
enum FactPart {
    First,
    Others,
}

/// "Reset passcode". In the place of what the server forbids stands the reason: a dead button helps nobody.
fn commands(id: &DeviceId, device: Selected<Option<Arc<Device>>>) -> View {
    let wanted = id.clone();
    // Every command has a first line of its own: what stands here is made anew when that changes, and not with every
    // fact of the device.
    let first_line = select(use_model(), move |model| {
        known_device(model, &wanted).map(|device| (line(&device), passcode_place(model, &device)))
    });
    let body = move || {
        let (_, place) = first_line.get()?;
        device.get_untracked().map(|device| command(&device, place))
    };
    let needs = el("div")
        .class("needs")
        .child(el("div").class("need").child(el("h3").words(t::act_forgotten())).live(body))
        .child(device_actions(id));
    el("section")
        .class("card stack")
        .attr("aria-labelledby", "actions-heading")
        .child(el("h2").attr("id", "actions-heading").class("sr").words(t::device_actions()))
        .child(needs)
        .child(reach(id))
        .child(action_refusals(id))
        .into()
}

fn line(device: &Device) -> Text {
    if device.open_run().is_some() {
        return t::pending_not_done();
    }
    match words::reset_availability(device) {
        ResetCommand::Available { hint } => hint,
        ResetCommand::Unavailable(refusal) => refusal.why,
    }
}

fn command(device: &Device, passcode: Option<PanelPlace>) -> View {
    // Filled, unless the last try has just failed, or its passcode is to be read: what is filled is what helps.
    let going_on = devices::words::going_on(device, use_model().with_untracked(minute_now));
    let has_failed = going_on.is_some_and(|notice| notice.tone == Tone::Bad);
    let is_second = has_failed || passcode == Some(PanelPlace::First);
    let weight = if is_second { Weight::Plain } else { Weight::Primary };
    let press = if device.open_run().is_some() {
        link_button(Weight::Primary, t::reset_show_state(), &Route::ResetPasscode(device.id.clone()))
    } else {
        match words::reset_availability(device) {
            ResetCommand::Available { .. } => button(
                weight,
                t::reset_command(),
                Event::Actions(actions::Event::ResetChosen(device.id.clone())),
            ),
            ResetCommand::Unavailable(refusal) => return unavailable(device, refusal),
        }
    };
    group([el("p").words(line(device)).into(), button_row(press)])
}

/// Why not, and what helps, in the place of the button.
fn unavailable(device: &Device, refusal: RefusalView) -> View {
    let heading = t::not_allowed_heading(words::device_name(&device.name));
    let ways = contact_about(&device.id);
    message(Tone::Neutral, Some(heading), vec![refusal.why, refusal.instead], Some(ways))
}

/// Where the temporary passcode of a device stands, if it may have one: before everything else while its reset is news.
fn passcode_place(model: &Model, device: &Device) -> Option<PanelPlace> {
    device.may_have_temporary_passcode()?;
    let is_news = devices::words::going_on(device, minute_now(model)).is_some();
    Some(if is_news { PanelPlace::First } else { PanelPlace::Beside })
}

/// The temporary passcode is found again here for as long as it can be shown.
fn passcode(id: &DeviceId, place: PanelPlace) -> View {
    let wanted = id.clone();
    let of_device = select(use_model(), move |model| {
        let device = known_device(model, &wanted)?;
        let certainty = device.may_have_temporary_passcode()?;
        let is_here = passcode_place(model, &device) == Some(place);
        is_here.then(|| (device.platform, device.told_outcome(), certainty))
    });
    let id = id.clone();
    live(move || {
        of_device.get().map(|(platform, outcome, certainty)| {
            passcode_panel(id.clone(), platform, outcome, certainty, place)
        })
    })
}
