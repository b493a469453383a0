//! Session mode: signing out, here and everywhere.

use crate::support::TestServer;
use crate::support::browser::{Browser, ORIGIN, SESSION_COOKIE, query};
use axum::http::StatusCode;

#[tokio::test]
async fn signing_out_ends_the_session_at_once_then_the_providers_by_a_hint_no_script_sees() {
    let server = TestServer::in_session_mode("").await;
    let mut browser = Browser::signed_in(&server, "p-aiko").await;
    let mut copied = browser.clone();
    let answer = browser.call(&server, "POST", "/session/sign-out").await;
    assert_eq!((answer.status, answer.body.len()), (StatusCode::NO_CONTENT, 0));
    assert!(answer.header("set-cookie").ends_with("; SameSite=Strict; Max-Age=60"));
    for browser in [&mut browser, &mut copied] {
        assert_eq!(browser.me(&server).await.status, StatusCode::UNAUTHORIZED);
        assert_eq!(browser.call(&server, "GET", "/session").await.status, StatusCode::NO_CONTENT);
    }
    let on = browser.go(&server, "/session/end").await;
    let address = on.header("location");
    assert!(address.starts_with(&format!("{}/end?", server.provider.issuer)));
    let asked = query(address);
    assert_eq!(asked["post_logout_redirect_uri"], format!("{ORIGIN}/signed-out"));
    assert_eq!(asked["id_token_hint"].split('.').count(), 3);
    assert_eq!(browser.cookie(SESSION_COOKIE), "", "the cookie is gone");
    assert_eq!(server.count("SELECT COUNT(*) FROM browser_sessions").await, 0, "and so is the row");
    assert_eq!(copied.go(&server, "/session/end").await.header("location"), "/signed-out", "once");
}

#[tokio::test]
async fn whoever_is_not_signed_in_signs_out_without_an_error() {
    let server = TestServer::in_session_mode("").await;
    let answer = Browser::default().call(&server, "POST", "/session/sign-out").await;
    assert_eq!(answer.status, StatusCode::NO_CONTENT);
    assert!(answer.header("set-cookie").ends_with("Max-Age=0"));
}

#[tokio::test]
async fn a_provider_without_a_place_to_sign_out_leaves_nothing_to_do() {
    let server = TestServer::in_session_mode("").await;
    server.provider.set(|habits| habits.ends_sessions = false);
    let mut browser = Browser::signed_in(&server, "p-aiko").await;
    browser.call(&server, "POST", "/session/sign-out").await;
    assert_eq!(browser.go(&server, "/session/end").await.header("location"), "/signed-out");
    assert_eq!(browser.cookie(SESSION_COOKIE), "");
    // And a fresh sign-in goes straight to the sign-in page.
    let mut browser = Browser::signed_in(&server, "p-aiko").await;
    let left = browser.go(&server, "/session/sign-in?purpose=stepUp&state=page-1").await;
    assert!(left.header("location").contains("/auth?"));
}

#[tokio::test]
async fn coming_to_the_end_with_a_session_that_was_not_ended_ends_nothing() {
    let server = TestServer::in_session_mode("").await;
    let mut browser = Browser::signed_in(&server, "p-aiko").await;
    assert_eq!(browser.go(&server, "/session/end").await.header("location"), "/signed-out");
    assert_eq!(browser.me(&server).await.status, StatusCode::OK);
}

#[tokio::test]
async fn signing_out_everywhere_ends_the_sessions_of_every_browser_of_this_person() {
    let server = TestServer::in_session_mode("").await;
    let (mut here, mut there, mut other) = (
        Browser::signed_in(&server, "p-aiko").await,
        Browser::signed_in(&server, "p-aiko").await,
        Browser::signed_in(&server, "p-ben").await,
    );
    let answer = here.call(&server, "POST", "/api/v1.0/me/revokeSignInSessions").await;
    assert_eq!(answer.status, StatusCode::OK);
    for browser in [&mut here, &mut there] {
        assert_eq!(browser.me(&server).await.status, StatusCode::UNAUTHORIZED);
    }
    assert_eq!(other.me(&server).await.status, StatusCode::OK);
    // The provider still hears of it, with the hint.
    here.call(&server, "POST", "/session/sign-out").await;
    assert!(here.go(&server, "/session/end").await.header("location").contains("id_token_hint="));
    server.clock.advance(1);
    let mut again = Browser::signed_in(&server, "p-aiko").await;
    assert_eq!(again.me(&server).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_session_ended_on_the_way_of_a_fresh_sign_in_does_not_say_who_comes_back() {
    let server = TestServer::in_session_mode("").await;
    let mut browser = Browser::signed_in(&server, "p-aiko").await;
    browser.call(&server, "POST", "/session/sign-out").await;
    let asked = browser.leave(&server, "stepUp").await;
    assert!(!asked.contains_key("login_hint"), "nobody is told who was here");
    assert_eq!(asked["prompt"], "login");
}
