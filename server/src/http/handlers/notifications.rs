//! `GET /me/notifications` and marking one as read.

use crate::http::api_error::ApiError;
use crate::http::auth::Authenticated;
use crate::http::call::OwnNotification;
use crate::http::openapi::{OwnRefusals, Refusals};
use crate::http::router::EdgeState;
use axum::Json;
use axum::extract::State;
use portal_contract::{Notification, Page};

/// The person's notifications, newest first.
#[utoipa::path(
    get,
    operation_id = "listNotifications",
    path = "/me/notifications",
    responses((status = 200, body = Page<Notification>), Refusals)
)]
pub(in crate::http) async fn list(
    State(state): State<EdgeState>,
    authenticated: Authenticated,
) -> Result<Json<Page<Notification>>, ApiError> {
    let value = state.portal.notifications(&authenticated.sign_in).await?;
    Ok(Json(Page { value, next_link: None, unavailable_services: Vec::new() }))
}

/// Marks a notification as read.
#[utoipa::path(
    post,
    operation_id = "readNotification",
    path = "/me/notifications/{id}/read",
    params(("id" = String, Path, description = "The notification")),
    responses((status = 200, body = Notification), OwnRefusals)
)]
pub(in crate::http) async fn read(
    State(state): State<EdgeState>,
    own: OwnNotification,
) -> Result<Json<Notification>, ApiError> {
    Ok(Json(state.portal.mark_read(&own.authenticated.sign_in, own.id.as_ref()).await?))
}
