//! The key that makes a reset safe to repeat.

use super::hexadecimal::hexadecimal;

/// The same key gives the same answer for 24 hours (api.md). One key belongs to one step-up sign-in, so a repeated
/// attempt after a lost answer can never become a second reset.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct IdempotencyKey(String);

impl IdempotencyKey {
    /// From 16 random bytes of the browser's generator.
    #[must_use]
    pub fn from_random(bytes: [u8; 16]) -> Self {
        Self(hexadecimal(&bytes))
    }

    /// Reads a key that was kept across a reload; `None` for anything this type did not write.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let is_ours = text.len() == 32 && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        is_ours.then(|| Self(text.to_owned()))
    }

    /// The value of the `Idempotency-Key` header.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_survives_being_kept() {
        let key = IdempotencyKey::from_random([0xa5; 16]);
        assert_eq!(IdempotencyKey::parse(key.as_str()), Some(key));
        assert_eq!(IdempotencyKey::parse("short"), None);
        assert_eq!(IdempotencyKey::parse(&"G".repeat(32)), None);
    }
}
