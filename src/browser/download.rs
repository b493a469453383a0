//! Offers a text as a file: a `Blob`, a link with `download`, a click. The address of the blob is given up at once; the
//! browser has the file by then.

use js_sys::{Array, Reflect};
use wasm_bindgen::JsCast;
use web_sys::{Blob, BlobPropertyBag, HtmlElement, Url};

/// Offers `content` as a file of comma-separated values. `false` when the browser refuses.
pub fn save(name: &str, content: &str) -> bool {
    offer(name, content).is_some()
}

fn offer(name: &str, content: &str) -> Option<()> {
    let kind = BlobPropertyBag::new();
    kind.set_type("text/csv;charset=utf-8");
    let blob = Blob::new_with_str_sequence_and_options(&Array::of1(&content.into()), &kind).ok()?;
    let address = Url::create_object_url_with_blob(&blob).ok()?;
    let document = web_sys::window()?.document()?;
    let link: HtmlElement = document.create_element("a").ok()?.dyn_into().ok()?;
    Reflect::set(&link, &"href".into(), &address.as_str().into()).ok()?;
    Reflect::set(&link, &"download".into(), &name.into()).ok()?;
    link.click();
    Url::revoke_object_url(&address).ok()
}
