//! `POST /me/managedDevices/{id}/resetPasscode`.

use crate::application::{KeyHeader, ResetRequest};
use crate::domain::idempotency::IdempotencyKey;
use crate::http::api_error::ApiError;
use crate::http::call::OwnDevice;
use crate::http::conditional::precondition;
use crate::http::openapi::{OwnRefusals, ResetRefusals};
use crate::http::router::EdgeState;
use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use portal_contract::{BASE_PATH, DeviceActionResult};

/// Resets the passcode. The body is empty or an empty JSON object.
#[utoipa::path(
    post,
    operation_id = "resetPasscode",
    path = "/me/managedDevices/{id}/resetPasscode",
    params(
        ("id" = String, Path, description = "The device"),
        ("Idempotency-Key" = String, Header, description = "The same key gives the same answer for 24 hours"),
        ("If-Match" = Option<String>, Header, description = "Only if the device is still at this version")
    ),
    responses(
        (
            status = 202,
            body = DeviceActionResult,
            description = "Accepted and written down",
            headers(("Location" = String))
        ),
        OwnRefusals,
        ResetRefusals
    )
)]
pub(in crate::http) async fn reset(
    State(state): State<EdgeState>,
    own: OwnDevice,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, ApiError> {
    // Half of the time an answer may take, so that a slow sender is told so and not that the server is busy.
    let patience = state.settings.request_timeout / 2;
    let read = tokio::time::timeout(patience, axum::body::to_bytes(body, state.settings.body_bytes)).await;
    let body = read.map_err(|_| ApiError::request_timeout())?.map_err(|_| ApiError::payload_too_large())?;
    if !is_empty_object(&body) {
        return Err(ApiError::invalid("the body must be empty or an empty JSON object"));
    }
    let device = own.call.device.clone();
    let request = ResetRequest {
        call: own.call,
        key: key(&headers),
        body: body.to_vec(),
        precondition: precondition(&headers),
    };
    let result = state.portal.reset_passcode(&request).await?;
    let device = device.ok_or_else(ApiError::not_found)?;
    let location = format!("{BASE_PATH}/me/managedDevices/{device}/deviceActionResults/{}", result.id);
    let location = HeaderValue::from_str(&location).map_err(|_| ApiError::internal())?;
    Ok((StatusCode::ACCEPTED, [(header::LOCATION, location)], Json(result)).into_response())
}

fn is_empty_object(body: &[u8]) -> bool {
    body.is_empty()
        || serde_json::from_slice::<serde_json::Map<String, serde_json::Value>>(body)
            .is_ok_and(|map| map.is_empty())
}

fn key(headers: &HeaderMap) -> KeyHeader {
    let mut values = headers.get_all("idempotency-key").iter();
    match (values.next(), values.next()) {
        (None, _) => KeyHeader::Missing,
        (Some(value), None) => {
            value.to_str().ok().and_then(IdempotencyKey::parse).map_or(KeyHeader::Malformed, KeyHeader::Given)
        }
        (Some(_), Some(_)) => KeyHeader::Malformed,
    }
}
