//! One step: the model, the moment, and the effects gathered so far. Which event leads to which rule is decided here;
//! the rules stand in the files beside.

use super::{
    Announcement, CountdownDisplay, Effect, Event, Fetch, FetchId, LogEntry, Model, PasscodeView, TimerId,
    Visibility,
};
use crate::domain::{Milliseconds, Now, ResetEvent, elapsed};

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
            Event::PageRestored => self.on_page_restored(),
            Event::VisibilityChanged(visibility) => self.on_visibility(visibility),
            Event::WentOnline => self.on_online(),
            Event::WentOffline => self.on_offline(),
            Event::LocaleChosen(locale) => self.on_locale_chosen(locale),
            Event::RetryChosen => self.on_retry_chosen(),
            Event::SignInChosen => self.on_sign_in_chosen(),
            Event::SignOutChosen => self.on_sign_out_chosen(),
            Event::SignedOutElsewhere => self.on_signed_out_elsewhere(),
            Event::FilterChanged(text) => self.on_filter_changed(text),
            Event::MoreDevicesChosen => self.on_more_devices_chosen(),
            Event::ResetChosen(device) => self.on_reset_chosen(device),
            Event::SignOutForResetChosen => self.reset(ResetEvent::SignOutChosen),
            Event::ResetCancelled => self.on_reset_cancelled(),
            Event::ResetConfirmed => self.reset(ResetEvent::ResetConfirmed),
            Event::ResetRestarted => self.reset(ResetEvent::StartedAgain),
            Event::PendingResetCancelChosen => self.reset(ResetEvent::RunCancelChosen),
            Event::CountdownToggled => {
                self.model.countdown = match self.model.countdown {
                    CountdownDisplay::Shown => CountdownDisplay::Hidden,
                    CountdownDisplay::Hidden => CountdownDisplay::Shown,
                };
            }
            Event::PasscodeShowChosen(device) => self.on_passcode_show_chosen(device),
            Event::PasscodeHideChosen => self.hide_passcode(),
            Event::PasscodeCopyChosen => self.on_passcode_copy_chosen(),
            Event::PasscodeCopyFinished { copied: true } => self.say(Announcement::PasscodeCopied),
            Event::PasscodeCopyFinished { copied: false } => self.say(Announcement::PasscodeNotCopied),
            Event::RevealSignInChosen(device) => self.on_reveal_sign_in_chosen(device),
            Event::NotificationOpened(id) => self.on_notification_opened(&id),
            Event::NotificationRead(id) => self.mark_read(&id),
            Event::NotificationReadElsewhere(id) => self.on_read_elsewhere(&id),
            Event::StepTicked { result, step } => self.on_step_ticked(&result, step),
            Event::VerdictGiven { result, verdict } => self.on_verdict_given(result, verdict),
            Event::PrintChosen => self.effect(Effect::PrintPage),
            Event::MoreHistoryChosen => self.on_more_history_chosen(),
            Event::HistoryDownloadChosen => self.on_history_download_chosen(),
            Event::HistoryTableWritten { name, content } => self.on_history_table_written(name, content),
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
            Event::LaterScreensLoaded => self.on_later_screens_loaded(),
            Event::LaterScreensFailed => self.on_later_screens_failed(),
            Event::StorageRefused => self.on_storage_refused(),
        }
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

    pub(super) const fn fetch_id(&self, what: Fetch, attempt: u8) -> FetchId {
        FetchId { what, epoch: self.model.epoch, attempt }
    }

    /// Spreads many pages over time; the clock's last digits differ enough for that.
    pub(super) fn jitter(&self) -> crate::api::Jitter {
        crate::api::Jitter(u16::try_from(self.now.monotonic.0.rem_euclid(1000)).unwrap_or(0))
    }

    fn on_timer(&mut self, timer: TimerId) {
        match timer {
            TimerId::Countdown => self.reset(ResetEvent::ClockTicked),
            TimerId::Poll => self.on_poll_due(),
            TimerId::Notifications => self.on_notifications_due(),
            TimerId::HidePasscode => self.on_hide_due(),
            TimerId::SayFilter => self.say_filter(),
            TimerId::Idle => self.look_at_idleness(),
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
        if self.model.is_visible {
            self.look_at_idleness();
            self.reset(ResetEvent::ClockTicked);
            self.on_hide_due();
            self.on_poll_due();
            self.on_notifications_due();
        }
    }

    fn on_hide_due(&mut self) {
        if let PasscodeView::Shown { since, .. } = &self.model.passcode {
            let left = PasscodeView::SHOWN_FOR.to_milliseconds().minus(elapsed(*since, self.now));
            if left <= Milliseconds::ZERO {
                self.hide_passcode();
            } else {
                self.timer(TimerId::HidePasscode, left);
            }
        }
    }
}
