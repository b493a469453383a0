//! The signature algorithms: what is configured is accepted, whichever of the ten it is, nothing else is, and the log says which it was.
//!
//! The tokens were made once with Node's crypto, for the time at which the tests' clock starts.

use super::support::log::CapturedLog;
use super::support::server::configuration;
use super::support::{Provider, TestClock, TestServer};
use axum::http::StatusCode;
use portal_server::composition::{Environment, Server};
use portal_server::config;
use portal_server::oidc::Algorithm;
use serde_json::{Value, json};
use std::sync::Arc;

const TOKENS: &str = include_str!("../fixtures/tokens/algorithms.json");
const ISSUER: &str = "https://id.portal.invalid/tenant";

/// Algorithm, public key and a token that is right.
fn samples() -> Vec<(String, Value, String)> {
    let rows: Vec<Value> = serde_json::from_str(TOKENS).unwrap();
    let word = |value: &Value| value.as_str().unwrap().to_owned();
    rows.iter().map(|row| (word(&row["jwk"]["alg"]), row["jwk"].clone(), word(&row["token"]))).collect()
}

/// A server that accepts these algorithms, of a provider that publishes these keys.
async fn server(algorithms: &[&str], keys: Vec<Value>) -> TestServer {
    let provider = Provider::start().await;
    provider.set(|habits| {
        habits.issuer = Some(ISSUER.to_owned());
        habits.document = json!({ "jwks_uri": "https://id.portal.invalid/jwks" });
        habits.keys = Some(keys);
    });
    let folder = tempfile::tempdir().unwrap();
    let clock = Arc::new(TestClock(provider.clock.clone()));
    let text = configuration(&provider, &folder.path().join("portal.sqlite"), "");
    let text = text.replace("[\"ES256\", \"RS256\"]", &format!("{algorithms:?}"));
    let discovery = format!("{}/.well-known/openid-configuration", provider.issuer);
    let named = [
        ("PORTAL__OIDC__ISSUER".to_owned(), ISSUER.to_owned()),
        ("PORTAL__OIDC__DISCOVERY_URL".to_owned(), discovery),
    ];
    let settings = config::parse(&text, &named).unwrap_or_else(|mistakes| panic!("{mistakes:?}"));
    let replaceable = Environment { clock: clock.clone(), ..Environment::default() };
    let server = Server::build(&settings, replaceable).await.unwrap();
    TestServer { folder, provider, clock, settings, server }
}

async fn status(server: &TestServer, token: &str) -> StatusCode {
    let bearer = format!("Bearer {token}");
    server.call("GET", "/api/v1.0/me", &[("authorization", &bearer)]).await.status
}

#[tokio::test]
async fn each_of_the_ten_is_accepted_where_it_is_configured_and_only_as_it_was_signed() {
    let samples = samples();
    let names: Vec<&str> = samples.iter().map(|(name, _, _)| name.as_str()).collect();
    assert_eq!(names, Algorithm::ALL.map(Algorithm::name), "one sample each, and the page's list");
    let keys: Vec<Value> = samples.iter().map(|(_, key, _)| key.clone()).collect();
    for (name, _, token) in &samples {
        // One each: so many wrong tokens from one address would have it wait.
        let server = server(&names, keys.clone()).await;
        assert_eq!(status(&server, token).await, StatusCode::OK, "{name}");
        let (signed, signature) = token.rsplit_once('.').unwrap();
        let (header, payload) = signed.split_once('.').unwrap();
        for (other, _, foreign) in samples.iter().filter(|(other, _, _)| other != name) {
            let foreign = foreign.rsplit_once('.').unwrap().1;
            let forged = format!("{signed}.{foreign}");
            assert_eq!(status(&server, &forged).await, StatusCode::UNAUTHORIZED, "{name} signed by {other}");
        }
        for broken in [
            format!("{signed}."),
            format!("{signed}.{}", "A".repeat(signature.len())),
            format!("{signed}.{signature}AA"),
            format!("{signed}.{signature}."),
            format!("{header}.{payload}A.{signature}"),
            format!("{header}..{signature}"),
            signed.to_owned(),
        ] {
            assert_eq!(status(&server, &broken).await, StatusCode::UNAUTHORIZED, "{name}: {broken}");
        }
    }
}

#[tokio::test]
async fn what_is_not_configured_is_refused_and_the_log_names_what_came_of_the_providers_own_tokens_only() {
    for (name, key, token) in samples() {
        let other = if name == "RS256" { "ES256" } else { "RS256" };
        let server = server(&[other], vec![key.clone()]).await;
        let captured = CapturedLog::begin();
        assert_eq!(status(&server, &token).await, StatusCode::UNAUTHORIZED, "{name}");
        let log = captured.text();
        let expected = format!("alg: expected one of [{other:?}], came {name:?}");
        assert!(log.contains("WARN") && log.contains(&expected.replace('"', "\\\"")), "{name}: {log}");
        drop(captured);
        // Anybody can send what the provider never signed: that is no line at this level.
        let captured = CapturedLog::begin();
        let forged = format!("{}.{}", token.rsplit_once('.').unwrap().0, "A".repeat(86));
        assert_eq!(status(&server, &forged).await, StatusCode::UNAUTHORIZED, "{name}");
        assert!(!captured.text().contains("WARN"), "{name}: {}", captured.text());
    }
}

#[tokio::test]
async fn a_key_on_p521_that_is_none_is_left_out_and_loses_no_other() {
    let samples = samples();
    let (_, key, token) = samples.iter().find(|(name, _, _)| name == "ES512").unwrap();
    for (member, value) in [
        ("x", json!(null)),
        ("y", json!("AQ")),
        ("x", json!(7)),
        ("kty", json!("OKP")),
        ("kty", json!("RSA")),
        ("crv", json!("P-384")),
        ("use", json!("enc")),
        ("alg", json!("ES384")),
        // A point that is not on the curve.
        ("y", key["x"].clone()),
    ] {
        let mut odd = key.clone();
        odd[member] = value.clone();
        let alone = server(&["ES512"], vec![odd.clone()]).await;
        assert_eq!(status(&alone, token).await, StatusCode::UNAUTHORIZED, "{member} {value}");
        odd["kid"] = json!("another");
        let beside = server(&["ES512"], vec![odd, key.clone()]).await;
        assert_eq!(status(&beside, token).await, StatusCode::OK, "{member} {value}");
    }
}
