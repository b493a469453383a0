//! The simulated devices behave as people.json and the fleet's description promise, and survive a restart.

use crate::support::TestServer;
use portal_server::composition::{Environment, Server};
use serde_json::{Value, json};

async fn newest(server: &TestServer, device: &str) -> Value {
    server.get("p-dana", &format!("/me/managedDevices/{device}")).await.json()["deviceActionResults"][0]
        .clone()
}

fn state(result: &Value) -> (String, String) {
    let text = |name: &str| result[name].as_str().unwrap_or_default().to_owned();
    (text("actionState"), text("errorCode"))
}

fn is(action_state: &str, error_code: &str) -> (String, String) {
    (action_state.to_owned(), error_code.to_owned())
}

#[tokio::test]
async fn each_device_of_dana_behaves_as_it_is_called() {
    let server = TestServer::start().await;
    let all = ["normal", "notnow", "offline", "unlocktoken", "nopolicy", "silent", "erased"];
    for name in all {
        server.reset("p-dana", &format!("d-dana-{name}"), name).await;
    }
    server.pass(10).await;
    for (name, expected) in [
        ("normal", is("done", "")),
        ("notnow", is("active", "")),
        ("offline", is("pending", "")),
        ("unlocktoken", is("failed", "unlockTokenInvalid")),
        ("nopolicy", is("failed", "noPasscodePolicy")),
        ("silent", is("pending", "")),
        ("erased", is("canceled", "supersededByErase")),
    ] {
        assert_eq!(state(&newest(&server, &format!("d-dana-{name}")).await), expected, "{name}");
    }
    for (name, expected) in [
        ("normal", "acknowledged"),
        ("notnow", "notNow"),
        ("offline", "queued"),
        ("unlocktoken", "failed"),
        ("silent", "queued"),
        ("erased", "superseded"),
    ] {
        let result = newest(&server, &format!("d-dana-{name}")).await;
        assert_eq!(result["progress"], expected, "{name}");
        let is_open = ["queued", "notNow"].contains(&expected);
        assert_eq!(result["expiresDateTime"].is_string(), is_open, "{name}: only what is open can expire");
    }
    server.pass(15).await;
    assert_eq!(state(&newest(&server, "d-dana-notnow").await), is("done", ""));
    server.pass(600).await;
    assert_eq!(
        state(&newest(&server, "d-dana-silent").await),
        is("failed", "commandExpired"),
        "ten minutes on Android"
    );
    server.pass(3600).await;
    assert_eq!(state(&newest(&server, "d-dana-offline").await), is("done", ""));
}

#[tokio::test]
async fn each_step_of_a_reset_is_told_and_when_it_will_expire() {
    let server = TestServer::start().await;
    let accepted = server.reset("p-dana", "d-dana-normal", "k").await.json();
    assert_eq!(
        (&accepted["progress"], &accepted["expiresDateTime"]),
        (&json!("queued"), &json!("2027-01-16T08:00:00Z"))
    );
    let mut steps = Vec::new();
    for _ in 0..100 {
        server.clock.advance_millis(100);
        server.server.queue.pass().await.unwrap();
        let progress = newest(&server, "d-dana-normal").await["progress"].as_str().unwrap().to_owned();
        if steps.last() != Some(&progress) {
            steps.push(progress);
        }
    }
    assert_eq!(steps, ["queued", "delivered", "acknowledged"]);
    let again = server.reset("p-dana", "d-dana-normal", "k").await.json();
    assert_eq!(again, accepted, "the same key gives the same answer, whatever happened since");
}

#[tokio::test]
async fn before_an_action_the_device_says_how_long_it_would_wait() {
    let server = TestServer::start().await;
    let actions = async |person: &str, id: &str| {
        server.get(person, &format!("/me/managedDevices/{id}")).await.json()["actions"].clone()
    };
    let lifetime = |actions: &Value| actions["resetPasscode"]["commandExpiresAfterSeconds"].clone();
    assert_eq!(lifetime(&actions("p-dana", "d-dana-silent").await), 600, "Android");
    let apple = actions("p-dana", "d-dana-normal").await;
    assert_eq!(lifetime(&apple), 86_400);
    assert_eq!(apple["remoteLock"], json!({ "allowed": true, "commandExpiresAfterSeconds": 86_400 }));
    assert_eq!(apple["rename"], json!({ "allowed": true }), "no device has to answer");
    assert_eq!(lifetime(&actions("p-chiyo", "d-chiyo-mac").await), Value::Null, "nothing would wait");
}

#[tokio::test]
async fn an_erase_takes_precedence_and_is_withdrawn_after_a_minute() {
    let server = TestServer::start().await;
    server.reset("p-dana", "d-dana-erased", "a").await;
    server.pass(10).await;
    let refused = server.reset("p-dana", "d-dana-erased", "b").await;
    assert_eq!(refused.json()["reason"], "eraseOrRetirePending");
    server.pass(60).await;
    assert_eq!(server.reset("p-dana", "d-dana-erased", "c").await.status.as_u16(), 202);
}

#[tokio::test]
async fn the_last_check_in_is_plausible_and_moves_when_the_device_acknowledges() {
    let server = TestServer::start().await;
    let device = async |id: &str| server.get("p-dana", &format!("/me/managedDevices/{id}")).await.json();
    assert_eq!(device("d-dana-silent").await["lastSyncDateTime"], "0001-01-01T00:00:00Z");
    let before = device("d-dana-normal").await["lastSyncDateTime"].clone();
    assert_eq!(before, json!("2027-01-15T07:40:00Z"));
    server.reset("p-dana", "d-dana-normal", "k").await;
    server.pass(10).await;
    let after = device("d-dana-normal").await["lastSyncDateTime"].clone();
    assert!(after.as_str() > before.as_str(), "{after}");
}

#[tokio::test]
async fn a_fleet_of_speed_ten_is_ten_times_faster() {
    let server = TestServer::with("[fleet]\nspeed = 10.0\n").await;
    server.reset("p-dana", "d-dana-notnow", "k").await;
    server.reset("p-dana", "d-dana-silent", "s").await;
    server.pass(3).await;
    assert_eq!(state(&newest(&server, "d-dana-notnow").await), is("done", ""));
    server.pass(60).await;
    assert_eq!(state(&newest(&server, "d-dana-silent").await), is("failed", "commandExpired"));
}

#[tokio::test]
async fn the_fleet_remembers_over_a_restart_what_its_devices_received() {
    let server = TestServer::start().await;
    let accepted = server.reset("p-dana", "d-dana-offline", "k").await.json();
    server.pass(30).await;
    let replaceable = Environment { clock: server.clock.clone(), ..Environment::default() };
    let again = Server::build(&server.settings, replaceable).await.unwrap();
    server.clock.advance(3700);
    again.queue.pass().await.unwrap();
    let result = newest(&server, "d-dana-offline").await;
    assert_eq!((result["id"].clone(), state(&result)), (accepted["id"].clone(), is("done", "")));
}

#[tokio::test]
async fn the_people_have_the_devices_the_sample_promises() {
    let server = TestServer::start().await;
    let people: Value = serde_json::from_str(include_str!("../../sample/people.json")).unwrap();
    for (person, number) in [
        ("p-aiko", 4),
        ("p-ben", 1),
        ("p-chiyo", 30),
        ("p-dana", 7),
        ("p-fumi", 5),
        ("p-emil", 0),
        ("p-dem", 1000),
        ("p-bench", 500),
    ] {
        assert!(people["people"].as_array().unwrap().iter().any(|known| known["sub"] == person), "{person}");
        let devices = server.get(person, "/me/managedDevices").await.json();
        assert_eq!(devices["value"].as_array().unwrap().len(), number, "{person}");
    }
}
