//! What the provider and the API's gate say to the page.

use crate::{first_line, text};
use passcode_portal::auth::{Callback, CallbackAnswer, Discovery, StepUpChallenge};

const ISSUER: &str = "https://id.example";

/// Nothing but https, or http on this machine.
fn is_safe(url: &str) -> bool {
    let loopback = ["http://localhost", "http://127.0.0.1", "http://[::1]"];
    let is_local = loopback.iter().any(|start| {
        url.strip_prefix(start).is_some_and(|rest| rest.is_empty() || rest.starts_with([':', '/', '?']))
    });
    url.starts_with("https://") || is_local
}

/// A discovery document.
pub(crate) fn discovery(data: &[u8]) {
    let Some(body) = text(data) else { return };
    let Ok(found) = Discovery::parse(body, ISSUER) else { return };
    assert_eq!(found.issuer, ISSUER);
    assert!(body.len() <= 64 * 1024);
    let endpoints = [&found.authorization_endpoint, &found.token_endpoint, &found.jwks_uri];
    for endpoint in endpoints.into_iter().chain(&found.end_session_endpoint) {
        assert!(is_safe(endpoint), "{endpoint}");
        assert!(!endpoint.contains(['\\', '#', ' ', '\n', '\r', '\t']), "{endpoint}");
    }
}

/// First line: the query of the callback. Rest: `iss` if the provider announced it.
pub(crate) fn callback(data: &[u8]) {
    let Some((query, rest)) = text(data).map(first_line) else { return };
    let found = Callback::parse(query);
    let announced = Discovery {
        issuer: ISSUER.to_owned(),
        authorization_endpoint: "https://id.example/authorize".to_owned(),
        token_endpoint: "https://id.example/token".to_owned(),
        jwks_uri: "https://id.example/jwks".to_owned(),
        end_session_endpoint: None,
        announces_iss: rest.starts_with("iss"),
    };
    let debug = format!("{found:?}");
    assert!(found.state().is_none_or(|state| !state.is_empty()));
    match found.answer(&announced) {
        Ok(CallbackAnswer::Code(code)) => {
            let names: Vec<&str> =
                query.split('&').map(|pair| pair.split('=').next().unwrap_or_default()).collect();
            assert!(names.iter().filter(|name| **name == "code").count() <= 1, "a repeated code");
            assert!(!names.contains(&"error"), "a code beside an error");
            assert!(
                !announced.announces_iss || query.contains("iss"),
                "an issuer that was announced is missing"
            );
            assert_eq!(format!("{code:?}"), "[REDACTED]");
        }
        Ok(CallbackAnswer::Error(_)) | Err(_) => {}
    }
    let secret = query.split('&').find_map(|pair| pair.strip_prefix("code=")).unwrap_or_default();
    // What stands there for every code; the search once made a code of these very words.
    let usual = format!("{:?}", Callback::parse("code=x"));
    // A code of a few characters stands by chance in any text.
    assert!(secret.len() < 8 || usual.contains(secret) || !debug.contains(secret), "Debug shows the code");
}

/// A `WWW-Authenticate` header.
pub(crate) fn challenge(data: &[u8]) {
    let Some(header) = text(data) else { return };
    let Some(found) = StepUpChallenge::parse(header) else { return };
    let lower = header.to_ascii_lowercase();
    assert!(lower.contains("bearer") && lower.contains("error"), "a demand out of nothing");
    assert!(found.max_age.is_none_or(|age| (0..=300).contains(&age.0)), "an age out of bounds");
    let is_plain = |text: &str| text.bytes().all(|byte| byte == b' ' || byte.is_ascii_graphic());
    assert!(found.acr_values.as_deref().is_none_or(|text| text.len() <= 256 && is_plain(text)));
    let is_object =
        |text: &str| serde_json::from_str::<serde_json::Value>(text).is_ok_and(|value| value.is_object());
    assert!(found.claims.as_deref().is_none_or(is_object), "claims that are no object");
}
