//! What is known of the rules that a device does not meet.

use crate::core::{LoadState, Page};
use crate::domain::{Device, DeviceId};
use portal_contract::{ComplianceState, DeviceCompliance, UtcTime};
use std::sync::Arc;

/// What is known of the rules of one device.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Model {
    /// What was asked about; `None` where there is nothing to ask.
    pub(super) asked: Option<Asked>,
    /// Whether the page was entered since.
    pub(super) is_entered: bool,
    /// The place of the newest answer among everything that was asked for.
    pub(super) newest: u32,
    /// How far the answer is. What is here stays while it is read again.
    pub state: LoadState,
    /// The rules; `None` before they were read.
    pub report: Option<Arc<DeviceCompliance>>,
}

/// A device as it stood when its rules were asked for: once it stands differently they are asked for again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Asked {
    pub(super) device: DeviceId,
    compliance: ComplianceState,
    grace_until: Option<UtcTime>,
    last_sync: Option<UtcTime>,
    /// An answer to what was asked for before a silent sign-in never comes.
    epoch: u32,
}

impl Asked {
    /// `None` for a device that has no rule to name.
    pub(super) const fn is_worth_it(device: &Device) -> bool {
        match device.compliance {
            ComplianceState::Noncompliant
            | ComplianceState::InGracePeriod
            | ComplianceState::Conflict
            | ComplianceState::Error => true,
            ComplianceState::Compliant
            | ComplianceState::ConfigManager
            | ComplianceState::Unknown
            | ComplianceState::Other => false,
        }
    }

    pub(super) fn of(device: &Device, page: &Page) -> Option<Self> {
        Self::is_worth_it(device).then(|| Self {
            device: device.id.clone(),
            compliance: device.compliance,
            grace_until: device.grace_until,
            last_sync: device.last_sync,
            epoch: page.epoch,
        })
    }
}

impl Model {
    /// Whether the answer is about this device.
    #[must_use]
    pub fn is_of(&self, device: &DeviceId) -> bool {
        self.asked.as_ref().is_some_and(|asked| asked.device == *device)
    }
}
