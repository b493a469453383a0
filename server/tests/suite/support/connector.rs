//! A connector on this machine as `docs/device-services/http.md` wants one, with switches for everything that can go wrong.

use super::server::write_private;
use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};
use tempfile::TempDir;

/// 32 bytes in base64, as a real one.
pub(crate) const TOKEN: &str = "Zm9yIHRoZSB0ZXN0cyBvZiB0aGUgcG9ydGFsIG9ubHk=";

/// What goes wrong with one call.
#[derive(Clone)]
pub(crate) enum Fault {
    /// It never answers; done or not.
    Silent { is_done: bool },
    /// The answer breaks off; done or not.
    Cut { is_done: bool },
    /// This status, with headers and a body; done or not.
    Says { status: u16, headers: Vec<(&'static str, String)>, body: String, is_done: bool },
}

impl Fault {
    pub(crate) fn says(status: u16, body: &str) -> Self {
        Self::Says { status, headers: Vec::new(), body: body.to_owned(), is_done: false }
    }
}

/// A command that arrived.
pub(crate) struct Command {
    pub(crate) body: Value,
    /// What is told about it, beside its identifier.
    pub(crate) told: Value,
}

pub(crate) struct Memory {
    pub(crate) capabilities: Value,
    /// The devices of each person.
    pub(crate) devices: BTreeMap<String, Vec<Value>>,
    /// The applications on devices.
    pub(crate) apps: Value,
    /// The rules that devices do not meet.
    pub(crate) compliance: Value,
    /// The organisation's categories.
    pub(crate) categories: Value,
    pub(crate) commands: BTreeMap<String, Command>,
    /// Every command that was handed to its device, and with which passcode.
    pub(crate) handed_over: Vec<(String, Option<String>)>,
    /// The next fault of calls that begin with this (`PUT`, `GET /commands`).
    pub(crate) faults: Vec<(&'static str, Fault)>,
    /// Each call, with its path and query.
    pub(crate) calls: Vec<String>,
    /// The token that is accepted.
    pub(crate) token: String,
    /// Tokens that the token endpoint has given out.
    pub(crate) tokens_given: u32,
    /// The passcode the service makes, while it tells it.
    pub(crate) issued: Option<String>,
}

/// The connector; it ends with its test.
#[derive(Clone)]
pub(crate) struct Connector {
    pub(crate) url: String,
    pub(crate) folder: Arc<TempDir>,
    memory: Arc<Mutex<Memory>>,
}

/// A device whose passcode can be reset: Android, fully managed.
pub(crate) fn android(id: &str) -> Value {
    json!({
        "id": id, "deviceName": format!("name of {id}"), "operatingSystem": "Android", "osVersion": "15",
        "manufacturer": "Google", "model": "Pixel 9", "serialNumber": "S-1",
        "managedDeviceOwnerType": "company", "deviceEnrollmentType": "androidEnterpriseFullyManaged",
        "managementAgent": "googleCloudDevicePolicyController", "complianceState": "compliant",
        "lastSyncDateTime": "2026-01-01T00:00:00Z", "enrolledDateTime": "2025-01-01T00:00:00Z",
        "resetPasscode": { "allowed": true, "expiresAfterSeconds": 600, "erasePending": false }
    })
}

impl Connector {
    pub(crate) async fn start() -> Self {
        let memory = Memory {
            capabilities: json!({
                "contract": "1", "product": "Test MDM", "productVersion": "1", "passcodeFrom": "portal",
                "actions": ["resetPasscode", "remoteLock", "syncDevice"], "cancel": true, "webhooks": false,
                "personKey": "sub", "pollSeconds": 1
            }),
            devices: BTreeMap::from([("p-aiko".to_owned(), vec![android("a-1")])]),
            apps: json!([]),
            compliance: json!({ "failingRules": [] }),
            categories: json!([{ "id": "sales", "displayName": "Sales" }]),
            commands: BTreeMap::new(),
            handed_over: Vec::new(),
            faults: Vec::new(),
            calls: Vec::new(),
            token: TOKEN.to_owned(),
            tokens_given: 0,
            issued: None,
        };
        let memory = Arc::new(Mutex::new(memory));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/v1", listener.local_addr().unwrap());
        let app = Router::new().fallback(answer).with_state(Arc::clone(&memory));
        tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
        let folder = tempfile::tempdir().unwrap();
        write_private(&folder.path().join("token"), TOKEN);
        Self { url, folder: Arc::new(folder), memory }
    }

    pub(crate) fn memory(&self) -> MutexGuard<'_, Memory> {
        self.memory.lock().unwrap()
    }

    /// The configuration of a portal with this connector.
    pub(crate) fn configuration(&self, name: &str) -> String {
        let token = self.folder.path().join("token");
        format!(
            "[[device_services]]\nname = \"{name}\"\nkind = \"http\"\n[device_services.http]\nurl = \"{}\"\n\
             token_file = {token:?}\n",
            self.url
        )
    }

    /// The same, with these secrets for webhooks.
    pub(crate) fn configuration_with_webhooks(&self, name: &str, secrets: &str) -> String {
        let file = self.folder.path().join("webhooks");
        write_private(&file, secrets);
        format!("{}webhook_secret_file = {file:?}\n", self.configuration(name))
    }

    /// What goes wrong with the next call that begins with this.
    pub(crate) fn fails(&self, call: &'static str, fault: Fault) {
        self.memory().faults.push((call, fault));
    }

    /// What is told about every command from now on.
    pub(crate) fn tells(&self, told: Value) {
        for command in self.memory().commands.values_mut() {
            command.told = told.clone();
        }
    }

    /// How many calls began with this.
    pub(crate) fn called(&self, begin: &str) -> usize {
        self.memory().calls.iter().filter(|call| call.starts_with(begin)).count()
    }
}

fn said(status: u16, body: &Value) -> Response {
    let media = if status < 300 { "application/json" } else { "application/problem+json" };
    let response = Response::builder().status(status).header("content-type", media);
    response.body(Body::from(body.to_string())).unwrap()
}

fn problem(status: u16, code: &str) -> Response {
    said(status, &json!({ "status": status, "code": code }))
}

async fn answer(State(memory): State<Arc<Mutex<Memory>>>, request: Request) -> Response {
    let (head, body) = request.into_parts();
    let path = head.uri.path_and_query().unwrap().as_str().trim_start_matches("/v1").to_owned();
    let body = axum::body::to_bytes(body, 1 << 20).await.unwrap();
    let header = |name: &str| head.headers.get(name).map(|value| value.to_str().unwrap().to_owned());
    let call = format!("{} {path}", head.method);
    let (fault, response) = {
        let mut memory = memory.lock().unwrap();
        memory.calls.push(call.clone());
        if path == "/token" {
            memory.tokens_given += 1;
            memory.token = format!("given-{}", memory.tokens_given);
            let token = json!({ "access_token": memory.token, "token_type": "Bearer", "expires_in": 3600 });
            return said(200, &token);
        }
        if header("authorization") != Some(format!("Bearer {}", memory.token)) {
            return problem(401, "unauthorized");
        }
        let at = memory.faults.iter().position(|(begin, _)| call.starts_with(begin));
        let fault = at.map(|at| memory.faults.remove(at).1);
        let is_done = match &fault {
            None => true,
            Some(Fault::Silent { is_done } | Fault::Cut { is_done } | Fault::Says { is_done, .. }) => {
                *is_done
            }
        };
        let complaints = super::Contract::new().request(head.method.as_str(), &path, &body);
        assert!(complaints.is_empty(), "the portal asks for what the document does not say: {complaints:?}");
        let key = header("idempotency-key");
        (fault, is_done.then(|| memory.carry_out(head.method.as_str(), &path, key.as_deref(), &body)))
    };
    match fault {
        None => response.unwrap(),
        Some(Fault::Silent { .. }) => std::future::pending().await,
        Some(Fault::Cut { .. }) => {
            let parts: [Result<&str, std::io::Error>; 2] =
                [Ok("{\"id\":"), Err(std::io::Error::other("cut"))];
            Response::new(Body::from_stream(futures_util::stream::iter(parts)))
        }
        Some(Fault::Says { status, headers, body, .. }) => {
            let mut response = Response::builder().status(StatusCode::from_u16(status).unwrap());
            for (name, value) in headers {
                response = response.header(name, value);
            }
            response.body(Body::from(body)).unwrap()
        }
    }
}

impl Memory {
    fn carry_out(&mut self, method: &str, path: &str, key: Option<&str>, body: &[u8]) -> Response {
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        let parts: Vec<&str> = path.trim_start_matches('/').split('/').collect();
        match (method, parts.as_slice()) {
            ("GET", ["capabilities"]) => said(200, &self.capabilities),
            ("GET", ["categories"]) => said(200, &json!({ "categories": self.categories })),
            ("GET", ["people", person, "devices"]) => {
                let query: BTreeMap<String, String> =
                    form_urlencoded::parse(query.as_bytes()).into_owned().collect();
                let all = self.devices.get(*person).cloned().unwrap_or_default();
                let skipped = query.get("after").map_or(0, |after| {
                    all.iter().position(|device| device["id"] == **after).map_or(all.len(), |at| at + 1)
                });
                let limit: usize = query["limit"].parse().unwrap();
                let page: Vec<Value> = all.iter().skip(skipped).take(limit).cloned().collect();
                let mut list = json!({ "devices": page });
                if skipped + page.len() < all.len() {
                    list["nextAfter"] = page.last().unwrap()["id"].clone();
                }
                said(200, &list)
            }
            ("GET", ["people", _, "devices", _, "compliance"]) => said(200, &self.compliance),
            ("GET", ["people", _, "devices", _, "apps"]) => said(200, &json!({ "apps": self.apps })),
            ("GET", ["people", person, "devices", id]) => {
                let devices = self.devices.get(*person).into_iter().flatten();
                let mut found = devices.filter(|device| device["id"] == **id);
                found.next().map_or_else(|| problem(404, "notFound"), |device| said(200, device))
            }
            ("PUT", ["commands", id]) => {
                assert_eq!(key, Some(*id), "the identifier is the idempotency key");
                let body: Value = serde_json::from_slice(body).unwrap();
                match self.commands.get(*id) {
                    Some(known) if known.body == body => said(200, &self.state(id)),
                    Some(_) => problem(409, "otherBody"),
                    None => {
                        let passcode = body["passcode"].as_str().map(ToOwned::to_owned);
                        self.handed_over.push(((*id).to_owned(), passcode));
                        self.commands
                            .insert((*id).to_owned(), Command { body, told: json!({ "state": "pending" }) });
                        said(201, &self.state(id))
                    }
                }
            }
            ("GET", ["commands", id]) if self.commands.contains_key(*id) => said(200, &self.state(id)),
            ("POST", ["commands", id, "cancel"]) if self.commands.contains_key(*id) => {
                let command = self.commands.get_mut(*id).unwrap();
                if command.told["state"] == "pending" {
                    command.told = json!({ "state": "canceled", "errorCode": "canceledByUser" });
                }
                said(200, &self.state(id))
            }
            ("GET", ["commands", _, "passcode"]) => match &self.issued {
                Some(passcode) => said(200, &json!({ "passcode": passcode })),
                None => problem(404, "gone"),
            },
            _ => problem(404, "notFound"),
        }
    }

    fn state(&self, id: &str) -> Value {
        let mut told = self.commands[id].told.clone();
        if told["id"].is_null() {
            told["id"] = json!(id);
        }
        told["updatedDateTime"] = json!("2026-01-01T00:00:00Z");
        told
    }
}
