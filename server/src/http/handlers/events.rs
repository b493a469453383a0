//! `GET /me/events`: server-sent events (WHATWG HTML section 9.2), read with `fetch` and a bearer token.

use crate::application::{ChangeStream, Resume, StreamEvent};
use crate::http::api_error::ApiError;
use crate::http::auth::Listening;
use crate::http::openapi::Refusals;
use crate::http::router::EdgeState;
use crate::ports::{Changed, NumberedChange};
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::stream::{Stream, unfold};
use portal_contract::{ChangeEvent, events, headers};
use std::time::Duration;

/// How long a client should wait before it comes back (`retry:`).
const RETRY: Duration = Duration::from_secs(2);
/// Over how long a time the clients of a server that stopped come back, in milliseconds.
const STOP_SPREAD_MILLIS: u64 = 6000;
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
    let keep_alive = KeepAlive::new().interval(stream.heartbeat());
    let events = Sse::new(told(stream, retry_after_a_stop(&state))).keep_alive(keep_alive);
    let headers = [
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (ACCEL_BUFFERING, HeaderValue::from_static("no")),
    ];
    Ok((headers, events).into_response())
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

/// When to come back after the server stopped: not all at the same moment.
fn retry_after_a_stop(state: &EdgeState) -> Duration {
    let mut random = [0; 2];
    // Without randomness they come together, which is no reason to fail.
    let _ = state.randomness.fill(&mut random);
    RETRY + Duration::from_millis(u64::from(u16::from_be_bytes(random)) % STOP_SPREAD_MILLIS)
}

/// What the stream tells, written down. Nothing is read ahead: the next change is asked for when the connection has room. A
/// connection that takes nothing is closed (`WRITE_STALL`), and the stream with it.
fn told(stream: ChangeStream, retry: Duration) -> impl Stream<Item = Result<Event, axum::Error>> {
    unfold(Some(stream), move |stream| async move {
        let mut stream = stream?;
        match stream.next().await {
            Some(told) => Some((written(&told), Some(stream))),
            None => stream.is_closing().then(|| (Ok(Event::default().retry(retry)), None)),
        }
    })
}

fn written(told: &StreamEvent) -> Result<Event, axum::Error> {
    match told {
        // No data: this sets the client's last id and is no event for it.
        StreamEvent::Opened(Some(number)) => Ok(Event::default().retry(RETRY).id(number.to_string())),
        StreamEvent::Opened(None) => Ok(Event::default().retry(RETRY)),
        StreamEvent::Resync(number) => {
            Ok(Event::default().id(number.to_string()).event(events::RESYNC).data("{}"))
        }
        StreamEvent::Change(change) => written_change(change),
    }
}

fn written_change(NumberedChange { sequence, changed }: &NumberedChange) -> Result<Event, axum::Error> {
    let (name, data) = match changed {
        Changed::Device(id) => {
            (events::DEVICE, ChangeEvent { device_id: Some(id.clone()), notification_id: None })
        }
        Changed::Notification(id) => {
            (events::NOTIFICATION, ChangeEvent { device_id: None, notification_id: Some(id.clone()) })
        }
    };
    Event::default().id(sequence.to_string()).event(name).json_data(data)
}
