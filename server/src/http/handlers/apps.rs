//! `GET /me/managedDevices/{id}/apps`.

use crate::domain::app::App;
use crate::http::api_error::ApiError;
use crate::http::call::OwnDevice;
use crate::http::openapi::OwnRefusals;
use crate::http::router::EdgeState;
use axum::Json;
use axum::extract::State;
use portal_contract::{DeviceApp, Page};

/// The organisation's applications on the device, by name; at most 1000.
#[utoipa::path(
    get,
    operation_id = "listDeviceApps",
    path = "/me/managedDevices/{id}/apps",
    params(("id" = String, Path, description = "The device")),
    responses((status = 200, body = Page<DeviceApp>), OwnRefusals)
)]
pub(in crate::http) async fn of_device(
    State(state): State<EdgeState>,
    own: OwnDevice,
) -> Result<Json<Page<DeviceApp>>, ApiError> {
    let value = state.portal.apps(&own.call).await?.into_iter().map(shown).collect();
    Ok(Json(Page { value, next_link: None, unavailable_services: Vec::new() }))
}

fn shown(app: App) -> DeviceApp {
    DeviceApp {
        id: app.id,
        display_name: app.name,
        version: app.version,
        publisher: app.publisher,
        state: app.state,
        failure: app.failure,
    }
}
