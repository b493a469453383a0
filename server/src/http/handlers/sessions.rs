//! `POST /me/revokeSignInSessions`.

use crate::http::api_error::ApiError;
use crate::http::auth::Authenticated;
use crate::http::openapi::Refusals;
use crate::http::router::EdgeState;
use axum::Json;
use axum::extract::State;
use portal_contract::RevokedSessions;

/// Signs out everywhere: every token issued in or before this second is refused with 401 from now on, the one of this
/// call included, and the person's event streams end.
#[utoipa::path(
    post,
    operation_id = "revokeSignInSessions",
    path = "/me/revokeSignInSessions",
    responses((status = 200, body = RevokedSessions), Refusals)
)]
pub(in crate::http) async fn revoke(
    State(state): State<EdgeState>,
    authenticated: Authenticated,
) -> Result<Json<RevokedSessions>, ApiError> {
    state.portal.revoke_sessions(&authenticated.sign_in, &authenticated.origin).await?;
    Ok(Json(RevokedSessions { value: true }))
}
