//! Which language the page speaks: the one it was opened with, then what the organisation or the person wants, as soon as
//! its texts are there. Until then, and when they cannot be had, the language stays what it is.

use super::turn::Turn;
use super::{Announcement, Effect, stored};
use crate::i18n::{Catalogue, Locale};

impl Turn {
    /// `boot.js` has chosen by the same rule before the page ran, so mostly there is nothing to do. It may not have had
    /// the configuration, for instance when `config.json` came only when it was asked for again.
    pub(super) fn follow_configured_language(&mut self, configured: Option<&str>) {
        let chosen = self.model.stored.locale.as_deref();
        let browser = self.model.languages.iter().map(String::as_str);
        let wanted = Locale::negotiate(chosen, configured, browser);
        self.want_language(wanted);
    }

    pub(super) fn on_locale_chosen(&mut self, locale: Locale) {
        self.model.missing_language = None;
        self.want_language(locale);
        if self.model.wanted_language.is_some() {
            self.model.is_language_chosen = true;
        } else {
            self.keep_choice(locale);
        }
    }

    fn want_language(&mut self, locale: Locale) {
        self.model.is_language_chosen = false;
        self.model.wanted_language = None;
        if self.model.language.locale() != locale {
            self.model.wanted_language = Some(locale);
            self.load_language(locale);
        }
    }

    fn load_language(&mut self, locale: Locale) {
        self.effect(Effect::LoadLanguage { locale, is_whole: self.model.needs_whole_language() });
    }

    /// Whoever chose another language meanwhile is not given this one.
    pub(super) fn on_language_loaded(&mut self, language: Catalogue) {
        let locale = language.locale();
        if self.model.wanted_language != Some(locale) {
            return;
        }
        // A later screen was opened meanwhile.
        if self.model.needs_whole_language() && !language.is_whole() {
            return self.load_language(locale);
        }
        self.model.wanted_language = None;
        // A voice would go on with words of the old one.
        self.stop_reading();
        self.model.language = language;
        if self.model.is_language_chosen {
            self.keep_choice(locale);
        }
    }

    /// The page goes on in the language it has; who chose the other one is told.
    pub(super) fn on_language_refused(&mut self, locale: Locale) {
        if self.model.wanted_language != Some(locale) {
            return;
        }
        self.model.wanted_language = None;
        self.log("language_missing", locale.tag());
        if self.model.is_language_chosen {
            self.model.missing_language = Some(locale);
            self.say(Announcement::LanguageMissing(locale));
        }
    }

    fn keep_choice(&mut self, locale: Locale) {
        self.model.stored.locale = Some(locale.tag().to_owned());
        self.store_locale();
    }

    pub(super) fn store_locale(&mut self) {
        if let Some(tag) = self.model.stored.locale.clone() {
            self.store(stored::LOCALE.to_owned(), tag);
        }
    }
}
