//! The provider's discovery document (OpenID Connect Discovery 1.0).

use super::{SignInError, address::is_acceptable_url};
use crate::domain::Seconds;
use crate::http::{HttpOutcome, HttpRequest, Method};
use serde::Deserialize;

/// How long the provider may take to answer; it stands between a person and a sign-in page.
pub(super) const TIME_OUT: Seconds = Seconds(15);
/// Documents of a provider beyond this are refused unread.
pub(super) const LARGEST: usize = 64 * 1024;

#[derive(Deserialize)]
struct Wire {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    jwks_uri: String,
    end_session_endpoint: Option<String>,
    #[serde(default)]
    authorization_response_iss_parameter_supported: bool,
}

/// What the page needs to know of a provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Discovery {
    /// The issuer; equal to the configured authority.
    pub issuer: String,
    /// Where the person signs in.
    pub authorization_endpoint: String,
    /// Where a code becomes tokens.
    pub token_endpoint: String,
    /// Where the keys are.
    pub jwks_uri: String,
    /// Where the person signs out; `None` when the provider has no such place.
    pub end_session_endpoint: Option<String>,
    /// Whether the provider announced `iss` on its responses (RFC 9207).
    pub announces_iss: bool,
}

/// The request for the discovery document of an authority.
#[must_use]
pub fn discovery_request(authority: &str) -> HttpRequest {
    HttpRequest {
        method: Method::Get,
        url: format!("{}/.well-known/openid-configuration", authority.trim_end_matches('/')),
        headers: Vec::new(),
        body: None,
        time_out: TIME_OUT.to_milliseconds(),
        is_cacheable: true,
    }
}

impl Discovery {
    /// Reads the answer to [`discovery_request`].
    ///
    /// # Errors
    /// `ProviderUnreachable`, or what [`Discovery::parse`] says.
    pub fn of_answer(outcome: &HttpOutcome, authority: &str) -> Result<Self, SignInError> {
        match outcome {
            Ok(answer) if answer.is_success() => Self::parse(&answer.body, authority),
            Ok(_) | Err(_) => Err(SignInError::ProviderUnreachable),
        }
    }

    /// Reads and checks the document: the issuer is the configured one, every endpoint is secure.
    ///
    /// # Errors
    /// `DiscoveryMalformed`, `IssuerMismatch` or `EndpointNotSecure`.
    pub fn parse(text: &str, authority: &str) -> Result<Self, SignInError> {
        if text.len() > LARGEST {
            return Err(SignInError::DiscoveryMalformed);
        }
        let wire: Wire = serde_json::from_str(text).map_err(|_| SignInError::DiscoveryMalformed)?;
        if wire.issuer != authority {
            return Err(SignInError::IssuerMismatch);
        }
        let endpoints = [&wire.authorization_endpoint, &wire.token_endpoint, &wire.jwks_uri];
        let are_secure = endpoints.into_iter().chain(&wire.end_session_endpoint);
        if !are_secure.into_iter().all(|url| is_acceptable_url(url)) {
            return Err(SignInError::EndpointNotSecure);
        }
        Ok(Self {
            issuer: wire.issuer,
            authorization_endpoint: wire.authorization_endpoint,
            token_endpoint: wire.token_endpoint,
            jwks_uri: wire.jwks_uri,
            end_session_endpoint: wire.end_session_endpoint,
            announces_iss: wire.authorization_response_iss_parameter_supported,
        })
    }
}
