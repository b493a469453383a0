//! The provider's discovery document (OpenID Connect Discovery 1.0).

use super::{SignInError, address::is_acceptable_url};
use crate::domain::Seconds;
use crate::http::{HttpOutcome, HttpRequest, Method};
use portal_contract::json::{self, Fields, read_value};

/// How long the provider may take to answer; it stands between a person and a sign-in page.
pub(super) const TIME_OUT: Seconds = Seconds(15);
/// Documents of a provider beyond this are refused unread.
pub(super) const LARGEST: usize = 64 * 1024;

/// The one entry beside the addresses that has to be sound: it says something about the provider's safety.
const ANNOUNCES_ISS: &str = "authorization_response_iss_parameter_supported";

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
        url: [authority.trim_end_matches('/'), "/.well-known/openid-configuration"].concat(),
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
    /// `ProviderUnreachable`; `DiscoveryMalformed` where something else than a provider answers; or what [`Discovery::parse`] says.
    pub fn of_answer(outcome: &HttpOutcome, authority: &str) -> Result<Self, SignInError> {
        match outcome {
            Ok(answer) if answer.is_success() => Self::parse(&answer.body, authority),
            Ok(answer) if (400..500).contains(&answer.status) && !matches!(answer.status, 408 | 429) => {
                Err(SignInError::DiscoveryMalformed)
            }
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
        let value = json::parse(text);
        let document = value.and_then(|value| read_value(&value, Self::read));
        let document = document.ok_or(SignInError::DiscoveryMalformed)?;
        if document.issuer != authority {
            return Err(SignInError::IssuerMismatch);
        }
        let endpoints = [&document.authorization_endpoint, &document.token_endpoint, &document.jwks_uri];
        if !endpoints.into_iter().all(|url| is_acceptable_url(url)) {
            return Err(SignInError::EndpointNotSecure);
        }
        Ok(document)
    }

    fn read(fields: &Fields<'_>) -> Self {
        let announced = fields.value(ANNOUNCES_ISS).map(|value| (value.as_bool(), value.as_str()));
        let is_announced = match announced {
            None | Some((Some(false), _) | (_, Some("false"))) => false,
            Some((Some(true), _) | (_, Some("true"))) => true,
            Some(_) => {
                fields.refuse();
                false
            }
        };
        Self {
            issuer: fields.text("issuer"),
            authorization_endpoint: fields.text("authorization_endpoint"),
            token_endpoint: fields.text("token_endpoint"),
            jwks_uri: fields.text("jwks_uri"),
            // Nobody is kept out for want of a place to sign out.
            end_session_endpoint: fields
                .optional_text("end_session_endpoint")
                .filter(|url| is_acceptable_url(url)),
            announces_iss: is_announced,
        }
    }
}
