//! A person's devices as the contract shows them: the back end's facts, the policy's decision, the actions'
//! states.

use super::{DeviceCall, DeviceVersion, Portal, Refusal};
use crate::domain::action::{ActionKind, Danger, Executor};
use crate::domain::action_run::{ActionRun, QueueState};
use crate::domain::device::{Device, EraseOrRetire};
use crate::domain::device_name::DeviceName;
use crate::domain::ids::{DeviceId, ResultId};
use crate::domain::person::{PersonId, SignIn};
use crate::domain::policy::decide;
use crate::ports::PageRequest;
use portal_contract::{DeviceActionResult, DeviceActions, ManagedDevice};
use std::collections::HashMap;

/// A device with its version.
#[derive(Debug, Clone)]
pub struct DeviceView {
    /// As the contract shows it.
    pub device: ManagedDevice,
    /// Its version.
    pub version: DeviceVersion,
}

/// A page of a person's devices.
#[derive(Debug, Clone)]
pub struct DeviceList {
    /// The devices.
    pub devices: Vec<ManagedDevice>,
    /// Where the next page starts; absent on the last.
    pub next_after: Option<DeviceId>,
    /// The services that did not answer: their devices are missing.
    pub unavailable: Vec<String>,
}

impl Portal {
    /// One page of the person's devices. A service that does not answer hides only its own.
    ///
    /// # Errors
    /// [`Refusal::Unavailable`] when the back end or the store does not answer.
    pub async fn devices(&self, sign_in: &SignIn, page: &PageRequest) -> Result<DeviceList, Refusal> {
        let found = self.parts.services.devices_of(sign_in.person(), page).await?;
        let mut results: HashMap<DeviceId, Vec<ActionRun>> = HashMap::new();
        let mut unit = self.parts.store.read().await?;
        for run in unit.runs_of(sign_in.person(), None).await? {
            results.entry(run.device.clone()).or_default().push(run);
        }
        let mut names = unit.names_of(sign_in.person()).await?;
        let devices = found
            .devices
            .into_iter()
            .map(|device| {
                let results = results.remove(&device.id).unwrap_or_default();
                let name = names.remove(&device.id);
                managed_device(device, name, sign_in.person(), &results)
            })
            .collect();
        Ok(DeviceList { devices, next_after: found.next_after, unavailable: found.unavailable })
    }

    /// One device.
    ///
    /// # Errors
    /// [`Refusal::NotFound`] for an unknown, malformed or foreign identifier; [`Refusal::Unavailable`].
    pub async fn device(&self, call: &DeviceCall) -> Result<DeviceView, Refusal> {
        let device = self.own_device(call.sign_in.person(), call.device.as_ref()).await?;
        self.view(device, call.sign_in.person()).await
    }

    pub(super) async fn view(&self, device: Device, person: &PersonId) -> Result<DeviceView, Refusal> {
        let mut unit = self.parts.store.read().await?;
        let runs = unit.runs_of(person, Some(&device.id)).await?;
        let name = unit.names_of(person).await?.remove(&device.id);
        let device = managed_device(device, name, person, &runs);
        let version = DeviceVersion::of(&device);
        Ok(DeviceView { device, version })
    }

    /// One action of a device.
    ///
    /// # Errors
    /// [`Refusal::NotFound`] for an unknown, malformed or foreign identifier; [`Refusal::Unavailable`].
    pub async fn action_result(
        &self,
        call: &DeviceCall,
        result_id: Option<&ResultId>,
    ) -> Result<DeviceActionResult, Refusal> {
        let (device, id) =
            (call.device.as_ref().ok_or(Refusal::NotFound)?, result_id.ok_or(Refusal::NotFound)?);
        // The run is the person's own, and so may be seen when its device is gone: that is how an erase ends.
        let found = self.parts.store.read().await?.run(id).await?;
        let own = found.filter(|run| run.device == *device && run.person == *call.sign_in.person());
        own.map(|run| run.result()).ok_or(Refusal::NotFound)
    }
}

/// The device with what the portal itself knows: an erase or a retire that was accepted takes precedence before its service tells
/// of it.
pub(super) fn with_open_erase<'run>(
    mut device: Device,
    mut runs: impl Iterator<Item = &'run ActionRun>,
) -> Device {
    let is_erase = |run: &ActionRun| {
        run.queue_state != QueueState::Ended && run.action.kind().danger() == Danger::Destructive
    };
    if runs.any(is_erase) {
        device.capabilities.erase_or_retire = EraseOrRetire::Pending;
    }
    device
}

/// Whether each action is possible. One the service does not have is named with that reason, so that the page can say so.
fn actions(device: &Device, person: &PersonId) -> DeviceActions {
    let availability = |kind: ActionKind| {
        let mut availability = decide(kind, device, person).availability();
        if availability.allowed && kind.executor() == Executor::Device {
            let lifetime = device.capabilities.command_lifetime_seconds.min(kind.longest_wait_seconds());
            availability.command_expires_after_seconds = Some(lifetime);
        }
        (kind.name(), availability)
    };
    ActionKind::ALL.into_iter().map(availability).collect()
}

fn managed_device(
    device: Device,
    name: Option<DeviceName>,
    person: &PersonId,
    runs: &[ActionRun],
) -> ManagedDevice {
    let device = with_open_erase(device, runs.iter());
    let actions = actions(&device, person);
    ManagedDevice {
        id: device.id.as_str().to_owned(),
        device_name: device.device_name,
        // The person's own name for it, where there is one.
        managed_device_name: name.map_or(device.managed_device_name, |name| name.as_str().to_owned()),
        operating_system: device.operating_system,
        os_version: device.os_version,
        manufacturer: device.manufacturer,
        model: device.model,
        serial_number: device.serial_number,
        managed_device_owner_type: device.owner_type,
        device_enrollment_type: device.enrollment_type,
        management_agent: device.management_agent,
        compliance_state: device.compliance_state,
        compliance_grace_period_expiration_date_time: device.compliance_grace_period_expiration,
        last_sync_date_time: device.last_sync,
        enrolled_date_time: device.enrolled,
        is_encrypted: device.is_encrypted,
        is_supervised: device.is_supervised,
        device_category_display_name: device.category,
        device_action_results: runs.iter().map(ActionRun::result).collect(),
        actions,
    }
}
