//! The texts of the languages. `boot.js` knows where they are (the list in `index.html`), begins to load the first ones
//! before this module runs, and loads any other on demand with its integrity; here they are only read.

use crate::i18n::{Catalogue, Locale};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

#[wasm_bindgen]
extern "C" {
    /// A promise of the texts of a language by its tag, those of a first visit or those of the lazy screens; without a
    /// tag of the language the page begins with.
    #[wasm_bindgen(js_name = portalTexts, catch)]
    fn portal_texts(tag: &str, is_lazy: bool) -> Result<js_sys::Promise, JsValue>;
}

/// The language the page begins with; `None` when it cannot be had.
pub async fn first() -> Option<Catalogue> {
    let texts = received(asked("", false)).await;
    // `trunk serve` makes no files of texts; a debug build carries them.
    #[cfg(debug_assertions)]
    if texts.as_deref().is_none_or(str::is_empty) {
        let browser = super::location::languages();
        let locale = Locale::negotiate(None, None, browser.iter().map(String::as_str));
        return Some(Catalogue::embedded(locale));
    }
    Catalogue::parse(texts?).ok()
}

/// A language; what of it was loaded before is `kept`, and not loaded again. `is_whole`: with the texts of the lazy
/// screens. `None` when it cannot be had, or is not what it should be. All requests are under way before this returns.
pub fn load(
    locale: Locale,
    kept: Option<Catalogue>,
    is_whole: bool,
) -> impl Future<Output = Option<Catalogue>> {
    let has_lazy = kept.as_ref().is_some_and(Catalogue::is_whole);
    let first = if kept.is_none() { asked(locale.tag(), false) } else { None };
    let lazy = if is_whole && !has_lazy { asked(locale.tag(), true) } else { None };
    async move {
        // Both are waited for: a refusal that nobody hears is an error of the page.
        let (first, lazy) = (received(first).await, received(lazy).await);
        #[cfg(debug_assertions)]
        if first.as_deref() == Some("") || lazy.as_deref() == Some("") {
            return Some(Catalogue::embedded(locale));
        }
        let catalogue = match kept {
            Some(kept) => kept,
            None => Catalogue::parse(first?).ok().filter(|catalogue| catalogue.locale() == locale)?,
        };
        if is_whole && !has_lazy { catalogue.with_lazy(lazy?).ok() } else { Some(catalogue) }
    }
}

fn asked(tag: &str, is_lazy: bool) -> Option<JsFuture> {
    portal_texts(tag, is_lazy).ok().map(JsFuture::from)
}

async fn received(texts: Option<JsFuture>) -> Option<String> {
    texts?.await.ok()?.as_string()
}

/// Makes `boot.js` explain that the page could not be loaded: it takes every error before the page stands for that.
pub fn report_missing() {
    let event = web_sys::Event::new("error").ok();
    if let Some((window, event)) = web_sys::window().zip(event) {
        let _dispatched = window.dispatch_event(&event);
    }
}
