//! Any device management over HTTP (`services/http`), with a connector on this machine that can go wrong in every way.

use crate::crash_points::StopAt;
use crate::support::connector::{TOKEN, android};
use crate::support::log::CapturedLog;
use crate::support::{Connector, Fault, TestClock, TestServer};
use portal_contract::{CharacterSet, FailureCode, RefusalReason, SecretText, UtcTime};
use portal_server::composition::{Environment, Server};
use portal_server::domain::action::{Action, ActionKind, Lock};
use portal_server::domain::action_run::{Ending, Report};
use portal_server::domain::category::CategoryId;
use portal_server::domain::device::Device;
use portal_server::domain::ids::{DeviceId, ResultId};
use portal_server::domain::person::PersonId;
use portal_server::domain::policy::{Allowed, Decision, Reset, decide};
use portal_server::ports::{
    CancelAnswer, CrashPoint, DeviceService as _, PageRequest, Reported, RunKey, ServiceError, StartAnswer,
    StartRun, StatusAnswer,
};
use portal_server::services::http::{Authorization, ClientCredentials, HttpService, HttpServiceSettings};
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

const BUSY: ServiceError = ServiceError::Busy { retry_after_millis: None };
const PASSCODE: &str = "h4ndm4de";

fn aiko() -> PersonId {
    PersonId::new("p-aiko".to_owned())
}

fn device_id(text: &str) -> DeviceId {
    DeviceId::trusted(text.to_owned())
}

fn service_with(url: &str, clock: &Arc<TestClock>, authorization: Authorization) -> HttpService {
    let settings = HttpServiceSettings {
        name: "mdm".to_owned(),
        url: url.to_owned(),
        authorization,
        certificates: None,
        webhook_secrets: Vec::new(),
    };
    HttpService::new(&settings, clock.clone()).unwrap()
}

/// A connector and what the portal sees of it.
async fn world() -> (Connector, HttpService, Arc<TestClock>) {
    let connector = Connector::start().await;
    let clock = Arc::new(TestClock::new());
    let bearer = Authorization::Bearer(SecretText::new(TOKEN.to_owned()));
    let service = service_with(&connector.url, &clock, bearer);
    (connector, service, clock)
}

fn run(id: &str, action: Action) -> StartRun {
    let secret = matches!(action, Action::ResetPasscode(Reset::Temporary(_)))
        .then(|| SecretText::new(PASSCODE.to_owned()));
    let run = RunKey {
        id: ResultId::trusted(id.to_owned()),
        device: device_id("a-1"),
        action,
        person: aiko(),
        started: UtcTime::from_unix_seconds(1_750_000_000),
        expires: UtcTime::from_unix_seconds(1_750_000_600),
        external: None,
    };
    StartRun { run, secret }
}

fn reset(id: &str) -> StartRun {
    run(id, Action::ResetPasscode(Reset::Temporary(CharacterSet::LettersAndDigits)))
}

async fn the_device(service: &HttpService) -> Device {
    service.device(&aiko(), &device_id("a-1")).await.unwrap().unwrap()
}

#[tokio::test]
async fn a_run_is_put_once_under_our_identifier_asked_about_and_cancelled() {
    let (connector, service, clock) = world().await;
    let start = reset("r-1");
    for _ in 0..2 {
        assert_eq!(service.start(&start).await, Ok(StartAnswer::Accepted(None)));
    }
    {
        let memory = connector.memory();
        assert_eq!(memory.handed_over, [("r-1".to_owned(), Some(PASSCODE.to_owned()))]);
        let expected = json!({
            "action": "resetPasscode", "personId": "p-aiko", "deviceId": "a-1", "passcode": PASSCODE,
            "outcome": { "kind": "temporaryPasscode", "characterSet": "lettersAndDigits" },
            "expiresDateTime": "2025-06-15T15:16:40Z"
        });
        let mut sent = memory.commands["r-1"].body.clone();
        sent["expiresDateTime"] = json!(sent["expiresDateTime"].as_str().unwrap().replace(".000", ""));
        assert_eq!(sent, expected);
    }
    for (told, expected) in [
        (json!({ "state": "pending" }), Report::Pending),
        (json!({ "state": "active" }), Report::Active),
        (json!({ "state": "active", "notNow": true, "unheardOf": 1 }), Report::NotNow),
        (json!({ "state": "done" }), Report::Ended(Ending::Done)),
        (
            json!({ "state": "failed", "errorCode": "noPasscodePolicy" }),
            Report::Ended(Ending::Failed(FailureCode::NoPasscodePolicy)),
        ),
        (json!({ "state": "failed" }), Report::Ended(Ending::Failed(FailureCode::DeviceRejected))),
        (
            json!({ "state": "failed", "errorCode": "moonPhase" }),
            Report::Ended(Ending::Failed(FailureCode::BackEndFault)),
        ),
        (json!({ "state": "notSupported" }), Report::Ended(Ending::NotSupported)),
        (json!({ "state": "canceled", "errorCode": "supersededByErase" }), Report::Ended(Ending::Superseded)),
    ] {
        connector.tells(told.clone());
        clock.advance(60);
        let answer = service.status(&start.run).await;
        assert_eq!(answer, Ok(StatusAnswer::Known(expected.into())), "{told}");
    }
    for told in [json!({ "state": "exploded" }), json!({ "state": "done", "id": "r-2" }), json!({})] {
        connector.tells(told.clone());
        clock.advance(60);
        let answer = service.status(&start.run).await;
        assert_eq!(answer, Err(ServiceError::NoAnswer), "an unknown word or another's run: {told}");
    }
    connector.tells(json!({ "state": "active" }));
    assert_eq!(service.cancel(&start.run).await, Ok(CancelAnswer::TooLate));
    connector.tells(json!({ "state": "pending" }));
    assert_eq!(service.cancel(&start.run).await, Ok(CancelAnswer::Canceled));
    assert_eq!(service.cancel(&reset("r-never").run).await, Ok(CancelAnswer::TooLate));
    assert_eq!(service.status(&reset("r-never").run).await, Ok(StatusAnswer::NeverReceived));
}

#[tokio::test]
async fn a_category_is_asked_for_by_its_identifier_and_only_what_can_be_chosen_is_offered() {
    let (connector, service, clock) = world().await;
    let set = ActionKind::SetCategory;
    let not_offered = Decision::Refused(RefusalReason::NotOfferedByService);
    assert_eq!(decide(set, &the_device(&service).await, &aiko()), not_offered);
    connector.memory().capabilities["actions"] = json!(["resetPasscode", "setCategory"]);
    clock.advance(601);
    assert_eq!(decide(set, &the_device(&service).await, &aiko()), Decision::Allowed(Allowed::Plain));

    connector.memory().categories = json!([
        { "id": "sales", "displayName": "Sales" }, { "id": "a/b", "displayName": "x" },
        { "id": "empty", "displayName": " " }, { "id": 7 }, "word",
        { "id": "front-desk", "displayName": "受付", "more": 1 }
    ]);
    let offered = service.categories(&device_id("a-1")).await.unwrap();
    let names: Vec<(&str, &str)> = offered.iter().map(|one| (one.id.as_str(), one.name.as_str())).collect();
    assert_eq!(names, [("sales", "Sales"), ("front-desk", "受付")]);
    let problem = r#"{"status":404,"code":"notFound"}"#;
    connector.fails("GET /categories", Fault::says(404, problem));
    assert_eq!(service.categories(&device_id("a-1")).await, Ok(Vec::new()));
    for fault in [Fault::says(200, "[]"), Fault::says(500, problem), Fault::Cut { is_done: false }] {
        connector.fails("GET /categories", fault);
        assert_eq!(service.categories(&device_id("a-1")).await, Err(ServiceError::NoAnswer));
    }

    let start = run("r-1", Action::SetCategory(CategoryId::parse("front-desk").unwrap()));
    for _ in 0..2 {
        assert_eq!(service.start(&start).await, Ok(StartAnswer::Accepted(None)));
    }
    let sent = connector.memory().commands["r-1"].body.clone();
    assert_eq!((&sent["action"], &sent["categoryId"]), (&json!("setCategory"), &json!("front-desk")));
    connector.tells(json!({ "state": "done" }));
    clock.advance(60);
    let done = Ok(StatusAnswer::Known(Report::Ended(Ending::Done).into()));
    assert_eq!(service.status(&start.run).await, done);
}

#[tokio::test]
async fn the_rules_a_device_does_not_meet_are_asked_for_where_a_connector_tells_them() {
    let (connector, service, clock) = world().await;
    let asked = async || service.compliance(&aiko(), &device_id("a-1")).await;
    connector.memory().compliance = json!({
        "checkedDateTime": "2026-01-01T00:00:00Z", "failingRules": [
            { "code": "minimumOsVersion", "title": "Too\nold", "detail": "16 or later", "policyName": "Phones" },
            { "code": "minimumOsVersion", "title": "Too old" }, { "code": 7 }, { "code": "", "title": " " }, "word"
        ]
    });
    assert_eq!(asked().await.unwrap().failing, [], "it does not say that it can tell");
    assert_eq!(connector.called("GET /people/p-aiko/devices/a-1/compliance"), 0);
    connector.memory().capabilities["compliance"] = json!(true);
    clock.advance(601);
    let report = asked().await.unwrap();
    let rule = &report.failing[0];
    assert_eq!((report.failing.len(), report.checked), (1, UtcTime::parse("2026-01-01T00:00:00Z")));
    let told = [&rule.code, &rule.title, &rule.detail, &rule.policy].map(String::as_str);
    assert_eq!(told, ["minimumOsVersion", "Too old", "16 or later", "Phones"]);
    for (fault, expected) in [
        (Fault::says(404, r#"{"status":404,"code":"notFound"}"#), Ok(0)),
        (Fault::says(200, "{}"), Err(ServiceError::NoAnswer)),
        (Fault::says(500, ""), Err(ServiceError::NoAnswer)),
        (Fault::says(503, ""), Err(BUSY)),
    ] {
        connector.fails("GET /people/p-aiko/devices/a-1/compliance", fault);
        assert_eq!(asked().await.map(|report| report.failing.len()), expected);
    }
}

#[tokio::test]
async fn the_applications_on_a_device_are_asked_for_where_a_connector_tells_them() {
    let (connector, service, clock) = world().await;
    let asked = async || service.apps(&aiko(), &device_id("a-1")).await;
    connector.memory().apps = json!([
        { "id": "1", "displayName": "VPN", "state": "failed", "failure": "No\nroom", "version": "5", "publisher": "P" },
        { "id": "2", "displayName": "Mail", "state": "installed", "failure": "x" },
        { "id": "3", "displayName": "Future", "state": "floating" }, { "id": "4", "state": "installed" }, "word"
    ]);
    assert_eq!(asked().await, Ok(Vec::new()), "it does not say that it can tell");
    connector.memory().capabilities["apps"] = json!(true);
    clock.advance(601);
    let apps = asked().await.unwrap();
    let told: Vec<_> =
        apps.iter().map(|app| (app.name.as_str(), app.state.as_str(), app.failure.as_str())).collect();
    assert_eq!(told, [("VPN", "failed", "No room"), ("Mail", "installed", "")]);
    for (fault, expected) in [
        (Fault::says(404, r#"{"status":404,"code":"notFound"}"#), Ok(0)),
        (Fault::says(200, "{}"), Err(ServiceError::NoAnswer)),
        (Fault::says(503, ""), Err(BUSY)),
    ] {
        connector.fails("GET /people/p-aiko/devices/a-1/apps", fault);
        assert_eq!(asked().await.map(|apps| apps.len()), expected);
    }
}

#[tokio::test]
async fn a_key_that_was_asked_for_is_fetched_once_it_is_there_whoever_makes_passcodes() {
    let (connector, service, clock) = world().await;
    let start = run("r-1", Action::ShowRecoveryKey);
    assert_eq!(service.start(&start).await, Ok(StartAnswer::Accepted(None)));
    assert_eq!(connector.memory().commands["r-1"].body["action"], "showRecoveryKey");
    connector.tells(json!({ "state": "done" }));
    connector.memory().issued = Some("123456-654321".to_owned());
    clock.advance(60);
    let answer = service.status(&start.run).await.unwrap();
    let StatusAnswer::Known(Reported { state: Report::Ended(Ending::Done), issued: Some(issued) }) = answer
    else {
        panic!("{answer:?}");
    };
    let parts = portal_server::domain::issued_secret::IssuedParts::from_text(&issued).unwrap().into_parts();
    assert_eq!(parts[0].value.reveal(), "123456-654321");
    connector.memory().issued = None;
    clock.advance(60);
    let gone = Report::Ended(Ending::Failed(FailureCode::OutcomeUnknown));
    assert_eq!(service.status(&start.run).await, Ok(StatusAnswer::Known(gone.into())));

    connector.memory().capabilities["actions"] = json!(["showRecoveryKey", "showLocalAdministratorPassword"]);
    let mut pc = android("a-1");
    pc["operatingSystem"] = json!("Windows");
    connector.memory().devices.insert("p-aiko".to_owned(), vec![pc.clone()]);
    clock.advance(601);
    let decided = async || {
        let device = the_device(&service).await;
        [ActionKind::ShowRecoveryKey, ActionKind::ShowLocalAdministratorPassword]
            .map(|kind| decide(kind, &device, &aiko()))
    };
    let not_offered = Decision::Refused(RefusalReason::NotOfferedByService);
    assert_eq!(decided().await, [Decision::Allowed(Allowed::Plain), not_offered], "not by silence");
    pc["showLocalAdministratorPassword"] = json!({ "allowed": true });
    connector.memory().devices.insert("p-aiko".to_owned(), vec![pc]);
    assert_eq!(decided().await[1], Decision::Allowed(Allowed::Plain));
}

#[tokio::test]
async fn a_mac_is_locked_only_where_its_service_tells_the_pin() {
    let (connector, service, clock) = world().await;
    let mut mac = android("a-1");
    for (field, word) in
        [("operatingSystem", "macOS"), ("deviceEnrollmentType", "userEnrollment"), ("managementAgent", "mdm")]
    {
        mac[field] = json!(word);
    }
    let refused = Decision::Refused(RefusalReason::NotOfferedByService);
    for (permission, expected) in [
        (Value::Null, refused),
        (json!({ "allowed": true }), refused),
        (json!({ "allowed": true, "unlockPin": false }), refused),
        (json!({ "allowed": true, "unlockPin": true }), Decision::Allowed(Allowed::LockWithPin)),
        (
            json!({ "allowed": false, "reason": "organizationPolicy", "unlockPin": true }),
            Decision::Refused(RefusalReason::OrganizationPolicy),
        ),
    ] {
        mac["remoteLock"] = permission.clone();
        connector.memory().devices.insert("p-aiko".to_owned(), vec![mac.clone()]);
        let decided = decide(ActionKind::RemoteLock, &the_device(&service).await, &aiko());
        assert_eq!(decided, expected, "{permission}");
    }
    let start = run("r-1", Action::RemoteLock(Lock::WithPin));
    assert_eq!(service.start(&start).await, Ok(StartAnswer::Accepted(None)));
    connector.tells(json!({ "state": "done" }));
    connector.memory().issued = Some("482915".to_owned());
    clock.advance(60);
    let answer = service.status(&start.run).await.unwrap();
    let StatusAnswer::Known(Reported { state: Report::Ended(Ending::Done), issued: Some(issued) }) = answer
    else {
        panic!("{answer:?}");
    };
    let parts = portal_server::domain::issued_secret::IssuedParts::from_text(&issued).unwrap().into_parts();
    assert_eq!(parts[0].value.reveal(), "482915");
    connector.memory().issued = None;
    clock.advance(60);
    let gone = Report::Ended(Ending::Failed(FailureCode::OutcomeUnknown));
    assert_eq!(
        service.status(&start.run).await,
        Ok(StatusAnswer::Known(gone.into())),
        "a lock nobody can open"
    );
}

#[tokio::test]
async fn every_answer_to_a_start_says_whether_nothing_was_done_or_nobody_knows() {
    let (connector, service, _clock) = world().await;
    let html = "<h1>no</h1>";
    let paused = |status: u16, seconds: &str| Fault::Says {
        status,
        headers: vec![("retry-after", seconds.to_owned())],
        body: String::new(),
        is_done: false,
    };
    let redirect = Fault::Says {
        status: 307,
        headers: vec![("location", format!("{}/elsewhere", connector.url))],
        body: "{}".to_owned(),
        is_done: false,
    };
    let busy_for = |millis| Err(ServiceError::Busy { retry_after_millis: Some(millis) });
    let unknown = || Err(ServiceError::NoAnswer);
    let rejected = |code| Ok(StartAnswer::Rejected(code));
    for (place, (fault, expected)) in [
        (paused(429, "1.5"), busy_for(1500)),
        (paused(503, "0.25"), busy_for(250)),
        (Fault::says(429, html), Err(BUSY)),
        (Fault::says(503, html), Err(BUSY)),
        (Fault::says(503, r#"{"code":"cannotTell"}"#), unknown()),
        (Fault::says(401, ""), Err(BUSY)),
        (Fault::says(403, "{}"), Err(BUSY)),
        (Fault::says(500, "{}"), unknown()),
        (Fault::says(502, html), unknown()),
        (Fault::says(504, html), unknown()),
        (Fault::says(404, html), unknown()),
        (Fault::says(404, r#"{"code":"notFound"}"#), rejected(FailureCode::BackEndFault)),
        (Fault::says(400, ""), rejected(FailureCode::BackEndFault)),
        (Fault::says(409, "{}"), rejected(FailureCode::BackEndFault)),
        (Fault::says(422, r#"{"code":"noPasscodePolicy"}"#), rejected(FailureCode::NoPasscodePolicy)),
        (Fault::says(422, r#"{"code":"moonPhase"}"#), rejected(FailureCode::BackEndFault)),
        (Fault::says(422, html), rejected(FailureCode::BackEndFault)),
        (Fault::says(200, "not JSON"), unknown()),
        (Fault::says(201, r#"{"id":"another","state":"pending"}"#), unknown()),
        (Fault::says(204, ""), unknown()),
        (Fault::says(404, "404"), unknown()),
        (Fault::says(404, r#"{"message":"no route"}"#), unknown()),
        (redirect, unknown()),
        (Fault::Cut { is_done: true }, unknown()),
    ]
    .into_iter()
    .enumerate()
    {
        connector.fails("PUT", fault);
        assert_eq!(service.start(&reset(&format!("r-{place}"))).await, expected, "number {place}");
    }
    // As long as may be, and one byte more.
    for (more, is_read) in [(0, true), (1, false)] {
        let begin = r#"{"id":"r-long","state":"pending","more":""#;
        let text = format!("{begin}{}\"}}", "x".repeat(256 * 1024 - begin.len() - 2 + more));
        connector.fails("PUT", Fault::says(200, &text));
        let answer = service.start(&reset("r-long")).await;
        assert_eq!(answer, if is_read { Ok(StartAnswer::Accepted(None)) } else { unknown() }, "{more} more");
    }
    assert_eq!(connector.called("PUT"), 26, "nothing is repeated behind the queue's back");
    assert_eq!(connector.called("PUT /elsewhere") + connector.called("GET /elsewhere"), 0);
}

#[tokio::test]
async fn where_nobody_listens_nothing_was_done_and_the_server_says_that_it_is_not_ready() {
    let (connector, service, clock) = world().await;
    assert_eq!(service.ready().await, Ok(()), "nobody has asked yet");
    connector.fails("GET /capabilities", Fault::says(401, ""));
    service.look().await;
    assert_eq!(service.ready().await, Err(BUSY));
    let calls = connector.memory().calls.len();
    for _ in 0..3 {
        assert_eq!(service.ready().await, Err(BUSY));
    }
    assert_eq!(connector.memory().calls.len(), calls, "being asked costs no call");
    service.look().await;
    assert_eq!(service.ready().await, Ok(()), "and it comes back by itself");
    service.look().await;
    assert_eq!(connector.called("GET /capabilities"), 2, "what is known is not asked");

    let free = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/v1", free.local_addr().unwrap());
    drop(free);
    let bearer = Authorization::Bearer(SecretText::new(TOKEN.to_owned()));
    let service = service_with(&url, &clock, bearer);
    assert_eq!(service.start(&reset("r")).await, Err(BUSY));
    assert_eq!(service.ready().await, Err(BUSY));
}

#[tokio::test]
async fn the_policy_decides_first_and_a_connector_can_only_refuse_more() {
    let (connector, service, clock) = world().await;
    let refused = |reason| Decision::Refused(reason);
    let not_offered = refused(RefusalReason::NotOfferedByService);
    let reset = ActionKind::ResetPasscode;
    let allowed = the_device(&service).await;
    assert!(matches!(
        decide(reset, &allowed, &aiko()),
        Decision::Allowed(Allowed::Reset(Reset::Temporary(_)))
    ));
    assert_eq!(allowed.capabilities.command_lifetime_seconds, 600);
    for (change, expected) in [
        // The policy: a personally owned work profile, however much the connector allows.
        (
            json!({ "deviceEnrollmentType": "userEnrollment", "managedDeviceOwnerType": "personal" }),
            refused(RefusalReason::PersonallyOwnedWorkProfile),
        ),
        (
            json!({ "resetPasscode": { "allowed": false, "reason": "organizationPolicy" } }),
            refused(RefusalReason::OrganizationPolicy),
        ),
        (json!({ "resetPasscode": { "allowed": false, "reason": "moonPhase" } }), not_offered),
        (json!({ "resetPasscode": { "allowed": false } }), not_offered),
        (json!({ "resetPasscode": {} }), not_offered),
        (
            json!({ "resetPasscode": { "allowed": true, "erasePending": true } }),
            refused(RefusalReason::EraseOrRetirePending),
        ),
        (
            json!({ "resetPasscode": { "allowed": true, "resetTokenActive": false } }),
            refused(RefusalReason::ResetTokenInactive),
        ),
        (json!({ "managedDeviceOwnerType": "spouse" }), not_offered),
        (json!({ "managementAgent": "pigeon" }), refused(RefusalReason::NotOfferedByService)),
        // A new kind of enrolment that the policy would take for an iPhone like any other.
        (json!({ "operatingSystem": "iOS", "deviceEnrollmentType": "appleBrainEnrollment" }), not_offered),
        (
            json!({ "resetPasscode": { "allowed": true,
                "passcodeRules": { "minLength": 4, "maxLength": 3, "kinds": ["digits"] } } }),
            not_offered,
        ),
        (
            json!({ "resetPasscode": { "allowed": true,
                "passcodeRules": { "minLength": 4, "maxLength": 9, "kinds": ["pattern"] } } }),
            not_offered,
        ),
    ] {
        let mut device = android("a-1");
        for (key, value) in change.as_object().unwrap() {
            device[key] = value.clone();
        }
        connector.memory().devices.insert("p-aiko".to_owned(), vec![device]);
        assert_eq!(decide(reset, &the_device(&service).await, &aiko()), expected, "{change}");
    }

    let mut device = android("a-1");
    device["resetPasscode"]["passcodeRules"] =
        json!({ "minLength": 6, "maxLength": 1000, "kinds": ["digits", "pattern"] });
    device["remoteLock"] = json!({ "allowed": false, "reason": "noPasscodeOnDevice" });
    connector.memory().devices.insert("p-aiko".to_owned(), vec![device]);
    let device = the_device(&service).await;
    let digits = Decision::Allowed(Allowed::Reset(Reset::Temporary(CharacterSet::Digits)));
    assert_eq!(decide(reset, &device, &aiko()), digits);
    let rules = device.capabilities.passcode_rules;
    assert_eq!((rules.min_length, rules.max_length), (6, 32));
    let lock = decide(ActionKind::RemoteLock, &device, &aiko());
    assert_eq!(lock, refused(RefusalReason::NoPasscodeOnDevice));
    let sync = decide(ActionKind::SyncDevice, &device, &aiko());
    assert_eq!(sync, Decision::Allowed(Allowed::Plain), "by its capabilities");

    let destructive = [ActionKind::Retire, ActionKind::Wipe];
    connector.memory().capabilities["actions"] = json!([
        "resetPasscode",
        "remoteLock",
        "syncDevice",
        "rebootNow",
        "retire",
        "wipe",
        "locate",
        "danceNow"
    ]);
    let mut device = android("a-1");
    device["operatingSystem"] = json!("iOS");
    device["deviceEnrollmentType"] = json!("userEnrollment");
    device["managedDeviceOwnerType"] = json!("personal");
    connector.memory().devices.insert("p-aiko".to_owned(), vec![device.clone()]);
    clock.advance(601);
    let silent = the_device(&service).await;
    assert_eq!(destructive.map(|kind| decide(kind, &silent, &aiko())), [not_offered; 2], "not by silence");
    device["retire"] = json!({ "allowed": true });
    device["wipe"] = json!({ "allowed": false, "reason": "organizationPolicy" });
    connector.memory().devices.insert("p-aiko".to_owned(), vec![device]);
    let told = the_device(&service).await;
    let told = destructive.map(|kind| decide(kind, &told, &aiko()));
    assert_eq!(told, [Decision::Allowed(Allowed::Plain), refused(RefusalReason::OrganizationPolicy)]);
    let company = android("a-1");
    connector.memory().devices.insert("p-aiko".to_owned(), vec![company]);
    let reboot = decide(ActionKind::RebootNow, &the_device(&service).await, &aiko());
    assert_eq!(reboot, Decision::Allowed(Allowed::Plain), "by its capabilities");

    for (key, value) in [("contract", json!("2")), ("actions", json!([])), ("passcodeFrom", json!("none"))] {
        let was = connector.memory().capabilities[key].clone();
        connector.memory().capabilities[key] = value.clone();
        clock.advance(601);
        let device = the_device(&service).await;
        assert_eq!(decide(reset, &device, &aiko()), not_offered, "{key} = {value}");
        connector.memory().capabilities[key] = was;
    }
    connector.memory().capabilities["passcodeFrom"] = json!("none");
    let mut iphone = android("a-1");
    iphone["operatingSystem"] = json!("iOS");
    iphone["deviceEnrollmentType"] = json!("appleBulkWithUser");
    connector.memory().devices.insert("p-aiko".to_owned(), vec![iphone]);
    clock.advance(601);
    let removed = Decision::Allowed(Allowed::Reset(Reset::Removed));
    assert_eq!(decide(reset, &the_device(&service).await, &aiko()), removed, "where none is needed");
}

#[tokio::test]
async fn devices_are_read_page_by_page_and_what_cannot_be_read_hides_only_itself() {
    let (connector, service, _clock) = world().await;
    let odd = |id: Value| {
        let mut device = android("x");
        device["id"] = id;
        device
    };
    let mut unreadable = android("unreadable");
    unreadable["isEncrypted"] = json!("perhaps");
    // `null` is missing, as some frameworks write it.
    let mut with_nulls = android("a-3");
    for field in
        ["deviceName", "lastSyncDateTime", "isSupervised", "complianceState", "remoteLock", "nobodyKnows"]
    {
        with_nulls[field] = json!(null);
    }
    with_nulls["resetPasscode"]["reason"] = json!(null);
    let devices = vec![
        odd(json!("a/b")),
        android("a-1"),
        odd(json!("other:a-1")),
        odd(json!("..")),
        unreadable,
        odd(json!("x".repeat(128))),
        android("a-2"),
        json!({ "id": "bare" }),
        with_nulls,
    ];
    connector.memory().devices.insert("p-aiko".to_owned(), devices);
    for size in [1, 2, 3, 100] {
        let (mut found, mut after) = (Vec::new(), None);
        loop {
            let page = service.devices_of(&aiko(), &PageRequest { size, after }).await.unwrap();
            assert!(page.devices.len() <= size);
            found.extend(page.devices.iter().map(|device| device.id.to_string()));
            after = page.next_after;
            if after.is_none() {
                break;
            }
        }
        assert_eq!(found, ["a-1", "a-2", "bare", "a-3"], "{size} a page");
    }
    let bare = service.device(&aiko(), &device_id("bare")).await.unwrap().unwrap();
    for kind in [ActionKind::ResetPasscode, ActionKind::RemoteLock, ActionKind::SyncDevice] {
        assert!(matches!(decide(kind, &bare, &aiko()), Decision::Refused(_)), "{kind:?} of next to nothing");
    }

    let stranger = PersonId::new("p-ben".to_owned());
    assert_eq!(service.device(&stranger, &device_id("a-1")).await, Ok(None), "another person's");
    connector.fails("GET /people/p-aiko/devices/a-2", Fault::says(200, &android("a-1").to_string()));
    let other = service.device(&aiko(), &device_id("a-2")).await;
    assert_eq!(other, Err(ServiceError::NoAnswer), "another device than asked for");
    connector.fails("GET /people/p-aiko/devices/a-2", Fault::says(404, "<h1>not found</h1>"));
    let lost = service.device(&aiko(), &device_id("a-2")).await;
    assert_eq!(lost, Err(ServiceError::NoAnswer), "a proxy's 404 is not the connector's");

    for person in ["..", ".", ""] {
        let calls = connector.memory().calls.len();
        let person = PersonId::new(person.to_owned());
        let page = PageRequest { size: 10, after: None };
        assert!(service.devices_of(&person, &page).await.unwrap().devices.is_empty());
        assert_eq!(service.device(&person, &device_id("a-1")).await, Ok(None));
        assert_eq!(connector.memory().calls.len(), calls, "no address is folded");
    }
    let odd = PersonId::new("a/../p-aiko?x".to_owned());
    let page = PageRequest { size: 10, after: None };
    assert!(service.devices_of(&odd, &page).await.unwrap().devices.is_empty());
    assert_eq!(connector.called("GET /people/a%2F..%2Fp-aiko%3Fx/devices"), 1);

    connector.memory().devices.clear();
    for _ in 0..20 {
        connector.fails("GET /people/p-aiko/devices?", Fault::says(200, r#"{"devices":[],"nextAfter":"z"}"#));
    }
    let circle = service.devices_of(&aiko(), &page).await.unwrap();
    assert!(circle.devices.is_empty() && circle.next_after.is_none(), "a list that goes in a circle ends");
}

#[tokio::test]
async fn it_is_not_asked_more_often_than_it_wants_except_after_a_cancellation() {
    let (connector, service, clock) = world().await;
    connector.memory().capabilities["pollSeconds"] = json!(30);
    the_device(&service).await;
    let start = reset("r-1");
    service.start(&start).await.unwrap();
    for _ in 0..5 {
        assert_eq!(service.status(&start.run).await, Ok(StatusAnswer::Known(Report::Pending.into())));
    }
    assert_eq!(connector.called("GET /commands"), 0, "the answer to the start is fresh");
    connector.tells(json!({ "state": "active" }));
    clock.advance(29);
    assert_eq!(service.status(&start.run).await, Ok(StatusAnswer::Known(Report::Pending.into())));
    clock.advance(1);
    assert_eq!(service.status(&start.run).await, Ok(StatusAnswer::Known(Report::Active.into())));
    connector.tells(json!({ "state": "done" }));
    assert_eq!(service.cancel(&start.run).await, Ok(CancelAnswer::TooLate));
    let done = StatusAnswer::Known(Report::Ended(Ending::Done).into());
    assert_eq!(service.status(&start.run).await, Ok(done), "the queue asks how it ended");
}

#[tokio::test]
async fn a_passcode_the_service_made_is_fetched_after_the_end_and_if_it_is_gone_that_is_said() {
    let (connector, service, clock) = world().await;
    let start = run("r-1", Action::ResetPasscode(Reset::Issued(CharacterSet::Digits)));
    service.start(&start).await.unwrap();
    assert_eq!(connector.memory().handed_over[0].1, None, "none of ours is sent");
    connector.memory().issued = Some("482915".to_owned());
    clock.advance(5);
    service.status(&start.run).await.unwrap();
    assert_eq!(connector.called("GET /commands/r-1/passcode"), 0, "not before the end");
    connector.tells(json!({ "state": "done" }));
    clock.advance(5);
    let done = Report::Ended(Ending::Done);
    for fault in [Fault::says(500, ""), Fault::says(200, r#"{"passcode":""}"#), Fault::says(200, "{}")] {
        connector.fails("GET /commands/r-1/passcode", fault);
        assert_eq!(service.status(&start.run).await, Err(ServiceError::NoAnswer), "asked again later");
    }
    let issued = Some(SecretText::new("482915".to_owned()));
    let known = StatusAnswer::Known(Reported { state: done, issued });
    assert_eq!(service.status(&start.run).await, Ok(known));
    connector.memory().issued = None;
    let unknown = Report::Ended(Ending::Failed(FailureCode::OutcomeUnknown));
    assert_eq!(service.status(&start.run).await, Ok(StatusAnswer::Known(unknown.into())));
}

#[tokio::test]
async fn tokens_of_a_token_endpoint_are_kept_and_replaced_when_they_are_refused_or_old() {
    let (connector, _, clock) = world().await;
    let credentials = ClientCredentials {
        token_url: format!("{}/token", connector.url),
        client_id: "portal".to_owned(),
        client_secret: SecretText::new("s3cret".to_owned()),
        scope: Some("devices".to_owned()),
    };
    let service = service_with(&connector.url, &clock, Authorization::ClientCredentials(credentials));
    for _ in 0..3 {
        the_device(&service).await;
    }
    assert_eq!(connector.memory().tokens_given, 1);
    connector.memory().token = "rotated".to_owned();
    assert_eq!(service.start(&reset("r")).await, Err(BUSY), "refused, so certainly not done");
    assert_eq!(service.start(&reset("r")).await, Ok(StartAnswer::Accepted(None)));
    clock.advance(3600);
    the_device(&service).await;
    assert_eq!(connector.memory().tokens_given, 3);
}

#[tokio::test]
async fn a_token_that_is_replaced_under_load_costs_one_new_one_and_no_command() {
    let (connector, _, clock) = world().await;
    let credentials = ClientCredentials {
        token_url: format!("{}/token", connector.url),
        client_id: "portal".to_owned(),
        client_secret: SecretText::new("s3cret".to_owned()),
        scope: None,
    };
    let service = service_with(&connector.url, &clock, Authorization::ClientCredentials(credentials));
    the_device(&service).await;
    connector.memory().token = "rotated".to_owned();
    let runs: Vec<StartRun> = (0..24).map(|number| reset(&format!("r-{number}"))).collect();
    // Whoever is refused tries again, as the queue does.
    let sent = runs.iter().map(async |run| {
        for _ in 0..4 {
            match service.start(run).await {
                Ok(answer) => return assert_eq!(answer, StartAnswer::Accepted(None)),
                Err(error) => assert_eq!(error, BUSY, "refused, so certainly not done"),
            }
        }
        panic!("{:?} was refused again and again", run.run.id);
    });
    futures_util::future::join_all(sent).await;
    let memory = connector.memory();
    assert_eq!((memory.handed_over.len(), memory.tokens_given), (24, 2));
}

async fn portal(connector: &Connector) -> TestServer {
    TestServer::with(&connector.configuration("mdm")).await
}

async fn act(server: &TestServer, device: &str, action: &str) -> Value {
    let authorization = format!("Bearer {}", server.token("p-aiko", 60));
    let path = match action {
        "resetPasscode" => format!("/api/v1.0/me/managedDevices/{device}/resetPasscode"),
        _ => format!("/api/v1.0/me/managedDevices/{device}/actions/{action}"),
    };
    let headers = [("authorization", authorization.as_str()), ("idempotency-key", action)];
    let body = if action == "rename" { r#"{"name":"Mine"}"# } else { "" };
    let answer = server.call_with_body("POST", &path, &headers, body).await;
    assert_eq!(answer.status.as_u16(), 202, "{action}: {}", answer.code());
    answer.json()
}

async fn state(server: &TestServer, device: &str, started: &Value) -> Value {
    let id = started["id"].as_str().unwrap();
    server.get("p-aiko", &format!("/me/managedDevices/{device}/deviceActionResults/{id}")).await.json()
}

/// Lets time pass until a run has ended; the device is done as soon as it has it.
async fn ended(server: &TestServer, connector: &Connector, device: &str, started: &Value) -> Value {
    for _ in 0..200 {
        connector.tells(json!({ "state": "done" }));
        let now = state(server, device, started).await;
        if now["actionState"] != "pending" && now["actionState"] != "active" {
            return now;
        }
        server.pass(5).await;
    }
    panic!("it never ended");
}

#[tokio::test]
async fn a_person_resets_locks_checks_and_renames_a_device_behind_a_connector() {
    let connector = Connector::start().await;
    let server = portal(&connector).await;
    assert!(
        server.server.fleet.is_none()
            && !portal_server::composition::fleet_database(&server.database()).exists()
    );
    let list = server.get("p-aiko", "/me/managedDevices").await.json();
    assert_eq!((&list["value"][0]["id"], list["value"].as_array().unwrap().len()), (&json!("a-1"), 1));
    for action in ["resetPasscode", "remoteLock", "syncDevice", "rename"] {
        let started = act(&server, "a-1", action).await;
        assert_eq!(ended(&server, &connector, "a-1", &started).await["actionState"], "done", "{action}");
    }
    let handed_over = connector.memory().handed_over.clone();
    assert_eq!(handed_over.len(), 3, "a name is the portal's own");
    let shown = server.get("p-aiko", "/me/managedDevices/a-1/temporaryPasscode").await.json();
    assert_eq!(shown["passcode"].as_str(), handed_over[0].1.as_deref(), "what the device was given");
    assert_eq!(handed_over.iter().filter(|(_, passcode)| passcode.is_some()).count(), 1);
    assert_eq!(server.get("p-ben", "/me/managedDevices/a-1").await.status.as_u16(), 404);
    let ready = server.call("GET", "/readyz", &[]).await.json();
    assert!(ready["simulatedDevices"].is_null());
}

#[tokio::test]
async fn a_connector_beside_the_simulated_fleet_has_its_name_before_its_devices() {
    let connector = Connector::start().await;
    let both = "[[device_services]]\nkind = \"simulated\"\n".to_owned() + &connector.configuration("mdm");
    let server = TestServer::with(&both).await;
    let list = server.get("p-aiko", "/me/managedDevices").await.json();
    let ids: Vec<&str> =
        list["value"].as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap()).collect();
    assert!(ids.contains(&"d-aiko-android") && ids.contains(&"mdm:a-1"), "{ids:?}");
    let started = act(&server, "mdm:a-1", "resetPasscode").await;
    assert_eq!(ended(&server, &connector, "mdm:a-1", &started).await["actionState"], "done");
    connector.fails("GET /people", Fault::says(500, ""));
    let list = server.get("p-aiko", "/me/managedDevices").await.json();
    assert_eq!(list["unavailableServices"], json!(["mdm"]));
    let ready = server.call("GET", "/readyz", &[]).await.json();
    assert_eq!(ready["simulatedDevices"], true, "whoever operates it sees it");
}

#[tokio::test]
async fn whatever_goes_wrong_on_the_way_a_device_is_handed_a_reset_once_and_its_end_is_known() {
    let paused = Fault::Says {
        status: 429,
        headers: vec![("retry-after", "1.5".to_owned())],
        body: String::new(),
        is_done: false,
    };
    let done_and = |status| Fault::Says { status, headers: Vec::new(), body: "?".to_owned(), is_done: true };
    for (place, (call, fault)) in [
        ("PUT", paused),
        ("PUT", Fault::says(503, "")),
        ("PUT", done_and(503)),
        ("PUT", done_and(500)),
        ("PUT", done_and(201)),
        ("PUT", Fault::says(500, "")),
        ("PUT", Fault::Silent { is_done: true }),
        ("PUT", Fault::Silent { is_done: false }),
        ("PUT", Fault::Cut { is_done: true }),
        ("PUT", Fault::Cut { is_done: false }),
        ("GET /commands", Fault::Silent { is_done: false }),
        ("GET /commands", Fault::Cut { is_done: false }),
        ("GET /commands", Fault::says(404, "<h1>not found</h1>")),
        ("GET /commands", Fault::says(502, "")),
        ("GET /commands", Fault::says(401, "")),
        ("GET /commands", Fault::says(200, r#"{"id":"r-foreign","state":"failed"}"#)),
    ]
    .into_iter()
    .enumerate()
    {
        let connector = Connector::start().await;
        let mut server = portal(&connector).await;
        server.server.queue = server.server.queue.clone().with_patience(Duration::from_millis(200));
        let started = act(&server, "a-1", "resetPasscode").await;
        connector.fails(call, fault);
        let end = ended(&server, &connector, "a-1", &started).await;
        assert_eq!(end["actionState"], "done", "number {place}: {end}");
        assert!(connector.memory().faults.is_empty(), "number {place}: it never went wrong");
        let handed_over = connector.memory().handed_over.clone();
        assert_eq!(handed_over.len(), 1, "number {place}");
        let shown = server.get("p-aiko", "/me/managedDevices/a-1/temporaryPasscode").await.json();
        assert_eq!(shown["passcode"].as_str(), handed_over[0].1.as_deref(), "number {place}");
    }
}

#[tokio::test]
async fn a_connector_that_cannot_tell_or_has_forgotten_leads_to_an_honest_unknown() {
    let cannot_tell = Fault::says(503, r#"{"code":"cannotTell"}"#);
    let forgotten = Fault::says(404, r#"{"code":"notFound"}"#);
    for fault in [cannot_tell, forgotten] {
        let connector = Connector::start().await;
        let server = portal(&connector).await;
        let started = act(&server, "a-1", "resetPasscode").await;
        server.server.queue.pass().await.unwrap();
        connector.fails("GET /commands", fault);
        server.pass(20).await;
        let end = state(&server, "a-1", &started).await;
        assert_eq!((&end["actionState"], &end["errorCode"]), (&json!("failed"), &json!("outcomeUnknown")));
        let shown = server.get("p-aiko", "/me/managedDevices/a-1/temporaryPasscode").await.json();
        assert_eq!(shown["isConfirmed"], false, "the device may have it");
    }
}

/// The chaos found one that stayed open for an hour.
#[tokio::test]
async fn a_connector_that_cannot_tell_is_not_asked_to_cancel_until_the_time_is_over() {
    let connector = Connector::start().await;
    let server = portal(&connector).await;
    let started = act(&server, "a-1", "resetPasscode").await;
    server.server.queue.pass().await.unwrap();
    for _ in 0..100 {
        connector.fails("POST /commands", Fault::says(503, r#"{"code":"cannotTell"}"#));
        connector.fails("GET /commands", Fault::says(503, r#"{"code":"cannotTell"}"#));
    }
    let id = started["id"].as_str().unwrap();
    let path = format!("/api/v1.0/me/managedDevices/a-1/deviceActionResults/{id}/cancel");
    let authorization = format!("Bearer {}", server.token("p-aiko", 60));
    server.call("POST", &path, &[("authorization", &authorization)]).await;
    server.pass(60).await;
    let end = state(&server, "a-1", &started).await;
    assert_eq!((&end["actionState"], &end["errorCode"]), (&json!("failed"), &json!("outcomeUnknown")));
}

#[tokio::test]
async fn a_crash_at_any_point_loses_nothing_and_sends_nothing_twice_over_http() {
    for source in ["portal", "service"] {
        for point in CrashPoint::ALL {
            let connector = Connector::start().await;
            connector.memory().capabilities["passcodeFrom"] = json!(source);
            connector.memory().issued = Some("k7d4m2xa".to_owned());
            let server = portal(&connector).await;
            let crashing = Environment {
                clock: server.clock.clone(),
                crash_points: Arc::new(StopAt(point, AtomicBool::new(false))),
                ..Environment::default()
            };
            let built = Server::build(&server.settings, crashing).await.unwrap();
            let server = TestServer { server: built, ..server };
            let started = act(&server, "a-1", "resetPasscode").await;
            let mut has_crashed = false;
            for _ in 0..40 {
                has_crashed = server.server.queue.pass().await.is_err();
                if has_crashed {
                    break;
                }
                connector.tells(json!({ "state": "done" }));
                server.clock.advance(1);
            }
            assert!(has_crashed, "{source} {point:?} was never reached");
            let server = server.restarted().await;
            let end = ended(&server, &connector, "a-1", &started).await;
            assert_eq!(end["actionState"], "done", "{source} {point:?}: {end}");
            let handed_over = connector.memory().handed_over.clone();
            assert_eq!(handed_over.len(), 1, "{source} {point:?}");
            let shown = server.get("p-aiko", "/me/managedDevices/a-1/temporaryPasscode").await.json();
            let expected = handed_over[0].1.clone().unwrap_or_else(|| "k7d4m2xa".to_owned());
            assert_eq!(shown["passcode"], json!(expected), "{source} {point:?}");
            assert_eq!(server.count("SELECT COUNT(*) FROM notifications").await, 1, "{source} {point:?}");
        }
    }
}

#[tokio::test]
async fn no_line_of_the_log_and_no_address_holds_a_passcode_or_a_token() {
    let captured = CapturedLog::begin();
    let connector = Connector::start().await;
    connector.memory().capabilities["passcodeFrom"] = json!("service");
    let server = portal(&connector).await;
    connector.memory().issued = Some("k7d4m2xa".to_owned());
    for fault in [Fault::says(401, TOKEN), Fault::says(500, TOKEN), Fault::says(200, "k7d4m2xa")] {
        connector.fails("PUT", fault);
    }
    let started = act(&server, "a-1", "resetPasscode").await;
    assert_eq!(ended(&server, &connector, "a-1", &started).await["actionState"], "done");
    let (_, service, _) = world().await;
    assert_eq!(service.start(&reset("r-log")).await, Ok(StartAnswer::Accepted(None)));
    let (keeper, service, clock) = world().await;
    let key = run("r-key", Action::ShowRecoveryKey);
    assert_eq!(service.start(&key).await, Ok(StartAnswer::Accepted(None)));
    keeper.tells(json!({ "state": "done" }));
    keeper.memory().issued = Some("k7d4m2xa".to_owned());
    clock.advance(60);
    let told = service.status(&key.run).await;
    assert!(matches!(told, Ok(StatusAnswer::Known(Reported { issued: Some(_), .. }))), "{told:?}");
    let log = captured.text();
    assert!(log.contains("the connector cannot be used"), "the search itself works");
    for secret in [TOKEN, "k7d4m2xa", PASSCODE] {
        assert!(!log.contains(secret), "the log holds {secret}");
        assert!(!connector.memory().calls.iter().any(|call| call.contains(secret)));
        let files = std::fs::read_dir(server.folder.path()).unwrap().map(|entry| entry.unwrap().path());
        for file in files.filter(|path| path.to_string_lossy().contains(".sqlite")) {
            let bytes = std::fs::read(&file).unwrap();
            assert!(!bytes.windows(secret.len()).any(|window| window == secret.as_bytes()), "{file:?}");
        }
    }
    let settings = format!("{:?}", server.settings);
    assert!(settings.contains("token") || settings.contains("Bearer"));
    assert!(!settings.contains(TOKEN), "nor what is printed of the settings");
}
