//! What `Intl` of the real browser makes of numbers, moments and spans in each language of the page.
#![cfg(target_arch = "wasm32")]

use passcode_portal::browser::intl::IntlFormatter;
use passcode_portal::i18n::{Catalogue, Formatter, Locale, t};
use portal_contract::UtcTime;
use std::time::Duration;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

#[wasm_bindgen_test]
fn numbers_have_the_separators_of_the_language() {
    let formatter = IntlFormatter::new();
    assert_eq!(formatter.number(Locale::En, 4219), "4,219");
    assert_eq!(formatter.number(Locale::Ja, 0), "0");
}

#[wasm_bindgen_test]
fn spans_are_told_in_the_language_and_a_moment_ago_is_now() {
    let formatter = IntlFormatter::new();
    let told = |locale, seconds| formatter.ago(locale, Duration::from_secs(seconds));
    assert_eq!(told(Locale::En, 180), "3 minutes ago");
    assert_eq!(told(Locale::Ja, 180), "3 分前");
    assert_eq!(told(Locale::En, 5), "now");
    assert_eq!(told(Locale::Ja, 5), "今");
    assert_eq!(told(Locale::En, 86_400), "yesterday");
}

#[wasm_bindgen_test]
fn a_moment_names_the_day_and_the_time() {
    let formatter = IntlFormatter::new();
    // 2027-01-15T12:34:00Z: the same day in every time zone from -12 to +11.
    let moment = UtcTime::from_unix_seconds(1_800_016_440);
    for locale in [Locale::En, Locale::Ja] {
        let words = formatter.date_time(locale, moment);
        assert!(words.contains("2027") && words.contains("15") && words.contains("34"), "{words}");
    }
    assert_ne!(formatter.date_time(Locale::En, moment), formatter.date_time(Locale::Ja, moment));
}

#[wasm_bindgen_test]
fn a_change_of_language_reaches_the_next_text() {
    let formatter = IntlFormatter::new();
    let text = t::devices_shown(100, 4219);
    assert_eq!(text.render(&Catalogue::embedded(Locale::En), &formatter), "100 of 4,219 devices");
    assert_eq!(text.render(&Catalogue::embedded(Locale::Ja), &formatter), "4,219 台中 100 台を表示");
    assert_eq!(text.render(&Catalogue::embedded(Locale::En), &formatter), "100 of 4,219 devices");
}
