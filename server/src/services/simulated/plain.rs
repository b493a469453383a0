//! A service with good manners: it takes our identifier, so that starting twice is starting once, takes the passcode we made,
//! answers when it is asked, and holds back what its device has not received.

use super::apps::sample_apps;
use super::core::Core;
use super::fleet::{Manners, sample_categories};
use super::state::Received;
use crate::domain::action_run::{Ending, Report};
use crate::domain::app::App;
use crate::domain::category::Category;
use crate::domain::compliance::ComplianceReport;
use crate::domain::device::Device;
use crate::domain::ids::DeviceId;
use crate::domain::person::PersonId;
use crate::ports::{
    CancelAnswer, DevicePage, DeviceService, PageRequest, RunKey, ServiceError, StartAnswer, StartRun,
    StatusAnswer,
};
use async_trait::async_trait;
use portal_contract::FailureCode;
use std::sync::Arc;

pub(super) struct PlainService(pub(super) Arc<Core>);

#[async_trait]
impl DeviceService for PlainService {
    async fn devices_of(&self, person: &PersonId, page: &PageRequest) -> Result<DevicePage, ServiceError> {
        Ok(self.0.page(Manners::Plain, person, page))
    }

    async fn device(&self, person: &PersonId, id: &DeviceId) -> Result<Option<Device>, ServiceError> {
        Ok(self.0.device(Manners::Plain, person, id))
    }

    async fn categories(&self, _device: &DeviceId) -> Result<Vec<Category>, ServiceError> {
        Ok(sample_categories())
    }

    async fn compliance(
        &self,
        _person: &PersonId,
        device: &DeviceId,
    ) -> Result<ComplianceReport, ServiceError> {
        Ok(self.0.compliance(Manners::Plain, device))
    }

    async fn apps(&self, _person: &PersonId, device: &DeviceId) -> Result<Vec<App>, ServiceError> {
        Ok(self.0.simulated(Manners::Plain, device).map(|one| sample_apps(&one.device)).unwrap_or_default())
    }

    async fn start(&self, start: &StartRun) -> Result<StartAnswer, ServiceError> {
        let Some(simulated) = self.0.simulated(Manners::Plain, &start.run.device) else {
            return Ok(StartAnswer::Rejected(FailureCode::BackEndFault));
        };
        let received = self.0.plan(simulated, &start.run);
        self.0.state.receive(received).await.map_err(|_| ServiceError::NoAnswer)?;
        Ok(StartAnswer::Accepted(None))
    }

    async fn status(&self, run: &RunKey) -> Result<StatusAnswer, ServiceError> {
        let Some(received) = self.0.state.find(&run.id) else { return Ok(StatusAnswer::NeverReceived) };
        let report = received.report(self.0.now());
        let is_put_off = report == Report::Active && self.0.says_not_now(&received.device);
        let report = if is_put_off { Report::NotNow } else { report };
        Ok(StatusAnswer::Known(self.0.reported(&received, report)))
    }

    async fn cancel(&self, run: &RunKey) -> Result<CancelAnswer, ServiceError> {
        let now = self.0.now();
        let Some(received) = self.0.state.find(&run.id) else { return Ok(CancelAnswer::TooLate) };
        match received.report(now) {
            Report::Pending => {
                let canceled = Received {
                    delivered: None,
                    finished: Some(now),
                    ending: Ending::CanceledByUser,
                    ..received
                };
                self.0.state.replace(canceled).await.map_err(|_| ServiceError::NoAnswer)?;
                Ok(CancelAnswer::Canceled)
            }
            Report::Ended(Ending::CanceledByUser) => Ok(CancelAnswer::Canceled),
            Report::Active | Report::NotNow | Report::Ended(_) => Ok(CancelAnswer::TooLate),
        }
    }

    async fn ready(&self) -> Result<(), ServiceError> {
        Ok(())
    }
}
