//! `GET /me/managedDevices/{id}/deviceCategories`.

use crate::domain::category::Category;
use crate::http::api_error::ApiError;
use crate::http::call::OwnDevice;
use crate::http::openapi::OwnRefusals;
use crate::http::router::EdgeState;
use axum::Json;
use axum::extract::State;
use portal_contract::{DeviceCategory, Page};

/// The categories the device may be put into, in the order in which they are offered.
#[utoipa::path(
    get,
    operation_id = "listDeviceCategories",
    path = "/me/managedDevices/{id}/deviceCategories",
    params(("id" = String, Path, description = "The device")),
    responses((status = 200, body = Page<DeviceCategory>), OwnRefusals)
)]
pub(in crate::http) async fn of_device(
    State(state): State<EdgeState>,
    own: OwnDevice,
) -> Result<Json<Page<DeviceCategory>>, ApiError> {
    let shown = |one: Category| DeviceCategory { id: one.id.as_str().to_owned(), display_name: one.name };
    let value = state.portal.categories(&own.call).await?.into_iter().map(shown).collect();
    Ok(Json(Page { value, next_link: None, unavailable_services: Vec::new() }))
}
