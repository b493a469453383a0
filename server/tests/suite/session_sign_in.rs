//! Session mode: signing in, and the fresh sign-in (docs/security.md, rows M).

use crate::support::browser::{
    Browser, ORIGIN, SESSION_COOKIE, SIGN_IN_COOKIE, callback, grant, query, refusal,
};
use crate::support::{Signer, TestServer};
use axum::http::StatusCode;
use serde_json::json;

async fn server() -> TestServer {
    TestServer::in_session_mode("").await
}

fn token_requests(server: &TestServer) -> u32 {
    server.provider.asked().token_requests
}

#[tokio::test]
async fn a_sign_in_asks_the_provider_with_pkce_and_comes_back_with_a_cookie_and_no_secret_in_the_address() {
    let server = server().await;
    let mut browser = Browser::default();
    let asked = browser.leave(&server, "signIn").await;
    assert_eq!(asked["redirect_uri"], format!("{ORIGIN}/session/callback"));
    assert_eq!((asked["response_type"].as_str(), asked["code_challenge_method"].as_str()), ("code", "S256"));
    assert!(
        !asked.contains_key("prompt") && !asked.contains_key("max_age") && !asked.contains_key("resource")
    );
    let answer = browser.come_back(&server, &asked, "p-aiko", &json!({})).await;
    assert_eq!(answer.header("location"), "/callback?state=page-1");
    assert_eq!(answer.header("referrer-policy"), "no-referrer");
    assert_eq!(answer.header("cache-control"), "no-store");
    let me = browser.me(&server).await;
    assert_eq!((me.status, me.json()["id"].as_str()), (StatusCode::OK, Some("p-aiko")));
    assert_eq!(me.json()["userPrincipalName"], "p-aiko@example.test");
}

#[tokio::test]
async fn the_cookies_are_for_this_host_alone_and_for_no_script() {
    let server = server().await;
    let mut browser = Browser::default();
    let begun = browser.go(&server, "/session/sign-in?purpose=signIn&state=s").await;
    let sign_in = begun.header("set-cookie");
    assert!(sign_in.starts_with(&format!("{SIGN_IN_COOKIE}=")));
    assert!(sign_in.ends_with("; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=600"), "{sign_in}");
    let asked = query(begun.header("location"));
    let back = browser.come_back(&server, &asked, "p-aiko", &json!({})).await;
    let set: Vec<&str> =
        back.headers.get_all("set-cookie").iter().map(|value| value.to_str().unwrap()).collect();
    let session = set.iter().find(|cookie| cookie.starts_with(SESSION_COOKIE)).unwrap();
    assert!(session.ends_with("; Path=/; Secure; HttpOnly; SameSite=Strict"), "{session}");
    assert!(!session.contains("Domain"));
    assert!(
        set.iter().any(|cookie| cookie.starts_with(SIGN_IN_COOKIE) && cookie.contains("Max-Age=0")),
        "used up"
    );
}

#[tokio::test]
async fn who_is_signed_in_is_said_with_the_servers_time_and_nobody_is_no_error() {
    let server = server().await;
    let nobody = Browser::default().call(&server, "GET", "/session").await;
    assert_eq!((nobody.status, nobody.body.len()), (StatusCode::NO_CONTENT, 0));
    let mut browser = Browser::signed_in(&server, "p-aiko").await;
    server.clock.advance(90);
    let answer = browser.call(&server, "GET", "/session").await;
    assert_eq!(
        answer.json(),
        json!({
            "id": "p-aiko", "displayName": "Some Body", "userPrincipalName": "p-aiko@example.test",
            "authTime": "2027-01-15T08:00:00Z", "currentDateTime": "2027-01-15T08:01:30Z",
        })
    );
    assert_eq!(answer.header("cache-control"), "no-store");
}

#[tokio::test]
async fn a_stolen_callback_is_worth_nothing_in_another_browser_and_not_even_asked_about() {
    let server = server().await;
    let mut victim = Browser::default();
    let asked = victim.leave(&server, "signIn").await;
    let address = callback(&server, &asked, "p-aiko", &json!({}));
    // A browser of its own, with a sign-in of its own on its way, and one without any.
    let mut thief = Browser::default();
    thief.leave(&server, "signIn").await;
    for mut browser in [thief, Browser::default()] {
        let answer = browser.is_sent(&server, &address).await;
        assert_eq!(refusal(&answer), "auth.state_mismatch");
        assert_eq!(browser.cookie(SESSION_COOKIE), "");
        browser.believes = "p-aiko".to_owned();
        assert_eq!(browser.me(&server).await.status, StatusCode::UNAUTHORIZED);
    }
    assert_eq!(token_requests(&server), 0);
    // And it was not used up by the attempt.
    assert_eq!(refusal(&victim.is_sent(&server, &address).await), "");
    victim.believes = "p-aiko".to_owned();
    assert_eq!(victim.me(&server).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_callback_is_good_once() {
    let server = server().await;
    let mut browser = Browser::default();
    let asked = browser.leave(&server, "signIn").await;
    let before = browser.clone();
    let address = callback(&server, &asked, "p-aiko", &json!({}));
    browser.is_sent(&server, &address).await;
    // Even with the cookies as they were, and a provider that would give the token twice.
    let mut again = before;
    let address = callback(&server, &asked, "p-aiko", &json!({}));
    assert_eq!(refusal(&again.is_sent(&server, &address).await), "auth.state_mismatch");
    assert_eq!(token_requests(&server), 1);
}

#[tokio::test]
async fn a_sign_in_takes_ten_minutes_at_most() {
    let server = server().await;
    let mut browser = Browser::default();
    let asked = browser.leave(&server, "signIn").await;
    server.clock.advance(601);
    let answer = browser.come_back(&server, &asked, "p-aiko", &json!({})).await;
    assert_eq!(refusal(&answer), "auth.transaction_expired");
}

#[tokio::test]
async fn the_session_is_a_new_one_after_each_sign_in_and_the_one_before_is_gone() {
    let server = server().await;
    // Somebody else's cookie was put into the browser before: a session fixed in advance.
    let mut attacker = Browser::signed_in(&server, "p-ben").await;
    let fixed = attacker.cookie(SESSION_COOKIE);
    let mut victim = Browser::default();
    victim.cookies.insert(SESSION_COOKIE.to_owned(), fixed.clone());
    victim.sign_in(&server, "signIn", "p-aiko").await;
    assert_ne!(victim.cookie(SESSION_COOKIE), fixed);
    assert_eq!(victim.me(&server).await.json()["id"], "p-aiko");
    assert_eq!(attacker.me(&server).await.status, StatusCode::UNAUTHORIZED, "replaced, not shared");
    // The same for a fresh sign-in.
    let before = victim.clone();
    victim.sign_in(&server, "stepUp", "p-aiko").await;
    assert_ne!(victim.cookie(SESSION_COOKIE), before.cookie(SESSION_COOKIE));
    assert_eq!(before.clone().me(&server).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(victim.me(&server).await.status, StatusCode::OK);
}

#[tokio::test]
async fn what_the_provider_answers_has_to_be_right_in_every_point() {
    let server = server().await;
    let now = server.clock.seconds();
    for (changes, code) in [
        (json!({"iss": "https://evil.example.test"}), "auth.token_issuer_mismatch"),
        (json!({"aud": "passcode-portal"}), "auth.audience_mismatch"),
        (json!({"aud": ["portal-server", "other"]}), "auth.audience_mismatch"),
        (json!({"azp": "other"}), "auth.authorized_party_mismatch"),
        (json!({"exp": now - 31}), "auth.token_expired"),
        (json!({"iat": null}), "auth.issued_at_invalid"),
        (json!({"nonce": "other"}), "auth.nonce_mismatch"),
        (json!({"nonce": null}), "auth.nonce_mismatch"),
        (json!({"auth_time": now + 31}), "auth.auth_time_in_future"),
        (json!({"sub": ""}), "auth.subject_missing"),
    ] {
        let mut browser = Browser::default();
        let asked = browser.leave(&server, "signIn").await;
        let answer = browser.come_back(&server, &asked, "p-aiko", &changes).await;
        assert_eq!(refusal(&answer), code, "{changes}");
        assert_eq!(query(answer.header("location"))["state"], "page-1");
        assert_eq!(browser.cookie(SESSION_COOKIE), "");
    }
    assert_eq!(server.count("SELECT COUNT(*) FROM browser_sessions").await, 0);
}

#[tokio::test]
async fn the_id_token_is_signed_by_the_provider_with_an_algorithm_that_was_configured() {
    let server = server().await;
    let unsigned = ["eyJhbGciOiJub25lIn0", "eyJzdWIiOiJwLWFpa28ifQ", ""].join(".");
    let stranger = Signer::es256("key-1", 9).sign_as("JWT", &json!({ "sub": "p-aiko" }));
    let unknown = Signer::es256("key-2", 9).sign_as("JWT", &json!({ "sub": "p-aiko" }));
    let access_token = server.token("p-aiko", 0);
    for (id_token, code) in [
        (unsigned, "auth.algorithm_not_allowed"),
        (stranger, "auth.signature_invalid"),
        (unknown, "auth.key_not_found"),
        (access_token, "auth.id_token_malformed"),
        ("nonsense".to_owned(), "auth.id_token_malformed"),
    ] {
        let mut browser = Browser::default();
        let asked = browser.leave(&server, "signIn").await;
        let address = grant(&server, &asked, id_token);
        assert_eq!(refusal(&browser.is_sent(&server, &address).await), code);
        assert_eq!(browser.me(&server).await.status, StatusCode::UNAUTHORIZED);
    }
}

#[tokio::test]
async fn the_answer_names_its_issuer_and_no_parameter_comes_twice() {
    let server = server().await;
    let of = async |change: fn(String) -> String| {
        let mut browser = Browser::default();
        let asked = browser.leave(&server, "signIn").await;
        let address = callback(&server, &asked, "p-aiko", &json!({}));
        refusal(&browser.is_sent(&server, &change(address)).await)
    };
    let without = |address: String| address.split("&iss=").next().unwrap().to_owned();
    assert_eq!(of(without).await, "auth.response_issuer_mismatch");
    assert_eq!(of(|address| format!("{address}.evil.test")).await, "auth.response_issuer_mismatch");
    assert_eq!(of(|address| format!("{address}&code=other")).await, "auth.callback_malformed");
    assert_eq!(token_requests(&server), 0);
}

#[tokio::test]
async fn what_the_provider_says_instead_of_a_code_reaches_the_page_as_a_code_of_its_own() {
    let server = server().await;
    for (error, code) in [
        ("access_denied", "auth.access_denied"),
        ("login_required", "auth.interaction_required"),
        ("server_error", "auth.provider_unavailable"),
        ("https://evil.test/?x", "auth.provider_refused"),
    ] {
        let mut browser = Browser::default();
        let asked = browser.leave(&server, "signIn").await;
        let iss = &server.provider.issuer;
        let address = format!("/session/callback?error={error}&state={}&iss={iss}", asked["state"]);
        assert_eq!(refusal(&browser.is_sent(&server, &address).await), code);
    }
}

#[tokio::test]
async fn a_fresh_sign_in_signs_out_first_asks_anew_and_knows_who_has_to_come_back() {
    let server = server().await;
    let mut browser = Browser::signed_in(&server, "p-aiko").await;
    let left = browser.go(&server, "/session/sign-in?purpose=stepUp&state=page-1").await;
    let end = left.header("location");
    assert!(end.starts_with(&format!("{}/end?", server.provider.issuer)), "{end}");
    let ended = query(end);
    assert_eq!(ended["post_logout_redirect_uri"], format!("{ORIGIN}/session/signed-out"));
    assert_eq!(ended["id_token_hint"].split('.').count(), 3);
    // On the way nobody is signed in: whoever finds the browser now finds nothing.
    assert_eq!(browser.me(&server).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(browser.call(&server, "GET", "/session").await.status, StatusCode::NO_CONTENT);
    let on = browser.is_sent(&server, &format!("/session/signed-out?state={}", ended["state"])).await;
    let asked = query(on.header("location"));
    assert_eq!((asked["prompt"].as_str(), asked["max_age"].as_str()), ("login", "300"));
    assert_eq!(asked["login_hint"], "p-aiko@example.test");
    browser.come_back(&server, &asked, "p-aiko", &json!({})).await;
    let reset = "/api/v1.0/me/managedDevices/d-aiko-android/resetPasscode";
    let answer = browser.call_with(&server, "POST", reset, &[("idempotency-key", "0123456789abcdef")]).await;
    assert_eq!(answer.status, StatusCode::ACCEPTED, "{:?}", answer.json());
}

#[tokio::test]
async fn somebody_else_at_the_fresh_sign_in_is_refused_and_the_first_person_is_not_signed_in_either() {
    let server = server().await;
    let mut browser = Browser::signed_in(&server, "p-aiko").await;
    for purpose in ["stepUp", "stepUp"] {
        let answer = browser.sign_in(&server, purpose, "p-ben").await;
        assert_eq!(refusal(&answer), "auth.subject_mismatch");
        assert_eq!(browser.me(&server).await.status, StatusCode::UNAUTHORIZED);
    }
    assert_eq!(server.count("SELECT COUNT(*) FROM browser_sessions WHERE person_id = 'p-ben'").await, 0);
    // Starting again is possible, for the same person.
    assert_eq!(refusal(&browser.sign_in(&server, "stepUp", "p-aiko").await), "");
    assert_eq!(browser.me(&server).await.json()["id"], "p-aiko");
}

#[tokio::test]
async fn to_see_a_passcode_the_same_person_is_asked_anew_too() {
    let server = server().await;
    let mut browser = Browser::signed_in(&server, "p-aiko").await;
    let asked = browser.leave(&server, "reveal").await;
    assert_eq!((asked["prompt"].as_str(), asked["max_age"].as_str()), ("login", "3600"));
    assert_eq!(
        refusal(&browser.come_back(&server, &asked, "p-ben", &json!({})).await),
        "auth.subject_mismatch"
    );
    assert_eq!(browser.me(&server).await.json()["id"], "p-aiko", "as before");
}

#[tokio::test]
async fn freshness_is_the_auth_time_of_the_token_whatever_was_asked_for() {
    let server = server().await;
    let now = server.clock.seconds();
    let reset = "/api/v1.0/me/managedDevices/d-aiko-android/resetPasscode";
    for (auth_time, status) in [(now - 301, StatusCode::UNAUTHORIZED), (now - 300, StatusCode::ACCEPTED)] {
        let mut browser = Browser::signed_in(&server, "p-aiko").await;
        let asked = browser.leave(&server, "stepUp").await;
        browser.come_back(&server, &asked, "p-aiko", &json!({ "auth_time": auth_time })).await;
        let answer =
            browser.call_with(&server, "POST", reset, &[("idempotency-key", "0123456789abcdef")]).await;
        assert_eq!(answer.status, status, "{:?}", answer.json());
        if status == StatusCode::UNAUTHORIZED {
            assert_eq!(answer.code(), "insufficientUserAuthentication");
            assert!(answer.header("www-authenticate").contains("max_age=\"300\""));
        }
    }
    let mut browser = Browser::signed_in(&server, "p-aiko").await;
    let asked = browser.leave(&server, "stepUp").await;
    let answer = browser.come_back(&server, &asked, "p-aiko", &json!({ "auth_time": null })).await;
    assert_eq!(refusal(&answer), "auth.auth_time_missing");
}

#[tokio::test]
async fn a_provider_that_is_down_is_explained_by_the_page_and_signs_nobody_out() {
    let server = server().await;
    server.provider.answers(StatusCode::INTERNAL_SERVER_ERROR);
    let answer = Browser::default().go(&server, "/session/sign-in?purpose=signIn&state=page-1").await;
    assert_eq!(refusal(&answer), "auth.provider_unreachable");
    server.provider.answers(StatusCode::OK);
    server.clock.advance(2);
    let mut browser = Browser::signed_in(&server, "p-aiko").await;
    // The document is kept for an hour, and an old one is better than none.
    server.provider.answers(StatusCode::INTERNAL_SERVER_ERROR);
    server.clock.advance(600);
    assert_eq!(browser.me(&server).await.status, StatusCode::OK);
}

#[tokio::test]
async fn without_a_known_purpose_or_a_plain_state_nothing_begins() {
    let server = server().await;
    for path in [
        "/session/sign-in",
        "/session/sign-in?purpose=signIn",
        "/session/sign-in?purpose=admin&state=s",
        "/session/sign-in?purpose=signIn&state=//evil.test",
        "/session/sign-in?purpose=signIn&state=s&state=t",
    ] {
        assert_eq!(Browser::default().go(&server, path).await.status, StatusCode::BAD_REQUEST, "{path}");
    }
    assert_eq!(server.count("SELECT COUNT(*) FROM pending_sign_ins").await, 0);
}
