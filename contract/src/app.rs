//! What the organisation has on a device: applications, and how far each is.

use crate::json::Fields;
use serde::{Deserialize, Serialize};

open_enum! {
    /// How far an application of the organisation's is on a device.
    AppState {
        /// It is there.
        Installed = "installed",
        /// It is on its way.
        Pending = "pending",
        /// It could not be installed.
        Failed = "failed",
        /// It is not for this device.
        NotApplicable = "notApplicable",
    }
}

/// One application: an item of `GET .../apps`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DeviceApp {
    /// Identifies it among the applications of the device.
    pub id: String,
    /// What people call it.
    pub display_name: String,
    /// Its version; empty where the service does not say.
    #[serde(default)]
    pub version: String,
    /// Who made it; empty where the service does not say.
    #[serde(default)]
    pub publisher: String,
    /// How far it is.
    pub state: AppState,
    /// Why it could not be installed, in the service's words; empty where there are none.
    #[serde(default)]
    pub failure: String,
}

impl DeviceApp {
    /// Takes the fields out of a JSON object (see [`crate::json`]).
    #[must_use]
    pub fn read(fields: &Fields<'_>) -> Self {
        Self {
            id: fields.shown("id"),
            display_name: fields.shown("displayName"),
            version: fields.shown_or_empty("version"),
            publisher: fields.shown_or_empty("publisher"),
            state: AppState::from_wire(fields.word("state")),
            failure: fields.shown_or_empty("failure"),
        }
    }
}
