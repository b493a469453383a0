//! The ten steps of flow.md through the whole page, and everything that can come between.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "test code fails loudly")]

mod support;

use passcode_portal::app::{AppEvent, Event, Visibility};
use passcode_portal::auth::SignInError;
use passcode_portal::core::{Announcement, Effect, LazyScreens, LoadState, Session};
use passcode_portal::domain::{
    ActionFlow, Ending, Milliseconds, PendingPhase, PermittedDevice, Platform, SignInStep, Standing,
    StopReason, SubmitStep, WhyExplain,
};
use passcode_portal::features::passcode::PasscodeView;
use passcode_portal::features::{actions, devices, notifications, passcode, sign_in};
use passcode_portal::http::NetworkFault;
use passcode_portal::route::Route;
use serde_json::json;
use support::browser::{Browser, PASSCODE};
use support::{SERVER, answer, device_json, device_json_with, id, problem, rfc3339, run_json, with_header};

const DEVICE: &str = "/managedDevices/a";
const POST: &str = "/resetPasscode";

fn pending() -> Browser {
    let mut browser = Browser::at_confirmation();
    browser.dispatch(Event::Actions(actions::Event::ResetConfirmed));
    browser.answer(POST, Ok(answer(202, &run_json("r1", "pending", None, 0))));
    assert!(matches!(browser.model.features.actions.reset, ActionFlow::Pending { .. }));
    browser
}

fn spoken(browser: &Browser) -> Option<&Announcement> {
    browser.model.page.announcement.latest.as_ref()
}

#[test]
fn the_ten_steps_lead_to_the_reset_and_its_passcode() {
    let mut browser = Browser::sign_in_at("/devices");
    browser.answer("/managedDevices", Ok(answer(200, &json!({ "value": [device_json("a")] }))));
    browser.dispatch(Event::App(AppEvent::LinkFollowed(Route::Device(id("a")))));
    assert!(browser.model.features.devices.detail.device.is_some(), "known from the list while it is read");
    browser.answer(DEVICE, Ok(answer(200, &device_json("a"))));

    browser.dispatch(Event::Actions(actions::Event::ResetChosen(id("a"))));
    let why = WhyExplain::FirstTime;
    assert_eq!(browser.model.features.actions.reset, ActionFlow::Explain { device: id("a"), why });
    assert_eq!(browser.left_for.len(), 1, "no redirect before the person agrees");
    browser.dispatch(Event::Actions(actions::Event::SignOutForResetChosen));
    assert!(browser.left_for.last().unwrap().starts_with("https://id.example/logout?"));
    let state = browser.asked()["state"].clone();
    browser.open(&format!("/signed-out?state={state}"));
    browser.answer_discovery();
    let asked = browser.asked();
    assert_eq!((asked["prompt"].as_str(), asked["max_age"].as_str()), ("login", "300"));
    assert_eq!(asked["login_hint"], "ann@example");

    browser.return_with(|_| {});
    assert_eq!(browser.address, "/devices/a/reset-passcode");
    browser.answer(DEVICE, Ok(answer(200, &device_json("a"))));
    assert!(matches!(browser.model.features.actions.reset, ActionFlow::Confirm { .. }));
    assert_eq!(browser.model.time_left(), Some(Milliseconds(280_000)));
    browser.pass(10);
    assert_eq!(browser.count("POST /resetPasscode"), 0, "never by itself");

    browser.dispatch(Event::Actions(actions::Event::ResetConfirmed));
    let request = browser.answer(POST, Ok(answer(202, &run_json("r1", "pending", None, 0))));
    let key = request.headers.iter().find(|(name, _)| *name == "Idempotency-Key").unwrap();
    assert_eq!(key.1.len(), 32);
    assert_eq!(spoken(&browser), Some(&Announcement::ResetPending));
    assert!(matches!(
        browser.model.features.actions.reset,
        ActionFlow::Pending { phase: PendingPhase::Waiting, .. }
    ));

    browser.pass(3);
    browser.answer(DEVICE, Ok(answer(200, &device_json_with("a", &[("r1", "active", None, 0)]))));
    assert_eq!(spoken(&browser), Some(&Announcement::ResetDelivered));
    browser.pass(5);
    browser.answer(DEVICE, Ok(answer(200, &device_json_with("a", &[("r1", "done", None, 0)]))));
    assert_eq!(spoken(&browser), Some(&Announcement::ResetDone));
    assert!(matches!(browser.model.features.actions.reset, ActionFlow::Ended { end: Ending::Done(_), .. }));
    assert!(browser.is_waiting_for("/me/notifications"));

    browser.dispatch(Event::Passcode(passcode::Event::ShowChosen(id("a"))));
    let passcode = json!({ "passcode": PASSCODE, "characterSet": "digits", "resultId": "r1",
        "expiresDateTime": rfc3339(SERVER + 86_400) });
    browser.answer("/temporaryPasscode", Ok(answer(200, &passcode)));
    let PasscodeView::Shown { passcode, .. } = &browser.model.features.passcode.view else { panic!("shown") };
    assert_eq!(passcode.passcode.reveal(), PASSCODE);
    browser.dispatch(Event::Passcode(passcode::Event::CopyChosen));
    assert_eq!(spoken(&browser), Some(&Announcement::PasscodeCopied));
    browser.pass(121);
    assert_eq!(browser.model.features.passcode.view, PasscodeView::Hidden);
}

#[test]
fn a_double_click_posts_once() {
    let mut browser = Browser::at_confirmation();
    for _ in 0..5 {
        browser.dispatch(Event::Actions(actions::Event::ResetConfirmed));
    }
    assert_eq!(browser.count("POST /resetPasscode"), 1);
}

#[test]
fn the_milestones_are_said_once_each_and_the_digits_are_not() {
    let mut browser = Browser::at_confirmation();
    let mut said = vec![browser.model.page.announcement.clone()];
    for _ in 0..300 {
        browser.pass(1);
        if said.last() != Some(&browser.model.page.announcement) {
            said.push(browser.model.page.announcement.clone());
        }
    }
    let said: Vec<_> = said.into_iter().filter_map(|announced| announced.latest).collect();
    let at = |seconds| Announcement::CountdownMilestone(passcode_portal::domain::Seconds(seconds));
    assert_eq!(said, [at(280), at(120), at(60), at(30), at(10), Announcement::CountdownOver]);
    assert_eq!(
        browser.model.features.actions.reset,
        ActionFlow::SignIn { device: id("a"), step: SignInStep::Expired }
    );
}

#[test]
fn after_the_time_is_over_one_button_begins_again_and_the_session_is_still_there() {
    let mut browser = Browser::at_confirmation();
    browser.pass(281);
    assert!(browser.model.shows_reset_explanation());
    assert!(browser.model.page.session.signed_in().is_some());
    browser.dispatch(Event::Actions(actions::Event::ResetConfirmed));
    assert_eq!(browser.count("POST /resetPasscode"), 0);
    browser.dispatch(Event::Actions(actions::Event::SignOutForResetChosen));
    assert!(browser.left_for.last().unwrap().starts_with("https://id.example/logout?"));
}

#[test]
fn sleep_and_a_changed_clock_do_not_stretch_the_five_minutes() {
    let mut slept = Browser::at_confirmation();
    slept.set_clocks(50, 400_000);
    slept.dispatch(Event::App(AppEvent::VisibilityChanged(Visibility::Visible)));
    assert!(matches!(
        slept.model.features.actions.reset,
        ActionFlow::SignIn { step: SignInStep::Expired, .. }
    ));

    let mut set_back = Browser::at_confirmation();
    set_back.set_clocks(281_000, -86_400_000);
    set_back.dispatch(Event::Actions(actions::Event::ResetConfirmed));
    assert_eq!(set_back.count("POST /resetPasscode"), 0);
    assert!(matches!(
        set_back.model.features.actions.reset,
        ActionFlow::SignIn { step: SignInStep::Expired, .. }
    ));
}

#[test]
fn a_clock_that_is_a_day_off_gives_the_same_five_minutes() {
    for day in [-86_400_000, 86_400_000] {
        let mut browser = Browser::new();
        browser.set_clocks(0, day);
        let mut browser = browser.signed_in_at("/devices/a");
        browser.step_up("a");
        browser.answer(DEVICE, Ok(answer(200, &device_json("a"))));
        assert_eq!(browser.model.time_left(), Some(Milliseconds(280_000)));
        browser.pass(279);
        assert!(matches!(browser.model.features.actions.reset, ActionFlow::Confirm { .. }));
        browser.pass(1);
        assert!(matches!(
            browser.model.features.actions.reset,
            ActionFlow::SignIn { step: SignInStep::Expired, .. }
        ));
    }
}

#[test]
fn a_sign_in_without_prompt_and_max_age_is_not_fresh() {
    let mut browser = Browser::sign_in_at("/devices/a");
    browser.leave_for_step_up("a");
    // Somebody stripped the parameters: the provider hands out the old sign-in.
    browser.return_with(|claims| claims["auth_time"] = json!(SERVER - 3_000));
    assert_eq!(
        browser.model.features.actions.reset,
        ActionFlow::SignIn { device: id("a"), step: SignInStep::Failed }
    );
    assert_eq!(browser.model.features.sign_in.error, Some(SignInError::AuthenticationTooOld));

    let mut browser = Browser::sign_in_at("/devices/a");
    browser.leave_for_step_up("a");
    browser.return_with(|claims| claims["auth_time"] = json!(null));
    assert_eq!(
        browser.model.features.actions.reset,
        ActionFlow::SignIn { device: id("a"), step: SignInStep::Failed }
    );
    assert_eq!(browser.model.features.sign_in.error, Some(SignInError::AuthTimeMissing));
}

#[test]
fn another_person_is_told_so_and_the_first_one_is_asked_for_again() {
    let mut browser = Browser::sign_in_at("/devices/a");
    browser.leave_for_step_up("a");
    browser.return_with(|claims| claims["sub"] = json!("bob"));
    assert_eq!(
        browser.model.features.actions.reset,
        ActionFlow::SignIn { device: id("a"), step: SignInStep::WrongPerson }
    );
    assert_eq!(browser.model.page.session, Session::SignedOut);
    assert!(browser.has_effect(&Effect::BroadcastSignedOut));
    assert!(browser.model.shows_reset_explanation());
    assert_eq!(browser.address, "/devices/a/reset-passcode");
    browser.dispatch(Event::Actions(actions::Event::SignOutForResetChosen));
    let asked = browser.asked();
    assert_eq!((asked["prompt"].as_str(), asked["login_hint"].as_str()), ("login", "ann@example"));
    browser.return_with(|claims| claims["sub"] = json!("bob"));
    assert_eq!(
        browser.model.features.actions.reset,
        ActionFlow::SignIn { device: id("a"), step: SignInStep::WrongPerson },
        "still not Ann"
    );
}

#[test]
fn a_cancelled_and_a_failed_step_up_each_have_their_explanation_and_one_button() {
    for (error, wanted) in [
        ("access_denied", ActionFlow::SignIn { device: id("a"), step: SignInStep::Cancelled }),
        ("login_required", ActionFlow::SignIn { device: id("a"), step: SignInStep::Failed }),
        ("server_error", ActionFlow::SignIn { device: id("a"), step: SignInStep::Failed }),
    ] {
        let mut browser = Browser::sign_in_at("/devices/a");
        browser.leave_for_step_up("a");
        browser.return_with_error(error);
        assert_eq!(browser.model.features.actions.reset, wanted);
        assert!(browser.model.shows_reset_explanation());
        let redirects = browser.left_for.len();
        browser.dispatch(Event::Actions(actions::Event::SignOutForResetChosen));
        assert_eq!(browser.left_for.len(), redirects + 1);
        assert_eq!(browser.asked()["prompt"], "login");
    }
}

#[test]
fn a_person_who_stays_too_long_at_the_provider_gets_the_explanation_for_it() {
    let mut browser = Browser::sign_in_at("/devices/a");
    browser.leave_for_step_up("a");
    browser.pass(601);
    let state = browser.asked()["state"].clone();
    browser.open(&format!("/callback?code=c&state={state}&iss=https%3A%2F%2Fid.example"));
    assert_eq!(
        browser.model.features.actions.reset,
        ActionFlow::SignIn { device: id("a"), step: SignInStep::Expired }
    );
}

#[test]
fn the_way_on_from_sign_out_is_used_once_and_only_with_its_own_state() {
    let mut browser = Browser::sign_in_at("/devices/a");
    browser.dispatch(Event::Actions(actions::Event::ResetChosen(id("a"))));
    browser.dispatch(Event::Actions(actions::Event::SignOutForResetChosen));
    let state = browser.asked()["state"].clone();
    for address in ["/signed-out", "/signed-out?state=foreign"] {
        browser.open(address);
        assert_eq!(browser.model.page.session, Session::SignedOut);
        assert_eq!(browser.left_for.len(), 2, "nothing goes on by itself");
    }
    browser.open(&format!("/signed-out?state={state}"));
    browser.answer_discovery();
    assert_eq!(browser.asked()["prompt"], "login");
    browser.open(&format!("/signed-out?state={state}"));
    assert_eq!(browser.left_for.len(), 3, "by itself only once");
    assert!(browser.model.shows_reset_explanation(), "from there on it is offered");
}

#[test]
fn without_a_sign_out_at_the_provider_the_fresh_sign_in_follows_at_once() {
    let mut browser = Browser::new().without_end_session().signed_in_at("/devices/a");
    browser.dispatch(Event::Actions(actions::Event::ResetChosen(id("a"))));
    browser.dispatch(Event::Actions(actions::Event::SignOutForResetChosen));
    let asked = browser.asked();
    assert_eq!((asked["prompt"].as_str(), asked["max_age"].as_str()), ("login", "300"));
}

#[test]
fn a_reload_in_b_comes_back_to_b_with_the_same_key_and_less_time() {
    let mut browser = Browser::at_confirmation();
    browser.pass(100);
    let key = browser.model.features.actions.reset.grant().unwrap().key.clone();
    browser.reload();
    browser.answer_discovery();
    assert_eq!(browser.asked()["prompt"], "none");
    browser.return_with(|claims| {
        claims["iat"] = json!(SERVER + 100);
        claims["exp"] = json!(SERVER + 700);
    });
    browser.answer(DEVICE, Ok(answer(200, &device_json("a"))));
    assert!(matches!(browser.model.features.actions.reset, ActionFlow::Confirm { .. }));
    assert_eq!(browser.model.features.actions.reset.grant().unwrap().key, key);
    assert_eq!(browser.model.time_left(), Some(Milliseconds(180_000)));
    assert_eq!(browser.count("POST /resetPasscode"), 0);
}

#[test]
fn a_reload_in_b_that_comes_back_too_late_or_as_somebody_else_does_not_open_b() {
    let mut late = Browser::at_confirmation();
    late.pass(100);
    late.reload();
    late.answer_discovery();
    late.return_with(|claims| {
        claims["iat"] = json!(SERVER + 290);
        claims["exp"] = json!(SERVER + 900);
    });
    assert!(matches!(
        late.model.features.actions.reset,
        ActionFlow::SignIn { step: SignInStep::Expired, .. }
    ));

    let mut other = Browser::at_confirmation();
    other.reload();
    other.answer_discovery();
    other.return_with(|claims| claims["sub"] = json!("bob"));
    other.answer(DEVICE, Ok(answer(200, &device_json("a"))));
    assert!(matches!(other.model.features.actions.reset, ActionFlow::Explain { .. }));
}

#[test]
fn the_record_for_a_reload_is_gone_after_cancel_expiry_acceptance_and_sign_out() {
    let has = |browser: &Browser| browser.storage.contains_key("portal.resume");
    let mut browser = Browser::at_confirmation();
    assert!(has(&browser));
    browser.dispatch(Event::Actions(actions::Event::ResetCancelled));
    assert!(!has(&browser));
    assert_eq!(
        (browser.address.as_str(), &browser.model.features.actions.reset),
        ("/devices/a", &ActionFlow::Idle)
    );

    let mut browser = Browser::at_confirmation();
    browser.pass(281);
    assert!(!has(&browser));
    assert!(!has(&pending()));
    let mut browser = Browser::at_confirmation();
    browser.dispatch(Event::SignIn(sign_in::Event::SignOutChosen));
    assert!(!has(&browser));
}

#[test]
fn a_reload_while_pending_or_submitting_finds_the_reset_again() {
    for mut browser in [pending(), {
        let mut submitting = Browser::at_confirmation();
        submitting.dispatch(Event::Actions(actions::Event::ResetConfirmed));
        submitting
    }] {
        browser.reload();
        browser.answer_discovery();
        browser.return_with(|_| {});
        browser.answer(DEVICE, Ok(answer(200, &device_json_with("a", &[("r1", "pending", None, 0)]))));
        assert!(matches!(browser.model.features.actions.reset, ActionFlow::Pending { .. }));
        assert_eq!(browser.count("POST /resetPasscode"), 0);
    }
}

#[test]
fn back_and_forward_keep_the_confirmation_and_the_pending_reset() {
    for mut browser in [Browser::at_confirmation(), pending()] {
        let before = browser.model.features.actions.reset.clone();
        browser.dispatch(Event::App(AppEvent::AddressChanged(Route::Device(id("a")))));
        browser.dispatch(Event::App(AppEvent::AddressChanged(Route::ResetPasscode(id("a")))));
        assert_eq!(browser.model.features.actions.reset, before);
    }
}

#[test]
fn leaving_the_explanation_closes_it() {
    let mut browser = Browser::sign_in_at("/devices/a");
    browser.dispatch(Event::Actions(actions::Event::ResetChosen(id("a"))));
    browser.dispatch(Event::App(AppEvent::AddressChanged(Route::Devices)));
    assert_eq!(browser.model.features.actions.reset, ActionFlow::Idle);
}

#[test]
fn every_refusal_of_the_server_leads_to_its_own_step() {
    type Check = fn(&ActionFlow) -> bool;
    let busy = with_header(problem(429, "tooManyRequests"), "Retry-After", "2.5");
    let mut forbidden =
        json!({ "code": "actionNotAllowed", "reason": "eraseOrRetirePending", "requestId": "q" });
    forbidden["status"] = json!(403);
    let step_up = with_header(
        problem(401, "insufficientUserAuthentication"),
        "WWW-Authenticate",
        r#"Bearer error="insufficient_user_authentication", max_age="300""#,
    );
    let cases: [(_, Check); 9] = [
        (step_up, |s| matches!(s, ActionFlow::Explain { why: WhyExplain::Challenged, .. })),
        (problem(401, "unauthenticated"), |s| matches!(s, ActionFlow::Explain { .. })),
        (answer(403, &forbidden), |s| {
            matches!(s, ActionFlow::Stopped { why: StopReason::NotAllowed(_), .. })
        }),
        (problem(404, "notFound"), |s| matches!(s, ActionFlow::Stopped { why: StopReason::Gone, .. })),
        (problem(409, "actionAlreadyPending"), |s| matches!(s, ActionFlow::Reading { grant: None, .. })),
        (busy, |s| {
            matches!(s, ActionFlow::Submit { step: SubmitStep::Busy { wait: Milliseconds(2_500), .. }, .. })
        }),
        (
            problem(400, "invalidRequest"),
            |s| matches!(s, ActionFlow::Stopped { why: StopReason::Rejected(reference), .. } if reference == "req-1"),
        ),
        (problem(422, "idempotencyKeyReused"), |s| {
            matches!(s, ActionFlow::Stopped { why: StopReason::Rejected(_), .. })
        }),
        (problem(500, "internalError"), |s| {
            matches!(s, ActionFlow::Submit { step: SubmitStep::Rereading, .. })
        }),
    ];
    for (response, check) in cases {
        let mut browser = Browser::at_confirmation();
        browser.dispatch(Event::Actions(actions::Event::ResetConfirmed));
        let status = response.status;
        let redirects = browser.left_for.len();
        browser.answer(POST, Ok(response));
        assert!(
            check(&browser.model.features.actions.reset),
            "{status}: {:?}",
            browser.model.features.actions.reset
        );
        assert_eq!(browser.left_for.len(), redirects, "no redirect without a click");
        browser.pass(30);
        assert_eq!(browser.count("POST /resetPasscode"), 1, "{status}: never repeated by itself");
    }
}

#[test]
fn a_challenge_of_the_server_is_part_of_the_next_sign_in() {
    let mut browser = Browser::at_confirmation();
    browser.dispatch(Event::Actions(actions::Event::ResetConfirmed));
    let challenge = r#"Bearer error="insufficient_user_authentication", max_age="60", acr_values="phr""#;
    browser.answer(
        POST,
        Ok(with_header(problem(401, "insufficientUserAuthentication"), "www-authenticate", challenge)),
    );
    browser.dispatch(Event::Actions(actions::Event::SignOutForResetChosen));
    let state = browser.asked()["state"].clone();
    browser.open(&format!("/signed-out?state={state}"));
    browser.answer_discovery();
    assert_eq!((browser.asked()["max_age"].as_str(), browser.asked()["acr_values"].as_str()), ("60", "phr"));
}

#[test]
fn a_lost_answer_reads_the_device_before_anything_is_offered_and_repeats_with_the_same_key() {
    for lost in [Err(NetworkFault::Broken), Err(NetworkFault::TimedOut), Ok(problem(502, "other")), {
        let mut captive = answer(200, &json!({}));
        captive.body = "<html>Welcome to the hotel</html>".into();
        Ok(captive)
    }] {
        let mut browser = Browser::at_confirmation();
        browser.dispatch(Event::Actions(actions::Event::ResetConfirmed));
        let first = browser.answer(POST, lost);
        assert!(matches!(
            browser.model.features.actions.reset,
            ActionFlow::Submit { step: SubmitStep::Rereading, .. }
        ));
        browser.dispatch(Event::Actions(actions::Event::ResetConfirmed));
        assert_eq!(browser.count("POST /resetPasscode"), 1);
        // The network stays away for a while: the page keeps looking.
        browser.answer(DEVICE, Err(NetworkFault::Broken));
        browser.pass(70);
        browser.answer(DEVICE, Ok(answer(200, &device_json("a"))));
        assert!(matches!(
            browser.model.features.actions.reset,
            ActionFlow::Submit { step: SubmitStep::Unknown, .. }
        ));
        browser.dispatch(Event::Actions(actions::Event::ResetConfirmed));
        let second = browser.answer(POST, Ok(answer(202, &run_json("r1", "pending", None, 0))));
        assert_eq!(first.headers, second.headers, "the same key");
        assert!(matches!(browser.model.features.actions.reset, ActionFlow::Pending { .. }));
    }
}

#[test]
fn a_device_that_was_taken_away_meanwhile_is_gone() {
    let mut browser = pending();
    browser.pass(3);
    browser.answer(DEVICE, Ok(problem(404, "notFound")));
    assert!(matches!(
        browser.model.features.actions.reset,
        ActionFlow::Stopped { why: StopReason::Gone, .. }
    ));
}

#[test]
fn a_pending_reset_is_looked_at_less_and_less_often_and_not_in_the_background() {
    let mut browser = pending();
    let open = || Ok(answer(200, &device_json_with("a", &[("r1", "pending", None, 0)])));
    let before = browser.count("GET /managedDevices/a");
    for _ in 0..600 {
        browser.pass(1);
        while browser.is_waiting_for(DEVICE) {
            browser.answer(DEVICE, open());
        }
        browser.requests.clear();
    }
    let looks = browser.count("GET /managedDevices/a") - before;
    assert!((8..25).contains(&looks), "{looks} looks in ten minutes");
    browser.dispatch(Event::App(AppEvent::VisibilityChanged(Visibility::Hidden)));
    let before = browser.count("GET /managedDevices/a");
    browser.pass(600);
    assert_eq!(browser.count("GET /managedDevices/a"), before);
    browser.dispatch(Event::App(AppEvent::VisibilityChanged(Visibility::Visible)));
    assert_eq!(browser.count("GET /managedDevices/a"), before + 1);
}

#[test]
fn a_pending_reset_can_be_cancelled_once() {
    let mut browser = pending();
    browser.dispatch(Event::Actions(actions::Event::RunCancelChosen));
    browser.dispatch(Event::Actions(actions::Event::RunCancelChosen));
    assert_eq!(browser.count("POST /deviceActionResults/r1/cancel"), 1);
    browser.answer("/cancel", Ok(answer(202, &json!({}))));
    browser.answer(
        DEVICE,
        Ok(answer(200, &device_json_with("a", &[("r1", "canceled", Some("canceledByUser"), 0)]))),
    );
    assert!(matches!(browser.model.features.actions.reset, ActionFlow::Ended { end: Ending::Canceled, .. }));
    assert_eq!(spoken(&browser), Some(&Announcement::ResetCanceled));
}

#[test]
fn a_device_that_may_not_be_reset_stays_where_it_is() {
    let mut device = device_json("a");
    device["actions"]["resetPasscode"] = json!({ "allowed": false, "reason": "windowsPc" });
    let mut browser = Browser::sign_in_at("/devices/a");
    browser.answer(DEVICE, Ok(answer(200, &device)));
    browser.dispatch(Event::Actions(actions::Event::ResetChosen(id("a"))));
    assert_eq!(browser.model.features.actions.reset, ActionFlow::Idle);
    browser.dispatch(Event::App(AppEvent::LinkFollowed(Route::ResetPasscode(id("a")))));
    browser.answer(DEVICE, Ok(answer(200, &device)));
    assert!(matches!(
        browser.model.features.actions.reset,
        ActionFlow::Stopped { why: StopReason::NotAllowed(_), .. }
    ));
}

#[test]
fn two_tabs_at_the_confirmation_make_one_reset() {
    let mut browser = Browser::at_confirmation();
    // The other tab was faster.
    browser.dispatch(Event::Actions(actions::Event::ResetConfirmed));
    browser.answer(POST, Ok(problem(409, "actionAlreadyPending")));
    browser.answer(DEVICE, Ok(answer(200, &device_json_with("a", &[("theirs", "active", None, 0)]))));
    let ActionFlow::Pending { run, .. } = &browser.model.features.actions.reset else {
        panic!("{:?}", browser.model.features.actions.reset)
    };
    assert_eq!(run.id, "theirs");
}

#[test]
fn a_passcode_needs_a_recent_sign_in_and_says_so_without_redirecting() {
    let mut browser = Browser::sign_in_at("/devices/a");
    browser.dispatch(Event::Passcode(passcode::Event::ShowChosen(id("a"))));
    let header = r#"Bearer error="insufficient_user_authentication", max_age="3600""#;
    let stale = with_header(problem(401, "insufficientUserAuthentication"), "WWW-Authenticate", header);
    browser.answer("/temporaryPasscode", Ok(stale));
    assert_eq!(browser.model.features.passcode.view, PasscodeView::NeedsSignIn { device: id("a") });
    let redirects = browser.left_for.len();
    browser.dispatch(Event::SignIn(sign_in::Event::RevealSignInChosen(id("a"))));
    assert_eq!(browser.left_for.len(), redirects + 1);
    assert_eq!((browser.asked()["prompt"].as_str(), browser.asked()["max_age"].as_str()), ("login", "3600"));
    browser.return_with(|_| {});
    assert_eq!(browser.address, "/devices/a");
    assert_eq!(browser.model.features.passcode.view, PasscodeView::Hidden, "shown on a click only");
}

#[test]
fn a_passcode_is_gone_from_memory_once_it_is_hidden_or_the_screen_is_left() {
    let shown = || {
        let mut browser = Browser::sign_in_at("/devices/a");
        browser.dispatch(Event::Passcode(passcode::Event::ShowChosen(id("a"))));
        let body = json!({ "passcode": PASSCODE, "characterSet": "digits", "resultId": "r1",
            "expiresDateTime": rfc3339(SERVER + 86_400) });
        browser.answer("/temporaryPasscode", Ok(answer(200, &body)));
        browser
    };
    for event in [
        Event::Passcode(passcode::Event::HideChosen),
        Event::App(AppEvent::LinkFollowed(Route::Devices)),
        Event::SignIn(sign_in::Event::SignedOutElsewhere),
    ] {
        let mut browser = shown();
        browser.dispatch(event);
        assert_eq!(browser.model.features.passcode.view, PasscodeView::Hidden);
    }
    let mut none = Browser::sign_in_at("/devices/a");
    none.dispatch(Event::Passcode(passcode::Event::ShowChosen(id("a"))));
    none.answer("/temporaryPasscode", Ok(problem(404, "notFound")));
    assert_eq!(none.model.features.passcode.view, PasscodeView::NoneThere { device: id("a") });
}

#[test]
fn the_list_is_loaded_page_by_page_filtered_and_shown_in_portions() {
    let mut browser = Browser::sign_in_at("/devices");
    let page = |from: usize, to: usize, next: Option<&str>| {
        let value: Vec<_> = (from..to).map(|n| device_json(&format!("d{n}"))).collect();
        let mut page = json!({ "value": value });
        if let Some(next) = next {
            page["@odata.nextLink"] = next.into();
        }
        Ok(answer(200, &page))
    };
    browser.answer("/managedDevices", page(0, 150, Some("/api/v1.0/me/managedDevices?skip=150")));
    assert_eq!(
        (browser.model.features.devices.list.all().len(), &browser.model.features.devices.list.state),
        (150, &LoadState::Loading)
    );
    browser.answer("?skip=150", page(150, 250, None));
    let devices = &browser.model.features.devices.list;
    assert_eq!((devices.all().len(), devices.visible().count(), devices.has_more()), (250, 100, true));
    browser.dispatch(Event::Devices(devices::Event::FilterChanged("PHONE d24".into())));
    assert_eq!(browser.model.features.devices.list.matching().len(), 11);
    browser.pass(1);
    assert_eq!(spoken(&browser), Some(&Announcement::DevicesShown { shown: 11, total: 250 }));
    browser.dispatch(Event::Devices(devices::Event::FilterChanged(String::new())));
    browser.dispatch(Event::Devices(devices::Event::MoreChosen));
    assert_eq!(browser.model.features.devices.list.visible().count(), 200);
}

/// With so many devices that finding one is the work.
#[test]
fn a_long_list_is_grouped_by_how_its_devices_stand_and_narrowed_by_choices() {
    let of = |id: &str, changes: &[(&str, serde_json::Value)]| {
        let mut device = device_json(id);
        for (name, value) in changes {
            device[*name] = value.clone();
        }
        device
    };
    let mut all: Vec<_> = (0..12).map(|n| of(&format!("d{n:02}"), &[])).collect();
    all[3]["complianceState"] = "noncompliant".into();
    all[5]["deviceActionResults"] = json!([run_json("r1", "pending", None, 5)]);
    all[7]["lastSyncDateTime"] = rfc3339(SERVER - 15 * 24 * 3600).into();
    all[8]["deviceActionResults"] = json!([run_json("r2", "failed", Some("commandExpired"), 60)]);
    all[9]["deviceActionResults"] = json!([run_json("r3", "failed", Some("commandExpired"), 25 * 3600)]);
    all[10]["operatingSystem"] = "iOS".into();
    all[11]["deviceCategoryDisplayName"] = "Sales".into();
    let mut browser = Browser::sign_in_at("/devices");
    browser.answer("/managedDevices", Ok(answer(200, &json!({ "value": all }))));
    assert_eq!(browser.model.page.lazy_screens, LazyScreens::Ready, "the choices come with the later part");
    let shown = |browser: &Browser| -> Vec<String> {
        browser.model.features.devices.list.visible().map(|device| device.id.as_str().to_owned()).collect()
    };
    let standing = |browser: &Browser, device: &str| {
        let list = &browser.model.features.devices.list;
        list.group_of(list.find(&id(device)).unwrap())
    };
    assert_eq!(
        shown(&browser)[..4],
        ["d03", "d08", "d07", "d05"],
        "the worst first, then what was seen last"
    );
    assert_eq!(standing(&browser, "d07"), Some(Standing::NeedsAttention), "silent for more than two weeks");
    assert_eq!(standing(&browser, "d05"), Some(Standing::UnderWay));
    assert_eq!(standing(&browser, "d09"), Some(Standing::Fine), "what failed long ago is no news");

    let choose = |browser: &mut Browser, selection: devices::Selection| {
        browser.dispatch(Event::Devices(devices::Event::SelectionChosen(selection)));
    };
    let none = devices::Selection::default;
    choose(&mut browser, devices::Selection { platform: Some(Platform::AppleMobile), ..none() });
    assert_eq!(shown(&browser), ["d10"]);
    assert_eq!(spoken(&browser), Some(&Announcement::DevicesShown { shown: 1, total: 12 }));
    choose(&mut browser, devices::Selection { category: Some("Sales".to_owned()), ..none() });
    assert_eq!(shown(&browser), ["d11"]);
    choose(&mut browser, devices::Selection { standing: Some(Standing::NeedsAttention), ..none() });
    assert_eq!(shown(&browser), ["d03", "d08", "d07"]);
    assert_eq!(standing(&browser, "d03"), None, "one group needs no heading");
    browser.dispatch(Event::Devices(devices::Event::FilterChanged("d08".into())));
    assert_eq!(shown(&browser), ["d08"], "together with the search");

    browser.dispatch(Event::App(AppEvent::LinkFollowed(Route::Device(id("d08")))));
    browser.dispatch(Event::App(AppEvent::AddressChanged(Route::Devices)));
    assert_eq!(shown(&browser), ["d08"], "Back finds the list as it was left");
    browser.dispatch(Event::Devices(devices::Event::FilterChanged(String::new())));
    choose(&mut browser, devices::Selection { order: devices::Order::Name, ..none() });
    assert_eq!(shown(&browser)[..2], ["d00", "d01"]);
    choose(&mut browser, devices::Selection { order: devices::Order::LastSeen, ..none() });
    assert_eq!(shown(&browser).last().map(String::as_str), Some("d07"));
    choose(
        &mut browser,
        devices::Selection { platform: Some(Platform::AppleMobile), order: devices::Order::Name, ..none() },
    );
    let before = browser.model.features.devices.list.cleared;
    browser.dispatch(Event::Devices(devices::Event::SelectionCleared));
    assert_eq!(shown(&browser)[..2], ["d00", "d01"], "all of them, and the order stays");
    assert_ne!(browser.model.features.devices.list.cleared, before, "the boxes begin anew");

    choose(&mut browser, none());
    browser.dispatch(Event::App(AppEvent::LinkFollowed(Route::Device(id("d00")))));
    let mut changed = all[0].clone();
    changed["complianceState"] = "noncompliant".into();
    browser.answer("/managedDevices/d00", Ok(answer(200, &changed)));
    let groups: Vec<_> = shown(&browser).iter().map(|device| standing(&browser, device)).collect();
    assert!(groups.is_sorted(), "a device that changed stands with its like: {groups:?}");
    assert_eq!(standing(&browser, "d00"), Some(Standing::NeedsAttention));
}

/// So that the wrong one of two phones of one name is never reset.
#[test]
fn what_was_chosen_in_the_list_is_there_after_a_reload_and_goes_with_the_person() {
    let many = || {
        let device = |number: u8| {
            let mut device = device_json(&format!("d{number}"));
            let (system, category) =
                if number.is_multiple_of(3) { ("iOS", "Sales") } else { ("Android", "Field \"work\"") };
            device["operatingSystem"] = json!(system);
            device["deviceCategoryDisplayName"] = json!(category);
            device
        };
        Ok(answer(200, &json!({ "value": (0..40).map(device).collect::<Vec<_>>() })))
    };
    let chosen = devices::Selection {
        platform: Some(Platform::Android),
        standing: None,
        category: Some("Field \"work\"".to_owned()),
        order: devices::Order::Name,
    };
    let narrowed = || {
        let mut browser = Browser::sign_in_at("/devices");
        browser.answer("/managedDevices", many());
        browser.dispatch(Event::Devices(devices::Event::SelectionChosen(chosen.clone())));
        browser.dispatch(Event::Devices(devices::Event::FilterChanged("Phone".to_owned())));
        browser.dispatch(Event::Devices(devices::Event::DensityToggled));
        browser.dispatch(Event::Devices(devices::Event::PlaceLeft(640)));
        assert!(!browser.address.contains('?'), "nothing of it is in the address");
        browser
    };
    let reloaded = |sub: &str| {
        let mut again = narrowed();
        again.reload();
        again.answer_discovery();
        // What the page that only passes by leaves behind changes nothing.
        again.dispatch(Event::Devices(devices::Event::PlaceLeft(0)));
        again.return_with(|claims| claims["sub"] = json!(sub));
        again.answer("/managedDevices", many());
        again
    };
    let again = reloaded("ann");
    let list = &again.model.features.devices.list;
    assert_eq!((&list.selection, list.filter.as_str(), list.is_dense), (&chosen, "Phone", true));
    assert_eq!(list.matching().len(), 26);
    assert!(again.has_effect(&Effect::ScrollTo(640)));

    let somebody_else = reloaded("bob");
    let list = &somebody_else.model.features.devices.list;
    assert_eq!((&list.selection, list.filter.as_str()), (&devices::Selection::default(), ""));

    let mut browser = narrowed();
    assert!(browser.storage.contains_key("portal.list"));
    browser.dispatch(Event::SignIn(sign_in::Event::SignOutChosen));
    assert!(
        !browser.storage.keys().any(|key| key.starts_with("portal.list")),
        "{:?}",
        browser.storage.keys()
    );
}

#[test]
fn devices_of_one_name_are_told_apart_wherever_the_name_stands() {
    let named = |id: &str, name: &str, serial: &str| {
        let mut device = device_json(id);
        device["deviceName"] = name.into();
        device["serialNumber"] = serial.into();
        device
    };
    let all = json!({ "value": [named("a", "iPhone", "F2LX8016"), named("b", "iPhone", "F2LX9927"), named("c", "Pad", "X1")] });
    let mut browser = Browser::sign_in_at("/devices");
    browser.answer("/managedDevices", Ok(answer(200, &all)));
    let name = |browser: &Browser, device: &str| {
        browser.model.features.devices.list.find(&id(device)).unwrap().name.clone()
    };
    assert_eq!(name(&browser, "a"), "iPhone (One, …8016)");
    assert_eq!(name(&browser, "b"), "iPhone (One, …9927)");
    assert_eq!(name(&browser, "c"), "Pad", "nothing is added where nothing can be mistaken");
    let list = &browser.model.features.devices.list;
    assert_eq!(list.name_in_record("a", "iPhone"), "iPhone (One, …8016)");
    assert_eq!(list.name_in_record("a", "Old name"), "Old name", "as it was recorded");

    browser.dispatch(Event::App(AppEvent::LinkFollowed(Route::Device(id("b")))));
    browser.answer("/managedDevices/b", Ok(answer(200, &named("b", "iPhone", "F2LX9927"))));
    let known = browser.model.features.devices.detail.device.clone().unwrap();
    let asked = PermittedDevice::of(&known).unwrap();
    assert_eq!(asked.name(), "iPhone (One, …9927)", "read again it stays told apart");
    browser.dispatch(Event::App(AppEvent::RetryChosen));
    browser.answer("/managedDevices/b", Ok(answer(200, &named("b", "Work iPhone", "F2LX9927"))));
    assert_eq!(name(&browser, "a"), "iPhone", "with another name nothing has to be told apart");
    assert_eq!(name(&browser, "b"), "Work iPhone");
}

#[test]
fn a_next_link_out_of_the_api_is_not_followed_with_the_token() {
    for link in [
        "https://evil.example/api/v1.0/x",
        "//evil.example/x",
        "/api/v1.0/../../x",
        "/api/v1.0evil",
        "/other",
    ] {
        let mut browser = Browser::sign_in_at("/devices");
        let page = json!({ "value": [], "@odata.nextLink": link });
        browser.answer("/managedDevices", Ok(answer(200, &page)));
        assert!(matches!(browser.model.features.devices.list.state, LoadState::Failed(_)), "{link}");
        assert!(browser.requests.iter().all(|(_, request)| !request.url.contains("evil")));
    }
}

#[test]
fn a_read_that_fails_is_repeated_patiently_and_then_told() {
    let mut browser = Browser::sign_in_at("/devices");
    for _ in 0..4 {
        assert_eq!(browser.model.features.devices.list.state, LoadState::Loading);
        browser.answer("/managedDevices", Err(NetworkFault::Broken));
        browser.pass(8);
    }
    assert!(matches!(browser.model.features.devices.list.state, LoadState::Failed(_)));
    browser.dispatch(Event::App(AppEvent::RetryChosen));
    browser.answer("/managedDevices", Ok(answer(200, &json!({ "value": [device_json("a")] }))));
    assert_eq!(browser.model.features.devices.list.state, LoadState::Loaded);
}

#[test]
fn the_flag_counts_the_unread_notifications_and_opening_one_marks_it() {
    let mut browser = Browser::sign_in_at("/devices/a");
    let item = |id: &str, read: bool| {
        json!({ "id": id, "kind": "passcodeReset", "deviceId": "a", "deviceName": "x", "resultId": "r",
            "actionState": "done", "createdDateTime": rfc3339(SERVER), "isRead": read })
    };
    browser.answer("/me/notifications", Ok(answer(200, &json!({ "value": [item("n1", true)] }))));
    assert_eq!(browser.model.features.notifications.unread(), 0);
    browser.pass(61);
    let both = json!({ "value": [item("n2", false), item("n1", true)] });
    browser.answer("/me/notifications", Ok(answer(200, &both)));
    assert_eq!(browser.model.features.notifications.unread(), 1);
    assert_eq!(spoken(&browser), Some(&Announcement::NotificationsArrived(1)));
    browser.dispatch(Event::Notifications(notifications::Event::Opened("n2".into())));
    assert_eq!(browser.model.features.notifications.unread(), 0);
    assert_eq!(browser.count("POST /me/notifications/n2/read"), 1);
    assert_eq!(*browser.route(), Route::Device(id("a")));
}

#[test]
fn a_result_on_the_screen_is_no_news_and_all_can_be_marked_as_read() {
    let mut browser = Browser::sign_in_at("/devices/a/reset-passcode");
    browser.answer(DEVICE, Ok(answer(200, &device_json_with("a", &[("r1", "done", None, 0)]))));
    let item = |id: &str, result: &str| {
        json!({ "id": id, "kind": "passcodeReset", "deviceId": "a", "deviceName": "x", "resultId": result,
            "actionState": "done", "createdDateTime": rfc3339(SERVER), "isRead": false })
    };
    browser.answer("/me/notifications", Ok(answer(200, &json!({ "value": [] }))));
    browser.pass(61);
    let before = browser.model.page.announcement.sequence;
    browser.answer("/me/notifications", Ok(answer(200, &json!({ "value": [item("n1", "r1")] }))));
    assert_eq!(browser.model.page.announcement.sequence, before, "nothing is said of it");
    assert_eq!(browser.model.features.notifications.unread(), 1, "the flag confirms it");
    browser.dispatch(Event::App(AppEvent::LinkFollowed(Route::Devices)));
    assert_eq!(browser.model.features.notifications.unread(), 0, "it was on the screen");
    assert_eq!(browser.count("POST /me/notifications/n1/read"), 1);

    browser.pass(61);
    let more = json!({ "value": [item("n3", "r3"), item("n2", "r2")] });
    browser.answer("/me/notifications", Ok(answer(200, &more)));
    assert_eq!(browser.model.features.notifications.unread(), 2);
    browser.dispatch(Event::Notifications(notifications::Event::AllRead));
    assert_eq!(browser.model.features.notifications.unread(), 0);
    assert_eq!(browser.count("POST /me/notifications/n2/read"), 1);
    assert_eq!(browser.count("POST /me/notifications/n3/read"), 1);
}
