//! The addresses and requests of the provider: authorization, token, keys, sign-out.

use super::callback::AuthorizationCode;
use super::discovery::TIME_OUT;
use super::{Discovery, IdToken, PageConfig, Purpose, StepUpChallenge, Transaction};
use crate::domain::{SERVER_WINDOW, Seconds};
use crate::http::{HttpRequest, Method};
use crate::route::Route;
use form_urlencoded::Serializer;
use portal_contract::REVEAL_SIGN_IN_SECONDS;
use portal_contract::sign_out::SignOut;

/// An address to leave the page for. Its query holds `state`, `nonce` or an ID token, so `Debug` stops before it.
#[derive(Clone, PartialEq, Eq)]
pub struct SecretUrl(String);

impl SecretUrl {
    pub(super) const fn new(address: String) -> Self {
        Self(address)
    }

    /// The whole address, for the one place that navigates.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for SecretUrl {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{}?[REDACTED]", self.0.split('?').next().unwrap_or(""))
    }
}

impl Purpose {
    /// The `max_age` that is sent: with it the ID token has to say when the person signed in.
    #[must_use]
    pub fn max_age(&self, challenge: Option<&StepUpChallenge>) -> Option<Seconds> {
        match self {
            Self::SignIn { .. } | Self::Silent { .. } => None,
            Self::StepUp { .. } => {
                let demanded = challenge.and_then(|challenge| challenge.max_age);
                Some(demanded.unwrap_or(SERVER_WINDOW).min(SERVER_WINDOW))
            }
            Self::Reveal { .. } => Some(Seconds(REVEAL_SIGN_IN_SECONDS)),
        }
    }

    /// A step-up always asks for a real sign-in: `max_age` alone is not asked for within the same second, and
    /// single sign-on may survive the sign-out.
    const fn prompt(&self) -> Option<&'static str> {
        match self {
            Self::SignIn { .. } => None,
            Self::Silent { .. } => Some("none"),
            Self::StepUp { .. } | Self::Reveal { .. } => Some("login"),
        }
    }
}

/// The authorization request (RFC 6749 4.1.1, RFC 7636 4.3, RFC 8707, OIDC Core 3.1.2.1).
#[must_use]
pub fn authorization_url(
    discovery: &Discovery,
    config: &PageConfig,
    origin: &str,
    state: &str,
    transaction: &Transaction,
    challenge: Option<&StepUpChallenge>,
) -> SecretUrl {
    let mut query = Serializer::new(String::new());
    query
        .append_pair("response_type", "code")
        .append_pair("client_id", &config.client_id)
        .append_pair("redirect_uri", &own_address(origin, &Route::Callback))
        .append_pair("scope", &config.scopes)
        .append_pair("state", state)
        .append_pair("nonce", &transaction.nonce)
        .append_pair("code_challenge", &transaction.verifier.challenge())
        .append_pair("code_challenge_method", "S256");
    if let Some(resource) = &config.resource {
        query.append_pair("resource", resource);
    }
    if let Some(audience) = &config.audience {
        query.append_pair("audience", audience);
    }
    let is_fresh = transaction.purpose.max_age(challenge).is_some();
    let is_left_out = is_fresh && config.step_up.without_prompt;
    if let Some(prompt) = transaction.purpose.prompt().filter(|_| !is_left_out) {
        query.append_pair("prompt", prompt);
    }
    if let Some(max_age) = transaction.purpose.max_age(challenge) {
        query.append_pair("max_age", &max_age.0.to_string());
    }
    let hint = transaction.expected.as_ref().and_then(|person| person.login_hint.as_deref());
    if let Some(hint) = hint {
        query.append_pair("login_hint", hint);
    }
    // What the server demands goes before what is configured.
    let configured = Some(&config.step_up).filter(|_| is_fresh);
    let acr_values = challenge.and_then(|challenge| challenge.acr_values.as_ref());
    if let Some(acr_values) = acr_values.or_else(|| configured?.acr_values.as_ref()) {
        query.append_pair("acr_values", acr_values);
    }
    let claims = challenge.and_then(|challenge| challenge.claims.as_ref());
    if let Some(claims) = claims.or_else(|| configured?.claims.as_ref()) {
        query.append_pair("claims", claims);
    }
    with_query(&discovery.authorization_endpoint, &query.finish())
}

/// The sign-out request (OpenID Connect RP-Initiated Logout 1.0), to be navigated to: a cross-site POST would arrive
/// without the provider's cookies. `None` when the provider has no such place.
#[must_use]
pub fn end_session_url(
    discovery: &Discovery,
    config: &PageConfig,
    origin: &str,
    state: Option<&str>,
    id_token: Option<&IdToken>,
) -> Option<SecretUrl> {
    let endpoint = discovery.end_session_endpoint.as_deref()?;
    let sign_out = SignOut {
        issuer: &discovery.issuer,
        endpoint,
        client_id: &config.client_id,
        return_to: &own_address(origin, &Route::SignedOut),
        id_token: id_token.map(IdToken::reveal),
        state,
    };
    let mut query = Serializer::new(String::new());
    query.extend_pairs(sign_out.parameters());
    Some(with_query(endpoint, &query.finish()))
}

/// The token request of a public client (RFC 6749 4.1.3, RFC 7636 4.5).
#[must_use]
pub fn token_request(
    discovery: &Discovery,
    config: &PageConfig,
    origin: &str,
    code: &AuthorizationCode,
    transaction: &Transaction,
) -> HttpRequest {
    let mut form = Serializer::new(String::new());
    form.append_pair("grant_type", "authorization_code")
        .append_pair("code", code.reveal())
        .append_pair("redirect_uri", &own_address(origin, &Route::Callback))
        .append_pair("client_id", &config.client_id)
        .append_pair("code_verifier", transaction.verifier.reveal());
    if let Some(resource) = &config.resource {
        form.append_pair("resource", resource);
    }
    HttpRequest {
        method: Method::Post,
        url: discovery.token_endpoint.clone(),
        headers: vec![
            ("Content-Type", "application/x-www-form-urlencoded".to_owned()),
            ("Accept", "application/json".to_owned()),
        ],
        body: Some(form.finish()),
        time_out: TIME_OUT.to_milliseconds(),
        is_cacheable: false,
    }
}

/// The request for the provider's keys.
#[must_use]
pub fn jwks_request(discovery: &Discovery) -> HttpRequest {
    HttpRequest {
        method: Method::Get,
        url: discovery.jwks_uri.clone(),
        headers: Vec::new(),
        body: None,
        time_out: TIME_OUT.to_milliseconds(),
        // A cached set may lack the key of today's token, and the sign-in would fail until it expires.
        is_cacheable: false,
    }
}

fn own_address(origin: &str, route: &Route) -> String {
    [origin, route.path().as_str()].concat()
}

fn with_query(endpoint: &str, query: &str) -> SecretUrl {
    let separator = if endpoint.contains('?') { "&" } else { "?" };
    SecretUrl([endpoint, separator, query].concat())
}
