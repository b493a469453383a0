//! Session mode as the whole page does it: the same screens and rules, and no token anywhere.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "test code fails loudly")]

mod support;

use passcode_portal::app::{AppEvent, Event};
use passcode_portal::auth::{ConfigError, PageConfig, SignInError, SignInMode};
use passcode_portal::core::{Effect, HistoryEntry, Session};
use passcode_portal::domain::{ActionFlow, Milliseconds, SignInStep};
use passcode_portal::features::{actions, sign_in};
use passcode_portal::http::{HttpAnswer, HttpRequest, NetworkFault};
use passcode_portal::route::Route;
use serde_json::json;
use support::browser::Browser;
use support::{answer, device_json, id, problem};

/// Who the server says is signed in, and for how many seconds.
fn standing(who: &str, age: i64) -> HttpAnswer {
    let now = support::rfc3339(support::SERVER);
    let at = support::rfc3339(support::SERVER - age);
    let name = format!("{who}@example");
    answer(
        200,
        &json!({ "id": who, "displayName": "Ann", "userPrincipalName": name, "authTime": at, "currentDateTime": now }),
    )
}

fn nobody() -> HttpAnswer {
    HttpAnswer { status: 204, headers: Vec::new(), body: String::new() }
}

fn header<'a>(request: &'a HttpRequest, name: &str) -> Option<&'a str> {
    request.headers.iter().find(|(known, _)| *known == name).map(|(_, value)| value.as_str())
}

/// Opens the page where somebody is signed in already.
fn signed_in_at(path: &str) -> Browser {
    let mut browser = Browser::in_session_mode();
    browser.open(path);
    browser.answer("/session", Ok(standing("ann", 0)));
    browser
}

/// The server sends the person back to the page, which asks who it is.
fn come_back(browser: &mut Browser, standing: HttpAnswer) {
    let state = browser.asked()["state"].clone();
    browser.open(&format!("/callback?state={state}"));
    browser.answer("/session", Ok(standing));
}

fn come_back_with(browser: &mut Browser, code: &str) {
    let state = browser.asked()["state"].clone();
    browser.open(&format!("/callback?state={state}&error={code}"));
}

#[test]
fn the_configuration_of_session_mode_needs_no_provider_but_the_pages_own_server() {
    let parse = |text: &str| PageConfig::parse(text).map(|config| config.mode);
    assert_eq!(parse(r#"{"apiBase":"/api/v1.0","mode":"session"}"#), Ok(SignInMode::Session));
    for base in ["https://api.example/v1.0", "//evil.example"] {
        let text = json!({ "apiBase": base, "mode": "session" }).to_string();
        assert!(matches!(parse(&text), Err(ConfigError::Value(_))), "{base}");
    }
    assert_eq!(parse(r#"{"apiBase":"/api/v1.0","mode":"sessions"}"#), Err(ConfigError::Value("mode")));
    assert_eq!(parse(r#"{"apiBase":"/api/v1.0","mode":"token"}"#), Err(ConfigError::Field("authority")));
}

#[test]
fn a_reload_asks_the_server_who_is_signed_in_and_leaves_for_nowhere() {
    let mut browser = signed_in_at("/devices/a");
    assert!(browser.left_for.is_empty() && !browser.is_waiting_for("/openid-configuration"));
    assert_eq!(browser.model.page.session.signed_in().unwrap().sub, "ann");
    for _ in 0..3 {
        browser.reload();
        browser.answer("/session", Ok(standing("ann", 0)));
        assert_eq!(browser.address, "/devices/a");
    }
}

#[test]
fn nobody_signed_in_is_a_screen_with_a_button_and_no_loop() {
    let mut browser = Browser::in_session_mode();
    browser.open("/devices");
    browser.answer("/session", Ok(nobody()));
    assert_eq!(browser.model.page.session, Session::SignedOut);
    assert!(browser.left_for.is_empty());
    browser.dispatch(Event::SignIn(sign_in::Event::SignInChosen));
    let address = browser.left_for.last().unwrap();
    assert!(address.starts_with("/session/sign-in?purpose=signIn&state="), "{address}");
    come_back(&mut browser, standing("ann", 0));
    assert_eq!((browser.route(), browser.address.as_str()), (&Route::Devices, "/devices"));
    assert!(browser.storage.keys().all(|key| !key.starts_with("portal.transaction.")), "used up");
}

#[test]
fn calls_carry_the_header_of_session_mode_and_no_token() {
    let mut browser = Browser::in_session_mode();
    browser.open("/devices/a");
    let asked = browser.answer("/session", Ok(standing("ann/é", 0)));
    assert_eq!((header(&asked, "X-Portal-Session"), asked.is_of_session()), (Some("-"), true));
    for (_, request) in &browser.requests {
        let is_public = request.url.ends_with("/branding");
        assert_eq!(request.is_of_session(), !is_public, "{}", request.url);
        assert_eq!(header(request, "Authorization"), None);
        if !is_public {
            assert_eq!(
                header(request, "X-Portal-Session"),
                Some("ann%2F%C3%A9"),
                "whom the page believes in"
            );
        }
    }
    assert!(browser.requests.iter().any(|(_, request)| request.is_of_session()));
    let mut by_token = Browser::sign_in_at("/devices/a");
    by_token.answer("/managedDevices/a", Ok(answer(200, &device_json("a"))));
    assert!(by_token.requests.iter().all(|(_, request)| !request.is_of_session()), "no cookies with tokens");
}

#[test]
fn a_step_up_is_one_navigation_and_opens_the_confirmation() {
    let mut browser = signed_in_at("/devices/a");
    browser.answer("/managedDevices/a", Ok(answer(200, &device_json("a"))));
    browser.dispatch(Event::Actions(actions::Event::ResetChosen(id("a"))));
    browser.dispatch(Event::Actions(actions::Event::SignOutForResetChosen));
    assert_eq!(browser.asked()["purpose"], "stepUp");
    assert_eq!(browser.last_history(), Some(HistoryEntry::Push));
    come_back(&mut browser, standing("ann", 10));
    assert_eq!(browser.address, "/devices/a/reset-passcode");
    browser.answer("/managedDevices/a", Ok(answer(200, &device_json("a"))));
    assert!(
        matches!(browser.model.features.actions.reset, ActionFlow::Confirm { .. }),
        "{:?}",
        browser.model.features.actions.reset
    );
    assert_eq!(browser.model.time_left(), Some(Milliseconds(270_000)), "by the server's clock");
    assert_eq!(browser.count("POST /resetPasscode"), 0);
    browser.dispatch(Event::Actions(actions::Event::ResetConfirmed));
    assert_eq!(browser.count("POST /resetPasscode"), 1);
}

#[test]
fn what_went_wrong_at_the_server_is_explained_as_the_page_would() {
    for (code, is_explained) in [
        (
            "auth.subject_mismatch",
            (|state| matches!(state, ActionFlow::SignIn { step: SignInStep::WrongPerson, .. }))
                as fn(&ActionFlow) -> bool,
        ),
        ("auth.access_denied", |state| {
            matches!(state, ActionFlow::SignIn { step: SignInStep::Cancelled, .. })
        }),
        ("auth.transaction_expired", |state| {
            matches!(state, ActionFlow::SignIn { step: SignInStep::Expired, .. })
        }),
        ("auth.nonce_mismatch", |state| matches!(state, ActionFlow::SignIn { step: SignInStep::Failed, .. })),
        ("nonsense", |state| matches!(state, ActionFlow::SignIn { step: SignInStep::Failed, .. })),
    ] {
        let mut browser = signed_in_at("/devices/a");
        browser.answer("/managedDevices/a", Ok(answer(200, &device_json("a"))));
        browser.dispatch(Event::Actions(actions::Event::ResetChosen(id("a"))));
        browser.dispatch(Event::Actions(actions::Event::SignOutForResetChosen));
        come_back_with(&mut browser, code);
        assert!(
            is_explained(&browser.model.features.actions.reset),
            "{code}: {:?}",
            browser.model.features.actions.reset
        );
        assert!(!browser.is_waiting_for("/session"), "nothing is asked");
        assert_eq!(browser.address, "/devices/a/reset-passcode");
    }
}

#[test]
fn somebody_else_is_noticed_by_the_page_too() {
    let mut browser = signed_in_at("/devices/a");
    browser.answer("/managedDevices/a", Ok(answer(200, &device_json("a"))));
    browser.dispatch(Event::Actions(actions::Event::ResetChosen(id("a"))));
    browser.dispatch(Event::Actions(actions::Event::SignOutForResetChosen));
    come_back(&mut browser, standing("ben", 0));
    assert!(
        matches!(
            browser.model.features.actions.reset,
            ActionFlow::SignIn { step: SignInStep::WrongPerson, .. }
        ),
        "{:?}",
        browser.model.features.actions.reset
    );
    assert!(browser.model.page.session.signed_in().is_none());
}

#[test]
fn a_step_up_that_took_too_long_is_explained() {
    let mut browser = signed_in_at("/devices/a");
    browser.answer("/managedDevices/a", Ok(answer(200, &device_json("a"))));
    browser.dispatch(Event::Actions(actions::Event::ResetChosen(id("a"))));
    browser.dispatch(Event::Actions(actions::Event::SignOutForResetChosen));
    browser.pass(281);
    come_back(&mut browser, standing("ann", 281));
    assert!(
        matches!(browser.model.features.actions.reset, ActionFlow::SignIn { step: SignInStep::Expired, .. }),
        "{:?}",
        browser.model.features.actions.reset
    );
}

#[test]
fn a_callback_nobody_asked_for_asks_the_server_nothing() {
    let mut browser = Browser::in_session_mode();
    browser.open("/callback?state=foreign");
    assert_eq!(browser.failure(), Some(SignInError::StateMismatch));
    assert!(!browser.is_waiting_for("/session"));
}

#[test]
fn an_expired_session_is_asked_about_once_and_then_a_screen() {
    let mut browser = signed_in_at("/devices/a");
    browser.pass(61);
    browser.answer("/managedDevices/a", Ok(problem(401, "unauthenticated")));
    browser.answer("/session", Ok(nobody()));
    assert_eq!(browser.model.page.session, Session::SignedOut);
    assert_eq!(browser.address, "/devices/a");
    assert!(browser.left_for.is_empty());
}

#[test]
fn somebody_else_who_signed_in_in_another_tab_does_not_take_over_this_one() {
    let mut browser = signed_in_at("/devices/a");
    browser.pass(61);
    browser.answer("/managedDevices/a", Ok(problem(401, "unauthenticated")));
    browser.answer("/session", Ok(standing("ben", 0)));
    assert_eq!(browser.failure(), Some(SignInError::SubjectMismatch));
}

#[test]
fn signing_out_ends_the_session_at_the_server_and_goes_where_that_says() {
    let mut browser = signed_in_at("/devices/a");
    browser.answer("/managedDevices/a", Ok(answer(200, &device_json("a"))));
    browser.dispatch(Event::SignIn(sign_in::Event::SignOutChosen));
    assert!(
        browser.model.features.devices.detail.device.is_none()
            && browser.model.page.session.signed_in().is_none(),
        "at once"
    );
    assert!(browser.has_effect(&Effect::BroadcastSignedOut));
    let request = browser.answer("/session/sign-out", Ok(nobody()));
    assert!(request.is_of_session() && request.method.as_str() == "POST");
    assert_eq!(browser.left_for.last().map(String::as_str), Some("/session/end"));
    assert!(browser.has_effect(&Effect::BlankPage));
    assert!(browser.storage.is_empty(), "{:?}", browser.storage);
}

#[test]
fn a_sign_out_that_did_not_arrive_is_made_up_for_before_anybody_is_greeted() {
    let mut browser = signed_in_at("/devices/a");
    browser.dispatch(Event::SignIn(sign_in::Event::SignOutChosen));
    browser.answer("/session/sign-out", Err(NetworkFault::Offline));
    assert_eq!((&browser.model.page.session, browser.address.as_str()), (&Session::SignedOut, "/signed-out"));
    browser.dispatch(Event::App(AppEvent::WentOnline));
    assert_eq!(browser.count("POST /session/sign-out"), 2, "as soon as there is a network");
    browser.answer("/session/sign-out", Err(NetworkFault::Broken));
    browser.open("/devices");
    assert!(browser.is_waiting_for("/session/sign-out"), "{:?}", browser.requests);
    assert!(!browser.requests.iter().any(|(_, request)| request.url == "/session"));
    browser.answer("/session/sign-out", Ok(nobody()));
    assert_eq!(browser.left_for.last().map(String::as_str), Some("/session/end"));
    assert!(browser.storage.is_empty(), "{:?}", browser.storage);
    browser.open("/devices");
    assert!(browser.requests.iter().any(|(_, request)| request.url == "/session"));
}

#[test]
fn a_server_that_cannot_be_reached_is_explained_and_can_be_asked_again() {
    let mut browser = Browser::in_session_mode();
    browser.open("/devices");
    browser.answer("/session", Err(NetworkFault::Broken));
    assert_eq!(browser.failure(), Some(SignInError::ProviderUnreachable));
    for wrong in
        [answer(200, &json!({})), answer(200, &json!({ "id": "", "currentDateTime": support::rfc3339(0) }))]
    {
        let mut browser = Browser::in_session_mode();
        browser.open("/devices");
        browser.answer("/session", Ok(wrong));
        assert_eq!(browser.failure(), Some(SignInError::TokenAnswerMalformed));
    }
}

#[test]
fn nothing_secret_is_written_down_on_the_way() {
    let mut browser = signed_in_at("/devices/a");
    browser.answer("/managedDevices/a", Ok(answer(200, &device_json("a"))));
    browser.dispatch(Event::Actions(actions::Event::ResetChosen(id("a"))));
    browser.dispatch(Event::Actions(actions::Event::SignOutForResetChosen));
    come_back(&mut browser, standing("ann", 0));
    assert!(!browser.debugged.contains("ann@example"), "nor the person");
    assert!(!browser.debugged.contains("Bearer"));
}
