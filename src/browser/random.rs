//! Random bytes from `crypto.getRandomValues`. The rules receive them as a parameter.

use wasm_bindgen::prelude::wasm_bindgen;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = crypto, js_name = getRandomValues, catch)]
    fn get_random_values(bytes: &mut [u8]) -> Result<(), wasm_bindgen::JsValue>;
}

/// `N` bytes from the browser's cryptographic generator; `None` where the browser refuses.
#[must_use]
pub fn bytes<const N: usize>() -> Option<[u8; N]> {
    let mut bytes = [0; N];
    get_random_values(&mut bytes).ok().map(|()| bytes)
}
