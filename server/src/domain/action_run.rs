//! One run of an action on its way to a device: the durable queue's states, and what each report of the service changes.
//!
//! ```text
//! recorded --> sending --> sent --> ended
//!     |           |                  ^
//!     |           +--(crash: ask)----+   asked with the command's own id, never just sent again
//!     +--(cancelled, expired)--------+
//! ```
//! The queue state says what *this server* did; the contract's `actionState` says what the *device* did.

use super::action::{Action, Executor};
use super::device::Device;
use super::ids::{DeviceId, ExternalRef, ResultId};
use super::person::PersonId;
use portal_contract::{ActionProgress, ActionState, DeviceActionResult, FailureCode, UtcTime};

/// How far this server got with a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum QueueState {
    /// Written down; certainly not sent.
    Recorded,
    /// About to be sent or just sent; after a crash only the back end knows.
    Sending,
    /// The back end has it.
    Sent,
    /// Over.
    Ended,
}

impl QueueState {
    /// Every state.
    pub const ALL: [Self; 4] = [Self::Recorded, Self::Sending, Self::Sent, Self::Ended];

    /// The name in the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Recorded => "recorded",
            Self::Sending => "sending",
            Self::Sent => "sent",
            Self::Ended => "ended",
        }
    }

    /// Reads the name in the database.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == name)
    }
}

/// How far an open command got on its way to the device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delivery {
    /// The device has not received it.
    Waiting,
    /// The device has it.
    Delivered,
    /// The device has it and said "not now".
    NotNow,
}

impl Delivery {
    /// The contract's state.
    #[must_use]
    pub const fn action_state(self) -> ActionState {
        match self {
            Self::Waiting => ActionState::Pending,
            Self::Delivered | Self::NotNow => ActionState::Active,
        }
    }
}

/// Whether the person has asked to cancel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CancelRequest {
    /// No.
    None,
    /// Yes; the queue cancels as soon as it knows where the command is.
    Requested,
}

/// One run of an action.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActionRun {
    /// Identifies it, here and at services that take an identifier from us.
    pub id: ResultId,
    /// The device.
    pub device: DeviceId,
    /// The device's name when the run was accepted, for the notification.
    pub device_name: String,
    /// Who asked.
    pub person: PersonId,
    /// What it does.
    pub action: Action,
    /// How far this server got.
    pub queue_state: QueueState,
    /// What the device did.
    pub action_state: ActionState,
    /// How far it got while it was open.
    pub delivery: Delivery,
    /// Why it ended without success.
    pub error_code: Option<FailureCode>,
    /// When it was accepted.
    pub started: UtcTime,
    /// When it last changed.
    pub updated: UtcTime,
    /// When it counts as expired.
    pub expires: UtcTime,
    /// Whether cancelling was asked for.
    pub cancel_request: CancelRequest,
    /// How often sending or asking failed in a row.
    pub failed_attempts: u32,
    /// What the device's service calls it, where it has a name of its own for it.
    pub external: Option<ExternalRef>,
}

impl ActionRun {
    /// A run that was just accepted.
    #[must_use]
    pub fn accepted(id: ResultId, device: &Device, person: PersonId, action: Action, now: UtcTime) -> Self {
        let longest = action.kind().longest_wait_seconds();
        let lifetime = device.capabilities.command_lifetime_seconds.min(longest).saturating_mul(1000);
        Self {
            id,
            device: device.id.clone(),
            device_name: device.device_name.clone(),
            person,
            action,
            queue_state: QueueState::Recorded,
            action_state: ActionState::Pending,
            delivery: Delivery::Waiting,
            error_code: None,
            started: now,
            updated: now,
            expires: UtcTime::from_unix_millis(now.unix_millis().saturating_add(lifetime)),
            cancel_request: CancelRequest::None,
            failed_attempts: 0,
            external: None,
        }
    }

    /// About to be sent.
    #[must_use]
    pub fn sending(&self) -> Self {
        Self { queue_state: QueueState::Sending, ..self.clone() }
    }

    /// It was certainly not sent.
    #[must_use]
    pub fn not_sent(&self) -> Self {
        Self { queue_state: QueueState::Recorded, ..self.tried() }
    }

    /// Nothing is known; it was tried once more.
    #[must_use]
    pub fn tried(&self) -> Self {
        Self { failed_attempts: self.failed_attempts.saturating_add(1), ..self.clone() }
    }

    /// The service has it and reports this. Only what the device did changes the time a person sees.
    #[must_use]
    pub fn sent(&self, delivery: Delivery, now: UtcTime) -> Self {
        Self {
            queue_state: QueueState::Sent,
            action_state: delivery.action_state(),
            delivery,
            updated: if delivery == self.delivery { self.updated } else { now },
            failed_attempts: 0,
            ..self.clone()
        }
    }

    /// The service has it and calls it this.
    #[must_use]
    pub fn named(&self, external: Option<ExternalRef>) -> Self {
        Self { external, ..self.clone() }
    }

    /// Whether a later report may still say how it ended.
    #[must_use]
    pub fn is_outcome_unknown(&self) -> bool {
        self.queue_state == QueueState::Ended && self.error_code == Some(FailureCode::OutcomeUnknown)
    }

    /// Over.
    #[must_use]
    pub fn ended(&self, ending: Ending, now: UtcTime) -> Self {
        Self {
            queue_state: QueueState::Ended,
            action_state: ending.action_state(),
            error_code: ending.error_code(),
            updated: now,
            ..self.clone()
        }
    }

    /// The run as the contract shows it now.
    #[must_use]
    pub fn result(&self) -> DeviceActionResult {
        DeviceActionResult {
            id: self.id.as_str().to_owned(),
            action_name: self.action.kind().name(),
            action_state: self.action_state,
            progress: Some(self.progress()),
            start_date_time: self.started,
            last_updated_date_time: self.updated,
            error_code: self.error_code,
            expires_date_time: self.action_state.is_open().then_some(self.expires),
        }
    }

    /// What the contract says about the delivery.
    #[must_use]
    pub const fn progress(&self) -> ActionProgress {
        match self.action_state {
            ActionState::Done => ActionProgress::Acknowledged,
            ActionState::Canceled if matches!(self.error_code, Some(FailureCode::SupersededByErase)) => {
                ActionProgress::Superseded
            }
            ActionState::Canceled => ActionProgress::Canceled,
            ActionState::Failed | ActionState::NotSupported => ActionProgress::Failed,
            ActionState::None | ActionState::Pending | ActionState::Active | ActionState::Other => {
                match self.delivery {
                    Delivery::Waiting => ActionProgress::Queued,
                    Delivery::Delivered => ActionProgress::Delivered,
                    Delivery::NotNow => ActionProgress::NotNow,
                }
            }
        }
    }

    /// The run as it was when it was accepted: what the same idempotency key is answered with again.
    #[must_use]
    pub fn result_when_accepted(&self) -> DeviceActionResult {
        if self.action.kind().executor() == Executor::Portal {
            return self.result();
        }
        DeviceActionResult {
            action_state: ActionState::Pending,
            progress: Some(ActionProgress::Queued),
            last_updated_date_time: self.started,
            error_code: None,
            expires_date_time: Some(self.expires),
            ..self.result()
        }
    }

    /// What an ending at the back end means here: this server itself holds a command back when its time is over, and if
    /// it dies before that is written down, the back end says "cancelled" about something nobody cancelled.
    #[must_use]
    pub fn ending_of(&self, reported: Ending, now: UtcTime) -> Ending {
        let nobody_asked = self.cancel_request == CancelRequest::None;
        if reported == Ending::CanceledByUser && nobody_asked && self.is_expired(now) {
            return Ending::Failed(FailureCode::CommandExpired);
        }
        reported
    }

    /// Whether its time is over.
    #[must_use]
    pub fn is_expired(&self, now: UtcTime) -> bool {
        now > self.expires
    }
}

/// How a command ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// The device acknowledged it.
    Done,
    /// The device or the back end refused.
    Failed(FailureCode),
    /// The device cannot do it.
    NotSupported,
    /// The person cancelled it in time.
    CanceledByUser,
    /// An erase or retire took precedence.
    Superseded,
}

impl Ending {
    /// The contract's state.
    #[must_use]
    pub const fn action_state(self) -> ActionState {
        match self {
            Self::Done => ActionState::Done,
            Self::Failed(_) => ActionState::Failed,
            Self::NotSupported => ActionState::NotSupported,
            Self::CanceledByUser | Self::Superseded => ActionState::Canceled,
        }
    }

    /// The contract's code.
    #[must_use]
    pub const fn error_code(self) -> Option<FailureCode> {
        match self {
            Self::Done | Self::NotSupported => None,
            Self::Failed(code) => Some(code),
            Self::CanceledByUser => Some(FailureCode::CanceledByUser),
            Self::Superseded => Some(FailureCode::SupersededByErase),
        }
    }

    /// What becomes of a secret that goes with the run.
    #[must_use]
    pub const fn secret(self) -> SecretFate {
        match self {
            Self::Done => SecretFate::Confirmed,
            // It was sent, so the device may have exactly this one: without it the person could be locked out by us.
            Self::Failed(FailureCode::OutcomeUnknown) => SecretFate::Unconfirmed,
            Self::Failed(_) | Self::NotSupported | Self::CanceledByUser | Self::Superseded => {
                SecretFate::Erased
            }
        }
    }
}

/// What becomes of the secret of a run when it ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SecretFate {
    /// The device has it: it is shown, and older ones of the device are worth nothing.
    Confirmed,
    /// The device has it or an older one: both are kept.
    Unconfirmed,
    /// No device has it.
    Erased,
}

/// What the back end says about a command it has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Report {
    /// Not delivered yet.
    Pending,
    /// Delivered; the device works on it.
    Active,
    /// Delivered; the device said "not now" and will ask again by itself.
    NotNow,
    /// Over.
    Ended(Ending),
}

/// The shortest pause between two questions about a command, in milliseconds.
const MIN_PAUSE_MILLIS: i64 = 400;
/// The longest pause, in milliseconds.
const MAX_PAUSE_MILLIS: i64 = 60_000;

/// When to ask about a sent command again: often while there was news just now, then in steps of a thirtieth of the time
/// since (within a second for half a minute, while somebody watches), and never later than just after it expires.
#[must_use]
pub fn next_question(last_news: UtcTime, expires: UtcTime, now: UtcTime) -> UtcTime {
    let quiet = now.unix_millis().saturating_sub(last_news.unix_millis());
    let pause = (quiet / 30).clamp(MIN_PAUSE_MILLIS, MAX_PAUSE_MILLIS);
    let next = now.unix_millis().saturating_add(pause);
    let after_expiry = expires.unix_millis().saturating_add(1).max(now.unix_millis() + MIN_PAUSE_MILLIS);
    UtcTime::from_unix_millis(next.min(after_expiry))
}

/// When to try again after the back end could not be reached: doubling from one second to a minute, or later
/// if the back end asked for it (`Retry-After`, in milliseconds).
#[must_use]
pub fn next_attempt(failed_attempts: u32, asked_pause_millis: Option<i64>, now: UtcTime) -> UtcTime {
    let doubled = 1000_i64.saturating_mul(1_i64 << failed_attempts.min(6));
    let pause = doubled.min(MAX_PAUSE_MILLIS).max(asked_pause_millis.unwrap_or(0)).min(3_600_000);
    UtcTime::from_unix_millis(now.unix_millis().saturating_add(pause))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn queue_states_survive_the_database() {
        for state in QueueState::ALL {
            assert_eq!(QueueState::from_name(state.as_str()), Some(state));
        }
        assert_eq!(QueueState::from_name("lost"), None);
    }

    #[test]
    fn a_device_is_asked_about_within_a_second_for_half_a_minute_after_news_and_never_past_its_expiry() {
        let at = UtcTime::from_unix_seconds;
        let pause = |quiet: i64| next_question(at(0), at(86_400), at(quiet)).unix_millis() - quiet * 1000;
        assert_eq!([0, 12, 20, 30].map(pause), [400, 400, 666, 1000]);
        assert_eq!([600, 3600, 7200].map(pause), [20_000, 60_000, 60_000]);
        assert_eq!(next_question(at(0), at(605), at(600)).unix_millis(), 605_001, "just after it expires");
        assert_eq!(next_question(at(0), at(500), at(600)).unix_millis(), 600_400, "expired: soon");
    }

    #[test]
    fn a_back_end_in_trouble_is_left_alone_for_longer_each_time_and_for_as_long_as_it_asks() {
        let now = UtcTime::from_unix_seconds(0);
        let pauses: Vec<i64> = (0..8).map(|n| next_attempt(n, None, now).unix_millis()).collect();
        assert_eq!(pauses, [1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000]);
        assert_eq!(next_attempt(0, Some(1_500), now).unix_millis(), 1500);
        assert_eq!(
            next_attempt(0, Some(i64::MAX), now).unix_millis(),
            3_600_000,
            "an absurd pause is bounded"
        );
    }
}
