//! The texts of one language, as a value: whoever renders holds one. It is made from the files of texts
//! (`build/generate.rs` writes them): what a first visit can show, and the rest as soon as a lazy screen needs it. Each
//! is taken whole or not at all.

use super::{Key, Locale};
use std::sync::Arc;

/// The texts of one language in the order of [`Key`]. A copy shares them.
#[derive(Clone)]
pub struct Catalogue {
    locale: Locale,
    first: Arc<Lines>,
    lazy: Option<Arc<Lines>>,
}

/// A file of texts.
struct Lines {
    content: String,
    /// Where each line of `content` ends; the first line is the head.
    ends: Vec<usize>,
}

/// These are not the texts of this page in this language: cut short, of another build, or something else altogether.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DamagedTexts;

impl Catalogue {
    /// Reads the texts of a first visit. The head must name a language of this page and exactly its set of keys, and there
    /// must be a line for each of them.
    ///
    /// # Errors
    /// [`DamagedTexts`] when anything is missing or left over; there is no half a language.
    pub fn parse(content: String) -> Result<Self, DamagedTexts> {
        let (locale, first) = Lines::read(content, "portal-texts", Key::FIRST_COUNT).ok_or(DamagedTexts)?;
        Ok(Self { locale, first, lazy: None })
    }

    /// The same with the texts of the lazy screens.
    ///
    /// # Errors
    /// [`DamagedTexts`] when those are not whole, or are in another language.
    pub fn with_lazy(&self, content: String) -> Result<Self, DamagedTexts> {
        match Lines::read(content, "portal-lazy-texts", Key::COUNT - Key::FIRST_COUNT) {
            Some((locale, lazy)) if locale == self.locale => {
                Ok(Self { locale, first: Arc::clone(&self.first), lazy: Some(lazy) })
            }
            Some(_) | None => Err(DamagedTexts),
        }
    }

    /// The texts of a language without loading them: in tests and debug builds, which carry all of them.
    #[cfg(any(not(target_arch = "wasm32"), debug_assertions))]
    #[must_use]
    #[expect(clippy::expect_used, reason = "not in a release page; the build wrote these texts")]
    pub fn embedded(locale: Locale) -> Self {
        let (_, _, lazy) = EMBEDDED.iter().find(|(known, ..)| *known == locale).expect("every language");
        Self::embedded_first(locale).with_lazy((*lazy).to_owned()).expect("texts of this build")
    }

    /// What a first visit loads of them.
    #[cfg(any(not(target_arch = "wasm32"), debug_assertions))]
    #[must_use]
    #[expect(clippy::expect_used, reason = "not in a release page; the build wrote these texts")]
    pub fn embedded_first(locale: Locale) -> Self {
        let (_, first, _) = EMBEDDED.iter().find(|(known, ..)| *known == locale).expect("every language");
        Self::parse((*first).to_owned()).expect("texts of this build")
    }

    /// The language.
    #[must_use]
    pub const fn locale(&self) -> Locale {
        self.locale
    }

    /// Whether the texts of the lazy screens are among them.
    #[must_use]
    pub const fn is_whole(&self) -> bool {
        self.lazy.is_some()
    }

    /// The stored message, with control characters for gaps and between plural forms. Empty for a text of the lazy
    /// screens while those are not here; no screen shows one before.
    pub(super) fn message(&self, key: Key) -> &str {
        let place = key as usize;
        match place.checked_sub(Key::FIRST_COUNT) {
            None => self.first.line(place),
            Some(place) => self.lazy.as_ref().map_or("", |lazy| lazy.line(place)),
        }
    }
}

impl Lines {
    fn read(content: String, kind: &str, count: usize) -> Option<(Locale, Arc<Self>)> {
        let ends: Vec<usize> = content.match_indices('\n').map(|(end, _)| end).collect();
        let mut head = content.lines().next().unwrap_or_default().split(' ');
        let (magic, tag, set, more) = (head.next(), head.next(), head.next(), head.next());
        let locale = Locale::ALL.iter().copied().find(|locale| tag == Some(locale.tag()))?;
        let is_whole = magic == Some(kind)
            && set == Some(Key::SET)
            && more.is_none()
            && ends.len() == count + 1
            && content.ends_with('\n');
        is_whole.then(|| (locale, Arc::new(Self { content, ends })))
    }

    fn line(&self, place: usize) -> &str {
        let end = |line: usize| self.ends.get(line).copied().unwrap_or(0);
        // The line break before it ends the line before it.
        self.content.get(end(place) + 1..end(place + 1)).unwrap_or_default()
    }
}

impl PartialEq for Catalogue {
    /// Within one page a language has one set of texts, of which the lazy ones may be missing.
    fn eq(&self, other: &Self) -> bool {
        self.locale == other.locale && self.is_whole() == other.is_whole()
    }
}

impl Eq for Catalogue {}

impl std::fmt::Debug for Catalogue {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_tuple("Catalogue").field(&self.locale).field(&self.is_whole()).finish()
    }
}

#[cfg(any(not(target_arch = "wasm32"), debug_assertions))]
const EMBEDDED: &[(Locale, &str, &str)] = include!(concat!(env!("OUT_DIR"), "/texts.rs"));

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::{Catalogue, DamagedTexts, EMBEDDED};
    use crate::i18n::{Key, Locale};

    fn of(wanted: Locale) -> (&'static str, &'static str) {
        EMBEDDED
            .iter()
            .find(|(locale, ..)| *locale == wanted)
            .map_or(("", ""), |(_, first, lazy)| (*first, *lazy))
    }

    fn refused(content: &str) -> bool {
        Catalogue::parse(content.to_owned()) == Err(DamagedTexts)
    }

    fn refused_lazy(content: &str) -> bool {
        Catalogue::embedded_first(Locale::Ja).with_lazy(content.to_owned()) == Err(DamagedTexts)
    }

    #[test]
    fn every_language_is_read_whole() {
        for locale in Locale::ALL.iter().copied() {
            let catalogue = Catalogue::embedded(locale);
            assert_eq!((catalogue.locale(), catalogue.is_whole()), (locale, true));
            assert!(Key::ALL.iter().all(|key| !catalogue.message(*key).is_empty()), "{locale:?}");
        }
    }

    #[test]
    fn without_the_lazy_texts_the_first_ones_are_there_and_the_others_are_empty() {
        for locale in Locale::ALL.iter().copied() {
            let (whole, first) = (Catalogue::embedded(locale), Catalogue::embedded_first(locale));
            assert!(!first.is_whole());
            for (place, key) in Key::ALL.iter().copied().enumerate() {
                let expected = if place < Key::FIRST_COUNT { whole.message(key) } else { "" };
                assert_eq!(first.message(key), expected, "{key:?}");
            }
            assert_ne!(first, whole, "a screen must hear that the lazy texts came");
        }
    }

    #[test]
    fn texts_that_were_cut_short_anywhere_are_refused() {
        let (first, lazy) = of(Locale::Ja);
        let cut = |whole: &'static str| {
            let ends = (0..whole.len()).filter(|end| whole.is_char_boundary(*end));
            ends.map(|end| whole.get(..end).unwrap_or_default())
        };
        for part in cut(first) {
            assert!(refused(part), "cut at {}", part.len());
        }
        for part in cut(lazy) {
            assert!(refused_lazy(part), "cut at {}", part.len());
        }
    }

    #[test]
    fn texts_of_another_page_and_other_files_are_refused() {
        let (whole, _) = of(Locale::En);
        assert!(refused(&whole.replace(Key::SET, "0123456789abcdef")));
        assert!(refused(&whole.replacen(" en ", " tlh ", 1)));
        assert!(refused(&whole.replacen("portal-texts", "portal-text", 1)));
        assert!(refused(&format!("{whole}one more\n")));
        assert!(refused("<!DOCTYPE html><title>Company portal</title>\n"));
    }

    #[test]
    fn lazy_texts_of_another_language_or_page_or_part_are_refused() {
        let (first, lazy) = of(Locale::Ja);
        assert!(!refused_lazy(lazy));
        assert!(refused_lazy(of(Locale::En).1));
        assert!(refused_lazy(&lazy.replace(Key::SET, "0123456789abcdef")));
        assert!(refused_lazy(&format!("{lazy}one more\n")));
        assert!(refused_lazy(first) && refused(lazy));
    }
}
