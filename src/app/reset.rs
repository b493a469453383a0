//! The reset's state machine inside the page: its effects become requests, records and timers, its changes announcements.

use super::turn::Turn;
use super::{Announcement, ApiCall, CancelState, Effect, Fetch, ResetStop, TimerId};
use crate::api::{Api, ApiError, busy_wait, decode_accepted, decode_action, poll_delay};
use crate::auth::ResumeRecord;
use crate::domain::{
    ActionEffect, ActionEvent, ActionFlow, ActionRefusal, DeviceId, Ending, FreshSignIn, IdempotencyKey,
    Milliseconds, PendingPhase, PermittedDevice, ResetAvailability, Seconds, SignInStep, StopReason,
    SubmitStep,
};
use crate::http::HttpOutcome;
use crate::route::Route;
use portal_contract::FailureCode;

/// When the time left is said, in seconds; the first is said when B opens.
const MILESTONES: [i64; 5] = [10, 30, 60, 120, 300];

impl Turn {
    /// One step of the state machine and all that follows from it.
    #[inline(never)]
    pub(super) fn reset(&mut self, event: ActionEvent) {
        let is_answer = matches!(event, ActionEvent::Accepted(_));
        let before = std::mem::take(&mut self.model.reset);
        let (after, effects) = before.clone().step(event, self.now);
        self.model.reset = after;
        for effect in effects {
            self.perform(effect);
        }
        self.announce_reset(&before);
        self.keep_time();
        let can_be = matches!(self.model.reset, ActionFlow::Pending { phase: PendingPhase::Waiting, .. });
        if !can_be && self.model.cancelling == CancelState::Asked {
            // The device has it now: the question has no object any more.
            self.model.cancelling = CancelState::NotAsked;
        }
        let was_pending = matches!(before, ActionFlow::Pending { .. });
        let is_pending = matches!(self.model.reset, ActionFlow::Pending { .. });
        if is_pending && !was_pending {
            self.model.looks = 0;
            self.schedule_look();
            // What the stream said before the answer came was not about this reset yet.
            if let (true, true, Some(device)) =
                (is_answer, self.model.live.is_open(), self.model.reset.device().cloned())
            {
                self.read_device(device);
            }
        }
        if was_pending && !is_pending {
            self.effect(Effect::StopTimer(TimerId::Poll));
            self.model.cancelling = CancelState::NotAsked;
            self.tell_the_end();
            self.call(ApiCall::Notifications, 0);
        }
    }

    fn perform(&mut self, effect: ActionEffect) {
        match effect {
            ActionEffect::LeaveForSignIn(device) => self.leave_for_sign_in(device),
            ActionEffect::ReadDevice(device) => self.read_device(device),
            ActionEffect::Post { device, proof, key } => {
                self.post_reset(&device, &proof, &key);
            }
            // The reset is the one action of this flow, and a session is not enough for it.
            ActionEffect::PostSignedIn { .. } => {}
            ActionEffect::CancelRun { device, run } => self.cancel_run(device, &run),
            ActionEffect::RememberResume { device, key } => self.remember_resume(device, key),
            ActionEffect::ForgetResume => {
                self.model.stored.resume = None;
                self.remove_stored(ResumeRecord::KEY);
            }
        }
    }

    /// The dangerous call. Both proofs come from the state machine, which hands them out on a click only.
    fn post_reset(&mut self, device: &PermittedDevice, proof: &FreshSignIn, key: &IdempotencyKey) {
        let (Some(config), Some(person)) = (self.model.config.ready(), self.model.session.signed_in()) else {
            return self.reset(ActionEvent::Refused(ActionRefusal::NeedsFreshSignIn));
        };
        let api = Api { base: &config.api_base, credential: &person.credential };
        let request = api.reset_passcode(device, proof, key);
        let id = self.fetch_id(Fetch::Api(ApiCall::Reset(device.id().clone())), 0);
        self.effect(Effect::Fetch { id, request });
    }

    pub(super) fn on_reset_answered(&mut self, device: &DeviceId, outcome: &HttpOutcome) {
        if self.model.reset.device() != Some(device) {
            return;
        }
        match decode_action(outcome) {
            Ok(result) => self.reset(ActionEvent::Accepted(result)),
            Err(error) => {
                self.log(error.code(), "reset");
                let mut obstacle = None;
                if let ApiError::StepUpRequired(challenge) = &error {
                    self.model.challenge = Some(challenge.clone());
                    obstacle = challenge.obstacle;
                }
                self.reset(ActionEvent::Refused(refusal_by(error)));
                if let Some(obstacle) = obstacle {
                    self.fail_step_up(device.clone(), obstacle);
                }
            }
        }
    }

    fn cancel_run(&mut self, device: DeviceId, run: &str) {
        let (Some(config), Some(person)) = (self.model.config.ready(), self.model.session.signed_in()) else {
            return;
        };
        if self.model.cancelling == CancelState::Sent {
            return;
        }
        let api = Api { base: &config.api_base, credential: &person.credential };
        let request = api.cancel_run(&device, run);
        let id = self.fetch_id(Fetch::Api(ApiCall::CancelRun(device)), 0);
        self.model.cancelling = CancelState::Sent;
        self.effect(Effect::Fetch { id, request });
    }

    /// Once more: are you sure? Only while it can still be cancelled.
    pub(super) fn on_cancel_asked(&mut self) {
        let can_be = matches!(self.model.reset, ActionFlow::Pending { phase: PendingPhase::Waiting, .. });
        if can_be && self.model.cancelling != CancelState::Sent {
            self.model.cancelling = CancelState::Asked;
        }
    }

    pub(super) fn on_cancel_dropped(&mut self) {
        if self.model.cancelling == CancelState::Asked {
            self.model.cancelling = CancelState::NotAsked;
        }
    }

    /// Whatever the answer, the device says what became of it.
    pub(super) fn on_cancel_answered(&mut self, device: DeviceId, outcome: &HttpOutcome) {
        self.model.cancelling = match decode_accepted(outcome) {
            Ok(()) => CancelState::NotAsked,
            Err(error) => {
                self.log(error.code(), "cancel");
                let is_too_late = error == ApiError::NotCancellable;
                self.say(if is_too_late { Announcement::CancelTooLate } else { Announcement::CancelFailed });
                if is_too_late { CancelState::TooLate } else { CancelState::Failed }
            }
        };
        self.read_device(device);
    }

    fn remember_resume(&mut self, device: DeviceId, key: IdempotencyKey) {
        if let Some(person) = self.model.session.signed_in() {
            let record = ResumeRecord { device, key, sub: person.sub.clone(), started: self.now.wall };
            self.store(ResumeRecord::KEY.to_owned(), record.serialise());
        }
    }

    pub(super) fn on_reset_chosen(&mut self, device: DeviceId) {
        let state = &self.model.reset;
        let is_alive = state.ticket().is_some() || matches!(state, ActionFlow::Pending { .. });
        if is_alive && state.device() == Some(&device) {
            return self.go(Route::ResetPasscode(device));
        }
        let known = self.model.devices.find(&device).or(self.model.device.device.as_ref());
        let is_refused = known
            .is_some_and(|known| known.id == device && !matches!(known.reset, ResetAvailability::Allowed(_)));
        if is_refused {
            return;
        }
        let is_here = self.model.route.device() == Some(&device);
        if !is_here {
            self.go(Route::Device(device.clone()));
        }
        self.model.preparation = super::Preparation::default();
        if self.model.session.signed_in().is_some() {
            self.reset(ActionEvent::Chosen(device));
        }
    }

    pub(super) fn on_reset_cancelled(&mut self) {
        let device = self.model.reset.device().cloned();
        self.forget_step_up();
        self.reset(ActionEvent::Cancelled);
        if let (Some(device), ActionFlow::Idle, Route::ResetPasscode(_)) =
            (device, &self.model.reset, &self.model.route)
        {
            self.go_instead(Route::Device(device));
        }
    }

    // ---- time ----------------------------------------------------------------------------------------------------

    /// A tick when the next second begins, as long as a clock runs.
    fn keep_time(&mut self) {
        let in_flight = matches!(
            self.model.reset,
            ActionFlow::Submit { step: SubmitStep::Sending, .. }
                | ActionFlow::Submit { step: SubmitStep::Rereading, .. }
        );
        match self.model.reset.ticket().and_then(|ticket| ticket.proof.remaining(self.now)) {
            Some(left) if left > Milliseconds::ZERO && !in_flight => {
                let rest = left.0.rem_euclid(1000);
                let to_next = Milliseconds(if rest == 0 { 1000 } else { rest });
                self.timer(TimerId::Countdown, to_next);
            }
            _ => {}
        }
        self.announce_time();
    }

    fn announce_time(&mut self) {
        let ActionFlow::Confirm { ticket, .. } = &self.model.reset else {
            self.model.milestone = None;
            return;
        };
        let Some(left) = ticket.proof.remaining(self.now) else { return };
        let left = left.seconds_rounded_up();
        let milestone = MILESTONES.iter().copied().map(Seconds).find(|at| left <= *at);
        if self.model.milestone != milestone {
            self.model.milestone = milestone;
            self.say(Announcement::CountdownMilestone(left));
        }
    }

    /// The next look at a pending reset, unless changes are heard of.
    pub(super) fn schedule_look(&mut self) {
        if self.model.live.is_looking_needed() {
            self.look_later();
        }
    }

    /// The next look at a pending reset.
    pub(super) fn look_later(&mut self) {
        let is_watched = matches!(
            self.model.reset,
            ActionFlow::Pending { .. } | ActionFlow::Submit { step: SubmitStep::Rereading, .. }
        );
        let shown = self.model.route.device();
        let is_awaited = shown.is_some_and(|device| self.model.actions.is_awaited(device));
        if is_watched || is_awaited {
            let delay = poll_delay(self.model.looks, self.jitter());
            self.model.looks = self.model.looks.saturating_add(1);
            self.timer(TimerId::Poll, delay);
        }
    }

    /// A look at a pending reset. In the background none is taken; coming to the foreground takes one at once.
    pub(super) fn on_poll_due(&mut self) {
        if !self.model.is_visible {
            return;
        }
        if let ActionFlow::Pending { device, .. } = &self.model.reset {
            self.read_device(device.clone());
        } else if let ActionFlow::Submit { device, step: SubmitStep::Rereading, .. } = &self.model.reset {
            self.read_device(device.id().clone());
        }
        // The read of a device that is shown is one read, whoever waits for it.
        if let Some(shown) = self.model.route.device().cloned()
            && self.model.actions.is_awaited(&shown)
        {
            self.read_device(shown);
        }
    }

    // ---- announcements -------------------------------------------------------------------------------------------

    fn announce_reset(&mut self, before: &ActionFlow) {
        let had_clock = matches!(
            before,
            ActionFlow::Confirm { .. } | ActionFlow::Submit { step: SubmitStep::Busy { .. }, .. }
        );
        let was_pressed = had_clock
            || matches!(
                before,
                ActionFlow::Submit { step: SubmitStep::Sending, .. }
                    | ActionFlow::Submit { step: SubmitStep::Rereading, .. }
                    | ActionFlow::Submit { step: SubmitStep::Unknown, .. }
            );
        let announcement = match (&self.model.reset, before) {
            (ActionFlow::Pending { phase, .. }, ActionFlow::Pending { phase: known, .. })
                if phase == known =>
            {
                None
            }
            (ActionFlow::Pending { phase: PendingPhase::Waiting, .. }, _) => Some(Announcement::ResetPending),
            (ActionFlow::Pending { phase: PendingPhase::Delivered, .. }, _) => {
                Some(Announcement::ResetDelivered)
            }
            (ActionFlow::Pending { phase: PendingPhase::NotNow, .. }, _) => Some(Announcement::ResetNotNow),
            (
                ActionFlow::Ended { end: Ending::Done(_), .. },
                ActionFlow::Ended { end: Ending::Done(_), .. },
            ) => None,
            (ActionFlow::Ended { end: Ending::Done(_), .. }, _) => Some(Announcement::ResetDone),
            (
                ActionFlow::Ended { end: Ending::Failed(_), .. },
                ActionFlow::Ended { end: Ending::Failed(_), .. },
            ) => None,
            (ActionFlow::Ended { end: Ending::Failed(FailureCode::OutcomeUnknown), .. }, _) => {
                Some(Announcement::ResetUncertain)
            }
            (ActionFlow::Ended { end: Ending::Failed(_), .. }, _) => Some(Announcement::ResetFailed),
            (
                ActionFlow::Ended { end: Ending::Superseded, .. },
                ActionFlow::Ended { end: Ending::Superseded, .. },
            ) => None,
            (ActionFlow::Ended { end: Ending::Superseded, .. }, _) => Some(Announcement::ResetSuperseded),
            (
                ActionFlow::Ended { end: Ending::Canceled, .. },
                ActionFlow::Ended { end: Ending::Canceled, .. },
            ) => None,
            (ActionFlow::Ended { end: Ending::Canceled, .. }, _) => Some(Announcement::ResetCanceled),
            (ActionFlow::SignIn { step: SignInStep::Expired, .. }, _) if had_clock => {
                Some(Announcement::CountdownOver)
            }
            (stopped, _) if was_pressed => {
                stop(stopped).filter(|new| stop(before) != Some(*new)).map(Announcement::ResetStopped)
            }
            _ => None,
        };
        if let Some(announcement) = announcement {
            self.say(announcement);
        }
    }
}

/// What the state says has stopped a reset; `None` where it is on its way, or where its end has words of its own.
#[allow(clippy::wildcard_enum_match_arm, reason = "only what stops is told here")]
const fn stop(state: &ActionFlow) -> Option<ResetStop> {
    match state {
        ActionFlow::Submit { step: SubmitStep::Unknown, .. } => Some(ResetStop::Uncertain),
        ActionFlow::Submit { step: SubmitStep::Busy { .. }, .. } => Some(ResetStop::Busy),
        ActionFlow::Stopped { why: StopReason::Rejected(_), .. } => Some(ResetStop::Rejected),
        ActionFlow::Stopped { why: StopReason::NotAllowed(_), .. } => Some(ResetStop::NotAllowed),
        ActionFlow::Stopped { why: StopReason::Gone, .. } => Some(ResetStop::Gone),
        ActionFlow::SignIn { step: SignInStep::Expired, .. } => Some(ResetStop::NeedsFreshSignIn),
        _ => None,
    }
}

/// What an error means for a reset. Whatever leaves it open whether the reset was accepted is a lost answer.
pub(super) fn refusal_by(error: ApiError) -> ActionRefusal {
    match error {
        ApiError::StepUpRequired(_) | ApiError::Unauthenticated => ActionRefusal::NeedsFreshSignIn,
        ApiError::NotAllowed { reason } => ActionRefusal::NotAllowed(reason),
        ApiError::NotSetUp => ActionRefusal::Rejected("api.not_set_up".to_owned()),
        ApiError::NotFound => ActionRefusal::Gone,
        ApiError::AlreadyPending => ActionRefusal::AlreadyPending,
        ApiError::Busy { retry_after } => ActionRefusal::Busy(busy_wait(retry_after)),
        ApiError::InvalidRequest { reference } | ApiError::DefectOfPage { reference } => {
            ActionRefusal::Rejected(reference)
        }
        ApiError::NotCancellable
        | ApiError::PreconditionFailed
        | ApiError::ServerFault { .. }
        | ApiError::Network(_)
        | ApiError::NotUnderstood { .. } => ActionRefusal::AnswerLost,
    }
}
