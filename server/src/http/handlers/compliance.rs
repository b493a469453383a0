//! `GET /me/managedDevices/{id}/compliance`.

use crate::http::api_error::ApiError;
use crate::http::call::OwnDevice;
use crate::http::openapi::OwnRefusals;
use crate::http::router::EdgeState;
use axum::Json;
use axum::extract::State;
use portal_contract::DeviceCompliance;

/// Whether the device meets the organisation's rules, and which it does not.
#[utoipa::path(
    get,
    operation_id = "getDeviceCompliance",
    path = "/me/managedDevices/{id}/compliance",
    params(("id" = String, Path, description = "The device")),
    responses((status = 200, body = DeviceCompliance), OwnRefusals)
)]
pub(in crate::http) async fn of_device(
    State(state): State<EdgeState>,
    own: OwnDevice,
) -> Result<Json<DeviceCompliance>, ApiError> {
    Ok(Json(state.portal.compliance(&own.call).await?))
}
