//! `/history` and `/devices/{id}/history`: what happened, when, by whom, from where, and how it ended. A table; on a narrow
//! screen each row is a card with its own labels.

use crate::app::{Event, Model};
use crate::components::{
    Element, HIDDEN, Icon, Stage, View, Weight, back_to_device, back_to_devices, button, button_row, choice,
    effect, el, empty_card, group, heading, heading_live, icon, link_button, live, live_text, load_failed,
    load_problem, minute_now, named, nothing, paragraph, print_mark, skeleton_rows, tone_class, tone_icon,
    words as say,
};
use crate::core::{HistoryScope, LoadState};
use crate::domain::{Action, DeviceId, HistoryEntry};
use crate::features::history;
use crate::features::history::Download;
use crate::features::history::words::{HistoryRun, HistoryRunView, HistoryStepView, history_runs};
use crate::i18n::{Text, t};
use crate::route::Route;
use crate::shell::{Selected, select, use_dispatch, use_model, use_tr};
use crate::words;
use leptos::prelude::WithUntracked;
use portal_contract::{ActionName, UtcTime};
use std::sync::Arc;

/// What the file is called; nobody's name, no device's.
const FILE: &str = "passcode-history.csv";

/// The entries, under a name of the lazily loaded part: what a selection needs for its type would stand in the first part else.
#[derive(Clone, PartialEq)]
struct Entries(Arc<Vec<HistoryEntry>>);

fn stage(model: &Model, scope: &HistoryScope) -> Stage {
    let history = &model.features.history;
    let is_ours = history.scope == *scope;
    match (&history.state, history.items.is_empty()) {
        _ if !is_ours => Stage::Loading,
        (_, false) => Stage::Shown,
        (LoadState::NotAsked | LoadState::Loading, true) => Stage::Loading,
        (LoadState::Failed(_), true) => Stage::Failed,
        (LoadState::Loaded, true) => Stage::Absent,
    }
}

/// The history of the person.
pub(crate) fn of_person() -> View {
    let head = heading(t::history_page_heading());
    group([back_to_devices(), page_head(head), body(HistoryScope::Person)])
}

/// The history of one device.
pub(crate) fn of_device(id: DeviceId) -> View {
    let head = heading_live(named(&id, t::history_page_device_heading));
    group([back_to_device(&id), page_head(head), body(HistoryScope::Device(id))])
}

fn page_head(heading: View) -> View {
    let lead = paragraph("lede", t::history_page_lead());
    el("div").class("page-head").child(heading).child(print_mark()).child(lead).into()
}

fn body(scope: HistoryScope) -> View {
    let model = use_model();
    let is_of_device = matches!(scope, HistoryScope::Device(_));
    let stage = select(model, move |model| stage(model, &scope));
    let problem = select(model, move |model| {
        load_problem(&model.features.history.state, t::history_page_error_heading())
    });
    let shown = live(move || match stage.get() {
        Stage::Loading => {
            let said = paragraph("sr", t::history_page_loading()).attr("role", "status");
            group([said.into(), skeleton_rows(3)])
        }
        Stage::Absent => {
            empty_card(Icon::Clock, t::history_page_empty_heading(), t::history_page_empty_text()).into()
        }
        Stage::Failed => nothing(),
        Stage::Shown => shown(is_of_device),
    });
    group([shown, load_failed(problem), keep_file()])
}

fn shown(is_of_device: bool) -> View {
    let model = use_model();
    let items = select(model, move |model| Entries(model.features.history.items.clone()));
    let now = select(model, minute_now);
    let has_more = select(model, move |model| model.features.history.has_more());
    let is_loading = select(model, move |model| model.features.history.state == LoadState::Loading);
    let is_gathering = select(model, move |model| model.features.history.download != Download::Idle);
    let chosen = select(model, move |model| model.features.history.action);
    let rows = move || {
        let chosen = chosen.get();
        let runs = items.with(|items| history_runs(&called(&items.0)));
        let is_shown = |run: &HistoryRun| chosen.is_none() || run.action() == chosen;
        runs.into_iter().filter(is_shown).map(|run| row(run, now, is_of_device)).collect::<View>()
    };
    let actions = move || items.with(|items| filter(&items.0, chosen.get_untracked()));
    let headings = columns(is_of_device)
        .into_iter()
        .map(|column| el("th").attr("scope", "col").attr("role", "columnheader").words(column).into());
    // The roles are written out because a table that is laid out as cards loses them in some browsers.
    let table = el("table")
        .class("history")
        .attr("role", "table")
        .child(el("caption").class("sr").words(t::history_page_caption()))
        .child(el("thead").attr("role", "rowgroup").child(el("tr").attr("role", "row").children(headings)))
        .child(el("tbody").attr("role", "rowgroup").live(rows));
    let more = live(move || {
        has_more.get().then(|| {
            button(Weight::Plain, t::history_page_show_more(), Event::History(history::Event::MoreChosen))
        })
    });
    let download =
        button(Weight::Plain, t::history_page_download(), Event::History(history::Event::DownloadChosen));
    let working = live(move || {
        let said = match (is_gathering.get(), is_loading.get()) {
            (true, _) => t::history_page_gathering(),
            (false, true) => t::history_page_loading_more(),
            (false, false) => return nothing(),
        };
        paragraph("reference", said).into()
    });
    let all = is_of_device.then(|| link_button(Weight::Quiet, t::history_page_all_link(), &Route::History));
    group([live(actions), table.into(), button_row(group([more, download, all.into()])), working])
}

/// The entries, with what tells a device from another of the same name.
fn called(entries: &[HistoryEntry]) -> Vec<HistoryEntry> {
    use_model().with_untracked(|model| {
        let name = |entry: &HistoryEntry| {
            let id = entry.device.as_ref().map_or("", DeviceId::as_str);
            model.features.devices.list.name_in_record(id, &entry.device_name)
        };
        entries.iter().map(|entry| HistoryEntry { device_name: name(entry), ..entry.clone() }).collect()
    })
}

/// The choice of an action, where there is more than one to choose from.
fn filter(entries: &[HistoryEntry], chosen: Option<Action>) -> View {
    let runs = history_runs(entries);
    let is_there =
        |action: &Action| chosen == Some(*action) || runs.iter().any(|run| run.action() == Some(*action));
    let actions: Vec<Action> = Action::ALL.into_iter().filter(is_there).collect();
    if actions.len() < 2 && chosen.is_none() {
        return nothing();
    }
    let dispatch = use_dispatch();
    let named = |action: &Action| (action.row().name.as_str().to_owned(), words::action_name(*action));
    let all = std::iter::once((String::new(), t::history_page_all_actions()));
    let options = all.chain(actions.iter().map(named)).collect();
    let chosen = chosen.map_or("", |action| action.row().name.as_str());
    choice("history-action", t::history_page_action(), options, chosen, move |value| {
        let action = Action::named(ActionName::from_wire(&value));
        dispatch(Event::History(history::Event::ActionChosen(action)));
    })
}

fn columns(is_of_device: bool) -> Vec<Text> {
    let mut columns = vec![t::history_when(), t::history_what()];
    if !is_of_device {
        columns.push(t::history_device());
    }
    columns.extend([t::history_who(), t::history_from(), t::app_reference_label()]);
    columns
}

fn row(run: HistoryRun, now: Selected<Option<UtcTime>>, is_of_device: bool) -> View {
    let tr = use_tr();
    let Some(shown) = history::words::history_run(&run, now.get_untracked()) else { return nothing() };
    let HistoryRunView { entry: shown, steps } = shown;
    let report = run.reportable().map(|(device, result)| {
        el("a").attr("href", Route::UnrecognizedActivity(device, result).path()).words(t::unrecognized_link())
    });
    let device = match (run.device(), shown.device) {
        (Some(id), Some(name)) => el("a").attr("href", Route::Device(id.clone()).path()).words(name).into(),
        (None, Some(name)) => say(name),
        (_, None) => dash(),
    };
    let when = live_text(move || {
        let view = history::words::history_run(&run, now.get());
        view.map(|view| tr.text(&view.entry.when)).unwrap_or_default()
    });
    let what = el("span")
        .attr("class", ["event ", tone_class(shown.tone)].concat())
        .child(icon(tone_icon(shown.tone)))
        .child(el("span").words(shown.what));
    let what = group([
        what.into(),
        shown.why.map(|why| el("span").class("detail").words(why)).into(),
        el("span")
            .class("history-more")
            .child((!steps.is_empty()).then(|| step_list(steps)))
            .child(report)
            .into(),
    ]);
    let reference = match shown.reference {
        Some(reference) => el("code").untranslated().text(reference).into(),
        None => dash(),
    };
    let whence = shown.whence.map_or_else(dash, say);
    let device_cell = (!is_of_device).then(|| cell(t::history_device(), device));
    el("tr")
        .attr("role", "row")
        .child(cell(t::history_when(), when))
        .child(cell(t::history_what(), what))
        .child(device_cell)
        .child(cell(t::history_who(), say(shown.who)))
        .child(cell(t::history_from(), whence))
        .child(cell(t::app_reference_label(), reference))
        .into()
}

/// Each step with its moment, folded: the row says how it stands.
fn step_list(steps: Vec<HistoryStepView>) -> Element {
    let step = |step: HistoryStepView| {
        let by = step.by.map(|(who, whence)| el("span").text(" ").words(t::history_step_by(who, whence)));
        el("li").words(step.what).text(" ").child(el("span").words(step.when)).child(by).into()
    };
    let steps = el("ol").children(steps.into_iter().map(step));
    el("details").class("plain detail").child(el("summary").words(t::history_steps())).child(steps)
}

/// A cell. Its label is seen where the column headings are not; a screen reader has the headings in any case.
fn cell(label: Text, content: View) -> Element {
    el("td")
        .attr("role", "cell")
        .child(el("span").class("cell-label").attr("aria-hidden", HIDDEN).words(label))
        .child(el("span").class("cell").child(content))
}

fn dash() -> View {
    el("span").attr("aria-hidden", HIDDEN).text("–").into()
}

/// Writes the file as soon as the rules have everything.
fn keep_file() -> View {
    let tr = use_tr();
    let dispatch = use_dispatch();
    let model = use_model();
    let is_ready = select(model, move |model| model.features.history.download == Download::Ready);
    let items = select(model, move |model| Entries(model.features.history.items.clone()));
    effect(move || {
        if is_ready.get() {
            let content = items.with_untracked(|items| {
                tr.written(|language, ways| history::words::history_csv(&called(&items.0), language, ways))
            });
            dispatch(Event::History(history::Event::TableWritten { name: FILE.to_owned(), content }));
        }
    })
}
