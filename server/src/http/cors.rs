//! Cross-origin pages: the configured origins only, no credentials, and the headers the page must be able to
//! read.

use axum::http::{HeaderName, HeaderValue, Method, header};
use std::time::Duration;
use tower_http::cors::{AllowOrigin, CorsLayer};

/// How long a browser may remember the answer to a preflight.
const MAX_AGE: Duration = Duration::from_secs(600);

/// The layer.
pub(super) fn layer(origins: &[String]) -> CorsLayer {
    let origins = origins.iter().filter_map(|origin| HeaderValue::from_str(origin).ok());
    let exposed = portal_contract::headers::EXPOSED_TO_PAGES;
    CorsLayer::new()
        .allow_origin(AllowOrigin::list(origins))
        .allow_methods([Method::GET, Method::POST])
        .allow_headers([
            header::AUTHORIZATION,
            header::CONTENT_TYPE,
            header::IF_MATCH,
            header::IF_NONE_MATCH,
            HeaderName::from_static("idempotency-key"),
            HeaderName::from_static("last-event-id"),
        ])
        .expose_headers(
            exposed
                .iter()
                .filter_map(|name| name.to_ascii_lowercase().parse().ok())
                .collect::<Vec<HeaderName>>(),
        )
        .max_age(MAX_AGE)
}
