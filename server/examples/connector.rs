//! A connector to copy from: what `docs/device-services/http.md` asks for, over two made-up devices of one person. Where a real
//! one asks its device management, this one lets five seconds pass for each step.
//!
//! `cargo run -p portal-server --example connector -- --token-file FILE --person SUBJECT [--listen 127.0.0.1:8090] [--state FILE]`
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a sample should stop at once and say where, reads the clock and talks on standard output"
)]

use axum::extract::{Path, Query, Request, State};
use axum::http::StatusCode;
use axum::middleware::{self, Next};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use portal_contract::UtcTime;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::{SystemTime, UNIX_EPOCH};

/// Everything that has to survive a restart: the commands. Never a passcode.
struct Memory {
    token: String,
    person: String,
    file: PathBuf,
    commands: BTreeMap<String, Value>,
}

type Shared = Arc<Mutex<Memory>>;

impl Memory {
    /// Rule 1: on disk before anything is passed on. Written beside and renamed, so that a crash leaves the one or the other.
    fn save(&self) {
        let beside = self.file.with_extension("new");
        let mut file = std::fs::File::create(&beside).unwrap();
        serde_json::to_writer(&mut file, &self.commands).unwrap();
        file.sync_all().unwrap();
        std::fs::rename(beside, &self.file).unwrap();
    }
}

fn now_seconds() -> i64 {
    i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs()).unwrap()
}

fn devices() -> [Value; 2] {
    ["phone-1", "phone-2"].map(|id| {
        json!({
            "id": id, "deviceName": id, "operatingSystem": "Android", "osVersion": "15",
            "manufacturer": "Sample", "model": "Phone", "serialNumber": format!("S-{id}"),
            "managedDeviceOwnerType": "company", "deviceEnrollmentType": "androidEnterpriseFullyManaged",
            "managementAgent": "googleCloudDevicePolicyController", "complianceState": "compliant",
            "lastSyncDateTime": "2026-01-01T00:00:00Z", "enrolledDateTime": "2025-01-01T00:00:00Z",
            "resetPasscode": { "allowed": true, "expiresAfterSeconds": 3600, "erasePending": false }
        })
    })
}

/// An error as RFC 9457 wants it.
fn problem(status: StatusCode, code: &str) -> Response {
    let body = json!({ "status": status.as_u16(), "code": code }).to_string();
    (status, [("content-type", "application/problem+json")], body).into_response()
}

fn not_found() -> Response {
    problem(StatusCode::NOT_FOUND, "notFound")
}

async fn capabilities() -> Json<Value> {
    Json(json!({
        "contract": "1", "product": "Sample connector", "productVersion": "1", "passcodeFrom": "portal",
        "actions": ["resetPasscode", "remoteLock", "syncDevice"], "cancel": true, "pollSeconds": 2
    }))
}

async fn list(
    State(memory): State<Shared>,
    Path(person): Path<String>,
    Query(query): Query<BTreeMap<String, String>>,
) -> Json<Value> {
    let all: Vec<Value> = if memory.lock().unwrap().person == person { devices().into() } else { Vec::new() };
    let is_after =
        |after: &String| all.iter().position(|one| one["id"] == **after).map_or(all.len(), |at| at + 1);
    let first = query.get("after").map_or(0, is_after);
    let limit = query.get("limit").and_then(|limit| limit.parse().ok()).unwrap_or(100);
    let page: Vec<&Value> = all.iter().skip(first).take(limit).collect();
    let mut answer = json!({ "devices": page });
    if first + page.len() < all.len()
        && let Some(last) = page.last()
    {
        answer["nextAfter"] = last["id"].clone();
    }
    Json(answer)
}

async fn device(State(memory): State<Shared>, Path((person, id)): Path<(String, String)>) -> Response {
    let is_theirs = memory.lock().unwrap().person == person;
    let found = devices().into_iter().find(|device| is_theirs && device["id"] == *id);
    found.map_or_else(not_found, |device| Json(device).into_response())
}

/// A command as it is now. Here time alone moves it on; a real connector asks its device management.
fn told(id: &str, command: &Value) -> Json<Value> {
    let began = command["began"].as_i64().unwrap_or_default();
    let (state, since) = match now_seconds() - began {
        _ if command["isCanceled"] == true => ("canceled", began),
        0..5 => ("pending", began),
        5..10 => ("active", began + 5),
        _ => ("done", began + 10),
    };
    let updated = UtcTime::from_unix_seconds(since).to_rfc3339();
    Json(json!({ "id": id, "state": state, "updatedDateTime": updated }))
}

async fn put(State(memory): State<Shared>, Path(id): Path<String>, Json(mut body): Json<Value>) -> Response {
    let mut memory = memory.lock().unwrap();
    // Rule 4. A real connector hands it to its device management here, after `save`.
    let _passcode = body.as_object_mut().and_then(|body| body.remove("passcode"));
    if let Some(known) = memory.commands.get(&id) {
        return match known["body"] == body {
            true => told(&id, known).into_response(),
            false => problem(StatusCode::CONFLICT, "otherBody"),
        };
    }
    let is_known = devices().iter().any(|device| device["id"] == body["deviceId"]);
    if !is_known || body["personId"] != *memory.person {
        return problem(StatusCode::UNPROCESSABLE_ENTITY, "deviceRejected");
    }
    let expires = body["expiresDateTime"].as_str().and_then(UtcTime::parse);
    if expires.is_none_or(|expires| expires.unix_seconds() < now_seconds()) {
        return problem(StatusCode::UNPROCESSABLE_ENTITY, "commandExpired");
    }
    let command = json!({ "body": body, "began": now_seconds() });
    let answer = told(&id, &command);
    memory.commands.insert(id, command);
    memory.save();
    (StatusCode::CREATED, answer).into_response()
}

async fn state(State(memory): State<Shared>, Path(id): Path<String>) -> Response {
    let memory = memory.lock().unwrap();
    memory.commands.get(&id).map_or_else(not_found, |command| told(&id, command).into_response())
}

async fn cancel(State(memory): State<Shared>, Path(id): Path<String>) -> Response {
    let mut memory = memory.lock().unwrap();
    let Some(command) = memory.commands.get_mut(&id) else { return not_found() };
    if told(&id, command)["state"] == "pending" {
        command["isCanceled"] = json!(true);
    }
    let answer = told(&id, command);
    memory.save();
    answer.into_response()
}

/// Answers nobody but the portal. The comparison takes the same time wherever the first difference is.
async fn only_the_portal(State(memory): State<Shared>, request: Request, next: Next) -> Response {
    let expected = format!("Bearer {}", memory.lock().unwrap().token);
    let shown =
        request.headers().get("authorization").map(|value| value.as_bytes().to_vec()).unwrap_or_default();
    let difference = expected.bytes().zip(&shown).fold(0, |all, (one, other)| all | (one ^ other));
    if difference != 0 || expected.len() != shown.len() {
        return problem(StatusCode::UNAUTHORIZED, "unauthorized");
    }
    next.run(request).await
}

/// The whole connector.
pub(crate) fn connector(token: String, person: String, file: PathBuf) -> Router {
    let commands = match std::fs::read(&file) {
        Ok(text) => serde_json::from_slice(&text).unwrap(),
        Err(_) => BTreeMap::new(),
    };
    let memory = Arc::new(Mutex::new(Memory { token, person, file, commands }));
    Router::new()
        .route("/v1/capabilities", get(capabilities))
        .route("/v1/people/{person}/devices", get(list))
        .route("/v1/people/{person}/devices/{id}", get(device))
        .route("/v1/commands/{id}", get(state).put(put))
        .route("/v1/commands/{id}/cancel", post(cancel))
        .layer(middleware::from_fn_with_state(Arc::clone(&memory), only_the_portal))
        .with_state(memory)
}

#[tokio::main]
async fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let given = |name: &str| {
        arguments.iter().position(|one| one == name).and_then(|at| arguments.get(at + 1)).cloned()
    };
    let token_file = given("--token-file").expect("--token-file FILE is missing");
    let token = std::fs::read_to_string(token_file).unwrap().trim().to_owned();
    let person = given("--person").expect("--person SUBJECT is missing");
    let file = given("--state").unwrap_or_else(|| "connector.json".to_owned());
    let listen = given("--listen").unwrap_or_else(|| "127.0.0.1:8090".to_owned());
    let listener = tokio::net::TcpListener::bind(listen).await.unwrap();
    println!("http://{}/v1", listener.local_addr().unwrap());
    axum::serve(listener, connector(token, person, file.into())).await.unwrap();
}
