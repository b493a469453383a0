//! `POST /me/managedDevices/{id}/actions/{action}`, and the reset's own address from before there were other actions.

use crate::application::{ActionRequest, KeyHeader, SignInClaim};
use crate::domain::action::{ActionKind, Requested};
use crate::domain::category::CategoryId;
use crate::domain::device_name::DeviceName;
use crate::domain::idempotency::IdempotencyKey;
use crate::http::api_error::ApiError;
use crate::http::call::OwnDevice;
use crate::http::conditional::precondition;
use crate::http::openapi::{ActionRefusals, OwnRefusals};
use crate::http::router::EdgeState;
use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use portal_contract::{ActionName, BASE_PATH, DeviceActionResult};
use serde::Deserialize;

/// What a new name comes as; without `name`, or with an empty one, the name is taken away.
#[derive(Debug, Default, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields, default)]
pub(in crate::http) struct RenameBody {
    /// 1 to 64 characters without control characters, white space at its ends not counted; empty takes the name away.
    #[schema(max_length = 64)]
    name: String,
}

/// Which category a device is put into.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(in crate::http) struct CategoryBody {
    /// The `id` of one of the device's `deviceCategories`.
    category_id: String,
}

/// What a reset may be told.
#[derive(Debug, Default, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields, default, rename_all = "camelCase")]
pub(in crate::http) struct ResetBody {
    /// That the person did not sign in a second time for it. Accepted where the organisation chose so, while the sign-in is no
    /// older than `skipSecondSignInWithinSeconds` of `GET /me`; the audit record says it.
    skip_second_sign_in: bool,
}

/// What an action is told; the others take none.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(untagged)]
#[expect(dead_code, reason = "describes what the body may be; it is read by the action's name")]
#[schema(as = ActionBody)]
pub(in crate::http) enum ActionBody {
    /// For `resetPasscode`.
    #[schema(title = "resetPasscode")]
    ResetPasscode(ResetBody),
    /// For `rename`.
    #[schema(title = "rename")]
    Rename(RenameBody),
    /// For `setCategory`.
    #[schema(title = "setCategory")]
    SetCategory(CategoryBody),
}

/// Resets the passcode. The body is empty or a JSON object.
#[utoipa::path(
    post,
    operation_id = "resetPasscode",
    path = "/me/managedDevices/{id}/resetPasscode",
    params(
        ("id" = String, Path, description = "The device"),
        ("Idempotency-Key" = String, Header, description = "The same key gives the same answer for 24 hours"),
        ("If-Match" = Option<String>, Header, description = "Only if the device is still at this version")
    ),
    request_body(content = Option<ResetBody>, description = "Empty unless a second sign-in was skipped"),
    responses(
        (
            status = 202,
            body = DeviceActionResult,
            description = "Accepted and written down",
            headers(("Location" = String))
        ),
        OwnRefusals,
        ActionRefusals
    )
)]
pub(in crate::http) async fn reset_passcode(
    State(state): State<EdgeState>,
    own: OwnDevice,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, ApiError> {
    act(&state, own, ActionKind::ResetPasscode, &headers, body).await
}

/// Starts an action. The body is empty or an empty JSON object, but for `rename` (a `RenameBody`), `setCategory` (a
/// `CategoryBody`) and `resetPasscode` (a `ResetBody`).
#[utoipa::path(
    post,
    operation_id = "startDeviceAction",
    path = "/me/managedDevices/{id}/actions/{action}",
    params(
        ("id" = String, Path, description = "The device"),
        ("action" = ActionName, Path, description = "The action"),
        ("Idempotency-Key" = String, Header, description = "The same key gives the same answer for 24 hours"),
        ("If-Match" = Option<String>, Header, description = "Only if the device is still at this version")
    ),
    request_body(content = Option<ActionBody>, description = "For `rename`, `setCategory` and `resetPasscode` only"),
    responses(
        (
            status = 202,
            body = DeviceActionResult,
            description = "Accepted and written down; asked for again while it is open, an action other than the reset is \
                           answered with the run there is",
            headers(("Location" = String))
        ),
        OwnRefusals,
        ActionRefusals
    )
)]
pub(in crate::http) async fn start(
    State(state): State<EdgeState>,
    own: OwnDevice,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, ApiError> {
    let kind = own.action.as_deref().map(ActionName::from_wire).and_then(ActionKind::named);
    let kind = kind.ok_or_else(ApiError::not_found)?;
    act(&state, own, kind, &headers, body).await
}

async fn act(
    state: &EdgeState,
    own: OwnDevice,
    kind: ActionKind,
    headers: &HeaderMap,
    body: Body,
) -> Result<Response, ApiError> {
    // Half of the time an answer may take, so that a slow sender is told so and not that the server is busy.
    let patience = state.settings.request_timeout / 2;
    let read = tokio::time::timeout(patience, axum::body::to_bytes(body, state.settings.body_bytes)).await;
    let body = read.map_err(|_| ApiError::request_timeout())?.map_err(|_| ApiError::payload_too_large())?;
    let device = own.call.device.clone();
    let request = ActionRequest {
        call: own.call,
        requested: requested(kind, &body)?,
        sign_in_claim: sign_in_claim(kind, &body)?,
        key: key(headers),
        body: body.to_vec(),
        precondition: precondition(headers),
    };
    let result = state.portal.act(&request).await?;
    let device = device.ok_or_else(ApiError::not_found)?;
    let location = format!("{BASE_PATH}/me/managedDevices/{device}/deviceActionResults/{}", result.id);
    let location = HeaderValue::from_str(&location).map_err(|_| ApiError::internal())?;
    Ok((StatusCode::ACCEPTED, [(header::LOCATION, location)], Json(result)).into_response())
}

/// What the body asks for.
fn requested(kind: ActionKind, body: &[u8]) -> Result<Requested, ApiError> {
    let bare = |requested| {
        let is_bare = is_empty_object(body);
        if is_bare {
            Ok(requested)
        } else {
            Err(ApiError::invalid("the body must be empty or an empty JSON object"))
        }
    };
    match kind {
        // What it may be told is read by `sign_in_claim`.
        ActionKind::ResetPasscode => Ok(Requested::ResetPasscode),
        ActionKind::RemoteLock => bare(Requested::RemoteLock),
        ActionKind::SyncDevice => bare(Requested::SyncDevice),
        ActionKind::Retire => bare(Requested::Retire),
        ActionKind::Wipe => bare(Requested::Wipe),
        ActionKind::RebootNow => bare(Requested::RebootNow),
        ActionKind::ShowRecoveryKey => bare(Requested::ShowRecoveryKey),
        ActionKind::ShowLocalAdministratorPassword => bare(Requested::ShowLocalAdministratorPassword),
        ActionKind::Rename => Ok(Requested::Rename(new_name(body)?)),
        ActionKind::SetCategory => Ok(Requested::SetCategory(chosen_category(body)?)),
    }
}

/// What the body says about the sign-in. Only a reset may be asked for without a second one.
fn sign_in_claim(kind: ActionKind, body: &[u8]) -> Result<SignInClaim, ApiError> {
    if kind != ActionKind::ResetPasscode || body.is_empty() {
        return Ok(SignInClaim::Usual);
    }
    let read = object(body).map(|ResetBody { skip_second_sign_in }| skip_second_sign_in);
    match read {
        Some(true) => Ok(SignInClaim::NoSecond),
        Some(false) => Ok(SignInClaim::Usual),
        None => {
            Err(ApiError::invalid("the body must be empty or an object with skipSecondSignIn, true or false"))
        }
    }
}

/// The new name; `None` takes it away.
fn new_name(body: &[u8]) -> Result<Option<DeviceName>, ApiError> {
    let wrong = || {
        ApiError::invalid("the body must be an object with a name of at most 64 characters that can be shown")
    };
    let RenameBody { name } =
        if body.is_empty() { RenameBody::default() } else { object(body).ok_or_else(wrong)? };
    if name.trim().is_empty() { Ok(None) } else { DeviceName::parse(&name).map(Some).map_err(|_| wrong()) }
}

fn chosen_category(body: &[u8]) -> Result<CategoryId, ApiError> {
    let chosen = object(body).and_then(|CategoryBody { category_id }| CategoryId::parse(&category_id));
    chosen.ok_or_else(|| ApiError::invalid("the body must be an object with the categoryId of a category"))
}

/// An object first: a derived reader takes a list for a structure as well.
fn object<T: serde::de::DeserializeOwned>(body: &[u8]) -> Option<T> {
    let object: serde_json::Map<String, serde_json::Value> = serde_json::from_slice(body).ok()?;
    serde_json::from_value(object.into()).ok()
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
