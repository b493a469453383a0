//! Actions other than the reset. Each device and action has a flow of its own: a lock does not wait for a reset, and the same
//! action twice is the same run. Those that need a fresh sign-in have a screen of their own, and pass through the provider as
//! the reset does.

use super::reset::{forget_resume, refusal_by};
use super::{CategoryForm, LossKnown, Model, RenameForm, Wanted};
use crate::api::{Api, ApiError, decode_action, decode_categories};
use crate::core::{ActionNews, Announcement, ApiCall, Context, Effect, Fetch, FetchId, FollowUp, LoadState};
use crate::domain::{
    Action, ActionDetail, ActionEffect, ActionEvent, ActionFlow, ActionRefusal, Danger, Device, DeviceId,
    DeviceName, Ending, FreshSignIn, IdempotencyKey, PendingPhase, PermittedDevice, RequiredProof,
    SignInStep, SubmitStep,
};
use crate::features::Features;
use crate::http::HttpOutcome;
use crate::route::Route;
use std::sync::Arc;

impl Features {
    /// A lock asks first, a check acts at once, a new name has to be typed.
    pub(crate) fn on_action_chosen(&mut self, device: &DeviceId, action: Action, context: &mut Context) {
        if action == Action::ResetPasscode {
            return self.on_reset_chosen(device.clone(), context);
        }
        if action.row().proof == RequiredProof::FreshSignIn {
            return self.go(Route::of_action(action, device.clone()), context);
        }
        if self.permitted(device, action).is_none() {
            return;
        }
        // "Lock it instead" takes the place of the explanation it stands in.
        if matches!(&self.actions.reset, ActionFlow::Explain { device: explained, .. } if explained == device)
        {
            self.on_reset_cancelled(context);
        }
        if action == Action::Rename {
            self.actions.rename = Some(RenameForm { device: device.clone(), problem: None });
        } else if action == Action::SetCategory {
            self.actions.open_categories(device, context);
        } else {
            self.want(device.clone(), action, None, context);
        }
    }

    /// Only one that was offered is sent.
    pub(crate) fn on_category_submitted(&mut self, device: &DeviceId, chosen: String, context: &mut Context) {
        let form = self.actions.category.as_ref().filter(|form| form.device == *device);
        if form.is_some_and(|form| form.offered.iter().any(|offered| offered.id == chosen)) {
            let detail = Some(ActionDetail::Category(chosen));
            self.want(device.clone(), Action::SetCategory, detail, context);
        }
    }

    pub(crate) fn on_name_submitted(&mut self, device: &DeviceId, text: &str, context: &mut Context) {
        match DeviceName::parse(text) {
            Ok(name) => {
                self.actions.rename = Some(RenameForm { device: device.clone(), problem: None });
                self.want(device.clone(), Action::Rename, Some(ActionDetail::Name(name)), context);
            }
            Err(problem) => {
                let problem = Some(problem);
                self.actions.rename = Some(RenameForm { device: device.clone(), problem });
                context.say(Announcement::NameRefused);
            }
        }
    }

    /// The key comes from the browser's generator; then the action goes on.
    fn want(
        &mut self,
        device: DeviceId,
        action: Action,
        detail: Option<ActionDetail>,
        context: &mut Context,
    ) {
        let flow = self.actions.flow(&device, action);
        if !flow.is_in_flight() && !matches!(flow, ActionFlow::Pending { .. }) {
            self.actions.wanted = Some(Wanted { device, action, detail });
            context.effect(Effect::DrawRandom);
        }
    }

    /// The random bytes were drawn for an action.
    pub(super) fn on_key_drawn(&mut self, key: Option<IdempotencyKey>, context: &mut Context) {
        let Some(wanted) = self.actions.wanted.take() else { return };
        if let (Action::ResetPasscode, Some(key)) = (wanted.action, &key) {
            return self.confirm_by_first_sign_in(wanted.device, key.clone(), context);
        }
        let permitted = self.permitted(&wanted.device, wanted.action);
        let Some((device, key)) = permitted.zip(key) else {
            return context.log("random.unavailable", "action");
        };
        if let Some(entry) = self.actions.entry(&wanted.device, wanted.action)
            && !entry.flow.is_in_flight()
        {
            entry.detail = wanted.detail;
        }
        self.act(&wanted.device, wanted.action, ActionEvent::Entitled { device, key }, context);
    }

    pub(crate) fn on_action_confirmed(&mut self, device: &DeviceId, action: Action, context: &mut Context) {
        // Only there is the box: sending the same once more repeats what was ticked.
        let is_asked = matches!(self.actions.flow(device, action), ActionFlow::Confirm { .. });
        if is_asked && action.row().danger == Danger::Destructive && self.actions.loss != LossKnown::Said {
            let before = if let LossKnown::Missed(times) = self.actions.loss { times } else { 0 };
            self.actions.loss = LossKnown::Missed(before.wrapping_add(1));
            return;
        }
        self.act(device, action, ActionEvent::Confirmed, context);
    }

    pub(crate) fn on_action_cancelled(&mut self, device: &DeviceId, action: Action, context: &mut Context) {
        self.actions.close_form(action);
        let is_fresh = action.row().proof == RequiredProof::FreshSignIn;
        if is_fresh {
            context.forget_step_up();
        }
        self.act(device, action, ActionEvent::Cancelled, context);
        if is_fresh
            && context.page.route.action() == Some(action)
            && *self.actions.flow(device, action) == ActionFlow::Idle
        {
            self.go_instead(Route::Device(device.clone()), context);
        }
    }

    /// Time passed for whatever has a fresh sign-in in hand.
    pub(super) fn on_clock_ticked(&mut self, context: &mut Context) {
        self.advance_reset(ActionEvent::ClockTicked, context);
        for (device, action) in self.actions.timed() {
            self.act(&device, action, ActionEvent::ClockTicked, context);
        }
    }

    fn permitted(&self, device: &DeviceId, action: Action) -> Option<PermittedDevice> {
        let shown = self.devices.detail.device.as_ref().filter(|known| known.id == *device);
        let known = shown.or_else(|| self.devices.list.find(device))?;
        PermittedDevice::for_action(known, action)
    }

    /// One step of a flow and all that follows from it.
    pub(super) fn act(
        &mut self,
        device: &DeviceId,
        action: Action,
        event: ActionEvent,
        context: &mut Context,
    ) {
        let now = context.now;
        let known = self.devices.list.find(device).or(self.devices.detail.device.as_ref());
        let known = known.filter(|known| known.id == *device).map(|known| known.name.clone());
        let known = known.or_else(|| context.page.name_kept_of(device).map(str::to_owned));
        let Some(entry) = self.actions.entry(device, action) else { return };
        if let Some(known) = known {
            entry.device_name = known;
        }
        let before = std::mem::take(&mut entry.flow);
        let (after, effects) = before.clone().step_of(action, event, now);
        entry.flow = after.clone();
        let detail = entry.detail.clone();
        for effect in effects {
            match effect {
                ActionEffect::PostSignedIn { device, key } => {
                    self.post_action(&device, &key, detail.as_ref(), context);
                }
                ActionEffect::ReadDevice(device) => self.devices.read(device, context),
                ActionEffect::LeaveForSignIn(device) => self.leave_for_sign_in(device, action, context),
                ActionEffect::Post { device, proof, key } => {
                    self.post_with_fresh_sign_in(&device, &proof, &key, context);
                }
                ActionEffect::RememberResume { device, key, first_within } => {
                    self.remember_resume(device, action, key, first_within, context);
                }
                // What is kept for a fresh sign-in is none of the others' business.
                ActionEffect::ForgetResume if action.row().proof == RequiredProof::FreshSignIn => {
                    forget_resume(context);
                }
                // Cancelling is the reset's.
                ActionEffect::ForgetResume | ActionEffect::CancelRun { .. } => {}
            }
        }
        self.after_action(device, action, &before, &after, context);
        if action.row().proof == RequiredProof::FreshSignIn {
            self.keep_time(context);
        }
    }

    fn after_action(
        &mut self,
        device: &DeviceId,
        action: Action,
        before: &ActionFlow,
        after: &ActionFlow,
        context: &mut Context,
    ) {
        if before.screen() == after.screen() && phase(before) == phase(after) {
            return;
        }
        if let Some(news) = news(after) {
            let name = self.actions.name_kept_of(device).unwrap_or_default().to_owned();
            context.say(Announcement::Action { action, news, device: name });
        }
        let is_over = matches!(after, ActionFlow::SignIn { step: SignInStep::Expired, .. });
        if is_over && before.grant().is_some() {
            context.say(Announcement::CountdownOver);
        }
        let has_ended = after.has_ended();
        if has_ended {
            self.actions.close_form(action);
        }
        if matches!(after, ActionFlow::Pending { .. }) && !matches!(before, ActionFlow::Pending { .. }) {
            self.actions.polls = 0;
            self.schedule_poll(context);
        }
        // What ended may have changed the device: its name, its last check-in.
        if has_ended && !matches!(before, ActionFlow::Idle) {
            self.devices.read(device.clone(), context);
            self.notifications.ask(context);
        }
    }

    fn post_action(
        &mut self,
        device: &PermittedDevice,
        key: &IdempotencyKey,
        detail: Option<&ActionDetail>,
        context: &mut Context,
    ) {
        let (Some(config), Some(person)) = (context.page.config.ready(), context.page.session.signed_in())
        else {
            return;
        };
        let api = Api { base: &config.api_base, credential: &person.credential };
        let request = api.start_action(device, key, detail);
        let call = ApiCall::Action(device.id().clone(), device.action());
        let id = context.fetch_id(Fetch::Api(call), 0);
        context.effect(Effect::Fetch { id, request });
    }

    /// The dangerous call. Both proofs come from the state machine, which hands them out on a click only.
    fn post_with_fresh_sign_in(
        &mut self,
        device: &PermittedDevice,
        proof: &FreshSignIn,
        key: &IdempotencyKey,
        context: &mut Context,
    ) {
        let (Some(config), Some(person)) = (context.page.config.ready(), context.page.session.signed_in())
        else {
            let event = ActionEvent::Refused(ActionRefusal::NeedsFreshSignIn);
            return self.act(device.id(), device.action(), event, context);
        };
        let api = Api { base: &config.api_base, credential: &person.credential };
        let request = api.start_with_fresh_sign_in(device, proof, key);
        let call = ApiCall::Action(device.id().clone(), device.action());
        let id = context.fetch_id(Fetch::Api(call), 0);
        context.effect(Effect::Fetch { id, request });
    }

    pub(crate) fn on_action_answered(
        &mut self,
        device: &DeviceId,
        action: Action,
        outcome: &HttpOutcome,
        context: &mut Context,
    ) {
        let event = match decode_action(outcome) {
            Ok(result) => ActionEvent::Accepted(result),
            Err(error) => {
                context.log(error.code(), "action");
                if action.row().proof == RequiredProof::FreshSignIn {
                    return self.on_fresh_refused(device, action, error, context);
                }
                let is_session_over =
                    matches!(error, ApiError::Unauthenticated | ApiError::StepUpRequired(_));
                let refused =
                    if is_session_over { ActionRefusal::NeedsFreshSignIn } else { refusal_by(error) };
                self.act(device, action, ActionEvent::Refused(refused), context);
                if is_session_over {
                    context.follow_up(FollowUp::SignInAgain);
                }
                return;
            }
        };
        self.act(device, action, event, context);
    }

    /// The server wants a newer sign-in, or says why no sign-in will do; or it refused for another reason.
    fn on_fresh_refused(
        &mut self,
        device: &DeviceId,
        action: Action,
        error: ApiError,
        context: &mut Context,
    ) {
        let mut obstacle = None;
        if let ApiError::StepUpRequired(challenge) = &error {
            context.page.challenge = Some(challenge.clone());
            obstacle = challenge.obstacle;
        }
        self.act(device, action, ActionEvent::Refused(refusal_by(error)), context);
        if let Some(obstacle) = obstacle {
            self.fail_step_up(device.clone(), action, obstacle, context);
        }
    }

    /// What was just read of a device, for whatever is under way on it.
    pub(super) fn on_device_read(&mut self, read: Arc<Device>, context: &mut Context) {
        let server_now = context.page.server_now();
        for action in self.actions.of_device(&read.id) {
            let event = ActionEvent::DeviceRead { device: Arc::clone(&read), server_now };
            self.act(&read.id, action, event, context);
        }
        self.advance_reset(ActionEvent::DeviceRead { device: read, server_now }, context);
    }

    pub(super) fn on_device_gone(&mut self, device: DeviceId, context: &mut Context) {
        for action in self.actions.of_device(&device) {
            self.act(&device, action, ActionEvent::DeviceGone(device.clone()), context);
        }
        self.advance_reset(ActionEvent::DeviceGone(device), context);
    }
}

impl Model {
    /// The choice opens at once; what there is to choose from is read.
    fn open_categories(&mut self, device: &DeviceId, context: &mut Context) {
        let known = self.category.take().filter(|form| form.device == *device);
        let offered = known.map(|form| form.offered).unwrap_or_default();
        self.category = Some(CategoryForm { device: device.clone(), state: LoadState::Loading, offered });
        context.call(ApiCall::Categories(device.clone()), 0);
    }

    fn close_form(&mut self, action: Action) {
        match action {
            Action::Rename => self.rename = None,
            Action::SetCategory => self.category = None,
            Action::ResetPasscode
            | Action::RemoteLock
            | Action::SyncDevice
            | Action::RebootNow
            | Action::Retire
            | Action::Wipe => {}
        }
    }

    pub(crate) fn on_categories_fetched(
        &mut self,
        device: &DeviceId,
        id: &FetchId,
        outcome: &HttpOutcome,
        context: &mut Context,
    ) {
        let Some(form) = self.category.as_mut().filter(|form| form.device == *device) else { return };
        match decode_categories(outcome) {
            Ok((offered, left_out)) => {
                context.note_left_out(left_out, "categories");
                form.offered = offered;
                form.state = LoadState::Loaded;
            }
            Err(ApiError::Unauthenticated | ApiError::StepUpRequired(_)) => {
                self.category = None;
                context.follow_up(FollowUp::SignInAgain);
            }
            Err(error) => {
                if !context.is_retried(id, &error) {
                    context.log(error.code(), "categories");
                    form.state = LoadState::Failed(error);
                }
            }
        }
    }
}

const fn phase(flow: &ActionFlow) -> Option<PendingPhase> {
    if let ActionFlow::Pending { phase, .. } = flow { Some(*phase) } else { None }
}

/// What is said of a step; `None` where the screen itself answers the press.
const fn news(flow: &ActionFlow) -> Option<ActionNews> {
    match flow {
        ActionFlow::Pending { phase: PendingPhase::Waiting, .. } => Some(ActionNews::Waiting),
        ActionFlow::Pending { .. } => Some(ActionNews::Delivered),
        ActionFlow::Ended { end, .. } => Some(match end {
            Ending::Done(_) => ActionNews::Done,
            Ending::Failed(portal_contract::FailureCode::OutcomeUnknown) => ActionNews::Uncertain,
            Ending::Failed(_) => ActionNews::Failed,
            Ending::Superseded => ActionNews::Superseded,
            Ending::Canceled => ActionNews::Canceled,
        }),
        ActionFlow::Submit { step: SubmitStep::Unknown, .. } => Some(ActionNews::Uncertain),
        ActionFlow::Submit { step: SubmitStep::Busy { .. }, .. } | ActionFlow::Stopped { .. } => {
            Some(ActionNews::Failed)
        }
        ActionFlow::Submit { step: SubmitStep::Sending | SubmitStep::Rereading, .. }
        | ActionFlow::Idle
        | ActionFlow::Explain { .. }
        | ActionFlow::SignIn { .. }
        | ActionFlow::Reading { .. }
        | ActionFlow::Confirm { .. } => None,
    }
}
