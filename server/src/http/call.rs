//! A call on one device, read from the path. Text that cannot be an identifier becomes `None`, so that it
//! takes the same way as an unknown one and gets the same answer.

use super::api_error::ApiError;
use super::auth::Authenticated;
use super::router::EdgeState;
use crate::application::DeviceCall;
use crate::domain::ids::{DeviceId, NotificationId, ResultId};
use axum::extract::{FromRequestParts, RawPathParams};
use axum::http::request::Parts;

/// A call on a device, and perhaps on one of its actions.
pub(super) struct OwnDevice {
    pub(super) call: DeviceCall,
    pub(super) result_id: Option<ResultId>,
    /// The name of an action, as it stands in the path.
    pub(super) action: Option<String>,
}

impl FromRequestParts<EdgeState> for OwnDevice {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &EdgeState) -> Result<Self, ApiError> {
        let Authenticated { sign_in, origin } = Authenticated::from_request_parts(parts, state).await?;
        let device = segment(parts, state, "id").await.as_deref().and_then(DeviceId::parse);
        let result_id = segment(parts, state, "resultId").await.as_deref().and_then(ResultId::parse);
        let action = segment(parts, state, "action").await;
        Ok(Self { call: DeviceCall { sign_in, device, origin }, result_id, action })
    }
}

/// A call on a notification.
pub(super) struct OwnNotification {
    pub(super) authenticated: Authenticated,
    pub(super) id: Option<NotificationId>,
}

impl FromRequestParts<EdgeState> for OwnNotification {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &EdgeState) -> Result<Self, ApiError> {
        let authenticated = Authenticated::from_request_parts(parts, state).await?;
        let id = segment(parts, state, "id").await.as_deref().and_then(NotificationId::parse);
        Ok(Self { authenticated, id })
    }
}

/// A parameter of the path; `None` if it is not even text.
async fn segment(parts: &mut Parts, state: &EdgeState, name: &str) -> Option<String> {
    let params = RawPathParams::from_request_parts(parts, state).await.ok()?;
    params.iter().find(|(known, _)| *known == name).map(|(_, value)| value.to_owned())
}
