//! A managed device as the rules see it: the facts, and what the back end says is possible.

use super::action::{ActionKind, ActionSet};
use super::ids::DeviceId;
use super::person::PersonId;
use portal_contract::{
    CharacterSet, ComplianceState, DeviceEnrollmentType, ManagedDeviceOwnerType, ManagementAgentType,
    RefusalReason, UtcTime,
};

/// What the back end knows about one device. The fields are those of the contract's `ManagedDevice`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Device {
    /// Identifies it.
    pub id: DeviceId,
    /// The one person who may act on it.
    pub primary_user: PersonId,
    /// The name the person gave it.
    pub device_name: String,
    /// The name the management service gave it.
    pub managed_device_name: String,
    /// A free string, read by prefix.
    pub operating_system: String,
    /// The version as the device reports it.
    pub os_version: String,
    /// Who made it.
    pub manufacturer: String,
    /// The model.
    pub model: String,
    /// The serial number.
    pub serial_number: String,
    /// Who owns it.
    pub owner_type: ManagedDeviceOwnerType,
    /// How it was enrolled.
    pub enrollment_type: DeviceEnrollmentType,
    /// How it is managed.
    pub management_agent: ManagementAgentType,
    /// Whether it meets the organisation's rules.
    pub compliance_state: ComplianceState,
    /// Until when it has time to meet them.
    pub compliance_grace_period_expiration: UtcTime,
    /// When it last checked in; `NEVER` when it has not.
    pub last_sync: UtcTime,
    /// When it was enrolled.
    pub enrolled: UtcTime,
    /// Whether its storage is encrypted.
    pub is_encrypted: bool,
    /// Whether it is supervised (Apple).
    pub is_supervised: bool,
    /// The category the organisation put it in.
    pub category: String,
    /// What the back end says is possible.
    pub capabilities: Capabilities,
}

/// What the back end knows beyond the fields of the device, and the policy table needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Capabilities {
    /// What a reset of a corporate-owned Android device does, if the organisation lets people do it.
    pub corporate_android_reset: CorporateAndroidReset,
    /// Whether the device's reset token is active (corporate-owned Android).
    pub reset_token: ResetToken,
    /// Whether the service holds what unlocks the device (Apple).
    pub unlock_token: UnlockToken,
    /// Whether the service tells the PIN that opens the device after a lock (a Mac).
    pub unlock_pin: UnlockPin,
    /// Whether the device has a passcode, as far as the service knows.
    pub passcode: DevicePasscode,
    /// What a temporary passcode of this device has to be like, and who makes it.
    pub passcode_rules: PasscodeRules,
    /// Which actions the service has for this device.
    pub offers: ActionSet,
    /// Which of them it refuses for this device, and why.
    pub refusals: Refusals,
    /// Whether an erase or retire waits for the device.
    pub erase_or_retire: EraseOrRetire,
    /// How long a command may wait for this device before it counts as expired, in seconds.
    pub command_lifetime_seconds: i64,
}

/// Actions that a service refuses for a device. It can only refuse more than the policy does, never allow more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refusals([Option<RefusalReason>; ActionKind::ALL.len()]);

impl Refusals {
    /// None.
    pub const NONE: Self = Self([None; ActionKind::ALL.len()]);

    /// With one more.
    #[must_use]
    pub fn with(self, kind: ActionKind, reason: RefusalReason) -> Self {
        let refused = |(at, known)| if at == kind { Some(reason) } else { known };
        let mut kinds = ActionKind::ALL.into_iter().zip(self.0).map(refused);
        Self(std::array::from_fn(|_| kinds.next().flatten()))
    }

    /// Why an action is refused, if it is.
    #[must_use]
    pub fn of(self, kind: ActionKind) -> Option<RefusalReason> {
        ActionKind::ALL.into_iter().zip(self.0).find(|(at, _)| *at == kind).and_then(|(_, reason)| reason)
    }
}

/// What a reset of a corporate-owned Android device does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CorporateAndroidReset {
    /// The passcode of the device is reset, where it is managed whole.
    Device,
    /// The passcode of the work profile is reset and that of the device is not: what Microsoft Intune does.
    WorkProfile,
    /// The organisation does not let people do it.
    Forbidden,
}

/// The state of an Android reset token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ResetToken {
    /// Usable.
    Active,
    /// The device has not activated it yet (it does after the next unlock).
    Inactive,
}

/// The state of an Apple device's unlock token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnlockToken {
    /// The service holds one, or has no use for one.
    Held,
    /// It holds none that works; only enrolling the device anew helps.
    Missing,
}

/// The PIN that opens a Mac after a lock from afar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnlockPin {
    /// The service makes it and tells it with the end of the lock.
    Told,
    /// It does not.
    Untold,
}

/// What a temporary passcode of a device has to be like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PasscodeRules {
    /// Who makes it.
    pub issuer: SecretIssuer,
    /// The fewest characters the device takes.
    pub min_length: u8,
    /// The most.
    pub max_length: u8,
    /// Which characters it has to be made of; `None`: what is usual on the platform.
    pub character_set: Option<CharacterSet>,
}

impl PasscodeRules {
    /// Made here, as the platform has it.
    pub const USUAL: Self =
        Self { issuer: SecretIssuer::Portal, min_length: 4, max_length: 16, character_set: None };
}

/// Who makes a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SecretIssuer {
    /// This server; the service takes it.
    Portal,
    /// The service; it tells it with the end of the run.
    Service,
}

/// Whether a device has a passcode.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DevicePasscode {
    /// It has.
    Present,
    /// It has none.
    Absent,
    /// The service does not say.
    Unknown,
}

/// Whether an erase or retire takes precedence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EraseOrRetire {
    /// None.
    None,
    /// One waits for the device.
    Pending,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_is_kept_for_its_action_alone_and_the_last_word_counts() {
        let refusals = Refusals::NONE
            .with(ActionKind::RemoteLock, RefusalReason::OrganizationPolicy)
            .with(ActionKind::RemoteLock, RefusalReason::NoPasscodeOnDevice);
        assert_eq!(refusals.of(ActionKind::RemoteLock), Some(RefusalReason::NoPasscodeOnDevice));
        let others = ActionKind::ALL.into_iter().filter(|kind| *kind != ActionKind::RemoteLock);
        assert!(others.into_iter().all(|kind| refusals.of(kind).is_none()));
    }
}
