//! Which screen stands there. Derived from the model; two equal screens keep their elements.

use super::later::{self, LaterScreen};
use super::{devices, landing, not_found, not_loaded, sign_in};
use crate::app::Model;
use crate::components::{Part, live};
use crate::core::{Config, LaterScreens, Redirect, Session};
use crate::domain::Idleness;
use crate::i18n::t;
use crate::route::Route;
use crate::shell::{select, use_model};

/// A screen.
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
    /// The later screens are on their way.
    LaterLoading,
    /// They could not be loaded.
    LaterFailed,
    Later(LaterScreen),
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
        let later = match &model.page.route {
            Route::Home => return Self::Landing,
            Route::Devices => return Self::Devices,
            Route::SignedOut => return Self::SignedOut,
            Route::Callback => return Self::Returning,
            Route::NotFound => return Self::NotFound,
            Route::Device(id) => LaterScreen::Device(id.clone()),
            Route::ResetPasscode(id) => LaterScreen::Reset(id.clone()),
            Route::DeviceHistory(id) => LaterScreen::DeviceHistory(id.clone()),
            Route::NotMe(id, result) => LaterScreen::NotMe(id.clone(), result.clone()),
            Route::History => LaterScreen::History,
            Route::Passcode(id) => LaterScreen::Passcode(id.clone()),
            Route::Notifications => LaterScreen::Notifications,
            Route::Help => LaterScreen::Help,
            Route::Accessibility => LaterScreen::Accessibility,
        };
        match model.page.later {
            LaterScreens::NotAsked | LaterScreens::Loading => Self::LaterLoading,
            LaterScreens::Failed => Self::LaterFailed,
            LaterScreens::Ready => Self::Later(later),
        }
    }

    /// Whether it is a screen of the later part, or stands in the place of one.
    pub(super) const fn is_of_later_part(&self) -> bool {
        matches!(self, Self::LaterLoading | Self::LaterFailed | Self::Later(_))
    }

    pub(super) fn show(self) -> Part {
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
            Self::Landing => landing::landing(),
            Self::Devices => devices::devices(),
            Self::NotFound => not_found::not_found(),
            Self::LaterLoading => not_loaded::loading(),
            Self::LaterFailed => not_loaded::failed(),
            Self::Later(screen) => show_later(screen),
        }
    }
}

/// The warning of a borrowed screen, over whatever screen there is. It is asked for together with the later part; when that
/// could not be had, the sign-out comes all the same and is only spoken of.
pub(super) fn idle_warning() -> Part {
    let is_due = select(use_model(), move |model| {
        model.page.later == LaterScreens::Ready
            && matches!(model.features.shared_computer.idleness, Idleness::Warning(_))
    });
    live(move || is_due.get().then(|| show_later(LaterScreen::IdleWarning)))
}

/// Through a pointer the optimisers cannot see through: whatever only this reaches moves to the later part.
fn show_later(screen: LaterScreen) -> Part {
    let show: fn(LaterScreen) -> Part = later::show;
    std::hint::black_box(show)(screen)
}
