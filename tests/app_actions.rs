//! Lock, check and rename through the whole page: what is asked, what is sent, what is shown and said.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "test code fails loudly")]

mod support;

use passcode_portal::app::{AppEvent, Event};
use passcode_portal::core::{ActionNews, Announcement, LoadState};
use passcode_portal::domain::{Action, ActionFlow, Ending, NameProblem, StopReason, SubmitStep};
use passcode_portal::features::{actions, sign_in};
use passcode_portal::http::{HttpRequest, NetworkFault};
use passcode_portal::route::Route;
use serde_json::{Value, json};
use support::browser::Browser;
use support::{answer, device_json, id, problem, run_json, with_header};

const DEVICE: &str = "/managedDevices/a";

fn device() -> Value {
    let mut device = device_json("a");
    for action in ["remoteLock", "syncDevice", "rename", "setCategory", "rebootNow", "retire", "wipe"] {
        device["actions"][action] = json!({ "allowed": true });
    }
    device
}

fn with_run(action: &str, run: &str, state: &str) -> Value {
    let mut device = device();
    device["deviceActionResults"] = json!([run_of(action, run, state)]);
    device
}

fn run_of(action: &str, run: &str, state: &str) -> Value {
    let mut result = run_json(run, state, None, 0);
    result["actionName"] = action.into();
    result
}

fn at_device() -> Browser {
    let mut browser = Browser::sign_in_at("/devices/a");
    browser.answer(DEVICE, Ok(answer(200, &device())));
    browser
}

fn flow(browser: &Browser, action: Action) -> &ActionFlow {
    browser.model.features.actions.flow(&id("a"), action)
}

fn choose(browser: &mut Browser, action: Action) {
    browser.dispatch(Event::Actions(actions::Event::Chosen(id("a"), action)));
}

fn confirm(browser: &mut Browser, action: Action) {
    browser.dispatch(Event::Actions(actions::Event::Confirmed(id("a"), action)));
}

fn key_of(request: &HttpRequest) -> String {
    request.headers.iter().find(|(name, _)| *name == "Idempotency-Key").unwrap().1.clone()
}

fn said(browser: &Browser, action: Action, news: ActionNews) -> bool {
    let device = "Phone a".to_owned();
    browser.model.page.announcement.latest == Some(Announcement::Action { action, news, device })
}

/// A locked Mac is opened by a PIN alone. While this page has no place for the PIN it does not lock one.
#[test]
fn a_mac_is_not_locked_by_a_page_that_cannot_show_its_pin() {
    let mut mac = device();
    mac["operatingSystem"] = "macOS".into();
    let mut browser = Browser::sign_in_at("/devices/a");
    browser.answer(DEVICE, Ok(answer(200, &mac)));
    choose(&mut browser, Action::RemoteLock);
    confirm(&mut browser, Action::RemoteLock);
    assert_eq!(browser.count("POST /actions/remoteLock"), 0);
    choose(&mut browser, Action::RebootNow);
    confirm(&mut browser, Action::RebootNow);
    assert_eq!(browser.count("POST /actions/rebootNow"), 1, "the others are as they were");
}

#[test]
fn a_lock_asks_once_and_is_done_when_the_device_says_so() {
    let mut browser = at_device();
    choose(&mut browser, Action::RemoteLock);
    assert!(matches!(flow(&browser, Action::RemoteLock), ActionFlow::Confirm { .. }));
    assert_eq!(browser.count("POST /actions/remoteLock"), 0, "nothing before the second click");
    assert_eq!(browser.left_for.len(), 1, "being signed in is enough");
    for _ in 0..5 {
        confirm(&mut browser, Action::RemoteLock);
    }
    assert_eq!(browser.count("POST /actions/remoteLock"), 1);
    let pending = run_of("remoteLock", "l1", "pending");
    let request = browser.answer("/actions/remoteLock", Ok(answer(202, &pending)));
    assert_eq!(request.body.as_deref(), Some("{}"));
    assert_eq!(key_of(&request).len(), 32);
    assert!(said(&browser, Action::RemoteLock, ActionNews::Waiting));
    choose(&mut browser, Action::RemoteLock);
    assert!(matches!(flow(&browser, Action::RemoteLock), ActionFlow::Pending { .. }), "the same run");

    browser.pass(3);
    browser.answer(DEVICE, Ok(answer(200, &with_run("remoteLock", "l1", "active"))));
    assert!(said(&browser, Action::RemoteLock, ActionNews::Delivered));
    browser.pass(5);
    browser.answer(DEVICE, Ok(answer(200, &with_run("remoteLock", "l1", "done"))));
    assert!(said(&browser, Action::RemoteLock, ActionNews::Done));
    let ActionFlow::Ended { end: Ending::Done(_), .. } = flow(&browser, Action::RemoteLock) else {
        panic!("{:?}", flow(&browser, Action::RemoteLock))
    };
}

#[test]
fn a_question_that_is_answered_with_no_sends_nothing() {
    let mut browser = at_device();
    choose(&mut browser, Action::RemoteLock);
    browser.dispatch(Event::Actions(actions::Event::Cancelled(id("a"), Action::RemoteLock)));
    confirm(&mut browser, Action::RemoteLock);
    assert_eq!(*flow(&browser, Action::RemoteLock), ActionFlow::Idle);
    assert_eq!(browser.count("POST /actions/remoteLock"), 0);
}

#[test]
fn a_check_acts_at_once_and_reads_the_device_again() {
    let mut browser = at_device();
    for _ in 0..5 {
        choose(&mut browser, Action::SyncDevice);
    }
    assert_eq!(browser.count("POST /actions/syncDevice"), 1);
    browser.answer("/actions/syncDevice", Ok(answer(202, &run_of("syncDevice", "s1", "done"))));
    assert!(said(&browser, Action::SyncDevice, ActionNews::Done));
    assert!(browser.is_waiting_for(DEVICE), "the last check-in is read again");
    browser.answer(DEVICE, Ok(answer(200, &with_run("syncDevice", "s1", "done"))));
    choose(&mut browser, Action::SyncDevice);
    assert_eq!(browser.count("POST /actions/syncDevice"), 2, "it may be repeated");
}

#[test]
fn a_new_name_is_checked_sent_and_shown() {
    let mut browser = at_device();
    choose(&mut browser, Action::Rename);
    let form = browser.model.features.actions.rename.clone().unwrap();
    assert_eq!((form.device, form.problem), (id("a"), None));
    for (text, wrong) in [
        ("  ", NameProblem::Empty),
        (&"x".repeat(65), NameProblem::TooLong),
        ("a\u{7}b", NameProblem::ControlCharacter),
    ] {
        browser.dispatch(Event::Actions(actions::Event::NameSubmitted(id("a"), text.to_owned())));
        assert_eq!(browser.model.features.actions.rename.clone().unwrap().problem, Some(wrong));
        assert_eq!(browser.model.page.announcement.latest, Some(Announcement::NameRefused));
    }
    assert_eq!(browser.count("POST /actions/rename"), 0);
    browser.dispatch(Event::Actions(actions::Event::NameSubmitted(id("a"), " 営業の\"電話\" ".to_owned())));
    let request = browser.answer("/actions/rename", Ok(answer(202, &run_of("rename", "n1", "done"))));
    let body: Value = serde_json::from_str(&request.body.unwrap()).unwrap();
    assert_eq!(body, json!({ "name": "営業の\"電話\"" }));
    assert_eq!(browser.model.features.actions.rename, None, "the field is closed");
    let mut renamed = with_run("rename", "n1", "done");
    renamed["managedDeviceName"] = "営業の\"電話\"".into();
    browser.answer(DEVICE, Ok(answer(200, &renamed)));
    assert_eq!(browser.model.features.devices.detail.device.clone().unwrap().name, "営業の\"電話\"");
}

#[test]
fn a_category_is_one_of_those_the_server_offers() {
    const OFFERED: &str = "/managedDevices/a/deviceCategories";
    let mut browser = at_device();
    let form = |browser: &Browser| browser.model.features.actions.category.clone();
    let choose_one = |browser: &mut Browser, category: &str| {
        browser.dispatch(Event::Actions(actions::Event::CategorySubmitted(id("a"), category.to_owned())));
    };
    choose(&mut browser, Action::SetCategory);
    assert_eq!(form(&browser).unwrap().state, LoadState::Loading);
    choose_one(&mut browser, "k-2");
    let offered = json!([{ "id": "k-1", "displayName": "Sales" }, { "id": "k-2", "displayName": "開発" }]);
    browser.answer(OFFERED, Ok(answer(200, &json!({ "value": offered }))));
    assert_eq!(form(&browser).unwrap().offered.len(), 2);
    choose_one(&mut browser, "k-3");
    assert_eq!(browser.count("POST /actions/setCategory"), 0, "neither too early nor one of nobody's");
    choose_one(&mut browser, "k-2");
    let request =
        browser.answer("/actions/setCategory", Ok(answer(202, &run_of("setCategory", "c1", "done"))));
    let body: Value = serde_json::from_str(&request.body.unwrap()).unwrap();
    assert_eq!(body, json!({ "categoryId": "k-2" }));
    assert_eq!(form(&browser), None, "the choice is closed");
    assert!(said(&browser, Action::SetCategory, ActionNews::Done));
    assert!(browser.is_waiting_for(DEVICE), "the category it is in now is read");

    choose(&mut browser, Action::SetCategory);
    browser.answer(OFFERED, Ok(problem(404, "notFound")));
    assert!(matches!(form(&browser).unwrap().state, LoadState::Failed(_)));
    choose(&mut browser, Action::SetCategory);
    assert!(browser.is_waiting_for(OFFERED), "pressed again, it is asked again");
}

#[test]
fn a_form_that_is_cancelled_or_left_is_closed() {
    let mut browser = at_device();
    choose(&mut browser, Action::Rename);
    browser.dispatch(Event::Actions(actions::Event::Cancelled(id("a"), Action::Rename)));
    assert_eq!(browser.model.features.actions.rename, None);
    choose(&mut browser, Action::SetCategory);
    browser.dispatch(Event::Actions(actions::Event::Cancelled(id("a"), Action::SetCategory)));
    assert_eq!(browser.model.features.actions.category, None);
    choose(&mut browser, Action::Rename);
    choose(&mut browser, Action::SetCategory);
    browser.dispatch(Event::App(AppEvent::LinkFollowed(Route::Devices)));
    assert_eq!(browser.model.features.actions.rename, None);
    assert_eq!(browser.model.features.actions.category, None);
}

#[test]
fn a_lost_answer_is_looked_for_and_sent_again_with_the_same_key() {
    let mut browser = at_device();
    choose(&mut browser, Action::RemoteLock);
    confirm(&mut browser, Action::RemoteLock);
    let first = browser.answer("/actions/remoteLock", Err(NetworkFault::Broken));
    browser.answer(DEVICE, Ok(answer(200, &device())));
    assert!(matches!(
        flow(&browser, Action::RemoteLock),
        ActionFlow::Submit { step: SubmitStep::Unknown, .. }
    ));
    confirm(&mut browser, Action::RemoteLock);
    let second = browser.answer("/actions/remoteLock", Err(NetworkFault::Broken));
    assert_eq!(key_of(&first), key_of(&second));
    browser.answer(DEVICE, Ok(answer(200, &with_run("remoteLock", "l1", "pending"))));
    assert!(matches!(flow(&browser, Action::RemoteLock), ActionFlow::Pending { .. }), "it had arrived");
}

#[test]
fn refusals_are_explained_and_a_busy_server_is_left_alone() {
    let mut browser = at_device();
    choose(&mut browser, Action::RemoteLock);
    confirm(&mut browser, Action::RemoteLock);
    let busy = with_header(problem(429, "tooManyRequests"), "Retry-After", "5");
    browser.answer("/actions/remoteLock", Ok(busy));
    confirm(&mut browser, Action::RemoteLock);
    assert_eq!(browser.count("POST /actions/remoteLock"), 1);
    browser.pass(6);
    confirm(&mut browser, Action::RemoteLock);
    browser.answer("/actions/remoteLock", Ok(problem(403, "actionNotAllowed")));
    assert!(matches!(
        flow(&browser, Action::RemoteLock),
        ActionFlow::Stopped { why: StopReason::NotAllowed(_), .. }
    ));
    assert!(said(&browser, Action::RemoteLock, ActionNews::Failed));
}

#[test]
fn an_action_that_is_not_allowed_cannot_be_chosen() {
    let mut browser = Browser::sign_in_at("/devices/a");
    browser.answer(DEVICE, Ok(answer(200, &device_json("a"))));
    for action in Action::ON_DEVICE_PAGE {
        choose(&mut browser, action);
        confirm(&mut browser, action);
        assert_eq!(*flow(&browser, action), ActionFlow::Idle);
    }
    assert_eq!(browser.model.features.actions.rename, None);
    assert_eq!(browser.count("POST /actions/remoteLock"), 0);
}

#[test]
fn a_lock_does_not_wait_for_a_reset_nor_end_its_sign_in() {
    let mut browser = at_device();
    browser.step_up("a");
    browser.answer(DEVICE, Ok(answer(200, &device())));
    assert!(matches!(browser.model.features.actions.reset, ActionFlow::Confirm { .. }));
    let kept = browser.storage.clone();
    choose(&mut browser, Action::RemoteLock);
    confirm(&mut browser, Action::RemoteLock);
    browser.answer("/actions/remoteLock", Ok(answer(202, &run_of("remoteLock", "l1", "pending"))));
    assert!(
        matches!(browser.model.features.actions.reset, ActionFlow::Confirm { .. }),
        "the confirmation stays"
    );
    assert_eq!(browser.storage, kept, "and survives a reload");
    browser.dispatch(Event::Actions(actions::Event::ResetConfirmed));
    assert_eq!(browser.count("POST /resetPasscode"), 1);
}

#[test]
fn lock_it_instead_takes_the_place_of_the_explanation() {
    let mut browser = at_device();
    browser.dispatch(Event::Actions(actions::Event::ResetChosen(id("a"))));
    choose(&mut browser, Action::RemoteLock);
    assert_eq!(browser.model.features.actions.reset, ActionFlow::Idle);
    assert!(matches!(flow(&browser, Action::RemoteLock), ActionFlow::Confirm { .. }));
}

#[test]
fn without_a_network_nothing_is_sent_and_nothing_is_sent_later() {
    let mut browser = at_device();
    choose(&mut browser, Action::RemoteLock);
    browser.dispatch(Event::App(AppEvent::WentOffline));
    confirm(&mut browser, Action::RemoteLock);
    choose(&mut browser, Action::SyncDevice);
    assert_eq!(browser.model.page.unsent, 2);
    browser.dispatch(Event::App(AppEvent::WentOnline));
    assert_eq!(browser.count("POST /actions/remoteLock") + browser.count("POST /actions/syncDevice"), 0);
}

#[test]
fn nothing_of_the_actions_stays_after_the_sign_out() {
    let mut browser = at_device();
    choose(&mut browser, Action::SyncDevice);
    browser.answer("/actions/syncDevice", Ok(answer(202, &run_of("syncDevice", "s1", "pending"))));
    browser.dispatch(Event::SignIn(sign_in::Event::SignedOutElsewhere));
    assert_eq!(*flow(&browser, Action::SyncDevice), ActionFlow::Idle);
}
