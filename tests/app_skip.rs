//! A reset right after the first sign-in, where the organisation asks for no second one (F28 of the walk, ADR 61). Off unless
//! the server says so; said on the page; and told to the server, whatever the page is reloaded into.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "test code fails loudly")]

mod support;

use passcode_portal::app::Event;
use passcode_portal::core::Announcement;
use passcode_portal::domain::{ActionFlow, Milliseconds, WhyExplain};
use passcode_portal::features::actions;
use passcode_portal::http::HttpRequest;
use passcode_portal::route::Route;
use serde_json::{Value, json};
use support::browser::Browser;
use support::{SERVER, answer, device_json, id, problem, run_json, with_header};

const DEVICE: &str = "/managedDevices/a";
const POST: &str = "/resetPasscode";

/// Signed in just now at the device; what `GET /me` says of the setting.
fn signed_in(within: Value) -> Browser {
    at_device(Browser::new(), within)
}

fn at_device(browser: Browser, within: Value) -> Browser {
    let mut browser = browser.signed_in_at("/devices/a");
    let mut me = json!({ "id": "ann", "displayName": "Ann" });
    if !within.is_null() {
        me["skipSecondSignInWithinSeconds"] = within;
    }
    browser.answer("/me", Ok(answer(200, &me)));
    browser.answer(DEVICE, Ok(answer(200, &device_json("a"))));
    browser
}

fn choose(browser: &mut Browser) {
    browser.dispatch(Event::Actions(actions::Event::ResetChosen(id("a"))));
}

fn go_on(browser: &mut Browser) {
    browser.dispatch(Event::Actions(actions::Event::FirstSignInUsed));
}

fn flow(browser: &Browser) -> &ActionFlow {
    &browser.model.features.actions.reset
}

fn is_offered(browser: &Browser) -> bool {
    browser.model.page.first_sign_in().is_some()
}

/// At the confirmation by the first sign-in of 10 s ago, which counts for 120 s.
fn confirming() -> Browser {
    let mut browser = signed_in(json!(120));
    browser.pass(10);
    choose(&mut browser);
    assert!(is_offered(&browser));
    go_on(&mut browser);
    browser.answer(DEVICE, Ok(answer(200, &device_json("a"))));
    assert!(matches!(flow(&browser), ActionFlow::Confirm { .. }), "{:?}", flow(&browser));
    browser
}

fn says_it_was_skipped(request: &HttpRequest) -> bool {
    request.body.as_deref() == Some(r#"{"skipSecondSignIn":true}"#)
}

#[test]
fn where_the_organisation_chose_so_one_click_leads_to_the_confirmation_and_the_request_says_it() {
    let mut browser = confirming();
    assert_eq!(browser.left_for.len(), 1, "the first sign-in, and no other");
    assert_eq!(*browser.route(), Route::ResetPasscode(id("a")));
    assert_eq!(browser.model.time_left(), Some(Milliseconds(90_000)), "120 s, less 10 and the page's 20");
    assert_eq!(browser.count("POST /resetPasscode"), 0, "never by itself");
    browser.dispatch(Event::Actions(actions::Event::ResetConfirmed));
    let request = browser.answer(POST, Ok(answer(202, &run_json("r1", "pending", None, 0))));
    assert!(says_it_was_skipped(&request), "{:?}", request.body);
    assert!(matches!(flow(&browser), ActionFlow::Pending { .. }));
}

#[test]
fn it_is_off_unless_the_server_says_so_and_never_longer_than_two_minutes() {
    for within in [Value::Null, json!(0), json!(-5), json!(20)] {
        let mut browser = signed_in(within.clone());
        choose(&mut browser);
        assert!(!is_offered(&browser), "{within}");
        go_on(&mut browser);
        assert!(
            !matches!(flow(&browser), ActionFlow::Confirm { .. } | ActionFlow::Reading { .. }),
            "{within}"
        );
        assert_eq!(browser.count("POST /resetPasscode"), 0);
    }
    let mut browser = signed_in(json!(9_999));
    assert!(is_offered(&browser));
    browser.pass(81);
    choose(&mut browser);
    assert!(!is_offered(&browser), "20 s have to be left for reading, of 100");
}

#[test]
fn where_more_is_asked_of_a_second_sign_in_the_first_is_not_enough() {
    let asks_more = |config: &mut Value| config["stepUpAcrValues"] = json!("c1");
    assert!(!is_offered(&at_device(Browser::new().with_config(asks_more), json!(120))));
    // The server asked for more, by a challenge.
    let mut browser = confirming();
    browser.dispatch(Event::Actions(actions::Event::ResetConfirmed));
    let challenge = r#"Bearer error="insufficient_user_authentication", max_age="300""#;
    let refusal = with_header(problem(401, "insufficientUserAuthentication"), "WWW-Authenticate", challenge);
    browser.answer(POST, Ok(refusal));
    assert_eq!(*flow(&browser), ActionFlow::Explain { device: id("a"), why: WhyExplain::Challenged });
    assert!(!is_offered(&browser), "and the second sign-in is what is offered now");
    browser.dispatch(Event::Actions(actions::Event::SignOutForResetChosen));
    assert_eq!(browser.left_for.len(), 2);
}

#[test]
fn when_its_time_is_over_the_second_sign_in_is_asked_for_and_nothing_is_lost() {
    // Over while the explanation stands there.
    let mut browser = signed_in(json!(120));
    choose(&mut browser);
    browser.pass(85);
    go_on(&mut browser);
    let over = ActionFlow::Explain { device: id("a"), why: WhyExplain::FirstIsOver };
    assert_eq!(*flow(&browser), over);
    // Over while the confirmation does.
    let mut browser = confirming();
    browser.pass(91);
    assert_eq!(*flow(&browser), over);
    assert_eq!(browser.model.page.announcement.latest, Some(Announcement::CountdownOver));
    browser.dispatch(Event::Actions(actions::Event::ResetConfirmed));
    assert_eq!(browser.count("POST /resetPasscode"), 0);
    browser.dispatch(Event::Actions(actions::Event::SignOutForResetChosen));
    assert!(browser.left_for.last().unwrap().starts_with("https://id.example/logout?"));
}

#[test]
fn a_reload_makes_no_second_sign_in_of_the_first() {
    let reloaded = |after: i64| {
        let mut browser = confirming();
        browser.pass(after);
        browser.reload();
        browser.answer_discovery();
        assert_eq!(browser.asked()["prompt"], "none");
        browser.return_with(|claims| {
            claims["iat"] = json!(SERVER + 10 + after);
            claims["exp"] = json!(SERVER + 900);
        });
        browser
    };
    let mut browser = reloaded(30);
    browser.answer(DEVICE, Ok(answer(200, &device_json("a"))));
    assert_eq!(browser.model.time_left(), Some(Milliseconds(60_000)), "{:?}", flow(&browser));
    browser.dispatch(Event::Actions(actions::Event::ResetConfirmed));
    assert!(says_it_was_skipped(&browser.answer(POST, Ok(answer(202, &run_json("r1", "pending", None, 0))))));
    // Of the 300 s of a second sign-in there would be left enough.
    let late = reloaded(100);
    assert!(!matches!(flow(&late), ActionFlow::Confirm { .. } | ActionFlow::Reading { grant: Some(_), .. }));
}

#[test]
fn a_second_sign_in_says_nothing_of_a_first() {
    let mut browser = Browser::at_confirmation();
    browser.dispatch(Event::Actions(actions::Event::ResetConfirmed));
    let request = browser.answer(POST, Ok(answer(202, &run_json("r1", "pending", None, 0))));
    assert_eq!(request.body, None);
}
