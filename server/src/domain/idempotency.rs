//! The key that makes a reset safe to repeat, and what "the same request" means.

/// For how long a key gives the same answer, in seconds (api.md: 24 hours).
pub const KEY_LIFETIME_SECONDS: i64 = 24 * 3600;

/// The longest key accepted.
pub const LONGEST_KEY: usize = 255;

/// A client's `Idempotency-Key`: 1 to 255 visible ASCII characters.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct IdempotencyKey(String);

impl IdempotencyKey {
    /// Reads the header's value; `None` for anything that cannot be a key.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let fits =
            !text.is_empty() && text.len() <= LONGEST_KEY && text.bytes().all(|byte| byte.is_ascii_graphic());
        fits.then(|| Self(text.to_owned()))
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A digest of what was asked (action, device and body): two requests with one key must have the same one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fingerprint(pub String);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_visible_ascii_of_bounded_length() {
        assert!(IdempotencyKey::parse("6f1c0d0e-5c2f-4a33-9c3e-0123456789ab").is_some());
        for text in ["", " ", "a b", "é", "a\n", &"k".repeat(256)] {
            assert_eq!(IdempotencyKey::parse(text), None, "{text:?}");
        }
    }
}
