//! A back end that does what the test says and remembers what it was asked.

use async_trait::async_trait;
use portal_contract::SecretText;
use portal_server::backend_simulated::sample_fleet;
use portal_server::domain::action_run::Report;
use portal_server::domain::device::Device;
use portal_server::domain::ids::{DeviceId, ResultId};
use portal_server::domain::person::PersonId;
use portal_server::ports::{
    BackEndError, CancelAnswer, DeviceBackEnd, DevicePage, PageRequest, StartAnswer, StartRun, StatusAnswer,
};
use std::collections::{BTreeMap, VecDeque};
use std::sync::Mutex;

#[derive(Default)]
pub(crate) struct ScriptedBackEnd {
    /// Answers to `start`, used up one by one; then it accepts.
    pub(crate) start_answers: Mutex<VecDeque<Result<StartAnswer, BackEndError>>>,
    /// Answers to `status`, used up one by one; then it tells the truth.
    pub(crate) status_answers: Mutex<VecDeque<Result<StatusAnswer, BackEndError>>>,
    /// Answers to questions about devices, used up one by one; then it answers.
    pub(crate) read_errors: Mutex<VecDeque<BackEndError>>,
    /// Whether `start` and `status` never return.
    pub(crate) hangs: Mutex<bool>,
    /// Whether a `start` that is answered with an error reaches the device all the same.
    pub(crate) errors_still_deliver: Mutex<bool>,
    /// Every delivery to a device: which command, and the passcode it set.
    pub(crate) delivered: Mutex<Vec<(ResultId, Option<String>)>>,
    /// What to report about commands it has.
    pub(crate) reports: Mutex<BTreeMap<ResultId, Report>>,
    /// How often `start` was called.
    pub(crate) starts: Mutex<u32>,
}

impl ScriptedBackEnd {
    pub(crate) fn report_all(&self, report: Report) {
        for value in self.reports.lock().unwrap().values_mut() {
            *value = report;
        }
    }

    pub(crate) fn deliveries(&self) -> Vec<(ResultId, Option<String>)> {
        self.delivered.lock().unwrap().clone()
    }

    fn read_error(&self) -> Result<(), BackEndError> {
        self.read_errors.lock().unwrap().pop_front().map_or(Ok(()), Err)
    }

    async fn hang_if_told(&self) {
        let hangs = *self.hangs.lock().unwrap();
        if hangs {
            std::future::pending::<()>().await;
        }
    }

    fn deliver(&self, command: &StartRun) {
        let mut reports = self.reports.lock().unwrap();
        if !reports.contains_key(&command.id) {
            let passcode = command.passcode.as_ref().map(SecretText::reveal).map(ToOwned::to_owned);
            self.delivered.lock().unwrap().push((command.id.clone(), passcode));
            reports.insert(command.id.clone(), Report::Pending);
        }
    }
}

#[async_trait]
impl DeviceBackEnd for ScriptedBackEnd {
    async fn devices_of(&self, person: &PersonId, _page: &PageRequest) -> Result<DevicePage, BackEndError> {
        self.read_error()?;
        let fleet = sample_fleet(1).into_iter();
        let devices = fleet.filter(|simulated| simulated.person == *person).map(|simulated| simulated.device);
        Ok(DevicePage { devices: devices.collect(), next_after: None })
    }

    async fn device(&self, person: &PersonId, id: &DeviceId) -> Result<Option<Device>, BackEndError> {
        self.read_error()?;
        let mut fleet = sample_fleet(1).into_iter();
        let found = fleet.find(|simulated| simulated.device.id == *id && simulated.person == *person);
        Ok(found.map(|simulated| simulated.device))
    }

    async fn start(&self, command: &StartRun) -> Result<StartAnswer, BackEndError> {
        *self.starts.lock().unwrap() += 1;
        self.hang_if_told().await;
        let scripted = self.start_answers.lock().unwrap().pop_front();
        match scripted {
            Some(Err(error)) => {
                if *self.errors_still_deliver.lock().unwrap() {
                    self.deliver(command);
                }
                Err(error)
            }
            Some(Ok(StartAnswer::Rejected(code))) => Ok(StartAnswer::Rejected(code)),
            Some(Ok(StartAnswer::Accepted)) | None => {
                self.deliver(command);
                Ok(StartAnswer::Accepted)
            }
        }
    }

    async fn status(&self, id: &ResultId) -> Result<StatusAnswer, BackEndError> {
        self.hang_if_told().await;
        if let Some(scripted) = self.status_answers.lock().unwrap().pop_front() {
            return scripted;
        }
        let reports = self.reports.lock().unwrap();
        Ok(reports.get(id).map_or(StatusAnswer::NeverReceived, |report| StatusAnswer::Known(*report)))
    }

    async fn cancel(&self, id: &ResultId) -> Result<CancelAnswer, BackEndError> {
        let reports = self.reports.lock().unwrap();
        match reports.get(id) {
            Some(Report::Pending) => Ok(CancelAnswer::Canceled),
            Some(Report::Active | Report::NotNow | Report::Ended(_)) | None => Ok(CancelAnswer::TooLate),
        }
    }
}
