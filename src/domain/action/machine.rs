//! The transitions.
#![allow(
    clippy::wildcard_enum_match_arm,
    reason = "every state not named in a transition stays as it is; tests/reset_machine.rs decides each pair by a table"
)]

use super::{
    Action, ActionEffect, ActionEvent, ActionFlow, ActionRefusal, Danger, Ending, Grant, Proof,
    RequiredProof, SignInStep, StopReason, SubmitStep, WhyExplain,
};
use crate::domain::{
    Availability, Device, DeviceId, IdempotencyKey, Milliseconds, Now, PermittedDevice, Seconds,
};
use portal_contract::{DeviceActionResult, RefusalReason, ResetOutcome, UtcTime};

/// How long an ended reset is news: what the address of the reset shows, and the status of its device.
pub const ENDED_IS_RECENT: Seconds = Seconds(24 * 3600);

type Step = (ActionFlow, Vec<ActionEffect>);

impl ActionFlow {
    /// The next state of a reset and what it demands; see [`ActionFlow::step_of`].
    #[must_use]
    pub fn step(self, event: ActionEvent, now: Now) -> Step {
        self.step_of(Action::ResetPasscode, event, now)
    }

    /// The next state of an action and what it demands. Never panics; an event that does not fit changes nothing.
    #[must_use]
    pub fn step_of(self, action: Action, event: ActionEvent, now: Now) -> Step {
        let state = self.aged(now);
        match event {
            ActionEvent::Chosen(device) => state.on_chosen(device),
            ActionEvent::PageOpened(device) => state.on_page_opened(device),
            ActionEvent::SignOutChosen => state.on_sign_out_chosen(),
            ActionEvent::Cancelled => state.on_cancelled(),
            ActionEvent::ReturnedFresh { device, proof, key } => {
                state.on_returned_fresh(device, Grant { proof: Proof::Fresh(proof), key }, now)
            }
            ActionEvent::FirstSignInOver(device) => {
                state.on_return(Self::Explain { device, why: WhyExplain::FirstIsOver })
            }
            ActionEvent::ReturnedTooLate(device) => {
                state.on_return(Self::SignIn { device, step: SignInStep::Expired })
            }
            ActionEvent::ReturnedAsSomebodyElse(device) => {
                state.on_return(Self::SignIn { device, step: SignInStep::WrongPerson })
            }
            ActionEvent::SignInCancelled(device) => {
                state.on_return(Self::SignIn { device, step: SignInStep::Cancelled })
            }
            ActionEvent::SignInFailed(device) => {
                state.on_return(Self::SignIn { device, step: SignInStep::Failed })
            }
            ActionEvent::SignInInterrupted(device) => {
                state.on_return(Self::SignIn { device, step: SignInStep::Interrupted })
            }
            ActionEvent::Entitled { device, key } => state.on_entitled(device, key, now),
            ActionEvent::DeviceRead { device, server_now } => {
                state.on_device_read(action, &device, server_now, now)
            }
            ActionEvent::DeviceGone(device) => state.on_device_gone(action, &device),
            ActionEvent::Confirmed => state.on_confirmed(now),
            ActionEvent::Accepted(result) => state.on_accepted(&result),
            ActionEvent::Refused(refusal) => state.on_refused(refusal, now),
            ActionEvent::RunCancelChosen => state.on_run_cancel_chosen(),
            ActionEvent::StartedAgain => state.on_started_again(),
            ActionEvent::ResultChosen(device) => state.on_result_chosen(&device),
            ActionEvent::ClockTicked => state.on_tick(now),
        }
    }

    /// Lets the proof in hand see the clocks, so that it only grows older.
    fn aged(self, now: Now) -> Self {
        let older = |grant: Grant| Grant { proof: grant.proof.aged(now), key: grant.key };
        match self {
            Self::Reading { device, grant } => Self::Reading { device, grant: grant.map(older) },
            Self::Confirm { device, grant } => Self::Confirm { device, grant: older(grant) },
            Self::Submit { device, grant, step } => Self::Submit { device, grant: older(grant), step },
            other @ (Self::Idle
            | Self::Explain { .. }
            | Self::SignIn { .. }
            | Self::Pending { .. }
            | Self::Ended { .. }
            | Self::Stopped { .. }) => other,
        }
    }

    fn on_chosen(self, device: DeviceId) -> Step {
        let is_same = self.device() == Some(&device);
        if self.is_in_flight() || (is_same && matches!(self, Self::Pending { .. })) {
            return stay(self);
        }
        let effects = forget_if_ticket(&self);
        (Self::Explain { device, why: WhyExplain::FirstTime }, effects)
    }

    /// The address of the reset shows what is known already; otherwise the device is read first.
    fn on_page_opened(self, device: DeviceId) -> Step {
        let shows_something = !matches!(self, Self::Idle | Self::SignIn { step: SignInStep::Leaving, .. });
        if self.is_in_flight() || (shows_something && self.device() == Some(&device)) {
            return stay(self);
        }
        let mut effects = forget_if_ticket(&self);
        effects.push(ActionEffect::ReadDevice(device.clone()));
        (Self::Reading { device, grant: None }, effects)
    }

    fn on_sign_out_chosen(self) -> Step {
        match self {
            Self::Explain { device, .. }
            | Self::SignIn {
                device,
                step:
                    SignInStep::Expired
                    | SignInStep::WrongPerson
                    | SignInStep::Cancelled
                    | SignInStep::Failed
                    | SignInStep::Interrupted,
            } => {
                let effects = vec![ActionEffect::LeaveForSignIn(device.clone())];
                (Self::SignIn { device, step: SignInStep::Leaving }, effects)
            }
            other => stay(other),
        }
    }

    fn on_cancelled(self) -> Step {
        match self {
            Self::Submit { step: SubmitStep::Sending | SubmitStep::Rereading, .. } | Self::Pending { .. } => {
                stay(self)
            }
            other => {
                let effects = forget_if_ticket(&other);
                (Self::Idle, effects)
            }
        }
    }

    fn on_returned_fresh(self, device: DeviceId, grant: Grant, now: Now) -> Step {
        if self.is_in_flight() {
            return stay(self);
        }
        if !grant.proof.is_live(now) {
            return expired(device, &grant);
        }
        let (first_within, key) = (grant.proof.first_within(), grant.key.clone());
        let effects = vec![
            ActionEffect::RememberResume { device: device.clone(), key, first_within },
            ActionEffect::ReadDevice(device.clone()),
        ];
        (Self::Reading { device, grant: Some(grant) }, effects)
    }

    /// Without a fresh sign-in there is nothing to explain: a disruptive action asks once, a harmless one acts at once. The
    /// same action twice is the same run.
    fn on_entitled(self, device: PermittedDevice, key: IdempotencyKey, now: Now) -> Step {
        let row = device.action().row();
        if self.is_in_flight()
            || matches!(self, Self::Pending { .. })
            || row.proof == RequiredProof::FreshSignIn
        {
            return stay(self);
        }
        let confirm = Self::Confirm { device, grant: Grant { proof: Proof::SignedIn, key } };
        match row.danger {
            Danger::Disruptive | Danger::Destructive => stay(confirm),
            Danger::Harmless => confirm.on_confirmed(now),
        }
    }

    fn on_return(self, next: Self) -> Step {
        if self.is_in_flight() { stay(self) } else { (next, vec![ActionEffect::ForgetResume]) }
    }

    fn on_device_read(self, action: Action, device: &Device, server_now: Option<UtcTime>, now: Now) -> Step {
        if self.device() != Some(&device.id) {
            return stay(self);
        }
        match self {
            Self::Confirm { device: ours, grant } if grant.proof == Proof::SignedIn => {
                confirm_again(device, &ours, grant)
            }
            Self::Reading { grant: Some(grant), .. } | Self::Confirm { grant, .. } => {
                found_with_ticket(action, device, grant, now)
            }
            Self::Reading { grant: None, .. } => found_without_ticket(action, device, server_now),
            Self::Explain { .. } if open_run(action, device).is_some() => {
                found_without_ticket(action, device, server_now)
            }
            Self::Submit { device: ours, grant, step: SubmitStep::Rereading | SubmitStep::Unknown } => {
                found_after_lost_answer(device, ours, grant)
            }
            Self::Pending { device: id, run, phase } => {
                match device.runs_of_all().find(|result| result.id == run.id) {
                    Some(result) => (Self::of_run(id, result, device.told_outcome()), Vec::new()),
                    None => stay(Self::Pending { device: id, run, phase }),
                }
            }
            // What is over is not shown as current once another reset was begun elsewhere.
            Self::Ended { device: id, run, end } => match device.reset_after(&run) {
                Some(newer) => (Self::of_run(id, newer, device.told_outcome()), Vec::new()),
                None => stay(Self::Ended { device: id, run, end }),
            },
            other => stay(other),
        }
    }

    fn on_device_gone(self, action: Action, gone: &DeviceId) -> Step {
        // What took the device away has ended well: there is nothing left to report it.
        if let Self::Pending { device, run, .. } = &self
            && device == gone
            && action.row().danger == Danger::Destructive
        {
            let (device, run) = (device.clone(), run.clone());
            return stay(Self::Ended { device, run, end: Ending::Done(ResetOutcome::Other) });
        }
        if matches!(self, Self::Ended { .. }) && action.row().danger == Danger::Destructive {
            return stay(self);
        }
        if self.device() != Some(gone)
            || matches!(self, Self::Submit { step: SubmitStep::Sending, .. } | Self::Idle)
        {
            return stay(self);
        }
        let effects = forget_if_ticket(&self);
        (Self::Stopped { device: gone.clone(), why: StopReason::Gone }, effects)
    }

    /// The click. It is worth something in the confirmation, and again after a lost answer or once the server's wait is over.
    fn on_confirmed(self, now: Now) -> Step {
        if self.busy_for(now).is_some_and(|left| left > Milliseconds::ZERO) {
            return stay(self);
        }
        match self {
            Self::Confirm { device, grant }
            | Self::Submit { device, grant, step: SubmitStep::Unknown | SubmitStep::Busy { .. } } => {
                if !grant.proof.is_live(now) {
                    return expired(device.id().clone(), &grant);
                }
                let (post_to, key) = (device.clone(), grant.key.clone());
                let post = match (&grant.proof, device.action().row().proof) {
                    (Proof::Fresh(proof), _) => {
                        ActionEffect::Post { device: post_to, proof: proof.clone(), key }
                    }
                    (Proof::SignedIn, RequiredProof::SignedIn) => {
                        ActionEffect::PostSignedIn { device: post_to, key }
                    }
                    (Proof::SignedIn, RequiredProof::FreshSignIn) => {
                        return stay(Self::Confirm { device, grant });
                    }
                };
                (Self::Submit { device, grant, step: SubmitStep::Sending }, vec![post])
            }
            other => stay(other),
        }
    }

    fn on_accepted(self, result: &DeviceActionResult) -> Step {
        match self {
            Self::Submit { device, step: SubmitStep::Sending, .. } => (
                Self::of_run(device.id().clone(), result, device.outcome()),
                vec![ActionEffect::ForgetResume],
            ),
            other => stay(other),
        }
    }

    fn on_refused(self, refusal: ActionRefusal, now: Now) -> Step {
        let Self::Submit { device: proven, grant, step: SubmitStep::Sending } = self else {
            return stay(self);
        };
        let device = proven.id().clone();
        let forget = vec![ActionEffect::ForgetResume];
        match refusal {
            // The session is over; whoever signs in again chooses again.
            ActionRefusal::NeedsFreshSignIn if grant.proof == Proof::SignedIn => (Self::Idle, Vec::new()),
            ActionRefusal::NeedsFreshSignIn => {
                (Self::Explain { device, why: WhyExplain::Challenged }, forget)
            }
            ActionRefusal::NotAllowed(reason) => {
                (Self::Stopped { device, why: StopReason::NotAllowed(reason) }, forget)
            }
            ActionRefusal::Gone => (Self::Stopped { device, why: StopReason::Gone }, forget),
            // The run that is there already is shown.
            ActionRefusal::AlreadyPending if grant.proof == Proof::SignedIn => {
                let effects = vec![ActionEffect::ReadDevice(device)];
                (Self::Submit { device: proven, grant, step: SubmitStep::Rereading }, effects)
            }
            ActionRefusal::AlreadyPending => {
                let effects = vec![ActionEffect::ForgetResume, ActionEffect::ReadDevice(device.clone())];
                (Self::Reading { device, grant: None }, effects)
            }
            ActionRefusal::Busy(wait) => {
                let wait = wait.max(Milliseconds::ZERO);
                (
                    Self::Submit { device: proven, grant, step: SubmitStep::Busy { since: now, wait } },
                    Vec::new(),
                )
            }
            ActionRefusal::Rejected(reference) => {
                (Self::Stopped { device, why: StopReason::Rejected(reference) }, forget)
            }
            ActionRefusal::AnswerLost => {
                let effects = vec![ActionEffect::ReadDevice(device)];
                (Self::Submit { device: proven, grant, step: SubmitStep::Rereading }, effects)
            }
        }
    }

    fn on_run_cancel_chosen(self) -> Step {
        let effects = match &self {
            Self::Pending { device, run, .. } => {
                vec![ActionEffect::CancelRun { device: device.clone(), run: run.id.clone() }]
            }
            _ => Vec::new(),
        };
        (self, effects)
    }

    fn on_started_again(self) -> Step {
        if self.is_in_flight()
            || matches!(self, Self::Pending { .. } | Self::SignIn { step: SignInStep::Leaving, .. })
        {
            return stay(self);
        }
        let effects = forget_if_ticket(&self);
        match self.device() {
            Some(device) => {
                let device = device.clone();
                (Self::Explain { device, why: WhyExplain::FirstTime }, effects)
            }
            None => stay(self),
        }
    }

    /// From the explanation to what became of the last one, however long ago that was.
    fn on_result_chosen(self, device: &Device) -> Step {
        match (&self, device.latest_run()) {
            (Self::Explain { device: explained, .. }, Some(run)) if *explained == device.id => {
                stay(Self::of_run(device.id.clone(), run, device.told_outcome()))
            }
            _ => stay(self),
        }
    }

    /// Only states in which nothing is on its way expire by themselves; after a lost answer the person is told so first.
    fn on_tick(self, now: Now) -> Step {
        let over = self.grant().filter(|grant| !grant.proof.is_live(now));
        let expires = matches!(
            self,
            Self::Reading { .. } | Self::Confirm { .. } | Self::Submit { step: SubmitStep::Busy { .. }, .. }
        );
        match (self.device(), over) {
            (Some(device), Some(grant)) if expires => expired(device.clone(), grant),
            _ => stay(self),
        }
    }
}

/// The time is over. After a second sign-in that is explained; where there was none yet, it is simply asked for now.
fn expired(device: DeviceId, grant: &Grant) -> Step {
    let state = if grant.proof.first_within().is_some() {
        ActionFlow::Explain { device, why: WhyExplain::FirstIsOver }
    } else {
        ActionFlow::SignIn { device, step: SignInStep::Expired }
    };
    (state, vec![ActionEffect::ForgetResume])
}

const fn stay(state: ActionFlow) -> Step {
    (state, Vec::new())
}

fn forget_if_ticket(state: &ActionFlow) -> Vec<ActionEffect> {
    if state.grant().is_some() { vec![ActionEffect::ForgetResume] } else { Vec::new() }
}

fn not_allowed(action: Action, device: &Device) -> ActionFlow {
    let reason = match device.availability(action) {
        Availability::Refused(reason) => reason,
        Availability::Allowed | Availability::NotOffered => RefusalReason::Other,
    };
    ActionFlow::Stopped { device: device.id.clone(), why: StopReason::NotAllowed(reason) }
}

/// The run of an action that still waits for the device.
fn open_run(action: Action, device: &Device) -> Option<&DeviceActionResult> {
    device.shown_run(action).filter(|run| run.action_state.is_open())
}

fn found_with_ticket(action: Action, device: &Device, grant: Grant, now: Now) -> Step {
    let forget = vec![ActionEffect::ForgetResume];
    if let Some(run) = open_run(action, device) {
        let state = ActionFlow::of_run(device.id.clone(), run, device.told_outcome());
        return (state, forget);
    }
    match PermittedDevice::for_action(device, action) {
        None => (not_allowed(action, device), forget),
        Some(_) if !grant.proof.is_live(now) => expired(device.id.clone(), &grant),
        Some(device) => (ActionFlow::Confirm { device, grant }, Vec::new()),
    }
}

/// The question stays for as long as the action is allowed and not under way already.
fn confirm_again(device: &Device, ours: &PermittedDevice, grant: Grant) -> Step {
    let action = ours.action();
    if let Some(run) = open_run(action, device) {
        return stay(ActionFlow::of_run(device.id.clone(), run, ours.outcome()));
    }
    match PermittedDevice::for_action(device, action) {
        Some(device) => stay(ActionFlow::Confirm { device, grant }),
        None => stay(not_allowed(action, device)),
    }
}

fn found_without_ticket(action: Action, device: &Device, server_now: Option<UtcTime>) -> Step {
    let run = device.shown_run(action);
    if let Some(run) = run.filter(|run| is_recent(run, server_now)) {
        return (ActionFlow::of_run(device.id.clone(), run, device.told_outcome()), Vec::new());
    }
    stay(match device.availability(action) {
        Availability::Allowed => {
            ActionFlow::Explain { device: device.id.clone(), why: WhyExplain::FirstTime }
        }
        Availability::Refused(_) | Availability::NotOffered => not_allowed(action, device),
    })
}

/// Another reset than the one known before means that the lost one arrived (or another tab's did: the same to the person).
fn found_after_lost_answer(device: &Device, ours: PermittedDevice, grant: Grant) -> Step {
    let newest = device.shown_run(ours.action());
    match newest.filter(|run| Some(run.id.as_str()) != ours.latest_run()) {
        Some(run) => {
            (ActionFlow::of_run(device.id.clone(), run, ours.outcome()), vec![ActionEffect::ForgetResume])
        }
        None => (ActionFlow::Submit { device: ours, grant, step: SubmitStep::Unknown }, Vec::new()),
    }
}

/// Whether a reset is what a person who opens its address wants to see; an older one is a click away there. Without a server
/// time the answer is yes: to show an old result costs one click, to hide a new one costs a second reset.
fn is_recent(run: &DeviceActionResult, server_now: Option<UtcTime>) -> bool {
    let Some(server_now) = server_now else { return true };
    if run.action_state.is_open() {
        return true;
    }
    let age = server_now.unix_millis().saturating_sub(run.last_updated_date_time.unix_millis());
    age <= ENDED_IS_RECENT.to_milliseconds().0
}
