//! `/devices/{id}`: what the device is, how it stands, and "Reset passcode" - or why it is not possible and what helps.

use super::parts::{back_to_devices, known_device, load_failed, notice_screen};
use super::reset_explain::explain_dialog;
use crate::app::{Event, LoadState, Model};
use crate::components::{
    Flow, Icon, Weight, button, contact_ways, device_status, heading, icon, link_button, message, minute_now,
    passcode_panel, skeleton_rows,
};
use crate::domain::{Device, DeviceId, ResetState};
use crate::i18n::{Text, t};
use crate::route::Route;
use crate::shell::{use_model, use_tr};
use crate::view::{self, Notice, RefusalView, ResetCommand, Tone};
use leptos::prelude::*;
use portal_contract::UtcTime;
use std::sync::Arc;

/// What stands there.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Stage {
    Loading,
    Gone,
    Failed,
    Shown,
}

impl Stage {
    fn of(model: &Model, id: &DeviceId) -> Self {
        let is_ours = model.device.id.as_ref() == Some(id);
        match &model.device.state {
            LoadState::Failed(crate::api::ApiError::NotFound) if is_ours => Self::Gone,
            _ if known_device(model, id).is_some() => Self::Shown,
            LoadState::Failed(_) if is_ours => Self::Failed,
            LoadState::NotAsked | LoadState::Loading | LoadState::Loaded | LoadState::Failed(_) => Self::Loading,
        }
    }
}

/// The screen of one device.
pub(super) fn device(id: DeviceId) -> AnyView {
    let model = use_model();
    let wanted = id.clone();
    let stage = Memo::new(move |_| model.with(|model| Stage::of(model, &wanted)));
    let body = move || match stage.get() {
        Stage::Loading => loading(),
        Stage::Gone => gone(),
        Stage::Failed => failed(),
        Stage::Shown => shown(&id),
    };
    view! {
        {back_to_devices()}
        {body}
    }
    .into_any()
}

fn loading() -> AnyView {
    view! {
        {heading(Signal::stored(t::device_loading()))}
        {skeleton_rows(2)}
    }
    .into_any()
}

fn gone() -> AnyView {
    let notice = Notice {
        tone: Tone::Warn,
        heading: t::device_gone_heading(),
        lines: vec![t::device_gone_text()],
        reference: None,
        button: Some(t::app_back_to_devices()),
    };
    notice_screen(notice, Event::LinkFollowed(Route::Devices))
}

fn failed() -> AnyView {
    let model = use_model();
    let notice = Memo::new(move |_| {
        model.with(|model| match &model.device.state {
            LoadState::Failed(error) => Some(view::api_problem(error)),
            LoadState::NotAsked | LoadState::Loading | LoadState::Loaded => None,
        })
    });
    let body = move || notice.get().map(|notice| load_failed(t::device_error_heading(), notice));
    view! {
        {heading(Signal::stored(t::device_error_heading()))}
        {body}
    }
    .into_any()
}

fn shown(id: &DeviceId) -> AnyView {
    let model = use_model();
    let tr = use_tr();
    let wanted = id.clone();
    let device = Memo::new(move |_| model.with(|model| known_device(model, &wanted)));
    let now = Memo::new(move |_| model.with(minute_now));
    let name = Signal::derive(move || {
        device.with(|device| view::device_name(device.as_ref().map_or("", |device| device.name.as_str())))
    });
    let status = move || {
        device.get().map(|device| device_status(view::status(&device, now.get()), device.reset))
    };
    let symbol = move || device.get().map(|device| icon(Icon::of_platform(device.platform)));
    let platform = move || device.get().map(|device| tr.text(&view::platform(&device)));
    let facts = move || device.get().map(|device| fact_list(&device, now.get()));
    let wanted = id.clone();
    let asked = Memo::new(move |_| {
        model.with(|model| {
            matches!(&model.reset, ResetState::ExplainingSignOut { device, .. } if *device == wanted)
        })
    });
    let dialog = move || {
        (asked.get()).then(|| device.get_untracked().map(|device| explain_dialog(&device)))
    };
    view! {
        <div class="device-title">
            <span class="device-icon large">{symbol}</span>
            <div class="page-head">{heading(name)} <p class="device-meta">{platform}</p> {status}</div>
        </div>
        <div class="split">
            <div class="stack">{commands(device)} {passcode(id.clone(), device)}</div>
            <section class="card" aria-labelledby="facts-heading">
                <h2 id="facts-heading">{tr.say(t::device_facts())}</h2>
                {facts}
            </section>
        </div>
        {dialog}
    }
    .into_any()
}

fn fact_list(device: &Device, now: Option<UtcTime>) -> AnyView {
    let tr = use_tr();
    let facts = view::facts(device, now)
        .into_iter()
        .map(|fact| {
            view! {
                <div>
                    <dt>{tr.say(fact.label)}</dt>
                    <dd>{tr.say(fact.value)}</dd>
                </div>
            }
        })
        .collect_view();
    view! { <dl class="facts">{facts}</dl> }.into_any()
}

/// "Reset passcode". What the server forbids is shown as unavailable, reachable by keyboard, with the reason beside it.
fn commands(device: Memo<Option<Arc<Device>>>) -> AnyView {
    let tr = use_tr();
    let command = Memo::new(move |_| {
        device.with(|device| {
            let device = device.as_ref()?;
            Some((device.id.clone(), view::reset_command(device), device.open_run().is_some()))
        })
    });
    let body = move || {
        command.get().map(|(id, command, is_under_way)| match command {
            _ if is_under_way => view! {
                <p>{tr.say(t::pending_not_done())}</p>
                <p class="actions">
                    {link_button(Weight::Primary, t::reset_show_state(), &Route::ResetPasscode(id))}
                </p>
            }
            .into_any(),
            ResetCommand::Available { hint } => view! {
                <p>{tr.say(hint)}</p>
                <p class="actions">{button(Weight::Plain, t::reset_command(), Event::ResetChosen(id))}</p>
            }
            .into_any(),
            ResetCommand::Unavailable(refusal) => unavailable(refusal),
        })
    };
    view! {
        <section class="card stack" aria-labelledby="actions-heading">
            <h2 id="actions-heading">{tr.say(t::device_actions())}</h2>
            {body}
        </section>
    }
    .into_any()
}

const REASON: &str = "reset-reason";

fn unavailable(refusal: RefusalView) -> AnyView {
    let model = use_model();
    let tr = use_tr();
    let branding = Memo::new(move |_| model.with(|model| model.branding.clone()));
    let lines: Vec<(Text, Text)> =
        vec![(t::reset_why(), refusal.why), (t::reset_instead(), refusal.instead)];
    let lines = lines
        .into_iter()
        .map(|(label, words)| {
            view! {
                <p>
                    <strong>{tr.say(label)} ": "</strong>
                    {tr.say(words)}
                </p>
            }
        })
        .collect_view();
    let rest = view! {
        {lines}
        {contact_ways(branding.into(), Flow::Row)}
    };
    view! {
        <p class="actions">
            <button type="button" class="button" aria-disabled="true" aria-describedby=REASON>
                {tr.say(t::reset_command())}
            </button>
        </p>
        <div id=REASON>
            {message(Tone::Neutral, Some(t::reset_unavailable()), Vec::new(), Some(rest.into_any()))}
        </div>
    }
    .into_any()
}

/// The temporary passcode is found again here for as long as it can be shown.
fn passcode(id: DeviceId, device: Memo<Option<Arc<Device>>>) -> AnyView {
    let may_have_one = Memo::new(move |_| {
        device.with(|device| device.as_ref().is_some_and(|device| device.may_have_temporary_passcode()))
    });
    (move || may_have_one.get().then(|| passcode_panel(id.clone()))).into_any()
}
