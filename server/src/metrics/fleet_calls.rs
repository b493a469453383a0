//! Counts the calls to the back end, whichever it is: a shell around the port.

use super::Metrics;
use crate::domain::device::Device;
use crate::domain::ids::{DeviceId, ResultId};
use crate::domain::person::PersonId;
use crate::ports::{
    BackEndError, CancelAnswer, DeviceBackEnd, DevicePage, PageRequest, StartAnswer, StartRun, StatusAnswer,
};
use async_trait::async_trait;
use std::sync::Arc;

/// The back end, counted.
pub struct CountedBackEnd {
    inner: Arc<dyn DeviceBackEnd>,
    metrics: Arc<Metrics>,
}

impl CountedBackEnd {
    /// Counts the calls to `inner`.
    #[must_use]
    pub fn new(inner: Arc<dyn DeviceBackEnd>, metrics: Arc<Metrics>) -> Self {
        Self { inner, metrics }
    }

    fn counted<T>(&self, call: &'static str, answer: Result<T, BackEndError>) -> Result<T, BackEndError> {
        self.metrics.called(call, answer.as_ref().err().copied());
        answer
    }
}

#[async_trait]
impl DeviceBackEnd for CountedBackEnd {
    async fn devices_of(&self, person: &PersonId, page: &PageRequest) -> Result<DevicePage, BackEndError> {
        self.counted("devicesOf", self.inner.devices_of(person, page).await)
    }

    async fn device(&self, person: &PersonId, id: &DeviceId) -> Result<Option<Device>, BackEndError> {
        self.counted("device", self.inner.device(person, id).await)
    }

    async fn start(&self, command: &StartRun) -> Result<StartAnswer, BackEndError> {
        self.counted("start", self.inner.start(command).await)
    }

    async fn status(&self, id: &ResultId) -> Result<StatusAnswer, BackEndError> {
        self.counted("status", self.inner.status(id).await)
    }

    async fn cancel(&self, id: &ResultId) -> Result<CancelAnswer, BackEndError> {
        self.counted("cancel", self.inner.cancel(id).await)
    }
}
