//! The ID token as a JWS (RFC 7515) and the provider's keys (RFC 7517). What has to be checked is worked out here;
//! the signature itself is Web Crypto's, in the browser half.

use super::discovery::LARGEST;
use super::{IdToken, IdTokenClaims, SignInError};
use crate::http::HttpOutcome;
use base64ct::{Base64UrlUnpadded, Encoding as _};
use serde::Deserialize;

/// The signature algorithms that are accepted (RFC 7518). Anything else, `none` and the symmetric ones above all, is not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum JwsAlgorithm {
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    Rs256,
    /// RSASSA-PSS with SHA-256, salt of 32 bytes.
    Ps256,
    /// ECDSA on P-256 with SHA-256; the signature is r and s, 32 bytes each.
    Es256,
}

impl JwsAlgorithm {
    /// Reads `alg`.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        match name {
            "RS256" => Some(Self::Rs256),
            "PS256" => Some(Self::Ps256),
            "ES256" => Some(Self::Es256),
            _ => None,
        }
    }

    /// The name in `alg`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Rs256 => "RS256",
            Self::Ps256 => "PS256",
            Self::Es256 => "ES256",
        }
    }
}

/// One signature for Web Crypto to check.
#[derive(Clone, PartialEq, Eq)]
pub struct SignatureCheck {
    /// How.
    pub algorithm: JwsAlgorithm,
    /// The public key as a JWK: its public numbers and nothing else.
    pub jwk: String,
    /// What was signed.
    pub signed: Vec<u8>,
    /// The signature.
    pub signature: Vec<u8>,
}

impl std::fmt::Debug for SignatureCheck {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "SignatureCheck({}, [REDACTED])", self.algorithm.as_str())
    }
}

/// What Web Crypto said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignatureVerdict {
    /// The signature is right.
    Valid,
    /// It is wrong, or the key could not be used.
    Invalid,
    /// There is no Web Crypto.
    Unavailable,
}

#[derive(Deserialize)]
struct Header {
    alg: String,
    kid: Option<String>,
    typ: Option<String>,
    cty: Option<serde::de::IgnoredAny>,
    crit: Option<serde::de::IgnoredAny>,
}

impl Header {
    /// What this page would misunderstand: an extension it does not know (RFC 7515 4.1.11), a nested token (4.1.10), a
    /// token of another kind, for instance `at+jwt` (4.1.9).
    fn is_plain_jwt(&self) -> bool {
        let is_jwt = |typ: &str| {
            let typ = typ.to_ascii_lowercase();
            typ.strip_prefix("application/").unwrap_or(&typ) == "jwt"
        };
        self.crit.is_none() && self.cty.is_none() && self.typ.as_deref().is_none_or(is_jwt)
    }
}

/// An ID token taken apart. Its claims are not believed before the signature was.
#[derive(Clone, PartialEq, Eq)]
pub struct UnverifiedIdToken {
    algorithm: JwsAlgorithm,
    kid: Option<String>,
    signed: String,
    signature: Vec<u8>,
    claims: IdTokenClaims,
}

impl std::fmt::Debug for UnverifiedIdToken {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "UnverifiedIdToken({}, [REDACTED])", self.algorithm.as_str())
    }
}

impl UnverifiedIdToken {
    /// Takes a compact JWS apart (RFC 7515 section 7.1). Keys inside the header (`jwk`, `jku`, `x5c`, `x5u`) are ignored.
    ///
    /// # Errors
    /// `AlgorithmNotAllowed` or `IdTokenMalformed`.
    pub fn parse(token: &IdToken) -> Result<Self, SignInError> {
        let malformed = SignInError::IdTokenMalformed;
        let (signed, signature) = token.reveal().rsplit_once('.').ok_or(malformed)?;
        let (header, payload) = signed.split_once('.').ok_or(malformed)?;
        let header: Header = decode(header).ok_or(malformed)?;
        let algorithm = JwsAlgorithm::parse(&header.alg).ok_or(SignInError::AlgorithmNotAllowed)?;
        if !header.is_plain_jwt() {
            return Err(malformed);
        }
        let claims: IdTokenClaims = decode(payload).ok_or(malformed)?;
        let signature = Base64UrlUnpadded::decode_vec(signature).map_err(|_| malformed)?;
        if signature.is_empty() {
            return Err(SignInError::SignatureInvalid);
        }
        Ok(Self { algorithm, kid: header.kid, signed: signed.to_owned(), signature, claims })
    }

    /// What Web Crypto has to check, with the key of the set that fits.
    ///
    /// # Errors
    /// `KeyNotFound` unless exactly one key fits.
    pub fn signature_check(&self, keys: &KeySet) -> Result<SignatureCheck, SignInError> {
        Ok(SignatureCheck {
            algorithm: self.algorithm,
            jwk: keys.select(self.algorithm, self.kid.as_deref())?,
            signed: self.signed.clone().into_bytes(),
            signature: self.signature.clone(),
        })
    }

    /// The claims, to be validated once the signature was found right.
    ///
    /// # Errors
    /// `SignatureInvalid` or `CryptoUnavailable`.
    pub fn claims(&self, verdict: SignatureVerdict) -> Result<&IdTokenClaims, SignInError> {
        match verdict {
            SignatureVerdict::Valid => Ok(&self.claims),
            SignatureVerdict::Invalid => Err(SignInError::SignatureInvalid),
            SignatureVerdict::Unavailable => Err(SignInError::CryptoUnavailable),
        }
    }
}

fn decode<T: for<'a> Deserialize<'a>>(part: &str) -> Option<T> {
    let bytes = Base64UrlUnpadded::decode_vec(part).ok()?;
    serde_json::from_slice(&bytes).ok()
}

/// One key; only what this page can use is read.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
struct Jwk {
    kty: String,
    kid: Option<String>,
    alg: Option<String>,
    #[serde(rename = "use")]
    usage: Option<String>,
    key_ops: Option<Vec<String>>,
    n: Option<String>,
    e: Option<String>,
    crv: Option<String>,
    x: Option<String>,
    y: Option<String>,
}

/// The shortest `n` in base64url: 2048 bits (RFC 7518 section 3.3).
const SHORTEST_MODULUS: usize = 342;

impl Jwk {
    /// The public key alone, if it is one for this algorithm.
    fn public(&self, algorithm: JwsAlgorithm) -> Option<String> {
        let is_for_signing = self.usage.as_deref().is_none_or(|usage| usage == "sig");
        let is_for_algorithm = self.alg.as_deref().is_none_or(|alg| alg == algorithm.as_str());
        let may_verify =
            self.key_ops.as_ref().is_none_or(|ops| ops.iter().any(|operation| operation == "verify"));
        if !(is_for_signing && is_for_algorithm && may_verify) {
            return None;
        }
        match algorithm {
            JwsAlgorithm::Rs256 | JwsAlgorithm::Ps256 if self.kty == "RSA" => {
                let (n, e) = (number(self.n.as_ref())?, number(self.e.as_ref())?);
                let is_long_enough = n.len() >= SHORTEST_MODULUS;
                is_long_enough.then(|| format!(r#"{{"kty":"RSA","n":"{n}","e":"{e}"}}"#))
            }
            JwsAlgorithm::Es256 if self.kty == "EC" && self.crv.as_deref() == Some("P-256") => {
                let (x, y) = (number(self.x.as_ref())?, number(self.y.as_ref())?);
                Some(format!(r#"{{"kty":"EC","crv":"P-256","x":"{x}","y":"{y}"}}"#))
            }
            JwsAlgorithm::Rs256 | JwsAlgorithm::Ps256 | JwsAlgorithm::Es256 => None,
        }
    }
}

fn number(text: Option<&String>) -> Option<&String> {
    let is_base64url = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_');
    text.filter(|text| !text.is_empty() && text.bytes().all(is_base64url))
}

/// The provider's keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeySet(Vec<Jwk>);

#[derive(Deserialize)]
struct KeySetWire {
    keys: Vec<serde_json::Value>,
}

impl KeySet {
    /// Reads the answer to `jwks_request`.
    ///
    /// # Errors
    /// `ProviderUnreachable` or `KeysMalformed`.
    pub fn of_answer(outcome: &HttpOutcome) -> Result<Self, SignInError> {
        match outcome {
            Ok(answer) if answer.is_success() => Self::parse(&answer.body),
            Ok(_) | Err(_) => Err(SignInError::ProviderUnreachable),
        }
    }

    /// Reads a JWK set. A key this page cannot read is left out, as RFC 7517 section 5 asks.
    ///
    /// # Errors
    /// `KeysMalformed`.
    pub fn parse(text: &str) -> Result<Self, SignInError> {
        if text.len() > LARGEST {
            return Err(SignInError::KeysMalformed);
        }
        let wire: KeySetWire = serde_json::from_str(text).map_err(|_| SignInError::KeysMalformed)?;
        Ok(Self(wire.keys.into_iter().filter_map(|key| serde_json::from_value(key).ok()).collect()))
    }

    fn select(&self, algorithm: JwsAlgorithm, kid: Option<&str>) -> Result<String, SignInError> {
        let mut fitting = self
            .0
            .iter()
            .filter(|key| kid.is_none() || key.kid.as_deref() == kid)
            .filter_map(|key| key.public(algorithm));
        match (fitting.next(), fitting.next()) {
            (Some(key), None) => Ok(key),
            (Some(_), Some(_)) | (None, _) => Err(SignInError::KeyNotFound),
        }
    }
}
