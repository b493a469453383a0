//! Actions that being signed in is enough for. Each device and action has a flow of its own: a lock does not wait for a
//! reset, and the same action twice is the same run.

use super::reset::refusal_by;
use super::turn::Turn;
use super::{ActionNews, Announcement, ApiCall, Effect, Fetch};
use crate::api::{Api, ApiError, decode_action};
use crate::domain::{
    Action, ActionEffect, ActionEvent, ActionFlow, ActionRefusal, Device, DeviceId, DeviceName, Ending,
    IdempotencyKey, NameProblem, PendingPhase, PermittedDevice, RequiredProof, SubmitStep,
};
use crate::http::HttpOutcome;
use portal_contract::UtcTime;
use std::sync::Arc;

/// One action on one device.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Entry {
    device: DeviceId,
    action: Action,
    flow: ActionFlow,
    /// The new name, for a change of it.
    name: Option<DeviceName>,
}

/// The field for a new name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RenameForm {
    /// The device that gets it.
    pub device: DeviceId,
    /// Why what was typed is no name.
    pub problem: Option<NameProblem>,
}

/// An action that waits for its key.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Wanted {
    device: DeviceId,
    action: Action,
    name: Option<DeviceName>,
}

/// The actions under way or ended since the page was opened.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Actions {
    entries: Arc<Vec<Entry>>,
    wanted: Option<Wanted>,
    /// The field for a new name, while it is open.
    pub rename: Option<RenameForm>,
}

impl Actions {
    /// Where an action on a device stands, as far as this page started it.
    #[must_use]
    pub fn flow(&self, device: &DeviceId, action: Action) -> &ActionFlow {
        const IDLE: &ActionFlow = &ActionFlow::Idle;
        let is_it = |entry: &&Entry| entry.device == *device && entry.action == action;
        self.entries.iter().find(is_it).map_or(IDLE, |entry| &entry.flow)
    }

    /// Whether something of this device is waited for.
    #[must_use]
    pub fn is_awaited(&self, device: &DeviceId) -> bool {
        let is_waiting = |flow: &ActionFlow| {
            matches!(
                flow,
                ActionFlow::Pending { .. } | ActionFlow::Submit { step: SubmitStep::Rereading, .. }
            )
        };
        self.entries.iter().any(|entry| entry.device == *device && is_waiting(&entry.flow))
    }

    fn entry(&mut self, device: &DeviceId, action: Action) -> Option<&mut Entry> {
        let entries = Arc::make_mut(&mut self.entries);
        let place = entries.iter().position(|entry| entry.device == *device && entry.action == action);
        let place = place.unwrap_or_else(|| {
            entries.push(Entry { device: device.clone(), action, flow: ActionFlow::Idle, name: None });
            entries.len().saturating_sub(1)
        });
        entries.get_mut(place)
    }

    fn of_device(&self, device: &DeviceId) -> Vec<Action> {
        let of_device = self.entries.iter().filter(|entry| entry.device == *device);
        of_device.map(|entry| entry.action).collect()
    }
}

impl Turn {
    /// A lock asks first, a check acts at once, a new name has to be typed.
    pub(super) fn on_action_chosen(&mut self, device: &DeviceId, action: Action) {
        if action.row().proof == RequiredProof::FreshSignIn {
            return self.on_reset_chosen(device.clone());
        }
        if self.permitted(device, action).is_none() {
            return;
        }
        // "Lock it instead" takes the place of the explanation it stands in.
        if matches!(&self.model.reset, ActionFlow::Explain { device: explained, .. } if explained == device) {
            self.on_reset_cancelled();
        }
        if action == Action::Rename {
            self.model.actions.rename = Some(RenameForm { device: device.clone(), problem: None });
        } else {
            self.want(device.clone(), action, None);
        }
    }

    pub(super) fn on_name_submitted(&mut self, device: &DeviceId, text: &str) {
        match DeviceName::parse(text) {
            Ok(name) => {
                self.model.actions.rename = Some(RenameForm { device: device.clone(), problem: None });
                self.want(device.clone(), Action::Rename, Some(name));
            }
            Err(problem) => {
                let problem = Some(problem);
                self.model.actions.rename = Some(RenameForm { device: device.clone(), problem });
                self.say(Announcement::NameRefused);
            }
        }
    }

    /// The key comes from the browser's generator; then the action goes on.
    fn want(&mut self, device: DeviceId, action: Action, name: Option<DeviceName>) {
        let flow = self.model.actions.flow(&device, action);
        if !flow.is_in_flight() && !matches!(flow, ActionFlow::Pending { .. }) {
            self.model.actions.wanted = Some(Wanted { device, action, name });
            self.effect(Effect::DrawRandom);
        }
    }

    /// Whether the random bytes were drawn for an action.
    pub(super) fn is_key_for_action(&mut self, key: Option<IdempotencyKey>) -> bool {
        let Some(wanted) = self.model.actions.wanted.take() else { return false };
        let permitted = self.permitted(&wanted.device, wanted.action);
        let Some((device, key)) = permitted.zip(key) else {
            self.log("random.unavailable", "action");
            return true;
        };
        if let Some(entry) = self.model.actions.entry(&wanted.device, wanted.action)
            && !entry.flow.is_in_flight()
        {
            entry.name = wanted.name;
        }
        self.act(&wanted.device, wanted.action, ActionEvent::Entitled { device, key });
        true
    }

    pub(super) fn on_action_confirmed(&mut self, device: &DeviceId, action: Action) {
        self.act(device, action, ActionEvent::Confirmed);
    }

    pub(super) fn on_action_cancelled(&mut self, device: &DeviceId, action: Action) {
        if action == Action::Rename {
            self.model.actions.rename = None;
        }
        self.act(device, action, ActionEvent::Cancelled);
    }

    fn permitted(&self, device: &DeviceId, action: Action) -> Option<PermittedDevice> {
        let shown = self.model.device.device.as_ref().filter(|known| known.id == *device);
        let known = shown.or_else(|| self.model.devices.find(device))?;
        PermittedDevice::for_action(known, action)
    }

    /// One step of a flow and all that follows from it.
    fn act(&mut self, device: &DeviceId, action: Action, event: ActionEvent) {
        let now = self.now;
        let Some(entry) = self.model.actions.entry(device, action) else { return };
        let before = std::mem::take(&mut entry.flow);
        let (after, effects) = before.clone().step(event, now);
        entry.flow = after.clone();
        let name = entry.name.clone();
        for effect in effects {
            match effect {
                ActionEffect::PostSignedIn { device, key } => self.post_action(&device, &key, name.as_ref()),
                ActionEffect::ReadDevice(device) => self.read_device(device),
                // No fresh sign-in is part of these, so nothing is kept for one; cancelling is the reset's.
                ActionEffect::LeaveForSignIn(_)
                | ActionEffect::Post { .. }
                | ActionEffect::CancelRun { .. }
                | ActionEffect::RememberResume { .. }
                | ActionEffect::ForgetResume => {}
            }
        }
        self.after_action(device, action, &before, &after);
    }

    fn after_action(&mut self, device: &DeviceId, action: Action, before: &ActionFlow, after: &ActionFlow) {
        if before.screen() == after.screen() && phase(before) == phase(after) {
            return;
        }
        if let Some(news) = news(after) {
            let name = self.model.devices.find(device).or(self.model.device.device.as_ref());
            let name = name.filter(|known| known.id == *device).map(|known| known.name.clone());
            self.say(Announcement::Action { action, news, device: name.unwrap_or_default() });
        }
        let has_ended = after.has_ended();
        if has_ended && action == Action::Rename {
            self.model.actions.rename = None;
        }
        if matches!(after, ActionFlow::Pending { .. }) && !matches!(before, ActionFlow::Pending { .. }) {
            self.model.looks = 0;
            self.schedule_look();
        }
        // What ended may have changed the device: its name, its last check-in.
        if has_ended && !matches!(before, ActionFlow::Idle) {
            self.read_device(device.clone());
            self.call(ApiCall::Notifications, 0);
        }
    }

    fn post_action(&mut self, device: &PermittedDevice, key: &IdempotencyKey, name: Option<&DeviceName>) {
        let (Some(config), Some(person)) = (self.model.config.ready(), self.model.session.signed_in()) else {
            return;
        };
        let api = Api { base: &config.api_base, credential: &person.credential };
        let request = api.start_action(device, key, name);
        let call = ApiCall::Action(device.id().clone(), device.action());
        let id = self.fetch_id(Fetch::Api(call), 0);
        self.effect(Effect::Fetch { id, request });
    }

    pub(super) fn on_action_answered(&mut self, device: &DeviceId, action: Action, outcome: &HttpOutcome) {
        let event = match decode_action(outcome) {
            Ok(result) => ActionEvent::Accepted(result),
            Err(error) => {
                self.log(error.code(), "action");
                let is_session_over =
                    matches!(error, ApiError::Unauthenticated | ApiError::StepUpRequired(_));
                let refused =
                    if is_session_over { ActionRefusal::NeedsFreshSignIn } else { refusal_by(error) };
                self.act(device, action, ActionEvent::Refused(refused));
                if is_session_over {
                    self.on_unauthenticated();
                }
                return;
            }
        };
        self.act(device, action, event);
    }

    /// What was just read of a device, for whatever is under way on it.
    pub(super) fn learn_for_actions(&mut self, read: &Arc<Device>, server_now: Option<UtcTime>) {
        for action in self.model.actions.of_device(&read.id) {
            let event = ActionEvent::DeviceRead { device: Arc::clone(read), server_now };
            self.act(&read.id, action, event);
        }
    }

    pub(super) fn device_gone_for_actions(&mut self, device: &DeviceId) {
        for action in self.model.actions.of_device(device) {
            self.act(device, action, ActionEvent::DeviceGone(device.clone()));
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
