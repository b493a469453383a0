//! `/devices`: the person's devices, from none to thousands.

use super::parts::{Stage, branding, empty_card, load_failed, paragraph};
use crate::app::{Event, Model};
use crate::components::{
    DeviceListProps, Flow, Icon, Part, contact_ways, device_list, el, group, heading, live, minute_now,
    skeleton_rows,
};
use crate::core::LoadState;
use crate::features::devices;
use crate::i18n::{Text, t};
use crate::shell::{select, use_dispatch, use_model};
use crate::view;

/// From this many devices on the search is worth its room.
const WORTH_SEARCHING: usize = 6;

/// What stands below the heading.
fn stage(model: &Model) -> Stage {
    match (&model.features.devices.list.state, model.features.devices.list.all().is_empty()) {
        (LoadState::NotAsked | LoadState::Loading, true) => Stage::Loading,
        (LoadState::Loaded, true) if model.features.devices.list.is_known_empty() => Stage::Absent,
        (LoadState::Loaded | LoadState::Failed(_), true) => Stage::Failed,
        (_, false) => Stage::Shown,
    }
}

/// The list of devices with its states.
pub(super) fn devices() -> Part {
    let stage = select(use_model(), stage);
    group([
        el("div")
            .class("page-head")
            .child(heading(t::devices_heading()))
            .child(paragraph("lede", t::devices_intro()))
            .into(),
        live(move || match stage.get() {
            Stage::Loading => loading(),
            Stage::Absent => empty(),
            Stage::Failed => problem(),
            Stage::Shown => shown(),
        }),
    ])
}

fn loading() -> Part {
    group([paragraph("sr", t::devices_loading()).attr("role", "status").into(), skeleton_rows(3)])
}

fn empty() -> Part {
    empty_card(Icon::Device, t::devices_empty_heading(), t::devices_empty_text())
        .child(contact_ways(branding(), Flow::Row))
        .into()
}

/// The list could not be loaded, or not all of it.
fn problem() -> Part {
    load_failed(select(use_model(), move |model| view::list_problem(&model.features.devices.list)))
}

fn shown() -> Part {
    let model = use_model();
    let dispatch = use_dispatch();
    let rows = select(model, move |model| model.features.devices.list.visible().cloned().collect::<Vec<_>>());
    let count = select(model, count_line);
    let more = select(model, move |model| model.features.devices.list.next_portion());
    let query = select(model, move |model| model.features.devices.list.filter.clone());
    let is_searchable =
        select(model, move |model| model.features.devices.list.all().len() >= WORTH_SEARCHING);
    let now = select(model, minute_now);
    let props = DeviceListProps { rows, count, more, query, is_searchable, now };
    let on_search = move |text| dispatch(Event::Devices(devices::Event::FilterChanged(text)));
    let on_more = move || dispatch(Event::Devices(devices::Event::MoreChosen));
    let as_of = select(model, move |model| model.devices_as_of());
    let as_of = live(move || as_of.get().map(|when| paragraph("as-of", t::offline_as_of(when))));
    group([problem(), as_of, device_list(props, on_search, on_more)])
}

fn count_line(model: &Model) -> Text {
    let devices = &model.features.devices.list;
    let (total, matches) = (devices.all().len(), devices.matching().len());
    let shown = matches.min(devices.limit);
    if devices.state == LoadState::Loading && devices.is_partial() {
        // "Try again" was pressed: the notice stays, this line says that something goes on.
        t::devices_loading()
    } else if devices.state == LoadState::Loading && !devices.filter.is_empty() {
        t::devices_loading_more(total)
    } else if matches < total && !devices.filter.trim().is_empty() {
        t::devices_shown_matches(shown, matches, total)
    } else if shown < total {
        t::devices_shown(shown, total)
    } else {
        t::devices_count(total)
    }
}
