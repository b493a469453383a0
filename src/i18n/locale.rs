//! Which language the page speaks.
//!
//! The enumeration itself is generated: a language is a file in `locales/`, and its head says what is said here. Choosing
//! one is a rule of [`Locale::negotiate`]; `boot.js` follows the same rule to start loading before the page runs, and a
//! browser test compares the two.

use super::Locale;
use super::plural::PluralFamily;

/// What the head of a language file says.
pub(super) struct About {
    pub(super) tag: &'static str,
    pub(super) name: &'static str,
    pub(super) direction: Direction,
    pub(super) plural: PluralFamily,
    pub(super) is_machine_drafted: bool,
}

/// In which direction a language is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(dead_code, reason = "a direction stays known when no language file uses it")]
pub enum Direction {
    /// From left to right.
    Ltr,
    /// From right to left.
    Rtl,
}

impl Direction {
    /// The value of the attribute `dir`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ltr => "ltr",
            Self::Rtl => "rtl",
        }
    }
}

impl Locale {
    /// The BCP 47 tag, for the `lang` attribute and `Intl`.
    #[must_use]
    pub const fn tag(self) -> &'static str {
        self.about().tag
    }

    /// The name of the language in itself, for the language switch.
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.about().name
    }

    /// In which direction it is written.
    #[must_use]
    pub const fn direction(self) -> Direction {
        self.about().direction
    }

    /// Whether a machine drafted its texts and no person has checked them yet.
    #[must_use]
    pub const fn is_machine_drafted(self) -> bool {
        self.about().is_machine_drafted
    }

    pub(crate) const fn plural_family(self) -> PluralFamily {
        self.about().plural
    }

    /// The language for a BCP 47 tag (RFC 5646): `ja-JP` and `JA` are Japanese, `zh` and `zh-SG` are Chinese in
    /// simplified characters, `zh-TW` is not.
    #[must_use]
    pub fn from_tag(tag: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|locale| serves(locale.tag(), tag))
    }

    /// The language to begin with: the person's own choice in this tab, else the one the organisation configured, else
    /// the first of the browser's languages that there is a file for, else the first language of all.
    #[must_use]
    pub fn negotiate<'a>(
        chosen: Option<&str>,
        configured: Option<&str>,
        browser: impl IntoIterator<Item = &'a str>,
    ) -> Self {
        let wish = chosen.and_then(Self::from_tag).or_else(|| configured.and_then(Self::from_tag));
        wish.or_else(|| browser.into_iter().find_map(Self::from_tag)).unwrap_or_else(Self::fallback)
    }

    fn fallback() -> Self {
        Self::ALL.first().copied().unwrap_or(Self::En)
    }
}

/// Whether the language of the file `tag` is what the tag `wish` asks for: the same primary subtag, and the same script
/// where the file is for one script of several.
#[must_use]
pub fn serves(tag: &str, wish: &str) -> bool {
    let mut own = tag.split('-');
    let mut asked = wish.split(['-', '_']);
    let (language, script) = (own.next().unwrap_or_default(), own.next());
    asked.next().is_some_and(|one| one.eq_ignore_ascii_case(language))
        && script.is_none_or(|script| script.eq_ignore_ascii_case(script_of(asked)))
}

/// The script a tag names, or that is usual in its region (CLDR, likely subtags). Chinese is the one language among ours
/// that is written in two.
fn script_of<'a>(mut subtags: impl Iterator<Item = &'a str> + Clone) -> &'a str {
    if let Some(script) = subtags.clone().find(|subtag| subtag.len() == 4) {
        return script;
    }
    let is_traditional = |subtag: &str| ["TW", "HK", "MO"].iter().any(|one| one.eq_ignore_ascii_case(subtag));
    if subtags.any(is_traditional) { "Hant" } else { "Hans" }
}

#[cfg(test)]
mod tests {
    use super::{Locale, serves};

    #[test]
    fn the_browser_decides_when_nobody_else_does() {
        assert_eq!(Locale::negotiate(None, None, ["tlh", "ja-JP", "en"]), Locale::Ja);
        assert_eq!(Locale::negotiate(None, None, ["en-GB", "ja"]), Locale::En);
    }

    #[test]
    fn the_organisation_goes_before_the_browser_and_the_person_before_both() {
        assert_eq!(Locale::negotiate(None, Some("ja"), ["en"]), Locale::Ja);
        assert_eq!(Locale::negotiate(Some("en"), Some("ja"), ["ja"]), Locale::En);
    }

    #[test]
    fn unknown_tags_are_skipped_and_english_is_left() {
        assert_eq!(Locale::negotiate(Some("xx"), Some(""), ["tlh", "-", "jav"]), Locale::En);
        assert_eq!(Locale::negotiate(None, None, []), Locale::En);
    }

    #[test]
    fn chinese_in_simplified_characters_is_for_those_who_read_them() {
        for wish in ["zh", "zh-CN", "zh-SG", "ZH_cn", "zh-Hans", "zh-Hans-HK", "zh-hans-cn"] {
            assert!(serves("zh-Hans", wish), "{wish}");
        }
        for wish in ["zh-TW", "zh-HK", "zh-MO", "zh-Hant", "zh-Hant-CN", "ja", "z", ""] {
            assert!(!serves("zh-Hans", wish), "{wish}");
        }
        assert!(serves("zh-Hant", "zh-TW") && !serves("zh-Hant", "zh"));
    }

    #[test]
    fn a_language_serves_all_its_regions_and_no_other_language() {
        assert!(serves("ar", "ar-EG") && serves("de", "de-CH-1996") && serves("es", "es-419"));
        assert!(!serves("de", "den") && !serves("de", "d"));
    }

    #[test]
    fn every_language_is_found_by_its_own_tag() {
        for locale in Locale::ALL {
            assert_eq!(Locale::from_tag(locale.tag()), Some(*locale));
        }
    }
}
