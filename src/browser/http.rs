//! The only place that sends requests. It knows no call by name and judges no answer: `api` and `auth` do.

use crate::browser::body;
use crate::browser::location;
use crate::browser::timer::Timer;
use crate::http::{HttpAnswer, HttpOutcome, HttpRequest, Method, NetworkFault, RELEVANT_HEADERS};
use gloo_net::http::{RequestBuilder, Response};
use js_sys::Promise;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    AbortController, AbortSignal, ReferrerPolicy, RequestCache, RequestCredentials, RequestRedirect,
};

#[wasm_bindgen]
extern "C" {
    /// A promise of what `boot.js` asked for at this address while this module was on its way. It gives each away once.
    #[wasm_bindgen(js_name = portalEarly, catch)]
    fn portal_early(address: &str) -> Result<Promise, JsValue>;
}

/// Answers beyond this many bytes are given up: a page of a thousand devices is far below it.
const LARGEST_ANSWER: usize = 8 * 1024 * 1024;

/// Sends a request and reads the whole answer: no cookies but for session mode, no redirects, no referrer, and the browser's cache only
/// where the request allows it. A status is never an error here.
///
/// # Errors
/// A [`NetworkFault`] when there is no whole answer.
pub async fn send(request: &HttpRequest) -> HttpOutcome {
    let controller = AbortController::new().map_err(|_| NetworkFault::Broken)?;
    let signal = controller.signal();
    let millis = i32::try_from(request.time_out.0).unwrap_or(i32::MAX);
    let timer = Timer::start(millis, move || controller.abort());
    let outcome = exchange(request, &signal).await;
    timer.stop();
    outcome.ok_or_else(|| if signal.aborted() { NetworkFault::TimedOut } else { fault() })
}

/// Why a request just failed, as far as the browser tells.
pub(super) fn fault() -> NetworkFault {
    if is_offline() { NetworkFault::Offline } else { NetworkFault::Broken }
}

async fn exchange(request: &HttpRequest, signal: &AbortSignal) -> Option<HttpAnswer> {
    let response = match early(request).await {
        Some(response) => response,
        None => respond(request, signal).await?,
    };
    answer(response).await
}

/// What was asked for before this module was there; `None` when it was not, or failed.
async fn early(request: &HttpRequest) -> Option<Response> {
    if request.method != Method::Get || !request.headers.is_empty() {
        return None;
    }
    let promise = portal_early(&request.url).ok()?;
    let response: web_sys::Response = JsFuture::from(promise).await.ok()?.dyn_into().ok()?;
    Some(response.into())
}

/// The answer up to its headers.
pub(super) async fn respond(request: &HttpRequest, signal: &AbortSignal) -> Option<Response> {
    let method = match request.method {
        Method::Get => gloo_net::http::Method::GET,
        Method::Post => gloo_net::http::Method::POST,
    };
    let cache = if request.is_cacheable { RequestCache::Default } else { RequestCache::NoStore };
    let credentials =
        if request.is_of_session() { RequestCredentials::SameOrigin } else { RequestCredentials::Omit };
    let mut builder = RequestBuilder::new(&location::on_host(&request.url))
        .method(method)
        .credentials(credentials)
        .redirect(RequestRedirect::Error)
        .referrer_policy(ReferrerPolicy::NoReferrer)
        .cache(cache)
        .abort_signal(Some(signal));
    for (name, value) in &request.headers {
        builder = builder.header(name, value);
    }
    let outgoing = match &request.body {
        Some(body) => builder.body(body.as_str()),
        None => builder.build(),
    };
    outgoing.ok()?.send().await.ok()
}

/// The whole of an answer; `None` when it breaks off, or goes on and on.
pub(super) async fn answer(response: Response) -> Option<HttpAnswer> {
    let present = response.headers();
    let headers =
        RELEVANT_HEADERS.into_iter().filter_map(|name| Some((name.to_owned(), present.get(name)?))).collect();
    let status = response.status();
    let body = body::text(&response, LARGEST_ANSWER).await?;
    Some(HttpAnswer { status, headers, body })
}

/// Whether the browser knows that it has no network.
#[must_use]
pub fn is_offline() -> bool {
    web_sys::window().is_some_and(|window| !window.navigator().on_line())
}
