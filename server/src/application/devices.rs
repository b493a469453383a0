//! A person's devices as the contract shows them: the back end's facts, the policy's decision, the actions'
//! states.

use super::{DeviceCall, DeviceVersion, Portal, Refusal};
use crate::domain::command::Command;
use crate::domain::device::Device;
use crate::domain::ids::{DeviceId, ResultId};
use crate::domain::person::{PersonId, SignIn};
use crate::domain::policy::{Decision, decide_reset};
use crate::ports::PageRequest;
use portal_contract::{ActionName, DeviceActionResult, ManagedDevice, RefusalReason};
use std::collections::HashMap;

/// A device with its version.
#[derive(Debug, Clone)]
pub struct DeviceView {
    /// As the contract shows it.
    pub device: ManagedDevice,
    /// Its version.
    pub version: DeviceVersion,
}

impl Portal {
    /// One page of the person's devices, and where the next one starts.
    ///
    /// # Errors
    /// [`Refusal::Unavailable`] when the back end or the store does not answer.
    pub async fn devices(
        &self,
        sign_in: &SignIn,
        page: &PageRequest,
    ) -> Result<(Vec<ManagedDevice>, Option<DeviceId>), Refusal> {
        let found = self.parts.back_end.devices_of(sign_in.person(), page).await?;
        let mut results: HashMap<DeviceId, Vec<DeviceActionResult>> = HashMap::new();
        for command in self.parts.store.commands_of(sign_in.person(), None).await? {
            results.entry(command.device.clone()).or_default().push(command.result());
        }
        let devices = found
            .devices
            .into_iter()
            .map(|device| {
                let results = results.remove(&device.id).unwrap_or_default();
                managed_device(device, sign_in.person(), results)
            })
            .collect();
        Ok((devices, found.next_after))
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
        let commands = self.parts.store.commands_of(person, Some(&device.id)).await?;
        let results = commands.iter().map(Command::result).collect();
        let device = managed_device(device, person, results);
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
        let device = self.own_device(call.sign_in.person(), call.device.as_ref()).await?;
        let commands = self.parts.store.commands_of(call.sign_in.person(), Some(&device.id)).await?;
        let found = commands.iter().find(|command| Some(&command.id) == result_id);
        found.map(Command::result).ok_or(Refusal::NotFound)
    }
}

fn managed_device(device: Device, person: &PersonId, results: Vec<DeviceActionResult>) -> ManagedDevice {
    let mut reset_passcode = decide_reset(&device, person).availability();
    if reset_passcode.allowed {
        reset_passcode.command_expires_after_seconds = Some(device.capabilities.command_lifetime_seconds);
    }
    // The port to the back end knows no lock yet; the page keeps the action's place and says why.
    let remote_lock = Decision::Refused(RefusalReason::NotOfferedByService).availability();
    let actions = [(ActionName::ResetPasscode, reset_passcode), (ActionName::RemoteLock, remote_lock)]
        .into_iter()
        .collect();
    ManagedDevice {
        id: device.id.as_str().to_owned(),
        device_name: device.device_name,
        managed_device_name: device.managed_device_name,
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
        device_action_results: results,
        actions,
    }
}
