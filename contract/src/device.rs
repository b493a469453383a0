//! A device as the API shows it (Graph `managedDevice`, plus `actions`).

use crate::json::Fields;
use crate::{DeviceActionResult, DeviceActions, UtcTime};
use serde::{Deserialize, Serialize};

open_enum! {
    /// Who owns the device.
    ManagedDeviceOwnerType {
        /// Not known.
        Unknown = "unknown",
        /// The organisation.
        Company = "company",
        /// The person.
        Personal = "personal",
    }
}

open_enum! {
    /// Whether the device meets the organisation's rules.
    ComplianceState {
        /// Not known.
        Unknown = "unknown",
        /// It does.
        Compliant = "compliant",
        /// It does not.
        Noncompliant = "noncompliant",
        /// Rules contradict each other.
        Conflict = "conflict",
        /// The check failed.
        Error = "error",
        /// It does not, and still has time to.
        InGracePeriod = "inGracePeriod",
        /// Configuration Manager decides.
        ConfigManager = "configManager",
    }
}

open_enum! {
    /// How the device is managed (Graph `managementAgentType`, the values this product meets).
    ManagementAgentType {
        /// Mobile device management; on Android: device administrator.
        Mdm = "mdm",
        /// Exchange ActiveSync.
        Eas = "eas",
        /// Both of the above.
        EasMdm = "easMdm",
        /// Android Enterprise.
        GoogleCloudDevicePolicyController = "googleCloudDevicePolicyController",
        /// Configuration Manager.
        ConfigurationManagerClient = "configurationManagerClient",
        /// Not known.
        Unknown = "unknown",
    }
}

open_enum! {
    /// How the device was enrolled (Graph `deviceEnrollmentType`, the values this product meets).
    DeviceEnrollmentType {
        /// Not known.
        Unknown = "unknown",
        /// By its user.
        UserEnrollment = "userEnrollment",
        /// By a device enrolment manager.
        DeviceEnrollmentManager = "deviceEnrollmentManager",
        /// Apple automated enrolment with a user.
        AppleBulkWithUser = "appleBulkWithUser",
        /// Apple automated enrolment without a user.
        AppleBulkWithoutUser = "appleBulkWithoutUser",
        /// Apple User Enrollment.
        AppleUserEnrollment = "appleUserEnrollment",
        /// Apple User Enrollment with a service account (Shared iPad).
        AppleUserEnrollmentWithServiceAccount = "appleUserEnrollmentWithServiceAccount",
        /// Windows, joined to the directory.
        WindowsAzureADJoin = "windowsAzureADJoin",
        /// Windows, by Autopilot.
        WindowsAutoEnrollment = "windowsAutoEnrollment",
        /// Android, dedicated (kiosk).
        AndroidEnterpriseDedicatedDevice = "androidEnterpriseDedicatedDevice",
        /// Android, fully managed.
        AndroidEnterpriseFullyManaged = "androidEnterpriseFullyManaged",
        /// Android, corporate-owned with a work profile.
        AndroidEnterpriseCorporateWorkProfile = "androidEnterpriseCorporateWorkProfile",
    }
}

/// One managed device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ManagedDevice {
    /// Identifies the device.
    pub id: String,
    /// The name the person gave it.
    #[serde(default)]
    pub device_name: String,
    /// The name the management service gave it.
    #[serde(default)]
    pub managed_device_name: String,
    /// A free string; read it by prefix and without case (`platforms.md`).
    #[serde(default)]
    pub operating_system: String,
    /// The version as the device reports it.
    #[serde(default)]
    pub os_version: String,
    /// Who made it.
    #[serde(default)]
    pub manufacturer: String,
    /// The model.
    #[serde(default)]
    pub model: String,
    /// The serial number.
    #[serde(default)]
    pub serial_number: String,
    /// Who owns it.
    pub managed_device_owner_type: ManagedDeviceOwnerType,
    /// How it was enrolled.
    pub device_enrollment_type: DeviceEnrollmentType,
    /// How it is managed.
    pub management_agent: ManagementAgentType,
    /// Whether it meets the rules.
    pub compliance_state: ComplianceState,
    /// Until when it has time to meet them; "never" when that does not apply.
    pub compliance_grace_period_expiration_date_time: UtcTime,
    /// When it last checked in; "never" when it has not yet.
    pub last_sync_date_time: UtcTime,
    /// When it was enrolled.
    pub enrolled_date_time: UtcTime,
    /// Whether its storage is encrypted.
    #[serde(default)]
    pub is_encrypted: bool,
    /// Whether it is supervised (Apple).
    #[serde(default)]
    pub is_supervised: bool,
    /// The category the organisation put it in.
    #[serde(default)]
    pub device_category_display_name: String,
    /// The runs of actions, newest first.
    #[serde(default)]
    pub device_action_results: Vec<DeviceActionResult>,
    /// What may be done.
    #[serde(default)]
    pub actions: DeviceActions,
}

impl ManagedDevice {
    /// Takes the fields out of a JSON object (see [`crate::json`]).
    #[must_use]
    pub fn read(fields: &Fields<'_>) -> Self {
        Self {
            id: fields.shown("id"),
            device_name: fields.shown_or_empty("deviceName"),
            managed_device_name: fields.shown_or_empty("managedDeviceName"),
            operating_system: fields.shown_or_empty("operatingSystem"),
            os_version: fields.shown_or_empty("osVersion"),
            manufacturer: fields.shown_or_empty("manufacturer"),
            model: fields.shown_or_empty("model"),
            serial_number: fields.shown_or_empty("serialNumber"),
            managed_device_owner_type: ManagedDeviceOwnerType::from_wire(
                fields.word_or_empty("managedDeviceOwnerType"),
            ),
            device_enrollment_type: DeviceEnrollmentType::from_wire(
                fields.word_or_empty("deviceEnrollmentType"),
            ),
            management_agent: ManagementAgentType::from_wire(fields.word_or_empty("managementAgent")),
            compliance_state: ComplianceState::from_wire(fields.word_or_empty("complianceState")),
            compliance_grace_period_expiration_date_time: fields
                .moment_or_never("complianceGracePeriodExpirationDateTime"),
            last_sync_date_time: fields.moment_or_never("lastSyncDateTime"),
            enrolled_date_time: fields.moment_or_never("enrolledDateTime"),
            is_encrypted: fields.flag("isEncrypted"),
            is_supervised: fields.flag("isSupervised"),
            device_category_display_name: fields.shown_or_empty("deviceCategoryDisplayName"),
            device_action_results: fields.each("deviceActionResults", DeviceActionResult::read),
            actions: fields.part("actions", DeviceActions::read).unwrap_or_default(),
        }
    }
}
