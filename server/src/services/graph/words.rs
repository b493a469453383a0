//! A device as Graph describes it (`managedDevice`), and what that means here. The kinds of enrolment and management are
//! Microsoft's words; the policy knows what it needs of them and no more, so they are translated here.

use super::guid::Guid;
use crate::domain::action::ActionSet;
use crate::domain::device::{
    Capabilities, CorporateAndroidReset, Device, DevicePasscode, EraseOrRetire, PasscodeRules, Refusals,
    ResetToken, SecretIssuer, UnlockPin, UnlockToken,
};
use crate::domain::ids::DeviceId;
use crate::domain::person::PersonId;
use portal_contract::{
    ComplianceState, DeviceEnrollmentType as Enrollment, ManagedDeviceOwnerType, ManagementAgentType,
    RefusalReason, UtcTime,
};
use serde::{Deserialize, Deserializer};

/// What is asked for (`$select`).
pub(super) const SELECT: &str = "id,userId,deviceName,managedDeviceName,operatingSystem,osVersion,manufacturer,model,\
     serialNumber,managedDeviceOwnerType,deviceEnrollmentType,managementAgent,managementState,complianceState,\
     complianceGracePeriodExpirationDateTime,lastSyncDateTime,enrolledDateTime,isEncrypted,isSupervised,\
     deviceCategoryDisplayName";

/// Microsoft writes dates from this year on for "never".
const NEVER_FROM: UtcTime = UtcTime::from_unix_seconds(253_370_764_800);

/// What holds for every device of a tenant.
#[derive(Debug, Clone, Copy)]
pub(super) struct Terms {
    /// What the organisation wants and the tenant permits.
    pub(super) offers: ActionSet,
    /// Whether people may reset company-owned Android devices.
    pub(super) corporate_android_reset: bool,
    /// How long a command waits, in seconds.
    pub(super) command_lifetime_seconds: i64,
}

/// A `managedDevice`, as far as it is asked for.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct DeviceWire {
    #[serde(deserialize_with = "text")]
    id: String,
    #[serde(deserialize_with = "text")]
    user_id: String,
    #[serde(deserialize_with = "text")]
    device_name: String,
    #[serde(deserialize_with = "text")]
    managed_device_name: String,
    #[serde(deserialize_with = "text")]
    operating_system: String,
    #[serde(deserialize_with = "text")]
    os_version: String,
    #[serde(deserialize_with = "text")]
    manufacturer: String,
    #[serde(deserialize_with = "text")]
    model: String,
    #[serde(deserialize_with = "text")]
    serial_number: String,
    #[serde(deserialize_with = "text")]
    managed_device_owner_type: String,
    #[serde(deserialize_with = "text")]
    device_enrollment_type: String,
    #[serde(deserialize_with = "text")]
    management_agent: String,
    #[serde(deserialize_with = "text")]
    management_state: String,
    #[serde(deserialize_with = "text")]
    compliance_state: String,
    #[serde(deserialize_with = "text")]
    compliance_grace_period_expiration_date_time: String,
    #[serde(deserialize_with = "text")]
    last_sync_date_time: String,
    #[serde(deserialize_with = "text")]
    enrolled_date_time: String,
    is_encrypted: Option<bool>,
    is_supervised: Option<bool>,
    #[serde(deserialize_with = "text")]
    device_category_display_name: String,
}

/// `null` is as good as no text.
fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

impl DeviceWire {
    /// Whose it is. `userId` alone says so: not who enrolled it, whose sign-in name it carries or who last used it.
    pub(super) fn owner(&self) -> Option<Guid> {
        Guid::parse(&self.user_id)
    }

    pub(super) fn id(&self) -> Option<Guid> {
        Guid::parse(&self.id)
    }
}

/// A date of Graph's, of up to seven digits after the second; the years 1 and 9999, and what is none, are "never".
pub(super) fn date(text: &str) -> UtcTime {
    UtcTime::parse(text).filter(|date| *date < NEVER_FROM).unwrap_or(UtcTime::NEVER)
}

/// Whether an erase or a retire waits for the device (`managementState`).
pub(super) fn erase_or_retire(management_state: &str) -> EraseOrRetire {
    match management_state {
        "retirePending" | "retireIssued" | "wipePending" | "wipeIssued" | "deletePending"
        | "deleteIssued" => EraseOrRetire::Pending,
        _ => EraseOrRetire::None,
    }
}

/// A kind of enrolment as the policy takes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Enrolment {
    /// As this one.
    As(Enrollment),
    /// Nothing can be done on such a device.
    Unsupported,
}

fn is_apple(operating_system: &str) -> bool {
    let name = operating_system.trim().to_ascii_lowercase();
    ["ios", "ipad", "iphone", "visionos", "macos", "macmdm", "tvos", "watchos"]
        .iter()
        .any(|prefix| name.starts_with(prefix))
}

/// What a kind of enrolment (`deviceEnrollmentType`) means for the policy. An Apple device of a kind nobody here knows is
/// not taken for an ordinary one: it may be a person's own, with a kind of User Enrolment that is new.
pub(super) fn enrolment(word: &str, operating_system: &str, management_agent: &str) -> Enrolment {
    if matches!(management_agent, "intuneAosp" | "google" | "jamf" | "msSense") {
        return Enrolment::Unsupported;
    }
    let known = match word {
        "androidAOSPUserlessDeviceEnrollment" => Enrollment::AndroidEnterpriseDedicatedDevice,
        "androidAOSPUserOwnedDeviceEnrollment" => return Enrolment::Unsupported,
        "appleAccountDrivenUserEnrollment" => Enrollment::AppleUserEnrollment,
        other => Enrollment::from_wire(other),
    };
    let is_apples = matches!(
        known,
        Enrollment::UserEnrollment
            | Enrollment::DeviceEnrollmentManager
            | Enrollment::AppleBulkWithUser
            | Enrollment::AppleBulkWithoutUser
            | Enrollment::AppleUserEnrollment
            | Enrollment::AppleUserEnrollmentWithServiceAccount
    );
    if is_apple(operating_system) && !is_apples {
        return Enrolment::Unsupported;
    }
    Enrolment::As(known)
}

/// A device of a person; `None` when it has no identifier that can be used, or is somebody else's.
pub(super) fn device(wire: DeviceWire, person: &PersonId, owner: &Guid, terms: Terms) -> Option<Device> {
    wire.owner().filter(|found| found == owner)?;
    let id = DeviceId::parse(wire.id()?.as_str())?;
    let enrolment = enrolment(&wire.device_enrollment_type, &wire.operating_system, &wire.management_agent);
    let mut refusals = Refusals::NONE;
    let enrollment_type = match enrolment {
        Enrolment::As(known) => known,
        Enrolment::Unsupported => {
            for kind in super::actions() {
                refusals = refusals.with(kind, RefusalReason::PlatformNotSupported);
            }
            Enrollment::from_wire(&wire.device_enrollment_type)
        }
    };
    let is_category = wire.device_category_display_name != "Unknown";
    Some(Device {
        id,
        primary_user: person.clone(),
        device_name: wire.device_name,
        managed_device_name: wire.managed_device_name,
        operating_system: wire.operating_system,
        os_version: wire.os_version,
        manufacturer: wire.manufacturer,
        model: wire.model,
        serial_number: wire.serial_number,
        owner_type: ManagedDeviceOwnerType::from_wire(&wire.managed_device_owner_type),
        enrollment_type,
        management_agent: ManagementAgentType::from_wire(&wire.management_agent),
        compliance_state: ComplianceState::from_wire(&wire.compliance_state),
        compliance_grace_period_expiration: date(&wire.compliance_grace_period_expiration_date_time),
        last_sync: date(&wire.last_sync_date_time),
        enrolled: date(&wire.enrolled_date_time),
        is_encrypted: wire.is_encrypted.unwrap_or(false),
        is_supervised: wire.is_supervised.unwrap_or(false),
        category: if is_category { wire.device_category_display_name } else { String::new() },
        capabilities: Capabilities {
            corporate_android_reset: if terms.corporate_android_reset {
                CorporateAndroidReset::WorkProfile
            } else {
                CorporateAndroidReset::Forbidden
            },
            // Graph does not say; it is taken for active.
            reset_token: ResetToken::Active,
            unlock_token: UnlockToken::Held,
            unlock_pin: UnlockPin::Told,
            passcode: DevicePasscode::Unknown,
            passcode_rules: PasscodeRules { issuer: SecretIssuer::Service, ..PasscodeRules::USUAL },
            offers: terms.offers,
            refusals,
            erase_or_retire: erase_or_retire(&wire.management_state),
            command_lifetime_seconds: terms.command_lifetime_seconds,
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::action::ActionKind;
    use crate::domain::policy::{Row, row_of};

    const PERSON: &str = "3f1d6c3e-4f0b-4a5e-9f60-0d7a1c2b3e4f";
    const TERMS: Terms =
        Terms { offers: ActionSet::ALL, corporate_android_reset: false, command_lifetime_seconds: 604_800 };

    fn read(body: serde_json::Value) -> Option<Device> {
        let wire = serde_json::from_value(body).unwrap();
        device(wire, &PersonId::new(PERSON.to_owned()), &Guid::parse(PERSON).unwrap(), TERMS)
    }

    fn of(system: &str, word: &str, agent: &str) -> Device {
        read(serde_json::json!({
            "id": "705c034c-034c-705c-4c03-5c704c035c70", "userId": PERSON.to_uppercase(),
            "operatingSystem": system, "osVersion": "16", "deviceEnrollmentType": word, "managementAgent": agent,
            "managedDeviceOwnerType": "company"
        }))
        .unwrap()
    }

    #[test]
    fn every_kind_of_enrolment_is_the_row_it_belongs_to() {
        let google = "googleCloudDevicePolicyController";
        for (system, word, agent, expected) in [
            ("Android", "androidEnterpriseFullyManaged", google, Row::AndroidFullyManaged),
            ("Android", "androidEnterpriseCorporateWorkProfile", google, Row::AndroidCorporateWorkProfile),
            ("Android", "androidEnterpriseDedicatedDevice", google, Row::AndroidDedicated),
            ("Android", "androidAOSPUserlessDeviceEnrollment", "mdm", Row::AndroidDedicated),
            ("Android", "userEnrollment", "mdm", Row::AndroidAdministratorFrom7),
            // v1.0 has no words for Android's kinds: company-owned then matches nothing.
            ("Android", "unknown", google, Row::OtherPlatform),
            ("iOS", "appleUserEnrollment", "mdm", Row::AppleUserEnrolment),
            ("iOS", "appleAccountDrivenUserEnrollment", "mdm", Row::AppleUserEnrolment),
            ("iPadOS", "appleUserEnrollmentWithServiceAccount", "mdm", Row::SharedIpad),
            ("iOS", "appleBulkWithUser", "mdm", Row::AppleDeviceEnrolment),
            ("iOS", "userEnrollment", "mdm", Row::AppleDeviceEnrolment),
            ("macOS", "userEnrollment", "mdm", Row::Mac),
            ("Windows", "windowsAzureADJoin", "mdm", Row::WindowsPc),
            ("Windows", "windowsCoManagement", "configurationManagerClientMdm", Row::WindowsPc),
        ] {
            let device = of(system, word, agent);
            assert_eq!(row_of(&device), expected, "{system} {word}");
            assert_eq!(device.capabilities.refusals.of(ActionKind::SyncDevice), None, "{system} {word}");
        }
    }

    #[test]
    fn what_nobody_here_knows_is_not_supported_instead_of_allowed() {
        for (system, word, agent) in [
            ("iOS", "appleBrainEnrollment", "mdm"),
            ("iOS", "unknown", "mdm"),
            ("iOS", "unknownFutureValue", "mdm"),
            ("iOS", "", "mdm"),
            ("visionOS", "appleBrainEnrollment", "mdm"),
            ("macOS", "windowsAzureADJoin", "mdm"),
            ("Android", "androidAOSPUserOwnedDeviceEnrollment", "mdm"),
            ("Android", "userEnrollment", "intuneAosp"),
            ("ChromeOS", "unknown", "google"),
            ("macOS", "userEnrollment", "jamf"),
            ("Windows", "userEnrollment", "msSense"),
        ] {
            let refusals = of(system, word, agent).capabilities.refusals;
            for kind in crate::services::graph::actions() {
                let reason = refusals.of(kind);
                assert_eq!(reason, Some(RefusalReason::PlatformNotSupported), "{system} {word} {agent}");
            }
        }
        let manager = of("iOS", "deviceEnrollmentManager", "mdm");
        assert_eq!(manager.enrollment_type, Enrollment::DeviceEnrollmentManager, "the policy turns all off");
    }

    #[test]
    fn a_device_is_its_users_alone() {
        let id = "705c034c-034c-705c-4c03-5c704c035c70";
        for user in [
            serde_json::json!(null),
            serde_json::json!(""),
            serde_json::json!("00000000-0000-0000-0000-000000000000"),
            serde_json::json!("00000000-0000-4000-8000-0000000000ff"),
        ] {
            let body = serde_json::json!({
                "id": id, "userId": user, "enrolledByUserId": PERSON, "userPrincipalName": "ada@contoso.example",
                "usersLoggedOn": [{ "userId": PERSON }]
            });
            assert_eq!(read(body), None, "{user}");
        }
        let body = serde_json::json!({ "id": "../../organization", "userId": PERSON });
        assert_eq!(read(body), None, "an identifier that is none");
        let body = serde_json::json!({ "id": id, "userId": PERSON, "deviceName": null, "isEncrypted": null });
        assert_eq!(read(body).map(|device| device.device_name), Some(String::new()));
    }

    #[test]
    fn dates_have_seven_digits_and_two_years_that_mean_never() {
        assert_eq!(date("2026-11-13T10:53:24.6222751Z").unix_millis(), 1_794_567_204_622);
        for text in
            ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59.9999999Z", "9999-01-01T00:00:00Z", "", "soon"]
        {
            assert_eq!(date(text), UtcTime::NEVER, "{text}");
        }
    }

    #[test]
    fn an_erase_or_retire_under_way_is_read_from_the_state() {
        for state in ["retirePending", "retireIssued", "wipePending", "wipeIssued", "deletePending"] {
            assert_eq!(erase_or_retire(state), EraseOrRetire::Pending, "{state}");
        }
        for state in ["managed", "wipeFailed", "wipeCanceled", "retireCanceled", "unhealthy", ""] {
            assert_eq!(erase_or_retire(state), EraseOrRetire::None, "{state}");
        }
    }
}
