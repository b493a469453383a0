//! The temporary passcode on the screen: fetched when asked for, gone when hidden. It is never kept for later.
//!
//! It goes by itself after its stated time, when it expires, half a minute after the page went to the background, and with
//! the screen, the session and the page (`pagehide`: the back/forward cache keeps memory). Each of them also ends what was
//! made of it: the QR code, the choice to print it, the voice that reads it.

use super::turn::Turn;
use super::{
    Aid, Announcement, ApiCall, Effect, FetchId, PasscodeAids, PasscodeValidity, PasscodeView, Reading,
    SpokenPasscode, TimerId,
};
use crate::api::{ApiError, decode_temporary_passcode};
use crate::domain::{DeviceId, Milliseconds};
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
                let until = passcode.expires_date_time;
                self.model.passcode_validity = Some(PasscodeValidity { device: device.clone(), until });
                let (since, aids) = (self.now, PasscodeAids::default());
                self.model.passcode = PasscodeView::Shown { device, passcode, since, aids };
                self.say(Announcement::PasscodeShown);
                self.effect(Effect::FindVoices);
                self.keep_passcode_time();
            }
            Err(ApiError::NotFound) => {
                self.model.passcode_validity = None;
                self.model.passcode = PasscodeView::NoneThere { device };
            }
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

    /// Takes the passcode off the screen and out of memory, and with it whatever else shows or says it.
    pub(super) fn hide_passcode(&mut self) {
        self.stop_reading();
        if matches!(self.model.passcode, PasscodeView::Shown { .. }) {
            self.effect(Effect::StopTimer(TimerId::HidePasscode));
            self.say(Announcement::PasscodeHidden);
        }
        self.model.passcode = PasscodeView::Hidden;
    }

    /// Hides the passcode when its time is over, else looks again when the next second of the rest begins.
    pub(super) fn keep_passcode_time(&mut self) {
        let Some(left) = self.model.passcode_hides_in() else { return };
        if left > Milliseconds::ZERO {
            let to_next_second = Milliseconds((left.0 - 1).rem_euclid(1000) + 1);
            return self.timer(TimerId::HidePasscode, to_next_second);
        }
        let is_expired = self.model.passcode.is_expired(self.model.server_now());
        let device = self.model.passcode.device().cloned();
        self.hide_passcode();
        if let (true, Some(device)) = (is_expired, device) {
            self.model.passcode_validity = None;
            self.model.passcode = PasscodeView::NoneThere { device };
            self.say(Announcement::PasscodeExpired);
        }
    }

    pub(super) fn on_passcode_copy_chosen(&mut self) {
        if let PasscodeView::Shown { passcode, .. } = &self.model.passcode {
            let text = passcode.passcode.clone();
            self.effect(Effect::CopyText(text));
        }
    }

    /// Without a clipboard the passcode is selected, so that the person's own copy command finds it.
    pub(super) fn on_passcode_copy_finished(&mut self, copied: bool) {
        if copied {
            self.say(Announcement::PasscodeCopied);
        } else if matches!(self.model.passcode, PasscodeView::Shown { .. }) {
            self.effect(Effect::SelectPasscode);
            self.say(Announcement::PasscodeNotCopied);
        }
    }

    pub(super) fn on_qr_code_toggled(&mut self) {
        if let Some(aids) = self.aids() {
            aids.qr_code = aids.qr_code.toggled();
            let is_on = aids.qr_code == Aid::On;
            self.say(if is_on { Announcement::QrCodeShown } else { Announcement::QrCodeHidden });
        }
    }

    pub(super) const fn on_paper_toggled(&mut self) {
        if let Some(aids) = self.aids() {
            aids.paper = aids.paper.toggled();
        }
    }

    /// From the beginning, however often.
    pub(super) fn on_read_aloud_chosen(&mut self, spoken: SpokenPasscode) {
        let reading = Reading(self.model.readings.wrapping_add(1));
        let is_spoken_here = self.model.voices.contains(&spoken.locale);
        if let (true, Some(aids)) = (is_spoken_here, self.aids()) {
            aids.reading = Some(reading);
            self.model.readings = reading.0;
            self.effect(Effect::ReadAloud { reading, spoken });
        }
    }

    pub(super) fn stop_reading(&mut self) {
        if let Some(aids) = self.aids()
            && aids.reading.take().is_some()
        {
            self.effect(Effect::StopReading);
        }
    }

    pub(super) fn on_read_aloud_ended(&mut self, reading: Reading) {
        if let Some(aids) = self.aids()
            && aids.reading == Some(reading)
        {
            // What was read goes too.
            self.stop_reading();
        }
    }

    const fn aids(&mut self) -> Option<&mut PasscodeAids> {
        if let PasscodeView::Shown { aids, .. } = &mut self.model.passcode { Some(aids) } else { None }
    }
}
