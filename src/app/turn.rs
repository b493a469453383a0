//! One step: the model, the moment, and the effects gathered so far. Which event leads to which rule is decided here;
//! the rules stand in the files beside.

use super::{
    Announcement, CountdownDisplay, Effect, Event, Fetch, FetchId, LogEntry, Model, TimerId, Visibility,
};
use crate::domain::{ActionEvent, Milliseconds, Now};

pub(super) struct Turn {
    pub(super) model: Model,
    pub(super) now: Now,
    pub(super) effects: Vec<Effect>,
}

impl Turn {
    pub(super) const fn new(mut model: Model, now: Now) -> Self {
        model.now = now;
        Self { model, now, effects: Vec::new() }
    }

    pub(super) fn take(mut self, event: Event) -> (Model, Vec<Effect>) {
        if self.is_refused_offline(&event) {
            return (self.model, self.effects);
        }
        match event {
            Event::PageOpened(opening) => self.on_page_opened(opening),
            Event::LinkFollowed(route) => self.go(route),
            Event::AddressChanged(route) => self.set_route(route),
            Event::PageHidden => self.hide_passcode(),
            Event::PageRestored => self.on_page_restored(),
            Event::VisibilityChanged(visibility) => self.on_visibility(visibility),
            Event::WentOnline => self.on_online(),
            Event::WentOffline => self.on_offline(),
            Event::LocaleChosen(locale) => self.on_locale_chosen(locale),
            Event::LanguageLoaded(language) => self.on_language_loaded(language),
            Event::LanguageRefused(locale) => self.on_language_refused(locale),
            Event::RetryChosen => self.on_retry_chosen(),
            Event::SignInChosen => self.on_sign_in_chosen(),
            Event::SignOutChosen => self.on_sign_out_chosen(),
            Event::SignedOutElsewhere => self.on_signed_out_elsewhere(),
            Event::FilterChanged(text) => self.on_filter_changed(text),
            Event::MoreDevicesChosen => self.on_more_devices_chosen(),
            Event::ResetChosen(device) => self.on_reset_chosen(device),
            Event::SignOutForResetChosen => self.reset(ActionEvent::SignOutChosen),
            Event::ResetCancelled => self.on_reset_cancelled(),
            Event::ResetConfirmed => self.reset(ActionEvent::Confirmed),
            Event::ResetRestarted => {
                // The screen that may show it is left, at the same address.
                self.hide_passcode();
                self.reset(ActionEvent::StartedAgain);
            }
            Event::ActionChosen(device, action) => self.on_action_chosen(&device, action),
            Event::ActionConfirmed(device, action) => self.on_action_confirmed(&device, action),
            Event::ActionCancelled(device, action) => self.on_action_cancelled(&device, action),
            Event::NameSubmitted(device, text) => self.on_name_submitted(&device, &text),
            Event::FactorAnswered(answer) => self.on_factor_answered(answer),
            Event::AtHandAnswered(answer) => self.on_at_hand_answered(answer),
            Event::PendingResetCancelAsked => self.on_cancel_asked(),
            Event::PendingResetCancelDropped => self.on_cancel_dropped(),
            Event::PendingResetCancelChosen => self.reset(ActionEvent::RunCancelChosen),
            Event::TellMeChosen => self.on_tell_me_chosen(),
            Event::SystemNotificationsAnswered(answer) => {
                self.on_system_notifications_answered(answer);
            }
            Event::CountdownToggled => {
                self.model.countdown = match self.model.countdown {
                    CountdownDisplay::Shown => CountdownDisplay::Hidden,
                    CountdownDisplay::Hidden => CountdownDisplay::Shown,
                };
            }
            Event::PasscodeShowChosen(device) => self.on_passcode_show_chosen(device),
            Event::PasscodeHideChosen => self.hide_passcode(),
            Event::PasscodeCopyChosen => self.on_passcode_copy_chosen(),
            Event::PasscodeCopyFinished { copied } => self.on_passcode_copy_finished(copied),
            Event::QrCodeToggled => self.on_qr_code_toggled(),
            Event::PasscodeOnPaperToggled => self.on_paper_toggled(),
            Event::ReadAloudChosen(spoken) => self.on_read_aloud_chosen(spoken),
            Event::ReadAloudStopped => self.stop_reading(),
            Event::ReadAloudEnded(reading) => self.on_read_aloud_ended(reading),
            Event::VoicesFound(languages) => self.model.voices = languages,
            Event::PrintChosen => self.effect(Effect::PrintPage),
            Event::RevealSignInChosen(device) => self.on_reveal_sign_in_chosen(device),
            Event::NotificationOpened(id) => self.on_notification_opened(&id),
            Event::NotificationRead(id) => self.mark_read(&id),
            Event::NotificationReadElsewhere(id) => self.on_read_elsewhere(&id),
            Event::StepTicked { result, step } => self.on_step_ticked(&result, step),
            Event::VerdictGiven { result, verdict } => self.on_verdict_given(result, verdict),
            Event::MoreHistoryChosen => self.on_more_history_chosen(),
            Event::HistoryDownloadChosen => self.on_history_download_chosen(),
            Event::HistoryTableWritten { name, content } => {
                self.on_history_table_written(name, content);
            }
            Event::ReportChosen => self.on_report_chosen(),
            Event::SignOutEverywhereChosen => self.on_sign_out_everywhere_chosen(),
            Event::ScreenDeclared(screen) => self.on_screen_declared(screen),
            Event::ActivityNoticed => self.on_activity_noticed(),
            Event::ActivityElsewhere => self.on_activity_elsewhere(),
            Event::StayChosen => self.on_stay_chosen(),
            Event::Fetched { id, outcome } => self.on_fetched(&id, &outcome),
            Event::RandomDrawn(random) => self.on_random_drawn(random.as_ref()),
            Event::SignatureChecked(verdict) => self.on_signature_checked(verdict),
            Event::TimerFired(timer) => self.on_timer(timer),
            Event::StreamOpened(id) => self.on_stream_opened(id),
            Event::StreamRead { id, events, last_event, retry } => {
                self.on_stream_read(id, events, last_event, retry);
            }
            Event::StreamEnded { id, end } => self.on_stream_ended(id, &end),
            Event::LaterScreensLoaded(language) => self.on_later_screens_loaded(language),
            Event::LaterScreensFailed => self.on_later_screens_failed(),
            Event::StorageRefused => self.on_storage_refused(),
        }
        self.keep_stream();
        self.ask_for_later_screens();
        (self.model, self.effects)
    }

    #[inline(never)]
    pub(super) fn effect(&mut self, effect: Effect) {
        self.effects.push(effect);
    }

    #[inline(never)]
    pub(super) fn say(&mut self, announcement: Announcement) {
        self.model.announcement.say(announcement);
    }

    #[inline(never)]
    pub(super) fn log(&mut self, code: &'static str, context: &'static str) {
        self.effect(Effect::Log(LogEntry { code, context }));
    }

    #[inline(never)]
    pub(super) fn timer(&mut self, id: TimerId, after: Milliseconds) {
        self.effect(Effect::SetTimer { id, after });
    }

    pub(super) const fn fetch_id(&mut self, what: Fetch, attempt: u8) -> FetchId {
        self.model.asked = self.model.asked.wrapping_add(1);
        FetchId { what, epoch: self.model.epoch, attempt, order: self.model.asked }
    }

    /// Spreads many pages over time; the clock's last digits differ enough for that.
    pub(super) fn jitter(&self) -> crate::api::Jitter {
        crate::api::Jitter(u16::try_from(self.now.monotonic.0.rem_euclid(1000)).unwrap_or(0))
    }

    fn on_timer(&mut self, timer: TimerId) {
        match timer {
            TimerId::Countdown => self.reset(ActionEvent::ClockTicked),
            TimerId::Poll => self.on_poll_due(),
            TimerId::Notifications => self.on_notifications_due(),
            TimerId::HidePasscode => self.keep_passcode_time(),
            TimerId::SayFilter => self.say_filter(),
            TimerId::Idle => self.look_at_idleness(),
            TimerId::Stream => self.on_stream_due(),
            TimerId::StreamRest => self.on_stream_rest_due(),
            TimerId::Retry(id) => self.on_retry_due(id),
        }
    }

    /// The back/forward cache gives back a page as it was: signed in, or in the middle of leaving. Nothing of it counts.
    fn on_page_restored(&mut self) {
        self.effect(Effect::BlankPage);
        self.effect(Effect::Reload);
    }

    fn on_visibility(&mut self, visibility: Visibility) {
        self.model.is_visible = visibility == Visibility::Visible;
        if !self.model.is_visible {
            self.model.in_background_since.get_or_insert(self.now);
            self.keep_passcode_time();
            self.on_stream_hidden();
        } else {
            // A passcode whose time ran out in the background goes before the background is forgotten.
            self.keep_passcode_time();
            self.model.in_background_since = None;
            self.keep_passcode_time();
            self.look_at_idleness();
            self.reset(ActionEvent::ClockTicked);
            if self.model.live.is_looking_needed() {
                self.on_poll_due();
                self.on_notifications_due();
            }
            self.on_stream_visible();
        }
    }
}
