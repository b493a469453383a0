//! `actions.skip_second_sign_in_within_seconds` (F28 of the walk, ADR 61): a reset right after the first sign-in. What an
//! attacker may try is in docs/security.md, in a section of its own.

use super::support::browser::{Browser, ORIGIN};
use super::support::{Answer, TestServer};
use axum::http::StatusCode;
use serde_json::json;

const ON: &str = "[actions]\nskip_second_sign_in_within_seconds = 60\n";
const DEVICE: &str = "d-aiko-android";
const NO_SECOND: &str = r#"{"skipSecondSignIn":true}"#;
const STALE: &str = "insufficientUserAuthentication";

async fn reset(server: &TestServer, person: &str, device: &str, key: &str, age: i64, body: &str) -> Answer {
    let authorization = format!("Bearer {}", server.token(person, age));
    let path = format!("/api/v1.0/me/managedDevices/{device}/resetPasscode");
    let headers = [("authorization", authorization.as_str()), ("idempotency-key", key)];
    server.call_with_body("POST", &path, &headers, body).await
}

async fn audit(server: &TestServer) -> Vec<String> {
    server.column("SELECT event || '|' || person_id || '|' || result FROM audit ORDER BY sequence").await
}

#[tokio::test]
async fn a_recent_first_sign_in_is_enough_where_the_organisation_chose_so_and_the_record_says_it() {
    let server = TestServer::with(ON).await;
    assert_eq!(server.get("p-aiko", "/me").await.json()["skipSecondSignInWithinSeconds"], json!(60));
    let answer = reset(&server, "p-aiko", DEVICE, "k", 60, NO_SECOND).await;
    assert_eq!(answer.status, StatusCode::ACCEPTED, "{}", answer.code());
    // The usual way stays what it was, and is told apart in the record.
    let usual = reset(&server, "p-ben", "d-ben-iphone", "k", 60, "{}").await;
    assert_eq!(usual.status, StatusCode::ACCEPTED, "{}", usual.code());
    assert_eq!(audit(&server).await, ["resetAccepted|p-aiko|secondSignInSkipped", "resetAccepted|p-ben|ok"]);
}

#[tokio::test]
async fn without_the_setting_a_skipped_second_sign_in_is_refused_however_recent_the_first() {
    for more in ["", "[actions]\nskip_second_sign_in_within_seconds = 0\n"] {
        let server = TestServer::with(more).await;
        assert_eq!(server.get("p-aiko", "/me").await.json().get("skipSecondSignInWithinSeconds"), None);
        let answer = reset(&server, "p-aiko", DEVICE, "k", 0, NO_SECOND).await;
        assert_eq!((answer.status, answer.code().as_str()), (StatusCode::UNAUTHORIZED, STALE));
        assert!(
            answer.header("www-authenticate").ends_with("max_age=\"300\""),
            "the way on is the usual one"
        );
        assert_eq!(audit(&server).await, ["resetRefused|p-aiko|insufficientUserAuthentication"]);
        assert_eq!(server.count("SELECT COUNT(*) FROM action_runs").await, 0);
    }
}

#[tokio::test]
async fn a_first_sign_in_that_is_older_than_the_organisation_allows_is_stale_although_a_second_would_not_be()
{
    let server = TestServer::with(ON).await;
    for age in [61, 120, 299, 301, 100_000, -31] {
        let answer = reset(&server, "p-aiko", DEVICE, "k", age, NO_SECOND).await;
        assert_eq!((answer.status, answer.code().as_str()), (StatusCode::UNAUTHORIZED, STALE), "{age}");
    }
    let mut claims = server.provider.claims("p-aiko", server.clock.seconds(), 0);
    claims.as_object_mut().unwrap().remove("auth_time");
    let token = format!("Bearer {}", server.provider.signer.sign(&claims));
    let path = format!("/api/v1.0/me/managedDevices/{DEVICE}/resetPasscode");
    let headers = [("authorization", token.as_str()), ("idempotency-key", "k")];
    assert_eq!(server.call_with_body("POST", &path, &headers, NO_SECOND).await.code(), STALE);
    assert_eq!(server.count("SELECT COUNT(*) FROM action_runs").await, 0);
}

#[tokio::test]
async fn a_skipped_second_sign_in_is_replayed_neither_later_nor_as_another_request() {
    let server = TestServer::with(ON).await;
    let first = reset(&server, "p-aiko", DEVICE, "k", 0, NO_SECOND).await;
    assert_eq!(first.status, StatusCode::ACCEPTED);
    let again = reset(&server, "p-aiko", DEVICE, "k", 0, NO_SECOND).await;
    assert_eq!(
        (again.status, again.json()),
        (StatusCode::ACCEPTED, first.json()),
        "the same request, in time"
    );
    // The same token when its time is over: not even the answer that was given is given again.
    assert_eq!(reset(&server, "p-aiko", DEVICE, "k", 61, NO_SECOND).await.code(), STALE);
    // The claim is part of the request: it cannot be taken off it under the same key.
    let other = reset(&server, "p-aiko", DEVICE, "k", 61, "{}").await;
    assert_eq!((other.status.as_u16(), other.code().as_str()), (422, "idempotencyKeyReused"));
    assert_eq!(server.count("SELECT COUNT(*) FROM action_runs").await, 1);
}

#[tokio::test]
async fn a_skipped_second_sign_in_opens_nobody_elses_device_and_no_other_action() {
    let server = TestServer::with(ON).await;
    let others = reset(&server, "p-ben", DEVICE, "k", 0, NO_SECOND).await;
    let none = reset(&server, "p-ben", "d-none", "k", 0, NO_SECOND).await;
    assert_eq!((others.status, none.status), (StatusCode::NOT_FOUND, StatusCode::NOT_FOUND));
    let authorization = format!("Bearer {}", server.token("p-aiko", 0));
    let headers = [("authorization", authorization.as_str()), ("idempotency-key", "k")];
    for action in ["wipe", "retire", "remoteLock", "showRecoveryKey"] {
        let path = format!("/api/v1.0/me/managedDevices/{DEVICE}/actions/{action}");
        let answer = server.call_with_body("POST", &path, &headers, NO_SECOND).await;
        assert_eq!(
            (answer.status, answer.code().as_str()),
            (StatusCode::BAD_REQUEST, "invalidRequest"),
            "{action}"
        );
    }
    for body in
        ["[true]", "true", r#"{"skipSecondSignIn":1}"#, r#"{"skipsecondsignin":true}"#, "{\"a\":1}", "x"]
    {
        let answer = reset(&server, "p-aiko", DEVICE, "k", 0, body).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{body}");
    }
    assert_eq!(server.count("SELECT COUNT(*) FROM action_runs").await, 0);
}

#[tokio::test]
async fn a_session_is_held_to_the_same_rule_by_its_own_first_sign_in() {
    // `ON` is a section of its own, after the session's keys.
    let server = TestServer::in_session_mode(ON).await;
    let path = format!("/api/v1.0/me/managedDevices/{DEVICE}/resetPasscode");
    for (age, status) in [(61, StatusCode::UNAUTHORIZED), (59, StatusCode::ACCEPTED)] {
        let browser = Browser::signed_in(&server, "p-aiko").await;
        server.clock.advance(age);
        let cookies: Vec<_> = browser.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let headers = [
            ("cookie", &*cookies.join("; ")),
            ("x-portal-session", &browser.believes),
            ("sec-fetch-site", "same-origin"),
            ("origin", ORIGIN),
            ("idempotency-key", "k"),
        ];
        let answer = server.call_with_body("POST", &path, &headers, NO_SECOND).await;
        assert_eq!(answer.status, status, "{age} {}", answer.code());
    }
    let line = "SELECT result FROM audit WHERE event = 'resetAccepted'";
    assert_eq!(server.column(line).await, ["secondSignInSkipped"]);
}
