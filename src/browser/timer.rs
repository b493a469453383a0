//! One-shot timers. A timer may fire late (sleep, background tab): whoever sets one re-reads the clock when it fires.

use wasm_bindgen::{JsCast, closure::Closure, prelude::wasm_bindgen};

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_name = setTimeout)]
    fn set_timeout(handler: &js_sys::Function, milliseconds: i32) -> i32;
    #[wasm_bindgen(js_name = clearTimeout)]
    fn clear_timeout(handle: i32);
}

/// A running timer; [`Timer::stop`] ends it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timer(i32);

impl Timer {
    /// Calls `then` once after about `milliseconds`.
    pub fn start(milliseconds: i32, then: impl FnOnce() + 'static) -> Self {
        let handler = Closure::once_into_js(then);
        Self(set_timeout(handler.unchecked_ref(), milliseconds.max(0)))
    }

    /// Ends the timer; does nothing when it has fired.
    pub fn stop(self) {
        clear_timeout(self.0);
    }
}
