//! The signature algorithms that are accepted, and whether a signature is right (RFC 7515 section 5.2).
//!
//! `jsonwebtoken` checks all but ES512, which it does not have; that one is asked of the same library it stands on. Which algorithm
//! is tried, with which key, and everything that a header or a claim must say is decided outside, for all of them alike.

use aws_lc_rs::signature::{ECDSA_P521_SHA512_FIXED, UnparsedPublicKey};
use base64ct::{Base64UrlUnpadded, Encoding as _};
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{AlgorithmFamily, DecodingKey};
use serde_json::{Map, Value};

/// A signature algorithm an organisation may configure (RFC 7518 section 3.1, RFC 8037 section 3.1). No symmetric one: whoever could
/// check a token could make one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names are the standard's")]
pub enum Algorithm {
    Rs256,
    Rs384,
    Rs512,
    Ps256,
    Ps384,
    Ps512,
    Es256,
    Es384,
    Es512,
    EdDsa,
}

impl Algorithm {
    /// Every one.
    pub const ALL: [Self; 10] = [
        Self::Rs256,
        Self::Rs384,
        Self::Rs512,
        Self::Ps256,
        Self::Ps384,
        Self::Ps512,
        Self::Es256,
        Self::Es384,
        Self::Es512,
        Self::EdDsa,
    ];

    /// Reads `alg`; `None` for anything this server does not accept.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|algorithm| algorithm.name() == name)
    }

    /// As `alg` names it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Rs256 => "RS256",
            Self::Rs384 => "RS384",
            Self::Rs512 => "RS512",
            Self::Ps256 => "PS256",
            Self::Ps384 => "PS384",
            Self::Ps512 => "PS512",
            Self::Es256 => "ES256",
            Self::Es384 => "ES384",
            Self::Es512 => "ES512",
            Self::EdDsa => "EdDSA",
        }
    }

    /// The kind of key it needs.
    pub(super) const fn family(self) -> AlgorithmFamily {
        match self {
            Self::Rs256 | Self::Rs384 | Self::Rs512 | Self::Ps256 | Self::Ps384 | Self::Ps512 => {
                AlgorithmFamily::Rsa
            }
            Self::Es256 | Self::Es384 | Self::Es512 => AlgorithmFamily::Ec,
            Self::EdDsa => AlgorithmFamily::Ed,
        }
    }

    /// The curve it is used on (RFC 7518 section 3.4, RFC 8037 section 3.1); `None` where there is none.
    pub(super) const fn curve(self) -> Option<&'static str> {
        match self {
            Self::Es256 => Some("P-256"),
            Self::Es384 => Some("P-384"),
            Self::Es512 => Some(P521),
            Self::EdDsa => Some("Ed25519"),
            Self::Rs256 | Self::Rs384 | Self::Rs512 | Self::Ps256 | Self::Ps384 | Self::Ps512 => None,
        }
    }

    /// What `jsonwebtoken` calls it; `None` for the one it does not have.
    const fn of_the_library(self) -> Option<jsonwebtoken::Algorithm> {
        match self {
            Self::Rs256 => Some(jsonwebtoken::Algorithm::RS256),
            Self::Rs384 => Some(jsonwebtoken::Algorithm::RS384),
            Self::Rs512 => Some(jsonwebtoken::Algorithm::RS512),
            Self::Ps256 => Some(jsonwebtoken::Algorithm::PS256),
            Self::Ps384 => Some(jsonwebtoken::Algorithm::PS384),
            Self::Ps512 => Some(jsonwebtoken::Algorithm::PS512),
            Self::Es256 => Some(jsonwebtoken::Algorithm::ES256),
            Self::Es384 => Some(jsonwebtoken::Algorithm::ES384),
            Self::Es512 => None,
            Self::EdDsa => Some(jsonwebtoken::Algorithm::EdDSA),
        }
    }
}

const P521: &str = "P-521";
/// A coordinate of a point on P-521 (RFC 7518 section 6.2.1.2), in bytes.
const P521_COORDINATE: usize = 66;

/// A public key that can check signatures.
#[derive(Clone)]
pub struct VerificationKey(Kind);

#[derive(Clone)]
enum Kind {
    Library(DecodingKey),
    /// A point on P-521, not compressed (SEC 1 section 2.3.3).
    P521(Vec<u8>),
}

impl VerificationKey {
    /// Makes a key of the members of a JWK that make it; `None` for one this server cannot use, a symmetric one above all: in a
    /// public document it would let anybody sign.
    pub(super) fn read<'jwk>(members: impl Iterator<Item = (&'static str, &'jwk Value)>) -> Option<Self> {
        let members: Map<String, Value> =
            members.map(|(name, value)| (name.to_owned(), value.clone())).collect();
        if members.get("crv").and_then(Value::as_str) == Some(P521) {
            return p521(&members).map(|point| Self(Kind::P521(point)));
        }
        let jwk: Jwk = serde_json::from_value(members.into()).ok()?;
        let key = DecodingKey::from_jwk(&jwk).ok()?;
        (key.family() != AlgorithmFamily::Hmac).then_some(Self(Kind::Library(key)))
    }

    /// The kind of algorithm it is for.
    #[must_use]
    pub fn family(&self) -> AlgorithmFamily {
        match &self.0 {
            Kind::Library(key) => key.family(),
            Kind::P521(_) => AlgorithmFamily::Ec,
        }
    }

    /// Whether this is the signature, in base64url, of these bytes.
    pub(super) fn verifies(&self, algorithm: Algorithm, signed: &[u8], signature: &str) -> bool {
        match (&self.0, algorithm.of_the_library()) {
            (Kind::Library(key), Some(algorithm)) => {
                jsonwebtoken::crypto::verify(signature, signed, key, algorithm).unwrap_or(false)
            }
            (Kind::P521(point), None) => Base64UrlUnpadded::decode_vec(signature).is_ok_and(|signature| {
                UnparsedPublicKey::new(&ECDSA_P521_SHA512_FIXED, point).verify(signed, &signature).is_ok()
            }),
            (Kind::Library(_), None) | (Kind::P521(_), Some(_)) => false,
        }
    }
}

fn p521(members: &Map<String, Value>) -> Option<Vec<u8>> {
    if members.get("kty").and_then(Value::as_str) != Some("EC") {
        return None;
    }
    let mut point = vec![4];
    for name in ["x", "y"] {
        let coordinate = Base64UrlUnpadded::decode_vec(members.get(name)?.as_str()?).ok()?;
        if coordinate.len() != P521_COORDINATE {
            return None;
        }
        point.extend(coordinate);
    }
    Some(point)
}
