//! Session mode: sign-ins, sign-outs and refused fresh sign-ins are in the audit record; what strangers fail at is not.

use crate::support::browser::{Browser, SESSION_COOKIE, refusal};
use crate::support::{Answer, TestServer};
use axum::http::StatusCode;
use portal_server::domain::audit_chain::End;
use portal_server::store_sqlite::{SqliteStore, StoreOptions};
use serde_json::json;

/// Event, person, result, address of every line, in order.
async fn lines(server: &TestServer) -> Vec<String> {
    server
        .column(
            "SELECT event || ' ' || COALESCE(person_id, '-') || ' ' || result || ' ' || COALESCE(address, '-') \
             FROM audit ORDER BY sequence",
        )
        .await
}

async fn sign_out(browser: &mut Browser, server: &TestServer) -> Answer {
    browser.call(server, "POST", "/session/sign-out").await
}

#[tokio::test]
async fn who_signs_in_freshly_and_out_is_in_the_record_with_when_and_from_where() {
    let server = TestServer::in_session_mode("").await;
    let mut browser = Browser::at("198.51.100.1:1");
    browser.sign_in(&server, "signIn", "p-aiko").await;
    let cookie = browser.cookie(SESSION_COOKIE);
    browser.sign_in(&server, "stepUp", "p-aiko").await;
    for _ in 0..2 {
        assert_eq!(sign_out(&mut browser, &server).await.status, StatusCode::NO_CONTENT);
    }
    let recorded = [
        "signedIn p-aiko signIn 198.51.100.1",
        "signedIn p-aiko stepUp 198.51.100.1",
        "signedOut p-aiko ok 198.51.100.1",
    ];
    assert_eq!(lines(&server).await, recorded, "one line each, however often it is asked");
    assert_eq!(server.count("SELECT COUNT(*) FROM audit WHERE request_id LIKE 'q-%' AND at > 0").await, 3);
    let all = server
        .column("SELECT group_concat(quote(event) || quote(result) || quote(request_id)) FROM audit")
        .await;
    assert!(!all[0].contains(&cookie) && !all[0].contains("eyJ"), "no secret is in it");
    let store = SqliteStore::look(&server.database(), StoreOptions::default()).await.unwrap();
    assert_eq!(store.verify_audit(None, End::OfTheRecord).await.unwrap().unwrap().lines, 3);
}

#[tokio::test]
async fn somebody_else_at_the_fresh_sign_in_is_in_the_record_of_the_person_who_had_to_come_back() {
    let server = TestServer::in_session_mode("").await;
    let mut browser = Browser::signed_in(&server, "p-aiko").await;
    assert_eq!(refusal(&browser.sign_in(&server, "stepUp", "p-ben").await), "auth.subject_mismatch");
    assert_eq!(
        lines(&server).await,
        ["signedIn p-aiko signIn 192.0.2.7", "signInRefused p-aiko auth.subject_mismatch 192.0.2.7"]
    );
}

#[tokio::test]
async fn what_strangers_fail_at_fills_no_record() {
    let server = TestServer::in_session_mode("").await;
    for _ in 0..20 {
        let mut stranger = Browser::default();
        stranger.is_sent(&server, "/session/callback?code=x&state=none").await;
        let asked = stranger.leave(&server, "signIn").await;
        let answer = stranger.come_back(&server, &asked, "p-aiko", &json!({"nonce": "x"})).await;
        assert_eq!(refusal(&answer), "auth.nonce_mismatch");
    }
    assert_eq!(lines(&server).await.len(), 0);
}

#[tokio::test]
async fn the_persons_own_history_stays_what_it_was() {
    let server = TestServer::in_session_mode("").await;
    let mut browser = Browser::signed_in(&server, "p-aiko").await;
    let answer = browser.call(&server, "GET", "/api/v1.0/me/history").await;
    assert_eq!((answer.status, answer.json()["value"].as_array().map(Vec::len)), (StatusCode::OK, Some(0)));
}
