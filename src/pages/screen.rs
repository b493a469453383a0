//! Which screen stands there. Derived from the model; two equal screens keep their elements.

use super::{accessibility, device, devices, help, history, landing, not_found, not_me, notifications, reset, sign_in};
use crate::app::{Config, Model, Redirect, Session};
use crate::components::Part;
use crate::domain::{DeviceId, ResultId};
use crate::i18n::t;
use crate::route::Route;

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
    Device(DeviceId),
    Reset(DeviceId),
    DeviceHistory(DeviceId),
    NotMe(DeviceId, ResultId),
    History,
    Notifications,
    Help,
    Accessibility,
    NotFound,
}

impl Screen {
    pub(super) fn of(model: &Model) -> Self {
        match &model.config {
            Config::Loading => return Self::Loading,
            Config::Failed(_) => return Self::NotSetUp,
            Config::Ready(_) => {}
        }
        if model.shows_reset_explanation() {
            return Self::of_route(&model.route);
        }
        match &model.session {
            Session::Starting => Self::Restoring,
            Session::CompletingCallback(_) => Self::Returning,
            Session::Redirecting(redirect) => match redirect.as_ref() {
                Redirect::SignIn(_) => Self::Leaving,
                Redirect::SignOut => Self::SigningOut,
                Redirect::SignOutForReset { .. } => Self::SigningOutForReset,
            },
            Session::SignInFailed { .. } => Self::SignInFailed,
            Session::SignedOut if model.route.needs_sign_in() => Self::SignIn,
            Session::SignedOut | Session::SignedIn(_) => Self::of_route(&model.route),
        }
    }

    fn of_route(route: &Route) -> Self {
        match route {
            Route::Home => Self::Landing,
            Route::Devices => Self::Devices,
            Route::Device(id) => Self::Device(id.clone()),
            Route::ResetPasscode(id) => Self::Reset(id.clone()),
            Route::DeviceHistory(id) => Self::DeviceHistory(id.clone()),
            Route::NotMe(id, result) => Self::NotMe(id.clone(), result.clone()),
            Route::History => Self::History,
            Route::Notifications => Self::Notifications,
            Route::Help => Self::Help,
            Route::Accessibility => Self::Accessibility,
            Route::SignedOut => Self::SignedOut,
            Route::Callback => Self::Returning,
            Route::NotFound => Self::NotFound,
        }
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
            Self::Device(id) => device::device(id),
            Self::Reset(id) => reset::reset(id),
            Self::DeviceHistory(id) => history::of_device(id),
            Self::NotMe(id, result) => not_me::not_me(&id, &result),
            Self::History => history::of_person(),
            Self::Notifications => notifications::notifications(),
            Self::Help => help::help(),
            Self::Accessibility => accessibility::accessibility(),
            Self::NotFound => not_found::not_found(),
        }
    }
}
