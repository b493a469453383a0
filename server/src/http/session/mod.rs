//! Session mode at the HTTP edge: the browser holds a cookie and no token.
//!
//! The addresses beside the API ([`portal_contract::session`]) are for the person's browser alone; the API itself is the
//! same as with tokens, only that a cookie says who calls ([`sign_in_of`]).

mod cookies;
mod guard;
mod sign_in;
mod sign_out;
mod standing;

pub(super) use guard::CrossSiteRequest;

use super::api_error::ApiError;
use super::router::EdgeState;
use crate::application::BrowserSessions;
use crate::domain::person::SignIn;
use axum::Router;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use portal_contract::session::{CALLBACK, END, SESSION, SIGN_IN, SIGN_OUT, SIGNED_OUT};
use std::sync::Arc;

/// How people sign in. A deployment has one way, never both: a token would be a way around the cookie's protections.
#[derive(Clone)]
pub enum SignInMode {
    /// Calls carry an access token of the provider.
    Token,
    /// Calls carry a cookie of this server.
    Session(Arc<SessionEdge>),
}

/// What session mode needs at the edge.
pub struct SessionEdge {
    /// The use cases.
    pub sessions: BrowserSessions,
    /// The one origin that calls may come from.
    pub origin: String,
}

/// Why a call is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Activity {
    /// The person does something.
    Person,
    /// The page listens.
    Listening,
    /// The page asks who is signed in.
    Question,
}

/// The routes; none in token mode.
pub(super) fn routes(mode: &SignInMode) -> Router<EdgeState> {
    match mode {
        SignInMode::Token => Router::new(),
        SignInMode::Session(_) => Router::new()
            .route(SESSION, get(standing::standing))
            .route(SIGN_IN, get(sign_in::begin))
            .route(SIGNED_OUT, get(sign_in::go_on))
            .route(CALLBACK, get(sign_in::complete))
            .route(SIGN_OUT, post(sign_out::sign_out))
            .route(END, get(sign_out::end)),
    }
}

/// Who calls, in session mode. The request has to come from the page itself before its cookie is even looked at.
pub(super) async fn sign_in_of(
    parts: &Parts,
    edge: &SessionEdge,
    activity: Activity,
) -> Result<SignIn, ApiError> {
    guard::check_call(&parts.method, &parts.headers, &edge.origin).map_err(ApiError::foreign)?;
    let cookie = cookies::session(&parts.headers).ok_or_else(ApiError::no_token)?;
    let sign_in = edge.sessions.sign_in_of(&cookie).await?.ok_or_else(ApiError::no_token)?;
    if activity != Activity::Question && !guard::believes_in(&parts.headers, sign_in.person()) {
        tracing::info!("a call was refused: the page believes somebody else to be signed in");
        return Err(ApiError::no_token());
    }
    if activity != Activity::Listening {
        edge.sessions.note_use(&cookie).await?;
    }
    Ok(sign_in)
}

/// The edge, for handlers that exist in session mode only.
pub(super) struct Edge(pub(super) Arc<SessionEdge>);

impl FromRequestParts<EdgeState> for Edge {
    type Rejection = ApiError;

    async fn from_request_parts(_parts: &mut Parts, state: &EdgeState) -> Result<Self, ApiError> {
        match &state.mode {
            SignInMode::Session(edge) => Ok(Self(Arc::clone(edge))),
            SignInMode::Token => Err(ApiError::not_found()),
        }
    }
}

/// On to another address, with cookies. 303: whatever the method was, the next is GET.
fn redirect(address: &str, cookies: &[String]) -> Response {
    let Ok(location) = HeaderValue::from_str(address) else { return ApiError::internal().into_response() };
    let mut response = StatusCode::SEE_OTHER.into_response();
    response.headers_mut().insert(header::LOCATION, location);
    set_cookies(&mut response, cookies);
    response
}

fn set_cookies(response: &mut Response, cookies: &[String]) {
    for cookie in cookies {
        if let Ok(value) = HeaderValue::from_str(cookie) {
            response.headers_mut().append(header::SET_COOKIE, value);
        }
    }
    // Addresses of this exchange hold a code or a state: nobody is told them.
    response.headers_mut().insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
}
