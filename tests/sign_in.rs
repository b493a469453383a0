//! Signing in: configuration, discovery, requests, callback, records and challenges, and every reason to refuse.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "test code fails loudly")]

mod support;

use passcode_portal::auth::*;
use passcode_portal::domain::{Action, Computer, Milliseconds, Seconds};
use passcode_portal::http::{HttpAnswer, NetworkFault};
use passcode_portal::route::Route;
use portal_contract::UtcTime;
use proptest::prelude::*;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use support::{WALL, answer, at, id};

const ISSUER: &str = "https://id.example/tenant";

fn config() -> PageConfig {
    let text = json!({ "apiBase": "/api/v1.0", "authority": ISSUER, "clientId": "client", "scopes": "openid devices",
        "resource": "urn:api", "defaultLocale": "ja", "support": { "name": "IT" } });
    PageConfig::parse(&text.to_string()).unwrap()
}

fn discovery_json() -> Value {
    json!({ "issuer": ISSUER, "authorization_endpoint": "https://id.example/auth?p=1",
        "token_endpoint": "https://id.example/token", "jwks_uri": "https://id.example/jwks",
        "end_session_endpoint": "https://id.example/logout",
        "authorization_response_iss_parameter_supported": true })
}

fn discovery() -> Discovery {
    Discovery::parse(&discovery_json().to_string(), ISSUER).unwrap()
}

fn random() -> SignInRandom {
    let mut bytes = [0; SignInRandom::LENGTH];
    for (index, byte) in bytes.iter_mut().enumerate() {
        *byte = index as u8;
    }
    SignInRandom::new(bytes)
}

fn transaction(purpose: Purpose) -> Transaction {
    Transaction {
        verifier: random().verifier(),
        nonce: random().nonce(),
        expected: Some(ExpectedPerson { sub: "sub-1".into(), login_hint: Some("ann@example".into()) }),
        purpose,
        key: random().idempotency_key(),
        screen: Computer::Shared,
        created: at(0).wall,
    }
}

fn query(url: &str) -> BTreeMap<String, String> {
    let query = url.split_once('?').unwrap().1;
    form_urlencoded::parse(query.as_bytes()).into_owned().collect()
}

fn authorization(purpose: Purpose, challenge: Option<&StepUpChallenge>) -> BTreeMap<String, String> {
    let url = authorization_url(
        &discovery(),
        &config(),
        "https://portal.example",
        "st",
        &transaction(purpose),
        challenge,
    );
    query(url.reveal())
}

// ---- configuration and discovery ---------------------------------------------------------------------------------

#[test]
fn a_wrong_configuration_is_named() {
    let good = json!({ "apiBase": "/api", "authority": ISSUER, "clientId": "c", "scopes": "openid" });
    let with = |name: &str, value: Value| {
        let mut config = good.clone();
        config[name] = value;
        PageConfig::parse(&config.to_string())
    };
    assert!(PageConfig::parse(&good.to_string()).is_ok());
    for name in ["apiBase", "authority", "clientId", "scopes"] {
        for missing in [Value::Null, json!(""), json!("  ")] {
            assert_eq!(with(name, missing), Err(ConfigError::Field(name)));
        }
    }
    for wrong in ["http://id.example", "id.example", "https://id.example?x", "javascript:alert(1)"] {
        assert_eq!(with("authority", json!(wrong)), Err(ConfigError::Value("authority")), "{wrong}");
    }
    for wrong in ["api", "//evil.example", "http://api.example", "/api?x", "/a\\b"] {
        assert_eq!(with("apiBase", json!(wrong)), Err(ConfigError::Value("apiBase")), "{wrong}");
    }
    assert_eq!(with("scopes", json!("devices")), Err(ConfigError::Value("scopes")));
    assert_eq!(PageConfig::parse("{"), Err(ConfigError::NotJson));
    assert_eq!(PageConfig::parse(r#"{"apiBase":7}"#), Err(ConfigError::Field("config.json")));
    assert_eq!(with("apiBase", json!("https://api.example/v1/")).unwrap().api_base, "https://api.example/v1");
    assert_eq!(with("unknown", json!(1)).unwrap().client_id, "c");
}

#[test]
fn a_configuration_that_is_not_there_is_told_from_one_that_is_wrong() {
    let html = HttpAnswer { status: 200, headers: vec![], body: "<!doctype html>".into() };
    assert_eq!(PageConfig::of_answer(&Ok(html)), Err(ConfigError::Missing));
    assert_eq!(PageConfig::of_answer(&Ok(answer(404, &json!({})))), Err(ConfigError::Missing));
    assert_eq!(PageConfig::of_answer(&Ok(answer(500, &json!({})))), Err(ConfigError::Unreachable));
    assert_eq!(PageConfig::of_answer(&Err(NetworkFault::Broken)), Err(ConfigError::Unreachable));
}

#[test]
fn a_provider_that_is_not_the_configured_one_is_refused() {
    let parse = |document: &Value| Discovery::parse(&document.to_string(), ISSUER);
    let with = |name: &str, value: Value| {
        let mut document = discovery_json();
        document[name] = value;
        parse(&document)
    };
    assert!(parse(&discovery_json()).is_ok());
    for other in ["https://id.example", "https://id.example/tenant/", "https://evil.example/tenant"] {
        assert_eq!(with("issuer", json!(other)), Err(SignInError::IssuerMismatch), "{other}");
    }
    for insecure in ["http://id.example/x", "/relative", "javascript:x", "https://a@b/"] {
        let read = with("end_session_endpoint", json!(insecure)).unwrap();
        assert_eq!(read.end_session_endpoint, None, "not gone to, and nobody is kept out: {insecure}");
    }
    for endpoint in ["authorization_endpoint", "token_endpoint", "jwks_uri"] {
        for insecure in ["http://id.example/x", "/relative", "javascript:x", "https://a@b/"] {
            assert_eq!(with(endpoint, json!(insecure)), Err(SignInError::EndpointNotSecure), "{endpoint}");
        }
    }
    for missing in ["issuer", "authorization_endpoint", "token_endpoint", "jwks_uri"] {
        assert_eq!(with(missing, Value::Null), Err(SignInError::DiscoveryMalformed));
    }
    assert_eq!(with("end_session_endpoint", Value::Null).unwrap().end_session_endpoint, None);
    assert_eq!(Discovery::parse("<html>", ISSUER), Err(SignInError::DiscoveryMalformed));
    let huge = format!("{}{}", discovery_json(), " ".repeat(70_000));
    assert_eq!(Discovery::parse(&huge, ISSUER), Err(SignInError::DiscoveryMalformed));
    let down = Err(NetworkFault::TimedOut);
    assert_eq!(Discovery::of_answer(&down, ISSUER), Err(SignInError::ProviderUnreachable));
    let failing = Ok(answer(503, &discovery_json()));
    assert_eq!(Discovery::of_answer(&failing, ISSUER), Err(SignInError::ProviderUnreachable));
}

// ---- requests ----------------------------------------------------------------------------------------------------

#[test]
fn the_authorization_request_asks_for_a_code_bound_to_this_tab() {
    let asked = authorization(Purpose::SignIn { return_to: Route::Devices }, None);
    let wanted = [
        ("response_type", "code"),
        ("client_id", "client"),
        ("redirect_uri", "https://portal.example/callback"),
        ("scope", "openid devices"),
        ("resource", "urn:api"),
        ("state", "st"),
        ("nonce", &random().nonce()),
        ("code_challenge", &random().verifier().challenge()),
        ("code_challenge_method", "S256"),
        ("login_hint", "ann@example"),
        // The endpoint's own query stays.
        ("p", "1"),
    ];
    let wanted: BTreeMap<String, String> =
        wanted.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    assert_eq!(asked, wanted);
}

#[test]
fn each_purpose_asks_for_its_own_kind_of_sign_in() {
    let device = id("a");
    let cases = [
        (Purpose::SignIn { return_to: Route::Devices }, None, None),
        (Purpose::Silent { return_to: Route::Devices }, Some("none"), None),
        (
            Purpose::StepUp { device: device.clone(), action: Action::ResetPasscode },
            Some("login"),
            Some("300"),
        ),
        (Purpose::Reveal { device }, Some("login"), Some("3600")),
    ];
    for (purpose, prompt, max_age) in cases {
        let asked = authorization(purpose.clone(), None);
        assert_eq!(asked.get("prompt").map(String::as_str), prompt, "{purpose:?}");
        assert_eq!(asked.get("max_age").map(String::as_str), max_age, "{purpose:?}");
    }
}

#[test]
fn what_the_server_demanded_is_passed_on() {
    let step_up = || Purpose::StepUp { device: id("a"), action: Action::ResetPasscode };
    let challenge = StepUpChallenge {
        obstacle: None,
        max_age: Some(Seconds(60)),
        acr_values: Some("phr mfa".into()),
        claims: Some(r#"{"id_token":{}}"#.into()),
    };
    let asked = authorization(step_up(), Some(&challenge));
    assert_eq!(asked["max_age"], "60");
    assert_eq!(asked["acr_values"], "phr mfa");
    assert_eq!(asked["claims"], r#"{"id_token":{}}"#);
    // A server that would accept more does not get less than five minutes' freshness asked for.
    let lax = StepUpChallenge { max_age: Some(Seconds(4_000)), ..StepUpChallenge::default() };
    assert_eq!(authorization(step_up(), Some(&lax))["max_age"], "300");
}

#[test]
fn sign_out_is_an_address_to_go_to_and_returns_to_the_page() {
    let token = IdToken::new("h.p.s".into());
    let url =
        end_session_url(&discovery(), &config(), "https://portal.example", Some("st"), Some(&token)).unwrap();
    let asked = query(url.reveal());
    assert_eq!(asked["post_logout_redirect_uri"], "https://portal.example/signed-out");
    assert_eq!(asked["id_token_hint"], "h.p.s");
    assert_eq!(asked["client_id"], "client");
    assert_eq!(asked["state"], "st");
    let without = Discovery { end_session_endpoint: None, ..discovery() };
    assert!(end_session_url(&without, &config(), "https://portal.example", None, None).is_none());
}

#[test]
fn the_token_request_proves_who_began() {
    let purpose = Purpose::StepUp { device: id("a"), action: Action::ResetPasscode };
    let CallbackAnswer::Code(code) =
        Callback::parse("code=c%2F1&state=s&iss=https%3A%2F%2Fid.example%2Ftenant")
            .answer(&discovery())
            .unwrap()
    else {
        panic!("a code")
    };
    let request =
        token_request(&discovery(), &config(), "https://portal.example", &code, &transaction(purpose));
    let body: BTreeMap<_, _> =
        form_urlencoded::parse(request.body.as_deref().unwrap().as_bytes()).into_owned().collect();
    assert_eq!(body["grant_type"], "authorization_code");
    assert_eq!(body["code"], "c/1");
    assert_eq!(body["redirect_uri"], "https://portal.example/callback");
    assert_eq!(body["client_id"], "client");
    assert_eq!(body["resource"], "urn:api");
    let verifier = CodeVerifier::parse(&body["code_verifier"]).unwrap();
    assert_eq!(verifier, random().verifier());
    assert_eq!(body.len(), 6, "nothing else, above all no refresh token");
    assert!(!request.is_cacheable);
}

// ---- callback ----------------------------------------------------------------------------------------------------

#[test]
fn a_callback_of_another_issuer_is_refused_also_when_it_reports_an_error() {
    let announced = discovery();
    let silent = Discovery { announces_iss: false, ..discovery() };
    let right = "iss=https%3A%2F%2Fid.example%2Ftenant";
    for rest in ["code=c", "error=access_denied"] {
        let answer = |iss: &str, provider: &Discovery| {
            Callback::parse(&format!("state=s&{rest}&{iss}")).answer(provider)
        };
        let refused = Err(SignInError::ResponseIssuerMismatch);
        assert!(answer(right, &announced).is_ok());
        assert_eq!(answer("", &announced), refused, "announced and missing");
        assert_eq!(answer("iss=https%3A%2F%2Fevil.example", &announced), refused);
        assert!(answer("", &silent).is_ok(), "not announced and missing");
        assert_eq!(answer("iss=https%3A%2F%2Fevil.example", &silent), refused, "not announced but wrong");
    }
}

#[test]
fn errors_of_the_provider_keep_their_meaning() {
    let provider = Discovery { announces_iss: false, ..discovery() };
    let cases = [
        ("access_denied", SignInError::AccessDenied),
        ("login_required", SignInError::InteractionRequired),
        ("interaction_required", SignInError::InteractionRequired),
        ("consent_required", SignInError::InteractionRequired),
        ("account_selection_required", SignInError::InteractionRequired),
        ("temporarily_unavailable", SignInError::ProviderUnavailable),
        ("server_error", SignInError::ProviderUnavailable),
        ("invalid_scope", SignInError::ProviderRefused),
        ("unmet_authentication_requirements", SignInError::ProviderRefused),
        ("<script>", SignInError::ProviderRefused),
    ];
    for (error, wanted) in cases {
        let got = Callback::parse(&format!("state=s&error={error}")).answer(&provider);
        assert_eq!(got, Ok(CallbackAnswer::Error(wanted)), "{error}");
    }
    let described = |text: &str| {
        Callback::parse(&format!("state=s&error=access_denied&error_description={text}")).answer(&provider)
    };
    assert_eq!(described("User+canceled"), Ok(CallbackAnswer::Error(SignInError::AccessDenied)));
    assert_eq!(
        described("User+is+not+assigned+to+the+client+application."),
        Ok(CallbackAnswer::Error(SignInError::AccountRefused))
    );
}

#[test]
fn a_callback_that_contradicts_itself_is_refused() {
    let provider = Discovery { announces_iss: false, ..discovery() };
    for wrong in [
        "",
        "state=s",
        "state=s&code=",
        "state=s&code=a&error=access_denied",
        "state=s&code=a&code=b",
        "state=s&state=t&code=a",
        "state=s&error=a&error=b",
    ] {
        let got = Callback::parse(wrong).answer(&provider);
        assert_eq!(got, Err(SignInError::CallbackMalformed), "{wrong}");
    }
    assert_eq!(Callback::parse("code=a").state(), None);
    assert_eq!(Callback::parse("code=a&state=").state(), None);
}

// ---- records -----------------------------------------------------------------------------------------------------

#[test]
fn what_survives_a_redirect_is_read_back_as_it_was() {
    for purpose in [
        Purpose::SignIn { return_to: Route::ResetPasscode(id("端末/x".replace('/', "-").as_str())) },
        Purpose::Silent { return_to: Route::Home },
        Purpose::StepUp { device: id("a b"), action: Action::ResetPasscode },
        Purpose::StepUp { device: id("a"), action: Action::Retire },
        Purpose::StepUp { device: id("a"), action: Action::Wipe },
        Purpose::Reveal { device: id("a") },
    ] {
        let record = transaction(purpose);
        assert_eq!(Transaction::parse(&record.serialise()), Some(record));
    }
    let continuation = Continuation {
        device: id("a"),
        action: Action::Retire,
        device_name: "A \"phone\"".into(),
        state: Some("s".into()),
        is_again: true,
        expected: ExpectedPerson { sub: "s".into(), login_hint: None },
        challenge: Some(StepUpChallenge {
            obstacle: None,
            max_age: Some(Seconds(10)),
            acr_values: None,
            claims: Some("{}".into()),
        }),
        created: at(0).wall,
    };
    assert_eq!(Continuation::parse(&continuation.serialise()), Some(continuation));
    let resume = ResumeRecord {
        device: id("a"),
        action: Action::Wipe,
        key: support::key(),
        sub: "s".into(),
        first_within: Some(Seconds(60)),
        started: at(3).wall,
    };
    assert_eq!(ResumeRecord::parse(&resume.serialise()), Some(resume));
}

#[test]
fn a_record_lives_ten_minutes_whichever_way_the_clock_was_set() {
    let record = transaction(Purpose::SignIn { return_to: Route::Devices });
    for (seconds, wanted) in
        [(0, true), (600, true), (601, false), (-600, true), (-601, false), (-86_400, false)]
    {
        assert_eq!(record.is_current(UtcTime::from_unix_seconds(WALL + seconds)), wanted, "{seconds}");
    }
}

#[test]
fn a_stored_record_cannot_send_anybody_elsewhere() {
    let text = transaction(Purpose::SignIn { return_to: Route::Devices }).serialise();
    let mut record: Value = serde_json::from_str(&text).unwrap();
    for elsewhere in
        ["https://evil.example", "//evil.example", "/callback", "javascript:alert(1)", "/nowhere"]
    {
        record["return_to"] = json!(elsewhere);
        assert_eq!(Transaction::parse(&record.to_string()), None, "{elsewhere}");
    }
    record["return_to"] = json!("/devices");
    record["purpose"] = json!("stepUp");
    assert_eq!(Transaction::parse(&record.to_string()), None, "a step-up without a device");
    record["purpose"] = json!("signIn");
    record["verifier"] = json!("short");
    assert_eq!(Transaction::parse(&record.to_string()), None);
}

// ---- tokens ------------------------------------------------------------------------------------------------------

#[test]
fn a_token_answer_is_read_or_refused_by_name() {
    let good =
        json!({ "access_token": "at", "id_token": "h.p.s", "token_type": "bearer", "expires_in": 600 });
    let tokens = TokenAnswer::of_answer(&Ok(answer(200, &good))).unwrap();
    assert_eq!(tokens.access.reveal(), "at");
    let refused = |status, body: &Value| TokenAnswer::of_answer(&Ok(answer(status, body))).unwrap_err();
    assert_eq!(refused(400, &json!({ "error": "invalid_grant" })), SignInError::CodeRefused);
    assert_eq!(refused(401, &json!({})), SignInError::CodeRefused);
    assert_eq!(refused(503, &json!({})), SignInError::ProviderUnavailable);
    for (name, value) in [
        ("token_type", json!("DPoP")),
        ("access_token", json!("")),
        ("id_token", Value::Null),
        ("access_token", json!("a\r\nX: y")),
    ] {
        let mut body = good.clone();
        body[name] = value;
        assert_eq!(refused(200, &body), SignInError::TokenAnswerMalformed, "{name}");
    }
    let mut large = good.clone();
    large["filler"] = json!("x".repeat(64 * 1024));
    assert_eq!(refused(200, &large), SignInError::TokenAnswerMalformed, "too large");
    let html = HttpAnswer { status: 200, headers: vec![], body: "<html>".into() };
    assert_eq!(TokenAnswer::of_answer(&Ok(html)).unwrap_err(), SignInError::TokenAnswerMalformed);
    let down = TokenAnswer::of_answer(&Err(NetworkFault::Offline)).unwrap_err();
    assert_eq!(down, SignInError::ProviderUnreachable);
}

// ---- challenges --------------------------------------------------------------------------------------------------

#[test]
fn both_dialects_of_a_challenge_are_understood() {
    let parse = StepUpChallenge::parse;
    let age =
        |seconds| Some(StepUpChallenge { max_age: Some(Seconds(seconds)), ..StepUpChallenge::default() });
    let rfc =
        r#"Bearer error="insufficient_user_authentication", error_description="a \"b\", c", max_age="300""#;
    assert_eq!(parse(rfc), age(300));
    assert_eq!(parse("Bearer error=insufficient_user_authentication, max_age=60"), age(60));
    assert_eq!(parse("bearer ERROR=\"insufficient_user_authentication\",MAX_AGE=\"0\""), age(0));
    assert_eq!(
        parse(r#"Basic realm="x", Bearer realm="y", error="insufficient_user_authentication", max_age=5"#),
        age(5)
    );
    assert_eq!(
        parse(r#"Bearer error="insufficient_user_authentication", max_age="99999999999999999999""#),
        age(300)
    );
    assert_eq!(parse(r#"Bearer error="insufficient_user_authentication", max_age="4000""#), age(300));
    let none = Some(StepUpChallenge::default());
    for odd in ["-1", "abc", "", "1.5"] {
        let header = format!(r#"Bearer error="insufficient_user_authentication", max_age="{odd}""#);
        assert_eq!(parse(&header), none, "{odd}");
    }
    // {"access_token":{"acrs":{"essential":true,"value":"c1"}}}
    let claims = "eyJhY2Nlc3NfdG9rZW4iOnsiYWNycyI6eyJlc3NlbnRpYWwiOnRydWUsInZhbHVlIjoiYzEifX19";
    let header = format!(r#"Bearer realm="", error="insufficient_claims", claims="{claims}""#);
    let parsed = parse(&header).unwrap().claims.unwrap();
    assert_eq!(parsed, r#"{"access_token":{"acrs":{"essential":true,"value":"c1"}}}"#);
}

#[test]
fn a_challenge_out_of_bounds_is_cut_and_what_is_none_is_not_taken_for_one() {
    let claims = |text: &str| {
        StepUpChallenge::parse(&format!(r#"Bearer error="insufficient_claims", claims="{text}""#))
            .unwrap()
            .claims
    };
    assert_eq!(claims("bm90IGpzb24="), None, "not JSON");
    assert_eq!(claims("WzFd"), None, "not an object");
    assert_eq!(claims("%%%"), None);
    assert_eq!(claims(&"e30g".repeat(1_100)), None, "beyond 4 KB");
    for none in [
        "",
        "Bearer",
        r#"Bearer error="invalid_token""#,
        "Basic error=insufficient_user_authentication",
        r#"Bearer error="insufficient_user_authentication"#,
        ",,,",
        "=",
        "Bearer =",
    ] {
        assert_eq!(StepUpChallenge::parse(none), None, "{none}");
    }
}

// ---- claims ------------------------------------------------------------------------------------------------------

const IAT: i64 = 1_800_000_000;

fn claims_json() -> Value {
    json!({ "iss": ISSUER, "sub": "sub-1", "aud": "client", "exp": IAT + 600, "iat": IAT, "nonce": "n",
        "auth_time": IAT - 10, "name": "Ann", "preferred_username": "ann@example", "extra": [1] })
}

fn expectations() -> Expectations<'static> {
    Expectations {
        trusted_audiences: &[],
        issuer: ISSUER,
        client_id: "client",
        nonce: "n",
        max_age: Some(Seconds(300)),
        sub: Some("sub-1"),
        elapsed: Milliseconds(1_000),
    }
}

fn validate(claims: &Value) -> Result<VerifiedSignIn, SignInError> {
    validate_claims(&read_claims(claims), &expectations())
}

fn read_claims(claims: &Value) -> IdTokenClaims {
    IdTokenClaims::read(&portal_contract::json::parse(&claims.to_string()).unwrap()).unwrap()
}

#[test]
fn a_token_that_is_unsigned_or_signed_by_another_algorithm_is_refused_before_any_key_is_looked_for() {
    use base64ct::{Base64UrlUnpadded, Encoding as _};
    let encode = |value: &Value| Base64UrlUnpadded::encode_string(value.to_string().as_bytes());
    for algorithm in ["none", "nOnE", "", "HS256", "HS384", "HS512", "ES256K", "eddsa", "RS1"] {
        let header = encode(&json!({ "alg": algorithm, "kid": "k" }));
        let token = IdToken::new(format!("{header}.{}.c2lnbmF0dXJl", encode(&claims_json())));
        let refused = UnverifiedIdToken::parse(&token).unwrap_err();
        assert_eq!(refused, SignInError::AlgorithmNotAllowed, "{algorithm}");
    }
}

/// A token whose header names this algorithm and key. Its signature is Web Crypto's matter.
fn signed_by(algorithm: &str, kid: Option<&str>) -> UnverifiedIdToken {
    use base64ct::{Base64UrlUnpadded, Encoding as _};
    let encode = |value: &Value| Base64UrlUnpadded::encode_string(value.to_string().as_bytes());
    let header = encode(&json!({ "alg": algorithm, "kid": kid }));
    UnverifiedIdToken::parse(&IdToken::new(format!("{header}.{}.c2ln", encode(&claims_json())))).unwrap()
}

#[test]
fn every_algorithm_that_providers_use_finds_the_key_of_its_kind_and_no_other() {
    let rsa = json!({ "kty": "RSA", "n": "n".repeat(342), "e": "AQAB" });
    let on = |crv: &str| json!({ "kty": "EC", "crv": crv, "x": "x", "y": "y" });
    let [p256, p384, p521] = ["P-256", "P-384", "P-521"].map(on);
    let ed = json!({ "kty": "OKP", "crv": "Ed25519", "x": "x" });
    let rows = [
        ("RS256", &rsa),
        ("RS384", &rsa),
        ("RS512", &rsa),
        ("PS256", &rsa),
        ("PS384", &rsa),
        ("PS512", &rsa),
        ("ES256", &p256),
        ("ES384", &p384),
        ("ES512", &p521),
        ("EdDSA", &ed),
    ];
    let mut keys: Vec<Value> = [&rsa, &p256, &p384, &p521, &ed].map(Clone::clone).to_vec();
    // Of no use here: another curve, a symmetric key, a key to exchange keys by.
    keys.push(on("secp256k1"));
    keys.push(json!({ "kty": "oct", "k": "c2VjcmV0" }));
    keys.push(json!({ "kty": "OKP", "crv": "X25519", "x": "x" }));
    let set = KeySet::parse(&json!({ "keys": keys }).to_string()).unwrap();
    for (algorithm, key) in rows {
        // Without a name there is no choice: exactly one key is of the kind.
        let check = signed_by(algorithm, None).signature_check(&set).unwrap();
        assert_eq!(check.algorithm.as_str(), algorithm);
        assert_eq!(serde_json::from_str::<Value>(&check.jwk).unwrap(), *key, "{algorithm}");
        // A key that says what it is for is for nothing else.
        let mut named = key.clone();
        (named["kid"], named["alg"]) = (json!("k"), json!(algorithm));
        for (other, _) in rows {
            let set = KeySet::parse(&json!({ "keys": [named] }).to_string()).unwrap();
            let found = signed_by(other, Some("k")).signature_check(&set).is_ok();
            assert_eq!(found, other == algorithm, "{other} by a key for {algorithm}");
        }
    }
}

#[test]
fn a_key_that_is_published_twice_is_one_and_two_keys_of_one_name_are_none() {
    let key = |x: &str| json!({ "kty": "EC", "crv": "P-256", "x": x, "y": "y", "kid": "k" });
    let is_found = |keys: Value| {
        let set = KeySet::parse(&json!({ "keys": keys }).to_string()).unwrap();
        signed_by("ES256", Some("k")).signature_check(&set).is_ok()
    };
    let mut described = key("x");
    (described["alg"], described["use"]) = (json!("ES256"), json!("sig"));
    assert!(is_found(json!([key("x"), key("x")])) && is_found(json!([key("x"), described])));
    assert!(!is_found(json!([key("x"), key("other")])));
}

#[test]
fn a_right_token_says_who_and_how_long_ago() {
    let sign_in = validate(&claims_json()).unwrap();
    assert_eq!((sign_in.sub.as_str(), sign_in.name.as_str()), ("sub-1", "Ann"));
    assert_eq!(sign_in.login_hint.as_deref(), Some("ann@example"));
    assert_eq!(sign_in.age, Some(Seconds(10)));
    assert_eq!(sign_in.require_age(Seconds(300)), Ok(()));
}

#[test]
fn every_wrong_claim_is_refused_by_name() {
    let cases = [
        ("iss", json!("https://evil.example"), SignInError::TokenIssuerMismatch),
        ("iss", json!(format!("{ISSUER}/")), SignInError::TokenIssuerMismatch),
        ("iss", json!(""), SignInError::TokenIssuerMismatch),
        ("aud", json!("other"), SignInError::AudienceMismatch),
        ("aud", json!([]), SignInError::AudienceMismatch),
        ("aud", json!(["client", "other"]), SignInError::AudienceMismatch),
        ("azp", json!("other"), SignInError::AuthorizedPartyMismatch),
        ("exp", Value::Null, SignInError::TokenExpired),
        ("exp", json!(IAT), SignInError::TokenExpired),
        ("exp", json!(IAT + 1), SignInError::TokenExpired),
        ("exp", json!(i64::MIN), SignInError::TokenExpired),
        ("iat", Value::Null, SignInError::IssuedAtInvalid),
        ("iat", json!(0), SignInError::IssuedAtInvalid),
        ("iat", json!(-1), SignInError::IssuedAtInvalid),
        ("nonce", Value::Null, SignInError::NonceMismatch),
        ("nonce", json!("m"), SignInError::NonceMismatch),
        ("nonce", json!(""), SignInError::NonceMismatch),
        ("auth_time", Value::Null, SignInError::AuthTimeMissing),
        ("auth_time", json!(0), SignInError::AuthTimeMissing),
        ("auth_time", json!(IAT + 31), SignInError::AuthTimeInFuture),
        ("auth_time", json!(i64::MAX), SignInError::AuthTimeInFuture),
        ("sub", json!(""), SignInError::SubjectMissing),
        ("sub", json!("sub-2"), SignInError::SubjectMismatch),
    ];
    for (name, value, wanted) in cases {
        let mut claims = claims_json();
        claims[name] = value.clone();
        assert_eq!(validate(&claims).unwrap_err(), wanted, "{name}: {value}");
    }
}

#[test]
fn an_old_sign_in_is_one_but_not_a_fresh_one() {
    let mut claims = claims_json();
    claims["auth_time"] = json!(IAT - 301);
    let sign_in = validate(&claims).unwrap();
    assert_eq!(sign_in.require_age(Seconds(300)), Err(SignInError::AuthenticationTooOld));
    claims["auth_time"] = json!(IAT + 30);
    assert_eq!(validate(&claims).unwrap().age, Some(Seconds(0)));
    claims["auth_time"] = Value::Null;
    let claims = read_claims(&claims);
    let lax = Expectations { max_age: None, ..expectations() };
    let sign_in = validate_claims(&claims, &lax).unwrap();
    assert_eq!(sign_in.age, None);
    assert_eq!(sign_in.require_age(Seconds(i64::MAX)), Err(SignInError::AuthTimeMissing));
}

#[test]
fn a_token_that_took_too_long_to_arrive_is_expired() {
    let claims = read_claims(&claims_json());
    let after = |ms| validate_claims(&claims, &Expectations { elapsed: Milliseconds(ms), ..expectations() });
    assert!(after(599_999).is_ok());
    assert_eq!(after(600_000).unwrap_err(), SignInError::TokenExpired);
}

#[test]
fn every_sign_in_error_has_a_code_of_its_own() {
    let mut codes: Vec<_> = SignInError::ALL.iter().map(|error| error.code()).collect();
    codes.sort_unstable();
    codes.dedup();
    assert_eq!(codes.len(), SignInError::ALL.len());
    assert!(codes.iter().all(|code| code.starts_with("auth.")));
}

proptest! {
    #[test]
    fn whatever_stands_in_an_address_a_header_or_the_storage_nothing_panics(text in ".{0,80}") {
        let _ = Callback::parse(&text).answer(&discovery());
        let _ = StepUpChallenge::parse(&text);
        let _ = StepUpChallenge::parse(&format!("Bearer error=\"insufficient_claims\", {text}"));
        let _ = (Transaction::parse(&text), Continuation::parse(&text), ResumeRecord::parse(&text));
        let _ = (PageConfig::parse(&text), Discovery::parse(&text, ISSUER), KeySet::parse(&text));
        let _ = UnverifiedIdToken::parse(&IdToken::new(text.clone()));
        let _ = is_acceptable_url(&text);
        let _ = Route::parse(&text);
    }
}
