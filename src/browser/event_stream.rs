//! Reads an event stream by `fetch`: the browser's own `EventSource` cannot send the bearer token. What the bytes mean is
//! `api::EventStream`'s matter, and whether to come back is decided by the rules.

use crate::api::EventStream;
use crate::app::Event;
use crate::browser::body::Pieces;
use crate::browser::http;
use crate::core::StreamId;
use crate::features::live;
use crate::features::live::StreamEnd;
use crate::http::{HttpRequest, NetworkFault};
use gloo_net::http::Response;
use leptos::task::spawn_local;
use web_sys::AbortController;

/// An open connection; [`Connection::close`] ends it without a further event.
#[derive(Debug)]
pub struct Connection(AbortController);

impl Connection {
    /// Asks for the stream and hands on what comes of it: `StreamOpened`, `StreamRead` for each piece, `StreamEnded`.
    pub fn open(id: StreamId, request: HttpRequest, hand_on: impl Fn(Event) + 'static) -> Option<Self> {
        let controller = AbortController::new().ok()?;
        let signal = controller.signal();
        spawn_local(async move {
            let response = http::respond(&request, &signal).await;
            let end = match response {
                Some(response) if is_stream(&response) => {
                    hand_on(Event::Live(live::Event::Opened(id)));
                    read(id, &response, &hand_on).await
                }
                Some(response) => {
                    StreamEnd::NoStream(http::answer(response).await.ok_or(NetworkFault::Broken))
                }
                None => StreamEnd::NoStream(Err(http::fault())),
            };
            if !signal.aborted() {
                hand_on(Event::Live(live::Event::Ended { id, end }));
            }
        });
        Some(Self(controller))
    }

    /// Ends it.
    pub fn close(self) {
        self.0.abort();
    }
}

fn is_stream(response: &Response) -> bool {
    let kind = response.headers().get("Content-Type").unwrap_or_default();
    response.status() == 200 && kind.starts_with("text/event-stream")
}

async fn read(id: StreamId, response: &Response, hand_on: &impl Fn(Event)) -> StreamEnd {
    let Some(pieces) = Pieces::of(response) else { return StreamEnd::Broke };
    let mut stream = EventStream::default();
    loop {
        let Some(Some(bytes)) = pieces.next().await else { return StreamEnd::Broke };
        let mut events = Vec::new();
        let fed = stream.feed(&bytes, &mut events);
        let last_event = stream.last_event_id().to_owned();
        hand_on(Event::Live(live::Event::Read { id, events, last_event, retry: stream.retry() }));
        if fed.is_err() {
            return StreamEnd::TooLong;
        }
    }
}
