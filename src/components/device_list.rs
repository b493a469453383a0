//! The person's devices with a search as one types.
//!
//! Everything is searched, at most a part is in the document: 5,000 rows take a second to render in any framework, 100
//! take 3 ms. A part instead of a moving window, so that find-in-page, screen readers and the keyboard see a plain list
//! that only grows. "Show more" moves the focus to the first new row.

use super::{Icon, Part, Weight, device_row, el, group, icon, live, pressable};
use crate::domain::Device;
use crate::i18n::{Text, t};
use crate::shell::{Selected, selected_from, use_tr};
use leptos::prelude::{document, event_target_value, queue_microtask, request_animation_frame};
use portal_contract::UtcTime;
use std::sync::Arc;
use wasm_bindgen::JsCast;
use web_sys::{FocusOptions, HtmlElement};

/// What the list shows and says.
#[derive(Clone, Copy)]
pub struct DeviceListProps {
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
pub fn device_list(
    props: DeviceListProps,
    on_search: impl Fn(String) + Copy + Send + Sync + 'static,
    on_more: impl Fn() + Copy + Send + Sync + 'static,
) -> Part {
    let tr = use_tr();
    let DeviceListProps { rows, count, more, query, is_searchable, now } = props;
    let is_none_found = selected_from(move || rows.with(Vec::is_empty) && !query.with(String::is_empty));
    let tools = el("div")
        .class("list-tools")
        .live(move || is_searchable.get().then(|| search(query, on_search)))
        .child(el("p").class("count").attr("role", "status").live_text(tr.follow(count)));
    let list = el("ul").class("devices").live(move || {
        keep_focus();
        rows.with(|rows| rows.iter().map(|device| device_row(device.clone(), now)).collect::<Part>())
    });
    let none_found = live(move || {
        is_none_found.get().then(|| {
            let clear = Box::new(move || on_search(String::new()));
            el("div")
                .class("empty")
                .child(el("h2").words(t::devices_none_found_heading()))
                .child(el("p").live_text(move || tr.text(&t::devices_none_found_text(&query.get()))))
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
    group([tools.into(), list.into(), none_found, show_more])
}

/// Typing filters at once; there is no form, so Enter (also the one that ends an IME composition) submits nothing.
fn search(query: Selected<String>, on_search: impl Fn(String) + 'static) -> Part {
    let input = el("input")
        .attr("id", "device-search")
        .attr("type", "search")
        .attr("autocomplete", "off")
        .attr("spellcheck", "false")
        .attr_words("placeholder", t::devices_search_hint())
        .prop_live("value", move || query.get())
        .on("input", move |event| on_search(event_target_value(&event)));
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
        if let Some(link) = link(&[".device:nth-child(", &place, ") a"].concat()) {
            let _focused = link.focus();
        }
    });
}

fn link(selector: &str) -> Option<HtmlElement> {
    document().query_selector(selector).ok()??.dyn_into().ok()
}
