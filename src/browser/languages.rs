//! The texts of the languages. `boot.js` knows where they are (the list in `index.html`), begins to load the first one
//! before this module runs, and loads any other on demand with its integrity; here they are only read.

use crate::i18n::{Catalogue, Locale};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

#[wasm_bindgen]
extern "C" {
    /// A promise of the texts of a language by its tag; without a tag of the language the page begins with.
    #[wasm_bindgen(js_name = portalTexts, catch)]
    fn portal_texts(tag: &str) -> Result<js_sys::Promise, JsValue>;
}

/// The language the page begins with; `None` when it cannot be had.
pub async fn first() -> Option<Catalogue> {
    let texts = texts("").await;
    // `trunk serve` makes no files of texts; a debug build carries them.
    #[cfg(debug_assertions)]
    if texts.as_deref().is_none_or(str::is_empty) {
        let browser = super::location::languages();
        let locale = Locale::negotiate(None, None, browser.iter().map(String::as_str));
        return Some(Catalogue::embedded(locale));
    }
    Catalogue::parse(texts?).ok()
}

/// Another language; `None` when it cannot be had, or is not what it should be.
pub async fn load(locale: Locale) -> Option<Catalogue> {
    let texts = texts(locale.tag()).await;
    #[cfg(debug_assertions)]
    if texts.as_deref() == Some("") {
        return Some(Catalogue::embedded(locale));
    }
    Catalogue::parse(texts?).ok().filter(|catalogue| catalogue.locale() == locale)
}

async fn texts(tag: &str) -> Option<String> {
    JsFuture::from(portal_texts(tag).ok()?).await.ok()?.as_string()
}

/// Makes `boot.js` explain that the page could not be loaded: it takes every error before the page stands for that.
pub fn report_missing() {
    let event = web_sys::Event::new("error").ok();
    if let Some((window, event)) = web_sys::window().zip(event) {
        let _dispatched = window.dispatch_event(&event);
    }
}
