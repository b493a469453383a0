//! The real program, really killed: SIGKILL at different moments, started again over the same files.
//! Its log is searched for secrets on the way (security.md, server, rows 4 and 7).

use crate::support::Provider;
use crate::support::server::{configuration, count, open};
use portal_server::composition::fleet_database;
use serde_json::Value;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

struct Running {
    child: Child,
    base: String,
}

/// Kills it if a test fails half-way.
impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn now() -> i64 {
    i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs()).unwrap()
}

async fn start(folder: &Path, provider: &Provider, client: &reqwest::Client) -> Running {
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let file = folder.join("server.toml");
    let text = configuration(provider, &folder.join("portal.sqlite"), "")
        .replace("127.0.0.1:0", &format!("127.0.0.1:{port}"))
        + "[fleet]\nspeed = 4.0\n";
    std::fs::write(&file, text).unwrap();
    let log = std::fs::OpenOptions::new().create(true).append(true).open(folder.join("log.txt")).unwrap();
    let child = Command::new(env!("CARGO_BIN_EXE_portal-server"))
        .arg("--config")
        .arg(&file)
        .env("PORTAL_LOG", "trace")
        .stdout(Stdio::null())
        .stderr(log)
        .spawn()
        .unwrap();
    let running = Running { child, base: format!("http://127.0.0.1:{port}") };
    let started = Instant::now();
    while client.get(format!("{}/healthz", running.base)).send().await.is_err() {
        assert!(started.elapsed() < Duration::from_secs(30), "the server did not start");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    running
}

fn token(provider: &Provider, person: &str) -> String {
    provider.signer.sign(&provider.claims(person, now(), 5))
}

async fn get(client: &reqwest::Client, running: &Running, token: &str, path: &str) -> Value {
    let request = client.get(format!("{}/api/v1.0{path}", running.base)).bearer_auth(token);
    let text = request.send().await.unwrap().text().await.unwrap();
    serde_json::from_str(&text).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_server_loses_no_reset_sends_none_twice_and_logs_no_secret() {
    // The program installs its own; the client of this test needs one as well.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let folder = tempfile::tempdir().unwrap();
    let provider = Provider::start().await;
    let client = reqwest::Client::builder().pool_max_idle_per_host(0).build().unwrap();
    let person = token(&provider, "p-aiko");
    let devices = ["d-aiko-android", "d-aiko-iphone", "d-aiko-lumia", "d-aiko-wp81"];
    let mut accepted = Vec::new();
    // Killed right after the answer, while sending, after sending, and when the device has acknowledged.
    for (device, millis) in devices.iter().zip([0_u64, 15, 150, 1300]) {
        let mut running = start(folder.path(), &provider, &client).await;
        let request = client
            .post(format!("{}/api/v1.0/me/managedDevices/{device}/resetPasscode", running.base))
            .bearer_auth(&person)
            .header("idempotency-key", *device);
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status().as_u16(), 202);
        let body: Value = serde_json::from_str(&answer.text().await.unwrap()).unwrap();
        accepted.push(body["id"].as_str().unwrap().to_owned());
        tokio::time::sleep(Duration::from_millis(millis)).await;
        running.child.kill().unwrap();
        running.child.wait().unwrap();
    }
    let running = start(folder.path(), &provider, &client).await;
    let started = Instant::now();
    let mut states = Vec::new();
    while started.elapsed() < Duration::from_secs(60) {
        let list = get(&client, &running, &person, "/me/managedDevices").await;
        states = list["value"]
            .as_array()
            .unwrap()
            .iter()
            .flat_map(|device| device["deviceActionResults"].as_array().unwrap().clone())
            .map(|result| (result["id"].as_str().unwrap().to_owned(), result["actionState"].clone()))
            .collect();
        if states.len() == 4 && states.iter().all(|(_, state)| *state == "done") {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let mut ids: Vec<String> = states.iter().map(|(id, _)| id.clone()).collect();
    assert!(states.iter().all(|(_, state)| *state == "done"), "{states:?}");
    ids.sort();
    accepted.sort();
    assert_eq!(ids, accepted, "exactly the accepted ones");

    let shown = get(&client, &running, &person, "/me/managedDevices/d-aiko-android/temporaryPasscode").await;
    let passcode = shown["passcode"].as_str().unwrap().to_owned();
    let database = folder.path().join("portal.sqlite");
    let fleet = fleet_database(&database);
    assert_eq!(count(&fleet, "SELECT COUNT(*) FROM received").await, 4);
    assert_eq!(
        count(&fleet, "SELECT COUNT(DISTINCT device_id) FROM received").await,
        4,
        "one for each device"
    );
    assert_eq!(count(&database, "SELECT COUNT(*) FROM notifications").await, 4);
    drop(running);

    let pool = open(&database).await;
    let healthy: String = sqlx::query_scalar("PRAGMA integrity_check").fetch_one(&pool).await.unwrap();
    assert_eq!(healthy, "ok");
    let log = std::fs::read_to_string(folder.path().join("log.txt")).unwrap();
    assert!(log.contains("a reset ended"), "the search itself works");
    assert!(!log.contains(&passcode), "the log holds the passcode");
    let signature = person.split('.').next_back().unwrap();
    assert!(!log.contains(signature), "the log holds the token");
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_server_asked_to_stop_ends_in_order() {
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let folder = tempfile::tempdir().unwrap();
    let provider = Provider::start().await;
    let client = reqwest::Client::new();
    let mut running = start(folder.path(), &provider, &client).await;
    let pid = running.child.id().to_string();
    assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
    let started = Instant::now();
    let status = loop {
        if let Some(status) = running.child.try_wait().unwrap() {
            break status;
        }
        assert!(started.elapsed() < Duration::from_secs(20), "it did not stop");
        tokio::time::sleep(Duration::from_millis(20)).await;
    };
    assert!(status.success());
    assert!(std::fs::read_to_string(folder.path().join("log.txt")).unwrap().contains("stopped"));
}

#[test]
fn mistakes_in_the_configuration_end_with_code_two_and_say_what_to_do() {
    let output = Command::new(env!("CARGO_BIN_EXE_portal-server"))
        .env_clear()
        .env("PORTAL__OIDC__LEEWAY_SECONDS", "99")
        .output()
        .unwrap();
    let text = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2));
    for key in ["database", "oidc.issuer", "oidc.leeway_seconds", "passcode.key"] {
        assert!(text.contains(key), "{key} in {text}");
    }
}
