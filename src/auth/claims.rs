//! The claims of an ID token and whether they say what they must (OIDC Core 3.1.3.7).
//!
//! Ages come from the provider's own times and what passed on the page's clocks since the token was asked for; the
//! computer's idea of the date is never used, because it may be hours off.

use super::SignInError;
use crate::domain::{Milliseconds, Seconds};
use portal_contract::UtcTime;
use portal_contract::json::{Fields, Value, read_value};

/// How far `auth_time` may lie after `iat`: two machines of one provider.
pub const LEEWAY: Seconds = Seconds(30);

/// How far the age of a sign-in and the way to it may differ: both are rounded to seconds, by two clocks.
const SLACK: Seconds = Seconds(5);

/// The claims in use. `Debug` shows none: they name a person.
#[derive(Clone, PartialEq, Eq)]
pub struct IdTokenClaims {
    iss: String,
    sub: String,
    aud: Option<Vec<String>>,
    azp: Option<Value>,
    exp: Option<i64>,
    iat: Option<i64>,
    nonce: Option<String>,
    auth_time: Option<i64>,
    name: Option<String>,
    preferred_username: Option<String>,
    email: Option<String>,
}

impl std::fmt::Debug for IdTokenClaims {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("IdTokenClaims([REDACTED])")
    }
}

impl IdTokenClaims {
    /// Reads the claims; `None` when they are no object. A claim that is of another kind counts as missing: where that matters is
    /// found out when the claims are validated, and where nothing hangs on it nobody is kept out.
    #[must_use]
    pub fn read(value: &Value) -> Option<Self> {
        read_value(value, |fields| Self {
            iss: fields.text_or_empty("iss"),
            sub: fields.text_or_empty("sub"),
            aud: audiences(fields),
            azp: fields.value("azp").cloned(),
            exp: numeric_date(fields, "exp"),
            iat: numeric_date(fields, "iat"),
            nonce: fields.optional_text("nonce"),
            // One that is there and no time is refused below, like zero.
            auth_time: fields.value("auth_time").map(|_| numeric_date(fields, "auth_time").unwrap_or(0)),
            name: fields.optional_text("name"),
            preferred_username: fields.optional_text("preferred_username"),
            email: fields.optional_text("email"),
        })
    }
}

/// `aud` is a text or a list of texts; with anything else in it there is none.
fn audiences(fields: &Fields<'_>) -> Option<Vec<String>> {
    let value = fields.value("aud")?;
    let entries = value.as_array().map_or(std::slice::from_ref(value), |list| list);
    entries.iter().map(|entry| entry.as_str().map(str::to_owned)).collect()
}

/// A `NumericDate` may have a fraction (RFC 7519 section 2); whole seconds are enough, rounded down. Some providers write whole
/// seconds as text.
fn numeric_date(fields: &Fields<'_>, name: &str) -> Option<i64> {
    let value = fields.value(name)?;
    value.floor().or_else(|| value.as_str()?.trim().parse().ok())
}

/// What the claims are compared with.
#[derive(Debug, Clone, Copy)]
pub struct Expectations<'a> {
    /// The issuer of the discovery document.
    pub issuer: &'a str,
    pub client_id: &'a str,
    /// Further audiences an ID token may name, if this client is among them and `azp`.
    pub trusted_audiences: &'a [String],
    /// The nonce of the transaction.
    pub nonce: &'a str,
    /// The `max_age` that was sent: `auth_time` is required then.
    pub max_age: Option<Seconds>,
    /// Who has to have signed in; `None` when anybody may.
    pub sub: Option<&'a str>,
    /// What passed since the token was asked for.
    pub elapsed: Milliseconds,
}

/// A sign-in whose token held: who, when by the provider's clock, and how long ago.
#[derive(Clone, PartialEq, Eq)]
pub struct VerifiedSignIn {
    /// The person.
    pub sub: String,
    /// The person's name, for the header of the page; may be empty until the API says it.
    pub name: String,
    /// What a later sign-in page is told.
    pub login_hint: Option<String>,
    /// `iat - auth_time`; `None` when the provider does not say when the person signed in, which is never fresh.
    pub age: Option<Seconds>,
    /// `iat`: the newest server time known.
    pub issued_at: UtcTime,
}

impl std::fmt::Debug for VerifiedSignIn {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("VerifiedSignIn").field("age", &self.age).finish_non_exhaustive()
    }
}

impl VerifiedSignIn {
    /// Whether the provider kept to the `max_age` that was sent. The known providers do not always: `prompt` and
    /// `max_age` can be stripped from the address on the way.
    ///
    /// # Errors
    /// `AuthTimeMissing` or `AuthenticationTooOld`.
    pub fn require_age(&self, max_age: Seconds) -> Result<(), SignInError> {
        match self.age {
            None => Err(SignInError::AuthTimeMissing),
            Some(age) if age > max_age => Err(SignInError::AuthenticationTooOld),
            Some(_) => Ok(()),
        }
    }

    /// Why a sign-in that was to be fresh is not. `way`: what passed since the person was sent to it; one that is older was not
    /// made on this way, so the provider did not ask who they are again. `None`: they were asked, and it took too long.
    #[must_use]
    pub fn why_not_fresh(&self, way: Milliseconds) -> Option<SignInError> {
        match self.age {
            None => Some(SignInError::AuthTimeMissing),
            Some(age) if age < Seconds(0) => Some(SignInError::AuthTimeInFuture),
            Some(age) if age > way.plus(SLACK.to_milliseconds()).whole_seconds() => {
                Some(SignInError::AuthenticationTooOld)
            }
            Some(_) => None,
        }
    }
}

/// Compares the claims with what they must be. Whether the sign-in is young enough is [`VerifiedSignIn::require_age`]:
/// an old one is still a sign-in of the right person.
///
/// # Errors
/// The first thing that is wrong, in the order of OIDC Core 3.1.3.7.
pub fn validate_claims(
    claims: &IdTokenClaims,
    expected: &Expectations<'_>,
) -> Result<VerifiedSignIn, SignInError> {
    if claims.iss != expected.issuer {
        return Err(SignInError::TokenIssuerMismatch);
    }
    let audiences = claims.aud.as_deref().unwrap_or_default();
    let is_us = |audience: &String| audience == expected.client_id;
    let is_known = |audience: &String| is_us(audience) || expected.trusted_audiences.contains(audience);
    if !audiences.iter().any(is_us) || !audiences.iter().all(is_known) {
        return Err(SignInError::AudienceMismatch);
    }
    let party = claims.azp.as_ref();
    if party.map_or(audiences.len() > 1, |party| party.as_str() != Some(expected.client_id)) {
        return Err(SignInError::AuthorizedPartyMismatch);
    }
    let issued_at = claims.iat.filter(|iat| *iat > 0).ok_or(SignInError::IssuedAtInvalid)?;
    let expires = claims.exp.ok_or(SignInError::TokenExpired)?;
    let passed = expected.elapsed.whole_seconds().0;
    if expires <= issued_at.saturating_add(passed) {
        return Err(SignInError::TokenExpired);
    }
    if claims.nonce.as_deref() != Some(expected.nonce) {
        return Err(SignInError::NonceMismatch);
    }
    let age = match claims.auth_time {
        None if expected.max_age.is_some() => return Err(SignInError::AuthTimeMissing),
        None => None,
        Some(auth_time) if auth_time <= 0 => return Err(SignInError::AuthTimeMissing),
        Some(auth_time) if auth_time > issued_at.saturating_add(LEEWAY.0) => {
            return Err(SignInError::AuthTimeInFuture);
        }
        Some(auth_time) => Some(Seconds(issued_at.saturating_sub(auth_time).max(0))),
    };
    if claims.sub.is_empty() {
        return Err(SignInError::SubjectMissing);
    }
    if expected.sub.is_some_and(|sub| sub != claims.sub) {
        return Err(SignInError::SubjectMismatch);
    }
    let login_hint = claims.preferred_username.clone().or_else(|| claims.email.clone());
    Ok(VerifiedSignIn {
        sub: claims.sub.clone(),
        name: claims.name.clone().unwrap_or_default(),
        login_hint,
        age,
        issued_at: UtcTime::from_unix_seconds(issued_at),
    })
}
