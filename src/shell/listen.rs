//! What the browser reports by itself: links, Back and Forward, visibility, the back/forward cache, the network.
//!
//! The router's browser half is here too: `Route` reads a path, the rules decide, `perform` writes the address.

use super::Shell;
use crate::app::{AppEvent, Event, Visibility};
use crate::browser::{clock, location};
use crate::features::{devices, shared_computer};
use crate::route::Route;
use leptos::prelude::request_animation_frame;
use std::cell::Cell;
use std::rc::Rc;
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{Element, EventTarget, HtmlAnchorElement, MouseEvent, PageTransitionEvent};

/// A touch, a key or a turn of the wheel is reported this often at most, in milliseconds: each report is a turn of the
/// rules.
const NOTICED_EVERY: i64 = 5_000;

/// Listens for as long as the page lives.
pub(super) fn install(shell: &Shell) {
    let Some(window) = web_sys::window() else { return };
    let Some(document) = window.document() else { return };
    on(&document, "click", shell, |event| {
        followed_link(event.dyn_ref()?).map(|route| Event::App(AppEvent::LinkFollowed(route)))
    });
    on(&document, "visibilitychange", shell, |_| {
        let is_visible = clock::page_is_visible();
        let visibility = if is_visible { Visibility::Visible } else { Visibility::Hidden };
        Some(Event::App(AppEvent::VisibilityChanged(visibility)))
    });
    on(&window, "popstate", shell, |_| {
        // Once the screen stands and its heading has the focus.
        request_animation_frame(|| request_animation_frame(location::scroll_to_place));
        Some(Event::App(AppEvent::AddressChanged(Route::parse(&location::path()))))
    });
    on(&window, "pagehide", shell, |_| Some(Event::Devices(devices::Event::PlaceLeft(location::place()))));
    on(&window, "pagehide", shell, |_| Some(Event::App(AppEvent::PageHidden)));
    on(&window, "pageshow", shell, |event| {
        let event: &PageTransitionEvent = event.dyn_ref()?;
        event.persisted().then_some(Event::App(AppEvent::PageRestored))
    });
    let noticed = Rc::new(Cell::new(i64::MIN));
    for name in ["pointerdown", "keydown", "wheel", "touchmove"] {
        let noticed = Rc::clone(&noticed);
        on(&window, name, shell, move |_| {
            let now = clock::monotonic_millis();
            let is_due = now.saturating_sub(noticed.get()) >= NOTICED_EVERY;
            is_due.then(|| noticed.set(now))?;
            Some(Event::SharedComputer(shared_computer::Event::ActivityNoticed))
        });
    }
    on(&window, "online", shell, |_| Some(Event::App(AppEvent::WentOnline)));
    on(&window, "offline", shell, |_| Some(Event::App(AppEvent::WentOffline)));
}

fn on(
    target: &EventTarget,
    name: &str,
    shell: &Shell,
    read: impl Fn(&web_sys::Event) -> Option<Event> + 'static,
) {
    let shell = shell.clone();
    let handler = Closure::<dyn Fn(web_sys::Event)>::new(move |event: web_sys::Event| {
        if let Some(event) = read(&event) {
            shell.dispatch(event);
        }
    });
    let handler = handler.into_js_value();
    let _added = target.add_event_listener_with_callback(name, handler.unchecked_ref());
}

/// The route of a link of ours that was clicked plainly; everything else stays the browser's: modifier keys (new tab,
/// download), other origins, links with a target, and fragments of the same page.
fn followed_link(event: &MouseEvent) -> Option<Route> {
    let is_plain = event.button() == 0
        && !event.default_prevented()
        && !(event.ctrl_key() || event.meta_key() || event.shift_key() || event.alt_key());
    if !is_plain {
        return None;
    }
    let element: Element = event.target()?.dyn_into().ok()?;
    let link: HtmlAnchorElement = element.closest("a[href]").ok()??.dyn_into().ok()?;
    let is_ours = link.origin() == location::origin()
        && link.target().is_empty()
        && !link.has_attribute("download")
        && !link.get_attribute("href").is_some_and(|href| href.starts_with('#'));
    if !is_ours {
        return None;
    }
    let route = Route::parse(&location::within(&link.pathname())?);
    if route == Route::NotFound {
        return None;
    }
    event.prevent_default();
    Some(route)
}
