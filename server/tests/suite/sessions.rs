//! Signing out everywhere.

use crate::support::TestServer;
use axum::http::StatusCode;
use serde_json::json;

#[tokio::test]
async fn every_token_issued_until_now_is_refused_from_now_on_and_a_new_one_is_not() {
    let server = TestServer::start().await;
    let (old, others) = (server.token("p-aiko", 60), server.token("p-ben", 60));
    let me = async |token: &str| {
        let token = format!("Bearer {token}");
        server.call("GET", "/api/v1.0/me", &[("authorization", &token)]).await
    };
    server.clock.advance(10);
    let own = server.token("p-aiko", 5);
    let answer = server.post("p-aiko", "/me/revokeSignInSessions").await;
    assert_eq!((answer.status, answer.json()), (StatusCode::OK, json!({ "value": true })));
    for token in [&old, &own] {
        let refused = me(token).await;
        assert_eq!((refused.status, refused.code().as_str()), (StatusCode::UNAUTHORIZED, "unauthenticated"));
        assert_eq!(refused.header("www-authenticate"), "Bearer error=\"invalid_token\"");
    }
    let same_second = server.token("p-aiko", 0);
    assert_eq!(me(&same_second).await.status, StatusCode::UNAUTHORIZED, "a token knows whole seconds only");
    assert_eq!(me(&others).await.status, StatusCode::OK, "another person's");
    server.clock.advance(1);
    assert_eq!(me(&server.token("p-aiko", 0)).await.status, StatusCode::OK, "a second later");
    assert_eq!(me(&own).await.status, StatusCode::UNAUTHORIZED);
    let history = server.get("p-aiko", "/me/history").await.json();
    assert_eq!(history["value"][0]["activity"], "sessionsRevoked");
    assert_eq!(history["value"][0]["reference"], answer.header("x-request-id"));
}

#[tokio::test]
async fn a_revocation_survives_a_restart_and_a_clock_that_was_set_back() {
    let server = TestServer::start().await;
    server.post("p-aiko", "/me/revokeSignInSessions").await;
    let server = server.restarted().await;
    assert_eq!(server.get("p-aiko", "/me").await.status, StatusCode::UNAUTHORIZED);
    server.clock.advance(-20);
    server.server.queue.pass().await.unwrap();
    assert_eq!(server.get("p-aiko", "/me").await.status, StatusCode::UNAUTHORIZED);
    // Again, with a token of a provider whose clock is right: the later of both counts.
    let claims = server.provider.claims("p-aiko", server.clock.seconds() + 25, 200);
    let token = format!("Bearer {}", server.provider.signer.sign(&claims));
    let path = "/api/v1.0/me/revokeSignInSessions";
    assert_eq!(server.call("POST", path, &[("authorization", &token)]).await.status, StatusCode::OK);
    server.clock.advance(15);
    server.server.queue.pass().await.unwrap();
    assert_eq!(server.get("p-aiko", "/me").await.status, StatusCode::UNAUTHORIZED, "issued before the first");
    server.clock.advance(11);
    assert_eq!(server.get("p-aiko", "/me").await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_token_that_does_not_say_when_it_was_issued_counts_as_old_as_its_sign_in() {
    let server = TestServer::start().await;
    server.post("p-aiko", "/me/revokeSignInSessions").await;
    server.clock.advance(100);
    for (age, status) in [(50, StatusCode::OK), (100, StatusCode::UNAUTHORIZED)] {
        let mut claims = server.provider.claims("p-aiko", server.clock.seconds(), age);
        claims.as_object_mut().unwrap().remove("iat");
        let token = format!("Bearer {}", server.provider.signer.sign(&claims));
        let answer = server.call("GET", "/api/v1.0/me", &[("authorization", &token)]).await;
        assert_eq!(answer.status, status, "{age}");
    }
}

#[tokio::test]
async fn attempts_that_somebody_else_used_up_do_not_keep_a_person_from_signing_out_everywhere() {
    let server = TestServer::with("[limits]\nattempts_per_minute = 1\n").await;
    let report = "/me/managedDevices/d-nobody/deviceActionResults/r-none/reportUnrecognized";
    server.post("p-ben", report).await;
    assert_eq!(server.post("p-ben", report).await.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(server.post("p-ben", "/me/revokeSignInSessions").await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_token_from_the_future_is_refused() {
    let server = TestServer::start().await;
    for (ahead, status) in [(30, StatusCode::OK), (31, StatusCode::UNAUTHORIZED)] {
        let claims = server.provider.claims("p-aiko", server.clock.seconds() + ahead, 60);
        let token = format!("Bearer {}", server.provider.signer.sign(&claims));
        assert_eq!(server.call("GET", "/api/v1.0/me", &[("authorization", &token)]).await.status, status);
    }
}

#[tokio::test]
async fn a_revocation_holds_against_a_provider_whose_clock_is_ahead() {
    let server = TestServer::start().await;
    let issued = |seconds: i64| {
        let claims = server.provider.claims("p-aiko", server.clock.seconds() + seconds, 5);
        format!("Bearer {}", server.provider.signer.sign(&claims))
    };
    let me = async |token: &str| server.call("GET", "/api/v1.0/me", &[("authorization", token)]).await.status;
    // Twenty seconds ahead. The person's token is older; somebody else's was made a moment ago.
    assert_eq!(me(&issued(20)).await, StatusCode::OK);
    let (old, stolen) = (issued(20 - 300), issued(20));
    let path = "/api/v1.0/me/revokeSignInSessions";
    assert_eq!(server.call("POST", path, &[("authorization", &old)]).await.status, StatusCode::OK);
    server.clock.advance(5);
    assert_eq!(me(&stolen).await, StatusCode::UNAUTHORIZED);
    assert_eq!(me(&issued(20)).await, StatusCode::OK, "a new sign-in, by the same clock");
}
