//! A device management service behind the portal: which devices a person has, what is possible for each, and actions carried
//! out. Services differ, and an adapter says how: who issues a secret, whether the service knows a run by our identifier or names
//! it itself, whether it answers when asked or speaks first, how long it may take, and which answer means "certainly not done".

use crate::domain::action::Action;
use crate::domain::action_run::{ActionRun, Report};
use crate::domain::app::App;
use crate::domain::category::Category;
use crate::domain::compliance::ComplianceReport;
use crate::domain::device::Device;
use crate::domain::ids::{DeviceId, ExternalRef, ResultId};
use crate::domain::person::PersonId;
use async_trait::async_trait;
use portal_contract::{FailureCode, SecretText, UtcTime};
use std::sync::Weak;
use std::time::Duration;

/// Which part of a person's devices is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageRequest {
    /// At most this many.
    pub size: usize,
    /// Skip up to and including this device.
    pub after: Option<DeviceId>,
}

/// A part of a person's devices.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DevicePage {
    /// The devices, in a stable order.
    pub devices: Vec<Device>,
    /// Where the next page starts; absent on the last.
    pub next_after: Option<DeviceId>,
    /// The services that did not answer: their devices are missing.
    pub unavailable: Vec<String>,
}

/// What a service is told about a run, each time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunKey {
    /// Our identifier. Where a service takes one, starting twice is starting once.
    pub id: ResultId,
    /// The device, as this service names it.
    pub device: DeviceId,
    /// What to do.
    pub action: Action,
    /// Who asks.
    pub person: PersonId,
    /// When it was accepted.
    pub started: UtcTime,
    /// When it counts as expired: a service that can must not carry it out later.
    pub expires: UtcTime,
    /// What the service called the run when it was started, where it did.
    pub external: Option<ExternalRef>,
}

impl From<&ActionRun> for RunKey {
    fn from(run: &ActionRun) -> Self {
        Self {
            id: run.id.clone(),
            device: run.device.clone(),
            action: run.action.clone(),
            person: run.person.clone(),
            started: run.started,
            expires: run.expires,
            external: run.external.clone(),
        }
    }
}

/// A run to start.
#[derive(Debug, Clone)]
pub struct StartRun {
    /// The run.
    pub run: RunKey,
    /// The secret to set, where it is ours to make.
    pub secret: Option<SecretText>,
}

/// What the service said to a new run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StartAnswer {
    /// It has it, and perhaps a name of its own for it.
    Accepted(Option<ExternalRef>),
    /// It will not do it.
    Rejected(FailureCode),
}

/// What a service reports about a run it has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reported {
    /// Where it stands.
    pub state: Report,
    /// The secret the service issued for it, where it issues them.
    pub issued: Option<SecretText>,
}

impl From<Report> for Reported {
    fn from(state: Report) -> Self {
        Self { state, issued: None }
    }
}

/// What the service says about a run when it is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StatusAnswer {
    /// It never received it.
    NeverReceived,
    /// It has it.
    Known(Reported),
    /// It cannot tell whether it received it.
    CannotTell,
}

/// What the service said to a cancellation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CancelAnswer {
    /// The device will not receive it.
    Canceled,
    /// The device has it already, it is over, or the service holds nothing back.
    TooLate,
}

/// The service did not answer usefully.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ServiceError {
    /// It certainly did not do what was asked; the adapter knows which answers mean that. With the pause it asked for, in
    /// milliseconds.
    Busy {
        /// The pause, where it named one (`Retry-After` may be fractional or missing).
        retry_after_millis: Option<i64>,
    },
    /// Nobody knows whether it did (time-out, cut connection, a 503 that may follow execution).
    NoAnswer,
}

/// Takes what a service tells by itself: a webhook, a message queue. The same as an answer to a question.
#[async_trait]
pub trait ReportSink: Send + Sync {
    /// A service reports about a run on a device of its own. A run that is not on that device, or is over, is left alone; one that
    /// ended with an unknown outcome learns it.
    async fn reported(&self, run: &ResultId, device: &DeviceId, reported: Reported);
}

/// The device management service.
#[async_trait]
pub trait DeviceService: Send + Sync {
    /// The devices of a person, those on which they may not act included.
    ///
    /// # Errors
    /// [`ServiceError`] when the service did not answer.
    async fn devices_of(&self, person: &PersonId, page: &PageRequest) -> Result<DevicePage, ServiceError>;

    /// One device of a person; `None` if it does not exist or is another person's, indistinguishably.
    ///
    /// # Errors
    /// [`ServiceError`] when the service did not answer.
    async fn device(&self, person: &PersonId, id: &DeviceId) -> Result<Option<Device>, ServiceError>;

    /// The categories a device may be put into, in the order in which they are offered. A service that does not sort devices has
    /// none.
    ///
    /// # Errors
    /// [`ServiceError`] when the service did not answer.
    async fn categories(&self, device: &DeviceId) -> Result<Vec<Category>, ServiceError>;

    /// Which of the organisation's rules a device of a person does not meet. A service that does not say names none.
    ///
    /// # Errors
    /// [`ServiceError`] when the service did not answer.
    async fn compliance(
        &self,
        person: &PersonId,
        device: &DeviceId,
    ) -> Result<ComplianceReport, ServiceError>;

    /// The organisation's applications on a device of a person, in any order. A service that does not say names none.
    ///
    /// # Errors
    /// [`ServiceError`] when the service did not answer.
    async fn apps(&self, person: &PersonId, device: &DeviceId) -> Result<Vec<App>, ServiceError>;

    /// Starts a run. An adapter whose service knows no identifier of ours keeps what it needs to find the run again before it
    /// asks.
    ///
    /// # Errors
    /// [`ServiceError::Busy`] if it certainly did not start, [`ServiceError::NoAnswer`] if that cannot be
    /// known.
    async fn start(&self, run: &StartRun) -> Result<StartAnswer, ServiceError>;

    /// Asks about a run.
    ///
    /// # Errors
    /// [`ServiceError`] when the service did not answer.
    async fn status(&self, run: &RunKey) -> Result<StatusAnswer, ServiceError>;

    /// Cancels a run that the device has not received.
    ///
    /// # Errors
    /// [`ServiceError`] when the service did not answer.
    async fn cancel(&self, run: &RunKey) -> Result<CancelAnswer, ServiceError>;

    /// Whether the service can be used, as far as it is known: costs no call to it.
    ///
    /// # Errors
    /// [`ServiceError`] when it cannot.
    async fn ready(&self) -> Result<(), ServiceError>;

    /// How long one call about a device may take.
    fn patience(&self, _device: &DeviceId) -> Duration {
        Duration::from_secs(15)
    }

    /// Says where to bring what the service tells by itself. A service that only answers needs none.
    fn report_to(&self, _sink: Weak<dyn ReportSink>) {}
}
