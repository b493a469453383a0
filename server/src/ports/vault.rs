//! Encryption of temporary passcodes at rest.

use crate::domain::ids::{DeviceId, ResultId};
use crate::domain::person::PersonId;
use crate::domain::secret_key::KeyId;
use portal_contract::SecretText;

/// An encrypted passcode.
#[derive(Clone, PartialEq, Eq)]
pub struct Sealed {
    /// The key; `None` for one that was sealed before keys had names.
    pub key: Option<KeyId>,
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

/// What a passcode is for. It opens for nothing else: not for another reset, device or person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Purpose<'a> {
    /// The reset that sets it.
    pub result_id: &'a ResultId,
    /// Who may see it.
    pub person: &'a PersonId,
    /// The device it unlocks.
    pub device: &'a DeviceId,
}

/// Sealing or opening failed. It says no more than an operator needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum VaultError {
    /// The machine has no random bytes.
    NoRandomness,
    /// It was sealed with a key that is not configured (any more).
    KeyMissing(KeyId),
    /// It was changed, belongs to something else, or was sealed before keys had names with a key that is not configured.
    DoesNotOpen,
}

impl std::fmt::Display for VaultError {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::NoRandomness => formatter.write_str("the machine has no random bytes"),
            Self::KeyMissing(key) => {
                write!(
                    formatter,
                    "it was sealed with key {key}, which is not configured: add it as an older key"
                )
            }
            Self::DoesNotOpen => formatter
                .write_str("it does not open: it was changed, or its key is not among the configured ones"),
        }
    }
}

/// Encrypts passcodes, each bound to what it is for.
pub trait PasscodeVault: Send + Sync {
    /// The key that seals.
    fn current_key(&self) -> &KeyId;

    /// Encrypts with the current key.
    ///
    /// # Errors
    /// [`VaultError::NoRandomness`].
    fn seal(&self, purpose: &Purpose<'_>, passcode: &SecretText) -> Result<Sealed, VaultError>;

    /// Decrypts with the key it was sealed with.
    ///
    /// # Errors
    /// [`VaultError::KeyMissing`], [`VaultError::DoesNotOpen`].
    fn open(&self, purpose: &Purpose<'_>, sealed: &Sealed) -> Result<SecretText, VaultError>;
}
