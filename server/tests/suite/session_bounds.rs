//! Session mode: how long a session lasts, how many there are, and what of it is at rest.

use crate::support::TestServer;
use crate::support::browser::{Browser, SESSION_COOKIE, SIGN_IN_COOKIE};
use axum::http::StatusCode;
use portal_server::ports::Clock as _;
use std::path::Path;

fn bytes_of(folder: &Path) -> Vec<u8> {
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    files.filter(|path| path.is_file()).flat_map(|path| std::fs::read(path).unwrap()).collect()
}

fn holds(haystack: &[u8], needle: &[u8]) -> bool {
    haystack.windows(needle.len()).any(|window| window == needle)
}

#[tokio::test]
async fn at_rest_there_is_no_cookie_no_state_no_verifier_and_no_id_token() {
    let server = TestServer::in_session_mode("").await;
    let mut browser = Browser::signed_in(&server, "p-aiko").await;
    let asked = browser.leave(&server, "reveal").await;
    let (session, sign_in) = (browser.cookie(SESSION_COOKIE), browser.cookie(SIGN_IN_COOKIE));
    let found = bytes_of(server.folder.path());
    assert!(holds(&found, b"p-aiko@example.test"), "what is looked for would be found");
    for secret in [&session, &sign_in, &asked["state"], &asked["nonce"]] {
        assert_eq!(secret.len(), 64);
        assert!(!holds(&found, secret.as_bytes()), "as text");
        let raw = base16ct::lower::decode_vec(secret).unwrap();
        assert!(!holds(&found, &raw), "as bytes");
    }
    // The parts of an ID token, each of which would be readable.
    assert!(!holds(&found, b"eyJ"), "no JWT");
}

#[tokio::test]
async fn a_session_nobody_uses_ends_and_one_in_use_goes_on() {
    let server = TestServer::in_session_mode("idle_minutes = 20\n").await;
    let (mut used, mut idle) =
        (Browser::signed_in(&server, "p-aiko").await, Browser::signed_in(&server, "p-aiko").await);
    for _ in 0..2 {
        server.clock.advance(15 * 60);
        assert_eq!(used.me(&server).await.status, StatusCode::OK);
    }
    let refused = idle.me(&server).await;
    assert_eq!((refused.status, refused.code().as_str()), (StatusCode::UNAUTHORIZED, "unauthenticated"));
    assert_eq!(refused.header("www-authenticate"), "Bearer");
    assert_eq!(idle.call(&server, "GET", "/session").await.status, StatusCode::NO_CONTENT);
}

#[tokio::test]
async fn a_page_that_only_listens_keeps_no_session_alive() {
    let server = TestServer::in_session_mode("idle_minutes = 20\n").await;
    let mut browser = Browser::signed_in(&server, "p-aiko").await;
    server.clock.advance(15 * 60);
    let used = || server.count("SELECT MAX(last_used) FROM browser_sessions");
    let before = used().await;
    // The body is a stream without an end and is dropped unread: only the answer counts.
    let cookie = format!("{SESSION_COOKIE}={}", browser.cookie(SESSION_COOKIE));
    let request = axum::http::Request::get("/api/v1.0/me/events").header("host", "a");
    let request = request.header("cookie", &cookie);
    let request = request.header("x-portal-session", "p-aiko").body(axum::body::Body::empty()).unwrap();
    let answer = tower::ServiceExt::oneshot(server.server.router.clone(), request).await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    assert_eq!(used().await, before);
    browser.me(&server).await;
    assert_eq!(used().await, server.clock.now().unix_millis(), "a call of the person is use");
}

#[tokio::test]
async fn a_session_ends_at_its_time_however_much_it_is_used_and_its_row_goes() {
    let server = TestServer::in_session_mode("idle_minutes = 45\nhours = 1\n").await;
    let mut browser = Browser::signed_in(&server, "p-aiko").await;
    for _ in 0..2 {
        server.clock.advance(1799);
        assert_eq!(browser.me(&server).await.status, StatusCode::OK);
    }
    server.clock.advance(2);
    assert_eq!(browser.me(&server).await.status, StatusCode::UNAUTHORIZED);
    server.server.portal.sweep().await.unwrap();
    assert_eq!(server.count("SELECT COUNT(*) FROM browser_sessions").await, 0);
}

#[tokio::test]
async fn one_more_session_than_a_person_may_have_ends_the_one_used_longest_ago() {
    let server = TestServer::in_session_mode("per_person = 2\n").await;
    let mut other = Browser::signed_in(&server, "p-ben").await;
    let mut first = Browser::signed_in(&server, "p-aiko").await;
    server.clock.advance(61);
    let mut second = Browser::signed_in(&server, "p-aiko").await;
    server.clock.advance(61);
    first.me(&server).await;
    server.clock.advance(61);
    let mut third = Browser::signed_in(&server, "p-aiko").await;
    assert_eq!(second.me(&server).await.status, StatusCode::UNAUTHORIZED);
    for browser in [&mut first, &mut third, &mut other] {
        assert_eq!(browser.me(&server).await.status, StatusCode::OK);
    }
}

#[tokio::test]
async fn a_session_survives_a_restart_of_the_server() {
    let server = TestServer::in_session_mode("").await;
    let mut browser = Browser::signed_in(&server, "p-aiko").await;
    let server = server.restarted().await;
    assert_eq!(browser.me(&server).await.status, StatusCode::OK);
}

#[tokio::test]
async fn one_browser_has_a_handful_of_sign_ins_on_their_way_and_old_ones_are_forgotten() {
    let server = TestServer::in_session_mode("").await;
    let mut browser = Browser::default();
    for _ in 0..20 {
        browser.leave(&server, "signIn").await;
    }
    assert_eq!(server.count("SELECT COUNT(*) FROM pending_sign_ins").await, 8);
    server.clock.advance(601);
    Browser::default().leave(&server, "signIn").await;
    assert_eq!(server.count("SELECT COUNT(*) FROM pending_sign_ins").await, 1);
}

#[tokio::test]
async fn a_session_that_somebody_changed_in_the_database_stands_for_nobody() {
    for statement in [
        "UPDATE browser_sessions SET person_id = 'p-aiko'",
        "UPDATE browser_sessions SET auth_time = auth_time + 3600000",
        "UPDATE browser_sessions SET created = created + 3600000, expires = expires + 3600000",
        "UPDATE browser_sessions SET seal = zeroblob(32)",
    ] {
        let server = TestServer::in_session_mode("").await;
        let mut browser = Browser::signed_in(&server, "p-ben").await;
        assert_eq!(browser.me(&server).await.status, StatusCode::OK);
        let pool = crate::support::server::open(&server.database()).await;
        sqlx::query(statement).execute(&pool).await.unwrap();
        pool.close().await;
        let refused = browser.me(&server).await;
        assert_eq!(refused.status, StatusCode::UNAUTHORIZED, "{statement}");
        assert_eq!(server.count("SELECT COUNT(*) FROM browser_sessions").await, 0, "{statement}");
    }
}

#[tokio::test]
async fn a_session_goes_on_after_a_new_key_as_long_as_the_older_one_is_there() {
    use portal_server::domain::secret_key::KeyRing;
    let server = TestServer::in_session_mode("").await;
    let mut browser = Browser::signed_in(&server, "p-ben").await;
    let newer = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
    let mut settings = server.settings.clone();
    let older = crate::support::server::KEY;
    settings.passcode_keys = KeyRing::parse(&format!("{newer}\n{older}")).unwrap();
    let server = TestServer { settings: settings.clone(), ..server }.restarted().await;
    assert_eq!(browser.me(&server).await.status, StatusCode::OK);
    settings.passcode_keys = KeyRing::parse(newer).unwrap();
    let server = TestServer { settings, ..server }.restarted().await;
    assert_eq!(browser.me(&server).await.status, StatusCode::UNAUTHORIZED);
}
