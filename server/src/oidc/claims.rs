//! The claims of an access token. Pure: the time is a parameter.

use super::{Algorithm, Header, TokenRules};
use crate::domain::person::{PersonId, SignIn, SignInFacts};
use crate::ports::TokenError;
use portal_contract::UtcTime;
use serde_json::{Map, Value};

/// Claims that only an ID token has (OpenID Connect Core sections 3.1.3.6 and 3.3.2.11). An ID token is not an access token,
/// whatever its audience. `nonce` is none of them: access tokens of Keycloak up to 24 and of authentik carry it.
const ID_TOKEN_CLAIMS: [&str; 2] = ["at_hash", "c_hash"];
/// What providers write into ID tokens to tell them from access tokens: Keycloak's `typ`, Amazon Cognito's `token_use`.
const ID_TOKEN_MARKS: [(&str, &str); 4] =
    [("typ", "id"), ("typ", "logout"), ("typ", "refresh"), ("token_use", "id")];
/// The word for a token without `typ`.
const NO_TYPE: &str = "none";

/// The longest subject that is accepted, in bytes.
const MAX_SUBJECT: usize = 255;

/// Checks the `typ` header (RFC 9068 section 4).
///
/// # Errors
/// [`TokenError::Invalid`].
pub fn check_type(rules: &TokenRules, typ: Option<&str>) -> Result<(), TokenError> {
    let typ = typ.unwrap_or(NO_TYPE).to_ascii_lowercase();
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
    if text(claims, "iss") != Some(issuer(rules)) {
        return Err(TokenError::Invalid(ISSUER));
    }
    if !is_for_this_api(rules, claims) {
        return Err(TokenError::Invalid(AUDIENCE));
    }
    if is_id_token(rules, claims) {
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
    let auth_time = seconds(claims, &rules.auth_time_claim).ok().flatten().map(UtcTime::from_unix_seconds);
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

const ISSUER: &str = "issuer";
const AUDIENCE: &str = "audience";

fn issuer(rules: &TokenRules) -> &str {
    rules.access_token_issuer.as_deref().unwrap_or(&rules.issuer)
}

/// By `aud`; where the provider names the client in another claim of access tokens, by that one, and by `aud` only as well.
pub(super) fn is_for_this_api(rules: &TokenRules, claims: &Map<String, Value>) -> bool {
    let audience = present(claims, "aud");
    match &rules.client_id_claim {
        None => names(audience, &rules.audience),
        Some(claim) => {
            text(claims, claim) == Some(rules.audience.as_str())
                && audience.is_none_or(|audience| names(Some(audience), &rules.audience))
        }
    }
}

/// An ID token, a logout token (OpenID Connect Back-Channel Logout 1.0 section 2.4) or a refresh token in any disguise. Where no
/// claim that only access tokens have tells one, a `nonce` counts as well.
pub(super) fn is_id_token(rules: &TokenRules, claims: &Map<String, Value>) -> bool {
    let is_marked = |(claim, mark): &(&str, &str)| {
        text(claims, claim).is_some_and(|text| text.eq_ignore_ascii_case(mark))
    };
    ID_TOKEN_CLAIMS.iter().any(|claim| present(claims, claim).is_some())
        || ID_TOKEN_MARKS.iter().any(is_marked)
        || present(claims, "events").is_some()
        || (!tells_access_tokens(rules) && present(claims, "nonce").is_some())
}

/// Whether the scope that is asked for is one that only access tokens carry: groups and roles stand in ID tokens as well.
fn tells_access_tokens(rules: &TokenRules) -> bool {
    !rules.required_scope.is_empty() && ["scope", "scp"].contains(&rules.scope_claim.as_str())
}

/// The same of a header: algorithm and type.
pub(super) fn difference_of_header(rules: &TokenRules, header: &Header) -> String {
    let typ = shortened(header.typ.as_deref().unwrap_or(NO_TYPE));
    let algorithm = difference_of_algorithm(rules, header);
    format!("{algorithm}; typ: expected one of {:?}, came {typ:?}", rules.token_types)
}

/// The same of the algorithm alone.
pub(super) fn difference_of_algorithm(rules: &TokenRules, header: &Header) -> String {
    let names: Vec<&str> = rules.algorithms.iter().copied().map(Algorithm::name).collect();
    format!("alg: expected one of {names:?}, came {:?}", shortened(&header.alg))
}

/// What is written into the log of a token: as much as tells two settings apart.
fn shortened(text: &str) -> String {
    text.chars().take(200).collect()
}

/// A claim as it came, for the log.
pub(super) fn came(claims: &Map<String, Value>, name: &str) -> String {
    present(claims, name).map_or("nothing".to_owned(), |value| shortened(&value.to_string()))
}

/// What was expected and what came, for the log of whoever sets the portal up; `None` where there is nothing to compare.
pub(super) fn difference(
    rules: &TokenRules,
    claims: &Map<String, Value>,
    error: &TokenError,
) -> Option<String> {
    let came = |name: &str| came(claims, name);
    match error {
        TokenError::Invalid(ISSUER) => {
            Some(format!("iss: expected {:?}, came {}", issuer(rules), came("iss")))
        }
        TokenError::Invalid(AUDIENCE) => {
            Some(format!("aud: expected {:?}, came {}", rules.audience, came("aud")))
        }
        TokenError::ScopeMissing => {
            let claim = &rules.scope_claim;
            Some(format!("{claim}: expected {:?}, came {}", rules.required_scope, came(claim)))
        }
        TokenError::Invalid(_) | TokenError::KeysUnavailable => None,
    }
}

/// A claim that is there; null is missing.
pub(super) fn present<'claims>(claims: &'claims Map<String, Value>, name: &str) -> Option<&'claims Value> {
    claims.get(name).filter(|value| !value.is_null())
}

pub(super) fn text<'claims>(claims: &'claims Map<String, Value>, name: &str) -> Option<&'claims str> {
    claims.get(name).and_then(Value::as_str)
}

/// A NumericDate (RFC 7519 section 2): whole seconds, fractions cut off. Some providers write it as text.
fn seconds(claims: &Map<String, Value>, name: &str) -> Result<Option<i64>, TokenError> {
    let Some(value) = present(claims, name) else { return Ok(None) };
    numeric_date(value).map(Some).ok_or(TokenError::Invalid("a time is not a number"))
}

/// Whole seconds; `None` for what is no time.
pub(super) fn numeric_date(value: &Value) -> Option<i64> {
    value.as_i64().or_else(|| {
        let number = value.as_f64().or_else(|| value.as_str()?.trim().parse().ok());
        let number = number.filter(|number| number.is_finite() && number.abs() < 1e15)?;
        #[expect(clippy::cast_possible_truncation, reason = "bounded above")]
        Some(number.floor() as i64)
    })
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
pub(super) fn has_scope(scopes: Option<&Value>, required: &str) -> bool {
    if required.is_empty() {
        return true;
    }
    match scopes {
        Some(Value::String(text)) => text.split(' ').any(|scope| scope == required),
        Some(Value::Array(list)) => list.iter().any(|scope| scope.as_str() == Some(required)),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::oidc::Algorithm;
    use serde_json::json;

    const NOW: i64 = 1_800_000_000;

    fn rules() -> TokenRules {
        TokenRules {
            issuer: "https://id.example.test".to_owned(),
            audience: "urn:api".to_owned(),
            algorithms: vec![Algorithm::Rs256],
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

    fn with(changes: &Value) -> Result<SignIn, TokenError> {
        by(&rules(), changes)
    }

    fn by(rules: &TokenRules, changes: &Value) -> Result<SignIn, TokenError> {
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
        check(rules, map, UtcTime::from_unix_seconds(NOW))
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
            json!({"at_hash": "h"}),
            json!({"nonce": "n", "c_hash": "h"}),
            json!({"typ": "ID"}),
            json!({"token_use": "id"}),
            json!({"typ": "Refresh"}),
            json!({"events": {"http://schemas.openid.net/event/backchannel-logout": {}}}),
        ] {
            assert!(matches!(with(&changes), Err(TokenError::Invalid(_))), "{changes}");
        }
        assert!(with(&json!({"aud": ["other", "urn:api"]})).is_ok());
    }

    #[test]
    fn what_real_providers_write_into_access_tokens_is_accepted() {
        for changes in [
            json!({"nonce": "n"}),
            json!({"nonce": "n", "typ": "Bearer"}),
            json!({"exp": (NOW + 60).to_string(), "auth_time": (NOW - 10).to_string()}),
            json!({"email": ["a@example.test"], "name": 7}),
            json!({"aud": ["urn:api", "account"]}),
        ] {
            assert!(with(&changes).is_ok(), "{changes}");
        }
        let mut claims = json!({"iss": "https://id.example.test", "aud": "urn:api", "sub": "p-1", "exp": NOW + 60,
            "scope": "devices"});
        for name in ["nbf", "iat", "nonce", "at_hash", "auth_time", "email"] {
            claims[name] = Value::Null;
        }
        let read = check(&rules(), claims.as_object().unwrap(), UtcTime::from_unix_seconds(NOW));
        assert!(read.is_ok(), "null is missing: {read:?}");
    }

    #[test]
    fn settings_fit_the_access_tokens_of_each_kind_of_provider() {
        let entra =
            TokenRules { access_token_issuer: Some("https://sts.example.test/tid/".to_owned()), ..rules() };
        assert!(by(&entra, &json!({"iss": "https://sts.example.test/tid/"})).is_ok());
        assert!(by(&entra, &json!({})).is_err(), "then the other one is not");

        let cognito = TokenRules { client_id_claim: Some("client_id".to_owned()), ..rules() };
        assert!(by(&cognito, &json!({"aud": null, "client_id": "urn:api"})).is_ok());
        assert!(by(&cognito, &json!({"aud": null, "client_id": "another"})).is_err());
        assert!(
            by(&cognito, &json!({"aud": "another", "client_id": "urn:api"})).is_err(),
            "an audience counts"
        );
        assert!(with(&json!({"aud": null, "client_id": "urn:api"})).is_err(), "not without the setting");
        assert!(by(&cognito, &json!({})).is_err(), "its ID tokens have the audience and not the claim");

        let zitadel = TokenRules { required_scope: String::new(), ..rules() };
        assert!(by(&zitadel, &json!({"scope": null})).is_ok());
        assert!(
            by(&zitadel, &json!({"scope": null, "nonce": "n"})).is_err(),
            "nothing else tells an ID token"
        );

        let roles = TokenRules { scope_claim: "roles".to_owned(), ..rules() };
        assert!(by(&roles, &json!({"roles": ["devices"]})).is_ok());
        assert!(
            by(&roles, &json!({"roles": ["devices"], "nonce": "n"})).is_err(),
            "ID tokens carry roles too"
        );

        let auth0 = TokenRules { auth_time_claim: "https://portal/auth_time".to_owned(), ..rules() };
        let sign_in = by(&auth0, &json!({"auth_time": null, "https://portal/auth_time": NOW - 5})).unwrap();
        assert_eq!(sign_in.auth_time(), Some(UtcTime::from_unix_seconds(NOW - 5)));
    }

    #[test]
    fn the_log_says_what_was_expected_and_what_came() {
        let claims = json!({"iss": "https://other.example", "aud": ["a"], "scope": "openid"});
        let of = |error| difference(&rules(), claims.as_object().unwrap(), &error);
        let issuer = of(TokenError::Invalid(ISSUER)).unwrap();
        assert_eq!(issuer, r#"iss: expected "https://id.example.test", came "https://other.example""#);
        assert_eq!(of(TokenError::Invalid(AUDIENCE)).unwrap(), r#"aud: expected "urn:api", came ["a"]"#);
        assert_eq!(of(TokenError::ScopeMissing).unwrap(), r#"scope: expected "devices", came "openid""#);
        assert_eq!(of(TokenError::Invalid("expired")), None);
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
        let okta = TokenRules { token_types: vec!["none".to_owned()], ..rules() };
        assert!(check_type(&okta, None).is_ok() && check_type(&okta, Some("JWT")).is_err());
    }
}
