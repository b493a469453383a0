//! Whether the process lives, and whether it can do its work.

use super::api_error::ApiError;
use super::router::EdgeState;
use axum::Json;
use axum::extract::State;
use serde::Serialize;

/// The answer of both calls.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct Health {
    /// `ok`.
    status: &'static str,
}

/// The process is up.
#[utoipa::path(get, path = "/healthz", responses((status = 200, body = Health)), security(()))]
pub(super) async fn healthz() -> Json<Health> {
    Json(Health { status: "ok" })
}

/// The database answers and tokens can be checked.
#[utoipa::path(
    get,
    path = "/readyz",
    responses((status = 200, body = Health), (status = 503, body = portal_contract::Problem)),
    security(())
)]
pub(super) async fn readyz(State(state): State<EdgeState>) -> Result<Json<Health>, ApiError> {
    if !state.portal.is_ready().await {
        tracing::warn!("not ready: the database does not answer");
        return Err(ApiError::unavailable(5));
    }
    if !state.tokens.is_ready().await {
        tracing::warn!("not ready: the provider's keys are not known");
        return Err(ApiError::unavailable(5));
    }
    Ok(Json(Health { status: "ok" }))
}
