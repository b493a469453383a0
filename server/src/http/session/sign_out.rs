//! Signing out: here at once, then at the provider.

use super::{Edge, cookies, guard, redirect, set_cookies};
use crate::application::SignedOut;
use crate::http::api_error::ApiError;
use crate::http::auth::CalledFrom;
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use portal_contract::session::SIGNED_OUT_SCREEN;

/// Ends the session. Also without one: whoever signs out is signed out. The page goes to [`end`] then.
pub(super) async fn sign_out(
    Edge(edge): Edge,
    CalledFrom(origin): CalledFrom,
    method: Method,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    guard::check_call(&method, &headers, &edge.origin).map_err(ApiError::foreign)?;
    let cookie = match cookies::session(&headers) {
        Some(cookie) => match edge.sessions.sign_out(&cookie, origin).await? {
            SignedOut::TellProvider => cookies::set_ending(&cookie),
            SignedOut::Done => cookies::clear_session(),
        },
        None => cookies::clear_session(),
    };
    let mut response = StatusCode::NO_CONTENT.into_response();
    set_cookies(&mut response, &[cookie]);
    Ok(response)
}

/// On to the provider's sign-out, for a session that has ended here. One that has not is not touched by coming here.
pub(super) async fn end(Edge(edge): Edge, headers: HeaderMap) -> Result<Response, ApiError> {
    guard::check_navigation(&headers).map_err(ApiError::foreign)?;
    let address = match cookies::session(&headers) {
        Some(cookie) => edge.sessions.end_at_provider(&cookie).await?,
        None => None,
    };
    Ok(match address {
        Some(address) => redirect(address.reveal(), &[cookies::clear_session()]),
        None => redirect(SIGNED_OUT_SCREEN, &[]),
    })
}
