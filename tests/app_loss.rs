//! Removing and erasing a device through the whole page: nothing begins by opening an address, both proofs are asked for, what
//! is lost has to be known, and the end is told although the device has gone.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "test code fails loudly")]

mod support;

use passcode_portal::app::{AppEvent, Event};
use passcode_portal::core::{ActionNews, Announcement, Session};
use passcode_portal::domain::{Action, ActionFlow, Ending, SignInStep, StopReason, SubmitStep, WhyExplain};
use passcode_portal::features::actions;
use passcode_portal::features::actions::LossKnown;
use passcode_portal::http::{HttpRequest, NetworkFault};
use passcode_portal::route::Route;
use serde_json::{Value, json};
use support::browser::Browser;
use support::{answer, device_json, id, problem, run_json};

const DEVICE: &str = "/managedDevices/a";
const CASES: [(Action, &str, &str); 2] =
    [(Action::Retire, "/devices/a/remove", "retire"), (Action::Wipe, "/devices/a/erase", "wipe")];

fn device() -> Value {
    let mut device = device_json("a");
    for action in ["retire", "wipe"] {
        device["actions"][action] = json!({ "allowed": true });
    }
    device
}

fn run_of(name: &str, state: &str, code: Option<&str>) -> Value {
    let mut result = run_json("w1", state, code, 0);
    result["actionName"] = name.into();
    result
}

fn with_run(name: &str, state: &str, code: Option<&str>) -> Value {
    let mut device = device();
    device["deviceActionResults"] = json!([run_of(name, state, code)]);
    for action in ["resetPasscode", "retire", "wipe"] {
        if state == "pending" {
            device["actions"][action] = json!({ "allowed": false, "reason": "eraseOrRetirePending" });
        }
    }
    device
}

fn flow(browser: &Browser, action: Action) -> &ActionFlow {
    browser.model.features.actions.flow(&id("a"), action)
}

fn say(browser: &mut Browser, event: actions::Event) {
    browser.dispatch(Event::Actions(event));
}

/// At the explanation of the action, opened by its address.
fn at_explanation(action: Action, path: &str) -> Browser {
    let mut browser = Browser::sign_in_at(path);
    browser.answer(DEVICE, Ok(answer(200, &device())));
    let explained = ActionFlow::Explain { device: id("a"), why: WhyExplain::FirstTime };
    assert_eq!(*flow(&browser, action), explained);
    browser
}

/// On to the provider, through the sign-out.
fn leave(browser: &mut Browser, action: Action) {
    say(browser, actions::Event::SignInChosen(id("a"), action));
    let state = browser.asked()["state"].clone();
    browser.open(&format!("/signed-out?state={state}"));
    browser.answer_discovery();
}

fn at_confirmation(action: Action, path: &str) -> Browser {
    let mut browser = at_explanation(action, path);
    leave(&mut browser, action);
    browser.return_with(|_| {});
    browser.answer(DEVICE, Ok(answer(200, &device())));
    assert!(matches!(flow(&browser, action), ActionFlow::Confirm { .. }), "{:?}", flow(&browser, action));
    browser
}

fn confirm(browser: &mut Browser, action: Action) {
    say(browser, actions::Event::LossToggled);
    say(browser, actions::Event::Confirmed(id("a"), action));
}

#[test]
fn an_address_starts_nothing() {
    for (action, path, name) in CASES {
        let mut browser = at_explanation(action, path);
        confirm(&mut browser, action);
        assert_eq!(browser.count(&format!("POST /actions/{name}")), 0);
        assert_eq!(browser.left_for.len(), 1, "only to sign in");
    }
}

#[test]
fn from_the_explanation_through_a_fresh_sign_in_and_a_tick_to_the_end_of_the_device() {
    for (action, path, name) in CASES {
        let mut browser = at_explanation(action, path);
        leave(&mut browser, action);
        assert_eq!(browser.asked()["prompt"], "login", "the same fresh sign-in as for a reset");
        assert_eq!(browser.asked()["max_age"], "300");
        browser.return_with(|_| {});
        assert_eq!(browser.address, path);
        browser.answer(DEVICE, Ok(answer(200, &device())));
        assert!(browser.model.time_left().is_some(), "the clock runs");

        say(&mut browser, actions::Event::Confirmed(id("a"), action));
        assert_eq!(browser.model.features.actions.loss, LossKnown::Missed(1), "told what is missing");
        say(&mut browser, actions::Event::Confirmed(id("a"), action));
        assert_eq!(
            browser.model.features.actions.loss,
            LossKnown::Missed(2),
            "and told again: the alert is made anew"
        );
        assert_eq!(browser.count(&format!("POST /actions/{name}")), 0);
        confirm(&mut browser, action);
        say(&mut browser, actions::Event::Confirmed(id("a"), action));
        assert_eq!(browser.count(&format!("POST /actions/{name}")), 1, "one post however many clicks");
        let request =
            browser.answer(&format!("/actions/{name}"), Ok(answer(202, &run_of(name, "pending", None))));
        assert_eq!(request.body.as_deref(), Some("{}"));
        assert!(request.headers.iter().any(|(header, _)| *header == "Idempotency-Key"));
        assert!(!browser.storage.contains_key("portal.resume"), "used once");

        browser.pass(3);
        browser.answer(DEVICE, Ok(answer(200, &with_run(name, "pending", None))));
        assert!(matches!(flow(&browser, action), ActionFlow::Pending { .. }));
        browser.pass(5);
        browser.answer(DEVICE, Ok(problem(404, "notFound")));
        let ActionFlow::Ended { end: Ending::Done(_), .. } = flow(&browser, action) else {
            panic!("{:?}", flow(&browser, action))
        };
        let done = Announcement::Action { action, news: ActionNews::Done, device: "Phone a".to_owned() };
        assert_eq!(browser.model.page.announcement.latest, Some(done), "by its name, although it has gone");
        assert_eq!(browser.model.features.devices.list.find(&id("a")), None);
    }
}

#[test]
fn whoever_comes_back_in_another_way_has_lost_nothing() {
    for (action, path, name) in CASES {
        let mut cancelled = at_explanation(action, path);
        leave(&mut cancelled, action);
        cancelled.return_with_error("access_denied");
        let mut other = at_explanation(action, path);
        leave(&mut other, action);
        other.return_with(|claims| claims["sub"] = "somebody else".into());
        let mut late = at_confirmation(action, path);
        late.pass(281);
        let mut left = at_explanation(action, path);
        leave(&mut left, action);
        left.open("/devices");
        for (browser, wanted) in [
            (cancelled, SignInStep::Cancelled),
            (other, SignInStep::WrongPerson),
            (late, SignInStep::Expired),
            (left, SignInStep::Interrupted),
        ] {
            let expected = ActionFlow::SignIn { device: id("a"), step: wanted };
            assert_eq!(*flow(&browser, action), expected);
            assert!(browser.model.shows_reset_explanation(), "{wanted:?} is explained");
            assert_eq!(browser.route().action(), Some(action));
            assert_eq!(browser.count(&format!("POST /actions/{name}")), 0);
        }
    }
}

#[test]
fn a_reload_of_the_confirmation_comes_back_to_it_and_asks_for_the_tick_again() {
    for (action, path, name) in CASES {
        let mut browser = at_confirmation(action, path);
        say(&mut browser, actions::Event::LossToggled);
        browser.reload();
        browser.answer_discovery();
        browser.return_with(|_| {});
        browser.answer(DEVICE, Ok(answer(200, &device())));
        assert!(matches!(flow(&browser, action), ActionFlow::Confirm { .. }), "{:?}", flow(&browser, action));
        say(&mut browser, actions::Event::Confirmed(id("a"), action));
        assert_eq!(browser.count(&format!("POST /actions/{name}")), 0);
    }
}

#[test]
fn a_record_of_one_action_opens_no_other() {
    let mut browser = at_confirmation(Action::Retire, "/devices/a/remove");
    let kept = browser.storage["portal.resume"].clone();
    browser.open("/devices/a/erase");
    browser.answer_discovery();
    browser.return_with(|_| {});
    browser.answer(DEVICE, Ok(answer(200, &device())));
    assert!(matches!(flow(&browser, Action::Wipe), ActionFlow::Explain { .. }), "from {kept}");
    assert_eq!(*flow(&browser, Action::Retire), ActionFlow::Idle);
}

#[test]
fn what_the_server_refuses_is_explained() {
    for (action, path, name) in CASES {
        let mut browser = at_confirmation(action, path);
        confirm(&mut browser, action);
        let refused = json!({ "code": "actionNotAllowed", "reason": "organizationPolicy", "requestId": "q" });
        browser.answer(&format!("/actions/{name}"), Ok(answer(403, &refused)));
        assert!(matches!(flow(&browser, action), ActionFlow::Stopped { why: StopReason::NotAllowed(_), .. }));
        let mut forbidden = device();
        forbidden["actions"][name] = json!({ "allowed": false, "reason": "sharedIpad" });
        let mut browser = Browser::sign_in_at(path);
        browser.answer(DEVICE, Ok(answer(200, &forbidden)));
        assert!(matches!(flow(&browser, action), ActionFlow::Stopped { why: StopReason::NotAllowed(_), .. }));
        let mut browser = Browser::sign_in_at(path);
        browser.answer(DEVICE, Ok(problem(404, "notFound")));
        assert!(matches!(flow(&browser, action), ActionFlow::Stopped { why: StopReason::Gone, .. }));
    }
}

#[test]
fn a_sign_in_that_the_server_finds_too_old_is_explained_and_nothing_is_lost() {
    let mut browser = at_confirmation(Action::Wipe, "/devices/a/erase");
    confirm(&mut browser, Action::Wipe);
    browser.answer("/actions/wipe", Ok(problem(401, "insufficientUserAuthentication")));
    let again = ActionFlow::Explain { device: id("a"), why: WhyExplain::Challenged };
    assert_eq!(*flow(&browser, Action::Wipe), again);
    assert!(matches!(browser.model.page.session, Session::SignedIn(_)));
}

#[test]
fn what_was_ticked_once_is_sent_again_after_a_look_elsewhere() {
    let mut browser = at_confirmation(Action::Wipe, "/devices/a/erase");
    confirm(&mut browser, Action::Wipe);
    let first = browser.answer("/actions/wipe", Err(NetworkFault::Broken));
    browser.answer(DEVICE, Ok(answer(200, &device())));
    let unknown = |browser: &Browser| {
        matches!(flow(browser, Action::Wipe), ActionFlow::Submit { step: SubmitStep::Unknown, .. })
    };
    assert!(unknown(&browser), "{:?}", flow(&browser, Action::Wipe));
    browser.dispatch(Event::App(AppEvent::LinkFollowed(Route::History)));
    browser.dispatch(Event::App(AppEvent::AddressChanged(Route::of_action(Action::Wipe, id("a")))));
    assert!(unknown(&browser), "{:?}", flow(&browser, Action::Wipe));
    say(&mut browser, actions::Event::Confirmed(id("a"), Action::Wipe));
    let second = browser.answer("/actions/wipe", Ok(answer(202, &run_of("wipe", "pending", None))));
    let key = |request: &HttpRequest| {
        request.headers.iter().find(|(name, _)| *name == "Idempotency-Key").map(|(_, key)| key.clone())
    };
    assert_eq!(key(&first), key(&second), "the same once more");
    assert!(key(&first).is_some());
}

#[test]
fn cancelling_leads_back_to_the_device_and_leaving_forgets_the_explanation() {
    let mut browser = at_confirmation(Action::Wipe, "/devices/a/erase");
    say(&mut browser, actions::Event::Cancelled(id("a"), Action::Wipe));
    assert_eq!((browser.route(), flow(&browser, Action::Wipe)), (&Route::Device(id("a")), &ActionFlow::Idle));
    assert!(!browser.storage.contains_key("portal.resume"));
    let mut browser = at_explanation(Action::Wipe, "/devices/a/erase");
    browser.dispatch(Event::App(AppEvent::LinkFollowed(Route::Device(id("a")))));
    assert_eq!(*flow(&browser, Action::Wipe), ActionFlow::Idle);
}

#[test]
fn a_failed_one_can_be_started_again_and_one_under_way_is_found_again() {
    for (action, path, name) in CASES {
        let mut browser = Browser::sign_in_at(path);
        browser.answer(DEVICE, Ok(answer(200, &with_run(name, "failed", Some("commandExpired")))));
        assert!(matches!(flow(&browser, action), ActionFlow::Ended { end: Ending::Failed(_), .. }));
        say(&mut browser, actions::Event::Restarted(id("a"), action));
        assert!(matches!(flow(&browser, action), ActionFlow::Explain { .. }));
        let mut browser = Browser::sign_in_at(path);
        browser.answer(DEVICE, Ok(answer(200, &with_run(name, "pending", None))));
        assert!(matches!(flow(&browser, action), ActionFlow::Pending { .. }));
    }
}

#[test]
fn without_a_network_nothing_is_sent() {
    let mut browser = at_confirmation(Action::Wipe, "/devices/a/erase");
    browser.dispatch(Event::App(AppEvent::WentOffline));
    confirm(&mut browser, Action::Wipe);
    browser.dispatch(Event::App(AppEvent::WentOnline));
    assert_eq!(browser.count("POST /actions/wipe"), 0);
}
