//! Which screen stands there. Derived from the model; two equal screens keep their elements.

use super::lazy::{self, LazyScreen};
use super::missing::{loading, not_found, not_loaded};
use crate::app::Model;
use crate::components::{View, live};
use crate::core::{Config, LazyScreens, Redirect, Session};
use crate::domain::{Action, Idleness};
use crate::features::devices::screen::devices;
use crate::features::sign_in::screen as sign_in;
use crate::i18n::t;
use crate::route::Route;
use crate::shell::{select, use_model};

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Screen {
    /// `config.json` is on its way.
    Loading,
    /// The page cannot start.
    NotSetUp,
    /// Something is about to happen by itself.
    Restoring,
    Leaving,
    Returning,
    SigningOut,
    SigningOutForReset,
    SignInFailed,
    SignIn,
    SignedOut,
    Landing,
    Devices,
    NotFound,
    /// The lazy screens are on their way.
    LazyLoading,
    /// They could not be loaded.
    LazyFailed,
    Lazy(LazyScreen),
}

impl Screen {
    pub(super) fn of(model: &Model) -> Self {
        match &model.page.config {
            Config::Loading => return Self::Loading,
            Config::Failed(_) => return Self::NotSetUp,
            Config::Ready(_) => {}
        }
        if model.shows_reset_explanation() {
            return Self::of_route(model);
        }
        match &model.page.session {
            Session::Starting => Self::Restoring,
            Session::CompletingCallback(_) => Self::Returning,
            Session::Redirecting(redirect) => match redirect.as_ref() {
                Redirect::SignIn(_) => Self::Leaving,
                Redirect::SignOut => Self::SigningOut,
                Redirect::SignOutForReset { .. } => Self::SigningOutForReset,
            },
            Session::SignInFailed { .. } => Self::SignInFailed,
            Session::SignedOut if model.page.route.needs_sign_in() => Self::SignIn,
            Session::SignedOut | Session::SignedIn(_) => Self::of_route(model),
        }
    }

    fn of_route(model: &Model) -> Self {
        let lazy = match &model.page.route {
            Route::Home => return Self::Landing,
            Route::Devices => return Self::Devices,
            Route::SignedOut => return Self::SignedOut,
            Route::Callback => return Self::Returning,
            Route::NotFound => return Self::NotFound,
            Route::Device(id) => LazyScreen::Device(id.clone()),
            Route::ResetPasscode(id) => LazyScreen::Reset(id.clone()),
            Route::Remove(id) => LazyScreen::Loss(id.clone(), Action::Retire),
            Route::Erase(id) => LazyScreen::Loss(id.clone(), Action::Wipe),
            Route::DeviceHistory(id) => LazyScreen::DeviceHistory(id.clone()),
            Route::Apps(id) => LazyScreen::Apps(id.clone()),
            Route::UnrecognizedActivity(id, result) => {
                LazyScreen::UnrecognizedActivity(id.clone(), result.clone())
            }
            Route::History => LazyScreen::History,
            Route::Passcode(id) => LazyScreen::Passcode(id.clone()),
            Route::Notifications => LazyScreen::Notifications,
            Route::Help => LazyScreen::Help,
            Route::Accessibility => LazyScreen::Accessibility,
        };
        match model.page.lazy_screens {
            LazyScreens::NotAsked | LazyScreens::Loading => Self::LazyLoading,
            LazyScreens::Failed => Self::LazyFailed,
            LazyScreens::Ready => Self::Lazy(lazy),
        }
    }

    /// Whether it is a screen of the lazily loaded part, or stands in the place of one.
    pub(super) const fn is_lazy(&self) -> bool {
        matches!(self, Self::LazyLoading | Self::LazyFailed | Self::Lazy(_))
    }

    pub(super) fn show(self) -> View {
        match self {
            Self::Loading => sign_in::waiting(t::app_loading()),
            Self::Restoring => sign_in::waiting(t::sign_in_restoring()),
            Self::Leaving => sign_in::waiting(t::sign_in_leaving()),
            Self::Returning => sign_in::waiting(t::sign_in_returning()),
            Self::SigningOut => sign_in::waiting(t::session_leaving()),
            Self::SigningOutForReset => sign_in::waiting(t::signed_out_continuing_text()),
            Self::NotSetUp => sign_in::not_set_up(),
            Self::SignInFailed => sign_in::failed(),
            Self::SignIn => sign_in::required(),
            Self::SignedOut => sign_in::signed_out(),
            Self::Landing => sign_in::landing(),
            Self::Devices => devices(list_tools),
            Self::NotFound => not_found(),
            Self::LazyLoading => loading(),
            Self::LazyFailed => not_loaded(),
            Self::Lazy(screen) => lazy::show(screen),
        }
    }
}

/// The choices over a long list, once they are there.
fn list_tools() -> View {
    let is_shown = select(use_model(), move |model| {
        let list = &model.features.devices.list;
        // All of it: what can be chosen is what the list has.
        (model.page.lazy_screens == LazyScreens::Ready && list.loaded().is_some() && list.is_long())
            .then_some(list.cleared)
    });
    live(move || is_shown.get().map(|_| lazy::show(LazyScreen::ListTools)))
}

/// The warning of a borrowed screen, over whatever screen there is. It is asked for together with the lazily loaded part; when that
/// could not be had, the sign-out comes all the same and is only spoken of.
pub(super) fn idle_warning() -> View {
    let is_due = select(use_model(), move |model| {
        model.page.lazy_screens == LazyScreens::Ready
            && matches!(model.features.shared_computer.idleness, Idleness::Warning(_))
    });
    live(move || is_due.get().then(|| lazy::show(LazyScreen::IdleWarning)))
}
