//! `GET .../deviceActionResults/{resultId}/issuedSecret`: beside the temporary passcode the one answer that holds a secret.

use crate::http::api_error::ApiError;
use crate::http::call::OwnDevice;
use crate::http::openapi::OwnRefusals;
use crate::http::router::EdgeState;
use axum::Json;
use axum::extract::State;
use portal_contract::IssuedSecret;

/// The recovery key, or the password of the local administrator, that an action of the person's brought. Needs a fresh sign-in.
#[utoipa::path(
    get,
    operation_id = "getIssuedSecret",
    path = "/me/managedDevices/{id}/deviceActionResults/{resultId}/issuedSecret",
    params(
        ("id" = String, Path, description = "The device"),
        ("resultId" = String, Path, description = "The action")
    ),
    responses((status = 200, body = IssuedSecret), OwnRefusals)
)]
pub(in crate::http) async fn of_action(
    State(state): State<EdgeState>,
    own: OwnDevice,
) -> Result<Json<IssuedSecret>, ApiError> {
    Ok(Json(state.portal.issued_secret(&own.call, own.result_id.as_ref()).await?))
}
