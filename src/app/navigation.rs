//! From screen to screen, and what each needs when it is entered.

use super::turn::Turn;
use super::{ApiCall, Config, DeviceDetail, Effect, Fetch, HistoryScope, LoadState, Session};
use crate::domain::{ActionEvent, ActionFlow, DeviceId, Milliseconds, SignInStep, elapsed};
use crate::route::Route;

/// A list older than this, or one that lacks devices, is loaded again when its screen is entered.
const LIST_KEEPS: Milliseconds = Milliseconds(60_000);

impl Turn {
    /// To a screen, as a new entry of the history.
    pub(super) fn go(&mut self, route: Route) {
        if route != self.model.route {
            self.effect(Effect::PushAddress(route.clone()));
        }
        self.set_route(route);
    }

    /// To a screen, in the place of the current entry of the history.
    pub(super) fn go_instead(&mut self, route: Route) {
        self.effect(Effect::ReplaceAddress(route.clone()));
        self.set_route(route);
    }

    /// The address is there already.
    pub(super) fn set_route(&mut self, route: Route) {
        // Nothing but the provider's redirect leads to the callback; by Back it would be an empty screen.
        let route = if route == Route::Callback { Route::Home } else { route };
        if route == self.model.route {
            return self.enter_route();
        }
        self.model.route = route;
        self.forget_failed_later_screens();
        self.model.arrivals = self.model.arrivals.wrapping_add(1);
        self.hide_passcode();
        self.leave_reset();
        self.model.actions.rename = None;
        self.forget_failed_sign_in();
        self.enter_route();
    }

    /// A reset that waits for nothing is not carried to another screen: when its own is opened again, the device says
    /// where it stands.
    fn leave_reset(&mut self) {
        let state = &self.model.reset;
        let is_own = state.device().is_some() && state.device() == self.model.route.device();
        let is_alive = state.ticket().is_some() || matches!(state, ActionFlow::Pending { .. });
        let is_explained_here = matches!(self.model.route, Route::ResetPasscode(_)) && is_own;
        let is_ended_here = is_explained_here && !matches!(state, ActionFlow::Explain { .. });
        if !is_alive
            && !is_ended_here
            && !matches!(state, ActionFlow::SignIn { step: SignInStep::Leaving, .. })
        {
            self.model.reset = ActionFlow::Idle;
        }
    }

    /// An explanation of a failed sign-in belongs to the screen it was shown on.
    fn forget_failed_sign_in(&mut self) {
        if matches!(self.model.session, Session::SignInFailed { .. }) {
            self.model.session = Session::SignedOut;
        }
    }

    /// What the screen needs: somebody signed in, and its data.
    pub(super) fn enter_route(&mut self) {
        let is_signed_out = matches!(self.model.session, Session::SignedOut);
        let is_ready = matches!(self.model.config, Config::Ready(_));
        if is_signed_out && is_ready && self.model.route.needs_sign_in() {
            if !self.model.shows_reset_explanation() && !self.offers_to_go_on() {
                self.begin_silently();
            }
            return;
        }
        self.load_route();
    }

    pub(super) fn load_route(&mut self) {
        if self.model.session.signed_in().is_none() {
            return;
        }
        match self.model.route.clone() {
            Route::Devices => self.load_devices(),
            Route::Device(id) | Route::Passcode(id) => self.open_device(id),
            Route::ResetPasscode(id) => {
                self.open_device(id.clone());
                self.reset(ActionEvent::PageOpened(id));
            }
            Route::Notifications => self.call(ApiCall::Notifications, 0),
            Route::History => self.open_history(HistoryScope::Person),
            Route::DeviceHistory(id) => {
                self.open_device(id.clone());
                self.open_history(HistoryScope::Device(id));
            }
            Route::NotMe(id, result) => {
                self.open_device(id);
                self.open_not_me(result);
            }
            Route::Home
            | Route::Help
            | Route::Accessibility
            | Route::SignedOut
            | Route::Callback
            | Route::NotFound => {}
        }
    }

    /// The same, and what was read a moment ago is read again.
    pub(super) fn refresh_route(&mut self) {
        if self.model.devices.state == LoadState::Loaded {
            self.model.devices.state = LoadState::NotAsked;
        }
        self.load_route();
    }

    fn load_devices(&mut self) {
        let is_young = |loaded| elapsed(loaded, self.now) < LIST_KEEPS;
        let is_fine = match self.model.devices.state {
            LoadState::Loading => true,
            LoadState::Loaded => {
                let devices = &self.model.devices;
                !devices.is_partial() && devices.loaded().is_some_and(is_young)
            }
            LoadState::NotAsked | LoadState::Failed(_) => false,
        };
        if !is_fine {
            self.reload_devices();
        }
    }

    /// Loads the list anew; what is there stays until it is complete.
    pub(super) fn reload_devices(&mut self) {
        self.model.devices.begin();
        self.call(ApiCall::Devices(None), 0);
    }

    /// Shows what the list knows already while the device is read.
    fn open_device(&mut self, id: DeviceId) {
        let known = self.model.devices.find(&id).cloned();
        let detail = &mut self.model.device;
        if detail.id.as_ref() != Some(&id) {
            *detail = DeviceDetail { id: Some(id.clone()), device: known, state: LoadState::Loading };
        } else {
            detail.state = LoadState::Loading;
        }
        self.read_device(id);
    }

    /// Reads a device, once per step.
    pub(super) fn read_device(&mut self, id: DeviceId) {
        let what = Fetch::Api(ApiCall::Device(id.clone()));
        let is_it = |effect: &Effect| matches!(effect, Effect::Fetch { id, .. } if id.what == what);
        if !self.effects.iter().any(is_it) {
            self.model.reads.expect(&id);
            self.call(ApiCall::Device(id), 0);
        }
    }

    pub(super) fn on_retry_chosen(&mut self) {
        match self.model.config {
            Config::Failed(_) => self.retry_config(),
            Config::Loading => {}
            Config::Ready(_) => {
                self.forget_failed_later_screens();
                self.enter_route();
            }
        }
    }
}
