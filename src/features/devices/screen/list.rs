//! `/devices`: the person's devices, from none to thousands.
//!
//! The person's devices with a search as one types.
//!
//! Everything is searched, at most a part is in the document: 5,000 rows take a second to render in any framework, 100
//! take 3 ms. A part instead of a moving window, so that find-in-page, screen readers and the keyboard see a plain list
//! that only grows. "Show more" moves the focus to the first new row.
//!
//! A device in the list: what the person recognises it by, and how things stand, at a glance. The whole row is one link.

use crate::app::{Event, Model};
use crate::components::{
    Flow, Icon, Stage, View, Weight, branding, button, contact_ways, el, empty_card, group, heading, icon,
    live, load_failed, minute_now, paragraph, pressable, skeleton_rows, status_chip, tone_icon,
};
use crate::core::LoadState;
use crate::domain::{Device, ResetAvailability};
use crate::features::devices::words::Status;
use crate::features::{devices, sign_in};
use crate::i18n::{Text, t};
use crate::route::Route;
use crate::shell::{Selected, select, selected_from, use_dispatch, use_model, use_tr};
use crate::words::Tone;
use leptos::prelude::{WithUntracked, document, queue_microtask, request_animation_frame};
use portal_contract::UtcTime;
use std::sync::Arc;
use wasm_bindgen::JsCast;
use web_sys::{FocusOptions, HtmlElement};

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

/// The list of devices with its states. `tools` are the choices over a long one.
pub(crate) fn devices(tools: fn() -> View) -> View {
    let stage = select(use_model(), stage);
    group([
        el("div")
            .class("page-head")
            .child(heading(t::devices_heading()))
            .live(move || (stage.get() == Stage::Shown).then(|| paragraph("lede", t::devices_intro())))
            .into(),
        live(move || match stage.get() {
            Stage::Loading => loading(),
            Stage::Absent => empty(),
            Stage::Failed => problem(),
            Stage::Shown => shown(tools),
        }),
    ])
}

fn loading() -> View {
    group([paragraph("sr", t::devices_loading()).attr("role", "status").into(), skeleton_rows(3)])
}

fn empty() -> View {
    // The likeliest reason is the wrong account, so it is named, and another one is offered.
    let account = use_model().with_untracked(|model| {
        let person = model.page.session.signed_in();
        person
            .map(|person| if person.user_name.is_empty() { &person.name } else { &person.user_name }.clone())
    });
    let other = Event::SignIn(sign_in::Event::SignOutChosen);
    let heading = t::devices_empty_heading(&account.unwrap_or_default());
    empty_card(Icon::Device, heading, t::devices_empty_text())
        .child(button(Weight::Primary, t::devices_other_account(), other))
        .child(contact_ways(branding(), Flow::Row))
        .into()
}

/// The list could not be loaded, or not all of it.
fn problem() -> View {
    load_failed(select(use_model(), move |model| devices::words::list_problem(&model.features.devices.list)))
}

fn shown(tools: fn() -> View) -> View {
    let model = use_model();
    let dispatch = use_dispatch();
    let rows = select(model, move |model| model.features.devices.list.visible().cloned().collect::<Vec<_>>());
    let count = select(model, count_line);
    let more = select(model, move |model| model.features.devices.list.next_page_size());
    let query = select(model, move |model| model.features.devices.list.filter.clone());
    let is_searchable =
        select(model, move |model| model.features.devices.list.all().len() >= WORTH_SEARCHING);
    let now = select(model, minute_now);
    let props = DeviceListProps { rows, count, more, query, is_searchable, now };
    let on_search = move |text| dispatch(Event::Devices(devices::Event::FilterChanged(text)));
    let on_more = move || dispatch(Event::Devices(devices::Event::MoreChosen));
    let as_of = select(model, move |model| model.devices_as_of());
    let as_of = live(move || as_of.get().map(|when| paragraph("as-of", t::offline_as_of(when))));
    group([problem(), as_of, device_list(props, tools, on_search, on_more)])
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
    } else if matches < total && (devices.selection.narrows() || !devices.filter.trim().is_empty()) {
        t::devices_shown_matches(shown, matches, total)
    } else if shown < total {
        t::devices_shown(shown, total)
    } else {
        t::devices_count(total)
    }
}

/// What the list shows and says.
#[derive(Clone, Copy)]
pub(crate) struct DeviceListProps {
    /// The rows to show. Selected, so that the same devices read again are no change and no row is touched.
    pub rows: Selected<Vec<Arc<Device>>>,
    /// How many there are, in words.
    pub count: Selected<Text>,
    /// How many more "Show more" brings; nothing when all are shown.
    pub more: Selected<usize>,
    /// What is searched for.
    pub query: Selected<String>,
    /// Whether the search is worth its room.
    pub is_searchable: Selected<bool>,
    /// The server's time.
    pub now: Selected<Option<UtcTime>>,
}

/// The list. `on_search` gets the text at every change, `on_more` asks for more rows.
pub(crate) fn device_list(
    props: DeviceListProps,
    more_tools: fn() -> View,
    on_search: impl Fn(String) + Copy + Send + Sync + 'static,
    on_more: impl Fn() + Copy + Send + Sync + 'static,
) -> View {
    let tr = use_tr();
    let DeviceListProps { rows, count, more, query, is_searchable, now } = props;
    let is_none_found = selected_from(move || rows.with(Vec::is_empty));
    let dispatch = use_dispatch();
    let tools = el("div")
        .class("list-tools")
        .live(move || is_searchable.get().then(|| search(query, on_search)))
        .child(el("p").class("count").attr("role", "status").live_text(tr.follow(count)));
    let model = use_model();
    let is_dense = select(model, move |model| model.features.devices.list.is_dense);
    let class = move || Some((if is_dense.get() { "devices dense" } else { "devices" }).to_owned());
    let list = el("ul").attr_live("class", class).live(move || {
        keep_focus();
        let group_of =
            |device: &Device| model.with_untracked(|model| model.features.devices.list.group_of(device));
        let mut group = None;
        rows.with(|rows| {
            let row = |device: &Arc<Device>| {
                let next = group_of(device);
                let is_new = next != std::mem::replace(&mut group, next);
                let title = next.filter(|_| is_new).map(|standing| {
                    el("li").class("device-group").child(el("h2").words(devices::words::standing(standing)))
                });
                View::from(vec![title.into(), device_row(device.clone(), now)])
            };
            rows.iter().map(row).collect::<View>()
        })
    });
    let none_found = live(move || {
        is_none_found.get().then(|| {
            let all = Event::Devices(devices::Event::SelectionCleared);
            let clear = Box::new(move || {
                dispatch(all.clone());
                on_search(String::new());
            });
            let searched = move || {
                let query = query.get();
                if query.is_empty() { String::new() } else { tr.text(&t::devices_none_found_text(&query)) }
            };
            el("div")
                .class("empty")
                .child(el("h2").words(t::devices_none_found_heading()))
                .child(el("p").live_text(searched))
                .child(pressable(Weight::Plain, t::devices_search_clear(), clear))
        })
    });
    let show_more = live(move || {
        let more = more.get();
        (more > 0).then(|| {
            let press = move || {
                let shown = rows.with_untracked(Vec::len);
                on_more();
                focus_row(shown);
            };
            let button = pressable(Weight::Plain, t::devices_show_more(more), Box::new(press));
            el("p").class("actions").child(button)
        })
    });
    group([tools.into(), more_tools(), list.into(), none_found, show_more])
}

/// Typing filters at once; there is no form, so Enter (also the one that ends an IME composition) submits nothing.
fn search(query: Selected<String>, on_search: impl Fn(String) + 'static) -> View {
    let input = el("input")
        .attr("id", "device-search")
        .attr("type", "search")
        .attr("autocomplete", "off")
        .attr("spellcheck", "false")
        .attr_words("placeholder", t::devices_search_hint())
        .prop_live("value", move || query.get())
        .on_input(on_search);
    el("div")
        .class("field")
        .attr("role", "search")
        .child(el("label").attr("for", "device-search").words(t::devices_search()))
        .child(el("div").class("field-box").child(icon(Icon::Search)).child(input))
        .into()
}

/// The rows are about to be replaced: if one of them has the focus, the row of the same device gets it again, wherever
/// the person has scrolled to meanwhile.
fn keep_focus() {
    let row = document().active_element().filter(|element| element.matches(".device a").unwrap_or(false));
    let Some(address) = row.and_then(|element| element.get_attribute("href")) else { return };
    queue_microtask(move || {
        let options = FocusOptions::new();
        options.set_prevent_scroll(true);
        if let Some(link) = link(&[".device a[href=\"", &address, "\"]"].concat()) {
            let _focused = link.focus_with_options(&options);
        }
    });
}

/// The place counts from 0.
fn focus_row(place: usize) {
    request_animation_frame(move || {
        let place = place.saturating_add(1).to_string();
        if let Some(link) = link(&[".device:nth-child(", &place, " of .device) a"].concat()) {
            let _focused = link.focus();
        }
    });
}

fn link(selector: &str) -> Option<HtmlElement> {
    document().query_selector(selector).ok()??.dyn_into().ok()
}

/// The row. `now` is the server's time, as well as it is known; when it moves on, only what tells of it changes.
pub(crate) fn device_row(device: Arc<Device>, now: Selected<Option<UtcTime>>) -> View {
    let tr = use_tr();
    let row = devices::words::device_row(&device, now.get_untracked());
    let address = Route::Device(device.id.clone()).path();
    let symbol = icon(Icon::of_platform(device.platform));
    let seen = device.clone();
    let last_check_in = move || {
        tr.text(&t::pending_last_check_in(devices::words::device_row(&seen, now.get()).last_check_in))
    };
    let meta = el("p")
        .class("device-meta")
        .child(row.model.map(|model| el("span").words(model)))
        .child(el("span").words(row.platform))
        .child(el("span").live_text(last_check_in));
    let facts = el("div")
        .class("device-facts")
        .child(el("h2").child(el("a").attr("href", address).words(row.name)))
        .child(meta)
        .live(move || device_status(devices::words::status(&device, now.get()), device.reset));
    el("li")
        .class("device")
        .child(el("span").class("device-icon").child(symbol))
        .child(facts)
        .child(el("span").class("next").child(icon(Icon::Next)))
        .into()
}

/// The status as a chip; the icon tells "can be reset" from "cannot" where the tone does not.
pub(crate) fn device_status(status: Status, reset: ResetAvailability) -> View {
    let symbol = match (status.tone, reset) {
        (Tone::Neutral, ResetAvailability::Allowed(_)) => Icon::Key,
        (Tone::Neutral, ResetAvailability::Refused(_) | ResetAvailability::NotOffered) => Icon::Lock,
        (tone @ (Tone::Info | Tone::Good | Tone::Warn | Tone::Bad), _) => tone_icon(tone),
    };
    status_chip(status.tone, symbol, status.text)
}
