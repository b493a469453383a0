//! The organisation's categories of devices (Graph `deviceCategory`).

use crate::json::Fields;
use serde::{Deserialize, Serialize};

/// One category that a device may be put into: an item of `GET .../deviceCategories`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DeviceCategory {
    /// What `setCategory` is told.
    pub id: String,
    /// What people call it; `deviceCategoryDisplayName` of the devices in it.
    pub display_name: String,
}

impl DeviceCategory {
    /// Takes the fields out of a JSON object (see [`crate::json`]).
    #[must_use]
    pub fn read(fields: &Fields<'_>) -> Self {
        Self { id: fields.shown("id"), display_name: fields.shown("displayName") }
    }
}
