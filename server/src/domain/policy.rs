//! The policy table: whether an action is possible for a device and a person, why not, and what it would do.
//!
//! Each row of `platforms.md` is one [`Row`]; [`row_of`] finds the first that matches and [`decide`] says what it means for
//! an action. Company-owned Android with a work profile is a row of its own: management can reset the profile's passcode only. `operatingSystem` is a free string and is
//! matched by prefix without regard to case. Two decisions the table leaves open: facts about the person come
//! before facts about the platform (a person who may not act is told so first), and a device whose version
//! cannot be read matches no row that depends on it.

use super::action::ActionKind;
use super::device::{
    CorporateAndroidReset, Device, DevicePasscode, EraseOrRetire, ResetToken, SecretIssuer, UnlockPin,
    UnlockToken,
};
use super::person::PersonId;
use portal_contract::{
    ActionAvailability, CharacterSet, DeviceEnrollmentType as Enrollment, ManagedDeviceOwnerType as Owner,
    ManagementAgentType as Agent, RefusalReason, ResetOutcome,
};

/// One row of the table, in the order in which they are tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Row {
    /// Android, dedicated (kiosk).
    AndroidDedicated,
    /// Android, corporate-owned and fully managed.
    AndroidFullyManaged,
    /// Android, corporate-owned with a work profile: only the profile's passcode can be reset.
    AndroidCorporateWorkProfile,
    /// Android, personally owned with a work profile.
    AndroidPersonalWorkProfile,
    /// Android up to 6 under device administrator.
    AndroidAdministratorUpTo6,
    /// Android 7 and later under device administrator.
    AndroidAdministratorFrom7,
    /// iOS or iPadOS with device enrolment.
    AppleDeviceEnrolment,
    /// iOS or iPadOS with User Enrolment.
    AppleUserEnrolment,
    /// Shared iPad.
    SharedIpad,
    /// visionOS 1.1 and later.
    VisionOs,
    /// visionOS before 1.1.
    VisionOsTooOld,
    /// Windows 10 Mobile.
    Windows10Mobile,
    /// Windows Phone 8.1.
    WindowsPhone81,
    /// A Windows PC or RT tablet.
    WindowsPc,
    /// A Mac.
    Mac,
    /// Linux, ChromeOS, and everything that matches nothing above.
    OtherPlatform,
}

/// The platforms the table tells apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Platform {
    Android,
    AppleMobile,
    VisionOs,
    Windows10Mobile,
    WindowsPhone,
    Windows,
    Mac,
    Other,
}

/// Prefixes without case and blanks, the longer before the shorter that begins it.
const PREFIXES: [(&str, Platform); 14] = [
    ("android", Platform::Android),
    ("aosp", Platform::Android),
    ("ios", Platform::AppleMobile),
    ("ipados", Platform::AppleMobile),
    ("iphone", Platform::AppleMobile),
    ("ipad", Platform::AppleMobile),
    ("visionos", Platform::VisionOs),
    ("windows10mobile", Platform::Windows10Mobile),
    ("windowsphone", Platform::WindowsPhone),
    ("windows", Platform::Windows),
    ("macos", Platform::Mac),
    ("macmdm", Platform::Mac),
    ("linux", Platform::Other),
    ("chromeos", Platform::Other),
];

fn platform(operating_system: &str) -> Platform {
    let name: String = operating_system
        .chars()
        .filter(|character| !character.is_whitespace())
        .flat_map(char::to_lowercase)
        .collect();
    PREFIXES
        .iter()
        .find(|(prefix, _)| name.starts_with(prefix))
        .map_or(Platform::Other, |(_, platform)| *platform)
}

/// The platforms an organisation tells apart when it switches actions off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PlatformFamily {
    /// Android.
    Android,
    /// iOS, iPadOS and visionOS.
    Ios,
    /// Windows of every kind, phones too.
    Windows,
    /// macOS.
    MacOs,
    /// Everything else.
    Other,
}

impl PlatformFamily {
    /// Every family.
    pub const ALL: [Self; 5] = [Self::Android, Self::Ios, Self::Windows, Self::MacOs, Self::Other];

    /// The name in the configuration.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Android => "android",
            Self::Ios => "ios",
            Self::Windows => "windows",
            Self::MacOs => "macos",
            Self::Other => "other",
        }
    }

    /// The family with a name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|family| family.as_str() == name)
    }

    /// The family of an `operatingSystem`.
    #[must_use]
    pub fn of(operating_system: &str) -> Self {
        match platform(operating_system) {
            Platform::Android => Self::Android,
            Platform::AppleMobile | Platform::VisionOs => Self::Ios,
            Platform::Windows10Mobile | Platform::WindowsPhone | Platform::Windows => Self::Windows,
            Platform::Mac => Self::MacOs,
            Platform::Other => Self::Other,
        }
    }
}

/// Major and minor number of a version such as `6.0.1` or `10.0.15254`; a missing minor number is 0.
fn version(text: &str) -> Option<(u32, u32)> {
    let mut parts = text.trim().split('.');
    let major = parts.next()?.parse().ok()?;
    let minor = parts.next().map_or(Some(0), |part| {
        let digits: String = part.chars().take_while(char::is_ascii_digit).collect();
        digits.parse().ok()
    })?;
    Some((major, minor))
}

fn last_word(name: &str) -> &str {
    name.split_whitespace().next_back().unwrap_or_default()
}

/// Finds the first row that matches the device.
#[must_use]
pub fn row_of(device: &Device) -> Row {
    let version = version(&device.os_version);
    match platform(&device.operating_system) {
        Platform::Android => android_row(device, version),
        Platform::AppleMobile if device.enrollment_type == Enrollment::AppleUserEnrollment => {
            Row::AppleUserEnrolment
        }
        Platform::AppleMobile
            if device.enrollment_type == Enrollment::AppleUserEnrollmentWithServiceAccount =>
        {
            Row::SharedIpad
        }
        Platform::AppleMobile => Row::AppleDeviceEnrolment,
        Platform::VisionOs => match version {
            Some(known) if known >= (1, 1) => Row::VisionOs,
            Some(_) => Row::VisionOsTooOld,
            None => Row::OtherPlatform,
        },
        Platform::Windows10Mobile => Row::Windows10Mobile,
        // Without a version of its own the name may end in it: `Windows Phone 8.1`.
        Platform::WindowsPhone => {
            match version.or_else(|| self::version(last_word(&device.operating_system))) {
                Some((10, _)) => Row::Windows10Mobile,
                // Windows Phone 8.1 counts its builds as 8.10.12345.
                Some((8, 1 | 10)) => Row::WindowsPhone81,
                Some(_) | None => Row::OtherPlatform,
            }
        }
        Platform::Windows => Row::WindowsPc,
        Platform::Mac => Row::Mac,
        Platform::Other => Row::OtherPlatform,
    }
}

fn android_row(device: &Device, version: Option<(u32, u32)>) -> Row {
    if device.enrollment_type == Enrollment::AndroidEnterpriseDedicatedDevice {
        Row::AndroidDedicated
    } else if device.enrollment_type == Enrollment::AndroidEnterpriseFullyManaged {
        Row::AndroidFullyManaged
    } else if device.enrollment_type == Enrollment::AndroidEnterpriseCorporateWorkProfile {
        Row::AndroidCorporateWorkProfile
    } else if device.management_agent == Agent::GoogleCloudDevicePolicyController
        && device.owner_type == Owner::Personal
    {
        Row::AndroidPersonalWorkProfile
    } else if matches!(device.management_agent, Agent::Mdm | Agent::EasMdm) {
        match version {
            Some((major, _)) if major < 7 => Row::AndroidAdministratorUpTo6,
            Some(_) => Row::AndroidAdministratorFrom7,
            None => Row::OtherPlatform,
        }
    } else {
        Row::OtherPlatform
    }
}

/// What the table says about an action, one device and one person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub enum Decision {
    /// It is possible.
    Allowed(Allowed),
    /// It is not, for this reason.
    Refused(RefusalReason),
}

/// What an allowed action would do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Allowed {
    /// A reset with this outcome.
    Reset(Reset),
    /// What its name says.
    Plain,
    /// A lock that only a PIN opens.
    LockWithPin,
}

/// What an allowed reset does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reset {
    /// A temporary passcode of these characters, made here, replaces the old one.
    Temporary(CharacterSet),
    /// The same, made by the device's service.
    Issued(CharacterSet),
    /// The passcode of the work profile alone, of letters and digits, made by the device's service.
    IssuedForWorkProfile,
    /// The passcode is removed; none is issued.
    Removed,
}

impl Reset {
    /// The name in the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Removed => "removed",
            Self::Temporary(character_set) => character_set.as_str(),
            Self::Issued(CharacterSet::Digits) => "issued:digits",
            Self::Issued(CharacterSet::LettersAndDigits | CharacterSet::Other) => "issued:lettersAndDigits",
            Self::IssuedForWorkProfile => "issued:workProfile",
        }
    }

    /// Reads the name in the database.
    #[must_use]
    pub fn from_name(name: &str) -> Self {
        match name.strip_prefix("issued:") {
            Some("workProfile") => Self::IssuedForWorkProfile,
            Some(character_set) => Self::Issued(CharacterSet::from_wire(character_set)),
            None if name == "removed" => Self::Removed,
            None => Self::Temporary(CharacterSet::from_wire(name)),
        }
    }
}

impl Decision {
    /// As the contract says it.
    #[must_use]
    pub const fn availability(self) -> ActionAvailability {
        let (reason, outcome) = match self {
            Self::Allowed(Allowed::Reset(Reset::Temporary(character_set) | Reset::Issued(character_set))) => {
                (None, Some(ResetOutcome::TemporaryPasscode { character_set }))
            }
            Self::Allowed(Allowed::Reset(Reset::IssuedForWorkProfile)) => {
                (None, Some(ResetOutcome::WorkProfilePasscode))
            }
            Self::Allowed(Allowed::Reset(Reset::Removed)) => (None, Some(ResetOutcome::PasscodeRemoved)),
            Self::Allowed(Allowed::Plain | Allowed::LockWithPin) => (None, None),
            Self::Refused(reason) => (Some(reason), None),
        };
        ActionAvailability { allowed: reason.is_none(), reason, outcome, command_expires_after_seconds: None }
    }
}

/// Decides about an action on `device` by `person`. First who may act at all, then the platform, then what the service has,
/// then what is under way.
pub fn decide(action: ActionKind, device: &Device, person: &PersonId) -> Decision {
    if device.enrollment_type == Enrollment::DeviceEnrollmentManager {
        return Decision::Refused(RefusalReason::DeviceEnrollmentManager);
    }
    if device.primary_user != *person {
        return Decision::Refused(RefusalReason::NotPrimaryUser);
    }
    let by_platform = match action {
        ActionKind::ResetPasscode => decide_reset(row_of(device), device),
        ActionKind::RemoteLock => decide_lock(row_of(device), device),
        ActionKind::SyncDevice => decide_sync(row_of(device)),
        ActionKind::Retire => decide_retire(row_of(device), device),
        ActionKind::Wipe => decide_wipe(row_of(device), device),
        ActionKind::RebootNow => decide_reboot(row_of(device), device),
        ActionKind::SetCategory => decide_category(row_of(device)),
        ActionKind::ShowRecoveryKey => decide_recovery_key(row_of(device)),
        ActionKind::ShowLocalAdministratorPassword => decide_administrator_password(row_of(device)),
        // A name is the portal's own: no device and no service is asked, only the organisation.
        ActionKind::Rename => {
            let refused = device.capabilities.refusals.of(action);
            return refused.map_or(Decision::Allowed(Allowed::Plain), Decision::Refused);
        }
    };
    match by_platform {
        Decision::Allowed(_) if !device.capabilities.offers.has(action) => {
            Decision::Refused(RefusalReason::NotOfferedByService)
        }
        Decision::Allowed(_) if let Some(reason) = device.capabilities.refusals.of(action) => {
            Decision::Refused(reason)
        }
        // What only looks something up may be what somebody needs before the erase comes.
        Decision::Allowed(_) if action.shows().is_some() => by_platform,
        Decision::Allowed(_) if device.capabilities.erase_or_retire == EraseOrRetire::Pending => {
            Decision::Refused(RefusalReason::EraseOrRetirePending)
        }
        decision @ (Decision::Allowed(_) | Decision::Refused(_)) => decision,
    }
}

/// A lock keeps others out until the passcode is typed. A Mac is locked with a PIN: only where its service tells the PIN, or nobody
/// could open it again. A PC has no lock from afar.
const fn decide_lock(row: Row, device: &Device) -> Decision {
    match row {
        Row::WindowsPc => Decision::Refused(RefusalReason::WindowsPc),
        Row::Mac => match device.capabilities.unlock_pin {
            UnlockPin::Told => Decision::Allowed(Allowed::LockWithPin),
            UnlockPin::Untold => Decision::Refused(RefusalReason::NotOfferedByService),
        },
        Row::SharedIpad => Decision::Refused(RefusalReason::SharedIpad),
        Row::AndroidDedicated => Decision::Refused(RefusalReason::DedicatedDevice),
        Row::OtherPlatform => Decision::Refused(RefusalReason::PlatformNotSupported),
        Row::AndroidFullyManaged
        | Row::AndroidCorporateWorkProfile
        | Row::AndroidPersonalWorkProfile
        | Row::AndroidAdministratorUpTo6
        | Row::AndroidAdministratorFrom7
        | Row::AppleDeviceEnrolment
        | Row::AppleUserEnrolment
        | Row::VisionOs
        | Row::VisionOsTooOld
        | Row::Windows10Mobile
        | Row::WindowsPhone81 => match device.capabilities.passcode {
            DevicePasscode::Absent => Decision::Refused(RefusalReason::NoPasscodeOnDevice),
            DevicePasscode::Present | DevicePasscode::Unknown => Decision::Allowed(Allowed::Plain),
        },
    }
}

const fn decide_sync(row: Row) -> Decision {
    match row {
        Row::OtherPlatform => Decision::Refused(RefusalReason::PlatformNotSupported),
        Row::AndroidDedicated
        | Row::AndroidFullyManaged
        | Row::AndroidCorporateWorkProfile
        | Row::AndroidPersonalWorkProfile
        | Row::AndroidAdministratorUpTo6
        | Row::AndroidAdministratorFrom7
        | Row::AppleDeviceEnrolment
        | Row::AppleUserEnrolment
        | Row::SharedIpad
        | Row::VisionOs
        | Row::VisionOsTooOld
        | Row::Windows10Mobile
        | Row::WindowsPhone81
        | Row::WindowsPc
        | Row::Mac => Decision::Allowed(Allowed::Plain),
    }
}

/// Why no person takes such a device out of management, or erases it: it is nobody's, nothing can be done with it, or it was
/// enrolled by the organisation before its person had it, so that only IT does.
const fn removal_refusal(row: Row, device: &Device) -> Option<RefusalReason> {
    let is_automatic =
        matches!(device.enrollment_type, Enrollment::AppleBulkWithUser | Enrollment::AppleBulkWithoutUser);
    match row {
        Row::AndroidDedicated => Some(RefusalReason::DedicatedDevice),
        Row::SharedIpad => Some(RefusalReason::SharedIpad),
        Row::OtherPlatform => Some(RefusalReason::PlatformNotSupported),
        Row::AndroidFullyManaged | Row::AndroidCorporateWorkProfile => {
            Some(RefusalReason::OrganizationPolicy)
        }
        Row::AppleDeviceEnrolment | Row::VisionOs | Row::VisionOsTooOld | Row::Mac if is_automatic => {
            Some(RefusalReason::OrganizationPolicy)
        }
        Row::AndroidPersonalWorkProfile
        | Row::AndroidAdministratorUpTo6
        | Row::AndroidAdministratorFrom7
        | Row::AppleDeviceEnrolment
        | Row::AppleUserEnrolment
        | Row::VisionOs
        | Row::VisionOsTooOld
        | Row::Windows10Mobile
        | Row::WindowsPhone81
        | Row::WindowsPc
        | Row::Mac => None,
    }
}

/// A PC that was joined to the directory is the organisation's to take out of management.
const fn decide_retire(row: Row, device: &Device) -> Decision {
    let is_joined =
        matches!(device.enrollment_type, Enrollment::WindowsAzureADJoin | Enrollment::WindowsAutoEnrollment);
    match removal_refusal(row, device) {
        Some(reason) => Decision::Refused(reason),
        None if matches!(row, Row::WindowsPc) && is_joined => {
            Decision::Refused(RefusalReason::OrganizationPolicy)
        }
        None => Decision::Allowed(Allowed::Plain),
    }
}

/// An erase takes private data as well, so what management may not erase is not erased.
const fn decide_wipe(row: Row, device: &Device) -> Decision {
    match removal_refusal(row, device) {
        Some(reason) => Decision::Refused(reason),
        None if matches!(row, Row::AppleUserEnrolment) => {
            Decision::Refused(RefusalReason::AppleUserEnrollment)
        }
        None if matches!(row, Row::AndroidPersonalWorkProfile) => {
            Decision::Refused(RefusalReason::PersonallyOwnedWorkProfile)
        }
        None => Decision::Allowed(Allowed::Plain),
    }
}

/// Apple restarts supervised devices only.
const fn decide_reboot(row: Row, device: &Device) -> Decision {
    match row {
        Row::WindowsPc | Row::AndroidFullyManaged => Decision::Allowed(Allowed::Plain),
        Row::AppleDeviceEnrolment | Row::Mac if device.is_supervised => Decision::Allowed(Allowed::Plain),
        Row::AndroidDedicated => Decision::Refused(RefusalReason::DedicatedDevice),
        Row::SharedIpad => Decision::Refused(RefusalReason::SharedIpad),
        Row::AndroidCorporateWorkProfile
        | Row::AndroidPersonalWorkProfile
        | Row::AndroidAdministratorUpTo6
        | Row::AndroidAdministratorFrom7
        | Row::AppleDeviceEnrolment
        | Row::AppleUserEnrolment
        | Row::VisionOs
        | Row::VisionOsTooOld
        | Row::Windows10Mobile
        | Row::WindowsPhone81
        | Row::Mac
        | Row::OtherPlatform => Decision::Refused(RefusalReason::PlatformNotSupported),
    }
}

/// The service keeps the category, so the platform does not matter: only that the device is its person's to sort.
const fn decide_category(row: Row) -> Decision {
    match row {
        Row::AndroidDedicated => Decision::Refused(RefusalReason::DedicatedDevice),
        Row::SharedIpad => Decision::Refused(RefusalReason::SharedIpad),
        Row::AndroidFullyManaged
        | Row::AndroidCorporateWorkProfile
        | Row::AndroidPersonalWorkProfile
        | Row::AndroidAdministratorUpTo6
        | Row::AndroidAdministratorFrom7
        | Row::AppleDeviceEnrolment
        | Row::AppleUserEnrolment
        | Row::VisionOs
        | Row::VisionOsTooOld
        | Row::Windows10Mobile
        | Row::WindowsPhone81
        | Row::WindowsPc
        | Row::Mac
        | Row::OtherPlatform => Decision::Allowed(Allowed::Plain),
    }
}

/// Computers have a disk that a key of its own opens.
const fn decide_recovery_key(row: Row) -> Decision {
    match row {
        Row::WindowsPc | Row::Mac => Decision::Allowed(Allowed::Plain),
        Row::AndroidDedicated
        | Row::AndroidFullyManaged
        | Row::AndroidCorporateWorkProfile
        | Row::AndroidPersonalWorkProfile
        | Row::AndroidAdministratorUpTo6
        | Row::AndroidAdministratorFrom7
        | Row::AppleDeviceEnrolment
        | Row::AppleUserEnrolment
        | Row::SharedIpad
        | Row::VisionOs
        | Row::VisionOsTooOld
        | Row::Windows10Mobile
        | Row::WindowsPhone81
        | Row::OtherPlatform => Decision::Refused(RefusalReason::PlatformNotSupported),
    }
}

/// Windows keeps a password of its own for each PC (LAPS).
const fn decide_administrator_password(row: Row) -> Decision {
    if matches!(row, Row::WindowsPc) {
        Decision::Allowed(Allowed::Plain)
    } else {
        Decision::Refused(RefusalReason::PlatformNotSupported)
    }
}

fn decide_reset(row: Row, device: &Device) -> Decision {
    let reset = |reset| Decision::Allowed(Allowed::Reset(reset));
    let temporary = |usual: CharacterSet| {
        let character_set = device.capabilities.passcode_rules.character_set.unwrap_or(usual);
        reset(match device.capabilities.passcode_rules.issuer {
            SecretIssuer::Portal => Reset::Temporary(character_set),
            SecretIssuer::Service => Reset::Issued(character_set),
        })
    };
    let letters_and_digits = temporary(CharacterSet::LettersAndDigits);
    match row {
        Row::AndroidAdministratorUpTo6 | Row::Windows10Mobile => letters_and_digits,
        Row::AndroidFullyManaged | Row::AndroidCorporateWorkProfile => {
            let is_managed_whole = row == Row::AndroidFullyManaged;
            match device.capabilities.corporate_android_reset {
                CorporateAndroidReset::Device | CorporateAndroidReset::Forbidden if !is_managed_whole => {
                    Decision::Refused(RefusalReason::WorkProfilePasscodeOnly)
                }
                CorporateAndroidReset::Forbidden => Decision::Refused(RefusalReason::OrganizationPolicy),
                CorporateAndroidReset::Device | CorporateAndroidReset::WorkProfile
                    if device.capabilities.reset_token == ResetToken::Inactive =>
                {
                    Decision::Refused(RefusalReason::ResetTokenInactive)
                }
                CorporateAndroidReset::Device => letters_and_digits,
                CorporateAndroidReset::WorkProfile => reset(Reset::IssuedForWorkProfile),
            }
        }
        Row::WindowsPhone81 => temporary(CharacterSet::Digits),
        Row::AppleDeviceEnrolment | Row::VisionOs
            if device.capabilities.unlock_token == UnlockToken::Missing =>
        {
            Decision::Refused(RefusalReason::UnlockTokenMissing)
        }
        Row::AppleDeviceEnrolment | Row::VisionOs => reset(Reset::Removed),
        Row::AndroidAdministratorFrom7 => Decision::Refused(RefusalReason::AndroidForbidsSince7),
        Row::AndroidPersonalWorkProfile => Decision::Refused(RefusalReason::PersonallyOwnedWorkProfile),
        Row::AndroidDedicated => Decision::Refused(RefusalReason::DedicatedDevice),
        Row::AppleUserEnrolment => Decision::Refused(RefusalReason::AppleUserEnrollment),
        Row::SharedIpad => Decision::Refused(RefusalReason::SharedIpad),
        Row::VisionOsTooOld => Decision::Refused(RefusalReason::OsVersionTooOld),
        Row::WindowsPc => Decision::Refused(RefusalReason::WindowsPc),
        Row::Mac => Decision::Refused(RefusalReason::MacRecoveryKey),
        Row::OtherPlatform => Decision::Refused(RefusalReason::PlatformNotSupported),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_operating_systems_are_matched_by_prefix_without_case() {
        for (name, expected) in [
            ("android", Platform::Android),
            ("AndroidForWork", Platform::Android),
            ("AndroidEnterprise", Platform::Android),
            ("AOSP", Platform::Android),
            ("IOS", Platform::AppleMobile),
            ("iPadOS", Platform::AppleMobile),
            ("iPhone", Platform::AppleMobile),
            ("visionOS", Platform::VisionOs),
            ("Windows 10 Mobile", Platform::Windows10Mobile),
            ("windowsphone", Platform::WindowsPhone),
            ("Windows Phone", Platform::WindowsPhone),
            ("Windows", Platform::Windows),
            ("Windows 8.1 RT", Platform::Windows),
            ("macOS", Platform::Mac),
            ("Linux", Platform::Other),
            ("ChromeOS", Platform::Other),
            ("HarmonyOS", Platform::Other),
            ("", Platform::Other),
        ] {
            assert_eq!(platform(name), expected, "{name}");
        }
    }

    #[test]
    fn versions_are_read_by_their_first_two_numbers() {
        assert_eq!(version("6.0.1"), Some((6, 0)));
        assert_eq!(version("10"), Some((10, 0)));
        assert_eq!(version("8.1 Update 2"), Some((8, 1)));
        assert_eq!(version("1.1"), Some((1, 1)));
        for text in ["", "seven", "8.x", "-1.0"] {
            assert_eq!(version(text), None, "{text}");
        }
    }
}
