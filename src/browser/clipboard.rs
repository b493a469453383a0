//! Copying text where the browser has a clipboard and the person allows it.

use wasm_bindgen::prelude::wasm_bindgen;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = ["navigator", "clipboard"], js_name = writeText, catch)]
    async fn write_text(text: &str) -> Result<wasm_bindgen::JsValue, wasm_bindgen::JsValue>;
}

/// Copies `text`; `false` when the browser has no clipboard or refuses.
pub async fn copy(text: &str) -> bool {
    write_text(text).await.is_ok()
}
