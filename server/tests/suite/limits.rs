//! Limits per person, per device and per network, on resets, passcodes shown and tokens that are not accepted (security.md,
//! server, row 6). Those per person and device are in `reset.rs`; here are the networks, restarts, and who is *not* affected.

use crate::support::{Answer, Signer, TestServer};
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{Request, StatusCode};
use portal_contract::UtcTime;
use portal_server::domain::quota::EmptyAt;
use portal_server::domain::rate::RateLimit;
use portal_server::ports::{RateBucket, Storage as _};
use portal_server::store_sqlite::{SqliteStore, StoreOptions};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tower::ServiceExt as _;

const OFFICE: &str = "198.51.100.1:1";
const ELSEWHERE: &str = "203.0.113.9:1";

async fn from(server: &TestServer, peer: &str, method: &str, path: &str, headers: &[(&str, &str)]) -> Answer {
    let mut request = Request::builder().method(method).uri(format!("/api/v1.0{path}"));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    server.send_from(peer, request.body(Body::empty()).unwrap()).await
}

async fn me(server: &TestServer, peer: &str, token: &str) -> StatusCode {
    from(server, peer, "GET", "/me", &[("authorization", &format!("Bearer {token}"))]).await.status
}

async fn reset(server: &TestServer, peer: &str, person: &str, device: &str, key: &str) -> Answer {
    let token = format!("Bearer {}", server.token(person, 60));
    let path = format!("/me/managedDevices/{device}/resetPasscode");
    from(server, peer, "POST", &path, &[("authorization", &token), ("idempotency-key", key)]).await
}

/// Tokens that look right and are not: one of another provider's key.
fn forged(server: &TestServer, number: i64) -> String {
    let claims = server.provider.claims("p-aiko", server.clock.seconds(), 60 + number);
    Signer::es256("key-1", 9).sign(&claims)
}

const FIVE_FAILURES: &str = "[limits]\nsign_in_failures_per_address_per_minute = 5\n";

#[tokio::test]
async fn many_wrong_tokens_from_one_address_are_told_to_wait_and_people_at_work_there_go_on() {
    let server = TestServer::with(FIVE_FAILURES).await;
    let working = server.token("p-ben", 60);
    assert_eq!(me(&server, OFFICE, &working).await, StatusCode::OK);
    for number in 0..5 {
        assert_eq!(me(&server, OFFICE, &forged(&server, number)).await, StatusCode::UNAUTHORIZED);
    }
    let authorization = format!("Bearer {}", forged(&server, 9));
    let refused = from(&server, OFFICE, "GET", "/me", &[("authorization", &authorization)]).await;
    assert_eq!((refused.status, refused.code().as_str()), (StatusCode::TOO_MANY_REQUESTS, "tooManyRequests"));
    assert_eq!(refused.header("retry-after"), "12", "a fifth of a minute");
    assert_eq!(refused.header("content-type"), "application/problem+json");
    assert_eq!(refused.json()["requestId"], refused.header("x-request-id"));

    assert_eq!(me(&server, OFFICE, &working).await, StatusCode::OK, "signed in before");
    let new = server.token("p-ben", 30);
    assert_eq!(me(&server, OFFICE, &new).await, StatusCode::TOO_MANY_REQUESTS, "a new sign-in waits");
    assert_eq!(me(&server, ELSEWHERE, &new).await, StatusCode::OK, "and not elsewhere");
    server.clock.advance(12);
    assert_eq!(me(&server, OFFICE, &server.token("p-aiko", 30)).await, StatusCode::OK, "after the wait");
}

#[tokio::test]
async fn tokens_that_are_accepted_use_up_nothing() {
    let server = TestServer::with(FIVE_FAILURES).await;
    for age in 0..20 {
        assert_eq!(me(&server, OFFICE, &server.token("p-ben", age)).await, StatusCode::OK, "{age}");
    }
}

#[tokio::test]
async fn a_provider_that_is_down_is_nobodys_failure() {
    let server = TestServer::with(FIVE_FAILURES).await;
    server.provider.answers(StatusCode::BAD_GATEWAY);
    for age in 0..10 {
        assert_eq!(me(&server, OFFICE, &server.token("p-ben", age)).await, StatusCode::SERVICE_UNAVAILABLE);
    }
}

#[tokio::test]
async fn a_revoked_token_counts_as_a_failure_and_is_known_no_more() {
    let server = TestServer::with(FIVE_FAILURES).await;
    let token = server.token("p-ben", 60);
    assert_eq!(me(&server, OFFICE, &token).await, StatusCode::OK);
    server.post("p-ben", "/me/revokeSignInSessions").await;
    let mut seen = Vec::new();
    for _ in 0..7 {
        seen.push(me(&server, OFFICE, &token).await.as_u16());
    }
    assert_eq!(seen, [401, 401, 401, 401, 401, 401, 429], "the first finds it known");
}

#[tokio::test]
async fn sixty_four_bits_of_ipv6_are_one_address() {
    let server = TestServer::with(FIVE_FAILURES).await;
    for host in 1..=5 {
        let peer = format!("[2001:db8:1:2::{host}]:1");
        assert_eq!(me(&server, &peer, &forged(&server, host)).await, StatusCode::UNAUTHORIZED);
    }
    let token = server.token("p-ben", 60);
    assert_eq!(me(&server, "[2001:db8:1:2:9::9]:1", &token).await, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(me(&server, "[2001:db8:1:3::1]:1", &token).await, StatusCode::OK);
}

#[tokio::test]
async fn behind_a_trusted_proxy_the_clients_are_counted_and_not_the_proxy() {
    let more = format!("trusted_proxies = [\"198.51.100.0/24\"]\n{FIVE_FAILURES}");
    let server = TestServer::with(&more).await;
    let through = async |client: &str, token: &str| {
        let headers = [("authorization", &*format!("Bearer {token}")), ("x-forwarded-for", client)];
        from(&server, OFFICE, "GET", "/me", &headers).await.status
    };
    for number in 0..5 {
        // What the client wrote itself stands to the left, and is different each time.
        let claimed = format!("6.6.6.{number}, 192.0.2.50");
        assert_eq!(through(&claimed, &forged(&server, number)).await, StatusCode::UNAUTHORIZED);
    }
    let token = server.token("p-ben", 60);
    assert_eq!(through("6.6.6.9, 192.0.2.50", &token).await, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(through("192.0.2.51", &token).await, StatusCode::OK);
}

#[tokio::test]
async fn resets_from_one_address_are_limited_and_those_that_were_refused_do_not_count() {
    let server = TestServer::with("[limits]\nresets_per_address_per_hour = 2\n").await;
    for _ in 0..3 {
        assert_eq!(reset(&server, OFFICE, "p-chiyo", "d-chiyo-mac", "m").await.status, StatusCode::FORBIDDEN);
    }
    for (person, device) in [("p-aiko", "d-aiko-android"), ("p-ben", "d-ben-iphone")] {
        assert_eq!(reset(&server, OFFICE, person, device, "k").await.status, StatusCode::ACCEPTED);
    }
    assert_eq!(
        reset(&server, OFFICE, "p-ben", "d-ben-iphone", "k").await.status,
        StatusCode::ACCEPTED,
        "again"
    );
    let refused = reset(&server, OFFICE, "p-aiko", "d-aiko-iphone", "k-2").await;
    assert_eq!((refused.status.as_u16(), refused.header("retry-after")), (429, "1800"));
    assert_eq!(
        reset(&server, ELSEWHERE, "p-aiko", "d-aiko-iphone", "k-2").await.status,
        StatusCode::ACCEPTED,
        "from another address"
    );
    let last =
        server.column("SELECT result FROM audit WHERE event = 'resetRefused' ORDER BY sequence DESC LIMIT 1");
    assert_eq!(last.await, ["tooManyRequests"], "a refusal is in the record");
}

#[tokio::test]
async fn passcodes_shown_to_one_address_are_limited() {
    let server = TestServer::with("[limits]\nreveals_per_address_per_hour = 1\n").await;
    server.reset("p-aiko", "d-aiko-android", "k").await;
    server.pass(10).await;
    let token = format!("Bearer {}", server.token("p-aiko", 60));
    let path = "/me/managedDevices/d-aiko-android/temporaryPasscode";
    let show = async |peer: &str| from(&server, peer, "GET", path, &[("authorization", &token)]).await;
    assert_eq!(show(OFFICE).await.status, StatusCode::OK);
    let refused = show(OFFICE).await;
    assert_eq!((refused.status.as_u16(), refused.header("retry-after")), (429, "3600"));
    assert_eq!(show(ELSEWHERE).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_person_who_used_up_their_attempts_keeps_nobody_else_at_the_same_address_from_anything() {
    let server = TestServer::with("[limits]\nattempts_per_minute = 3\n").await;
    for _ in 0..30 {
        reset(&server, OFFICE, "p-aiko", "d-nobody", "k").await;
    }
    let refused = reset(&server, OFFICE, "p-aiko", "d-aiko-android", "k").await;
    assert_eq!((refused.status.as_u16(), refused.header("retry-after")), (429, "20"));
    assert_eq!(reset(&server, OFFICE, "p-ben", "d-ben-iphone", "k").await.status, StatusCode::ACCEPTED);
}

#[tokio::test]
async fn limits_survive_a_restart() {
    let more = "[limits]\nsign_in_failures_per_address_per_minute = 2\nattempts_per_minute = 1\n\
                resets_per_address_per_hour = 1\n";
    let server = TestServer::with(more).await;
    for number in 0..2 {
        me(&server, ELSEWHERE, &forged(&server, number)).await;
    }
    assert_eq!(reset(&server, OFFICE, "p-ben", "d-ben-iphone", "k").await.status, StatusCode::ACCEPTED);
    server.server.portal.write_rates().await.unwrap();
    let server = server.restarted().await;
    assert_eq!(me(&server, ELSEWHERE, &server.token("p-aiko", 60)).await, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(
        reset(&server, OFFICE, "p-ben", "d-ben-iphone", "k").await.status.as_u16(),
        429,
        "the person's"
    );
    assert_eq!(
        reset(&server, OFFICE, "p-aiko", "d-aiko-iphone", "k").await.status.as_u16(),
        429,
        "the address's"
    );
    server.clock.advance(3601);
    assert_eq!(reset(&server, OFFICE, "p-aiko", "d-aiko-iphone", "k").await.status, StatusCode::ACCEPTED);
    server.server.portal.write_rates().await.unwrap();
    let left = server.column("SELECT limit_name FROM rate_buckets ORDER BY limit_name").await;
    assert_eq!(left, ["attemptsOfPerson", "resetsFromNetwork"], "what is over is forgotten");
}

#[tokio::test]
async fn while_storage_stalls_everybody_is_answered_and_what_was_counted_is_written_down_afterwards() {
    // Shorter than a request may take, and two in a row are longer.
    let patience = Some(Duration::from_millis(700));
    let server = TestServer::with_patience(&format!("{FIVE_FAILURES}request_seconds = 1\n"), patience).await;
    let working = server.token("p-ben", 60);
    assert_eq!(me(&server, OFFICE, &working).await, StatusCode::OK);
    for number in 0..3 {
        me(&server, OFFICE, &forged(&server, number)).await;
    }
    // Counted once and for all before: only what could not be written is a reason to write it later.
    const BEFORE: &str = "192.0.2.44:1";
    for number in 10..15 {
        me(&server, BEFORE, &forged(&server, number)).await;
    }
    let pool = crate::support::server::open(&server.database()).await;
    let mut other = pool.acquire().await.unwrap();
    sqlx::query("BEGIN IMMEDIATE").execute(&mut *other).await.unwrap();
    // Everybody who writes stands behind the counts, which wait for the database as long as they may.
    let devices = ["d-aiko-android", "d-aiko-iphone", "d-aiko-lumia", "d-aiko-wp81"];
    let of = |device: &'static str| reset(&server, ELSEWHERE, "p-aiko", device, device);
    let (written, a, b, c, d, seen) = tokio::join!(
        server.server.portal.write_rates(),
        of(devices[0]),
        of(devices[1]),
        of(devices[2]),
        of(devices[3]),
        async {
            let mut seen = vec![me(&server, OFFICE, &working).await.as_u16()];
            for number in 3..6 {
                seen.push(me(&server, OFFICE, &forged(&server, number)).await.as_u16());
            }
            seen.push(me(&server, ELSEWHERE, &server.token("p-aiko", 30)).await.as_u16());
            seen
        }
    );
    assert!(written.is_err(), "nobody could write");
    assert_eq!(seen, [200, 401, 401, 429, 200], "those who only read and those who are refused");
    for refused in [a, b, c, d] {
        assert_eq!(refused.status, StatusCode::SERVICE_UNAVAILABLE);
        assert_ne!(refused.header("retry-after"), "");
    }
    sqlx::query("ROLLBACK").execute(&mut *other).await.unwrap();
    server.server.portal.write_rates().await.unwrap();
    for device in devices {
        assert_eq!(of(device).await.status, StatusCode::ACCEPTED, "{device}");
    }
    assert_eq!(server.count("SELECT COUNT(*) FROM action_runs").await, 4, "nothing half done was left");
    let server = server.restarted().await;
    for peer in [OFFICE, BEFORE] {
        let new = me(&server, peer, &server.token("p-ben", 30)).await;
        assert_eq!(new, StatusCode::TOO_MANY_REQUESTS, "{peer}: written down after all");
    }
}

#[tokio::test]
async fn a_server_that_stops_writes_its_counts_down() {
    let server = TestServer::with(FIVE_FAILURES).await;
    let router = server.server.router.clone();
    let (stop, stopped) = watch::channel(false);
    let listeners = portal_server::http::Listeners::open("127.0.0.1:0").await.unwrap();
    let forged: Vec<String> = (0..5).map(|number| forged(&server, number)).collect();
    let running = tokio::spawn(server.server.run(listeners, stopped));
    for token in forged {
        let request = Request::get("/api/v1.0/me").header("host", "a");
        let mut request = request.header("authorization", format!("Bearer {token}"));
        let peer: SocketAddr = ELSEWHERE.parse().unwrap();
        request.extensions_mut().unwrap().insert(ConnectInfo(peer));
        let answer = router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
        assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
    }
    stop.send(true).unwrap();
    running.await.unwrap();
    let replaceable = portal_server::composition::Environment {
        clock: Arc::clone(&server.clock) as Arc<dyn portal_server::ports::Clock>,
        ..Default::default()
    };
    let server = portal_server::composition::Server::build(&server.settings, replaceable).await.unwrap();
    assert!(server.portal.admit_token("another", "203.0.113.9").is_err());
    assert!(server.portal.admit_token("another", "203.0.113.10").is_ok());
}

#[tokio::test]
async fn what_strangers_make_the_database_remember_is_bounded() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("portal.sqlite");
    let store = SqliteStore::open(&path, StoreOptions::default()).await.unwrap();
    let now = UtcTime::from_unix_seconds(1_800_000_000);
    let micros = now.unix_millis() * 1000;
    let bucket = |subject: String, left: i64| RateBucket {
        limit: RateLimit::SignInFailuresFromNetwork,
        subject,
        empty_at: EmptyAt(micros + left),
    };
    let mut buckets: Vec<_> = (0..50_500).map(|number| bucket(format!("stranger-{number}"), 1_000)).collect();
    buckets.push(bucket("guilty".to_owned(), 60_000_000));
    let mut unit = store.begin().await.unwrap();
    unit.keep_rate_buckets(&buckets, now).await.unwrap();
    unit.save().await.unwrap();
    let rows = crate::support::server::count(&path, "SELECT COUNT(*) FROM rate_buckets").await;
    assert_eq!(rows, 50_000);
    let kept = store.read().await.unwrap().rate_buckets(now).await.unwrap();
    assert_eq!(kept.len(), 50_000);
    assert_eq!(kept[0].subject, "guilty", "the fullest first, and never the one that goes");
    let later = UtcTime::from_unix_seconds(1_800_000_001);
    let mut unit = store.begin().await.unwrap();
    unit.keep_rate_buckets(&[], later).await.unwrap();
    unit.save().await.unwrap();
    assert_eq!(crate::support::server::count(&path, "SELECT COUNT(*) FROM rate_buckets").await, 1);
}
