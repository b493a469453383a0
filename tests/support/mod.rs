//! What the tests of the rules share: moments, devices and answers.
#![allow(dead_code, unreachable_pub, reason = "each test binary uses a part of it")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "test code: a wrong fixture shall fail loudly")]
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::wildcard_enum_match_arm,
    reason = "test code"
)]

use passcode_portal::domain::{
    Device, DeviceId, FreshSignIn, IdempotencyKey, Milliseconds, Now, Seconds, SignInAge,
};
use passcode_portal::http::HttpAnswer;
use portal_contract::{ManagedDevice, UtcTime};
use serde_json::{Value, json};
use std::sync::Arc;

/// Where the computer's clock stands when a test begins: a year behind the server's.
pub const WALL: i64 = 1_768_000_000;
/// Where the server's clock stands when a test begins.
pub const SERVER: i64 = 1_800_000_000;

/// So many seconds after the test began, on both clocks.
pub const fn at(seconds: i64) -> Now {
    Now { monotonic: Milliseconds(seconds * 1000), wall: UtcTime::from_unix_seconds(WALL + seconds) }
}

pub fn id(text: &str) -> DeviceId {
    DeviceId::parse(text).unwrap()
}

pub fn key() -> IdempotencyKey {
    IdempotencyKey::from_random([7; 16])
}

/// A proof of a sign-in that was so old when the test began.
pub fn proof(age: i64) -> FreshSignIn {
    FreshSignIn::prove(SignInAge { at_receipt: Seconds(age), received: at(0) }, at(0)).unwrap()
}

/// A device as the API writes it: an Android phone whose passcode may be reset.
pub fn device_json(id: &str) -> Value {
    json!({
        "id": id, "deviceName": format!("Phone {id}"), "managedDeviceName": "",
        "operatingSystem": "Android", "osVersion": "6.0", "manufacturer": "Contoso", "model": "One",
        "serialNumber": "S-1", "managedDeviceOwnerType": "company", "deviceEnrollmentType": "userEnrollment",
        "managementAgent": "mdm", "complianceState": "compliant",
        "complianceGracePeriodExpirationDateTime": "0001-01-01T00:00:00Z",
        "lastSyncDateTime": "2027-01-15T07:59:00.1234567Z", "enrolledDateTime": "2026-01-01T00:00:00Z",
        "deviceActionResults": [],
        "actions": { "resetPasscode": { "allowed": true,
            "outcome": { "kind": "temporaryPasscode", "characterSet": "lettersAndDigits" } } }
    })
}

/// The same with these runs of the reset, newest first: (id, state, error code, age in seconds).
pub fn device_json_with(id: &str, runs: &[(&str, &str, Option<&str>, i64)]) -> Value {
    let mut device = device_json(id);
    device["deviceActionResults"] = runs
        .iter()
        .map(|(run, state, code, age)| run_json(run, state, *code, *age))
        .collect::<Vec<_>>()
        .into();
    device
}

pub fn run_json(run: &str, state: &str, code: Option<&str>, age: i64) -> Value {
    let moment = rfc3339(SERVER - age);
    let mut result = json!({
        "id": run, "actionName": "resetPasscode", "actionState": state,
        "startDateTime": moment, "lastUpdatedDateTime": moment
    });
    if let Some(code) = code {
        result["errorCode"] = code.into();
    }
    result
}

pub fn rfc3339(seconds: i64) -> String {
    time::OffsetDateTime::from_unix_timestamp(seconds)
        .map(|t| {
            format!(
                "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z",
                t.year(),
                u8::from(t.month()),
                t.day(),
                t.hour(),
                t.minute(),
                t.second()
            )
        })
        .unwrap()
}

pub fn device_of(json: Value) -> Arc<Device> {
    let wire: ManagedDevice = serde_json::from_value(json).unwrap();
    Arc::new(Device::from_contract(wire).unwrap())
}

pub fn answer(status: u16, body: &Value) -> HttpAnswer {
    HttpAnswer {
        status,
        headers: vec![("content-type".to_owned(), "application/json".to_owned())],
        body: body.to_string(),
    }
}

pub fn problem(status: u16, code: &str) -> HttpAnswer {
    let body =
        json!({ "type": "about:blank", "title": "x", "status": status, "code": code, "requestId": "req-1" });
    answer(status, &body)
}

pub fn with_header(mut answer: HttpAnswer, name: &str, value: &str) -> HttpAnswer {
    answer.headers.push((name.to_owned(), value.to_owned()));
    answer
}

pub mod browser;
