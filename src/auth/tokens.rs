//! Tokens as opaque values, and the answer of the token endpoint (RFC 6749 section 5.1, OIDC Core 3.1.3.3).

use super::SignInError;
use super::discovery::LARGEST;
use crate::http::HttpOutcome;
use portal_contract::json::{Fields, read_text};

macro_rules! opaque_token {
    ($(#[$meta:meta])* $name:ident) => {
        $(#[$meta])*
        #[derive(Clone, PartialEq, Eq)]
        pub struct $name(String);

        impl $name {
            /// Wraps a token.
            #[must_use]
            pub const fn new(text: String) -> Self {
                Self(text)
            }

            /// The token itself. Every call is a place to review.
            #[must_use]
            pub fn reveal(&self) -> &str {
                &self.0
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str("[REDACTED]")
            }
        }
    };
}

opaque_token! {
    /// The bearer token of the API. In memory only: no `Debug` of the value, no `Display`, no `Serialize`.
    AccessToken
}

opaque_token! {
    /// The raw ID token, kept in memory only for `id_token_hint` at sign-out.
    IdToken
}

/// What proves to the API who is signed in.
#[derive(Clone, PartialEq, Eq)]
pub enum Credential {
    /// Tokens of the provider, in memory only.
    Tokens {
        /// For the API.
        access: AccessToken,
        /// For `id_token_hint` at sign-out.
        id: IdToken,
    },
    /// The browser's cookie, which no script sees. This is whom the page believes it to stand for: in another tab somebody
    /// else may have signed in meanwhile.
    Session(String),
}

impl std::fmt::Debug for Credential {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("[REDACTED]")
    }
}

/// What a code was exchanged for. A refresh token, should one come, is not read, nor is anything else nobody needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenAnswer {
    /// For the API.
    pub access: AccessToken,
    /// Says who signed in and when; not verified yet.
    pub id: IdToken,
}

impl TokenAnswer {
    /// Reads the answer of the token endpoint.
    ///
    /// # Errors
    /// `ProviderUnreachable`, `ProviderUnavailable` (5xx), `CodeRefused` (4xx), `TokenAnswerMalformed`.
    pub fn of_answer(outcome: &HttpOutcome) -> Result<Self, SignInError> {
        let answer = outcome.as_ref().map_err(|_| SignInError::ProviderUnreachable)?;
        match answer.status {
            200 if answer.body.len() <= LARGEST => Self::parse(&answer.body),
            400..=499 => Err(SignInError::CodeRefused),
            500..=599 => Err(SignInError::ProviderUnavailable),
            _ => Err(SignInError::TokenAnswerMalformed),
        }
    }

    fn parse(body: &str) -> Result<Self, SignInError> {
        read_text(body, Self::read).ok_or(SignInError::TokenAnswerMalformed)
    }

    fn read(fields: &Fields<'_>) -> Self {
        let [access, id] = ["access_token", "id_token"].map(|name| fields.word(name));
        let kind = fields.value("token_type");
        let is_bearer_text = |kind: &str| kind.trim().eq_ignore_ascii_case("Bearer");
        let is_bearer = kind.is_none_or(|kind| kind.as_str().is_some_and(is_bearer_text));
        // What cannot stand in a header cannot be a bearer token (RFC 6750 section 2.1).
        let is_plain = access.bytes().all(|byte| byte.is_ascii_graphic());
        if !is_bearer || !is_plain || access.is_empty() || id.is_empty() {
            fields.refuse();
        }
        Self { access: AccessToken(access.to_owned()), id: IdToken(id.to_owned()) }
    }
}
