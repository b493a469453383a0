//! The states of a passcode reset.

use crate::domain::{DeviceId, FreshSignIn, IdempotencyKey, Milliseconds, Now, ResettableDevice, elapsed};
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
}

/// What entitles a click to ask for a reset, once: a proof of a fresh sign-in and the key that belongs to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ticket {
    /// The sign-in.
    pub proof: FreshSignIn,
    /// The key every attempt under this sign-in uses.
    pub key: IdempotencyKey,
}

/// One accepted reset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResetRun {
    /// Identifies it; also the reference a person gives to IT.
    pub id: String,
    /// When the server accepted it.
    pub started: UtcTime,
    /// When it last changed.
    pub updated: UtcTime,
    /// When it counts as expired unless the device has acted on it, as far as the service says.
    pub expires: Option<UtcTime>,
}

impl From<&DeviceActionResult> for ResetRun {
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

/// Where the reset stands. Every state but `Idle` is about one device.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum ResetState {
    /// No reset.
    #[default]
    Idle,
    /// A: why to sign out and in again, and what will happen. Shown as a dialog over the device's details, as a page at
    /// the reset's own address.
    ExplainingSignOut {
        /// The device.
        device: DeviceId,
        /// Why.
        why: WhyExplain,
    },
    /// On the way to the provider.
    LeavingForSignIn {
        /// The device.
        device: DeviceId,
    },
    /// The device is being read, to find out where its reset stands; with a ticket when the person just signed in.
    ReadingDevice {
        /// The device.
        device: DeviceId,
        /// Leads to B instead of A.
        ticket: Option<Ticket>,
    },
    /// B: everything is ready, one click is missing.
    Confirming {
        /// Proof that the device can be reset.
        device: ResettableDevice,
        /// Proof of the sign-in.
        ticket: Ticket,
    },
    /// The request is on its way; further clicks do nothing.
    Submitting {
        /// The device.
        device: ResettableDevice,
        /// The ticket in use.
        ticket: Ticket,
    },
    /// The answer was lost; the device is read before anything else is offered.
    Rereading {
        /// The device.
        device: ResettableDevice,
        /// The ticket in use.
        ticket: Ticket,
    },
    /// The answer was lost and the device shows no new reset: a click tries again with the same key.
    OutcomeUnknown {
        /// The device.
        device: ResettableDevice,
        /// The ticket in use.
        ticket: Ticket,
    },
    /// The server asked to wait; then a click tries again with the same key.
    Busy {
        /// The device.
        device: ResettableDevice,
        /// The ticket in use.
        ticket: Ticket,
        /// When the server said so.
        since: Now,
        /// How long it asked to wait.
        wait: Milliseconds,
    },
    /// Accepted; the device has not acknowledged.
    Pending {
        /// The device.
        device: DeviceId,
        /// The accepted reset.
        run: ResetRun,
        /// How far it has come.
        phase: PendingPhase,
    },
    /// The device acknowledged it.
    Done {
        /// The device.
        device: DeviceId,
        /// The reset.
        run: ResetRun,
        /// What it did.
        outcome: ResetOutcome,
    },
    /// It failed.
    Failed {
        /// The device.
        device: DeviceId,
        /// The reset.
        run: ResetRun,
        /// Why; `Other` when nothing was said.
        code: FailureCode,
    },
    /// An erase or retire took precedence.
    Superseded {
        /// The device.
        device: DeviceId,
        /// The reset.
        run: ResetRun,
    },
    /// Cancelled by the person.
    Canceled {
        /// The device.
        device: DeviceId,
        /// The reset.
        run: ResetRun,
    },
    /// The five minutes are over.
    Expired {
        /// The device.
        device: DeviceId,
    },
    /// Somebody else signed in.
    WrongPerson {
        /// The device.
        device: DeviceId,
    },
    /// The person cancelled at the provider.
    SignInCancelled {
        /// The device.
        device: DeviceId,
    },
    /// The sign-in failed; the application state knows how.
    SignInFailed {
        /// The device.
        device: DeviceId,
    },
    /// The server does not allow it.
    NotAllowed {
        /// The device.
        device: DeviceId,
        /// Why; `Other` when nothing was said.
        reason: RefusalReason,
    },
    /// The device does not exist any more, or is not the person's.
    Gone {
        /// The device.
        device: DeviceId,
    },
    /// The server called the request wrong: a defect, with a reference for IT.
    Rejected {
        /// The device.
        device: DeviceId,
        /// What IT finds it by; may be empty.
        reference: String,
    },
}

impl ResetState {
    /// The device the reset is about.
    #[must_use]
    pub const fn device(&self) -> Option<&DeviceId> {
        match self {
            Self::Idle => None,
            Self::Confirming { device, .. }
            | Self::Submitting { device, .. }
            | Self::Rereading { device, .. }
            | Self::OutcomeUnknown { device, .. }
            | Self::Busy { device, .. } => Some(device.id()),
            Self::ExplainingSignOut { device, .. }
            | Self::LeavingForSignIn { device }
            | Self::ReadingDevice { device, .. }
            | Self::Pending { device, .. }
            | Self::Done { device, .. }
            | Self::Failed { device, .. }
            | Self::Superseded { device, .. }
            | Self::Canceled { device, .. }
            | Self::Expired { device }
            | Self::WrongPerson { device }
            | Self::SignInCancelled { device }
            | Self::SignInFailed { device }
            | Self::NotAllowed { device, .. }
            | Self::Gone { device }
            | Self::Rejected { device, .. } => Some(device),
        }
    }

    /// The ticket in hand, if there is one.
    #[must_use]
    pub const fn ticket(&self) -> Option<&Ticket> {
        match self {
            Self::ReadingDevice { ticket, .. } => ticket.as_ref(),
            Self::Confirming { ticket, .. }
            | Self::Submitting { ticket, .. }
            | Self::Rereading { ticket, .. }
            | Self::OutcomeUnknown { ticket, .. }
            | Self::Busy { ticket, .. } => Some(ticket),
            Self::Idle
            | Self::ExplainingSignOut { .. }
            | Self::LeavingForSignIn { .. }
            | Self::Pending { .. }
            | Self::Done { .. }
            | Self::Failed { .. }
            | Self::Superseded { .. }
            | Self::Canceled { .. }
            | Self::Expired { .. }
            | Self::WrongPerson { .. }
            | Self::SignInCancelled { .. }
            | Self::SignInFailed { .. }
            | Self::NotAllowed { .. }
            | Self::Gone { .. }
            | Self::Rejected { .. } => None,
        }
    }

    /// The accepted reset, pending or ended.
    #[must_use]
    pub const fn run(&self) -> Option<&ResetRun> {
        match self {
            Self::Pending { run, .. }
            | Self::Done { run, .. }
            | Self::Failed { run, .. }
            | Self::Superseded { run, .. }
            | Self::Canceled { run, .. } => Some(run),
            Self::Idle
            | Self::ExplainingSignOut { .. }
            | Self::LeavingForSignIn { .. }
            | Self::ReadingDevice { .. }
            | Self::Confirming { .. }
            | Self::Submitting { .. }
            | Self::Rereading { .. }
            | Self::OutcomeUnknown { .. }
            | Self::Busy { .. }
            | Self::Expired { .. }
            | Self::WrongPerson { .. }
            | Self::SignInCancelled { .. }
            | Self::SignInFailed { .. }
            | Self::NotAllowed { .. }
            | Self::Gone { .. }
            | Self::Rejected { .. } => None,
        }
    }

    /// Whether the reset ended, well or not.
    #[must_use]
    pub const fn has_ended(&self) -> bool {
        self.run().is_some() && !matches!(self, Self::Pending { .. })
    }

    /// How long the server still wants to be left alone; `None` unless it asked for it.
    #[must_use]
    pub fn busy_for(&self, now: Now) -> Option<Milliseconds> {
        let Self::Busy { since, wait, .. } = self else { return None };
        Some(wait.minus(elapsed(*since, now)).max(Milliseconds::ZERO))
    }

    /// Where an accepted reset stands, as its result says. A state this build does not know is never "done".
    #[must_use]
    pub fn of_run(device: DeviceId, result: &DeviceActionResult, outcome: ResetOutcome) -> Self {
        let run = ResetRun::from(result);
        let code = result.error_code.unwrap_or(FailureCode::Other);
        match result.action_state {
            ActionState::None | ActionState::Pending | ActionState::Other => {
                Self::Pending { device, run, phase: PendingPhase::Waiting }
            }
            ActionState::Active if result.progress == Some(ActionProgress::NotNow) => {
                Self::Pending { device, run, phase: PendingPhase::NotNow }
            }
            ActionState::Active => Self::Pending { device, run, phase: PendingPhase::Delivered },
            ActionState::Done => Self::Done { device, run, outcome },
            ActionState::Failed | ActionState::NotSupported => Self::Failed { device, run, code },
            ActionState::Canceled if code == FailureCode::SupersededByErase => {
                Self::Superseded { device, run }
            }
            ActionState::Canceled => Self::Canceled { device, run },
        }
    }
}
