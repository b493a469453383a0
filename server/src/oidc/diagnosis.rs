//! What is right and what is wrong between this server and its provider, said to whoever sets the two up. Pure: documents,
//! tokens and the time are parameters. It decides nothing; whether a token is accepted is [`super::check_claims`]'s to say.

use super::claims::{self, came, present, text};
use super::id_token::{self, Expected};
use super::{Algorithm, ClientSettings, KeySet, TokenRules};
use crate::domain::finding::{Finding, Verdict};
use crate::domain::freshness::seconds_ahead;
use crate::ports::TokenError;
use base64ct::{Base64UrlUnpadded, Encoding as _};
use portal_contract::UtcTime;
use serde_json::{Map, Value};

fn names(document: &Value, entry: &str) -> Option<Vec<String>> {
    let list = document.get(entry)?.as_array()?;
    Some(list.iter().filter_map(Value::as_str).map(ToOwned::to_owned).collect())
}

/// Looks at the provider's document (OpenID Connect Discovery 1.0 section 3).
#[must_use]
pub fn document(rules: &TokenRules, document: &Value, is_session_mode: bool) -> Vec<Finding> {
    let word = |entry: &str| document.get(entry).and_then(Value::as_str);
    let mut findings = vec![Finding::of(
        word("issuer") == Some(rules.issuer.as_str()),
        format!("issuer: expected {:?}, came {:?}", rules.issuer, word("issuer").unwrap_or("nothing")),
        "write the second into oidc.issuer (and into authority of config.json), if it is your provider's",
    )];
    for entry in ["authorization_endpoint", "token_endpoint", "jwks_uri"] {
        let is_fit =
            word(entry).is_some_and(|url| super::provider_document::is_acceptable(url, &rules.issuer));
        let what = format!("{entry}: {}", word(entry).unwrap_or("missing"));
        findings.push(Finding::of(is_fit, what, "the provider has to name an https address"));
    }
    findings.push(match word("end_session_endpoint") {
        Some(place) => Finding::right(format!("end_session_endpoint: {place}")),
        None => Finding::note(
            "end_session_endpoint: missing".to_owned(),
            "people are not signed out there, and a reset goes straight to the fresh sign-in",
        ),
    });
    if let Some(offered) = names(document, "id_token_signing_alg_values_supported") {
        let accepted: Vec<&str> = rules.algorithms.iter().map(|one| one.name()).collect();
        let what = format!("signatures: accepted {accepted:?}, offered {offered:?}");
        let change =
            "add one of the second to oidc.algorithms, or let the provider sign with one of the first";
        findings.push(Finding::of(offered.iter().any(|one| accepted.contains(&one.as_str())), what, change));
    }
    if let Some(methods) = names(document, "code_challenge_methods_supported") {
        let change = "the provider has to allow PKCE with S256";
        let has = methods.iter().any(|one| one == "S256");
        findings.push(Finding::of(has, format!("PKCE: offered {methods:?}"), change));
    }
    match names(document, "claims_supported") {
        Some(claims) if claims.contains(&rules.auth_time_claim) || claims.iter().any(|one| one == "auth_time") => {
            findings.push(Finding::right("auth_time: named among the claims".to_owned()));
        }
        Some(_) => findings.push(Finding::note(
            "auth_time: not named among the claims".to_owned(),
            "without it no sign-in is fresh and no passcode can be reset: look at a real token with check --token",
        )),
        None => {}
    }
    if let Some(issuer) = word("access_token_issuer").filter(|_| !is_session_mode)
        && rules.access_token_issuer.as_deref().unwrap_or(&rules.issuer) != issuer
    {
        findings.push(Finding::wrong(
            format!("access tokens: the provider says that their issuer is {issuer:?}"),
            &format!("oidc.access_token_issuer = {issuer:?}"),
        ));
    }
    findings
}

/// Looks at the provider's keys.
#[must_use]
pub fn keys(document: &Value) -> Finding {
    let usable = KeySet::parse(document).map_or(0, |keys| keys.len());
    let change =
        "the provider publishes no key that can check a signature: choose a certificate to sign with there";
    Finding::of(usable > 0, format!("keys: {usable} usable"), change)
}

/// Compares the page's `config.json` with what the server expects (token mode).
#[must_use]
pub fn page(rules: &TokenRules, config: &Value) -> Vec<Finding> {
    let word = |entry: &str| config.get(entry).and_then(Value::as_str).unwrap_or_default();
    let scopes = word("scopes");
    let has = |scope: &str| {
        scopes.split_whitespace().any(|one| one == scope || one.ends_with(&format!("/{scope}")))
    };
    let mut findings = vec![
        Finding::of(
            word("authority") == rules.issuer,
            format!("config.json: authority is {:?}, oidc.issuer {:?}", word("authority"), rules.issuer),
            "they have to be the same, to the last slash",
        ),
        Finding::of(
            !word("clientId").is_empty(),
            format!("config.json: clientId is {:?}", word("clientId")),
            "write the client's identifier there",
        ),
    ];
    let required = &rules.required_scope;
    let is_by_claim = ["scope", "scp"].contains(&rules.scope_claim.as_str());
    if !required.is_empty() && is_by_claim {
        findings.push(Finding::of(
            has(required),
            format!("config.json: scopes are {scopes:?}, oidc.required_scope {required:?}"),
            "ask for the scope in config.json, or set oidc.required_scope to the one that is asked for",
        ));
    }
    findings
}

/// A token taken apart without believing it.
struct Parts {
    header: Map<String, Value>,
    claims: Map<String, Value>,
}

impl Parts {
    fn of(token: &str) -> Option<Self> {
        let mut parts = token.split('.');
        let mut next = || {
            let bytes = Base64UrlUnpadded::decode_vec(parts.next()?).ok()?;
            serde_json::from_slice::<Map<String, Value>>(&bytes).ok()
        };
        let (header, claims) = (next()?, next()?);
        Some(Self { header, claims })
    }
}

/// Says of a real token whether it would be accepted, and which setting would make it so. Not its signature: for that the
/// provider's keys are needed.
#[must_use]
pub fn token(rules: &TokenRules, client: Option<&ClientSettings>, token: &str, now: UtcTime) -> Vec<Finding> {
    let token = token.trim();
    let token = token.strip_prefix("Bearer ").unwrap_or(token).trim();
    let Some(parts) = Parts::of(token) else {
        return vec![Finding::wrong(
            "token: not a JWT".to_owned(),
            "an opaque access token cannot be checked here: let the provider issue JWT access tokens for this API, or use session \
             mode",
        )];
    };
    let algorithm = text(&parts.header, "alg").unwrap_or("nothing");
    let is_accepted = rules.algorithms.iter().any(|one| one.name() == algorithm);
    let change = match Algorithm::named(algorithm) {
        None => {
            "let the provider sign with a certificate (RS256 or ES256): whoever can check a shared secret can sign with it"
                .to_owned()
        }
        Some(_) => format!("oidc.algorithms = [\"{algorithm}\"]"),
    };
    let mut findings = vec![Finding::of(is_accepted, format!("alg: {algorithm}"), &change)];
    match client {
        Some(client) => findings.extend(id_token(rules, client, &parts, now)),
        None => findings.extend(access_token(rules, &parts, now)),
    }
    findings
}

fn access_token(rules: &TokenRules, parts: &Parts, now: UtcTime) -> Vec<Finding> {
    let Parts { header, claims } = parts;
    let typ = text(header, "typ");
    let change = format!("oidc.token_types = [\"{}\"]", typ.unwrap_or("none"));
    let is_accepted = claims::check_type(rules, typ).is_ok();
    let mut findings = vec![Finding::of(is_accepted, format!("typ: {}", typ.unwrap_or("none")), &change)];

    let issuer = rules.access_token_issuer.as_deref().unwrap_or(&rules.issuer);
    let what = format!("iss: expected {issuer:?}, came {}", came(claims, "iss"));
    let change = format!("oidc.access_token_issuer = {}, if it is your provider's", came(claims, "iss"));
    findings.push(Finding::of(text(claims, "iss") == Some(issuer), what, &change));

    let is_for_us = claims::is_for_this_api(rules, claims);
    let change = if present(claims, "aud").is_none() && text(claims, "client_id") == Some(&rules.audience) {
        "oidc.client_id_claim = \"client_id\"".to_owned()
    } else {
        format!(
            "ask for a token of this API (config.json: resource or audience, or its scope), or, if the second is this API, \
             oidc.audience = {}",
            came(claims, "aud")
        )
    };
    let what = format!("aud: expected {:?}, came {}", rules.audience, came(claims, "aud"));
    findings.push(Finding::of(is_for_us, what, &change));

    if claims::is_id_token(rules, claims) {
        findings.push(Finding::wrong(
            "kind: an ID token".to_owned(),
            "take the access token; an ID token never is one (with oidc.required_scope = \"\" a nonce counts as a sign of one)",
        ));
    }
    if !claims::has_scope(claims.get(&rules.scope_claim), &rules.required_scope) {
        let claim = &rules.scope_claim;
        let other = ["scope", "scp"]
            .into_iter()
            .find(|name| name != claim && claims::has_scope(claims.get(*name), &rules.required_scope));
        let change = other.map_or_else(
            || {
                "grant the scope and ask for it (scopes of config.json), or set oidc.required_scope; \"\" where the audience is \
                 this API's own"
                    .to_owned()
            },
            |other| format!("oidc.scope_claim = \"{other}\""),
        );
        let what = format!("{claim}: expected {:?}, came {}", rules.required_scope, came(claims, claim));
        findings.push(Finding::wrong(what, &change));
    }
    findings.push(Finding::of(
        text(claims, &rules.subject_claim).is_some_and(|subject| !subject.is_empty()),
        format!("{}: {}", rules.subject_claim, came(claims, &rules.subject_claim)),
        "oidc.subject_claim has to name the claim that identifies a person (Entra ID: oid)",
    ));
    findings.push(time(claims, &rules.auth_time_claim, now));
    // What is left is a matter of this one token, not of how it was set up; the rule itself has the last word.
    let issued = present(claims, "iat").and_then(claims::numeric_date).map(UtcTime::from_unix_seconds);
    match claims::check(rules, claims, now) {
        Err(TokenError::Invalid("expired")) => {
            let again = issued.is_some_and(|issued| claims::check(rules, claims, issued).is_ok());
            let what = "expired: look at a newer one";
            findings.push(if again {
                Finding::note("this token".to_owned(), what)
            } else {
                Finding::wrong("this token".to_owned(), what)
            });
        }
        Err(TokenError::Invalid(reason)) if findings.iter().all(|one| one.verdict != Verdict::Wrong) => {
            findings.push(Finding::wrong(format!("this token: {reason}"), "look at a newer one"));
        }
        Ok(_) | Err(_) => {}
    }
    findings
}

/// When the person signed in.
fn time(claims: &Map<String, Value>, name: &str, now: UtcTime) -> Finding {
    let at = present(claims, name).and_then(claims::numeric_date).map(UtcTime::from_unix_seconds);
    let Some(at) = at else {
        let other = claims.keys().find(|key| key.as_str() != name && key.ends_with("auth_time"));
        let change = other.map_or_else(
            || {
                "without it no sign-in is fresh and no passcode can be reset: let the provider put it into the token, or use session \
                 mode, which needs it in the ID token only"
                    .to_owned()
            },
            |other| format!("oidc.auth_time_claim = \"{other}\""),
        );
        return Finding::wrong(format!("{name}: {}", came(claims, name)), &change);
    };
    match seconds_ahead(Some(at), now) {
        Some(seconds) => Finding::wrong(
            format!("{name}: {seconds} s in the future"),
            "set the clocks of the provider and of this machine (more than 30 s apart no sign-in is fresh)",
        ),
        None => Finding::right(format!("{name}: {}", at.unix_seconds())),
    }
}

fn id_token(rules: &TokenRules, client: &ClientSettings, parts: &Parts, now: UtcTime) -> Vec<Finding> {
    let claims = &parts.claims;
    let nonce = text(claims, "nonce").unwrap_or_default();
    let expected = Expected {
        issuer: &rules.issuer,
        client_id: &client.client_id,
        subject_claim: &rules.subject_claim,
        trusted_audiences: &rules.trusted_audiences,
        // The one it was asked with is not known here.
        nonce,
        needs_auth_time: false,
        now: present(claims, "iat").and_then(claims::numeric_date).map_or(now, UtcTime::from_unix_seconds),
    };
    let checked = id_token::check(claims, &expected);
    let party = text(claims, "azp") == Some(client.client_id.as_str());
    let further = claims.get("aud").and_then(Value::as_array).filter(|several| several.len() > 1 && party);
    let mut findings = vec![match checked {
        Ok(_) => Finding::right("ID token: accepted".to_owned()),
        Err(failure) => {
            let what = format!(
                "ID token: {} (iss {}, aud {}, azp {})",
                failure.code(),
                came(claims, "iss"),
                came(claims, "aud"),
                came(claims, "azp")
            );
            let others = further.map(|several| {
                let names = several.iter().filter_map(Value::as_str).filter(|one| *one != client.client_id);
                format!("oidc.trusted_audiences = {:?}", names.collect::<Vec<_>>())
            });
            let change = format!(
                "expected iss {:?} and aud {:?} (oidc.issuer, session.client_id)",
                rules.issuer, client.client_id
            );
            Finding::wrong(what, &others.unwrap_or(change))
        }
    }];
    findings.push(time(claims, "auth_time", now));
    findings
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const NOW: i64 = 1_800_000_000;

    fn rules() -> TokenRules {
        TokenRules {
            issuer: "https://id.example.test".to_owned(),
            audience: "urn:api".to_owned(),
            algorithms: vec![Algorithm::Rs256],
            token_types: vec!["at+jwt".to_owned()],
            scope_claim: "scope".to_owned(),
            required_scope: "devices".to_owned(),
            subject_claim: "sub".to_owned(),
            auth_time_claim: "auth_time".to_owned(),
            access_token_issuer: None,
            client_id_claim: None,
            trusted_audiences: Vec::new(),
            leeway_seconds: 30,
        }
    }

    fn client() -> ClientSettings {
        ClientSettings {
            client_id: "portal".to_owned(),
            client_secret: portal_contract::SecretText::new(String::new()),
            scopes: "openid".to_owned(),
            home: "https://portal.example.test".to_owned(),
            step_up: super::super::StepUpRequest::default(),
        }
    }

    fn jwt(header: &Value, claims: &Value) -> String {
        let part = |value: &Value| Base64UrlUnpadded::encode_string(value.to_string().as_bytes());
        format!("{}.{}.c2ln", part(header), part(claims))
    }

    /// What is said to be wrong of an access token with these changes.
    fn changes(header: &Value, change: &Value, rules: &TokenRules) -> Vec<String> {
        let mut claims = json!({ "iss": "https://id.example.test", "aud": "urn:api", "sub": "p", "iat": NOW, "exp": NOW + 600,
            "scope": "openid devices", "auth_time": NOW - 5 });
        for (name, value) in change.as_object().unwrap() {
            claims[name] = value.clone();
        }
        let said = token(rules, None, &jwt(header, &claims), UtcTime::from_unix_seconds(NOW));
        said.into_iter().filter(|one| one.verdict == Verdict::Wrong).map(|one| one.change).collect()
    }

    #[test]
    fn each_difference_names_the_setting_that_takes_it_away_and_with_it_nothing_is_wrong() {
        let good = json!({ "alg": "RS256", "typ": "at+jwt" });
        assert_eq!(changes(&good, &json!({}), &rules()), Vec::<String>::new());
        for (header, change, expected) in [
            (json!({ "alg": "ES256", "typ": "at+jwt" }), json!({}), "oidc.algorithms = [\"ES256\"]"),
            (
                json!({ "alg": "HS256", "typ": "at+jwt" }),
                json!({}),
                "let the provider sign with a certificate",
            ),
            (json!({ "alg": "RS256", "typ": "JWT" }), json!({}), "oidc.token_types = [\"JWT\"]"),
            (json!({ "alg": "RS256" }), json!({}), "oidc.token_types = [\"none\"]"),
            (
                good.clone(),
                json!({ "iss": "https://sts.example/" }),
                "oidc.access_token_issuer = \"https://sts.example/\"",
            ),
            (
                good.clone(),
                json!({ "aud": null, "client_id": "urn:api" }),
                "oidc.client_id_claim = \"client_id\"",
            ),
            (good.clone(), json!({ "aud": "account" }), "ask for a token of this API"),
            (good.clone(), json!({ "scope": null, "scp": ["devices"] }), "oidc.scope_claim = \"scp\""),
            (good.clone(), json!({ "scope": "openid" }), "grant the scope"),
            (good.clone(), json!({ "at_hash": "h" }), "take the access token"),
            (
                good.clone(),
                json!({ "auth_time": null, "https://p/auth_time": NOW }),
                "oidc.auth_time_claim = \"https://p/auth_time\"",
            ),
            (good.clone(), json!({ "auth_time": null }), "without it no sign-in is fresh"),
            (good.clone(), json!({ "auth_time": NOW + 31 }), "set the clocks"),
            (good, json!({ "sub": null }), "oidc.subject_claim"),
        ] {
            let said = changes(&header, &change, &rules());
            assert_eq!(said.len(), 1, "{header} {change}: {said:?}");
            assert!(said[0].starts_with(expected), "{header} {change}: {said:?}");
        }
        let cognito = TokenRules { client_id_claim: Some("client_id".to_owned()), ..rules() };
        let said = changes(
            &json!({ "alg": "RS256", "typ": "at+jwt" }),
            &json!({ "aud": null, "client_id": "urn:api" }),
            &cognito,
        );
        assert_eq!(said, Vec::<String>::new());
    }

    #[test]
    fn an_old_token_is_a_note_and_no_token_says_what_to_do() {
        let old = jwt(
            &json!({ "alg": "RS256", "typ": "at+jwt" }),
            &json!({ "iss": "https://id.example.test", "aud": "urn:api", "sub": "p", "iat": NOW - 900, "exp": NOW - 300,
                "scope": "devices", "auth_time": NOW - 905 }),
        );
        let said = token(&rules(), None, &format!("Bearer {old}\n"), UtcTime::from_unix_seconds(NOW));
        assert!(said.iter().all(|one| one.verdict != Verdict::Wrong), "{said:?}");
        assert!(
            said.iter().any(|one| one.verdict == Verdict::Note && one.change.contains("newer")),
            "{said:?}"
        );
        let opaque = token(&rules(), None, "abcdef", UtcTime::from_unix_seconds(NOW));
        assert!(opaque[0].verdict == Verdict::Wrong && opaque[0].change.contains("session mode"));
    }

    #[test]
    fn an_id_token_is_judged_as_session_mode_judges_it() {
        let said = |change: &Value| {
            let mut claims = json!({ "iss": "https://id.example.test", "aud": "portal", "sub": "p", "iat": NOW, "exp": NOW + 600,
                "nonce": "n", "auth_time": NOW - 5 });
            for (name, value) in change.as_object().unwrap() {
                claims[name] = value.clone();
            }
            let token = jwt(&json!({ "alg": "RS256" }), &claims);
            let said = super::token(&rules(), Some(&client()), &token, UtcTime::from_unix_seconds(NOW));
            said.into_iter()
                .filter(|one| one.verdict == Verdict::Wrong)
                .map(|one| one.change)
                .collect::<Vec<_>>()
        };
        assert_eq!(said(&json!({})), Vec::<String>::new());
        assert_eq!(
            said(&json!({ "aud": ["portal", "project"], "azp": "portal" })),
            ["oidc.trusted_audiences = [\"project\"]"]
        );
        assert!(said(&json!({ "iss": "https://other" }))[0].starts_with("expected iss"));
        assert!(said(&json!({ "auth_time": null }))[0].starts_with("without it"));
    }

    #[test]
    fn the_documents_of_provider_and_page_are_compared_with_the_settings() {
        let good = json!({ "issuer": "https://id.example.test", "authorization_endpoint": "https://id.example.test/a",
            "token_endpoint": "https://id.example.test/t", "jwks_uri": "https://id.example.test/k",
            "end_session_endpoint": "https://id.example.test/e", "id_token_signing_alg_values_supported": ["RS256"],
            "code_challenge_methods_supported": ["S256"], "claims_supported": ["sub", "auth_time"] });
        let wrong = |name: &str, value: Value| {
            let mut changed = good.clone();
            changed[name] = value;
            let said = document(&rules(), &changed, false);
            said.iter().filter(|one| one.verdict == Verdict::Wrong).count()
        };
        assert_eq!(wrong("x", Value::Null), 0);
        for (name, value) in [
            ("issuer", json!("https://id.example.test/")),
            ("token_endpoint", json!("http://id.example.test/t")),
            ("jwks_uri", Value::Null),
            ("id_token_signing_alg_values_supported", json!(["HS256", "ES256"])),
            ("code_challenge_methods_supported", json!(["plain"])),
            ("access_token_issuer", json!("http://id.example.test/services/trust")),
        ] {
            assert_eq!(wrong(name, value.clone()), 1, "{name} {value}");
        }
        assert_eq!(
            wrong("end_session_endpoint", Value::Null) + wrong("claims_supported", json!(["sub"])),
            0,
            "notes"
        );
        assert_eq!(keys(&json!({ "keys": [] })).verdict, Verdict::Wrong);
        let config = json!({ "authority": "https://id.example.test", "clientId": "c", "scopes": "openid api://x/devices" });
        assert!(page(&rules(), &config).iter().all(|one| one.verdict == Verdict::Right));
        let other = json!({ "authority": "https://id.example.test/", "clientId": "", "scopes": "openid" });
        assert_eq!(page(&rules(), &other).iter().filter(|one| one.verdict == Verdict::Wrong).count(), 3);
    }
}
