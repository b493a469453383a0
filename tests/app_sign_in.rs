//! Signing in, out and in again as the whole page does it: what leaves, what comes back, what is kept.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "test code fails loudly")]

mod support;

use passcode_portal::app::{AppEvent, Event};
use passcode_portal::auth::{ConfigError, SignInError, SignatureVerdict};
use passcode_portal::core::{Config, Effect, HistoryEntry, Session};
use passcode_portal::domain::ActionFlow;
use passcode_portal::features::{language, sign_in};
use passcode_portal::http::NetworkFault;
use passcode_portal::i18n::Locale;
use passcode_portal::route::Route;
use serde_json::json;
use support::browser::{Browser, CODE};
use support::{SERVER, answer, device_json, id, problem};

#[test]
fn the_landing_page_redirects_nobody() {
    let mut browser = Browser::new();
    browser.open("/");
    assert_eq!(browser.model.page.session, Session::SignedOut);
    assert!(browser.left_for.is_empty() && !browser.is_waiting_for("/openid-configuration"));
    assert_eq!(browser.model.page.branding.contact_it_name, "Config IT");
}

#[test]
fn a_deep_link_survives_the_sign_in_and_starts_nothing_by_itself() {
    let mut browser = Browser::new();
    browser.open("/devices/a/reset-passcode");
    browser.answer_discovery();
    assert_eq!(browser.asked()["prompt"], "none");
    assert_eq!(browser.last_history(), Some(HistoryEntry::Replace));
    browser.return_with_error("login_required");
    assert_eq!(browser.model.page.session, Session::SignedOut);
    assert_eq!(browser.address, "/devices/a/reset-passcode");
    assert_eq!(browser.left_for.len(), 1, "no second redirect by itself");
    browser.dispatch(Event::SignIn(sign_in::Event::SignInChosen));
    assert!(!browser.asked().contains_key("prompt"));
    browser.return_with(|_| {});
    assert_eq!(*browser.route(), Route::ResetPasscode(id("a")));
    assert_eq!(browser.address, "/devices/a/reset-passcode");
    browser.answer("/managedDevices/a", Ok(answer(200, &device_json("a"))));
    assert!(
        matches!(browser.model.features.actions.reset, ActionFlow::Explain { .. }),
        "{:?}",
        browser.model.features.actions.reset
    );
    assert_eq!(browser.count("POST /resetPasscode"), 0);
}

#[test]
fn a_reload_without_an_answer_from_the_provider_does_not_loop() {
    let mut browser = Browser::new();
    browser.open("/devices");
    browser.answer_discovery();
    // The person comes back by Back, or the provider forgot: the page is opened again without a callback.
    browser.open("/devices");
    assert_eq!(browser.left_for.len(), 1);
    assert_eq!(browser.model.page.session, Session::SignedOut);
}

#[test]
fn a_reload_signs_in_again_silently_and_returns_to_the_same_place() {
    let mut browser = Browser::sign_in_at("/devices/a");
    for _ in 0..3 {
        browser.reload();
        browser.answer_discovery();
        assert_eq!(browser.asked()["prompt"], "none");
        browser.return_with(|_| {});
        assert!(browser.model.page.session.signed_in().is_some());
        assert_eq!(browser.address, "/devices/a");
    }
}

#[test]
fn the_code_leaves_the_address_and_the_record_the_storage_before_anything_is_awaited() {
    let mut browser = Browser::new();
    browser.open("/devices");
    browser.answer_discovery();
    let state = browser.asked()["state"].clone();
    let key = format!("portal.transaction.{state}");
    assert!(browser.storage.contains_key(&key));
    browser.open(&format!("/callback?code={CODE}&state={state}&iss=https%3A%2F%2Fid.example"));
    let first_wait = browser.log.iter().position(|effect| matches!(effect, Effect::Fetch { .. })).unwrap();
    let cleaned = browser.log.iter().position(|e| *e == Effect::ReplaceAddress(Route::Callback)).unwrap();
    let removed = browser
        .log
        .iter()
        .position(|e| matches!(e, Effect::StorageRemove(removed) if removed.reveal() == key))
        .unwrap();
    assert!(cleaned < first_wait && removed < first_wait);
    assert!(!browser.storage.contains_key(&key));
}

#[test]
fn a_callback_nobody_here_asked_for_is_refused_and_nothing_is_fetched() {
    for query in ["", "code=x", "code=x&state=", "code=x&state=foreign", "error=access_denied&state=foreign"]
    {
        let mut browser = Browser::new();
        browser.open(&format!("/callback?{query}"));
        assert_eq!(browser.failure(), Some(SignInError::StateMismatch), "{query}");
        assert!(!browser.waits_for_tokens() && !browser.is_waiting_for("/openid-configuration"));
        assert_eq!(browser.address, "/");
    }
}

#[test]
fn a_sign_in_that_waits_here_is_not_completed_by_a_foreign_state() {
    for state in ["foreign", ""] {
        let mut browser = Browser::new();
        browser.open("/devices");
        browser.answer_discovery();
        browser.open(&format!("/callback?code={CODE}&state={state}&iss=https%3A%2F%2Fid.example"));
        assert_eq!(browser.failure(), Some(SignInError::StateMismatch));
        assert!(!browser.waits_for_tokens() && !browser.is_waiting_for("/openid-configuration"));
        assert!(!browser.storage.keys().any(|key| key.starts_with("portal.transaction.")), "nothing is kept");
    }
}

#[test]
fn a_callback_works_once() {
    let mut browser = Browser::new();
    browser.open("/devices");
    browser.answer_discovery();
    let state = browser.asked()["state"].clone();
    browser.return_with(|_| {});
    assert!(browser.model.page.session.signed_in().is_some());
    browser.open(&format!("/callback?code={CODE}&state={state}&iss=https%3A%2F%2Fid.example"));
    assert_eq!(browser.failure(), Some(SignInError::StateMismatch));
}

#[test]
fn a_sign_in_that_took_too_long_is_refused() {
    let mut browser = Browser::new();
    browser.open("/devices");
    browser.answer_discovery();
    browser.pass(601);
    let state = browser.asked()["state"].clone();
    browser.open(&format!("/callback?code={CODE}&state={state}&iss=https%3A%2F%2Fid.example"));
    assert_eq!(browser.failure(), Some(SignInError::TransactionExpired));
}

#[test]
fn each_wrong_token_ends_in_its_explanation_and_keeps_nothing() {
    type Change = fn(&mut serde_json::Value);
    let cases: [(Change, SignInError); 6] = [
        (|c| c["nonce"] = json!("other"), SignInError::NonceMismatch),
        (|c| c["iss"] = json!("https://evil.example"), SignInError::TokenIssuerMismatch),
        (|c| c["aud"] = json!("other"), SignInError::AudienceMismatch),
        (|c| c["exp"] = json!(SERVER - 1), SignInError::TokenExpired),
        (|c| c["auth_time"] = json!(SERVER + 3600), SignInError::AuthTimeInFuture),
        (|c| c["sub"] = json!(""), SignInError::SubjectMissing),
    ];
    for (change, wanted) in cases {
        let mut browser = Browser::new();
        browser.open("/devices");
        browser.answer_discovery();
        browser.return_with(change);
        assert_eq!(browser.failure(), Some(wanted));
        assert!(browser.model.page.session.signed_in().is_none());
        assert!(browser.requests.iter().all(|(_, request)| !request.url.contains("/me")));
        // One button, and it is the person who presses it.
        let redirects = browser.left_for.len();
        browser.dispatch(Event::SignIn(sign_in::Event::SignInChosen));
        assert_eq!(browser.left_for.len(), redirects + 1);
    }
}

#[test]
fn a_wrong_signature_is_refused() {
    for (verdict, wanted) in [
        (SignatureVerdict::Invalid, SignInError::SignatureInvalid),
        (SignatureVerdict::Unavailable, SignInError::CryptoUnavailable),
    ] {
        let mut browser = Browser::new();
        browser.open("/devices");
        browser.answer_discovery();
        browser.verdict = verdict;
        browser.return_with(|_| {});
        assert_eq!(browser.failure(), Some(wanted));
    }
}

#[test]
fn a_provider_that_is_down_gets_an_explanation_and_one_retry() {
    let mut browser = Browser::new();
    browser.open("/devices");
    browser.answer("/openid-configuration", Err(NetworkFault::Broken));
    assert_eq!(browser.failure(), Some(SignInError::ProviderUnreachable));
    assert!(browser.requests.iter().all(|(_, r)| !r.url.contains("openid-configuration")), "no loop");
    browser.dispatch(Event::SignIn(sign_in::Event::SignInChosen));
    browser.answer_discovery();
    assert_eq!(browser.left_for.len(), 1);
}

#[test]
fn keys_or_tokens_that_cannot_be_read_end_in_their_explanation() {
    for (end, status, wanted) in [
        ("/jwks", 500, SignInError::ProviderUnreachable),
        ("/jwks", 200, SignInError::KeysMalformed),
        ("/token", 400, SignInError::CodeRefused),
        ("/token", 200, SignInError::TokenAnswerMalformed),
    ] {
        let mut browser = Browser::new();
        browser.open("/devices");
        browser.answer_discovery();
        let state = browser.asked()["state"].clone();
        browser.open(&format!("/callback?code={CODE}&state={state}&iss=https%3A%2F%2Fid.example"));
        browser.answer_discovery();
        browser.answer(end, Ok(answer(status, &json!({ "error": "x" }))));
        assert_eq!(browser.failure(), Some(wanted), "{end} {status}");
    }
}

#[test]
fn a_browser_that_refuses_storage_or_random_bytes_is_told_so() {
    let mut browser = Browser::new();
    browser.storage_works = false;
    browser.open("/devices");
    assert_eq!(browser.model.page.session, Session::SignedOut);
    browser.dispatch(Event::SignIn(sign_in::Event::SignInChosen));
    assert_eq!(browser.failure(), Some(SignInError::StorageRefused));

    let mut browser = Browser::new();
    browser.open("/");
    browser.storage_works = false;
    browser.dispatch(Event::SignIn(sign_in::Event::SignInChosen));
    browser.answer_discovery();
    assert_eq!(browser.failure(), Some(SignInError::StorageRefused));
    assert!(browser.left_for.is_empty(), "without the record nobody leaves");
}

#[test]
fn sign_out_forgets_everything_blanks_the_page_and_tells_the_other_tabs() {
    let mut browser = Browser::sign_in_at("/devices/a");
    browser.answer("/managedDevices/a", Ok(answer(200, &device_json("a"))));
    browser.dispatch(Event::Language(language::Event::Chosen(Locale::Ja)));
    browser.dispatch(Event::SignIn(sign_in::Event::SignOutChosen));
    assert!(browser.left_for.last().unwrap().starts_with("https://id.example/logout?"));
    assert!(browser.asked().contains_key("id_token_hint") && !browser.asked().contains_key("state"));
    assert!(browser.has_effect(&Effect::BroadcastSignedOut) && browser.has_effect(&Effect::BlankPage));
    let blank = browser.log.iter().position(|effect| *effect == Effect::BlankPage).unwrap();
    let leave = browser.log.iter().position(|effect| matches!(effect, Effect::LeaveTo { .. })).unwrap();
    assert!(blank < leave);
    assert_eq!(browser.storage.keys().collect::<Vec<_>>(), ["portal.locale"]);
    assert!(
        browser.model.features.devices.detail.device.is_none()
            && browser.model.page.session.signed_in().is_none()
    );

    browser.open("/signed-out");
    assert_eq!(
        (&browser.model.page.session, browser.model.features.language.current.locale()),
        (&Session::SignedOut, Locale::Ja)
    );
    browser.dispatch(Event::App(AppEvent::LinkFollowed(Route::Devices)));
    assert!(
        browser.requests.iter().all(|(_, r)| !r.url.contains("openid")),
        "a click does not sign in by itself"
    );
}

#[test]
fn an_answer_for_the_person_before_is_not_shown_to_the_next() {
    let mut browser = Browser::sign_in_at("/devices");
    browser.dispatch(Event::SignIn(sign_in::Event::SignOutChosen));
    let page = json!({ "value": [device_json("a")] });
    browser.answer("/managedDevices", Ok(answer(200, &page)));
    assert!(browser.model.features.devices.list.all().is_empty());
}

#[test]
fn a_sign_out_in_another_tab_ends_this_one() {
    let mut browser = Browser::sign_in_at("/devices/a");
    browser.dispatch(Event::SignIn(sign_in::Event::SignedOutElsewhere));
    assert_eq!(browser.model.page.session, Session::SignedOut);
    assert_eq!(*browser.route(), Route::SignedOut);
    assert!(!browser.has_effect(&Effect::BroadcastSignedOut), "no echo");
}

#[test]
fn a_sign_out_in_another_tab_ends_a_sign_in_that_is_being_completed() {
    let mut browser = Browser::new();
    browser.open("/devices");
    browser.answer_discovery();
    let state = browser.asked()["state"].clone();
    browser.open(&format!("/callback?code={CODE}&state={state}&iss=https%3A%2F%2Fid.example"));
    browser.answer_discovery();
    assert!(browser.waits_for_tokens());
    browser.dispatch(Event::SignIn(sign_in::Event::SignedOutElsewhere));
    assert_eq!((&browser.model.page.session, browser.route()), (&Session::SignedOut, &Route::SignedOut));
    browser.answer(
        "/token",
        Ok(answer(200, &json!({ "access_token": "a", "id_token": "h.p.s", "token_type": "Bearer" }))),
    );
    assert_eq!(browser.model.page.session, Session::SignedOut, "the tokens come too late");
}

#[test]
fn a_provider_without_sign_out_still_ends_the_session_here() {
    let mut browser = Browser::new().without_end_session().signed_in_at("/devices");
    let redirects = browser.left_for.len();
    browser.dispatch(Event::SignIn(sign_in::Event::SignOutChosen));
    assert_eq!((browser.left_for.len(), browser.address.as_str()), (redirects, "/signed-out"));
    assert_eq!(browser.model.page.session, Session::SignedOut);
}

#[test]
fn a_page_out_of_the_back_forward_cache_is_blanked_and_loaded_anew() {
    let mut browser = Browser::sign_in_at("/devices");
    browser.dispatch(Event::App(AppEvent::PageRestored));
    assert!(browser.has_effect(&Effect::BlankPage) && browser.has_effect(&Effect::Reload));
}

#[test]
fn an_expired_token_signs_in_silently_once_and_returns() {
    let mut browser = Browser::sign_in_at("/devices/a");
    browser.answer("/managedDevices/a", Ok(answer(200, &device_json("a"))));
    browser.pass(700);
    browser.dispatch(Event::App(AppEvent::RetryChosen));
    browser.answer("/managedDevices/a", Ok(problem(401, "unauthenticated")));
    assert_eq!(
        (browser.asked()["prompt"].as_str(), browser.asked()["login_hint"].as_str()),
        ("none", "ann@example")
    );
    browser.return_with(|_| {});
    assert_eq!(browser.address, "/devices/a");
    // The new token is refused at once: explained, not tried again.
    let redirects = browser.left_for.len();
    browser.answer("/managedDevices/a", Ok(problem(401, "unauthenticated")));
    assert_eq!(browser.failure(), Some(SignInError::AccessTokenRefused));
    assert_eq!(browser.left_for.len(), redirects);
}

#[test]
fn somebody_else_behind_a_silent_return_is_not_let_in() {
    let mut browser = Browser::sign_in_at("/devices/a");
    browser.pass(700);
    browser.dispatch(Event::App(AppEvent::RetryChosen));
    browser.requests.retain(|(_, r)| r.url.ends_with("/managedDevices/a"));
    browser.answer("/managedDevices/a", Ok(problem(401, "unauthenticated")));
    browser.return_with(|claims| claims["sub"] = json!("bob"));
    assert_eq!(browser.failure(), Some(SignInError::SubjectMismatch));
}

#[test]
fn a_missing_configuration_is_explained_and_can_be_tried_again() {
    let mut browser = Browser::new();
    browser.dispatch(Event::App(AppEvent::PageOpened(passcode_portal::app::Opening {
        origin: "https://portal.example".into(),
        path: "/devices".into(),
        query: String::new(),
        stored: Some(Vec::new()),
        languages: vec!["ja-JP".into()],
        is_online: true,
    })));
    browser.answer("/config.json", Ok(answer(404, &json!({}))));
    assert_eq!(browser.model.page.config, Config::Failed(ConfigError::Missing));
    browser.dispatch(Event::App(AppEvent::RetryChosen));
    assert!(browser.is_waiting_for("/config.json"));
}

#[test]
fn nothing_from_the_query_of_an_address_becomes_a_place_to_go() {
    let mut browser = Browser::new();
    browser.open("/devices?return_to=https://evil.example&redirect_uri=//evil.example&next=/x");
    browser.answer_discovery();
    assert!(!browser.left_for.last().unwrap().contains("evil"));
    browser.return_with(|_| {});
    assert_eq!(browser.address, "/devices");
}

#[test]
fn a_computer_whose_clock_is_a_day_off_signs_in_all_the_same() {
    for day in [-86_400_000, 86_400_000] {
        let mut browser = Browser::new();
        browser.set_clocks(0, day);
        let browser = browser.signed_in_at("/devices");
        assert!(browser.model.page.session.signed_in().is_some());
        let server = browser.model.server_now().unwrap().unix_seconds();
        assert!((server - SERVER).abs() < 5);
    }
}
