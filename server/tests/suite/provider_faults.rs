//! The identity provider in trouble: down at the start, down later, talking nonsense. Whoever cannot be checked is told to
//! come back, never "not signed in"; whoever can be is served.

use crate::support::browser::{Browser, refusal};
use crate::support::{Signer, TestServer};
use axum::http::StatusCode;
use std::sync::Arc;
use std::time::Duration;

const SIGN_IN: &str = "/session/sign-in?purpose=signIn&state=page-1";

/// Waits until something is so.
async fn until(is_so: impl Fn() -> bool) {
    let wait = async {
        while !is_so() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), wait).await.expect("it becomes so");
}

const NONSENSE: [&str; 7] = [
    "",
    "<html>Sign in to the Wi-Fi</html>",
    "null",
    "{}",
    r#"{"keys":{}}"#,
    r#"{"keys":[null,1,{"kty":"EC"}]}"#,
    "[[[[",
];

#[tokio::test]
async fn a_provider_that_is_down_at_the_start_is_asked_again_and_then_everything_works() {
    let server = TestServer::start().await;
    server.provider.answers(StatusCode::SERVICE_UNAVAILABLE);
    let refused = server.reset("p-aiko", "d-aiko-iphone", "k").await;
    assert_eq!((refused.status.as_u16(), refused.code().as_str()), (503, "unavailable"));
    assert!(!refused.header("retry-after").is_empty());
    assert_eq!(server.call("GET", "/readyz", &[]).await.status.as_u16(), 503);
    assert_eq!(server.call("GET", "/healthz", &[]).await.status.as_u16(), 200);
    server.provider.answers(StatusCode::OK);
    server.clock.advance(2);
    assert_eq!(server.reset("p-aiko", "d-aiko-iphone", "k").await.status.as_u16(), 202);
    assert_eq!(server.count("SELECT COUNT(*) FROM action_runs").await, 1);
}

#[tokio::test]
async fn keys_that_are_nonsense_are_never_used_and_good_ones_are_taken_when_they_come() {
    for nonsense in NONSENSE {
        let server = TestServer::start().await;
        server.provider.set(|habits| habits.keys_text = Some(nonsense.to_owned()));
        let refused = server.get("p-aiko", "/me").await;
        // A list of keys of which none is usable is an answer: the token's key is not among them.
        assert!([401, 503].contains(&refused.status.as_u16()), "{nonsense}: {}", refused.status);
        server.provider.set(|habits| habits.keys_text = None);
        server.clock.advance(31);
        assert_eq!(server.get("p-aiko", "/me").await.status.as_u16(), 200, "{nonsense}");
    }
}

#[tokio::test]
async fn nonsense_that_comes_later_does_not_displace_the_keys_that_are_known() {
    for nonsense in NONSENSE.iter().filter(|text| !text.contains("null,1")) {
        let server = TestServer::start().await;
        assert_eq!(server.get("p-aiko", "/me").await.status.as_u16(), 200);
        server.provider.set(|habits| habits.keys_text = Some((*nonsense).to_owned()));
        server.clock.advance(3601);
        assert_eq!(server.get("p-aiko", "/me").await.status.as_u16(), 200, "{nonsense}");
    }
}

#[tokio::test]
async fn tokens_of_an_unknown_key_do_not_keep_the_others_out_while_the_provider_is_down() {
    let server = TestServer::start().await;
    assert_eq!(server.get("p-aiko", "/me").await.status.as_u16(), 200);
    server.provider.answers(StatusCode::BAD_GATEWAY);
    let stranger = Signer::es256("key-2", 9);
    let claims = server.provider.claims("p-aiko", server.clock.seconds(), 5);
    let authorization = format!("Bearer {}", stranger.sign(&claims));
    let refused = server.call("GET", "/api/v1.0/me", &[("authorization", &authorization)]).await;
    assert_eq!(refused.status.as_u16(), 401);
    assert_eq!(server.get("p-aiko", "/me").await.status.as_u16(), 200);
}

#[tokio::test]
async fn a_provider_that_hangs_keeps_nobody_waiting_whose_key_is_known() {
    let server = TestServer::start().await;
    assert_eq!(server.get("p-aiko", "/me").await.status.as_u16(), 200);
    server.provider.hangs(true);
    server.clock.advance(3601);
    for _ in 0..3 {
        let (one, other) = tokio::join!(server.get("p-aiko", "/me"), server.get("p-ben", "/me"));
        assert_eq!((one.status.as_u16(), other.status.as_u16()), (200, 200));
        assert_eq!(server.call("GET", "/readyz", &[]).await.status.as_u16(), 200);
    }
    assert_eq!(server.provider.given_up(), 0, "answered while the provider was still being waited for");
    until(|| server.provider.discoveries() == 2).await;
    server.provider.hangs(false);
    until(|| server.provider.fetches() == 2).await;
    assert_eq!(server.get("p-aiko", "/me").await.status.as_u16(), 200);
    assert_eq!(server.provider.discoveries(), 2, "one asked for all");
}

#[tokio::test]
async fn a_withdrawn_key_is_good_for_two_hours_at_most_and_for_a_day_while_the_provider_is_silent() {
    let server = TestServer::start().await;
    let status = async || server.get("p-aiko", "/me").await.status.as_u16();
    assert_eq!(status().await, 200);
    server.provider.set_keys(vec![Signer::es256("key-2", 11).jwk()]);
    server.clock.advance(3601);
    status().await;
    until(|| server.provider.fetches() == 2).await;
    // As soon as what was fetched is put in place.
    while status().await != 401 {
        tokio::task::yield_now().await;
    }
    server.provider.set_keys(vec![server.provider.signer.jwk()]);
    server.clock.advance(31);
    assert_eq!(status().await, 200);
    server.provider.set_keys(vec![Signer::es256("key-2", 11).jwk()]);
    server.clock.advance(7201);
    assert_eq!(status().await, 401, "nobody came for two hours: asked first");

    let server = TestServer::start().await;
    let status = async || server.get("p-aiko", "/me").await.status.as_u16();
    assert_eq!(status().await, 200);
    server.provider.answers(StatusCode::BAD_GATEWAY);
    server.clock.advance(86_400);
    assert_eq!(status().await, 200);
    server.clock.advance(1);
    assert_eq!(status().await, 503);
    server.clock.advance(30);
    server.provider.answers(StatusCode::OK);
    assert_eq!(status().await, 200);
}

#[tokio::test]
async fn a_provider_that_hangs_keeps_nobody_from_leaving_for_it_while_its_document_is_known() {
    let server = TestServer::in_session_mode("").await;
    Browser::signed_in(&server, "p-aiko").await;
    let asked = server.provider.discoveries();
    server.provider.hangs(true);
    server.clock.advance(3601);
    for _ in 0..3 {
        Browser::default().leave(&server, "signIn").await;
    }
    assert_eq!(server.provider.given_up(), 0, "answered while the provider was still being waited for");
    until(|| server.provider.discoveries() == asked + 1).await;
    server.provider.hangs(false);
}

async fn sign_in(server: &TestServer) -> String {
    refusal(&Browser::default().go(server, SIGN_IN).await)
}

#[tokio::test]
async fn a_crowd_waits_once_for_a_provider_that_hangs_and_whoever_comes_then_is_told_at_once() {
    let server = Arc::new(TestServer::in_session_mode("").await);
    server.provider.hangs(true);
    server.provider.answers(StatusCode::BAD_GATEWAY);
    let mut crowd = tokio::task::JoinSet::new();
    for _ in 0..6 {
        let server = Arc::clone(&server);
        crowd.spawn(async move { sign_in(&server).await });
    }
    until(|| server.provider.discoveries() == 1).await;
    server.clock.advance(8);
    server.provider.hangs(false);
    assert_eq!(crowd.join_all().await, vec!["auth.provider_unreachable"; 6]);
    assert_eq!(server.provider.discoveries(), 1, "they waited for the same answer");
    server.clock.advance(29);
    assert_eq!(sign_in(&server).await, "auth.provider_unreachable");
    assert_eq!(server.provider.discoveries(), 1, "not asked again so soon");
    server.provider.answers(StatusCode::OK);
    server.clock.advance(1);
    let mut browser = Browser::default();
    let answer = browser.sign_in(&server, "signIn", "p-aiko").await;
    assert_eq!(answer.header("location"), "/callback?state=page-1");
}
