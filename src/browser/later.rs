//! The second part of the page's module (`xtask/src/dist/split.rs`), through the function our loader leaves for it.

use js_sys::{Function, Promise};
use wasm_bindgen::{JsCast, JsValue, prelude::wasm_bindgen};
use wasm_bindgen_futures::JsFuture;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(thread_local_v2, js_name = loadLaterScreens)]
    static LOAD: Option<Function>;
}

/// The part could not be fetched, or is not the one that belongs to this page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotLoaded;

/// Loads the part, once; after a failure it can be tried again. A page in one piece (a debug build, a browser test) has
/// no such function and nothing to load.
pub async fn load() -> Result<(), NotLoaded> {
    let Some(load) = LOAD.with(Option::clone) else { return Ok(()) };
    let promise: Promise = load.call0(&JsValue::UNDEFINED).map_err(|_| NotLoaded)?.unchecked_into();
    JsFuture::from(promise).await.map(drop).map_err(|_| NotLoaded)
}
