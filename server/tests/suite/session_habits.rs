//! Session mode with what real providers do: values nobody needs end no sign-in, what security needs is refused, and each
//! failure is called by its name.

use super::support::browser::{Browser, query, refusal};
use super::support::log::CapturedLog;
use super::support::{Provider, TestServer};
use axum::http::StatusCode;
use serde_json::{Value, json};

const RESET: &str = "/api/v1.0/me/managedDevices/d-aiko-android/resetPasscode";

async fn server() -> TestServer {
    TestServer::in_session_mode("").await
}

#[tokio::test]
async fn values_nobody_needs_end_no_sign_in() {
    let server = server().await;
    let now = server.clock.seconds();
    for claims in [
        json!({ "email": ["a@example.test"], "name": 7, "preferred_username": {} }),
        json!({ "email": null, "name": null, "azp": null, "acr": 0, "amr": "pwd", "groups": "all" }),
        json!({ "exp": (now + 600).to_string(), "iat": now.to_string(), "auth_time": now.to_string() }),
        json!({ "auth_time": null }),
    ] {
        let mut browser = Browser::default();
        let asked = browser.leave(&server, "signIn").await;
        let answer = browser.come_back(&server, &asked, "p-aiko", &claims).await;
        assert_eq!(refusal(&answer), "", "{claims}");
    }
    for tokens in [
        json!({ "expires_in": "3600" }),
        json!({ "expires_in": null, "token_type": null, "access_token": null, "scope": [] }),
        json!({ "access_token": 7 }),
    ] {
        server.provider.set(|habits| habits.tokens = tokens.clone());
        let mut browser = Browser::default();
        assert_eq!(refusal(&browser.sign_in(&server, "signIn", "p-aiko").await), "", "{tokens}");
    }
    for document in [
        json!({ "end_session_endpoint": [] }),
        json!({ "end_session_endpoint": "http://elsewhere.example/end" }),
        json!({ "authorization_response_iss_parameter_supported": "true" }),
        json!({ "claims_supported": "sub", "grant_types_supported": null }),
    ] {
        let server = TestServer::in_session_mode("").await;
        server.provider.set(|habits| habits.document = document.clone());
        let mut browser = Browser::default();
        assert_eq!(refusal(&browser.sign_in(&server, "signIn", "p-aiko").await), "", "{document}");
    }
}

#[tokio::test]
async fn a_provider_whose_clock_is_a_little_ahead_is_believed_and_one_further_ahead_is_named() {
    for (ahead, code) in [(3, ""), (30, ""), (31, "auth.auth_time_in_future")] {
        let server = server().await;
        let mut browser = Browser::signed_in(&server, "p-aiko").await;
        let asked = browser.leave(&server, "stepUp").await;
        let auth_time = json!({ "auth_time": server.clock.seconds() + ahead });
        assert_eq!(refusal(&browser.come_back(&server, &asked, "p-aiko", &auth_time).await), code, "{ahead}");
        if code.is_empty() {
            let key = [("idempotency-key", "0123456789abcdef")];
            let answer = browser.call_with(&server, "POST", RESET, &key).await;
            assert_eq!(answer.status, StatusCode::ACCEPTED, "{ahead}: {:?}", answer.json());
        }
    }
}

#[tokio::test]
async fn the_fresh_sign_in_is_asked_for_as_it_says() {
    let claims = r#"{"id_token":{"acrs":{"essential":true,"value":"c1"}}}"#;
    for (more, expected) in [
        (String::new(), ["login", "300", "", ""]),
        ("step_up_prompt = \"none\"".to_owned(), ["", "300", "", ""]),
        ("step_up_acr_values = \"c1 c2\"".to_owned(), ["login", "300", "c1 c2", ""]),
        (format!("step_up_prompt = \"none\"\nstep_up_claims = '{claims}'"), ["", "300", "", claims]),
    ] {
        let server = TestServer::in_session_mode(&more).await;
        let mut browser = Browser::signed_in(&server, "p-aiko").await;
        let plain = Browser::default().leave(&server, "signIn").await;
        assert!(!plain.contains_key("acr_values") && !plain.contains_key("claims"), "{more}");
        let asked = browser.leave(&server, "stepUp").await;
        let came = ["prompt", "max_age", "acr_values", "claims"]
            .map(|name| asked.get(name).cloned().unwrap_or_default());
        assert_eq!(came, expected, "{more}");
    }
}

#[tokio::test]
async fn what_the_provider_said_goes_to_the_page_as_a_code_and_nothing_else_of_it() {
    let server = server().await;
    for (said, code, detail) in [
        ("error=invalid_scope", "auth.provider_refused", "invalid_scope"),
        ("error=access_denied", "auth.access_denied", "access_denied"),
        ("error=access_denied&error_description=User+canceled", "auth.access_denied", "access_denied"),
        (
            "error=access_denied&error_description=User+is+not+assigned+to+the+client+application.",
            "auth.account_refused",
            "access_denied",
        ),
        ("error=%3Cscript%3E", "auth.provider_refused", ""),
    ] {
        let mut browser = Browser::default();
        let asked = browser.leave(&server, "signIn").await;
        let iss = &server.provider.issuer;
        let address = format!("/session/callback?{said}&state={}&iss={iss}", asked["state"]);
        let answer = browser.is_sent(&server, &address).await;
        assert_eq!(refusal(&answer), code, "{said}");
        let shown = query(answer.header("location"));
        assert_eq!(shown.get("detail").map_or("", String::as_str), detail, "{said}");
        assert!(!answer.header("location").contains("description"), "{said}");
    }
}

#[tokio::test]
async fn a_provider_that_is_not_set_up_is_told_from_one_that_is_down() {
    type Habit = fn(&Provider);
    let habits: [(Habit, &str); 5] = [
        (|provider| provider.answers(StatusCode::NOT_FOUND), "auth.discovery_malformed"),
        (|provider| provider.answers(StatusCode::SERVICE_UNAVAILABLE), "auth.provider_unreachable"),
        (
            |provider| provider.set(|habits| habits.issuer = Some("https://other.example".to_owned())),
            "auth.issuer_mismatch",
        ),
        (
            |provider| provider.set(|habits| habits.document = json!({ "token_endpoint": null })),
            "auth.discovery_malformed",
        ),
        (
            |provider| {
                provider.set(|habits| habits.document = json!({ "token_endpoint": "http://x.example" }));
            },
            "auth.discovery_malformed",
        ),
    ];
    for (habit, code) in habits {
        let server = server().await;
        habit(&server.provider);
        let answer = Browser::default().go(&server, "/session/sign-in?purpose=signIn&state=page-1").await;
        assert_eq!(refusal(&answer), code);
    }
}

/// Why the server asks for another sign-in, in its challenge.
async fn reason(server: &TestServer, claims: &Value) -> String {
    let mut whole = server.provider.claims("p-aiko", server.clock.seconds(), 0);
    for (name, value) in claims.as_object().unwrap() {
        whole[name] = value.clone();
    }
    let bearer = format!("Bearer {}", server.provider.signer.sign(&whole));
    let headers = [("authorization", bearer.as_str()), ("idempotency-key", "0123456789abcdef")];
    let answer = server.call("POST", RESET, &headers).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{:?}", answer.json());
    let challenge = answer.header("www-authenticate").to_owned();
    challenge.split("portal_reason=").nth(1).unwrap_or_default().trim_matches('"').to_owned()
}

#[tokio::test]
async fn the_challenge_says_where_another_sign_in_would_not_do_either() {
    let server = TestServer::start().await;
    let now = server.clock.seconds();
    assert_eq!(reason(&server, &json!({ "auth_time": null })).await, "auth_time_missing");
    assert_eq!(reason(&server, &json!({ "auth_time": now + 31 })).await, "auth_time_in_future");
    assert_eq!(reason(&server, &json!({ "auth_time": now - 301 })).await, "");
}

/// What the log says at `warn` and above of a fresh sign-in whose ID token has these claims.
async fn warned(claims: &Value) -> (String, String) {
    let server = server().await;
    let mut browser = Browser::signed_in(&server, "p-aiko").await;
    let asked = browser.leave(&server, "stepUp").await;
    let captured = CapturedLog::begin();
    let answer = browser.come_back(&server, &asked, "p-aiko", claims).await;
    let log = captured.text();
    let lines = log.lines().filter(|line| line.contains("WARN") || line.contains("ERROR"));
    (refusal(&answer), lines.collect::<Vec<_>>().join("\n"))
}

#[tokio::test]
async fn the_log_names_what_was_expected_of_an_id_token_and_what_came() {
    for (claims, code, expected) in [
        (
            json!({ "iss": "https://other.example" }),
            "auth.token_issuer_mismatch",
            "came \\\"https://other.example\\\"",
        ),
        (json!({ "aud": "another" }), "auth.audience_mismatch", "aud: expected"),
        (json!({ "azp": "another" }), "auth.authorized_party_mismatch", "azp: came \\\"another\\\""),
        (json!({ "auth_time": null }), "auth.auth_time_missing", "auth_time: expected a time, came nothing"),
        (json!({ "auth_time": "yesterday" }), "auth.auth_time_missing", "came \\\"yesterday\\\""),
        (json!({ "exp": 1 }), "auth.token_expired", "iat, exp: expected"),
        (json!({ "sub": 7 }), "auth.subject_missing", "sub and sub: expected texts"),
    ] {
        let (refused, log) = warned(&claims).await;
        assert_eq!(refused, code, "{claims}");
        assert!(log.contains("an ID token of the provider is not accepted"), "{claims}: {log}");
        assert!(log.contains(expected), "{claims}: {expected} in {log}");
    }
    // What is secret, or somebody's own, is in no line.
    let (refused, log) = warned(&json!({ "nonce": "of-another-sign-in" })).await;
    assert_eq!((refused.as_str(), log.as_str()), ("auth.nonce_mismatch", ""));
    assert_eq!(warned(&json!({})).await, (String::new(), String::new()));
}

#[tokio::test]
async fn a_provider_that_did_not_ask_again_is_in_the_log_with_how_old_the_sign_in_is() {
    let server = server().await;
    for (age, is_said) in [(299, false), (301, true), (86_400, true)] {
        let mut browser = Browser::signed_in(&server, "p-aiko").await;
        let asked = browser.leave(&server, "stepUp").await;
        let captured = CapturedLog::begin();
        let claims = json!({ "auth_time": server.clock.seconds() - age });
        assert_eq!(refusal(&browser.come_back(&server, &asked, "p-aiko", &claims).await), "", "{age}");
        let log = captured.text();
        let said = log.contains("the provider did not ask again") && log.contains(&format!("seconds={age}"));
        assert_eq!(said, is_said, "{age}: {log}");
    }
}

#[tokio::test]
async fn a_refused_client_and_a_refused_code_are_told_apart_with_the_providers_own_word() {
    for (status, body, code, expected) in [
        (400, r#"{"error":"invalid_client"}"#, "auth.provider_refused", "provider=\"invalid_client\""),
        (400, r#"{"error":"unauthorized_client"}"#, "auth.provider_refused", "session.client_id"),
        (400, r#"{"error":"invalid_grant"}"#, "auth.code_refused", "provider=\"invalid_grant\""),
        (400, r#"{"error":"<script>"}"#, "auth.code_refused", "provider=\"\""),
        (503, "no json", "auth.provider_unavailable", "did not exchange a code"),
    ] {
        let server = server().await;
        server.provider.set(|habits| habits.token_answer = Some((status, body.to_owned())));
        let mut browser = Browser::default();
        let captured = CapturedLog::begin();
        assert_eq!(refusal(&browser.sign_in(&server, "signIn", "p-aiko").await), code, "{body}");
        assert!(captured.text().contains(expected), "{body}: {expected} in {}", captured.text());
    }
}
