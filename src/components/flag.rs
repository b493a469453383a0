//! The notification flag at the top right: a count, and behind it the newest notifications.
//!
//! The list is a native popover: Esc and a click beside it close it and the focus returns. Nothing in it is destructive.

use super::{HIDDEN, Icon, icon, note_item};
use crate::app::Event;
use crate::domain::DeviceId;
use crate::i18n::t;
use crate::route::Route;
use crate::shell::{use_model, use_tr};
use crate::view;
use leptos::prelude::*;
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
pub fn flag() -> AnyView {
    let model = use_model();
    let tr = use_tr();
    let items = Memo::new(move |_| model.with(|model| model.notifications.items.clone()));
    let unread = Memo::new(move |_| model.with(|model| model.notifications.unread()));
    let name = move || tr.text(&view::flag_label(unread.get()));
    let now = Memo::new(move |_| model.with(super::minute_now));
    let badge = move || {
        let count = unread.get();
        (count > 0).then(|| {
            view! {
                <span class="badge" aria-hidden=HIDDEN>
                    {if count > 99 { "99+".to_owned() } else { count.to_string() }}
                </span>
            }
        })
    };
    let list = move || {
        items.with(|items| {
            if items.is_empty() {
                return view! { <p>{tr.say(t::notifications_empty_text())}</p> }.into_any();
            }
            let newest = items.iter().take(NEWEST).map(|item| notification_item(item, now.get())).collect_view();
            view! { <ul class="notes">{newest}</ul> }.into_any()
        })
    };
    view! {
        <button type="button" class="tool flag" popovertarget=FLYOUT aria-label=name>
            {icon(Icon::Flag)} {badge}
        </button>
        <section id=FLYOUT class="flyout" popover="auto" aria-labelledby="flag-heading" on:click=close_after_link>
            <h2 id="flag-heading">{tr.say(t::notifications_heading())}</h2>
            {list}
            <p class="flyout-all">
                <a href=Route::Notifications.path()>{tr.say(t::notifications_show_all())}</a>
            </p>
        </section>
    }
    .into_any()
}

/// A link inside leads to another screen without loading the page, so the flyout has to be closed by hand.
fn close_after_link(event: web_sys::MouseEvent) {
    let target = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
    let is_link = target.is_some_and(|element| element.closest("a").ok().flatten().is_some());
    if let (true, Some(flyout)) = (is_link, document().get_element_by_id(FLYOUT)) {
        // It fails only when the flyout is closed already.
        let _closed = flyout.unchecked_into::<Popover>().hide_popover();
    }
}

/// A notification of the API as a list item that leads to its device.
pub fn notification_item(item: &Notification, now: Option<UtcTime>) -> AnyView {
    let route = DeviceId::parse(&item.device_id).map(Route::Device);
    let opened = Event::NotificationOpened(item.id.clone());
    note_item(view::notification(item, now), item.is_read, route, opened)
}
