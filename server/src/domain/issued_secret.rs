//! Secrets that a management service tells, as they are sealed: one text, so that nothing of it lies open anywhere.

use super::service_text::shown;
use portal_contract::{SecretPart, SecretText};

/// For how long one is kept after it was told, in milliseconds: an hour.
pub const KEPT_MILLIS: i64 = 3_600_000;
/// The longest secret that is taken, in characters: a BitLocker key has 55.
const LONGEST: usize = 256;
/// The longest label, in characters.
const LONGEST_LABEL: usize = 100;
/// The most parts.
const MOST_PARTS: usize = 16;

/// One secret or several, told apart by their labels.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IssuedParts(Vec<SecretPart>);

/// A part; `None` for a secret that could not be typed.
#[must_use]
pub fn part(label: &str, value: SecretText) -> Option<SecretPart> {
    let text = value.reveal();
    let is_one =
        !text.trim().is_empty() && text.chars().count() <= LONGEST && !text.chars().any(char::is_control);
    is_one.then(|| SecretPart { label: shown(label, LONGEST_LABEL), value })
}

impl IssuedParts {
    /// `None` where there is no part.
    #[must_use]
    pub fn of(parts: impl IntoIterator<Item = SecretPart>) -> Option<Self> {
        let parts: Vec<SecretPart> = parts.into_iter().take(MOST_PARTS).collect();
        (!parts.is_empty()).then_some(Self(parts))
    }

    /// The one text that is sealed.
    #[must_use]
    pub fn to_text(&self) -> SecretText {
        SecretText::new(serde_json::to_string(&self.0).unwrap_or_default())
    }

    /// Reads what [`IssuedParts::to_text`] wrote; `None` when it is something else.
    #[must_use]
    pub fn from_text(text: &SecretText) -> Option<Self> {
        Self::of(serde_json::from_str::<Vec<SecretPart>>(text.reveal()).ok()?)
    }

    /// The parts.
    #[must_use]
    pub fn into_parts(self) -> Vec<SecretPart> {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret(text: &str) -> SecretText {
        SecretText::new(text.to_owned())
    }

    #[test]
    fn parts_survive_the_vault() {
        let parts = [part("4F1D", secret("123456-654321")), part("", secret("a\"b"))];
        let parts = IssuedParts::of(parts.into_iter().flatten()).unwrap();
        assert_eq!(IssuedParts::from_text(&parts.to_text()), Some(parts));
        for text in ["", "[]", "123456", "[{}]"] {
            assert_eq!(IssuedParts::from_text(&secret(text)), None, "{text}");
        }
    }

    #[test]
    fn what_nobody_could_type_is_no_secret() {
        for text in ["", " ", "a\nb", &"x".repeat(257)] {
            assert_eq!(part("l", secret(text)), None, "{text:?}");
        }
    }
}
