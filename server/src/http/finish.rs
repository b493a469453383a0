//! The outermost layer: names every request, writes the body of errors, sets the headers every answer has,
//! logs one line. The log names routes, not addresses: no query, no identifier from a path, no header.

use super::api_error::ApiError;
use super::navigation::Navigation;
use super::router::EdgeState;
use crate::domain::ids::{RANDOM_ID_BYTES, RequestId, random_id};
use crate::domain::rate::RateLimit;
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use portal_contract::BASE_PATH;
use portal_contract::session::SESSION;
use std::time::Instant;
use tracing::Instrument as _;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

pub(super) async fn finish(State(state): State<EdgeState>, request: Request, next: Next) -> Response {
    finish_counted(&state, request, next, Counting::Counted).await
}

/// The same for those who operate the server: their questions come every few seconds and are no news.
pub(super) async fn finish_quietly(State(state): State<EdgeState>, request: Request, next: Next) -> Response {
    finish_counted(&state, request, next, Counting::Quiet).await
}

/// Whether a request is logged and counted.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Counting {
    Counted,
    Quiet,
}

async fn finish_counted(state: &EdgeState, mut request: Request, next: Next, counting: Counting) -> Response {
    let started = Instant::now();
    let id = request_id(state);
    let path = request.uri().path();
    let is_api = path.starts_with(BASE_PATH) || path == SESSION || path.starts_with("/session/");
    let method = request.method().clone();
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map_or_else(|| "-".to_owned(), |matched| matched.as_str().to_owned());
    request.extensions_mut().insert(id.clone());
    let span = tracing::info_span!("request", id = %id, %method, route = route.as_str());
    if counting == Counting::Counted {
        state.proxy_notice.look_at(&request, &state.settings.trusted_proxies);
    }
    let navigation = Navigation::of(&request).filter(|_| counting == Counting::Counted);
    let mut response = match navigation.as_ref().filter(|navigation| navigation.is_to_the_api()) {
        // What the API answers is nothing to read, and asking it is nothing to do by a link.
        Some(_) if state.page.is_some() => ApiError::not_found().into_response(),
        Some(_) | None => next.run(request).instrument(span.clone()).await,
    };
    if let Some(error) = response.extensions_mut().remove::<ApiError>() {
        if let Some(limit) = error.limit() {
            reached(state, &span, limit);
        }
        let page = match &navigation {
            Some(navigation) => navigation.answer(state, response.status()).await,
            None => None,
        };
        let (parts, body) = page.unwrap_or_else(|| error.render(id.as_str())).into_parts();
        *response.body_mut() = body;
        // What axum said about an empty body does not fit any more; what the layers added (CORS, Allow)
        // stays.
        response.headers_mut().remove(header::CONTENT_LENGTH);
        response.headers_mut().extend(parts.headers);
    }
    // A navigation is led on to the page, which explains, and is no problem document.
    if let Some(limit) = response.extensions_mut().remove::<RateLimit>() {
        reached(state, &span, limit);
    }
    let status = response.status();
    let headers = response.headers_mut();
    if let Ok(value) = HeaderValue::from_str(id.as_str()) {
        headers.insert(REQUEST_ID, value);
    }
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    if is_api || status.is_client_error() || status.is_server_error() {
        headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
        headers
            .entry(header::CONTENT_SECURITY_POLICY)
            .or_insert(HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'"));
    }
    if state.portal.is_stopping() {
        // Whoever keeps the connection would find it closed a moment later.
        headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    if counting == Counting::Counted {
        let took = started.elapsed();
        state.metrics.answered(method.as_str(), &route, status.as_u16(), took);
        let millis = took.as_millis();
        span.in_scope(|| tracing::info!(status = status.as_u16(), millis, "answered"));
    }
    response
}

fn reached(state: &EdgeState, span: &tracing::Span, limit: RateLimit) {
    state.metrics.refused(limit);
    span.in_scope(|| tracing::info!(limit = limit.as_str(), "a limit was reached"));
}

fn request_id(state: &EdgeState) -> RequestId {
    let mut bytes = [0; RANDOM_ID_BYTES];
    if state.randomness.fill(&mut bytes).is_err() {
        tracing::error!("the machine has no random bytes; requests share an identifier");
    }
    RequestId::trusted(random_id("q-", bytes))
}
