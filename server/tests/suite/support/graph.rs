//! Microsoft Graph on this machine, as far as the server uses it: devices with the results of their commands, tokens, and a
//! switch for each habit and fault of the real one. What it says and what it is asked is held to Microsoft's own description,
//! where that is at hand.

use super::TestClock;
use super::graph_schemas::schemas;
use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::HeaderMap;
use axum::response::Response;
use base64ct::{Base64UrlUnpadded, Encoding as _};
use portal_contract::{SecretText, UtcTime};
use portal_server::domain::action::ActionSet;
use portal_server::services::graph::{Credential, DevicesVersion, GraphSettings, Guid, IDENTITY_URL};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, UNIX_EPOCH};

pub(crate) const TENANT: &str = "11111111-2222-4333-8444-555555555555";
pub(crate) const CLIENT: &str = "66666666-7777-4888-8999-aaaaaaaaaaaa";
pub(crate) const ADA: &str = "3f1d6c3e-4f0b-4a5e-9f60-0d7a1c2b3e4f";
pub(crate) const BOB: &str = "00000000-0000-4000-8000-0000000000ff";
pub(crate) const PHONE: &str = "705c034c-034c-705c-4c03-5c704c035c70";
pub(crate) const OTHER_PHONE: &str = "705c034c-034c-705c-4c03-5c704c035c71";
/// A Mac, where a test adds one.
pub(crate) const MAC: &str = "705c034c-034c-705c-4c03-5c704c035c72";
/// What is kept of the PC and the Mac of a test: a BitLocker key, the password of a local administrator as it is typed and as Entra
/// tells it, a FileVault key.
pub(crate) const KEPT: [&str; 4] = [
    "123456-234567-345678-456789-567890-678901-789012-890123",
    "Pa55-w0rd-of-the-tests!",
    "UGE1NS13MHJkLW9mLXRoZS10ZXN0cyE=",
    "ABCD-EFGH-JKMN-PQRS-TVWX-YZ23",
];
pub(crate) const SALES: &str = "5a1e5000-0000-4000-8000-000000000001";
pub(crate) const FRONT_DESK: &str = "5a1e5000-0000-4000-8000-000000000002";
pub(crate) const CLIENT_SECRET: &str = "the~client.secret-of_the~tests";
/// Every passcode begins with this, so that a search finds any of them.
pub(crate) const PASSCODE: &str = "Kq7tZ2";
/// Every PIN that opens a locked Mac begins with this; a real one has six digits and could be found by chance.
pub(crate) const PIN: &str = "590417362814";

/// What goes wrong with one call.
#[derive(Debug, Clone)]
pub(crate) enum GraphFault {
    /// It never answers; done or not.
    Silent { is_done: bool },
    /// The answer breaks off; done or not.
    Cut { is_done: bool },
    /// This status, with headers and a body; done or not.
    Says { status: u16, headers: Vec<(&'static str, String)>, body: String, is_done: bool },
}

impl GraphFault {
    pub(crate) fn says(status: u16, body: &str) -> Self {
        Self::Says { status, headers: Vec::new(), body: body.to_owned(), is_done: false }
    }

    /// An error as Graph words it.
    pub(crate) fn error(status: u16, code: &str) -> Self {
        Self::says(status, &error_body(code, ""))
    }

    /// The same although it was carried out.
    pub(crate) fn but_done(status: u16, code: &str) -> Self {
        Self::Says { status, headers: Vec::new(), body: error_body(code, ""), is_done: true }
    }
}

pub(crate) fn error_body(code: &str, message: &str) -> String {
    json!({ "error": { "code": code, "message": message, "innerError": {
        "date": "2026-11-20T08:00:00", "request-id": "2aa2945d-18d1-40e8-8d3c-000000000001",
        "client-request-id": "2aa2945d-18d1-40e8-8d3c-000000000001"
    } } })
    .to_string()
}

/// A command that was carried out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Executed {
    pub(crate) device: String,
    pub(crate) action: String,
}

pub(crate) struct GraphMemory {
    /// Every device of the tenant.
    pub(crate) devices: Vec<Value>,
    /// How each device stands with the rules.
    pub(crate) policies: BTreeMap<String, Vec<Value>>,
    /// How the Company Portal is made up.
    pub(crate) branding_profiles: Vec<Value>,
    /// BitLocker's keys of the tenant, as Entra keeps them.
    pub(crate) recovery_keys: Vec<Value>,
    /// FileVault's key of each Mac.
    pub(crate) filevault_keys: BTreeMap<String, String>,
    /// The local administrators of each PC, by Entra's identifier of it.
    pub(crate) administrators: BTreeMap<String, Value>,
    /// The applications found on each device.
    pub(crate) apps: BTreeMap<String, Vec<Value>>,
    /// Whether the list of those leaves the settings out.
    pub(crate) lists_no_settings: bool,
    /// The organisation's categories.
    pub(crate) categories: Vec<Value>,
    /// The category of each device that has one.
    pub(crate) category_of: BTreeMap<String, String>,
    /// The results of each.
    pub(crate) results: BTreeMap<String, Vec<Value>>,
    /// The next fault of calls that begin with this (`POST`, `GET /beta/users`).
    pub(crate) faults: Vec<(&'static str, GraphFault)>,
    /// Each call, with its path and query.
    pub(crate) calls: Vec<String>,
    /// The headers of the last call.
    pub(crate) headers: HeaderMap,
    pub(crate) executed: Vec<Executed>,
    /// What was asked of the token endpoints, and with which headers.
    pub(crate) token_requests: Vec<BTreeMap<String, String>>,
    /// What the token endpoint says instead of a token.
    pub(crate) token_answer: Option<(u16, String)>,
    /// Since when older tokens are refused.
    pub(crate) token: u32,
    /// Whether somebody else gives out its tokens: any is taken then.
    pub(crate) takes_any_token: bool,
    pub(crate) token_lifetime: Value,
    /// What tokens permit; unreadable, if `None`.
    pub(crate) roles: Option<Vec<&'static str>>,
    /// Devices a page.
    pub(crate) page: usize,
    /// Whether the list of a user is shut.
    pub(crate) users_are_forbidden: bool,
    /// Whether a filter is ignored.
    pub(crate) ignores_filter: bool,
    /// Where a list goes on, if it is not here.
    pub(crate) next_link: Option<String>,
    /// For how long a result is not shown, in milliseconds.
    pub(crate) results_follow_millis: i64,
    /// How far its clock is ahead, in milliseconds.
    pub(crate) clock_ahead_millis: i64,
    /// What does not satisfy Microsoft's description.
    pub(crate) mistakes: Vec<String>,
    pub(crate) issued: u32,
}

/// The simulation; it ends with its test.
#[derive(Clone)]
pub(crate) struct SimulatedGraph {
    pub(crate) url: String,
    pub(crate) clock: Arc<TestClock>,
    memory: Arc<Mutex<GraphMemory>>,
}

/// An iPhone of the organisation's: its passcode can be removed.
pub(crate) fn iphone(id: &str, user: &str) -> Value {
    json!({
        "id": id, "userId": user, "userPrincipalName": "ada@contoso.example", "deviceName": "iPhone",
        "managedDeviceName": "ada_IPhone", "operatingSystem": "iOS", "osVersion": "19.1", "manufacturer": "Apple",
        "model": "iPhone 16", "serialNumber": "SN0001", "managedDeviceOwnerType": "company",
        "deviceEnrollmentType": "appleBulkWithUser", "managementAgent": "mdm", "managementState": "managed",
        "complianceState": "compliant", "complianceGracePeriodExpirationDateTime": "9999-12-31T23:59:59.9999999Z",
        "lastSyncDateTime": "2026-11-20T07:58:11Z", "enrolledDateTime": "2026-11-02T08:00:12Z",
        "isEncrypted": true, "isSupervised": true, "deviceCategoryDisplayName": "Unknown"
    })
}

/// A phone for which Intune issues a passcode: Android under device administrator.
pub(crate) fn android(id: &str, user: &str) -> Value {
    let mut device = iphone(id, user);
    for (key, value) in [
        ("operatingSystem", "Android"),
        ("osVersion", "6.0"),
        ("deviceName", "Ada's phone"),
        ("deviceEnrollmentType", "userEnrollment"),
    ] {
        device[key] = json!(value);
    }
    device
}

/// A Mac of the organisation's: a lock from afar is opened by a PIN that Intune makes.
pub(crate) fn mac(id: &str, user: &str) -> Value {
    let mut device = iphone(id, user);
    for (key, value) in [
        ("operatingSystem", "macOS"),
        ("osVersion", "15.5"),
        ("deviceName", "Ada's Mac"),
        ("deviceEnrollmentType", "userEnrollment"),
    ] {
        device[key] = json!(value);
    }
    device
}

pub(crate) fn category(id: &str, name: &str) -> Value {
    json!({ "id": id, "displayName": name, "description": "" })
}

impl SimulatedGraph {
    pub(crate) async fn start() -> Self {
        Self::with_clock(Arc::new(TestClock::new())).await
    }

    /// The same by the clock of the server.
    pub(crate) async fn with_clock(clock: Arc<TestClock>) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let graph = Self::at(format!("http://{}", listener.local_addr().unwrap()), clock);
        let app = Router::new().fallback(answer).with_state(graph.clone());
        tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
        graph
    }

    /// One that is reached at an address where somebody else listens ([`answer`]).
    pub(crate) fn at(url: String, clock: Arc<TestClock>) -> Self {
        let memory = GraphMemory {
            devices: vec![android(PHONE, ADA), iphone(OTHER_PHONE, ADA)],
            policies: BTreeMap::new(),
            branding_profiles: Vec::new(),
            recovery_keys: Vec::new(),
            filevault_keys: BTreeMap::new(),
            administrators: BTreeMap::new(),
            apps: BTreeMap::new(),
            lists_no_settings: false,
            categories: vec![category(SALES, "Sales"), category(FRONT_DESK, "受付")],
            category_of: BTreeMap::new(),
            results: BTreeMap::new(),
            faults: Vec::new(),
            calls: Vec::new(),
            headers: HeaderMap::new(),
            executed: Vec::new(),
            token_requests: Vec::new(),
            token_answer: None,
            token: 1,
            takes_any_token: false,
            token_lifetime: json!(3599),
            roles: None,
            page: 100,
            users_are_forbidden: false,
            ignores_filter: false,
            next_link: None,
            results_follow_millis: 0,
            clock_ahead_millis: 0,
            mistakes: Vec::new(),
            issued: 0,
        };
        Self { url, clock, memory: Arc::new(Mutex::new(memory)) }
    }

    pub(crate) fn memory(&self) -> MutexGuard<'_, GraphMemory> {
        self.memory.lock().unwrap()
    }

    /// What the server is configured with.
    pub(crate) fn settings(&self) -> GraphSettings {
        GraphSettings {
            name: "intune".to_owned(),
            tenant_id: Guid::parse(TENANT).unwrap(),
            client_id: Guid::parse(CLIENT).unwrap(),
            credential: Credential::Secret(SecretText::new(CLIENT_SECRET.to_owned())),
            graph_url: self.url.clone(),
            login_url: self.url.clone(),
            identity_url: IDENTITY_URL.to_owned(),
            devices_version: DevicesVersion::Beta,
            settle_seconds: 120,
            command_lifetime_seconds: 7 * 86_400,
            post_timeout_seconds: 45,
            corporate_android_reset: false,
            hide_blocked_actions: false,
            branding: false,
            features: portal_server::services::graph::actions().fold(ActionSet::NONE, ActionSet::with),
            certificates: None,
        }
    }

    pub(crate) fn fails(&self, call: &'static str, fault: GraphFault) {
        self.memory().faults.push((call, fault));
    }

    pub(crate) fn called(&self, beginning: &str) -> usize {
        self.memory().calls.iter().filter(|call| call.starts_with(beginning)).count()
    }

    /// How often a command was carried out.
    pub(crate) fn executed(&self, action: &str) -> usize {
        self.memory().executed.iter().filter(|one| one.action == action).count()
    }

    /// Whether everything said and asked satisfied Microsoft's description.
    pub(crate) fn assert_described(&self) {
        let mistakes = self.memory().mistakes.clone();
        assert!(mistakes.is_empty(), "{mistakes:#?}");
    }

    /// A device works on what it has: every result that is not over gets this state, and a passcode where one is due.
    pub(crate) fn devices_say(&self, state: &str) {
        let now = self.now_text(0);
        let mut memory = self.memory();
        let GraphMemory { results, devices, issued, .. } = &mut *memory;
        if state == "done" {
            // Nothing is left of them.
            let goes =
                |one: &Value| one["managementState"].as_str().is_some_and(|state| state.ends_with("Issued"));
            devices.retain(|one| !goes(one));
        }
        for (device, results) in results {
            let is = |system: &str| {
                devices.iter().any(|one| one["id"] == **device && one["operatingSystem"] == *system)
            };
            for result in results
                .iter_mut()
                .filter(|one| matches!(one["actionState"].as_str(), Some("pending" | "active" | "none")))
            {
                result["actionState"] = json!(state);
                result["lastUpdatedDateTime"] = json!(now);
                if state == "done" && is("Android") && result["actionName"] == "resetPasscode" {
                    *issued += 1;
                    result["passcode"] = json!(format!("{PASSCODE}{issued}"));
                }
                if state == "done" && is("macOS") && result["actionName"] == "remoteLock" {
                    *issued += 1;
                    result["unlockPin"] = json!(format!("{PIN}{issued}"));
                }
            }
        }
    }

    /// A PC of Ada's of which everything is kept ([`KEPT`]), and the key of [`MAC`].
    pub(crate) fn keep_secrets_of(&self, pc: &str) {
        let entra = "e17a0000-0000-4000-8000-000000000009";
        let mut device = iphone(pc, ADA);
        device["operatingSystem"] = json!("Windows");
        device["deviceEnrollmentType"] = json!("userEnrollment");
        device["azureADDeviceId"] = json!(entra);
        let mut memory = self.memory();
        memory.devices.push(device);
        memory.recovery_keys = vec![json!({
            "id": "4a7e0000-0000-4000-8000-00000000000a", "deviceId": entra, "volumeType": "operatingSystemVolume",
            "createdDateTime": "2026-11-20T08:00:00Z", "key": KEPT[0]
        })];
        let credential = json!({
            "accountName": "helper", "accountSid": "S-1-5-21-1-2-3-500", "backupDateTime": "2026-11-19T00:00:00Z",
            "passwordBase64": KEPT[2]
        });
        let administrators = json!({
            "id": entra, "deviceName": "PC", "lastBackupDateTime": "2026-11-19T00:00:00Z",
            "refreshDateTime": "2026-12-19T00:00:00Z", "credentials": [credential]
        });
        memory.administrators.insert(entra.to_owned(), administrators);
        memory.filevault_keys.insert(MAC.to_owned(), KEPT[3].to_owned());
    }

    /// The PIN that opens a Mac: that of the newest lock that is done.
    pub(crate) fn pin_in_force(&self, device: &str) -> Option<String> {
        let memory = self.memory();
        let results = memory.results.get(device)?;
        results.iter().rev().find_map(|one| one["unlockPin"].as_str().map(ToOwned::to_owned))
    }

    /// The passcode that is in force on a device: that of the newest reset that is done.
    pub(crate) fn passcode_in_force(&self, device: &str) -> Option<String> {
        let memory = self.memory();
        let results = memory.results.get(device)?;
        results.iter().rev().find_map(|one| one["passcode"].as_str().map(ToOwned::to_owned))
    }

    fn now_millis(&self, ahead: i64) -> i64 {
        self.clock.millis() + ahead
    }

    pub(crate) fn now_text(&self, ahead: i64) -> String {
        let text = UtcTime::from_unix_millis(self.now_millis(ahead)).to_rfc3339();
        let (seconds, fraction) =
            text.trim_end_matches('Z').split_once('.').unwrap_or((text.trim_end_matches('Z'), "0"));
        format!("{seconds}.{fraction:0<7}Z")
    }

    pub(crate) fn execute(&self, device: &str, action: &str) {
        let ahead = self.memory().clock_ahead_millis;
        let (now, at) = (self.now_text(ahead), self.clock.millis());
        let mut memory = self.memory();
        memory.executed.push(Executed { device: device.to_owned(), action: action.to_owned() });
        if matches!(action, "retire" | "wipe") {
            let mut found = memory.devices.iter_mut().filter(|one| one["id"] == *device);
            found.next().unwrap()["managementState"] = json!(format!("{action}Pending"));
            return;
        }
        let number = memory.executed.len();
        // A hundred nanoseconds tell two results of the same moment apart.
        let began = format!("{}{:02}Z", &now[..now.len() - 3], number % 100);
        let mut result = json!({
            "actionName": action, "actionState": "pending", "startDateTime": began, "lastUpdatedDateTime": now,
            "visibleFrom": at + memory.results_follow_millis
        });
        if action == "resetPasscode" {
            result["@odata.type"] = json!("#microsoft.graph.resetPasscodeActionResult");
            result["passcode"] = Value::Null;
            result["errorCode"] = json!(0);
        }
        let is_mac =
            memory.devices.iter().any(|one| one["id"] == *device && one["operatingSystem"] == "macOS");
        if action == "remoteLock" && is_mac {
            result["@odata.type"] = json!("#microsoft.graph.remoteLockActionResult");
            result["unlockPin"] = Value::Null;
        }
        memory.results.entry(device.to_owned()).or_default().push(result);
    }

    fn visible_results(&self, device: &str) -> Value {
        let now = self.clock.millis();
        let memory = self.memory();
        let results = memory.results.get(device).cloned().unwrap_or_default();
        let visible = results.into_iter().filter(|one| one["visibleFrom"].as_i64().unwrap_or(0) <= now);
        let shown = visible.map(|mut one| {
            one.as_object_mut().unwrap().remove("visibleFrom");
            one
        });
        shown.collect()
    }

    fn token(&self, body: &BTreeMap<String, String>) -> Reply {
        let mut memory = self.memory();
        memory.token_requests.push(body.clone());
        if let Some((status, text)) = memory.token_answer.clone() {
            return Reply { status, body: text, headers: Vec::new() };
        }
        let token = match &memory.roles {
            None => format!("opaque-{}", memory.token),
            Some(roles) => {
                let claims =
                    Base64UrlUnpadded::encode_string(json!({ "roles": roles }).to_string().as_bytes());
                format!("e30.{claims}.{}", memory.token)
            }
        };
        let body =
            json!({ "token_type": "Bearer", "access_token": token, "expires_in": memory.token_lifetime });
        Reply::json(200, &body)
    }

    fn page(&self, path: &str, query: &BTreeMap<String, String>, own: Option<&str>) -> Reply {
        let memory = self.memory();
        let filter = query.get("$filter").cloned().unwrap_or_default();
        let user = own.map(ToOwned::to_owned).or_else(|| {
            let quoted = filter.strip_prefix("userId eq '")?.strip_suffix('\'')?;
            (!memory.ignores_filter).then(|| quoted.to_owned())
        });
        let is_theirs = |one: &&Value| user.as_ref().is_none_or(|user| one["userId"] == **user);
        let all: Vec<Value> = memory.devices.iter().filter(is_theirs).cloned().collect();
        drop(memory);
        self.part(path, query, &all)
    }

    /// A page of a list.
    fn part(&self, path: &str, query: &BTreeMap<String, String>, all: &[Value]) -> Reply {
        let memory = self.memory();
        let skipped: usize = query.get("$skiptoken").map_or(0, |text| text.parse().unwrap());
        let limit = query.get("$top").map_or(memory.page, |text| text.parse().unwrap());
        let devices: Vec<Value> =
            all.iter().skip(skipped).take(limit).map(|one| select(one, query)).collect();
        let mut body = json!({ "@odata.context": "https://graph.example/$metadata", "value": devices });
        let next = skipped + devices.len();
        if let Some(elsewhere) = &memory.next_link {
            body["@odata.nextLink"] = json!(elsewhere);
        } else if next < all.len() && !query.contains_key("$top") {
            let mut more = form_urlencoded::Serializer::new(String::new());
            more.extend_pairs(query.iter().filter(|(name, _)| *name != "$skiptoken"));
            let more = more.append_pair("$skiptoken", &next.to_string()).finish();
            body["@odata.nextLink"] = json!(format!("{}{path}?{more}", self.url));
        }
        Reply::json(200, &body)
    }

    /// `PUT .../deviceCategory/$ref`.
    fn put_category(&self, device: &str, body: &[u8]) -> Reply {
        let body: Value = serde_json::from_slice(body).unwrap();
        let beginning = format!("{}/v1.0/deviceManagement/deviceCategories/", self.url);
        let wanted = body["@odata.id"].as_str().unwrap().strip_prefix(&beginning).unwrap_or_default();
        let mut memory = self.memory();
        let known = memory.categories.iter().find(|one| one["id"] == *wanted).cloned();
        let Some(known) = known else { return Reply::error(400, "BadRequest") };
        memory.executed.push(Executed { device: device.to_owned(), action: "setCategory".to_owned() });
        memory.category_of.insert(device.to_owned(), wanted.to_owned());
        let mut devices = memory.devices.iter_mut().filter(|one| one["id"] == *device);
        devices.next().unwrap()["deviceCategoryDisplayName"] = known["displayName"].clone();
        Reply { status: 204, body: String::new(), headers: Vec::new() }
    }

    fn carry_out(&self, method: &str, path: &str, query: &BTreeMap<String, String>, body: &[u8]) -> Reply {
        let parts: Vec<&str> = path.trim_start_matches('/').split('/').collect();
        match (method, parts.as_slice()) {
            ("GET", ["beta" | "v1.0", "users", user, "managedDevices"]) => {
                if self.memory().users_are_forbidden {
                    return Reply::error(403, "Forbidden");
                }
                self.page(path, query, Some(user))
            }
            ("GET", ["beta" | "v1.0", "deviceManagement", "managedDevices"]) => self.page(path, query, None),
            ("GET", ["beta" | "v1.0", "deviceManagement", "managedDevices", id]) => {
                let found = self.memory().devices.iter().find(|one| one["id"] == **id).cloned();
                let Some(mut device) = found else { return Reply::error(404, "UnknownError") };
                device["deviceActionResults"] = self.visible_results(id);
                Reply::json(200, &select(&device, query))
            }
            ("GET", ["v1.0", "deviceManagement", "managedDevices", id, "deviceCompliancePolicyStates"]) => {
                let memory = self.memory();
                let mut all = memory.policies.get(*id).cloned().unwrap_or_default();
                if memory.lists_no_settings {
                    all.iter_mut().for_each(|one| one["settingStates"] = json!([]));
                }
                Reply::json(200, &json!({ "value": all }))
            }
            (
                "GET",
                ["v1.0", "deviceManagement", "managedDevices", id, "deviceCompliancePolicyStates", policy],
            ) => {
                let all = self.memory().policies.get(*id).cloned().unwrap_or_default();
                let found = all.into_iter().find(|one| one["id"] == **policy);
                found.map_or_else(|| Reply::error(404, "UnknownError"), |one| Reply::json(200, &one))
            }
            ("GET", ["beta", "deviceManagement", "intuneBrandingProfiles"]) => {
                let all = self.memory().branding_profiles.clone();
                let all: Vec<Value> = all.iter().map(|one| select(one, query)).collect();
                Reply::json(200, &json!({ "value": all }))
            }
            ("GET", ["v1.0", "informationProtection", "bitlocker", "recoveryKeys"]) => {
                let memory = self.memory();
                let filter = query.get("$filter").cloned().unwrap_or_default();
                let wanted = filter.trim_start_matches("deviceId eq '").trim_end_matches('\'');
                let is_wanted = |one: &&Value| memory.ignores_filter || one["deviceId"] == *wanted;
                let keys = memory.recovery_keys.iter().filter(is_wanted).cloned().map(|mut one| {
                    one.as_object_mut().unwrap().remove("key");
                    one
                });
                Reply::json(200, &json!({ "value": keys.collect::<Vec<Value>>() }))
            }
            ("GET", ["v1.0", "informationProtection", "bitlocker", "recoveryKeys", id]) => {
                let found = self.memory().recovery_keys.iter().find(|one| one["id"] == **id).cloned();
                found.map_or_else(
                    || Reply::error(404, "UnknownError"),
                    |one| Reply::json(200, &select(&one, query)),
                )
            }
            ("GET", ["v1.0", "directory", "deviceLocalCredentials", id]) => {
                let found = self.memory().administrators.get(*id).cloned();
                found.map_or_else(
                    || Reply::error(404, "UnknownError"),
                    |one| Reply::json(200, &select(&one, query)),
                )
            }
            ("GET", ["beta", "deviceManagement", "managedDevices", id, "getFileVaultKey()"]) => {
                Reply::json(200, &json!({ "value": self.memory().filevault_keys.get(*id) }))
            }
            ("GET", ["beta", "deviceManagement", "managedDevices", id, "detectedApps"]) => {
                let all = self.memory().apps.get(*id).cloned().unwrap_or_default();
                self.part(path, query, &all)
            }
            ("GET", ["v1.0", "deviceManagement", "deviceCategories"]) => {
                let all = self.memory().categories.clone();
                let all: Vec<Value> = all.iter().map(|one| select(one, query)).collect();
                Reply::json(200, &json!({ "value": all }))
            }
            ("GET", ["v1.0", "deviceManagement", "managedDevices", id, "deviceCategory"]) => {
                let nobody = "00000000-0000-0000-0000-000000000000";
                let id = self.memory().category_of.get(*id).cloned();
                Reply::json(200, &select(&category(id.as_deref().unwrap_or(nobody), "Unknown"), query))
            }
            ("PUT", ["v1.0", "deviceManagement", "managedDevices", id, "deviceCategory", "$ref"]) => {
                if !self.memory().devices.iter().any(|one| one["id"] == **id) {
                    return Reply::error(404, "UnknownError");
                }
                self.put_category(id, body)
            }
            ("POST", ["v1.0", "deviceManagement", "managedDevices", id, action]) => {
                if !self.memory().devices.iter().any(|one| one["id"] == **id) {
                    return Reply::error(404, "UnknownError");
                }
                self.execute(id, action);
                Reply { status: 204, body: String::new(), headers: Vec::new() }
            }
            _ => Reply::error(400, "No method match route template"),
        }
    }
}

/// Only what was asked for.
fn select(device: &Value, query: &BTreeMap<String, String>) -> Value {
    let Some(select) = query.get("$select") else { return device.clone() };
    let names: Vec<&str> = select.split(',').collect();
    let whole = device.as_object().unwrap().iter();
    whole
        .filter(|(name, _)| names.contains(&name.as_str()))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect()
}

struct Reply {
    status: u16,
    body: String,
    headers: Vec<(&'static str, String)>,
}

impl Reply {
    fn json(status: u16, body: &Value) -> Self {
        Self { status, body: body.to_string(), headers: Vec::new() }
    }

    fn error(status: u16, code: &str) -> Self {
        Self { status, body: error_body(code, ""), headers: Vec::new() }
    }
}

fn pairs(text: &str) -> Vec<(String, String)> {
    form_urlencoded::parse(text.as_bytes()).into_owned().collect()
}

/// What it answers to any request.
pub(crate) async fn answer(State(graph): State<SimulatedGraph>, request: Request) -> Response {
    let (head, sent) = request.into_parts();
    let sent = axum::body::to_bytes(sent, 1 << 20).await.unwrap();
    let method = head.method.as_str().to_owned();
    let path = head.uri.path().to_owned();
    let listed = pairs(head.uri.query().unwrap_or_default());
    let query: BTreeMap<String, String> = listed.iter().cloned().collect();
    let is_token = path.ends_with("/token");
    if is_token {
        let mut asked: BTreeMap<String, String> =
            pairs(std::str::from_utf8(&sent).unwrap()).into_iter().collect();
        asked.extend(query);
        asked.insert("path".to_owned(), path);
        if let Some(metadata) = head.headers.get("metadata") {
            asked.insert("Metadata".to_owned(), metadata.to_str().unwrap().to_owned());
        }
        return said(&graph, graph.token(&asked));
    }
    let call = format!("{method} {}", head.uri.path_and_query().unwrap());
    let described: Vec<(String, String)> =
        listed.into_iter().filter(|(name, _)| name != "$skiptoken").collect();
    let mut mistakes = schemas().map_or_else(Vec::new, |all| all.request(&method, &path, &described, &sent));
    let (fault, is_token_good) = {
        let mut memory = graph.memory();
        memory.calls.push(call.clone());
        memory.headers = head.headers.clone();
        let place = memory.faults.iter().position(|(begin, _)| call.starts_with(begin));
        let fault = place.map(|place| memory.faults.remove(place).1);
        let shown =
            head.headers.get("authorization").and_then(|value| value.to_str().ok()).unwrap_or_default();
        let is_good = (memory.takes_any_token && shown.starts_with("Bearer "))
            || shown.ends_with(&format!("-{}", memory.token))
            || shown.ends_with(&format!(".{}", memory.token));
        (fault, is_good)
    };
    let reply = if !is_token_good {
        Reply::error(401, "InvalidAuthenticationToken")
    } else {
        match fault {
            None => graph.carry_out(&method, &path, &query, &sent),
            Some(GraphFault::Silent { is_done }) => {
                if is_done {
                    graph.carry_out(&method, &path, &query, &sent);
                }
                std::future::pending::<()>().await;
                Reply::error(500, "never")
            }
            Some(GraphFault::Cut { is_done }) => {
                if is_done {
                    graph.carry_out(&method, &path, &query, &sent);
                }
                let broken = futures_util::stream::iter([Ok("{\"bro"), Err(std::io::Error::other("cut"))]);
                let response = Response::builder().status(if method == "GET" { 200 } else { 500 });
                return response.body(Body::from_stream(broken)).unwrap();
            }
            Some(GraphFault::Says { status, headers, body, is_done }) => {
                if is_done {
                    graph.carry_out(&method, &path, &query, &sent);
                }
                Reply { status, body, headers }
            }
        }
    };
    let is_graphs_own = serde_json::from_str::<Value>(&reply.body).is_ok() || reply.status == 204;
    if let Some(all) = schemas().filter(|_| is_graphs_own && mistakes.is_empty()) {
        mistakes.extend(all.answer(&method, &path, reply.status, reply.body.as_bytes()));
    }
    graph.memory().mistakes.extend(mistakes);
    said(&graph, reply)
}

fn said(graph: &SimulatedGraph, reply: Reply) -> Response {
    let ahead = graph.memory().clock_ahead_millis;
    let now = Duration::from_millis(u64::try_from(graph.now_millis(ahead)).unwrap());
    let mut response = Response::builder()
        .status(reply.status)
        .header("content-type", "application/json")
        .header("date", httpdate::fmt_http_date(UNIX_EPOCH + now))
        .header("request-id", "2aa2945d-18d1-40e8-8d3c-000000000001");
    for (name, value) in reply.headers {
        response = response.header(name, value);
    }
    response.body(Body::from(reply.body)).unwrap()
}
