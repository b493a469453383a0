//! Whether a device meets the organisation's rules, and which it does not (Graph `deviceCompliancePolicyStates`).

use crate::json::Fields;
use crate::{ComplianceState, UtcTime};
use serde::{Deserialize, Serialize};

open_enum! {
    /// Whether the device gets at what belongs to the organisation.
    ResourceAccess {
        /// It does.
        Allowed = "allowed",
        /// It still does, and will not any more unless the failing rules are met in time.
        AllowedForNow = "allowedForNow",
        /// It does not.
        Blocked = "blocked",
        /// Nobody has checked, or somebody else decides.
        Unknown = "unknown",
    }
}

/// The answer of `GET .../compliance`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DeviceCompliance {
    /// What follows for the person.
    pub access: ResourceAccess,
    /// What the service calls it.
    pub compliance_state: ComplianceState,
    /// Until when the device still has access; with `allowedForNow`, where the service says it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub allowed_until_date_time: Option<UtcTime>,
    /// When the device was checked last; "never" when it was not.
    pub last_checked_date_time: UtcTime,
    /// The rules it does not meet; empty where the service names none.
    #[serde(default)]
    pub failing_rules: Vec<FailingRule>,
}

/// A rule of the organisation's that a device does not meet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FailingRule {
    /// What the service calls it by; the same rule has the same one.
    pub code: String,
    /// What it asks for, in the service's words.
    pub title: String,
    /// More of it, in the service's words; empty where there is no more.
    #[serde(default)]
    pub detail: String,
    /// The policy it belongs to; empty where the service does not say.
    #[serde(default)]
    pub policy_name: String,
}

impl DeviceCompliance {
    /// Takes the fields out of a JSON object (see [`crate::json`]).
    #[must_use]
    pub fn read(fields: &Fields<'_>) -> Self {
        Self {
            access: ResourceAccess::from_wire(fields.word("access")),
            compliance_state: ComplianceState::from_wire(fields.word("complianceState")),
            allowed_until_date_time: fields.optional_moment("allowedUntilDateTime"),
            last_checked_date_time: fields.moment("lastCheckedDateTime"),
            failing_rules: fields.each("failingRules", FailingRule::read),
        }
    }
}

impl FailingRule {
    /// Takes the fields out of a JSON object (see [`crate::json`]).
    #[must_use]
    pub fn read(fields: &Fields<'_>) -> Self {
        Self {
            code: fields.text("code"),
            title: fields.text("title"),
            detail: fields.shown_or_empty("detail"),
            policy_name: fields.shown_or_empty("policyName"),
        }
    }
}
