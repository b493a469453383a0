//! Loading the texts of a language: the page takes what `boot.js` loaded, whole or not at all; and `boot.js` chooses as the
//! page would.
#![cfg(target_arch = "wasm32")]
#![allow(clippy::expect_used, clippy::string_slice, reason = "a test may stop at the first surprise")]

use passcode_portal::browser::languages;
use passcode_portal::i18n::{Catalogue, Key, Locale, serves};
use wasm_bindgen::JsValue;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

const BOOT: &str = include_str!("../boot.js");

/// Stands in for what `boot.js` offers; `body` is the function of a tag and of whether the later texts are meant.
fn boot_offers(body: &str) {
    let offered = js_sys::Function::new_with_args("tag, isLater", body);
    js_sys::Reflect::set(&js_sys::global(), &"portalTexts".into(), &offered).expect("settable");
}

fn whole(tag: &str) -> String {
    format!("portal-texts {tag} {}\n{}", Key::SET, "word\n".repeat(Key::FIRST_COUNT))
}

fn later(tag: &str) -> String {
    let words = "later\n".repeat(Key::COUNT - Key::FIRST_COUNT);
    format!("portal-lazy-texts {tag} {}\n{words}", Key::SET)
}

fn js(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

#[wasm_bindgen_test]
async fn the_page_begins_in_the_language_that_was_loaded_for_it() {
    boot_offers(&format!("return Promise.resolve(tag === '' ? {} : 'wrong')", js(&whole("ja"))));
    assert_eq!(languages::first().await.as_ref().map(Catalogue::locale), Some(Locale::Ja));
}

#[wasm_bindgen_test]
async fn another_language_is_asked_for_by_its_tag() {
    boot_offers(&format!("return Promise.resolve(tag === 'ja' ? {} : 'wrong')", js(&whole("ja"))));
    assert_eq!(
        languages::load(Locale::Ja, None, false).await.as_ref().map(Catalogue::locale),
        Some(Locale::Ja)
    );
    assert_eq!(languages::load(Locale::En, None, false).await, None);
}

#[wasm_bindgen_test]
async fn texts_that_cannot_be_had_or_are_of_another_language_are_none() {
    boot_offers("return Promise.reject(new TypeError('Failed to fetch'))");
    assert_eq!(languages::load(Locale::Ja, None, false).await, None);
    boot_offers(&format!("return Promise.resolve({})", js(&whole("en"))));
    assert_eq!(languages::load(Locale::Ja, None, false).await, None);
    boot_offers(&format!("return Promise.resolve({}.slice(0, -6))", js(&whole("ja"))));
    assert_eq!(languages::load(Locale::Ja, None, false).await, None);
    boot_offers("throw new Error('none')");
    assert_eq!(languages::load(Locale::Ja, None, false).await, None);
}

#[wasm_bindgen_test]
async fn the_later_texts_are_asked_for_only_when_they_are_needed_and_what_is_there_is_kept() {
    let (first, rest) = (js(&whole("ja")), js(&later("ja")));
    boot_offers(&format!("return Promise.resolve(isLater ? 'wrong' : {first})"));
    let kept = languages::load(Locale::Ja, None, false).await;
    assert_eq!(kept.as_ref().map(Catalogue::is_whole), Some(false));
    boot_offers(&format!("return Promise.resolve(isLater ? {rest} : 'wrong')"));
    let whole = languages::load(Locale::Ja, kept, true).await;
    assert_eq!(whole.as_ref().map(Catalogue::is_whole), Some(true));
    boot_offers("throw new Error('none')");
    assert_eq!(languages::load(Locale::Ja, whole, true).await.map(|one| one.is_whole()), Some(true));
}

#[wasm_bindgen_test]
async fn a_language_is_whole_or_not_there() {
    let first = js(&whole("ja"));
    boot_offers(&format!(
        "return isLater ? Promise.reject(new TypeError('lost')) : Promise.resolve({first})"
    ));
    assert_eq!(languages::load(Locale::Ja, None, true).await, None);
    boot_offers(&format!("return Promise.resolve(isLater ? {} : {first})", js(&later("en"))));
    assert_eq!(languages::load(Locale::Ja, None, true).await, None);
    boot_offers(&format!("return Promise.resolve(isLater ? {} : {first})", js(&later("ja"))));
    assert_eq!(languages::load(Locale::Ja, None, true).await.map(|one| one.is_whole()), Some(true));
}

#[wasm_bindgen_test]
fn the_boot_script_matches_languages_as_the_page_does() {
    let start = BOOT.find("function serves").expect("the rule");
    let length = BOOT[start..].find("\n  }\n").expect("its end") + 4;
    let source = &BOOT[start..start + length];
    let rule = js_sys::Function::new_with_args("tag, wish", &format!("{source}; return serves(tag, wish);"));
    let tags = ["en", "ja", "de", "fr", "es", "zh-Hans", "zh-Hant", "ko", "ar"];
    let wishes = [
        "en",
        "en-GB",
        "EN_us",
        "ja-JP",
        "jav",
        "j",
        "",
        "-",
        "zh",
        "zh-CN",
        "zh-SG",
        "zh-TW",
        "zh-HK",
        "zh-Hant",
        "zh-hans-hk",
        "zh-Hant-CN",
        "zh_TW",
        "ar-EG",
        "de-CH-1996",
        "es-419",
        "ko-Kore-KR",
        "fr-CA",
        "xx",
    ];
    for tag in tags {
        for wish in wishes {
            let said = rule.call2(&JsValue::NULL, &tag.into(), &wish.into()).expect("an answer");
            assert_eq!(said.as_bool(), Some(serves(tag, wish)), "{tag} for {wish:?}");
        }
    }
}
