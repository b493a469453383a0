//! "This is not my device": said before the sign-in, carried across the redirect with the transaction, kept in the tab for
//! a reload, and gone at sign-out. On such a screen nothing is remembered (not even the language), and a person who
//! walked away is signed out. The rule of the time is `domain/idle.rs`; on a screen of one's own nobody is signed out by
//! the clock, the token just ends.

use super::{Event, Model};
use crate::core::{Announcement, Context, Effect, FollowUp, Page, SHARED_COMPUTER, SignOutCause, TimerId};
use crate::domain::{Computer, Idleness, Milliseconds, SHARED_IDLE_LIMIT, elapsed, idleness, next_check};

/// So long before the end it is said once, politely; the dialog comes with the warning.
const EARLY_NOTICE: Milliseconds = Milliseconds(120_000);
/// The other tabs hear of a touch this often at most.
const TELL_TABS_EVERY: Milliseconds = Milliseconds(20_000);

impl Model {
    /// What of this feature happened.
    pub(crate) fn update(&mut self, event: Event, context: &mut Context) {
        match event {
            Event::Declared(screen) => self.on_declared(screen, context),
            Event::ActivityNoticed => self.on_activity_noticed(context),
            Event::ActivityElsewhere => self.on_activity_elsewhere(context),
            Event::StayChosen => self.on_stay_chosen(context),
        }
    }

    /// Said on the screen before the sign-in. While somebody is signed in it stands.
    pub(crate) fn on_declared(&mut self, screen: Computer, context: &mut Context) {
        if context.page.session.signed_in().is_none() {
            self.screen = screen;
        }
    }

    /// Somebody has signed in: on a borrowed screen the clock starts.
    pub(crate) fn begin(&mut self, screen: Computer, context: &mut Context) {
        *self = Self { screen, ..Self::new(context.now) };
        if screen == Computer::Shared {
            context.store(SHARED_COMPUTER.to_owned(), "1".to_owned());
            self.check(context);
        }
    }

    /// Somebody touched the screen. The warning goes only by its own button: whoever walks past the screen and leans on
    /// the table shall not keep the session open.
    pub(crate) fn on_activity_noticed(&mut self, context: &mut Context) {
        let is_touch_enough = self.idleness == Idleness::Active;
        if self.is_watched(&context.page) && is_touch_enough && self.goes_on(context) {
            // The look at the clocks may just have begun the warning.
            if self.idleness == Idleness::Active {
                self.note_activity(context);
            }
        }
    }

    /// The person wants to stay.
    pub(crate) fn on_stay_chosen(&mut self, context: &mut Context) {
        if self.is_watched(&context.page) && self.goes_on(context) {
            self.note_activity(context);
        }
    }

    /// Somebody touched another tab of this page.
    pub(crate) fn on_activity_elsewhere(&mut self, context: &mut Context) {
        if self.is_watched(&context.page) {
            self.last_told = context.now;
            self.note_activity(context);
        }
    }

    fn note_activity(&mut self, context: &mut Context) {
        self.last_activity = context.now;
        self.was_noticed = false;
        if elapsed(self.last_told, context.now) >= TELL_TABS_EVERY {
            self.last_told = context.now;
            context.effect(Effect::BroadcastActivity);
        }
        self.check(context);
    }

    /// Whether somebody would be signed out by the clock.
    pub(crate) fn is_watched(&self, page: &Page) -> bool {
        self.screen == Computer::Shared && page.session.signed_in().is_some()
    }

    /// One look at the clocks: after sleep, in the background, after a late timer it says the truth.
    pub(crate) fn check(&mut self, context: &mut Context) {
        if self.is_watched(&context.page) {
            self.goes_on(context);
        }
    }

    /// Whether the session goes on; its end is what follows this step.
    fn goes_on(&mut self, context: &mut Context) -> bool {
        let (screen, last) = (self.screen, self.last_activity);
        let stands = idleness(screen, last, context.now);
        self.idleness = stands;
        let Some(next) = next_check(screen, last, context.now) else {
            context.log("session.idle", "borrowed");
            context.follow_up(FollowUp::SignOut(SignOutCause::Idleness));
            return false;
        };
        let left = SHARED_IDLE_LIMIT.minus(elapsed(last, context.now));
        let to_notice = left.minus(EARLY_NOTICE);
        if to_notice <= Milliseconds::ZERO && stands == Idleness::Active && !self.was_noticed {
            self.was_noticed = true;
            context.say(Announcement::IdleSoon(left.seconds_rounded_up()));
        }
        context.timer(TimerId::Idle, if to_notice > Milliseconds::ZERO { to_notice.min(next) } else { next });
        true
    }
}
