//! Session mode: how many sign-ins strangers at one address may begin, how many callbacks of none they may send, and who is not
//! affected by it (docs/limits.md).

use crate::operation::metrics;
use crate::support::browser::{Browser, callback, refusal};
use crate::support::{Answer, TestServer};
use axum::http::StatusCode;
use serde_json::json;

const OFFICE: &str = "198.51.100.1:1";
const ELSEWHERE: &str = "203.0.113.9:1";
const BEGIN: &str = "/session/sign-in?purpose=signIn&state=page-1";
const CALLBACK_OF_NONE: &str = "/session/callback?code=x&state=none";

async fn server(limits: &str) -> TestServer {
    TestServer::in_session_mode(&format!("[limits]\n{limits}\n")).await
}

/// Begins a sign-in in a browser of its own and never comes back.
async fn begin(server: &TestServer, peer: &str) -> Answer {
    Browser::at(peer).go(server, BEGIN).await
}

/// More sign-ins from the office than it may begin.
async fn flood(server: &TestServer) {
    for _ in 0..10 {
        begin(server, OFFICE).await;
    }
}

fn is_begun(answer: &Answer) -> bool {
    answer.header("location").contains("/auth?")
}

/// The page explains it, and finds its own note by the state; the browser is told how long to wait.
fn is_told_to_wait(answer: &Answer, seconds: &str) {
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    assert_eq!(refusal(answer), "auth.provider_unavailable");
    assert_eq!(answer.header("retry-after"), seconds);
}

#[tokio::test]
async fn strangers_at_one_address_begin_so_many_sign_ins_and_the_page_explains_the_next() {
    let server = server("sign_ins_per_address_per_minute = 5").await;
    for _ in 0..5 {
        assert!(is_begun(&begin(&server, OFFICE).await));
    }
    let refused = begin(&server, OFFICE).await;
    is_told_to_wait(&refused, "12");
    assert_eq!(refused.header("location"), "/callback?state=page-1&error=auth.provider_unavailable");
    assert_eq!(refused.header("set-cookie"), "", "nothing was begun");
    assert_eq!(server.count("SELECT COUNT(*) FROM pending_sign_ins").await, 5);
    assert!(metrics(&server).await.contains("portal_rate_refusals_total{limit=\"signInsFromNetwork\"} 1"));

    assert!(is_begun(&begin(&server, ELSEWHERE).await));
    server.clock.advance(12);
    assert!(is_begun(&begin(&server, OFFICE).await), "after the wait");
}

#[tokio::test]
async fn whoever_is_signed_in_gets_their_fresh_sign_in_in_the_middle_of_a_flood_from_the_same_address() {
    let server = server("sign_ins_per_address_per_minute = 5").await;
    let mut working = Browser::at(OFFICE);
    working.sign_in(&server, "signIn", "p-aiko").await;
    flood(&server).await;
    let answer = working.sign_in(&server, "stepUp", "p-aiko").await;
    assert_eq!(answer.header("location"), "/callback?state=page-1");
    assert_eq!(working.me(&server).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_session_does_not_open_the_gate_for_more_than_one_person_may_do() {
    let server = server("sign_ins_per_address_per_minute = 5\nattempts_per_minute = 3").await;
    let mut browser = Browser::at(OFFICE);
    browser.sign_in(&server, "signIn", "p-aiko").await;
    for _ in 0..3 {
        assert!(is_begun(&browser.go(&server, BEGIN).await));
    }
    is_told_to_wait(&browser.go(&server, BEGIN).await, "20");
}

#[tokio::test]
async fn callbacks_of_no_sign_in_are_bounded_and_those_of_one_go_through_all_the_same() {
    let server = server("sign_in_failures_per_address_per_minute = 5").await;
    let mut honest = Browser::at(OFFICE);
    let asked = honest.leave(&server, "signIn").await;
    let mut stranger = Browser::at(OFFICE);
    for _ in 0..5 {
        assert_eq!(refusal(&stranger.is_sent(&server, CALLBACK_OF_NONE).await), "auth.state_mismatch");
    }
    is_told_to_wait(&stranger.is_sent(&server, CALLBACK_OF_NONE).await, "12");
    // With a cookie and a state of the right form it is looked for, and not found.
    let mut liar = Browser::at(OFFICE);
    liar.cookies = honest.cookies.clone();
    let of_nobody = format!("/session/callback?code=x&state={}", "a".repeat(64));
    is_told_to_wait(&liar.is_sent(&server, &of_nobody).await, "12");
    let answer = honest.is_sent(&server, &callback(&server, &asked, "p-aiko", &json!({}))).await;
    assert_eq!(answer.header("location"), "/callback?state=page-1");
    assert_eq!(server.provider.asked().token_requests, 1);
}

#[tokio::test]
async fn what_was_begun_counts_after_a_restart_too() {
    let server = server("sign_ins_per_address_per_minute = 5").await;
    flood(&server).await;
    server.server.portal.write_rates().await.unwrap();
    let rows = "SELECT COUNT(*) FROM rate_buckets WHERE limit_name = 'signInsFromNetwork'";
    assert_eq!(server.count(rows).await, 1);
}
