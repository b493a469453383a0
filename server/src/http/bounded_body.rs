//! Bodies are small here: what says it is larger than allowed is refused before anything is done with it, whatever it is
//! sent to. A body that does not say how long it is, is bounded where it is read.

use super::api_error::ApiError;
use super::router::EdgeState;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http_body_util::BodyExt as _;
use std::time::Duration;

/// How much of a refused body is taken from the wire, in bytes, and for how long. A client that is still sending when the
/// connection closes may never read the answer; a flood is not worth waiting for.
const DRAINED: usize = 1024 * 1024;
const DRAIN_TIME: Duration = Duration::from_secs(2);

pub(super) async fn refuse_large(State(state): State<EdgeState>, request: Request, next: Next) -> Response {
    let length = request.headers().get(header::CONTENT_LENGTH);
    // What cannot be read as a number was refused by the HTTP parser already.
    let length: Option<u64> =
        length.and_then(|length| length.to_str().ok()).and_then(|text| text.parse().ok());
    let largest = u64::try_from(state.settings.body_bytes).unwrap_or(u64::MAX);
    if length.is_none_or(|length| length <= largest) {
        return next.run(request).await;
    }
    // Late is as good as never: the answer is the same.
    let _ = tokio::time::timeout(DRAIN_TIME, drain(request.into_body())).await;
    let close = [(header::CONNECTION, HeaderValue::from_static("close"))];
    (close, ApiError::payload_too_large()).into_response()
}

async fn drain(mut body: Body) {
    let mut drained = 0_usize;
    while drained < DRAINED {
        let Some(Ok(frame)) = body.frame().await else { return };
        drained = drained.saturating_add(frame.data_ref().map_or(0, axum::body::Bytes::len));
    }
}
