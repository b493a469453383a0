//! The categories a person may choose from for a device: its service's, because each service sorts its devices by itself.

use super::{DeviceCall, Portal, Refusal};
use crate::domain::action::{Action, ActionKind};
use crate::domain::category::Category;
use crate::domain::device::Device;
use crate::domain::policy::{Decision, decide};

impl Portal {
    /// The categories a device may be put into.
    ///
    /// # Errors
    /// [`Refusal::NotFound`] for an unknown, malformed or foreign identifier; [`Refusal::NotAllowed`] where the person may not
    /// choose one; [`Refusal::Unavailable`].
    pub async fn categories(&self, call: &DeviceCall) -> Result<Vec<Category>, Refusal> {
        let person = call.sign_in.person();
        let device = self.own_device(person, call.device.as_ref()).await?;
        match decide(ActionKind::SetCategory, &device, person) {
            Decision::Allowed(_) => Ok(self.parts.services.categories(&device.id).await?),
            Decision::Refused(reason) => Err(Refusal::NotAllowed(reason)),
        }
    }

    /// Refuses a category that the device's service does not have.
    pub(super) async fn check_category(&self, action: &Action, device: &Device) -> Result<(), Refusal> {
        let Action::SetCategory(wanted) = action else { return Ok(()) };
        let known = self.parts.services.categories(&device.id).await?;
        let is_known = known.iter().any(|one| one.id == *wanted);
        if is_known { Ok(()) } else { Err(Refusal::InvalidRequest("the organisation has no such category")) }
    }
}
