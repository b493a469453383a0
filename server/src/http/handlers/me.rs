//! `GET /me`.

use crate::http::auth::Authenticated;
use crate::http::openapi::Refusals;
use crate::http::router::EdgeState;
use axum::Json;
use axum::extract::State;
use portal_contract::Me;

/// Who is signed in.
#[utoipa::path(get, path = "/me", responses((status = 200, body = Me), Refusals))]
pub(in crate::http) async fn me(State(state): State<EdgeState>, authenticated: Authenticated) -> Json<Me> {
    Json(state.portal.me(&authenticated.sign_in))
}
