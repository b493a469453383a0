//! No secret in any `Debug`: every model, event and effect of a whole visit is formatted and searched, and every secret
//! type by itself.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "test code fails loudly")]

mod support;

use passcode_portal::app::{AppEvent, Event, Visibility};
use passcode_portal::auth::{AccessToken, CodeVerifier, IdToken, SignInRandom};
use passcode_portal::core::{Effect, SpokenPasscode};
use passcode_portal::domain::Milliseconds;
use passcode_portal::features::passcode::words::{qr_drawing, spell};
use passcode_portal::features::{actions, passcode, sign_in};
use passcode_portal::http::{HttpAnswer, HttpRequest, Method};
use passcode_portal::i18n::{Catalogue, Locale, PlainFormatter};
use portal_contract::SecretText;
use serde_json::{Value, json};
use support::browser::{ACCESS_TOKEN, Browser, CODE, PASSCODE};
use support::{SERVER, answer, device_json, device_json_with, id, problem, rfc3339, run_json};

/// Words a voice says.
const SPOKEN: [&str; 2] = ["capital Sierra", "digit seven"];

/// A visit that touches every secret: sign-in, step-up, reset, passcode, failures, sign-out.
fn visit() -> (String, Vec<String>) {
    let mut browser = Browser::sign_in_at("/devices/a");
    let mut secrets = Vec::new();
    let mut collect = |browser: &Browser| {
        for (key, value) in &browser.storage {
            if let Ok(record) = serde_json::from_str::<Value>(value) {
                secrets.extend(
                    ["verifier", "nonce"].iter().filter_map(|n| record[n].as_str().map(str::to_owned)),
                );
            }
            secrets.extend(key.strip_prefix("portal.transaction.").map(str::to_owned));
            secrets.extend(key.strip_prefix("portal.continuation.").map(str::to_owned));
        }
    };
    browser.answer("/managedDevices/a", Ok(answer(200, &device_json("a"))));
    browser.dispatch(Event::Actions(actions::Event::ResetChosen(id("a"))));
    browser.dispatch(Event::Actions(actions::Event::SignOutForResetChosen));
    collect(&browser);
    let state = browser.asked()["state"].clone();
    let id_token = browser.asked()["id_token_hint"].clone();
    browser.open(&format!("/signed-out?state={state}"));
    browser.answer_discovery();
    collect(&browser);
    browser.return_with(|_| {});
    browser.answer("/managedDevices/a", Ok(answer(200, &device_json("a"))));
    browser.dispatch(Event::Actions(actions::Event::ResetConfirmed));
    browser.answer("/resetPasscode", Ok(answer(202, &run_json("r1", "pending", None, 0))));
    browser.pass(3);
    browser.answer("/managedDevices/a", Ok(answer(200, &device_json_with("a", &[("r1", "done", None, 0)]))));
    browser.dispatch(Event::Passcode(passcode::Event::ShowChosen(id("a"))));
    let passcode = json!({ "passcode": PASSCODE, "characterSet": "digits", "resultId": "r1",
        "expiresDateTime": rfc3339(SERVER + 86_400) });
    browser.answer("/temporaryPasscode", Ok(answer(200, &passcode)));
    browser.dispatch(Event::Passcode(passcode::Event::CopyChosen));
    browser.dispatch(Event::Passcode(passcode::Event::CopyFinished { copied: false }));
    browser.dispatch(Event::Passcode(passcode::Event::QrCodeToggled));
    browser.dispatch(Event::Passcode(passcode::Event::PaperToggled));
    browser.dispatch(Event::App(AppEvent::PrintChosen));
    browser.dispatch(Event::Passcode(passcode::Event::VoicesFound(vec![Locale::En])));
    let words = SPOKEN.map(|word| SecretText::new(word.to_owned()));
    browser.dispatch(Event::Passcode(passcode::Event::ReadAloudChosen(SpokenPasscode {
        locale: Locale::En,
        words: words.into(),
    })));
    assert!(browser.log.iter().any(|effect| matches!(effect, Effect::ReadAloud { .. })));
    browser.dispatch(Event::Passcode(passcode::Event::ReadAloudStopped));
    browser.dispatch(Event::App(AppEvent::VisibilityChanged(Visibility::Hidden)));
    browser.pass(3);
    browser.dispatch(Event::App(AppEvent::VisibilityChanged(Visibility::Visible)));
    browser.dispatch(Event::Passcode(passcode::Event::HideChosen));
    browser.dispatch(Event::App(AppEvent::RetryChosen));
    browser.answer("/managedDevices/a", Ok(problem(401, "unauthenticated")));
    browser.dispatch(Event::SignIn(sign_in::Event::SignInChosen));
    collect(&browser);
    browser.return_with(|claims| claims["nonce"] = json!("wrong"));
    browser.dispatch(Event::SignIn(sign_in::Event::SignInChosen));
    collect(&browser);
    browser.return_with(|_| {});
    browser.dispatch(Event::SignIn(sign_in::Event::SignOutChosen));
    secrets.extend([ACCESS_TOKEN, CODE, PASSCODE].map(str::to_owned));
    secrets.extend(SPOKEN.map(str::to_owned));
    // The parts of an ID token stand for themselves too.
    secrets.push(id_token.split('.').nth(1).unwrap().to_owned());
    secrets.push(id_token);
    (browser.debugged, secrets)
}

#[test]
fn no_state_event_or_effect_of_a_visit_shows_a_secret() {
    let (debugged, secrets) = visit();
    assert!(debugged.len() > 10_000 && debugged.contains("SignedIn") && debugged.contains("Shown"));
    assert!(secrets.len() >= 10, "{secrets:?}");
    for secret in secrets {
        assert!(secret.len() >= 5, "too short to be looked for: {secret}");
        let Some(at) = debugged.find(&secret) else { continue };
        let around = debugged.get(at.saturating_sub(200)..at + secret.len()).unwrap_or(&debugged);
        assert!(debugged.is_empty(), "a secret in Debug: ...{around}");
    }
}

#[test]
fn nothing_that_is_stored_holds_a_token_a_code_or_a_passcode() {
    let mut browser = Browser::sign_in_at("/devices/a");
    browser.step_up("a");
    browser.answer("/managedDevices/a", Ok(answer(200, &device_json("a"))));
    let stored = format!("{:?}", browser.storage);
    assert!(stored.contains("portal.resume"));
    for secret in [ACCESS_TOKEN, CODE, PASSCODE, "eyJ", "verifier"] {
        assert!(!stored.contains(secret), "{secret} in {stored}");
    }
}

#[test]
fn each_secret_type_redacts_itself() {
    let request = HttpRequest {
        method: Method::Post,
        url: "https://id.example/token?code=SECRET".into(),
        headers: vec![("Authorization", "Bearer SECRET".into())],
        body: Some("code=SECRET".into()),
        time_out: Milliseconds(1),
        is_cacheable: false,
    };
    let answer =
        HttpAnswer { status: 200, headers: vec![("x".into(), "SECRET".into())], body: "SECRET".into() };
    let verifier = CodeVerifier::parse(&"SECRET".repeat(8)).unwrap();
    let all = [
        format!("{:?}", AccessToken::new("SECRET".into())),
        format!("{:?}", IdToken::new("SECRET".into())),
        format!("{:?}", SecretText::new("SECRET".into())),
        spelled_secret(),
        drawn_secret(),
        format!("{verifier:?}"),
        format!("{:?}", SignInRandom::new([0x53; 112])),
        format!("{request:?}"),
        format!("{answer:?}"),
        format!("{:?}", Event::App(AppEvent::RandomDrawn(Some(SignInRandom::new([0x53; 112]))))),
    ];
    for text in all {
        assert!(!text.contains("SECRET") && !text.contains("83, 83") && !text.contains("U1NT"), "{text}");
    }
}

/// "SECRET" as a QR code, in a form in which its squares would be found.
fn drawn_secret() -> String {
    let drawing = qr_drawing(&SecretText::new("SECRET".into())).unwrap();
    assert!(drawing.path.reveal().starts_with('M'));
    let shown = format!("{drawing:?}");
    if shown.contains("h7v1") || shown.contains("M4") { format!("SECRET in {shown}") } else { shown }
}

/// "SECRET" spelled, as a whole and each character, in a form in which its words would be found.
fn spelled_secret() -> String {
    let spelled = spell(&SecretText::new("SECRET".into()), &Catalogue::embedded(Locale::En), &PlainFormatter);
    let words: Vec<&str> = spelled.characters().iter().map(|c| c.words.reveal()).collect();
    assert_eq!(words.first(), Some(&"capital Sierra"));
    let shown = format!("{spelled:?} {:?} {:?}", spelled.characters(), spelled.characters().first());
    let has_words = ["Sierra", "Echo", "capital", "Capital"].iter().any(|word| shown.contains(word));
    if has_words { format!("SECRET in {shown}") } else { shown }
}
