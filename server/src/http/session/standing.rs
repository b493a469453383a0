//! `GET /session`: who is signed in.

use super::Activity;
use crate::http::api_error::ApiError;
use crate::http::auth::authenticate;
use crate::http::router::EdgeState;
use axum::Json;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use portal_contract::{Me, UtcTime};
use serde::Serialize;

/// The person, and what time it is here: with both the page knows how long ago the sign-in was, whatever its own clock says.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SessionStatus {
    #[serde(flatten)]
    me: Me,
    current_date_time: UtcTime,
}

pub(super) async fn standing(State(state): State<EdgeState>, request: Request) -> Result<Response, ApiError> {
    let (parts, _) = request.into_parts();
    match authenticate(&parts, &state, Activity::Question).await {
        Ok(sign_in) => {
            let current_date_time = state.portal.now();
            Ok(Json(SessionStatus { me: state.portal.me(&sign_in), current_date_time }).into_response())
        }
        // Nobody is no error here: the page only asks.
        Err(error) if error.is_unauthenticated() => Ok(StatusCode::NO_CONTENT.into_response()),
        Err(error) => Err(error),
    }
}
