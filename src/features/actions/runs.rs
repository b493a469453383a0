//! Actions that being signed in is enough for. Each device and action has a flow of its own: a lock does not wait for a
//! reset, and the same action twice is the same run.

use super::reset::refusal_by;
use super::{RenameForm, Wanted};
use crate::api::{Api, ApiError, decode_action};
use crate::core::{ActionNews, Announcement, ApiCall, Context, Effect, Fetch, FollowUp};
use crate::domain::{
    Action, ActionEffect, ActionEvent, ActionFlow, ActionRefusal, Device, DeviceId, DeviceName, Ending,
    IdempotencyKey, PendingPhase, PermittedDevice, RequiredProof, SubmitStep,
};
use crate::features::Features;
use crate::http::HttpOutcome;
use portal_contract::UtcTime;
use std::sync::Arc;

impl Features {
    /// A lock asks first, a check acts at once, a new name has to be typed.
    pub(crate) fn on_action_chosen(&mut self, device: &DeviceId, action: Action, context: &mut Context) {
        if action.row().proof == RequiredProof::FreshSignIn {
            return self.on_reset_chosen(device.clone(), context);
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
        } else {
            self.want(device.clone(), action, None, context);
        }
    }

    pub(crate) fn on_name_submitted(&mut self, device: &DeviceId, text: &str, context: &mut Context) {
        match DeviceName::parse(text) {
            Ok(name) => {
                self.actions.rename = Some(RenameForm { device: device.clone(), problem: None });
                self.want(device.clone(), Action::Rename, Some(name), context);
            }
            Err(problem) => {
                let problem = Some(problem);
                self.actions.rename = Some(RenameForm { device: device.clone(), problem });
                context.say(Announcement::NameRefused);
            }
        }
    }

    /// The key comes from the browser's generator; then the action goes on.
    fn want(&mut self, device: DeviceId, action: Action, name: Option<DeviceName>, context: &mut Context) {
        let flow = self.actions.flow(&device, action);
        if !flow.is_in_flight() && !matches!(flow, ActionFlow::Pending { .. }) {
            self.actions.wanted = Some(Wanted { device, action, name });
            context.effect(Effect::DrawRandom);
        }
    }

    /// Whether the random bytes were drawn for an action.
    pub(crate) fn is_key_for_action(&mut self, key: Option<IdempotencyKey>, context: &mut Context) -> bool {
        let Some(wanted) = self.actions.wanted.take() else { return false };
        let permitted = self.permitted(&wanted.device, wanted.action);
        let Some((device, key)) = permitted.zip(key) else {
            context.log("random.unavailable", "action");
            return true;
        };
        if let Some(entry) = self.actions.entry(&wanted.device, wanted.action)
            && !entry.flow.is_in_flight()
        {
            entry.name = wanted.name;
        }
        self.act(&wanted.device, wanted.action, ActionEvent::Entitled { device, key }, context);
        true
    }

    pub(crate) fn on_action_confirmed(&mut self, device: &DeviceId, action: Action, context: &mut Context) {
        self.act(device, action, ActionEvent::Confirmed, context);
    }

    pub(crate) fn on_action_cancelled(&mut self, device: &DeviceId, action: Action, context: &mut Context) {
        if action == Action::Rename {
            self.actions.rename = None;
        }
        self.act(device, action, ActionEvent::Cancelled, context);
    }

    fn permitted(&self, device: &DeviceId, action: Action) -> Option<PermittedDevice> {
        let shown = self.devices.detail.device.as_ref().filter(|known| known.id == *device);
        let known = shown.or_else(|| self.devices.list.find(device))?;
        PermittedDevice::for_action(known, action)
    }

    /// One step of a flow and all that follows from it.
    fn act(&mut self, device: &DeviceId, action: Action, event: ActionEvent, context: &mut Context) {
        let now = context.now;
        let Some(entry) = self.actions.entry(device, action) else { return };
        let before = std::mem::take(&mut entry.flow);
        let (after, effects) = before.clone().step(event, now);
        entry.flow = after.clone();
        let name = entry.name.clone();
        for effect in effects {
            match effect {
                ActionEffect::PostSignedIn { device, key } => {
                    self.post_action(&device, &key, name.as_ref(), context);
                }
                ActionEffect::ReadDevice(device) => self.devices.read(device, context),
                // No fresh sign-in is part of these, so nothing is kept for one; cancelling is the reset's.
                ActionEffect::LeaveForSignIn(_)
                | ActionEffect::Post { .. }
                | ActionEffect::CancelRun { .. }
                | ActionEffect::RememberResume { .. }
                | ActionEffect::ForgetResume => {}
            }
        }
        self.after_action(device, action, &before, &after, context);
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
            let name = self.devices.list.find(device).or(self.devices.detail.device.as_ref());
            let name = name.filter(|known| known.id == *device).map(|known| known.name.clone());
            context.say(Announcement::Action { action, news, device: name.unwrap_or_default() });
        }
        let has_ended = after.has_ended();
        if has_ended && action == Action::Rename {
            self.actions.rename = None;
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
        name: Option<&DeviceName>,
        context: &mut Context,
    ) {
        let (Some(config), Some(person)) = (context.page.config.ready(), context.page.session.signed_in())
        else {
            return;
        };
        let api = Api { base: &config.api_base, credential: &person.credential };
        let request = api.start_action(device, key, name);
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

    /// What was just read of a device, for whatever is under way on it.
    pub(crate) fn learn_for_actions(
        &mut self,
        read: &Arc<Device>,
        server_now: Option<UtcTime>,
        context: &mut Context,
    ) {
        for action in self.actions.of_device(&read.id) {
            let event = ActionEvent::DeviceRead { device: Arc::clone(read), server_now };
            self.act(&read.id, action, event, context);
        }
    }

    pub(crate) fn device_gone_for_actions(&mut self, device: &DeviceId, context: &mut Context) {
        for action in self.actions.of_device(device) {
            self.act(device, action, ActionEvent::DeviceGone(device.clone()), context);
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
