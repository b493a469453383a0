//! What reaches the actions under way from outside their own screens: the way through the provider and back, a device that was
//! read, the clock. Their rules come with the lazy screens (ADR 13); a step that is taken before these are there waits for them.

use super::Model;
use crate::api::ApiError;
use crate::core::{Context, LoadState};
use crate::domain::{Action, ActionEvent, Device, DeviceId, IdempotencyKey};
use crate::features::Features;
use crate::route::Route;
use std::sync::Arc;

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FlowEvent {
    /// On the way through the provider and back, or the action's own screen was opened.
    Step(Action, ActionEvent),
    /// A device was read.
    DeviceRead(Arc<Device>),
    /// A device is not there any more.
    DeviceGone(DeviceId),
    /// Time passed.
    ClockTicked,
    /// The key of the action that somebody chose; `None` when the browser gave no random bytes.
    KeyDrawn(Option<IdempotencyKey>),
}

impl Features {
    /// One step of an action that passes through the provider, whichever it is.
    pub(crate) fn advance(&mut self, action: Action, event: ActionEvent, context: &mut Context) {
        self.tell_flows(FlowEvent::Step(action, event), context);
    }

    /// Without the rules nothing is under way that anything but a step could concern.
    pub(crate) fn tell_flows(&mut self, event: FlowEvent, context: &mut Context) {
        match (self.rules, event) {
            (Some(rules), event) => (rules.flows)(self, event, context),
            (None, FlowEvent::Step(action, event)) => {
                // A reload meanwhile must not cost the fresh sign-in.
                if let ActionEvent::ReturnedFresh { device, proof, key } = &event {
                    let first_within = proof.first_within();
                    self.remember_resume(device.clone(), action, key.clone(), first_within, context);
                }
                self.actions.waiting.push((action, event));
            }
            (None, _) => {}
        }
    }

    /// The rules are there: what waited for them happens now, and what was read meanwhile is told.
    pub(crate) fn advance_waiting(&mut self, context: &mut Context) {
        let waiting = std::mem::take(&mut self.actions.waiting);
        let is_any = !waiting.is_empty();
        for (action, event) in waiting {
            self.advance(action, event, context);
        }
        let detail = &self.devices.detail;
        let read = match (&detail.state, &detail.device, &detail.id) {
            (LoadState::Loaded, Some(read), _) => Some(FlowEvent::DeviceRead(Arc::clone(read))),
            (LoadState::Failed(ApiError::NotFound), _, Some(id)) => Some(FlowEvent::DeviceGone(id.clone())),
            _ => None,
        };
        if let Some(event) = read.filter(|_| is_any) {
            self.tell_flows(event, context);
        }
    }

    /// The rule behind [`Features::tell_flows`].
    pub(crate) fn advance_flows(&mut self, event: FlowEvent, context: &mut Context) {
        match event {
            FlowEvent::Step(action, event) => match device_of(&event).cloned() {
                Some(device) if action != Action::ResetPasscode => {
                    self.act(&device, action, event, context);
                }
                _ => self.advance_reset(event, context),
            },
            FlowEvent::DeviceRead(device) => {
                let id = device.id.clone();
                self.on_device_read(device, context);
                if context.page.route == Route::Device(id.clone()) {
                    self.follow_compliance(&id, context);
                }
            }
            FlowEvent::DeviceGone(device) => self.on_device_gone(device, context),
            FlowEvent::ClockTicked => self.on_clock_ticked(context),
            FlowEvent::KeyDrawn(key) => self.on_key_drawn(key, context),
        }
    }
}

impl Model {
    /// Whether the random bytes that were asked for are the key of an action.
    pub(crate) const fn awaits_key(&self) -> bool {
        self.wanted.is_some()
    }

    /// Whether what waits for its rules is an explanation that is shown although nobody is signed in.
    pub(super) fn explanation_waits(&self, route: &Route) -> bool {
        self.waiting.iter().any(|(action, event)| {
            !matches!(event, ActionEvent::ReturnedFresh { .. }) && is_of(route, *action, event)
        })
    }

    /// Only a fresh sign-in is carried to another screen.
    pub(super) fn leave_waiting(&mut self, route: &Route) {
        self.waiting.retain(|(action, event)| {
            matches!(event, ActionEvent::ReturnedFresh { .. }) || is_of(route, *action, event)
        });
    }
}

fn is_of(route: &Route, action: Action, event: &ActionEvent) -> bool {
    route.action() == Some(action) && route.device() == device_of(event)
}

/// The device of a step on the way through the provider and back.
#[allow(clippy::wildcard_enum_match_arm, reason = "everything else happens on a screen of the action")]
const fn device_of(event: &ActionEvent) -> Option<&DeviceId> {
    match event {
        ActionEvent::ReturnedFresh { device, .. }
        | ActionEvent::PageOpened(device)
        | ActionEvent::ReturnedTooLate(device)
        | ActionEvent::ReturnedAsSomebodyElse(device)
        | ActionEvent::SignInCancelled(device)
        | ActionEvent::SignInFailed(device)
        | ActionEvent::SignInInterrupted(device) => Some(device),
        _ => None,
    }
}
