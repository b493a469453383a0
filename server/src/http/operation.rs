//! What those who operate the server ask, on an address of its own: metrics, and the two questions of an orchestrator.

use super::api_error::ApiError;
use super::router::EdgeState;
use super::{finish, health};
use crate::metrics::MEDIA_TYPE;
use axum::Router;
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::middleware::from_fn_with_state;
use axum::response::IntoResponse;
use axum::routing::get;

/// The service behind `metrics_listen`.
pub fn operation_router(state: EdgeState) -> Router {
    Router::new()
        .route("/metrics", get(metrics))
        .route("/healthz", get(health::healthz))
        .route("/readyz", get(health::readyz))
        .fallback(|| async { ApiError::not_found() })
        .layer(from_fn_with_state(state.clone(), finish::finish_quietly))
        .with_state(state)
}

async fn metrics(State(state): State<EdgeState>) -> Result<impl IntoResponse, ApiError> {
    let reasons = health::not_ready(&state).await;
    // Figures that cannot be read are no reason to hide what was counted: that is when people look.
    let figures = state.portal.figures().await.unwrap_or_default();
    let text = state.metrics.text(&figures, state.tokens.keys_fetched(), &reasons, state.portal.now());
    Ok(([(header::CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE))], text))
}
