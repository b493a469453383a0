//! The random values of one sign-in and PKCE (RFC 7636).

use crate::domain::{IdempotencyKey, hexadecimal};
use base64ct::{Base64UrlUnpadded, Encoding as _};
use sha2::{Digest as _, Sha256};

/// How many verifiers are tried; with 64 digits before them they are within the 128 characters of the standard.
const MOST_STOPS: usize = 32;

/// The random bytes of one sign-in, as `crypto.getRandomValues` gave them. Nothing of them is shown.
#[derive(Clone, PartialEq, Eq)]
pub struct SignInRandom([u8; Self::LENGTH]);

impl SignInRandom {
    /// How many bytes: 32 each for state, nonce and verifier, 16 for the idempotency key of a step-up.
    pub const LENGTH: usize = 112;

    /// Wraps the bytes.
    #[must_use]
    pub const fn new(bytes: [u8; Self::LENGTH]) -> Self {
        Self(bytes)
    }

    /// The `state` of the request. Digits and letters, because a web application firewall may take `--`, which base64url can hold,
    /// for SQL.
    #[must_use]
    pub fn state(&self) -> String {
        self.text(0, 32)
    }

    /// The `nonce` of the request.
    #[must_use]
    pub fn nonce(&self) -> String {
        self.text(32, 64)
    }

    /// The code verifier.
    #[must_use]
    pub fn verifier(&self) -> CodeVerifier {
        let verifier = self.text(64, 96);
        // The challenge is base64url by its standard. One in a hundred holds `--`; with full stops behind the verifier it is another.
        let mut longer = (0..MOST_STOPS).map(|stops| CodeVerifier([&*verifier, &".".repeat(stops)].concat()));
        let found = longer.find(|verifier| !verifier.challenge().contains("--"));
        found.unwrap_or(CodeVerifier(verifier))
    }

    /// The key of the reset this sign-in may lead to.
    #[must_use]
    pub fn idempotency_key(&self) -> IdempotencyKey {
        let mut key = [0; 16];
        for (to, from) in key.iter_mut().zip(self.0.iter().skip(96)) {
            *to = *from;
        }
        IdempotencyKey::from_random(key)
    }

    fn text(&self, from: usize, to: usize) -> String {
        hexadecimal(self.0.get(from..to).unwrap_or_default())
    }
}

impl std::fmt::Debug for SignInRandom {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("[REDACTED]")
    }
}

/// The code verifier: proves at the token endpoint that this tab began the sign-in.
#[derive(Clone, PartialEq, Eq)]
pub struct CodeVerifier(String);

impl CodeVerifier {
    /// Reads a stored verifier; `None` for what is none (RFC 7636 section 4.1).
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let is_unreserved = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_' | b'~');
        let is_one = (43..=128).contains(&text.len()) && text.bytes().all(is_unreserved);
        is_one.then(|| Self(text.to_owned()))
    }

    /// `code_challenge` for S256 (RFC 7636 section 4.2).
    #[must_use]
    pub fn challenge(&self) -> String {
        Base64UrlUnpadded::encode_string(&Sha256::digest(self.0.as_bytes()))
    }

    /// The verifier itself, for the token request and the stored record.
    pub(super) fn reveal(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for CodeVerifier {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("[REDACTED]")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_challenge_is_the_one_of_rfc_7636_appendix_b() {
        let verifier = CodeVerifier::parse("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
        let challenge = verifier.map(|verifier| verifier.challenge());
        assert_eq!(challenge.as_deref(), Some("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"));
    }

    #[test]
    fn state_nonce_verifier_and_key_share_no_byte() {
        let mut bytes = [0; SignInRandom::LENGTH];
        for (index, byte) in bytes.iter_mut().enumerate() {
            *byte = u8::try_from(index).unwrap_or(0);
        }
        let random = SignInRandom::new(bytes);
        assert_eq!(random.state().len(), 64);
        assert_ne!(random.state(), random.nonce());
        assert_ne!(random.nonce(), random.verifier().reveal());
        assert!(CodeVerifier::parse(random.verifier().reveal()).is_some());
        assert_eq!(random.idempotency_key().as_str(), "606162636465666768696a6b6c6d6e6f");
    }
    #[test]
    fn nothing_that_goes_into_an_address_holds_what_a_firewall_takes_for_sql() {
        let mut others = 0;
        for number in 0..=u8::MAX {
            let mut bytes = [0xfb; SignInRandom::LENGTH];
            bytes[64] = number;
            let random = SignInRandom::new(bytes);
            let verifier = random.verifier();
            for text in [random.state(), random.nonce(), verifier.challenge()] {
                assert!(!text.contains("--"), "{text}");
            }
            others += usize::from(verifier.reveal().ends_with('.'));
            assert!(CodeVerifier::parse(verifier.reveal()).is_some());
        }
        assert!(others > 0, "some had to be another one");
    }
}
