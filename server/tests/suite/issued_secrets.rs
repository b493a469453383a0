//! What a management service keeps of a computer: recovery keys, the password of its local administrator.

use crate::support::{Answer, TestServer};
use serde_json::{Value, json};
use std::path::Path;

const PC: &str = "d-chiyo-windows10";
const KEY: &str = "showRecoveryKey";
const PASSWORD: &str = "showLocalAdministratorPassword";

async fn ask(server: &TestServer, person: &str, device: &str, action: &str, age: i64) -> Answer {
    let authorization = format!("Bearer {}", server.token(person, age));
    let path = format!("/api/v1.0/me/managedDevices/{device}/actions/{action}");
    let key = format!("{device} {action} {}", server.clock.seconds()).replace(' ', "-");
    let headers = [("authorization", authorization.as_str()), ("idempotency-key", key.as_str())];
    server.call("POST", &path, &headers).await
}

async fn show(server: &TestServer, person: &str, device: &str, run: &Value, age: i64) -> Answer {
    let authorization = format!("Bearer {}", server.token(person, age));
    let id = run["id"].as_str().unwrap();
    let path = format!("/api/v1.0/me/managedDevices/{device}/deviceActionResults/{id}/issuedSecret");
    server.call("GET", &path, &[("authorization", &authorization)]).await
}

async fn result(server: &TestServer, person: &str, device: &str, run: &Value) -> Value {
    let id = run["id"].as_str().unwrap();
    server.get(person, &format!("/me/managedDevices/{device}/deviceActionResults/{id}")).await.json()
}

/// Everything that is written: databases, and what stands in them of other things.
fn written(folder: &Path) -> Vec<u8> {
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    files.filter(|path| path.is_file()).flat_map(|path| std::fs::read(path).unwrap()).collect()
}

fn holds(haystack: &[u8], needle: &str) -> bool {
    haystack.windows(needle.len()).any(|window| window == needle.as_bytes())
}

#[tokio::test]
async fn a_recovery_key_is_shown_after_a_fresh_sign_in_for_an_hour_and_lies_nowhere_in_the_clear() {
    let server = TestServer::start().await;
    assert_eq!(ask(&server, "p-chiyo", PC, KEY, 400).await.code(), "insufficientUserAuthentication");
    let accepted = ask(&server, "p-chiyo", PC, KEY, 10).await;
    assert_eq!(accepted.status.as_u16(), 202, "{}", accepted.code());
    let run = accepted.json();
    assert_eq!(show(&server, "p-chiyo", PC, &run, 10).await.status.as_u16(), 404, "not there yet");
    server.pass(10).await;
    assert_eq!(result(&server, "p-chiyo", PC, &run).await["actionState"], "done");
    assert_eq!(show(&server, "p-chiyo", PC, &run, 400).await.code(), "insufficientUserAuthentication");
    let shown = show(&server, "p-chiyo", PC, &run, 10).await;
    assert_eq!((shown.status.as_u16(), shown.header("cache-control")), (200, "no-store"), "{}", shown.code());
    let secret = shown.json();
    let value = secret["parts"][0]["value"].as_str().unwrap().to_owned();
    assert_eq!((&secret["kind"], value.len()), (&json!("recoveryKey"), 55));
    assert_eq!(secret["parts"][0]["label"].as_str().unwrap().len(), 8);
    assert_eq!(show(&server, "p-chiyo", PC, &run, 10).await.json(), secret, "again within the hour");
    // It is no passcode, and nobody else's.
    let passcode = server.get("p-chiyo", &format!("/me/managedDevices/{PC}/temporaryPasscode")).await;
    assert_eq!(passcode.status.as_u16(), 404);
    assert_eq!(show(&server, "p-ben", PC, &run, 10).await.status.as_u16(), 404);
    let foreign = json!({ "id": "r-0" });
    assert_eq!(show(&server, "p-chiyo", PC, &foreign, 10).await.status.as_u16(), 404);

    let written = written(server.folder.path());
    assert!(holds(&written, PC), "the search itself works");
    assert!(!holds(&written, &value) && !holds(&written, &value[..13]), "in the clear");
    for (query, expected) in [
        ("SELECT COUNT(*) FROM audit WHERE event = 'secretRevealed'", 2),
        ("SELECT COUNT(*) FROM audit WHERE event = 'secretRevealRefused'", 4),
        ("SELECT COUNT(*) FROM audit WHERE event = 'passcodeRevealed'", 0),
        ("SELECT COUNT(*) FROM audit WHERE event = 'showRecoveryKeyAccepted'", 1),
    ] {
        assert_eq!(server.count(query).await, expected, "{query}");
    }
    assert_eq!(server.get("p-chiyo", "/me/notifications").await.json()["value"], json!([]));
    server.clock.advance(3601);
    assert_eq!(show(&server, "p-chiyo", PC, &run, 10).await.status.as_u16(), 404, "its hour is over");
    assert_eq!(server.server.portal.sweep().await, Ok(1));
    assert_eq!(server.count("SELECT COUNT(*) FROM passcodes").await, 0);
    for (query, expected) in [
        ("SELECT COUNT(*) FROM audit WHERE event = 'secretErased'", 1),
        ("SELECT COUNT(*) FROM audit WHERE event = 'passcodeErased'", 0),
    ] {
        assert_eq!(server.count(query).await, expected, "{query}");
    }
    let history = server.get("p-chiyo", "/me/history").await.json();
    let activities: Vec<&str> =
        history["value"].as_array().unwrap().iter().map(|one| one["activity"].as_str().unwrap()).collect();
    assert_eq!(activities.iter().filter(|one| **one == "secretRevealed").count(), 2, "{activities:?}");
    assert_eq!(activities.iter().filter(|one| **one == "secretRevealRefused").count(), 4, "{activities:?}");
    assert!(!activities.contains(&"other"), "{activities:?}");
}

#[tokio::test]
async fn a_mac_has_a_key_an_open_disk_has_none_and_a_phone_is_not_asked() {
    let server = TestServer::start().await;
    let mac = ask(&server, "p-chiyo", "d-chiyo-mac", KEY, 10).await.json();
    let open = ask(&server, "p-chiyo", "d-chiyo-windows81", KEY, 10).await.json();
    let phone = ask(&server, "p-chiyo", "d-chiyo-iphone", KEY, 10).await;
    assert_eq!((phone.status.as_u16(), &phone.json()["reason"]), (403, &json!("platformNotSupported")));
    server.pass(10).await;
    let key = show(&server, "p-chiyo", "d-chiyo-mac", &mac, 10).await.json();
    assert_eq!(key["parts"][0]["value"].as_str().unwrap().split('-').count(), 6);
    assert_eq!(result(&server, "p-chiyo", "d-chiyo-windows81", &open).await["actionState"], "notSupported");
    assert_eq!(show(&server, "p-chiyo", "d-chiyo-windows81", &open, 10).await.status.as_u16(), 404);
    assert_eq!(server.count("SELECT COUNT(*) FROM passcodes").await, 1);
}

#[tokio::test]
async fn the_pin_of_a_locked_mac_is_shown_after_a_fresh_sign_in_as_long_as_a_passcode_would_be() {
    const MAC: &str = "d-chiyo-mac";
    let server = TestServer::start().await;
    let run = ask(&server, "p-chiyo", MAC, "remoteLock", 400).await;
    assert_eq!(run.status.as_u16(), 202, "a lock needs no fresh sign-in: {}", run.code());
    let run = run.json();
    server.pass(20).await;
    assert_eq!(result(&server, "p-chiyo", MAC, &run).await["actionState"], "done");
    assert_eq!(show(&server, "p-chiyo", MAC, &run, 400).await.code(), "insufficientUserAuthentication");
    let shown = show(&server, "p-chiyo", MAC, &run, 10).await.json();
    let pin = shown["parts"][0]["value"].as_str().unwrap().to_owned();
    assert_eq!((&shown["kind"], pin.len()), (&json!("unlockPin"), 6));
    assert_eq!(show(&server, "p-ben", MAC, &run, 10).await.status.as_u16(), 404);
    let passcode = server.get("p-chiyo", &format!("/me/managedDevices/{MAC}/temporaryPasscode")).await;
    assert_eq!(passcode.status.as_u16(), 404, "it is no passcode");
    let sealed = "SELECT COUNT(*) FROM passcodes";
    assert_eq!(server.count(sealed).await, 1);
    // A recovery key does not push it out, nor is it gone after the hour of what was only looked up.
    let key = ask(&server, "p-chiyo", MAC, KEY, 10).await.json();
    server.pass(10).await;
    assert_eq!(show(&server, "p-chiyo", MAC, &key, 10).await.status.as_u16(), 200);
    server.clock.advance(3601);
    assert_eq!(show(&server, "p-chiyo", MAC, &run, 10).await.status.as_u16(), 200);
    // A phone is opened by its own passcode: its lock brings nothing.
    let phone = ask(&server, "p-chiyo", "d-chiyo-iphone", "remoteLock", 10).await.json();
    server.pass(20).await;
    assert_eq!(show(&server, "p-chiyo", "d-chiyo-iphone", &phone, 10).await.status.as_u16(), 404);
    server.clock.advance(7 * 86_400);
    assert_eq!(show(&server, "p-chiyo", MAC, &run, 10).await.status.as_u16(), 404, "its time is over");
    server.server.portal.sweep().await.unwrap();
    assert_eq!(server.count(sealed).await, 0);
    assert_eq!(server.count("SELECT COUNT(*) FROM audit WHERE event = 'passcodeErased'").await, 0);
}

#[tokio::test]
async fn a_local_administrators_password_is_off_unless_the_organisation_switched_it_on() {
    let server = TestServer::start().await;
    let refused = ask(&server, "p-chiyo", PC, PASSWORD, 10).await;
    assert_eq!((refused.status.as_u16(), &refused.json()["reason"]), (403, &json!("organizationPolicy")));
    let server = TestServer::with("[actions]\non = [\"showLocalAdministratorPassword\"]\n").await;
    let run = ask(&server, "p-chiyo", PC, PASSWORD, 10).await.json();
    let key = ask(&server, "p-chiyo", PC, KEY, 10).await.json();
    server.pass(10).await;
    let password = show(&server, "p-chiyo", PC, &run, 10).await.json();
    assert_eq!(password["kind"], "localAdministratorPassword");
    assert_eq!(password["parts"][0]["label"], "Administrator");
    assert_eq!(
        show(&server, "p-chiyo", PC, &key, 10).await.json()["kind"],
        "recoveryKey",
        "each is kept by itself"
    );
    server.clock.advance(60);
    let again = ask(&server, "p-chiyo", PC, PASSWORD, 10).await.json();
    server.pass(10).await;
    assert_eq!(show(&server, "p-chiyo", PC, &again, 10).await.status.as_u16(), 200);
    assert_eq!(
        show(&server, "p-chiyo", PC, &run, 10).await.status.as_u16(),
        404,
        "the newer takes its place"
    );
    assert_eq!(show(&server, "p-chiyo", PC, &key, 10).await.status.as_u16(), 200);
}
