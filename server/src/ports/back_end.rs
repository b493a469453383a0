//! The device management service behind the portal.

use crate::domain::action::Action;
use crate::domain::action_run::Report;
use crate::domain::device::Device;
use crate::domain::ids::{DeviceId, ResultId};
use crate::domain::person::PersonId;
use async_trait::async_trait;
use portal_contract::{FailureCode, SecretText};

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
}

/// A command to a device.
#[derive(Debug, Clone)]
pub struct StartRun {
    /// The command's own idempotency key: starting it twice is starting it once.
    pub id: ResultId,
    /// The device.
    pub device: DeviceId,
    /// What to do.
    pub action: Action,
    /// The passcode to set, where one is set.
    pub passcode: Option<SecretText>,
}

/// What the back end said to a new command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StartAnswer {
    /// It has it.
    Accepted,
    /// It will not do it.
    Rejected(FailureCode),
}

/// What the back end says about a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StatusAnswer {
    /// It never received it.
    NeverReceived,
    /// It has it.
    Known(Report),
    /// It cannot tell whether it received it.
    CannotTell,
}

/// What the back end said to a cancellation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CancelAnswer {
    /// The device will not receive it.
    Canceled,
    /// The device has it already, or it is over.
    TooLate,
}

/// The back end did not answer usefully.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BackEndError {
    /// It certainly did not do what was asked (refused connection, 429, 503). With the pause it asked for, in
    /// milliseconds.
    Busy {
        /// The pause, where it named one (`Retry-After` may be fractional or missing).
        retry_after_millis: Option<i64>,
    },
    /// Nobody knows whether it did (time-out, cut connection).
    NoAnswer,
}

/// The device management service: what devices a person has, what is possible for each and why not
/// ([`crate::domain::device::Capabilities`]), start, status, cancel.
#[async_trait]
pub trait DeviceBackEnd: Send + Sync {
    /// The devices of a person, those on which they may not act included.
    ///
    /// # Errors
    /// [`BackEndError`] when the back end did not answer.
    async fn devices_of(&self, person: &PersonId, page: &PageRequest) -> Result<DevicePage, BackEndError>;

    /// One device of a person; `None` if it does not exist or is another person's, indistinguishably.
    ///
    /// # Errors
    /// [`BackEndError`] when the back end did not answer.
    async fn device(&self, person: &PersonId, id: &DeviceId) -> Result<Option<Device>, BackEndError>;

    /// Starts a command. Idempotent by the command's id.
    ///
    /// # Errors
    /// [`BackEndError::Busy`] if it certainly did not start, [`BackEndError::NoAnswer`] if that cannot be
    /// known.
    async fn start(&self, command: &StartRun) -> Result<StartAnswer, BackEndError>;

    /// Asks about a command.
    ///
    /// # Errors
    /// [`BackEndError`] when the back end did not answer.
    async fn status(&self, id: &ResultId) -> Result<StatusAnswer, BackEndError>;

    /// Cancels a command that the device has not received.
    ///
    /// # Errors
    /// [`BackEndError`] when the back end did not answer.
    async fn cancel(&self, id: &ResultId) -> Result<CancelAnswer, BackEndError>;
}
