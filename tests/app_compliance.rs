//! The rules that a device does not meet, and the applications on it: when they are read, and when again.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "test code fails loudly")]

mod support;

use passcode_portal::app::{AppEvent, Event};
use passcode_portal::core::{FetchId, LoadState};
use passcode_portal::features::{apps, sign_in};
use passcode_portal::http::{HttpRequest, NetworkFault};
use passcode_portal::route::Route;
use serde_json::{Value, json};
use support::browser::Browser;
use support::{answer, device_json, id};

const DEVICE: &str = "/managedDevices/a";
const RULES: &str = "/managedDevices/a/compliance";
const APPS: &str = "/managedDevices/a/apps";

fn standing(state: &str, checked_in: &str) -> Value {
    let mut device = device_json("a");
    device["complianceState"] = state.into();
    device["lastSyncDateTime"] = checked_in.into();
    device
}

fn report(rules: &[&str]) -> Value {
    let rules: Vec<Value> = rules.iter().map(|code| json!({ "code": code, "title": code })).collect();
    json!({ "access": "blocked", "complianceState": "noncompliant", "lastCheckedDateTime": "2027-01-15T07:51:00Z",
        "failingRules": rules })
}

/// At a device that breaks a rule, which has been read.
fn at_device() -> Browser {
    let mut browser = Browser::sign_in_at("/devices/a");
    browser.answer(DEVICE, Ok(answer(200, &standing("noncompliant", "2027-01-15T07:00:00Z"))));
    browser
}

fn codes(browser: &Browser) -> Vec<String> {
    let report = browser.model.features.compliance.report.clone();
    report
        .map(|report| report.failing_rules.iter().map(|rule| rule.code.clone()).collect())
        .unwrap_or_default()
}

#[test]
fn the_rules_are_read_where_a_device_breaks_one_and_nowhere_else() {
    for (state, is_asked) in [
        ("noncompliant", true),
        ("inGracePeriod", true),
        ("conflict", true),
        ("error", true),
        ("compliant", false),
        ("configManager", false),
        ("unknown", false),
    ] {
        let mut browser = Browser::sign_in_at("/devices/a");
        browser.answer(DEVICE, Ok(answer(200, &standing(state, "2027-01-15T07:00:00Z"))));
        assert_eq!(browser.is_waiting_for(RULES), is_asked, "{state}");
    }
    let mut browser = Browser::sign_in_at("/devices/a/history");
    browser.answer(DEVICE, Ok(answer(200, &standing("noncompliant", "2027-01-15T07:00:00Z"))));
    assert!(!browser.is_waiting_for(RULES), "another screen shows none");
}

#[test]
fn they_are_read_again_when_the_page_is_entered_or_the_device_stands_differently() {
    let mut browser = at_device();
    browser.answer(RULES, Ok(answer(200, &report(&["one", "two"]))));
    assert_eq!(codes(&browser), ["one", "two"]);
    // The page is entered anew, with the rules as they are judged now, and then its device is read.
    let enter = |browser: &mut Browser, rules: &[&str], state: &str, checked_in: &str| {
        browser.dispatch(Event::App(AppEvent::RetryChosen));
        browser.answer(RULES, Ok(answer(200, &report(rules))));
        browser.answer(DEVICE, Ok(answer(200, &standing(state, checked_in))));
    };
    enter(&mut browser, &["one", "two"], "noncompliant", "2027-01-15T07:00:00Z");
    assert!(!browser.is_waiting_for(RULES), "nothing has changed");
    enter(&mut browser, &["one", "two"], "noncompliant", "2027-01-15T07:30:00Z");
    assert_eq!(codes(&browser), ["one", "two"]);
    browser.answer(RULES, Ok(answer(200, &report(&["two"]))));
    assert_eq!(codes(&browser), ["two"]);
    enter(&mut browser, &["two"], "compliant", "2027-01-15T07:40:00Z");
    assert!(browser.model.features.compliance.report.is_none(), "mended");
}

#[test]
fn rules_that_cannot_be_read_say_so_and_are_read_with_try_again() {
    let mut browser = at_device();
    browser.answer(RULES, Ok(answer(404, &json!({ "code": "notFound" }))));
    assert!(matches!(browser.model.features.compliance.state, LoadState::Failed(_)));
    browser.dispatch(Event::App(AppEvent::RetryChosen));
    assert!(browser.is_waiting_for(RULES));
}

#[test]
fn an_older_answer_takes_nothing_back() {
    let mut browser = at_device();
    let is_it = |(_, request): &(FetchId, HttpRequest)| request.url.ends_with(RULES);
    let at = browser.requests.iter().position(is_it).unwrap();
    let (id, _) = browser.requests.remove(at);
    browser.dispatch(Event::App(AppEvent::RetryChosen));
    browser.answer(RULES, Ok(answer(200, &report(&["new"]))));
    let outcome = Ok(answer(200, &report(&["old"])));
    browser.dispatch(Event::App(AppEvent::Fetched { id, outcome }));
    assert_eq!(codes(&browser), ["new"]);
}

#[test]
fn after_a_session_that_ended_the_rules_are_asked_for_anew() {
    let mut browser = at_device();
    browser.answer(RULES, Ok(answer(401, &json!({ "code": "unauthenticated" }))));
    assert!(!browser.model.features.compliance.is_of(&id("a")));
}

#[test]
fn the_rules_of_one_device_are_not_shown_for_another() {
    let mut browser = at_device();
    browser.dispatch(Event::App(AppEvent::LinkFollowed(Route::Device(id("b")))));
    browser.answer(RULES, Ok(answer(200, &report(&["one"]))));
    let mut other = standing("noncompliant", "2027-01-15T07:00:00Z");
    other["id"] = "b".into();
    browser.answer("/managedDevices/b", Ok(answer(200, &other)));
    assert!(codes(&browser).is_empty());
    assert!(browser.model.features.compliance.is_of(&id("b")));
}

#[test]
fn the_applications_are_read_when_their_screen_is_entered_also_by_a_link() {
    let mut browser = Browser::sign_in_at("/devices/a/apps");
    let app = |at: i32| json!({ "id": at.to_string(), "displayName": format!("App {at}"), "publisher": "Example", "state": "installed" });
    let value: Vec<Value> = (0..14).map(app).collect();
    browser.answer(APPS, Ok(answer(200, &json!({ "value": value }))));
    let apps = |browser: &Browser| browser.model.features.apps.clone();
    assert_eq!((apps(&browser).items.len(), apps(&browser).is_long()), (14, true));
    browser.dispatch(Event::Apps(apps::Event::FilterChanged("APP 1".to_owned())));
    let names: Vec<_> = apps(&browser).matching().into_iter().map(|app| app.display_name).collect();
    assert_eq!(names, ["App 1", "App 10", "App 11", "App 12", "App 13"]);
    browser.dispatch(Event::App(AppEvent::LinkFollowed(Route::Device(id("a")))));
    browser.dispatch(Event::App(AppEvent::LinkFollowed(Route::Apps(id("a")))));
    assert_eq!(apps(&browser).items.len(), 14, "what is known stays while they are read again");
    browser.answer(APPS, Err(NetworkFault::Broken));
    assert_eq!(apps(&browser).items.len(), 14);
}

#[test]
fn neither_outlives_the_person() {
    let mut browser = at_device();
    browser.answer(RULES, Ok(answer(200, &report(&["one"]))));
    browser.dispatch(Event::App(AppEvent::LinkFollowed(Route::Apps(id("a")))));
    let app = json!({ "id": "1", "displayName": "Mail", "state": "failed" });
    browser.answer(APPS, Ok(answer(200, &json!({ "value": [app] }))));
    browser.dispatch(Event::SignIn(sign_in::Event::SignedOutElsewhere));
    assert!(codes(&browser).is_empty());
    assert!(browser.model.features.apps.items.is_empty());
}
