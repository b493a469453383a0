//! What those who operate the server see: metrics, readiness, the log's references, a stop that is announced.

use crate::support::provider::Provider;
use crate::support::server::configuration;
use crate::support::{Answer, Signer, TestServer};
use axum::body::Body;
use axum::http::{Request, StatusCode};
use portal_testkit::client::talk;
use portal_testkit::process::Running;
use serde_json::Value;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tower::ServiceExt as _;

pub(crate) async fn metrics(server: &TestServer) -> String {
    let request = Request::get("/metrics").body(Body::empty()).unwrap();
    let response = server.server.operation.clone().oneshot(request).await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    let content = response.headers().get("content-type").unwrap().to_str().unwrap().to_owned();
    assert!(content.starts_with("application/openmetrics-text; version=1.0.0"), "{content}");
    let body = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
    String::from_utf8(body.to_vec()).unwrap()
}

fn has(text: &str, line: &str) {
    assert!(text.lines().any(|one| one == line), "{line}\nin\n{text}");
}

#[tokio::test]
async fn the_metrics_tell_what_happened_and_how_things_stand() {
    let server = TestServer::with("[limits]\nresets_per_device_per_hour = 1\n").await;
    server.reset("p-aiko", "d-aiko-android", "k").await;
    server.reset("p-chiyo", "d-chiyo-mac", "k").await;
    let text = metrics(&server).await;
    has(&text, "portal_action_runs{action=\"resetPasscode\",queue=\"recorded\",state=\"pending\"} 1");
    has(&text, "portal_queue_due 1");
    server.pass(10).await;
    server.reset("p-aiko", "d-aiko-android", "k-2").await;
    server.get("p-aiko", "/me/managedDevices/d-aiko-iphone").await;
    server.get("p-aiko", "/me/managedDevices/d-aiko-lumia").await;
    server.call("BREW", "/coffee", &[]).await;
    let text = metrics(&server).await;
    let reset = "route=\"/api/v1.0/me/managedDevices/{id}/resetPasscode\"";
    for (status, number) in [(202, 1), (403, 1), (429, 1)] {
        has(
            &text,
            &format!("portal_http_requests_total{{method=\"POST\",{reset},status=\"{status}\"}} {number}"),
        );
    }
    let read = "route=\"/api/v1.0/me/managedDevices/{id}\"";
    has(&text, &format!("portal_http_requests_total{{method=\"GET\",{read},status=\"200\"}} 2"));
    has(&text, &format!("portal_http_request_duration_seconds_count{{{read}}} 2"));
    has(&text, "portal_http_requests_total{method=\"other\",route=\"-\",status=\"404\"} 1");
    has(&text, "portal_rate_refusals_total{limit=\"resetsOfDevice\"} 1");
    has(&text, "portal_action_runs{action=\"resetPasscode\",queue=\"ended\",state=\"done\"} 1");
    has(&text, "portal_queue_due 0");
    has(&text, "portal_fleet_calls_total{service=\"fleet\",call=\"start\",outcome=\"ok\"} 1");
    has(&text, &format!("portal_audit_rows {}", server.count("SELECT COUNT(*) FROM audit").await));
    has(&text, "portal_not_ready{reason=\"databaseNotWritable\"} 0");
    has(&text, "portal_event_streams 0");
    let age: f64 = value(&text, "portal_provider_keys_age_seconds");
    assert!((10.0..20.0).contains(&age), "{age}: the clock was moved by ten seconds");
    assert!(value(&text, "portal_database_size_bytes") > 4096.0);
    has(&text, "portal_log_lines_lost_total 0");
    assert!(text.ends_with("# EOF\n"));
}

pub(crate) fn value(text: &str, name: &str) -> f64 {
    let line = text.lines().find(|line| line.starts_with(&format!("{name} "))).expect(name);
    line.rsplit(' ').next().unwrap().parse().unwrap()
}

#[tokio::test]
async fn no_label_names_a_person_a_device_or_anything_a_stranger_made_up() {
    let server = TestServer::start().await;
    server.reset("p-aiko", "d-aiko-android", "k-secret").await;
    server.pass(10).await;
    server.get("p-aiko", "/me/managedDevices/d-aiko-android/temporaryPasscode").await;
    for number in 0..50 {
        server.call("GET", &format!("/made-up-{number}"), &[]).await;
        server.call(&format!("MADEUP{number}"), "/api/v1.0/me", &[]).await;
        server.get("p-aiko", &format!("/me/managedDevices/made-up-{number}")).await;
    }
    let text = metrics(&server).await;
    for hint in ["p-aiko", "d-aiko", "192.0.2.7", "made-up", "MADEUP", "k-secret", "愛子"] {
        assert!(!text.contains(hint), "{hint} in\n{text}");
    }
    let series = text.lines().filter(|line| line.starts_with("portal_http_requests_total")).count();
    assert!(series < 10, "{series}");
}

#[tokio::test]
async fn the_metrics_are_not_served_to_people() {
    let server = TestServer::start().await;
    assert_eq!(server.call("GET", "/metrics", &[]).await.status, StatusCode::NOT_FOUND);
}

async fn readyz(server: &TestServer) -> Answer {
    // Later than what it remembers.
    server.clock.advance(2);
    server.call("GET", "/readyz", &[]).await
}

#[tokio::test]
async fn readiness_names_every_reason_and_no_secret() {
    let server = TestServer::start().await;
    assert_eq!(readyz(&server).await.status, StatusCode::OK);
    server.server.portal.begin_stop();
    let stopping = server.call("GET", "/readyz", &[]).await;
    assert_eq!((stopping.status, stopping.code().as_str()), (StatusCode::SERVICE_UNAVAILABLE, "unavailable"));
    assert_eq!((&stopping.json()["detail"], stopping.header("retry-after")), (&"stopping".into(), "5"));
    assert_eq!(stopping.header("connection"), "close", "whoever is connected looks for another server");
    assert_eq!(server.get("p-ben", "/me").await.status, StatusCode::OK, "requests are still answered");
}

#[tokio::test]
async fn a_database_that_another_program_holds_or_that_is_full_is_not_ready() {
    let server = TestServer::with_patience("", Some(Duration::from_millis(200))).await;
    let pool = crate::support::server::open(&server.database()).await;
    let mut other = pool.acquire().await.unwrap();
    assert_eq!(readyz(&server).await.status, StatusCode::OK);
    sqlx::query("BEGIN IMMEDIATE").execute(&mut *other).await.unwrap();
    let locked = readyz(&server).await;
    assert_eq!((locked.status.as_u16(), &locked.json()["detail"]), (503, &"databaseNotWritable".into()));
    assert_eq!(server.call("GET", "/healthz", &[]).await.status, StatusCode::OK, "the process lives");
    sqlx::query("ROLLBACK").execute(&mut *other).await.unwrap();
    assert_eq!(readyz(&server).await.status, StatusCode::OK, "as soon as it is free again");
}

#[tokio::test]
async fn readiness_is_looked_at_once_a_second_however_often_it_is_asked() {
    let server = TestServer::start().await;
    for _ in 0..20 {
        server.call("GET", "/readyz", &[]).await;
    }
    has(
        &metrics(&server).await,
        "portal_fleet_calls_total{service=\"fleet\",call=\"ready\",outcome=\"ok\"} 1",
    );
}

#[tokio::test]
async fn a_provider_whose_keys_are_missing_is_named() {
    let server = TestServer::start().await;
    server.provider.answers(StatusCode::BAD_GATEWAY);
    assert_eq!(readyz(&server).await.json()["detail"], "providerKeysMissing");
    let text = metrics(&server).await;
    has(&text, "portal_provider_keys_age_seconds NaN");
    has(&text, "portal_not_ready{reason=\"providerKeysMissing\"} 1");
}

/// The real program with its log read line by line.
pub(crate) struct Program {
    child: Running,
    lines: Receiver<Value>,
    address: String,
    pub(crate) folder: tempfile::TempDir,
}

/// Starts the real program, its log as JSON in a pipe.
fn start(provider: &Provider, folder: &Path, more: &str) -> Running {
    let file = folder.join("server.toml");
    let top = format!("log_format = \"json\"\n{more}");
    std::fs::write(&file, configuration(provider, &folder.join("portal.sqlite"), &top)).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_portal-server"));
    command.arg("--config").arg(&file).env_remove("PORTAL_LOG").stdout(Stdio::null()).stderr(Stdio::piped());
    Running::start(&mut command).unwrap()
}

impl Program {
    pub(crate) async fn start(provider: &Provider, more: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut child = start(provider, folder.path(), more);
        let log = BufReader::new(child.0.stderr.take().unwrap());
        let (sender, lines) = channel();
        std::thread::spawn(move || {
            for line in log.lines().map_while(Result::ok) {
                let value = serde_json::from_str(&line).unwrap_or_else(|_| panic!("not JSON: {line}"));
                if sender.send(value).is_err() {
                    return;
                }
            }
        });
        let mut program = Self { child, lines, address: String::new(), folder };
        let listening = program.line("listening");
        listening["address"].as_str().unwrap().clone_into(&mut program.address);
        program
    }

    /// The next line with this message.
    fn line(&self, message: &str) -> Value {
        loop {
            let line = self.lines.recv_timeout(Duration::from_secs(30)).expect(message);
            if line["message"] == message {
                return line;
            }
        }
    }

    pub(crate) async fn ask(&self, head: &str) -> String {
        talk(&self.address, &format!("{head}\r\nhost: a\r\nconnection: close\r\n\r\n")).await
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_reference_a_person_reads_out_is_the_id_in_the_log() {
    let provider = Provider::in_real_time().await;
    let program = Program::start(&provider, "").await;
    let token = Signer::es256("key-1", 9).sign(&provider.claims("p-aiko", provider.clock.seconds(), 5));
    let answer = program.ask(&format!("GET /api/v1.0/me HTTP/1.1\r\nauthorization: Bearer {token}")).await;
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    let problem: Value = serde_json::from_str(body).unwrap();
    let reference = problem["requestId"].as_str().unwrap();
    assert!(reference.len() > 20 && head.contains(&format!("x-request-id: {reference}")), "{answer}");
    let refused = program.line("a token was refused");
    assert_eq!((&refused["span"]["id"], &refused["reason"]), (&reference.into(), &"signature".into()));
    let answered = program.line("answered");
    assert_eq!((&answered["span"]["id"], &answered["status"]), (&reference.into(), &401.into()));
    assert_eq!(answered["span"]["route"], "/api/v1.0/me");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proxy_that_nobody_named_is_noticed_in_one_line_with_the_remedy() {
    let provider = Provider::in_real_time().await;
    let program = Program::start(&provider, "").await;
    for header in ["x-forwarded-for: 198.51.100.1", "forwarded: for=198.51.100.1", "x-forwarded-proto: https"]
    {
        program.ask(&format!("GET /api/v1.0/branding HTTP/1.1\r\n{header}")).await;
    }
    program.ask("GET /api/v1.0/me HTTP/1.1").await;
    // One line for each request, and one for the proxy, before the line of the first.
    let mut lines = Vec::new();
    while lines.iter().filter(|line: &&Value| line["message"] == "answered").count() < 4 {
        lines.push(program.lines.recv_timeout(Duration::from_secs(30)).unwrap());
    }
    let noticed: Vec<&Value> = lines.iter().filter(|line| line["remedy"].is_string()).collect();
    assert_eq!(noticed.len(), 1, "{lines:?}");
    assert_eq!(
        (&noticed[0]["peer"], &noticed[0]["header"]),
        (&"127.0.0.1".into(), &"x-forwarded-for".into())
    );
    assert!(noticed[0]["remedy"].as_str().unwrap().contains("trusted_proxies"));
    let trusting = Program::start(&provider, "trusted_proxies = [\"127.0.0.1\"]\n").await;
    trusting.ask("GET /api/v1.0/branding HTTP/1.1\r\nx-forwarded-for: 198.51.100.1").await;
    let mut lines: Vec<Value> = Vec::new();
    while lines.last().is_none_or(|line| line["message"] != "answered") {
        lines.push(trusting.lines.recv_timeout(Duration::from_secs(30)).unwrap());
    }
    assert!(lines.iter().all(|line| line["remedy"].is_null()), "{lines:?}");
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_stop_is_announced_then_streams_end_with_a_time_to_come_back_and_the_program_ends() {
    let provider = Provider::in_real_time().await;
    let mut program = Program::start(&provider, "drain_seconds = 300\n").await;
    let token = provider.token("p-ben", 5);
    let mut stream = tokio::net::TcpStream::connect(&program.address).await.unwrap();
    let request =
        format!("GET /api/v1.0/me/events HTTP/1.1\r\nhost: a\r\nauthorization: Bearer {token}\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut seen = String::new();
    let mut buffer = [0; 1024];
    while !seen.contains("retry: 2000\n") {
        let length = stream.read(&mut buffer).await.unwrap();
        seen.push_str(std::str::from_utf8(&buffer[..length]).unwrap());
    }
    assert!(program.ask("GET /readyz HTTP/1.1").await.starts_with("HTTP/1.1 200"));
    program.child.terminate().unwrap();
    program.line("not ready any more; stopping soon");
    let readyz = program.ask("GET /readyz HTTP/1.1").await;
    assert!(readyz.starts_with("HTTP/1.1 503") && readyz.contains("\"stopping\""), "{readyz}");
    let device =
        format!("GET /api/v1.0/me/managedDevices/d-ben-iphone HTTP/1.1\r\nauthorization: Bearer {token}");
    assert!(program.ask(&device).await.starts_with("HTTP/1.1 200"), "still serving");
    // A second signal: do not wait any longer.
    program.child.terminate().unwrap();
    let mut end = Vec::new();
    tokio::time::timeout(Duration::from_secs(30), stream.read_to_end(&mut end)).await.unwrap().unwrap();
    let end = String::from_utf8(end).unwrap();
    assert!(end.contains("retry: "), "{end}");
    program.line("stopped");
    assert!(program.child.ended().await.unwrap().unwrap().success());
    assert!(program.folder.path().join("portal.sqlite").exists());
}

/// Journals are restarted, and whoever reads a pipe may die.
#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn nobody_reading_the_log_keeps_the_server_neither_from_answering_nor_from_stopping() {
    let provider = Provider::in_real_time().await;
    let folder = tempfile::tempdir().unwrap();
    let mut child = start(&provider, folder.path(), "");
    let mut log = BufReader::new(child.0.stderr.take().unwrap());
    let address = address_in(&mut log, "listening");
    drop(log);
    for _ in 0..3 {
        let request = "GET /api/v1.0/me HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n";
        assert!(talk(&address, request).await.starts_with("HTTP/1.1 401"));
    }
    assert!(ends_well(child).await);
}

/// Reads the log up to this message, and the address it names.
#[cfg(unix)]
fn address_in(log: &mut impl BufRead, message: &str) -> String {
    loop {
        let mut line = String::new();
        assert!(log.read_line(&mut line).unwrap() > 0, "{message}");
        let line: Value = serde_json::from_str(&line).unwrap();
        if line["message"] == message {
            return line["address"].as_str().unwrap().to_owned();
        }
    }
}

/// Asks the program to end, waits for it, and says whether it ended with code 0.
#[cfg(unix)]
async fn ends_well(mut child: Running) -> bool {
    child.terminate().unwrap();
    child.ended().await.unwrap().is_some_and(|status| status.success())
}

/// A full disk behind `| tee`, a terminal held with Ctrl-S, an engine whose log driver is stuck.
#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_log_whose_reader_stalls_keeps_the_server_neither_from_answering_nor_from_stopping() {
    let provider = Provider::in_real_time().await;
    let folder = tempfile::tempdir().unwrap();
    let mut child = start(&provider, folder.path(), "metrics_listen = \"localhost:0\"\n");
    let mut log = BufReader::new(child.0.stderr.take().unwrap());
    let address = address_in(&mut log, "listening");
    let operation = address_in(&mut log, "listening for metrics");
    // From here on nobody reads, and the pipe stays open.
    let mut asked = 0;
    while asked < 2000 || value(&metrics_of(&operation).await, "portal_log_lines_lost_total") < 1.0 {
        let connection = "GET /healthz HTTP/1.1\r\nhost: a\r\n\r\n".repeat(99);
        let request = format!("{connection}GET /healthz HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n");
        let answers = talk(&address, &request).await;
        assert_eq!(answers.matches("HTTP/1.1 200 OK").count(), 100, "{answers}");
        asked += 100;
    }
    assert!(ends_well(child).await);
    drop(log);
}

async fn metrics_of(address: &str) -> String {
    let request = "GET /metrics HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n";
    talk(address, request).await
}

/// Who starts it by hand or in a container sees why it does not run.
#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn the_reason_why_a_server_does_not_start_is_written_before_it_ends() {
    let provider = Provider::in_real_time().await;
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("portal.sqlite")).unwrap();
    let mut child = start(&provider, folder.path(), "");
    let ended = child.ended().await.unwrap().unwrap();
    let said = std::io::read_to_string(child.0.stderr.take().unwrap()).unwrap();
    assert_eq!(ended.code(), Some(1), "{said}");
    assert!(said.contains("the server cannot start: "), "{said}");
}

#[tokio::test]
async fn a_server_that_nobody_can_stop_any_more_stops() {
    let server = TestServer::start().await;
    let listeners = portal_server::http::Listeners::open("127.0.0.1:0").await.unwrap();
    let (sender, stop) = tokio::sync::watch::channel(false);
    drop(sender);
    tokio::time::timeout(Duration::from_secs(30), server.server.run(listeners, stop)).await.unwrap();
}
