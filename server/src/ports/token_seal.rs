//! Encryption of ID tokens at rest, each with a key of its own that is nowhere at rest.

use super::randomness::RandomnessError;
use portal_contract::SecretText;

/// An encrypted ID token.
#[derive(Clone, PartialEq, Eq)]
pub struct SealedToken(pub Vec<u8>);

impl std::fmt::Debug for SealedToken {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("[SEALED]")
    }
}

/// Encrypts ID tokens.
pub trait TokenSeal: Send + Sync {
    /// Encrypts.
    ///
    /// # Errors
    /// [`RandomnessError`] when there is no randomness.
    fn seal(&self, key: &[u8; 32], token: &SecretText) -> Result<SealedToken, RandomnessError>;

    /// Decrypts; `None` when it was changed or the key is another one.
    fn open(&self, key: &[u8; 32], sealed: &SealedToken) -> Option<SecretText>;
}
