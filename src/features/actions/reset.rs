//! The reset's state machine inside the page: its effects become requests, records and timers, its changes announcements.

use super::{CancelState, Preparation, Wanted};
use crate::api::{Api, ApiError, busy_wait, decode_accepted, decode_action, poll_delay};
use crate::auth::ResumeRecord;
use crate::core::{Announcement, ApiCall, Context, Effect, Fetch, ResetStop, TimerId};
use crate::domain::{
    Action, ActionEffect, ActionEvent, ActionFlow, ActionRefusal, DeviceId, Ending, FreshSignIn,
    IdempotencyKey, Milliseconds, PendingPhase, PermittedDevice, ResetAvailability, Seconds, SignInStep,
    StopReason, SubmitStep, WhyExplain,
};
use crate::features::Features;
use crate::http::HttpOutcome;
use crate::route::Route;
use portal_contract::FailureCode;

/// When the time left is said, in seconds; the first is said when the confirmation opens.
const MILESTONES: [i64; 5] = [10, 30, 60, 120, 300];

impl Features {
    /// One step of the state machine and all that follows from it.
    #[inline(never)]
    pub(crate) fn advance_reset(&mut self, event: ActionEvent, context: &mut Context) {
        let is_answer = matches!(event, ActionEvent::Accepted(_));
        let before = std::mem::take(&mut self.actions.reset);
        let (after, effects) = before.clone().step(event, context.now);
        self.actions.reset = after;
        for effect in effects {
            self.perform(effect, context);
        }
        self.announce_reset(&before, context);
        self.keep_time(context);
        let can_be = matches!(self.actions.reset, ActionFlow::Pending { phase: PendingPhase::Waiting, .. });
        if !can_be && self.actions.cancelling == CancelState::Asked {
            // The device has it now: the question has no object any more.
            self.actions.cancelling = CancelState::NotAsked;
        }
        let was_pending = matches!(before, ActionFlow::Pending { .. });
        let is_pending = matches!(self.actions.reset, ActionFlow::Pending { .. });
        if is_pending && !was_pending {
            self.actions.polls = 0;
            self.schedule_poll(context);
            // What the stream said before the answer came was not about this reset yet.
            if let (true, true, Some(device)) =
                (is_answer, self.live.is_open(), self.actions.reset.device().cloned())
            {
                self.devices.read(device, context);
            }
        }
        if was_pending && !is_pending {
            context.effect(Effect::StopTimer(TimerId::Poll));
            self.actions.cancelling = CancelState::NotAsked;
            self.actions.alert_completion();
            self.notifications.ask(context);
        }
    }

    fn perform(&mut self, effect: ActionEffect, context: &mut Context) {
        match effect {
            ActionEffect::LeaveForSignIn(device) => {
                self.leave_for_sign_in(device, Action::ResetPasscode, context);
            }
            ActionEffect::ReadDevice(device) => self.devices.read(device, context),
            ActionEffect::Post { device, proof, key } => {
                self.post_reset(&device, &proof, &key, context);
            }
            // The reset is the one action of this flow, and a session is not enough for it.
            ActionEffect::PostSignedIn { .. } => {}
            ActionEffect::CancelRun { device, run } => self.cancel_run(device, &run, context),
            ActionEffect::RememberResume { device, key, first_within } => {
                self.remember_resume(device, Action::ResetPasscode, key, first_within, context);
            }
            ActionEffect::ForgetResume => forget_resume(context),
        }
    }

    /// The dangerous call. Both proofs come from the state machine, which hands them out on a click only.
    fn post_reset(
        &mut self,
        device: &PermittedDevice,
        proof: &FreshSignIn,
        key: &IdempotencyKey,
        context: &mut Context,
    ) {
        let (Some(config), Some(person)) = (context.page.config.ready(), context.page.session.signed_in())
        else {
            return self.advance_reset(ActionEvent::Refused(ActionRefusal::NeedsFreshSignIn), context);
        };
        let api = Api { base: &config.api_base, credential: &person.credential };
        let request = api.reset_passcode(device, proof, key);
        let id = context.fetch_id(Fetch::Api(ApiCall::Reset(device.id().clone())), 0);
        context.effect(Effect::Fetch { id, request });
    }

    pub(crate) fn on_reset_answered(
        &mut self,
        device: &DeviceId,
        outcome: &HttpOutcome,
        context: &mut Context,
    ) {
        if self.actions.reset.device() != Some(device) {
            return;
        }
        match decode_action(outcome) {
            Ok(result) => self.advance_reset(ActionEvent::Accepted(result), context),
            Err(error) => {
                context.log(error.code(), "reset");
                let mut obstacle = None;
                if let ApiError::StepUpRequired(challenge) = &error {
                    context.page.challenge = Some(challenge.clone());
                    obstacle = challenge.obstacle;
                }
                self.advance_reset(ActionEvent::Refused(refusal_by(error)), context);
                if let Some(obstacle) = obstacle {
                    self.fail_step_up(device.clone(), Action::ResetPasscode, obstacle, context);
                }
            }
        }
    }

    fn cancel_run(&mut self, device: DeviceId, run: &str, context: &mut Context) {
        let (Some(config), Some(person)) = (context.page.config.ready(), context.page.session.signed_in())
        else {
            return;
        };
        if self.actions.cancelling == CancelState::Sent {
            return;
        }
        let api = Api { base: &config.api_base, credential: &person.credential };
        let request = api.cancel_run(&device, run);
        let id = context.fetch_id(Fetch::Api(ApiCall::CancelRun(device)), 0);
        self.actions.cancelling = CancelState::Sent;
        context.effect(Effect::Fetch { id, request });
    }

    /// Whatever the answer, the device says what became of it.
    pub(crate) fn on_cancel_answered(
        &mut self,
        device: DeviceId,
        outcome: &HttpOutcome,
        context: &mut Context,
    ) {
        self.actions.cancelling = match decode_accepted(outcome) {
            Ok(()) => CancelState::NotAsked,
            Err(error) => {
                context.log(error.code(), "cancel");
                let is_too_late = error == ApiError::NotCancellable;
                context.say(if is_too_late {
                    Announcement::CancelTooLate
                } else {
                    Announcement::CancelFailed
                });
                if is_too_late { CancelState::TooLate } else { CancelState::Failed }
            }
        };
        self.devices.read(device, context);
    }

    pub(super) fn remember_resume(
        &mut self,
        device: DeviceId,
        action: Action,
        key: IdempotencyKey,
        first_within: Option<Seconds>,
        context: &mut Context,
    ) {
        if let Some(person) = context.page.session.signed_in() {
            let (sub, started) = (person.sub.clone(), context.now.wall);
            let record = ResumeRecord { device, action, key, sub, first_within, started };
            context.store(ResumeRecord::KEY.to_owned(), record.serialise());
        }
    }

    pub(crate) fn on_reset_chosen(&mut self, device: DeviceId, context: &mut Context) {
        let state = &self.actions.reset;
        let is_alive = state.grant().is_some() || matches!(state, ActionFlow::Pending { .. });
        if is_alive && state.device() == Some(&device) {
            return self.go(Route::ResetPasscode(device), context);
        }
        let known = self.devices.list.find(&device).or(self.devices.detail.device.as_ref());
        let is_refused = known
            .is_some_and(|known| known.id == device && !matches!(known.reset, ResetAvailability::Allowed(_)));
        if is_refused {
            return;
        }
        let is_here = context.page.route.device() == Some(&device);
        if !is_here {
            self.go(Route::Device(device.clone()), context);
        }
        self.actions.preparation = Preparation::default();
        if context.page.session.signed_in().is_some() {
            self.advance_reset(ActionEvent::Chosen(device), context);
        }
    }

    pub(crate) fn on_last_result_chosen(&mut self, device: &DeviceId, context: &mut Context) {
        let shown = self.devices.detail.device.as_ref().filter(|known| known.id == *device);
        if let Some(known) = shown.or_else(|| self.devices.list.find(device)).cloned() {
            self.advance_reset(ActionEvent::ResultChosen(known), context);
        }
    }

    /// "Continue" in the explanation, where the first sign-in is enough: the key is drawn, then the confirmation opens.
    pub(crate) fn on_first_sign_in_used(&mut self, context: &mut Context) {
        if let ActionFlow::Explain { device, .. } = &self.actions.reset {
            let (device, action) = (device.clone(), Action::ResetPasscode);
            self.actions.wanted = Some(Wanted { device, action, detail: None });
            context.effect(Effect::DrawRandom);
        }
    }

    /// The key is there. What was enough when the explanation opened may be over by now; then the second sign-in is asked for.
    pub(super) fn confirm_by_first_sign_in(
        &mut self,
        device: DeviceId,
        key: IdempotencyKey,
        context: &mut Context,
    ) {
        if !matches!(&self.actions.reset, ActionFlow::Explain { device: explained, .. } if *explained == device)
        {
            return;
        }
        let route = Route::ResetPasscode(device.clone());
        if let Some(proof) = context.page.first_sign_in() {
            // Set before the screen is entered: the confirmation opens, not the explanation.
            self.advance_reset(ActionEvent::ReturnedFresh { device, proof, key }, context);
            self.go(route, context);
        } else {
            self.go(route, context);
            self.advance_reset(ActionEvent::FirstSignInOver(device), context);
        }
    }

    pub(crate) fn on_reset_cancelled(&mut self, context: &mut Context) {
        let device = self.actions.reset.device().cloned();
        context.forget_step_up();
        self.advance_reset(ActionEvent::Cancelled, context);
        if let (Some(device), ActionFlow::Idle, Route::ResetPasscode(_)) =
            (device, &self.actions.reset, &context.page.route)
        {
            self.go_instead(Route::Device(device), context);
        }
    }

    // ---- time ----------------------------------------------------------------------------------------------------

    /// A tick when the next second begins, as long as a clock runs.
    pub(super) fn keep_time(&mut self, context: &mut Context) {
        let waiting =
            |flow: &ActionFlow| flow.grant().filter(|_| !flow.is_in_flight())?.proof.remaining(context.now);
        match self.actions.flows().find_map(waiting) {
            Some(left) if left > Milliseconds::ZERO => {
                let rest = left.0.rem_euclid(1000);
                let to_next = Milliseconds(if rest == 0 { 1000 } else { rest });
                context.timer(TimerId::Countdown, to_next);
            }
            _ => {}
        }
        self.announce_time(context);
    }

    fn announce_time(&mut self, context: &mut Context) {
        let confirming = |flow: &ActionFlow| {
            if let ActionFlow::Confirm { grant, .. } = flow {
                grant.proof.remaining(context.now)
            } else {
                None
            }
        };
        let Some(left) = self.actions.flows().find_map(confirming) else {
            self.actions.milestone = None;
            return;
        };
        let left = left.seconds_rounded_up();
        let milestone = MILESTONES.iter().copied().map(Seconds).find(|at| left <= *at);
        if self.actions.milestone != milestone {
            self.actions.milestone = milestone;
            context.say(Announcement::CountdownMilestone(left));
        }
    }

    /// The next look at a pending reset, unless changes are heard of.
    pub(crate) fn schedule_poll(&mut self, context: &mut Context) {
        if self.live.is_polling_needed() {
            self.poll_later(context);
        }
    }

    /// The next look at a pending reset.
    pub(crate) fn poll_later(&mut self, context: &mut Context) {
        let is_watched = matches!(
            self.actions.reset,
            ActionFlow::Pending { .. } | ActionFlow::Submit { step: SubmitStep::Rereading, .. }
        );
        let shown = context.page.route.device();
        let is_awaited = shown.is_some_and(|device| self.actions.is_awaited(device));
        if is_watched || is_awaited {
            let delay = poll_delay(self.actions.polls, context.jitter());
            self.actions.polls = self.actions.polls.saturating_add(1);
            context.timer(TimerId::Poll, delay);
        }
    }

    /// A look at a pending reset. In the background none is taken; coming to the foreground takes one at once.
    pub(crate) fn on_poll_due(&mut self, context: &mut Context) {
        if !context.page.is_visible {
            return;
        }
        if let ActionFlow::Pending { device, .. } = &self.actions.reset {
            self.devices.read(device.clone(), context);
        } else if let ActionFlow::Submit { device, step: SubmitStep::Rereading, .. } = &self.actions.reset {
            self.devices.read(device.id().clone(), context);
        }
        // The read of a device that is shown is one read, whoever waits for it.
        if let Some(shown) = context.page.route.device().cloned()
            && self.actions.is_awaited(&shown)
        {
            self.devices.read(shown, context);
        }
    }

    // ---- announcements -------------------------------------------------------------------------------------------

    fn announce_reset(&mut self, before: &ActionFlow, context: &mut Context) {
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
        let announcement = match (&self.actions.reset, before) {
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
            (
                ActionFlow::SignIn { step: SignInStep::Expired, .. }
                | ActionFlow::Explain { why: WhyExplain::FirstIsOver, .. },
                _,
            ) if had_clock => Some(Announcement::CountdownOver),
            (stopped, _) if was_pressed => {
                stop(stopped).filter(|new| stop(before) != Some(*new)).map(Announcement::ResetStopped)
            }
            _ => None,
        };
        if let Some(announcement) = announcement {
            context.say(announcement);
        }
    }
}

/// The confirmation need not survive a reload any more.
pub(super) fn forget_resume(context: &mut Context) {
    context.page.stored.resume = None;
    context.remove_stored(ResumeRecord::KEY);
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
