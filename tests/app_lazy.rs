//! The screens a first visit does not load: asked for when one of them is opened, and not before.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "test code fails loudly")]

mod support;

use passcode_portal::app::{AppEvent, Event};
use passcode_portal::core::{Effect, LazyScreens};
use passcode_portal::domain::{ActionFlow, StopReason};
use passcode_portal::features::{LazyRules, language, sign_in};
use passcode_portal::i18n::{Catalogue, Locale};
use passcode_portal::route::Route;
use serde_json::json;
use support::browser::Browser;
use support::{answer, device_json, id, problem};

fn times_asked(browser: &Browser) -> usize {
    browser.log.iter().filter(|effect| matches!(effect, Effect::LoadLazyScreens(_))).count()
}

/// At the list of devices, loaded.
fn at_list() -> Browser {
    let mut browser = Browser::sign_in_at("/devices");
    browser.answer("/managedDevices", Ok(answer(200, &json!({ "value": [device_json("a")] }))));
    browser
}

#[test]
fn the_first_visit_up_to_the_list_does_not_ask_for_them() {
    let browser = at_list();
    assert_eq!(browser.model.page.lazy_screens, LazyScreens::NotAsked);
    assert_eq!(times_asked(&browser), 0);
}

#[test]
fn they_are_asked_for_once_when_the_first_such_screen_is_opened() {
    let mut browser = at_list();
    browser.lazy_works = None;
    browser.dispatch(Event::App(AppEvent::LinkFollowed(Route::Device(id("a")))));
    assert_eq!(browser.model.page.lazy_screens, LazyScreens::Loading);
    browser.dispatch(Event::App(AppEvent::LinkFollowed(Route::Help)));
    assert_eq!(times_asked(&browser), 1, "one download for all of them");
    browser.dispatch(Event::App(AppEvent::LazyScreensLoaded {
        language: Catalogue::embedded(Locale::En),
        rules: LazyRules::ALL,
    }));
    assert_eq!(browser.model.page.lazy_screens, LazyScreens::Ready);
    browser.dispatch(Event::App(AppEvent::AddressChanged(Route::Devices)));
    browser.dispatch(Event::App(AppEvent::LinkFollowed(Route::Notifications)));
    assert_eq!((browser.model.page.lazy_screens, times_asked(&browser)), (LazyScreens::Ready, 1));
}

#[test]
fn the_device_is_read_while_they_are_on_their_way() {
    let mut browser = at_list();
    browser.lazy_works = None;
    browser.dispatch(Event::App(AppEvent::LinkFollowed(Route::Device(id("a")))));
    assert!(browser.is_waiting_for("/managedDevices/a"));
}

#[test]
fn every_route_that_needs_them_asks_and_no_other_does() {
    let device = id("a");
    for route in [
        Route::Home,
        Route::Devices,
        Route::Device(device.clone()),
        Route::ResetPasscode(device),
        Route::Notifications,
        Route::Help,
        Route::SignedOut,
        Route::NotFound,
    ] {
        let mut browser = at_list();
        browser.dispatch(Event::App(AppEvent::LinkFollowed(route.clone())));
        assert_eq!(times_asked(&browser) == 1, route.is_lazy(), "{route:?}");
    }
}

#[test]
fn nobody_who_is_about_to_be_sent_to_the_provider_loads_them() {
    let mut browser = Browser::new();
    browser.open("/devices/a");
    browser.answer_discovery();
    assert_eq!(browser.left_for.len(), 1);
    assert_eq!(times_asked(&browser), 0);
    browser.return_with_error("login_required");
    assert_eq!(times_asked(&browser), 0, "the sign-in screen stands there");
}

#[test]
fn help_needs_no_sign_in_for_them() {
    let mut browser = Browser::new();
    browser.open("/help");
    assert_eq!(browser.model.page.lazy_screens, LazyScreens::Ready);
}

#[test]
fn an_explanation_of_an_interrupted_reset_has_its_screen_although_nobody_is_signed_in() {
    let mut browser = Browser::sign_in_at("/devices/a");
    browser.answer("/managedDevices/a", Ok(answer(200, &device_json("a"))));
    browser.leave_for_step_up("a");
    browser.return_with_error("access_denied");
    assert!(browser.model.shows_reset_explanation());
    assert_eq!(browser.model.page.lazy_screens, LazyScreens::Ready);
}

#[test]
fn after_a_failure_try_again_asks_anew() {
    let mut browser = at_list();
    browser.lazy_works = Some(false);
    browser.dispatch(Event::App(AppEvent::LinkFollowed(Route::Help)));
    assert_eq!((browser.model.page.lazy_screens, times_asked(&browser)), (LazyScreens::Failed, 1));
    browser.dispatch(Event::App(AppEvent::WentOffline));
    assert_eq!(times_asked(&browser), 1, "not by itself, again and again");
    browser.lazy_works = Some(true);
    browser.dispatch(Event::App(AppEvent::RetryChosen));
    assert_eq!((browser.model.page.lazy_screens, times_asked(&browser)), (LazyScreens::Ready, 2));
}

#[test]
fn after_a_failure_another_such_screen_asks_anew() {
    let mut browser = at_list();
    browser.lazy_works = Some(false);
    browser.dispatch(Event::App(AppEvent::LinkFollowed(Route::Help)));
    browser.dispatch(Event::App(AppEvent::AddressChanged(Route::Devices)));
    assert_eq!(times_asked(&browser), 1, "the list needs none");
    browser.lazy_works = Some(true);
    browser.dispatch(Event::App(AppEvent::LinkFollowed(Route::Help)));
    assert_eq!((browser.model.page.lazy_screens, times_asked(&browser)), (LazyScreens::Ready, 2));
}

#[test]
fn a_lazy_screen_never_stands_there_without_its_texts() {
    let mut browser = at_list();
    assert!(!browser.model.features.language.current.is_whole(), "the first visit has no need of them");
    browser.lazy_works = None;
    browser.dispatch(Event::App(AppEvent::LinkFollowed(Route::Help)));
    assert!(!browser.model.features.language.current.is_whole());
    browser.dispatch(Event::App(AppEvent::LazyScreensLoaded {
        language: Catalogue::embedded(Locale::En),
        rules: LazyRules::ALL,
    }));
    assert!(browser.model.features.language.current.is_whole());
}

#[test]
fn their_texts_are_asked_for_in_the_language_of_the_page() {
    let mut browser = at_list();
    browser.dispatch(Event::Language(language::Event::Chosen(Locale::Ja)));
    assert!(
        !browser.model.features.language.current.is_whole(),
        "a language is not loaded whole before it is needed"
    );
    browser.dispatch(Event::App(AppEvent::LinkFollowed(Route::Help)));
    assert!(browser.log.contains(&Effect::LoadLazyScreens(Locale::Ja)));
    assert_eq!(browser.model.features.language.current, Catalogue::embedded(Locale::Ja));
}

#[test]
fn a_language_chosen_while_they_are_on_their_way_or_there_comes_whole() {
    let mut browser = at_list();
    browser.lazy_works = None;
    browser.dispatch(Event::App(AppEvent::LinkFollowed(Route::Help)));
    browser.dispatch(Event::Language(language::Event::Chosen(Locale::Ja)));
    assert_eq!(browser.model.features.language.current, Catalogue::embedded(Locale::Ja));
    // The texts of the old language, which were asked for with the screens, take nothing back.
    browser.dispatch(Event::App(AppEvent::LazyScreensLoaded {
        language: Catalogue::embedded(Locale::En),
        rules: LazyRules::ALL,
    }));
    assert_eq!(browser.model.features.language.current, Catalogue::embedded(Locale::Ja));
    assert_eq!((browser.model.page.lazy_screens, times_asked(&browser)), (LazyScreens::Ready, 1));
    browser.dispatch(Event::Language(language::Event::Chosen(Locale::En)));
    assert_eq!(browser.model.features.language.current, Catalogue::embedded(Locale::En));
}

#[test]
fn a_language_that_was_on_its_way_when_a_lazy_screen_was_opened_is_not_shown_before_it_is_whole() {
    let mut browser = at_list();
    browser.languages_work = None;
    browser.dispatch(Event::Language(language::Event::Chosen(Locale::Ja)));
    browser.dispatch(Event::App(AppEvent::LinkFollowed(Route::Help)));
    assert_eq!(browser.model.page.lazy_screens, LazyScreens::Ready);
    browser.dispatch(Event::Language(language::Event::Loaded(Catalogue::embedded_first(Locale::Ja))));
    assert_eq!(browser.model.features.language.current, Catalogue::embedded(Locale::En), "the old one stays");
    assert!(browser.log.contains(&Effect::LoadLanguage { locale: Locale::Ja, is_whole: true }));
    browser.dispatch(Event::Language(language::Event::Loaded(Catalogue::embedded(Locale::Ja))));
    assert_eq!(browser.model.features.language.current, Catalogue::embedded(Locale::Ja));
}

#[test]
fn later_texts_of_a_language_that_cannot_be_had_leave_the_old_one() {
    let mut browser = at_list();
    browser.dispatch(Event::App(AppEvent::LinkFollowed(Route::Help)));
    browser.languages_work = Some(false);
    browser.dispatch(Event::Language(language::Event::Chosen(Locale::Ja)));
    assert_eq!(browser.model.features.language.current, Catalogue::embedded(Locale::En));
    assert_eq!(browser.model.features.language.missing, Some(Locale::Ja));
}

#[test]
fn after_a_failure_another_language_needs_only_what_a_first_visit_does_until_the_next_try() {
    let mut browser = at_list();
    browser.lazy_works = Some(false);
    browser.dispatch(Event::App(AppEvent::LinkFollowed(Route::Help)));
    browser.dispatch(Event::Language(language::Event::Chosen(Locale::Ja)));
    assert_eq!(browser.model.features.language.current, Catalogue::embedded_first(Locale::Ja));
    browser.lazy_works = Some(true);
    browser.dispatch(Event::App(AppEvent::RetryChosen));
    assert_eq!(browser.model.features.language.current, Catalogue::embedded(Locale::Ja));
    assert_eq!(browser.model.page.lazy_screens, LazyScreens::Ready);
}

#[test]
fn screens_that_come_without_the_texts_of_the_page_wait_for_these() {
    let mut browser = at_list();
    browser.lazy_works = None;
    browser.dispatch(Event::App(AppEvent::LinkFollowed(Route::Help)));
    browser.dispatch(Event::App(AppEvent::LazyScreensLoaded {
        language: Catalogue::embedded(Locale::Ja),
        rules: LazyRules::ALL,
    }));
    assert_eq!((browser.model.page.lazy_screens, times_asked(&browser)), (LazyScreens::Loading, 2));
    assert_eq!(browser.model.features.language.current, Catalogue::embedded_first(Locale::En));
}

/// On the way back from the provider, at a device, with the lazy part not there yet.
fn leaving_for_a_reset() -> Browser {
    let mut browser = Browser::sign_in_at("/devices/a");
    browser.answer("/managedDevices/a", Ok(answer(200, &device_json("a"))));
    browser.leave_for_step_up("a");
    browser.lazy_works = None;
    browser
}

fn they_come(browser: &mut Browser) {
    browser.dispatch(Event::App(AppEvent::LazyScreensLoaded {
        language: Catalogue::embedded(Locale::En),
        rules: LazyRules::ALL,
    }));
}

#[test]
fn a_fresh_sign_in_waits_for_the_rules_of_its_action_and_opens_the_confirmation_with_them() {
    for is_read_first in [true, false] {
        let mut browser = leaving_for_a_reset();
        browser.return_with(|_| {});
        assert_eq!(browser.model.page.lazy_screens, LazyScreens::Loading);
        assert_eq!(browser.model.features.actions.reset, ActionFlow::Idle);
        if is_read_first {
            browser.answer("/managedDevices/a", Ok(answer(200, &device_json("a"))));
        }
        they_come(&mut browser);
        if !is_read_first {
            browser.answer("/managedDevices/a", Ok(answer(200, &device_json("a"))));
        }
        assert!(
            matches!(browser.model.features.actions.reset, ActionFlow::Confirm { .. }),
            "{is_read_first}"
        );
    }
}

#[test]
fn a_fresh_sign_in_that_waits_for_its_rules_outlives_a_reload() {
    let mut browser = leaving_for_a_reset();
    browser.return_with(|_| {});
    assert_eq!(browser.model.features.actions.reset, ActionFlow::Idle);
    browser.lazy_works = Some(true);
    browser.reload();
    browser.answer_discovery();
    browser.return_with(|_| {});
    browser.answer("/managedDevices/a", Ok(answer(200, &device_json("a"))));
    assert!(matches!(browser.model.features.actions.reset, ActionFlow::Confirm { .. }));
}

#[test]
fn a_device_that_is_gone_by_then_is_told_with_the_rules() {
    let mut browser = leaving_for_a_reset();
    browser.return_with(|_| {});
    browser.answer("/managedDevices/a", Ok(problem(404, "notFound")));
    they_come(&mut browser);
    let reset = &browser.model.features.actions.reset;
    assert!(matches!(reset, ActionFlow::Stopped { why: StopReason::Gone, .. }), "{reset:?}");
}

#[test]
fn a_fresh_sign_in_whose_rules_cannot_be_had_is_there_after_try_again() {
    let mut browser = leaving_for_a_reset();
    browser.lazy_works = Some(false);
    browser.return_with(|_| {});
    assert_eq!(browser.model.page.lazy_screens, LazyScreens::Failed);
    browser.lazy_works = Some(true);
    browser.dispatch(Event::App(AppEvent::RetryChosen));
    browser.answer("/managedDevices/a", Ok(answer(200, &device_json("a"))));
    assert!(matches!(browser.model.features.actions.reset, ActionFlow::Confirm { .. }));
}

#[test]
fn an_explanation_that_waits_for_its_rules_asks_for_them_although_nobody_is_signed_in() {
    let mut browser = leaving_for_a_reset();
    browser.return_with_error("access_denied");
    assert!(browser.model.shows_reset_explanation(), "and no sign-in screen meanwhile");
    assert_eq!(browser.model.page.lazy_screens, LazyScreens::Loading);
    they_come(&mut browser);
    assert!(browser.model.features.actions.reset.is_failed_sign_in());
    assert_eq!(times_asked(&browser), 1);
}

#[test]
fn whoever_leaves_the_screen_of_a_waiting_explanation_has_left_it() {
    let mut browser = leaving_for_a_reset();
    browser.return_with_error("access_denied");
    browser.dispatch(Event::App(AppEvent::LinkFollowed(Route::Help)));
    assert!(!browser.model.shows_reset_explanation());
    they_come(&mut browser);
    assert_eq!(browser.model.features.actions.reset, ActionFlow::Idle);
}

#[test]
fn nothing_that_waits_outlives_the_person() {
    let mut browser = leaving_for_a_reset();
    browser.return_with(|_| {});
    browser.dispatch(Event::SignIn(sign_in::Event::SignedOutElsewhere));
    browser.dispatch(Event::App(AppEvent::LinkFollowed(Route::Help)));
    they_come(&mut browser);
    assert_eq!(browser.model.features.actions.reset, ActionFlow::Idle);
}
