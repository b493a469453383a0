//! Every state of a reset as a person reads it, in both languages, and what the words must never claim.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop at once")]

mod view_support;

use passcode_portal::auth::SignInError;
use passcode_portal::core::{Announcement, ResetStop};
use passcode_portal::domain::{
    Action, ActionFlow, ActionRun, Biometrics, Ending, PendingPhase, PermittedDevice, Seconds, WhyExplain,
};
use passcode_portal::features::actions::words::Situation;
use passcode_portal::features::passcode::PasscodeView;
use passcode_portal::features::{actions, apps, compliance, devices, notifications, passcode};
use passcode_portal::i18n::{Catalogue, Locale, PlainFormatter, Text, t};
use passcode_portal::route::Route;
use passcode_portal::words;
use passcode_portal::words::Tone;
use portal_contract::{
    ActionName, ActionState, CharacterSet, DeviceApp, DeviceCompliance, FailureCode, Notification,
    NotificationKind, ResetOutcome,
};
use serde_json::{Value, json};
use std::sync::Arc;
use view_support::{
    LANGUAGES, NOW, Page, SERVER_NOW, before, device, every_state, name_of, resettable, run, said,
};

fn temporary(set: &str) -> Value {
    json!({ "kind": "temporaryPasscode", "characterSet": set })
}

fn removed() -> Value {
    json!({ "kind": "passcodeRemoved" })
}

/// The platforms of flow.md and visionOS, with what a reset does there.
fn platforms() -> [(&'static str, &'static str, Value); 5] {
    [
        ("Android", "14", temporary("lettersAndDigits")),
        ("iOS", "18.1", removed()),
        ("Windows 10 Mobile", "10.0.15254", temporary("lettersAndDigits")),
        ("WindowsPhone", "8.1", temporary("digits")),
        ("visionOS", "2.0", removed()),
    ]
}

fn english(text: &Text) -> String {
    text.render(&Catalogue::embedded(Locale::En), &PlainFormatter)
}

#[test]
fn every_state_has_a_title_and_an_explanation_where_it_needs_one() {
    for (locale, tag) in LANGUAGES {
        let mut page = Page::new(locale);
        for state in every_state() {
            page.chapter(&name_of(&state));
            let route = state.device().cloned().map_or(Route::Home, Route::ResetPasscode);
            page.say("title", &words::title(&route, "Hanako's phone", &state, "Contoso"));
            let error = Some(SignInError::StorageRefused);
            if let Some(notice) = actions::words::reset_notice(&state, "Hanako's phone", error, NOW) {
                page.notice(&notice);
            }
        }
        insta::assert_snapshot!(format!("every_state_{tag}"), page.finish());
    }
}

#[test]
fn a_is_complete_on_every_platform() {
    for (locale, tag) in LANGUAGES {
        let mut page = Page::new(locale);
        for (system, version, outcome) in platforms() {
            let (known, device) = resettable(system, version, &outcome);
            let situation = Situation {
                why: WhyExplain::Challenged,
                signs_out_first: true,
                signed_in_at: None,
                cannot_prove: false,
                can_be_locked: true,
                now: Some(SERVER_NOW),
            };
            let explain = actions::words::explain(&known, &device, situation);
            page.chapter(system);
            page.say("heading", &explain.heading);
            page.say_all("again", explain.again.as_slice());
            page.say("lead", &explain.lead);
            page.say("preview", &explain.preview);
            page.say_all("stays", &explain.stays);
            page.say_all("warning", explain.warning.as_slice());
            for disclosure in explain.factor.iter().chain([&explain.away]) {
                page.say("question", &disclosure.question);
                page.say_all("advice", &disclosure.advice);
            }
            page.say("button", &explain.cancel);
            page.say("button", &explain.sign_out);
        }
        insta::assert_snapshot!(format!("explain_{tag}"), page.finish());
    }
}

#[test]
fn b_names_the_device_the_outcome_and_the_consequence() {
    for (locale, tag) in LANGUAGES {
        let mut page = Page::new(locale);
        for (system, version, outcome) in platforms() {
            let (_, device) = resettable(system, version, &outcome);
            let confirm = actions::words::confirm(&device, "Hanako", None);
            page.chapter(system);
            page.say("heading", &confirm.heading);
            page.say_all("outcome", &confirm.outcome);
            page.say("data", &confirm.data_stays);
            page.say("consequence", &confirm.consequence_heading);
            page.say_all("consequence", &confirm.consequence);
            page.say_all("signed in", confirm.signed_in.as_slice());
            page.say("start over", &confirm.start_over_note);
            page.say("last button", &confirm.button);
            page.say("button", &confirm.cancel);
        }
        insta::assert_snapshot!(format!("confirm_{tag}"), page.finish());
    }
}

#[test]
fn waiting_tells_since_when_and_asks_after_a_while() {
    let (fresh, long) = (run(), ActionRun { started: before(3 * 3600), ..run() });
    let lapsing = ActionRun { expires: Some(before(-24 * 3600)), ..long.clone() };
    let never = device(&json!({ "lastSyncDateTime": "0001-01-01T00:00:00Z", "operatingSystem": "iPadOS" }));
    let seen = device(&json!({}));
    let cases = [
        ("just accepted", &seen, &fresh, PendingPhase::Waiting),
        ("delivered", &seen, &fresh, PendingPhase::Delivered),
        ("three hours later", &seen, &long, PendingPhase::Waiting),
        ("delivered three hours ago", &seen, &long, PendingPhase::Delivered),
        ("not now", &seen, &fresh, PendingPhase::NotNow),
        ("not now three hours ago", &seen, &long, PendingPhase::NotNow),
        ("three hours later, lapses tomorrow", &seen, &lapsing, PendingPhase::Waiting),
        ("three hours later, never seen", &never, &long, PendingPhase::Waiting),
    ];
    for (locale, tag) in LANGUAGES {
        let mut page = Page::new(locale);
        for (name, device, run, phase) in cases {
            let pending = actions::words::pending(device, run, phase, Some(Seconds(6)), Some(SERVER_NOW));
            page.chapter(name);
            page.say("heading", &pending.heading);
            page.say("not done", &pending.not_done);
            page.say_all("phase", pending.phase.as_slice());
            page.say("since", &pending.since);
            page.say("last check-in", &pending.last_check_in);
            page.say_all("usual", pending.usual.as_slice());
            for step in &pending.steps {
                page.say("step", &step.name);
                page.say("step", &step.state_word);
            }
            if let Some(takes_long) = &pending.takes_long {
                page.say("takes long", &takes_long.silence);
                page.say_all("takes long", takes_long.expiry.as_slice());
                page.say("takes long", &takes_long.heading);
                page.say_all("takes long", &takes_long.tries);
                page.say("takes long", &takes_long.otherwise);
            }
            page.say_all("hint", &pending.hints);
            page.say("leave", &pending.leave);
            page.say_all("cancel", pending.cancel.as_slice());
            page.note("reference", &pending.reference);
        }
        insta::assert_snapshot!(format!("pending_{tag}"), page.finish());
    }
}

#[test]
fn the_result_is_told_for_every_platform_and_every_outcome() {
    let others = [
        ("Android", "14", temporary("digits")),
        ("Tizen", "4", temporary("runes")),
        ("iOS", "18", temporary("lettersAndDigits")),
        ("Android", "14", removed()),
        ("Android", "14", json!({ "kind": "somethingNew" })),
    ];
    for (locale, tag) in LANGUAGES {
        let mut page = Page::new(locale);
        for (system, version, outcome) in platforms().into_iter().chain(others.clone()) {
            let (device, proof) = resettable(system, version, &outcome);
            let done = actions::words::done(
                proof.name(),
                (device.platform, Biometrics::of_model(&device.model)),
                proof.outcome(),
                &run(),
                Some(SERVER_NOW),
            );
            page.chapter(&format!("{system}, {outcome}"));
            page.say("heading", &done.heading);
            page.say("what", &done.what);
            page.say("note", &done.note);
            page.say("when", &done.when);
            page.note("temporary passcode", if done.has_temporary_passcode { "yes" } else { "no" });
            page.say("steps", &done.steps_heading);
            page.say_all("step", &done.steps);
            page.note("reference", &done.reference);
        }
        insta::assert_snapshot!(format!("done_{tag}"), page.finish());
    }
}

#[test]
fn rows_facts_and_notifications_read_well() {
    // The server's time in all of these is 2027-01-15T08:00:00Z.
    let result = |state: &str, code: Value, moment: &str| {
        let run = json!({ "id": "r-1", "actionName": "resetPasscode", "actionState": state,
            "startDateTime": moment, "lastUpdatedDateTime": moment, "errorCode": code });
        device(&json!({ "deviceActionResults": [run] }))
    };
    let rows = [
        ("can be reset", device(&json!({}))),
        ("pending", result("pending", Value::Null, "2027-01-15T07:59:00Z")),
        ("active", result("active", Value::Null, "2027-01-15T07:59:00Z")),
        ("done", result("done", Value::Null, "2027-01-15T06:00:00Z")),
        ("done the day before yesterday", result("done", Value::Null, "2027-01-13T08:00:00Z")),
        ("failed", result("failed", json!("unlockTokenInvalid"), "2027-01-15T07:59:00Z")),
        ("uncertain", result("failed", json!("outcomeUnknown"), "2027-01-15T07:59:00Z")),
        ("superseded", result("canceled", json!("supersededByErase"), "2027-01-15T07:59:00Z")),
        ("cancelled", result("canceled", json!("canceledByUser"), "2027-01-15T07:59:00Z")),
        ("a state of the future", result("dreaming", Value::Null, "2027-01-15T07:59:00Z")),
        (
            "not offered, unnamed, never seen",
            device(&json!({ "actions": {}, "deviceName": "", "managedDeviceName": "",
            "model": "", "lastSyncDateTime": "0001-01-01T00:00:00Z", "operatingSystem": "", "osVersion": "" })),
        ),
    ];
    for (locale, tag) in LANGUAGES {
        let mut page = Page::new(locale);
        for (name, device) in &rows {
            let row = devices::words::device_row(device, Some(SERVER_NOW));
            page.chapter(name);
            page.say("name", &row.name);
            page.say("platform", &row.platform);
            page.note("tone", &format!("{:?}", row.status.tone));
            page.say("status", &row.status.text);
            page.say("last check-in", &row.last_check_in);
        }
        page.chapter("facts");
        for changes in [
            json!({}),
            json!({ "complianceState": "inGracePeriod", "isSupervised": true,
            "complianceGracePeriodExpirationDateTime": "2027-01-20T00:00:00Z", "managedDeviceOwnerType": "personal" }),
        ] {
            for fact in devices::words::facts(&device(&changes), Some(SERVER_NOW)) {
                page.say(&english(&fact.label), &fact.value);
            }
        }
        page.chapter("action states");
        for state in ActionState::KNOWN.iter().copied().chain([ActionState::Other]) {
            let (tone, word) = words::action_state(state, None);
            page.say(&format!("{tone:?}"), &word);
        }
        let (tone, word) = words::action_state(ActionState::Failed, Some(FailureCode::OutcomeUnknown));
        page.say(&format!("{tone:?}"), &word);
        page.chapter("notifications");
        for state in ActionState::KNOWN.iter().copied().chain([ActionState::Other]) {
            let codes = [
                None,
                Some(FailureCode::SupersededByErase),
                Some(FailureCode::NoPasscodePolicy),
                Some(FailureCode::OutcomeUnknown),
            ];
            for code in codes {
                let notification =
                    notifications::words::notification(&notification(state, code), Some(SERVER_NOW));
                page.note("tone", &format!("{state:?} {code:?} {:?}", notification.tone));
                page.say("sentence", &notification.sentence);
                page.say_all("detail", notification.detail.as_slice());
                page.say("when", &notification.when);
            }
        }
        page.say("flag", &notifications::words::flag_label(0));
        page.say("flag", &notifications::words::flag_label(1));
        page.say("flag", &notifications::words::flag_label(12));
        insta::assert_snapshot!(format!("rows_{tag}"), page.finish());
    }
}

#[test]
fn what_has_to_be_mended_and_applications_read_well() {
    let rule =
        |code: &str, title: &str, detail: &str| json!({ "code": code, "title": title, "detail": detail });
    let all: DeviceCompliance = serde_json::from_value(json!({
        "access": "blocked", "complianceState": "noncompliant", "lastCheckedDateTime": "2027-01-15T07:51:00Z",
        "failingRules": [
            rule("passcodeRequired", "A passcode of 6 characters", "Six characters at least."),
            rule("Windows10CompliancePolicy.OsMinimumVersion", "Minimum version", ""),
            rule("storageEncryption", "Encryption", ""),
            rule("IosCompliancePolicy.SecurityBlockJailbrokenDevices", "Jailbreak", ""),
            rule("defenderEnabled", "Defender", ""),
            rule("firewallRequired", "Firewall", ""),
            rule("4711", "Something of the organisation's own", ""),
            rule("4711", "Something of the organisation's own", ""),
        ],
    }))
    .unwrap();
    let systems =
        [("iOS", "18.6"), ("Android", "15"), ("Windows", "10.0.26100.1"), ("macOS", "15.6"), ("Linux", "6")];
    let app = |state: &str, failure: &str| -> DeviceApp {
        serde_json::from_value(
            json!({ "id": "1", "displayName": "Mail", "version": "2.1", "publisher": "Example",
            "state": state, "failure": failure }),
        )
        .unwrap()
    };
    for (locale, tag) in LANGUAGES {
        let mut page = Page::new(locale);
        for state in
            ["compliant", "noncompliant", "inGracePeriod", "conflict", "error", "configManager", "unknown"]
        {
            page.chapter(state);
            let device = device(&json!({ "complianceState": state }));
            if let Some(view) = compliance::words::access_view(&device, Some(&all), Some(SERVER_NOW)) {
                page.say(&format!("{:?}", view.tone), &view.text);
                page.say("checked", &view.checked);
            }
        }
        for (system, version) in systems {
            page.chapter(system);
            let device = device(&json!({ "operatingSystem": system, "osVersion": version }));
            for view in compliance::words::failing_rules(&all, device.platform) {
                page.say("what", &view.what);
                page.say_all("detail", view.detail.as_slice());
                page.say("remedy", &view.remedy);
            }
        }
        page.chapter("applications");
        for (state, failure) in [
            ("installed", ""),
            ("pending", ""),
            ("failed", "0x87D13B64"),
            ("notApplicable", ""),
            ("dreaming", ""),
        ] {
            let view = apps::words::app_view(&app(state, failure));
            page.say(&format!("{:?}", view.tone), &view.state);
            page.say("name", &view.name);
            page.say_all("about", view.about.as_slice());
            page.say_all("line", &view.lines);
        }
        insta::assert_snapshot!(format!("mended_{tag}"), page.finish());
    }
}

fn notification(action_state: ActionState, error_code: Option<FailureCode>) -> Notification {
    Notification {
        id: "n-1".to_owned(),
        kind: NotificationKind::PasscodeReset,
        action_name: None,
        device_id: "d-1".to_owned(),
        device_name: "Hanako's phone".to_owned(),
        result_id: "r-1".to_owned(),
        action_state,
        error_code,
        created_date_time: before(180),
        is_read: false,
    }
}

#[test]
fn a_notification_about_another_action_names_it_and_says_how_it_ended() {
    let of = |action: ActionName, state, code| {
        let item = Notification {
            kind: NotificationKind::ActionEnded,
            action_name: Some(action),
            ..notification(state, code)
        };
        let view = notifications::words::notification(&item, Some(SERVER_NOW));
        (view.tone, english(&view.sentence), view.detail.as_ref().map(english))
    };
    let lock = |state, code| of(ActionName::RemoteLock, state, code);
    let said = |words: &str| words.to_owned();
    assert_eq!(
        lock(ActionState::Done, None),
        (Tone::Good, said("Remote lock: done on Hanako's phone."), None)
    );
    let (tone, sentence, why) = lock(ActionState::Failed, Some(FailureCode::CommandExpired));
    assert_eq!((tone, sentence), (Tone::Bad, said("Remote lock: this did not work on Hanako's phone.")));
    assert!(why.unwrap().contains("did not answer in time"));
    let (tone, sentence, why) = lock(ActionState::Failed, Some(FailureCode::OutcomeUnknown));
    assert_eq!((tone, why), (Tone::Warn, None));
    assert!(sentence.contains("not certain"), "{sentence}");
    assert!(
        lock(ActionState::Canceled, Some(FailureCode::SupersededByErase)).1.contains("about to be erased")
    );
    assert!(lock(ActionState::Canceled, Some(FailureCode::CanceledByUser)).1.contains("cancelled on"));
    let (_, sentence, _) = of(ActionName::SyncDevice, ActionState::Done, None);
    assert_eq!(sentence, "Check status: done on Hanako's phone.");
    // Actions of the future, and those that this page does not offer, stay general.
    for unknown in [ActionName::Other, ActionName::Locate] {
        assert_eq!(of(unknown, ActionState::Done, None).1, "Another action: done on Hanako's phone.");
    }
    let (_, sentence, _) = of(ActionName::ResetPasscode, ActionState::Done, None);
    assert_eq!(sentence, "The passcode of Hanako's phone was reset.");
    for code in FailureCode::KNOWN.iter().copied().chain([FailureCode::Other]) {
        let (_, sentence, why) = lock(ActionState::Failed, Some(code));
        assert!(![sentence, why.unwrap_or_default()].concat().contains("passcode"), "{code:?}");
    }
}

#[test]
fn the_list_tells_of_any_action_under_way_and_of_the_reset_first() {
    let run = |action: &str, state: &str| {
        json!({ "id": action, "actionName": action, "actionState": state,
            "startDateTime": "2027-01-15T07:50:00Z", "lastUpdatedDateTime": "2027-01-15T07:59:00Z" })
    };
    let said = |runs: &[Value]| {
        let status =
            devices::words::status(&device(&json!({ "deviceActionResults": runs })), Some(SERVER_NOW));
        (status.tone, english(&status.text))
    };
    let told = |tone, words: &str| (tone, words.to_owned());
    let lock = run("remoteLock", "pending");
    assert_eq!(said(std::slice::from_ref(&lock)), told(Tone::Info, "Remote lock: waiting for the device"));
    assert_eq!(
        said(&[run("syncDevice", "active")]),
        told(Tone::Info, "Check status: the device is working on it")
    );
    let reset = run("resetPasscode", "pending");
    assert_eq!(said(&[lock.clone(), reset]), told(Tone::Info, "Reset passcode: waiting for the device"));
    // What goes on counts more than what is over.
    let ended = run("resetPasscode", "done");
    assert_eq!(said(&[ended.clone(), lock]).1, "Remote lock: waiting for the device");
    assert_eq!(said(&[run("danceNow", "pending")]).1, "Another action: waiting for the device");
    // The end of another action is told on the page of the device.
    let over = said(&[run("remoteLock", "done"), ended]);
    assert_eq!(over.0, Tone::Good);
    assert!(over.1.starts_with("Passcode reset"), "{}", over.1);
    assert_eq!(said(&[run("remoteLock", "failed")]), told(Tone::Good, "Can access company resources"));
}

/// A device that is to be erased and does not meet the rules, with a reset that failed: each worse fact hides the milder.
#[test]
fn a_row_tells_the_worst_of_what_is_the_case() {
    let day = 24 * 3600;
    let failed = json!([{ "actionName": "resetPasscode", "id": "r", "actionState": "failed",
        "errorCode": "unlockTokenInvalid", "startDateTime": "2027-01-15T07:00:00Z",
        "lastUpdatedDateTime": "2027-01-15T07:59:00Z" }]);
    let erased = json!({ "resetPasscode": { "allowed": false, "reason": "eraseOrRetirePending" } });
    let mut changes =
        json!({ "actions": erased, "complianceState": "noncompliant", "deviceActionResults": failed });
    let said = |changes: &Value, silent: i64| {
        let mut known = device(changes);
        known.last_sync = Some(before(silent));
        let status = devices::words::status(&known, Some(SERVER_NOW));
        (status.tone, english(&status.text))
    };
    let told = |tone, words: &str| (tone, words.to_owned());
    assert_eq!(said(&changes, 20 * day), told(Tone::Bad, "This device will be erased"));
    changes["actions"] = json!({});
    assert_eq!(said(&changes, 20 * day), told(Tone::Bad, "Passcode reset failed"));
    changes["deviceActionResults"] = json!([]);
    assert_eq!(said(&changes, 20 * day), told(Tone::Bad, "No access to company resources"));
    changes["complianceState"] = json!("compliant");
    assert_eq!(said(&changes, 20 * day), told(Tone::Warn, "Not seen for more than two weeks"));
    assert_eq!(said(&changes, day), told(Tone::Good, "Can access company resources"));
    changes["complianceState"] = json!("unknown");
    assert_eq!(said(&changes, day), told(Tone::Neutral, "Passcode cannot be reset here"));
}

#[test]
fn the_page_of_a_device_remembers_how_the_last_reset_ended() {
    let ended = |state: &str, code: Value| {
        let run = json!({ "actionName": "resetPasscode", "id": "r-9", "actionState": state, "errorCode": code,
            "startDateTime": "2027-01-15T07:00:00Z", "lastUpdatedDateTime": "2027-01-15T07:50:00Z" });
        devices::words::going_on(&device(&json!({ "deviceActionResults": [run] })), Some(SERVER_NOW))
    };
    let failed = ended("failed", json!("unlockTokenInvalid")).unwrap();
    assert_eq!((failed.tone, failed.reference.as_deref()), (Tone::Bad, Some("r-9")));
    assert!(failed.lines.iter().map(english).any(|line| line.contains("Trying again does not help")));
    assert_eq!(ended("done", Value::Null).unwrap().tone, Tone::Good);
    assert_eq!(ended("pending", Value::Null), None, "it has a screen of its own");
    let erased = json!({ "resetPasscode": { "allowed": false, "reason": "eraseOrRetirePending" } });
    let coming = devices::words::going_on(&device(&json!({ "actions": erased })), Some(SERVER_NOW)).unwrap();
    assert_eq!((coming.tone, english(&coming.heading).as_str()), (Tone::Bad, "This device will be erased"));
    assert_eq!(devices::words::going_on(&device(&json!({})), Some(SERVER_NOW)), None);
}

#[test]
fn the_worst_comes_first_then_what_can_be_reset_then_what_was_seen_last() {
    let known = |id: &str, changes: Value, seen: i64| {
        let mut changes = changes;
        changes["id"] = id.into();
        let mut known = device(&changes);
        known.last_sync = Some(before(seen));
        Arc::new(known)
    };
    let refused = json!({ "actions": { "resetPasscode": { "allowed": false, "reason": "windowsPc" } } });
    let erased =
        json!({ "actions": { "resetPasscode": { "allowed": false, "reason": "eraseOrRetirePending" } } });
    let devices = vec![
        known("pc", refused, 1),
        known("older", json!({}), 900),
        known("newer", json!({}), 10),
        known("to fix", json!({ "complianceState": "inGracePeriod" }), 1),
        known("noncompliant", json!({ "complianceState": "noncompliant" }), 5000),
        known("erased", erased, 5000),
    ];
    let list = devices::DeviceList::complete(devices, NOW);
    let order: Vec<&str> = list.visible().map(|device| device.id.as_str()).collect();
    assert_eq!(order, ["erased", "noncompliant", "to fix", "newer", "older", "pc"]);
}

#[test]
fn everything_that_is_spoken_reads_well() {
    let announcements = [
        Announcement::CountdownMilestone(Seconds(276)),
        Announcement::CountdownMilestone(Seconds(120)),
        Announcement::CountdownMilestone(Seconds(60)),
        Announcement::CountdownMilestone(Seconds(30)),
        Announcement::CountdownMilestone(Seconds(10)),
        Announcement::CountdownOver,
        Announcement::ResetPending,
        Announcement::ResetDelivered,
        Announcement::ResetDone,
        Announcement::ResetFailed,
        Announcement::ResetUncertain,
        Announcement::ResetSuperseded,
        Announcement::ResetCanceled,
        Announcement::ResetStopped(ResetStop::Uncertain),
        Announcement::ResetStopped(ResetStop::Busy),
        Announcement::ResetStopped(ResetStop::Rejected),
        Announcement::ResetStopped(ResetStop::NotAllowed),
        Announcement::ResetStopped(ResetStop::Gone),
        Announcement::ResetStopped(ResetStop::NeedsFreshSignIn),
        Announcement::PasscodeShown,
        Announcement::PasscodeHidden,
        Announcement::PasscodeCopied,
        Announcement::PasscodeNotCopied,
        Announcement::PasscodeExpired,
        Announcement::QrCodeShown,
        Announcement::QrCodeHidden,
        Announcement::DevicesShown { shown: 100, total: 4219 },
        Announcement::NotificationsArrived(1),
        Announcement::NotificationsArrived(2),
        Announcement::WentOffline,
        Announcement::WentOnline,
    ];
    for (locale, tag) in LANGUAGES {
        let mut page = Page::new(locale);
        for announcement in &announcements {
            page.say(&format!("{announcement:?}"), &words::announcement(announcement, "Hanako's phone"));
        }
        insta::assert_snapshot!(format!("announcements_{tag}"), page.finish());
    }
}

#[test]
fn the_notes_on_the_passcode_read_well() {
    for (locale, tag) in LANGUAGES {
        let mut page = Page::new(locale);
        for set in [CharacterSet::LettersAndDigits, CharacterSet::Digits, CharacterSet::Other] {
            page.note("characters", set.as_str());
            page.say("characters", &passcode::words::characters(set, "k7mp3xrt"));
            page.say("with capitals", &passcode::words::characters(set, "Kd7m3xrt"));
        }
        page.say("shown for", &words::span(PasscodeView::SHOWN_FOR));
        insta::assert_snapshot!(format!("passcode_{tag}"), page.finish());
    }
}

#[test]
fn done_is_said_only_of_a_reset_the_device_acknowledged() {
    for state in every_state() {
        let route = state.device().cloned().map_or(Route::Home, Route::ResetPasscode);
        let title = english(&words::title(&route, "X", &state, ""));
        assert_eq!(
            title.starts_with("Done"),
            matches!(state, ActionFlow::Ended { end: Ending::Done(_), .. }),
            "{title}"
        );
        let words = actions::words::reset_notice(&state, "X", None, NOW);
        let words: String = words.iter().flat_map(|notice| &notice.lines).map(english).collect();
        assert!(!words.contains("was reset.") || words.contains("othing was reset."), "{words}");
    }
}

#[test]
fn what_waits_for_an_approval_changed_nothing_and_is_not_asked_for_twice() {
    let device = device(&json!({}));
    let ended =
        |id| ActionFlow::Ended { device: id, run: run(), end: Ending::Failed(FailureCode::ApprovalRequired) };
    let notice = actions::words::reset_notice(&ended(device.id.clone()), "X", None, NOW).unwrap();
    let lock = actions::words::action_status(
        &ended(device.id.clone()),
        Action::RemoteLock,
        &device,
        Some(SERVER_NOW),
    )
    .unwrap();
    assert_eq!(notice.button, None);
    assert!(notice.reference.is_some() && lock.reference.is_some(), "IT finds it by the reference");
    for lines in [&notice.lines, &lock.lines] {
        let words: String = lines.iter().map(english).collect();
        assert!(words.contains("Another administrator") && words.contains("IT knows about it"), "{words}");
        assert!(words.contains("Nothing has happened to the device"), "{words}");
    }
    assert!(!lock.lines.iter().any(|line| english(line).contains("passcode")));
}

#[test]
fn an_unknown_outcome_claims_nothing_about_the_passcode() {
    let code = FailureCode::OutcomeUnknown;
    let state = ActionFlow::Ended { device: device(&json!({})).id, run: run(), end: Ending::Failed(code) };
    let notice = actions::words::reset_notice(&state, "X", None, NOW).unwrap();
    let notified = notifications::words::notification(&notification(ActionState::Failed, Some(code)), None);
    let spoken = words::announcement(&Announcement::ResetUncertain, "X");
    let run = json!({ "id": "r-1", "actionName": "resetPasscode", "actionState": "failed", "errorCode": code,
        "startDateTime": "2027-01-15T07:59:00Z", "lastUpdatedDateTime": "2027-01-15T07:59:00Z" });
    let row = devices::words::status(&device(&json!({ "deviceActionResults": [run] })), Some(SERVER_NOW));
    let passcode = [t::passcode_unconfirmed(), t::passcode_unconfirmed_text()];
    let lines = notice.lines.iter().chain([&notice.heading, &notified.sentence, &spoken, &row.text]);
    let lines = lines.chain(&passcode);
    for words in lines.map(english) {
        for claim in
            ["still has its old passcode", "was not reset", "passcode was reset", "failed", "success"]
        {
            let is_doubted =
                words.starts_with("It is not certain whether") || words.starts_with("We can't tell");
            assert!(is_doubted || !words.contains(claim), "{words}");
        }
    }
}

#[test]
fn the_last_button_says_what_it_does_on_which_device() {
    let (_, device) = resettable("iOS", "18", &removed());
    let confirm = actions::words::confirm(&device, "", None);
    assert_eq!(english(&confirm.button), "Reset passcode of Hanako's phone");
    assert_eq!(confirm.signed_in, None);
    assert!(matches!(device.outcome(), ResetOutcome::PasscodeRemoved));
}

#[test]
fn the_hint_about_wifi_is_for_iphones_and_ipads_that_may_have_restarted() {
    for (system, version, outcome) in platforms() {
        let (mut device, _) = resettable(system, version, &outcome);
        device.last_sync = Some(before(3600));
        let warning = actions::words::reach(&device, None, Some(SERVER_NOW)).warning;
        assert_eq!(
            warning.is_some_and(|text| english(&text).contains("on Wi-Fi only")),
            system == "iOS",
            "{system}"
        );
    }
    // One that was heard of a moment ago joins the Wi-Fi it is in.
    let (mut device, _) = resettable("iOS", "18.1", &removed());
    device.last_sync = Some(before(60));
    assert_eq!(actions::words::reach(&device, None, Some(SERVER_NOW)).warning, None);
    let waiting = actions::words::pending(&device, &run(), PendingPhase::Waiting, None, Some(SERVER_NOW));
    assert!(!waiting.hints.contains(&t::pending_apple_wifi()), "{:?}", waiting.hints);
}

#[test]
fn the_words_fit_the_model_where_it_is_sure_and_the_drawing_the_keys() {
    let said_of = |model: &str| {
        let (mut known, _) = resettable("iOS", "18.6", &json!({ "kind": "passcodeRemoved" }));
        known.model = model.to_owned();
        let proof = PermittedDevice::of(&known).unwrap();
        let (platform, biometrics) = (known.platform, Biometrics::of_model(&known.model));
        let done = actions::words::done("x", (platform, biometrics), proof.outcome(), &run(), None);
        let confirm = actions::words::confirm(&proof, "", None);
        let mut texts: Vec<&Text> = confirm.outcome.iter().collect();
        texts.extend(&done.steps);
        texts.push(&done.note);
        (said(Locale::En, &texts), done.drawing)
    };
    for (model, has, lacks) in [("iPhone 16", "Face ID", "Touch ID"), ("iPhone SE", "Touch ID", "Face ID")] {
        let (said, drawing) = said_of(model);
        assert!(said.matches(has).count() >= 3 && !said.contains(lacks), "{model}: {said}");
        assert_eq!(drawing, None, "no code is typed there");
    }
    assert!(said_of("iPad").0.contains("Face ID or Touch ID"));
    let drawn = |system: &str, kind: &str| {
        let outcome = json!({ "kind": "temporaryPasscode", "characterSet": kind });
        let (known, proof) = resettable(system, "8.1", &outcome);
        actions::words::lock_screen(known.platform, proof.outcome()).unwrap()
    };
    // The outline, and a line for the code; then a closed path a key.
    assert_eq!(drawn("WindowsPhone", "digits").matches('z').count(), 1 + 10);
    assert_eq!(drawn("Android", "lettersAndDigits").matches('z').count(), 1 + 6 + 5 + 6 + 1);
}
