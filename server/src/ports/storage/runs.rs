//! Runs of actions: the ledger, the requests that made them, and the names people gave their devices.

use super::StoreError;
use crate::domain::action::ActionKind;
use crate::domain::action_run::{ActionRun, QueueState};
use crate::domain::device_name::DeviceName;
use crate::domain::idempotency::{Fingerprint, IdempotencyKey};
use crate::domain::ids::{DeviceId, ResultId};
use crate::domain::person::PersonId;
use async_trait::async_trait;
use portal_contract::UtcTime;
use std::collections::HashMap;

/// Whose runs are counted.
#[derive(Debug, Clone, Copy)]
pub enum CountedBy<'a> {
    /// One person's.
    Person(&'a PersonId),
    /// One device's.
    Device(&'a DeviceId),
}

/// How many there were, and when the oldest of them was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RunCount {
    /// How many.
    pub number: u32,
    /// The oldest; `None` without any.
    pub oldest: Option<UtcTime>,
}

/// Who takes runs, and for how long nobody else may.
#[derive(Debug, Clone, Copy)]
pub struct Claim<'a> {
    /// The holder. One that comes back after a crash under the same name may take at once what it had.
    pub holder: &'a str,
    /// The end of the lease.
    pub until: UtcTime,
    /// The service whose devices' runs are taken; `None` is the first.
    pub service: Option<&'a str>,
    /// What the holder works on already.
    pub except: &'a [ResultId],
}

/// The ledger of runs.
#[async_trait]
pub trait Runs {
    /// One run.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn run(&mut self, id: &ResultId) -> Result<Option<ActionRun>, StoreError>;

    /// The open run of an action on a device; there is at most one.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn open_run(
        &mut self,
        device: &DeviceId,
        action: ActionKind,
    ) -> Result<Option<ActionRun>, StoreError>;

    /// All open runs on a device, whoever asked for them.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn open_runs(&mut self, device: &DeviceId) -> Result<Vec<ActionRun>, StoreError>;

    /// The person's runs on these devices, newest first, at most a handful for each device.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn runs_of(
        &mut self,
        person: &PersonId,
        device: Option<&DeviceId>,
    ) -> Result<Vec<ActionRun>, StoreError>;

    /// How many runs were accepted after a moment; of resets only, or of everything but resets.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn count_runs(
        &mut self,
        by: CountedBy<'_>,
        resets: bool,
        after: UtcTime,
    ) -> Result<RunCount, StoreError>;

    /// Writes a new run down, due at a moment.
    ///
    /// # Errors
    /// [`StoreError`], also when another run of the action on the device is open.
    async fn insert_run(&mut self, run: &ActionRun, due: UtcTime) -> Result<(), StoreError>;

    /// Writes down where an open run stands, and gives its claim back, unless it is about to be sent: then its holder goes on.
    /// False if it has ended meanwhile, or is not in the state
    /// `from` any more where one is named. Whether cancelling was asked for stays as it is.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn update_run(
        &mut self,
        run: &ActionRun,
        from: Option<QueueState>,
        due: UtcTime,
    ) -> Result<bool, StoreError>;

    /// The newest run of the same action on the device that was accepted after this one and reached it, or may have: done, or with an
    /// unknown outcome, or on its way.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn later_of_kind(&mut self, run: &ActionRun) -> Result<Option<ActionRun>, StoreError>;

    /// Writes down how a run really ended whose outcome was unknown. False if it is none.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn correct_run(&mut self, run: &ActionRun) -> Result<bool, StoreError>;

    /// Notes, or takes back, that cancelling was asked for. Noted, the run is due at `due`.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn set_cancel_request(&mut self, id: &ResultId, due: Option<UtcTime>) -> Result<(), StoreError>;

    /// Makes a run that was sent, or is being sent, due at `due` if it is due later.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn hasten_run(&mut self, id: &ResultId, due: UtcTime) -> Result<(), StoreError>;

    /// Takes open runs that are due, oldest first: nobody else gets them until the lease ends or the run is written back. A run of an
    /// action this program does not know is left alone.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn claim_due(
        &mut self,
        now: UtcTime,
        claim: Claim<'_>,
        limit: u32,
    ) -> Result<Vec<ActionRun>, StoreError>;

    /// When the next open run is due, but for some.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn next_due(&mut self, except: &[ResultId]) -> Result<Option<UtcTime>, StoreError>;

    /// The services on whose devices open runs are due, but for some runs; `None` is the first service.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn due_services(
        &mut self,
        now: UtcTime,
        except: &[ResultId],
    ) -> Result<Vec<Option<String>>, StoreError>;

    /// Makes every open run that is due later than a moment due now; says how many.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn bring_forward(&mut self, now: UtcTime, later_than: UtcTime) -> Result<u64, StoreError>;
}

/// Which request made which run.
#[async_trait]
pub trait Requests {
    /// What a person's key was used for after a moment: the fingerprint of the request and the run it made.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn request_with(
        &mut self,
        person: &PersonId,
        key: &IdempotencyKey,
        after: UtcTime,
    ) -> Result<Option<(Fingerprint, ResultId)>, StoreError>;

    /// Remembers a request. A key from before the time it is remembered for is overwritten.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn remember_request(
        &mut self,
        person: &PersonId,
        key: &IdempotencyKey,
        fingerprint: &Fingerprint,
        run: &ResultId,
        now: UtcTime,
    ) -> Result<(), StoreError>;

    /// Forgets requests up to a moment.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn forget_requests(&mut self, until: UtcTime) -> Result<(), StoreError>;
}

/// The names people gave their devices.
#[async_trait]
pub trait DeviceNames {
    /// A person's names, by device.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn names_of(&mut self, person: &PersonId) -> Result<HashMap<DeviceId, DeviceName>, StoreError>;

    /// Gives a name, or takes it away.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn set_name(
        &mut self,
        person: &PersonId,
        device: &DeviceId,
        name: Option<&DeviceName>,
    ) -> Result<(), StoreError>;
}
