//! Three kinds of device service behind one portal: one with good manners, one with those of Microsoft Graph, one with those of
//! NanoMDM (`services/simulated`); the router; and reports that come late or unasked.

use crate::crash_points::{StopAt, World, request};
use crate::support::{ScriptedService, TestServer};
use portal_contract::{ActionState, FailureCode};
use portal_server::composition::{Environment, Server, fleet_database};
use portal_server::domain::action_run::{Ending, Report};
use portal_server::domain::ids::{DeviceId, ExternalRef, ResultId};
use portal_server::domain::person::PersonId;
use portal_server::ports::{
    CrashPoint, DeviceService, NoCrash, PageRequest, ReportSink, Reported, ServiceError, StartAnswer,
    StatusAnswer,
};
use portal_server::services::{NamedService, ServiceRouter};
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

const DEVICES: [&str; 5] =
    ["d-fumi-xperia", "cloud:c-fumi-iphone", "cloud:c-fumi-pixel", "push:n-fumi-ipad", "push:n-fumi-iphone"];

async fn act(server: &TestServer, device: &str, action: &str, key: &str, body: &str) -> Value {
    let authorization = format!("Bearer {}", server.token("p-fumi", 60));
    let path = match action {
        "resetPasscode" => format!("/api/v1.0/me/managedDevices/{device}/resetPasscode"),
        _ => format!("/api/v1.0/me/managedDevices/{device}/actions/{action}"),
    };
    let headers = [("authorization", authorization.as_str()), ("idempotency-key", key)];
    let answer = server.call_with_body("POST", &path, &headers, body).await;
    assert_eq!(answer.status.as_u16(), 202, "{device} {action}: {}", answer.code());
    answer.json()
}

async fn run(server: &TestServer, device: &str, id: &Value) -> Value {
    let path = format!("/me/managedDevices/{device}/deviceActionResults/{}", id.as_str().unwrap());
    server.get("p-fumi", &path).await.json()
}

/// Lets time pass until a run has ended.
async fn ended(server: &TestServer, device: &str, id: &Value) -> Value {
    for round in 0..200 {
        // A device whose answer was lost is waited for until the run expires.
        if round > 80 {
            server.clock.advance(3600);
        }
        let now = run(server, device, id).await;
        if now["actionState"] != "pending" && now["actionState"] != "active" {
            return now;
        }
        server.pass(2).await;
    }
    panic!("{device} never ended");
}

async fn handed_over(server: &TestServer, id: &Value) -> i64 {
    let pool = crate::support::server::open(&fleet_database(&server.database())).await;
    let number = sqlx::query_scalar("SELECT COUNT(*) FROM starts WHERE command_id = ?")
        .bind(id.as_str().unwrap())
        .fetch_one(&pool)
        .await
        .unwrap();
    pool.close().await;
    number
}

#[tokio::test]
async fn the_devices_of_all_services_are_one_list_page_by_page() {
    let server = TestServer::start().await;
    let ids = |list: &Value| {
        let devices = list["value"].as_array().unwrap().iter();
        devices.map(|one| one["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let whole = server.get("p-fumi", "/me/managedDevices").await.json();
    assert_eq!(ids(&whole), DEVICES);
    assert!(whole["unavailableServices"].is_null(), "all have answered");
    for size in 1..=5 {
        let (mut found, mut next) = (Vec::new(), format!("/me/managedDevices?$top={size}"));
        loop {
            let page = server.get("p-fumi", &next).await.json();
            assert!(ids(&page).len() <= size);
            found.extend(ids(&page));
            let Some(link) = page["@odata.nextLink"].as_str() else { break };
            link.trim_start_matches("/api/v1.0").clone_into(&mut next);
        }
        assert_eq!(found, DEVICES, "{size} a page");
    }
    for unknown in ["cloud:n-fumi-ipad", "c-fumi-pixel", "nowhere:c-fumi-pixel", "fleet:d-fumi-xperia"] {
        let answer = server.get("p-fumi", &format!("/me/managedDevices/{unknown}")).await;
        assert_eq!(answer.status.as_u16(), 404, "{unknown}");
    }
    let foreign = server.get("p-ben", "/me/managedDevices/cloud:c-fumi-pixel").await;
    assert_eq!(foreign.status.as_u16(), 404);
}

#[tokio::test]
async fn a_person_resets_locks_checks_and_renames_devices_of_three_kinds_of_service() {
    let server = TestServer::start().await;
    for device in DEVICES {
        for action in ["resetPasscode", "remoteLock", "syncDevice", "rename"] {
            let body = if action == "rename" { r#"{"name":"Mine"}"# } else { "" };
            let started = act(&server, device, action, &format!("{device}-{action}"), body).await;
            let end = ended(&server, device, &started["id"]).await;
            // A push that was lost, or a request nobody knows the fate of, is said to be just that.
            let is_honest = end["actionState"] == "done" || end["errorCode"] == "outcomeUnknown";
            assert!(is_honest, "{device} {action}: {end}");
            let expected = i64::from(action != "rename");
            assert!(handed_over(&server, &started["id"]).await <= expected, "{device} {action}");
        }
        let shown = server.get("p-fumi", &format!("/me/managedDevices/{device}")).await.json();
        assert_eq!(shown["managedDeviceName"], "Mine", "{device}");
    }
}

#[tokio::test]
async fn a_passcode_that_the_service_issues_is_sealed_with_the_end_and_shown_like_any_other() {
    let server = TestServer::start().await;
    let device = "cloud:c-fumi-pixel";
    let told = server.get("p-fumi", &format!("/me/managedDevices/{device}")).await.json();
    let outcome = json!({ "kind": "temporaryPasscode", "characterSet": "lettersAndDigits" });
    assert_eq!(
        told["actions"]["resetPasscode"]["outcome"], outcome,
        "who makes it is no concern of the person's"
    );
    for number in 0..8 {
        let started = act(&server, device, "resetPasscode", &format!("k-{number}"), "").await;
        assert_eq!(
            server.count("SELECT COUNT(*) FROM passcodes WHERE released = 0").await,
            0,
            "none is made here"
        );
        let end = ended(&server, device, &started["id"]).await;
        let path = format!("/me/managedDevices/{device}/temporaryPasscode");
        if end["actionState"] != "done" {
            continue;
        }
        let shown = server.get("p-fumi", &path).await.json();
        assert_eq!((&shown["resultId"], &shown["isConfirmed"]), (&started["id"], &json!(true)));
        let passcode = shown["passcode"].as_str().unwrap().to_owned();
        assert_eq!(passcode.len(), 8);
        let files =
            [server.database(), fleet_database(&server.database())].map(|file| std::fs::read(file).unwrap());
        let is_in = |file: &Vec<u8>| file.windows(8).any(|window| window == passcode.as_bytes());
        assert!(!files.iter().any(is_in), "and it is nowhere in the clear");
    }
    assert!(server.count("SELECT COUNT(*) FROM action_runs WHERE action_state = 'done'").await > 3);
}

#[tokio::test]
async fn a_crash_at_any_point_loses_nothing_and_sends_nothing_twice_with_any_service() {
    for device in DEVICES {
        for point in CrashPoint::ALL {
            let server = TestServer::start().await;
            let crashing = Environment {
                clock: server.clock.clone(),
                crash_points: Arc::new(StopAt(point, AtomicBool::new(false))),
                ..Environment::default()
            };
            let built = Server::build(&server.settings, crashing).await.unwrap();
            let server = TestServer { server: built, ..server };
            let started = act(&server, device, "resetPasscode", "k", "").await;
            for _ in 0..800 {
                if let Some(fleet) = &server.server.fleet {
                    fleet.tick().await.unwrap();
                }
                if server.server.queue.pass().await.is_err() {
                    break;
                }
                server.clock.advance_millis(500);
            }
            let server = server.restarted().await;
            let end = ended(&server, device, &started["id"]).await;
            let is_honest = end["actionState"] == "done" || end["errorCode"] == "outcomeUnknown";
            assert!(is_honest, "{device} {point:?}: {end}");
            let number = handed_over(&server, &started["id"]).await;
            assert!(number <= 1, "{device} {point:?}: {number} times");
            if end["actionState"] == "done" {
                assert_eq!(number, 1, "{device} {point:?}: done without its device");
            }
            let ends = server.count("SELECT COUNT(*) FROM audit WHERE event = 'resetEnded'").await;
            assert_eq!(ends, 1, "{device} {point:?}");
            assert_eq!(server.count("SELECT COUNT(*) FROM notifications").await, 1, "{device} {point:?}");
        }
    }
}

#[tokio::test]
async fn what_is_released_by_push_cannot_be_cancelled_and_what_is_held_can() {
    let server = TestServer::start().await;
    let cancel = async |id: &Value| {
        let id = id.as_str().unwrap();
        let path = format!("/me/managedDevices/push:n-fumi-iphone/deviceActionResults/{id}/cancel");
        server.post("p-fumi", &path).await
    };
    let held = act(&server, "push:n-fumi-iphone", "resetPasscode", "a", "").await;
    server.server.queue.pass().await.unwrap();
    let answer = cancel(&held["id"]).await;
    assert_eq!((answer.status.as_u16(), &answer.json()["actionState"]), (202, &json!("canceled")));
    server.pass(30).await;
    assert_eq!(handed_over(&server, &held["id"]).await, 0, "its device never hears of it");
    let released = act(&server, "push:n-fumi-iphone", "resetPasscode", "b", "").await;
    server.pass(5).await;
    assert_eq!(cancel(&released["id"]).await.code(), "actionNotCancellable");
}

fn router(services: [(&str, &Arc<ScriptedService>); 2]) -> ServiceRouter {
    let named = |(name, service): (&str, &Arc<ScriptedService>)| NamedService {
        name: name.to_owned(),
        service: Arc::clone(service) as Arc<dyn DeviceService>,
    };
    ServiceRouter::new(services.map(named).into()).with_patience(Duration::from_millis(50))
}

#[tokio::test]
async fn a_service_that_is_down_hides_only_its_own_devices_and_one_that_is_slow_holds_up_nobody() {
    let (first, second) = (Arc::new(ScriptedService::default()), Arc::new(ScriptedService::default()));
    let router = router([("one", &first), ("two", &second)]);
    let aiko = PersonId::new("p-aiko".to_owned());
    let page = PageRequest { size: 100, after: None };
    let all = router.devices_of(&aiko, &page).await.unwrap();
    assert_eq!((all.devices.len(), all.unavailable.len()), (8, 0));
    assert!(all.devices[4].id.as_str().starts_with("two:"));

    first.read_errors.lock().unwrap().push_back(ServiceError::NoAnswer);
    let rest = router.devices_of(&aiko, &page).await.unwrap();
    assert_eq!((rest.devices.len(), rest.unavailable), (4, vec!["one".to_owned()]));
    first.read_errors.lock().unwrap().push_back(ServiceError::NoAnswer);
    assert!(router.ready().await.is_ok(), "the others can be used");

    *second.lists_slowly.lock().unwrap() = true;
    let rest = router.devices_of(&aiko, &page).await.unwrap();
    assert_eq!((rest.devices.len(), rest.unavailable), (4, vec!["two".to_owned()]));
    first.read_errors.lock().unwrap().push_back(ServiceError::Busy { retry_after_millis: Some(7) });
    let none = router.devices_of(&aiko, &page).await;
    assert!(none.is_err(), "nobody has answered: {none:?}");

    for (after, missing) in [("two:d-aiko-android", vec!["two"]), ("d-aiko-android", vec!["one", "two"])] {
        for service in [&first, &second] {
            *service.lists_slowly.lock().unwrap() = true;
        }
        let later = PageRequest { size: 100, after: DeviceId::parse(after) };
        let end = router.devices_of(&aiko, &later).await.unwrap();
        let told = (end.devices.len(), end.next_after, end.unavailable);
        let missing = missing.into_iter().map(ToOwned::to_owned).collect();
        assert_eq!(told, (0, None, missing), "the rest of a list after {after} names who is missing");
    }

    let id = DeviceId::parse("d-aiko-android").unwrap();
    assert!(
        router.device(&aiko, &id).await.unwrap().is_some(),
        "and single devices are asked for where they are"
    );
}

#[tokio::test]
async fn what_a_service_calls_a_run_is_remembered_and_given_back() {
    let world = World::new();
    let named = ExternalRef::parse("op-4711").unwrap();
    let accepted = Ok(StartAnswer::Accepted(Some(named.clone())));
    world.back_end.start_answers.lock().unwrap().push_back(accepted);
    let process = world.process(Arc::new(NoCrash)).await;
    process.reset(&world.clock, "k").await;
    process.work(&world.clock, 1).await;
    process.killed().await;
    let process = world.process(Arc::new(NoCrash)).await;
    process.work(&world.clock, 3).await;
    assert!(world.back_end.asked_by_name.lock().unwrap().contains(&named), "also after a restart");
}

#[tokio::test]
async fn a_report_that_comes_late_corrects_an_unknown_outcome_once_and_tells_the_person() {
    let world = World::new();
    let process = world.process(Arc::new(NoCrash)).await;
    let accepted = process.reset(&world.clock, "k").await;
    process.work(&world.clock, 1).await;
    world.back_end.status_answers.lock().unwrap().push_back(Ok(StatusAnswer::CannotTell));
    process.work(&world.clock, 2).await;
    assert_eq!(process.newest(&world.clock).await.error_code, Some(FailureCode::OutcomeUnknown));
    let sign_in = process.call(&world.clock).sign_in;
    let (id, device) = (ResultId::parse(&accepted.id).unwrap(), DeviceId::parse("d-aiko-android").unwrap());
    let done = || Report::Ended(Ending::Done).into();

    let stranger = DeviceId::parse("d-aiko-iphone").unwrap();
    process.portal.reported(&id, &stranger, done()).await;
    assert_eq!(process.newest(&world.clock).await.action_state, ActionState::Failed, "another device's word");
    world.clock.advance(60);
    process.portal.reported(&id, &device, done()).await;
    assert_eq!(process.newest(&world.clock).await.action_state, ActionState::Done);
    assert!(process.portal.temporary_passcode(&process.call(&world.clock)).await.unwrap().is_confirmed);
    let told = process.portal.notifications(&sign_in).await.unwrap();
    assert_eq!((told.len(), told[0].action_state, told[0].is_read), (1, ActionState::Done, false));
    let failed = Report::Ended(Ending::Failed(FailureCode::DeviceRejected)).into();
    process.portal.reported(&id, &device, failed).await;
    assert_eq!(process.newest(&world.clock).await.action_state, ActionState::Done, "the first word counts");
}

#[tokio::test]
async fn a_report_that_comes_unasked_moves_an_open_run_on() {
    let world = World::new();
    let process = world.process(Arc::new(NoCrash)).await;
    let accepted = process.reset(&world.clock, "k").await;
    process.work(&world.clock, 1).await;
    let (id, device) = (ResultId::parse(&accepted.id).unwrap(), DeviceId::parse("d-aiko-android").unwrap());
    process.portal.reported(&id, &device, Report::Active.into()).await;
    assert_eq!(process.newest(&world.clock).await.action_state, ActionState::Active);
    for _ in 0..2 {
        process.portal.reported(&id, &device, Report::Ended(Ending::Done).into()).await;
    }
    assert_eq!(process.newest(&world.clock).await.action_state, ActionState::Done);
    let sign_in = process.call(&world.clock).sign_in;
    assert_eq!(process.portal.notifications(&sign_in).await.unwrap().len(), 1, "told twice, written once");
}

/// A run is set to a state as if a person had asked to cancel it in the very moment it was sent.
async fn wish_to_cancel(database: &std::path::Path, id: &str) {
    let pool = crate::support::server::open(database).await;
    sqlx::query("UPDATE action_runs SET cancel_request = 1 WHERE id = ?")
        .bind(id)
        .execute(&pool)
        .await
        .unwrap();
    pool.close().await;
}

#[tokio::test]
async fn a_cancellation_that_was_accepted_while_a_run_was_sent_in_vain_is_kept() {
    let world = World::new();
    let process = world.process(Arc::new(NoCrash)).await;
    let accepted = process.reset(&world.clock, "k").await;
    // The service was busy, so the run is back where it was, with the wish.
    wish_to_cancel(&world.database(), &accepted.id).await;
    process.work(&world.clock, 2).await;
    assert_eq!(process.newest(&world.clock).await.error_code, Some(FailureCode::CanceledByUser));
    assert_eq!(*world.back_end.starts.lock().unwrap(), 0, "and it is not sent again");
}

#[tokio::test]
async fn a_lock_that_is_being_cancelled_is_not_the_answer_to_a_new_one() {
    let server = TestServer::start().await;
    let first = act(&server, "push:n-fumi-ipad", "remoteLock", "a", "").await;
    wish_to_cancel(&server.database(), first["id"].as_str().unwrap()).await;
    let authorization = format!("Bearer {}", server.token("p-fumi", 60));
    let headers = [("authorization", authorization.as_str()), ("idempotency-key", "b")];
    let path = "/api/v1.0/me/managedDevices/push:n-fumi-ipad/actions/remoteLock";
    assert_eq!(server.call("POST", path, &headers).await.code(), "actionAlreadyPending");
}

#[tokio::test]
async fn many_small_actions_hide_no_open_reset() {
    let server = TestServer::start().await;
    let reset = server.reset("p-dana", "d-dana-offline", "k").await.json();
    let authorization = format!("Bearer {}", server.token("p-dana", 60));
    for number in 0..15 {
        server.clock.advance(1);
        let key = format!("n-{number}");
        let headers = [("authorization", authorization.as_str()), ("idempotency-key", key.as_str())];
        let path = "/api/v1.0/me/managedDevices/d-dana-offline/actions/rename";
        server.call_with_body("POST", path, &headers, r#"{"name":"x"}"#).await;
    }
    let shown = server.get("p-dana", "/me/managedDevices/d-dana-offline").await.json();
    let results = shown["deviceActionResults"].as_array().unwrap();
    assert!(results.iter().any(|one| one["id"] == reset["id"]), "{} shown", results.len());
    let path =
        format!("/me/managedDevices/d-dana-offline/deviceActionResults/{}", reset["id"].as_str().unwrap());
    assert_eq!(server.get("p-dana", &path).await.status.as_u16(), 200);
}

#[tokio::test]
async fn a_device_with_a_passcode_nobody_was_told_makes_the_one_before_doubtful() {
    let world = World::new();
    let process = world.process(Arc::new(NoCrash)).await;
    let call = || portal_server::application::DeviceCall {
        sign_in: crate::support::sign_in("p-fumi", world.clock.seconds(), Some(10)),
        device: DeviceId::parse("c-fumi-pixel"),
        ..process.call(&world.clock)
    };
    let answers = |issued: Option<&str>| {
        let issued = issued.map(|text| portal_contract::SecretText::new(text.to_owned()));
        let reported = Reported { state: Report::Ended(Ending::Done), issued };
        world.back_end.status_answers.lock().unwrap().push_back(Ok(StatusAnswer::Known(reported)));
    };
    let first = process.portal.act(&request(call(), "a")).await.unwrap();
    answers(Some("abcd2345"));
    process.work(&world.clock, 3).await;
    let shown = process.portal.temporary_passcode(&call()).await.unwrap();
    assert_eq!((shown.result_id.as_str(), shown.is_confirmed), (first.id.as_str(), true));

    process.portal.act(&request(call(), "b")).await.unwrap();
    answers(None);
    process.work(&world.clock, 3).await;
    let device = process.portal.device(&call()).await.unwrap().device;
    assert_eq!(
        device.device_action_results[0].error_code,
        Some(FailureCode::OutcomeUnknown),
        "not simply done"
    );
    let shown = process.portal.temporary_passcode(&call()).await.unwrap();
    assert_eq!((shown.result_id.as_str(), shown.is_confirmed), (first.id.as_str(), false));
}

#[tokio::test]
async fn a_late_word_about_an_older_reset_takes_no_newer_passcode_away() {
    let world = World::new();
    let process = world.process(Arc::new(NoCrash)).await;
    let older = process.reset(&world.clock, "older").await;
    process.work(&world.clock, 1).await;
    world.back_end.status_answers.lock().unwrap().push_back(Ok(StatusAnswer::CannotTell));
    process.work(&world.clock, 2).await;
    let newer = process.reset(&world.clock, "newer").await;
    process.work(&world.clock, 1).await;
    world.back_end.report_all(Report::Ended(Ending::Done));
    process.work(&world.clock, 2).await;
    let (id, device) = (ResultId::parse(&older.id).unwrap(), DeviceId::parse("d-aiko-android").unwrap());
    process.portal.reported(&id, &device, Report::Ended(Ending::Done).into()).await;
    let shown = process.portal.temporary_passcode(&process.call(&world.clock)).await.unwrap();
    assert_eq!((shown.result_id, shown.is_confirmed), (newer.id, true));
}

#[tokio::test]
async fn a_service_that_hangs_holds_up_nothing_of_the_others() {
    let (hanging, working) = (Arc::new(ScriptedService::default()), Arc::new(ScriptedService::default()));
    *hanging.hangs.lock().unwrap() = true;
    let world = World::new();
    let services = router([("one", &hanging), ("two", &working)]);
    let process = world.process_over(Arc::new(services), Arc::new(NoCrash)).await;
    let (stop, stopped) = tokio::sync::watch::channel(false);
    let queue = tokio::spawn(process.queue.clone().with_patience(Duration::from_secs(600)).run(stopped));
    process.reset(&world.clock, "hangs").await;
    let started = async {
        while *hanging.starts.lock().unwrap() == 0 {
            tokio::task::yield_now().await;
        }
        process.reset_of(&world.clock, "two:d-aiko-iphone", "works").await;
        while working.deliveries().is_empty() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), started).await.expect("long before the other one gave up");
    queue.abort();
    drop(stop);
}
