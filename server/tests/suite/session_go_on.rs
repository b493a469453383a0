//! Session mode: whatever the provider makes of a sign-out, the fresh sign-in is one step away.

use super::support::browser::{Browser, ORIGIN, query};
use super::support::{Provider, TestServer};
use axum::http::StatusCode;
use portal_testkit::provider::AfterEnd;
use serde_json::json;

const RESET: &str = "/api/v1.0/me/managedDevices/d-aiko-android/resetPasscode";

/// Where the browser is sent to when it leaves for a fresh sign-in.
async fn step_up(browser: &mut Browser, server: &TestServer, more: &str) -> String {
    let left = browser.go(server, &format!("/session/sign-in?purpose=stepUp&state=page-1{more}")).await;
    assert_eq!(left.status, StatusCode::SEE_OTHER);
    left.header("location").to_owned()
}

async fn may_reset(browser: &mut Browser, server: &TestServer) -> bool {
    let answer = browser.call_with(server, "POST", RESET, &[("idempotency-key", "0123456789abcdef")]).await;
    answer.status == StatusCode::ACCEPTED
}

fn is_sign_in(server: &TestServer, address: &str) -> bool {
    let asked = query(address);
    address.starts_with(&format!("{}/auth?", server.provider.issuer))
        && asked.get("prompt").is_some_and(|prompt| prompt == "login")
}

#[tokio::test]
async fn whatever_the_provider_makes_of_the_sign_out_the_next_click_leads_to_the_fresh_sign_in() {
    let registered = AfterEnd::GoesTo(format!("{ORIGIN}/"));
    for habit in [AfterEnd::Stays, AfterEnd::Refuses, AfterEnd::ForgetsState, registered] {
        let server = TestServer::in_session_mode("").await;
        server.provider.set(|habits| habits.after_end = habit.clone());
        let mut browser = Browser::signed_in(&server, "p-aiko").await;
        let end = step_up(&mut browser, &server, "").await;
        let answer = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .unwrap()
            .get(&end)
            .send()
            .await
            .unwrap();
        if habit == AfterEnd::ForgetsState {
            let back = answer.headers()["location"].to_str().unwrap().trim_end_matches('?');
            assert_eq!(back, format!("{ORIGIN}/session/signed-out"));
            let on = browser.is_sent(&server, "/session/signed-out").await;
            assert_eq!(on.header("location"), "/signed-out", "the page offers to go on");
        } else {
            let is_elsewhere = matches!(habit, AfterEnd::GoesTo(_));
            assert_eq!(answer.status().is_redirection(), is_elsewhere, "{habit:?}");
        }
        // The person opens the page again, which hears that nobody is signed in, and presses its button.
        assert_eq!(browser.call(&server, "GET", "/session").await.status, StatusCode::NO_CONTENT);
        let address = step_up(&mut browser, &server, "&signOut=skip").await;
        assert!(is_sign_in(&server, &address), "{habit:?}: {address}");
        let asked = query(&address);
        assert_eq!(asked["login_hint"], "p-aiko@example.test");
        browser.come_back(&server, &asked, "p-aiko", &json!({})).await;
        assert!(may_reset(&mut browser, &server).await, "{habit:?}");
    }
}

#[tokio::test]
async fn the_sign_out_can_be_left_out_and_the_proof_is_the_sign_in_all_the_same() {
    let server = TestServer::in_session_mode("").await;
    let mut browser = Browser::signed_in(&server, "p-aiko").await;
    let address = step_up(&mut browser, &server, "&signOut=skip").await;
    assert!(is_sign_in(&server, &address), "{address}");
    server.clock.advance(301);
    assert!(!may_reset(&mut browser, &server).await, "leaving is no proof");
    let address = step_up(&mut browser, &server, "&signOut=skip").await;
    browser.come_back(&server, &query(&address), "p-aiko", &json!({})).await;
    assert!(may_reset(&mut browser, &server).await);
    let address = step_up(&mut browser, &server, "&signOut=other").await;
    assert!(address.starts_with(&format!("{}/end?", server.provider.issuer)), "only the one word skips it");
}

#[tokio::test]
async fn a_provider_without_a_place_to_sign_out_is_asked_for_the_fresh_sign_in_at_once() {
    let server = TestServer::in_session_mode("").await;
    server.provider.set(|habits| habits.ends_sessions = false);
    let mut browser = Browser::signed_in(&server, "p-aiko").await;
    let address = step_up(&mut browser, &server, "").await;
    assert!(is_sign_in(&server, &address), "{address}");
}

#[tokio::test]
async fn the_id_token_of_somebody_in_many_groups_is_left_out_of_the_address() {
    let server = TestServer::in_session_mode("").await;
    let groups: Vec<String> = (0..200).map(|number| format!("group-number-{number}")).collect();
    server.provider.set(|habits| habits.claims = json!({ "groups": groups }));
    let mut browser = Browser::signed_in(&server, "p-aiko").await;
    let end = step_up(&mut browser, &server, "").await;
    assert!(end.len() <= 1536, "{} bytes", end.len());
    let asked = query(&end);
    assert!(!asked.contains_key("id_token_hint") && asked.contains_key("state"), "{end}");
}

#[tokio::test]
async fn amazon_cognito_is_signed_out_of_in_its_own_way() {
    let server = TestServer::in_session_mode("").await;
    let place = "https://portal.auth.eu-west-1.amazoncognito.com/logout";
    server.provider.set(|habits| habits.document = json!({ "end_session_endpoint": place }));
    let mut browser = Browser::signed_in(&server, "p-aiko").await;
    let end = step_up(&mut browser, &server, "").await;
    assert!(end.starts_with(place), "{end}");
    let asked = query(&end);
    assert_eq!(asked["logout_uri"], format!("{ORIGIN}/session/signed-out"));
    assert_eq!(asked.len(), 2, "{asked:?}");
}

#[tokio::test]
async fn each_habit_of_the_provider_for_tests_shows() {
    let provider = Provider::start().await;
    let end = format!("{}/end?post_logout_redirect_uri=https://portal.example/x&state=s", provider.issuer);
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let mut came = Vec::new();
    let fixed = AfterEnd::GoesTo("https://portal.example/".to_owned());
    for habit in [AfterEnd::GoesBack, AfterEnd::ForgetsState, fixed, AfterEnd::Stays, AfterEnd::Refuses] {
        provider.set(|habits| habits.after_end = habit);
        let answer = client.get(&end).send().await.unwrap();
        came.push((answer.status().as_u16(), answer.headers().get("location").is_some()));
    }
    assert_eq!(came, [(303, true), (303, true), (303, true), (200, false), (400, false)]);
}
