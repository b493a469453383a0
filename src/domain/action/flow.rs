//! The states of an action.

use crate::domain::{
    DeviceId, FreshSignIn, IdempotencyKey, Milliseconds, Now, PermittedDevice, Seconds, elapsed,
};
use portal_contract::{
    ActionProgress, ActionState, DeviceActionResult, FailureCode, RefusalReason, ResetOutcome, UtcTime,
};

/// Why the sign-out and sign-in is explained.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum WhyExplain {
    /// The person pressed "Reset passcode", or opened the address of the reset.
    FirstTime,
    /// The server found the sign-in too old although the page did not.
    Challenged,
    /// The first sign-in was enough for a while, and that is over.
    FirstIsOver,
}

/// What proves that the person may ask for an action.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Proof {
    /// The session.
    SignedIn,
    /// A sign-in of the last five minutes.
    Fresh(FreshSignIn),
}

impl Proof {
    /// The proof after one more look at the clocks.
    #[must_use]
    pub fn aged(self, now: Now) -> Self {
        match self {
            Self::SignedIn => Self::SignedIn,
            Self::Fresh(proof) => Self::Fresh(proof.aged(now)),
        }
    }

    /// Whether it still counts.
    #[must_use]
    pub fn is_live(&self, now: Now) -> bool {
        match self {
            Self::SignedIn => true,
            Self::Fresh(proof) => proof.is_live(now),
        }
    }

    /// For how long the first sign-in counts that it rests on; `None` where it rests on no such thing.
    #[must_use]
    pub const fn first_within(&self) -> Option<Seconds> {
        match self {
            Self::SignedIn => None,
            Self::Fresh(proof) => proof.first_within(),
        }
    }

    /// What is left of it; `None` when no clock is running.
    #[must_use]
    pub fn remaining(&self, now: Now) -> Option<Milliseconds> {
        match self {
            Self::SignedIn => None,
            Self::Fresh(proof) => Some(proof.remaining(now)),
        }
    }
}

/// What entitles a click to ask for an action, once: a proof and the key that belongs to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    pub proof: Proof,
    /// The key every attempt uses.
    pub key: IdempotencyKey,
}

/// One accepted reset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActionRun {
    /// Identifies it; also the reference a person gives to IT.
    pub id: String,
    /// When the server accepted it.
    pub started: UtcTime,
    /// When it last changed.
    pub updated: UtcTime,
    /// When it counts as expired unless the device has acted on it, as far as the service says.
    pub expires: Option<UtcTime>,
}

impl From<&DeviceActionResult> for ActionRun {
    fn from(result: &DeviceActionResult) -> Self {
        Self {
            id: result.id.clone(),
            started: result.start_date_time,
            updated: result.last_updated_date_time,
            expires: result.expires_date_time,
        }
    }
}

/// How far an accepted reset has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PendingPhase {
    /// Written down; the device has not been reached.
    Waiting,
    /// Delivered; the device has not acknowledged.
    Delivered,
    /// Delivered, and the device said "not now": it takes it up again by itself.
    NotNow,
}

/// A step of the way through the provider. The failures are explained, with one button that begins again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SignInStep {
    /// On the way to the provider.
    Leaving,
    /// The person came back too late, or the five minutes are over.
    Expired,
    /// Somebody else signed in.
    WrongPerson,
    /// The person cancelled at the provider.
    Cancelled,
    /// The sign-in failed; the application state knows how.
    Failed,
    /// The way there was left: the person opened the portal again and is offered to go on.
    Interrupted,
}

/// A step between the click and an accepted action.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SubmitStep {
    /// The request is on its way; further clicks do nothing.
    Sending,
    /// The answer was lost; the device is read before anything else is offered.
    Rereading,
    /// The answer was lost and the device shows no new run: a click tries again with the same key.
    Unknown,
    /// The server asked to wait; then a click tries again with the same key.
    Busy {
        /// When the server said so.
        since: Now,
        /// How long it asked to wait.
        wait: Milliseconds,
    },
}

/// How an accepted action ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Ending {
    /// The device acknowledged it, and this is what it did.
    Done(ResetOutcome),
    /// It failed; `Other` when nothing was said.
    Failed(FailureCode),
    /// An erase or retire took precedence.
    Superseded,
    /// Cancelled by the person.
    Canceled,
}

/// Why an action cannot go on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StopReason {
    /// The server does not allow it; `Other` when nothing was said.
    NotAllowed(RefusalReason),
    /// The device does not exist any more, or is not the person's.
    Gone,
    /// The server called the request wrong: a defect, with a reference for IT, which may be empty.
    Rejected(String),
}

/// Where an action stands. Every state but `Idle` is about one device.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum ActionFlow {
    /// Nothing is under way.
    #[default]
    Idle,
    /// The explanation dialog: why to sign out and in again, and what will happen. Over the device's details it is a
    /// dialog, at the action's own address a page.
    Explain { device: DeviceId, why: WhyExplain },
    /// At the provider, or back from it without a proof.
    SignIn {
        device: DeviceId,
        /// How far.
        step: SignInStep,
    },
    /// The device is being read, to find out where its action stands; with a grant when the person just signed in.
    Reading {
        device: DeviceId,
        /// Leads to the confirmation instead of the explanation.
        grant: Option<Grant>,
    },
    /// The confirmation: everything is ready, one click is missing.
    Confirm {
        /// Proof that the action is allowed on the device.
        device: PermittedDevice,
        /// What entitles the click.
        grant: Grant,
    },
    /// Asked for, and not accepted yet.
    Submit {
        device: PermittedDevice,
        /// The grant in use.
        grant: Grant,
        /// How far.
        step: SubmitStep,
    },
    /// Accepted; the device has not acknowledged.
    Pending {
        device: DeviceId,
        /// The accepted run.
        run: ActionRun,
        /// How far it has come.
        phase: PendingPhase,
    },
    /// Accepted, and over.
    Ended {
        device: DeviceId,
        run: ActionRun,
        /// How.
        end: Ending,
    },
    /// It cannot go on.
    Stopped { device: DeviceId, why: StopReason },
}

impl ActionFlow {
    /// The device it is about.
    #[must_use]
    pub const fn device(&self) -> Option<&DeviceId> {
        match self {
            Self::Idle => None,
            Self::Confirm { device, .. } | Self::Submit { device, .. } => Some(device.id()),
            Self::Explain { device, .. }
            | Self::SignIn { device, .. }
            | Self::Reading { device, .. }
            | Self::Pending { device, .. }
            | Self::Ended { device, .. }
            | Self::Stopped { device, .. } => Some(device),
        }
    }

    /// The grant in hand, if there is one.
    #[must_use]
    pub const fn grant(&self) -> Option<&Grant> {
        match self {
            Self::Reading { grant, .. } => grant.as_ref(),
            Self::Confirm { grant, .. } | Self::Submit { grant, .. } => Some(grant),
            Self::Idle
            | Self::Explain { .. }
            | Self::SignIn { .. }
            | Self::Pending { .. }
            | Self::Ended { .. }
            | Self::Stopped { .. } => None,
        }
    }

    /// The accepted run, pending or ended.
    #[must_use]
    pub const fn run(&self) -> Option<&ActionRun> {
        match self {
            Self::Pending { run, .. } | Self::Ended { run, .. } => Some(run),
            Self::Idle
            | Self::Explain { .. }
            | Self::SignIn { .. }
            | Self::Reading { .. }
            | Self::Confirm { .. }
            | Self::Submit { .. }
            | Self::Stopped { .. } => None,
        }
    }

    /// Whether a request is on its way or its fate unknown: such a step is left only by an answer.
    #[must_use]
    pub const fn is_in_flight(&self) -> bool {
        matches!(self, Self::Submit { step: SubmitStep::Sending | SubmitStep::Rereading, .. })
    }

    /// Whether it is a sign-in that did not work out, and is explained although nobody may be signed in.
    #[must_use]
    pub const fn is_failed_sign_in(&self) -> bool {
        matches!(
            self,
            Self::SignIn {
                step: SignInStep::Expired
                    | SignInStep::WrongPerson
                    | SignInStep::Cancelled
                    | SignInStep::Failed
                    | SignInStep::Interrupted,
                ..
            }
        )
    }

    /// Tells one screen of the flow from another; what changes inside a screen (a tick, a phase) does not change it.
    #[must_use]
    pub const fn screen(&self) -> (u8, u8) {
        match self {
            Self::Idle => (0, 0),
            Self::Explain { why, .. } => (1, *why as u8),
            Self::SignIn { step, .. } => (2, *step as u8),
            Self::Reading { .. } => (3, 0),
            Self::Confirm { .. } => (4, 0),
            Self::Submit { step, .. } => match step {
                SubmitStep::Sending => (5, 0),
                SubmitStep::Rereading => (5, 1),
                SubmitStep::Unknown => (5, 2),
                SubmitStep::Busy { .. } => (5, 3),
            },
            Self::Pending { .. } => (6, 0),
            Self::Ended { end, .. } => match end {
                Ending::Done(_) => (7, 0),
                Ending::Failed(_) => (7, 1),
                Ending::Superseded => (7, 2),
                Ending::Canceled => (7, 3),
            },
            Self::Stopped { why, .. } => match why {
                StopReason::NotAllowed(_) => (8, 0),
                StopReason::Gone => (8, 1),
                StopReason::Rejected(_) => (8, 2),
            },
        }
    }

    /// Whether it ended, well or not.
    #[must_use]
    pub const fn has_ended(&self) -> bool {
        matches!(self, Self::Ended { .. })
    }

    /// How long the server still wants to be left alone; `None` unless it asked for it.
    #[must_use]
    pub fn busy_for(&self, now: Now) -> Option<Milliseconds> {
        let Self::Submit { step: SubmitStep::Busy { since, wait }, .. } = self else { return None };
        Some(wait.minus(elapsed(*since, now)).max(Milliseconds::ZERO))
    }

    /// Where an accepted reset stands, as its result says. A state this build does not know is never "done".
    #[must_use]
    pub fn of_run(device: DeviceId, result: &DeviceActionResult, outcome: ResetOutcome) -> Self {
        let run = ActionRun::from(result);
        let code = result.error_code.unwrap_or(FailureCode::Other);
        match result.action_state {
            ActionState::None | ActionState::Pending | ActionState::Other => {
                Self::Pending { device, run, phase: PendingPhase::Waiting }
            }
            ActionState::Active if result.progress == Some(ActionProgress::NotNow) => {
                Self::Pending { device, run, phase: PendingPhase::NotNow }
            }
            ActionState::Active => Self::Pending { device, run, phase: PendingPhase::Delivered },
            ActionState::Done => Self::Ended { device, run, end: Ending::Done(outcome) },
            ActionState::Failed | ActionState::NotSupported => {
                Self::Ended { device, run, end: Ending::Failed(code) }
            }
            ActionState::Canceled if code == FailureCode::SupersededByErase => {
                Self::Ended { device, run, end: Ending::Superseded }
            }
            ActionState::Canceled => Self::Ended { device, run, end: Ending::Canceled },
        }
    }
}
