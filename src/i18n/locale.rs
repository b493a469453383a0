//! Which language the page speaks.
//!
//! The enumeration itself is generated: a language is a file in `locales/`.

use super::Locale;

impl Locale {
    /// The language of a BCP 47 tag (RFC 5646) by its primary subtag, so that `ja-JP` and `JA` are Japanese.
    #[must_use]
    pub fn from_tag(tag: &str) -> Option<Self> {
        let primary = tag.split(['-', '_']).next().unwrap_or(tag);
        Self::ALL.iter().copied().find(|locale| locale.tag().eq_ignore_ascii_case(primary))
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

#[cfg(test)]
mod tests {
    use super::Locale;

    #[test]
    fn the_browser_decides_when_nobody_else_does() {
        assert_eq!(Locale::negotiate(None, None, ["fr-CA", "ja-JP", "en"]), Locale::Ja);
        assert_eq!(Locale::negotiate(None, None, ["en-GB", "ja"]), Locale::En);
    }

    #[test]
    fn the_organisation_goes_before_the_browser_and_the_person_before_both() {
        assert_eq!(Locale::negotiate(None, Some("ja"), ["en"]), Locale::Ja);
        assert_eq!(Locale::negotiate(Some("en"), Some("ja"), ["ja"]), Locale::En);
    }

    #[test]
    fn unknown_tags_are_skipped_and_english_is_left() {
        assert_eq!(Locale::negotiate(Some("xx"), Some(""), ["fr", "-", "jav"]), Locale::En);
        assert_eq!(Locale::negotiate(None, None, []), Locale::En);
    }
}
