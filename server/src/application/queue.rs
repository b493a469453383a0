//! The queue: carries every recorded run to its device exactly once, and writes down how it went.
//!
//! Each step is written down before the next is taken. A command that is found in `sending` may or may not
//! have reached the back end (the process died, or the answer was lost), so the back end is *asked* about the
//! command's own identifier before anything is sent. A back end that cannot tell leads to an honest `failed`
//! with `outcomeUnknown`.

use super::clock_steps::ClockSteps;
use super::under_way::UnderWay;
use super::{Portal, Refusal};
use crate::domain::action::Action;
use crate::domain::action_run::{
    ActionRun, CancelRequest, Delivery, Ending, QueueState, Report, next_attempt, next_question,
};
use crate::domain::policy::Reset;
use crate::ports::{
    CancelAnswer, Changed, Claim, CrashPoint, CrashPoints, Purpose, Reported, RunKey, ServiceError,
    StartAnswer, StartRun, StatusAnswer, StoreError,
};
use portal_contract::{FailureCode, SecretText, UtcTime};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::JoinSet;

/// How many runs of one service are worked on at the same time.
const AT_ONCE: u32 = 16;
/// How soon the queue looks again when a service has no room for what is due, in milliseconds.
const NO_ROOM_PAUSE_MILLIS: i64 = 20;
/// Under which name this server takes runs. Over SQLite there is one server (its lock sees to that), and after a crash it goes
/// on at once with what it had.
const HOLDER: &str = "server";
/// For how long a run is taken: longer than a step can take, in milliseconds.
const LEASE_MILLIS: i64 = 120_000;
/// The longest sleep; something due earlier or recorded meanwhile wakes the queue.
const LONGEST_SLEEP: Duration = Duration::from_secs(5);
/// How often expired passcodes are looked for.
const SWEEP_EVERY_MILLIS: i64 = 60_000;

/// The queue was stopped at a crash point (in tests only).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stopped(pub CrashPoint);

/// Why a step did not finish.
enum Interrupted {
    Stopped(Stopped),
    Failed(Refusal),
}

impl<E: Into<Refusal>> From<E> for Interrupted {
    fn from(error: E) -> Self {
        Self::Failed(error.into())
    }
}

/// The queue.
#[derive(Clone)]
pub struct Queue {
    portal: Arc<Portal>,
    crash_points: Arc<dyn CrashPoints>,
    clock_steps: Arc<ClockSteps>,
    under_way: UnderWay,
    patience: Option<Duration>,
}

impl Queue {
    /// The queue of a portal.
    #[must_use]
    pub fn new(portal: Arc<Portal>, crash_points: Arc<dyn CrashPoints>) -> Self {
        Self {
            portal,
            crash_points,
            clock_steps: Arc::default(),
            under_way: UnderWay::default(),
            patience: None,
        }
    }

    /// The same, less patient with a back end that says nothing.
    #[must_use]
    pub fn with_patience(self, patience: Duration) -> Self {
        Self { patience: Some(patience), ..self }
    }

    /// Works until told to stop; steps under way are finished first. A service that is slow holds up its own runs only: each has
    /// so many steps at the same time, and nobody waits for another one's.
    pub async fn run(self, mut stop: watch::Receiver<bool>) {
        let mut swept: Option<UtcTime> = None;
        let mut steps = JoinSet::new();
        while !*stop.borrow() {
            let now = self.portal.now();
            if swept.is_none_or(|at| {
                now.unix_millis().abs_diff(at.unix_millis()) > SWEEP_EVERY_MILLIS.unsigned_abs()
            }) {
                if let Err(refusal) = self.portal.sweep().await {
                    tracing::warn!(
                        ?refusal,
                        "expired passcodes could not be erased; trying again in a minute"
                    );
                }
                swept = Some(now);
            }
            self.begin_steps(&mut steps).await;
            let pause = self.pause().await;
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                () = self.portal.wake.notified() => {}
                Some(step) = steps.join_next() => {
                    if let Ok(Err(stopped)) = step {
                        tracing::error!(?stopped, "the queue was stopped");
                        return;
                    }
                }
                // Whoever could ask to stop is gone: that is a stop as well.
                asked = stop.changed() => if asked.is_err() { return },
            }
        }
        while steps.join_next().await.is_some() {}
    }

    /// How long until something is due.
    async fn pause(&self) -> Duration {
        match self.next_due().await {
            Ok(Some(due)) => {
                let left = due
                    .unix_millis()
                    .saturating_sub(self.portal.now().unix_millis())
                    .max(NO_ROOM_PAUSE_MILLIS);
                Duration::from_millis(left.unsigned_abs()).min(LONGEST_SLEEP)
            }
            Ok(None) => LONGEST_SLEEP,
            Err(_) => Duration::from_secs(1),
        }
    }

    /// Takes one step with every run that is due, and waits until all are over.
    ///
    /// # Errors
    /// [`Stopped`] at a crash point; nothing after it has happened.
    pub async fn pass(&self) -> Result<(), Stopped> {
        let mut steps = JoinSet::new();
        self.begin_steps(&mut steps).await;
        let mut outcome = Ok(());
        while let Some(step) = steps.join_next().await {
            if let Ok(Err(stopped)) = step {
                outcome = Err(stopped);
            }
        }
        outcome
    }

    async fn begin_steps(&self, steps: &mut JoinSet<Result<(), Stopped>>) {
        self.follow_the_clock().await;
        let due = match self.claim_due().await {
            Ok(due) => due,
            Err(error) => {
                tracing::error!(?error, "the queue cannot read its runs");
                return;
            }
        };
        for run in due {
            let queue = self.clone();
            let under_way = self.under_way.enter(&run);
            steps.spawn(async move {
                let outcome = queue.step_and_report(run).await;
                drop(under_way);
                outcome
            });
        }
    }

    async fn next_due(&self) -> Result<Option<UtcTime>, StoreError> {
        self.portal.parts.store.read().await?.next_due(&self.under_way.runs()).await
    }

    /// Takes what is due, of each service as much as it has room for. Without anything due nothing is written.
    async fn claim_due(&self) -> Result<Vec<ActionRun>, StoreError> {
        let (now, except) = (self.portal.now(), self.under_way.runs());
        let services = self.portal.parts.store.read().await?.due_services(now, &except).await?;
        let with_room = |service: Option<String>| {
            let room = AT_ONCE.saturating_sub(self.under_way.of_service(service.as_deref()));
            (room > 0).then_some((service, room))
        };
        let services: Vec<_> = services.into_iter().filter_map(with_room).collect();
        if services.is_empty() {
            return Ok(Vec::new());
        }
        let until = UtcTime::from_unix_millis(now.unix_millis().saturating_add(LEASE_MILLIS));
        let mut unit = self.portal.parts.store.begin().await?;
        let mut due = Vec::new();
        for (service, room) in services {
            let claim = Claim { holder: HOLDER, until, service: service.as_deref(), except: &except };
            due.extend(unit.claim_due(now, claim, room).await?);
        }
        unit.save().await?;
        Ok(due)
    }

    /// When something is due was written down by a clock that may have been set back meanwhile.
    async fn follow_the_clock(&self) {
        let now = self.portal.now();
        let Some(later_than) = self.clock_steps.overdue_beyond(now) else { return };
        match self.portal.lower_revocations(now).await {
            Ok(0) => {}
            Ok(lowered) => tracing::warn!(
                lowered,
                "the clock was set back: revocations and restores beyond now count until now, not longer"
            ),
            Err(refusal) => {
                tracing::error!(?refusal, "revocations cannot follow the clock");
                self.clock_steps.forget();
            }
        }
        match self.bring_forward(now, later_than).await {
            Ok(0) => {}
            Ok(brought) => tracing::warn!(brought, "the clock was set back: commands are looked at now"),
            Err(error) => {
                tracing::error!(?error, "the queue cannot follow the clock");
                self.clock_steps.forget();
            }
        }
    }

    async fn bring_forward(&self, now: UtcTime, later_than: UtcTime) -> Result<u64, StoreError> {
        let mut unit = self.portal.parts.store.begin().await?;
        let brought = unit.bring_forward(now, later_than).await?;
        unit.save().await?;
        Ok(brought)
    }

    async fn step_and_report(&self, run: ActionRun) -> Result<(), Stopped> {
        match self.step(&run).await {
            Ok(()) => Ok(()),
            Err(Interrupted::Stopped(stopped)) => Err(stopped),
            Err(Interrupted::Failed(refusal)) => {
                tracing::error!(?refusal, result = %run.id, "a run could not be moved on; trying again");
                let later = next_attempt(run.failed_attempts, None, self.portal.now());
                // If the store is the problem this fails too, and the run simply stays due.
                let _ = self.write(&run.tried(), Some(run.queue_state), later).await;
                Ok(())
            }
        }
    }

    async fn step(&self, run: &ActionRun) -> Result<(), Interrupted> {
        match run.queue_state {
            QueueState::Recorded => self.step_recorded(run).await,
            QueueState::Sending => self.step_sending(run).await,
            QueueState::Sent => self.step_sent(run).await,
            QueueState::Ended => Ok(()),
        }
    }

    /// Certainly not sent yet.
    async fn step_recorded(&self, run: &ActionRun) -> Result<(), Interrupted> {
        // Cancelled while it was being sent, and then certainly not sent.
        if run.cancel_request == CancelRequest::Requested {
            return self.end(run, Ending::CanceledByUser).await;
        }
        if run.is_expired(self.portal.now()) {
            return self.end(run, Ending::Failed(FailureCode::CommandExpired)).await;
        }
        self.crash_at(CrashPoint::BeforeSending)?;
        let sending = run.sending();
        if !self.write(&sending, Some(QueueState::Recorded), self.portal.now()).await? {
            // Cancelled in this very moment.
            return Ok(());
        }
        self.crash_at(CrashPoint::AfterMarkedSending)?;
        self.send(&sending).await
    }

    /// Found in `sending`: perhaps sent. Ask first.
    async fn step_sending(&self, run: &ActionRun) -> Result<(), Interrupted> {
        let now = self.portal.now();
        match self.ask(run).await {
            Ok(StatusAnswer::NeverReceived) if run.cancel_request == CancelRequest::Requested => {
                self.end(run, Ending::CanceledByUser).await
            }
            Ok(StatusAnswer::NeverReceived) if run.is_expired(now) => {
                self.end(run, Ending::Failed(FailureCode::CommandExpired)).await
            }
            Ok(StatusAnswer::NeverReceived) => self.send(run).await,
            Ok(StatusAnswer::Known(reported)) => self.apply(run, reported).await,
            Ok(StatusAnswer::CannotTell) => self.end(run, Ending::Failed(FailureCode::OutcomeUnknown)).await,
            Err(error) => self.not_answered(run, error).await,
        }
    }

    async fn step_sent(&self, run: &ActionRun) -> Result<(), Interrupted> {
        if run.cancel_request == CancelRequest::Requested {
            match self.cancel(run).await {
                Ok(CancelAnswer::Canceled) => return self.end(run, Ending::CanceledByUser).await,
                Ok(CancelAnswer::TooLate) => self.portal.withdraw_cancel(run).await?,
                Err(error) => return self.not_answered(run, error).await,
            }
        }
        match self.ask(run).await {
            Ok(StatusAnswer::Known(reported)) => self.apply(run, reported).await,
            // It had it and has lost it.
            Ok(StatusAnswer::NeverReceived | StatusAnswer::CannotTell) => {
                self.end(run, Ending::Failed(FailureCode::OutcomeUnknown)).await
            }
            Err(error) => self.not_answered(run, error).await,
        }
    }

    async fn send(&self, run: &ActionRun) -> Result<(), Interrupted> {
        let passcode = match run.action {
            Action::ResetPasscode(Reset::Temporary(_)) => match self.passcode_of(run).await? {
                Some(passcode) => Some(passcode),
                None => return self.end(run, Ending::Failed(FailureCode::BackEndFault)).await,
            },
            Action::ResetPasscode(Reset::Issued(_) | Reset::IssuedForWorkProfile | Reset::Removed)
            | Action::RemoteLock(_)
            | Action::SyncDevice
            | Action::Rename(_)
            | Action::Retire
            | Action::Wipe
            | Action::RebootNow
            | Action::SetCategory(_)
            | Action::ShowRecoveryKey
            | Action::ShowLocalAdministratorPassword => None,
        };
        let start = StartRun { run: RunKey::from(run), secret: passcode };
        let answer = tokio::time::timeout(self.patience_for(run), self.portal.parts.services.start(&start));
        match answer.await.unwrap_or(Err(ServiceError::NoAnswer)) {
            Ok(StartAnswer::Accepted(external)) => {
                self.crash_at(CrashPoint::AfterStarted)?;
                let now = self.portal.now();
                let due = next_question(now, run.expires, now);
                self.write(&run.sent(Delivery::Waiting, now).named(external), Some(run.queue_state), due)
                    .await?;
                self.crash_at(CrashPoint::AfterMarkedSent)?;
                Ok(())
            }
            Ok(StartAnswer::Rejected(code)) => self.end(run, Ending::Failed(code)).await,
            Err(ServiceError::Busy { retry_after_millis }) => {
                let again = next_attempt(run.failed_attempts, retry_after_millis, self.portal.now());
                self.write(&run.not_sent(), Some(run.queue_state), again).await?;
                Ok(())
            }
            Err(error @ ServiceError::NoAnswer) => self.not_answered(run, error).await,
        }
    }

    /// Writes down what the back end reports.
    async fn apply(&self, run: &ActionRun, reported: Reported) -> Result<(), Interrupted> {
        let delivery = match reported.state {
            Report::Ended(ending) => {
                self.crash_at(CrashPoint::AfterReported)?;
                let ending = run.ending_of(ending, self.portal.now());
                return self.end_with(run, ending, reported.issued.as_ref()).await;
            }
            Report::Pending => Delivery::Waiting,
            Report::Active => Delivery::Delivered,
            Report::NotNow => Delivery::NotNow,
        };
        let now = self.portal.now();
        if run.is_expired(now) {
            return self.expire(run).await;
        }
        let last_news = if delivery == run.delivery { run.updated } else { now };
        let due = next_question(last_news, run.expires, now);
        let told = run.sent(delivery, now);
        if self.write(&told, Some(run.queue_state), due).await? && delivery != run.delivery {
            self.portal.announce(&run.person);
        }
        Ok(())
    }

    /// Its time is over: hold it back, so that it does not surprise anybody later.
    async fn expire(&self, run: &ActionRun) -> Result<(), Interrupted> {
        match self.cancel(run).await {
            Ok(CancelAnswer::Canceled) => self.end(run, Ending::Failed(FailureCode::CommandExpired)).await,
            Ok(CancelAnswer::TooLate) => match self.ask(run).await {
                Ok(StatusAnswer::Known(Reported { state: Report::Ended(ending), issued })) => {
                    self.end_with(run, ending, issued.as_ref()).await
                }
                // The device has it and never said how it went.
                Ok(_) => self.end(run, Ending::Failed(FailureCode::OutcomeUnknown)).await,
                Err(error) => self.not_answered(run, error).await,
            },
            Err(error) => self.not_answered(run, error).await,
        }
    }

    /// The back end said nothing useful about a run it may have.
    async fn not_answered(&self, run: &ActionRun, error: ServiceError) -> Result<(), Interrupted> {
        let now = self.portal.now();
        tracing::warn!(?error, result = %run.id, "the back end did not answer");
        if run.is_expired(now) {
            return self.end(run, Ending::Failed(FailureCode::OutcomeUnknown)).await;
        }
        let asked = match error {
            ServiceError::Busy { retry_after_millis } => retry_after_millis,
            ServiceError::NoAnswer => None,
        };
        let again = next_attempt(run.failed_attempts, asked, now);
        self.write(&run.tried(), Some(run.queue_state), again).await?;
        Ok(())
    }

    async fn end(&self, run: &ActionRun, ending: Ending) -> Result<(), Interrupted> {
        self.end_with(run, ending, None).await
    }

    async fn end_with(
        &self,
        run: &ActionRun,
        ending: Ending,
        issued: Option<&SecretText>,
    ) -> Result<(), Interrupted> {
        self.portal.end_run(run, ending, issued).await?;
        self.crash_at(CrashPoint::AfterEnded)
    }

    /// How long a call about this run may take: the service knows, unless a test says otherwise.
    fn patience_for(&self, run: &ActionRun) -> Duration {
        self.patience.unwrap_or_else(|| self.portal.parts.services.patience(&run.device))
    }

    /// Writes down where a run stands; what a person sees of it is told as a change. False if it was changed meanwhile
    /// (cancelled, for instance).
    async fn write(&self, run: &ActionRun, from: Option<QueueState>, due: UtcTime) -> Result<bool, Refusal> {
        let mut unit = self.portal.parts.store.begin().await?;
        let before = unit.run(&run.id).await?;
        if !unit.update_run(run, from, due).await? {
            return Ok(false);
        }
        if before.is_some_and(|before| before.delivery != run.delivery) {
            let changed = Changed::Device(run.device.as_str().to_owned());
            unit.append_change(&run.person, &changed, self.portal.now()).await?;
        }
        unit.save().await?;
        Ok(true)
    }

    /// The passcode that goes with a run; `None`, with the reason in the log, when it cannot be had.
    async fn passcode_of(&self, run: &ActionRun) -> Result<Option<SecretText>, Refusal> {
        let sealed = self.portal.parts.store.read().await?.secret_of_run(&run.id).await?;
        let Some(sealed) = sealed else {
            tracing::error!(result = %run.id, "the passcode of a run is missing");
            return Ok(None);
        };
        let purpose = Purpose { result_id: &run.id, person: &run.person, device: &run.device };
        match self.portal.parts.vault.open(&purpose, &sealed) {
            Ok(passcode) => Ok(Some(passcode)),
            Err(error) => {
                tracing::error!(result = %run.id, %error, "the passcode of a run cannot be sent");
                Ok(None)
            }
        }
    }

    async fn ask(&self, run: &ActionRun) -> Result<StatusAnswer, ServiceError> {
        let key = RunKey::from(run);
        let answer = tokio::time::timeout(self.patience_for(run), self.portal.parts.services.status(&key));
        answer.await.unwrap_or(Err(ServiceError::NoAnswer))
    }

    async fn cancel(&self, run: &ActionRun) -> Result<CancelAnswer, ServiceError> {
        let key = RunKey::from(run);
        let answer = tokio::time::timeout(self.patience_for(run), self.portal.parts.services.cancel(&key));
        answer.await.unwrap_or(Err(ServiceError::NoAnswer))
    }

    fn crash_at(&self, point: CrashPoint) -> Result<(), Interrupted> {
        if self.crash_points.stops_at(point) { Err(Interrupted::Stopped(Stopped(point))) } else { Ok(()) }
    }
}
