//! The provider's public keys (RFC 7517). A key this server cannot use is skipped, not an error: providers
//! publish all sorts.

use super::signature::{Algorithm, VerificationKey};
use jsonwebtoken::AlgorithmFamily;
use serde_json::Value;

struct Key {
    kid: Option<String>,
    algorithm: Option<String>,
    curve: Option<String>,
    /// The parameters that make the key (RFC 7638 section 3.2), to tell whether two are the same.
    parameters: String,
    key: VerificationKey,
}

/// The usable keys of a provider.
pub struct KeySet {
    keys: Vec<Key>,
    /// Where a page that is the provider's client has to ask: the origins of these keys and of the token endpoint.
    pub(super) page_origins: Vec<String>,
}

impl KeySet {
    /// Reads a key set; `None` if it is none.
    #[must_use]
    pub fn parse(document: &Value) -> Option<Self> {
        let keys = document.get("keys")?.as_array()?;
        Some(Self { keys: keys.iter().filter_map(key).collect(), page_origins: Vec::new() })
    }

    pub(super) const fn len(&self) -> usize {
        self.keys.len()
    }

    /// The key with this identifier, if its kind and its own `alg` agree with the algorithm. A token without
    /// `kid` is accepted only when there is no choice.
    #[must_use]
    pub fn find(&self, kid: Option<&str>, algorithm: Algorithm) -> Option<VerificationKey> {
        let mut fitting = self.keys.iter().filter(|key| {
            key.key.family() == algorithm.family()
                && algorithm.curve().is_none_or(|curve| key.curve.as_deref() == Some(curve))
                && key.algorithm.as_deref().is_none_or(|own| own == algorithm.name())
                && kid.is_none_or(|kid| key.kid.as_deref() == Some(kid))
        });
        let first = fitting.next()?;
        // Published twice, a key is still one.
        fitting.all(|other| other.parameters == first.parameters).then(|| first.key.clone())
    }
}

fn key(value: &Value) -> Option<Key> {
    // `null` is as good as missing.
    let given = |name: &str| value.get(name).filter(|value| !value.is_null());
    if given("use").and_then(Value::as_str).is_some_and(|purpose| purpose != "sig") {
        return None;
    }
    // RFC 7517 section 4.3: what a key may be used for.
    let may_verify = |uses: &Vec<Value>| uses.iter().any(|one| one.as_str() == Some("verify"));
    if given("key_ops").is_some_and(|uses| !uses.as_array().is_some_and(may_verify)) {
        return None;
    }
    // What makes the key and nothing else: an entry of another shape (`x5c` as text, an `alg` nobody knows) is no reason to lose it.
    let numbers = ["kty", "crv", "n", "e", "x", "y", "k"].into_iter();
    let key = VerificationKey::read(numbers.filter_map(|name| Some((name, given(name)?))))?;
    // A symmetric key in a public document would let anybody sign.
    if key.family() == AlgorithmFamily::Hmac {
        return None;
    }
    let text = |name: &str| value.get(name).and_then(Value::as_str).map(ToOwned::to_owned);
    let parameters = ["kty", "crv", "n", "e", "x", "y"].map(|name| text(name).unwrap_or_default()).join(" ");
    Some(Key { kid: text("kid"), algorithm: text("alg"), curve: text("crv"), parameters, key })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// The example of RFC 7515 appendix A.3.1.
    fn usable(uses: &Value) -> bool {
        let mut key = json!({
            "kty": "EC", "crv": "P-256", "kid": "k",
            "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU", "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
        });
        if !uses.is_null() {
            key["key_ops"] = uses.clone();
        }
        KeySet::parse(&json!({ "keys": [key] })).unwrap().len() == 1
    }

    #[test]
    fn a_key_that_is_published_twice_is_one_and_two_keys_of_one_name_are_none() {
        let key = |x: &str, y: &str| json!({ "kty": "EC", "crv": "P-256", "kid": "k", "x": x, "y": y });
        // The examples of RFC 7515 appendix A.3.1 and RFC 7517 appendix A.1.
        let one =
            key("f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU", "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0");
        let two =
            key("MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4", "4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM");
        let find =
            |keys: Value| KeySet::parse(&json!({ "keys": keys })).unwrap().find(Some("k"), Algorithm::Es256);
        assert!(find(json!([one, one])).is_some());
        assert!(find(json!([one, two])).is_none());
    }

    #[test]
    fn a_key_belongs_to_the_algorithm_of_its_curve_and_odd_entries_lose_no_key() {
        let p256 = json!({
            "kty": "EC", "crv": "P-256",
            "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU", "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
        });
        let p384 = json!({
            "kty": "EC", "crv": "P-384",
            "x": "tzU8G7ZrXuhxUsOW8XTomCiz4HfMETMlJ0nszqDPzXfb1aLYXQKxelaLVn6U6La5",
            "y": "tC02bMso_h4H43HtrykthtIQe1sGmqqQPncdPNLilDsh8m-B0nZ2MX4BqbGOXoGR",
        });
        let p521 = json!({
            "kty": "EC", "crv": "P-521",
            "x": "ATrPxVJgcLym80JryOJBMu4sQ0rNqvSNuJF2RmHZY6M4kqBXezrslAkuDaSlrNxLnKAY5l7nXLKTTMsfW3-BOXvd",
            "y": "AUnXq0ldAp-YKLKrNHr8YHEaGjWW_C3Row6CkXCafCJwZdeihMBtf6Lu6kY-zhzszKnLxInZZ5JxCJXysPQNl2HJ",
        });
        let ed =
            json!({ "kty": "OKP", "crv": "Ed25519", "x": "OkbeT8kHhV6g9-cyBxk1EtNvRjBOqvGWi9FsOtLm3IU" });
        let mut set = [p256, p384, p521, ed];
        let finds = |set: &[Value; 4]| {
            let keys = KeySet::parse(&json!({ "keys": set })).unwrap();
            [Algorithm::Es256, Algorithm::Es384, Algorithm::Es512, Algorithm::EdDsa]
                .map(|algorithm| keys.find(None, algorithm).is_some())
        };
        assert_eq!(finds(&set), [true; 4], "without names each has one key");
        for key in &mut set {
            (key["use"], key["key_ops"], key["alg"], key["kid"]) =
                (Value::Null, Value::Null, Value::Null, Value::Null);
            (key["x5c"], key["x5t"], key["issuer"]) =
                (json!("not a list"), json!(7), json!({ "any": "thing" }));
        }
        assert_eq!(finds(&set), [true; 4], "null is missing, and what nobody asked for is ignored");
    }

    #[test]
    fn a_key_that_is_not_for_checking_signatures_is_not_used_for_it() {
        assert!(usable(&Value::Null) && usable(&json!(["verify"])) && usable(&json!(["sign", "verify"])));
        for uses in [json!(["sign"]), json!([]), json!("verify"), json!(["encrypt"])] {
            assert!(!usable(&uses), "{uses}");
        }
    }
}
