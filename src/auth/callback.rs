//! What the provider says on the way back (RFC 6749 4.1.2, RFC 9207).

use super::{Discovery, SignInError};
use portal_contract::session;

/// The code to be exchanged. Used once, never shown.
#[derive(Clone, PartialEq, Eq)]
pub struct AuthorizationCode(String);

impl AuthorizationCode {
    pub(super) fn reveal(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for AuthorizationCode {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("[REDACTED]")
    }
}

/// A code or an error.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CallbackAnswer {
    /// The person signed in.
    Code(AuthorizationCode),
    /// The provider reports an error, classified.
    Error(SignInError),
}

/// The parameters of a callback, taken apart but not believed yet.
#[derive(Clone, PartialEq, Eq)]
pub struct Callback {
    state: Option<String>,
    iss: Option<String>,
    answer: Result<CallbackAnswer, SignInError>,
    said: Option<String>,
}

impl std::fmt::Debug for Callback {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Callback").field("answer", &self.answer).finish_non_exhaustive()
    }
}

impl Callback {
    /// Takes the query of the address apart (without the question mark). A parameter that occurs twice spoils the answer.
    #[must_use]
    pub fn parse(query: &str) -> Self {
        let names = ["state", "iss", "code", "error", "detail", "error_description"];
        let mut found = names.map(|name| (name, None));
        let mut is_repeated = false;
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            if let Some((_, slot)) = found.iter_mut().find(|(known, _)| *known == name) {
                is_repeated |= slot.is_some();
                *slot = Some(value.into_owned());
            }
        }
        let [state, iss, code, error, detail, description] =
            found.map(|(_, value): (&str, Option<String>)| value);
        let said = detail.or_else(|| error.clone()).filter(|said| is_error_code(said));
        let answer = match (code, error) {
            _ if is_repeated => Err(SignInError::CallbackMalformed),
            (None, Some(error)) => Ok(CallbackAnswer::Error(classify(&error, description.as_deref()))),
            (Some(code), None) if !code.is_empty() => Ok(CallbackAnswer::Code(AuthorizationCode(code))),
            _ => Err(SignInError::CallbackMalformed),
        };
        Self { state, iss, answer, said }
    }

    /// The `state`, by which the transaction is found.
    #[must_use]
    pub fn state(&self) -> Option<&str> {
        self.state.as_deref().filter(|state| !state.is_empty())
    }

    /// The provider's own error code (RFC 6749 section 4.1.2.1), for IT. Anything but a plain code is nobody's to read.
    #[must_use]
    pub fn said(&self) -> Option<&str> {
        self.said.as_deref()
    }

    /// In session mode: the failure the server reports. Anything else is for the server to say when it is asked.
    #[must_use]
    pub const fn reported(&self) -> Option<SignInError> {
        match &self.answer {
            Ok(CallbackAnswer::Error(error)) => Some(*error),
            Ok(CallbackAnswer::Code(_)) | Err(_) => None,
        }
    }

    /// The answer, once `iss` was checked: required if the provider announced it, tolerated if not, on errors too.
    ///
    /// # Errors
    /// `ResponseIssuerMismatch` or `CallbackMalformed`.
    pub fn answer(&self, discovery: &Discovery) -> Result<CallbackAnswer, SignInError> {
        match self.iss.as_deref() {
            Some(iss) if iss != discovery.issuer => Err(SignInError::ResponseIssuerMismatch),
            None if discovery.announces_iss => Err(SignInError::ResponseIssuerMismatch),
            Some(_) | None => self.answer.clone(),
        }
    }
}

/// Registered error codes are of such letters; ours have a dot.
fn is_error_code(text: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    (1..=64).contains(&text.len()) && text.bytes().all(is_plain)
}

fn classify(error: &str, description: Option<&str>) -> SignInError {
    match error {
        "access_denied" if session::is_about_account(description) => SignInError::AccountRefused,
        "access_denied" => SignInError::AccessDenied,
        "login_required" | "interaction_required" | "consent_required" | "account_selection_required" => {
            SignInError::InteractionRequired
        }
        "temporarily_unavailable" | "server_error" => SignInError::ProviderUnavailable,
        // Our own server says it in our own words (session mode).
        _ => SignInError::of_code(error).unwrap_or(SignInError::ProviderRefused),
    }
}
