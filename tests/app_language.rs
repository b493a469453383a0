//! The language of the page: it changes when its texts are there, at once and with everything kept, and not before.
#![cfg(not(target_arch = "wasm32"))]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may stop at the first surprise"
)]

mod support;

use passcode_portal::app::Event;
use passcode_portal::core::{Announcement, Effect};
use passcode_portal::features::language;
use passcode_portal::i18n::{Catalogue, Locale};
use serde_json::json;
use support::answer;
use support::browser::{Browser, ISSUER};

fn loads(browser: &Browser) -> usize {
    browser.log.iter().filter(|effect| matches!(effect, Effect::LoadLanguage { .. })).count()
}

fn config(language: &str) -> serde_json::Value {
    json!({ "apiBase": "/api/v1.0", "authority": ISSUER, "clientId": "client", "scopes": "openid devices",
        "defaultLocale": language, "support": { "name": "Config IT" } })
}

#[test]
fn a_language_that_was_chosen_is_shown_and_remembered_as_soon_as_its_texts_are_there() {
    let mut browser = Browser::sign_in_at("/devices/a");
    let route = browser.model.page.route.clone();
    browser.dispatch(Event::Language(language::Event::Chosen(Locale::Ja)));
    assert_eq!(browser.model.features.language.current.locale(), Locale::Ja);
    assert_eq!(browser.storage["portal.locale"], "ja");
    assert_eq!((browser.model.page.route.clone(), browser.model.features.language.wanted), (route, None));
}

#[test]
fn a_language_that_cannot_be_had_leaves_the_old_one_and_says_so() {
    let mut browser = Browser::sign_in_at("/devices");
    browser.languages_work = Some(false);
    browser.dispatch(Event::Language(language::Event::Chosen(Locale::Ja)));
    assert_eq!(browser.model.features.language.current.locale(), Locale::En);
    assert_eq!(browser.model.features.language.missing, Some(Locale::Ja));
    assert_eq!(browser.model.page.announcement.latest, Some(Announcement::LanguageMissing(Locale::Ja)));
    assert!(!browser.storage.contains_key("portal.locale"), "nothing was chosen that is not there");

    browser.languages_work = Some(true);
    browser.dispatch(Event::Language(language::Event::Chosen(Locale::Ja)));
    assert_eq!(
        (browser.model.features.language.current.locale(), browser.model.features.language.missing),
        (Locale::Ja, None)
    );
}

#[test]
fn texts_that_come_when_another_language_is_wanted_change_nothing() {
    let mut browser = Browser::sign_in_at("/devices");
    browser.dispatch(Event::Language(language::Event::Loaded(Catalogue::embedded(Locale::Ja))));
    browser.dispatch(Event::Language(language::Event::Refused(Locale::Ja)));
    assert_eq!(
        (browser.model.features.language.current.locale(), browser.model.features.language.missing),
        (Locale::En, None)
    );
}

#[test]
fn the_language_of_the_page_is_not_loaded_again() {
    let mut browser = Browser::sign_in_at("/devices");
    browser.dispatch(Event::Language(language::Event::Chosen(Locale::En)));
    assert_eq!(loads(&browser), 0);
    assert_eq!(browser.storage["portal.locale"], "en");
}

#[test]
fn the_organisations_language_is_followed_when_the_configuration_comes_late() {
    let mut late = Browser::new();
    late.open_without_configuration("/");
    late.answer("/config.json", Ok(answer(200, &config("ja"))));
    assert_eq!(late.model.features.language.current.locale(), Locale::Ja);
    assert!(
        !late.storage.contains_key("portal.locale"),
        "the organisation's wish is no choice of the person"
    );
}

#[test]
fn the_organisations_language_that_cannot_be_had_is_no_reason_to_complain() {
    let mut browser = Browser::new();
    browser.languages_work = Some(false);
    browser.open_without_configuration("/");
    browser.answer("/config.json", Ok(answer(200, &config("ja"))));
    assert_eq!(
        (browser.model.features.language.current.locale(), browser.model.features.language.missing),
        (Locale::En, None)
    );
}
