//! The calls' bodies as types. The published document ([`super::document`]) is generated from them, so what it says is what is
//! read and written here. Fields nobody knows are ignored; a word nobody knows never allows anything.

use portal_contract::{
    ActionName, AppState, CharacterSet, ComplianceState, DeviceEnrollmentType, FailureCode,
    ManagedDeviceOwnerType, ManagementAgentType, ResetOutcome, SecretText, UtcTime,
};
use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What the connector can do.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Capabilities)]
pub(super) struct CapabilitiesWire {
    /// The version of these calls.
    #[schema(pattern = "^1$", example = "1")]
    pub(super) contract: String,
    /// What stands behind the connector.
    #[serde(default)]
    #[schema(required = true)]
    pub(super) product: String,
    /// Its version.
    #[serde(default)]
    #[schema(required = true)]
    pub(super) product_version: String,
    /// The actions it carries out. The portal asks for those it has itself, and lists the others nowhere.
    #[serde(default)]
    #[schema(required = true)]
    pub(super) actions: Vec<ActionName>,
    /// Who makes temporary passcodes.
    #[serde(default)]
    #[schema(required = true)]
    pub(super) passcode_from: PasscodeFrom,
    /// Whether `POST /commands/{commandId}/cancel` is there.
    #[serde(default)]
    pub(super) cancel: bool,
    /// Whether it tells of changes by webhook.
    #[serde(default)]
    #[schema(required = false)]
    #[expect(dead_code, reason = "said to people; a webhook is verified by its secret, not by this")]
    webhooks: bool,
    /// Which claim of the identity provider `personId` is.
    #[serde(default)]
    #[expect(dead_code, reason = "said to people; what is sent is configured at the portal")]
    person_key: Option<String>,
    /// Whether `GET /people/{personId}/devices/{deviceId}/compliance` is there.
    #[serde(default)]
    pub(super) compliance: bool,
    /// Whether `GET /people/{personId}/devices/{deviceId}/apps` is there.
    #[serde(default)]
    pub(super) apps: bool,
    /// How often a command may be asked about, in seconds; 5 if missing.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 60)]
    pub(super) poll_seconds: Option<i64>,
}

/// Who makes temporary passcodes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) enum PasscodeFrom {
    /// The portal: they come with the command.
    Portal,
    /// The service: they are fetched at `GET /commands/{commandId}/passcode` once the command is done.
    Service,
    /// Nobody: only resets that remove the passcode.
    None,
    #[default]
    #[serde(other)]
    Other,
}

/// A part of a person's devices.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct DeviceList {
    /// In a stable order. The portal reads them one by one: one that cannot be read hides only itself.
    #[schema(value_type = Vec<DeviceWire>)]
    pub(super) devices: Vec<serde_json::Value>,
    /// The `id` of the last one, if there are more after it.
    #[serde(default)]
    pub(super) next_after: Option<String>,
}

/// A device. The portal decides by `operatingSystem`, `osVersion`, `managedDeviceOwnerType`, `deviceEnrollmentType` and
/// `managementAgent` first; the connector can only refuse more.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Device)]
pub(super) struct DeviceWire {
    /// Letters, digits, `-`, `_`, `.`, `~`; with the service's name in front at most 127 characters.
    #[serde(default)]
    #[schema(required = true, pattern = "^[A-Za-z0-9._~-]{1,120}$", example = "4711")]
    pub(super) id: String,
    /// The name the person gave it.
    #[serde(default)]
    pub(super) device_name: String,
    /// The name the management gave it.
    #[serde(default)]
    pub(super) managed_device_name: String,
    /// A free string; read by its beginning and without case.
    #[serde(default)]
    #[schema(required = true, example = "Android")]
    pub(super) operating_system: String,
    /// The version as the device reports it.
    #[serde(default)]
    #[schema(required = true, example = "15")]
    pub(super) os_version: String,
    /// Who made it.
    #[serde(default)]
    pub(super) manufacturer: String,
    /// The model.
    #[serde(default)]
    pub(super) model: String,
    /// The serial number.
    #[serde(default)]
    pub(super) serial_number: String,
    /// Who owns it.
    #[serde(default = "word::owner")]
    #[schema(required = true)]
    pub(super) managed_device_owner_type: ManagedDeviceOwnerType,
    /// How it was enrolled.
    #[serde(default = "word::enrollment")]
    #[schema(required = true)]
    pub(super) device_enrollment_type: DeviceEnrollmentType,
    /// How it is managed.
    #[serde(default = "word::agent")]
    #[schema(required = true)]
    pub(super) management_agent: ManagementAgentType,
    /// Whether it meets the organisation's rules.
    #[serde(default = "word::compliance")]
    pub(super) compliance_state: ComplianceState,
    /// Until when it has time to meet them.
    #[serde(default = "word::never")]
    pub(super) compliance_grace_period_expiration_date_time: UtcTime,
    /// When it last checked in.
    #[serde(default = "word::never")]
    pub(super) last_sync_date_time: UtcTime,
    /// When it was enrolled.
    #[serde(default = "word::never")]
    pub(super) enrolled_date_time: UtcTime,
    /// Whether its storage is encrypted.
    #[serde(default)]
    pub(super) is_encrypted: bool,
    /// Whether it is supervised (Apple).
    #[serde(default)]
    pub(super) is_supervised: bool,
    /// The category the organisation put it in.
    #[serde(default)]
    pub(super) device_category_display_name: String,
    /// Resetting its passcode. Without this, or without `allowed`, there is none.
    #[serde(default)]
    pub(super) reset_passcode: ResetWire,
    /// Locking its screen; allowed if missing and among `actions`.
    #[serde(default)]
    pub(super) remote_lock: Option<LockWire>,
    /// Asking it to check in; allowed if missing and among `actions`.
    #[serde(default)]
    pub(super) sync_device: Option<PermissionWire>,
    /// Restarting it; allowed if missing and among `actions`.
    #[serde(default)]
    pub(super) reboot_now: Option<PermissionWire>,
    /// Telling the recovery key of its disk; allowed if missing and among `actions`.
    #[serde(default)]
    pub(super) show_recovery_key: Option<PermissionWire>,
    /// Telling the password of its local administrator. Without this there is none: it opens more than the device.
    #[serde(default)]
    pub(super) show_local_administrator_password: Option<PermissionWire>,
    /// Putting it into another category; allowed if missing and among `actions`.
    #[serde(default)]
    pub(super) set_category: Option<PermissionWire>,
    /// Taking it out of management. Without this there is none: it cannot be undone.
    #[serde(default)]
    pub(super) retire: Option<PermissionWire>,
    /// Erasing it. Without this there is none: it cannot be undone.
    #[serde(default)]
    pub(super) wipe: Option<PermissionWire>,
}

/// What a field stands for that is missing: a word nobody knows, and no moment.
mod word {
    use super::{
        ComplianceState, DeviceEnrollmentType, ManagedDeviceOwnerType, ManagementAgentType, UtcTime,
    };

    pub(super) const fn owner() -> ManagedDeviceOwnerType {
        ManagedDeviceOwnerType::Other
    }

    pub(super) const fn enrollment() -> DeviceEnrollmentType {
        DeviceEnrollmentType::Other
    }

    pub(super) const fn agent() -> ManagementAgentType {
        ManagementAgentType::Other
    }

    pub(super) const fn compliance() -> ComplianceState {
        ComplianceState::Unknown
    }

    pub(super) const fn never() -> UtcTime {
        UtcTime::NEVER
    }
}

/// Whether the passcode can be reset, and how.
#[derive(Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ResetPermission)]
pub(super) struct ResetWire {
    /// Whether it can.
    #[serde(default)]
    #[schema(required = true)]
    pub(super) allowed: bool,
    /// Why not: one of the portal's `RefusalReason`. Another word, or none, shows as "not offered".
    #[serde(default)]
    #[schema(example = "organizationPolicy")]
    pub(super) reason: Option<String>,
    /// For how long any command may wait for this device, in seconds; a day if missing.
    #[serde(default)]
    #[schema(minimum = 60, maximum = 604800)]
    pub(super) expires_after_seconds: Option<i64>,
    /// Whether it is about to be erased or taken out of management.
    #[serde(default)]
    pub(super) erase_pending: bool,
    /// Android: whether its reset token is active.
    #[serde(default)]
    pub(super) reset_token_active: Option<bool>,
    /// What a passcode of ours has to be like.
    #[serde(default)]
    pub(super) passcode_rules: Option<PasscodeRulesWire>,
}

/// The organisation's categories.
#[derive(Deserialize, ToSchema)]
pub(super) struct CategoryList {
    /// In the order in which they are offered. The portal reads them one by one: one that cannot be read hides only itself.
    #[schema(value_type = Vec<CategoryWire>)]
    pub(super) categories: Vec<serde_json::Value>,
}

/// A category that devices can be put into.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Category)]
pub(super) struct CategoryWire {
    /// Letters, digits, `-`, `_`, `.`, `~`.
    #[schema(pattern = "^[A-Za-z0-9._~-]{1,127}$", example = "sales")]
    pub(super) id: String,
    /// What people call it; `deviceCategoryDisplayName` of the devices in it.
    #[schema(min_length = 1, max_length = 128, example = "Sales")]
    pub(super) display_name: String,
}

/// The organisation's rules that a device does not meet. Whether it meets them is `complianceState` of the device.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Compliance)]
pub(super) struct ComplianceWire {
    /// The rules, none if it meets them all. The portal reads them one by one: one that cannot be read hides only itself.
    #[schema(value_type = Vec<FailingRuleWire>)]
    pub(super) failing_rules: Vec<serde_json::Value>,
    /// When they were checked; when the device checked in, if missing.
    #[serde(default)]
    pub(super) checked_date_time: Option<UtcTime>,
}

/// A rule that a device does not meet, in words that its person is shown.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = FailingRule)]
pub(super) struct FailingRuleWire {
    /// The same rule has the same one.
    #[schema(min_length = 1, max_length = 200, example = "minimumOsVersion")]
    pub(super) code: String,
    /// What it asks for.
    #[schema(min_length = 1, max_length = 200, example = "The operating system is too old")]
    pub(super) title: String,
    /// More of it.
    #[serde(default)]
    pub(super) detail: String,
    /// The policy it belongs to.
    #[serde(default)]
    pub(super) policy_name: String,
}

/// The organisation's applications on a device: those it installed or requires, and nobody's own.
#[derive(Deserialize, ToSchema)]
#[schema(as = AppList)]
pub(super) struct AppsWire {
    /// At most 1000 count. The portal reads them one by one: one that cannot be read hides only itself.
    #[schema(value_type = Vec<AppWire>)]
    pub(super) apps: Vec<serde_json::Value>,
}

/// An application.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = App)]
pub(super) struct AppWire {
    /// Identifies it among the applications of the device.
    #[schema(min_length = 1, max_length = 200)]
    pub(super) id: String,
    /// What people call it.
    #[schema(min_length = 1, max_length = 200)]
    pub(super) display_name: String,
    /// Its version.
    #[serde(default)]
    pub(super) version: String,
    /// Who made it.
    #[serde(default)]
    pub(super) publisher: String,
    /// How far it is.
    pub(super) state: AppState,
    /// Why it could not be installed, in words that the person is shown; with `failed`.
    #[serde(default)]
    pub(super) failure: String,
}

/// Whether its screen can be locked, and how it is opened again.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = LockPermission)]
pub(super) struct LockWire {
    /// Whether it can.
    pub(super) allowed: bool,
    /// Why not: one of the portal's `RefusalReason`. Another word, or none, shows as "not offered".
    #[serde(default)]
    #[schema(example = "organizationPolicy")]
    pub(super) reason: Option<String>,
    /// A Mac: whether the service makes the PIN that opens it again and tells it at `GET /commands/{commandId}/passcode` once the lock
    /// is done. Without this a Mac is not locked.
    #[serde(default)]
    pub(super) unlock_pin: bool,
}

/// Whether another action can be done.
#[derive(Deserialize, ToSchema)]
#[schema(as = Permission)]
pub(super) struct PermissionWire {
    /// Whether it can.
    pub(super) allowed: bool,
    /// Why not: one of the portal's `RefusalReason`. Another word, or none, shows as "not offered".
    #[serde(default)]
    pub(super) reason: Option<String>,
}

/// What a temporary passcode has to be like.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = PasscodeRules)]
pub(super) struct PasscodeRulesWire {
    /// At least so many characters.
    pub(super) min_length: u32,
    /// At most so many.
    pub(super) max_length: u32,
    /// Which kinds will do; any if missing.
    #[serde(default)]
    pub(super) kinds: Option<Vec<CharacterSet>>,
}

/// A command. The same command is always sent as the same bytes.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = NewCommand)]
pub(super) struct NewCommandWire<'a> {
    /// What to do.
    pub(super) action: ActionName,
    /// Whose device it is.
    pub(super) person_id: &'a str,
    /// The device.
    pub(super) device_id: &'a str,
    /// What a reset does; with `resetPasscode` only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) outcome: Option<ResetOutcome>,
    /// The passcode to set; with `passcodeFrom: "portal"` and a temporary passcode only.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Password)]
    pub(super) passcode: Option<&'a SecretText>,
    /// The category to put it into; with `setCategory` only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) category_id: Option<&'a str>,
    /// After this it must not be carried out.
    #[schema(value_type = UtcTime)]
    pub(super) expires_date_time: String,
}

/// A command as the connector has it. It never holds a passcode.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Command)]
pub(super) struct CommandWire {
    /// The portal's identifier.
    pub(super) id: String,
    /// Where it stands. It only goes forward, and the four endings are final.
    pub(super) state: CommandState,
    /// The device has it and said "not now"; with `active`.
    #[serde(default)]
    pub(super) not_now: bool,
    /// Why it ended without success; with `failed`, and `supersededByErase` with `canceled`.
    #[serde(default)]
    pub(super) error_code: Option<FailureCode>,
    /// When it last changed.
    #[serde(default)]
    #[schema(required = true, value_type = UtcTime)]
    #[expect(dead_code, reason = "the portal keeps its own times")]
    updated_date_time: Option<String>,
}

/// Where a command stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) enum CommandState {
    /// The device has not got it.
    Pending,
    /// The device has it.
    Active,
    /// The device confirmed it. Nothing else is "done".
    Done,
    /// It ended without success.
    Failed,
    /// The device cannot do it.
    NotSupported,
    /// It was cancelled before the device got it.
    Canceled,
    #[serde(other)]
    Other,
}

/// The secret that goes with a command: the passcode that the service made, the key that was asked for.
#[derive(Deserialize, ToSchema)]
#[schema(as = IssuedPasscode)]
pub(super) struct PasscodeWire {
    /// As it is typed on the device.
    #[schema(value_type = String, format = Password)]
    pub(super) passcode: SecretText,
    /// What tells a key from others: the identifier that the screen shows, the name of the account.
    #[serde(default)]
    pub(super) label: String,
}

/// An error (RFC 9457). The portal decides by the status and `code`; it shows nobody any of it, and never is a passcode in it.
#[derive(Deserialize, ToSchema)]
#[schema(as = Problem)]
pub(super) struct ProblemWire {
    /// A URI for the kind of problem.
    #[serde(rename = "type", default)]
    #[schema(value_type = String)]
    #[expect(dead_code, reason = "for people who look into it")]
    kind: IgnoredAny,
    /// A short summary.
    #[serde(default)]
    #[schema(value_type = String)]
    #[expect(dead_code, reason = "for people who look into it")]
    title: IgnoredAny,
    /// The HTTP status, repeated.
    #[serde(default)]
    #[schema(value_type = u16)]
    #[expect(dead_code, reason = "the status of the answer counts")]
    status: IgnoredAny,
    /// More of it.
    #[serde(default)]
    #[schema(value_type = String)]
    #[expect(dead_code, reason = "for people who look into it")]
    detail: IgnoredAny,
    /// With 404 `notFound` (or `gone`, for a passcode whose hour is over); with 503 `cannotTell` where it cannot be known what
    /// became of a command; with 422 one of the portal's `FailureCode`; else a word of the connector's own.
    #[schema(example = "notFound")]
    pub(super) code: String,
}

/// What a webhook says. It is thin: the portal asks what became of what is named, and believes nothing else of it.
#[derive(Deserialize, ToSchema)]
#[schema(as = Event)]
pub(super) struct EventWire {
    /// What changed. The portal ignores words it does not know.
    #[serde(rename = "type")]
    pub(super) kind: EventKind,
    /// When it changed.
    #[serde(default)]
    #[schema(required = true, value_type = UtcTime)]
    #[expect(dead_code, reason = "the time that counts is the one that is signed")]
    timestamp: IgnoredAny,
    /// Which command or device.
    pub(super) data: EventData,
}

/// What changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
pub(super) enum EventKind {
    /// A command; with `commandId`.
    #[serde(rename = "command.changed")]
    CommandChanged,
    /// A device, or what may be done with it; with `personId` and `deviceId`.
    #[serde(rename = "device.changed")]
    DeviceChanged,
    #[serde(rename = "other", other)]
    Other,
}

/// Which command or device changed.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct EventData {
    /// The command.
    #[serde(default)]
    pub(super) command_id: Option<String>,
    /// Whose device it is.
    #[serde(default)]
    pub(super) person_id: Option<String>,
    /// The device.
    #[serde(default)]
    pub(super) device_id: Option<String>,
}
