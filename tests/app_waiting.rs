//! Before the five minutes and while waiting: the questions, being told by the system, cancelling.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, clippy::panic, reason = "test code fails loudly")]

mod support;

use passcode_portal::app::{AppEvent, Event, Visibility};
use passcode_portal::core::{Announcement, Effect};
use passcode_portal::domain::{ActionFlow, Milliseconds, PendingPhase, Seconds, SignInStep};
use passcode_portal::features::actions::{AlertPermission, Answer, CancelState, SystemNotifications};
use passcode_portal::features::{actions, sign_in};
use passcode_portal::http::NetworkFault;
use support::browser::Browser;
use support::{answer, device_json, device_json_with, id, problem, run_json};

const DEVICE: &str = "/managedDevices/a";

fn explaining() -> Browser {
    let mut browser = Browser::sign_in_at("/devices/a");
    browser.answer(DEVICE, Ok(answer(200, &device_json("a"))));
    browser.dispatch(Event::Actions(actions::Event::ResetChosen(id("a"))));
    assert!(matches!(browser.model.features.actions.reset, ActionFlow::Explain { .. }));
    browser
}

fn confirming() -> Browser {
    let mut browser = Browser::sign_in_at("/devices/a");
    browser.answer(DEVICE, Ok(answer(200, &device_json("a"))));
    browser.step_up("a");
    browser.answer(DEVICE, Ok(answer(200, &device_json("a"))));
    browser
}

fn pending() -> Browser {
    let mut browser = confirming();
    browser.dispatch(Event::Actions(actions::Event::ResetConfirmed));
    browser.answer("/resetPasscode", Ok(answer(202, &run_json("r1", "pending", None, 0))));
    browser
}

fn now_is(browser: &mut Browser, state: &str, code: Option<&str>) {
    browser.pass(3);
    browser.answer(DEVICE, Ok(answer(200, &device_json_with("a", &[("r1", state, code, 0)]))));
}

#[test]
fn whatever_is_said_before_the_last_button_of_a_goes_on() {
    for at_hand in [None, Some(Answer::No), Some(Answer::Yes)] {
        let mut browser = explaining();
        if let Some(answer) = at_hand {
            browser.dispatch(Event::Actions(actions::Event::AtHandAnswered(answer)));
        }
        assert_eq!(browser.model.features.actions.preparation.is_at_hand, at_hand);
        browser.dispatch(Event::Actions(actions::Event::SignOutForResetChosen));
        assert!(browser.left_for.last().unwrap().starts_with("https://id.example/logout?"));
    }
}

#[test]
fn the_answers_are_asked_for_anew_each_time() {
    let mut browser = explaining();
    browser.dispatch(Event::Actions(actions::Event::AtHandAnswered(Answer::No)));
    browser.dispatch(Event::Actions(actions::Event::ResetCancelled));
    browser.dispatch(Event::Actions(actions::Event::AtHandAnswered(Answer::Yes)));
    let at_hand = browser.model.features.actions.preparation.is_at_hand;
    assert_eq!(at_hand, Some(Answer::No), "nothing was asked");
    browser.dispatch(Event::Actions(actions::Event::ResetChosen(id("a"))));
    assert_eq!(browser.model.features.actions.preparation.is_at_hand, None);
}

#[test]
fn the_browser_is_asked_for_notifications_on_a_press_only() {
    let mut browser = pending();
    browser.pass(30);
    assert!(!browser.has_effect(&Effect::AskForSystemNotifications));
    browser.dispatch(Event::Actions(actions::Event::AlertChosen));
    browser.dispatch(Event::Actions(actions::Event::AlertChosen));
    let asked = browser.log.iter().filter(|effect| **effect == Effect::AskForSystemNotifications);
    assert_eq!(asked.count(), 1);
}

#[test]
fn the_end_is_told_once_and_only_to_those_who_asked_for_it() {
    let unknown = Some("outcomeUnknown");
    for (answered, end, code, told) in [
        (Some(SystemNotifications::Allowed), "done", None, Some(Announcement::ResetDone)),
        (Some(SystemNotifications::Allowed), "failed", None, Some(Announcement::ResetFailed)),
        (Some(SystemNotifications::Allowed), "failed", unknown, Some(Announcement::ResetUncertain)),
        (Some(SystemNotifications::Refused), "done", None, None),
        (None, "done", None, None),
    ] {
        let mut browser = pending();
        if let Some(answered) = answered {
            browser.dispatch(Event::Actions(actions::Event::AlertChosen));
            browser.dispatch(Event::Actions(actions::Event::SystemNotificationsAnswered(answered)));
        }
        now_is(&mut browser, "active", None);
        assert_eq!(browser.model.features.actions.alert.latest, None, "not before the end");
        browser.pass(3);
        now_is(&mut browser, end, code);
        assert_eq!(browser.model.features.actions.alert.latest, told);
        let spoken = browser.model.page.announcement.latest.as_ref();
        assert!(told.is_none() || spoken == told.as_ref(), "{spoken:?}");
        let sequence = browser.model.features.actions.alert.sequence;
        browser.dispatch(Event::App(AppEvent::LinkFollowed(passcode_portal::route::Route::Device(id("a")))));
        browser.answer(DEVICE, Ok(answer(200, &device_json_with("a", &[("r1", end, None, 0)]))));
        assert_eq!(browser.model.features.actions.alert.sequence, sequence);
    }
}

#[test]
fn a_wish_ends_with_its_reset_and_with_the_session() {
    let mut browser = pending();
    browser.dispatch(Event::Actions(actions::Event::AlertChosen));
    browser
        .dispatch(Event::Actions(actions::Event::SystemNotificationsAnswered(SystemNotifications::Allowed)));
    now_is(&mut browser, "done", None);
    assert_eq!(browser.model.features.actions.alert.permission, AlertPermission::None);

    let mut browser = pending();
    browser.dispatch(Event::Actions(actions::Event::AlertChosen));
    browser
        .dispatch(Event::Actions(actions::Event::SystemNotificationsAnswered(SystemNotifications::Allowed)));
    browser.dispatch(Event::SignIn(sign_in::Event::SignedOutElsewhere));
    assert_eq!(
        (browser.model.features.actions.alert.permission, &browser.model.features.actions.alert.latest),
        (AlertPermission::None, &None)
    );
    browser
        .dispatch(Event::Actions(actions::Event::SystemNotificationsAnswered(SystemNotifications::Allowed)));
    assert_eq!(
        browser.model.features.actions.alert.permission,
        AlertPermission::None,
        "an answer nobody waits for"
    );
}

#[test]
fn cancelling_asks_once_more_and_can_be_thought_better_of() {
    let mut browser = pending();
    browser.dispatch(Event::Actions(actions::Event::RunCancelAsked));
    assert_eq!(browser.model.features.actions.cancelling, CancelState::Asked);
    assert_eq!(browser.count("POST /deviceActionResults/r1/cancel"), 0);
    browser.dispatch(Event::Actions(actions::Event::RunCancelDropped));
    assert_eq!(browser.model.features.actions.cancelling, CancelState::NotAsked);
    browser.dispatch(Event::Actions(actions::Event::RunCancelAsked));
    browser.dispatch(Event::Actions(actions::Event::RunCancelChosen));
    assert_eq!(browser.count("POST /deviceActionResults/r1/cancel"), 1);
    browser.dispatch(Event::Actions(actions::Event::RunCancelDropped));
    assert_eq!(
        browser.model.features.actions.cancelling,
        CancelState::Sent,
        "what is sent is not taken back"
    );
}

#[test]
fn the_question_goes_when_the_device_has_received_the_reset() {
    let mut browser = pending();
    browser.dispatch(Event::Actions(actions::Event::RunCancelAsked));
    now_is(&mut browser, "active", None);
    assert!(matches!(
        browser.model.features.actions.reset,
        ActionFlow::Pending { phase: PendingPhase::Delivered, .. }
    ));
    assert_eq!(browser.model.features.actions.cancelling, CancelState::NotAsked);
    browser.dispatch(Event::Actions(actions::Event::RunCancelAsked));
    assert_eq!(browser.model.features.actions.cancelling, CancelState::NotAsked);
}

#[test]
fn too_late_and_not_sent_are_said_and_are_not_the_same() {
    for (outcome, state, said) in [
        (Ok(problem(409, "actionNotCancellable")), CancelState::TooLate, Announcement::CancelTooLate),
        (Err(NetworkFault::Broken), CancelState::Failed, Announcement::CancelFailed),
    ] {
        let mut browser = pending();
        browser.dispatch(Event::Actions(actions::Event::RunCancelAsked));
        browser.dispatch(Event::Actions(actions::Event::RunCancelChosen));
        browser.answer("/cancel", outcome);
        assert_eq!(browser.model.features.actions.cancelling, state);
        assert_eq!(browser.model.page.announcement.latest, Some(said));
        assert!(browser.is_waiting_for(DEVICE), "the device says what became of it");
    }
}

#[test]
fn a_tab_that_slept_or_was_in_the_background_says_only_the_milestone_it_is_at() {
    let mut browser = confirming();
    let before = browser.model.page.announcement.sequence;
    browser.dispatch(Event::App(AppEvent::VisibilityChanged(Visibility::Hidden)));
    // A background tab hears of no second in between.
    browser.set_clocks(235_000, 235_000);
    browser.dispatch(Event::App(AppEvent::VisibilityChanged(Visibility::Visible)));
    assert_eq!(browser.model.time_left(), Some(Milliseconds(45_000)));
    assert_eq!(browser.model.page.announcement.sequence, before + 1, "2:00 is past and not said any more");
    assert_eq!(browser.model.page.announcement.latest, Some(Announcement::CountdownMilestone(Seconds(45))));
}

#[test]
fn the_five_minutes_can_be_begun_again_as_often_as_needed() {
    let mut browser = confirming();
    for _ in 0..5 {
        browser.pass(281);
        assert_eq!(
            browser.model.features.actions.reset,
            ActionFlow::SignIn { device: id("a"), step: SignInStep::Expired }
        );
        // One button: it leaves for the sign-in at once.
        browser.dispatch(Event::Actions(actions::Event::SignOutForResetChosen));
        let state = browser.asked().get("state").cloned().unwrap();
        browser.open(&format!("/signed-out?state={state}"));
        browser.answer_discovery();
        browser.return_with(|_| {});
        browser.answer(DEVICE, Ok(answer(200, &device_json("a"))));
        assert!(matches!(browser.model.features.actions.reset, ActionFlow::Confirm { .. }));
        assert_eq!(browser.model.time_left(), Some(Milliseconds(280_000)));
        let begins = Announcement::CountdownMilestone(Seconds(280));
        assert_eq!(browser.model.page.announcement.latest, Some(begins));
    }
    assert_eq!(browser.count("POST /resetPasscode"), 0);
}
