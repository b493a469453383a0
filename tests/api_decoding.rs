//! What the API may answer: every row of the contract's error table, and what is no answer of ours at all.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "test code fails loudly")]

mod support;

use passcode_portal::api::{
    Api, ApiError, Jitter, NextLink, decode_accepted, decode_action, decode_branding, decode_device,
    decode_devices, decode_me, decode_notifications, decode_temporary_passcode, poll_delay, retry_delay,
};
use passcode_portal::auth::{AccessToken, Credential, IdToken, StepUpChallenge};
use passcode_portal::domain::{Milliseconds, PermittedDevice, Platform, ResetAvailability, Seconds};
use passcode_portal::http::{HttpAnswer, NetworkFault};
use portal_contract::{CharacterSet, RefusalReason, ResetOutcome};
use proptest::prelude::*;
use serde_json::json;
use support::{SERVER, answer, device_json, device_of, id, key, problem, proof, rfc3339, with_header};

fn error(answer: HttpAnswer) -> ApiError {
    decode_device(&Ok(answer)).unwrap_err()
}

fn html(status: u16) -> HttpAnswer {
    HttpAnswer { status, headers: Vec::new(), body: "<html><title>Hotel Wi-Fi</title>".into() }
}

#[test]
fn every_row_of_the_error_table_keeps_its_meaning() {
    let reference = || "req-1".to_owned();
    let cases = [
        (400, "invalidRequest", ApiError::InvalidRequest { reference: reference() }),
        (401, "unauthenticated", ApiError::Unauthenticated),
        (401, "insufficientUserAuthentication", ApiError::StepUpRequired(StepUpChallenge::default())),
        (403, "actionNotAllowed", ApiError::NotAllowed { reason: RefusalReason::Other }),
        (403, "notPrimaryUser", ApiError::NotAllowed { reason: RefusalReason::NotPrimaryUser }),
        (404, "notFound", ApiError::NotFound),
        (405, "methodNotAllowed", ApiError::InvalidRequest { reference: reference() }),
        (409, "actionAlreadyPending", ApiError::AlreadyPending),
        (409, "actionNotCancellable", ApiError::NotCancellable),
        (412, "preconditionFailed", ApiError::PreconditionFailed),
        (413, "payloadTooLarge", ApiError::InvalidRequest { reference: reference() }),
        (422, "idempotencyKeyReused", ApiError::DefectOfPage { reference: reference() }),
        (428, "idempotencyKeyMissing", ApiError::DefectOfPage { reference: reference() }),
        (429, "tooManyRequests", ApiError::Busy { retry_after: None }),
        (500, "internalError", ApiError::ServerFault { reference: reference() }),
        (502, "whoKnows", ApiError::ServerFault { reference: reference() }),
        (503, "unavailable", ApiError::Busy { retry_after: None }),
        (418, "somethingNew", ApiError::InvalidRequest { reference: reference() }),
    ];
    for (status, code, wanted) in cases {
        assert_eq!(error(problem(status, code)), wanted, "{status} {code}");
    }
}

#[test]
fn the_reason_of_a_refusal_is_kept_also_when_it_is_new() {
    let refused = |reason: &str| {
        let body = json!({ "code": "actionNotAllowed", "reason": reason, "requestId": "q" });
        error(answer(403, &body))
    };
    let wanted = ApiError::NotAllowed { reason: RefusalReason::EraseOrRetirePending };
    assert_eq!(refused("eraseOrRetirePending"), wanted);
    assert_eq!(refused("reasonOfTheFuture"), ApiError::NotAllowed { reason: RefusalReason::Other });
}

#[test]
fn a_step_up_is_found_in_the_header_or_in_the_body() {
    let header = r#"Bearer error="insufficient_user_authentication", max_age="300""#;
    let wanted = ApiError::StepUpRequired(StepUpChallenge {
        max_age: Some(Seconds(300)),
        ..StepUpChallenge::default()
    });
    assert_eq!(error(with_header(html(401), "www-authenticate", header)), wanted);
    assert_eq!(error(with_header(problem(401, "unauthenticated"), "WWW-Authenticate", header)), wanted);
    let other = r#"Bearer error="invalid_token""#;
    assert_eq!(error(with_header(html(401), "WWW-Authenticate", other)), ApiError::Unauthenticated);
}

#[test]
fn retry_after_may_be_fractional_missing_or_nonsense() {
    let wait = |value: &str| {
        let error = error(with_header(problem(429, "tooManyRequests"), "retry-after", value));
        let ApiError::Busy { retry_after } = error else { panic!("{error:?}") };
        retry_after.map(|wait| wait.0)
    };
    let cases = [
        ("0", Some(0)),
        ("2", Some(2_000)),
        (" 1.5 ", Some(1_500)),
        ("0.0004", Some(0)),
        ("1.2345", Some(1_234)),
        ("3.", Some(3_000)),
        ("99999999999999999999999", Some(3_600_000)),
        ("", None),
        (".5", None),
        ("-1", None),
        ("1,5", None),
        ("soon", None),
        ("1e3", None),
        ("Wed, 21 Oct 2026 07:28:00 GMT", None),
    ];
    for (value, wanted) in cases {
        assert_eq!(wait(value), wanted, "{value:?}");
    }
}

#[test]
fn an_error_whose_message_is_json_within_json_is_read_by_its_code_alone() {
    // As a service behind a connector answers: the reason is a text that is JSON again, and so on.
    let inner = json!({ "Message": "The device is busy", "CustomApiErrorPhrase": "x", "code": "notFound" })
        .to_string();
    let nested = json!({ "error": { "code": "BadRequest", "message": inner } }).to_string();
    let ours = json!({ "type": "about:blank", "title": nested, "status": 409, "code": "actionAlreadyPending",
        "requestId": "q-1", "detail": nested });
    let answer = |status: u16, body: &str| HttpAnswer { status, headers: Vec::new(), body: body.to_owned() };
    assert_eq!(error(answer(409, &ours.to_string())), ApiError::AlreadyPending);
    let reference = String::new();
    assert_eq!(error(answer(500, &nested)), ApiError::ServerFault { reference });
    assert_eq!(error(answer(404, &nested)), ApiError::NotUnderstood { status: 404 }, "not our 404");
}

#[test]
fn a_proxys_answer_is_not_taken_for_the_apis() {
    for status in [200, 202, 302, 403, 404, 409, 412] {
        assert_eq!(error(html(status)), ApiError::NotUnderstood { status }, "{status}");
    }
    assert_eq!(error(html(500)), ApiError::ServerFault { reference: String::new() });
    assert_eq!(error(html(503)), ApiError::Busy { retry_after: None });
}

#[test]
fn half_an_answer_is_none() {
    let whole = device_json("a").to_string();
    for length in [0, 1, whole.len() / 2, whole.len() - 1] {
        let cut = HttpAnswer { status: 200, headers: Vec::new(), body: whole[..length].to_owned() };
        let wanted = ApiError::NotUnderstood { status: 200 };
        assert_eq!(error(cut.clone()), wanted);
        assert_eq!(decode_devices(&Ok(cut.clone()), "/api").unwrap_err(), wanted);
        assert_eq!(decode_action(&Ok(cut.clone())).unwrap_err(), wanted);
        assert_eq!(decode_temporary_passcode(&Ok(cut.clone())).unwrap_err(), wanted);
        assert_eq!(decode_notifications(&Ok(cut.clone())).unwrap_err(), wanted);
        assert_eq!(decode_me(&Ok(cut)).unwrap_err(), wanted);
    }
    assert_eq!(error(answer(200, &json!([]))), ApiError::NotUnderstood { status: 200 });
    let mut nameless = device_json("a");
    nameless["id"] = json!("../me");
    assert_eq!(error(answer(200, &nameless)), ApiError::NotUnderstood { status: 200 });
}

#[test]
fn no_answer_says_why() {
    for fault in [NetworkFault::Offline, NetworkFault::TimedOut, NetworkFault::Broken] {
        assert_eq!(decode_branding(&Err(fault)).unwrap_err(), ApiError::Network(fault));
    }
}

#[test]
fn a_reference_comes_from_the_body_or_the_header_and_never_carries_markup() {
    let reference = |id: &str, header: Option<&str>| {
        let mut response = answer(500, &json!({ "code": "internalError", "requestId": id }));
        if let Some(header) = header {
            response = with_header(response, "X-Request-Id", header);
        }
        error(response).reference().to_owned()
    };
    assert_eq!(reference("abc-1", Some("xyz")), "abc-1");
    assert_eq!(reference("", Some("xyz")), "xyz");
    assert_eq!(reference("", None), "");
    assert_eq!(reference("call 0900 now", None), "");
    assert_eq!(reference(&"x".repeat(101), None), "");
}

#[test]
fn a_device_is_read_once_and_completely() {
    let mut wire = device_json("a");
    wire["managedDeviceName"] = json!(" Sales 1 ");
    wire["unknownField"] = json!({ "x": 1 });
    wire["complianceState"] = json!("stateOfTheFuture");
    wire["lastSyncDateTime"] = json!("0001-01-01T00:00:00Z");
    wire["deviceActionResults"] = json!([
        { "id": "old", "actionName": "resetPasscode", "actionState": "done",
          "startDateTime": "2026-01-01T00:00:00Z", "lastUpdatedDateTime": "2026-01-01T00:00:00Z" },
        { "id": "lock", "actionName": "remoteLock", "actionState": "done",
          "startDateTime": "2026-03-01T00:00:00Z", "lastUpdatedDateTime": "2026-03-01T00:00:00Z" },
        { "id": "new", "actionName": "resetPasscode", "actionState": "active",
          "startDateTime": "2026-02-01T00:00:00.1234567Z", "lastUpdatedDateTime": "2026-02-01T00:00:00Z" },
    ]);
    let device = decode_device(&Ok(answer(200, &wire))).unwrap();
    assert_eq!(device.name, "Sales 1", "the name for the portal goes before the device's own");
    assert_eq!((device.platform, device.last_sync), (Platform::Android, None));
    let runs: Vec<_> = device.runs.iter().map(|run| run.id.as_str()).collect();
    assert_eq!(runs, ["new", "old"], "resets only, newest first");
    assert_eq!(device.open_run().map(|run| run.id.as_str()), Some("new"));
    let temporary = ResetOutcome::TemporaryPasscode { character_set: CharacterSet::LettersAndDigits };
    assert_eq!(device.reset, ResetAvailability::Allowed(temporary));
}

#[test]
fn only_what_the_server_allows_can_be_reset() {
    let with = |actions| {
        let mut wire = device_json("a");
        wire["actions"] = actions;
        device_of(wire)
    };
    let cases = [
        (json!({}), ResetAvailability::NotOffered),
        (json!({ "resetPasscode": { "allowed": false } }), ResetAvailability::Refused(RefusalReason::Other)),
        (
            json!({ "resetPasscode": { "allowed": false, "reason": "sharedIpad", "outcome": { "kind": "passcodeRemoved" } } }),
            ResetAvailability::Refused(RefusalReason::SharedIpad),
        ),
    ];
    for (actions, wanted) in cases {
        let device = with(actions);
        assert_eq!(device.reset, wanted);
        assert!(PermittedDevice::of(&device).is_none());
    }
    let new_outcome =
        with(json!({ "resetPasscode": { "allowed": true, "outcome": { "kind": "brandNew" } } }));
    assert_eq!(new_outcome.reset, ResetAvailability::Allowed(ResetOutcome::Other));
    assert!(PermittedDevice::of(&new_outcome).is_some());
}

#[test]
fn requests_are_spelled_as_the_contract_says() {
    let credential =
        Credential::Tokens { access: AccessToken::new("tok".into()), id: IdToken::new("id".into()) };
    let api = Api { base: "https://api.example/v1.0", credential: &credential };
    let device = id("端末/1".replace('/', " ").as_str());
    let path = "https://api.example/v1.0/me/managedDevices/%E7%AB%AF%E6%9C%AB%201";
    let resettable = PermittedDevice::of(&device_of(device_json("端末 1"))).unwrap();
    let reset = api.reset_passcode(&resettable, &proof(0), &key());
    assert_eq!(reset.url, format!("{path}/resetPasscode"));
    assert!(reset.headers.contains(&("Idempotency-Key", key().as_str().to_owned())));
    let cases = [
        (api.me(), "GET", "https://api.example/v1.0/me".to_owned()),
        (api.devices(None), "GET", "https://api.example/v1.0/me/managedDevices".to_owned()),
        (api.device(&device), "GET", path.to_owned()),
        (api.temporary_passcode(&device), "GET", format!("{path}/temporaryPasscode")),
        (api.cancel_run(&device, "r/../1"), "POST", format!("{path}/deviceActionResults/r%2F..%2F1/cancel")),
        (api.cancel_run(&device, ".."), "POST", format!("{path}/deviceActionResults/-/cancel")),
        (api.notifications(), "GET", "https://api.example/v1.0/me/notifications".to_owned()),
        (
            api.mark_notification_read("n 1"),
            "POST",
            "https://api.example/v1.0/me/notifications/n%201/read".to_owned(),
        ),
    ];
    for (request, method, url) in cases {
        assert_eq!((request.method.as_str(), &request.url), (method, &url));
        assert!(request.headers.contains(&("Authorization", "Bearer tok".to_owned())));
        assert!(!request.is_cacheable, "what is about a person is not kept by the browser");
    }
}

#[test]
fn a_next_link_stays_inside_the_api() {
    let base = "https://api.example/v1.0";
    for right in [
        "https://api.example/v1.0/me/managedDevices?$skiptoken=a%2Fb",
        "/v1.0/me/managedDevices?x=../y",
        "https://api.example/v1.0?x",
    ] {
        assert!(NextLink::parse(right, base).is_some(), "{right}");
    }
    for wrong in [
        "https://evil.example/v1.0/x",
        "https://api.example.evil.example/v1.0/x",
        "https://api.example/v1.0.evil/x",
        "https://api.example/v1.0/../admin",
        "https://api.example/v1.0/%2E%2e/admin",
        "/v2/x",
        "me/managedDevices?x",
        "javascript:alert(1)",
        "",
        "https://api.example/v1.0/a b",
        "https://api.example/v1.0\\@evil.example/",
    ] {
        assert!(NextLink::parse(wrong, base).is_none(), "{wrong}");
    }
    assert!(NextLink::parse("/api/v1.0/x?y", "/api/v1.0").is_some());
    assert!(NextLink::parse("//evil/api/v1.0/x", "/api/v1.0").is_none());
}

#[test]
fn patience_is_for_what_may_pass_and_never_against_the_servers_wish() {
    let jitter = Jitter(0);
    let broken = ApiError::Network(NetworkFault::Broken);
    let delays: Vec<_> = (0..5).map(|attempt| retry_delay(attempt, &broken, jitter)).collect();
    assert_eq!(
        delays,
        [Some(Milliseconds(500)), Some(Milliseconds(1_500)), Some(Milliseconds(4_000)), None, None]
    );
    let busy = |seconds: i64| ApiError::Busy { retry_after: Some(Milliseconds(seconds * 1000)) };
    assert_eq!(retry_delay(0, &busy(7), jitter), Some(Milliseconds(7_000)));
    assert_eq!(retry_delay(0, &busy(11), jitter), None, "the person is told instead");
    for hopeless in [
        ApiError::NotFound,
        ApiError::Unauthenticated,
        ApiError::NotUnderstood { status: 200 },
        ApiError::InvalidRequest { reference: String::new() },
    ] {
        assert_eq!(retry_delay(0, &hopeless, jitter), None);
    }
    assert!((0..20).all(|looks| poll_delay(looks + 1, jitter) >= poll_delay(looks, jitter)));
    assert_eq!(poll_delay(255, Jitter(999)).0 / 1000, 74);
}

#[test]
fn the_passcode_and_its_set_of_characters_are_read() {
    let body = json!({ "passcode": "1234", "characterSet": "digits", "expiresDateTime": rfc3339(SERVER), "resultId": "r" });
    let passcode = decode_temporary_passcode(&Ok(answer(200, &body))).unwrap();
    assert_eq!((passcode.passcode.reveal(), passcode.character_set), ("1234", CharacterSet::Digits));
    assert!(decode_accepted(&Ok(html(202))).is_ok(), "a body nobody needs is not judged");
}

proptest! {
    #[test]
    fn no_answer_makes_it_panic(status in any::<u16>(), body in ".{0,60}", header in ".{0,40}") {
        let mut response = HttpAnswer { status, headers: Vec::new(), body };
        for name in ["Retry-After", "WWW-Authenticate", "X-Request-Id"] {
            response = with_header(response, name, &header);
        }
        let _ = decode_device(&Ok(response.clone()));
        let _ = decode_devices(&Ok(response), "/api");
        let _ = NextLink::parse(&header, "https://api.example/v1");
    }

    #[test]
    fn a_wait_is_never_shorter_than_asked_for(wait in 0_i64..10_000, jitter in 0_u16..1_000, attempt in 0_u8..3) {
        let busy = ApiError::Busy { retry_after: Some(Milliseconds(wait)) };
        let delay = retry_delay(attempt, &busy, Jitter(jitter)).unwrap();
        prop_assert!(delay >= Milliseconds(wait) && delay.0 <= 13_000);
    }
}
