//! The transitions.
#![allow(
    clippy::wildcard_enum_match_arm,
    reason = "every state not named in a transition stays as it is; tests/reset_machine.rs decides each pair by a table"
)]

use super::{ResetEffect, ResetEvent, ResetRefusal, ResetState, Ticket, WhyExplain};
use crate::domain::{Device, DeviceId, Milliseconds, Now, ResetAvailability, ResettableDevice, Seconds};
use portal_contract::{DeviceActionResult, RefusalReason, ResetOutcome, UtcTime};

/// How long an ended reset is news: what the address of the reset shows, and the status of its device.
pub const ENDED_IS_NEWS: Seconds = Seconds(24 * 3600);
/// The same for a reset that issued a temporary passcode: as long as one may be valid by default.
const PASSCODE_IS_NEWS: Seconds = Seconds(7 * 24 * 3600);

type Step = (ResetState, Vec<ResetEffect>);

impl ResetState {
    /// The next state and what it demands. Never panics; an event that does not fit changes nothing.
    #[must_use]
    pub fn step(self, event: ResetEvent, now: Now) -> Step {
        let state = self.aged(now);
        match event {
            ResetEvent::ResetChosen(device) => state.on_reset_chosen(device),
            ResetEvent::PageOpened(device) => state.on_page_opened(device),
            ResetEvent::SignOutChosen => state.on_sign_out_chosen(),
            ResetEvent::Cancelled => state.on_cancelled(),
            ResetEvent::ReturnedFresh { device, proof, key } => {
                state.on_returned_fresh(device, Ticket { proof, key }, now)
            }
            ResetEvent::ReturnedTooLate(device) => state.on_return(Self::Expired { device }),
            ResetEvent::ReturnedAsSomebodyElse(device) => state.on_return(Self::WrongPerson { device }),
            ResetEvent::SignInCancelled(device) => state.on_return(Self::SignInCancelled { device }),
            ResetEvent::SignInFailed(device) => state.on_return(Self::SignInFailed { device }),
            ResetEvent::DeviceRead { device, server_now } => state.on_device_read(&device, server_now, now),
            ResetEvent::DeviceGone(device) => state.on_device_gone(&device),
            ResetEvent::ResetConfirmed => state.on_reset_confirmed(now),
            ResetEvent::ResetAccepted(result) => state.on_accepted(&result),
            ResetEvent::ResetRefused(refusal) => state.on_refused(refusal, now),
            ResetEvent::RunCancelChosen => state.on_run_cancel_chosen(),
            ResetEvent::StartedAgain => state.on_started_again(),
            ResetEvent::ClockTicked => state.on_tick(now),
        }
    }

    /// Whether a request of ours is on its way or its fate unknown: such a state is left only by an answer.
    const fn is_in_flight(&self) -> bool {
        matches!(self, Self::Submitting { .. } | Self::Rereading { .. })
    }

    /// Lets the proof in hand see the clocks, so that it only grows older.
    fn aged(self, now: Now) -> Self {
        let older = |ticket: Ticket| Ticket { proof: ticket.proof.aged(now), key: ticket.key };
        match self {
            Self::ReadingDevice { device, ticket } => {
                Self::ReadingDevice { device, ticket: ticket.map(older) }
            }
            Self::Confirming { device, ticket } => Self::Confirming { device, ticket: older(ticket) },
            Self::Submitting { device, ticket } => Self::Submitting { device, ticket: older(ticket) },
            Self::Rereading { device, ticket } => Self::Rereading { device, ticket: older(ticket) },
            Self::OutcomeUnknown { device, ticket } => Self::OutcomeUnknown { device, ticket: older(ticket) },
            Self::Busy { device, ticket, since, wait } => {
                Self::Busy { device, ticket: older(ticket), since, wait }
            }
            other @ (Self::Idle
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
            | Self::Rejected { .. }) => other,
        }
    }

    fn on_reset_chosen(self, device: DeviceId) -> Step {
        let is_same = self.device() == Some(&device);
        if self.is_in_flight() || (is_same && matches!(self, Self::Pending { .. })) {
            return stay(self);
        }
        let effects = forget_if_ticket(&self);
        (Self::ExplainingSignOut { device, why: WhyExplain::FirstTime }, effects)
    }

    /// The address of the reset shows what is known already; otherwise the device is read first.
    fn on_page_opened(self, device: DeviceId) -> Step {
        let shows_something = !matches!(self, Self::Idle | Self::LeavingForSignIn { .. });
        if self.is_in_flight() || (shows_something && self.device() == Some(&device)) {
            return stay(self);
        }
        let mut effects = forget_if_ticket(&self);
        effects.push(ResetEffect::ReadDevice(device.clone()));
        (Self::ReadingDevice { device, ticket: None }, effects)
    }

    fn on_sign_out_chosen(self) -> Step {
        match self {
            Self::ExplainingSignOut { device, .. }
            | Self::Expired { device }
            | Self::WrongPerson { device }
            | Self::SignInCancelled { device }
            | Self::SignInFailed { device } => {
                let effects = vec![ResetEffect::LeaveForSignIn(device.clone())];
                (Self::LeavingForSignIn { device }, effects)
            }
            other => stay(other),
        }
    }

    fn on_cancelled(self) -> Step {
        match self {
            Self::Submitting { .. } | Self::Rereading { .. } | Self::Pending { .. } => stay(self),
            other => {
                let effects = forget_if_ticket(&other);
                (Self::Idle, effects)
            }
        }
    }

    fn on_returned_fresh(self, device: DeviceId, ticket: Ticket, now: Now) -> Step {
        if self.is_in_flight() {
            return stay(self);
        }
        if !ticket.proof.is_live(now) {
            return (Self::Expired { device }, vec![ResetEffect::ForgetResume]);
        }
        let effects = vec![
            ResetEffect::RememberResume { device: device.clone(), key: ticket.key.clone() },
            ResetEffect::ReadDevice(device.clone()),
        ];
        (Self::ReadingDevice { device, ticket: Some(ticket) }, effects)
    }

    fn on_return(self, next: Self) -> Step {
        if self.is_in_flight() { stay(self) } else { (next, vec![ResetEffect::ForgetResume]) }
    }

    fn on_device_read(self, device: &Device, server_now: Option<UtcTime>, now: Now) -> Step {
        if self.device() != Some(&device.id) {
            return stay(self);
        }
        match self {
            Self::ReadingDevice { ticket: Some(ticket), .. } | Self::Confirming { ticket, .. } => {
                found_with_ticket(device, ticket, now)
            }
            Self::ReadingDevice { ticket: None, .. } => found_without_ticket(device, server_now),
            Self::ExplainingSignOut { .. } if device.open_run().is_some() => {
                found_without_ticket(device, server_now)
            }
            Self::Rereading { device: ours, ticket } => found_after_lost_answer(device, ours, ticket),
            Self::OutcomeUnknown { device: ours, ticket } => found_after_lost_answer(device, ours, ticket),
            Self::Pending { device: id, run, phase } => {
                match device.runs.iter().find(|result| result.id == run.id) {
                    Some(result) => (Self::of_run(id, result, device.told_outcome()), Vec::new()),
                    None => stay(Self::Pending { device: id, run, phase }),
                }
            }
            other => stay(other),
        }
    }

    fn on_device_gone(self, gone: &DeviceId) -> Step {
        if self.device() != Some(gone) || matches!(self, Self::Submitting { .. } | Self::Idle) {
            return stay(self);
        }
        let effects = forget_if_ticket(&self);
        (Self::Gone { device: gone.clone() }, effects)
    }

    /// The click. It is worth something in B, and again after a lost answer or once the server's wait is over.
    fn on_reset_confirmed(self, now: Now) -> Step {
        if self.busy_for(now).is_some_and(|left| left > Milliseconds::ZERO) {
            return stay(self);
        }
        match self {
            Self::Confirming { device, ticket }
            | Self::OutcomeUnknown { device, ticket }
            | Self::Busy { device, ticket, .. } => {
                if !ticket.proof.is_live(now) {
                    let device = device.id().clone();
                    return (Self::Expired { device }, vec![ResetEffect::ForgetResume]);
                }
                let post = ResetEffect::PostReset {
                    device: device.clone(),
                    proof: ticket.proof.clone(),
                    key: ticket.key.clone(),
                };
                (Self::Submitting { device, ticket }, vec![post])
            }
            other => stay(other),
        }
    }

    fn on_accepted(self, result: &DeviceActionResult) -> Step {
        match self {
            Self::Submitting { device, .. } => {
                (Self::of_run(device.id().clone(), result, device.outcome()), vec![ResetEffect::ForgetResume])
            }
            other => stay(other),
        }
    }

    fn on_refused(self, refusal: ResetRefusal, now: Now) -> Step {
        let Self::Submitting { device: proven, ticket } = self else { return stay(self) };
        let device = proven.id().clone();
        let forget = vec![ResetEffect::ForgetResume];
        match refusal {
            ResetRefusal::NeedsFreshSignIn => {
                (Self::ExplainingSignOut { device, why: WhyExplain::Challenged }, forget)
            }
            ResetRefusal::NotAllowed(reason) => (Self::NotAllowed { device, reason }, forget),
            ResetRefusal::Gone => (Self::Gone { device }, forget),
            ResetRefusal::AlreadyPending => {
                let effects = vec![ResetEffect::ForgetResume, ResetEffect::ReadDevice(device.clone())];
                (Self::ReadingDevice { device, ticket: None }, effects)
            }
            ResetRefusal::Busy(wait) => {
                let wait = wait.max(Milliseconds::ZERO);
                (Self::Busy { device: proven, ticket, since: now, wait }, Vec::new())
            }
            ResetRefusal::Rejected(reference) => (Self::Rejected { device, reference }, forget),
            ResetRefusal::AnswerLost => {
                let effects = vec![ResetEffect::ReadDevice(device)];
                (Self::Rereading { device: proven, ticket }, effects)
            }
        }
    }

    fn on_run_cancel_chosen(self) -> Step {
        let effects = match &self {
            Self::Pending { device, run, .. } => {
                vec![ResetEffect::CancelRun { device: device.clone(), run: run.id.clone() }]
            }
            _ => Vec::new(),
        };
        (self, effects)
    }

    fn on_started_again(self) -> Step {
        if self.is_in_flight() || matches!(self, Self::Pending { .. } | Self::LeavingForSignIn { .. }) {
            return stay(self);
        }
        let effects = forget_if_ticket(&self);
        match self.device() {
            Some(device) => {
                let device = device.clone();
                (Self::ExplainingSignOut { device, why: WhyExplain::FirstTime }, effects)
            }
            None => stay(self),
        }
    }

    /// Only states in which nothing is on its way expire by themselves; after a lost answer the person is told so first.
    fn on_tick(self, now: Now) -> Step {
        let is_over = self.ticket().is_some_and(|ticket| !ticket.proof.is_live(now));
        let expires =
            matches!(self, Self::ReadingDevice { .. } | Self::Confirming { .. } | Self::Busy { .. });
        match self.device() {
            Some(device) if is_over && expires => {
                (Self::Expired { device: device.clone() }, vec![ResetEffect::ForgetResume])
            }
            _ => stay(self),
        }
    }
}

const fn stay(state: ResetState) -> Step {
    (state, Vec::new())
}

fn forget_if_ticket(state: &ResetState) -> Vec<ResetEffect> {
    if state.ticket().is_some() { vec![ResetEffect::ForgetResume] } else { Vec::new() }
}

fn not_allowed(device: &Device) -> ResetState {
    let reason = match device.reset {
        ResetAvailability::Refused(reason) => reason,
        ResetAvailability::Allowed(_) | ResetAvailability::NotOffered => RefusalReason::Other,
    };
    ResetState::NotAllowed { device: device.id.clone(), reason }
}

fn found_with_ticket(device: &Device, ticket: Ticket, now: Now) -> Step {
    let forget = vec![ResetEffect::ForgetResume];
    if let Some(run) = device.open_run() {
        let state = ResetState::of_run(device.id.clone(), run, device.told_outcome());
        return (state, forget);
    }
    match ResettableDevice::of(device) {
        None => (not_allowed(device), forget),
        Some(_) if !ticket.proof.is_live(now) => (ResetState::Expired { device: device.id.clone() }, forget),
        Some(device) => (ResetState::Confirming { device, ticket }, Vec::new()),
    }
}

fn found_without_ticket(device: &Device, server_now: Option<UtcTime>) -> Step {
    let run = device.open_run().or_else(|| device.latest_run());
    if let Some(run) = run.filter(|run| is_news(run, device.told_outcome(), server_now)) {
        return (ResetState::of_run(device.id.clone(), run, device.told_outcome()), Vec::new());
    }
    let state = match device.reset {
        ResetAvailability::Allowed(_) => {
            ResetState::ExplainingSignOut { device: device.id.clone(), why: WhyExplain::FirstTime }
        }
        ResetAvailability::Refused(_) | ResetAvailability::NotOffered => not_allowed(device),
    };
    (state, Vec::new())
}

/// Another reset than the one known before means that the lost one arrived (or another tab's did: the same to the person).
fn found_after_lost_answer(device: &Device, ours: ResettableDevice, ticket: Ticket) -> Step {
    let newest = device.open_run().or_else(|| device.latest_run());
    match newest.filter(|run| Some(run.id.as_str()) != ours.latest_run()) {
        Some(run) => {
            (ResetState::of_run(device.id.clone(), run, ours.outcome()), vec![ResetEffect::ForgetResume])
        }
        None => (ResetState::OutcomeUnknown { device: ours, ticket }, Vec::new()),
    }
}

/// Whether a reset is what a person who opens its address wants to see. Without a server time the answer is yes: to
/// show an old result costs one click, to hide a new one costs a second reset.
fn is_news(run: &DeviceActionResult, outcome: ResetOutcome, server_now: Option<UtcTime>) -> bool {
    let Some(server_now) = server_now else { return true };
    if run.action_state.is_open() {
        return true;
    }
    let is_done = run.action_state == portal_contract::ActionState::Done;
    let issues_passcode = matches!(outcome, ResetOutcome::TemporaryPasscode { .. });
    let limit = if is_done && issues_passcode { PASSCODE_IS_NEWS } else { ENDED_IS_NEWS };
    let age = server_now.unix_millis().saturating_sub(run.last_updated_date_time.unix_millis());
    age <= limit.to_milliseconds().0
}
