//! Commands to Microsoft Intune (`services/graph`): whatever goes wrong and wherever the server is killed, none is carried out
//! twice with another outcome, and nothing is shown that is not in force.

use crate::crash_points::{Process, StopAt, World, request};
use crate::support::graph::{
    ADA, BOB, CLIENT_SECRET, FRONT_DESK, KEPT, MAC, OTHER_PHONE, PASSCODE, PHONE, PIN, SALES, error_body,
    iphone, mac,
};
use crate::support::log::CapturedLog;
use crate::support::{GraphFault, SimulatedGraph, sign_in};
use futures_util::StreamExt as _;
use portal_contract::{ActionState, CharacterSet, DeviceActionResult, FailureCode, SecretKind, UtcTime};
use portal_server::application::{ActionRequest, DeviceCall};
use portal_server::domain::action::{Action, ActionKind, Lock, Requested};
use portal_server::domain::action_run::{Ending, Report};
use portal_server::domain::category::CategoryId;
use portal_server::domain::ids::{DeviceId, ResultId};
use portal_server::domain::person::PersonId;
use portal_server::domain::policy::Reset;
use portal_server::ports::{
    CancelAnswer, CrashPoint, CrashPoints, DeviceService as _, NoCrash, ReportSink, RunKey, ServiceError,
    StartAnswer, StartRun, StatusAnswer,
};
use portal_server::services::graph::{CommandRecord, GraphService, GraphSettings};
use portal_server::system::SystemRandomness;
use serde_json::json;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Weak};
use std::time::Duration;

const BUSY: ServiceError = ServiceError::Busy { retry_after_millis: None };

/// How long an answer is waited for that never comes.
const SHORT_PATIENCE: Duration = Duration::from_millis(300);

/// How long the queue waits where this goes wrong. No test may hang on how fast the machine is: only where there is no answer at all it
/// is short.
const fn patience_with(fault: &GraphFault) -> Duration {
    match fault {
        GraphFault::Silent { .. } => SHORT_PATIENCE,
        GraphFault::Cut { .. } | GraphFault::Says { .. } => Duration::from_secs(15),
    }
}

/// A tenant, and a server over it that can be killed.
struct Tenant {
    graph: SimulatedGraph,
    world: World,
    settings: GraphSettings,
}

struct Server {
    process: Process,
    service: Arc<GraphService>,
}

impl Tenant {
    async fn start() -> Self {
        let graph = SimulatedGraph::start().await;
        let world = World { clock: graph.clock.clone(), ..World::new() };
        Self { settings: graph.settings(), graph, world }
    }

    async fn service(&self) -> GraphService {
        let file = self.world.folder.path().join("portal.graph.sqlite");
        let now = UtcTime::from_unix_millis(self.graph.clock.millis());
        let record = CommandRecord::open(&file, now).await.unwrap();
        let (clock, randomness) = (self.graph.clock.clone(), Arc::new(SystemRandomness));
        GraphService::new(self.settings.clone(), record, clock, randomness).unwrap()
    }

    async fn server(&self, crash_points: Arc<dyn CrashPoints>) -> Server {
        self.patient_server(crash_points, SHORT_PATIENCE).await
    }

    async fn patient_server(&self, crash_points: Arc<dyn CrashPoints>, patience: Duration) -> Server {
        let service = Arc::new(self.service().await);
        let mut process = self.world.process_over(service.clone(), crash_points).await;
        process.queue = process.queue.clone().with_patience(patience);
        let sink: Weak<dyn ReportSink> = Arc::downgrade(&process.portal) as Weak<dyn ReportSink>;
        service.report_to(sink);
        Server { process, service }
    }

    fn call(&self, device: &str) -> DeviceCall {
        DeviceCall {
            sign_in: sign_in(ADA, self.graph.clock.seconds(), Some(10)),
            device: DeviceId::parse(device),
            origin: portal_server::domain::audit::Origin {
                address: "192.0.2.1".to_owned(),
                request: portal_server::domain::ids::RequestId::trusted("q-1".to_owned()),
                client: None,
            },
        }
    }

    fn run(&self, id: &str, device: &str, action: Action) -> RunKey {
        let now = self.graph.clock.millis();
        RunKey {
            id: ResultId::trusted(id.to_owned()),
            device: DeviceId::trusted(device.to_owned()),
            action,
            person: PersonId::new(ADA.to_owned()),
            started: UtcTime::from_unix_millis(now),
            expires: UtcTime::from_unix_millis(now + 7 * 86_400_000),
            external: None,
        }
    }

    fn reset(&self, id: &str) -> RunKey {
        self.run(id, PHONE, Action::ResetPasscode(Reset::Issued(CharacterSet::LettersAndDigits)))
    }

    fn removal(&self, id: &str) -> RunKey {
        self.run(id, OTHER_PHONE, Action::ResetPasscode(Reset::Removed))
    }
}

impl Server {
    async fn act(&self, tenant: &Tenant, device: &str, requested: Requested) -> DeviceActionResult {
        let key = format!("{}-{device}", requested.kind().name().as_str());
        let request = request(tenant.call(device), &key);
        self.process.portal.act(&ActionRequest { requested, ..request }).await.unwrap()
    }

    async fn newest(&self, tenant: &Tenant, device: &str) -> DeviceActionResult {
        let view = self.process.portal.device(&tenant.call(device)).await.unwrap();
        view.device.device_action_results.into_iter().next().unwrap()
    }

    /// Lets time pass, the queue working. False when it was stopped at a crash point.
    async fn work(&self, tenant: &Tenant, seconds: i64) -> bool {
        let step = if seconds > 60 { 20 } else { 4 };
        let mut left = seconds;
        while left > 0 {
            if self.process.queue.pass().await.is_err() {
                return false;
            }
            tenant.graph.clock.advance(left.min(step));
            left -= step;
        }
        self.process.queue.pass().await.is_ok()
    }

    async fn killed(self) {
        self.process.killed().await;
        self.service.close().await;
    }
}

fn start(run: &RunKey) -> StartRun {
    StartRun { run: run.clone(), secret: None }
}

fn known(report: Report) -> Result<StatusAnswer, ServiceError> {
    Ok(StatusAnswer::Known(report.into()))
}

#[tokio::test]
async fn a_reset_is_asked_for_once_and_found_again_by_its_result() {
    let tenant = Tenant::start().await;
    let service = tenant.service().await;
    tenant.graph.execute(PHONE, "resetPasscode");
    tenant.graph.devices_say("done");
    tenant.graph.clock.advance(3600);
    let run = tenant.reset("r-1");
    assert_eq!(service.status(&run).await, Ok(StatusAnswer::NeverReceived));
    for _ in 0..2 {
        assert_eq!(service.start(&start(&run)).await, Ok(StartAnswer::Accepted(None)));
    }
    assert_eq!(tenant.graph.called("POST"), 1);
    assert_eq!(service.cancel(&run).await, Ok(CancelAnswer::TooLate));
    assert_eq!(service.status(&run).await, known(Report::Pending), "204 does not mean done");
    tenant.graph.devices_say("active");
    assert_eq!(service.status(&run).await, known(Report::Pending), "from memory");
    tenant.graph.clock.advance(5);
    assert_eq!(service.status(&run).await, known(Report::Active));
    tenant.graph.devices_say("done");
    tenant.graph.clock.advance(5);
    let Ok(StatusAnswer::Known(reported)) = service.status(&run).await else { panic!() };
    assert_eq!(reported.state, Report::Ended(Ending::Done));
    let issued = reported.issued.map(|secret| secret.reveal().to_owned());
    assert_eq!(issued, tenant.graph.passcode_in_force(PHONE));
    tenant.graph.assert_described();
}

#[tokio::test]
async fn every_answer_to_a_command_is_one_end_or_one_question() {
    let approval = |status, headers: Vec<(&'static str, String)>, body: String| GraphFault::Says {
        status,
        headers,
        body,
        is_done: false,
    };
    let missing = error_body("BadRequest", "The x-msft-approval-justification header is required.");
    let named = vec![("x-msft-approval-code", "aabb1234-5678-9012-abcd-ef0123456789".to_owned())];
    let paused = vec![("retry-after", "2.128".to_owned())];
    let busy_for = |millis| Err(ServiceError::Busy { retry_after_millis: Some(millis) });
    let rejected = |code| Ok(StartAnswer::Rejected(code));
    let redirect = GraphFault::Says {
        status: 307,
        headers: vec![("location", "/v1.0/elsewhere".to_owned())],
        body: String::new(),
        is_done: false,
    };
    for (place, (fault, expected)) in [
        (approval(429, paused, error_body("TooManyRequests", "")), busy_for(2128)),
        (GraphFault::error(429, "TooManyRequests"), Err(BUSY)),
        (GraphFault::error(409, "Conflict"), Err(BUSY)),
        (GraphFault::error(403, "Forbidden"), Err(BUSY)),
        (GraphFault::error(403, "ApprovalRequired"), rejected(FailureCode::ApprovalRequired)),
        (approval(403, named, error_body("Forbidden", "")), rejected(FailureCode::ApprovalRequired)),
        (approval(400, Vec::new(), missing), rejected(FailureCode::ApprovalRequired)),
        (GraphFault::error(400, "BadRequest"), rejected(FailureCode::DeviceRejected)),
        (GraphFault::error(404, "UnknownError"), rejected(FailureCode::DeviceRejected)),
        (GraphFault::error(500, "InternalServerError"), Err(ServiceError::NoAnswer)),
        (GraphFault::but_done(503, "CancelledOnServiceTimeout"), Err(ServiceError::NoAnswer)),
        (GraphFault::says(502, "<h1>bad gateway</h1>"), Err(ServiceError::NoAnswer)),
        (GraphFault::error(504, "UnknownError"), Err(ServiceError::NoAnswer)),
        (GraphFault::Cut { is_done: true }, Err(ServiceError::NoAnswer)),
        (redirect, Err(ServiceError::NoAnswer)),
    ]
    .into_iter()
    .enumerate()
    {
        let tenant = Tenant::start().await;
        let service = tenant.service().await;
        let run = tenant.reset("r-1");
        tenant.graph.fails("POST", fault);
        assert_eq!(service.start(&start(&run)).await, expected, "number {place}");
        assert_eq!(
            tenant.graph.called("POST"),
            1,
            "number {place}: nothing is repeated behind the queue's back"
        );
        // Asked again, also by a server that was started anew, it says the same.
        service.close().await;
        let service = tenant.service().await;
        let status = service.status(&run).await;
        match &expected {
            Ok(StartAnswer::Rejected(code)) => {
                assert_eq!(status, known(Report::Ended(Ending::Failed(*code))), "number {place}");
                assert_eq!(service.start(&start(&run)).await, expected, "number {place}");
            }
            Err(ServiceError::Busy { .. }) => {
                assert_eq!(status, Ok(StatusAnswer::NeverReceived), "number {place}");
            }
            Err(ServiceError::NoAnswer) if tenant.graph.executed("resetPasscode") == 1 => {
                assert_eq!(status, known(Report::Pending), "number {place}: its result is there");
            }
            Err(ServiceError::NoAnswer) => assert_eq!(status, Err(ServiceError::NoAnswer), "number {place}"),
            Ok(StartAnswer::Accepted(_)) => panic!(),
        }
        tenant.graph.assert_described();
    }
}

#[tokio::test]
async fn where_there_is_no_connection_or_no_token_nothing_was_done() {
    let mut tenant = Tenant::start().await;
    let free = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let closed = format!("http://{}", free.local_addr().unwrap());
    drop(free);
    let run = tenant.reset("r-1");
    tenant.graph.memory().token_answer = Some((400, "{}".to_owned()));
    assert_eq!(tenant.service().await.start(&start(&run)).await, Err(BUSY));
    tenant.graph.memory().token_answer = None;
    tenant.settings.graph_url.clone_from(&closed);
    let service = tenant.service().await;
    assert_eq!(service.start(&start(&run)).await, Err(BUSY));
    assert_eq!(service.ready().await, Err(BUSY));
    assert_eq!(service.status(&run).await, Ok(StatusAnswer::NeverReceived));
}

#[tokio::test]
async fn what_must_not_be_sent_is_not_sent() {
    let tenant = Tenant::start().await;
    let service = tenant.service().await;
    let fault = Ok(StartAnswer::Rejected(FailureCode::BackEndFault));
    let stranger = RunKey { person: PersonId::new(BOB.to_owned()), ..tenant.reset("r-1") };
    assert_eq!(service.start(&start(&stranger)).await, fault, "another person's device");
    let nobody = RunKey { person: PersonId::new("p-aiko".to_owned()), ..tenant.reset("r-2") };
    assert_eq!(service.start(&start(&nobody)).await, fault);
    let gone = RunKey { device: DeviceId::trusted(BOB.to_owned()), ..tenant.reset("r-3") };
    assert_eq!(service.start(&start(&gone)).await, fault, "a device that is not there");
    let odd = RunKey { device: DeviceId::trusted("../users".to_owned()), ..tenant.reset("r-4") };
    assert_eq!(service.start(&start(&odd)).await, fault);
    tenant.graph.memory().devices[0]["managementState"] = json!("wipePending");
    let superseded = Ok(StartAnswer::Rejected(FailureCode::SupersededByErase));
    assert_eq!(service.start(&start(&tenant.reset("r-5"))).await, superseded);
    tenant.graph.memory().devices[0]["managementState"] = json!("managed");
    tenant.graph.execute(PHONE, "resetPasscode");
    let busy = Err(ServiceError::Busy { retry_after_millis: Some(30_000) });
    assert_eq!(service.start(&start(&tenant.reset("r-6"))).await, busy, "somebody else's is under way");
    tenant.graph.fails("GET", GraphFault::error(500, "InternalServerError"));
    assert_eq!(
        service.start(&start(&tenant.reset("r-7"))).await,
        Err(BUSY),
        "without a look nothing is sent"
    );
    assert_eq!(tenant.graph.called("POST"), 0);
    tenant.graph.assert_described();
}

#[tokio::test]
async fn a_command_without_a_trace_is_sent_once_more_only_where_twice_is_once() {
    let tenant = Tenant::start().await;
    let service = tenant.service().await;
    let removal = tenant.removal("r-1");
    for round in 0..2 {
        tenant.graph.fails("POST", GraphFault::error(504, "UnknownError"));
        assert_eq!(service.start(&start(&removal)).await, Err(ServiceError::NoAnswer));
        tenant.graph.clock.advance(119);
        assert_eq!(service.status(&removal).await, Err(ServiceError::NoAnswer), "it may still turn up");
        tenant.graph.clock.advance(30);
        let expected = if round == 0 { StatusAnswer::NeverReceived } else { StatusAnswer::CannotTell };
        assert_eq!(service.status(&removal).await, Ok(expected), "round {round}");
    }
    assert_eq!(tenant.graph.called("POST"), 2);
    let reset = tenant.reset("r-2");
    tenant.graph.fails("POST", GraphFault::error(504, "UnknownError"));
    assert_eq!(service.start(&start(&reset)).await, Err(ServiceError::NoAnswer));
    tenant.graph.clock.advance(150);
    assert_eq!(
        service.status(&reset).await,
        Ok(StatusAnswer::CannotTell),
        "a second passcode contradicts the first"
    );
    assert_eq!(service.start(&start(&reset)).await, Err(ServiceError::NoAnswer));
    assert_eq!(tenant.graph.called("POST"), 3);
}

#[tokio::test]
async fn a_device_that_goes_or_becomes_anothers_ends_its_command_without_a_passcode() {
    for (is_gone, expected) in
        [(true, Ending::Superseded), (false, Ending::Failed(FailureCode::BackEndFault))]
    {
        let tenant = Tenant::start().await;
        let service = tenant.service().await;
        let run = tenant.reset("r-1");
        service.start(&start(&run)).await.unwrap();
        tenant.graph.devices_say("done");
        if is_gone {
            tenant.graph.memory().devices.clear();
            tenant.graph.fails("GET", GraphFault::says(404, "<h1>not found</h1>"));
            let answer = service.status(&run).await;
            assert_eq!(answer, Err(ServiceError::NoAnswer), "a proxy's 404 is not Graph's");
        } else {
            tenant.graph.memory().devices[0]["userId"] = json!(BOB);
        }
        assert_eq!(service.status(&run).await, known(Report::Ended(expected)));
    }
}

#[tokio::test]
async fn a_passcode_may_follow_for_a_minute() {
    let tenant = Tenant::start().await;
    let service = tenant.service().await;
    let run = tenant.reset("r-1");
    service.start(&start(&run)).await.unwrap();
    tenant.graph.devices_say("done");
    tenant.graph.memory().results.get_mut(PHONE).unwrap()[0]["passcode"] = json!(null);
    assert_eq!(service.status(&run).await, known(Report::Active));
    tenant.graph.clock.advance(59);
    assert_eq!(service.status(&run).await, known(Report::Active));
    tenant.graph.clock.advance(5);
    let fault = Report::Ended(Ending::Failed(FailureCode::BackEndFault));
    assert_eq!(service.status(&run).await, known(fault));
}

#[tokio::test]
async fn a_mac_is_locked_once_and_its_pin_is_told_like_a_secret() {
    let tenant = Tenant::start().await;
    tenant.graph.memory().devices.push(mac(MAC, ADA));
    let server = tenant.server(Arc::new(NoCrash)).await;
    let run = server.act(&tenant, MAC, Requested::RemoteLock).await;
    let id = ResultId::trusted(run.id.clone());
    server.work(&tenant, 20).await;
    assert!(server.process.portal.issued_secret(&tenant.call(MAC), Some(&id)).await.is_err(), "not yet");
    // The end is there before the PIN: it is waited for.
    tenant.graph.devices_say("done");
    let pin = tenant.graph.memory().results.get_mut(MAC).unwrap()[0]["unlockPin"].take();
    server.work(&tenant, 20).await;
    assert!(server.newest(&tenant, MAC).await.action_state.is_open());
    tenant.graph.memory().results.get_mut(MAC).unwrap()[0]["unlockPin"] = pin;
    server.work(&tenant, 20).await;
    assert_eq!(server.newest(&tenant, MAC).await.action_state, ActionState::Done);
    let secret = server.process.portal.issued_secret(&tenant.call(MAC), Some(&id)).await.unwrap();
    assert_eq!(secret.kind, SecretKind::UnlockPin);
    assert_eq!(Some(secret.parts[0].value.reveal().to_owned()), tenant.graph.pin_in_force(MAC));
    assert_eq!((tenant.graph.called("POST"), tenant.graph.executed("remoteLock")), (1, 1));
    assert!(server.process.portal.temporary_passcode(&tenant.call(MAC)).await.is_err(), "it is no passcode");
    // Kept as long as a passcode, and not for the hour of what was only looked up.
    tenant.graph.clock.advance(2 * 3600);
    assert!(server.process.portal.issued_secret(&tenant.call(MAC), Some(&id)).await.is_ok());
    let stale =
        DeviceCall { sign_in: sign_in(ADA, tenant.graph.clock.seconds(), Some(301)), ..tenant.call(MAC) };
    assert!(server.process.portal.issued_secret(&stale, Some(&id)).await.is_err(), "without a fresh sign-in");
    tenant.graph.assert_described();
    server.killed().await;
}

#[tokio::test]
async fn graph_is_asked_about_a_device_at_a_pace_and_at_once_before_a_command_is_given_up() {
    let tenant = Tenant::start().await;
    let service = tenant.service().await;
    let run = tenant.reset("r-1");
    service.start(&start(&run)).await.unwrap();
    let asked = async |seconds: i64, step: i64| {
        let before = tenant.graph.called("GET");
        for _ in 0..seconds / step {
            service.status(&run).await.unwrap();
            tenant.graph.clock.advance(step);
        }
        tenant.graph.called("GET") - before
    };
    assert_eq!(asked(60, 1).await, 12, "every 5 s");
    tenant.graph.clock.advance(120);
    assert_eq!(asked(600, 10).await, 20, "every 30 s");
    tenant.graph.clock.advance(3600);
    assert_eq!(asked(3600, 60).await, 12, "every 5 min");
    let before = tenant.graph.called("GET");
    tenant.graph.clock.advance(7 * 86_400);
    service.status(&run).await.unwrap();
    service.status(&run).await.unwrap();
    assert_eq!(tenant.graph.called("GET"), before + 2, "it is over: how is it now?");
}

#[tokio::test]
async fn a_check_is_done_when_the_device_has_checked_in_and_a_lock_when_it_says_so() {
    let tenant = Tenant::start().await;
    let server = tenant.server(Arc::new(NoCrash)).await;
    server.act(&tenant, PHONE, Requested::SyncDevice).await;
    server.work(&tenant, 20).await;
    assert_eq!(server.newest(&tenant, PHONE).await.action_state, ActionState::Pending);
    tenant.graph.memory().devices[0]["lastSyncDateTime"] = json!("2027-01-15T08:00:59.1234567Z");
    server.work(&tenant, 20).await;
    assert_eq!(server.newest(&tenant, PHONE).await.action_state, ActionState::Done);
    tenant.graph.clock.advance(60);
    server.act(&tenant, OTHER_PHONE, Requested::RemoteLock).await;
    server.work(&tenant, 20).await;
    tenant.graph.devices_say("done");
    server.work(&tenant, 20).await;
    let lock = server.newest(&tenant, OTHER_PHONE).await;
    assert_eq!((lock.action_name.as_str(), lock.action_state), ("remoteLock", ActionState::Done));
    tenant.graph.assert_described();
}

/// Every way in which a command can go wrong, and whether it was carried out then.
fn post_faults() -> Vec<GraphFault> {
    let pause = vec![("retry-after", "1.5".to_owned())];
    vec![
        GraphFault::Says {
            status: 429,
            headers: pause,
            body: error_body("TooManyRequests", ""),
            is_done: false,
        },
        GraphFault::error(429, "TooManyRequests"),
        GraphFault::error(409, "Conflict"),
        GraphFault::error(401, "InvalidAuthenticationToken"),
        GraphFault::error(403, "Forbidden"),
        GraphFault::error(403, "ApprovalRequired"),
        GraphFault::error(400, "BadRequest"),
        GraphFault::error(500, "InternalServerError"),
        GraphFault::but_done(500, "InternalServerError"),
        GraphFault::error(503, "CancelledOnServiceTimeout"),
        GraphFault::but_done(503, "CancelledOnServiceTimeout"),
        GraphFault::error(504, "UnknownError"),
        GraphFault::but_done(504, "UnknownError"),
        GraphFault::says(502, "<h1>bad gateway</h1>"),
        GraphFault::Silent { is_done: true },
        GraphFault::Silent { is_done: false },
        GraphFault::Cut { is_done: true },
        GraphFault::Cut { is_done: false },
        // "204, and nothing happened."
        GraphFault::says(204, ""),
    ]
}

fn get_faults() -> Vec<GraphFault> {
    vec![
        GraphFault::error(500, "InternalServerError"),
        GraphFault::error(503, "ServiceUnavailable"),
        GraphFault::error(429, "TooManyRequests"),
        GraphFault::error(401, "InvalidAuthenticationToken"),
        GraphFault::error(403, "Forbidden"),
        GraphFault::says(404, "<h1>not found</h1>"),
        GraphFault::says(200, "not JSON"),
        GraphFault::says(200, &iphone(BOB, ADA).to_string()),
        GraphFault::Silent { is_done: false },
        GraphFault::Cut { is_done: false },
    ]
}

const CATEGORY_OF_PHONE: &str =
    "GET /v1.0/deviceManagement/managedDevices/705c034c-034c-705c-4c03-5c704c035c71/deviceCategory";

fn category(id: &str) -> Requested {
    Requested::SetCategory(CategoryId::parse(id).unwrap())
}

#[tokio::test]
async fn a_category_is_put_once_and_done_when_the_device_is_in_it() {
    let tenant = Tenant::start().await;
    let server = tenant.server(Arc::new(NoCrash)).await;
    let offered = server.process.portal.categories(&tenant.call(PHONE)).await.unwrap();
    let names: Vec<(&str, &str)> = offered.iter().map(|one| (one.id.as_str(), one.name.as_str())).collect();
    assert_eq!(names, [(SALES, "Sales"), (FRONT_DESK, "受付")]);
    server.act(&tenant, PHONE, category(FRONT_DESK)).await;
    assert!(server.work(&tenant, 20).await);
    assert_eq!(server.newest(&tenant, PHONE).await.action_state, ActionState::Done);
    let view = server.process.portal.device(&tenant.call(PHONE)).await.unwrap();
    assert_eq!(view.device.device_category_display_name, "受付");
    assert_eq!(tenant.graph.executed("setCategory"), 1);

    // Taken by Graph, and IT chose another one before it was looked at: nobody claims that it was done.
    tenant.graph.fails("PUT", GraphFault::says(204, ""));
    let other = request(tenant.call(PHONE), "another");
    let other = ActionRequest { requested: category(SALES), ..other };
    server.process.portal.act(&other).await.unwrap();
    server.work(&tenant, 200).await;
    let end = server.newest(&tenant, PHONE).await;
    assert_eq!((end.action_state, end.error_code), (ActionState::Failed, Some(FailureCode::OutcomeUnknown)));
    // And where it turns out later, that is told.
    tenant.graph.memory().category_of.insert(PHONE.to_owned(), SALES.to_owned());
    tenant.graph.clock.advance(3600);
    server.service.look_for_late_ends().await;
    assert_eq!(server.newest(&tenant, PHONE).await.action_state, ActionState::Done);
    tenant.graph.assert_described();
    server.killed().await;
}

#[tokio::test]
async fn a_category_of_no_tenant_is_never_put_and_one_of_zeros_never_offered() {
    let tenant = Tenant::start().await;
    let service = tenant.service().await;
    let nobody = "00000000-0000-0000-0000-000000000000";
    tenant.graph.memory().categories.push(crate::support::graph::category(nobody, "Unassigned"));
    let offered = service.categories(&DeviceId::trusted(PHONE.to_owned())).await.unwrap();
    assert_eq!(offered.len(), 2, "{offered:?}");
    for id in [nobody, "sales"] {
        let run = tenant.run("r-1", PHONE, Action::SetCategory(CategoryId::parse(id).unwrap()));
        let refused = service.start(&start(&run)).await;
        assert_eq!(refused, Ok(StartAnswer::Rejected(FailureCode::BackEndFault)), "{id}");
    }
    assert_eq!(tenant.graph.called("PUT"), 0);
    tenant.graph.assert_described();
}

/// One command with one fault, killed at one place (or not), and what came of it.
async fn life(
    call: &'static str,
    fault: &GraphFault,
    point: Option<CrashPoint>,
    device: &'static str,
    requested: &Requested,
) {
    let case = format!("{call} {fault:?}, killed {point:?}, {requested:?} of {device}");
    let tenant = Tenant::start().await;
    tenant.graph.memory().devices.push(mac(MAC, ADA));
    let crash: Arc<dyn CrashPoints> = match point {
        Some(point) => Arc::new(StopAt(point, AtomicBool::new(false))),
        None => Arc::new(NoCrash),
    };
    let patience = patience_with(fault);
    let mut server = tenant.patient_server(crash, patience).await;
    let accepted = server.act(&tenant, device, requested.clone()).await;
    tenant.graph.fails(call, fault.clone());
    let mut is_alive = server.work(&tenant, 12).await;
    if is_alive {
        tenant.graph.devices_say("active");
        is_alive = server.work(&tenant, 12).await;
    }
    if is_alive {
        tenant.graph.devices_say("done");
        is_alive = server.work(&tenant, 160).await;
    }
    if !is_alive || point.is_some() {
        server.killed().await;
        server = tenant.patient_server(Arc::new(NoCrash), patience).await;
    }
    for _ in 0..30 {
        tenant.graph.devices_say("done");
        assert!(server.work(&tenant, 20).await);
        if !server.newest(&tenant, device).await.action_state.is_open() {
            break;
        }
    }
    if server.newest(&tenant, device).await.action_state.is_open() {
        // Graph took it and nothing happened: it ends when it expires, and nobody claims to know how.
        tenant.graph.clock.advance(8 * 86_400);
        server.work(&tenant, 20).await;
    }
    let end = server.newest(&tenant, device).await;
    assert_eq!(end.id, accepted.id, "{case}");
    assert!(!end.action_state.is_open(), "{case}: {end:?}");
    let executed = tenant.graph.memory().executed.len();
    let issues_passcode = device == PHONE && *requested == Requested::ResetPasscode;
    let is_removal = device == OTHER_PHONE && *requested == Requested::ResetPasscode;
    let is_twice_once = is_removal || requested.kind() == ActionKind::SetCategory;
    let most = if is_twice_once { 2 } else { 1 };
    assert!(executed <= most, "{case}: carried out {executed} times");
    // Once more only after an answer that says that nothing was done.
    let is_refused_for_now = matches!(fault, GraphFault::Says { status: 401 | 403 | 409 | 429, .. });
    let left = tenant.graph.called("POST") + tenant.graph.called("PUT");
    assert!(left <= most + usize::from(is_refused_for_now), "{case}: left {left} times");
    match (end.action_state, end.error_code) {
        (ActionState::Done, None) => assert!(executed >= 1, "{case}: nothing was done"),
        // What was refused for good was not done. Of what nobody knows nothing is claimed.
        (ActionState::Failed, Some(FailureCode::ApprovalRequired | FailureCode::DeviceRejected)) => {
            assert_eq!(executed, 0, "{case}");
        }
        (ActionState::Failed, Some(FailureCode::OutcomeUnknown)) => {}
        (state, code) => panic!("{case}: {state:?} {code:?}"),
    }
    let shown = server.process.portal.temporary_passcode(&tenant.call(device)).await;
    if issues_passcode && end.action_state == ActionState::Done {
        let shown = shown.unwrap();
        assert!(shown.is_confirmed, "{case}");
        let in_force = tenant.graph.passcode_in_force(device);
        assert_eq!(Some(shown.passcode.reveal().to_owned()), in_force, "{case}: shown and in force");
    } else {
        assert!(shown.is_err(), "{case}: a passcode that no device has");
    }
    let id = ResultId::trusted(accepted.id.clone());
    let told = server.process.portal.issued_secret(&tenant.call(device), Some(&id)).await;
    if device == MAC && end.action_state == ActionState::Done {
        let told = told.unwrap().parts.into_iter().map(|part| part.value.reveal().to_owned());
        assert_eq!(told.collect::<Vec<_>>(), [tenant.graph.pin_in_force(MAC).unwrap()], "{case}");
    } else {
        assert!(told.is_err(), "{case}: a PIN that opens nothing");
    }
    let notifications = server.process.portal.notifications(&tenant.call(device).sign_in).await.unwrap();
    // A category that is what was chosen is no news.
    let is_news = requested.kind() != ActionKind::SetCategory || end.action_state != ActionState::Done;
    assert_eq!(notifications.len(), usize::from(is_news), "{case}: notifications");
    assert!(tenant.graph.memory().faults.is_empty() || point.is_some(), "{case}: it never went wrong");
    tenant.graph.assert_described();
    server.killed().await;
}

#[tokio::test]
async fn whatever_goes_wrong_with_a_command_it_has_one_outcome_and_that_is_told() {
    let commands = [
        (PHONE, Requested::ResetPasscode),
        (OTHER_PHONE, Requested::ResetPasscode),
        (OTHER_PHONE, Requested::RemoteLock),
        (OTHER_PHONE, Requested::RebootNow),
        (MAC, Requested::RemoteLock),
    ];
    for (device, requested) in &commands {
        for fault in post_faults() {
            life("POST", &fault, None, device, requested).await;
        }
    }
    for fault in post_faults() {
        life("PUT", &fault, None, OTHER_PHONE, &category(FRONT_DESK)).await;
    }
    for fault in get_faults() {
        for (device, requested) in &commands[..2] {
            life("GET /beta/deviceManagement", &fault, None, device, requested).await;
        }
        // A whole device is no answer that Graph could give to a question about a category.
        let is_a_device =
            matches!(&fault, GraphFault::Says { status: 200, body, .. } if body.contains("deviceName"));
        for call in ["GET /beta/deviceManagement", CATEGORY_OF_PHONE] {
            if !(is_a_device && call == CATEGORY_OF_PHONE) {
                life(call, &fault, None, OTHER_PHONE, &category(FRONT_DESK)).await;
            }
        }
    }
}

#[tokio::test]
async fn killed_anywhere_a_command_has_one_outcome_and_that_is_told() {
    for point in CrashPoint::ALL {
        for fault in post_faults() {
            life("POST", &fault, Some(point), PHONE, &Requested::ResetPasscode).await;
        }
        for fault in
            [GraphFault::but_done(503, "CancelledOnServiceTimeout"), GraphFault::error(504, "UnknownError")]
        {
            life("POST", &fault, Some(point), OTHER_PHONE, &Requested::ResetPasscode).await;
            life("POST", &fault, Some(point), OTHER_PHONE, &Requested::RemoteLock).await;
            life("POST", &fault, Some(point), MAC, &Requested::RemoteLock).await;
            life("PUT", &fault, Some(point), OTHER_PHONE, &category(SALES)).await;
        }
    }
}

/// Whether the adapter is killed while its command is on its way: the row is written and there is no answer yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum KilledOnTheWay {
    No,
    /// Before Graph carried it out: one that never left looks the same to Graph.
    BeforeItWasDone,
    /// After that.
    BeforeItsAnswer,
}

/// Whether carrying it out twice is carrying it out once.
fn is_twice_once(action: &Action) -> bool {
    matches!(action, Action::ResetPasscode(Reset::Removed) | Action::SyncDevice | Action::SetCategory(_))
}

/// One command with one fault, and an adapter that is started anew after each attempt to send it; commands that left are counted.
async fn counted_life(device: &str, action: &Action, fault: &GraphFault, killed: KilledOnTheWay) {
    let case = format!("{action:?} of {device}, {fault:?}, killed {killed:?}");
    let tenant = Tenant::start().await;
    tenant.graph.memory().devices.push(mac(MAC, ADA));
    let run = tenant.run("r-1", device, action.clone());
    let call = if matches!(action, Action::SetCategory(_)) { "PUT" } else { "POST" };
    if killed != KilledOnTheWay::No {
        tenant.graph.fails(call, GraphFault::Silent { is_done: killed == KilledOnTheWay::BeforeItsAnswer });
    }
    tenant.graph.fails(call, fault.clone());
    let patience = if killed == KilledOnTheWay::No { patience_with(fault) } else { SHORT_PATIENCE };
    let (mut is_sent, mut refusals, mut end) = (false, 0, None);
    let mut service = tenant.service().await;
    for _ in 0..16 {
        if is_sent {
            match service.status(&run).await {
                Ok(StatusAnswer::NeverReceived) => is_sent = false,
                Ok(StatusAnswer::CannotTell) => end = Some(None),
                Ok(StatusAnswer::Known(reported)) => match reported.state {
                    Report::Ended(ending) => end = Some(Some(ending)),
                    Report::Active => tenant.graph.devices_say("done"),
                    Report::Pending => {
                        tenant.graph.devices_say("active");
                        for device in &mut tenant.graph.memory().devices {
                            let state = device["managementState"].as_str().unwrap().to_owned();
                            device["managementState"] = json!(state.replace("Pending", "Issued"));
                        }
                    }
                    Report::NotNow => panic!("{case}"),
                },
                Err(_) => {}
            }
        }
        if !is_sent && end.is_none() {
            let answer = tokio::time::timeout(patience, service.start(&start(&run))).await;
            match answer.unwrap_or(Err(ServiceError::NoAnswer)) {
                Ok(StartAnswer::Accepted(_)) | Err(ServiceError::NoAnswer) => is_sent = true,
                Ok(StartAnswer::Rejected(code)) => end = Some(Some(Ending::Failed(code))),
                Err(ServiceError::Busy { .. }) => refusals += 1,
            }
            service.close().await;
            service = tenant.service().await;
        }
        if end.is_some() {
            break;
        }
        tenant.graph.clock.advance(30);
    }
    service.close().await;
    let executed = tenant.graph.memory().executed.len();
    let left = tenant.graph.called(call);
    let most = if is_twice_once(action) { 2 } else { 1 };
    assert!(executed <= most, "{case}: carried out {executed} times");
    // With another token at once, where the first one was refused: nothing was done.
    let refusals = refusals + usize::from(matches!(fault, GraphFault::Says { status: 401, .. }));
    assert!(left <= most + refusals, "{case}: left {left} times, {refusals} of them certainly not done");
    match end {
        Some(Some(Ending::Done)) => assert!(executed >= 1, "{case}"),
        Some(Some(Ending::Failed(FailureCode::ApprovalRequired | FailureCode::DeviceRejected))) => {
            // A second attempt may be refused after a first that nobody knows of; only where twice is once.
            assert!(executed == 0 || (killed != KilledOnTheWay::No && most == 2), "{case}");
        }
        Some(None) => assert_eq!(executed, 0, "{case}: it could be told"),
        // "204, and nothing happened."
        None => assert_eq!(executed, 0, "{case}"),
        Some(Some(other)) => panic!("{case}: {other:?}"),
    }
    tenant.graph.assert_described();
}

#[tokio::test]
async fn whatever_goes_wrong_with_a_command_and_whenever_it_is_killed_no_more_leave_than_may() {
    let issued = Action::ResetPasscode(Reset::Issued(CharacterSet::LettersAndDigits));
    for (device, action) in [
        (PHONE, issued),
        (OTHER_PHONE, Action::ResetPasscode(Reset::Removed)),
        (OTHER_PHONE, Action::RemoteLock(Lock::Screen)),
        (MAC, Action::RemoteLock(Lock::WithPin)),
        (OTHER_PHONE, Action::RebootNow),
        (OTHER_PHONE, Action::SyncDevice),
        (PHONE, Action::Retire),
        (PHONE, Action::Wipe),
        (PHONE, Action::SetCategory(CategoryId::parse(SALES).unwrap())),
    ] {
        let faults = post_faults();
        // The lives above have the others with every fault.
        let alone = if matches!(action, Action::SyncDevice | Action::Retire | Action::Wipe) {
            faults.len()
        } else {
            0
        };
        let lives = faults.iter().take(alone).map(|fault| (fault, KilledOnTheWay::No));
        // What was done before the kill is found, and where twice is not once nothing is sent again: nothing can go wrong with it any
        // more.
        let again = if is_twice_once(&action) { faults.len() } else { 1 };
        let undone = faults.iter().take(again).map(|fault| (fault, KilledOnTheWay::BeforeItWasDone));
        let done = faults.iter().take(1).map(|fault| (fault, KilledOnTheWay::BeforeItsAnswer));
        let lives = lives.chain(undone).chain(done);
        let lives = lives.map(|(fault, killed)| counted_life(device, &action, fault, killed));
        // Most of their time they wait for an answer that never comes.
        futures_util::stream::iter(lives).buffer_unordered(8).collect::<()>().await;
    }
}

#[tokio::test]
async fn an_end_that_comes_late_is_told_for_thirty_days() {
    let tenant = Tenant::start().await;
    let server = tenant.server(Arc::new(NoCrash)).await;
    server.act(&tenant, PHONE, Requested::ResetPasscode).await;
    server.work(&tenant, 20).await;
    tenant.graph.clock.advance(8 * 86_400);
    server.work(&tenant, 20).await;
    let end = server.newest(&tenant, PHONE).await;
    assert_eq!(end.error_code, Some(FailureCode::OutcomeUnknown), "the device was off for a week");
    let asked = tenant.graph.called("GET /beta/deviceManagement");
    server.service.look_for_late_ends().await;
    server.service.look_for_late_ends().await;
    assert_eq!(tenant.graph.called("GET /beta/deviceManagement"), asked + 1, "once an hour");
    // A server that was started anew goes on looking.
    server.killed().await;
    let server = tenant.server(Arc::new(NoCrash)).await;
    tenant.graph.devices_say("done");
    tenant.graph.clock.advance(3600);
    server.service.look_for_late_ends().await;
    let end = server.newest(&tenant, PHONE).await;
    assert_eq!(end.action_state, ActionState::Done);
    let shown = server.process.portal.temporary_passcode(&tenant.call(PHONE)).await.unwrap();
    assert_eq!(Some(shown.passcode.reveal().to_owned()), tenant.graph.passcode_in_force(PHONE));
    for _ in 0..5 {
        tenant.graph.clock.advance(3600);
        server.service.look_for_late_ends().await;
    }
    let asked = tenant.graph.called("GET /beta/deviceManagement");
    tenant.graph.clock.advance(3600);
    server.service.look_for_late_ends().await;
    assert_eq!(tenant.graph.called("GET /beta/deviceManagement"), asked, "what was told is not looked for");
    server.killed().await;

    let tenant = Tenant::start().await;
    let server = tenant.server(Arc::new(NoCrash)).await;
    tenant.graph.fails("POST", GraphFault::error(504, "UnknownError"));
    server.act(&tenant, PHONE, Requested::ResetPasscode).await;
    server.work(&tenant, 200).await;
    assert_eq!(server.newest(&tenant, PHONE).await.error_code, Some(FailureCode::OutcomeUnknown));
    let before = tenant.graph.called("GET /beta/deviceManagement");
    for _ in 0..31 * 24 {
        tenant.graph.clock.advance(3600);
        server.service.look_for_late_ends().await;
    }
    let asked = tenant.graph.called("GET /beta/deviceManagement");
    assert!((719..=721).contains(&(asked - before)), "hourly for thirty days: {}", asked - before);
    tenant.graph.clock.advance(86_400);
    server.service.look_for_late_ends().await;
    assert_eq!(tenant.graph.called("GET /beta/deviceManagement"), asked, "and then no more");
}

#[tokio::test]
async fn the_end_of_an_earlier_reset_is_not_taken_from_a_later_one() {
    let tenant = Tenant::start().await;
    let server = tenant.server(Arc::new(NoCrash)).await;
    tenant.graph.fails("POST", GraphFault::error(504, "UnknownError"));
    let first = server.act(&tenant, PHONE, Requested::ResetPasscode).await;
    server.work(&tenant, 200).await;
    let again = request(tenant.call(PHONE), "again");
    let second = server.process.portal.act(&again).await.unwrap();
    server.work(&tenant, 12).await;
    tenant.graph.devices_say("done");
    tenant.graph.clock.advance(3600);
    server.service.look_for_late_ends().await;
    server.work(&tenant, 12).await;
    let view = server.process.portal.device(&tenant.call(PHONE)).await.unwrap();
    let end = |id: &str| {
        let results = &view.device.device_action_results;
        results.iter().find(|one| one.id == id).map(|one| (one.action_state, one.error_code))
    };
    assert_eq!(end(&first.id), Some((ActionState::Failed, Some(FailureCode::OutcomeUnknown))));
    assert_eq!(end(&second.id), Some((ActionState::Done, None)));
}

#[tokio::test]
async fn a_command_of_before_the_record_began_is_never_sent_again() {
    let tenant = Tenant::start().await;
    let run = tenant.reset("r-1");
    tenant.graph.clock.advance(60);
    let service = tenant.service().await;
    assert_eq!(
        service.status(&run).await,
        Ok(StatusAnswer::CannotTell),
        "its row may have been in another file"
    );
}

#[tokio::test]
async fn what_graph_forbids_is_not_offered_and_the_server_is_not_ready() {
    let tenant = Tenant::start().await;
    let service = tenant.service().await;
    let person = PersonId::new(ADA.to_owned());
    let offers = async |kind| {
        let device = service.device(&person, &DeviceId::trusted(PHONE.to_owned())).await.unwrap().unwrap();
        device.capabilities.offers.has(kind)
    };
    assert!(offers(ActionKind::ResetPasscode).await);
    tenant.graph.fails("POST", GraphFault::error(403, "Forbidden"));
    assert_eq!(service.start(&start(&tenant.reset("r-1"))).await, Err(BUSY));
    assert_eq!(service.ready().await, Err(BUSY));
    assert!(!offers(ActionKind::ResetPasscode).await && offers(ActionKind::SyncDevice).await);
    tenant.graph.clock.advance(600);
    assert!(offers(ActionKind::ResetPasscode).await, "somebody may have granted it");
    assert_eq!(service.ready().await, Ok(()));
    tenant.graph.memory().roles = Some(vec!["DeviceManagementManagedDevices.Read.All"]);
    tenant.graph.clock.advance(3600);
    assert!(!offers(ActionKind::SyncDevice).await, "the token says so");
}

#[tokio::test]
async fn no_line_of_the_log_no_address_and_no_page_of_a_database_holds_a_secret() {
    let captured = CapturedLog::begin();
    let tenant = Tenant::start().await;
    let server = tenant.server(Arc::new(NoCrash)).await;
    for fault in [GraphFault::error(401, "x"), GraphFault::but_done(503, "x")] {
        tenant.graph.fails("POST", fault);
    }
    tenant.graph.memory().token_answer =
        Some((400, format!("{{\"error\":\"invalid_client\",\"error_description\":\"{CLIENT_SECRET}\"}}")));
    server.act_without_token(&tenant).await;
    server.act(&tenant, PHONE, Requested::ResetPasscode).await;
    server.work(&tenant, 20).await;
    tenant.graph.devices_say("done");
    server.work(&tenant, 40).await;
    assert_eq!(server.newest(&tenant, PHONE).await.action_state, ActionState::Done);
    let pc = "705c034c-034c-705c-4c03-5c704c035c73";
    tenant.graph.keep_secrets_of(pc);
    tenant.graph.memory().devices.push(mac(MAC, ADA));
    for (device, requested) in [
        (pc, Requested::ShowRecoveryKey),
        (pc, Requested::ShowLocalAdministratorPassword),
        (MAC, Requested::ShowRecoveryKey),
        (MAC, Requested::RemoteLock),
    ] {
        let run = server.act(&tenant, device, requested.clone()).await;
        server.work(&tenant, 20).await;
        tenant.graph.devices_say("done");
        server.work(&tenant, 20).await;
        let id = ResultId::trusted(run.id);
        let shown = server.process.portal.issued_secret(&tenant.call(device), Some(&id)).await.unwrap();
        let shown = shown.parts[0].value.reveal().to_owned();
        assert!(KEPT.iter().chain([&PIN]).any(|kept| shown.starts_with(kept)), "{requested:?}");
    }
    let log = captured.text();
    assert!(
        log.contains("a call to Microsoft Graph") && log.contains("client_request_id"),
        "the search itself works"
    );
    assert!(log.contains("invalid_client"), "the code of an error is there");
    for secret in [CLIENT_SECRET, PASSCODE, PIN, "opaque-1", "Bearer opaque"].into_iter().chain(KEPT) {
        assert!(!log.contains(secret), "the log holds {secret}");
        assert!(!tenant.graph.memory().calls.iter().any(|call| call.contains(secret)));
        let files = std::fs::read_dir(tenant.world.folder.path()).unwrap().map(|entry| entry.unwrap().path());
        for file in files.filter(|path| path.to_string_lossy().contains(".sqlite")) {
            let bytes = std::fs::read(&file).unwrap();
            assert!(!bytes.windows(secret.len()).any(|window| window == secret.as_bytes()), "{file:?}");
        }
    }
    let settings = format!("{:?}", tenant.settings);
    assert!(settings.contains("Secret") && !settings.contains(CLIENT_SECRET));
}

impl Server {
    /// Asks while there is no token.
    async fn act_without_token(&self, tenant: &Tenant) {
        let person = PersonId::new(ADA.to_owned());
        let device = DeviceId::trusted(PHONE.to_owned());
        assert_eq!(self.service.device(&person, &device).await, Err(BUSY));
        tenant.graph.memory().token_answer = None;
    }
}

const ENTRA: &str = "e17a0000-0000-4000-8000-000000000001";
const BITLOCKER: &str = "123456-234567-345678-456789-567890-678901-789012-890123";

fn computer(system: &str) -> serde_json::Value {
    let mut device = iphone(PHONE, ADA);
    device["operatingSystem"] = json!(system);
    device["deviceEnrollmentType"] = json!("userEnrollment");
    device["azureADDeviceId"] = json!(ENTRA);
    device
}

fn recovery_key(id: &str, device: &str, created: &str, key: &str) -> serde_json::Value {
    json!({ "id": id, "deviceId": device, "createdDateTime": created, "volumeType": "operatingSystemVolume", "key": key })
}

/// What a question brought, as labels and values.
fn told(answer: Result<StatusAnswer, ServiceError>) -> Result<Vec<(String, String)>, String> {
    match answer {
        Ok(StatusAnswer::Known(reported)) => match (reported.state, reported.issued) {
            (Report::Ended(Ending::Done), Some(issued)) => {
                let parts = portal_server::domain::issued_secret::IssuedParts::from_text(&issued).unwrap();
                let parts = parts.into_parts().into_iter();
                Ok(parts.map(|part| (part.label, part.value.reveal().to_owned())).collect())
            }
            (state, issued) => Err(format!("{state:?} {}", issued.is_some())),
        },
        other => Err(format!("{other:?}")),
    }
}

#[tokio::test]
async fn what_is_kept_of_a_computer_is_asked_for_and_told_to_its_user_alone() {
    let tenant = Tenant::start().await;
    let service = tenant.service().await;
    let key = "4a7e0000-0000-4000-8000-00000000000a";
    let older = "4a7e0000-0000-4000-8000-00000000000b";
    tenant.graph.memory().devices = vec![computer("Windows")];
    tenant.graph.memory().recovery_keys = vec![
        recovery_key(older, ENTRA, "2025-11-20T08:00:00Z", "000000-older"),
        recovery_key(key, ENTRA, "2026-11-20T08:00:00Z", BITLOCKER),
        recovery_key("4a7e0000-0000-4000-8000-00000000000c", BOB, "2026-11-20T08:00:00Z", "111111-foreign"),
    ];
    let run = tenant.run("r-1", PHONE, Action::ShowRecoveryKey);
    let ask = async || told(service.status(&run).await);
    assert_eq!(service.start(&start(&run)).await, Ok(StartAnswer::Accepted(None)));
    assert_eq!(tenant.graph.memory().calls.len(), 0, "nothing is sent");
    let both =
        vec![(key.to_uppercase(), BITLOCKER.to_owned()), (older.to_uppercase(), "000000-older".to_owned())];
    assert_eq!(ask().await, Ok(both), "the newest first");
    tenant.graph.memory().ignores_filter = true;
    let fault = Err("Ended(Failed(BackEndFault)) false".to_owned());
    assert_eq!(ask().await, fault, "the filter was ignored");
    tenant.graph.memory().ignores_filter = false;
    for entra in [json!(null), json!(""), json!("00000000-0000-0000-0000-000000000000")] {
        tenant.graph.memory().devices[0]["azureADDeviceId"] = entra;
        assert_eq!(ask().await, Err("Ended(NotSupported) false".to_owned()));
    }
    assert_eq!(tenant.graph.called("GET /v1.0/informationProtection"), 4, "nobody's keys are asked for");
    tenant.graph.memory().devices[0]["azureADDeviceId"] = json!(ENTRA);
    tenant.graph.memory().devices[0]["userId"] = json!(BOB);
    assert_eq!(ask().await, fault, "it has become somebody else's");
    tenant.graph.memory().devices = vec![computer("macOS")];
    assert_eq!(ask().await, Err("Ended(NotSupported) false".to_owned()), "none is kept");
    tenant.graph.memory().filevault_keys.insert(PHONE.to_owned(), "ABCD-EFGH-JKMN-PQRS".to_owned());
    assert_eq!(ask().await, Ok(vec![(String::new(), "ABCD-EFGH-JKMN-PQRS".to_owned())]));
    tenant.graph.memory().devices.clear();
    assert_eq!(ask().await, Err("Ended(Superseded) false".to_owned()));
    tenant.graph.assert_described();
}

#[tokio::test]
async fn the_newest_password_of_a_local_administrator_is_told() {
    let tenant = Tenant::start().await;
    let service = tenant.service().await;
    tenant.graph.memory().devices = vec![computer("Windows")];
    let run = tenant.run("r-1", PHONE, Action::ShowLocalAdministratorPassword);
    let ask = async || told(service.status(&run).await);
    assert_eq!(ask().await, Err("Ended(NotSupported) false".to_owned()));
    let credential = |at: &str, password: &str| json!({ "accountName": "helper", "accountSid": "S-1-5-21-1-2-3-500", "backupDateTime": at, "passwordBase64": password });
    // "older-one", "Pa55-w0rd!"
    let credentials = json!([
        credential("2026-11-01T00:00:00Z", "b2xkZXItb25l"),
        credential("2026-11-19T00:00:00Z", "UGE1NS13MHJkIQ==")
    ]);
    let info = json!({
        "id": ENTRA, "deviceName": "PC", "lastBackupDateTime": "2026-11-19T00:00:00Z",
        "refreshDateTime": "2026-12-19T00:00:00Z", "credentials": credentials
    });
    tenant.graph.memory().administrators.insert(ENTRA.to_owned(), info);
    assert_eq!(ask().await, Ok(vec![("helper".to_owned(), "Pa55-w0rd!".to_owned())]));
    for damaged in [json!([]), json!([credential("2026-11-19T00:00:00Z", "***")])] {
        tenant.graph.memory().administrators.get_mut(ENTRA).unwrap()["credentials"] = damaged;
        assert_eq!(ask().await, Err("Ended(NotSupported) false".to_owned()));
    }
    tenant.graph.assert_described();
}

#[tokio::test]
async fn whatever_goes_wrong_with_a_question_for_a_key_it_is_told_once_or_said_to_have_failed() {
    for fault in get_faults() {
        for call in [
            "GET /beta/deviceManagement",
            "GET /v1.0/informationProtection/bitlocker/recoveryKeys?",
            "GET /v1.0/informationProtection/bitlocker/recoveryKeys/",
        ] {
            let case = format!("{call} {fault:?}");
            let tenant = Tenant::start().await;
            tenant.graph.memory().devices = vec![computer("Windows")];
            tenant.graph.memory().recovery_keys = vec![recovery_key(
                "4a7e0000-0000-4000-8000-00000000000a",
                ENTRA,
                "2026-11-20T08:00:00Z",
                BITLOCKER,
            )];
            let server = tenant.server(Arc::new(NoCrash)).await;
            let accepted = server.act(&tenant, PHONE, Requested::ShowRecoveryKey).await;
            tenant.graph.fails(call, fault.clone());
            server.work(&tenant, 200).await;
            let end = server.newest(&tenant, PHONE).await;
            assert!(!end.action_state.is_open(), "{case}: {end:?}");
            let id = ResultId::trusted(accepted.id.clone());
            let shown = server.process.portal.issued_secret(&tenant.call(PHONE), Some(&id)).await;
            match end.action_state {
                ActionState::Done => {
                    assert_eq!(shown.unwrap().parts[0].value.reveal(), BITLOCKER, "{case}");
                }
                state => assert!(shown.is_err(), "{case}: {state:?}"),
            }
            assert!(tenant.graph.memory().executed.is_empty(), "{case}: nothing is done to a device");
            assert!(tenant.graph.memory().faults.is_empty(), "{case}: it never went wrong");
            server.killed().await;
        }
    }
}
