//! The body of an answer, piece by piece, so that it can be given up: `Response.text()` would keep on reading for as long as
//! somebody sends.

use gloo_net::http::Response;
use js_sys::{Promise, Uint8Array};
use wasm_bindgen::{JsCast, JsValue, prelude::wasm_bindgen};
use wasm_bindgen_futures::JsFuture;

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
    #[wasm_bindgen(method)]
    fn cancel(this: &Reader) -> Promise;

    /// What `read` resolves to.
    type Piece;
    #[wasm_bindgen(method, getter)]
    fn value(this: &Piece) -> Option<Uint8Array>;
}

/// The pieces of a body as they arrive.
pub(super) struct Pieces(Reader);

impl Pieces {
    /// `None` when there is no body, or somebody reads it already.
    pub(super) fn of(response: &Response) -> Option<Self> {
        response.body().and_then(|body| body.unchecked_into::<Body>().reader().ok()).map(Self)
    }

    /// The next piece; `Some(None)` after the last one, `None` when the connection broke.
    pub(super) async fn next(&self) -> Option<Option<Vec<u8>>> {
        let piece = JsFuture::from(self.0.read()).await.ok()?;
        Some(piece.unchecked_into::<Piece>().value().map(|bytes| bytes.to_vec()))
    }
}

/// The whole body as UTF-8, without its byte order mark; `None` when it breaks off or is longer than `most` bytes.
pub(super) async fn text(response: &Response, most: usize) -> Option<String> {
    let Some(pieces) = Pieces::of(response) else { return Some(String::new()) };
    let mut bytes = Vec::new();
    while let Some(piece) = pieces.next().await? {
        if bytes.len() + piece.len() > most {
            let _ended = pieces.0.cancel();
            return None;
        }
        bytes.extend_from_slice(&piece);
    }
    let text = String::from_utf8_lossy(&bytes);
    Some(text.strip_prefix('\u{feff}').unwrap_or(&text).to_owned())
}
