//! `/devices/{id}/apps`: the organisation's applications on a device.

use super::{Event, words::app_view};
use crate::app::Model;
use crate::components::{
    Icon, Stage, View, back_to_device, el, empty_card, group, heading_live, live, load_failed, load_problem,
    named, nothing, paragraph, skeleton_rows, status_chip, tone_icon,
};
use crate::core::LoadState;
use crate::domain::DeviceId;
use crate::i18n::t;
use crate::shell::{select, use_dispatch, use_model, use_tr};
use leptos::prelude::WithUntracked;
use portal_contract::DeviceApp;

/// Those on the screen, under a name of the lazily loaded part: what a selection needs for its type would stand in the first part
/// else.
#[derive(Clone, PartialEq)]
struct Shown(Vec<DeviceApp>);

fn stage(model: &Model, id: &DeviceId) -> Stage {
    let apps = &model.features.apps;
    match (&apps.state, apps.items.is_empty()) {
        _ if !apps.is_of(id) => Stage::Loading,
        (_, false) => Stage::Shown,
        (LoadState::NotAsked | LoadState::Loading, true) => Stage::Loading,
        (LoadState::Failed(_), true) => Stage::Failed,
        (LoadState::Loaded, true) => Stage::Absent,
    }
}

/// The screen.
pub(crate) fn apps(id: &DeviceId) -> View {
    let model = use_model();
    let wanted = id.clone();
    let stage = select(model, move |model| stage(model, &wanted));
    let problem =
        select(model, move |model| load_problem(&model.features.apps.state, t::apps_error_heading()));
    let body = live(move || match stage.get() {
        Stage::Loading => {
            let said = paragraph("sr", t::apps_loading()).attr("role", "status");
            group([said.into(), skeleton_rows(3)])
        }
        Stage::Absent => empty_card(Icon::Device, t::apps_empty_heading(), t::apps_empty_text()).into(),
        Stage::Failed => nothing(),
        Stage::Shown => shown(),
    });
    group([
        back_to_device(id),
        el("div")
            .class("page-head")
            .child(heading_live(named(id, t::apps_heading)))
            .child(paragraph("lede", t::apps_lead()))
            .into(),
        body,
        load_failed(problem),
    ])
}

fn shown() -> View {
    let model = use_model();
    let is_long = select(model, |model| model.features.apps.is_long());
    let matching = select(model, |model| Shown(model.features.apps.matching()));
    let list = move || {
        matching.with(|shown| match shown.0.as_slice() {
            [] => paragraph("reference", t::apps_none_match()),
            apps => el("ul").class("rows").children(apps.iter().map(item)),
        })
    };
    let tr = use_tr();
    // Beside the field: what came of the typing is spoken, too.
    let total = select(model, |model| model.features.apps.items.len());
    let count =
        move || is_long.get().then(|| matching.with(|shown| t::apps_shown(shown.0.len(), total.get())));
    let count = el("p")
        .class("count")
        .attr("role", "status")
        .live_text(move || count().map(|words| tr.text(&words)).unwrap_or_default());
    group([live(move || is_long.get().then(search)), count.into(), live(list)])
}

fn search() -> View {
    let dispatch = use_dispatch();
    let before = use_model().with_untracked(|model| model.features.apps.filter.clone());
    el("p")
        .class("field")
        .child(el("label").attr("for", "apps-filter").words(t::apps_search()))
        .child(
            el("input")
                .attr("id", "apps-filter")
                .attr("type", "search")
                .attr("value", before)
                .attr("autocomplete", "off")
                .on_input(move |text| dispatch(crate::app::Event::Apps(Event::FilterChanged(text)))),
        )
        .into()
}

fn item(one: &DeviceApp) -> View {
    let view = app_view(one);
    el("li")
        .class("card stack tight")
        .child(el("div").class("row-head").child(el("strong").words(view.name)).child(status_chip(
            view.tone,
            tone_icon(view.tone),
            view.state,
        )))
        .child(view.about.map(|about| paragraph("reference", about)))
        .children(view.lines.into_iter().map(|line| paragraph("reference", line).into()))
        .into()
}
