//! What a rule may use beside its own feature in one step: the moment, what the page as a whole knows, and the effects
//! gathered so far.

use super::{Announcement, Effect, LogEntry, NO_AUTH_TIME, Page, StorageKey, StoredValue, TimerId};
use crate::api::Jitter;
use crate::auth::{Continuation, SignInMode};
use crate::domain::{Milliseconds, Now};

/// Why somebody is signed out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SignOutCause {
    /// They wanted to, here or in another tab.
    Person,
    /// Nobody touched a borrowed screen.
    Idleness,
}

/// What a rule that knows only its own feature asks of the whole page. Done in the same step, right after the rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FollowUp {
    /// The API does not take the token any more.
    SignInAgain,
    /// The session ends.
    SignOut(SignOutCause),
}

/// One step of the page, as a rule sees it.
#[derive(Debug)]
pub struct Context {
    /// What no feature owns.
    pub(crate) page: Page,
    /// The moment of the event.
    pub(crate) now: Now,
    effects: Vec<Effect>,
    follow_up: Option<FollowUp>,
}

impl Context {
    pub(crate) const fn new(mut page: Page, now: Now) -> Self {
        page.now = now;
        Self { page, now, effects: Vec::new(), follow_up: None }
    }

    /// The page after the step, and what it demands.
    pub(crate) fn end(self) -> (Page, Vec<Effect>) {
        (self.page, self.effects)
    }

    #[inline(never)]
    pub(crate) fn effect(&mut self, effect: Effect) {
        self.effects.push(effect);
    }

    /// What is demanded so far in this step.
    pub(crate) fn effects(&self) -> &[Effect] {
        &self.effects
    }

    /// The last thing a rule does: what follows is not its feature's business.
    pub(crate) const fn follow_up(&mut self, follow_up: FollowUp) {
        self.follow_up = Some(follow_up);
    }

    pub(crate) const fn take_follow_up(&mut self) -> Option<FollowUp> {
        self.follow_up.take()
    }

    #[inline(never)]
    pub(crate) fn say(&mut self, announcement: Announcement) {
        self.page.announcement.say(announcement);
    }

    #[inline(never)]
    pub(crate) fn log(&mut self, code: &'static str, context: &'static str) {
        self.effect(Effect::Log(LogEntry { code, context }));
    }

    #[inline(never)]
    pub(crate) fn timer(&mut self, id: TimerId, after: Milliseconds) {
        self.effect(Effect::SetTimer { id, after });
    }

    /// Spreads many pages over time; the clock's last digits differ enough for that.
    pub(crate) fn jitter(&self) -> Jitter {
        Jitter(u16::try_from(self.now.monotonic.0.rem_euclid(1000)).unwrap_or(0))
    }

    /// Stores, where the browser lets us; without storage the page still works until the next redirect.
    pub(crate) fn store(&mut self, key: String, value: String) {
        if self.page.stored.is_available {
            self.effect(Effect::StorageSet { key: StorageKey(key), value: StoredValue(value) });
        }
    }

    pub(crate) fn remove_stored(&mut self, key: &str) {
        self.effect(Effect::StorageRemove(StorageKey(key.to_owned())));
    }

    /// Keeps a step-up for whoever opens the portal again.
    pub(crate) fn remember_step_up(&mut self, record: Continuation) {
        self.store(Continuation::KEY.to_owned(), record.serialise());
        self.page.stored.continuation = Some(record);
    }

    /// The step-up has come to its end, or nobody wants it any more.
    pub(crate) fn forget_step_up(&mut self) {
        if self.page.stored.continuation.take().is_some() {
            self.remove_stored(Continuation::KEY);
        }
    }

    /// Remembers in this tab whether it is said when somebody signed in.
    pub(crate) fn note_auth_time(&mut self, is_said: bool) {
        if self.page.stored.no_auth_time == is_said {
            self.page.stored.no_auth_time = !is_said;
            if is_said {
                self.remove_stored(NO_AUTH_TIME);
            } else {
                self.store(NO_AUTH_TIME.to_owned(), "1".to_owned());
            }
        }
    }

    /// Entries of an answer that could not be read; the others are shown.
    pub(crate) fn note_left_out(&mut self, entries: usize, context: &'static str) {
        if entries > 0 {
            self.log("api.entry_left_out", context);
        }
    }

    /// Whether the server signs people in and the page holds no token.
    pub(crate) fn is_session_mode(&self) -> bool {
        self.page.config.ready().is_some_and(|config| config.mode == SignInMode::Session)
    }
}
