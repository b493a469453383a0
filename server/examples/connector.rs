//! A connector to copy from: what `docs/device-services/http.md` asks for, over made-up devices of one person, each with manners of
//! its own. Where a real one asks its device management, this one lets time pass.
//!
//! `cargo run -p portal-server --example connector -- --token-file FILE --person SUBJECT [--listen 127.0.0.1:8090] [--state FILE]
//! [--passcode-from portal|service] [--step-seconds 5] [--iphones 1]`
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a sample should stop at once and say where, reads the clock and talks on standard output"
)]

use axum::body::Bytes;
use axum::extract::{Path, Query, Request, State};
use axum::http::StatusCode;
use axum::middleware::{self, Next};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use portal_contract::{ActionName, UtcTime};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::{SystemTime, UNIX_EPOCH};

/// The devices, by what becomes of a command.
const DEVICES: [&str; 7] = ["does-it", "not-now-first", "refuses", "is-silent", "is-lost", IPHONE, MAC];
/// The one whose passcode can only be removed; it does what it is told. There can be more of it: `iphone-2` and so on.
const IPHONE: &str = "iphone";
/// The one whose lock is opened by a PIN that the device management makes.
const MAC: &str = "mac";
const ACTIONS: [&str; 9] = [
    "resetPasscode",
    "remoteLock",
    "syncDevice",
    "rebootNow",
    "retire",
    "wipe",
    "setCategory",
    "showRecoveryKey",
    "showLocalAdministratorPassword",
];
/// The one that does not meet a rule.
const NONCOMPLIANT: &str = "is-silent";
/// The categories, by identifier and name.
const CATEGORIES: [(&str, &str); 2] = [("sales", "Sales"), ("front-desk", "Front desk")];

/// Gives a command to the device management, with the passcode to set.
type HandOver = Box<dyn Fn(&str, Option<&str>) + Send>;

/// What the connector is told.
pub(crate) struct Settings {
    /// What the portal has to show.
    pub(crate) token: String,
    /// Whose devices there are.
    pub(crate) person: String,
    /// Where commands are written down.
    pub(crate) file: PathBuf,
    /// "portal" or "service".
    pub(crate) passcode_from: String,
    /// How long a device takes for each step.
    pub(crate) step_seconds: i64,
    /// How many iPhones there are.
    pub(crate) iphones: usize,
    /// Seconds since 1970.
    pub(crate) now: Box<dyn Fn() -> i64 + Send>,
    /// Where commands go.
    pub(crate) hand_over: HandOver,
}

struct Memory {
    settings: Settings,
    /// Everything that has to survive a restart: the commands. Never a passcode.
    commands: BTreeMap<String, Value>,
    /// What the device management made; a real one is asked for it.
    issued: BTreeMap<String, String>,
}

type Shared = Arc<Mutex<Memory>>;

impl Memory {
    /// Rule 1: on disk before anything is passed on. Written beside and renamed, so that a crash leaves the one or the other.
    fn save(&self) {
        let beside = self.settings.file.with_extension("new");
        let mut file = std::fs::File::create(&beside).unwrap();
        serde_json::to_writer(&mut file, &self.commands).unwrap();
        file.sync_all().unwrap();
        std::fs::rename(beside, &self.settings.file).unwrap();
    }

    /// Where a command stands, and with which code. Here time alone moves it on; a real connector asks its device management.
    fn standing(&self, command: &Value) -> (&'static str, &'static str) {
        let moment = |name: &str| command[name].as_i64().unwrap_or(i64::MAX);
        let (began, step, now) = (moment("began"), self.settings.step_seconds, (self.settings.now)());
        let age = now - began;
        let device = command["body"]["deviceId"].as_str().unwrap_or_default();
        // After how many steps a device is done, and how. Rule 3: one that would be done too late does nothing.
        let (steps, ending) = match device {
            "does-it" | MAC => (2, ("done", "")),
            _ if is_iphone(device) => (2, ("done", "")),
            "not-now-first" => (4, ("done", "")),
            "refuses" => (2, ("failed", "deviceRejected")),
            _ => (i64::MAX, ("failed", "commandExpired")),
        };
        let ends = began.saturating_add(step.saturating_mul(steps));
        match device {
            _ if !command["canceled"].is_null() => ("canceled", "canceledByUser"),
            // Rule 5: nobody can tell any more. That is not "never arrived".
            "is-lost" if age >= step => ("lost", "cannotTell"),
            _ if now >= ends && ends < moment("expires") => ending,
            _ if now >= moment("expires") => ("failed", "commandExpired"),
            "not-now-first" if age >= step => ("active", "notNow"),
            "does-it" | "refuses" | MAC if age >= step => ("active", ""),
            _ if is_iphone(device) && age >= step => ("active", ""),
            _ => ("pending", ""),
        }
    }

    /// A command as it is now.
    fn told(&self, id: &str) -> Option<Response> {
        let (state, code) = self.standing(self.commands.get(id)?);
        if state == "lost" {
            return Some(problem(StatusCode::SERVICE_UNAVAILABLE, code));
        }
        let updated = UtcTime::from_unix_seconds((self.settings.now)()).to_rfc3339();
        let mut answer = json!({ "id": id, "state": state, "updatedDateTime": updated });
        match code {
            "" => {}
            "notNow" => answer["notNow"] = json!(true),
            code => answer["errorCode"] = json!(code),
        }
        Some(Json(answer).into_response())
    }

    /// The category a device was put into last.
    fn category_of(&self, device: &str) -> &'static str {
        let is_of_it = |body: &Value| body["action"] == "setCategory" && body["deviceId"] == *device;
        let done =
            self.commands.values().filter(|one| is_of_it(&one["body"]) && self.standing(one).0 == "done");
        let last = done.max_by_key(|one| one["began"].as_i64());
        let id = last.and_then(|one| one["body"]["categoryId"].as_str());
        CATEGORIES.iter().find(|(known, _)| Some(*known) == id).map_or("", |(_, name)| name)
    }

    /// The devices as they are now.
    fn devices(&self) -> Vec<Value> {
        let with_category = |mut device: Value| {
            let id = device["id"].as_str().unwrap_or_default().to_owned();
            device["deviceCategoryDisplayName"] = json!(self.category_of(&id));
            device
        };
        devices(self.settings.iphones).into_iter().map(with_category).collect()
    }

    fn has(&self, person: &str, device: &str) -> bool {
        self.settings.person == person && self.devices().iter().any(|one| one["id"] == *device)
    }

    fn is_pending(&self, id: &str) -> bool {
        let began = self.commands.get(id).and_then(|command| command["began"].as_i64());
        began.is_some_and(|began| (self.settings.now)() - began < self.settings.step_seconds)
    }
}

fn now_seconds() -> i64 {
    i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs()).unwrap()
}

fn is_iphone(device: &str) -> bool {
    device.split('-').next() == Some(IPHONE)
}

fn devices(iphones: usize) -> Vec<Value> {
    let device = |id: &str| {
        json!({
            "id": id, "deviceName": id, "operatingSystem": "Android", "osVersion": "15",
            "manufacturer": "Sample", "model": "Phone", "serialNumber": format!("S-{id}"),
            "managedDeviceOwnerType": "company", "deviceEnrollmentType": "androidEnterpriseFullyManaged",
            "managementAgent": "googleCloudDevicePolicyController",
            "complianceState": if id == NONCOMPLIANT { "noncompliant" } else { "compliant" },
            "lastSyncDateTime": "2026-01-01T00:00:00Z", "enrolledDateTime": "2025-01-01T00:00:00Z",
            "resetPasscode": { "allowed": true, "expiresAfterSeconds": 3600, "erasePending": false },
            // These two are never allowed by silence. A made-up device is set up anew at once and stays in the list.
            "retire": { "allowed": true }, "wipe": { "allowed": true }
        })
    };
    let mut all = Vec::from(DEVICES.map(device));
    all.extend((2..=iphones).map(|number| device(&format!("{IPHONE}-{number}"))));
    for apple in all.iter_mut() {
        let id = apple["id"].as_str().unwrap_or_default();
        let (system, version) = match id {
            MAC => ("macOS", "15.5"),
            id if is_iphone(id) => ("iOS", "19.1"),
            _ => continue,
        };
        if id == MAC {
            apple["remoteLock"] = json!({ "allowed": true, "unlockPin": true });
        }
        for (field, word) in [
            ("operatingSystem", system),
            ("osVersion", version),
            ("deviceEnrollmentType", "userEnrollment"),
            ("managementAgent", "mdm"),
        ] {
            apple[field] = json!(word);
        }
    }
    all
}

/// An error as RFC 9457 wants it.
fn problem(status: StatusCode, code: &str) -> Response {
    let body = json!({ "status": status.as_u16(), "code": code }).to_string();
    (status, [("content-type", "application/problem+json")], body).into_response()
}

async fn not_found() -> Response {
    problem(StatusCode::NOT_FOUND, "notFound")
}

async fn capabilities(State(memory): State<Shared>) -> Json<Value> {
    Json(json!({
        "contract": "1", "product": "Sample connector", "productVersion": "1", "actions": ACTIONS, "cancel": true, "compliance": true, "apps": true,
        "passcodeFrom": memory.lock().unwrap().settings.passcode_from, "pollSeconds": 2
    }))
}

async fn categories() -> Json<Value> {
    let shown = CATEGORIES.map(|(id, name)| json!({ "id": id, "displayName": name }));
    Json(json!({ "categories": shown }))
}

async fn list(
    State(memory): State<Shared>,
    Path(person): Path<String>,
    Query(query): Query<BTreeMap<String, String>>,
) -> Response {
    let all = {
        let memory = memory.lock().unwrap();
        if memory.settings.person == person { memory.devices() } else { Vec::new() }
    };
    let is_after =
        |after: &String| all.iter().position(|one| one["id"] == **after).map_or(all.len(), |at| at + 1);
    let first = query.get("after").map_or(0, is_after);
    let Ok(limit @ 1..) = query.get("limit").map_or(Ok(100), |limit| limit.parse::<usize>()) else {
        return problem(StatusCode::BAD_REQUEST, "invalidRequest");
    };
    let page: Vec<&Value> = all.iter().skip(first).take(limit).collect();
    let mut answer = json!({ "devices": page });
    if first + page.len() < all.len()
        && let Some(last) = page.last()
    {
        answer["nextAfter"] = last["id"].clone();
    }
    Json(answer).into_response()
}

async fn device(State(memory): State<Shared>, Path((person, id)): Path<(String, String)>) -> Response {
    let own = {
        let memory = memory.lock().unwrap();
        let is_theirs = memory.settings.person == person;
        memory.devices().into_iter().find(|device| is_theirs && device["id"] == *id)
    };
    match own {
        Some(device) => Json(device).into_response(),
        None => not_found().await,
    }
}

/// What the portal tells the person about the one device here that does not meet a rule.
async fn compliance(State(memory): State<Shared>, Path((person, id)): Path<(String, String)>) -> Response {
    let is_theirs = memory.lock().unwrap().has(&person, &id);
    let rule = json!({ "code": "minimumOsVersion", "title": "The system is too old", "detail": "16 or later is required." });
    match is_theirs {
        true if id == NONCOMPLIANT => Json(json!({ "failingRules": [rule] })).into_response(),
        true => Json(json!({ "failingRules": [] })).into_response(),
        false => not_found().await,
    }
}

async fn apps(State(memory): State<Shared>, Path((person, id)): Path<(String, String)>) -> Response {
    if !memory.lock().unwrap().has(&person, &id) {
        return not_found().await;
    }
    let app = |id: &str, name: &str, state: &str| json!({ "id": id, "displayName": name, "version": "1.0", "publisher": "Sample", "state": state });
    let mut refused = app("vpn", "Sample VPN", "failed");
    refused["failure"] = json!("There is too little free storage.");
    Json(json!({ "apps": [app("mail", "Sample Mail", "installed"), refused] })).into_response()
}

async fn put(State(memory): State<Shared>, Path(id): Path<String>, bytes: Bytes) -> Response {
    let Ok(Value::Object(mut body)) = serde_json::from_slice::<Value>(&bytes) else {
        return problem(StatusCode::BAD_REQUEST, "invalidRequest");
    };
    // Rule 4: it goes to the device management and nowhere else.
    let passcode = body.remove("passcode");
    let body = Value::Object(body);
    let word = |name: &str| body[name].as_str();
    let (Some(action), Some(person), Some(device), Some(expires)) = (
        word("action").filter(|action| ActionName::from_wire(action) != ActionName::Other),
        word("personId"),
        word("deviceId"),
        word("expiresDateTime").and_then(UtcTime::parse),
    ) else {
        return problem(StatusCode::BAD_REQUEST, "invalidRequest");
    };
    let mut memory = memory.lock().unwrap();
    if let Some(known) = memory.commands.get(&id) {
        return match known["body"] == body {
            true => memory.told(&id).unwrap(),
            false => problem(StatusCode::CONFLICT, "otherBody"),
        };
    }
    if !memory.has(person, device) || !ACTIONS.contains(&action) {
        return problem(StatusCode::UNPROCESSABLE_ENTITY, "deviceRejected");
    }
    let has_category = CATEGORIES.iter().any(|(id, _)| Some(*id) == word("categoryId"));
    if (action == "setCategory") != has_category {
        return problem(StatusCode::UNPROCESSABLE_ENTITY, "deviceRejected");
    }
    let now = (memory.settings.now)();
    if expires.unix_seconds() <= now {
        return problem(StatusCode::UNPROCESSABLE_ENTITY, "commandExpired");
    }
    // Keys are the device management's, whoever makes the passcodes.
    let is_issued = action.starts_with("show")
        || (action == "remoteLock" && device == MAC)
        || (memory.settings.passcode_from == "service" && body["outcome"]["kind"] == "temporaryPasscode");
    let command = json!({ "body": body, "began": now, "expires": expires.unix_seconds() });
    memory.commands.insert(id.clone(), command);
    memory.save();
    (memory.settings.hand_over)(&id, passcode.as_ref().and_then(Value::as_str));
    if is_issued {
        memory.issued.insert(id.clone(), format!("{:08}", getrandom::u32().unwrap() % 100_000_000));
    }
    (StatusCode::CREATED, memory.told(&id).unwrap()).into_response()
}

async fn state(State(memory): State<Shared>, Path(id): Path<String>) -> Response {
    let told = memory.lock().unwrap().told(&id);
    match told {
        Some(told) => told,
        None => not_found().await,
    }
}

async fn cancel(State(memory): State<Shared>, Path(id): Path<String>) -> Response {
    let told = {
        let mut memory = memory.lock().unwrap();
        if memory.is_pending(&id)
            && let Some(command) = memory.commands.get_mut(&id)
        {
            command["canceled"] = json!(true);
            memory.save();
        }
        memory.told(&id)
    };
    match told {
        Some(told) => told,
        None => not_found().await,
    }
}

async fn passcode(State(memory): State<Shared>, Path(id): Path<String>) -> Response {
    let found = {
        let memory = memory.lock().unwrap();
        let age = memory.commands.get(&id).and_then(|command| command["began"].as_i64());
        let age = age.map(|began| (memory.settings.now)() - began);
        let done_after = 2 * memory.settings.step_seconds;
        memory
            .issued
            .get(&id)
            .cloned()
            .filter(|_| age.is_some_and(|age| (done_after..done_after + 3600).contains(&age)))
    };
    match found {
        Some(passcode) => {
            let told = json!({ "passcode": passcode, "label": "Sample" });
            ([("cache-control", "no-store")], Json(told)).into_response()
        }
        None => not_found().await,
    }
}

/// Answers nobody but the portal. The comparison takes the same time wherever the first difference is.
async fn only_the_portal(State(memory): State<Shared>, request: Request, next: Next) -> Response {
    let expected = format!("Bearer {}", memory.lock().unwrap().settings.token);
    let shown =
        request.headers().get("authorization").map(|value| value.as_bytes().to_vec()).unwrap_or_default();
    let difference = expected.bytes().zip(&shown).fold(0, |all, (one, other)| all | (one ^ other));
    if difference != 0 || expected.len() != shown.len() {
        return problem(StatusCode::UNAUTHORIZED, "unauthorized");
    }
    next.run(request).await
}

/// The whole connector.
pub(crate) fn connector(settings: Settings) -> Router {
    let commands = match std::fs::read(&settings.file) {
        Ok(text) => serde_json::from_slice(&text).unwrap(),
        Err(_) => BTreeMap::new(),
    };
    let memory = Arc::new(Mutex::new(Memory { settings, commands, issued: BTreeMap::new() }));
    Router::new()
        .route("/v1/capabilities", get(capabilities))
        .route("/v1/categories", get(categories))
        .route("/v1/people/{person}/devices", get(list))
        .route("/v1/people/{person}/devices/{id}", get(device))
        .route("/v1/people/{person}/devices/{id}/compliance", get(compliance))
        .route("/v1/people/{person}/devices/{id}/apps", get(apps))
        .route("/v1/commands/{id}", get(state).put(put))
        .route("/v1/commands/{id}/cancel", post(cancel))
        .route("/v1/commands/{id}/passcode", get(passcode))
        .fallback(not_found)
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
    let settings = Settings {
        token: std::fs::read_to_string(token_file).unwrap().trim().to_owned(),
        person: given("--person").expect("--person SUBJECT is missing"),
        file: given("--state").unwrap_or_else(|| "connector.json".to_owned()).into(),
        passcode_from: given("--passcode-from").unwrap_or_else(|| "portal".to_owned()),
        step_seconds: given("--step-seconds").map_or(5, |text| text.parse().expect("--step-seconds NUMBER")),
        iphones: given("--iphones").map_or(1, |text| text.parse().expect("--iphones NUMBER")),
        now: Box::new(now_seconds),
        hand_over: Box::new(|id, passcode| {
            println!("{id}: to the device{}", if passcode.is_some() { ", with a passcode" } else { "" });
        }),
    };
    let listen = given("--listen").unwrap_or_else(|| "127.0.0.1:8090".to_owned());
    let listener = tokio::net::TcpListener::bind(listen).await.unwrap();
    println!("http://{}/v1", listener.local_addr().unwrap());
    axum::serve(listener, connector(settings)).await.unwrap();
}
