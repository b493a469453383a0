//! What happens to a reset, and what it demands of the world.

use crate::domain::{Device, DeviceId, FreshSignIn, IdempotencyKey, Milliseconds, PermittedDevice, Seconds};
use portal_contract::{DeviceActionResult, RefusalReason, UtcTime};
use std::sync::Arc;

/// How the server answered a reset it did not accept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ActionRefusal {
    /// The sign-in is too old (401 step-up), or there is none any more.
    NeedsFreshSignIn,
    /// The device or the organisation does not allow it.
    NotAllowed(RefusalReason),
    /// The device does not exist any more.
    Gone,
    /// Another reset is pending.
    AlreadyPending,
    /// The server asked to wait this long.
    Busy(Milliseconds),
    /// The request was called wrong: a defect, with the reference for IT.
    Rejected(String),
    /// No answer, half an answer, or a fault: the reset may have been accepted.
    AnswerLost,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ActionEvent {
    /// The person pressed "Reset passcode" at a device.
    Chosen(DeviceId),
    /// The address of the reset was opened.
    PageOpened(DeviceId),
    /// The person pressed "Sign out" in the explanation, or the one button of an explanation after a sign-in that did not work out.
    SignOutChosen,
    /// The person cancelled, in the explanation or in the confirmation.
    Cancelled,
    /// The person came back from the provider, or from a reload, with a fresh sign-in.
    ReturnedFresh {
        /// The device the sign-in was for.
        device: DeviceId,
        proof: FreshSignIn,
        /// The key that belongs to it.
        key: IdempotencyKey,
    },
    /// The first sign-in is not enough any more, although it was when the explanation opened.
    FirstSignInOver(DeviceId),
    /// The person came back too late.
    ReturnedTooLate(DeviceId),
    /// Somebody else came back.
    ReturnedAsSomebodyElse(DeviceId),
    /// The person cancelled at the provider.
    SignInCancelled(DeviceId),
    SignInFailed(DeviceId),
    /// The portal was opened again on the way to the fresh sign-in.
    SignInInterrupted(DeviceId),
    /// The person chose an action that being signed in is enough for.
    Entitled {
        /// Proof that the action is allowed on the device.
        device: PermittedDevice,
        /// The key of this one wish.
        key: IdempotencyKey,
    },
    DeviceRead {
        device: Arc<Device>,
        /// The server's time, as well as it is known: decides which ended resets are still of interest.
        server_now: Option<UtcTime>,
    },
    /// The device was read and does not exist.
    DeviceGone(DeviceId),
    /// The person pressed the last button of the confirmation, or "Try again" after a lost answer.
    Confirmed,
    /// The server accepted the reset.
    Accepted(DeviceActionResult),
    /// The server did not.
    Refused(ActionRefusal),
    /// The person cancelled a reset that is still waiting.
    RunCancelChosen,
    /// The person wants to begin again.
    StartedAgain,
    /// The person wants to see what became of the device's last reset instead of beginning another.
    ResultChosen(Arc<Device>),
    /// Time passed.
    ClockTicked,
}

/// What is demanded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ActionEffect {
    /// Sign out, sign in again, come back to this device.
    LeaveForSignIn(DeviceId),
    ReadDevice(DeviceId),
    /// Ask for the reset. The only way to one; both proofs are in it.
    Post {
        /// Proof that the device can be reset.
        device: PermittedDevice,
        /// Proof of the sign-in.
        proof: FreshSignIn,
        key: IdempotencyKey,
    },
    /// Ask for an action that being signed in is enough for; only a click leads here.
    PostSignedIn {
        /// Proof that the action is allowed on the device.
        device: PermittedDevice,
        key: IdempotencyKey,
    },
    /// Cancel a reset that is still waiting.
    CancelRun {
        device: DeviceId,
        /// The reset.
        run: String,
    },
    /// Let the confirmation survive a reload.
    RememberResume {
        device: DeviceId,
        key: IdempotencyKey,
        /// Set where no second sign-in was asked for: a reload must not make one of the first.
        first_within: Option<Seconds>,
    },
    /// The confirmation need not survive any more.
    ForgetResume,
}
