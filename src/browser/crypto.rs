//! Signatures by Web Crypto (`SubtleCrypto`). No cryptography is written here: a key is imported as the JWK it came as
//! and the browser says whether the signature holds.

use crate::auth::{JwsAlgorithm, Sha};
use js_sys::{Object, Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue, prelude::wasm_bindgen};

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = ["crypto", "subtle"], js_name = importKey, catch)]
    async fn import_key(
        format: &str,
        key: &JsValue,
        algorithm: &JsValue,
        extractable: bool,
        usages: &JsValue,
    ) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(js_namespace = ["crypto", "subtle"], js_name = verify, catch)]
    async fn subtle_verify(
        algorithm: &JsValue,
        key: &JsValue,
        signature: &Uint8Array,
        data: &Uint8Array,
    ) -> Result<JsValue, JsValue>;
}

/// Why a signature could not be trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignatureRefused {
    /// The browser offers no Web Crypto, or not this algorithm (not a secure context, or too old).
    NoWebCrypto,
    /// The key cannot be used.
    BadKey,
    /// The signature is wrong.
    BadSignature,
}

fn object(entries: &[(&str, JsValue)]) -> JsValue {
    let object = Object::new();
    for (name, value) in entries {
        let _set = Reflect::set(&object, &(*name).into(), value);
    }
    object.into()
}

/// What Web Crypto calls an algorithm (RFC 7518 section 3.1), for the key and for the signature alike.
fn parameters(algorithm: JwsAlgorithm) -> JsValue {
    match algorithm {
        JwsAlgorithm::Rs(sha) => {
            object(&[("name", "RSASSA-PKCS1-v1_5".into()), ("hash", hash(sha).0.into())])
        }
        JwsAlgorithm::Ps(sha) => {
            let (hash, bytes, _) = hash(sha);
            object(&[("name", "RSA-PSS".into()), ("hash", hash.into()), ("saltLength", JsValue::from(bytes))])
        }
        JwsAlgorithm::Es(sha) => {
            let (hash, _, curve) = hash(sha);
            object(&[("name", "ECDSA".into()), ("namedCurve", curve.into()), ("hash", hash.into())])
        }
        JwsAlgorithm::EdDsa => object(&[("name", "Ed25519".into())]),
    }
}

/// Its name, its length in bytes, and the curve it is used with.
const fn hash(sha: Sha) -> (&'static str, u32, &'static str) {
    match sha {
        Sha::Sha256 => ("SHA-256", 32, "P-256"),
        Sha::Sha384 => ("SHA-384", 48, "P-384"),
        Sha::Sha512 => ("SHA-512", 64, "P-521"),
    }
}

/// Whether the browser has Web Crypto's `subtle`.
#[must_use]
pub fn is_available() -> bool {
    Reflect::get(&js_sys::global(), &"crypto".into())
        .and_then(|crypto| Reflect::get(&crypto, &"subtle".into()))
        .is_ok_and(|subtle| subtle.is_object())
}

/// Checks `signature` over `signed` with the public key `jwk` (RFC 7517, as JSON text).
///
/// # Errors
/// [`SignatureRefused`]; the caller refuses the token in each case.
pub async fn verify(
    algorithm: JwsAlgorithm,
    jwk: &str,
    signed: &[u8],
    signature: &[u8],
) -> Result<(), SignatureRefused> {
    if !is_available() {
        return Err(SignatureRefused::NoWebCrypto);
    }
    let jwk = js_sys::JSON::parse(jwk).map_err(|_| SignatureRefused::BadKey)?;
    // `use`, `key_ops` and `alg` were checked by `auth`; what Web Crypto would refuse for form's sake is left out.
    for name in ["use", "key_ops", "ext"] {
        let _removed = Reflect::delete_property(jwk.unchecked_ref::<Object>(), &name.into());
    }
    let parameters = parameters(algorithm);
    let usages = js_sys::Array::of1(&"verify".into());
    let key = import_key("jwk", &jwk, &parameters, false, &usages).await.map_err(|error| {
        let name = Reflect::get(&error, &"name".into()).ok().and_then(|name| name.as_string());
        let is_unknown = name.as_deref() == Some("NotSupportedError");
        if is_unknown { SignatureRefused::NoWebCrypto } else { SignatureRefused::BadKey }
    })?;
    let holds = subtle_verify(&parameters, &key, &Uint8Array::from(signature), &Uint8Array::from(signed))
        .await
        .map_err(|_| SignatureRefused::BadSignature)?;
    if holds.is_truthy() { Ok(()) } else { Err(SignatureRefused::BadSignature) }
}
