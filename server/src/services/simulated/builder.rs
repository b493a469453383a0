//! A few words to describe a sample device: what is not said is ordinary.

use super::behaviour::Behaviour;
use super::fleet::{Manners, SimulatedDevice};
use crate::domain::action::ActionSet;
use crate::domain::compliance::FailingRule;
use crate::domain::device::{
    Capabilities, CorporateAndroidReset, Device, DevicePasscode, EraseOrRetire, PasscodeRules, Refusals,
    ResetToken, SecretIssuer, UnlockPin, UnlockToken,
};
use crate::domain::ids::DeviceId;
use crate::domain::person::PersonId;
use portal_contract::{
    ComplianceState, DeviceEnrollmentType as Enrollment, ManagedDeviceOwnerType as Owner,
    ManagementAgentType as Agent, UtcTime,
};

const MINUTE: i64 = 60_000;
const DAY: i64 = 86_400_000;

/// A compliant, encrypted, company-owned device that its user enrolled 400 days ago and that checked in 20
/// minutes ago.
pub(super) fn device(
    person: &str,
    id: &str,
    name: &str,
    (operating_system, os_version): (&str, &str),
    (manufacturer, model): (&str, &str),
) -> SimulatedDevice {
    let person = PersonId::new(person.to_owned());
    let serial_number = serial(id);
    let device = Device {
        id: DeviceId::trusted(id.to_owned()),
        primary_user: person.clone(),
        device_name: name.to_owned(),
        managed_device_name: String::new(),
        operating_system: operating_system.to_owned(),
        os_version: os_version.to_owned(),
        manufacturer: manufacturer.to_owned(),
        model: model.to_owned(),
        serial_number,
        owner_type: Owner::Company,
        enrollment_type: Enrollment::UserEnrollment,
        management_agent: Agent::Mdm,
        compliance_state: ComplianceState::Compliant,
        compliance_grace_period_expiration: UtcTime::NEVER,
        last_sync: UtcTime::NEVER,
        enrolled: UtcTime::NEVER,
        is_encrypted: true,
        is_supervised: false,
        category: String::new(),
        capabilities: Capabilities {
            corporate_android_reset: CorporateAndroidReset::Device,
            reset_token: ResetToken::Active,
            unlock_token: UnlockToken::Held,
            unlock_pin: UnlockPin::Told,
            passcode: DevicePasscode::Present,
            passcode_rules: PasscodeRules::USUAL,
            offers: ActionSet::ALL,
            refusals: Refusals::NONE,
            erase_or_retire: EraseOrRetire::None,
            command_lifetime_seconds: 86_400,
        },
    };
    SimulatedDevice {
        person,
        manners: Manners::Plain,
        device,
        behaviour: Behaviour::Normal,
        failing: Vec::new(),
        checked_in_before_start_millis: Some(20 * MINUTE),
        enrolled_before_start_millis: 400 * DAY,
    }
}

/// A serial number that looks like one and depends on the identifier alone.
fn serial(id: &str) -> String {
    let hash = id.bytes().fold(17, |hash, byte| super::behaviour::mix(hash ^ u64::from(byte)));
    format!("S{:010X}", hash >> 24)
}

impl SimulatedDevice {
    /// How its user enrolled it.
    pub(super) const fn enrolled_by(mut self, enrollment: Enrollment) -> Self {
        self.device.enrollment_type = enrollment;
        self
    }

    /// How it is managed.
    pub(super) const fn managed_by(mut self, agent: Agent) -> Self {
        self.device.management_agent = agent;
        self
    }

    /// It belongs to the person.
    pub(super) const fn personal(mut self) -> Self {
        self.device.owner_type = Owner::Personal;
        self
    }

    /// It is supervised.
    pub(super) const fn supervised(mut self) -> Self {
        self.device.is_supervised = true;
        self
    }

    /// How it reacts.
    pub(super) const fn that(mut self, behaviour: Behaviour) -> Self {
        self.behaviour = behaviour;
        self
    }

    /// Somebody else is its primary user.
    pub(super) fn of_primary_user(mut self, person: &str) -> Self {
        self.device.primary_user = PersonId::new(person.to_owned());
        self
    }

    /// It checked in this many minutes before the start.
    pub(super) const fn seen_minutes_ago(mut self, minutes: i64) -> Self {
        self.checked_in_before_start_millis = Some(minutes * MINUTE);
        self
    }

    /// It never checked in.
    pub(super) const fn never_seen(mut self) -> Self {
        self.checked_in_before_start_millis = None;
        self
    }

    /// Its compliance.
    pub(super) const fn compliance(mut self, state: ComplianceState) -> Self {
        self.device.compliance_state = state;
        if matches!(state, ComplianceState::InGracePeriod) {
            // Any date that is not "never": the fleet sets it relative to its start.
            self.device.compliance_grace_period_expiration = UtcTime::from_unix_millis(0);
        }
        self
    }

    /// Its disk is open: there is no key to it.
    pub(super) const fn not_encrypted(mut self) -> Self {
        self.device.is_encrypted = false;
        self
    }

    /// A rule that it does not meet.
    pub(super) fn failing(mut self, code: &str, title: &str, detail: &str) -> Self {
        self.failing.extend(FailingRule::read(code, title, detail, "Sample policy"));
        self
    }

    /// Its category.
    pub(super) fn category(mut self, category: &str) -> Self {
        category.clone_into(&mut self.device.category);
        self
    }

    /// The organisation does not let people reset it.
    pub(super) const fn organization_forbids(mut self) -> Self {
        self.device.capabilities.corporate_android_reset = CorporateAndroidReset::Forbidden;
        self
    }

    /// Its reset token is not active.
    pub(super) const fn reset_token_inactive(mut self) -> Self {
        self.device.capabilities.reset_token = ResetToken::Inactive;
        self
    }

    /// The service with the manners of Microsoft Graph manages it, and issues its passcodes.
    pub(super) const fn in_cloud(mut self) -> Self {
        self.manners = Manners::Cloud;
        self.device.capabilities.passcode_rules.issuer = SecretIssuer::Service;
        self
    }

    /// The service with the manners of NanoMDM manages it.
    pub(super) const fn by_push(mut self) -> Self {
        self.manners = Manners::Push;
        self
    }

    /// The service holds no token that unlocks it.
    pub(super) const fn unlock_token_missing(mut self) -> Self {
        self.device.capabilities.unlock_token = UnlockToken::Missing;
        self
    }

    /// It has no passcode.
    pub(super) const fn without_passcode(mut self) -> Self {
        self.device.capabilities.passcode = DevicePasscode::Absent;
        self
    }

    /// An erase waits for it.
    pub(super) const fn erase_pending(mut self) -> Self {
        self.device.capabilities.erase_or_retire = EraseOrRetire::Pending;
        self
    }
}
