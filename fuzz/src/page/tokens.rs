//! Tokens, as the page reads them.

use crate::{first_line, text};
use base64ct::{Base64UrlUnpadded, Encoding as _};
use passcode_portal::auth::{
    Expectations, IdToken, IdTokenClaims, KeySet, LEEWAY, SignatureVerdict, TokenAnswer, UnverifiedIdToken,
    validate_claims,
};
use passcode_portal::domain::{Milliseconds, Seconds};
use passcode_portal::http::HttpAnswer;
use serde_json::Value;

/// The only members of a key that may reach Web Crypto: a private number, or a member that changes the meaning of the rest,
/// may not.
const PUBLIC_MEMBERS: [&str; 6] = ["kty", "n", "e", "crv", "x", "y"];

/// First line: a compact JWS. Rest: a key set.
pub(crate) fn id_token(data: &[u8]) {
    let Some((token, keys)) = text(data).map(first_line) else { return };
    let keys = KeySet::parse(keys);
    let Ok(parsed) = UnverifiedIdToken::parse(&IdToken::new(token.to_owned())) else { return };
    let header = token.split('.').next().and_then(|part| Base64UrlUnpadded::decode_vec(part).ok());
    let header: Value = serde_json::from_slice(&header.unwrap_or_default()).unwrap_or_default();
    let algorithm = header.get("alg").and_then(Value::as_str).unwrap_or_default();
    assert!(["RS256", "PS256", "ES256"].contains(&algorithm), "an algorithm that is not allowed");
    assert!(header.get("crit").is_none_or(Value::is_null), "a critical header was ignored");
    assert!(parsed.claims(SignatureVerdict::Invalid).is_err(), "claims of a wrong signature were believed");
    assert!(parsed.claims(SignatureVerdict::Unavailable).is_err(), "claims were believed without a check");
    assert!(parsed.claims(SignatureVerdict::Valid).is_ok());
    assert!(token.len() < 40 || !format!("{parsed:?}").contains(token), "Debug shows the token");
    let Some(check) = keys.ok().and_then(|keys| parsed.signature_check(&keys).ok()) else { return };
    assert_eq!(check.signed, token.rsplit_once('.').map_or("", |(signed, _)| signed).as_bytes());
    let jwk: Value = serde_json::from_str(&check.jwk).unwrap_or_default();
    let members =
        jwk.as_object().map(|members| members.keys().cloned().collect::<Vec<_>>()).unwrap_or_default();
    assert!(!members.is_empty(), "the key is no JSON object");
    assert!(members.iter().all(|name| PUBLIC_MEMBERS.contains(&name.as_str())), "{members:?}");
    let is_elliptic = jwk.get("kty").and_then(Value::as_str) == Some("EC");
    assert_eq!(is_elliptic, algorithm == "ES256", "a key of another kind than the algorithm");
}

const ISSUER: &str = "https://id.example";
const CLIENT: &str = "portal";
const NONCE: &str = "n-1";
const PERSON: &str = "p-1";
const ELAPSED: i64 = 5;

/// Claims as JSON. What is accepted must say everything that was expected, read here by other means.
pub(crate) fn id_claims(data: &[u8]) {
    let Ok(value) = serde_json::from_slice::<Value>(data) else { return };
    let read =
        text(data).and_then(portal_contract::json::parse).and_then(|value| IdTokenClaims::read(&value));
    let Some(claims) = read else { return };
    let expected = Expectations {
        trusted_audiences: &[],
        issuer: ISSUER,
        client_id: CLIENT,
        nonce: NONCE,
        max_age: Some(Seconds(300)),
        sub: Some(PERSON),
        elapsed: Milliseconds(ELAPSED * 1000),
    };
    let Ok(verified) = validate_claims(&claims, &expected) else { return };
    let said = |name: &str| value.get(name).and_then(Value::as_str);
    let number = |name: &str| value.get(name).and_then(Value::as_f64).unwrap_or(f64::NAN);
    assert_eq!((said("iss"), said("nonce"), said("sub")), (Some(ISSUER), Some(NONCE), Some(PERSON)));
    let audiences = match value.get("aud") {
        Some(Value::Array(several)) => several.clone(),
        Some(one) => vec![one.clone()],
        None => Vec::new(),
    };
    assert!(!audiences.is_empty() && audiences.iter().all(|one| one == CLIENT), "another audience");
    assert!(said("azp").is_none_or(|party| party == CLIENT), "another authorised party");
    assert!(number("exp") >= number("iat"), "expired when it was issued");
    assert!(number("iat") > 0.0 && number("auth_time") > 0.0, "no real times");
    #[expect(clippy::cast_precision_loss, reason = "a leeway of seconds is exact")]
    let leeway = LEEWAY.0 as f64;
    assert!(number("auth_time") < number("iat") + leeway + 1.0, "a sign-in in the future");
    assert!(verified.age.is_some_and(|age| age.0 >= 0), "an age below zero or none");
    assert!(verified.require_age(Seconds(300)).is_ok() == verified.age.is_some_and(|age| age.0 <= 300));
}

/// First byte: the status. Rest: the body.
pub(crate) fn token_answer(data: &[u8]) {
    let Some((first, body)) = data.split_first() else { return };
    let Some(body) = text(body) else { return };
    let status = if *first == b'2' { 200 } else { 100 + u16::from(*first) * 2 };
    let answer = HttpAnswer { status, headers: Vec::new(), body: body.to_owned() };
    let Ok(tokens) = TokenAnswer::of_answer(&Ok(answer)) else { return };
    assert_eq!(status, 200, "tokens from an answer that was no success");
    let access = tokens.access.reveal();
    assert!(!access.is_empty() && access.bytes().all(|byte| byte.is_ascii_graphic()), "no header value");
    assert!(!tokens.id.reveal().is_empty());
    assert!(access.len() < 60 || !format!("{tokens:?}").contains(access), "Debug shows the token");
}
