//! The provider itself, asked over its sockets: what is right is answered, and each switch shows.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "test code fails loudly")]

use base64ct::{Base64, Base64UrlUnpadded, Encoding as _};
use portal_testkit::client::{Answer, Request, ask};
use portal_testkit::provider::{CLIENT, PAGE_CLIENT, People, Query, query};
use portal_testkit::{Provider, Signer};
use serde_json::{Value, json};
use sha2::Digest as _;

const BACK: &str = "https://portal.example.test/session/callback";

async fn get(provider: &Provider, path: &str) -> Answer {
    ask(provider.issuer.trim_start_matches("http://").parse().unwrap(), &Request::get(path)).await
}

/// Leaves for the sign-in page; the query the browser is sent back with.
async fn sign_in(provider: &Provider) -> std::collections::HashMap<String, String> {
    let challenge = Base64UrlUnpadded::encode_string(&sha2::Sha256::digest(b"verifier"));
    let asked = form_urlencoded::Serializer::new(String::new())
        .extend_pairs([
            ("redirect_uri", BACK),
            ("state", "s"),
            ("nonce", "n"),
            ("code_challenge", &challenge),
        ])
        .finish();
    let answer = get(provider, &format!("/auth?{asked}")).await;
    assert!(answer.header("location").starts_with(BACK), "{answer:?}");
    query(answer.header("location"))
}

async fn exchange(provider: &Provider, code: &str, verifier: &str) -> Answer {
    let form = form_urlencoded::Serializer::new(String::new())
        .extend_pairs([("grant_type", "authorization_code"), ("code", code), ("redirect_uri", BACK)])
        .append_pair("code_verifier", verifier)
        .finish();
    let encoded = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    let pair = Base64::encode_string(format!("{}:{}", encoded(CLIENT.0), encoded(CLIENT.1)).as_bytes());
    let request = Request::post("/token").header("authorization", format!("Basic {pair}")).body(form);
    ask(provider.issuer.trim_start_matches("http://").parse().unwrap(), &request).await
}

fn part(token: &Value, number: usize) -> Value {
    let part = token.as_str().unwrap().split('.').nth(number).unwrap();
    serde_json::from_slice(&Base64UrlUnpadded::decode_vec(part).unwrap()).unwrap()
}

#[tokio::test]
async fn a_sign_in_ends_with_an_id_token_once_and_for_its_own_verifier_alone() {
    let provider = Provider::start().await;
    let back = sign_in(&provider).await;
    assert_eq!((back["state"].as_str(), back["iss"].as_str()), ("s", provider.issuer.as_str()));
    let token = exchange(&provider, &back["code"], "verifier").await.json()["id_token"].clone();
    let claims = part(&token, 1);
    assert_eq!((&claims["iss"], &claims["nonce"]), (&json!(provider.issuer), &json!("n")));
    assert_eq!((&claims["auth_time"], &claims["sub"]), (&json!(provider.clock.seconds()), &json!("p-aiko")));
    assert_eq!(
        exchange(&provider, &back["code"], "verifier").await.json()["error"],
        "invalid_grant",
        "twice"
    );
    let back = sign_in(&provider).await;
    assert_eq!(exchange(&provider, &back["code"], "another").await.json()["error"], "invalid_grant");
    assert_eq!(provider.asked().token_requests, 3);
}

#[tokio::test]
async fn each_switch_shows() {
    let provider = Provider::start().await;
    provider.set(|habits| {
        habits.issuer = Some("https://evil.example.test".to_owned());
        habits.ends_sessions = false;
        habits.names_itself = false;
        habits.person = "p-ben".to_owned();
        habits.claims = json!({ "auth_time": null, "nonce": "other" });
        habits.signs_with = Some(Signer::random("key-9"));
    });
    let document = get(&provider, "/.well-known/openid-configuration").await.json();
    assert_eq!(document["issuer"], "https://evil.example.test");
    assert!(document["end_session_endpoint"].is_null());
    assert_eq!(document["authorization_response_iss_parameter_supported"], false);
    let back = sign_in(&provider).await;
    assert!(!back.contains_key("iss"));
    let token = exchange(&provider, &back["code"], "verifier").await.json()["id_token"].clone();
    assert_eq!(part(&token, 0)["kid"], "key-9");
    let claims = part(&token, 1);
    assert_eq!((&claims["sub"], &claims["nonce"]), (&json!("p-ben"), &json!("other")));
    assert!(claims.get("auth_time").is_none());
    provider.set(|habits| habits.refuses = Some("access_denied".to_owned()));
    assert_eq!(sign_in(&provider).await["error"], "access_denied");
}

#[tokio::test]
async fn a_sign_out_goes_back_with_its_state() {
    let provider = Provider::start().await;
    let answer = get(&provider, &format!("/end?post_logout_redirect_uri={BACK}&state=a%26b")).await;
    assert_eq!(answer.header("location"), format!("{BACK}?state=a%26b"));
}

/// A browser in front of the sign-in page: it keeps one cookie.
struct Browser<'a>(&'a Provider, String);

impl Browser<'_> {
    async fn asks(&mut self, request: Request) -> Answer {
        let at = self.0.issuer.trim_start_matches("http://").parse().unwrap();
        let answer = ask(at, &request.header("cookie", self.1.clone())).await;
        if let Some((cookie, _)) = answer.header("set-cookie").split_once(';') {
            self.1 = cookie.to_owned();
        }
        answer
    }

    /// Where the sign-in page sends: to its form, or back.
    async fn leaves(&mut self, more: &str) -> String {
        let challenge = Base64UrlUnpadded::encode_string(&sha2::Sha256::digest(b"verifier"));
        let asked = format!(
            "/auth?client_id={PAGE_CLIENT}&redirect_uri={BACK}&state=s&nonce=n&code_challenge={challenge}{more}"
        );
        self.asks(Request::get(&asked)).await.header("location").to_owned()
    }

    async fn types(&mut self, form: &str, password: &str) -> Answer {
        let path = form.strip_prefix(&self.0.issuer).unwrap();
        self.asks(Request::post(path).body(format!("login=aiko%40example.test&password={password}"))).await
    }

    /// Types the right password and is sent back.
    async fn signs_in(&mut self, form: &str) -> Query {
        let on = self.types(form, "sample").await.header("location").to_owned();
        query(self.asks(Request::get(on.strip_prefix(&self.0.issuer).unwrap())).await.header("location"))
    }

    async fn tokens(&mut self, code: &str) -> Value {
        let form = format!(
            "grant_type=authorization_code&client_id={PAGE_CLIENT}&code={code}&redirect_uri={BACK}&code_verifier=verifier"
        );
        self.asks(Request::post("/token").body(form)).await.json()
    }
}

async fn that_asks() -> Provider {
    let provider = Provider::start().await;
    let people = include_str!("../../server/sample/people.json");
    provider.asks(serde_json::from_str::<People>(people).unwrap());
    provider
}

#[tokio::test]
async fn a_page_asks_who_is_there_and_the_session_answers_until_it_is_ended() {
    let provider = that_asks().await;
    let mut browser = Browser(&provider, String::new());
    assert_eq!(query(&browser.leaves("&prompt=none").await)["error"], "login_required");
    let form = browser.leaves("&login_hint=aiko%40example.test").await;
    let shown = browser.asks(Request::get(form.strip_prefix(&provider.issuer).unwrap())).await;
    assert!(String::from_utf8_lossy(&shown.body).contains("value=\"aiko@example.test\""), "{shown:?}");
    assert_eq!(browser.types(&form, "wrong").await.status, 401);
    let back = browser.signs_in(&form).await;
    let tokens = browser.tokens(&back["code"]).await;
    let (access, id) = (part(&tokens["access_token"], 1), part(&tokens["id_token"], 1));
    assert_eq!((&access["sub"], &id["aud"]), (&json!("p-aiko"), &json!(PAGE_CLIENT)));
    assert!(access["name"].as_str().unwrap().contains("Aiko") && tokens["refresh_token"].is_null());
    // It is known now, also by age; who demands a fresh sign-in is asked.
    provider.clock.advance(30);
    for (more, is_asked) in
        [("", false), ("&max_age=30", false), ("&max_age=29", true), ("&prompt=login", true)]
    {
        let to = browser.leaves(more).await;
        assert_eq!(to.contains("/sign-in/"), is_asked, "{more}: {to}");
    }
    let form = browser.leaves("&prompt=login").await;
    let cancel = format!("{}/cancel", form.strip_prefix(&provider.issuer).unwrap());
    let canceled = browser.asks(Request::get(&cancel)).await;
    assert_eq!(query(canceled.header("location"))["error"], "access_denied");
    browser.asks(Request::get("/end")).await;
    assert_eq!(query(&browser.leaves("&prompt=none").await)["error"], "login_required");
}

#[tokio::test]
async fn habits_are_switched_from_outside_by_their_names_and_those_left_out_are_the_usual_ones() {
    let provider = that_asks().await;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let control = listener.local_addr().unwrap();
    let switches = provider.control(json!({ "readable": true }));
    tokio::spawn(async move { axum::serve(listener, switches).await });
    let turn =
        async |habits: &str| ask(control, &Request::put("/habits").body(habits.to_owned())).await.status;

    assert_eq!(turn(r#"{"sign_in_age": 301, "keeps_session": true, "ignores_freshness": true}"#).await, 204);
    let mut browser = Browser(&provider, String::new());
    let form = browser.leaves("&prompt=login").await;
    let back = browser.signs_in(&form).await;
    let tokens = browser.tokens(&back["code"]).await;
    for token in ["access_token", "id_token"] {
        let claims = part(&tokens[token], 1);
        assert_eq!(claims["iat"].as_i64().unwrap() - claims["auth_time"].as_i64().unwrap(), 301, "{token}");
    }
    browser.asks(Request::get("/end")).await;
    assert!(query(&browser.leaves("&prompt=login&max_age=300").await).contains_key("code"));

    assert_eq!(turn(r#"{"access_claims": {"scope": null}, "access_header": {"typ": null}}"#).await, 204);
    let form = browser.leaves("&prompt=login").await;
    assert!(form.contains("/sign-in/"), "no longer ignored: {form}");
    let back = browser.signs_in(&form).await;
    let token = browser.tokens(&back["code"]).await["access_token"].clone();
    assert!(part(&token, 0)["typ"].is_null() && part(&token, 1)["scope"].is_null());

    let signer =
        r#"{"signs_with": {"alg": "EdDSA", "kid": "ed", "number": 5}, "after_end": {"goes_to": "http://x"}}"#;
    assert_eq!(turn(signer).await, 204);
    assert_eq!(browser.asks(Request::get("/end")).await.header("location"), "http://x");
    assert_eq!(browser.asks(Request::get("/jwks")).await.header("access-control-allow-origin"), "*");
    assert_eq!(ask(control, &Request::get("/asked")).await.json()["sign_outs"], 2);
    // A habit nobody has is a mistake of the test.
    for wrong in ["{\"sign_in_aeg\": 1}", "[]", "{\"status\": 7}"] {
        assert_eq!(turn(wrong).await, 400, "{wrong}");
    }
}
