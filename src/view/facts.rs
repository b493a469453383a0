//! The facts of a device that a person can compare with the one in their hand, or read to IT.

use super::{last_check_in, moment, platform};
use crate::domain::Device;
use crate::i18n::{Text, t};
use portal_contract::{ComplianceState, ManagedDeviceOwnerType, UtcTime};

/// One fact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact {
    /// What it is.
    pub label: Text,
    /// How it is.
    pub value: Text,
}

/// The facts of a device in the order to show them. What is not known is left out.
#[must_use]
pub fn facts(device: &Device, now: Option<UtcTime>) -> Vec<Fact> {
    let mut facts = Vec::new();
    let mut add = |label: Text, value: Option<Text>| {
        facts.extend(value.map(|value| Fact { label, value }));
    };
    add(t::device_platform(), Some(platform(device)));
    add(t::device_manufacturer(), foreign(&device.manufacturer));
    add(t::device_model(), foreign(&device.model));
    add(t::device_serial_number(), foreign(&device.serial_number));
    add(t::device_last_check_in(), Some(last_check_in(device, now)));
    add(t::device_enrolled(), device.enrolled.map(|then| moment(then, None)));
    add(t::device_owner(), owner(device.owner));
    add(t::device_compliance(), compliance(device));
    add(t::device_encrypted(), Some(yes_or_no(device.is_encrypted)));
    add(t::device_supervised(), device.is_supervised.then(t::app_yes));
    add(t::device_category(), foreign(&device.category));
    facts
}

fn foreign(text: &str) -> Option<Text> {
    (!text.trim().is_empty()).then(|| Text::verbatim(text.trim()))
}

const fn yes_or_no(yes: bool) -> Text {
    if yes { t::app_yes() } else { t::app_no() }
}

const fn owner(owner: ManagedDeviceOwnerType) -> Option<Text> {
    match owner {
        ManagedDeviceOwnerType::Company => Some(t::device_owner_company()),
        ManagedDeviceOwnerType::Personal => Some(t::device_owner_personal()),
        ManagedDeviceOwnerType::Unknown | ManagedDeviceOwnerType::Other => None,
    }
}

fn compliance(device: &Device) -> Option<Text> {
    match device.compliance {
        ComplianceState::Compliant => Some(t::device_compliance_compliant()),
        ComplianceState::Noncompliant => Some(t::device_compliance_noncompliant()),
        ComplianceState::Conflict => Some(t::device_compliance_conflict()),
        ComplianceState::Error => Some(t::device_compliance_error()),
        ComplianceState::InGracePeriod => {
            Some(device.grace_until.map_or_else(t::device_compliance_grace, t::device_compliance_grace_until))
        }
        ComplianceState::ConfigManager => Some(t::device_compliance_elsewhere()),
        ComplianceState::Unknown | ComplianceState::Other => None,
    }
}
