//! The queue: carries every recorded command to its device exactly once, and writes down how it went.
//!
//! Each step is written down before the next is taken. A command that is found in `sending` may or may not
//! have reached the back end (the process died, or the answer was lost), so the back end is *asked* about the
//! command's own identifier before anything is sent. A back end that cannot tell leads to an honest `failed`
//! with `outcomeUnknown`.

use super::clock_steps::ClockSteps;
use super::{Portal, Refusal};
use crate::domain::command::{
    CancelRequest, Command, Delivery, Ending, QueueState, Report, next_attempt, next_question,
};
use crate::domain::ids::NotificationId;
use crate::domain::policy::Reset;
use crate::ports::{
    BackEndError, CancelAnswer, Change, CrashPoint, CrashPoints, Purpose, StartAnswer, StartCommand,
    StatusAnswer,
};
use portal_contract::{FailureCode, UtcTime};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::JoinSet;

/// How many commands are worked on at the same time.
const AT_ONCE: u32 = 16;
/// How long a call to the back end may take.
const BACK_END_TIMEOUT: Duration = Duration::from_secs(15);
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
    patience: Duration,
}

impl Portal {
    /// Ends a command together with its notification. False if it had ended already.
    pub(super) async fn end_command(&self, command: &Command, ending: Ending) -> Result<bool, Refusal> {
        let now = self.now();
        let notification = NotificationId::trusted(format!("n-{}", command.id));
        let lifetime = i64::from(self.rules.passcode_lifetime_days) * 86_400_000;
        let expires = UtcTime::from_unix_millis(now.unix_millis().saturating_add(lifetime));
        let ended = self.parts.store.end(command, ending, notification, expires, now).await?;
        if ended {
            self.live.wake(&command.person);
            tracing::info!(
                result = %command.id,
                device = %command.device,
                state = ending.action_state().as_str(),
                code = ending.error_code().map(FailureCode::as_str),
                "a reset ended"
            );
        }
        Ok(ended)
    }
}

impl Queue {
    /// The queue of a portal.
    #[must_use]
    pub fn new(portal: Arc<Portal>, crash_points: Arc<dyn CrashPoints>) -> Self {
        Self { portal, crash_points, clock_steps: Arc::default(), patience: BACK_END_TIMEOUT }
    }

    /// The same, less patient with a back end that says nothing.
    #[must_use]
    pub fn with_patience(self, patience: Duration) -> Self {
        Self { patience, ..self }
    }

    /// Works until told to stop; a step under way is finished first.
    pub async fn run(self, mut stop: watch::Receiver<bool>) {
        let mut swept: Option<UtcTime> = None;
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
            let pause = match self.pass().await {
                Ok(()) => self.pause().await,
                Err(stopped) => {
                    tracing::error!(?stopped, "the queue was stopped");
                    return;
                }
            };
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                () = self.portal.wake.notified() => {}
                // Whoever could ask to stop is gone: that is a stop as well.
                asked = stop.changed() => if asked.is_err() { return },
            }
        }
    }

    /// How long until something is due.
    async fn pause(&self) -> Duration {
        match self.portal.parts.store.next_due().await {
            Ok(Some(due)) => {
                let left = due.unix_millis().saturating_sub(self.portal.now().unix_millis()).max(20);
                Duration::from_millis(left.unsigned_abs()).min(LONGEST_SLEEP)
            }
            Ok(None) => LONGEST_SLEEP,
            Err(_) => Duration::from_secs(1),
        }
    }

    /// Takes one step with every command that is due.
    ///
    /// # Errors
    /// [`Stopped`] at a crash point; nothing after it has happened.
    pub async fn pass(&self) -> Result<(), Stopped> {
        self.follow_the_clock().await;
        let due = match self.portal.parts.store.due_commands(self.portal.now(), AT_ONCE).await {
            Ok(due) => due,
            Err(error) => {
                tracing::error!(?error, "the queue cannot read its commands");
                return Ok(());
            }
        };
        let mut steps = JoinSet::new();
        for command in due {
            let queue = self.clone();
            steps.spawn(async move { queue.step_and_report(command).await });
        }
        let mut outcome = Ok(());
        while let Some(step) = steps.join_next().await {
            if let Ok(Err(stopped)) = step {
                outcome = Err(stopped);
            }
        }
        outcome
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
        match self.portal.parts.store.bring_forward(now, later_than).await {
            Ok(0) => {}
            Ok(brought) => tracing::warn!(brought, "the clock was set back: commands are looked at now"),
            Err(error) => {
                tracing::error!(?error, "the queue cannot follow the clock");
                self.clock_steps.forget();
            }
        }
    }

    async fn step_and_report(&self, command: Command) -> Result<(), Stopped> {
        match self.step(&command).await {
            Ok(()) => Ok(()),
            Err(Interrupted::Stopped(stopped)) => Err(stopped),
            Err(Interrupted::Failed(refusal)) => {
                tracing::error!(?refusal, result = %command.id, "a command could not be moved on; trying again");
                let later = next_attempt(command.failed_attempts, None, self.portal.now());
                // If the store is the problem this fails too, and the command simply stays due.
                let _ = self.change(&command, Change::Later(later)).await;
                Ok(())
            }
        }
    }

    async fn step(&self, command: &Command) -> Result<(), Interrupted> {
        match command.queue_state {
            QueueState::Recorded => self.step_recorded(command).await,
            QueueState::Sending => self.step_sending(command).await,
            QueueState::Sent => self.step_sent(command).await,
            QueueState::Ended => Ok(()),
        }
    }

    /// Certainly not sent yet.
    async fn step_recorded(&self, command: &Command) -> Result<(), Interrupted> {
        if command.is_expired(self.portal.now()) {
            return self.end(command, Ending::Failed(FailureCode::CommandExpired)).await;
        }
        self.crash_at(CrashPoint::BeforeSending)?;
        if !self.change(command, Change::Sending).await? {
            // Cancelled in this very moment.
            return Ok(());
        }
        self.crash_at(CrashPoint::AfterMarkedSending)?;
        let sending = Command { queue_state: QueueState::Sending, ..command.clone() };
        self.send(&sending).await
    }

    /// Found in `sending`: perhaps sent. Ask first.
    async fn step_sending(&self, command: &Command) -> Result<(), Interrupted> {
        let now = self.portal.now();
        match self.ask(command).await {
            Ok(StatusAnswer::NeverReceived) if command.cancel_request == CancelRequest::Requested => {
                self.end(command, Ending::CanceledByUser).await
            }
            Ok(StatusAnswer::NeverReceived) if command.is_expired(now) => {
                self.end(command, Ending::Failed(FailureCode::CommandExpired)).await
            }
            Ok(StatusAnswer::NeverReceived) => self.send(command).await,
            Ok(StatusAnswer::Known(report)) => self.apply(command, report).await,
            Ok(StatusAnswer::CannotTell) => {
                self.end(command, Ending::Failed(FailureCode::OutcomeUnknown)).await
            }
            Err(error) => self.not_answered(command, error).await,
        }
    }

    async fn step_sent(&self, command: &Command) -> Result<(), Interrupted> {
        if command.cancel_request == CancelRequest::Requested {
            match self.cancel(command).await {
                Ok(CancelAnswer::Canceled) => return self.end(command, Ending::CanceledByUser).await,
                Ok(CancelAnswer::TooLate) => self.portal.parts.store.withdraw_cancel(&command.id).await?,
                Err(error) => return self.not_answered(command, error).await,
            }
        }
        match self.ask(command).await {
            Ok(StatusAnswer::Known(report)) => self.apply(command, report).await,
            // It had it and has lost it.
            Ok(StatusAnswer::NeverReceived | StatusAnswer::CannotTell) => {
                self.end(command, Ending::Failed(FailureCode::OutcomeUnknown)).await
            }
            Err(error) => self.not_answered(command, error).await,
        }
    }

    async fn send(&self, command: &Command) -> Result<(), Interrupted> {
        let passcode = match command.reset {
            Reset::Removed => None,
            Reset::Temporary(_) => {
                let Some(sealed) = self.portal.parts.store.passcode_to_send(&command.id).await? else {
                    tracing::error!(result = %command.id, "the passcode of a command is missing");
                    return self.end(command, Ending::Failed(FailureCode::BackEndFault)).await;
                };
                let purpose =
                    Purpose { result_id: &command.id, person: &command.person, device: &command.device };
                match self.portal.parts.vault.open(&purpose, &sealed) {
                    Ok(passcode) => Some(passcode),
                    Err(error) => {
                        tracing::error!(result = %command.id, %error, "the passcode of a command cannot be sent");
                        return self.end(command, Ending::Failed(FailureCode::BackEndFault)).await;
                    }
                }
            }
        };
        let start = StartCommand {
            id: command.id.clone(),
            device: command.device.clone(),
            reset: command.reset,
            passcode,
        };
        let answer = tokio::time::timeout(self.patience, self.portal.parts.back_end.start(&start));
        match answer.await.unwrap_or(Err(BackEndError::NoAnswer)) {
            Ok(StartAnswer::Accepted) => {
                self.crash_at(CrashPoint::AfterStarted)?;
                let now = self.portal.now();
                let due = next_question(now, command.expires, now);
                self.change(command, Change::Sent(Delivery::Waiting, due)).await?;
                self.crash_at(CrashPoint::AfterMarkedSent)?;
                Ok(())
            }
            Ok(StartAnswer::Rejected(code)) => self.end(command, Ending::Failed(code)).await,
            Err(BackEndError::Busy { retry_after_millis }) => {
                let again = next_attempt(command.failed_attempts, retry_after_millis, self.portal.now());
                self.change(command, Change::BackToRecorded(again)).await?;
                Ok(())
            }
            Err(error @ BackEndError::NoAnswer) => self.not_answered(command, error).await,
        }
    }

    /// Writes down what the back end reports.
    async fn apply(&self, command: &Command, report: Report) -> Result<(), Interrupted> {
        let delivery = match report {
            Report::Ended(ending) => {
                self.crash_at(CrashPoint::AfterReported)?;
                return self.end(command, command.ending_of(ending, self.portal.now())).await;
            }
            Report::Pending => Delivery::Waiting,
            Report::Active => Delivery::Delivered,
            Report::NotNow => Delivery::NotNow,
        };
        let now = self.portal.now();
        if command.is_expired(now) {
            return self.expire(command).await;
        }
        let last_news = if delivery == command.delivery { command.updated } else { now };
        let due = next_question(last_news, command.expires, now);
        self.change(command, Change::Sent(delivery, due)).await?;
        Ok(())
    }

    /// Its time is over: hold it back, so that it does not surprise anybody later.
    async fn expire(&self, command: &Command) -> Result<(), Interrupted> {
        match self.cancel(command).await {
            Ok(CancelAnswer::Canceled) => {
                self.end(command, Ending::Failed(FailureCode::CommandExpired)).await
            }
            Ok(CancelAnswer::TooLate) => match self.ask(command).await {
                Ok(StatusAnswer::Known(Report::Ended(ending))) => self.end(command, ending).await,
                // The device has it and never said how it went.
                Ok(_) => self.end(command, Ending::Failed(FailureCode::OutcomeUnknown)).await,
                Err(error) => self.not_answered(command, error).await,
            },
            Err(error) => self.not_answered(command, error).await,
        }
    }

    /// The back end said nothing useful about a command it may have.
    async fn not_answered(&self, command: &Command, error: BackEndError) -> Result<(), Interrupted> {
        let now = self.portal.now();
        tracing::warn!(?error, result = %command.id, "the back end did not answer");
        if command.is_expired(now) {
            return self.end(command, Ending::Failed(FailureCode::OutcomeUnknown)).await;
        }
        let asked = match error {
            BackEndError::Busy { retry_after_millis } => retry_after_millis,
            BackEndError::NoAnswer => None,
        };
        self.change(command, Change::Later(next_attempt(command.failed_attempts, asked, now))).await?;
        Ok(())
    }

    async fn end(&self, command: &Command, ending: Ending) -> Result<(), Interrupted> {
        self.portal.end_command(command, ending).await?;
        self.crash_at(CrashPoint::AfterEnded)
    }

    async fn change(&self, command: &Command, change: Change) -> Result<bool, Refusal> {
        let is_changed = self.portal.parts.store.change(command, change, self.portal.now()).await?;
        if let Change::Sent(delivery, _) = change
            && delivery != command.delivery
        {
            self.portal.live.wake(&command.person);
        }
        Ok(is_changed)
    }

    async fn ask(&self, command: &Command) -> Result<StatusAnswer, BackEndError> {
        let answer = tokio::time::timeout(self.patience, self.portal.parts.back_end.status(&command.id));
        answer.await.unwrap_or(Err(BackEndError::NoAnswer))
    }

    async fn cancel(&self, command: &Command) -> Result<CancelAnswer, BackEndError> {
        let answer = tokio::time::timeout(self.patience, self.portal.parts.back_end.cancel(&command.id));
        answer.await.unwrap_or(Err(BackEndError::NoAnswer))
    }

    fn crash_at(&self, point: CrashPoint) -> Result<(), Interrupted> {
        if self.crash_points.stops_at(point) { Err(Interrupted::Stopped(Stopped(point))) } else { Ok(()) }
    }
}
