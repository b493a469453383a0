//! Encryption of temporary passcodes at rest.

use crate::domain::ids::ResultId;
use portal_contract::SecretText;

/// An encrypted passcode.
#[derive(Clone, PartialEq, Eq)]
pub struct Sealed {
    /// The nonce, unique for each.
    pub nonce: Vec<u8>,
    /// The ciphertext with its tag.
    pub ciphertext: Vec<u8>,
}

impl std::fmt::Debug for Sealed {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("[SEALED]")
    }
}

/// Sealing or opening failed. It says no more on purpose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VaultError;

/// Encrypts passcodes, each bound to the reset it belongs to.
pub trait PasscodeVault: Send + Sync {
    /// Encrypts.
    ///
    /// # Errors
    /// [`VaultError`] when there is no randomness.
    fn seal(&self, result_id: &ResultId, passcode: &SecretText) -> Result<Sealed, VaultError>;

    /// Decrypts.
    ///
    /// # Errors
    /// [`VaultError`] when it was changed, belongs to another reset, or the key is another one.
    fn open(&self, result_id: &ResultId, sealed: &Sealed) -> Result<SecretText, VaultError>;
}
