//! Sign-ins for tests that call use cases directly: by the same check of claims that tokens go through, the only way to one.

use portal_server::domain::person::SignIn;
use portal_server::oidc::{TokenRules, check_claims};
use serde_json::json;

/// A person who signed in `age` seconds before `now` (`None`: nobody knows when), with a token that was issued now and is
/// accepted for ten minutes.
pub(crate) fn sign_in(person: &str, now: i64, age: Option<i64>) -> SignIn {
    let rules = TokenRules {
        issuer: "https://id.example.test".to_owned(),
        audience: "api".to_owned(),
        algorithms: Vec::new(),
        token_types: Vec::new(),
        scope_claim: "scope".to_owned(),
        required_scope: "devices".to_owned(),
        subject_claim: "sub".to_owned(),
        auth_time_claim: "auth_time".to_owned(),
        access_token_issuer: None,
        client_id_claim: None,
        trusted_audiences: Vec::new(),
        leeway_seconds: 0,
    };
    let mut claims = json!({
        "iss": rules.issuer, "aud": rules.audience, "sub": person, "scope": rules.required_scope, "iat": now,
        "exp": now + 600,
    });
    if let Some(age) = age {
        claims["auth_time"] = json!(now - age);
    }
    let now = portal_contract::UtcTime::from_unix_seconds(now);
    check_claims(&rules, claims.as_object().unwrap(), now).unwrap()
}
