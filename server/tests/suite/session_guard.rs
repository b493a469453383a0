//! Session mode: a cookie alone may do nothing (CSRF), and tokens are not a way around it.

use crate::support::browser::{Browser, ORIGIN, SESSION_COOKIE};
use crate::support::{Answer, TestServer};
use axum::http::StatusCode;

const RESET: &str = "/api/v1.0/me/managedDevices/d-aiko-android/resetPasscode";
const KEY: (&str, &str) = ("idempotency-key", "0123456789abcdef");
const OWN: (&str, &str) = ("x-portal-session", "p-aiko");

async fn signed_in() -> (TestServer, Browser) {
    let server = TestServer::in_session_mode("").await;
    let browser = Browser::signed_in(&server, "p-aiko").await;
    (server, browser)
}

fn is_foreign(answer: &Answer) -> bool {
    (answer.status, answer.code().as_str()) == (StatusCode::FORBIDDEN, "invalidRequest")
}

#[tokio::test]
async fn a_reset_without_the_pages_own_header_is_refused_although_everything_else_is_right() {
    let (server, mut browser) = signed_in().await;
    let answer = browser
        .raw(&server, "POST", RESET, &[("origin", ORIGIN), ("sec-fetch-site", "same-origin"), KEY])
        .await;
    assert!(is_foreign(&answer), "{:?}", answer.json());
    assert_eq!(server.count("SELECT COUNT(*) FROM action_runs").await, 0);
    let answer = browser.raw(&server, "POST", RESET, &[("origin", ORIGIN), OWN, KEY]).await;
    assert_eq!(answer.status, StatusCode::ACCEPTED, "the same with it");
}

#[tokio::test]
async fn a_reset_from_another_origin_or_from_none_is_refused_although_the_header_is_there() {
    let (server, mut browser) = signed_in().await;
    for origin in [None, Some("null"), Some("https://evil.example.test"), Some("http://portal.example.test")]
    {
        let mut headers = vec![OWN, KEY];
        headers.extend(origin.map(|origin| ("origin", origin)));
        let answer = browser.raw(&server, "POST", RESET, &headers).await;
        assert!(is_foreign(&answer), "{origin:?}");
    }
    assert_eq!(server.count("SELECT COUNT(*) FROM action_runs").await, 0);
}

#[tokio::test]
async fn a_reset_that_the_browser_says_another_site_began_is_refused() {
    let (server, mut browser) = signed_in().await;
    for site in ["cross-site", "same-site", "none"] {
        let headers = [OWN, KEY, ("origin", ORIGIN), ("sec-fetch-site", site)];
        assert!(is_foreign(&browser.raw(&server, "POST", RESET, &headers).await), "{site}");
    }
    assert_eq!(server.count("SELECT COUNT(*) FROM action_runs").await, 0);
}

#[tokio::test]
async fn reading_needs_the_header_too() {
    let (server, mut browser) = signed_in().await;
    for path in ["/api/v1.0/me", "/api/v1.0/me/managedDevices/d-aiko-android/temporaryPasscode", "/session"] {
        assert!(is_foreign(&browser.raw(&server, "GET", path, &[]).await), "{path}");
        let foreign =
            browser.raw(&server, "GET", path, &[OWN, ("origin", "https://evil.example.test")]).await;
        assert!(is_foreign(&foreign), "{path}");
    }
}

#[tokio::test]
async fn another_site_can_neither_sign_out_nor_begin_a_fresh_sign_in() {
    let (server, mut browser) = signed_in().await;
    let cross = ("sec-fetch-site", "cross-site");
    assert!(is_foreign(&browser.raw(&server, "POST", "/session/sign-out", &[("origin", ORIGIN)]).await));
    assert!(is_foreign(&browser.raw(&server, "POST", "/session/sign-out", &[OWN]).await));
    for path in ["/session/sign-in?purpose=stepUp&state=s", "/session/end"] {
        assert!(is_foreign(&browser.raw(&server, "GET", path, &[cross]).await), "{path}");
    }
    assert_eq!(browser.me(&server).await.status, StatusCode::OK, "still signed in");
}

#[tokio::test]
async fn no_page_of_another_origin_is_allowed_anything() {
    let (server, mut browser) = signed_in().await;
    let preflight = [
        ("origin", "https://evil.example.test"),
        ("access-control-request-method", "POST"),
        ("access-control-request-headers", "x-portal-session, idempotency-key"),
    ];
    let answer = browser.raw(&server, "OPTIONS", RESET, &preflight).await;
    assert!(!answer.headers.keys().any(|name| name.as_str().starts_with("access-control-")));
}

#[tokio::test]
async fn in_session_mode_a_token_opens_nothing_and_in_token_mode_a_cookie_opens_nothing() {
    let (server, _) = signed_in().await;
    let bearer = format!("Bearer {}", server.token("p-aiko", 10));
    let headers = [("authorization", bearer.as_str()), OWN, ("origin", ORIGIN), KEY];
    let answer = Browser::default().raw(&server, "POST", RESET, &headers).await;
    assert_eq!((answer.status, answer.code().as_str()), (StatusCode::UNAUTHORIZED, "unauthenticated"));

    let (session, browser) = signed_in().await;
    let by_token = TestServer::start().await;
    let mut browser = browser.clone();
    assert_ne!(browser.cookie(SESSION_COOKIE), "");
    assert_eq!(browser.me(&session).await.status, StatusCode::OK);
    assert_eq!(browser.me(&by_token).await.status, StatusCode::UNAUTHORIZED);
    for path in ["/session", "/session/sign-in?purpose=signIn&state=s", "/session/callback"] {
        assert_eq!(browser.go(&by_token, path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
}

#[tokio::test]
async fn a_tab_of_somebody_who_is_no_longer_signed_in_does_not_act_as_the_one_who_is() {
    let (server, mut browser) = signed_in().await;
    for believes in ["p-ben", "-", "p-aiko%20"] {
        let headers = [("x-portal-session", believes), ("origin", ORIGIN), KEY];
        let answer = browser.raw(&server, "POST", RESET, &headers).await;
        assert_eq!(
            (answer.status, answer.code().as_str()),
            (StatusCode::UNAUTHORIZED, "unauthenticated"),
            "{believes}"
        );
    }
    assert_eq!(server.count("SELECT COUNT(*) FROM action_runs").await, 0);
}

#[tokio::test]
async fn a_cookie_nobody_gave_out_opens_nothing() {
    let (server, browser) = signed_in().await;
    let known = browser.cookie(SESSION_COOKIE);
    let mut changed = known.clone();
    changed.replace_range(0..1, if known.starts_with('0') { "1" } else { "0" });
    let hash_at_rest = server.column("SELECT hex(id) FROM browser_sessions").await.remove(0);
    for value in [String::new(), "0".repeat(64), changed, hash_at_rest, known[..42].to_owned()] {
        let mut guess = Browser { believes: "p-aiko".to_owned(), ..Browser::default() };
        guess.cookies.insert(SESSION_COOKIE.to_owned(), value.clone());
        assert_eq!(guess.me(&server).await.status, StatusCode::UNAUTHORIZED, "{value}");
    }
}
