//! What the page makes of each answer to a list and to a reset, and what a reload finds after it.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "test code fails loudly")]

mod support;

use passcode_portal::app::{AppEvent, Event};
use passcode_portal::core::LoadState;
use passcode_portal::domain::{ActionFlow, Ending, StopReason, SubmitStep};
use passcode_portal::features::devices;
use passcode_portal::features::{actions, sign_in};
use passcode_portal::http::{HttpAnswer, NetworkFault};
use passcode_portal::route::Route;
use serde_json::json;
use support::browser::Browser;
use support::{answer, device_json, device_json_with, id, problem, run_json, with_header};

const DEVICE: &str = "/managedDevices/a";
const LIST: &str = "/managedDevices";
const POST: &str = "/resetPasscode";

type Outcome = Result<HttpAnswer, NetworkFault>;
type Check = fn(&ActionFlow) -> bool;

/// The last button was pressed and answered so.
fn answered(outcome: Outcome) -> Browser {
    let mut browser = Browser::at_confirmation();
    browser.dispatch(Event::Actions(actions::Event::ResetConfirmed));
    browser.answer(POST, outcome);
    browser
}

/// The page is loaded anew and signs in without a question; the device has these resets.
fn reloaded(browser: &mut Browser, runs: &[(&str, &str, Option<&str>, i64)]) {
    browser.reload();
    browser.answer_discovery();
    browser.return_with(|_| {});
    browser.answer(DEVICE, Ok(answer(200, &device_json_with("a", runs))));
}

/// Bytes that are no answer of the API, under this status.
fn bytes(status: u16, body: &str) -> HttpAnswer {
    HttpAnswer { status, headers: Vec::new(), body: body.to_owned() }
}

#[test]
fn a_list_that_may_come_later_is_asked_for_again_and_any_other_is_explained_at_once() {
    let cases: [(Outcome, usize); 7] = [
        (Ok(problem(500, "internalError")), 4),
        (Ok(bytes(502, "")), 4),
        (Ok(problem(503, "unavailable")), 4),
        (Err(NetworkFault::Broken), 4),
        (Ok(problem(400, "invalidRequest")), 1),
        (Ok(bytes(200, r#"{"value":[{"id":"a"#)), 1),
        (Ok(bytes(200, "<!doctype html><h1>Welcome to the hotel</h1>")), 1),
    ];
    for (outcome, times) in cases {
        let mut browser = Browser::sign_in_at("/devices");
        for _ in 0..times {
            assert_eq!(browser.model.features.devices.list.state, LoadState::Loading, "{outcome:?}");
            browser.answer(LIST, outcome.clone());
            browser.pass(8);
        }
        assert!(matches!(browser.model.features.devices.list.state, LoadState::Failed(_)), "{outcome:?}");
        assert!(!browser.is_waiting_for(LIST), "{outcome:?}: nothing by itself");
        browser.dispatch(Event::App(AppEvent::RetryChosen));
        browser.answer(LIST, Ok(answer(200, &json!({ "value": [device_json("a")] }))));
        assert_eq!(browser.model.features.devices.list.state, LoadState::Loaded, "{outcome:?}");
    }
}

/// A page of the list with these devices; `down`: a service did not answer. `next`: another page follows.
fn page_of(devices: &[&str], down: bool, next: bool) -> Outcome {
    let devices: Vec<_> = devices.iter().map(|id| device_json(id)).collect();
    let mut page = json!({ "value": devices });
    if down {
        page["unavailableServices"] = json!(["cloud"]);
    }
    if next {
        page["@odata.nextLink"] = json!("/api/v1.0/me/managedDevices?$skiptoken=2");
    }
    Ok(answer(200, &page))
}

#[test]
fn devices_are_missing_when_any_page_says_so_and_until_a_whole_list_was_read() {
    for pages in [[true, false], [false, true], [true, true]] {
        let mut browser = Browser::sign_in_at("/devices");
        assert!(!browser.model.features.devices.list.is_partial(), "nothing is known yet");
        browser.answer(LIST, page_of(&["a"], pages[0], true));
        assert_eq!(
            browser.model.features.devices.list.is_partial(),
            pages[0],
            "{pages:?}: told with the first page"
        );
        browser.answer("skiptoken=2", page_of(&["b"], pages[1], false));
        assert_eq!(browser.model.features.devices.list.state, LoadState::Loaded);
        assert!(browser.model.features.devices.list.is_partial(), "{pages:?}");
        // Young as it is, it is read again, and stays as it is until it is whole.
        browser.dispatch(Event::App(AppEvent::RetryChosen));
        browser.answer(LIST, page_of(&["a"], false, true));
        assert!(browser.model.features.devices.list.is_partial(), "{pages:?}: half of it is no proof");
        browser.answer("skiptoken=2", page_of(&["b", "c"], false, false));
        assert!(!browser.model.features.devices.list.is_partial(), "{pages:?}");
        assert_eq!(browser.model.features.devices.list.all().len(), 3);
        browser.dispatch(Event::App(AppEvent::RetryChosen));
        assert!(!browser.is_waiting_for(LIST), "{pages:?}: a whole list keeps for a minute");
    }
}

#[test]
fn an_empty_list_with_a_service_missing_is_not_known_to_be_empty() {
    for (down, is_known) in [(false, true), (true, false)] {
        let mut browser = Browser::sign_in_at("/devices");
        assert!(!browser.model.features.devices.list.is_known_empty(), "not asked yet");
        browser.answer(LIST, page_of(&[], down, false));
        assert_eq!(browser.model.features.devices.list.is_known_empty(), is_known);
        let problem = devices::words::list_problem(&browser.model.features.devices.list);
        assert_eq!(problem.is_none(), is_known, "{problem:?}");
        assert!(problem.is_none_or(|problem| problem.button.is_some()), "a way on");
    }
}

#[test]
fn signing_out_forgets_that_devices_were_missing() {
    let mut browser = Browser::sign_in_at("/devices");
    browser.answer(LIST, page_of(&["a"], true, false));
    browser.dispatch(Event::SignIn(sign_in::Event::SignOutChosen));
    assert!(!browser.model.features.devices.list.is_partial());
}

#[test]
fn a_busy_list_is_waited_for_as_long_as_it_asks_also_in_fractions() {
    for (wait, pass) in [("1", 2), ("0.5", 1)] {
        let mut browser = Browser::sign_in_at("/devices");
        browser.answer(LIST, Ok(with_header(problem(429, "tooManyRequests"), "Retry-After", wait)));
        assert!(!browser.is_waiting_for(LIST), "{wait}: not before");
        browser.pass(pass);
        browser.answer(LIST, Ok(answer(200, &json!({ "value": [device_json("a")] }))));
        assert_eq!(browser.model.features.devices.list.state, LoadState::Loaded, "{wait}");
    }
}

#[test]
fn a_refusal_of_a_reset_keeps_its_kind_and_is_not_sent_again() {
    let reasoned =
        json!({ "status": 403, "code": "notPrimaryUser", "reason": "notPrimaryUser", "requestId": "q" });
    let busy = with_header(problem(503, "unavailable"), "Retry-After", "5");
    let cases: [(HttpAnswer, Check); 3] = [
        (answer(403, &reasoned), |state| {
            matches!(state, ActionFlow::Stopped { why: StopReason::NotAllowed(_), .. })
        }),
        (problem(428, "idempotencyKeyMissing"), |state| {
            matches!(state, ActionFlow::Stopped { why: StopReason::Rejected(_), .. })
        }),
        (busy, |state| matches!(state, ActionFlow::Submit { step: SubmitStep::Busy { .. }, .. })),
    ];
    for (response, check) in cases {
        let mut browser = answered(Ok(response));
        assert!(check(&browser.model.features.actions.reset), "{:?}", browser.model.features.actions.reset);
        browser.pass(30);
        assert_eq!(browser.count("POST /resetPasscode"), 1, "never repeated by itself");
    }
}

#[test]
fn an_answer_that_says_nothing_certain_reads_the_device_and_repeats_with_the_same_key() {
    for outcome in [
        Ok(problem(412, "preconditionFailed")),
        Ok(problem(500, "internalError")),
        Ok(bytes(202, r#"{"id":"r1"#)),
    ] {
        let mut browser = Browser::at_confirmation();
        browser.dispatch(Event::Actions(actions::Event::ResetConfirmed));
        let first = browser.answer(POST, outcome.clone());
        assert!(
            matches!(
                browser.model.features.actions.reset,
                ActionFlow::Submit { step: SubmitStep::Rereading, .. }
            ),
            "{outcome:?}"
        );
        browser.answer(DEVICE, Ok(answer(200, &device_json("a"))));
        assert!(
            matches!(
                browser.model.features.actions.reset,
                ActionFlow::Submit { step: SubmitStep::Unknown, .. }
            ),
            "{outcome:?}"
        );
        browser.pass(30);
        assert_eq!(browser.count("POST /resetPasscode"), 1, "{outcome:?}: never repeated by itself");
        browser.dispatch(Event::Actions(actions::Event::ResetConfirmed));
        let second = browser.answer(POST, Ok(answer(202, &run_json("r1", "pending", None, 0))));
        assert_eq!(first.headers, second.headers, "{outcome:?}: the same key");
        assert!(matches!(browser.model.features.actions.reset, ActionFlow::Pending { .. }), "{outcome:?}");
    }
}

#[test]
fn a_reload_after_an_answer_that_was_final_explains_and_sends_nothing() {
    let forbidden = json!({ "status": 403, "code": "actionNotAllowed", "reason": "organizationPolicy", "requestId": "q" });
    for response in [problem(400, "invalidRequest"), answer(403, &forbidden), problem(404, "notFound")] {
        let mut browser = answered(Ok(response.clone()));
        reloaded(&mut browser, &[]);
        assert!(
            matches!(browser.model.features.actions.reset, ActionFlow::Explain { .. }),
            "{response:?}: {:?}",
            browser.model.features.actions.reset
        );
        assert_eq!(browser.count("POST /resetPasscode"), 0, "{response:?}");
        assert!(!browser.is_waiting_for("/temporaryPasscode"), "{response:?}");
    }
}

#[test]
fn a_reload_after_an_answer_that_was_not_final_finds_b_with_the_same_key_and_sends_nothing() {
    for outcome in [Ok(problem(503, "unavailable")), Err(NetworkFault::Broken)] {
        let mut browser = Browser::at_confirmation();
        let key = browser.model.features.actions.reset.grant().unwrap().key.clone();
        browser.dispatch(Event::Actions(actions::Event::ResetConfirmed));
        browser.answer(POST, outcome.clone());
        reloaded(&mut browser, &[]);
        assert!(matches!(browser.model.features.actions.reset, ActionFlow::Confirm { .. }), "{outcome:?}");
        assert_eq!(browser.model.features.actions.reset.grant().unwrap().key, key, "{outcome:?}");
        assert_eq!(browser.count("POST /resetPasscode"), 0, "{outcome:?}");
    }
}

#[test]
fn a_reload_back_and_forward_find_a_reset_that_the_device_ended_and_fetch_no_passcode() {
    let cases: [(&str, Option<&str>, Check); 4] = [
        ("done", None, |state| matches!(state, ActionFlow::Ended { end: Ending::Done(_), .. })),
        ("failed", Some("noPasscodePolicy"), |state| {
            matches!(state, ActionFlow::Ended { end: Ending::Failed(_), .. })
        }),
        ("canceled", Some("supersededByErase"), |state| {
            matches!(state, ActionFlow::Ended { end: Ending::Superseded, .. })
        }),
        ("canceled", None, |state| matches!(state, ActionFlow::Ended { end: Ending::Canceled, .. })),
    ];
    for (state, code, check) in cases {
        let mut browser = answered(Ok(answer(202, &run_json("r1", "pending", None, 0))));
        reloaded(&mut browser, &[("r1", state, code, 0)]);
        assert!(
            check(&browser.model.features.actions.reset),
            "{state}: {:?}",
            browser.model.features.actions.reset
        );
        browser.dispatch(Event::App(AppEvent::AddressChanged(Route::Device(id("a")))));
        browser.dispatch(Event::App(AppEvent::AddressChanged(Route::ResetPasscode(id("a")))));
        if browser.is_waiting_for(DEVICE) {
            browser.answer(DEVICE, Ok(answer(200, &device_json_with("a", &[("r1", state, code, 0)]))));
        }
        assert!(
            check(&browser.model.features.actions.reset),
            "{state}, after Back and Forward: {:?}",
            browser.model.features.actions.reset
        );
        assert_eq!(browser.count("POST /resetPasscode"), 0, "{state}");
        assert!(!browser.is_waiting_for("/temporaryPasscode"), "{state}");
    }
}
