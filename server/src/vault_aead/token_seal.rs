//! ID tokens at rest: XChaCha20-Poly1305 with a random nonce in front. The key of each comes from the cookie of its
//! browser, so neither the database nor the server's own key opens one.

use super::NONCE_BYTES;
use crate::ports::{Randomness, RandomnessError, SealedToken, TokenSeal};
use chacha20poly1305::aead::{Aead, KeyInit};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};
use portal_contract::SecretText;
use std::sync::Arc;

/// Seals ID tokens.
pub struct AeadTokenSeal {
    randomness: Arc<dyn Randomness>,
}

impl AeadTokenSeal {
    /// With a source of nonces.
    #[must_use]
    pub fn new(randomness: Arc<dyn Randomness>) -> Self {
        Self { randomness }
    }
}

impl TokenSeal for AeadTokenSeal {
    fn seal(&self, key: &[u8; 32], token: &SecretText) -> Result<SealedToken, RandomnessError> {
        let mut nonce = [0_u8; NONCE_BYTES];
        self.randomness.fill(&mut nonce)?;
        let cipher = XChaCha20Poly1305::new(&Key::from(*key));
        let ciphertext = cipher.encrypt(&XNonce::from(nonce), token.reveal().as_bytes());
        let ciphertext = ciphertext.map_err(|_| RandomnessError)?;
        Ok(SealedToken([nonce.as_slice(), &ciphertext].concat()))
    }

    fn open(&self, key: &[u8; 32], sealed: &SealedToken) -> Option<SecretText> {
        let (nonce, ciphertext) = sealed.0.split_at_checked(NONCE_BYTES)?;
        let nonce: [u8; NONCE_BYTES] = nonce.try_into().ok()?;
        let opened =
            XChaCha20Poly1305::new(&Key::from(*key)).decrypt(&XNonce::from(nonce), ciphertext).ok()?;
        String::from_utf8(opened).ok().map(SecretText::new)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::system::SystemRandomness;

    #[test]
    fn a_sealed_token_opens_with_its_own_key_only_and_never_looks_the_same() {
        let seal = AeadTokenSeal::new(Arc::new(SystemRandomness));
        let token = SecretText::new("header.claims.signature".to_owned());
        let sealed = seal.seal(&[1; 32], &token).unwrap();
        assert_eq!(seal.open(&[1; 32], &sealed), Some(token.clone()));
        assert_eq!(seal.open(&[2; 32], &sealed), None);
        assert_ne!(sealed, seal.seal(&[1; 32], &token).unwrap());
        let mut changed = sealed.clone();
        *changed.0.last_mut().unwrap() ^= 1;
        assert_eq!(seal.open(&[1; 32], &changed), None);
        assert_eq!(seal.open(&[1; 32], &SealedToken(vec![1; 5])), None);
        assert!(!String::from_utf8_lossy(&sealed.0).contains("claims"));
    }
}
