//! Who makes a request: its bearer token, checked (RFC 6750 section 2.1; only the header, never the query), or in session
//! mode its cookie.

use super::api_error::ApiError;
use super::router::EdgeState;
use super::session::{self, Activity, SignInMode};
use crate::domain::audit::Origin;
use crate::domain::client::ClientSoftware;
use crate::domain::ids::RequestId;
use crate::domain::person::SignIn;
use crate::ports::TokenError;
use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::header;
use axum::http::request::Parts;
use std::net::{IpAddr, SocketAddr};

/// A request by a person who is signed in.
pub(super) struct Authenticated {
    pub(super) sign_in: SignIn,
    pub(super) origin: Origin,
}

impl FromRequestParts<EdgeState> for Authenticated {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &EdgeState) -> Result<Self, ApiError> {
        Self::read(parts, state, Activity::Person).await
    }
}

/// The same, for a call that the page makes by itself and for long: listening keeps no session alive.
pub(super) struct Listening(pub(super) Authenticated);

impl FromRequestParts<EdgeState> for Listening {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &EdgeState) -> Result<Self, ApiError> {
        Authenticated::read(parts, state, Activity::Listening).await.map(Self)
    }
}

impl Authenticated {
    async fn read(parts: &Parts, state: &EdgeState, activity: Activity) -> Result<Self, ApiError> {
        let sign_in = authenticate(parts, state, activity).await?;
        let request = parts.extensions.get::<RequestId>().cloned();
        let request = request.unwrap_or_else(|| RequestId::trusted(String::new()));
        let address = peer(parts, &state.settings.trusted_proxies);
        Ok(Self { sign_in, origin: Origin { address, request, client: Some(client(parts)) } })
    }
}

/// Who calls, by token or by cookie, whichever this deployment has.
pub(super) async fn authenticate(
    parts: &Parts,
    state: &EdgeState,
    activity: Activity,
) -> Result<SignIn, ApiError> {
    let sign_in = match &state.mode {
        SignInMode::Token => by_token(parts, state).await?,
        SignInMode::Session(edge) => session::sign_in_of(parts, edge, activity).await?,
    };
    if state.portal.is_revoked(&sign_in).await? {
        tracing::info!("a call was refused: the person signed out everywhere");
        return Err(ApiError::token(TokenError::Invalid("revoked"), &state.settings.required_scope));
    }
    Ok(sign_in)
}

async fn by_token(parts: &Parts, state: &EdgeState) -> Result<SignIn, ApiError> {
    let token = bearer(parts).ok_or_else(ApiError::no_token)?;
    state.tokens.verify(token).await.map_err(|error| {
        match error {
            TokenError::Invalid(reason) => tracing::info!(reason, "a token was refused"),
            TokenError::ScopeMissing => tracing::info!("a token lacks the scope"),
            TokenError::KeysUnavailable => {
                tracing::warn!("tokens cannot be checked: no keys of the provider");
            }
        }
        ApiError::token(error, &state.settings.required_scope)
    })
}

/// The token of the one `Authorization` header.
fn bearer(parts: &Parts) -> Option<&str> {
    let mut values = parts.headers.get_all(header::AUTHORIZATION).iter();
    let value = values.next()?.to_str().ok()?;
    if values.next().is_some() {
        return None;
    }
    let (scheme, token) = value.split_once(' ')?;
    (scheme.eq_ignore_ascii_case("bearer") && !token.is_empty()).then_some(token.trim())
}

/// What the browser says it is.
fn client(parts: &Parts) -> ClientSoftware {
    let agent = parts.headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok());
    agent.map_or(ClientSoftware::UNKNOWN, ClientSoftware::of_user_agent)
}

/// Where the request came from: the peer, or, if that is a trusted proxy, the last address in
/// `X-Forwarded-For` that is not one. Anything before that was written by strangers.
fn peer(parts: &Parts, trusted: &[IpAddr]) -> String {
    let Some(ConnectInfo(peer)) = parts.extensions.get::<ConnectInfo<SocketAddr>>() else {
        return "unknown".to_owned();
    };
    let peer = peer.ip().to_canonical();
    if !trusted.contains(&peer) {
        return peer.to_string();
    }
    let forwarded: Vec<IpAddr> = parts
        .headers
        .get_all("x-forwarded-for")
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .filter_map(|address| address.trim().parse().ok())
        .collect();
    let client = forwarded.into_iter().rev().find(|address| !trusted.contains(address));
    client.unwrap_or(peer).to_string()
}
