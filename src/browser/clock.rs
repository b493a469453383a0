//! The two clocks of the browser. Which one counts, and when, is a rule of `domain`, not decided here.

use wasm_bindgen::{JsCast, prelude::wasm_bindgen};

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = performance, js_name = now)]
    fn performance_now() -> f64;
}

/// Milliseconds since the page was opened; never goes back, may stop while the computer sleeps.
#[must_use]
#[expect(clippy::cast_possible_truncation, reason = "whole milliseconds of a page's life fit easily")]
pub fn monotonic_millis() -> i64 {
    performance_now() as i64
}

/// Milliseconds since the Unix epoch as this computer believes; may be wrong by any amount and may jump.
#[must_use]
#[expect(clippy::cast_possible_truncation, reason = "`Date.now` is a whole number far below 2^53")]
pub fn wall_millis() -> i64 {
    js_sys::Date::now() as i64
}

/// Whether the page is in the foreground.
#[must_use]
pub fn page_is_visible() -> bool {
    web_sys::window().and_then(|window| window.document()).is_none_or(|document| {
        js_sys::Reflect::get(document.unchecked_ref(), &"hidden".into())
            .is_ok_and(|hidden| !hidden.is_truthy())
    })
}
