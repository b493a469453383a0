//! Reads an event stream by `fetch`: the browser's own `EventSource` cannot send the bearer token. What the bytes mean is
//! `api::EventStream`'s matter, and whether to come back is decided by the rules.

use crate::api::EventStream;
use crate::app::{Event, StreamEnd, StreamId};
use crate::browser::http;
use crate::http::{HttpRequest, NetworkFault};
use gloo_net::http::Response;
use js_sys::{Promise, Uint8Array};
use leptos::task::spawn_local;
use wasm_bindgen::{JsCast, JsValue, prelude::wasm_bindgen};
use wasm_bindgen_futures::JsFuture;
use web_sys::AbortController;

#[wasm_bindgen]
extern "C" {
    /// A `ReadableStream`.
    type Body;
    #[wasm_bindgen(method, catch, js_name = getReader)]
    fn reader(this: &Body) -> Result<Reader, JsValue>;

    /// A `ReadableStreamDefaultReader`.
    type Reader;
    #[wasm_bindgen(method)]
    fn read(this: &Reader) -> Promise;

    /// What `read` resolves to.
    type Piece;
    #[wasm_bindgen(method, getter)]
    fn value(this: &Piece) -> Option<Uint8Array>;
}

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
                    hand_on(Event::StreamOpened(id));
                    read(id, &response, &hand_on).await
                }
                Some(response) => {
                    StreamEnd::NoStream(http::answer(response).await.ok_or(NetworkFault::Broken))
                }
                None => StreamEnd::NoStream(Err(http::fault())),
            };
            if !signal.aborted() {
                hand_on(Event::StreamEnded { id, end });
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
    let reader = response.body().and_then(|body| body.unchecked_into::<Body>().reader().ok());
    let Some(reader) = reader else { return StreamEnd::Broke };
    let mut stream = EventStream::default();
    loop {
        let Ok(piece) = JsFuture::from(reader.read()).await else { return StreamEnd::Broke };
        // There is no value when it is done.
        let Some(bytes) = piece.unchecked_into::<Piece>().value() else { return StreamEnd::Broke };
        let mut events = Vec::new();
        let fed = stream.feed(&bytes.to_vec(), &mut events);
        let last_event = stream.last_event_id().to_owned();
        hand_on(Event::StreamRead { id, events, last_event, retry: stream.retry() });
        if fed.is_err() {
            return StreamEnd::TooLong;
        }
    }
}
