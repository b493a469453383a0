//! Access tokens and the provider's keys.

use jsonwebtoken::AlgorithmFamily;
use portal_contract::UtcTime;
use portal_server::oidc::{Algorithm, KeySet, TokenRules, check_claims, check_type};
use serde_json::{Map, Value};

const NOW: i64 = 1_800_000_000;

fn rules() -> TokenRules {
    TokenRules {
        issuer: "https://id.example".to_owned(),
        audience: "urn:api".to_owned(),
        algorithms: vec![Algorithm::Es256],
        token_types: vec!["at+jwt".to_owned()],
        scope_claim: "scope".to_owned(),
        required_scope: "devices".to_owned(),
        subject_claim: "sub".to_owned(),
        auth_time_claim: "auth_time".to_owned(),
        access_token_issuer: None,
        client_id_claim: None,
        trusted_audiences: Vec::new(),
        leeway_seconds: 30,
    }
}

/// Claims as JSON, as they are after the signature was found right. What is accepted is looked at by other means.
pub(crate) fn claims(data: &[u8]) {
    if let Ok(typ) = std::str::from_utf8(data)
        && check_type(&rules(), Some(typ)).is_ok()
    {
        assert!(["at+jwt", "application/at+jwt"].contains(&typ.to_ascii_lowercase().as_str()), "{typ}");
    }
    let Ok(claims) = serde_json::from_slice::<Map<String, Value>>(data) else { return };
    let Ok(sign_in) = check_claims(&rules(), &claims, UtcTime::from_unix_seconds(NOW)) else { return };
    let said = |name: &str| claims.get(name).and_then(Value::as_str);
    let number = |name: &str| {
        let value = claims.get(name)?;
        value.as_f64().or_else(|| value.as_str()?.trim().parse().ok())
    };
    assert_eq!(said("iss"), Some("https://id.example"));
    assert_eq!(said("sub"), Some(sign_in.person().as_str()));
    assert!((1..=255).contains(&sign_in.person().as_str().len()));
    let audience = claims.get("aud").map(Value::to_string).unwrap_or_default();
    assert!(audience.contains("urn:api"), "{audience}");
    assert!(claims.get("scope").is_some_and(|scope| scope.to_string().contains("devices")), "no scope");
    let is_there = |claim: &&str| claims.get(*claim).is_some_and(|value| !value.is_null());
    assert!(!["at_hash", "c_hash"].iter().any(is_there), "an ID token");
    #[expect(clippy::cast_precision_loss, reason = "seconds of this century are exact")]
    let now = NOW as f64;
    assert!(number("exp").is_some_and(|expires| expires + 31.0 > now), "expired");
    assert!(number("nbf").is_none_or(|from| from < now + 31.0), "not valid yet");
    if number("auth_time").is_none() {
        assert_eq!(sign_in.auth_time(), None, "a sign-in time out of nothing");
    }
}

/// A key set: no key of it may be symmetric, and a key is found only by an algorithm of its kind.
pub(crate) fn keys(data: &[u8]) {
    let Ok(document) = serde_json::from_slice::<Value>(data) else { return };
    let Some(keys) = KeySet::parse(&document) else { return };
    for algorithm in Algorithm::ALL {
        for kid in [None, Some("key-1")] {
            if let Some(key) = keys.find(kid, algorithm) {
                assert!(key.family() != AlgorithmFamily::Hmac, "a symmetric key");
            }
        }
    }
}
