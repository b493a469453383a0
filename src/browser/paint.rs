//! After the browser has painted: what a person did is seen first, what follows from it takes its time afterwards.

use crate::browser::timer::Timer;
use wasm_bindgen::{JsCast, closure::Closure, prelude::wasm_bindgen};

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_name = requestAnimationFrame)]
    fn request_animation_frame(handler: &js_sys::Function) -> i32;
}

/// Calls `then` once, in a task of its own after the next frame. A page in the background paints none before it comes back.
pub fn after_next_paint(then: impl FnOnce() + 'static) {
    // A frame's own callbacks run before it is painted, a task that they queue runs after it.
    let handler = Closure::once_into_js(move || {
        Timer::start(0, then);
    });
    request_animation_frame(handler.unchecked_ref());
}
