//! Secret keys of 32 bytes, and rings of them: one that seals, older ones that still open.
//!
//! A key is named by a fingerprint of itself. Nobody has to invent names or keep them in step with the keys, and two
//! different keys cannot carry the same one. The fingerprint of 256 random bits says nothing about them.

use base64ct::{Base64, Encoding as _};
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

/// Length of a key, in bytes.
pub const KEY_BYTES: usize = 32;
/// How much of the fingerprint names a key, in bytes.
const ID_BYTES: usize = 8;
/// Keeps the fingerprint apart from every other hash of the program.
const ID_DOMAIN: &[u8] = b"passcode-portal/key-id/1\n";

/// Names a key without telling anything about it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct KeyId(String);

impl KeyId {
    /// A name read back from where this program wrote it.
    #[must_use]
    pub const fn trusted(text: String) -> Self {
        Self(text)
    }

    /// The name: 16 hexadecimal digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for KeyId {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// A key. It is wiped when it is dropped, and its `Debug` shows its name only.
#[derive(Clone)]
pub struct SecretKey {
    id: KeyId,
    bytes: Zeroizing<[u8; KEY_BYTES]>,
}

impl SecretKey {
    /// A key of these bytes.
    #[must_use]
    pub fn new(bytes: &[u8; KEY_BYTES]) -> Self {
        let digest = Sha256::new().chain_update(ID_DOMAIN).chain_update(bytes).finalize();
        let name: Vec<u8> = digest.iter().copied().take(ID_BYTES).collect();
        Self { id: KeyId(base16ct::lower::encode_string(&name)), bytes: Zeroizing::new(*bytes) }
    }

    /// Its name.
    #[must_use]
    pub const fn id(&self) -> &KeyId {
        &self.id
    }

    /// The key itself. Every call is a place to review.
    #[must_use]
    pub fn reveal(&self) -> &[u8; KEY_BYTES] {
        &self.bytes
    }
}

impl std::fmt::Debug for SecretKey {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "SecretKey({})", self.id)
    }
}

/// Why a text is no ring of keys. The number counts the text's lines from 1; the line itself is never shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyRingError {
    /// There is no key in it.
    NoKey,
    /// The line is not 32 bytes in base64.
    NotAKey(usize),
    /// All bytes are the same.
    NotRandom(usize),
    /// The key stands there twice.
    Twice(usize),
}

impl std::fmt::Display for KeyRingError {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::NoKey => formatter.write_str("holds no key: write one with `openssl rand -base64 32`"),
            Self::NotAKey(line) => {
                write!(
                    formatter,
                    "line {line} must be exactly 32 bytes in base64 (`openssl rand -base64 32`)"
                )
            }
            Self::NotRandom(line) => {
                write!(formatter, "line {line} is not random: use `openssl rand -base64 32`")
            }
            Self::Twice(line) => write!(formatter, "line {line} is a key that stands further up already"),
        }
    }
}

/// The keys there are: the first seals, every one opens.
#[derive(Debug, Clone)]
pub struct KeyRing {
    pub(super) current: SecretKey,
    pub(super) older: Vec<SecretKey>,
}

impl KeyRing {
    /// One key and no older ones.
    #[must_use]
    pub const fn of(current: SecretKey) -> Self {
        Self { current, older: Vec::new() }
    }

    /// Reads keys, one a line, the current one first. Empty lines and lines that begin with `#` do not count.
    ///
    /// # Errors
    /// [`KeyRingError`].
    pub fn parse(text: &str) -> Result<Self, KeyRingError> {
        let mut keys: Vec<SecretKey> = Vec::new();
        for (number, line) in (1..).zip(text.lines()) {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let mut bytes = Zeroizing::new([0; KEY_BYTES]);
            let is_key = Base64::decode(line, bytes.as_mut()).is_ok_and(|decoded| decoded.len() == KEY_BYTES);
            if !is_key {
                return Err(KeyRingError::NotAKey(number));
            }
            if bytes.iter().all(|byte| Some(byte) == bytes.first()) {
                return Err(KeyRingError::NotRandom(number));
            }
            let key = SecretKey::new(&bytes);
            if keys.iter().any(|known| known.id == key.id) {
                return Err(KeyRingError::Twice(number));
            }
            keys.push(key);
        }
        let mut keys = keys.into_iter();
        let current = keys.next().ok_or(KeyRingError::NoKey)?;
        Ok(Self { current, older: keys.collect() })
    }

    /// The key that seals.
    #[must_use]
    pub const fn current(&self) -> &SecretKey {
        &self.current
    }

    /// Every key, newest first.
    pub fn iter(&self) -> impl Iterator<Item = &SecretKey> {
        std::iter::once(&self.current).chain(&self.older)
    }

    /// A key by its name.
    #[must_use]
    pub fn find(&self, id: &KeyId) -> Option<&SecretKey> {
        self.iter().find(|key| key.id == *id)
    }

    /// How old a key is: 0 is the current one.
    #[must_use]
    pub fn age(&self, id: &KeyId) -> Option<usize> {
        self.iter().position(|key| key.id == *id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIRST: &str = "3q2+7wABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhs=";
    const SECOND: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

    #[test]
    fn the_first_key_seals_and_the_others_are_older() {
        let ring = KeyRing::parse(&format!("# new\n{SECOND}\n\n  {FIRST}  \n")).unwrap();
        let older = KeyRing::parse(FIRST).unwrap();
        assert_eq!(ring.current().id(), KeyRing::parse(SECOND).unwrap().current().id());
        assert_eq!(ring.age(older.current().id()), Some(1));
        assert_eq!(ring.find(older.current().id()).map(|key| key.reveal()[0]), Some(0xde));
        assert_eq!(older.find(ring.current().id()).map(SecretKey::id), None);
    }

    #[test]
    fn a_key_is_named_by_itself_and_shows_nothing_else() {
        let key = SecretKey::new(&[7; KEY_BYTES]);
        assert_eq!(key.id(), SecretKey::new(&[7; KEY_BYTES]).id());
        assert_ne!(key.id(), SecretKey::new(&[8; KEY_BYTES]).id());
        assert_eq!(key.id().as_str().len(), 16);
        assert_eq!(format!("{key:?}"), format!("SecretKey({})", key.id()));
    }

    #[test]
    fn what_is_no_key_is_named_by_its_line_and_never_shown() {
        let zeros = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
        for (text, expected) in [
            (String::new(), KeyRingError::NoKey),
            ("# nothing\n".to_owned(), KeyRingError::NoKey),
            (format!("{FIRST}\nc2hvcnQ=\n"), KeyRingError::NotAKey(2)),
            (zeros.to_owned(), KeyRingError::NotRandom(1)),
            (format!("{FIRST}\n{SECOND}\n{FIRST}"), KeyRingError::Twice(3)),
        ] {
            let error = KeyRing::parse(&text).err();
            assert_eq!(error, Some(expected), "{text}");
            assert!(!error.unwrap().to_string().contains("c2hvcnQ"));
        }
    }
}
