//! What the provider says on the way back (RFC 6749 4.1.2, RFC 9207).

use super::{Discovery, SignInError};

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
        let mut found: [(&str, Option<String>); 4] =
            [("state", None), ("iss", None), ("code", None), ("error", None)];
        let mut is_repeated = false;
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            if let Some((_, slot)) = found.iter_mut().find(|(known, _)| *known == name) {
                is_repeated |= slot.is_some();
                *slot = Some(value.into_owned());
            }
        }
        let [(_, state), (_, iss), (_, code), (_, error)] = found;
        let answer = match (code, error) {
            _ if is_repeated => Err(SignInError::CallbackMalformed),
            (None, Some(error)) => Ok(CallbackAnswer::Error(classify(&error))),
            (Some(code), None) if !code.is_empty() => Ok(CallbackAnswer::Code(AuthorizationCode(code))),
            _ => Err(SignInError::CallbackMalformed),
        };
        Self { state, iss, answer }
    }

    /// The `state`, by which the transaction is found.
    #[must_use]
    pub fn state(&self) -> Option<&str> {
        self.state.as_deref().filter(|state| !state.is_empty())
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

fn classify(error: &str) -> SignInError {
    match error {
        "access_denied" => SignInError::AccessDenied,
        "login_required" | "interaction_required" | "consent_required" | "account_selection_required" => {
            SignInError::InteractionRequired
        }
        "temporarily_unavailable" | "server_error" => SignInError::ProviderUnavailable,
        // Our own server says it in our own words (session mode).
        _ => SignInError::of_code(error).unwrap_or(SignInError::ProviderRefused),
    }
}
