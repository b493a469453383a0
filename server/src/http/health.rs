//! Whether the process lives, and whether it can do its work.

use super::api_error::ApiError;
use super::router::EdgeState;
use crate::domain::operation::NotReady;
use axum::Json;
use axum::extract::State;
use serde::Serialize;

/// The answer of both calls.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Health {
    /// `ok`.
    status: &'static str,
    /// Only where devices are simulated: what is done with them reaches no phone.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    simulated_devices: bool,
}

/// The process is up.
#[utoipa::path(get, path = "/healthz", responses((status = 200, body = Health)), security(()))]
pub(super) async fn healthz() -> Json<Health> {
    Json(Health { status: "ok", simulated_devices: false })
}

/// The database can be written, the device back end answers, tokens can be checked, and the server is not about to stop.
/// Otherwise the problem's `detail` names every reason.
#[utoipa::path(
    get,
    path = "/readyz",
    responses((status = 200, body = Health), (status = 503, body = portal_contract::Problem)),
    security(())
)]
pub(super) async fn readyz(State(state): State<EdgeState>) -> Result<Json<Health>, ApiError> {
    let reasons = not_ready(&state).await;
    if !reasons.is_empty() {
        return Err(ApiError::not_ready(&reasons, 5));
    }
    Ok(Json(Health { status: "ok", simulated_devices: state.settings.has_simulated_devices }))
}

/// Every reason for which this server should get no requests.
pub(super) async fn not_ready(state: &EdgeState) -> Vec<NotReady> {
    let mut reasons = state.portal.not_ready().await;
    if !state.tokens.is_ready().await {
        tracing::warn!("not ready: the provider's keys are not known");
        reasons.push(NotReady::ProviderKeysMissing);
    }
    reasons
}
