//! The screens a first visit does not need are a part of the page of their own. Here stands when it is asked for: when
//! such a screen is opened and stays (a silent sign-in is about to leave the page, and would stop the download).

use super::turn::Turn;
use super::{Config, Effect, LaterScreens, Model, Session};

impl Model {
    /// Whether the screen of the route stands there, rather than a sign-in or an explanation in its place.
    fn shows_route(&self) -> bool {
        let is_ready = matches!(self.config, Config::Ready(_));
        let is_settled = match self.session {
            Session::SignedIn(_) => true,
            Session::SignedOut => !self.route.needs_sign_in(),
            Session::Starting
            | Session::Redirecting(_)
            | Session::CompletingCallback(_)
            | Session::SignInFailed { .. } => false,
        };
        is_ready && (is_settled || self.shows_reset_explanation())
    }
}

impl Turn {
    /// At the end of every step, whatever led to the screen.
    pub(super) fn ask_for_later_screens(&mut self) {
        let is_asked = self.model.later != LaterScreens::NotAsked;
        // The warning of a borrowed screen is in that part, and stands over any screen.
        let is_needed = self.model.route.needs_later_screens() || self.is_idleness_watched();
        if !is_asked && is_needed && self.model.shows_route() {
            self.model.later = LaterScreens::Loading;
            self.effect(Effect::LoadLaterScreens);
        }
    }

    pub(super) const fn on_later_screens_loaded(&mut self) {
        self.model.later = LaterScreens::Ready;
    }

    pub(super) fn on_later_screens_failed(&mut self) {
        self.model.later = LaterScreens::Failed;
        self.log("later_screens", "page");
    }

    /// A new try, at the next screen that needs them.
    pub(super) fn forget_failed_later_screens(&mut self) {
        if self.model.later == LaterScreens::Failed {
            self.model.later = LaterScreens::NotAsked;
        }
    }
}
