//! The temporary passcode on the screen: fetched when asked for, gone when hidden. It is never kept for later.

use super::turn::Turn;
use super::{Announcement, ApiCall, Effect, FetchId, PasscodeView, TimerId};
use crate::api::{ApiError, decode_temporary_passcode};
use crate::domain::DeviceId;
use crate::http::HttpOutcome;

impl Turn {
    pub(super) fn on_passcode_show_chosen(&mut self, device: DeviceId) {
        let is_busy = matches!(
            &self.model.passcode,
            PasscodeView::Loading { device: known } | PasscodeView::Shown { device: known, .. }
                if *known == device
        );
        if is_busy || self.model.session.signed_in().is_none() {
            return;
        }
        self.hide_passcode();
        self.model.passcode = PasscodeView::Loading { device: device.clone() };
        self.call(ApiCall::TemporaryPasscode(device), 0);
    }

    pub(super) fn on_passcode_fetched(&mut self, device: DeviceId, id: &FetchId, outcome: &HttpOutcome) {
        let is_awaited =
            matches!(&self.model.passcode, PasscodeView::Loading { device: known } if *known == device);
        if !is_awaited {
            return;
        }
        match decode_temporary_passcode(outcome) {
            Ok(passcode) => {
                self.model.passcode = PasscodeView::Shown { device, passcode, since: self.now };
                self.timer(TimerId::HidePasscode, PasscodeView::SHOWN_FOR.to_milliseconds());
                self.say(Announcement::PasscodeShown);
            }
            Err(ApiError::NotFound) => self.model.passcode = PasscodeView::NoneThere { device },
            Err(ApiError::StepUpRequired(challenge)) => {
                self.model.challenge = Some(challenge);
                self.model.passcode = PasscodeView::NeedsSignIn { device };
            }
            Err(ApiError::Unauthenticated) => {
                self.model.passcode = PasscodeView::Hidden;
                self.on_unauthenticated();
            }
            Err(error) => {
                if !self.is_retried(id, &error) {
                    self.log(error.code(), "passcode");
                    self.model.passcode = PasscodeView::Failed { device, error };
                }
            }
        }
    }

    pub(super) fn hide_passcode(&mut self) {
        if matches!(self.model.passcode, PasscodeView::Shown { .. }) {
            self.effect(Effect::StopTimer(TimerId::HidePasscode));
            self.say(Announcement::PasscodeHidden);
        }
        self.model.passcode = PasscodeView::Hidden;
    }

    pub(super) fn on_passcode_copy_chosen(&mut self) {
        if let PasscodeView::Shown { passcode, .. } = &self.model.passcode {
            let text = passcode.passcode.clone();
            self.effect(Effect::CopyText(text));
        }
    }
}
