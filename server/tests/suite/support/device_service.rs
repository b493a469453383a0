//! A device service that does what the test says and remembers what it was asked.

use async_trait::async_trait;
use portal_contract::SecretText;
use portal_server::domain::action_run::Report;
use portal_server::domain::app::App;
use portal_server::domain::category::Category;
use portal_server::domain::compliance::ComplianceReport;
use portal_server::domain::device::Device;
use portal_server::domain::ids::{DeviceId, ExternalRef, ResultId};
use portal_server::domain::person::PersonId;
use portal_server::ports::{
    CancelAnswer, DevicePage, DeviceService, PageRequest, RunKey, ServiceError, StartAnswer, StartRun,
    StatusAnswer,
};
use portal_server::services::simulated::sample_fleet;
use std::collections::{BTreeMap, VecDeque};
use std::sync::Mutex;

#[derive(Default)]
pub(crate) struct ScriptedService {
    /// Answers to `start`, used up one by one; then it accepts.
    pub(crate) start_answers: Mutex<VecDeque<Result<StartAnswer, ServiceError>>>,
    /// Answers to `status`, used up one by one; then it tells the truth.
    pub(crate) status_answers: Mutex<VecDeque<Result<StatusAnswer, ServiceError>>>,
    /// Answers to questions about devices, used up one by one; then it answers.
    pub(crate) read_errors: Mutex<VecDeque<ServiceError>>,
    /// Whether listing devices never returns.
    pub(crate) lists_slowly: Mutex<bool>,
    /// Whether `start` and `status` never return.
    pub(crate) hangs: Mutex<bool>,
    /// Whether a `start` that is answered with an error reaches the device all the same.
    pub(crate) errors_still_deliver: Mutex<bool>,
    /// Every delivery to a device: which command, and the passcode it set.
    pub(crate) delivered: Mutex<Vec<(ResultId, Option<String>)>>,
    /// What to report about commands it has.
    pub(crate) reports: Mutex<BTreeMap<ResultId, Report>>,
    /// The service's own names of runs that it was asked about.
    pub(crate) asked_by_name: Mutex<Vec<ExternalRef>>,
    /// How often `start` was called.
    pub(crate) starts: Mutex<u32>,
}

impl ScriptedService {
    pub(crate) fn report_all(&self, report: Report) {
        for value in self.reports.lock().unwrap().values_mut() {
            *value = report;
        }
    }

    pub(crate) fn deliveries(&self) -> Vec<(ResultId, Option<String>)> {
        self.delivered.lock().unwrap().clone()
    }

    fn read_error(&self) -> Result<(), ServiceError> {
        self.read_errors.lock().unwrap().pop_front().map_or(Ok(()), Err)
    }

    async fn hang_if_told(&self) {
        let hangs = *self.hangs.lock().unwrap();
        if hangs {
            std::future::pending::<()>().await;
        }
    }

    fn deliver(&self, start: &StartRun) {
        let mut reports = self.reports.lock().unwrap();
        if !reports.contains_key(&start.run.id) {
            let passcode = start.secret.as_ref().map(SecretText::reveal).map(ToOwned::to_owned);
            self.delivered.lock().unwrap().push((start.run.id.clone(), passcode));
            reports.insert(start.run.id.clone(), Report::Pending);
        }
    }
}

#[async_trait]
impl DeviceService for ScriptedService {
    async fn devices_of(&self, person: &PersonId, _page: &PageRequest) -> Result<DevicePage, ServiceError> {
        self.read_error()?;
        let is_slow = *self.lists_slowly.lock().unwrap();
        if is_slow {
            std::future::pending::<()>().await;
        }
        let fleet = sample_fleet(1).into_iter();
        let devices = fleet.filter(|simulated| simulated.person == *person).map(|simulated| simulated.device);
        Ok(DevicePage { devices: devices.collect(), next_after: None, unavailable: Vec::new() })
    }

    async fn device(&self, person: &PersonId, id: &DeviceId) -> Result<Option<Device>, ServiceError> {
        self.read_error()?;
        let mut fleet = sample_fleet(1).into_iter();
        let found = fleet.find(|simulated| simulated.device.id == *id && simulated.person == *person);
        Ok(found.map(|simulated| simulated.device))
    }

    async fn categories(&self, _device: &DeviceId) -> Result<Vec<Category>, ServiceError> {
        self.read_error()?;
        Ok(Category::read("sales", "Sales").into_iter().collect())
    }

    async fn compliance(
        &self,
        _person: &PersonId,
        _device: &DeviceId,
    ) -> Result<ComplianceReport, ServiceError> {
        self.read_error()?;
        Ok(ComplianceReport::default())
    }

    async fn apps(&self, _person: &PersonId, _device: &DeviceId) -> Result<Vec<App>, ServiceError> {
        self.read_error()?;
        Ok(Vec::new())
    }

    async fn start(&self, start: &StartRun) -> Result<StartAnswer, ServiceError> {
        *self.starts.lock().unwrap() += 1;
        self.hang_if_told().await;
        let scripted = self.start_answers.lock().unwrap().pop_front();
        match scripted {
            Some(Err(error)) => {
                if *self.errors_still_deliver.lock().unwrap() {
                    self.deliver(start);
                }
                Err(error)
            }
            Some(Ok(StartAnswer::Rejected(code))) => Ok(StartAnswer::Rejected(code)),
            Some(Ok(StartAnswer::Accepted(external))) => {
                self.deliver(start);
                Ok(StartAnswer::Accepted(external))
            }
            None => {
                self.deliver(start);
                Ok(StartAnswer::Accepted(None))
            }
        }
    }

    async fn status(&self, run: &RunKey) -> Result<StatusAnswer, ServiceError> {
        self.hang_if_told().await;
        self.asked_by_name.lock().unwrap().extend(run.external.clone());
        if let Some(scripted) = self.status_answers.lock().unwrap().pop_front() {
            return scripted;
        }
        let reports = self.reports.lock().unwrap();
        let known = |report: &Report| StatusAnswer::Known((*report).into());
        Ok(reports.get(&run.id).map_or(StatusAnswer::NeverReceived, known))
    }

    async fn cancel(&self, run: &RunKey) -> Result<CancelAnswer, ServiceError> {
        let reports = self.reports.lock().unwrap();
        match reports.get(&run.id) {
            Some(Report::Pending) => Ok(CancelAnswer::Canceled),
            Some(Report::Active | Report::NotNow | Report::Ended(_)) | None => Ok(CancelAnswer::TooLate),
        }
    }

    async fn ready(&self) -> Result<(), ServiceError> {
        self.read_error()
    }
}
