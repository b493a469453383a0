//! What is said before something is taken away for good: which device, what is lost, what stays, within a budget; and every
//! state of it in words that speak of no passcode.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop at once")]

mod view_support;

use passcode_portal::auth::SignInError;
use passcode_portal::domain::{
    Action, ActionFlow, Device, DeviceId, Ending, PendingPhase, SignInStep, StopReason,
};
use passcode_portal::features::actions::words::{LossView, loss, loss_notice, question, refusals};
use passcode_portal::i18n::{Locale, Text, t};
use portal_contract::{FailureCode, RefusalReason, ResetOutcome};
use serde_json::json;
use view_support::{LANGUAGES, NOW, Page, device, length, run, said};

/// A language, and the most that is read before the last button.
const BUDGETS: [(Locale, usize); 3] = [(Locale::En, 75), (Locale::De, 90), (Locale::Ja, 220)];

fn phone() -> Device {
    device(
        &json!({ "deviceName": "Aiko's iPhone", "managedDeviceName": "", "model": "iPhone 16", "serialNumber": "F2LX8016" }),
    )
}

fn texts(view: &LossView) -> Vec<&Text> {
    let mut texts = vec![&view.heading, &view.tick, &view.button];
    texts.extend(&view.which);
    texts.extend(&view.lost);
    texts.extend(&view.stays);
    texts
}

#[test]
fn the_last_step_names_the_device_and_what_is_lost_within_its_budget() {
    for action in Action::DESTRUCTIVE {
        let view = loss(action, &phone()).unwrap();
        for (locale, most) in BUDGETS {
            let around =
                [t::loss_lost(), t::confirm_irreversible(), t::app_cancel(), t::confirm_start_over_note()];
            let all: Vec<&Text> = texts(&view).into_iter().chain(&around).collect();
            let words = said(locale, &all);
            assert!(length(locale, &words) <= most, "{} in {words}", length(locale, &words));
            assert!(words.contains("8016") && words.contains("iPhone 16"), "{words}");
        }
        let english = said(Locale::En, &texts(&view));
        assert!(!english.to_lowercase().contains("reset"), "{english}");
        assert!(said(Locale::En, &[&view.button]).contains("Aiko's iPhone"));
    }
    let keeps = |action| loss(action, &phone()).unwrap().stays.is_some();
    assert!(keeps(Action::Retire) && !keeps(Action::Wipe), "an erase keeps nothing");
    for action in Action::ALL.into_iter().filter(|action| !Action::DESTRUCTIVE.contains(action)) {
        assert_eq!(loss(action, &phone()), None, "{action:?}");
    }
}

fn states() -> Vec<(&'static str, ActionFlow)> {
    let device = || DeviceId::parse("a").unwrap();
    let sign_in = |step| ActionFlow::SignIn { device: device(), step };
    let ended = |end| ActionFlow::Ended { device: device(), run: run(), end };
    let stopped = |why| ActionFlow::Stopped { device: device(), why };
    vec![
        ("expired", sign_in(SignInStep::Expired)),
        ("wrong person", sign_in(SignInStep::WrongPerson)),
        ("cancelled", sign_in(SignInStep::Cancelled)),
        ("failed", sign_in(SignInStep::Failed)),
        ("interrupted", sign_in(SignInStep::Interrupted)),
        ("waiting", ActionFlow::Pending { device: device(), run: run(), phase: PendingPhase::Waiting }),
        ("delivered", ActionFlow::Pending { device: device(), run: run(), phase: PendingPhase::Delivered }),
        ("done", ended(Ending::Done(ResetOutcome::Other))),
        ("not answered", ended(Ending::Failed(FailureCode::CommandExpired))),
        ("uncertain", ended(Ending::Failed(FailureCode::OutcomeUnknown))),
        ("superseded", ended(Ending::Superseded)),
        ("canceled", ended(Ending::Canceled)),
        ("not allowed", stopped(StopReason::NotAllowed(RefusalReason::SharedIpad))),
        ("gone", stopped(StopReason::Gone)),
        ("rejected", stopped(StopReason::Rejected("q-1".to_owned()))),
    ]
}

#[test]
fn every_state_reads_well_and_speaks_of_no_passcode() {
    for (locale, tag) in LANGUAGES {
        let mut page = Page::new(locale);
        for action in Action::DESTRUCTIVE {
            let view = loss(action, &phone()).unwrap();
            page.chapter(&format!("{action:?}"));
            page.say_all("before", &texts(&view).into_iter().cloned().collect::<Vec<_>>());
            for (name, state) in states() {
                let error = Some(SignInError::ProviderUnreachable);
                let notice = loss_notice(action, &state, "Aiko's iPhone", error, NOW).unwrap();
                let words = said(locale, &notice.lines.iter().chain([&notice.heading]).collect::<Vec<_>>());
                assert!(
                    !words.to_lowercase().contains("passcode") && !words.contains("パスコード"),
                    "{name}: {words}"
                );
                page.note(name, &format!("{:?}", notice.tone));
                page.say("heading", &notice.heading);
                page.say_all("line", &notice.lines);
                page.say_all("button", notice.button.as_slice());
            }
        }
        insta::assert_snapshot!(format!("loss_{tag}"), page.finish());
    }
}

#[test]
fn a_question_names_the_device_and_what_it_does() {
    let view = question(Action::RebootNow, &phone()).unwrap();
    let words = said(Locale::En, &[&view.heading, view.which.as_ref().unwrap(), &view.text, &view.button]);
    assert!(words.contains("Restart Aiko's iPhone") && words.contains("8016"), "{words}");
    for action in [Action::ResetPasscode, Action::SyncDevice, Action::Rename, Action::Retire, Action::Wipe] {
        assert_eq!(question(action, &phone()), None, "{action:?}");
    }
}

#[test]
fn a_reason_is_told_once_however_many_actions_it_stops() {
    let no = |reason: &str| json!({ "allowed": false, "reason": reason });
    let dem = device(&json!({ "actions": {
        "resetPasscode": no("deviceEnrollmentManager"), "remoteLock": no("deviceEnrollmentManager"),
        "syncDevice": no("deviceEnrollmentManager"), "rebootNow": no("platformNotSupported"),
        "wipe": no("deviceEnrollmentManager"), "rename": { "allowed": true } } }));
    let told: Vec<Vec<Action>> = refusals(&dem).into_iter().map(|(actions, _)| actions).collect();
    assert_eq!(
        told,
        [vec![Action::RemoteLock, Action::SyncDevice, Action::Wipe], vec![Action::RebootNow]],
        "the reset says its own reason, retire is not offered at all"
    );
}
