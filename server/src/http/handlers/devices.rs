//! `GET /me/managedDevices` and one of them.

use crate::domain::ids::DeviceId;
use crate::http::api_error::ApiError;
use crate::http::auth::Authenticated;
use crate::http::call::OwnDevice;
use crate::http::conditional::tagged_json;
use crate::http::openapi::{OwnRefusals, Refusals};
use crate::http::router::EdgeState;
use crate::ports::PageRequest;
use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::HeaderMap;
use axum::response::Response;
use portal_contract::{BASE_PATH, ManagedDevice, Page};
use serde::Deserialize;

/// How many devices a page has at most, and unless asked otherwise.
const PAGE_SIZE: usize = 1000;

/// The paging parameters, spelled as OData does.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(in crate::http) struct Paging {
    /// At most this many; more than 1000 is 1000.
    #[param(minimum = 1)]
    #[serde(rename = "$top")]
    top: Option<usize>,
    /// From a `nextLink`.
    #[serde(rename = "$skiptoken")]
    skip_token: Option<String>,
}

/// The person's devices.
#[utoipa::path(
    get,
    operation_id = "listManagedDevices",
    path = "/me/managedDevices",
    params(Paging),
    responses((status = 200, body = Page<ManagedDevice>), Refusals)
)]
pub(in crate::http) async fn list(
    State(state): State<EdgeState>,
    authenticated: Authenticated,
    paging: Result<Query<Paging>, QueryRejection>,
) -> Result<Json<Page<ManagedDevice>>, ApiError> {
    let Query(paging) = paging.map_err(|_| ApiError::invalid("$top must be a number"))?;
    let size = paging.top.unwrap_or(PAGE_SIZE).min(PAGE_SIZE);
    if size == 0 {
        return Err(ApiError::invalid("$top must be at least 1"));
    }
    let after = match paging.skip_token {
        None => None,
        Some(text) => Some(DeviceId::parse(&text).ok_or(ApiError::invalid("$skiptoken is not one of ours"))?),
    };
    let page = PageRequest { size, after };
    let found = state.portal.devices(&authenticated.sign_in, &page).await?;
    let next_link =
        found.next_after.map(|next| format!("{BASE_PATH}/me/managedDevices?$top={size}&$skiptoken={next}"));
    Ok(Json(Page { value: found.devices, next_link, unavailable_services: found.unavailable }))
}

/// One device.
#[utoipa::path(
    get,
    operation_id = "getManagedDevice",
    path = "/me/managedDevices/{id}",
    params(("id" = String, Path, description = "The device")),
    responses(
        (status = 200, body = ManagedDevice, headers(("ETag" = String))),
        (status = 304, description = "The client has it"),
        OwnRefusals
    )
)]
pub(in crate::http) async fn one(
    State(state): State<EdgeState>,
    own: OwnDevice,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let view = state.portal.device(&own.call).await?;
    tagged_json(&headers, &view.version.0, "no-store", &view.device)
}
