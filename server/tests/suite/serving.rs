//! Serving under attack, in small: few connections, short times, and nothing that depends on how fast the machine is
//! (security.md, server, row 5). The large figures are those of `cargo xtask load`.

use crate::api::on_a_socket;
use crate::support::TestServer;
use axum::http::StatusCode;
use portal_server::http::{Listeners, ServeLimits};
use portal_testkit::client::talk;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::watch;

const HEALTH: &str = "GET /healthz HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n";
/// Longer than any test may take: what is over earlier was not ended by the clock.
const NEVER: Duration = Duration::from_secs(600);

async fn serve_with(
    server: &TestServer,
    change: impl FnOnce(&mut ServeLimits),
) -> (String, watch::Sender<bool>) {
    let listeners = Listeners::open("127.0.0.1:0").await.unwrap();
    let address = listeners.addresses()[0].to_string();
    let (sender, stop) = watch::channel(false);
    let mut limits = server.server.limits.clone();
    change(&mut limits);
    let (router, metrics) = (server.server.router.clone(), Arc::clone(&server.server.metrics));
    tokio::spawn(portal_server::http::serve(listeners, router, limits, metrics, stop));
    (address, sender)
}

/// Whether the other side has closed the connection; waits for it.
async fn is_closed(stream: &mut TcpStream) -> bool {
    let mut rest = Vec::new();
    tokio::time::timeout(Duration::from_secs(20), stream.read_to_end(&mut rest)).await.is_ok()
}

async fn dribble(address: &str) -> TcpStream {
    let mut slow = TcpStream::connect(address).await.unwrap();
    slow.write_all(b"GET /healthz HTTP/1.1\r\nhost:").await.unwrap();
    slow
}

#[tokio::test]
async fn a_hundred_connections_that_dribble_their_headers_keep_nobody_out() {
    let server = TestServer::start().await;
    let (address, _stop) = serve_with(&server, |limits| {
        limits.connections = 10;
        limits.header_timeout = NEVER;
    })
    .await;
    let mut slow = Vec::new();
    for _ in 0..100 {
        slow.push(dribble(&address).await);
        assert!(talk(&address, HEALTH).await.starts_with("HTTP/1.1 200"), "served at once");
    }
    for stream in slow.iter_mut().take(85) {
        assert!(is_closed(stream).await, "the ones that waited longest had to go");
    }
}

#[tokio::test]
async fn connections_that_dribble_their_bodies_keep_nobody_out() {
    let server = TestServer::start().await;
    let (address, _stop) = crate::api::on_a_socket(&server, 4).await;
    let request = format!(
        "POST /api/v1.0/me/managedDevices/d-aiko-android/resetPasscode HTTP/1.1\r\nhost: a\r\n\
         authorization: Bearer {}\r\nidempotency-key: k\r\ncontent-length: 9\r\n\r\ny",
        server.token("p-aiko", 60)
    );
    let mut slow = Vec::new();
    for _ in 0..4 {
        let mut stream = TcpStream::connect(&address).await.unwrap();
        stream.write_all(request.as_bytes()).await.unwrap();
        slow.push(stream);
    }
    let good = "GET /healthz HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n";
    for _ in 0..3 {
        let answer = talk(&address, good).await;
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    }
    assert!(is_closed(&mut slow[0]).await, "the one that dribbled longest");
}

#[tokio::test]
async fn one_address_pushes_out_its_own_connections_only() {
    let server = TestServer::start().await;
    let (address, _stop) = serve_with(&server, |limits| {
        limits.connections = 100;
        limits.connections_per_network = 3;
        limits.header_timeout = NEVER;
    })
    .await;
    let other = tokio::net::TcpSocket::new_v4().unwrap();
    other.bind("127.0.0.2:0".parse().unwrap()).unwrap();
    let mut other = other.connect(address.parse().unwrap()).await.unwrap();
    let mut slow = Vec::new();
    for _ in 0..20 {
        slow.push(dribble(&address).await);
    }
    for stream in slow.iter_mut().take(17) {
        assert!(is_closed(stream).await);
    }
    other.write_all(HEALTH.as_bytes()).await.unwrap();
    let mut answer = String::new();
    other.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "opened first, and still there: {answer}");
}

#[tokio::test]
async fn a_client_that_takes_too_long_with_its_headers_or_its_next_request_is_cut_off() {
    let server = TestServer::start().await;
    let (address, _stop) =
        serve_with(&server, |limits| limits.header_timeout = Duration::from_millis(200)).await;
    let mut slow = dribble(&address).await;
    assert!(is_closed(&mut slow).await);
    let mut silent = TcpStream::connect(&address).await.unwrap();
    assert!(is_closed(&mut silent).await, "said nothing at all");
    let mut kept = TcpStream::connect(&address).await.unwrap();
    kept.write_all(b"GET /healthz HTTP/1.1\r\nhost: a\r\n\r\n").await.unwrap();
    let mut answer = [0; 12];
    kept.read_exact(&mut answer).await.unwrap();
    assert_eq!(&answer, b"HTTP/1.1 200");
    assert!(is_closed(&mut kept).await, "kept open and never used again");
}

#[tokio::test]
async fn a_body_that_says_it_is_too_large_is_refused_wherever_it_is_sent() {
    let server = TestServer::start().await;
    let (address, _stop) = on_a_socket(&server, 10).await;
    let body = "x".repeat(200_000);
    for path in ["/api/v1.0/me/managedDevices/d-ben-iphone/resetPasscode", "/api/v1.0/me", "/nowhere", "/"] {
        let length = body.len();
        let request = format!("POST {path} HTTP/1.1\r\nhost: a\r\ncontent-length: {length}\r\n\r\n{body}");
        let answer = talk(&address, &request).await;
        assert!(answer.starts_with("HTTP/1.1 413"), "{path}: {answer}");
        assert!(
            answer.contains("application/problem+json") && answer.contains("\"payloadTooLarge\""),
            "{answer}"
        );
    }
    assert!(talk(&address, HEALTH).await.starts_with("HTTP/1.1 200"));
}

#[tokio::test]
async fn addresses_and_headers_that_are_too_long_are_refused_with_a_reference() {
    let server = TestServer::start().await;
    let (address, _stop) = on_a_socket(&server, 10).await;
    let long = "x".repeat(10_000);
    let large = format!("x-large: {}\r\n", "y".repeat(26_000));
    let many: String = (0..70).map(|number| format!("x-{number}: y\r\n")).collect();
    for (status, path, headers) in [
        (414, format!("/devices?{long}"), ""),
        (414, format!("/api/v1.0/me/managedDevices/{long}"), ""),
        (431, "/api/v1.0/me".to_owned(), &*large),
        (431, "/".to_owned(), &*many),
    ] {
        let answer = talk(&address, &format!("GET {path} HTTP/1.1\r\nhost: a\r\n{headers}\r\n")).await;
        assert!(answer.starts_with(&format!("HTTP/1.1 {status}")), "{answer}");
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        assert!(head.contains("application/problem+json") && head.contains("connection: close"), "{head}");
        let problem: serde_json::Value = serde_json::from_str(body).unwrap();
        assert_eq!((&problem["status"], &problem["code"]), (&status.into(), &"invalidRequest".into()));
        let reference = problem["requestId"].as_str().unwrap();
        assert!(head.contains(&format!("x-request-id: {reference}")), "{answer}");
    }
    let metrics = crate::operation::metrics(&server).await;
    let counted = "portal_http_requests_total{method=\"GET\",route=\"/api/v1.0/me\",status=\"431\"} 1";
    assert!(metrics.contains(counted), "{metrics}");
}

#[tokio::test]
async fn a_request_that_does_not_say_once_which_host_it_means_is_refused() {
    let server = TestServer::start().await;
    let (address, _stop) = on_a_socket(&server, 10).await;
    for headers in ["", "host: a\r\nhost: a\r\n", "host: a\r\nHost: b\r\n", "host:\r\n", "host: a b\r\n"] {
        let answer = talk(&address, &format!("GET /api/v1.0/branding HTTP/1.1\r\n{headers}\r\n")).await;
        assert!(answer.starts_with("HTTP/1.1 400"), "{headers:?}: {answer}");
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        assert!(head.contains("application/problem+json") && head.contains("connection: close"), "{head}");
        let problem: serde_json::Value = serde_json::from_str(body).unwrap();
        assert_eq!((&problem["status"], &problem["code"]), (&400.into(), &"invalidRequest".into()));
    }
    let old = talk(&address, "GET /healthz HTTP/1.0\r\n\r\n").await;
    assert!(old.contains(" 200 "), "older than the header: {old}");
}

#[tokio::test]
async fn what_is_no_request_is_counted_and_has_a_status() {
    let server = TestServer::start().await;
    let (address, _stop) = on_a_socket(&server, 10).await;
    let many: String = (0..200).map(|number| format!("x-{number}: y\r\n")).collect();
    let flood = format!("GET /healthz HTTP/1.1\r\nhost: a\r\n{many}\r\n");
    for (text, status) in [("\u{16}\u{3}\u{1} garbage\r\n\r\n", 400), (&*flood, 431)] {
        assert!(talk(&address, text).await.starts_with(&format!("HTTP/1.1 {status}")), "{text}");
    }
    assert!(talk(&address, HEALTH).await.starts_with("HTTP/1.1 200"));
    // Counted when the connection has ended, which may be a moment after the answer was read.
    let counted = "portal_http_connections_closed_total{reason=\"unreadable\"} 2";
    let is_counted = async {
        while !crate::operation::metrics(&server).await.contains(counted) {
            tokio::task::yield_now().await;
        }
    };
    assert!(tokio::time::timeout(Duration::from_secs(20), is_counted).await.is_ok());
}

#[tokio::test]
async fn a_body_that_does_not_say_how_long_it_is_is_read_up_to_the_limit() {
    let server = TestServer::start().await;
    let (address, _stop) = on_a_socket(&server, 10).await;
    let token = server.token("p-ben", 60);
    let chunk = format!("1000\r\n{}\r\n", "x".repeat(0x1000));
    let request = format!(
        "POST /api/v1.0/me/managedDevices/d-ben-iphone/resetPasscode HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\
         authorization: Bearer {token}\r\nidempotency-key: k\r\ntransfer-encoding: chunked\r\n\r\n{}",
        chunk.repeat(5)
    );
    let answer = talk(&address, &request).await;
    assert!(answer.starts_with("HTTP/1.1 413"), "{answer}");
    assert_eq!(server.count("SELECT COUNT(*) FROM action_runs").await, 0);
}

#[tokio::test]
async fn an_event_stream_is_never_closed_for_somebody_else() {
    let server = TestServer::start().await;
    let (address, _stop) = serve_with(&server, |limits| {
        limits.connections = 2;
        limits.header_timeout = NEVER;
        limits.patience = Duration::ZERO;
    })
    .await;
    let token = server.token("p-ben", 60);
    let mut stream = TcpStream::connect(&address).await.unwrap();
    let request =
        format!("GET /api/v1.0/me/events HTTP/1.1\r\nhost: a\r\nauthorization: Bearer {token}\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut seen = String::new();
    let mut buffer = [0; 1024];
    while !seen.contains("retry:") {
        let length = stream.read(&mut buffer).await.unwrap();
        seen.push_str(std::str::from_utf8(&buffer[..length]).unwrap());
    }
    for _ in 0..10 {
        dribble(&address).await;
        assert!(talk(&address, HEALTH).await.starts_with("HTTP/1.1 200"));
    }
    assert_eq!(server.reset("p-ben", "d-ben-iphone", "k").await.status, StatusCode::ACCEPTED);
    while !seen.contains("event: device") {
        let length = stream.read(&mut buffer).await.unwrap();
        assert!(length > 0, "the stream was closed: {seen}");
        seen.push_str(std::str::from_utf8(&buffer[..length]).unwrap());
    }
}
