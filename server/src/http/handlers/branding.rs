//! `GET /branding`: needs no sign-in, may be cached.

use crate::http::api_error::ApiError;
use crate::http::conditional::tagged_json;
use crate::http::router::EdgeState;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use portal_contract::Branding;

/// The organisation's name, colours and IT contact.
#[utoipa::path(
    get,
    path = "/branding",
    responses(
        (status = 200, body = Branding, headers(("ETag" = String))),
        (status = 304, description = "The client has it")
    ),
    security(())
)]
pub(in crate::http) async fn branding(
    State(state): State<EdgeState>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let shown = state.settings.branding.now();
    tagged_json(&headers, &shown.version, "public, max-age=60, must-revalidate", &shown.branding)
}
