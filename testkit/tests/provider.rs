//! The provider itself, asked over its sockets: what is right is answered, and each switch shows.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "test code fails loudly")]

use base64ct::{Base64, Base64UrlUnpadded, Encoding as _};
use portal_testkit::client::{Answer, Request, ask};
use portal_testkit::provider::{CLIENT, query};
use portal_testkit::{Provider, Signer};
use serde_json::{Value, json};
use sha2::Digest as _;

const BACK: &str = "https://portal.example.test/session/callback";

async fn get(provider: &Provider, path: &str) -> Answer {
    ask(provider.issuer.trim_start_matches("http://").parse().unwrap(), &Request::get(path)).await
}

/// Leaves for the sign-in page; the query the browser is sent back with.
async fn sign_in(provider: &Provider) -> std::collections::HashMap<String, String> {
    let challenge = Base64UrlUnpadded::encode_string(&sha2::Sha256::digest(b"verifier"));
    let asked = form_urlencoded::Serializer::new(String::new())
        .extend_pairs([
            ("redirect_uri", BACK),
            ("state", "s"),
            ("nonce", "n"),
            ("code_challenge", &challenge),
        ])
        .finish();
    let answer = get(provider, &format!("/auth?{asked}")).await;
    assert!(answer.header("location").starts_with(BACK), "{answer:?}");
    query(answer.header("location"))
}

async fn exchange(provider: &Provider, code: &str, verifier: &str) -> Answer {
    let form = form_urlencoded::Serializer::new(String::new())
        .extend_pairs([("grant_type", "authorization_code"), ("code", code), ("redirect_uri", BACK)])
        .append_pair("code_verifier", verifier)
        .finish();
    let encoded = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    let pair = Base64::encode_string(format!("{}:{}", encoded(CLIENT.0), encoded(CLIENT.1)).as_bytes());
    let request = Request::post("/token").header("authorization", format!("Basic {pair}")).body(form);
    ask(provider.issuer.trim_start_matches("http://").parse().unwrap(), &request).await
}

fn part(token: &Value, number: usize) -> Value {
    let part = token.as_str().unwrap().split('.').nth(number).unwrap();
    serde_json::from_slice(&Base64UrlUnpadded::decode_vec(part).unwrap()).unwrap()
}

#[tokio::test]
async fn a_sign_in_ends_with_an_id_token_once_and_for_its_own_verifier_alone() {
    let provider = Provider::start().await;
    let back = sign_in(&provider).await;
    assert_eq!((back["state"].as_str(), back["iss"].as_str()), ("s", provider.issuer.as_str()));
    let token = exchange(&provider, &back["code"], "verifier").await.json()["id_token"].clone();
    let claims = part(&token, 1);
    assert_eq!((&claims["iss"], &claims["nonce"]), (&json!(provider.issuer), &json!("n")));
    assert_eq!((&claims["auth_time"], &claims["sub"]), (&json!(provider.clock.seconds()), &json!("p-aiko")));
    assert_eq!(
        exchange(&provider, &back["code"], "verifier").await.json()["error"],
        "invalid_grant",
        "twice"
    );
    let back = sign_in(&provider).await;
    assert_eq!(exchange(&provider, &back["code"], "another").await.json()["error"], "invalid_grant");
    assert_eq!(provider.asked().token_requests, 3);
}

#[tokio::test]
async fn each_switch_shows() {
    let provider = Provider::start().await;
    provider.set(|habits| {
        habits.issuer = Some("https://evil.example.test".to_owned());
        habits.ends_sessions = false;
        habits.names_itself = false;
        habits.person = "p-ben".to_owned();
        habits.claims = json!({ "auth_time": null, "nonce": "other" });
        habits.signs_with = Some(Signer::random("key-9"));
    });
    let document = get(&provider, "/.well-known/openid-configuration").await.json();
    assert_eq!(document["issuer"], "https://evil.example.test");
    assert!(document["end_session_endpoint"].is_null());
    assert_eq!(document["authorization_response_iss_parameter_supported"], false);
    let back = sign_in(&provider).await;
    assert!(!back.contains_key("iss"));
    let token = exchange(&provider, &back["code"], "verifier").await.json()["id_token"].clone();
    assert_eq!(part(&token, 0)["kid"], "key-9");
    let claims = part(&token, 1);
    assert_eq!((&claims["sub"], &claims["nonce"]), (&json!("p-ben"), &json!("other")));
    assert!(claims.get("auth_time").is_none());
    provider.set(|habits| habits.refuses = Some("access_denied".to_owned()));
    assert_eq!(sign_in(&provider).await["error"], "access_denied");
}

#[tokio::test]
async fn a_sign_out_goes_back_with_its_state() {
    let provider = Provider::start().await;
    let answer = get(&provider, &format!("/end?post_logout_redirect_uri={BACK}&state=a%26b")).await;
    assert_eq!(answer.header("location"), format!("{BACK}?state=a%26b"));
}
