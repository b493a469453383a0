//! `GET /me/history`, that of one device, and "this wasn't me".

use crate::http::api_error::ApiError;
use crate::http::auth::Authenticated;
use crate::http::call::OwnDevice;
use crate::http::openapi::{OwnRefusals, Refusals};
use crate::http::router::EdgeState;
use crate::ports::HistoryPage;
use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use portal_contract::{BASE_PATH, HistoryEntry, Page, UnrecognizedReport};
use serde::Deserialize;

/// How many entries a page has unless asked otherwise, and at most.
const PAGE_SIZE: u16 = 50;
const LARGEST_PAGE: u16 = 200;

/// The paging parameters, spelled as OData does.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(in crate::http) struct HistoryPaging {
    /// At most this many; more than 200 is 200.
    #[param(minimum = 1)]
    #[serde(rename = "$top")]
    top: Option<u64>,
    /// From a `nextLink`.
    #[serde(rename = "$skiptoken")]
    skip_token: Option<String>,
}

type Paging = Result<Query<HistoryPaging>, QueryRejection>;

fn page(paging: Paging) -> Result<HistoryPage, ApiError> {
    let Query(paging) =
        paging.map_err(|_| ApiError::invalid("$top must be a number, and each parameter given once"))?;
    let size = paging.top.unwrap_or(u64::from(PAGE_SIZE)).min(u64::from(LARGEST_PAGE));
    if size == 0 {
        return Err(ApiError::invalid("$top must be at least 1"));
    }
    Ok(HistoryPage { size: u16::try_from(size).unwrap_or(LARGEST_PAGE), before: paging.skip_token })
}

fn linked(
    path: &str,
    page: &HistoryPage,
    (value, next): (Vec<HistoryEntry>, Option<String>),
) -> Json<Page<HistoryEntry>> {
    let next_link = next.map(|next| format!("{BASE_PATH}{path}?$top={}&$skiptoken={next}", page.size));
    Json(Page { value, next_link, unavailable_services: Vec::new() })
}

/// What happened, newest first.
#[utoipa::path(
    get,
    operation_id = "listHistory",
    path = "/me/history",
    params(HistoryPaging),
    responses((status = 200, body = Page<HistoryEntry>), Refusals)
)]
pub(in crate::http) async fn of_person(
    State(state): State<EdgeState>,
    authenticated: Authenticated,
    paging: Paging,
) -> Result<Json<Page<HistoryEntry>>, ApiError> {
    let page = page(paging)?;
    let found = state.portal.history(&authenticated.sign_in, &page).await?;
    Ok(linked("/me/history", &page, found))
}

/// What happened with one device, newest first.
#[utoipa::path(
    get,
    operation_id = "listDeviceHistory",
    path = "/me/managedDevices/{id}/history",
    params(("id" = String, Path, description = "The device"), HistoryPaging),
    responses((status = 200, body = Page<HistoryEntry>), OwnRefusals)
)]
pub(in crate::http) async fn of_device(
    State(state): State<EdgeState>,
    own: OwnDevice,
    paging: Paging,
) -> Result<Json<Page<HistoryEntry>>, ApiError> {
    let page = page(paging)?;
    let found = state.portal.device_history(&own.call, &page).await?;
    let device = own.call.device.ok_or_else(ApiError::not_found)?;
    Ok(linked(&format!("/me/managedDevices/{device}/history"), &page, found))
}

/// "This wasn't me": writes down that the person does not recognise a reset.
#[utoipa::path(
    post,
    operation_id = "reportUnrecognizedReset",
    path = "/me/managedDevices/{id}/deviceActionResults/{resultId}/reportUnrecognized",
    params(
        ("id" = String, Path, description = "The device"),
        ("resultId" = String, Path, description = "The reset")
    ),
    responses(
        (
            status = 202,
            body = UnrecognizedReport,
            description = "Written down; again for the same reset gives the same answer"
        ),
        OwnRefusals
    )
)]
pub(in crate::http) async fn report_unrecognized(
    State(state): State<EdgeState>,
    own: OwnDevice,
) -> Result<(StatusCode, Json<UnrecognizedReport>), ApiError> {
    let report = state.portal.report_unrecognized(&own.call, own.result_id.as_ref()).await?;
    Ok((StatusCode::ACCEPTED, Json(report)))
}
