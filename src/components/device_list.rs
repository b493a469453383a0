//! The person's devices with a search as one types.
//!
//! Everything is searched, at most a part is in the document: 5,000 rows take a second to render in any framework, 100
//! take 3 ms. A part instead of a moving window, so that find-in-page, screen readers and the keyboard see a plain list
//! that only grows. "Show more" moves the focus to the first new row.

use super::{Icon, Weight, device_row, icon, pressable};
use crate::domain::Device;
use crate::i18n::{Text, t};
use crate::shell::use_tr;
use leptos::prelude::*;
use portal_contract::UtcTime;
use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::sync::Arc;
use wasm_bindgen::JsCast;

/// What the list shows and says.
#[derive(Clone, Copy)]
pub struct DeviceListProps {
    /// The rows to show.
    pub rows: Signal<Vec<Arc<Device>>>,
    /// How many there are, in words.
    pub count: Signal<Text>,
    /// How many more "Show more" brings; nothing when all are shown.
    pub more: Signal<usize>,
    /// What is searched for.
    pub query: Signal<String>,
    /// Whether the search is worth its room.
    pub is_searchable: Signal<bool>,
    /// The server's time.
    pub now: Signal<Option<UtcTime>>,
}

/// The list. `on_search` gets the text at every change, `on_more` asks for more rows.
pub fn device_list(
    props: DeviceListProps,
    on_search: impl Fn(String) + Copy + Send + Sync + 'static,
    on_more: impl Fn() + Copy + Send + Sync + 'static,
) -> AnyView {
    let tr = use_tr();
    let DeviceListProps { rows, count, more, query, is_searchable, now } = props;
    let tools = move || is_searchable.get().then(|| search(query, on_search));
    let show_more = move || {
        let more = more.get();
        (more > 0).then(|| {
            let press = move || {
                let shown = rows.with_untracked(Vec::len);
                on_more();
                focus_row(shown);
            };
            view! { <p class="actions">{pressable(Weight::Plain, t::devices_show_more(more), Box::new(press))}</p> }
        })
    };
    let is_empty = move || rows.with(Vec::is_empty);
    let none_found = move || {
        (is_empty() && !query.with(String::is_empty)).then(|| {
            let clear = Box::new(move || on_search(String::new()));
            view! {
                <div class="empty">
                    <h2>{tr.say(t::devices_none_found_heading())}</h2>
                    <p>{move || tr.text(&t::devices_none_found_text(&query.get()))}</p>
                    {pressable(Weight::Plain, t::devices_search_clear(), clear)}
                </div>
            }
        })
    };
    view! {
        <div class="list-tools">
            {tools} <p class="count" role="status">
                {tr.follow(count)}
            </p>
        </div>
        <ul class="devices">
            <For each=move || rows.get() key=|device| fingerprint(device) let:device>
                {device_row(device, now)}
            </For>
        </ul>
        {none_found}
        {show_more}
    }
    .into_any()
}

/// Typing filters at once; there is no form, so Enter (also the one that ends an IME composition) submits nothing.
fn search(query: Signal<String>, on_search: impl Fn(String) + Copy + Send + Sync + 'static) -> AnyView {
    let tr = use_tr();
    view! {
        <div class="field" role="search">
            <label for="device-search">{tr.say(t::devices_search())}</label>
            <div class="field-box">
                {icon(Icon::Search)}
                <input
                    id="device-search"
                    type="search"
                    autocomplete="off"
                    spellcheck="false"
                    placeholder=tr.say(t::devices_search_hint())
                    prop:value=move || query.get()
                    on:input=move |event| on_search(event_target_value(&event))
                />
            </div>
        </div>
    }
    .into_any()
}

/// Rows are kept as long as what they show of the device has not changed, so that a refresh moves neither the focus nor
/// the scroll position.
fn fingerprint(device: &Device) -> u64 {
    let mut hasher = DefaultHasher::new();
    device.id.hash(&mut hasher);
    device.name.hash(&mut hasher);
    device.os_version.hash(&mut hasher);
    device.last_sync.hash(&mut hasher);
    device.reset.hash(&mut hasher);
    for run in &device.runs {
        (&run.id, run.action_state, run.last_updated_date_time).hash(&mut hasher);
    }
    hasher.finish()
}

/// The place counts from 0.
fn focus_row(place: usize) {
    request_animation_frame(move || {
        let link = document().query_selector(&format!(".device:nth-child({}) h2 a", place.saturating_add(1)));
        let link = link.ok().flatten().and_then(|element| element.dyn_into::<web_sys::HtmlElement>().ok());
        if let Some(link) = link {
            let _focused = link.focus();
        }
    });
}
