//! `GET /me/events`: server-sent events (WHATWG HTML section 9.2), read with `fetch` and a bearer token.

use crate::application::{ChangeStream, Resume, Told};
use crate::http::api_error::ApiError;
use crate::http::auth::Listening;
use crate::http::openapi::Refusals;
use crate::http::router::EdgeState;
use crate::http::stream_body::{Stalled, StreamBody, StreamSender};
use crate::ports::{Changed, NumberedChange};
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use portal_contract::{ChangeEvent, events, headers};
use std::time::Duration;

/// How long a client should wait before it comes back, in milliseconds (`retry:`).
const RETRY_MILLIS: u32 = 2000;
/// Over how long a time the clients of a server that stopped come back, in milliseconds.
const STOP_SPREAD_MILLIS: u32 = 6000;
/// How long a connection may take nothing before its reader counts as gone.
const STALL: Duration = Duration::from_secs(30);
/// Asks proxies that know it not to collect the answer first (nginx).
const ACCEL_BUFFERING: HeaderName = HeaderName::from_static("x-accel-buffering");

/// Changes of the person's devices and notifications, as they happen. An event says that something changed, not what it
/// is now; `resync` says that everything should be read again. The stream ends when the token does.
#[utoipa::path(
    get,
    operation_id = "streamEvents",
    path = "/me/events",
    params(("Last-Event-ID" = Option<String>, Header, description = "The last `id:` the client saw")),
    responses(
        (
            status = 200,
            body = String,
            content_type = "text/event-stream",
            description = "Events `device` and `notification` with a `ChangeEvent` as data, and `resync`"
        ),
        Refusals
    )
)]
pub(in crate::http) async fn events(
    State(state): State<EdgeState>,
    Listening(authenticated): Listening,
    request: HeaderMap,
) -> Result<Response, ApiError> {
    let stream = state.portal.open_changes(authenticated.sign_in, resume(&request)).await?;
    let (sender, body) = StreamBody::channel(STALL);
    tokio::spawn(tell(stream, sender, retry_after_a_stop(&state)));
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (ACCEL_BUFFERING, HeaderValue::from_static("no")),
    ];
    Ok((headers, axum::body::Body::new(body)).into_response())
}

fn resume(request: &HeaderMap) -> Resume {
    let Some(value) = request.get(headers::LAST_EVENT_ID) else { return Resume::Fresh };
    let text = value.to_str().unwrap_or_default();
    // Strictly what was sent: digits, nothing that parses by accident.
    let number = text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok()).flatten();
    match number {
        Some(number) => Resume::After(number),
        None if text.is_empty() => Resume::Fresh,
        None => Resume::Unknown,
    }
}

/// When to come back after the server stopped, in milliseconds: not all at the same moment.
fn retry_after_a_stop(state: &EdgeState) -> u32 {
    let mut random = [0; 2];
    // Without randomness they come together, which is no reason to fail.
    let _ = state.randomness.fill(&mut random);
    RETRY_MILLIS + u32::from(u16::from_be_bytes(random)) % STOP_SPREAD_MILLIS
}

/// Tells until the stream is over, the client is gone, or it does not read.
async fn tell(mut stream: ChangeStream, sender: StreamSender, retry_millis: u32) {
    loop {
        let told = tokio::select! {
            told = stream.next() => told,
            () = sender.client_gone() => return,
        };
        let Some(told) = told else {
            if stream.is_closing() {
                // The client may be gone as well; then nobody needs to be told.
                let _ = sender.send(format!("retry: {retry_millis}\n\n")).await;
            }
            return;
        };
        if let Err(Stalled) = sender.send(written(&told)).await {
            return;
        }
    }
}

fn written(told: &Told) -> String {
    match told {
        // No data: this sets the client's last id and is no event for it.
        Told::Opened(Some(number)) => format!("retry: {RETRY_MILLIS}\nid: {number}\n\n"),
        Told::Opened(None) => format!("retry: {RETRY_MILLIS}\n\n"),
        Told::Resync(number) => {
            format!("id: {number}\nevent: {}\ndata: {{}}\n\n", events::RESYNC)
        }
        Told::Change(change) => written_change(change),
        Told::Heartbeat => ":\n\n".to_owned(),
    }
}

fn written_change(NumberedChange { sequence, changed }: &NumberedChange) -> String {
    let (name, data) = match changed {
        Changed::Device(id) => {
            (events::DEVICE, ChangeEvent { device_id: Some(id.clone()), notification_id: None })
        }
        Changed::Notification(id) => {
            (events::NOTIFICATION, ChangeEvent { device_id: None, notification_id: Some(id.clone()) })
        }
    };
    // JSON has no line break outside of a text, and escapes it within one.
    let data = serde_json::to_string(&data).unwrap_or_else(|_| "{}".to_owned());
    format!("id: {sequence}\nevent: {name}\ndata: {data}\n\n")
}
