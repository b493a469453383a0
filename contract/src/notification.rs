//! What the notification flag shows.

use crate::json::Fields;
use crate::{ActionName, ActionState, FailureCode, UtcTime};
use serde::{Deserialize, Serialize};

open_enum! {
    /// What a notification is about.
    NotificationKind {
        /// A passcode reset came to its end (done, failed or superseded).
        PasscodeReset = "passcodeReset",
        /// Another action came to its end; `actionName` says which.
        ActionEnded = "actionEnded",
    }
}

/// One notification of the person (`GET /me/notifications`, newest first). The page writes the words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Notification {
    /// Identifies the notification.
    pub id: String,
    /// What it is about.
    pub kind: NotificationKind,
    /// Which action it reports; absent from servers that know only the reset.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub action_name: Option<ActionName>,
    /// The device it is about.
    pub device_id: String,
    /// The device's name when it happened.
    pub device_name: String,
    /// The action it reports.
    pub result_id: String,
    /// How the action ended.
    pub action_state: ActionState,
    /// Why it failed or was superseded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error_code: Option<FailureCode>,
    /// When it happened.
    pub created_date_time: UtcTime,
    /// Whether the person has read it.
    pub is_read: bool,
}

impl Notification {
    /// Takes the fields out of a JSON object (see [`crate::json`]).
    #[must_use]
    pub fn read(fields: &Fields<'_>) -> Self {
        Self {
            id: fields.shown("id"),
            kind: NotificationKind::from_wire(fields.word_or_empty("kind")),
            action_name: fields.optional_word("actionName").map(ActionName::from_wire),
            device_id: fields.shown("deviceId"),
            device_name: fields.shown_or_empty("deviceName"),
            result_id: fields.shown_or_empty("resultId"),
            action_state: ActionState::from_wire(fields.word_or_empty("actionState")),
            error_code: fields.optional_word("errorCode").map(FailureCode::from_wire),
            created_date_time: fields.moment_or_never("createdDateTime"),
            is_read: fields.flag("isRead"),
        }
    }
}
