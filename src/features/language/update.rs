//! Which language the page speaks: the one it was opened with, then what the organisation or the person wants, as soon as
//! its texts are there. Until then, and when they cannot be had, the language stays what it is.

use super::{Event, Model};
use crate::core::{Announcement, Context, Effect, LOCALE};
use crate::features::passcode;
use crate::i18n::{Catalogue, Locale};

impl Model {
    /// What of this feature happened. A new language silences the voice that reads a passcode.
    pub(crate) fn update(&mut self, event: Event, passcode: &mut passcode::Model, context: &mut Context) {
        match event {
            Event::Chosen(locale) => self.on_chosen(locale, context),
            Event::Loaded(language) => self.on_loaded(language, passcode, context),
            Event::Refused(locale) => self.on_refused(locale, context),
        }
    }

    /// `boot.js` has chosen by the same rule before the page ran, so mostly there is nothing to do. It may not have had
    /// the configuration, for instance when `config.json` came only when it was asked for again.
    pub(crate) fn follow_configured(&mut self, configured: Option<&str>, context: &mut Context) {
        let chosen = context.page.stored.locale.as_deref();
        let browser = self.of_browser.iter().map(String::as_str);
        let wanted = Locale::negotiate(chosen, configured, browser);
        self.want_language(wanted, context);
    }

    pub(crate) fn on_chosen(&mut self, locale: Locale, context: &mut Context) {
        self.missing = None;
        self.want_language(locale, context);
        if self.wanted.is_some() {
            self.is_chosen = true;
        } else {
            Self::keep_choice(locale, context);
        }
    }

    fn want_language(&mut self, locale: Locale, context: &mut Context) {
        self.is_chosen = false;
        self.wanted = None;
        if self.current.locale() != locale {
            self.wanted = Some(locale);
            Self::load_language(locale, context);
        }
    }

    fn load_language(locale: Locale, context: &mut Context) {
        context.effect(Effect::LoadLanguage { locale, is_whole: context.page.needs_whole_language() });
    }

    /// Whoever chose another language meanwhile is not given this one.
    pub(crate) fn on_loaded(
        &mut self,
        language: Catalogue,
        passcode: &mut passcode::Model,
        context: &mut Context,
    ) {
        let locale = language.locale();
        if self.wanted != Some(locale) {
            return;
        }
        // A lazy screen was opened meanwhile.
        if context.page.needs_whole_language() && !language.is_whole() {
            return Self::load_language(locale, context);
        }
        self.wanted = None;
        // A voice would go on with words of the old one.
        passcode.stop_reading(context);
        self.current = language;
        if self.is_chosen {
            Self::keep_choice(locale, context);
        }
    }

    /// The page goes on in the language it has; who chose the other one is told.
    pub(crate) fn on_refused(&mut self, locale: Locale, context: &mut Context) {
        if self.wanted != Some(locale) {
            return;
        }
        self.wanted = None;
        context.log("language_missing", locale.tag());
        if self.is_chosen {
            self.missing = Some(locale);
            context.say(Announcement::LanguageMissing(locale));
        }
    }

    fn keep_choice(locale: Locale, context: &mut Context) {
        context.page.stored.locale = Some(locale.tag().to_owned());
        Self::store_locale(context);
    }

    pub(crate) fn store_locale(context: &mut Context) {
        if let Some(tag) = context.page.stored.locale.clone() {
            context.store(LOCALE.to_owned(), tag);
        }
    }
}
