//! The routes, and the layers around them.

use super::api_error::ApiError;
use super::client_address::ProxyNotice;
use super::page::PageSite;
use super::session::SignInMode;
use super::{
    bounded_body, bounded_head, connector_events, cors, finish, handlers, health, host, openapi, session,
    under_path,
};
use crate::application::{Portal, ShownBranding};
use crate::metrics::Metrics;
use crate::ports::{EventInbox, Randomness, TokenVerifier};
use axum::Router;
use axum::body::Bytes;
use axum::extract::{Request, State};
use axum::handler::Handler as _;
use axum::http::{HeaderMap, HeaderValue, Method, Uri, header};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use ipnet::IpNet;
use portal_contract::BASE_PATH;
use std::any::Any;
use std::sync::Arc;
use std::time::Duration;
use tower_http::CompressionLevel;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::SizeAbove;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// Higher levels cost more processor time than the bytes are worth for an answer that is sent once.
const COMPRESSION: CompressionLevel = CompressionLevel::Precise(4);
/// An answer that fits into one packet is not compressed; in bytes.
const WORTH_COMPRESSING: u64 = 1_400;

/// What the edge was configured with.
#[derive(Debug, Clone)]
pub struct EdgeSettings {
    /// The organisation.
    pub branding: Arc<ShownBranding>,
    /// The scope, for the challenge.
    pub required_scope: String,
    /// Origins of pages that are not served from here.
    pub page_origins: Vec<String>,
    /// Proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpNet>,
    /// The largest body, in bytes.
    pub body_bytes: usize,
    /// How long an answer may take, the reading of the body included.
    pub request_timeout: Duration,
    /// The address people know this server by.
    pub public_base_url: Option<String>,
    /// Whether devices are simulated.
    pub has_simulated_devices: bool,
    /// The path under which the portal lies on its host; nothing at the top.
    pub base_path: String,
}

/// What handlers work with.
#[derive(Clone)]
pub struct EdgeState {
    /// The use cases.
    pub portal: Arc<Portal>,
    /// How people sign in.
    pub mode: SignInMode,
    /// Checks tokens; in session mode it only says whether the provider's keys can be had.
    pub tokens: Arc<dyn TokenVerifier>,
    /// For request identifiers.
    pub randomness: Arc<dyn Randomness>,
    /// The settings.
    pub settings: Arc<EdgeSettings>,
    /// What is counted.
    pub metrics: Arc<Metrics>,
    /// The page, if it is served from here.
    pub page: Option<Arc<PageSite>>,
    /// What device services tell by themselves; none where none may.
    pub inbox: Option<Arc<dyn EventInbox>>,
    /// Whether a proxy that is not named was noticed.
    pub proxy_notice: Arc<ProxyNotice>,
}

impl EdgeState {
    /// The origins the page has to reach beside those that are configured: the provider's, where the page is its client.
    pub(super) fn page_origins(&self) -> Vec<String> {
        match self.mode {
            SignInMode::Token => self.tokens.page_origins(),
            SignInMode::Session(_) => Vec::new(),
        }
    }
}

/// The whole application as a service.
pub fn router(state: EdgeState) -> Router {
    let api = OpenApiRouter::new()
        .merge(lists())
        .routes(routes!(handlers::branding::branding))
        .routes(routes!(handlers::me::me))
        .routes(routes!(handlers::devices::one))
        .routes(routes!(handlers::actions::reset_passcode))
        .routes(routes!(handlers::actions::start))
        .routes(routes!(handlers::results::one))
        .routes(routes!(handlers::results::cancel))
        .routes(routes!(handlers::passcode::temporary_passcode))
        .routes(routes!(handlers::issued_secrets::of_action))
        .routes(routes!(handlers::categories::of_device))
        .routes(routes!(handlers::compliance::of_device))
        .routes(routes!(handlers::notifications::read))
        .routes(routes!(handlers::history::report_unrecognized))
        .routes(routes!(handlers::sessions::revoke))
        .routes(routes!(handlers::events::events));
    let (router, document) =
        OpenApiRouter::with_openapi(openapi::frame(state.settings.public_base_url.as_deref()))
            .nest(BASE_PATH, api)
            .routes(routes!(health::healthz))
            .routes(routes!(health::readyz))
            .split_for_parts();
    let base = state.settings.base_path.clone();
    let document = openapi::complete(document);
    let document = Bytes::from(document.to_json().unwrap_or_default());
    let router = router
        .merge(session::routes(&state.mode))
        .merge(connector_events::routes(state.inbox.clone()))
        .route("/openapi.json", get(move || described(document.clone())))
        .merge(rest(&base))
        .method_not_allowed_fallback(|| async { ApiError::method_not_allowed() })
        .layer(from_fn_with_state(state.clone(), timeout))
        .layer(from_fn_with_state(state.clone(), bounded_body::refuse_large))
        .layer(from_fn(host::refuse_unclear))
        .layer(from_fn(bounded_head::refuse_long))
        .layer(CatchPanicLayer::custom(panicked));
    let router = if state.settings.page_origins.is_empty() {
        router
    } else {
        router.layer(cors::layer(&state.settings.page_origins))
    };
    under_path::mount(router.layer(from_fn_with_state(state.clone(), finish::finish)).with_state(state), base)
}

/// What grows with the person's devices, compressed: 5,000 of them are 3.8 MB, and 0.2 MB so.
///
/// Nothing else is, by being left out here: the length of a compressed answer tells of what is in it (BREACH), so an answer
/// with a passcode, a token or a session never goes through this. One device is small, and its `ETag` is a strong one,
/// which would have to differ by encoding (RFC 9110, section 8.8.3.3).
fn lists() -> OpenApiRouter<EdgeState> {
    OpenApiRouter::new()
        .routes(routes!(handlers::devices::list))
        .routes(routes!(handlers::notifications::list))
        .routes(routes!(handlers::history::of_person))
        .routes(routes!(handlers::history::of_device))
        .routes(routes!(handlers::apps::of_device))
        .layer(compression())
}

fn compression() -> CompressionLayer<SizeAbove> {
    CompressionLayer::new().quality(COMPRESSION).compress_when(SizeAbove::new(WORTH_COMPRESSING))
}

async fn described(document: Bytes) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))], document)
}

/// Everything that is no route. The prepared encodings of a document are those of the top of a host.
fn rest(base: &str) -> Router<EdgeState> {
    if base.is_empty() {
        Router::new().fallback(fallback)
    } else {
        Router::new().fallback(fallback.layer(compression()))
    }
}

/// Not a route: the page if it is served from here and the address is not the API's, otherwise 404.
async fn fallback(State(state): State<EdgeState>, method: Method, uri: Uri, headers: HeaderMap) -> Response {
    let path = uri.path();
    match &state.page {
        Some(page) if path != "/api" && !path.starts_with("/api/") => {
            page.answer(&method, path, &headers, state.page_origins()).await
        }
        _ => ApiError::not_found().into_response(),
    }
}

async fn timeout(State(state): State<EdgeState>, request: Request, next: Next) -> Response {
    match tokio::time::timeout(state.settings.request_timeout, next.run(request)).await {
        Ok(response) => response,
        Err(_) => {
            tracing::warn!("a request took too long");
            ApiError::unavailable(1).into_response()
        }
    }
}

fn panicked(_panic: Box<dyn Any + Send + 'static>) -> Response {
    // What a panic says is not logged: it may hold anything.
    tracing::error!("a handler panicked");
    ApiError::internal().into_response()
}
