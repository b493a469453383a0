//! The notification flag at the top right: a count, and behind it the newest notifications.
//!
//! The list is a native popover: Esc and a click beside it close it and the focus returns. Nothing in it is destructive.

use crate::app::Event;
use crate::components::{
    HIDDEN, Icon, View, Weight, button, el, group, icon, live_text, minute_now, note_item,
};
use crate::domain::DeviceId;
use crate::features::notifications;
use crate::i18n::t;
use crate::route::Route;
use crate::shell::{Selected, select, use_model, use_tr};
use crate::words;
use leptos::prelude::{WithUntracked, document};
use portal_contract::{Notification, UtcTime};
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};

const FLYOUT: &str = "flag-flyout";
/// How many notifications the flyout shows; the page shows all.
const NEWEST: usize = 5;

#[wasm_bindgen]
extern "C" {
    type Popover;
    #[wasm_bindgen(method, js_name = hidePopover, catch)]
    fn hide_popover(this: &Popover) -> Result<(), JsValue>;
}

/// The flag with its flyout.
pub(crate) fn flag() -> View {
    let model = use_model();
    let tr = use_tr();
    let items = select(model, move |model| model.features.notifications.items.clone());
    let unread = select(model, move |model| model.features.notifications.unread());
    let now = select(model, minute_now);
    let badge = move || {
        let count = unread.get();
        (count > 0).then(|| {
            let count = if count > 99 { "99+".to_owned() } else { count.to_string() };
            el("span").class("badge").attr("aria-hidden", HIDDEN).text(count)
        })
    };
    let shared_names = select(model, move |model| model.features.devices.list.shared_names().clone());
    let list = move || {
        let _followed = shared_names.get();
        items.with(|items| {
            if items.is_empty() {
                return el("p").words(t::notifications_empty_text());
            }
            let newest = items.iter().take(NEWEST).map(|item| notification_item(item, ago(item, now)));
            el("ul").class("notes").children(newest)
        })
    };
    let flag = el("button")
        .attr("type", "button")
        .class("tool flag")
        .attr("popovertarget", FLYOUT)
        .attr_live("aria-label", move || Some(tr.text(&notifications::words::flag_label(unread.get()))))
        .child(icon(Icon::Flag))
        .live(badge);
    let all = el("a").attr("href", Route::Notifications.path()).words(t::notifications_show_all());
    let flyout = el("section")
        .attr("id", FLYOUT)
        .class("flyout")
        .attr("popover", "auto")
        .attr("aria-labelledby", "flag-heading")
        .on("click", move |event| close_after_link(&event))
        .child(el("h2").attr("id", "flag-heading").words(t::notifications_heading()))
        .live(list)
        .live(move || (unread.get() > 0).then(mark_all))
        .child(el("p").class("flyout-all").child(all));
    group([flag.into(), flyout.into()])
}

/// "Mark all as read", while anything is unread.
pub(crate) fn mark_all() -> View {
    let all = Event::Notifications(notifications::Event::AllRead);
    el("p").class("actions").child(button(Weight::Quiet, t::notifications_mark_all(), all)).into()
}

/// A link inside leads to another screen without loading the page, so the flyout has to be closed by hand.
fn close_after_link(event: &web_sys::Event) {
    let target = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
    let is_link = target.is_some_and(|element| element.closest("a").ok().flatten().is_some());
    if let (true, Some(flyout)) = (is_link, document().get_element_by_id(FLYOUT)) {
        // It fails only when the flyout is closed already.
        let _closed = flyout.unchecked_into::<Popover>().hide_popover();
    }
}

/// How long ago it was. `now` is followed: only these words change.
fn ago(item: &Notification, now: Selected<Option<UtcTime>>) -> View {
    let tr = use_tr();
    let created = item.created_date_time;
    live_text(move || tr.text(&words::ago(created, now.get())))
}

/// A notification of the API as a list item that leads to its device; `when` says when it was.
pub(crate) fn notification_item(item: &Notification, when: View) -> View {
    let route = DeviceId::parse(&item.device_id).map(Route::Device);
    let opened = Event::Notifications(notifications::Event::Opened(item.id.clone()));
    let device_name = use_model().with_untracked(|model| {
        model.features.devices.list.name_in_record(&item.device_id, &item.device_name)
    });
    let item = Notification { device_name, ..item.clone() };
    note_item(notifications::words::notification(&item, None), when, item.is_read, route, opened)
}
