//! `GET .../deviceActionResults/{resultId}` and cancelling it.

use crate::http::api_error::ApiError;
use crate::http::call::OwnDevice;
use crate::http::openapi::{CancelRefusals, OwnRefusals};
use crate::http::router::EdgeState;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use portal_contract::DeviceActionResult;

/// One action of a device.
#[utoipa::path(
    get,
    operation_id = "getDeviceActionResult",
    path = "/me/managedDevices/{id}/deviceActionResults/{resultId}",
    params(
        ("id" = String, Path, description = "The device"),
        ("resultId" = String, Path, description = "The action")
    ),
    responses((status = 200, body = DeviceActionResult), OwnRefusals)
)]
pub(in crate::http) async fn one(
    State(state): State<EdgeState>,
    own: OwnDevice,
) -> Result<Json<DeviceActionResult>, ApiError> {
    Ok(Json(state.portal.action_result(&own.call, own.result_id.as_ref()).await?))
}

/// Cancels an action that is pending.
#[utoipa::path(
    post,
    operation_id = "cancelDeviceAction",
    path = "/me/managedDevices/{id}/deviceActionResults/{resultId}/cancel",
    params(
        ("id" = String, Path, description = "The device"),
        ("resultId" = String, Path, description = "The action")
    ),
    responses((status = 202, body = DeviceActionResult), OwnRefusals, CancelRefusals)
)]
pub(in crate::http) async fn cancel(
    State(state): State<EdgeState>,
    own: OwnDevice,
) -> Result<(StatusCode, Json<DeviceActionResult>), ApiError> {
    let result = state.portal.cancel(&own.call, own.result_id.as_ref()).await?;
    Ok((StatusCode::ACCEPTED, Json(result)))
}
