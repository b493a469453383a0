//! They are read when their screen is entered. The portal installs nothing and starts nothing here.

use super::{Event, Model};
use crate::api::{ApiError, decode_apps};
use crate::core::{ApiCall, Context, FetchId, FollowUp, LoadState};
use crate::domain::DeviceId;
use crate::http::HttpOutcome;
use std::sync::Arc;

impl Model {
    /// What of this feature happened.
    pub(crate) fn update(&mut self, event: Event, _context: &mut Context) {
        let Event::FilterChanged(text) = event;
        self.filter = text;
    }

    /// The screen was entered; what is known of the same device stays until the answer is there.
    pub(crate) fn open(&mut self, device: DeviceId, context: &mut Context) {
        if !self.is_of(&device) {
            *self = Self { device: Some(device.clone()), ..Self::default() };
        }
        self.state = LoadState::Loading;
        context.call(ApiCall::Apps(device), 0);
    }

    pub(crate) fn on_fetched(
        &mut self,
        device: &DeviceId,
        id: &FetchId,
        outcome: &HttpOutcome,
        context: &mut Context,
    ) {
        if !self.is_of(device) {
            return;
        }
        match decode_apps(outcome) {
            Ok((items, left_out)) => {
                context.note_left_out(left_out, "apps");
                self.items = Arc::new(items);
                self.state = LoadState::Loaded;
            }
            Err(ApiError::Unauthenticated | ApiError::StepUpRequired(_)) => {
                context.follow_up(FollowUp::SignInAgain);
            }
            Err(error) => {
                if !context.is_retried(id, &error) {
                    context.log(error.code(), "apps");
                    self.state = LoadState::Failed(error);
                }
            }
        }
    }
}
