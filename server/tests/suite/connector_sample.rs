//! The sample connector (`server/examples/connector.rs`): it keeps the rules, and the portal's own tests run on it too.

use crate::crash_points::StopAt;
use crate::support::connector::TOKEN;
use crate::support::sample::{self, FollowedClock};
use crate::support::{Sample, TestClock, TestServer};
use axum::extract::Request;
use axum::http::StatusCode;
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse as _, Response};
use portal_contract::{CharacterSet, FailureCode, SecretText, UtcTime};
use portal_server::composition::{Environment, Server};
use portal_server::domain::action::{Action, Lock};
use portal_server::domain::ids::{DeviceId, ResultId};
use portal_server::domain::person::PersonId;
use portal_server::domain::policy::Reset;
use portal_server::ports::{
    CancelAnswer, CrashPoint, DeviceService as _, PageRequest, RunKey, ServiceError, StartAnswer, StartRun,
    StatusAnswer,
};
use portal_server::services::http::{Authorization, HttpService, HttpServiceSettings};
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

const BUSY: ServiceError = ServiceError::Busy { retry_after_millis: None };
const PASSCODE: &str = "h4ndm4de";

fn aiko() -> PersonId {
    PersonId::new("p-aiko".to_owned())
}

fn service(url: &str, token: &str, clock: &Arc<TestClock>) -> HttpService {
    let settings = HttpServiceSettings {
        name: "mdm".to_owned(),
        url: url.to_owned(),
        authorization: Authorization::Bearer(SecretText::new(token.to_owned())),
        certificates: None,
        webhook_secrets: Vec::new(),
    };
    HttpService::new(&settings, clock.clone()).unwrap()
}

fn reset(id: &str, device: &DeviceId) -> StartRun {
    let run = RunKey {
        id: ResultId::trusted(id.to_owned()),
        device: device.clone(),
        action: Action::ResetPasscode(Reset::Temporary(CharacterSet::LettersAndDigits)),
        person: aiko(),
        started: UtcTime::from_unix_seconds(1_750_000_000),
        expires: UtcTime::from_unix_seconds(4_000_000_000),
        external: None,
    };
    StartRun { run, secret: Some(SecretText::new(PASSCODE.to_owned())) }
}

#[tokio::test]
async fn the_sample_connector_keeps_what_the_document_asks_for() {
    let clock = Arc::new(TestClock::new());
    let sample = Sample::start("portal", &clock).await;
    let (first, stranger) = (service(&sample.url, TOKEN, &clock), service(&sample.url, "another", &clock));
    let page = PageRequest { size: 1, after: None };
    assert_eq!(stranger.devices_of(&aiko(), &page).await, Err(BUSY), "another token");
    let one = first.devices_of(&aiko(), &page).await.unwrap();
    assert_eq!((one.devices.len(), one.next_after.as_ref()), (1, Some(&one.devices[0].id)));
    let rest = PageRequest { size: 100, after: one.next_after };
    let rest = first.devices_of(&aiko(), &rest).await.unwrap();
    assert_eq!((rest.devices.len(), rest.next_after), (6, None));
    let device = one.devices[0].id.clone();
    assert_eq!(first.device(&PersonId::new("p-ben".to_owned()), &device).await, Ok(None));
    assert!(first.device(&aiko(), &device).await.unwrap().is_some());

    let start = reset("r-1", &device);
    assert_eq!(first.status(&start.run).await, Ok(StatusAnswer::NeverReceived));
    for _ in 0..2 {
        assert_eq!(first.start(&start).await, Ok(StartAnswer::Accepted(None)));
    }
    let other = StartRun {
        run: RunKey { action: Action::RemoteLock(Lock::Screen), ..start.run.clone() },
        secret: None,
    };
    let refused = Ok(StartAnswer::Rejected(FailureCode::BackEndFault));
    assert_eq!(first.start(&other).await, refused, "the same identifier, another body");
    let over = RunKey { expires: UtcTime::from_unix_seconds(1), ..reset("r-2", &device).run };
    let over = first.start(&StartRun { run: over, secret: None }).await;
    assert_eq!(over, Ok(StartAnswer::Rejected(FailureCode::CommandExpired)));
    assert_eq!(*sample.handed_over.lock().unwrap(), [("r-1".to_owned(), Some(PASSCODE.to_owned()))]);

    let file = sample.folder.path().join("commands.json");
    let again = sample::router(file.clone(), "portal", &FollowedClock::new(&clock), &sample.handed_over);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let again_url = format!("http://{}/v1", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, again).await.unwrap() });
    let again = service(&again_url, TOKEN, &clock);
    let known = again.status(&start.run).await.unwrap();
    assert!(matches!(known, StatusAnswer::Known(_)), "started again it remembers: {known:?}");
    assert_eq!(again.cancel(&reset("r-never", &device).run).await, Ok(CancelAnswer::TooLate));
    let kept = std::fs::read_to_string(&file).unwrap();
    assert!(kept.contains("r-1") && !kept.contains(PASSCODE), "{kept}");
}

async fn act(server: &TestServer, device: &str, action: &str) -> Value {
    act_with(server, device, action, "").await
}

async fn act_with(server: &TestServer, device: &str, action: &str, body: &str) -> Value {
    let authorization = format!("Bearer {}", server.token("p-aiko", 60));
    let path = match action {
        "resetPasscode" => format!("/api/v1.0/me/managedDevices/{device}/resetPasscode"),
        _ => format!("/api/v1.0/me/managedDevices/{device}/actions/{action}"),
    };
    let key = format!("{device}-{action}");
    let headers = [("authorization", authorization.as_str()), ("idempotency-key", &key)];
    let answer = server.call_with_body("POST", &path, &headers, body).await;
    assert_eq!(answer.status.as_u16(), 202, "{device} {action}: {}", answer.code());
    answer.json()
}

#[tokio::test]
async fn a_mac_of_a_connector_is_locked_with_a_pin_that_its_person_is_shown() {
    let clock = Arc::new(TestClock::new());
    let sample = Sample::start("portal", &clock).await;
    let server = sample.portal().await;
    let started = act(&server, "mac", "remoteLock").await;
    assert_eq!(ended(&server, "mac", &started).await["actionState"], "done");
    let path = format!(
        "/me/managedDevices/mac/deviceActionResults/{}/issuedSecret",
        started["id"].as_str().unwrap()
    );
    let secret = server.get("p-aiko", &path).await.json();
    assert_eq!((&secret["kind"], &secret["parts"][0]["label"]), (&json!("unlockPin"), &json!("Sample")));
    assert_eq!(secret["parts"][0]["value"].as_str().unwrap().len(), 8);
    assert_eq!(sample.handed_over_of(started["id"].as_str().unwrap()), (1, None), "none of ours was sent");
}

/// Lets time pass until a run has ended.
async fn ended(server: &TestServer, device: &str, started: &Value) -> Value {
    let id = started["id"].as_str().unwrap();
    let path = format!("/me/managedDevices/{device}/deviceActionResults/{id}");
    for round in 0..200 {
        let now = server.get("p-aiko", &path).await.json();
        if now["actionState"] != "pending" && now["actionState"] != "active" {
            return now;
        }
        // A device that stays silent is waited for until the run expires.
        server.pass(if round > 20 { 600 } else { 5 }).await;
    }
    panic!("{device} never ended");
}

/// A run is over: it was handed over once, and the passcode shown is the one the device has.
async fn is_right(server: &TestServer, sample: &Sample, device: &str, started: &Value, source: &str) {
    let (times, passcode) = sample.handed_over_of(started["id"].as_str().unwrap());
    assert_eq!(times, 1, "{source} {device}");
    let shown = server.get("p-aiko", &format!("/me/managedDevices/{device}/temporaryPasscode")).await.json();
    match source {
        "portal" => assert_eq!(shown["passcode"].as_str(), passcode.as_deref(), "{device}"),
        _ => {
            assert_eq!(passcode, None, "none of ours is sent");
            assert_eq!(shown["passcode"].as_str().map(str::len), Some(8), "{device}: {shown}");
        }
    }
}

const ENDS: [(&str, &str); 5] = [
    ("does-it", "done"),
    ("not-now-first", "done"),
    ("refuses", "failed"),
    ("is-silent", "failed"),
    ("is-lost", "failed"),
];

fn code(device: &str) -> Value {
    match device {
        "refuses" => json!("deviceRejected"),
        "is-silent" => json!("commandExpired"),
        "is-lost" => json!("outcomeUnknown"),
        _ => Value::Null,
    }
}

#[tokio::test]
async fn every_action_on_every_device_of_the_sample_ends_as_it_is_made_to() {
    for source in ["portal", "service"] {
        let sample = Sample::start(source, &Arc::new(TestClock::new())).await;
        let server = sample.portal().await;
        for (device, state) in ENDS {
            for action in ["remoteLock", "syncDevice", "rebootNow", "resetPasscode"] {
                let started = act(&server, device, action).await;
                let end = ended(&server, device, &started).await;
                let told = (&end["actionState"], &end["errorCode"]);
                assert_eq!(told, (&json!(state), &code(device)), "{source} {device} {action}");
                assert_eq!(sample.handed_over_of(started["id"].as_str().unwrap()).0, 1);
                if action == "resetPasscode" && state == "done" {
                    is_right(&server, &sample, device, &started, source).await;
                }
            }
        }
    }
}

/// What stands between: some answers are late, some calls never arrive, some were done and answered with an error.
async fn rough(request: Request, next: Next, count: Arc<AtomicUsize>) -> Response {
    let paused = [("retry-after", "0.5")];
    match count.fetch_add(1, Ordering::SeqCst) % 9 {
        1 => (StatusCode::SERVICE_UNAVAILABLE, "").into_response(),
        3 => {
            next.run(request).await;
            (StatusCode::BAD_GATEWAY, "<h1>bad gateway</h1>").into_response()
        }
        5 => (StatusCode::TOO_MANY_REQUESTS, paused, "").into_response(),
        7 => {
            next.run(request).await;
            std::future::pending().await
        }
        _ => next.run(request).await,
    }
}

#[tokio::test]
async fn on_a_rough_way_every_device_of_the_sample_is_handed_a_reset_once() {
    for (shift, source) in ["portal", "service", "portal"].into_iter().enumerate() {
        let count = Arc::new(AtomicUsize::new(shift * 2));
        let calm = Arc::new(AtomicBool::new(true));
        let (counted, is_calm) = (Arc::clone(&count), Arc::clone(&calm));
        let sample = Sample::behind(source, &Arc::new(TestClock::new()), |router| {
            router.layer(from_fn(move |request: Request, next: Next| {
                    let (count, is_calm) = (Arc::clone(&counted), is_calm.load(Ordering::SeqCst));
                    async move {
                        if is_calm { next.run(request).await } else { rough(request, next, count).await }
                    }
                }))
        })
        .await;
        let mut server = sample.portal().await;
        server.server.queue = server.server.queue.clone().with_patience(Duration::from_millis(200));
        for device in ["does-it", "not-now-first", "refuses"] {
            let started = act(&server, device, "resetPasscode").await;
            calm.store(false, Ordering::SeqCst);
            let id = started["id"].as_str().unwrap();
            for _ in 0..60 {
                server.pass(2).await;
                let open = "SELECT COUNT(*) FROM action_runs WHERE queue_state <> 'ended'";
                if server.count(open).await == 0 {
                    break;
                }
            }
            calm.store(true, Ordering::SeqCst);
            let end = ended(&server, device, &started).await;
            let (times, _) = sample.handed_over_of(id);
            assert_eq!((times, &end["errorCode"]), (1, &code(device)), "{source} {shift} {device}: {end}");
            if end["actionState"] == "done" {
                is_right(&server, &sample, device, &started, source).await;
            }
        }
        assert!(count.load(Ordering::SeqCst) > shift * 2 + 18, "every fault was met twice");
    }
}

#[tokio::test]
async fn a_crash_at_any_point_loses_nothing_and_hands_nothing_over_twice_with_the_sample() {
    for source in ["portal", "service"] {
        for (device, point) in ["does-it", "not-now-first"]
            .into_iter()
            .flat_map(|device| CrashPoint::ALL.map(|point| (device, point)))
        {
            let sample = Sample::start(source, &Arc::new(TestClock::new())).await;
            let server = sample.portal().await;
            let crashing = Environment {
                clock: server.clock.clone(),
                crash_points: Arc::new(StopAt(point, AtomicBool::new(false))),
                ..Environment::default()
            };
            let built = Server::build(&server.settings, crashing).await.unwrap();
            let server = TestServer { server: built, ..server };
            let started = act(&server, device, "resetPasscode").await;
            let mut has_crashed = false;
            for _ in 0..80 {
                has_crashed = server.server.queue.pass().await.is_err();
                if has_crashed {
                    break;
                }
                server.clock.advance(1);
            }
            assert!(has_crashed, "{source} {point:?} was never reached");
            let server = server.restarted().await;
            let end = ended(&server, device, &started).await;
            assert_eq!(end["actionState"], "done", "{source} {device} {point:?}: {end}");
            is_right(&server, &sample, device, &started, source).await;
            assert_eq!(server.count("SELECT COUNT(*) FROM notifications").await, 1, "{source} {point:?}");
        }
    }
}

#[tokio::test]
async fn a_device_of_the_sample_is_put_into_a_category_it_offers() {
    let sample = Sample::start("portal", &Arc::new(TestClock::new())).await;
    let server = sample.portal().await;
    let device = "/me/managedDevices/does-it";
    let offered = server.get("p-aiko", &format!("{device}/deviceCategories")).await.json();
    let last = offered["value"].as_array().unwrap().last().unwrap().clone();
    let body = json!({ "categoryId": last["id"] }).to_string();
    let started = act_with(&server, "does-it", "setCategory", &body).await;
    let end = ended(&server, "does-it", &started).await;
    assert_eq!(end["actionState"], "done", "{end}");
    let shown = server.get("p-aiko", device).await.json();
    assert_eq!(shown["deviceCategoryDisplayName"], last["displayName"]);
}

#[tokio::test]
async fn the_sample_tells_which_rule_a_device_does_not_meet_and_its_applications() {
    let sample = Sample::start("portal", &Arc::new(TestClock::new())).await;
    let server = sample.portal().await;
    for (device, access, rules) in [("is-silent", "blocked", 1), ("does-it", "allowed", 0)] {
        let told = server.get("p-aiko", &format!("/me/managedDevices/{device}/compliance")).await.json();
        assert_eq!(
            (&told["access"], told["failingRules"].as_array().unwrap().len()),
            (&json!(access), rules)
        );
    }
}
