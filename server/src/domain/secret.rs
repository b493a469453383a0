//! Random secrets that a browser holds, and what the server keeps of them: a hash. Whoever reads the database learns no
//! cookie from it; 256 random bits need no salt and no slow hash.

use base64ct::{Base64UrlUnpadded, Encoding as _};
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

/// How many random bytes a secret has.
pub const SECRET_BYTES: usize = 32;

/// 256 random bits. No `Debug` of the value, no `Display`, no comparison: what is compared is the hash. On the heap and never
/// by value, so that a move leaves no copy on a stack, where nothing would wipe it.
#[derive(Clone)]
pub struct BrowserSecret(Zeroizing<Vec<u8>>);

impl BrowserSecret {
    /// Random bytes, written in place by `fill`.
    ///
    /// # Errors
    /// What `fill` says.
    pub fn drawn<E>(fill: impl FnOnce(&mut [u8]) -> Result<(), E>) -> Result<Self, E> {
        let mut bytes = Zeroizing::new(vec![0; SECRET_BYTES]);
        fill(&mut bytes)?;
        Ok(Self(bytes))
    }

    /// A secret that is none.
    #[cfg(test)]
    pub(crate) fn new(bytes: [u8; SECRET_BYTES]) -> Self {
        Self(Zeroizing::new(bytes.to_vec()))
    }

    /// Reads what a browser sent; `None` for what this server cannot have given out. Until 0.1 it gave out base64url: such a
    /// cookie is good until its session ends.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let read = if text.len() == 2 * SECRET_BYTES {
            base16ct::lower::decode_vec(text).ok()?
        } else {
            Base64UrlUnpadded::decode_vec(text).ok()?
        };
        let bytes = Zeroizing::new(read);
        (bytes.len() == SECRET_BYTES).then_some(Self(bytes))
    }

    /// The text for the cookie or the address: digits and letters, because a web application firewall may take `--`, which
    /// base64url can hold, for SQL. Every call is a place to review.
    #[must_use]
    pub fn reveal(&self) -> String {
        base16ct::lower::encode_string(&self.0)
    }

    /// What the server keeps.
    #[must_use]
    pub fn hash(&self) -> SecretHash {
        SecretHash(sha256(&[&self.0]))
    }

    /// A key for the one thing that `label` names, which nobody without this secret can compute.
    #[must_use]
    pub fn key_for(&self, label: &'static str) -> [u8; 32] {
        sha256(&[label.as_bytes(), &[0], &self.0])
    }

    /// A value for the one thing that `label` names, which needs both secrets; digits and letters.
    #[must_use]
    pub fn combined(&self, other: &Self, label: &'static str) -> String {
        let hash = Zeroizing::new(sha256(&[label.as_bytes(), &[0], &self.0, &other.0]));
        base16ct::lower::encode_string(&*hash)
    }
}

/// The SHA-256 of all parts, one after the other. The hasher is not moved once it has seen them.
fn sha256(parts: &[&[u8]]) -> [u8; 32] {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update(part);
    }
    hasher.finalize_reset().into()
}

impl std::fmt::Debug for BrowserSecret {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("[REDACTED]")
    }
}

/// The SHA-256 of a secret. `Debug` shows nothing: in a log it would tie lines to a browser.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct SecretHash([u8; 32]);

impl SecretHash {
    /// Reads a stored hash.
    #[must_use]
    pub fn stored(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    /// The bytes, for the database.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl std::fmt::Debug for SecretHash {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("SecretHash(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_read_back_from_its_text_and_from_nothing_else() {
        let secret = BrowserSecret::new([7; SECRET_BYTES]);
        let text = secret.reveal();
        assert_eq!(text, "07".repeat(SECRET_BYTES), "nothing a firewall could take for SQL");
        assert_eq!(BrowserSecret::parse(&text).map(|read| read.hash()), Some(secret.hash()));
        for wrong in
            ["", "abc", &format!("{text}A"), &text[1..], "!".repeat(64).as_str(), "!".repeat(43).as_str()]
        {
            assert!(BrowserSecret::parse(wrong).is_none(), "{wrong}");
        }
    }

    #[test]
    fn a_cookie_of_an_earlier_release_is_still_read() {
        let secret = BrowserSecret::new([0xfb; SECRET_BYTES]);
        let before = Base64UrlUnpadded::encode_string(&[0xfb; SECRET_BYTES]);
        assert_eq!(BrowserSecret::parse(&before).map(|read| read.hash()), Some(secret.hash()));
    }

    #[test]
    fn what_is_derived_differs_by_label_and_by_either_secret() {
        let (one, other) = (BrowserSecret::new([1; 32]), BrowserSecret::new([2; 32]));
        assert_ne!(one.key_for("a"), one.key_for("b"));
        assert_ne!(one.key_for("a"), other.key_for("a"));
        assert_ne!(one.key_for("a").as_slice(), one.hash().as_bytes());
        assert_ne!(one.combined(&other, "a"), one.combined(&other, "b"));
        assert_ne!(one.combined(&other, "a"), other.combined(&one, "a"));
        assert_eq!(
            one.combined(&other, "a").len(),
            64,
            "long enough for a code verifier (RFC 7636 section 4.1)"
        );
    }

    #[test]
    fn neither_a_secret_nor_its_hash_is_shown() {
        let secret = BrowserSecret::new([7; 32]);
        let shown = format!("{secret:?} {:?}", secret.hash());
        assert_eq!(shown, "[REDACTED] SecretHash(..)");
    }
}
