//! The screens a first visit does not need are a part of the page of their own. Here stands when it is asked for: when
//! such a screen is opened and stays (a silent sign-in is about to leave the page, and would stop the download). Their
//! texts come with them: from then on every language is loaded whole, and none is shown that is not.

use crate::core::{Config, Context, Effect, LazyScreens, Page, Session};
use crate::features::Features;
use crate::i18n::Catalogue;
use crate::route::Route;

impl Page {
    /// Whether a language has to bring the texts of the lazy screens.
    pub(crate) const fn needs_whole_language(&self) -> bool {
        matches!(self.lazy_screens, LazyScreens::Loading | LazyScreens::Ready)
    }
}

impl Features {
    /// At the end of every step, whatever led to the screen.
    pub(crate) fn ask_for_lazy_screens(&mut self, context: &mut Context) {
        let is_asked = context.page.lazy_screens != LazyScreens::NotAsked;
        // The warning of a borrowed screen is in that part, and stands over any screen.
        // So are the choices over a long list.
        let is_long = context.page.route == Route::Devices && self.devices.list.is_long();
        let is_needed =
            context.page.route.is_lazy() || is_long || self.shared_computer.is_watched(&context.page);
        if !is_asked && is_needed && self.shows_route(&context.page) {
            self.load_lazy_screens(context);
        }
    }

    /// Whether the screen of the route stands there, rather than a sign-in or an explanation in its place.
    fn shows_route(&self, page: &Page) -> bool {
        let is_ready = matches!(page.config, Config::Ready(_));
        let is_settled = match page.session {
            Session::SignedIn(_) => true,
            Session::SignedOut => !page.route.needs_sign_in(),
            Session::Starting
            | Session::Redirecting(_)
            | Session::CompletingCallback(_)
            | Session::SignInFailed { .. } => false,
        };
        is_ready && (is_settled || self.actions.shows_explanation(page))
    }

    fn load_lazy_screens(&mut self, context: &mut Context) {
        context.page.lazy_screens = LazyScreens::Loading;
        context.effect(Effect::LoadLazyScreens(self.language.current.locale()));
    }

    /// A language that was chosen meanwhile has brought its own texts, or they are still to be had.
    pub(crate) fn on_lazy_screens_loaded(&mut self, language: Catalogue, context: &mut Context) {
        if language.locale() == self.language.current.locale() {
            self.language.current = language;
        }
        if self.language.current.is_whole() {
            context.page.lazy_screens = LazyScreens::Ready;
        } else {
            self.load_lazy_screens(context);
        }
    }

    pub(crate) fn on_lazy_screens_failed(&mut self, context: &mut Context) {
        context.page.lazy_screens = LazyScreens::Failed;
        context.log("later_screens", "page");
    }

    /// A new try, at the next screen that needs them.
    pub(crate) fn forget_failed_lazy_screens(&mut self, context: &mut Context) {
        if context.page.lazy_screens == LazyScreens::Failed {
            context.page.lazy_screens = LazyScreens::NotAsked;
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::app::{AppEvent, Event, Model, step};
    use crate::domain::{Milliseconds, Now};
    use crate::features::LazyRules;
    use crate::features::actions::{self, CountdownDisplay};
    use crate::i18n::{Catalogue, Locale};
    use portal_contract::UtcTime;

    const NOW: Now = Now { monotonic: Milliseconds(0), wall: UtcTime::from_unix_millis(0) };

    fn countdown_after(model: Model) -> (Model, CountdownDisplay) {
        let (model, _) = step(model, Event::Actions(actions::Event::CountdownToggled), NOW);
        let shown = model.features.actions.countdown;
        (model, shown)
    }

    #[test]
    fn what_only_lazy_screens_set_in_motion_happens_once_they_are_there_and_not_before() {
        let language = Catalogue::embedded(Locale::En);
        let before = Model::new(NOW, language.clone()).without_lazy_rules();
        let at_first = before.features.actions.countdown;
        let (model, shown) = countdown_after(before);
        assert_eq!(shown, at_first);
        let loaded = AppEvent::LazyScreensLoaded { language, rules: LazyRules::ALL };
        let (model, _) = step(model, Event::App(loaded), NOW);
        let (_, shown) = countdown_after(model);
        assert_ne!(shown, at_first);
    }
}
