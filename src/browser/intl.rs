//! Dates, numbers and "3 minutes ago" by the platform's `Intl` (ECMA-402), so that the page carries no calendar and no
//! separators of its own. The three constructors are bound here by hand: the bindings of js-sys take option objects that
//! cost more than what is used of them. Numbers cross the border as numbers; no float is ever formatted in Rust.

use crate::i18n::{Formatter, Locale, relative};
use portal_contract::UtcTime;
use std::cell::RefCell;
use std::time::Duration;
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = Intl)]
    type DateTimeFormat;
    #[wasm_bindgen(constructor, js_namespace = Intl)]
    fn new(tag: &str, options: &js_sys::Object) -> DateTimeFormat;
    #[wasm_bindgen(method)]
    fn format(this: &DateTimeFormat, unix_millis: f64) -> String;

    #[wasm_bindgen(js_namespace = Intl)]
    type NumberFormat;
    #[wasm_bindgen(constructor, js_namespace = Intl)]
    fn new(tag: &str) -> NumberFormat;
    #[wasm_bindgen(method)]
    fn format(this: &NumberFormat, value: f64) -> String;

    #[wasm_bindgen(js_namespace = Intl)]
    type RelativeTimeFormat;
    #[wasm_bindgen(constructor, js_namespace = Intl)]
    fn new(tag: &str, options: &js_sys::Object) -> RelativeTimeFormat;
    #[wasm_bindgen(method)]
    fn format(this: &RelativeTimeFormat, value: f64, unit: &str) -> String;
}

/// The three formats of one language; making one takes the browser longer than using it.
struct Formats {
    locale: Locale,
    moment: DateTimeFormat,
    number: NumberFormat,
    ago: RelativeTimeFormat,
}

/// Writes with `Intl`, in the time zone of the browser.
pub struct IntlFormatter {
    languages: Vec<String>,
    formats: RefCell<Option<Formats>>,
}

impl IntlFormatter {
    /// Among the browser's languages the first of the page's language decides the region, so that a person whose browser
    /// says `en-GB` reads dates the British way.
    #[must_use]
    pub fn new() -> Self {
        Self { languages: super::location::languages(), formats: RefCell::new(None) }
    }

    fn with<R>(&self, locale: Locale, use_formats: impl FnOnce(&Formats) -> R) -> R {
        let kept = self.formats.borrow_mut().take().filter(|formats| formats.locale == locale);
        let formats = kept.unwrap_or_else(|| self.make(locale));
        let result = use_formats(&formats);
        self.formats.borrow_mut().replace(formats);
        result
    }

    fn make(&self, locale: Locale) -> Formats {
        let same_language = self.languages.iter().find(|tag| Locale::from_tag(tag) == Some(locale));
        let tag = same_language.map_or(locale.tag(), String::as_str);
        Formats {
            locale,
            moment: DateTimeFormat::new(tag, &options(&[("dateStyle", "medium"), ("timeStyle", "short")])),
            number: NumberFormat::new(tag),
            ago: RelativeTimeFormat::new(tag, &options(&[("numeric", "auto")])),
        }
    }
}

impl Default for IntlFormatter {
    fn default() -> Self {
        Self::new()
    }
}

fn options(pairs: &[(&str, &str)]) -> js_sys::Object {
    let object = js_sys::Object::new();
    for (name, value) in pairs {
        // Setting a property of a fresh object cannot fail; without it the browser's default applies.
        let _ = js_sys::Reflect::set(&object, &JsValue::from_str(name), &JsValue::from_str(value));
    }
    object
}

impl Formatter for IntlFormatter {
    fn number(&self, locale: Locale, value: usize) -> String {
        self.with(locale, |formats| formats.number.format(value as f64))
    }

    fn date_time(&self, locale: Locale, moment: UtcTime) -> String {
        self.with(locale, |formats| formats.moment.format(moment.unix_millis() as f64))
    }

    fn ago(&self, locale: Locale, span: Duration) -> String {
        let (number, unit) = relative(span);
        // Negative zero would read "0 seconds ago"; with `numeric: auto` plain zero reads "now".
        let past = if number == 0 { 0.0 } else { -(number as f64) };
        self.with(locale, |formats| formats.ago.format(past, unit.as_str()))
    }
}
