//! Selecting text on the page, for the person's own copy command.

use wasm_bindgen::{JsValue, prelude::wasm_bindgen};

#[wasm_bindgen]
extern "C" {
    type Selection;
    #[wasm_bindgen(js_name = getSelection)]
    fn selection() -> Option<Selection>;
    #[wasm_bindgen(method, js_name = selectAllChildren, catch)]
    fn select_all_children(this: &Selection, node: &web_sys::Node) -> Result<(), JsValue>;
}

/// Selects what is in the first element that matches; nothing when there is none.
pub fn select(selector: &str) {
    let document = web_sys::window().and_then(|window| window.document());
    let element = document.and_then(|document| document.query_selector(selector).ok().flatten());
    if let (Some(element), Some(selection)) = (element, selection()) {
        let _selected = selection.select_all_children(&element);
    }
}
