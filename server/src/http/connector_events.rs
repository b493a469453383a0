//! `POST /connector/v1/events`: what connectors tell by themselves (Standard Webhooks 1.0).

use super::api_error::ApiError;
use super::auth::CalledFrom;
use super::router::EdgeState;
use crate::ports::{EventInbox, SignedMessage};
use axum::Router;
use axum::body::to_bytes;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum::routing::post;
use std::sync::Arc;

const PATH: &str = "/connector/v1/events";
/// The largest message, in bytes.
const LARGEST: usize = 16 * 1024;

/// The route; none where no connector may send anything.
pub(super) fn routes(inbox: Option<Arc<dyn EventInbox>>) -> Router<EdgeState> {
    match inbox {
        None => Router::new(),
        Some(inbox) => {
            let take = move |state: State<EdgeState>, from: CalledFrom, request: Request| {
                take(state, inbox, from, request)
            };
            Router::new().route(PATH, post(take))
        }
    }
}

/// A refusal says nothing: whoever cannot sign learns nothing of why.
async fn take(
    State(state): State<EdgeState>,
    inbox: Arc<dyn EventInbox>,
    CalledFrom(origin): CalledFrom,
    request: Request,
) -> Response {
    let (parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, LARGEST).await else {
        return ApiError::payload_too_large().into_response();
    };
    let message = SignedMessage {
        id: text(&parts.headers, "webhook-id"),
        timestamp: text(&parts.headers, "webhook-timestamp"),
        signatures: text(&parts.headers, "webhook-signature"),
        body: &body,
    };
    match state.portal.take_event(inbox.as_ref(), &message, &origin).await {
        Ok(true) => StatusCode::NO_CONTENT.into_response(),
        Ok(false) => StatusCode::UNAUTHORIZED.into_response(),
        Err(refusal) => ApiError::from(refusal).into_response(),
    }
}

/// A header; one that is missing, not text, or there twice is empty.
fn text<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (Some(value), None) => value.to_str().unwrap_or_default(),
        (Some(_) | None, _) => "",
    }
}
