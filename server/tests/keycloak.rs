//! Keycloak itself: sign-in, step-up and sign-out, in both modes, with what `init` writes for it.
//!
//! `PORTAL_TEST_KEYCLOAK` is the issuer of one on this machine with the realm of `testkit/keycloak` imported. Ignored by default, and so
//! counted as skipped: `cargo xtask test --only keycloak` starts one (`testkit/keycloak/README.md`).
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::wildcard_enum_match_arm,
    clippy::disallowed_methods,
    clippy::needless_pass_by_value,
    missing_docs,
    reason = "a failing test should stop at once and say where"
)]

#[path = "../examples/connector.rs"]
#[allow(dead_code, reason = "what the tests stand on names it")]
mod sample_connector;
#[path = "suite/support/mod.rs"]
#[allow(dead_code, unused_imports, reason = "shared with the suite, which uses all of it")]
mod support;

use axum::http::StatusCode;
use base64ct::{Base64UrlUnpadded, Encoding as _};
use portal_contract::sign_out::SignOut;
use portal_server::composition::{Environment, Server};
use portal_server::config;
use portal_server::operator::providers::{Mode, Provider};
use portal_server::operator::{Answers, CheckUp, check, init};
use portal_server::system::{SystemClock, SystemRandomness};
use serde_json::Value;
use sha2::Digest as _;
use std::collections::BTreeMap;
use std::sync::Arc;
use support::browser::{Browser, ORIGIN, query};
use support::provider::CLIENT;
use support::{TestClock, TestServer};

const AUDIENCE: &str = "urn:passcode-portal:api";
const PUBLIC_CLIENT: &str = "passcode-portal";
const RESET: &str = "/api/v1.0/me/managedDevices/d-aiko-android/resetPasscode";

fn keycloak() -> String {
    std::env::var("PORTAL_TEST_KEYCLOAK").expect("PORTAL_TEST_KEYCLOAK names the issuer")
}

/// Somebody in front of Keycloak's pages, with the cookies it set.
struct Person {
    client: reqwest::Client,
    cookies: BTreeMap<String, String>,
}

impl Person {
    fn new() -> Self {
        let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        Self { client, cookies: BTreeMap::new() }
    }

    /// Where an answer sends the browser, or the page.
    async fn send(&mut self, request: reqwest::RequestBuilder) -> Result<String, String> {
        let cookies = self.cookies.iter().map(|(name, value)| format!("{name}={value}"));
        let cookies = cookies.collect::<Vec<_>>().join("; ");
        let answer = request.header("cookie", cookies).send().await.unwrap();
        for set in answer.headers().get_all("set-cookie") {
            let (name, value) = set.to_str().unwrap().split(';').next().unwrap().split_once('=').unwrap();
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
        match answer.headers().get("location") {
            Some(location) => Ok(location.to_str().unwrap().to_owned()),
            None => Err(answer.text().await.unwrap()),
        }
    }

    async fn go(&mut self, address: &str) -> Result<String, String> {
        self.send(self.client.get(address)).await
    }

    /// Fills the sign-in form, which has to be there when somebody is asked anew.
    async fn sign_in(&mut self, address: &str, is_asked: bool) -> String {
        match self.go(address).await {
            Ok(back) => {
                assert!(!is_asked, "Keycloak did not ask again");
                back
            }
            Err(page) => {
                let form = page.split("action=\"").nth(1).and_then(|rest| rest.split('"').next());
                let form = form.unwrap_or_else(|| panic!("no form: {page}")).replace("&amp;", "&");
                let body = "username=aiko&password=sample&credentialId=";
                let request = self.client.post(form).body(body);
                let request = request.header("content-type", "application/x-www-form-urlencoded");
                self.send(request).await.unwrap_or_else(|page| panic!("not signed in: {page}"))
            }
        }
    }
}

async fn server(issuer: &str, mode: Mode) -> TestServer {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    std::fs::create_dir(at("dist")).unwrap();
    std::fs::write(at("dist/index.html"), "<title>page</title>").unwrap();
    let answers = Answers {
        provider: Provider::Keycloak,
        issuer: Some(issuer.to_owned()),
        host: String::new(),
        tenant: String::new(),
        mode,
        url: ORIGIN.to_owned(),
        client_id: if mode == Mode::Session { CLIENT.0 } else { PUBLIC_CLIENT }.to_owned(),
        audience: AUDIENCE.to_owned(),
        connector: None,
        api: None,
        page_dir: at("dist"),
        to: folder.path().to_owned(),
    };
    init(&answers, &SystemRandomness).unwrap();
    if mode == Mode::Session {
        std::fs::write(at("client.secret"), CLIENT.1).unwrap();
    }
    let text = std::fs::read_to_string(at("portal.toml")).unwrap();
    let names = ["portal.sqlite", "passcode.keys", "client.secret"];
    let text = names
        .iter()
        .fold(text, |text, name| text.replace(&format!("\"{name}\""), &format!("{:?}", at(name))));
    std::fs::write(at("portal.toml"), text).unwrap();
    let settings = config::load(Some(&at("portal.toml")), &[]).unwrap();
    let report = check(&settings, &CheckUp { online: true, token: None }, &SystemClock).await;
    assert!(report.is_well(), "{:#?}", report.lines());
    let server = Server::build(&settings, Environment::default()).await.unwrap();
    let provider = support::Provider::in_real_time().await;
    let clock = Arc::new(TestClock(provider.clock.clone()));
    TestServer { folder, provider, clock, settings, server }
}

/// Path and query of an address of the portal.
fn at_portal(address: &str) -> &str {
    address.strip_prefix(ORIGIN).unwrap_or_else(|| panic!("not of the portal: {address}"))
}

#[tokio::test]
#[ignore = "needs Keycloak itself: testkit/keycloak/README.md"]
async fn session_mode_signs_in_steps_up_and_signs_out() {
    let issuer = keycloak();
    let server = server(&issuer, Mode::Session).await;
    let (mut browser, mut person) = (Browser::default(), Person::new());
    let left = browser.go(&server, "/session/sign-in?purpose=signIn&state=page-1").await;
    let back = person.sign_in(left.header("location"), true).await;
    let answer = browser.is_sent(&server, at_portal(&back)).await;
    assert_eq!(answer.header("location"), "/callback?state=page-1");

    let left = browser.go(&server, "/session/sign-in?purpose=stepUp&state=page-2").await;
    let signed_out =
        person.go(left.header("location")).await.expect("Keycloak comes back from the sign-out by itself");
    let on = browser.is_sent(&server, at_portal(&signed_out)).await;
    let asked = query(on.header("location"));
    assert_eq!((asked["prompt"].as_str(), asked["max_age"].as_str()), ("login", "300"));
    let back = person.sign_in(on.header("location"), true).await;
    let answer = browser.is_sent(&server, at_portal(&back)).await;
    assert_eq!(answer.header("location"), "/callback?state=page-2");
    let me = browser.call(&server, "GET", "/session").await.json();
    browser.believes = me["id"].as_str().unwrap().to_owned();
    let key = [("idempotency-key", "0123456789abcdef")];
    let reset = browser.call_with(&server, "POST", RESET, &key).await;
    assert_eq!(reset.status, StatusCode::ACCEPTED, "{me} {:?}", reset.json());

    // While single sign-on lasts, the fresh sign-in asks all the same.
    let left = browser.go(&server, "/session/sign-in?purpose=stepUp&state=page-3&signOut=skip").await;
    let back = person.sign_in(left.header("location"), true).await;
    assert_eq!(browser.is_sent(&server, at_portal(&back)).await.header("location"), "/callback?state=page-3");

    assert_eq!(browser.call(&server, "POST", "/session/sign-out").await.status, StatusCode::NO_CONTENT);
    let end = browser.go(&server, "/session/end").await;
    let back = person.go(end.header("location")).await.expect("back from the sign-out");
    assert!(at_portal(&back).starts_with("/signed-out"), "{back}");
}

#[tokio::test]
#[ignore = "needs Keycloak itself: testkit/keycloak/README.md"]
async fn token_mode_takes_the_access_token_and_the_page_comes_back_from_the_sign_out() {
    let issuer = keycloak();
    let server = server(&issuer, Mode::Token).await;
    let mut person = Person::new();
    let document: Value = serde_json::from_str(
        &person.go(&format!("{issuer}/.well-known/openid-configuration")).await.unwrap_err(),
    )
    .unwrap();
    let place = |name: &str| document[name].as_str().unwrap().to_owned();
    let verifier = "v".repeat(43);
    let challenge = Base64UrlUnpadded::encode_string(&sha2::Sha256::digest(verifier.as_bytes()));
    let redirect = format!("{ORIGIN}/callback");
    let mut tokens = Vec::new();
    for more in [&[][..], &[("prompt", "login"), ("max_age", "300")][..]] {
        let mut asked = form_urlencoded::Serializer::new(String::new());
        asked.extend_pairs([
            ("response_type", "code"),
            ("client_id", PUBLIC_CLIENT),
            ("redirect_uri", &redirect),
            ("scope", "openid profile email devices"),
            ("state", "s"),
            ("nonce", "n"),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
        ]);
        asked.extend_pairs(more);
        let address = format!("{}?{}", place("authorization_endpoint"), asked.finish());
        let back = query(&person.sign_in(&address, true).await);
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.extend_pairs([
            ("grant_type", "authorization_code"),
            ("code", back["code"].as_str()),
            ("redirect_uri", &redirect),
            ("client_id", PUBLIC_CLIENT),
            ("code_verifier", &verifier),
        ]);
        let request = person.client.post(place("token_endpoint"));
        let request = request.header("content-type", "application/x-www-form-urlencoded").body(form.finish());
        let answer: Value =
            serde_json::from_str(&request.send().await.unwrap().text().await.unwrap()).unwrap();
        let bearer =
            format!("Bearer {}", answer["access_token"].as_str().unwrap_or_else(|| panic!("{answer}")));
        let me = server.call("GET", "/api/v1.0/me", &[("authorization", &bearer)]).await;
        assert_eq!(me.status, StatusCode::OK, "{:?}", me.json());
        assert!(me.json()["authTime"].is_string(), "{:?}", me.json());
        // The ID token is none, and Keycloak's own mark says so.
        let id_token = format!("Bearer {}", answer["id_token"].as_str().unwrap());
        let refused = server.call("GET", "/api/v1.0/me", &[("authorization", &id_token)]).await;
        assert_eq!(refused.status, StatusCode::UNAUTHORIZED);
        tokens.push((bearer, answer["id_token"].as_str().unwrap().to_owned()));
    }
    let (bearer, id_token) = tokens.pop().unwrap();
    let headers = [("authorization", bearer.as_str()), ("idempotency-key", "0123456789abcdef")];
    let reset = server.call("POST", RESET, &headers).await;
    assert_eq!(reset.status, StatusCode::ACCEPTED, "{:?}", reset.json());
    let sign_out = SignOut {
        issuer: &issuer,
        endpoint: &place("end_session_endpoint"),
        client_id: PUBLIC_CLIENT,
        return_to: &format!("{ORIGIN}/signed-out"),
        id_token: Some(&id_token),
        state: Some("after"),
    };
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(sign_out.parameters());
    let back = person
        .go(&format!("{}?{}", sign_out.endpoint, query.finish()))
        .await
        .expect("back from the sign-out");
    assert_eq!(at_portal(&back), "/signed-out?state=after");
}
