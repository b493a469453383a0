//! What travels over `GET /me/events` (server-sent events, WHATWG HTML section 9.2).
//!
//! An event says *that* something changed, never *what it is now*: the page reads the thing again by the call it already
//! uses, so there is one truth and no secret in a stream. `id:` grows strictly; a client that comes back sends the last
//! one as `Last-Event-ID` and gets what it missed, or [`RESYNC`].

use crate::json::Fields;
use serde::{Deserialize, Serialize};

/// `event:` of a change of a device or of one of its actions; `data` is a [`ChangeEvent`] with `deviceId`.
pub const DEVICE: &str = "device";
/// `event:` of a new notification, or one that was read; `data` is a [`ChangeEvent`] with `notificationId`.
pub const NOTIFICATION: &str = "notification";
/// `event:` when changes cannot be told one by one (any more): read everything again. `data` is `{}`.
pub const RESYNC: &str = "resync";

/// The `data` of an event.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ChangeEvent {
    /// The device to read again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub device_id: Option<String>,
    /// The notification to read again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notification_id: Option<String>,
}

impl ChangeEvent {
    /// Takes the fields out of a JSON object (see [`crate::json`]).
    #[must_use]
    pub fn read(fields: &Fields<'_>) -> Self {
        Self {
            device_id: fields.optional_shown("deviceId"),
            notification_id: fields.optional_shown("notificationId"),
        }
    }
}
