//! The contract's calls, statuses and headers (api.md), and bad requests (security.md, server, rows 5 and 8).

use crate::support::TestServer;
use axum::http::StatusCode;
use portal_testkit::client::talk;
use serde_json::{Value, json};
use std::collections::HashSet;
use std::sync::Arc;
use tokio::io::AsyncWriteExt as _;

#[tokio::test]
async fn five_thousand_devices_come_in_pages_that_follow_their_links() {
    let server = TestServer::start().await;
    let mut path = "/me/managedDevices".to_owned();
    let mut seen = HashSet::new();
    let mut pages = 0;
    loop {
        let page = server.get("p-dem", &path).await.json();
        pages += 1;
        for device in page["value"].as_array().unwrap() {
            assert_eq!(device["actions"]["resetPasscode"]["reason"], "deviceEnrollmentManager");
            assert!(seen.insert(device["id"].as_str().unwrap().to_owned()), "twice: {device}");
        }
        match page["@odata.nextLink"].as_str() {
            None => break,
            Some(next) => path = next.strip_prefix("/api/v1.0").unwrap().to_owned(),
        }
    }
    assert_eq!((pages, seen.len()), (5, 5000));
}

#[tokio::test]
async fn a_page_has_the_size_asked_for_and_at_most_a_thousand() {
    let server = TestServer::start().await;
    let sized = async |top: &str| server.get("p-dem", &format!("/me/managedDevices?$top={top}")).await;
    assert_eq!(sized("7").await.json()["value"].as_array().unwrap().len(), 7);
    assert_eq!(sized("99999").await.json()["value"].as_array().unwrap().len(), 1000);
    for wrong in ["0", "-1", "many"] {
        assert_eq!(sized(wrong).await.code(), "invalidRequest", "{wrong}");
    }
    let token = server.get("p-dem", "/me/managedDevices?$skiptoken=a%2Fb").await;
    assert_eq!(token.code(), "invalidRequest");
    assert_eq!(server.get("p-emil", "/me/managedDevices").await.json(), json!({ "value": [] }));
}

#[tokio::test]
async fn a_device_has_a_tag_that_changes_when_it_does() {
    let server = TestServer::start().await;
    let path = "/api/v1.0/me/managedDevices/d-aiko-iphone";
    let first = server.get("p-aiko", "/me/managedDevices/d-aiko-iphone").await;
    let tag = first.header("etag").to_owned();
    let token = format!("Bearer {}", server.token("p-aiko", 60));
    let headers = [("authorization", token.as_str()), ("if-none-match", tag.as_str())];
    let unchanged = server.call("GET", path, &headers).await;
    assert_eq!((unchanged.status, unchanged.body.len()), (StatusCode::NOT_MODIFIED, 0));
    assert_eq!(unchanged.header("cache-control"), "no-store");
    server.reset("p-aiko", "d-aiko-iphone", "k").await;
    let changed = server.call("GET", path, &headers).await;
    assert_eq!(changed.status, StatusCode::OK);
    assert_eq!(changed.json()["deviceActionResults"][0]["actionState"], "pending");
}

#[tokio::test]
async fn branding_needs_no_sign_in_and_may_be_cached() {
    let server = TestServer::start().await;
    let answer = server.call("GET", "/api/v1.0/branding", &[]).await;
    assert_eq!(answer.json()["displayName"], "Example Works");
    assert!(answer.header("cache-control").starts_with("public"));
    let again = server.call("GET", "/api/v1.0/branding", &[("if-none-match", answer.header("etag"))]).await;
    assert_eq!(again.status, StatusCode::NOT_MODIFIED);
}

#[tokio::test]
async fn reading_a_notification_is_remembered_and_only_for_its_person() {
    let server = TestServer::start().await;
    server.reset("p-ben", "d-ben-iphone", "k").await;
    server.pass(10).await;
    let id =
        server.get("p-ben", "/me/notifications").await.json()["value"][0]["id"].as_str().unwrap().to_owned();
    let read = async |person: &str, id: &str| {
        let token = format!("Bearer {}", server.token(person, 60));
        server
            .call("POST", &format!("/api/v1.0/me/notifications/{id}/read"), &[("authorization", &token)])
            .await
    };
    assert_eq!(read("p-aiko", &id).await.status, StatusCode::NOT_FOUND);
    assert_eq!(read("p-ben", "n-unknown").await.status, StatusCode::NOT_FOUND);
    assert_eq!(read("p-ben", &id).await.json()["isRead"], true);
    assert_eq!(read("p-ben", &id).await.status, StatusCode::OK, "again is fine");
    assert_eq!(server.get("p-ben", "/me/notifications").await.json()["value"][0]["isRead"], true);
}

#[tokio::test]
async fn every_error_is_a_problem_with_a_code_and_the_requests_identifier() {
    let server = TestServer::start().await;
    let large = "x".repeat(20_000);
    let token = format!("Bearer {}", server.token("p-aiko", 60));
    let key = [("authorization", token.as_str()), ("idempotency-key", "k")];
    let reset = "/api/v1.0/me/managedDevices/d-aiko-iphone/resetPasscode";
    for (answer, status, code) in [
        (server.call("GET", "/api/v1.0/nothing", &[]).await, 404, "notFound"),
        (server.call("GET", "/api", &[]).await, 404, "notFound"),
        (server.call("GET", "/nothing", &[]).await, 404, "notFound"),
        (server.call("DELETE", "/api/v1.0/me", &[]).await, 405, "methodNotAllowed"),
        (server.call("PUT", reset, &[]).await, 405, "methodNotAllowed"),
        (server.call("GET", "/api/v1.0/me", &[]).await, 401, "unauthenticated"),
        (server.call_with_body("POST", reset, &key, &large).await, 413, "payloadTooLarge"),
        (server.call_with_body("POST", reset, &key, "{\"a\":").await, 400, "invalidRequest"),
        (server.call_with_body("POST", reset, &key, "{\"pin\":1}").await, 400, "invalidRequest"),
    ] {
        assert_eq!((answer.status.as_u16(), answer.code().as_str()), (status, code));
        assert_eq!(answer.header("content-type"), "application/problem+json");
        assert_eq!(answer.json()["requestId"], answer.header("x-request-id"));
        assert!(answer.header("x-request-id").starts_with("q-"));
        assert_eq!(answer.json()["status"], status);
        assert_eq!(answer.header("cache-control"), "no-store");
    }
    assert_eq!(server.call("DELETE", "/api/v1.0/me", &[]).await.header("allow"), "GET,HEAD");
}

#[tokio::test]
async fn only_configured_origins_may_read_answers_and_never_with_credentials() {
    let server = TestServer::with("page_origins = [\"https://portal.example.test\"]\n").await;
    let preflight = |origin: &'static str| {
        [
            ("origin", origin),
            ("access-control-request-method", "POST"),
            ("access-control-request-headers", "authorization,idempotency-key"),
        ]
    };
    let path = "/api/v1.0/me/managedDevices/d-aiko-iphone/resetPasscode";
    let allowed = server.call("OPTIONS", path, &preflight("https://portal.example.test")).await;
    assert_eq!(allowed.header("access-control-allow-origin"), "https://portal.example.test");
    assert!(allowed.header("access-control-allow-headers").contains("idempotency-key"));
    assert_eq!(allowed.header("access-control-allow-credentials"), "");
    let refused = server.call("OPTIONS", path, &preflight("https://evil.example.test")).await;
    assert_eq!(refused.header("access-control-allow-origin"), "");
    let error = server.call("GET", "/api/v1.0/me", &[("origin", "https://portal.example.test")]).await;
    assert_eq!(
        error.header("access-control-allow-origin"),
        "https://portal.example.test",
        "errors are readable too"
    );
    let exposed = error.header("access-control-expose-headers").to_owned();
    for name in portal_contract::headers::EXPOSED_TO_PAGES {
        assert!(exposed.contains(&name.to_ascii_lowercase()), "{name} in {exposed}");
    }
}

#[tokio::test]
async fn an_origin_that_only_looks_like_a_configured_one_is_not_let_in() {
    let server = TestServer::with("page_origins = [\"https://portal.example.test\"]\n").await;
    for origin in [
        "null",
        "*",
        "http://portal.example.test",
        "https://portal.example.test:444",
        "https://portal.example.test.evil.example",
        "https://evil.example/https://portal.example.test",
        "https://xportal.example.test",
        "https://PORTAL.example.test",
    ] {
        for method in ["GET", "OPTIONS"] {
            let asked = [("origin", origin), ("access-control-request-method", "POST")];
            let answer = server.call(method, "/api/v1.0/branding", &asked).await;
            assert_eq!(answer.header("access-control-allow-origin"), "", "{method} {origin}");
            assert_eq!(answer.header("access-control-allow-credentials"), "");
        }
    }
}

#[tokio::test]
async fn without_configured_origins_no_other_origin_may_read_anything() {
    let server = TestServer::start().await;
    let answer = server.call("GET", "/api/v1.0/branding", &[("origin", "https://evil.example.test")]).await;
    assert_eq!(answer.header("access-control-allow-origin"), "");
}

#[tokio::test]
async fn a_forwarded_address_is_believed_from_a_trusted_proxy_only() {
    for (proxies, expected) in [("trusted_proxies = [\"192.0.2.7\"]\n", "198.51.100.9"), ("", "192.0.2.7")] {
        let server = TestServer::with(proxies).await;
        let token = format!("Bearer {}", server.token("p-ben", 60));
        let headers = [
            ("authorization", token.as_str()),
            ("idempotency-key", "k"),
            ("x-forwarded-for", "203.0.113.5, 198.51.100.9"),
        ];
        server.call("POST", "/api/v1.0/me/managedDevices/d-ben-iphone/resetPasscode", &headers).await;
        assert_eq!(server.column("SELECT address FROM audit").await, [expected]);
    }
}

/// Serves on a real socket; returns the address.
pub(crate) async fn on_a_socket(
    server: &TestServer,
    connections: usize,
) -> (String, tokio::sync::watch::Sender<bool>) {
    let listeners = portal_server::http::Listeners::open("127.0.0.1:0").await.unwrap();
    let address = listeners.addresses()[0].to_string();
    let (sender, stop) = tokio::sync::watch::channel(false);
    let limits = portal_server::http::ServeLimits { connections, ..server.server.limits.clone() };
    let metrics = Arc::clone(&server.server.metrics);
    tokio::spawn(portal_server::http::serve(listeners, server.server.router.clone(), limits, metrics, stop));
    (address, sender)
}

#[tokio::test]
async fn header_floods_and_garbage_are_cut_off_and_others_are_served() {
    let server = TestServer::start().await;
    let (address, _stop) = on_a_socket(&server, 100).await;
    let many: String = (0..200).map(|number| format!("x-{number}: y\r\n")).collect();
    let answer = talk(&address, &format!("GET /healthz HTTP/1.1\r\nhost: a\r\n{many}\r\n")).await;
    assert!(answer.starts_with("HTTP/1.1 431"), "by the parser: {answer}");
    let huge = "y".repeat(100_000);
    let answer = talk(&address, &format!("GET /healthz HTTP/1.1\r\nhost: a\r\nx: {huge}\r\n\r\n")).await;
    assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 431"), "{answer}");
    assert!(talk(&address, "\u{1}\u{2}garbage\r\n\r\n").await.starts_with("HTTP/1.1 400"));
    let good = talk(&address, "GET /healthz HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n").await;
    assert!(good.starts_with("HTTP/1.1 200"), "{good}");
}

#[tokio::test]
async fn a_client_that_never_finishes_its_headers_does_not_keep_its_place() {
    let server = TestServer::start().await;
    let (address, _stop) = on_a_socket(&server, 1).await;
    let mut slow = tokio::net::TcpStream::connect(&address).await.unwrap();
    slow.write_all(b"GET /healthz HTTP/1.1\r\nhost:").await.unwrap();
    let good = talk(&address, "GET /healthz HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n").await;
    assert!(good.starts_with("HTTP/1.1 200"), "{good}");
}

#[tokio::test]
async fn a_body_that_never_ends_is_given_up() {
    let server = TestServer::with("[limits]\nrequest_seconds = 1\n").await;
    let (address, _stop) = on_a_socket(&server, 10).await;
    let token = server.token("p-ben", 60);
    let head = format!(
        "POST /api/v1.0/me/managedDevices/d-ben-iphone/resetPasscode HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\
         authorization: Bearer {token}\r\nidempotency-key: k\r\ncontent-length: 10\r\n\r\n{{"
    );
    let answer = talk(&address, &head).await;
    assert!(answer.starts_with("HTTP/1.1 408"), "{answer}");
    assert!(answer.contains("application/problem+json") && answer.contains("\"requestTimeout\""), "{answer}");
    assert_eq!(server.count("SELECT COUNT(*) FROM action_runs").await, 0);
}

#[tokio::test]
async fn the_port_of_another_program_is_named_in_the_error() {
    let taken = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let error = portal_server::http::Listeners::open(&address).await.err().unwrap().to_string();
    assert!(error.contains(&address) && error.contains("in use"), "{error}");
}

#[tokio::test]
async fn localhost_is_both_loopback_addresses() {
    let listeners = portal_server::http::Listeners::open("localhost:0").await.unwrap();
    let addresses = listeners.addresses();
    assert!(addresses[0].is_ipv4());
    if let Some(second) = addresses.get(1) {
        assert!(second.is_ipv6() && second.port() == addresses[0].port());
    }
}

#[tokio::test]
async fn nothing_but_the_passcode_call_ever_answers_with_a_passcode() {
    let server = TestServer::start().await;
    server.reset("p-aiko", "d-aiko-android", "k").await;
    server.pass(10).await;
    let shown = server.get("p-aiko", "/me/managedDevices/d-aiko-android/temporaryPasscode").await.json();
    let passcode = shown["passcode"].as_str().unwrap();
    let result = shown["resultId"].as_str().unwrap();
    for path in [
        "/me".to_owned(),
        "/me/managedDevices".to_owned(),
        "/me/managedDevices/d-aiko-android".to_owned(),
        format!("/me/managedDevices/d-aiko-android/deviceActionResults/{result}"),
        "/me/notifications".to_owned(),
    ] {
        let answer = server.get("p-aiko", &path).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}");
        assert!(!String::from_utf8(answer.body).unwrap().contains(passcode), "{path}");
    }
    let device: Value = server.get("p-aiko", "/me/managedDevices/d-aiko-android").await.json();
    assert_ne!(device["lastSyncDateTime"], "0001-01-01T00:00:00Z");
}

#[tokio::test]
async fn lists_are_compressed_for_who_takes_it_and_nothing_else_is() {
    let server = TestServer::start().await;
    let authorization = format!("Bearer {}", server.token("p-aiko", 60));
    let encoding = async |path: &str, accepted: &str| {
        let headers = [("authorization", authorization.as_str()), ("accept-encoding", accepted)];
        let answer = server.call("GET", path, &headers).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}");
        let encoding = answer.headers.get("content-encoding").map(|value| value.to_str().unwrap().to_owned());
        (encoding, answer.body.len())
    };
    let list = "/api/v1.0/me/managedDevices";
    let (plain, bytes) = encoding(list, "identity").await;
    assert_eq!(plain, None);
    for accepted in ["br", "gzip"] {
        let (compressed, fewer) = encoding(list, accepted).await;
        assert_eq!(compressed.as_deref(), Some(accepted));
        assert!(fewer * 2 < bytes, "{accepted}: {fewer} of {bytes}");
    }
    // Neither a coding nor the name of its weight has a case.
    assert_eq!(encoding(list, "BR;Q=0, GZip").await.0.as_deref(), Some("gzip"));
    assert_eq!(encoding(list, "br;Q=0, gzip;Q=0").await.0, None);
    // Were the layer around everything, this would be compressed, and what holds a passcode, a token or a session too.
    let (document, bytes) = encoding("/openapi.json", "br, gzip").await;
    assert!(document.is_none() && bytes > 10_000);
}

#[tokio::test]
async fn a_person_is_told_what_follows_from_the_rules_and_which_are_not_met() {
    let server = TestServer::start().await;
    let of = async |person: &str, id: &str| {
        server.get(person, &format!("/me/managedDevices/{id}/compliance")).await
    };
    let codes = |told: &serde_json::Value| -> Vec<String> {
        let rules = told["failingRules"].as_array().unwrap().iter();
        rules.map(|rule| rule["code"].as_str().unwrap().to_owned()).collect()
    };
    let good = of("p-aiko", "d-aiko-iphone").await.json();
    assert_eq!((&good["access"], codes(&good).len()), (&serde_json::json!("allowed"), 0));
    assert!(good.get("allowedUntilDateTime").is_none());
    let device = server.get("p-aiko", "/me/managedDevices/d-aiko-wp81").await.json();
    let grace = of("p-aiko", "d-aiko-wp81").await.json();
    assert_eq!(grace["access"], "allowedForNow");
    assert_eq!(grace["allowedUntilDateTime"], device["complianceGracePeriodExpirationDateTime"]);
    assert_eq!(grace["lastCheckedDateTime"], device["lastSyncDateTime"]);
    assert_eq!(codes(&grace), ["minimumOsVersion"]);
    let mac = of("p-chiyo", "d-chiyo-mac").await.json();
    assert_eq!((&mac["access"], codes(&mac).len()), (&serde_json::json!("blocked"), 2), "{mac}");
    assert_eq!(of("p-ben", "d-aiko-wp81").await.status.as_u16(), 404, "another person's");
    assert_eq!(of("p-aiko", "..").await.status.as_u16(), 404);
    server.clock.advance(4 * 86_400);
    let over = of("p-aiko", "d-aiko-wp81").await.json();
    assert_eq!(over["access"], "blocked", "the time is over");
}

#[tokio::test]
async fn a_person_sees_the_organisations_applications_by_name_and_how_far_each_is() {
    let server = TestServer::start().await;
    let of =
        async |person: &str, id: &str| server.get(person, &format!("/me/managedDevices/{id}/apps")).await;
    let told = of("p-chiyo", "d-chiyo-windows11").await.json();
    let apps = told["value"].as_array().unwrap();
    assert!(apps.len() > 12, "enough to search in");
    let names: Vec<String> =
        apps.iter().map(|app| app["displayName"].as_str().unwrap().to_lowercase()).collect();
    assert!(names.is_sorted(), "{names:?}");
    for state in ["installed", "pending", "failed", "notApplicable"] {
        assert!(apps.iter().any(|app| app["state"] == state), "no sample application is {state}");
    }
    for app in apps {
        assert_eq!(app["state"] == "failed", app["failure"] != "", "{app}");
    }
    assert_eq!(of("p-ben", "d-chiyo-windows11").await.status.as_u16(), 404, "another person's");
    for (person, id) in [("p-fumi", "cloud:c-fumi-iphone"), ("p-fumi", "push:n-fumi-ipad")] {
        assert_eq!(of(person, id).await.json()["value"].as_array().unwrap().len(), 4, "{id}");
    }
}
