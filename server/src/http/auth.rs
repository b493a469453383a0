//! Who makes a request: its bearer token, checked (RFC 6750 section 2.1; only the header, never the query), or in session
//! mode its cookie.

use super::api_error::ApiError;
use super::client_address;
use super::router::EdgeState;
use super::session::{self, Activity, SignInMode};
use crate::domain::audit::Origin;
use crate::domain::client::ClientSoftware;
use crate::domain::ids::RequestId;
use crate::domain::person::SignIn;
use crate::ports::TokenError;
use axum::extract::FromRequestParts;
use axum::http::header;
use axum::http::request::Parts;
use std::convert::Infallible;

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
        Ok(Self { sign_in, origin: origin(parts, state) })
    }
}

/// Where a request came from, whoever makes it.
pub(super) struct CalledFrom(pub(super) Origin);

impl FromRequestParts<EdgeState> for CalledFrom {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &EdgeState) -> Result<Self, Infallible> {
        Ok(Self(origin(parts, state)))
    }
}

fn origin(parts: &Parts, state: &EdgeState) -> Origin {
    let address = client_address::of_request(parts, &state.settings.trusted_proxies);
    let request = parts.extensions.get::<RequestId>().cloned();
    let request = request.unwrap_or_else(|| RequestId::trusted(String::new()));
    Origin { address, request, client: Some(client(parts)) }
}

/// Who calls, by token or by cookie, whichever this deployment has.
pub(super) async fn authenticate(
    parts: &Parts,
    state: &EdgeState,
    activity: Activity,
) -> Result<SignIn, ApiError> {
    match &state.mode {
        SignInMode::Token => by_token(parts, state).await,
        SignInMode::Session(edge) => {
            let sign_in = session::sign_in_of(parts, edge, activity).await?;
            if state.portal.is_revoked(&sign_in).await? {
                tracing::info!("a call was refused: the person signed out everywhere");
                return Err(ApiError::token(TokenError::Invalid("revoked"), &state.settings.required_scope));
            }
            Ok(sign_in)
        }
    }
}

async fn by_token(parts: &Parts, state: &EdgeState) -> Result<SignIn, ApiError> {
    let token = bearer(parts).ok_or_else(ApiError::no_token)?;
    let address = client_address::of_request(parts, &state.settings.trusted_proxies);
    let admission = state.portal.admit_token(token, &address)?;
    match checked(state, token).await? {
        Ok(sign_in) => {
            admission.accepted(&sign_in);
            Ok(sign_in)
        }
        Err(error) => {
            match error {
                TokenError::Invalid(reason) => {
                    tracing::info!(reason, "a token was refused");
                    admission.refused();
                }
                TokenError::ScopeMissing => tracing::info!("a token lacks the scope"),
                TokenError::KeysUnavailable => {
                    tracing::warn!("tokens cannot be checked: no keys of the provider");
                }
            }
            Err(ApiError::token(error, &state.settings.required_scope))
        }
    }
}

/// Checks a token, and whether it was revoked meanwhile.
async fn checked(state: &EdgeState, token: &str) -> Result<Result<SignIn, TokenError>, ApiError> {
    let sign_in = match state.tokens.verify(token).await {
        Ok(sign_in) => sign_in,
        Err(error) => return Ok(Err(error)),
    };
    let is_revoked = state.portal.is_revoked(&sign_in).await?;
    Ok(if is_revoked { Err(TokenError::Invalid("revoked")) } else { Ok(sign_in) })
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
