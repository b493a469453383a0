//! The vault: XChaCha20-Poly1305 with a random 24-byte nonce for each passcode. Reset, person, device and key are
//! associated data, so that a ciphertext moved to another row, or a row given to another person, does not open.

mod token_seal;

pub use token_seal::AeadTokenSeal;

use crate::domain::secret_key::{KeyId, KeyRing, SecretKey};
use crate::ports::{PasscodeVault, Purpose, Randomness, Sealed, VaultError};
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use portal_contract::SecretText;
use std::sync::Arc;
use zeroize::Zeroize as _;

pub use crate::domain::secret_key::KEY_BYTES;

const NONCE_BYTES: usize = 24;
/// Keeps the passcodes apart from anything else that may one day be sealed with the same keys.
const DOMAIN: &[u8] = b"passcode-portal/passcode/2\n";

/// The vault. Its `Debug` shows no key.
pub struct AeadVault {
    keys: KeyRing,
    randomness: Arc<dyn Randomness>,
}

impl std::fmt::Debug for AeadVault {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "AeadVault({:?})", self.keys)
    }
}

impl AeadVault {
    /// With a single key.
    #[must_use]
    pub fn new(key: &[u8; KEY_BYTES], randomness: Arc<dyn Randomness>) -> Self {
        Self::with_keys(KeyRing::of(SecretKey::new(key)), randomness)
    }

    /// With a current key and older ones.
    #[must_use]
    pub const fn with_keys(keys: KeyRing, randomness: Arc<dyn Randomness>) -> Self {
        Self { keys, randomness }
    }
}

/// The associated data, each field with its length, so that no two purposes are the same bytes.
fn bound_to(purpose: &Purpose<'_>, key: &KeyId) -> Vec<u8> {
    let mut bytes = DOMAIN.to_vec();
    for field in [key.as_str(), purpose.result_id.as_str(), purpose.person.as_str(), purpose.device.as_str()]
    {
        bytes.extend(u64::try_from(field.len()).unwrap_or(u64::MAX).to_be_bytes());
        bytes.extend(field.as_bytes());
    }
    bytes
}

fn open_with(key: &SecretKey, bound_to: &[u8], sealed: &Sealed) -> Result<SecretText, VaultError> {
    let nonce: [u8; NONCE_BYTES] = sealed.nonce.as_slice().try_into().map_err(|_| VaultError::DoesNotOpen)?;
    let payload = Payload { msg: &sealed.ciphertext, aad: bound_to };
    let opened = XChaCha20Poly1305::new(key.reveal().into())
        .decrypt(&XNonce::from(nonce), payload)
        .map_err(|_| VaultError::DoesNotOpen)?;
    String::from_utf8(opened).map(SecretText::new).map_err(|error| {
        error.into_bytes().zeroize();
        VaultError::DoesNotOpen
    })
}

impl PasscodeVault for AeadVault {
    fn current_key(&self) -> &KeyId {
        self.keys.current().id()
    }

    fn seal(&self, purpose: &Purpose<'_>, passcode: &SecretText) -> Result<Sealed, VaultError> {
        let mut nonce = [0_u8; NONCE_BYTES];
        self.randomness.fill(&mut nonce).map_err(|_| VaultError::NoRandomness)?;
        let key = self.keys.current();
        let bound_to = bound_to(purpose, key.id());
        let payload = Payload { msg: passcode.reveal().as_bytes(), aad: &bound_to };
        // Encrypting fails only for a text of 256 GiB.
        let ciphertext = XChaCha20Poly1305::new(key.reveal().into())
            .encrypt(&XNonce::from(nonce), payload)
            .map_err(|_| VaultError::DoesNotOpen)?;
        Ok(Sealed { key: Some(key.id().clone()), nonce: nonce.to_vec(), ciphertext })
    }

    fn open(&self, purpose: &Purpose<'_>, sealed: &Sealed) -> Result<SecretText, VaultError> {
        match &sealed.key {
            Some(id) => {
                let key = self.keys.find(id).ok_or_else(|| VaultError::KeyMissing(id.clone()))?;
                open_with(key, &bound_to(purpose, id), sealed)
            }
            // From before keys had names: bound to the reset alone, and no telling which key it was.
            None => {
                let bound_to = purpose.result_id.as_str().as_bytes();
                let mut opened = self.keys.iter().filter_map(|key| open_with(key, bound_to, sealed).ok());
                opened.next().ok_or(VaultError::DoesNotOpen)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ids::{DeviceId, ResultId};
    use crate::domain::person::PersonId;
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

    fn vault(keys: &str) -> AeadVault {
        AeadVault::with_keys(KeyRing::parse(keys).unwrap(), Arc::new(Counting(AtomicU8::new(0))))
    }

    const OLD: &str = "3q2+7wABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhs=";
    const NEW: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

    struct Row {
        result_id: ResultId,
        person: PersonId,
        device: DeviceId,
    }

    impl Row {
        fn new(result_id: &str, person: &str, device: &str) -> Self {
            Self {
                result_id: ResultId::trusted(result_id.to_owned()),
                person: PersonId::new(person.to_owned()),
                device: DeviceId::trusted(device.to_owned()),
            }
        }

        fn purpose(&self) -> Purpose<'_> {
            Purpose { result_id: &self.result_id, person: &self.person, device: &self.device }
        }
    }

    fn secret() -> SecretText {
        SecretText::new("ad3k7fhx".to_owned())
    }

    #[test]
    fn a_sealed_passcode_opens_only_for_its_own_reset_person_and_device() {
        let row = Row::new("r-1", "p-1", "d-1");
        let sealed = vault(OLD).seal(&row.purpose(), &secret()).unwrap();
        assert_eq!(vault(OLD).open(&row.purpose(), &sealed), Ok(secret()));
        for other in
            [("r-2", "p-1", "d-1"), ("r-1", "p-2", "d-1"), ("r-1", "p-1", "d-2"), ("r-1p", "-1", "d-1")]
        {
            let row = Row::new(other.0, other.1, other.2);
            assert_eq!(vault(OLD).open(&row.purpose(), &sealed), Err(VaultError::DoesNotOpen), "{other:?}");
        }
        let mut changed = sealed.clone();
        changed.ciphertext[0] ^= 1;
        assert_eq!(vault(OLD).open(&row.purpose(), &changed), Err(VaultError::DoesNotOpen));
        let nameless = Sealed { key: None, ..sealed };
        assert_eq!(vault(OLD).open(&row.purpose(), &nameless), Err(VaultError::DoesNotOpen));
    }

    #[test]
    fn an_older_key_still_opens_and_only_the_current_one_seals() {
        let row = Row::new("r-1", "p-1", "d-1");
        let sealed = vault(OLD).seal(&row.purpose(), &secret()).unwrap();
        let rotated = vault(&format!("{NEW}\n{OLD}"));
        assert_eq!(rotated.open(&row.purpose(), &sealed), Ok(secret()));
        let again = rotated.seal(&row.purpose(), &secret()).unwrap();
        assert_eq!(again.key.as_ref(), Some(rotated.current_key()));
        assert_eq!(vault(NEW).open(&row.purpose(), &again), Ok(secret()));
        let old = sealed.key.clone().unwrap();
        assert_eq!(vault(NEW).open(&row.purpose(), &sealed), Err(VaultError::KeyMissing(old)));
        let renamed = Sealed { key: again.key, ..sealed };
        assert_eq!(rotated.open(&row.purpose(), &renamed), Err(VaultError::DoesNotOpen));
    }

    #[test]
    fn a_passcode_from_before_keys_had_names_opens_with_any_of_the_keys() {
        let row = Row::new("r-1", "p-1", "d-1");
        let key = KeyRing::parse(OLD).unwrap();
        let ciphertext = XChaCha20Poly1305::new(key.current().reveal().into())
            .encrypt(&XNonce::from([9; NONCE_BYTES]), Payload { msg: b"ad3k7fhx", aad: b"r-1" })
            .unwrap();
        let sealed = Sealed { key: None, nonce: vec![9; NONCE_BYTES], ciphertext };
        assert_eq!(vault(&format!("{NEW}\n{OLD}")).open(&row.purpose(), &sealed), Ok(secret()));
        assert_eq!(vault(NEW).open(&row.purpose(), &sealed), Err(VaultError::DoesNotOpen));
    }

    #[test]
    fn the_same_passcode_is_never_sealed_the_same_way_twice() {
        let row = Row::new("r-1", "p-1", "d-1");
        let vault = vault(OLD);
        assert_ne!(
            vault.seal(&row.purpose(), &secret()).unwrap(),
            vault.seal(&row.purpose(), &secret()).unwrap()
        );
    }
}
