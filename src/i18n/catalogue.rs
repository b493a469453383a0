//! The messages of one language: one text and where each message ends in it.

use super::Key;

/// The messages of one language in the order of [`Key`].
#[derive(Debug, Clone, Copy)]
pub(super) struct Catalogue {
    text: &'static str,
    ends: &'static [u32],
}

impl Catalogue {
    pub(super) const fn new(text: &'static str, ends: &'static [u32]) -> Self {
        Self { text, ends }
    }

    /// The stored message, with control characters for gaps and between plural forms.
    pub(super) fn message(&self, key: Key) -> &'static str {
        let place = key as usize;
        let end_of = |index: usize| self.ends.get(index).map_or(0, |end| *end as usize);
        let start = place.checked_sub(1).map_or(0, end_of);
        self.text.get(start..end_of(place)).unwrap_or_default()
    }
}
