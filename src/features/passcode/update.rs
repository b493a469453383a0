//! The temporary passcode on the screen: fetched when asked for, gone when hidden. It is never kept for later.
//!
//! It goes by itself after its stated time, when it expires, half a minute after the page went to the background, and with
//! the screen, the session and the page (`pagehide`: the back/forward cache keeps memory). Each of them also ends what was
//! made of it: the QR code, the choice to print it, the voice that reads it.

use super::{Event, Model, PasscodeExtra, PasscodeExtras, PasscodeValidity, PasscodeView};
use crate::api::{ApiError, decode_temporary_passcode};
use crate::core::{
    Announcement, ApiCall, Context, Effect, FetchId, FollowUp, Reading, SpokenPasscode, TimerId,
};
use crate::domain::{Device, DeviceId, Milliseconds};
use crate::http::HttpOutcome;

impl Model {
    /// What of this feature happened.
    pub(crate) fn update(&mut self, event: Event, context: &mut Context) {
        match event {
            Event::ShowChosen(device) => self.on_show_chosen(device, context),
            Event::HideChosen => self.hide(context),
            Event::CopyChosen => self.on_copy_chosen(context),
            Event::CopyFinished { copied } => self.on_copy_finished(copied, context),
            Event::QrCodeToggled => self.on_qr_code_toggled(context),
            Event::PaperToggled => self.on_paper_toggled(),
            Event::ReadAloudChosen(spoken) => self.on_read_aloud_chosen(spoken, context),
            Event::ReadAloudStopped => self.stop_reading(context),
            Event::ReadAloudEnded(reading) => self.on_read_aloud_ended(reading, context),
            Event::VoicesFound(languages) => self.voices = languages,
        }
    }

    pub(crate) fn on_show_chosen(&mut self, device: DeviceId, context: &mut Context) {
        let is_busy = matches!(
            &self.view,
            PasscodeView::Loading { device: known } | PasscodeView::Shown { device: known, .. }
                if *known == device
        );
        if is_busy || context.page.session.signed_in().is_none() {
            return;
        }
        self.hide(context);
        self.view = PasscodeView::Loading { device: device.clone() };
        context.call(ApiCall::TemporaryPasscode(device), 0);
    }

    pub(crate) fn on_fetched(
        &mut self,
        device: DeviceId,
        id: &FetchId,
        outcome: &HttpOutcome,
        context: &mut Context,
    ) {
        let is_awaited = matches!(&self.view, PasscodeView::Loading { device: known } if *known == device);
        if !is_awaited {
            return;
        }
        match decode_temporary_passcode(outcome) {
            Ok(passcode) => {
                let until = passcode.expires_date_time;
                self.validity = Some(PasscodeValidity { device: device.clone(), until });
                let (since, extras) = (context.now, PasscodeExtras::default());
                self.view = PasscodeView::Shown { device, passcode, since, extras };
                context.say(Announcement::PasscodeShown);
                context.effect(Effect::FindVoices);
                self.keep_time(context);
            }
            Err(ApiError::NotFound) => {
                self.validity = None;
                self.view = PasscodeView::NoneThere { device };
            }
            Err(ApiError::StepUpRequired(challenge)) => {
                context.page.challenge = Some(challenge);
                self.view = PasscodeView::NeedsSignIn { device };
            }
            Err(ApiError::Unauthenticated) => {
                self.view = PasscodeView::Hidden;
                context.follow_up(FollowUp::SignInAgain);
            }
            Err(error) => {
                if !context.is_retried(id, &error) {
                    context.log(error.code(), "passcode");
                    self.view = PasscodeView::Failed { device, error };
                }
            }
        }
    }

    /// Takes the passcode off the screen and out of memory, and with it whatever else shows or says it.
    pub(crate) fn hide(&mut self, context: &mut Context) {
        self.stop_reading(context);
        if matches!(self.view, PasscodeView::Shown { .. }) {
            context.effect(Effect::StopTimer(TimerId::HidePasscode));
            context.say(Announcement::PasscodeHidden);
        }
        self.view = PasscodeView::Hidden;
    }

    /// Whether the passcode on the screen is not the one of the newest reset any more.
    pub(crate) fn is_outdated_by(&self, device: &Device) -> bool {
        if let PasscodeView::Shown { device: shown, passcode, .. } = &self.view {
            *shown == device.id && device.has_outdated(&passcode.result_id)
        } else {
            false
        }
    }

    /// Hides the passcode when its time is over, else looks again when the next second of the rest begins.
    pub(crate) fn keep_time(&mut self, context: &mut Context) {
        let Some(left) = self.hides_in(&context.page) else { return };
        if left > Milliseconds::ZERO {
            let to_next_second = Milliseconds((left.0 - 1).rem_euclid(1000) + 1);
            return context.timer(TimerId::HidePasscode, to_next_second);
        }
        let is_expired = self.view.is_expired(context.page.server_now());
        let device = self.view.device().cloned();
        self.hide(context);
        if let (true, Some(device)) = (is_expired, device) {
            self.validity = None;
            self.view = PasscodeView::NoneThere { device };
            context.say(Announcement::PasscodeExpired);
        }
    }

    pub(crate) fn on_copy_chosen(&mut self, context: &mut Context) {
        if let PasscodeView::Shown { passcode, .. } = &self.view {
            let text = passcode.passcode.clone();
            context.effect(Effect::CopyText(text));
        }
    }

    /// Without a clipboard the passcode is selected, so that the person's own copy command finds it.
    pub(crate) fn on_copy_finished(&mut self, copied: bool, context: &mut Context) {
        if copied {
            context.say(Announcement::PasscodeCopied);
        } else if matches!(self.view, PasscodeView::Shown { .. }) {
            context.effect(Effect::SelectPasscode);
            context.say(Announcement::PasscodeNotCopied);
        }
    }

    pub(crate) fn on_qr_code_toggled(&mut self, context: &mut Context) {
        if let Some(extras) = self.extras() {
            extras.qr_code = extras.qr_code.toggled();
            let is_on = extras.qr_code == PasscodeExtra::On;
            context.say(if is_on { Announcement::QrCodeShown } else { Announcement::QrCodeHidden });
        }
    }

    pub(crate) const fn on_paper_toggled(&mut self) {
        if let Some(extras) = self.extras() {
            extras.paper = extras.paper.toggled();
        }
    }

    /// From the beginning, however often.
    pub(crate) fn on_read_aloud_chosen(&mut self, spoken: SpokenPasscode, context: &mut Context) {
        let reading = Reading(self.readings.wrapping_add(1));
        let is_spoken_here = self.voices.contains(&spoken.locale);
        if let (true, Some(extras)) = (is_spoken_here, self.extras()) {
            extras.reading = Some(reading);
            self.readings = reading.0;
            context.effect(Effect::ReadAloud { reading, spoken });
        }
    }

    pub(crate) fn stop_reading(&mut self, context: &mut Context) {
        if let Some(extras) = self.extras()
            && extras.reading.take().is_some()
        {
            context.effect(Effect::StopReading);
        }
    }

    pub(crate) fn on_read_aloud_ended(&mut self, reading: Reading, context: &mut Context) {
        if let Some(extras) = self.extras()
            && extras.reading == Some(reading)
        {
            // What was read goes too.
            self.stop_reading(context);
        }
    }

    const fn extras(&mut self) -> Option<&mut PasscodeExtras> {
        if let PasscodeView::Shown { extras, .. } = &mut self.view { Some(extras) } else { None }
    }
}
