//! Nobody who signed out for a reset is stranded: whoever opens the portal again in that tab is offered to go on, and one
//! click leads to the fresh sign-in. In both modes.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "test code fails loudly")]

mod support;

use passcode_portal::app::{AppEvent, Event};
use passcode_portal::domain::ActionFlow;
use passcode_portal::features::{actions, sign_in};
use passcode_portal::http::HttpAnswer;
use passcode_portal::route::Route;
use serde_json::{Value, json};
use support::browser::Browser;
use support::{SERVER, answer, device_json, id, rfc3339};

const DEVICE: &str = "/managedDevices/a";

fn nobody() -> HttpAnswer {
    HttpAnswer { status: 204, headers: Vec::new(), body: String::new() }
}

fn who(sub: &str) -> HttpAnswer {
    let session = json!({ "id": sub, "displayName": "Ann", "userPrincipalName": "ann@example",
        "authTime": rfc3339(SERVER), "currentDateTime": rfc3339(SERVER) });
    answer(200, &session)
}

/// A page of one mode whose person has pressed "Sign out" in the explanation of the reset of device `a`, and what differs.
struct Mode {
    name: &'static str,
    browser: Browser,
    is_session: bool,
}

impl Mode {
    fn both() -> [Self; 2] {
        let mut token = Browser::sign_in_at("/devices/a");
        token.answer(DEVICE, Ok(answer(200, &device_json("a"))));
        let mut session = Browser::in_session_mode();
        session.open("/devices/a");
        session.answer("/session", Ok(who("ann")));
        session.answer(DEVICE, Ok(answer(200, &device_json("a"))));
        let mut modes = [
            Self { name: "token", browser: token, is_session: false },
            Self { name: "session", browser: session, is_session: true },
        ];
        for mode in &mut modes {
            mode.browser.dispatch(Event::Actions(actions::Event::ResetChosen(id("a"))));
            mode.browser.dispatch(Event::Actions(actions::Event::SignOutForResetChosen));
        }
        modes
    }

    /// Opens the page; whoever asks who is signed in hears that nobody is.
    fn open(&mut self, address: &str) {
        self.browser.open(address);
        if self.browser.is_waiting_for("/session") {
            self.browser.answer("/session", Ok(nobody()));
        }
        if self.browser.is_waiting_for("/openid-configuration") {
            self.browser.answer_discovery();
        }
    }

    fn is_offered(&self) -> bool {
        self.browser.model.shows_reset_explanation()
            && *self.browser.route() == Route::ResetPasscode(id("a"))
            && matches!(self.browser.model.features.actions.reset, ActionFlow::SignIn { .. })
    }

    /// Presses the one button; whether that leads to a fresh sign-in, and not to another sign-out.
    fn goes_to_fresh_sign_in(&mut self) -> bool {
        let before = self.browser.left_for.len();
        self.browser.dispatch(Event::Actions(actions::Event::SignOutForResetChosen));
        if self.browser.is_waiting_for("/openid-configuration") {
            self.browser.answer_discovery();
        }
        let left = self.browser.left_for.len() == before + 1;
        left && if self.is_session {
            self.browser.asked()["purpose"] == "stepUp"
        } else {
            let asked = self.browser.asked();
            asked.get("prompt").map(String::as_str) == Some("login") && asked["login_hint"] == "ann@example"
        }
    }
}

/// Every way to open the portal again: by hand, a reload, Back, an address without `state`.
const AGAIN: [&str; 8] = [
    "/",
    "/devices",
    "/devices/a",
    "/devices/b",
    "/devices/a/reset-passcode",
    "/signed-out",
    "/signed-out?state=of-somebody-else",
    "/notifications",
];

#[test]
fn whoever_opens_the_portal_again_is_offered_to_go_on_and_one_click_leads_to_the_fresh_sign_in() {
    for address in AGAIN {
        for mut mode in Mode::both() {
            mode.open(address);
            let name = mode.name;
            assert!(mode.is_offered(), "{name} {address}: {:?}", mode.browser.model.features.actions.reset);
            assert_eq!(mode.browser.left_for.len(), if mode.is_session { 1 } else { 2 }, "not by itself");
            assert!(mode.goes_to_fresh_sign_in(), "{name} {address}: {:?}", mode.browser.left_for);
        }
    }
}

#[test]
fn a_reload_of_the_offer_offers_it_again_until_the_ten_minutes_are_over() {
    for mut mode in Mode::both() {
        for _ in 0..3 {
            mode.open("/");
            assert!(mode.is_offered(), "{}", mode.name);
        }
        mode.browser.pass(599);
        mode.open("/devices");
        assert!(mode.is_offered(), "{}", mode.name);
        mode.browser.pass(2);
        mode.open("/devices");
        assert!(!mode.is_offered(), "{}", mode.name);
        assert!(!mode.browser.storage.keys().any(|key| key.contains("step-up")), "{}", mode.name);
    }
}

#[test]
fn an_answer_of_the_provider_that_belongs_to_nothing_leads_back_to_the_reset() {
    for query in
        ["error=server_error", "error=invalid_request&state=foreign", "code=x", "error=auth.state_mismatch"]
    {
        for mut mode in Mode::both() {
            mode.open(&format!("/callback?{query}"));
            assert!(
                mode.is_offered(),
                "{} {query}: {:?}",
                mode.name,
                mode.browser.model.features.actions.reset
            );
            assert!(mode.goes_to_fresh_sign_in(), "{} {query}", mode.name);
        }
    }
}

#[test]
fn a_person_who_is_signed_in_again_after_the_sign_out_is_not_sent_to_sign_out_once_more() {
    // The provider's own page signed them in, or a link did: the explanation is opened again.
    let mut browser = Browser::sign_in_at("/devices/a");
    browser.answer(DEVICE, Ok(answer(200, &device_json("a"))));
    browser.dispatch(Event::Actions(actions::Event::ResetChosen(id("a"))));
    browser.dispatch(Event::Actions(actions::Event::SignOutForResetChosen));
    assert!(browser.left_for.last().unwrap().contains("/logout"));
    browser.open("/help");
    browser.dispatch(Event::App(AppEvent::LinkFollowed(Route::Home)));
    browser.dispatch(Event::SignIn(sign_in::Event::SignInChosen));
    browser.answer_discovery();
    browser.return_with(|_| {});
    browser.dispatch(Event::App(AppEvent::LinkFollowed(Route::Device(id("a")))));
    browser.dispatch(Event::Actions(actions::Event::ResetChosen(id("a"))));
    browser.dispatch(Event::Actions(actions::Event::SignOutForResetChosen));
    assert_eq!(browser.asked()["prompt"], "login", "{:?}", browser.left_for);
}

#[test]
fn cancelling_the_offer_forgets_it() {
    for mut mode in Mode::both() {
        mode.open("/");
        mode.browser.dispatch(Event::Actions(actions::Event::ResetCancelled));
        mode.open("/devices");
        assert!(!mode.is_offered(), "{}", mode.name);
    }
}

#[test]
fn a_reset_that_was_gone_on_with_is_offered_no_more() {
    for mut mode in Mode::both() {
        mode.open("/");
        assert!(mode.goes_to_fresh_sign_in());
        if mode.is_session {
            let state = mode.browser.asked()["state"].clone();
            mode.browser.open(&format!("/callback?state={state}"));
            mode.browser.answer("/session", Ok(who("ann")));
        } else {
            mode.browser.return_with(|_| {});
        }
        mode.browser.answer(DEVICE, Ok(answer(200, &device_json("a"))));
        assert!(
            matches!(mode.browser.model.features.actions.reset, ActionFlow::Confirm { .. }),
            "{}",
            mode.name
        );
        assert!(!mode.browser.storage.keys().any(|key| key.contains("step-up")), "{}", mode.name);
    }
}

#[test]
fn somebody_elses_sign_in_and_a_sign_out_end_the_offer() {
    let mut browser = Browser::sign_in_at("/devices/a");
    browser.answer(DEVICE, Ok(answer(200, &device_json("a"))));
    browser.dispatch(Event::Actions(actions::Event::ResetChosen(id("a"))));
    browser.dispatch(Event::Actions(actions::Event::SignOutForResetChosen));
    browser.open("/help");
    browser.dispatch(Event::App(AppEvent::LinkFollowed(Route::Home)));
    browser.dispatch(Event::SignIn(sign_in::Event::SignInChosen));
    browser.answer_discovery();
    browser.return_with(|claims| claims["sub"] = "ben".into());
    assert!(!browser.storage.values().any(|value| value.contains("ann")), "{:?}", browser.storage.keys());

    let mut browser = Browser::sign_in_at("/devices/a");
    browser.answer(DEVICE, Ok(answer(200, &device_json("a"))));
    browser.dispatch(Event::SignIn(sign_in::Event::SignOutChosen));
    browser.open("/signed-out");
    assert!(!browser.model.shows_reset_explanation(), "an ordinary sign-out offers nothing");
}

#[test]
fn where_it_wants_no_sign_out_the_way_leads_straight_to_the_fresh_sign_in() {
    let mut browser = Browser::new().with_config(|config| config["signOutFirst"] = false.into());
    browser = browser.signed_in_at("/devices/a");
    browser.answer(DEVICE, Ok(answer(200, &device_json("a"))));
    browser.dispatch(Event::Actions(actions::Event::ResetChosen(id("a"))));
    browser.dispatch(Event::Actions(actions::Event::SignOutForResetChosen));
    assert_eq!(browser.asked()["prompt"], "login");
    assert!(!browser.model.features.sign_in.signs_out_first(&browser.model.page), "the page says so");

    let mut session = Browser::in_session_mode().with_config(|config| config["signOutFirst"] = false.into());
    session.open("/devices/a");
    session.answer("/session", Ok(who("ann")));
    session.answer(DEVICE, Ok(answer(200, &device_json("a"))));
    session.dispatch(Event::Actions(actions::Event::ResetChosen(id("a"))));
    session.dispatch(Event::Actions(actions::Event::SignOutForResetChosen));
    assert_eq!(session.asked()["signOut"], "skip");
}

#[test]
fn a_sign_out_address_never_becomes_too_long_for_the_provider() {
    let mut browser = Browser::sign_in_with(|claims| {
        claims["groups"] = Value::from((0..200).map(|n| format!("group-number-{n}")).collect::<Vec<_>>());
    });
    browser.dispatch(Event::SignIn(sign_in::Event::SignOutChosen));
    let left = browser.left_for.last().unwrap();
    assert!(left.contains("/logout") && left.len() <= 1536, "{} bytes", left.len());
    assert!(!left.contains("id_token_hint") && left.contains("client_id=client"));
}

#[test]
fn amazon_cognito_is_signed_out_of_in_its_own_way() {
    let mut browser = Browser::new().with_discovery(|document| {
        document["end_session_endpoint"] = "https://portal.auth.eu-west-1.amazoncognito.com/logout".into();
    });
    browser = browser.signed_in_at("/devices/a");
    browser.dispatch(Event::SignIn(sign_in::Event::SignOutChosen));
    let asked = browser.asked();
    assert_eq!(asked["logout_uri"], "https://portal.example/signed-out");
    assert_eq!(asked["client_id"], "client");
    assert!(!asked.contains_key("post_logout_redirect_uri") && !asked.contains_key("id_token_hint"));
}
