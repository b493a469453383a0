//! The person who is signed in, as the validated token says, and signing out everywhere.

use crate::UtcTime;
use crate::json::Fields;
use serde::{Deserialize, Serialize};

/// The answer of `GET /me`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Me {
    /// The person's stable identifier.
    pub id: String,
    /// The person's name.
    #[serde(default)]
    pub display_name: String,
    /// The person's sign-in name.
    #[serde(default)]
    pub user_principal_name: String,
    /// When the person last proved who they are; absent when the token does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub auth_time: Option<UtcTime>,
    /// The organisation's choice: a passcode may be reset without a second sign-in while the first one is no older than this
    /// many seconds (60 to 120), by a request that says so (`skipSecondSignIn`). Absent where it chose no such thing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub skip_second_sign_in_within_seconds: Option<i64>,
}

impl Me {
    /// Takes the fields out of a JSON object (see [`crate::json`]).
    #[must_use]
    pub fn read(fields: &Fields<'_>) -> Self {
        Self {
            id: fields.text("id"),
            display_name: fields.shown_or_empty("displayName"),
            user_principal_name: fields.shown_or_empty("userPrincipalName"),
            auth_time: fields.optional_moment("authTime"),
            skip_second_sign_in_within_seconds: fields.optional_number("skipSecondSignInWithinSeconds"),
        }
    }
}

/// The answer of `POST /me/revokeSignInSessions` (as in Graph).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RevokedSessions {
    /// Whether every token issued until now is refused from now on; always true.
    pub value: bool,
}

impl RevokedSessions {
    /// Takes the fields out of a JSON object (see [`crate::json`]).
    #[must_use]
    pub fn read(fields: &Fields<'_>) -> Self {
        if !fields.value("value").is_some_and(crate::json::Value::is_boolean) {
            fields.refuse();
        }
        Self { value: fields.flag("value") }
    }
}
