//! What real providers do: values nobody needs never end a sign-in, what security needs is refused in every disguise, and each
//! end of a fresh sign-in is called by its name.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "test code fails loudly")]

mod support;

use passcode_portal::app::Event;
use passcode_portal::auth::SignInError;
use passcode_portal::core::Session;
use passcode_portal::domain::{ActionFlow, SignInStep};
use passcode_portal::features::{actions, sign_in};
use passcode_portal::http::HttpAnswer;
use passcode_portal::words as view;
use serde_json::{Value, json};
use support::browser::{Browser, CODE, ISSUER};
use support::{SERVER, answer, device_json, id, problem, rfc3339, with_header};

const DEVICE: &str = "/managedDevices/a";

/// A sign-in whose ID token, token answer and discovery document were changed.
fn sign_in(claims: &Value, tokens: &Value, document: fn(&mut Value)) -> Browser {
    let mut browser = Browser::new().with_discovery(document);
    browser.open("/devices");
    browser.answer_discovery();
    let asked = browser.asked();
    browser.open(&format!("/callback?code={CODE}&state={}&iss=https%3A%2F%2Fid.example", asked["state"]));
    browser.answer_discovery();
    browser.change_tokens = tokens.clone();
    browser.answer_tokens(&asked["nonce"], |these| lay_over(these, claims));
    browser
}

fn lay_over(object: &mut Value, changes: &Value) {
    for (name, value) in changes.as_object().unwrap() {
        object[name] = value.clone();
    }
}

#[test]
fn values_nobody_needs_never_end_a_sign_in() {
    let later = (SERVER + 600).to_string();
    for claims in [
        json!({ "email": ["ann@example", "a@example"] }),
        json!({ "name": 7, "preferred_username": {}, "email": true }),
        json!({ "name": null, "preferred_username": null, "email": null, "azp": null }),
        json!({ "exp": later, "iat": SERVER.to_string(), "auth_time": SERVER.to_string() }),
        json!({ "exp": SERVER as f64 + 600.5 }),
        json!({ "aud": ["client"], "azp": "client" }),
        json!({ "acr": 0, "amr": "pwd", "groups": "all", "updated_at": "yesterday", "auth_time": null }),
        json!({ "iat": SERVER, "auth_time": SERVER + 30 }),
    ] {
        let browser = sign_in(&claims, &json!({}), |_| {});
        assert!(browser.model.page.session.signed_in().is_some(), "{claims}: {:?}", browser.failure());
    }
    for tokens in [
        json!({ "expires_in": "3600" }),
        json!({ "expires_in": null, "scope": ["openid"], "refresh_token": 7 }),
        json!({ "token_type": "bearer" }),
        json!({ "token_type": null }),
    ] {
        let browser = sign_in(&json!({}), &tokens, |_| {});
        assert!(browser.model.page.session.signed_in().is_some(), "{tokens}: {:?}", browser.failure());
    }
    let documents: [fn(&mut Value); 5] = [
        |document| document["end_session_endpoint"] = json!([]),
        |document| document["end_session_endpoint"] = "http://id.example/insecure".into(),
        |document| document["end_session_endpoint"] = Value::Null,
        |document| document["claims_supported"] = "sub".into(),
        |document| document["grant_types_supported"] = Value::Null,
    ];
    for document in documents {
        let browser = sign_in(&json!({}), &json!({}), document);
        assert!(browser.model.page.session.signed_in().is_some(), "{:?}", browser.failure());
    }
}

#[test]
fn what_security_needs_is_refused_in_every_disguise() {
    for (claims, error) in [
        (json!({ "iss": null }), SignInError::TokenIssuerMismatch),
        (json!({ "iss": [ISSUER] }), SignInError::TokenIssuerMismatch),
        (json!({ "aud": null }), SignInError::AudienceMismatch),
        (json!({ "aud": ["client", 7] }), SignInError::AudienceMismatch),
        (json!({ "aud": { "client": true } }), SignInError::AudienceMismatch),
        (json!({ "aud": ["client", "other"], "azp": "client" }), SignInError::AudienceMismatch),
        (json!({ "azp": 7 }), SignInError::AuthorizedPartyMismatch),
        (json!({ "azp": ["client"] }), SignInError::AuthorizedPartyMismatch),
        (json!({ "nonce": null }), SignInError::NonceMismatch),
        (json!({ "nonce": ["x"] }), SignInError::NonceMismatch),
        (json!({ "exp": "never" }), SignInError::TokenExpired),
        (json!({ "iat": {} }), SignInError::IssuedAtInvalid),
        (json!({ "sub": null }), SignInError::SubjectMissing),
        (json!({ "sub": 7 }), SignInError::SubjectMissing),
        (json!({ "auth_time": "yesterday" }), SignInError::AuthTimeMissing),
        (json!({ "auth_time": SERVER + 31 }), SignInError::AuthTimeInFuture),
    ] {
        let browser = sign_in(&claims, &json!({}), |_| {});
        assert_eq!(browser.failure(), Some(error), "{claims}");
    }
    for tokens in [
        json!({ "token_type": "mac" }),
        json!({ "access_token": null }),
        json!({ "access_token": 7 }),
        json!({ "id_token": null }),
    ] {
        let browser = sign_in(&json!({}), &tokens, |_| {});
        assert_eq!(browser.failure(), Some(SignInError::TokenAnswerMalformed), "{tokens}");
    }
}

#[test]
fn further_audiences_count_as_ours_only_where_they_are_trusted_and_we_are_the_party() {
    let sign_in = |claims: Value| {
        let mut browser =
            Browser::new().with_config(|config| config["trustedAudiences"] = "project api".into());
        browser.open("/devices");
        browser.answer_discovery();
        browser.return_with(|these| lay_over(these, &claims));
        browser.failure()
    };
    assert_eq!(sign_in(json!({ "aud": ["client", "project"], "azp": "client" })), None);
    assert_eq!(sign_in(json!({ "aud": ["project", "client", "api"], "azp": "client" })), None);
    for (claims, error) in [
        (json!({ "aud": ["client", "evil"], "azp": "client" }), SignInError::AudienceMismatch),
        (json!({ "aud": ["project"], "azp": "client" }), SignInError::AudienceMismatch),
        (json!({ "aud": ["client", "project"] }), SignInError::AuthorizedPartyMismatch),
        (json!({ "aud": ["client", "project"], "azp": "project" }), SignInError::AuthorizedPartyMismatch),
    ] {
        assert_eq!(sign_in(claims.clone()), Some(error), "{claims}");
    }
}

/// The end of a step-up, in both modes, whose sign-in was `age` seconds before the token; `None` when it does not say.
fn step_up(age: Option<i64>, way: i64) -> [(ActionFlow, Option<SignInError>, Browser); 2] {
    let mut token = Browser::sign_in_at("/devices/a");
    token.answer(DEVICE, Ok(answer(200, &device_json("a"))));
    token.leave_for_step_up("a");
    token.pass(way);
    token.return_with(|claims| claims["auth_time"] = age.map_or(Value::Null, |age| json!(SERVER - age)));

    let mut session = Browser::in_session_mode();
    session.open("/devices/a");
    session.answer("/session", Ok(who(Some(0))));
    session.answer(DEVICE, Ok(answer(200, &device_json("a"))));
    session.dispatch(Event::Actions(actions::Event::ResetChosen(id("a"))));
    session.dispatch(Event::Actions(actions::Event::SignOutForResetChosen));
    let state = session.asked()["state"].clone();
    session.pass(way);
    session.open(&format!("/callback?state={state}"));
    session.answer("/session", Ok(who(age)));
    [token, session].map(|browser| {
        (browser.model.features.actions.reset.clone(), browser.model.features.sign_in.error, browser)
    })
}

fn who(age: Option<i64>) -> HttpAnswer {
    let mut session = json!({ "id": "ann", "displayName": "Ann", "userPrincipalName": "ann@example",
        "currentDateTime": rfc3339(SERVER) });
    if let Some(age) = age {
        session["authTime"] = rfc3339(SERVER - age).into();
    }
    answer(200, &session)
}

fn failed() -> ActionFlow {
    ActionFlow::SignIn { device: id("a"), step: SignInStep::Failed }
}

#[test]
fn a_provider_whose_clock_is_a_little_ahead_is_believed() {
    for ahead in [0, 3, 29, 30] {
        for (state, error, _) in step_up(Some(-ahead), 5) {
            assert!(
                matches!(state, ActionFlow::Reading { grant: Some(_), .. }),
                "{ahead}: {state:?} {error:?}"
            );
        }
    }
}

#[test]
fn a_clock_that_is_further_ahead_is_named() {
    for ahead in [31, 3600] {
        for (state, error, _) in step_up(Some(-ahead), 5) {
            assert_eq!((state, error), (failed(), Some(SignInError::AuthTimeInFuture)), "{ahead}");
        }
    }
    let words = format!("{:?}", view::sign_in_problem(SignInError::AuthTimeInFuture));
    assert!(words.contains("Clocks"), "{words}");
}

#[test]
fn a_provider_that_did_not_ask_again_is_not_called_too_late() {
    for (age, way) in [(285, 5), (301, 5), (86_400, 5), (400, 200)] {
        for (state, error, _) in step_up(Some(age), way) {
            assert_eq!((state, error), (failed(), Some(SignInError::AuthenticationTooOld)), "{age} {way}");
        }
    }
}

#[test]
fn somebody_who_was_asked_and_took_too_long_is_told_so() {
    for (state, _, _) in step_up(Some(290), 300) {
        assert_eq!(state, ActionFlow::SignIn { device: id("a"), step: SignInStep::Expired });
    }
}

#[test]
fn a_missing_time_is_said_and_known_before_the_next_sign_out() {
    for (state, error, mut browser) in step_up(None, 5) {
        assert_eq!((state, error), (failed(), Some(SignInError::AuthTimeMissing)));
        assert!(browser.model.page.cannot_prove_fresh(), "this page has seen it");
        browser.open("/help");
        assert!(browser.model.page.cannot_prove_fresh(), "and so has this tab");
    }
    for (_, _, browser) in step_up(Some(1), 5) {
        assert!(!browser.model.page.cannot_prove_fresh());
    }
}

#[test]
fn an_access_token_that_does_not_say_when_is_known_from_the_first_answer_of_the_server() {
    let mut browser = Browser::sign_in_at("/devices/a");
    browser.answer("/me", Ok(answer(200, &json!({ "id": "ann" }))));
    assert!(browser.model.page.cannot_prove_fresh());
    let mut browser = Browser::sign_in_at("/devices/a");
    browser.answer("/me", Ok(answer(200, &json!({ "id": "ann", "authTime": rfc3339(SERVER) }))));
    assert!(!browser.model.page.cannot_prove_fresh());
}

#[test]
fn what_the_server_misses_in_the_access_token_is_said_instead_of_asked_for_for_ever() {
    for (reason, error) in [
        ("auth_time_missing", SignInError::AuthTimeMissing),
        ("auth_time_in_future", SignInError::AuthTimeInFuture),
    ] {
        let mut browser = Browser::at_confirmation();
        browser.dispatch(Event::Actions(actions::Event::ResetConfirmed));
        let challenge = format!(
            "Bearer error=\"insufficient_user_authentication\", max_age=\"300\", portal_reason=\"{reason}\""
        );
        let refused =
            with_header(problem(401, "insufficientUserAuthentication"), "www-authenticate", &challenge);
        browser.answer("/resetPasscode", Ok(refused));
        assert_eq!(
            (browser.model.features.actions.reset.clone(), browser.model.features.sign_in.error),
            (failed(), Some(error))
        );
    }
}

#[test]
fn the_fresh_sign_in_is_asked_for_as_it_says() {
    let asked = |change: fn(&mut Value)| {
        let mut browser = Browser::new().without_end_session().with_config(change).signed_in_at("/devices/a");
        browser.answer(DEVICE, Ok(answer(200, &device_json("a"))));
        browser.dispatch(Event::Actions(actions::Event::ResetChosen(id("a"))));
        browser.dispatch(Event::Actions(actions::Event::SignOutForResetChosen));
        let asked = browser.asked();
        ["prompt", "max_age", "acr_values", "claims"].map(|name| asked.get(name).cloned().unwrap_or_default())
    };
    assert_eq!(asked(|_| {}), ["login", "300", "", ""]);
    assert_eq!(asked(|config| config["stepUpPrompt"] = "none".into()), ["", "300", "", ""]);
    assert_eq!(asked(|config| config["stepUpAcrValues"] = "c1 c2".into()), ["login", "300", "c1 c2", ""]);
    let context = |config: &mut Value| {
        config["stepUpPrompt"] = "none".into();
        config["stepUpClaims"] = r#"{"access_token":{"acrs":{"essential":true,"value":"c1"}}}"#.into();
    };
    assert_eq!(
        asked(context),
        ["", "300", "", r#"{"access_token":{"acrs":{"essential":true,"value":"c1"}}}"#]
    );
}

#[test]
fn what_the_provider_said_is_kept_for_it_and_nothing_else_of_it() {
    for (error, shown) in [
        ("invalid_scope", Some("invalid_scope")),
        ("unauthorized_client", Some("unauthorized_client")),
        ("%3Cscript%3E", None),
        ("Call%20%2B1%20555", None),
    ] {
        let mut browser = Browser::new();
        browser.open("/devices");
        browser.answer_discovery();
        browser.return_with_error(error);
        assert_eq!(browser.failure(), Some(SignInError::ProviderRefused), "{error}");
        assert_eq!(browser.model.features.sign_in.provider_error.as_deref(), shown, "{error}");
    }
    let mut browser = Browser::in_session_mode();
    browser.open("/devices");
    browser.answer("/session", Ok(HttpAnswer { status: 204, headers: Vec::new(), body: String::new() }));
    browser.dispatch(Event::SignIn(sign_in::Event::SignInChosen));
    let state = browser.asked()["state"].clone();
    browser.open(&format!("/callback?error=auth.provider_refused&detail=invalid_scope&state={state}"));
    assert_eq!(browser.model.features.sign_in.provider_error.as_deref(), Some("invalid_scope"));
}

#[test]
fn not_set_up_your_account_and_cancelled_are_told_apart() {
    let text = |error| format!("{:?}", view::sign_in_problem(error).lines);
    assert!(text(SignInError::ProviderRefused).contains("Configuration"));
    assert!(text(SignInError::IssuerMismatch).contains("Configuration"));
    assert!(text(SignInError::TokenIssuerMismatch).contains("Configuration"));
    assert!(
        text(SignInError::AccessTokenRefused).contains("Configuration"),
        "a token for somebody else's API"
    );
    assert!(text(SignInError::AuthTimeMissing).contains("NoTime"));
    assert_ne!(text(SignInError::AccessDenied), text(SignInError::InteractionRequired));

    let mut browser = Browser::new();
    browser.open("/devices");
    browser.answer("/openid-configuration", Ok(answer(404, &json!({}))));
    assert_eq!(browser.failure(), Some(SignInError::DiscoveryMalformed), "not: cannot be reached");

    let mut browser = Browser::sign_in_at("/devices");
    browser.answer("/managedDevices", Ok(problem(403, "insufficientScope")));
    let told = passcode_portal::features::devices::words::list_problem(&browser.model.features.devices.list)
        .unwrap();
    assert!(format!("{:?}", told.lines).contains("ConfigurationText"), "not device management: {told:?}");
    assert!(matches!(browser.model.page.session, Session::SignedIn(_)));
}

#[test]
fn every_code_that_a_sign_in_can_end_with_has_a_cause_and_a_remedy_in_the_documentation() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/providers/README.md");
    let table = std::fs::read_to_string(path).unwrap();
    let rows: Vec<&str> = table.lines().filter(|line| line.starts_with("| `")).collect();
    for error in SignInError::ALL {
        let marks = [format!("`{}`", error.code()), format!("`{} · CODE`", error.code())];
        let found = rows.iter().filter(|row| {
            let first = row.split('|').nth(1).unwrap_or_default();
            marks.iter().any(|mark| first.contains(mark.as_str()))
        });
        assert_eq!(found.count(), 1, "{}", error.code());
    }
    for row in rows {
        assert_eq!(row.split('|').filter(|cell| !cell.trim().is_empty()).count(), 3, "{row}");
    }
}
