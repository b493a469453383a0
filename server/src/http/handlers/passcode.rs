//! `GET /me/managedDevices/{id}/temporaryPasscode`: the one answer that holds a passcode.

use crate::http::api_error::ApiError;
use crate::http::call::OwnDevice;
use crate::http::openapi::OwnRefusals;
use crate::http::router::EdgeState;
use axum::Json;
use axum::extract::State;
use portal_contract::TemporaryPasscode;

/// The temporary passcode of the newest completed reset.
#[utoipa::path(
    get,
    operation_id = "getTemporaryPasscode",
    path = "/me/managedDevices/{id}/temporaryPasscode",
    params(("id" = String, Path, description = "The device")),
    responses((status = 200, body = TemporaryPasscode), OwnRefusals)
)]
pub(in crate::http) async fn temporary_passcode(
    State(state): State<EdgeState>,
    own: OwnDevice,
) -> Result<Json<TemporaryPasscode>, ApiError> {
    Ok(Json(state.portal.temporary_passcode(&own.call).await?))
}
