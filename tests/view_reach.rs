//! Whether a reset will reach the device, what to try when it takes long, the steps to tick off afterwards and the words
//! of the idle sign-out, in both languages.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop at once")]

mod view_support;

use passcode_portal::domain::{
    ActionRun, Biometrics, Device, Idleness, Milliseconds, PendingPhase, Platform, Seconds,
};
use passcode_portal::features::{actions, shared_computer};
use passcode_portal::i18n::{Catalogue, Locale, PlainFormatter, Text};
use portal_contract::{CharacterSet, ResetOutcome, UtcTime};
use serde_json::json;
use view_support::{LANGUAGES, Page, SERVER_NOW, before, device, run};

fn seen(age: Option<i64>, system: &str) -> Device {
    let mut device = device(&json!({ "operatingSystem": system, "osVersion": "10" }));
    device.last_sync = age.map(before);
    device
}

fn english(text: &Text) -> String {
    text.render(&Catalogue::embedded(Locale::En), &PlainFormatter)
}

#[test]
fn the_question_whether_it_will_reach_is_answered_from_the_last_check_in() {
    for (locale, tag) in LANGUAGES {
        let mut page = Page::new(locale);
        let ages = [Some(180), Some(7 * 3600), Some(3 * 86_400), Some(90 * 86_400), None];
        let spans = [None, Some(600), Some(7200), Some(86_400), Some(7 * 86_400)];
        for (age, expires_after) in ages.into_iter().zip(spans) {
            for system in ["Android", "iPadOS"] {
                let device = seen(age, system);
                let reach = actions::words::reach(&device, expires_after.map(Seconds), Some(SERVER_NOW));
                page.chapter(&format!("{system}, seen {age:?} s ago, expires after {expires_after:?} s"));
                page.say("heading", &reach.heading);
                page.say("last check-in", &reach.last_check_in);
                page.say_all("forecast", reach.forecast.as_slice());
                page.say_all("warning", reach.warning.as_slice());
                page.say("waiting", &reach.waiting);
                page.say_all("expiry", reach.expiry.as_slice());
            }
        }
        insta::assert_snapshot!(format!("reach_{tag}"), page.finish());
    }
}

#[test]
fn nothing_is_forecast_while_the_servers_time_is_not_known() {
    let reach = actions::words::reach(&seen(Some(180), "Android"), Some(Seconds(0)), None);
    assert_eq!((reach.forecast, reach.expiry), (None, None));
    assert!(english(&reach.last_check_in).contains("2027"));
}

#[test]
fn a_reset_that_takes_long_says_since_when_and_what_to_try() {
    let systems = ["Android", "iOS", "Windows 10 Mobile", "Windows Phone 8.1", "visionOS"];
    let long = ActionRun { started: before(3 * 3600), ..run() };
    for (locale, tag) in LANGUAGES {
        let mut page = Page::new(locale);
        let waiting = PendingPhase::Waiting;
        let cases = systems.map(|system| (system, Some(5 * 3600), waiting)).into_iter();
        let others = [
            ("Android", Some(600), waiting),
            ("Android", None, waiting),
            ("iOS", Some(5 * 3600), PendingPhase::Delivered),
        ];
        for (system, age, phase) in cases.chain(others) {
            let expires = Some(before(-3600));
            let view =
                actions::words::takes_long(&seen(age, system), &long, phase, expires, Some(SERVER_NOW))
                    .unwrap();
            page.chapter(&format!("{system}, seen {age:?} s ago, {phase:?}"));
            page.say("silence", &view.silence);
            page.say("heading", &view.heading);
            page.say_all("try", &view.tries);
            page.say_all("expiry", view.expiry.as_slice());
            page.say("otherwise", &view.otherwise);
        }
        insta::assert_snapshot!(format!("takes_long_{tag}"), page.finish());
    }
}

#[test]
fn a_reset_that_has_just_begun_does_not_take_long() {
    let at = |now: Option<UtcTime>| {
        actions::words::takes_long(&seen(None, "Android"), &run(), PendingPhase::Waiting, None, now)
    };
    assert_eq!(at(Some(SERVER_NOW)), None);
    assert_eq!(at(None), None, "without the server's time nothing is long");
}

#[test]
fn an_expiry_that_is_over_is_not_promised() {
    let long = ActionRun { started: before(3600), ..run() };
    let expiry = |phase, expires| {
        let device = seen(None, "iOS");
        actions::words::takes_long(&device, &long, phase, expires, Some(SERVER_NOW)).unwrap().expiry
    };
    assert_eq!(expiry(PendingPhase::Waiting, Some(before(1))), None);
    assert_eq!(expiry(PendingPhase::Waiting, None), None);
    assert!(expiry(PendingPhase::Waiting, Some(before(-1))).is_some());
    assert_eq!(expiry(PendingPhase::Delivered, Some(before(-1))), None, "it may still be carried out");
}

#[test]
fn the_steps_on_the_device_read_well_on_every_platform() {
    let outcomes = [
        ResetOutcome::TemporaryPasscode { character_set: CharacterSet::Digits },
        ResetOutcome::PasscodeRemoved,
        ResetOutcome::Other,
    ];
    for (locale, tag) in LANGUAGES {
        let mut page = Page::new(locale);
        let usual = Platform::ALL.map(|platform| (platform, platform.usual_outcome()));
        let others = outcomes.map(|outcome| (Platform::Other, outcome));
        for (platform, outcome) in usual.into_iter().chain(others) {
            page.chapter(&format!("{platform:?}, {outcome:?}"));
            page.say_all("step", &actions::words::on_device(platform, outcome, Biometrics::Either));
        }
        insta::assert_snapshot!(format!("on_device_{tag}"), page.finish());
    }
}

#[test]
fn the_idle_sign_out_is_told_beforehand_and_warned_of() {
    for (locale, tag) in LANGUAGES {
        let mut page = Page::new(locale);
        page.say("rule", &shared_computer::words::idle_rule());
        page.say_all(
            "warning",
            shared_computer::words::idle_warning(Idleness::Warning(Milliseconds(60_000))).as_slice(),
        );
        page.say_all(
            "warning",
            shared_computer::words::idle_warning(Idleness::Warning(Milliseconds(1))).as_slice(),
        );
        insta::assert_snapshot!(format!("idle_{tag}"), page.finish());
    }
    assert_eq!(
        (
            shared_computer::words::idle_warning(Idleness::Active),
            shared_computer::words::idle_warning(Idleness::Over)
        ),
        (None, None)
    );
}
