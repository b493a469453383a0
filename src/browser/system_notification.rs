//! Notifications of the person's system (Notifications API, WHATWG). Some browsers have none, and some have the name but
//! refuse to make one outside of a service worker; both count as "not offered".

use js_sys::{Function, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue, prelude::wasm_bindgen};
use wasm_bindgen_futures::JsFuture;

#[wasm_bindgen]
extern "C" {
    type Notification;
    #[wasm_bindgen(constructor, catch)]
    fn new(title: &str, options: &JsValue) -> Result<Notification, JsValue>;
    #[wasm_bindgen(static_method_of = Notification, js_name = requestPermission, catch)]
    fn request_permission() -> Result<Promise, JsValue>;
}

/// Whether the browser knows notifications at all.
#[must_use]
pub fn is_offered() -> bool {
    Reflect::get(&js_sys::global(), &"Notification".into())
        .is_ok_and(|known| known.is_instance_of::<Function>())
}

/// Asks the browser, and through it the person. Only after a press.
pub async fn ask() -> bool {
    if !is_offered() {
        return false;
    }
    let Ok(asked) = Notification::request_permission() else { return false };
    JsFuture::from(asked).await.is_ok_and(|answer| answer.as_string().as_deref() == Some("granted"))
}

/// Shows one; a later one takes the place of an earlier one. A browser that refuses loses nothing but this: the title of
/// the tab and the flag say the same.
pub fn show(title: &str, words: &str) {
    let options = js_sys::Object::new();
    for (name, value) in [("body", words), ("tag", "passcode-portal")] {
        let _set = Reflect::set(&options, &name.into(), &value.into());
    }
    if is_offered() {
        let _shown = Notification::new(title, &options);
    }
}
