//! The claims of an ID token and whether they say what they must (OpenID Connect Core 3.1.3.7). Pure: the time is a
//! parameter. The same refusals as the page's own, because in session mode the page does not see the token.

use super::claims::{came, numeric_date, present, text};
use crate::domain::person::PersonId;
use crate::domain::sign_in::{ProvenPerson, SignInFailure};
use portal_contract::UtcTime;
use serde_json::{Map, Value};

/// The longest subject that is accepted, in bytes.
const MAX_SUBJECT: usize = 255;
/// How far the provider's clock may be ahead, in seconds.
const LEEWAY: i64 = 30;

/// What the claims are compared with.
#[derive(Debug, Clone, Copy)]
pub(super) struct Expected<'a> {
    pub(super) issuer: &'a str,
    pub(super) client_id: &'a str,
    pub(super) subject_claim: &'a str,
    pub(super) trusted_audiences: &'a [String],
    pub(super) nonce: &'a str,
    /// Whether `max_age` was sent.
    pub(super) needs_auth_time: bool,
    pub(super) now: UtcTime,
}

/// Checks the claims and reads who signed in. Whether that was a moment ago is asked where it matters: an old sign-in is
/// still one of the right person.
pub(super) fn check(
    claims: &Map<String, Value>,
    expected: &Expected<'_>,
) -> Result<ProvenPerson, SignInFailure> {
    if text(claims, "iss") != Some(expected.issuer) {
        return Err(SignInFailure::TokenIssuerMismatch);
    }
    if !is_for_us(claims.get("aud"), expected) {
        return Err(SignInFailure::AudienceMismatch);
    }
    let party = present(claims, "azp");
    let has_others = !is_alone(claims.get("aud"));
    if party.map_or(has_others, |party| party.as_str() != Some(expected.client_id)) {
        return Err(SignInFailure::AuthorizedPartyMismatch);
    }
    let now = expected.now.unix_seconds();
    let expires = seconds(claims, "exp").ok_or(SignInFailure::TokenExpired)?;
    if now >= expires.saturating_add(LEEWAY) {
        return Err(SignInFailure::TokenExpired);
    }
    let issued = seconds(claims, "iat").filter(|issued| *issued > 0).ok_or(SignInFailure::IssuedAtInvalid)?;
    if issued > now.saturating_add(LEEWAY) {
        return Err(SignInFailure::IssuedAtInvalid);
    }
    if expires <= issued {
        return Err(SignInFailure::TokenExpired);
    }
    if text(claims, "nonce") != Some(expected.nonce) {
        return Err(SignInFailure::NonceMismatch);
    }
    let auth_time = auth_time(claims, issued, expected.needs_auth_time)?;
    if text(claims, "sub").is_none_or(str::is_empty) {
        return Err(SignInFailure::SubjectMissing);
    }
    let subject = text(claims, expected.subject_claim).unwrap_or_default();
    if subject.is_empty() || subject.len() > MAX_SUBJECT {
        return Err(SignInFailure::SubjectMissing);
    }
    let first =
        |names: [&str; 3]| names.iter().find_map(|name| text(claims, name)).unwrap_or_default().to_owned();
    Ok(ProvenPerson {
        person: PersonId::new(subject.to_owned()),
        display_name: text(claims, "name").unwrap_or_default().to_owned(),
        user_name: first(["preferred_username", "upn", "email"]),
        auth_time,
    })
}

/// What was expected and what came, for the log of whoever sets the portal up; `None` where that is secret or somebody's own.
#[expect(clippy::wildcard_enum_match_arm, reason = "most failures are no difference of two settings")]
pub(super) fn difference(
    claims: &Map<String, Value>,
    expected: &Expected<'_>,
    failure: SignInFailure,
) -> Option<String> {
    let came = |name: &str| came(claims, name);
    let now = expected.now.unix_seconds();
    Some(match failure {
        SignInFailure::TokenIssuerMismatch => {
            format!("iss: expected {:?}, came {}", expected.issuer, came("iss"))
        }
        SignInFailure::AudienceMismatch | SignInFailure::AuthorizedPartyMismatch => format!(
            "aud: expected {:?} and none but {:?} beside it, came {}; azp: came {}",
            expected.client_id,
            expected.trusted_audiences,
            came("aud"),
            came("azp")
        ),
        SignInFailure::TokenExpired | SignInFailure::IssuedAtInvalid => {
            format!("iat, exp: expected {now} between them, came {}, {}", came("iat"), came("exp"))
        }
        SignInFailure::AuthTimeMissing => format!("auth_time: expected a time, came {}", came("auth_time")),
        SignInFailure::AuthTimeInFuture => {
            format!(
                "auth_time: expected at most {LEEWAY} s after iat ({}), came {}",
                came("iat"),
                came("auth_time")
            )
        }
        SignInFailure::SubjectMissing => {
            format!("sub and {}: expected texts of at most {MAX_SUBJECT} bytes", expected.subject_claim)
        }
        _ => return None,
    })
}

/// One that is there has to be a time; none is never fresh.
fn auth_time(
    claims: &Map<String, Value>,
    issued: i64,
    is_needed: bool,
) -> Result<Option<UtcTime>, SignInFailure> {
    match seconds(claims, "auth_time").filter(|moment| *moment > 0) {
        None if is_needed || present(claims, "auth_time").is_some() => Err(SignInFailure::AuthTimeMissing),
        None => Ok(None),
        Some(moment) if moment > issued.saturating_add(LEEWAY) => Err(SignInFailure::AuthTimeInFuture),
        Some(moment) => Ok(Some(UtcTime::from_unix_seconds(moment))),
    }
}

fn seconds(claims: &Map<String, Value>, name: &str) -> Option<i64> {
    numeric_date(present(claims, name)?)
}

/// Another audience beside us could play the token back to us, so it has to be one that is trusted.
fn is_for_us(audience: Option<&Value>, expected: &Expected<'_>) -> bool {
    match audience {
        Some(Value::String(one)) => one == expected.client_id,
        Some(Value::Array(several)) => {
            let is_known = |one: &Value| {
                one.as_str().is_some_and(|one| {
                    one == expected.client_id
                        || expected.trusted_audiences.iter().any(|trusted| trusted == one)
                })
            };
            let names_us = several.iter().any(|one| one.as_str() == Some(expected.client_id));
            names_us && several.iter().all(is_known)
        }
        _ => false,
    }
}

/// Whether there is one audience only. With more, `azp` has to say that the token is ours (OpenID Connect Core 3.1.3.7).
fn is_alone(audience: Option<&Value>) -> bool {
    !matches!(audience, Some(Value::Array(several)) if several.len() > 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const NOW: i64 = 1_800_000_000;

    fn with(changes: &Value, needs_auth_time: bool) -> Result<ProvenPerson, SignInFailure> {
        let mut claims = json!({
            "iss": "https://id.example.test", "aud": "portal", "sub": "p-1", "exp": NOW + 60, "iat": NOW,
            "nonce": "n", "auth_time": NOW - 10, "name": "A", "email": "a@example.test",
        });
        let map = claims.as_object_mut().unwrap();
        for (name, value) in changes.as_object().unwrap() {
            if value.is_null() {
                map.remove(name);
            } else {
                map.insert(name.clone(), value.clone());
            }
        }
        let expected = Expected {
            issuer: "https://id.example.test",
            client_id: "portal",
            subject_claim: "sub",
            trusted_audiences: &[],
            nonce: "n",
            needs_auth_time,
            now: UtcTime::from_unix_seconds(NOW),
        };
        check(map, &expected)
    }

    #[test]
    fn a_good_token_names_the_person_and_when_they_signed_in() {
        let proven = with(&json!({"aud": ["portal"], "azp": "portal"}), true).unwrap();
        assert_eq!((proven.person.as_str(), proven.user_name.as_str()), ("p-1", "a@example.test"));
        assert_eq!(proven.auth_time, Some(UtcTime::from_unix_seconds(NOW - 10)));
    }

    #[test]
    fn every_claim_that_is_wrong_is_named() {
        for (changes, failure) in [
            (json!({"iss": "https://evil.example.test"}), SignInFailure::TokenIssuerMismatch),
            (json!({"iss": null}), SignInFailure::TokenIssuerMismatch),
            (json!({"aud": "other"}), SignInFailure::AudienceMismatch),
            (json!({"aud": ["portal", "other"]}), SignInFailure::AudienceMismatch),
            (json!({"aud": []}), SignInFailure::AudienceMismatch),
            (json!({"aud": null}), SignInFailure::AudienceMismatch),
            (json!({"azp": "other"}), SignInFailure::AuthorizedPartyMismatch),
            (json!({"azp": 7}), SignInFailure::AuthorizedPartyMismatch),
            (json!({"exp": NOW - 30}), SignInFailure::TokenExpired),
            (json!({"exp": null}), SignInFailure::TokenExpired),
            (json!({"exp": NOW}), SignInFailure::TokenExpired),
            (json!({"iat": null}), SignInFailure::IssuedAtInvalid),
            (json!({"iat": NOW + 31}), SignInFailure::IssuedAtInvalid),
            (json!({"nonce": "other"}), SignInFailure::NonceMismatch),
            (json!({"nonce": null}), SignInFailure::NonceMismatch),
            (json!({"auth_time": null}), SignInFailure::AuthTimeMissing),
            (json!({"auth_time": "now"}), SignInFailure::AuthTimeMissing),
            (json!({"auth_time": NOW + 31}), SignInFailure::AuthTimeInFuture),
            (json!({"sub": null}), SignInFailure::SubjectMissing),
            (json!({"sub": ""}), SignInFailure::SubjectMissing),
        ] {
            assert_eq!(with(&changes, true).err(), Some(failure), "{changes}");
        }
    }

    #[test]
    fn a_plain_sign_in_may_do_without_auth_time_and_is_never_fresh_then() {
        assert_eq!(with(&json!({"auth_time": null}), false).unwrap().auth_time, None);
        for no_time in [json!(0), json!("now")] {
            let found = with(&json!({ "auth_time": no_time }), false).err();
            assert_eq!(found, Some(SignInFailure::AuthTimeMissing));
        }
    }
}
