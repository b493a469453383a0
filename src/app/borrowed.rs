//! "This is not my device": said before the sign-in, carried across the redirect with the transaction, kept in the tab for
//! a reload, and gone at sign-out. On such a screen nothing is remembered (not even the language), and a person who
//! walked away is signed out. The rule of the time is `domain/idle.rs`; on a screen of one's own nobody is signed out by
//! the clock, the token just ends.

use super::sign_in::SignOutCause;
use super::turn::Turn;
use super::{Announcement, Effect, TimerId, stored};
use crate::domain::{
    BORROWED_IDLE_LIMIT, Idleness, Milliseconds, Now, WhoseScreen, elapsed, idleness, next_look,
};

/// So long before the end it is said once, politely; the dialog comes with the warning.
const EARLY_NOTICE: Milliseconds = Milliseconds(120_000);
/// The other tabs hear of a touch this often at most.
const TELL_TABS_EVERY: Milliseconds = Milliseconds(20_000);

/// Whose screen it is and how long nobody has touched it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Visit {
    /// Whose screen it is.
    pub screen: WhoseScreen,
    /// Where the visit stands: `Warning` shows the dialog.
    pub idleness: Idleness,
    /// The last visit ended because nobody touched the screen.
    pub ended_by_idleness: bool,
    last_activity: Now,
    last_told: Now,
    was_noticed: bool,
}

impl Visit {
    /// A visit that begins.
    #[must_use]
    pub const fn new(now: Now) -> Self {
        Self {
            screen: WhoseScreen::Own,
            idleness: Idleness::Active,
            ended_by_idleness: false,
            last_activity: now,
            last_told: now,
            was_noticed: false,
        }
    }
}

impl Turn {
    /// Said on the screen before the sign-in. While somebody is signed in it stands.
    pub(super) fn on_screen_declared(&mut self, screen: WhoseScreen) {
        if self.model.session.signed_in().is_none() {
            self.model.visit.screen = screen;
        }
    }

    /// Somebody has signed in: on a borrowed screen the clock starts.
    pub(super) fn begin_visit(&mut self, screen: WhoseScreen) {
        self.model.visit = Visit { screen, ..Visit::new(self.now) };
        if screen == WhoseScreen::Borrowed {
            self.store(stored::BORROWED.to_owned(), "1".to_owned());
            self.look_at_idleness();
        }
    }

    /// Somebody touched the screen. The warning goes only by its own button: whoever walks past the screen and leans on
    /// the table shall not keep the session open.
    pub(super) fn on_activity_noticed(&mut self) {
        if self.is_idleness_watched() && self.model.visit.idleness == Idleness::Active {
            self.look_at_idleness();
            if self.is_idleness_watched() && self.model.visit.idleness == Idleness::Active {
                self.note_activity();
            }
        }
    }

    /// The person wants to stay.
    pub(super) fn on_stay_chosen(&mut self) {
        self.look_at_idleness();
        if self.is_idleness_watched() {
            self.note_activity();
        }
    }

    /// Somebody touched another tab of this page.
    pub(super) fn on_activity_elsewhere(&mut self) {
        if self.is_idleness_watched() {
            self.model.visit.last_told = self.now;
            self.note_activity();
        }
    }

    fn note_activity(&mut self) {
        let visit = &mut self.model.visit;
        visit.last_activity = self.now;
        visit.was_noticed = false;
        if elapsed(visit.last_told, self.now) >= TELL_TABS_EVERY {
            visit.last_told = self.now;
            self.effect(Effect::BroadcastActivity);
        }
        self.look_at_idleness();
    }

    pub(super) fn is_idleness_watched(&self) -> bool {
        self.model.visit.screen == WhoseScreen::Borrowed && self.model.session.signed_in().is_some()
    }

    /// One look at the clocks: after sleep, in the background, after a late timer it says the truth.
    pub(super) fn look_at_idleness(&mut self) {
        if !self.is_idleness_watched() {
            return;
        }
        let (screen, last) = (self.model.visit.screen, self.model.visit.last_activity);
        let stands = idleness(screen, last, self.now);
        self.model.visit.idleness = stands;
        let Some(next) = next_look(screen, last, self.now) else {
            return self.end_visit();
        };
        let left = BORROWED_IDLE_LIMIT.minus(elapsed(last, self.now));
        let to_notice = left.minus(EARLY_NOTICE);
        if to_notice <= Milliseconds::ZERO && stands == Idleness::Active && !self.model.visit.was_noticed {
            self.model.visit.was_noticed = true;
            self.say(Announcement::IdleSoon(left.seconds_rounded_up()));
        }
        self.timer(TimerId::Idle, if to_notice > Milliseconds::ZERO { to_notice.min(next) } else { next });
    }

    fn end_visit(&mut self) {
        self.log("session.idle", "borrowed");
        self.sign_out(SignOutCause::Idleness);
    }
}
