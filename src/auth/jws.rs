//! The ID token as a JWS (RFC 7515) and the provider's keys (RFC 7517). What has to be checked is worked out here;
//! the signature itself is Web Crypto's, in the browser half.

use super::discovery::LARGEST;
use super::{IdToken, IdTokenClaims, SignInError};
use crate::http::HttpOutcome;
use base64ct::{Base64UrlUnpadded, Encoding as _};
use portal_contract::json::{Fields, Value, parse, read_text, read_value};

/// How many bits of SHA-2.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Sha {
    /// SHA-256.
    Sha256,
    /// SHA-384.
    Sha384,
    /// SHA-512.
    Sha512,
}

/// The signature algorithms that are accepted (RFC 7518, RFC 8037). Anything else, `none` and the symmetric ones above all, is not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum JwsAlgorithm {
    /// RSASSA-PKCS1-v1_5.
    Rs(Sha),
    /// RSASSA-PSS, with a salt as long as the hash.
    Ps(Sha),
    /// ECDSA, each hash on its own curve: P-256, P-384, P-521; the signature is r and s.
    Es(Sha),
    /// Ed25519.
    EdDsa,
}

/// Every one by its name in `alg`.
const ALGORITHMS: [(&str, JwsAlgorithm); 10] = [
    ("RS256", JwsAlgorithm::Rs(Sha::Sha256)),
    ("RS384", JwsAlgorithm::Rs(Sha::Sha384)),
    ("RS512", JwsAlgorithm::Rs(Sha::Sha512)),
    ("PS256", JwsAlgorithm::Ps(Sha::Sha256)),
    ("PS384", JwsAlgorithm::Ps(Sha::Sha384)),
    ("PS512", JwsAlgorithm::Ps(Sha::Sha512)),
    ("ES256", JwsAlgorithm::Es(Sha::Sha256)),
    ("ES384", JwsAlgorithm::Es(Sha::Sha384)),
    ("ES512", JwsAlgorithm::Es(Sha::Sha512)),
    ("EdDSA", JwsAlgorithm::EdDsa),
];

impl JwsAlgorithm {
    /// Reads `alg`.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        ALGORITHMS.iter().find(|(known, _)| *known == name).map(|(_, algorithm)| *algorithm)
    }

    /// The name in `alg`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        ALGORITHMS.iter().find(|(_, algorithm)| *algorithm == self).map_or("", |(name, _)| name)
    }
}

/// One signature for Web Crypto to check.
#[derive(Clone, PartialEq, Eq)]
pub struct SignatureCheck {
    /// How.
    pub algorithm: JwsAlgorithm,
    /// The public key as a JWK: its public numbers and nothing else.
    pub jwk: String,
    pub signed: Vec<u8>,
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

/// What the header says that matters here.
struct Header {
    algorithm: Option<JwsAlgorithm>,
    kid: Option<String>,
    is_plain_jwt: bool,
}

impl Header {
    fn read(fields: &Fields<'_>) -> Self {
        Self {
            algorithm: JwsAlgorithm::parse(fields.word("alg")),
            kid: fields.optional_text("kid"),
            is_plain_jwt: is_plain_jwt(fields),
        }
    }
}

/// False for what this page would misunderstand: an extension it does not know (RFC 7515 4.1.11), a nested token
/// (4.1.10), a token of another kind, for instance `at+jwt` (4.1.9).
fn is_plain_jwt(fields: &Fields<'_>) -> bool {
    let typ = fields.optional_word("typ").unwrap_or("jwt").to_ascii_lowercase();
    let is_jwt = typ.strip_prefix("application/").unwrap_or(&typ) == "jwt";
    is_jwt && fields.value("crit").is_none() && fields.value("cty").is_none()
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
        let header = decode(header).and_then(|header| read_value(&header, Header::read)).ok_or(malformed)?;
        let algorithm = header.algorithm.ok_or(SignInError::AlgorithmNotAllowed)?;
        if !header.is_plain_jwt {
            return Err(malformed);
        }
        let claims = decode(payload).and_then(|claims| IdTokenClaims::read(&claims)).ok_or(malformed)?;
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

fn decode(part: &str) -> Option<Value> {
    let bytes = Base64UrlUnpadded::decode_vec(part).ok()?;
    parse(std::str::from_utf8(&bytes).ok()?)
}

/// What a key's numbers are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum KeyKind {
    Rsa,
    /// On the curve that goes with this hash.
    Elliptic(Sha),
    Ed25519,
}

/// One public key that can verify signatures; only what this page can use is read.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Jwk {
    kind: KeyKind,
    kid: Option<String>,
    alg: Option<String>,
    /// The JWK with its public numbers and nothing else.
    public: String,
}

/// The shortest `n` in base64url: 2048 bits (RFC 7518 section 3.3).
const SHORTEST_MODULUS: usize = 342;

impl Jwk {
    /// Reads a key; `None` for one that is not for verifying, or of a kind this page does not know.
    fn read(fields: &Fields<'_>) -> Option<Self> {
        let kty = fields.word("kty");
        let names = ["kid", "alg", "use", "n", "e", "crv", "x", "y"];
        let [kid, alg, usage, n, e, crv, x, y] = names.map(|name| fields.optional_word(name));
        let operations = fields.value("key_ops").map(|_| fields.list("key_ops"));
        if !operations.unwrap_or_default().iter().all(Value::is_string) {
            fields.refuse();
        }
        let is_verify = |operation: &Value| operation.as_str() == Some("verify");
        let may_verify = operations.is_none_or(|operations| operations.iter().any(is_verify));
        if !may_verify || usage.is_some_and(|usage| usage != "sig") {
            return None;
        }
        let (kind, numbers) = match (kty, crv) {
            ("RSA", _) => {
                let n = number(n).filter(|n| n.len() >= SHORTEST_MODULUS)?;
                (KeyKind::Rsa, [("n", n), ("e", number(e)?)].to_vec())
            }
            ("EC", Some(crv)) => {
                let sha = match crv {
                    "P-256" => Sha::Sha256,
                    "P-384" => Sha::Sha384,
                    "P-521" => Sha::Sha512,
                    _ => return None,
                };
                (KeyKind::Elliptic(sha), [("crv", crv), ("x", number(x)?), ("y", number(y)?)].to_vec())
            }
            ("OKP", Some("Ed25519")) => (KeyKind::Ed25519, [("crv", "Ed25519"), ("x", number(x)?)].to_vec()),
            _ => return None,
        };
        let mut public = [r#"{"kty":""#, kty, "\""].concat();
        for (name, value) in numbers {
            public.push_str(&[",\"", name, "\":\"", value, "\""].concat());
        }
        public.push('}');
        Some(Self { kind, kid: kid.map(str::to_owned), alg: alg.map(str::to_owned), public })
    }

    fn is_for(&self, algorithm: JwsAlgorithm) -> bool {
        let is_of_its_kind = match algorithm {
            JwsAlgorithm::Rs(_) | JwsAlgorithm::Ps(_) => self.kind == KeyKind::Rsa,
            JwsAlgorithm::Es(sha) => self.kind == KeyKind::Elliptic(sha),
            JwsAlgorithm::EdDsa => self.kind == KeyKind::Ed25519,
        };
        is_of_its_kind && self.alg.as_deref().is_none_or(|alg| alg == algorithm.as_str())
    }
}

fn number(text: Option<&str>) -> Option<&str> {
    let is_base64url = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_');
    text.filter(|text| !text.is_empty() && text.bytes().all(is_base64url))
}

/// The provider's keys, those this page can use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeySet(Vec<Jwk>);

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
        let keys = read_text(text, |fields| {
            if fields.value("keys").is_none() {
                fields.refuse();
            }
            fields.list("keys").iter().filter_map(|key| read_value(key, Jwk::read).flatten()).collect()
        });
        keys.map(Self).ok_or(SignInError::KeysMalformed)
    }

    fn select(&self, algorithm: JwsAlgorithm, kid: Option<&str>) -> Result<String, SignInError> {
        let mut fitting =
            self.0.iter().filter(|key| (kid.is_none() || key.kid.as_deref() == kid) && key.is_for(algorithm));
        // Published twice, a key is still one.
        match fitting.next() {
            Some(key) if fitting.all(|other| other.public == key.public) => Ok(key.public.clone()),
            Some(_) | None => Err(SignInError::KeyNotFound),
        }
    }
}
