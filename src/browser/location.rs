//! The address bar, the history and the only function that leaves the page.
//!
//! The portal may lie under a path of its host (`https://intranet.example/portal`). Whoever serves the page writes that path into
//! `index.html`; it is put before what leaves this module and taken off what comes in, so that nothing else knows of it.

use std::cell::OnceCell;
use std::rc::Rc;
use wasm_bindgen::JsValue;
use web_sys::Window;

fn window() -> Option<Window> {
    web_sys::window()
}

/// What `index.html` says: nothing at the top of the host, else a path without a slash at its end.
#[inline(never)]
fn base() -> Rc<str> {
    thread_local! {
        static BASE: OnceCell<Rc<str>> = const { OnceCell::new() };
    }
    let find = || {
        let document = window().and_then(|window| window.document());
        let root = document.and_then(|document| document.document_element());
        root.and_then(|root| root.get_attribute("data-base")).unwrap_or_default().into()
    };
    BASE.with(|base| Rc::clone(base.get_or_init(find)))
}

/// Where a path of the portal is on its host; any other address stays.
#[must_use]
pub fn on_host(address: &str) -> String {
    if address.starts_with('/') { [&base(), address].concat() } else { address.to_owned() }
}

/// The path within the portal; `None` for another's on the same host.
#[must_use]
pub fn within(path: &str) -> Option<String> {
    let inside = path.strip_prefix(&*base())?;
    (inside.is_empty() || inside.starts_with('/')).then(|| inside.to_owned())
}

/// The host's own origin, for instance `https://portal.example`.
#[must_use]
pub fn origin() -> String {
    window().and_then(|window| window.location().origin().ok()).unwrap_or_default()
}

/// Where the portal is: the origin, and the path on it if there is one.
#[must_use]
pub fn home() -> String {
    [&*origin(), &base()].concat()
}

/// The path of the address within the portal, without query and fragment.
#[must_use]
pub fn path() -> String {
    let path = window().and_then(|window| window.location().pathname().ok()).unwrap_or_default();
    within(&path).unwrap_or(path)
}

/// The query of the address, without the question mark.
#[must_use]
pub fn query() -> String {
    let search = window().and_then(|window| window.location().search().ok()).unwrap_or_default();
    search.strip_prefix('?').unwrap_or(&search).to_owned()
}

/// Shows `path` in the address bar as a new entry of the history. The entry that is left keeps how far it was scrolled.
pub fn push(path: &str) {
    if let Some(history) = window().and_then(|window| window.history().ok()) {
        let place = window().and_then(|window| window.scroll_y().ok()).unwrap_or_default();
        let _kept = history.replace_state(&JsValue::from_f64(place), "");
        let _pushed = history.push_state_with_url(&JsValue::NULL, "", Some(&on_host(path)));
    }
}

/// Shows `path` in the address bar instead of the current entry: what stood there is gone from the history.
pub fn replace(path: &str) {
    if let Some(history) = window().and_then(|window| window.history().ok()) {
        let _replaced = history.replace_state_with_url(&JsValue::NULL, "", Some(&on_host(path)));
    }
}

/// Scrolls to where the current entry of the history was left, if it was left further down.
pub fn scroll_to_place() {
    let Some(window) = window() else { return };
    let place = window.history().and_then(|history| history.state()).ok().and_then(|place| place.as_f64());
    if let Some(place) = place.filter(|place| *place > 0.0) {
        window.scroll_to_with_x_and_y(0.0, place);
    }
}

/// How far down the page is, in pixels.
#[must_use]
pub fn place() -> i32 {
    let y = window().and_then(|window| window.scroll_y().ok()).unwrap_or_default();
    // A page is no longer than this; what is not a number is the top.
    #[allow(clippy::cast_possible_truncation, reason = "`as` saturates")]
    let place = y as i32;
    place
}

/// Scrolls so far down, in pixels.
pub fn scroll_to(place: i32) {
    if let Some(window) = window() {
        window.scroll_to_with_x_and_y(0.0, f64::from(place));
    }
}

/// Leaves the page for `address`; Back returns to the current entry. The address comes from `auth`, never from a
/// query string.
pub fn leave(address: &str) {
    if let Some(window) = window() {
        let _leaving = window.location().assign(&on_host(address));
    }
}

/// The same, but the current entry is gone from the history.
pub fn leave_replacing(address: &str) {
    if let Some(window) = window() {
        let _leaving = window.location().replace(&on_host(address));
    }
}

/// Loads the page anew from the server.
pub fn reload() {
    if let Some(window) = window() {
        let _reloading = window.location().reload();
    }
}

/// The languages the browser asks for, most wanted first.
#[must_use]
pub fn languages() -> Vec<String> {
    window()
        .map(|window| window.navigator().languages().iter().filter_map(|tag| tag.as_string()).collect())
        .unwrap_or_default()
}
