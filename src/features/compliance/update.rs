//! The rules are read with the page of a device that does not meet them, and again whenever that page is entered or the device
//! stands differently: after "Check status", above all.

use super::{Asked, Model};
use crate::api::{ApiError, decode_compliance};
use crate::core::{ApiCall, Context, FetchId, FollowUp, LoadState};
use crate::domain::{Device, DeviceId};
use crate::features::Features;
use crate::http::HttpOutcome;
use std::sync::Arc;

impl Features {
    /// The page of a device was entered.
    pub(crate) fn enter_compliance(&mut self, device: &DeviceId, context: &mut Context) {
        self.compliance.is_entered = true;
        self.follow_compliance(device, context);
    }

    /// The page of a device was entered, or the device was read while it stands there.
    pub(crate) fn follow_compliance(&mut self, device: &DeviceId, context: &mut Context) {
        let detail = self.devices.detail.device.as_ref().filter(|known| known.id == *device);
        if let Some(known) = detail.or_else(|| self.devices.list.find(device)).cloned() {
            self.compliance.follow(&known, context);
        }
    }
}

impl Model {
    /// The page of a device shows it like this.
    fn follow(&mut self, device: &Device, context: &mut Context) {
        let asked = Asked::of(device, &context.page);
        // A service may judge anew without hearing of the device. What failed is said once and not tried again by itself.
        if asked == self.asked && !self.is_entered {
            return;
        }
        self.is_entered = false;
        if !self.is_of(&device.id) || asked.is_none() {
            self.report = None;
        }
        self.state = if asked.is_some() { LoadState::Loading } else { LoadState::NotAsked };
        self.asked = asked;
        if let Some(asked) = &self.asked {
            context.call(ApiCall::Compliance(asked.device.clone()), 0);
        }
    }

    pub(crate) fn on_fetched(
        &mut self,
        device: &DeviceId,
        id: &FetchId,
        outcome: &HttpOutcome,
        context: &mut Context,
    ) {
        // What was asked for later knows more.
        if !self.is_of(device) || id.order < self.newest {
            return;
        }
        self.newest = id.order;
        match decode_compliance(outcome) {
            Ok(report) => {
                self.report = Some(Arc::new(report));
                self.state = LoadState::Loaded;
            }
            Err(ApiError::Unauthenticated | ApiError::StepUpRequired(_)) => {
                self.asked = None;
                context.follow_up(FollowUp::SignInAgain);
            }
            Err(error) => {
                if !context.is_retried(id, &error) {
                    context.log(error.code(), "compliance");
                    self.state = LoadState::Failed(error);
                }
            }
        }
    }
}
