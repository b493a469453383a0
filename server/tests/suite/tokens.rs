//! Which tokens are accepted (security.md, server, row 2), and what happens when the provider is in trouble.

use crate::support::{Answer, Provider, Signer, TestServer};
use axum::http::StatusCode;
use serde_json::{Value, json};

async fn me(server: &TestServer, token: &str) -> Answer {
    server.call("GET", "/api/v1.0/me", &[("authorization", &format!("Bearer {token}"))]).await
}

fn changed(server: &TestServer, changes: Value) -> Value {
    let mut claims = server.provider.claims("p-ben", server.clock.seconds(), 60);
    for (name, value) in changes.as_object().unwrap() {
        claims[name] = value.clone();
    }
    claims
}

#[tokio::test]
async fn a_good_token_says_who_is_signed_in() {
    let server = TestServer::start().await;
    let answer = me(&server, &server.token("p-ben", 60)).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.json()["id"], "p-ben");
    assert_eq!(answer.json()["authTime"], "2027-01-15T07:59:00Z");
    assert_eq!(answer.header("cache-control"), "no-store");
}

#[tokio::test]
async fn a_token_for_another_audience_issuer_or_time_is_refused() {
    let server = TestServer::start().await;
    let now = server.clock.seconds();
    for changes in [
        json!({"aud": "passcode-portal"}),
        json!({"iss": "https://evil.example.test"}),
        json!({"exp": now - 31}),
        json!({"nbf": now + 31}),
        json!({"at_hash": "an ID token has one"}),
    ] {
        let answer = me(&server, &server.provider.signer.sign(&changed(&server, changes.clone()))).await;
        assert_eq!(
            (answer.status, answer.code().as_str()),
            (StatusCode::UNAUTHORIZED, "unauthenticated"),
            "{changes}"
        );
        assert_eq!(answer.header("www-authenticate"), "Bearer error=\"invalid_token\"");
    }
}

#[tokio::test]
async fn an_id_token_is_not_an_access_token() {
    let server = TestServer::start().await;
    let claims = changed(&server, json!({}));
    assert_eq!(
        me(&server, &server.provider.signer.sign_as("JWT", &claims)).await.status,
        StatusCode::UNAUTHORIZED
    );
}

#[tokio::test]
async fn the_key_and_the_algorithm_of_a_token_must_be_the_providers() {
    let server = TestServer::start().await;
    let claims = changed(&server, json!({}));
    let stranger = Signer::es256("key-1", 9);
    assert_eq!(me(&server, &stranger.sign(&claims)).await.status, StatusCode::UNAUTHORIZED, "another key");

    let unsigned = server.provider.signer.sign_under(&json!({"alg": "none", "typ": "at+jwt"}), &claims);
    let (unsigned, _) = unsigned.rsplit_once('.').unwrap();
    assert_eq!(me(&server, &format!("{unsigned}.")).await.status, StatusCode::UNAUTHORIZED, "none");

    // The classic confusion: the public key used as the secret of a symmetric signature.
    let secret = serde_json::to_vec(&server.provider.signer.jwk()).unwrap();
    let confused = Signer::hs256("key-1", &secret).sign(&claims);
    assert_eq!(me(&server, &confused).await.status, StatusCode::UNAUTHORIZED, "HS256");

    // The key says another algorithm than the token.
    let mut jwk = server.provider.signer.jwk();
    jwk["alg"] = json!("ES384");
    server.provider.set_keys(vec![jwk]);
    server.clock.advance(7201);
    let again = server.token("p-ben", 60);
    assert_eq!(me(&server, &again).await.status, StatusCode::UNAUTHORIZED, "alg of the key");
}

#[tokio::test]
async fn rs256_works_as_most_providers_use_it() {
    let server = TestServer::start().await;
    let signer = Signer::rs256("rsa");
    server.provider.set_keys(vec![json!({"kty": "unknown to us"}), signer.jwk()]);
    let claims = changed(&server, json!({}));
    assert_eq!(me(&server, &signer.sign(&claims)).await.status, StatusCode::OK);
}

#[tokio::test]
async fn an_rsa_key_of_fewer_than_2048_bits_is_refused_although_it_is_the_providers() {
    let server = TestServer::start().await;
    let (long, short) = (Signer::rs256("long"), Signer::short_rs256("short"));
    server.provider.set_keys(vec![long.jwk(), short.jwk()]);
    let claims = changed(&server, json!({}));
    assert_eq!(me(&server, &long.sign(&claims)).await.status, StatusCode::OK);
    assert_eq!(me(&server, &short.sign(&claims)).await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn an_algorithm_that_is_not_configured_is_refused_even_with_the_providers_own_key() {
    let server = TestServer::start().await;
    let mut signer = Signer::rs256("rsa");
    let mut jwk = signer.jwk();
    jwk.as_object_mut().unwrap().remove("alg");
    server.provider.set_keys(vec![jwk]);
    let claims = changed(&server, json!({}));
    assert_eq!(me(&server, &signer.sign(&claims)).await.status, StatusCode::OK, "RS256 is configured");
    signer.algorithm = portal_testkit::Algorithm::Ps256;
    assert_eq!(me(&server, &signer.sign(&claims)).await.status, StatusCode::UNAUTHORIZED, "PS256 is not");
}

#[tokio::test]
async fn a_token_without_the_scope_is_told_so() {
    let server = TestServer::start().await;
    let answer =
        me(&server, &server.provider.signer.sign(&changed(&server, json!({"scope": "openid"})))).await;
    assert_eq!((answer.status, answer.code().as_str()), (StatusCode::FORBIDDEN, "insufficientScope"));
    assert_eq!(answer.header("www-authenticate"), "Bearer error=\"insufficient_scope\", scope=\"devices\"");
}

#[tokio::test]
async fn no_token_and_a_token_in_the_wrong_place_are_refused() {
    let server = TestServer::start().await;
    let token = server.token("p-ben", 60);
    for (path, headers) in [
        ("/api/v1.0/me".to_owned(), vec![]),
        (format!("/api/v1.0/me?access_token={token}"), vec![]),
        ("/api/v1.0/me".to_owned(), vec![("authorization", format!("Basic {token}"))]),
        ("/api/v1.0/me".to_owned(), vec![("cookie", format!("token={token}"))]),
    ] {
        let headers: Vec<(&str, &str)> =
            headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let answer = server.call("GET", &path, &headers).await;
        assert_eq!((answer.status, answer.header("www-authenticate")), (StatusCode::UNAUTHORIZED, "Bearer"));
    }
    for garbage in ["", "x", "a.b.c", &"a".repeat(20_000)] {
        assert_eq!(me(&server, garbage).await.status, StatusCode::UNAUTHORIZED);
    }
}

#[tokio::test]
async fn an_unknown_key_is_fetched_once_and_at_most_every_thirty_seconds() {
    let server = TestServer::start().await;
    assert_eq!(me(&server, &server.token("p-ben", 60)).await.status, StatusCode::OK);
    assert_eq!(server.provider.fetches(), 1);
    let rotated = Signer::es256("key-2", 11);
    let token = rotated.sign(&changed(&server, json!({})));
    assert_eq!(me(&server, &token).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(server.provider.fetches(), 1, "fetched a moment ago");
    server.clock.advance(31);
    server.provider.set_keys(vec![server.provider.signer.jwk(), rotated.jwk()]);
    let results = tokio::join!(me(&server, &token), me(&server, &token), me(&server, &token));
    assert_eq!([results.0.status, results.1.status, results.2.status], [StatusCode::OK; 3]);
    assert_eq!(server.provider.fetches(), 2, "a crowd fetches once");
}

#[tokio::test]
async fn a_provider_that_is_down_does_not_stop_those_whose_keys_are_known() {
    let server = TestServer::start().await;
    assert_eq!(me(&server, &server.token("p-ben", 60)).await.status, StatusCode::OK);
    server.provider.answers(StatusCode::BAD_GATEWAY);
    server.clock.advance(7200);
    assert_eq!(me(&server, &server.token("p-ben", 60)).await.status, StatusCode::OK, "old keys are kept");
}

#[tokio::test]
async fn without_any_keys_the_answer_is_unavailable_and_not_unauthenticated() {
    for trouble in [StatusCode::BAD_GATEWAY, StatusCode::FOUND] {
        let server = TestServer::start().await;
        server.provider.answers(trouble);
        let answer = me(&server, &server.token("p-ben", 60)).await;
        assert_eq!((answer.status, answer.code().as_str()), (StatusCode::SERVICE_UNAVAILABLE, "unavailable"));
        assert_eq!(answer.header("retry-after"), "5");
        assert_eq!(server.call("GET", "/readyz", &[]).await.status, StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(server.call("GET", "/healthz", &[]).await.status, StatusCode::OK);
        server.provider.answers(StatusCode::OK);
        server.clock.advance(2);
        assert_eq!(server.call("GET", "/readyz", &[]).await.status, StatusCode::OK);
    }
}

#[tokio::test]
async fn a_discovery_document_of_more_than_64_kilobytes_is_not_read() {
    let server = TestServer::start().await;
    server.provider.set(|habits| habits.padding = 70_000);
    assert_eq!(me(&server, &server.token("p-ben", 60)).await.status, StatusCode::SERVICE_UNAVAILABLE);
}

#[tokio::test]
async fn a_provider_like_entra_is_a_matter_of_configuration() {
    let provider = Provider::start().await;
    let signer = provider.signer.clone();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("server.toml");
    let text = crate::support::server::configuration(&provider, &folder.path().join("p.sqlite"), "");
    let text = text.replace(
        "[passcode]",
        "token_types = [\"JWT\"]\nscope_claim = \"scp\"\nsubject_claim = \"oid\"\n[passcode]",
    );
    std::fs::write(&file, text).unwrap();
    let settings = portal_server::config::load(Some(&file), &[]).unwrap();
    let verifier = portal_server::oidc::OidcVerifier::new(
        settings.tokens,
        settings.provider,
        std::sync::Arc::new(crate::support::TestClock::new()),
    )
    .unwrap();
    let mut claims = provider.claims("ignored", crate::support::clock::START, 60);
    claims["scp"] = json!("devices");
    claims["oid"] = json!("p-ben");
    let sign_in =
        portal_server::ports::TokenVerifier::verify(&verifier, &signer.sign_as("JWT", &claims)).await;
    assert_eq!(sign_in.unwrap().person().as_str(), "p-ben");
}
