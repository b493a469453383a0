//! The organisation's applications on a device.

use super::{DeviceCall, Portal, Refusal};
use crate::domain::app::{App, in_order};

impl Portal {
    /// The organisation's applications on a device, by name.
    ///
    /// # Errors
    /// [`Refusal::NotFound`] for an unknown, malformed or foreign identifier; [`Refusal::Unavailable`].
    pub async fn apps(&self, call: &DeviceCall) -> Result<Vec<App>, Refusal> {
        let person = call.sign_in.person();
        let device = self.own_device(person, call.device.as_ref()).await?;
        Ok(in_order(self.parts.services.apps(person, &device.id).await?))
    }
}
