//! The organisation's switches, in front of all device services: what is switched off is refused whatever a service has.

use crate::domain::device::Device;
use crate::domain::ids::DeviceId;
use crate::domain::person::PersonId;
use crate::domain::switches::{SwitchedOff, switched};
use crate::ports::{
    CancelAnswer, DevicePage, DeviceService, PageRequest, ReportSink, RunKey, ServiceError, StartAnswer,
    StartRun, StatusAnswer,
};
use async_trait::async_trait;
use std::sync::{Arc, Weak};
use std::time::Duration;

/// A service with some of its actions switched off.
pub struct SwitchedService {
    inner: Arc<dyn DeviceService>,
    switches: Vec<SwitchedOff>,
}

impl SwitchedService {
    /// `inner` without what these switch off.
    #[must_use]
    pub fn new(inner: Arc<dyn DeviceService>, switches: Vec<SwitchedOff>) -> Self {
        Self { inner, switches }
    }
}

#[async_trait]
impl DeviceService for SwitchedService {
    async fn devices_of(&self, person: &PersonId, page: &PageRequest) -> Result<DevicePage, ServiceError> {
        let DevicePage { devices, next_after, unavailable } = self.inner.devices_of(person, page).await?;
        let devices = devices.into_iter().map(|device| switched(device, &self.switches)).collect();
        Ok(DevicePage { devices, next_after, unavailable })
    }

    async fn device(&self, person: &PersonId, id: &DeviceId) -> Result<Option<Device>, ServiceError> {
        let device = self.inner.device(person, id).await?;
        Ok(device.map(|device| switched(device, &self.switches)))
    }

    async fn start(&self, run: &StartRun) -> Result<StartAnswer, ServiceError> {
        self.inner.start(run).await
    }

    async fn status(&self, run: &RunKey) -> Result<StatusAnswer, ServiceError> {
        self.inner.status(run).await
    }

    async fn cancel(&self, run: &RunKey) -> Result<CancelAnswer, ServiceError> {
        self.inner.cancel(run).await
    }

    async fn ready(&self) -> Result<(), ServiceError> {
        self.inner.ready().await
    }

    fn patience(&self, device: &DeviceId) -> Duration {
        self.inner.patience(device)
    }

    fn report_to(&self, sink: Weak<dyn ReportSink>) {
        self.inner.report_to(sink);
    }
}
