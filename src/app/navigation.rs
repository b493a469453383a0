//! From screen to screen, and what each needs when it is entered.

use crate::core::{Config, Context, Effect, Session};
use crate::domain::{ActionFlow, SignInStep};
use crate::features::Features;
use crate::route::Route;

impl Features {
    /// To a screen, as a new entry of the history.
    pub(crate) fn go(&mut self, route: Route, context: &mut Context) {
        if route != context.page.route {
            context.effect(Effect::PushAddress(route.clone()));
        }
        self.set_route(route, context);
    }

    /// To a screen, in the place of the current entry of the history.
    pub(crate) fn go_instead(&mut self, route: Route, context: &mut Context) {
        context.effect(Effect::ReplaceAddress(route.clone()));
        self.set_route(route, context);
    }

    /// The address is there already.
    pub(crate) fn set_route(&mut self, route: Route, context: &mut Context) {
        // Nothing but the provider's redirect leads to the callback; by Back it would be an empty screen.
        let route = if route == Route::Callback { Route::Home } else { route };
        if route == context.page.route {
            return self.enter_route(context);
        }
        self.read_what_was_on_screen(context);
        context.page.route = route;
        self.forget_failed_lazy_screens(context);
        context.page.arrivals = context.page.arrivals.wrapping_add(1);
        self.passcode.hide(context);
        self.leave_reset(context);
        self.actions.leave_screens(&context.page.route);
        self.actions.rename = None;
        self.actions.category = None;
        self.forget_failed_sign_in(context);
        self.enter_route(context);
    }

    /// A reset that waits for nothing is not carried to another screen: when its own is opened again, the device says
    /// where it stands.
    fn leave_reset(&mut self, context: &mut Context) {
        let state = &self.actions.reset;
        let is_own = state.device().is_some() && state.device() == context.page.route.device();
        let is_alive = state.grant().is_some() || matches!(state, ActionFlow::Pending { .. });
        let is_explained_here = matches!(context.page.route, Route::ResetPasscode(_)) && is_own;
        let is_ended_here = is_explained_here && !matches!(state, ActionFlow::Explain { .. });
        if !is_alive
            && !is_ended_here
            && !matches!(state, ActionFlow::SignIn { step: SignInStep::Leaving, .. })
        {
            self.actions.reset = ActionFlow::Idle;
        }
    }

    /// An explanation of a failed sign-in belongs to the screen it was shown on.
    fn forget_failed_sign_in(&mut self, context: &mut Context) {
        if matches!(context.page.session, Session::SignInFailed { .. }) {
            context.page.session = Session::SignedOut;
        }
    }

    /// What the screen needs: somebody signed in, and its data.
    pub(crate) fn enter_route(&mut self, context: &mut Context) {
        let is_signed_out = matches!(context.page.session, Session::SignedOut);
        let is_ready = matches!(context.page.config, Config::Ready(_));
        if is_signed_out && is_ready && context.page.route.needs_sign_in() {
            if !self.actions.shows_explanation(&context.page) && !self.offers_to_go_on(context) {
                self.begin_silently(context);
            }
            return;
        }
        self.load_route(context);
    }

    pub(crate) fn load_route(&mut self, context: &mut Context) {
        if context.page.session.signed_in().is_none() {
            return;
        }
        if let Some(device) = context.page.route.device().cloned() {
            self.devices.open(device, context);
        } else if context.page.route == Route::Devices {
            self.devices.load(context);
        } else if context.page.route == Route::Notifications {
            self.notifications.ask(context);
        }
        self.enter_lazy_screen(context);
    }

    /// What else the screen asks for comes with its rules; before these are there its device is read already.
    pub(crate) fn enter_lazy_screen(&mut self, context: &mut Context) {
        if let (Some(rules), true) = (self.rules, context.page.session.signed_in().is_some()) {
            (rules.entered)(self, context);
        }
    }

    /// The same, and what was read a moment ago is read again.
    pub(crate) fn refresh_route(&mut self, context: &mut Context) {
        self.devices.outdate();
        self.load_route(context);
    }

    pub(crate) fn on_retry_chosen(&mut self, context: &mut Context) {
        match context.page.config {
            Config::Failed(_) => self.retry_config(context),
            Config::Loading => {}
            Config::Ready(_) => {
                self.forget_failed_lazy_screens(context);
                self.enter_route(context);
            }
        }
    }
}
