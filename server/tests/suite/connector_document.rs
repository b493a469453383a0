//! The published document of a connector's calls: current, and what the sample connector answers. That the portal asks for
//! nothing else is held against it in every test with a connector (`support/connector.rs`).

use crate::support::connector::TOKEN;
use crate::support::sample::{self, FollowedClock};
use crate::support::{Contract, TestClock};
use axum::Router;
use axum::body::Body;
use axum::http::Request;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use tower::ServiceExt as _;

#[test]
fn the_committed_document_is_what_the_program_prints() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/connector/openapi.json");
    let committed = std::fs::read_to_string(file).unwrap_or_default();
    let program = Command::new(env!("CARGO_BIN_EXE_portal-server")).args(["connector", "openapi"]).output();
    let printed = String::from_utf8(program.unwrap().stdout).unwrap();
    assert_eq!(
        printed, committed,
        "write it anew: cargo run -p portal-server -- connector openapi > docs/connector/openapi.json"
    );
}

#[test]
fn nothing_in_the_document_is_a_word_that_nobody_may_write_and_every_reference_leads_somewhere() {
    let contract = Contract::new();
    let text = contract.0.to_string();
    assert!(!text.contains("\"other\"") && !text.contains("\"null\""));
    let schemas: BTreeSet<&str> =
        contract.0["components"]["schemas"].as_object().unwrap().keys().map(String::as_str).collect();
    let references: BTreeSet<&str> =
        text.split("#/components/schemas/").skip(1).map(|rest| rest.split('"').next().unwrap()).collect();
    assert!(references.is_subset(&schemas), "{references:?}");
    for action in portal_contract::ActionName::KNOWN {
        assert!(text.contains(&format!("\"{}\"", action.as_str())), "{action:?}");
    }
}

/// The status of an answer; its body has to be what the document says.
async fn asked(app: &Router, method: &str, path: &str, body: &Value) -> u16 {
    let text = if body.is_null() { String::new() } else { body.to_string() };
    let request = Request::builder().method(method).uri(format!("/v1{path}"));
    let request = request.header("authorization", format!("Bearer {TOKEN}")).body(Body::from(text)).unwrap();
    let response = app.clone().oneshot(request).await.unwrap();
    let (head, body) = response.into_parts();
    let body = axum::body::to_bytes(body, 1 << 20).await.unwrap();
    let body: Value = serde_json::from_slice(&body).unwrap();
    let media = head.headers["content-type"].to_str().unwrap();
    let complaints = Contract::new().answer(method, path, (head.status.as_u16(), media, &body));
    assert!(complaints.is_empty(), "{method} {path}: {complaints:?} in {body}");
    head.status.as_u16()
}

#[tokio::test]
async fn what_the_sample_connector_answers_is_what_the_document_says() {
    let (folder, clock) = (tempfile::tempdir().unwrap(), Arc::new(TestClock::new()));
    let app = sample::router(
        folder.path().join("commands.json"),
        "service",
        &FollowedClock::new(&clock),
        &Arc::default(),
    );
    let command = |device: &str| {
        json!({
            "action": "resetPasscode", "personId": "p-aiko", "deviceId": device,
            "outcome": { "kind": "temporaryPasscode", "characterSet": "digits" }, "expiresDateTime": "2999-01-01T00:00:00Z"
        })
    };
    let mut over = command("does-it");
    over["expiresDateTime"] = json!("2001-01-01T00:00:00Z");
    let none = Value::Null;
    for (method, path, body, expected) in [
        ("GET", "/capabilities", &none, 200),
        ("GET", "/people/p-aiko/devices?limit=2", &none, 200),
        ("GET", "/people/p-aiko/devices?limit=0", &none, 400),
        ("GET", "/people/p-nobody/devices", &none, 200),
        ("GET", "/people/p-aiko/devices/does-it", &none, 200),
        ("GET", "/people/p-ben/devices/does-it", &none, 404),
        ("PUT", "/commands/r-1", &command("does-it"), 201),
        ("PUT", "/commands/r-1", &command("does-it"), 200),
        ("PUT", "/commands/r-1", &command("refuses"), 409),
        ("PUT", "/commands/r-2", &over, 422),
        ("PUT", "/commands/r-2", &command("unheard-of"), 422),
        ("PUT", "/commands/r-2", &json!({ "action": "danceNow" }), 400),
        ("GET", "/commands/r-1/passcode", &none, 404),
        ("GET", "/commands/r-1", &none, 200),
        ("GET", "/commands/r-2", &none, 404),
        ("PUT", "/commands/r-3", &command("is-lost"), 201),
        ("PUT", "/commands/r-4", &command("refuses"), 201),
        ("PUT", "/commands/r-5", &command("is-silent"), 201),
        ("POST", "/commands/r-5/cancel", &none, 200),
        ("POST", "/commands/r-2/cancel", &none, 404),
    ] {
        assert_eq!(asked(&app, method, path, body).await, expected, "{method} {path} {body}");
    }
    clock.advance(10);
    for (path, expected) in [
        ("/commands/r-1", 200),
        ("/commands/r-1/passcode", 200),
        ("/commands/r-3", 503),
        ("/commands/r-4", 200),
        ("/commands/r-5", 200),
    ] {
        assert_eq!(asked(&app, "GET", path, &none).await, expected, "{path}");
    }
}
