//! `/devices`: the person's devices, from none to thousands.

use super::parts::load_failed;
use crate::app::{Event, LoadState, Model};
use crate::components::{
    DeviceListProps, Flow, Icon, contact_ways, device_list, heading, icon, minute_now, skeleton_rows,
};
use crate::i18n::{Text, t};
use crate::shell::{use_dispatch, use_model, use_tr};
use crate::view;
use leptos::prelude::*;

/// From this many devices on the search is worth its room.
const WORTH_SEARCHING: usize = 6;

/// What stands below the heading.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Stage {
    Loading,
    Empty,
    Failed,
    Shown,
}

impl Stage {
    fn of(model: &Model) -> Self {
        let is_empty = model.devices.all().is_empty();
        match (&model.devices.state, is_empty) {
            (LoadState::NotAsked | LoadState::Loading, true) => Self::Loading,
            (LoadState::Loaded, true) => Self::Empty,
            (LoadState::Failed(_), true) => Self::Failed,
            (_, false) => Self::Shown,
        }
    }
}

/// The list of devices with its states.
pub(super) fn devices() -> AnyView {
    let model = use_model();
    let tr = use_tr();
    let stage = Memo::new(move |_| model.with(Stage::of));
    let body = move || match stage.get() {
        Stage::Loading => loading(),
        Stage::Empty => empty(),
        Stage::Failed => problem(),
        Stage::Shown => shown(),
    };
    view! {
        <div class="page-head">
            {heading(Signal::stored(t::devices_heading()))}
            <p class="lede">{tr.say(t::devices_intro())}</p>
        </div>
        {body}
    }
    .into_any()
}

fn loading() -> AnyView {
    let tr = use_tr();
    view! {
        <p class="sr" role="status">
            {tr.say(t::devices_loading())}
        </p>
        {skeleton_rows(3)}
    }
    .into_any()
}

fn empty() -> AnyView {
    let model = use_model();
    let tr = use_tr();
    let branding = Memo::new(move |_| model.with(|model| model.branding.clone()));
    view! {
        <div class="card empty">
            <div class="hero-icon">{icon(Icon::Device)}</div>
            <h2>{tr.say(t::devices_empty_heading())}</h2>
            <p>{tr.say(t::devices_empty_text())}</p>
            {contact_ways(branding.into(), Flow::Row)}
        </div>
    }
    .into_any()
}

/// The list could not be loaded, or not all of it.
fn problem() -> AnyView {
    let model = use_model();
    let failed = Memo::new(move |_| {
        model.with(|model| match &model.devices.state {
            LoadState::Failed(error) => Some((view::api_problem(error), model.devices.all().is_empty())),
            LoadState::NotAsked | LoadState::Loading | LoadState::Loaded => None,
        })
    });
    let body = move || {
        failed.get().map(|(notice, is_empty)| {
            let title = if is_empty { t::devices_error_heading() } else { t::devices_partial_heading() };
            load_failed(title, notice)
        })
    };
    body.into_any()
}

fn shown() -> AnyView {
    let model = use_model();
    let dispatch = use_dispatch();
    let rows = Memo::new(move |_| model.with(|model| model.devices.visible().cloned().collect::<Vec<_>>()));
    let count = Memo::new(move |_| model.with(count_line));
    let more = Memo::new(move |_| {
        model.with(|model| {
            let left = model.devices.matching().len().saturating_sub(model.devices.limit);
            left.min(PORTION)
        })
    });
    let query = Memo::new(move |_| model.with(|model| model.devices.filter.clone()));
    let is_searchable = Memo::new(move |_| model.with(|model| model.devices.all().len() >= WORTH_SEARCHING));
    let now = Memo::new(move |_| model.with(minute_now));
    let props = DeviceListProps {
        rows: rows.into(),
        count: count.into(),
        more: more.into(),
        query: query.into(),
        is_searchable: is_searchable.into(),
        now: now.into(),
    };
    let on_search = move |text| dispatch(Event::FilterChanged(text));
    let on_more = move || dispatch(Event::MoreDevicesChosen);
    view! {
        {problem()}
        {device_list(props, on_search, on_more)}
    }
    .into_any()
}

/// How many rows "Show more" brings (`app::DeviceList`).
const PORTION: usize = 100;

fn count_line(model: &Model) -> Text {
    let devices = &model.devices;
    let (total, matches) = (devices.all().len(), devices.matching().len());
    let shown = matches.min(devices.limit);
    if devices.state == LoadState::Loading && !devices.filter.is_empty() {
        t::devices_loading_more(total)
    } else if matches < total && !devices.filter.trim().is_empty() {
        t::devices_shown_matches(shown, matches, total)
    } else if shown < total {
        t::devices_shown(shown, total)
    } else {
        t::devices_count(total)
    }
}
