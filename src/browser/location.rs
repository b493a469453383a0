//! The address bar, the history and the only function that leaves the page.

use wasm_bindgen::JsValue;
use web_sys::Window;

fn window() -> Option<Window> {
    web_sys::window()
}

/// The page's own origin, for instance `https://portal.example`.
#[must_use]
pub fn origin() -> String {
    window().and_then(|window| window.location().origin().ok()).unwrap_or_default()
}

/// The path of the address, without query and fragment.
#[must_use]
pub fn path() -> String {
    window().and_then(|window| window.location().pathname().ok()).unwrap_or_default()
}

/// The query of the address, without the question mark.
#[must_use]
pub fn query() -> String {
    let search = window().and_then(|window| window.location().search().ok()).unwrap_or_default();
    search.strip_prefix('?').unwrap_or(&search).to_owned()
}

/// Shows `path` in the address bar as a new entry of the history.
pub fn push(path: &str) {
    if let Some(history) = window().and_then(|window| window.history().ok()) {
        let _pushed = history.push_state_with_url(&JsValue::NULL, "", Some(path));
    }
}

/// Shows `path` in the address bar instead of the current entry: what stood there is gone from the history.
pub fn replace(path: &str) {
    if let Some(history) = window().and_then(|window| window.history().ok()) {
        let _replaced = history.replace_state_with_url(&JsValue::NULL, "", Some(path));
    }
}

/// Leaves the page for `address`; Back returns to the current entry. The address comes from `auth`, never from a
/// query string.
pub fn leave(address: &str) {
    if let Some(window) = window() {
        let _leaving = window.location().assign(address);
    }
}

/// The same, but the current entry is gone from the history.
pub fn leave_replacing(address: &str) {
    if let Some(window) = window() {
        let _leaving = window.location().replace(address);
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
