//! The texts of one language, as a value: whoever renders holds one. It is made from a file of texts (`build/generate.rs`
//! writes them), whole or not at all.

use super::{Key, Locale};
use std::sync::Arc;

/// The texts of one language in the order of [`Key`]. A copy shares them.
#[derive(Clone)]
pub struct Catalogue(Arc<Texts>);

struct Texts {
    locale: Locale,
    content: String,
    /// Where each line of `content` ends; the first line is the head.
    ends: Vec<usize>,
}

/// These are not the texts of this page in this language: cut short, of another build, or something else altogether.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DamagedTexts;

impl Catalogue {
    /// Reads a file of texts. The head must name a language of this page and exactly its set of keys, and there must be
    /// a line for each of them.
    ///
    /// # Errors
    /// [`DamagedTexts`] when anything is missing or left over; there is no half a language.
    pub fn parse(content: String) -> Result<Self, DamagedTexts> {
        let ends: Vec<usize> = content.match_indices('\n').map(|(end, _)| end).collect();
        let mut head = content.lines().next().unwrap_or_default().split(' ');
        let (magic, tag, set, more) = (head.next(), head.next(), head.next(), head.next());
        let locale = Locale::ALL.iter().copied().find(|locale| tag == Some(locale.tag()));
        match locale {
            Some(locale)
                if magic == Some("portal-texts")
                    && set == Some(Key::SET)
                    && more.is_none()
                    && ends.len() == Key::COUNT + 1
                    && content.ends_with('\n') =>
            {
                Ok(Self(Arc::new(Texts { locale, content, ends })))
            }
            Some(_) | None => Err(DamagedTexts),
        }
    }

    /// The texts of a language without loading them: in tests and debug builds, which carry all of them.
    #[cfg(any(not(target_arch = "wasm32"), debug_assertions))]
    #[must_use]
    #[expect(clippy::expect_used, reason = "not in a release page; the build wrote these texts")]
    pub fn embedded(locale: Locale) -> Self {
        let (_, content) = EMBEDDED.iter().find(|(known, _)| *known == locale).expect("every language");
        Self::parse((*content).to_owned()).expect("texts of this build")
    }

    /// The language.
    #[must_use]
    pub fn locale(&self) -> Locale {
        self.0.locale
    }

    /// The stored message, with control characters for gaps and between plural forms.
    pub(super) fn message(&self, key: Key) -> &str {
        let line = key as usize;
        let end = |line: usize| self.0.ends.get(line).copied().unwrap_or(0);
        // The line break before it ends the line before it.
        self.0.content.get(end(line) + 1..end(line + 1)).unwrap_or_default()
    }
}

impl PartialEq for Catalogue {
    /// Within one page a language has one set of texts.
    fn eq(&self, other: &Self) -> bool {
        self.locale() == other.locale()
    }
}

impl Eq for Catalogue {}

impl std::fmt::Debug for Catalogue {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_tuple("Catalogue").field(&self.locale()).finish()
    }
}

#[cfg(any(not(target_arch = "wasm32"), debug_assertions))]
const EMBEDDED: &[(Locale, &str)] = include!(concat!(env!("OUT_DIR"), "/texts.rs"));

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::{Catalogue, DamagedTexts, EMBEDDED};
    use crate::i18n::{Key, Locale};

    fn of(wanted: Locale) -> &'static str {
        EMBEDDED.iter().find(|(locale, _)| *locale == wanted).map_or("", |(_, content)| content)
    }

    fn refused(content: &str) -> bool {
        Catalogue::parse(content.to_owned()) == Err(DamagedTexts)
    }

    #[test]
    fn every_language_is_read_whole() {
        for (locale, content) in EMBEDDED {
            let catalogue = Catalogue::parse((*content).to_owned());
            assert_eq!(catalogue.as_ref().map(Catalogue::locale), Ok(*locale));
            let is_full =
                |catalogue: &Catalogue| Key::ALL.iter().all(|key| !catalogue.message(*key).is_empty());
            assert!(catalogue.as_ref().is_ok_and(is_full), "{locale:?}");
        }
    }

    #[test]
    fn texts_that_were_cut_short_anywhere_are_refused() {
        let whole = of(Locale::Ja);
        for end in (0..whole.len()).filter(|end| whole.is_char_boundary(*end)) {
            let part = whole.get(..end).unwrap_or_default();
            assert!(refused(part), "cut at {end}");
        }
    }

    #[test]
    fn texts_of_another_page_and_other_files_are_refused() {
        let whole = of(Locale::En);
        assert!(refused(&whole.replace(Key::SET, "0123456789abcdef")));
        assert!(refused(&whole.replacen(" en ", " tlh ", 1)));
        assert!(refused(&whole.replacen("portal-texts", "portal-text", 1)));
        assert!(refused(&format!("{whole}one more\n")));
        assert!(refused("<!DOCTYPE html><title>Company portal</title>\n"));
    }
}
