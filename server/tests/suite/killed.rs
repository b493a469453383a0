//! The real program, really killed: SIGKILL at different moments, started again over the same files.
//! Its log is searched for secrets on the way (security.md, server, rows 4 and 7).

use crate::support::Provider;
use crate::support::server::{configuration, count, open};
use portal_server::composition::fleet_database;
use portal_testkit::client::{Request, ask};
use portal_testkit::process::{Running, free_address};
use serde_json::Value;
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// Starts the program on a port of its own.
async fn start(folder: &Path, provider: &Provider) -> (Running, SocketAddr) {
    let address = free_address().unwrap();
    let file = folder.join("server.toml");
    let text = configuration(provider, &folder.join("portal.sqlite"), "")
        .replace("127.0.0.1:0", &address.to_string())
        + "[fleet]\nspeed = 4.0\n";
    std::fs::write(&file, text).unwrap();
    let log = std::fs::OpenOptions::new().create(true).append(true).open(folder.join("log.txt")).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_portal-server"));
    command.arg("--config").arg(&file).env("PORTAL_LOG", "trace").stdout(Stdio::null()).stderr(log);
    let mut running = Running::start(&mut command).unwrap();
    assert!(running.answers(address, "/healthz").await, "the server did not start");
    (running, address)
}

async fn get(address: SocketAddr, token: &str, path: &str) -> Value {
    ask(address, &Request::get(format!("/api/v1.0{path}")).token(token)).await.json()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_server_loses_no_reset_sends_none_twice_and_logs_no_secret() {
    let folder = tempfile::tempdir().unwrap();
    let provider = Provider::in_real_time().await;
    let person = provider.token("p-aiko", 5);
    let devices = ["d-aiko-android", "d-aiko-iphone", "d-aiko-lumia", "d-aiko-wp81"];
    let mut accepted = Vec::new();
    // Killed right after the answer, while sending, after sending, and when the device has acknowledged.
    for (device, millis) in devices.iter().zip([0_u64, 15, 150, 1300]) {
        let (mut running, address) = start(folder.path(), &provider).await;
        let path = format!("/api/v1.0/me/managedDevices/{device}/resetPasscode");
        let answer = ask(address, &Request::post(path).token(&person).key(device)).await;
        assert_eq!(answer.status.as_u16(), 202);
        accepted.push(answer.json()["id"].as_str().unwrap().to_owned());
        tokio::time::sleep(Duration::from_millis(millis)).await;
        running.kill().unwrap();
    }
    let (running, address) = start(folder.path(), &provider).await;
    let started = Instant::now();
    let mut states = Vec::new();
    while started.elapsed() < Duration::from_secs(60) {
        let list = get(address, &person, "/me/managedDevices").await;
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

    let shown = get(address, &person, "/me/managedDevices/d-aiko-android/temporaryPasscode").await;
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
    assert!(log.contains("an action ended"), "the search itself works");
    assert!(!log.contains(&passcode), "the log holds the passcode");
    let signature = person.split('.').next_back().unwrap();
    assert!(!log.contains(signature), "the log holds the token");
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_server_asked_to_stop_ends_in_order() {
    let folder = tempfile::tempdir().unwrap();
    let provider = Provider::in_real_time().await;
    let (mut running, _) = start(folder.path(), &provider).await;
    running.terminate().unwrap();
    assert!(running.ended().await.unwrap().expect("it did not stop").success());
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
