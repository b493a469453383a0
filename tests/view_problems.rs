//! Every error as a person reads it: cause, next step, something IT can find it by; never a status, never blame.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::expect_used, reason = "a test may stop at the first surprise")]

mod view_support;

use passcode_portal::api::ApiError;
use passcode_portal::auth::{ConfigError, SignInError, StepUpChallenge};
use passcode_portal::domain::Milliseconds;
use passcode_portal::features::devices;
use passcode_portal::features::devices::DeviceList;
use passcode_portal::http::NetworkFault;
use passcode_portal::words;
use passcode_portal::words::Notice;
use portal_contract::RefusalReason;
use serde_json::json;
use std::sync::Arc;
use view_support::{LANGUAGES, NOW, Page, device};

fn api_errors() -> Vec<ApiError> {
    let reference = || "req-77".to_owned();
    vec![
        ApiError::InvalidRequest { reference: reference() },
        ApiError::Unauthenticated,
        ApiError::StepUpRequired(StepUpChallenge::default()),
        ApiError::NotAllowed { reason: RefusalReason::NotPrimaryUser },
        ApiError::NotAllowed { reason: RefusalReason::Other },
        ApiError::NotFound,
        ApiError::AlreadyPending,
        ApiError::NotCancellable,
        ApiError::PreconditionFailed,
        ApiError::DefectOfPage { reference: reference() },
        ApiError::Busy { retry_after: None },
        ApiError::Busy { retry_after: Some(Milliseconds(1_500)) },
        ApiError::Busy { retry_after: Some(Milliseconds(60_000)) },
        ApiError::ServerFault { reference: reference() },
        ApiError::ServerFault { reference: String::new() },
        ApiError::Network(NetworkFault::Offline),
        ApiError::Network(NetworkFault::TimedOut),
        ApiError::Network(NetworkFault::Broken),
        ApiError::NotUnderstood { status: 200 },
        ApiError::NotUnderstood { status: 418 },
    ]
}

const CONFIG_ERRORS: [ConfigError; 5] = [
    ConfigError::Unreachable,
    ConfigError::Missing,
    ConfigError::NotJson,
    ConfigError::Field("authority"),
    ConfigError::Value("apiBase"),
];

fn snapshot<T: std::fmt::Debug>(name: &str, problems: &[T], words: impl Fn(&T) -> Notice) {
    for (locale, tag) in LANGUAGES {
        let mut page = Page::new(locale);
        for problem in problems {
            page.chapter(&format!("{problem:?}"));
            page.notice(&words(problem));
        }
        insta::assert_snapshot!(format!("{name}_{tag}"), page.finish());
    }
}

#[test]
fn every_error_of_the_api_reads_well() {
    snapshot("api_problems", &api_errors(), words::api_problem);
}

#[test]
fn what_could_not_be_read_is_told_like_any_other_call_except_for_the_reason_of_a_refusal() {
    for error in api_errors() {
        let is_about_a_device = error == ApiError::NotAllowed { reason: RefusalReason::NotPrimaryUser };
        let is_same = words::read_problem(&error) == words::api_problem(&error);
        assert_eq!(is_same, !is_about_a_device, "{error:?}");
    }
}

#[test]
fn a_list_with_a_service_missing_reads_well_with_and_without_other_devices() {
    let some = vec![Arc::new(device(&json!({})))];
    for (locale, tag) in LANGUAGES {
        let mut page = Page::new(locale);
        for (chapter, devices) in [("some devices", some.clone()), ("none", Vec::new())] {
            page.chapter(chapter);
            let whole = DeviceList::complete(devices, NOW);
            assert_eq!(devices::words::list_problem(&whole), None, "{chapter}");
            page.notice(&devices::words::list_problem(&whole.partial()).expect("a problem"));
        }
        insta::assert_snapshot!(format!("list_problem_{tag}"), page.finish());
    }
}

#[test]
fn every_failed_sign_in_reads_well() {
    snapshot("sign_in_problems", &SignInError::ALL, |error| words::sign_in_problem(*error));
}

#[test]
fn every_mistake_of_the_configuration_reads_well() {
    snapshot("config_problems", &CONFIG_ERRORS, |error| words::config_problem(*error));
}

#[test]
fn every_error_has_a_next_step_and_something_it_can_find_it_by() {
    let notices = api_errors().iter().map(words::api_problem).collect::<Vec<_>>();
    let sign_ins = SignInError::ALL.map(words::sign_in_problem);
    let configs = CONFIG_ERRORS.map(words::config_problem);
    for notice in notices.iter().chain(&sign_ins).chain(&configs) {
        assert!(!notice.lines.is_empty(), "{notice:?}");
        assert!(notice.reference.as_ref().is_some_and(|reference| !reference.is_empty()), "{notice:?}");
    }
    assert!(sign_ins.iter().chain(&configs).all(|notice| notice.button.is_some()), "a dead end");
}

#[test]
fn no_error_shows_a_status() {
    for (locale, _) in LANGUAGES {
        for error in api_errors() {
            let mut page = Page::new(locale);
            page.notice(&words::api_problem(&error));
            let words = page.finish();
            for status in ["200", "418", "401", "403", "404", "409", "429", "500", "503"] {
                assert!(!words.contains(status), "{error:?}: {words}");
            }
        }
    }
}
