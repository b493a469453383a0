//! The hand-written checks of ID tokens against the crate `openidconnect`, over generated and signed tokens.
//!
//! Both must agree, except on the points named in `STRICTER`, where this page refuses what the oracle lets pass. The
//! signature is checked exactly as in the browser: from the `SignatureCheck` this page produces, by somebody else's
//! cryptography (here the oracle's, there Web Crypto).
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "test code fails loudly")]

use base64ct::{Base64UrlUnpadded, Encoding as _};
use openidconnect::core::{
    CoreIdToken, CoreIdTokenVerifier, CoreJsonWebKey, CoreJsonWebKeySet, CoreJwsSigningAlgorithm,
};
use openidconnect::{ClientId, IssuerUrl, JsonWebKey as _, Nonce};
use passcode_portal::auth::{
    Expectations, IdToken, KeySet, SignInError, SignatureVerdict, UnverifiedIdToken, validate_claims,
};
use passcode_portal::domain::{Milliseconds, Seconds};
use portal_testkit::Signer;
use proptest::prelude::*;
use serde_json::{Value, json};
use std::str::FromStr as _;

const IAT: i64 = 1_800_000_000;
const ELAPSED: i64 = 2;

/// Where this page refuses and the oracle does not, by the error it refuses with.
const STRICTER: [SignInError; 5] = [
    // The oracle leaves `azp` unchecked on purpose; OIDC Core 3.1.3.7 number 5.
    SignInError::AuthorizedPartyMismatch,
    // A token from 1970 makes every age nonsense.
    SignInError::IssuedAtInvalid,
    // The oracle's hook sees `auth_time` without `iat`; a sign-in after the token was issued proves nothing.
    SignInError::AuthTimeInFuture,
    SignInError::AuthTimeMissing,
    // OIDC Core 2: `sub` identifies somebody.
    SignInError::SubjectMissing,
];

/// A token in the making.
struct Draft {
    header: Value,
    claims: Value,
    keys: Value,
    spoil: fn(String) -> String,
}

fn public_jwk(seed: u8, kid: &str) -> Value {
    Signer::es256(kid, seed).jwk()
}

fn draft() -> Draft {
    Draft {
        header: json!({ "alg": "ES256", "kid": "k1" }),
        claims: json!({ "iss": "https://id.example", "sub": "ann", "aud": "client", "iat": IAT,
            "exp": IAT + 600, "nonce": "n", "auth_time": IAT - 5 }),
        keys: json!({ "keys": [public_jwk(7, "k1"), public_jwk(8, "k2")] }),
        spoil: |token| token,
    }
}

impl Draft {
    fn token(&self) -> String {
        (self.spoil)(Signer::es256("k1", 7).sign_under(&self.header, &self.claims))
    }
}

fn ours(token: &str, keys: &str) -> Result<(), SignInError> {
    let token = UnverifiedIdToken::parse(&IdToken::new(token.to_owned()))?;
    let check = token.signature_check(&KeySet::parse(keys)?)?;
    let key: CoreJsonWebKey = serde_json::from_str(&check.jwk).unwrap();
    let algorithm: CoreJwsSigningAlgorithm = serde_json::from_value(json!(check.algorithm.as_str())).unwrap();
    let verdict = match key.verify_signature(&algorithm, &check.signed, &check.signature) {
        Ok(()) => SignatureVerdict::Valid,
        Err(_) => SignatureVerdict::Invalid,
    };
    let expected = Expectations {
        trusted_audiences: &[],
        issuer: "https://id.example",
        client_id: "client",
        nonce: "n",
        max_age: Some(Seconds(300)),
        sub: Some("ann"),
        elapsed: Milliseconds(ELAPSED * 1000),
    };
    validate_claims(token.claims(verdict)?, &expected)?.require_age(Seconds(300))
}

/// The oracle, told the same time (the provider's, as this page estimates it) and asked for the same `max_age`.
fn theirs(token: &str, keys: &str, now: i64) -> Result<(), String> {
    let text = |error: &dyn std::fmt::Display| error.to_string();
    let keys: CoreJsonWebKeySet = serde_json::from_str(keys).map_err(|e| text(&e))?;
    let issuer = IssuerUrl::new("https://id.example".to_owned()).unwrap();
    let moment = move |seconds: i64| chrono::DateTime::from_timestamp(seconds, 0).unwrap();
    let verifier = CoreIdTokenVerifier::new_public_client(ClientId::new("client".into()), issuer, keys)
        .set_allowed_algs([
            CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
            CoreJwsSigningAlgorithm::RsaSsaPssSha256,
            CoreJwsSigningAlgorithm::EcdsaP256Sha256,
        ])
        .set_time_fn(move || moment(now + ELAPSED))
        .set_auth_time_verifier_fn(move |auth_time| match auth_time {
            None => Err("missing".into()),
            Some(time) if now - time.timestamp() > 300 => Err("old".into()),
            Some(_) => Ok(()),
        });
    let token = CoreIdToken::from_str(token).map_err(|e| text(&e))?;
    let claims = token.claims(&verifier, &Nonce::new("n".into())).map_err(|e| text(&e))?;
    if claims.subject().as_str() == "ann" || claims.subject().is_empty() {
        Ok(())
    } else {
        Err("another person".into())
    }
}

type Mutation = (&'static str, fn(&mut Draft));

/// Edits a key, unless an earlier mutation took it away: mutations are combined at random.
fn edit_key(doc: &mut Draft, place: usize, edit: impl FnOnce(&mut Value)) {
    if let Some(key) = doc.keys["keys"].get_mut(place) {
        edit(key);
    }
}

const MUTATIONS: [Mutation; 55] = [
    ("alg none", |d| d.header["alg"] = json!("none")),
    ("alg HS256", |d| d.header["alg"] = json!("HS256")),
    ("alg RS256 for an EC key", |d| d.header["alg"] = json!("RS256")),
    ("alg ES384", |d| d.header["alg"] = json!("ES384")),
    ("alg missing", |d| d.header["alg"] = json!(null)),
    ("kid unknown", |d| d.header["kid"] = json!("k9")),
    ("kid of another key", |d| d.header["kid"] = json!("k2")),
    ("kid missing, two keys", |d| d.header["kid"] = json!(null)),
    ("kid missing, one key", |d| {
        d.header["kid"] = json!(null);
        d.keys["keys"].as_array_mut().unwrap().truncate(1);
    }),
    ("typ JWT", |d| d.header["typ"] = json!("JWT")),
    ("typ jwt in small letters", |d| d.header["typ"] = json!("application/jwt")),
    ("typ of an access token", |d| d.header["typ"] = json!("at+jwt")),
    ("crit", |d| d.header["crit"] = json!(["x"])),
    ("cty", |d| d.header["cty"] = json!("JWT")),
    ("a key inside the header", |d| d.header["jwk"] = public_jwk(9, "k1")),
    ("no keys", |d| d.keys = json!({ "keys": [] })),
    ("key for encryption", |d| edit_key(d, 0, |key| key["use"] = json!("enc"))),
    ("key without use", |d| edit_key(d, 0, |key| key["use"] = json!(null))),
    ("key without alg", |d| edit_key(d, 0, |key| key["alg"] = json!(null))),
    ("key of another person", |d| edit_key(d, 0, |key| *key = public_jwk(9, "k1"))),
    ("another key of the same kid", |d| edit_key(d, 1, |key| *key = public_jwk(9, "k1"))),
    ("a key nobody understands", |d| edit_key(d, 1, |key| *key = json!({ "kty": "XYZ", "kid": "k3" }))),
    ("signature cut", |d| d.spoil = |t| t[..t.len() - 4].to_owned()),
    ("signature empty", |d| d.spoil = |t| format!("{}.", t.rsplit_once('.').unwrap().0)),
    ("signature gone", |d| d.spoil = |t| t.rsplit_once('.').unwrap().0.to_owned()),
    ("signature of zeros", |d| {
        d.spoil = |t| format!("{}.{}", t.rsplit_once('.').unwrap().0, "A".repeat(86));
    }),
    ("payload changed after signing", |d| {
        d.spoil = |t| {
            let parts: Vec<_> = t.split('.').collect();
            let payload = String::from_utf8(Base64UrlUnpadded::decode_vec(parts[1]).unwrap()).unwrap();
            let payload =
                Base64UrlUnpadded::encode_string(payload.replace("1800000600", "1900000600").as_bytes());
            format!("{}.{payload}.{}", parts[0], parts[2])
        };
    }),
    ("four parts", |d| d.spoil = |t| format!("{t}.x")),
    ("iss wrong", |d| d.claims["iss"] = json!("https://evil.example")),
    ("iss with a slash", |d| d.claims["iss"] = json!("https://id.example/")),
    ("iss missing", |d| d.claims["iss"] = json!(null)),
    ("aud wrong", |d| d.claims["aud"] = json!("other")),
    ("aud as a list", |d| d.claims["aud"] = json!(["client"])),
    ("aud with another", |d| d.claims["aud"] = json!(["client", "other"])),
    ("aud empty", |d| d.claims["aud"] = json!([])),
    ("aud missing", |d| d.claims["aud"] = json!(null)),
    ("aud of numbers", |d| d.claims["aud"] = json!([1])),
    ("azp right", |d| d.claims["azp"] = json!("client")),
    ("azp wrong", |d| d.claims["azp"] = json!("other")),
    ("exp over", |d| d.claims["exp"] = json!(IAT - 1)),
    ("exp now", |d| d.claims["exp"] = json!(IAT + ELAPSED)),
    ("exp in a second", |d| d.claims["exp"] = json!(IAT + ELAPSED + 1)),
    ("exp missing", |d| d.claims["exp"] = json!(null)),
    ("exp a text", |d| d.claims["exp"] = json!("tomorrow")),
    ("iat missing", |d| d.claims["iat"] = json!(null)),
    ("nonce wrong", |d| d.claims["nonce"] = json!("m")),
    ("nonce missing", |d| d.claims["nonce"] = json!(null)),
    ("auth_time missing", |d| d.claims["auth_time"] = json!(null)),
    ("auth_time at the limit", |d| d.claims["auth_time"] = json!(IAT - 300)),
    ("auth_time beyond it", |d| d.claims["auth_time"] = json!(IAT - 301)),
    ("auth_time in the future", |d| d.claims["auth_time"] = json!(IAT + 100)),
    ("sub of somebody else", |d| d.claims["sub"] = json!("bob")),
    ("sub empty", |d| d.claims["sub"] = json!("")),
    ("sub missing", |d| d.claims["sub"] = json!(null)),
    ("a claim nobody knows", |d| d.claims["x"] = json!({ "y": [1] })),
];

/// `None` when both agree or this page is stricter by name; else what to look at.
fn disagreement(mutations: &[&Mutation]) -> Option<String> {
    let mut draft = draft();
    for (_, mutate) in mutations {
        mutate(&mut draft);
    }
    let (token, keys) = (draft.token(), draft.keys.to_string());
    let ours = ours(&token, &keys);
    let theirs = theirs(&token, &keys, IAT);
    let fine = match (&ours, &theirs) {
        (Ok(()), Ok(())) | (Err(_), Err(_)) => true,
        (Err(error), Ok(())) => STRICTER.contains(error),
        (Ok(()), Err(_)) => false,
    };
    let names: Vec<_> = mutations.iter().map(|(name, _)| *name).collect();
    (!fine).then(|| format!("{names:?}: ours {ours:?}, theirs {theirs:?}"))
}

#[test]
fn an_untouched_token_is_accepted_by_both() {
    let draft = draft();
    assert_eq!(ours(&draft.token(), &draft.keys.to_string()), Ok(()));
    assert_eq!(theirs(&draft.token(), &draft.keys.to_string(), IAT), Ok(()));
}

#[test]
fn every_single_mutation_is_judged_alike() {
    let found: Vec<_> = MUTATIONS.iter().filter_map(|mutation| disagreement(&[mutation])).collect();
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn the_stricter_points_are_really_stricter() {
    for (name, error) in [
        ("azp wrong", SignInError::AuthorizedPartyMismatch),
        ("auth_time in the future", SignInError::AuthTimeInFuture),
        ("sub empty", SignInError::SubjectMissing),
    ] {
        let mut draft = draft();
        MUTATIONS.iter().find(|(known, _)| *known == name).unwrap().1(&mut draft);
        assert_eq!(ours(&draft.token(), &draft.keys.to_string()), Err(error));
        assert_eq!(theirs(&draft.token(), &draft.keys.to_string(), IAT), Ok(()), "{name}");
    }
}

#[test]
fn the_mutations_that_attack_are_refused_and_those_that_vary_are_not() {
    let harmless = [
        "kid missing, one key",
        "typ JWT",
        "typ jwt in small letters",
        "a key inside the header",
        "key without use",
        "key without alg",
        "a key nobody understands",
        "aud as a list",
        "azp right",
        "exp in a second",
        "auth_time at the limit",
        "a claim nobody knows",
    ];
    for (name, mutate) in &MUTATIONS {
        let mut draft = draft();
        mutate(&mut draft);
        let accepted = ours(&draft.token(), &draft.keys.to_string()).is_ok();
        assert_eq!(accepted, harmless.contains(name), "{name}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, ..ProptestConfig::default() })]

    #[test]
    fn combined_mutations_are_judged_alike(picked in prop::collection::vec(0..MUTATIONS.len(), 0..4)) {
        let picked: Vec<_> = picked.iter().map(|index| &MUTATIONS[*index]).collect();
        prop_assert_eq!(disagreement(&picked), None);
    }

    #[test]
    fn ages_and_expiry_are_judged_alike(age in -30_i64..400, lifetime in -10_i64..20) {
        let mut draft = draft();
        draft.claims["auth_time"] = json!(IAT - age);
        draft.claims["exp"] = json!(IAT + lifetime);
        let (token, keys) = (draft.token(), draft.keys.to_string());
        let agree = ours(&token, &keys).is_ok() == theirs(&token, &keys, IAT).is_ok();
        prop_assert!(agree, "age {age}, lifetime {lifetime}");
    }
}
