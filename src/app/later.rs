//! The screens a first visit does not need are a part of the page of their own. Here stands when it is asked for: when
//! such a screen is opened and stays (a silent sign-in is about to leave the page, and would stop the download). Their
//! texts come with them: from then on every language is loaded whole, and none is shown that is not.

use super::turn::Turn;
use super::{Config, Effect, LaterScreens, Model, Session};
use crate::i18n::Catalogue;
use crate::route::Route;

impl Model {
    /// Whether a language has to have the texts of the later screens.
    pub(super) const fn needs_whole_language(&self) -> bool {
        matches!(self.later, LaterScreens::Loading | LaterScreens::Ready)
    }

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
            self.load_later_screens();
        }
    }

    fn load_later_screens(&mut self) {
        self.model.later = LaterScreens::Loading;
        self.effect(Effect::LoadLaterScreens(self.model.language.locale()));
    }

    /// A language that was chosen meanwhile has brought its own texts, or they are still to be had.
    pub(super) fn on_later_screens_loaded(&mut self, language: Catalogue) {
        if language.locale() == self.model.language.locale() {
            self.model.language = language;
        }
        if self.model.language.is_whole() {
            self.model.later = LaterScreens::Ready;
            if matches!(self.model.route, Route::History | Route::DeviceHistory(_)) {
                self.load_route();
            }
        } else {
            self.load_later_screens();
        }
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
