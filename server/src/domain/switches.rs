//! What the organisation switched off: actions, by platform and by who owns the device.

use super::action::ActionKind;
use super::device::Device;
use super::policy::PlatformFamily;
use portal_contract::{ManagedDeviceOwnerType, RefusalReason};

/// One switch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SwitchedOff {
    /// The action nobody may do.
    pub action: ActionKind,
    /// On which platform; on every one if `None`.
    pub platform: Option<PlatformFamily>,
    /// On whose devices; on everybody's if `None`.
    pub owner: Option<ManagedDeviceOwnerType>,
}

impl SwitchedOff {
    fn concerns(&self, device: &Device) -> bool {
        self.platform.is_none_or(|platform| platform == PlatformFamily::of(&device.operating_system))
            && self.owner.is_none_or(|owner| owner == device.owner_type)
    }
}

/// The device with what the organisation switched off on it.
#[must_use]
pub fn switched(mut device: Device, switches: &[SwitchedOff]) -> Device {
    let concerned = switches.iter().filter(|switch| switch.concerns(&device));
    device.capabilities.refusals = concerned.fold(device.capabilities.refusals, |refusals, switch| {
        refusals.with(switch.action, RefusalReason::OrganizationPolicy)
    });
    device
}
