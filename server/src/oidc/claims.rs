//! The claims of an access token. Pure: the time is a parameter.

use super::TokenRules;
use crate::domain::person::{PersonId, SignIn, SignInFacts};
use crate::ports::TokenError;
use portal_contract::UtcTime;
use serde_json::{Map, Value};

/// Claims that only an ID token has (OpenID Connect Core section 2). An ID token is not an access token,
/// whatever its audience.
const ID_TOKEN_CLAIMS: [&str; 3] = ["nonce", "at_hash", "c_hash"];

/// The longest subject that is accepted, in bytes.
const MAX_SUBJECT: usize = 255;

/// Checks the `typ` header (RFC 9068 section 4).
///
/// # Errors
/// [`TokenError::Invalid`].
pub fn check_type(rules: &TokenRules, typ: Option<&str>) -> Result<(), TokenError> {
    let typ = typ.unwrap_or_default().to_ascii_lowercase();
    let typ = typ.strip_prefix("application/").unwrap_or(&typ);
    if rules.token_types.iter().any(|accepted| accepted == typ) {
        Ok(())
    } else {
        Err(TokenError::Invalid("type not accepted"))
    }
}

/// Checks the claims and reads who signed in. The signature has to have been checked before.
///
/// # Errors
/// [`TokenError::Invalid`] or [`TokenError::ScopeMissing`].
pub fn check(rules: &TokenRules, claims: &Map<String, Value>, now: UtcTime) -> Result<SignIn, TokenError> {
    if text(claims, "iss") != Some(rules.issuer.as_str()) {
        return Err(TokenError::Invalid("issuer"));
    }
    if !names(claims.get("aud"), &rules.audience) {
        return Err(TokenError::Invalid("audience"));
    }
    if ID_TOKEN_CLAIMS.iter().any(|claim| claims.contains_key(*claim)) {
        return Err(TokenError::Invalid("an ID token"));
    }
    let leeway = rules.leeway_seconds;
    let expires = seconds(claims, "exp")?.ok_or(TokenError::Invalid("no expiry"))?;
    if now.unix_seconds() >= expires.saturating_add(leeway) {
        return Err(TokenError::Invalid("expired"));
    }
    if seconds(claims, "nbf")?.is_some_and(|from| now.unix_seconds().saturating_add(leeway) < from) {
        return Err(TokenError::Invalid("not valid yet"));
    }
    // Not asked for by any RFC, but a token from the future would outlive every revocation. A malformed `iat` counts as
    // missing, and a token without one as old as its sign-in.
    let issued = seconds(claims, "iat").ok().flatten();
    if issued.is_some_and(|at| now.unix_seconds().saturating_add(leeway) < at) {
        return Err(TokenError::Invalid("issued in the future"));
    }
    let subject = text(claims, &rules.subject_claim).unwrap_or_default();
    if subject.is_empty() || subject.len() > MAX_SUBJECT {
        return Err(TokenError::Invalid("subject"));
    }
    if !has_scope(claims.get(&rules.scope_claim), &rules.required_scope) {
        return Err(TokenError::ScopeMissing);
    }
    let first =
        |names: [&str; 3]| names.iter().find_map(|name| text(claims, name)).unwrap_or_default().to_owned();
    // A malformed auth_time counts as missing, which is never fresh.
    let auth_time = seconds(claims, "auth_time").ok().flatten().map(UtcTime::from_unix_seconds);
    let issued = issued.map(UtcTime::from_unix_seconds);
    Ok(SignIn::from_verifier(SignInFacts {
        person: PersonId::new(subject.to_owned()),
        display_name: text(claims, "name").unwrap_or_default().to_owned(),
        user_principal_name: first(["preferred_username", "upn", "email"]),
        auth_time,
        issued: issued.or(auth_time),
        accepted_until: UtcTime::from_unix_seconds(expires.saturating_add(leeway)),
        session: None,
    }))
}

fn text<'claims>(claims: &'claims Map<String, Value>, name: &str) -> Option<&'claims str> {
    claims.get(name).and_then(Value::as_str)
}

/// A NumericDate (RFC 7519 section 2): whole seconds, fractions cut off.
fn seconds(claims: &Map<String, Value>, name: &str) -> Result<Option<i64>, TokenError> {
    let Some(value) = claims.get(name) else { return Ok(None) };
    let whole = value.as_i64().or_else(|| {
        let number = value.as_f64().filter(|number| number.is_finite() && number.abs() < 1e15)?;
        #[expect(clippy::cast_possible_truncation, reason = "bounded above")]
        Some(number.floor() as i64)
    });
    whole.map(Some).ok_or(TokenError::Invalid("a time is not a number"))
}

/// Whether `aud` is or contains this API.
fn names(audience: Option<&Value>, ours: &str) -> bool {
    match audience {
        Some(Value::String(one)) => one == ours,
        Some(Value::Array(several)) => several.iter().any(|one| one.as_str() == Some(ours)),
        _ => false,
    }
}

/// Scopes come as blank-separated text or as a list.
fn has_scope(scopes: Option<&Value>, required: &str) -> bool {
    match scopes {
        Some(Value::String(text)) => text.split(' ').any(|scope| scope == required),
        Some(Value::Array(list)) => list.iter().any(|scope| scope.as_str() == Some(required)),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jsonwebtoken::Algorithm;
    use serde_json::json;

    const NOW: i64 = 1_800_000_000;

    fn rules() -> TokenRules {
        TokenRules {
            issuer: "https://id.example.test".to_owned(),
            audience: "urn:api".to_owned(),
            algorithms: vec![Algorithm::RS256],
            token_types: vec!["at+jwt".to_owned()],
            scope_claim: "scope".to_owned(),
            required_scope: "devices".to_owned(),
            subject_claim: "sub".to_owned(),
            leeway_seconds: 30,
        }
    }

    fn with(changes: &Value) -> Result<SignIn, TokenError> {
        let mut claims = json!({
            "iss": "https://id.example.test", "aud": "urn:api", "sub": "p-1", "exp": NOW + 60,
            "scope": "openid devices", "auth_time": NOW - 10, "name": "A", "email": "a@example.test",
        });
        let map = claims.as_object_mut().unwrap();
        for (name, value) in changes.as_object().unwrap() {
            if value.is_null() {
                map.remove(name);
            } else {
                map.insert(name.clone(), value.clone());
            }
        }
        check(&rules(), map, UtcTime::from_unix_seconds(NOW))
    }

    #[test]
    fn a_good_token_names_the_person_and_when_they_signed_in() {
        let sign_in = with(&json!({})).unwrap();
        assert_eq!(sign_in.person().as_str(), "p-1");
        assert_eq!(sign_in.user_principal_name(), "a@example.test");
        assert_eq!(sign_in.auth_time(), Some(UtcTime::from_unix_seconds(NOW - 10)));
        assert_eq!(sign_in.accepted_until(), UtcTime::from_unix_seconds(NOW + 90), "with the leeway");
    }

    #[test]
    fn a_token_is_as_old_as_it_says_or_as_the_sign_in_behind_it() {
        let issued = |changes| with(&changes).unwrap().issued().map(UtcTime::unix_seconds);
        assert_eq!(issued(json!({"iat": NOW - 3})), Some(NOW - 3));
        assert_eq!(issued(json!({})), Some(NOW - 10));
        assert_eq!(issued(json!({"iat": "now", "auth_time": null})), None);
    }

    #[test]
    fn a_token_for_somebody_else_or_from_somebody_else_is_refused() {
        for changes in [
            json!({"iss": "https://evil.example.test"}),
            json!({"iss": null}),
            json!({"aud": "passcode-portal"}),
            json!({"aud": ["a", "b"]}),
            json!({"aud": null}),
            json!({"sub": null}),
            json!({"sub": ""}),
            json!({"exp": null}),
            json!({"exp": "soon"}),
            json!({"nonce": "n"}),
            json!({"at_hash": "h"}),
        ] {
            assert!(matches!(with(&changes), Err(TokenError::Invalid(_))), "{changes}");
        }
        assert!(with(&json!({"aud": ["other", "urn:api"]})).is_ok());
    }

    #[test]
    fn expiry_start_and_issue_have_thirty_seconds_of_leeway_and_no_more() {
        assert!(with(&json!({"exp": NOW - 29})).is_ok());
        assert!(with(&json!({"exp": NOW - 30})).is_err());
        assert!(with(&json!({"nbf": NOW + 30})).is_ok());
        assert!(with(&json!({"nbf": NOW + 31})).is_err());
        assert!(with(&json!({"iat": NOW + 30})).is_ok());
        assert_eq!(with(&json!({"iat": NOW + 31})), Err(TokenError::Invalid("issued in the future")));
    }

    #[test]
    fn the_scope_must_be_there_as_a_whole_word() {
        for scope in [json!("openid"), json!("devices.read"), json!(null), json!(["openid"]), json!(7)] {
            assert_eq!(with(&json!({"scope": scope})), Err(TokenError::ScopeMissing));
        }
        assert!(with(&json!({"scope": ["devices"]})).is_ok());
    }

    #[test]
    fn a_malformed_auth_time_counts_as_missing() {
        for auth_time in [json!("now"), json!(true), json!({})] {
            assert_eq!(with(&json!({"auth_time": auth_time})).unwrap().auth_time(), None);
        }
    }

    #[test]
    fn the_type_is_compared_without_case_and_prefix() {
        assert!(check_type(&rules(), Some("application/AT+JWT")).is_ok());
        assert!(check_type(&rules(), Some("JWT")).is_err());
        assert!(check_type(&rules(), None).is_err());
    }
}
