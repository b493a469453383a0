//! The stream of changes: what is told, to whom, from where on, how many may listen, and when it ends.

use crate::support::provider::Provider;
use crate::support::server::configuration;
use crate::support::{Answer, TestServer, sign_in};
use axum::body::Body;
use axum::http::{Request, StatusCode};
use http_body_util::BodyExt as _;
use portal_server::application::{Resume, StreamEvent};
use portal_server::composition::{Environment, Server, fleet_database};
use serde_json::{Value, json};
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tower::ServiceExt as _;

const PATH: &str = "/api/v1.0/me/events";

/// One block of the stream.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct Block {
    id: Option<i64>,
    event: String,
    data: String,
    is_comment: bool,
}

impl Block {
    fn read(text: &str) -> Self {
        let mut block = Self::default();
        for line in text.lines() {
            match line.split_once(':').unwrap() {
                ("id", value) => block.id = Some(value.trim().parse().unwrap()),
                ("event", value) => value.trim().clone_into(&mut block.event),
                ("data", value) => value.trim().clone_into(&mut block.data),
                ("retry", value) => assert!(value.trim().parse::<u32>().unwrap() > 0),
                ("", _) => block.is_comment = true,
                (name, _) => panic!("a field of no standard: {name}"),
            }
        }
        block
    }

    fn data(&self) -> Value {
        serde_json::from_str(&self.data).unwrap()
    }
}

struct Stream {
    body: Body,
    text: String,
}

impl Stream {
    /// The next block; `None` when the stream has ended. Panics after five seconds of silence.
    async fn next(&mut self) -> Option<Block> {
        loop {
            if let Some((block, rest)) = self.text.clone().split_once("\n\n") {
                rest.clone_into(&mut self.text);
                return Some(Block::read(block));
            }
            let frame =
                tokio::time::timeout(Duration::from_secs(5), self.body.frame()).await.expect("silence")?;
            self.text.push_str(std::str::from_utf8(&frame.unwrap().into_data().unwrap()).unwrap());
        }
    }

    /// The next event, without heartbeats and the opening.
    async fn event(&mut self) -> Block {
        loop {
            let block = self.next().await.expect("the stream ended");
            if !block.event.is_empty() {
                return block;
            }
        }
    }

    /// Whether nothing is told within a moment.
    async fn is_silent(&mut self) -> bool {
        tokio::time::timeout(Duration::from_millis(200), self.event()).await.is_err()
    }

    async fn has_ended(&mut self) -> bool {
        while let Some(block) = self.next().await {
            assert!(block.event.is_empty(), "{block:?} after the end");
        }
        true
    }
}

async fn ask(server: &TestServer, person: &str, last: Option<&str>) -> axum::response::Response {
    let mut request = Request::get(PATH)
        .header("host", "a")
        .header("authorization", format!("Bearer {}", server.token(person, 60)));
    if let Some(last) = last {
        request = request.header("last-event-id", last);
    }
    server.server.router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap()
}

async fn open(server: &TestServer, person: &str, last: Option<&str>) -> Stream {
    let response = ask(server, person, last).await;
    assert_eq!(response.status(), StatusCode::OK);
    Stream { body: response.into_body(), text: String::new() }
}

/// Opens a stream and reads where it begins.
async fn begin(server: &TestServer, person: &str) -> (Stream, i64) {
    let mut stream = open(server, person, None).await;
    let opened = stream.next().await.unwrap();
    assert_eq!((opened.event.as_str(), opened.data.as_str()), ("", ""), "the opening is no event");
    (stream, opened.id.unwrap())
}

async fn refused(server: &TestServer, person: &str) -> Answer {
    let response = ask(server, person, None).await;
    assert_ne!(response.status(), StatusCode::OK, "a stream would never end");
    Answer::of(response).await
}

#[tokio::test]
async fn each_step_of_a_reset_is_told_as_a_change_and_nothing_about_its_state() {
    let server = TestServer::start().await;
    let response = ask(&server, "p-dana", None).await;
    let header = |name: &str| response.headers().get(name).map_or("", |value| value.to_str().unwrap());
    assert_eq!(header("content-type"), "text/event-stream");
    assert_eq!(header("cache-control"), "no-store");
    assert_eq!(header("x-accel-buffering"), "no");
    assert_eq!((header("content-encoding"), header("content-length")), ("", ""));
    assert!(header("x-request-id").starts_with("q-"));
    drop(response);
    let (mut stream, start) = begin(&server, "p-dana").await;
    server.reset("p-dana", "d-dana-notnow", "k").await;
    server.pass(30).await;
    let mut events = Vec::new();
    for _ in 0..4 {
        events.push(stream.event().await);
    }
    let about: Vec<(&str, Value)> = events.iter().map(|block| (block.event.as_str(), block.data())).collect();
    let device = ("device", json!({ "deviceId": "d-dana-notnow" }));
    let list = server.get("p-dana", "/me/notifications").await.json();
    let notification = ("notification", json!({ "notificationId": list["value"][0]["id"] }));
    assert_eq!(about, [device.clone(), device.clone(), device, notification], "accepted, not now, done");
    let ids: Vec<i64> = events.iter().map(|block| block.id.unwrap()).collect();
    assert_eq!(ids, [start + 1, start + 2, start + 3, start + 4], "strictly growing");
    assert!(stream.is_silent().await, "nothing else happened");
}

#[tokio::test]
async fn delivered_and_not_now_are_changes_of_their_own() {
    let server = TestServer::start().await;
    server.reset("p-dana", "d-dana-normal", "k").await;
    let (mut stream, _) = begin(&server, "p-dana").await;
    server.pass(3).await;
    assert_eq!(stream.event().await.data(), json!({ "deviceId": "d-dana-normal" }));
    let device = server.get("p-dana", "/me/managedDevices/d-dana-normal").await.json();
    assert_eq!(device["deviceActionResults"][0]["progress"], "delivered", "one truth: the device itself");
}

#[tokio::test]
async fn cancelling_and_reading_a_notification_reach_the_other_windows() {
    let server = TestServer::start().await;
    let (mut stream, _) = begin(&server, "p-dana").await;
    let id = server.reset("p-dana", "d-dana-offline", "k").await.json()["id"].as_str().unwrap().to_owned();
    stream.event().await;
    server
        .post("p-dana", &format!("/me/managedDevices/d-dana-offline/deviceActionResults/{id}/cancel"))
        .await;
    assert_eq!(stream.event().await.event, "device");
    server.reset("p-dana", "d-dana-unlocktoken", "k2").await;
    server.pass(10).await;
    let mut notification = Block::default();
    while notification.event != "notification" {
        notification = stream.event().await;
    }
    let read = format!("/me/notifications/{}/read", notification.data()["notificationId"].as_str().unwrap());
    server.post("p-dana", &read).await;
    assert_eq!(stream.event().await.data(), notification.data());
    server.post("p-dana", &read).await;
    assert!(stream.is_silent().await, "read already: nothing changed");
}

#[tokio::test]
async fn two_people_never_hear_of_each_other() {
    let server = TestServer::start().await;
    let (mut aiko, start) = begin(&server, "p-aiko").await;
    let (mut ben, _) = begin(&server, "p-ben").await;
    server.reset("p-ben", "d-ben-iphone", "k").await;
    server.reset("p-ben", "d-aiko-iphone", "k").await;
    server.pass(10).await;
    assert!(aiko.is_silent().await, "not even of an attempt on her device");
    assert_eq!(ben.event().await.data(), json!({ "deviceId": "d-ben-iphone" }));
    let mut resumed = open(&server, "p-aiko", Some(&start.to_string())).await;
    assert!(resumed.is_silent().await);
    server.reset("p-aiko", "d-aiko-iphone", "k").await;
    assert_eq!(aiko.event().await.id, Some(start + 1), "nor do the numbers tell");
}

#[tokio::test]
async fn who_comes_back_gets_what_was_missed_also_from_a_server_that_was_started_again() {
    let server = TestServer::start().await;
    let (mut stream, _) = begin(&server, "p-dana").await;
    server.reset("p-dana", "d-dana-normal", "k").await;
    let last = stream.event().await.id.unwrap();
    drop(stream);
    server.pass(10).await;
    let server = server.restarted().await;
    let mut stream = open(&server, "p-dana", Some(&last.to_string())).await;
    let missed = [stream.event().await, stream.event().await, stream.event().await];
    assert_eq!(missed.clone().map(|block| block.id), [Some(last + 1), Some(last + 2), Some(last + 3)]);
    assert_eq!(missed.map(|block| block.event), ["device", "device", "notification"]);
    let mut again = open(&server, "p-dana", Some(&(last + 3).to_string())).await;
    assert!(again.is_silent().await, "nothing was missed");
}

#[tokio::test]
async fn a_number_that_is_too_old_or_not_ours_means_read_everything_again() {
    let server = TestServer::start().await;
    server.reset("p-dana", "d-dana-normal", "k").await;
    server.pass(10).await;
    for unknown in ["5", "999999", "abc", "-1", "1 ", "99999999999999999999"] {
        let mut stream = open(&server, "p-dana", Some(unknown)).await;
        let told = stream.event().await;
        assert_eq!((told.event.as_str(), told.data(), told.id), ("resync", json!({}), Some(4)), "{unknown}");
        assert!(stream.is_silent().await, "{unknown}: once");
    }
    let mut fresh = open(&server, "p-dana", Some("")).await;
    assert!(fresh.is_silent().await, "an empty number is none");
    let mut known = open(&server, "p-dana", Some("2")).await;
    assert_eq!(known.event().await.id, Some(3));
    server.clock.advance(86_401);
    server.server.portal.sweep().await.unwrap();
    assert_eq!(server.count("SELECT COUNT(*) FROM events").await, 0, "bounded by age");
    assert_eq!(open(&server, "p-dana", Some("2")).await.event().await.event, "resync");
    assert!(open(&server, "p-dana", Some("4")).await.is_silent().await, "nothing was missed");
}

#[tokio::test]
async fn a_reader_who_lags_behind_what_is_kept_is_told_to_read_everything_again() {
    let server = TestServer::with(
        "[limits]\nattempts_per_minute = 100000\nresets_per_hour = 100000\nresets_per_device_per_hour = 100000\n",
    )
    .await;
    let (mut stream, _) = begin(&server, "p-dana").await;
    for number in 0..200 {
        let accepted = server.reset("p-dana", "d-dana-offline", &format!("k{number}")).await.json();
        let id = accepted["id"].as_str().unwrap();
        server
            .post("p-dana", &format!("/me/managedDevices/d-dana-offline/deviceActionResults/{id}/cancel"))
            .await;
    }
    assert_eq!(server.count("SELECT COUNT(*) FROM events").await, 256, "bounded in number");
    let mut told = Vec::new();
    while told.last().is_none_or(|block: &Block| block.id != Some(400)) {
        told.push(stream.event().await);
    }
    assert!(told.len() < 200, "a slow reader is not kept everything for: {}", told.len());
    assert!(told.iter().any(|block| block.event == "resync"));
    assert!(told.windows(2).all(|pair| pair[0].id < pair[1].id));
}

#[tokio::test]
async fn a_fifth_stream_is_refused_until_another_one_ends() {
    let server = TestServer::with("[limits]\nheartbeat_seconds = 1\n").await;
    let mut streams = Vec::new();
    for _ in 0..4 {
        streams.push(begin(&server, "p-aiko").await);
    }
    let answer = refused(&server, "p-aiko").await;
    assert_eq!((answer.status, answer.code().as_str()), (StatusCode::TOO_MANY_REQUESTS, "tooManyRequests"));
    assert_eq!(answer.header("content-type"), "application/problem+json");
    assert_eq!(answer.header("retry-after"), "15");
    begin(&server, "p-ben").await;
    streams.pop();
    let started = Instant::now();
    while ask(&server, "p-aiko", None).await.status() != StatusCode::OK {
        assert!(started.elapsed() < Duration::from_secs(5), "the place was not given back");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test]
async fn there_is_a_bound_on_everybodys_streams_together() {
    let server = TestServer::with("[limits]\nstreams = 2\n").await;
    let _aiko = begin(&server, "p-aiko").await;
    let _ben = begin(&server, "p-ben").await;
    let answer = refused(&server, "p-dana").await;
    assert_eq!((answer.status, answer.code().as_str()), (StatusCode::SERVICE_UNAVAILABLE, "unavailable"));
    assert_eq!(answer.header("retry-after"), "15");
}

#[tokio::test]
async fn a_silent_stream_beats_and_no_time_out_of_requests_cuts_it() {
    let server = TestServer::with("[limits]\nheartbeat_seconds = 1\nrequest_seconds = 1\n").await;
    let (mut stream, _) = begin(&server, "p-aiko").await;
    let started = Instant::now();
    while started.elapsed() < Duration::from_millis(1500) {
        let block = stream.next().await.expect("the stream ended");
        assert_eq!(block, Block { is_comment: true, ..Block::default() });
    }
    server.reset("p-aiko", "d-aiko-iphone", "k").await;
    assert_eq!(stream.event().await.event, "device");
}

#[tokio::test]
async fn the_stream_ends_with_its_token() {
    let server = TestServer::with("[limits]\nheartbeat_seconds = 1\n").await;
    let (mut stream, _) = begin(&server, "p-aiko").await;
    server.clock.advance(629);
    assert!(stream.next().await.unwrap().is_comment, "as long as the token is accepted elsewhere");
    server.clock.advance(1);
    server.reset("p-aiko", "d-aiko-iphone", "k").await;
    assert!(stream.has_ended().await);
}

#[tokio::test]
async fn signing_out_everywhere_ends_the_persons_streams_and_nobody_elses() {
    let server = TestServer::start().await;
    let (mut first, _) = begin(&server, "p-aiko").await;
    let (mut second, _) = begin(&server, "p-aiko").await;
    let (mut other, _) = begin(&server, "p-ben").await;
    server.post("p-aiko", "/me/revokeSignInSessions").await;
    assert!(first.has_ended().await && second.has_ended().await);
    assert!(other.is_silent().await);
    assert_eq!(ask(&server, "p-aiko", None).await.status(), StatusCode::UNAUTHORIZED);
}

/// A stream had read a batch of changes already when the person signed out everywhere, and told them all.
#[tokio::test]
async fn what_was_read_before_a_revocation_is_not_told_after_it() {
    let server = TestServer::start().await;
    for number in 0..10 {
        server.reset("p-aiko", "d-aiko-iphone", &format!("k-{number}")).await;
        server.pass(30).await;
    }
    let sign_in = sign_in("p-aiko", server.clock.seconds(), None);
    let mut stream = server.server.portal.open_changes(sign_in, Resume::After(0)).await.unwrap();
    assert_eq!(stream.next().await, Some(StreamEvent::Opened(None)));
    assert!(matches!(stream.next().await, Some(StreamEvent::Change(_))), "of many that were read at once");
    server.post("p-aiko", "/me/revokeSignInSessions").await;
    assert_eq!(stream.next().await, None);
}

#[tokio::test]
async fn a_page_of_another_origin_may_open_and_resume_a_stream() {
    let server = TestServer::with("page_origins = [\"https://portal.example.test\"]\n").await;
    let preflight = [
        ("origin", "https://portal.example.test"),
        ("access-control-request-method", "GET"),
        ("access-control-request-headers", "authorization,last-event-id"),
    ];
    let answer = server.call("OPTIONS", PATH, &preflight).await;
    assert!(answer.header("access-control-allow-headers").contains("last-event-id"));
    let refused = server.call("GET", PATH, &[("origin", "https://portal.example.test")]).await;
    assert_eq!((refused.status, refused.code().as_str()), (StatusCode::UNAUTHORIZED, "unauthenticated"));
    assert_eq!(refused.header("access-control-allow-origin"), "https://portal.example.test");
}

/// The whole server on a socket with the machine's own clock and its own queue.
async fn running(
    folder: &std::path::Path,
    provider: &Provider,
) -> (String, tokio::sync::watch::Sender<bool>, tokio::task::JoinHandle<()>) {
    let file = folder.join("server.toml");
    std::fs::write(&file, configuration(provider, &folder.join("portal.sqlite"), "")).unwrap();
    let settings = portal_server::config::load(Some(&file), &[]).unwrap();
    let server = Server::build(&settings, Environment::default()).await.unwrap();
    let listeners = portal_server::http::Listeners::open("127.0.0.1:0").await.unwrap();
    let address = listeners.addresses()[0].to_string();
    let (sender, stop) = tokio::sync::watch::channel(false);
    (address, sender, tokio::spawn(server.run(listeners, stop)))
}

async fn connect(address: &str, token: &str, request: &str) -> tokio::net::TcpStream {
    let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
    let text = format!("{request} HTTP/1.1\r\nhost: a\r\nauthorization: Bearer {token}\r\n");
    stream.write_all(text.as_bytes()).await.unwrap();
    stream
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_ends_the_streams_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let provider = Provider::in_real_time().await;
    let (address, stop, server) = running(folder.path(), &provider).await;
    let token = provider.token("p-aiko", 5);
    let mut stream = connect(&address, &token, &format!("GET {PATH}")).await;
    stream.write_all(b"\r\n").await.unwrap();
    let mut start = [0; 15];
    stream.read_exact(&mut start).await.unwrap();
    assert_eq!(&start, b"HTTP/1.1 200 OK");
    let asked = Instant::now();
    stop.send(true).unwrap();
    tokio::time::timeout(Duration::from_secs(5), server).await.expect("the stop waits for a stream").unwrap();
    let mut rest = String::new();
    stream.read_to_string(&mut rest).await.unwrap();
    assert!(rest.ends_with("0\r\n\r\n"), "an orderly end of the chunks: {rest}");
    assert!(asked.elapsed() < Duration::from_secs(5));
}

/// Against the machine's own clock: the fleet's database says when the device acted, the stream when it was told.
#[tokio::test(flavor = "multi_thread")]
async fn what_a_device_does_is_told_within_a_second() {
    let folder = tempfile::tempdir().unwrap();
    let provider = Provider::in_real_time().await;
    let (address, stop, server) = running(folder.path(), &provider).await;
    let token = provider.token("p-dana", 5);
    let mut stream = connect(&address, &token, &format!("GET {PATH}")).await;
    stream.write_all(b"\r\n").await.unwrap();
    let mut told: Vec<i64> = Vec::new();
    let mut text = String::new();
    let mut read_on = async |told: &mut Vec<i64>| {
        let mut buffer = [0; 1024];
        let length = stream.read(&mut buffer).await.unwrap();
        assert!(length > 0, "the stream ended: {text}");
        let at = provider.clock.millis();
        text.push_str(std::str::from_utf8(&buffer[..length]).unwrap());
        told.resize(text.matches("event: ").count(), at);
        text.contains("retry:")
    };
    // A reset that is accepted before the stream is open is not told.
    while !read_on(&mut told).await {}
    let mut reset =
        connect(&address, &token, "POST /api/v1.0/me/managedDevices/d-dana-normal/resetPasscode").await;
    reset.write_all(b"idempotency-key: k\r\ncontent-length: 0\r\n\r\n").await.unwrap();
    let all = async {
        while told.len() < 4 {
            read_on(&mut told).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), all).await.expect("four events");
    stop.send(true).unwrap();
    server.await.unwrap();
    let pool = crate::support::server::open(&fleet_database(&folder.path().join("portal.sqlite"))).await;
    let (delivered, finished): (i64, i64) =
        sqlx::query_as("SELECT delivered, finished FROM received").fetch_one(&pool).await.unwrap();
    // Accepted, delivered, done, its notification.
    for (what, did, heard) in
        [("delivered", delivered, told[1]), ("done", finished, told[2]), ("notification", finished, told[3])]
    {
        let late = heard - did;
        assert!((0..1000).contains(&late), "{what}: {late} ms");
    }
}
