//! Counts the calls to a device service: a shell around the port.

use super::Metrics;
use crate::domain::app::App;
use crate::domain::category::Category;
use crate::domain::compliance::ComplianceReport;
use crate::domain::device::Device;
use crate::domain::ids::DeviceId;
use crate::domain::person::PersonId;
use crate::ports::{
    CancelAnswer, DevicePage, DeviceService, PageRequest, ReportSink, RunKey, ServiceError, StartAnswer,
    StartRun, StatusAnswer,
};
use async_trait::async_trait;
use std::sync::{Arc, Weak};
use std::time::Duration;

/// A service, counted.
pub struct CountedService {
    inner: Arc<dyn DeviceService>,
    name: String,
    metrics: Arc<Metrics>,
}

impl CountedService {
    /// Counts the calls to `inner` under a name.
    #[must_use]
    pub fn new(inner: Arc<dyn DeviceService>, name: &str, metrics: Arc<Metrics>) -> Self {
        Self { inner, name: name.to_owned(), metrics }
    }

    fn counted<T>(&self, call: &'static str, answer: Result<T, ServiceError>) -> Result<T, ServiceError> {
        self.metrics.called(&self.name, call, answer.as_ref().err().copied());
        answer
    }
}

#[async_trait]
impl DeviceService for CountedService {
    async fn devices_of(&self, person: &PersonId, page: &PageRequest) -> Result<DevicePage, ServiceError> {
        self.counted("devicesOf", self.inner.devices_of(person, page).await)
    }

    async fn device(&self, person: &PersonId, id: &DeviceId) -> Result<Option<Device>, ServiceError> {
        self.counted("device", self.inner.device(person, id).await)
    }

    async fn categories(&self, device: &DeviceId) -> Result<Vec<Category>, ServiceError> {
        self.counted("categories", self.inner.categories(device).await)
    }

    async fn compliance(
        &self,
        person: &PersonId,
        device: &DeviceId,
    ) -> Result<ComplianceReport, ServiceError> {
        self.counted("compliance", self.inner.compliance(person, device).await)
    }

    async fn apps(&self, person: &PersonId, device: &DeviceId) -> Result<Vec<App>, ServiceError> {
        self.counted("apps", self.inner.apps(person, device).await)
    }

    async fn start(&self, run: &StartRun) -> Result<StartAnswer, ServiceError> {
        self.counted("start", self.inner.start(run).await)
    }

    async fn status(&self, run: &RunKey) -> Result<StatusAnswer, ServiceError> {
        self.counted("status", self.inner.status(run).await)
    }

    async fn cancel(&self, run: &RunKey) -> Result<CancelAnswer, ServiceError> {
        self.counted("cancel", self.inner.cancel(run).await)
    }

    async fn ready(&self) -> Result<(), ServiceError> {
        self.counted("ready", self.inner.ready().await)
    }

    fn patience(&self, device: &DeviceId) -> Duration {
        self.inner.patience(device)
    }

    fn report_to(&self, sink: Weak<dyn ReportSink>) {
        self.inner.report_to(sink);
    }
}
