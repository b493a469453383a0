//! Keys, and the tokens they sign.

use base64ct::{Base64UrlUnpadded, Encoding as _};
use hmac::{Hmac, KeyInit as _, Mac as _};
use p256::ecdsa::{SigningKey, signature::Signer as _};
use rsa::rand_core::{OsRng, RngCore as _};
use rsa::signature::{RandomizedSigner as _, SignatureEncoding as _, Signer as _};
use rsa::traits::PublicKeyParts as _;
use rsa::{BigUint, RsaPrivateKey};
use serde_json::{Value, json};
use std::sync::Arc;

/// How a token is signed (RFC 7518, section 3.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names are the standard's")]
pub enum Algorithm {
    Es256,
    Rs256,
    Ps256,
    EdDsa,
    Hs256,
}

impl Algorithm {
    /// As `alg` names it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Es256 => "ES256",
            Self::Rs256 => "RS256",
            Self::Ps256 => "PS256",
            Self::EdDsa => "EdDSA",
            Self::Hs256 => "HS256",
        }
    }
}

/// A signing key.
#[derive(Clone)]
pub struct Signer {
    /// Its `kid`.
    pub kid: String,
    /// What it signs with; an RSA key does so in two ways.
    pub algorithm: Algorithm,
    key: Key,
}

#[derive(Clone)]
enum Key {
    P256(SigningKey),
    Rsa(Arc<RsaPrivateKey>),
    Ed25519(ed25519_dalek::SigningKey),
    Secret(Vec<u8>),
}

/// The primes of the RSA keys. Everybody knows them: making a key takes seconds, and they sign for tests only.
const PRIMES: [&str; 2] = [
    "f96895ff3a236684963d70009c87b83902d2dd8c8fe2c81ed3d80e2766cf62ebe794436ae8fe31497fb0ff08aa683144\
     26b5b792bf88f9805a8200f9a72035b12cd5f2d507c52f4cc17fbde490c2d886a5d70256cf72d97c4161dc1c84383e68\
     23789ae1c5370c2c44335dd44eba9fdbef3cb4634fd8868c2df2b235064a829d",
    "edfc12dbb367cc7dc3b6e3730a925a569a8132b4dc5146a1b7bc11989b4f1ecf79201e4071a5c36de993fe763f7039c5\
     54bc16e1b50ddbf660bfdc89c2dc0fbc83848317a4d5a605b91f3f5a35ff2937829d9b48ac4b2212edd528ba67221709\
     8e3b02d0eac900f2e6685713c895f42cb4cb0e7fe4298d1c963ab898c9eac317",
];
/// One of 1,016 bits, for a key that is a little too short.
const SHORT_PRIME: &str = "ef33bdffc41628805fb7901ff2ebe6ace862a1da39ff4b97345b27edae0680bcb3cfc7a6bf2ccda0beb91cd1b5d79096\
     22bf2f579e246fb7ea90f064d57fd9bbb680e4e214dcafb44e036315e197ae2ce8059e0256a5313ae92d3abe92679c8a\
     7446d71510457de7117e1e2db3c4fbe5212b11f5f0e54e4bad6bb990b7fda1";

impl Signer {
    /// An ES256 key made from one number (not 0): tests need no randomness.
    pub fn es256(kid: &str, number: u8) -> Self {
        Self::of_p256(kid, SigningKey::from_slice(&[number; 32]).unwrap())
    }

    /// An ES256 key nobody has seen before.
    pub fn random(kid: &str) -> Self {
        let mut bytes = [0; 32];
        OsRng.fill_bytes(&mut bytes);
        // All but one in 2^32 texts of 32 bytes are a key.
        Self::of_p256(kid, SigningKey::from_slice(&bytes).unwrap())
    }

    fn of_p256(kid: &str, key: SigningKey) -> Self {
        Self { kid: kid.to_owned(), algorithm: Algorithm::Es256, key: Key::P256(key) }
    }

    /// The RSA key of 2,048 bits, for RS256; with another `algorithm` for PS256.
    pub fn rs256(kid: &str) -> Self {
        Self::of_primes(kid, PRIMES)
    }

    /// An RSA key of 2,040 bits: eight fewer than RFC 7518 section 3.3 demands.
    pub fn short_rs256(kid: &str) -> Self {
        Self::of_primes(kid, [PRIMES[0], SHORT_PRIME])
    }

    fn of_primes(kid: &str, primes: [&str; 2]) -> Self {
        let [p, q] = primes.map(|prime| BigUint::parse_bytes(prime.as_bytes(), 16).unwrap());
        let key = RsaPrivateKey::from_p_q(p, q, BigUint::from(65_537_u32)).unwrap();
        Self { kid: kid.to_owned(), algorithm: Algorithm::Rs256, key: Key::Rsa(Arc::new(key)) }
    }

    /// An Ed25519 key made from one number.
    pub fn ed25519(kid: &str, number: u8) -> Self {
        let key = Key::Ed25519(ed25519_dalek::SigningKey::from_bytes(&[number; 32]));
        Self { kid: kid.to_owned(), algorithm: Algorithm::EdDsa, key }
    }

    /// A shared secret.
    pub fn hs256(kid: &str, secret: &[u8]) -> Self {
        Self { kid: kid.to_owned(), algorithm: Algorithm::Hs256, key: Key::Secret(secret.to_vec()) }
    }

    /// What a provider publishes of it. Panics for a shared secret.
    pub fn jwk(&self) -> Value {
        let mut jwk = match &self.key {
            Key::P256(key) => {
                let point = key.verifying_key().to_sec1_point(false);
                json!({ "kty": "EC", "crv": "P-256", "x": text(point.x().unwrap()), "y": text(point.y().unwrap()) })
            }
            Key::Rsa(key) => {
                json!({ "kty": "RSA", "n": text(&key.n().to_bytes_be()), "e": text(&key.e().to_bytes_be()) })
            }
            Key::Ed25519(key) => {
                json!({ "kty": "OKP", "crv": "Ed25519", "x": text(key.verifying_key().as_bytes()) })
            }
            Key::Secret(_) => panic!("a secret is not published"),
        };
        jwk["kid"] = json!(self.kid);
        jwk["alg"] = json!(self.algorithm.name());
        jwk["use"] = json!("sig");
        jwk
    }

    /// An access token (RFC 9068).
    pub fn sign(&self, claims: &Value) -> String {
        self.sign_as("at+jwt", claims)
    }

    /// A token of another type.
    pub fn sign_as(&self, typ: &str, claims: &Value) -> String {
        self.sign_under(&json!({ "typ": typ, "alg": self.algorithm.name(), "kid": self.kid }), claims)
    }

    /// A token under any header, whatever that says.
    pub fn sign_under(&self, header: &Value, claims: &Value) -> String {
        let signed =
            format!("{}.{}", text(header.to_string().as_bytes()), text(claims.to_string().as_bytes()));
        let signature = self.signature(signed.as_bytes());
        format!("{signed}.{}", text(&signature))
    }

    fn signature(&self, signed: &[u8]) -> Vec<u8> {
        match (&self.key, self.algorithm) {
            (Key::P256(key), _) => {
                let signature: p256::ecdsa::Signature = key.sign(signed);
                signature.to_bytes().to_vec()
            }
            (Key::Ed25519(key), _) => ed25519_dalek::Signer::sign(key, signed).to_bytes().to_vec(),
            (Key::Rsa(key), Algorithm::Ps256) => {
                let key = rsa::pss::SigningKey::<rsa::sha2::Sha256>::new(RsaPrivateKey::clone(key));
                key.sign_with_rng(&mut OsRng, signed).to_vec()
            }
            (Key::Rsa(key), _) => {
                let key = rsa::pkcs1v15::SigningKey::<rsa::sha2::Sha256>::new(RsaPrivateKey::clone(key));
                key.sign(signed).to_vec()
            }
            (Key::Secret(secret), _) => {
                let mut code = Hmac::<sha2::Sha256>::new_from_slice(secret).unwrap();
                code.update(signed);
                code.finalize().into_bytes().to_vec()
            }
        }
    }
}

/// In base64url without padding.
pub(crate) fn text(bytes: &[u8]) -> String {
    Base64UrlUnpadded::encode_string(bytes)
}
