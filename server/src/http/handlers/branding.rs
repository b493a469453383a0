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
    let settings = &state.settings;
    tagged_json(
        &headers,
        &settings.branding_version,
        "public, max-age=60, must-revalidate",
        &settings.branding,
    )
}
