//! The identity provider in trouble: down at the start, down later, talking nonsense. Whoever cannot be checked is told to
//! come back, never "not signed in"; whoever can be is served.

use crate::support::{Signer, TestServer};
use axum::http::StatusCode;

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
    assert_eq!(server.count("SELECT COUNT(*) FROM commands").await, 1);
}

#[tokio::test]
async fn keys_that_are_nonsense_are_never_used_and_good_ones_are_taken_when_they_come() {
    for nonsense in NONSENSE {
        let server = TestServer::start().await;
        *server.provider.says.keys_text.lock().unwrap() = Some(nonsense.to_owned());
        let refused = server.get("p-aiko", "/me").await;
        // A list of keys of which none is usable is an answer: the token's key is not among them.
        assert!([401, 503].contains(&refused.status.as_u16()), "{nonsense}: {}", refused.status);
        *server.provider.says.keys_text.lock().unwrap() = None;
        server.clock.advance(31);
        assert_eq!(server.get("p-aiko", "/me").await.status.as_u16(), 200, "{nonsense}");
    }
}

#[tokio::test]
async fn nonsense_that_comes_later_does_not_displace_the_keys_that_are_known() {
    for nonsense in NONSENSE.iter().filter(|text| !text.contains("null,1")) {
        let server = TestServer::start().await;
        assert_eq!(server.get("p-aiko", "/me").await.status.as_u16(), 200);
        *server.provider.says.keys_text.lock().unwrap() = Some((*nonsense).to_owned());
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
