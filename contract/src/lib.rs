//! The REST contract between the page and the server: types, header names and error codes; and the addresses of the page,
//! which whoever serves it has to know.
//!
//! Both sides compile this crate, so a field cannot be renamed on one side only. It knows neither a browser nor a
//! server. Names follow Microsoft Graph's `managedDevice` where Graph has the thing, camelCase on the wire.
//! Unknown fields are ignored; an enumeration value that does not exist yet arrives as `Other`.

// The contract is read by whoever writes a client: every item says what it means.
#![warn(missing_docs)]

#[macro_use]
mod open_enum;
mod action;
pub mod addresses;
mod app;
mod branding;
mod category;
mod compliance;
mod device;
pub mod events;
pub mod headers;
mod history;
mod issued_secret;
pub mod json;
mod notification;
pub mod page_config;
mod passcode;
mod person;
mod problem;
pub mod session;
pub mod sign_out;
mod utc_time;

pub use action::{
    ActionAvailability, ActionName, ActionProgress, ActionState, CharacterSet, DeviceActionResult,
    DeviceActions, FailureCode, OutcomeKind, RefusalReason, ResetOutcome,
};
pub use app::{AppState, DeviceApp};
pub use branding::Branding;
pub use category::DeviceCategory;
pub use compliance::{DeviceCompliance, FailingRule, ResourceAccess};
pub use device::{
    ComplianceState, DeviceEnrollmentType, ManagedDevice, ManagedDeviceOwnerType, ManagementAgentType,
};
pub use events::ChangeEvent;
pub use history::{
    ClientBrowser, ClientDescription, ClientNetwork, ClientSystem, HistoryActivity, HistoryActor,
    HistoryEntry, UnrecognizedReport,
};
pub use issued_secret::{IssuedSecret, SecretKind, SecretPart};
pub use notification::{Notification, NotificationKind};
pub use passcode::{SecretText, TemporaryPasscode};
pub use person::{Me, RevokedSessions};
pub use problem::{Problem, ProblemCode};
pub use utc_time::UtcTime;

use serde::{Deserialize, Serialize};

/// The path every call starts with.
pub const BASE_PATH: &str = "/api/v1.0";

/// The window in which a sign-in counts as fresh for a passcode reset, in seconds (api.md: no leeway).
pub const FRESH_SIGN_IN_SECONDS: i64 = 300;

/// For how many days a temporary passcode is kept at least, whatever an organisation chooses.
pub const SHORTEST_PASSCODE_LIFETIME_DAYS: i64 = 1;

/// The most an organisation may choose for [`Me::skip_second_sign_in_within_seconds`].
pub const LONGEST_SKIP_SECONDS: i64 = 120;

/// How old a sign-in may be, in seconds, for a temporary passcode to be shown.
pub const REVEAL_SIGN_IN_SECONDS: i64 = 3600;

/// One page of a collection. Follow `next_link` exactly as given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Page<T> {
    /// The items of this page.
    pub value: Vec<T>,
    /// The address of the next page, absent on the last one.
    #[serde(rename = "@odata.nextLink", default, skip_serializing_if = "Option::is_none")]
    pub next_link: Option<String>,
    /// Services that did not answer, so that what they would have added is missing; the names are the server's own.
    #[serde(rename = "unavailableServices", default, skip_serializing_if = "Vec::is_empty")]
    pub unavailable_services: Vec<String>,
}

impl<T> Page<T> {
    /// Takes the fields out of a JSON object; `read` reads an item. Items that cannot be read are left out.
    pub fn read(fields: &json::Fields<'_>, read: impl Fn(&json::Fields<'_>) -> T) -> Self {
        // A way on that cannot be followed would hide what is there.
        fields.expect_texts(&["@odata.nextLink"]);
        if !fields.value("value").is_some_and(json::Value::is_array) {
            fields.refuse();
        }
        let unavailable = fields.list("unavailableServices");
        Self {
            value: fields.each("value", read),
            next_link: fields.optional_text("@odata.nextLink"),
            unavailable_services: unavailable
                .iter()
                .map(|one| one.as_str().unwrap_or_default().to_owned())
                .collect(),
        }
    }
}
