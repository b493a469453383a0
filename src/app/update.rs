//! One step: which event leads to which feature, and what is so after every one of them.

use super::network::is_refused_offline;
use super::{AppEvent, Event, Model, Visibility};
use crate::core::{Context, Effect, FollowUp, TimerId};
use crate::domain::Now;
use crate::features::{Features, actions::FlowEvent};

/// The next model and what it demands. Never panics; an event that does not fit changes nothing.
#[must_use]
pub fn step(model: Model, event: Event, now: Now) -> (Model, Vec<Effect>) {
    let Model { page, mut features } = model;
    let mut context = Context::new(page, now);
    if !is_refused_offline(&event, &mut context) {
        features.update(event, &mut context);
        features.follow_up(&mut context);
        features.keep_stream(&mut context);
        features.ask_for_lazy_screens(&mut context);
    }
    let (page, effects) = context.end();
    (Model { page, features }, effects)
}

impl Features {
    fn update(&mut self, event: Event, context: &mut Context) {
        match (event, self.rules) {
            (Event::App(event), _) => self.update_app(event, context),
            (Event::Devices(event), _) => self.devices.update(event, context),
            (Event::Actions(event), Some(rules)) => (rules.actions)(self, event, context),
            (Event::Passcode(event), Some(rules)) => (rules.passcode)(&mut self.passcode, event, context),
            (Event::Notifications(event), _) => self.update_notifications(event, context),
            (Event::History(event), Some(rules)) => (rules.history)(&mut self.history, event, context),
            (Event::Apps(event), Some(rules)) => (rules.apps)(&mut self.apps, event, context),
            // Of screens that are not there.
            (Event::Actions(_) | Event::Passcode(_) | Event::History(_) | Event::Apps(_), None) => {}
            (Event::SignIn(event), _) => self.update_sign_in(event, context),
            (Event::SharedComputer(event), _) => self.shared_computer.update(event, context),
            (Event::Language(event), _) => self.language.update(event, &mut self.passcode, context),
            (Event::Live(event), _) => self.update_live(event, context),
        }
    }

    /// What a rule asked of the whole page.
    fn follow_up(&mut self, context: &mut Context) {
        match context.take_follow_up() {
            Some(FollowUp::SignInAgain) => self.on_unauthenticated(context),
            Some(FollowUp::SignOut(cause)) => self.sign_out(cause, context),
            None => {}
        }
    }

    fn update_app(&mut self, event: AppEvent, context: &mut Context) {
        match event {
            AppEvent::PageOpened(opening) => self.on_page_opened(opening, context),
            AppEvent::LinkFollowed(route) => self.go(route, context),
            AppEvent::AddressChanged(route) => self.set_route(route, context),
            AppEvent::PageHidden => self.passcode.hide(context),
            AppEvent::PageRestored => on_page_restored(context),
            AppEvent::VisibilityChanged(visibility) => self.on_visibility(visibility, context),
            AppEvent::WentOnline => self.on_online(context),
            AppEvent::WentOffline => self.on_offline(context),
            AppEvent::RetryChosen => self.on_retry_chosen(context),
            AppEvent::PrintChosen => context.effect(Effect::PrintPage),
            AppEvent::Fetched { id, outcome } => self.on_fetched(&id, &outcome, context),
            AppEvent::RandomDrawn(random) => self.on_random_drawn(random.as_ref(), context),
            AppEvent::TimerFired(timer) => self.on_timer(timer, context),
            AppEvent::LazyScreensLoaded { language, rules } => {
                let is_first = self.rules.replace(rules).is_none();
                self.advance_waiting(context);
                self.on_lazy_screens_loaded(language, context);
                if is_first {
                    self.enter_lazy_screen(context);
                }
            }
            AppEvent::LazyScreensFailed => self.on_lazy_screens_failed(context),
            AppEvent::StorageRefused => self.on_storage_refused(context),
        }
    }

    fn on_timer(&mut self, timer: TimerId, context: &mut Context) {
        match timer {
            TimerId::Countdown => self.tell_flows(FlowEvent::ClockTicked, context),
            TimerId::Poll => self.on_poll_due(context),
            TimerId::Notifications => self.notifications.on_due(context),
            TimerId::HidePasscode => self.passcode.keep_time(context),
            TimerId::SayFilter => self.devices.say_filter(context),
            TimerId::Idle => self.shared_computer.check(context),
            TimerId::Stream => self.on_stream_due(context),
            TimerId::StreamRest => self.on_stream_rest_due(context),
            TimerId::Retry(id) => self.on_retry_due(id, context),
        }
    }

    fn on_visibility(&mut self, visibility: Visibility, context: &mut Context) {
        context.page.is_visible = visibility == Visibility::Visible;
        if !context.page.is_visible {
            context.page.in_background_since.get_or_insert(context.now);
            self.passcode.keep_time(context);
            self.on_stream_hidden(context);
        } else {
            // A passcode whose time ran out in the background goes before the background is forgotten.
            self.passcode.keep_time(context);
            context.page.in_background_since = None;
            self.passcode.keep_time(context);
            self.shared_computer.check(context);
            self.follow_up(context);
            self.tell_flows(FlowEvent::ClockTicked, context);
            if self.live.is_polling_needed() {
                self.on_poll_due(context);
                self.notifications.on_due(context);
            }
            self.on_stream_visible(context);
        }
    }
}

/// The back/forward cache gives back a page as it was: signed in, or in the middle of leaving. Nothing of it counts.
fn on_page_restored(context: &mut Context) {
    context.effect(Effect::BlankPage);
    context.effect(Effect::Reload);
}
