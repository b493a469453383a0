//! Webhooks of connectors (Standard Webhooks 1.0), signed by the crate of the standard's own authors.

use crate::support::{Answer, Connector, Fault, TestServer};
use axum::body::Body;
use axum::http::Request;
use portal_server::ports::{EventInbox as _, Opened, SignedMessage};
use portal_server::services::http::{Webhooks, document};
use serde_json::{Value, json};
use standardwebhooks::Webhook;
use std::sync::Arc;

const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const NEXT: &str = "whsec_d2hhdCB0aGUgbmV4dCBzZWNyZXQgaXMgbGlrZQ==";
const OTHERS: &str = "whsec_c29tZWJvZHkgZWxzZSdzIHNlY3JldCwgMzIgYnl0ZXM=";
const PATH: &str = "/connector/v1/events";

struct World {
    connector: Connector,
    server: TestServer,
}

async fn world() -> World {
    let connector = Connector::start().await;
    let more = connector.configuration_with_webhooks("mdm", &format!("{SECRET}\n\n{NEXT}\n"));
    World { server: TestServer::with(&more).await, connector }
}

impl World {
    async fn post(&self, peer: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        let mut request = Request::builder().method("POST").uri(PATH);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.server.send_from(peer, request.body(Body::from(body.to_owned())).unwrap()).await
    }

    /// Sends an event, signed with a secret `age` seconds ago.
    async fn signed(&self, secret: &str, id: &str, age: i64, body: &str) -> Answer {
        let at = self.server.clock.seconds() - age;
        let signature = Webhook::new(secret).unwrap().sign(id, at, body.as_bytes()).unwrap();
        let at = at.to_string();
        let headers = [("webhook-id", id), ("webhook-timestamp", &at), ("webhook-signature", &signature)];
        self.post("198.51.100.9:1", &headers, body).await
    }

    async fn says(&self, id: &str, body: &Value) -> u16 {
        self.signed(SECRET, id, 0, &body.to_string()).await.status.as_u16()
    }

    async fn reset(&self) -> String {
        let accepted = self.server.reset("p-aiko", "a-1", "k").await;
        assert_eq!(accepted.status.as_u16(), 202);
        self.server.server.queue.pass().await.unwrap();
        accepted.json()["id"].as_str().unwrap().to_owned()
    }

    async fn state(&self, id: &str) -> Value {
        let path = format!("/me/managedDevices/a-1/deviceActionResults/{id}");
        self.server.get("p-aiko", &path).await.json()["actionState"].clone()
    }
}

fn command(id: &str) -> Value {
    json!({ "type": "command.changed", "timestamp": "2026-01-01T00:00:00Z", "data": { "commandId": id } })
}

#[tokio::test]
async fn an_event_makes_the_portal_ask_at_once_and_says_nothing_by_itself() {
    let world = world().await;
    world.connector.memory().capabilities["pollSeconds"] = json!(60);
    let id = world.reset().await;
    world.connector.tells(json!({ "state": "done" }));
    world.server.server.queue.pass().await.unwrap();
    assert_eq!(world.state(&id).await, "pending", "it is not time to ask");
    let mut lie = command(&id);
    lie["data"]["state"] = json!("failed");
    assert_eq!(world.says("e-1", &lie).await, 204);
    let asked = world.connector.called("GET /commands");
    world.server.server.queue.pass().await.unwrap();
    assert_eq!(world.connector.called("GET /commands"), asked + 1);
    assert_eq!(world.state(&id).await, "done", "what the connector answers, not what the event says");
}

#[tokio::test]
async fn an_event_about_a_run_whose_outcome_was_unknown_corrects_it() {
    let world = world().await;
    let id = world.reset().await;
    world.connector.fails("GET /commands", Fault::says(503, r#"{"code":"cannotTell"}"#));
    world.server.pass(20).await;
    assert_eq!(world.state(&id).await, "failed");
    world.connector.tells(json!({ "state": "done" }));
    assert_eq!(world.says("e-1", &command(&id)).await, 204);
    assert_eq!(world.state(&id).await, "done");
}

#[tokio::test]
async fn a_device_that_changed_is_told_to_its_person() {
    let world = world().await;
    let event = |person: &str, device: &str| json!({ "type": "device.changed", "timestamp": "2026-01-01T00:00:00Z", "data": { "personId": person, "deviceId": device } });
    let changes = "SELECT COUNT(*) FROM events";
    assert_eq!(world.says("e-1", &event("p-aiko", "a-1")).await, 204);
    assert_eq!(world.server.count(changes).await, 1);
    for (id, odd) in
        [("e-2", event("", "a-1")), ("e-3", event("p-aiko", "a/1")), ("e-4", event("p-aiko", ""))]
    {
        assert_eq!(world.says(id, &odd).await, 204, "{odd}");
    }
    assert_eq!(world.server.count(changes).await, 1);
}

#[tokio::test]
async fn repeated_unknown_and_unreadable_events_are_taken_and_change_nothing() {
    let world = world().await;
    let id = world.reset().await;
    assert_eq!(world.says("e-1", &command(&id)).await, 204);
    world.server.server.queue.pass().await.unwrap();
    let asked = world.connector.called("GET /commands");
    assert_eq!(world.says("e-1", &command(&id)).await, 204, "once more");
    for (number, odd) in [
        command("r-nobody-knows"),
        json!({ "type": "moon.rose", "timestamp": "2026-01-01T00:00:00Z", "data": {} }),
        json!({ "type": "command.changed" }),
        json!([]),
    ]
    .iter()
    .enumerate()
    {
        assert_eq!(world.says(&format!("odd-{number}"), odd).await, 204, "{odd}");
    }
    assert_eq!(world.signed(SECRET, "odd", 0, "no JSON").await.status.as_u16(), 204);
    world.server.server.queue.pass().await.unwrap();
    assert_eq!(world.connector.called("GET /commands"), asked);
    world.server.clock.advance(601);
    assert_eq!(world.says("e-1", &command(&id)).await, 204);
    world.server.server.queue.pass().await.unwrap();
    assert!(world.connector.called("GET /commands") > asked, "forgotten after ten minutes");
}

#[tokio::test]
async fn only_who_has_a_secret_and_signs_in_time_is_heard_and_nobody_else_learns_why_not() {
    let world = world().await;
    let body = command("r-1").to_string();
    for (secret, age, expected) in [
        (SECRET, 0, 204),
        (NEXT, 0, 204),
        (SECRET, 300, 204),
        (SECRET, -300, 204),
        (SECRET, 301, 401),
        (SECRET, -301, 401),
        (OTHERS, 0, 401),
    ] {
        let answer = world.signed(secret, &format!("e{age}"), age, &body).await;
        assert_eq!((answer.status.as_u16(), answer.body.len()), (expected, 0), "{secret} {age}");
    }
    let at = world.server.clock.seconds().to_string();
    let good = Webhook::new(SECRET).unwrap();
    let good = good.sign("e", world.server.clock.seconds(), body.as_bytes()).unwrap();
    let all = [("webhook-id", "e"), ("webhook-timestamp", at.as_str()), ("webhook-signature", good.as_str())];
    for missing in 0..3 {
        let kept = all.iter().enumerate().filter(|(place, _)| *place != missing);
        let headers: Vec<_> = kept.map(|(_, one)| *one).collect();
        assert_eq!(world.post("198.51.100.9:1", &headers, &body).await.status.as_u16(), 401, "{missing}");
    }
    let twice = [all[0], all[0], all[1], all[2]];
    assert_eq!(world.post("198.51.100.9:1", &twice, &body).await.status.as_u16(), 401, "which one counts?");
    assert_eq!(world.post("198.51.100.9:1", &all, &(body.clone() + " ")).await.status.as_u16(), 401);
    assert_eq!(world.post("198.51.100.9:1", &all, &body).await.status.as_u16(), 204);

    let long = |more: usize| format!("{body}{}", " ".repeat(16 * 1024 - body.len() + more));
    assert_eq!(world.signed(SECRET, "long", 0, &long(0)).await.status.as_u16(), 204);
    assert_eq!(world.signed(SECRET, "longer", 0, &long(1)).await.status.as_u16(), 413);
}

#[tokio::test]
async fn what_cannot_be_heeded_may_be_sent_once_more() {
    let world = world().await;
    let id = world.reset().await;
    let pool = crate::support::server::open(&world.server.database()).await;
    sqlx::query("ALTER TABLE action_runs RENAME TO gone").execute(&pool).await.unwrap();
    assert_eq!(world.says("e-1", &command(&id)).await, 503);
    sqlx::query("ALTER TABLE gone RENAME TO action_runs").execute(&pool).await.unwrap();
    pool.close().await;
    world.connector.tells(json!({ "state": "done" }));
    assert_eq!(world.says("e-1", &command(&id)).await, 204);
    world.server.server.queue.pass().await.unwrap();
    assert_eq!(world.state(&id).await, "done");
}

#[tokio::test]
async fn events_have_a_limit_of_their_own_and_an_address_only_where_they_are_configured() {
    let connector = Connector::start().await;
    let more = connector.configuration_with_webhooks("mdm", SECRET)
        + "[limits]\nconnector_events_per_address_per_minute = 3\n";
    let world = World { server: TestServer::with(&more).await, connector };
    for number in 0..3 {
        assert_eq!(world.post("198.51.100.9:1", &[], "").await.status.as_u16(), 401, "{number}");
    }
    let refused = world.post("198.51.100.9:1", &[], "").await;
    assert_eq!((refused.status.as_u16(), refused.header("retry-after")), (429, "20"));
    assert_eq!(world.post("203.0.113.9:1", &[], "").await.status.as_u16(), 401, "another address");
    assert_eq!(world.server.get("p-aiko", "/me").await.status.as_u16(), 200);

    let without = TestServer::with(&world.connector.configuration("mdm")).await;
    assert_eq!(without.call("POST", PATH, &[]).await.status.as_u16(), 404);
    let get = world.server.call("GET", PATH, &[]).await;
    assert_eq!(get.status.as_u16(), 405);
}

#[tokio::test]
async fn a_connector_is_heard_about_its_own_runs_only() {
    let (first, second) = (Connector::start().await, Connector::start().await);
    let more =
        first.configuration_with_webhooks("one", SECRET) + &second.configuration_with_webhooks("two", OTHERS);
    let world = World { server: TestServer::with(&more).await, connector: first };
    let id = world.reset().await;
    world.connector.tells(json!({ "state": "done" }));
    let foreign = world.signed(OTHERS, "e-1", 0, &command(&id).to_string()).await;
    assert_eq!(foreign.status.as_u16(), 204);
    world.server.server.queue.pass().await.unwrap();
    assert_eq!(world.state(&id).await, "pending");
    assert_eq!(world.says("e-2", &command(&id)).await, 204);
    world.server.server.queue.pass().await.unwrap();
    assert_eq!(world.state(&id).await, "done");
}

#[test]
fn what_is_sent_to_no_one_is_opened_by_no_one_and_the_document_says_how_events_look() {
    let webhooks = Webhooks::new(Arc::new(crate::support::TestClock::new()));
    let message = SignedMessage { id: "e", timestamp: "0", signatures: "v1,", body: b"{}" };
    assert!(!webhooks.is_used());
    assert_eq!(webhooks.open(&message), Opened::NotGenuine);
    let contract = document();
    let schema = &contract["components"]["schemas"]["EventKind"];
    assert_eq!(schema["enum"], json!(["command.changed", "device.changed"]));
    assert!(contract["webhooks"]["event"]["post"].is_object());
}
