//! The vault: XChaCha20-Poly1305 with a random 24-byte nonce for each passcode, and the reset's identifier as
//! associated data, so that a ciphertext moved to another row does not open.

mod token_seal;

pub use token_seal::AeadTokenSeal;

use crate::domain::ids::ResultId;
use crate::ports::{PasscodeVault, Randomness, Sealed, VaultError};
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};
use portal_contract::SecretText;
use std::sync::Arc;

/// Length of the key, in bytes.
pub const KEY_BYTES: usize = 32;
const NONCE_BYTES: usize = 24;

/// The vault. Its `Debug` shows no key.
pub struct AeadVault {
    cipher: XChaCha20Poly1305,
    randomness: Arc<dyn Randomness>,
}

impl std::fmt::Debug for AeadVault {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("AeadVault([REDACTED])")
    }
}

impl AeadVault {
    /// With the key of the configuration.
    #[must_use]
    pub fn new(key: &[u8; KEY_BYTES], randomness: Arc<dyn Randomness>) -> Self {
        Self { cipher: XChaCha20Poly1305::new(&Key::from(*key)), randomness }
    }
}

impl PasscodeVault for AeadVault {
    fn seal(&self, result_id: &ResultId, passcode: &SecretText) -> Result<Sealed, VaultError> {
        let mut nonce = [0_u8; NONCE_BYTES];
        self.randomness.fill(&mut nonce).map_err(|_| VaultError)?;
        let payload = Payload { msg: passcode.reveal().as_bytes(), aad: result_id.as_str().as_bytes() };
        let ciphertext = self.cipher.encrypt(&XNonce::from(nonce), payload).map_err(|_| VaultError)?;
        Ok(Sealed { nonce: nonce.to_vec(), ciphertext })
    }

    fn open(&self, result_id: &ResultId, sealed: &Sealed) -> Result<SecretText, VaultError> {
        let nonce: [u8; NONCE_BYTES] = sealed.nonce.as_slice().try_into().map_err(|_| VaultError)?;
        let payload = Payload { msg: &sealed.ciphertext, aad: result_id.as_str().as_bytes() };
        let opened = self.cipher.decrypt(&XNonce::from(nonce), payload).map_err(|_| VaultError)?;
        String::from_utf8(opened).map(SecretText::new).map_err(|_| VaultError)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ports::RandomnessError;
    use std::sync::atomic::{AtomicU8, Ordering};

    /// Never the same twice in a test.
    struct Counting(AtomicU8);

    impl Randomness for Counting {
        fn fill(&self, buffer: &mut [u8]) -> Result<(), RandomnessError> {
            buffer.fill(self.0.fetch_add(1, Ordering::SeqCst));
            Ok(())
        }
    }

    fn vault(key: u8) -> AeadVault {
        AeadVault::new(&[key; KEY_BYTES], Arc::new(Counting(AtomicU8::new(0))))
    }

    #[test]
    fn a_sealed_passcode_opens_only_for_its_own_reset_and_with_its_own_key() {
        let id = ResultId::trusted("r-1".to_owned());
        let secret = SecretText::new("ad3k7fhx".to_owned());
        let sealed = vault(1).seal(&id, &secret).unwrap();
        assert_eq!(vault(1).open(&id, &sealed), Ok(secret));
        assert_eq!(vault(1).open(&ResultId::trusted("r-2".to_owned()), &sealed), Err(VaultError));
        assert_eq!(vault(2).open(&id, &sealed), Err(VaultError));
        let mut changed = sealed;
        changed.ciphertext[0] ^= 1;
        assert_eq!(vault(1).open(&id, &changed), Err(VaultError));
    }

    #[test]
    fn the_same_passcode_is_never_sealed_the_same_way_twice() {
        let id = ResultId::trusted("r-1".to_owned());
        let secret = SecretText::new("ad3k7fhx".to_owned());
        let vault = vault(1);
        assert_ne!(vault.seal(&id, &secret).unwrap(), vault.seal(&id, &secret).unwrap());
    }
}
