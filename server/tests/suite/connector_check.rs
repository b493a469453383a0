//! `portal-server connector check`: a connector that keeps the rules passes, and each of many that break one is told that one.

use crate::support::connector::TOKEN;
use crate::support::{Sample, TestClock};
use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::Request;
use axum::http::{HeaderValue, Method, StatusCode};
use axum::middleware::{Next, from_fn};
use axum::response::Response;
use portal_contract::SecretText;
use portal_server::services::http::{Authorization, HttpServiceSettings, Line, Plan, Rule, Verdict, check};
use portal_server::system::SystemRandomness;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// An exchange with the sample, as a spoiler sees it.
struct Exchange {
    method: Method,
    /// Under `/v1`, without the query.
    path: String,
    sent: Value,
    status: u16,
    told: Value,
    /// How many calls of this method and path there were before.
    before: usize,
    /// A passcode that was sent some time.
    passcode: Option<String>,
    /// Whether the command was to show a key.
    is_of_key: bool,
    /// A key that was told some time.
    key: Option<String>,
    is_text: bool,
    is_stored: bool,
}

impl Exchange {
    fn is(&self, method: Method, begin: &str) -> bool {
        self.method == method && self.path.starts_with(begin)
    }

    fn says(&mut self, status: u16, told: Value) {
        (self.status, self.told) = (status, told);
    }

    /// A new command, although there is none.
    fn takes(&mut self) {
        let id = self.path.trim_start_matches("/commands/").to_owned();
        self.says(201, json!({ "id": id, "state": "pending", "updatedDateTime": "2026-01-01T00:00:00Z" }));
    }
}

/// What a connector does wrong, and the one rule that it breaks.
type Flaw = (&'static str, &'static str, Rule, fn(&mut Exchange));

const FLAWS: &[Flaw] = &[
    ("speaks another version", "portal", Rule::SaysWhatItCanDo, |one| {
        if one.path == "/capabilities" && one.status == 200 {
            one.told["contract"] = json!("2");
        }
    }),
    ("says a word nobody knows", "portal", Rule::SaysWhatItCanDo, |one| {
        if one.path == "/capabilities" && one.status == 200 {
            one.told["passcodeFrom"] = json!("moon");
        }
    }),
    ("answers anybody", "portal", Rule::AnswersThePortalOnly, |one| {
        if one.status == 401 {
            one.says(200, json!({}));
        }
    }),
    ("writes errors as text", "portal", Rule::ErrorsAreProblems, |one| one.is_text = one.status >= 400),
    ("has a code of its own for 404", "portal", Rule::NeverArrivedIsNotFound, |one| {
        if one.path.starts_with("/commands/") && one.status == 404 {
            one.told["code"] = json!("noSuchCommand");
        }
    }),
    ("does not know people without devices", "portal", Rule::UnknownPersonHasNoDevices, |one| {
        if one.path.starts_with("/people/check-") && one.path.ends_with("/devices") {
            one.says(404, json!({ "status": 404, "code": "notFound" }));
        }
    }),
    ("forgets where a page ends", "portal", Rule::PagesAreOneList, |one| {
        if one.path == "/people/p-aiko/devices"
            && one.told["devices"].as_array().is_some_and(|all| all.len() == 1)
        {
            one.told.as_object_mut().unwrap().remove("nextAfter");
        }
    }),
    ("has a word of its own for a device", "portal", Rule::DevicesCanBeRead, |one| {
        if one.path == "/people/p-aiko/devices" && one.told["devices"][1].is_object() {
            one.told["devices"][1]["managementAgent"] = json!("pigeon");
        }
    }),
    ("shows a device to anybody", "portal", Rule::DevicesAreTheirPersons, |one| {
        if one.path.starts_with("/people/check-") && one.path.ends_with("/does-it") {
            one.says(200, json!({ "id": "does-it" }));
        }
    }),
    ("takes a command for no device", "portal", Rule::UnknownDeviceIsRefused, |one| {
        if one.status == 422 && one.sent["action"] == "resetPasscode" && one.told["code"] == "deviceRejected"
        {
            one.takes();
        }
    }),
    ("runs what has expired", "portal", Rule::ExpiredIsRefused, |one| {
        if one.status == 422 && one.told["code"] == "commandExpired" {
            one.takes();
        }
    }),
    ("takes another body under the same name", "portal", Rule::SameTwiceIsOne, |one| {
        if one.status == 409 {
            one.takes();
            one.status = 200;
        }
    }),
    ("runs twice what comes twice at once", "portal", Rule::TwoAtOnceAreOne, |one| {
        if one.is(Method::PUT, "/commands/") && one.status == 200 && one.before < 2 {
            one.status = 201;
        }
    }),
    ("says 404 for what it has lost", "portal", Rule::ArrivedIsNeverNotFound, |one| {
        if one.is(Method::GET, "/commands/") && one.told["state"] == "active" {
            one.says(404, json!({ "status": 404, "code": "notFound" }));
        }
    }),
    ("goes back in state", "portal", Rule::StatesGoForward, |one| {
        if one.is(Method::GET, "/commands/") && one.told["state"] == "done" && one.before < 3 {
            one.told["state"] = json!("pending");
        }
    }),
    ("changes an ending", "portal", Rule::StatesGoForward, |one| {
        if one.is(Method::GET, "/commands/") && one.told["state"] == "done" && one.before == 3 {
            one.told["state"] = json!("failed");
        }
    }),
    ("forgets ids when a command is over", "portal", Rule::EndedIsRemembered, |one| {
        if one.is(Method::PUT, "/commands/") && one.told["state"] == "done" {
            one.takes();
        }
    }),
    ("cancels what is done", "portal", Rule::EndedIsRemembered, |one| {
        if one.path.ends_with("/cancel") && one.status == 200 {
            one.told["state"] = json!("canceled");
        }
    }),
    ("makes another passcode each time", "service", Rule::PasscodeIsRepeatable, |one| {
        if !one.is_of_key && one.path.ends_with("/passcode") && one.status == 200 {
            one.told["passcode"] = json!(format!("4815162{}", one.before));
        }
    }),
    ("lets a passcode be stored on the way", "service", Rule::PasscodeIsRepeatable, |one| {
        one.is_stored = !one.is_of_key;
    }),
    ("has two categories of one name", "portal", Rule::CategoriesCanBeRead, |one| {
        if one.path == "/categories" && one.status == 200 {
            one.told["categories"][1]["id"] = one.told["categories"][0]["id"].clone();
        }
    }),
    ("has a category without a name", "portal", Rule::CategoriesCanBeRead, |one| {
        if one.path == "/categories" && one.status == 200 {
            one.told["categories"][1]["displayName"] = json!("");
        }
    }),
    ("puts a device into no category", "portal", Rule::UnknownCategoryIsRefused, |one| {
        if one.sent["action"] == "setCategory" && one.status == 422 {
            one.takes();
        }
    }),
    ("shows anybody which rules a device does not meet", "portal", Rule::ComplianceCanBeRead, |one| {
        if one.path.ends_with("/compliance") && one.status == 404 {
            one.says(200, json!({ "failingRules": [] }));
        }
    }),
    ("has a rule without words", "portal", Rule::ComplianceCanBeRead, |one| {
        if one.path.ends_with("/compliance") && one.status == 200 {
            one.told["failingRules"] = json!([{ "detail": "16 or later is required." }]);
        }
    }),
    ("has a word of its own for an application", "portal", Rule::AppsCanBeRead, |one| {
        if one.path.ends_with("/apps") && one.status == 200 {
            one.told["apps"][0]["state"] = json!("purple");
        }
    }),
    ("shows anybody the applications of a device", "portal", Rule::AppsCanBeRead, |one| {
        if one.path.ends_with("/apps") && one.status == 404 {
            one.says(200, json!({ "apps": [] }));
        }
    }),
    ("lets a key be stored on the way", "portal", Rule::KeyIsToldAsASecret, |one| {
        one.is_stored = one.is_of_key;
    }),
    ("makes another key each time", "portal", Rule::KeyIsToldAsASecret, |one| {
        if one.path.ends_with("/passcode") && one.status == 200 {
            one.told["passcode"] = json!(format!("1234567{}", one.before));
        }
    }),
    ("tells a key with its command", "portal", Rule::NoPasscodeElsewhere, |one| {
        if one.is_of_key && one.told["state"] == "done" {
            one.told["note"] = json!(one.key);
        }
    }),
    ("tells our passcode with the command", "portal", Rule::NoPasscodeElsewhere, |one| {
        if one.is(Method::GET, "/commands/") && one.status == 200 {
            one.told["passcode"] = json!(one.passcode);
        }
    }),
    ("tells our passcode in an error", "portal", Rule::NoPasscodeElsewhere, |one| {
        if one.status == 422 {
            one.told["detail"] = json!(format!("cannot set {}", one.sent["passcode"]));
        }
    }),
];

#[derive(Default)]
struct Seen {
    calls: Vec<String>,
    passcode: Option<String>,
    keys: Vec<String>,
    key: Option<String>,
}

async fn spoiled(request: Request, next: Next, spoil: fn(&mut Exchange), seen: Arc<Mutex<Seen>>) -> Response {
    let (head, body) = request.into_parts();
    let sent = to_bytes(body, 1 << 20).await.unwrap();
    let path = head.uri.path().trim_start_matches("/v1").to_owned();
    let method = head.method.clone();
    let call = format!("{method} {path}");
    let sent_value: Value = serde_json::from_slice(&sent).unwrap_or_default();
    let id = path.split('/').nth(2).unwrap_or_default().to_owned();
    let (before, passcode, is_of_key) = {
        let mut seen = seen.lock().unwrap();
        let before = seen.calls.iter().filter(|one| **one == call).count();
        seen.calls.push(call);
        if let Some(passcode) = sent_value["passcode"].as_str() {
            seen.passcode = Some(passcode.to_owned());
        }
        if sent_value["action"].as_str().is_some_and(|action| action.starts_with("show")) {
            seen.keys.push(id.clone());
        }
        (before, seen.passcode.clone(), seen.keys.contains(&id))
    };
    let response = next.run(Request::from_parts(head, Body::from(sent))).await;
    let (mut head, body) = response.into_parts();
    let told: Bytes = to_bytes(body, 1 << 20).await.unwrap();
    let told: Value = serde_json::from_slice(&told).unwrap();
    let key = {
        let mut seen = seen.lock().unwrap();
        if is_of_key && let Some(key) = told["passcode"].as_str() {
            seen.key = Some(key.to_owned());
        }
        seen.key.clone()
    };
    let mut exchange = Exchange {
        method,
        path,
        sent: sent_value,
        status: head.status.as_u16(),
        told,
        before,
        passcode,
        is_of_key,
        key,
        is_text: false,
        is_stored: false,
    };
    spoil(&mut exchange);
    let media = match (exchange.is_text, exchange.status >= 400) {
        (true, _) => "text/plain",
        (false, true) => "application/problem+json",
        (false, false) => "application/json",
    };
    head.status = StatusCode::from_u16(exchange.status).unwrap();
    head.headers.insert("content-type", HeaderValue::from_static(media));
    head.headers.remove("content-length");
    if exchange.is_stored {
        head.headers.remove("cache-control");
    }
    Response::from_parts(head, Body::from(exchange.told.to_string()))
}

/// A sample that is spoiled, whose devices take a step whenever they are asked about.
async fn sample(source: &str, spoil: fn(&mut Exchange)) -> Sample {
    let clock = Arc::new(TestClock::new());
    let (seen, ticking) = (Arc::new(Mutex::new(Seen::default())), Arc::clone(&clock));
    Sample::behind(source, &clock, move |router: Router| {
        router.layer(from_fn(move |request: Request, next: Next| {
            let is_question =
                request.method() == Method::GET && request.uri().path().starts_with("/v1/commands/");
            if is_question {
                ticking.advance(5);
            }
            spoiled(request, next, spoil, Arc::clone(&seen))
        }))
    })
    .await
}

async fn checked(sample: &Sample, plan: &Plan) -> Vec<Line> {
    let settings = HttpServiceSettings {
        name: "mdm".to_owned(),
        url: sample.url.clone(),
        authorization: Authorization::Bearer(SecretText::new(TOKEN.to_owned())),
        certificates: None,
        webhook_secrets: Vec::new(),
    };
    check(&settings, plan, Arc::new(TestClock::new()), Arc::new(SystemRandomness)).await.unwrap()
}

fn plan(really_reset: bool) -> Plan {
    Plan {
        person: Some("p-aiko".to_owned()),
        device: Some("does-it".to_owned()),
        really_reset,
        patience: Duration::from_secs(2),
        between: Some(Duration::ZERO),
        ..Plan::default()
    }
}

fn of(lines: &[Line], is_one: fn(&Verdict) -> bool) -> Vec<Rule> {
    lines.iter().filter(|line| is_one(&line.verdict)).map(|line| line.what).collect()
}

fn wrong(lines: &[Line]) -> Vec<Rule> {
    of(lines, |verdict| matches!(verdict, Verdict::Wrong(_)))
}

fn skipped(lines: &[Line]) -> Vec<Rule> {
    of(lines, |verdict| matches!(verdict, Verdict::Skipped(_)))
}

#[tokio::test]
async fn a_connector_that_breaks_a_rule_is_told_that_one_and_no_other() {
    for (name, source, rule, spoil) in FLAWS {
        let sample = sample(source, *spoil).await;
        let lines = checked(&sample, &plan(true)).await;
        assert_eq!(wrong(&lines), [*rule], "{name}: {lines:?}");
    }
    let covered: BTreeSet<Rule> = FLAWS.iter().map(|(_, _, rule, _)| *rule).collect();
    let rest: Vec<&Rule> = Rule::ALL.iter().filter(|rule| !covered.contains(rule)).collect();
    assert_eq!(rest, [&Rule::RememberedAfterRestart], "has a test of its own");
}

#[tokio::test]
async fn a_connector_that_keeps_the_rules_passes_and_without_the_flag_nothing_is_reset() {
    for source in ["portal", "service"] {
        let sample = sample(source, |_| {}).await;
        let lines = checked(&sample, &Plan { patience: Duration::from_secs(2), ..Plan::default() }).await;
        assert_eq!(wrong(&lines), [], "{lines:?}");
        assert!(sample.handed_over.lock().unwrap().is_empty(), "without a person nothing is commanded");
        assert!(lines.iter().map(|line| line.what).eq(Rule::ALL.iter().copied()), "a line for each rule");

        let lines = checked(&sample, &plan(false)).await;
        assert_eq!(wrong(&lines), [], "{lines:?}");
        let flagged = [Rule::PasscodeIsRepeatable, Rule::KeyIsToldAsASecret, Rule::RememberedAfterRestart];
        assert_eq!(skipped(&lines), flagged);
        let commands = std::fs::read_to_string(sample.folder.path().join("commands.json")).unwrap();
        assert!(commands.contains("syncDevice") && !commands.contains("resetPasscode"), "{commands}");

        let lines = checked(&sample, &plan(true)).await;
        assert_eq!(wrong(&lines), [], "{lines:?}");
        let expected: &[Rule] = match source {
            "service" => &[Rule::RememberedAfterRestart],
            _ => &[Rule::PasscodeIsRepeatable, Rule::RememberedAfterRestart],
        };
        assert_eq!(skipped(&lines), expected);
        let handed_over = sample.handed_over.lock().unwrap().clone();
        assert_eq!(handed_over.len(), 3, "one check-in, one reset and one key: {handed_over:?}");

        for (id, is_known) in [(handed_over[0].0.as_str(), true), ("check-never", false)] {
            let plan = Plan { remembered: Some(id.to_owned()), ..Plan::default() };
            let expected: &[Rule] = if is_known { &[] } else { &[Rule::RememberedAfterRestart] };
            assert_eq!(wrong(&checked(&sample, &plan).await), expected, "{id}");
        }
    }
}

#[tokio::test]
async fn a_device_that_is_not_done_in_time_is_no_fault_and_a_connector_that_is_not_there_is_said_so() {
    let sample = sample("portal", |_| {}).await;
    let plan =
        Plan { device: Some("is-silent".to_owned()), patience: Duration::from_millis(50), ..plan(false) };
    let lines = checked(&sample, &plan).await;
    assert_eq!(wrong(&lines), [], "{lines:?}");
    assert!(skipped(&lines).contains(&Rule::StatesGoForward));
    let mut nowhere = sample;
    nowhere.url = "http://127.0.0.1:1/v1".to_owned();
    assert_eq!(wrong(&checked(&nowhere, &plan).await), [Rule::SaysWhatItCanDo]);
}

#[tokio::test]
async fn the_program_says_a_line_for_each_rule_and_its_exit_code_says_whether_all_is_well() {
    let broken: fn(&mut Exchange) = |one| one.is_text = one.status >= 400;
    for (spoil, expected) in [((|_| {}) as fn(&mut Exchange), 0), (broken, 1)] {
        let sample = sample("portal", spoil).await;
        let token = sample.folder.path().join("token");
        let url = sample.url.clone();
        let run = move || {
            let program = Command::new(env!("CARGO_BIN_EXE_portal-server"))
                .args(["connector", "check", "--url", &url, "--token-file"])
                .arg(token)
                .output();
            program.unwrap()
        };
        let output = tokio::task::spawn_blocking(run).await.unwrap();
        let (said, complaints) =
            (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
        assert_eq!(output.status.code(), Some(expected), "{said}{complaints}");
        assert_eq!(said.lines().count(), Rule::ALL.len(), "{said}");
        assert_eq!(said.contains("WRONG    errors are problem documents"), expected == 1, "{said}");
        assert!(!said.contains(TOKEN), "{said}");
    }
    let mistake = Command::new(env!("CARGO_BIN_EXE_portal-server"))
        .args(["connector", "check", "--url", "http://mdm.example/v1", "--token-file", "nowhere"])
        .output()
        .unwrap();
    assert_eq!(mistake.status.code(), Some(2), "{mistake:?}");
}
