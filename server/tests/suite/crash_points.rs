//! A crash at every point of a command's life, and the same database opened again (security.md, server, row
//! 4): nothing is lost, nothing is sent twice.

use crate::support::{ScriptedService, TestClock, clock, sign_in};
use portal_contract::{ActionState, DeviceActionResult, FailureCode};
use portal_server::application::{
    ActionRequest, DeviceCall, KeyHeader, Portal, PortalParts, Precondition, Queue, Refusal, Rules,
    SignInClaim, StreamRules,
};
use portal_server::domain::action::Requested;
use portal_server::domain::action_run::{Ending, Report};
use portal_server::domain::audit::Origin;
use portal_server::domain::idempotency::IdempotencyKey;
use portal_server::domain::ids::{DeviceId, RequestId};
use portal_server::domain::rate::{Limits, PerHour, Quotas};
use portal_server::ports::{
    CrashPoint, CrashPoints, DeviceService, NoCrash, PageRequest, ServiceError, StatusAnswer,
};
use portal_server::store_sqlite::{SqliteStore, StoreOptions};
use portal_server::system::SystemRandomness;
use portal_server::vault_aead::AeadVault;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tempfile::TempDir;

/// The tests' key (`support::server::KEY`), so that the program itself can work on the same database.
const KEY_BYTES: [u8; 32] = [
    0xde, 0xad, 0xbe, 0xef, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22,
    23, 24, 25, 26, 27,
];

/// Stops once, at one point.
pub(crate) struct StopAt(pub(crate) CrashPoint, pub(crate) AtomicBool);

impl CrashPoints for StopAt {
    fn stops_at(&self, point: CrashPoint) -> bool {
        point == self.0 && !self.1.swap(true, Ordering::SeqCst)
    }
}

/// A portal that can be "killed" and opened again over the same database, while the back end lives on.
pub(crate) struct World {
    pub(crate) folder: TempDir,
    pub(crate) clock: Arc<TestClock>,
    pub(crate) back_end: Arc<ScriptedService>,
    /// How long another program that holds the database is waited for; the usual time if `None`.
    pub(crate) patience: Option<Duration>,
}

pub(crate) struct Process {
    pub(crate) portal: Arc<Portal>,
    pub(crate) queue: Queue,
    store: SqliteStore,
}

impl World {
    pub(crate) fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
            clock: Arc::new(TestClock::new()),
            back_end: Arc::new(ScriptedService::default()),
            patience: None,
        }
    }

    pub(crate) fn database(&self) -> PathBuf {
        self.folder.path().join("portal.sqlite")
    }

    pub(crate) async fn process(&self, crash_points: Arc<dyn CrashPoints>) -> Process {
        self.process_over(self.back_end.clone(), crash_points).await
    }

    /// A process over other services than the usual one.
    pub(crate) async fn process_over(
        &self,
        services: Arc<dyn DeviceService>,
        crash_points: Arc<dyn CrashPoints>,
    ) -> Process {
        let options = StoreOptions { patience: self.patience, ..StoreOptions::default() };
        let store = SqliteStore::open(&self.database(), options).await.unwrap();
        let randomness = Arc::new(SystemRandomness);
        let parts = PortalParts {
            store: Arc::new(store.clone()),
            services,
            clock: self.clock.clone(),
            randomness: randomness.clone(),
            vault: Arc::new(AeadVault::new(&KEY_BYTES, randomness)),
            signal: Arc::new(portal_server::system::LocalSignal::default()),
            rate_limits: Arc::new(portal_server::system::LocalLimits::new(
                Quotas::USUAL,
                Arc::new(store.clone()),
            )),
        };
        let many = PerHour(1000);
        let limits = Limits {
            resets_per_person: many,
            resets_per_device: many,
            actions_per_person: many,
            actions_per_device: many,
            reveals_per_person: many,
            reveals_per_device: many,
            quotas: Quotas::USUAL,
        };
        let streams = StreamRules { per_person: 4, total: 4, heartbeat: Duration::from_secs(15) };
        let rules = Rules { limits, passcode_lifetime_days: 7, streams, skip_second_sign_in: None };
        let portal = Arc::new(Portal::new(parts, rules));
        Process { queue: Queue::new(Arc::clone(&portal), crash_points), portal, store }
    }
}

impl Process {
    /// Ends without tidying up anything but the file handle.
    pub(crate) async fn killed(self) {
        self.store.close().await;
    }

    pub(crate) fn call(&self, clock: &TestClock) -> DeviceCall {
        DeviceCall {
            sign_in: sign_in("p-aiko", clock.seconds(), Some(10)),
            device: DeviceId::parse("d-aiko-android"),
            origin: Origin {
                address: "192.0.2.1".to_owned(),
                request: RequestId::trusted("q-1".to_owned()),
                client: None,
            },
        }
    }

    pub(crate) async fn reset(&self, clock: &TestClock, key: &str) -> DeviceActionResult {
        self.try_reset(clock, key).await.unwrap()
    }

    pub(crate) async fn try_reset(
        &self,
        clock: &TestClock,
        key: &str,
    ) -> Result<DeviceActionResult, Refusal> {
        self.portal.act(&request(self.call(clock), key)).await
    }

    pub(crate) async fn reset_of(&self, clock: &TestClock, device: &str, key: &str) -> DeviceActionResult {
        let call = DeviceCall { device: DeviceId::parse(device), ..self.call(clock) };
        self.portal.act(&request(call, key)).await.unwrap()
    }

    /// Every reset of the person, with its state.
    pub(crate) async fn states(&self, clock: &TestClock) -> BTreeMap<String, ActionState> {
        let page = PageRequest { size: 100, after: None };
        let list = self.portal.devices(&self.call(clock).sign_in, &page).await.unwrap();
        let results = list.devices.into_iter().flat_map(|device| device.device_action_results);
        results.map(|result| (result.id, result.action_state)).collect()
    }

    /// The newest action as the person sees it.
    pub(crate) async fn newest(&self, clock: &TestClock) -> portal_contract::DeviceActionResult {
        let view = self.portal.device(&self.call(clock)).await.unwrap();
        view.device.device_action_results.into_iter().next().unwrap()
    }

    /// Lets time pass, the queue working.
    pub(crate) async fn work(&self, clock: &TestClock, seconds: i64) {
        for _ in 0..seconds {
            self.queue.pass().await.unwrap();
            clock.advance(1);
        }
    }
}

pub(crate) fn request(call: DeviceCall, key: &str) -> ActionRequest {
    ActionRequest {
        call,
        requested: Requested::ResetPasscode,
        key: KeyHeader::Given(IdempotencyKey::parse(key).unwrap()),
        body: Vec::new(),
        precondition: Precondition::None,
        sign_in_claim: SignInClaim::Usual,
    }
}

#[tokio::test]
async fn a_crash_at_any_point_loses_nothing_and_sends_nothing_twice() {
    for point in CrashPoint::ALL {
        let world = World::new();
        let first = world.process(Arc::new(StopAt(point, AtomicBool::new(false)))).await;
        let accepted = first.reset(&world.clock, "k").await;
        let mut stopped = false;
        for second in 0..30 {
            if second == 5 {
                world.back_end.report_all(Report::Ended(Ending::Done));
            }
            if first.queue.pass().await.is_err() {
                stopped = true;
                break;
            }
            world.clock.advance(1);
        }
        assert!(stopped, "{point:?} was never reached");
        let delivered_before = world.back_end.deliveries().len();
        first.killed().await;

        let second = world.process(Arc::new(NoCrash)).await;
        second.work(&world.clock, 3).await;
        world.back_end.report_all(Report::Ended(Ending::Done));
        second.work(&world.clock, 10).await;
        let result = second.newest(&world.clock).await;
        assert_eq!((result.id, result.action_state), (accepted.id, ActionState::Done), "{point:?}");
        let deliveries = world.back_end.deliveries();
        assert_eq!(deliveries.len(), 1, "{point:?}: delivered {delivered_before} before the crash");
        let shown = second.portal.temporary_passcode(&second.call(&world.clock)).await.unwrap();
        assert_eq!(
            Some(shown.passcode.reveal().to_owned()),
            deliveries[0].1,
            "{point:?}: the passcode on the device"
        );
        let sign_in = second.call(&world.clock).sign_in;
        assert_eq!(
            second.portal.notifications(&sign_in).await.unwrap().len(),
            1,
            "{point:?}: one notification"
        );
    }
}

#[tokio::test]
async fn a_command_found_in_sending_is_asked_about_before_anything_is_sent() {
    let world = World::new();
    let first = world.process(Arc::new(StopAt(CrashPoint::AfterStarted, AtomicBool::new(false)))).await;
    first.reset(&world.clock, "k").await;
    assert!(first.queue.pass().await.is_err());
    first.killed().await;
    let second = world.process(Arc::new(NoCrash)).await;
    second.work(&world.clock, 5).await;
    assert_eq!(
        *world.back_end.starts.lock().unwrap(),
        1,
        "the back end knew it, so it was not started again"
    );
}

#[tokio::test]
async fn a_back_end_that_cannot_tell_leads_to_an_honest_unknown() {
    let world = World::new();
    let first = world.process(Arc::new(StopAt(CrashPoint::AfterStarted, AtomicBool::new(false)))).await;
    first.reset(&world.clock, "k").await;
    assert!(first.queue.pass().await.is_err());
    first.killed().await;
    world.back_end.status_answers.lock().unwrap().push_back(Ok(StatusAnswer::CannotTell));
    let second = world.process(Arc::new(NoCrash)).await;
    second.work(&world.clock, 2).await;
    let result = second.newest(&world.clock).await;
    assert_eq!(
        (result.action_state, result.error_code),
        (ActionState::Failed, Some(FailureCode::OutcomeUnknown))
    );
    assert_eq!(world.back_end.deliveries().len(), 1);
}

#[tokio::test]
async fn a_lost_answer_is_asked_about_and_not_repeated() {
    let world = World::new();
    *world.back_end.errors_still_deliver.lock().unwrap() = true;
    world.back_end.start_answers.lock().unwrap().push_back(Err(ServiceError::NoAnswer));
    let process = world.process(Arc::new(NoCrash)).await;
    process.reset(&world.clock, "k").await;
    process.work(&world.clock, 10).await;
    assert_eq!(*world.back_end.starts.lock().unwrap(), 1);
    world.back_end.report_all(Report::Ended(Ending::Done));
    process.work(&world.clock, 10).await;
    assert_eq!(process.newest(&world.clock).await.action_state, ActionState::Done);
    assert!(world.clock.seconds() > clock::START);
}

#[tokio::test]
async fn a_passcode_the_device_may_have_is_kept_and_offered_as_that_until_a_reset_is_confirmed() {
    let world = World::new();
    let process = world.process(Arc::new(NoCrash)).await;
    let passcode = async || process.portal.temporary_passcode(&process.call(&world.clock)).await;
    process.reset(&world.clock, "first").await;
    process.work(&world.clock, 2).await;
    world.back_end.report_all(Report::Ended(Ending::Done));
    process.work(&world.clock, 2).await;
    let first = passcode().await.unwrap();
    assert!(first.is_confirmed);

    let second = process.reset(&world.clock, "second").await;
    process.work(&world.clock, 1).await;
    assert_eq!(passcode().await.unwrap(), first, "while it is under way the first is the one");
    world.back_end.status_answers.lock().unwrap().push_back(Ok(StatusAnswer::CannotTell));
    process.work(&world.clock, 3).await;
    let newest = process.newest(&world.clock).await;
    assert_eq!(
        (newest.id.clone(), newest.error_code),
        (second.id.clone(), Some(FailureCode::OutcomeUnknown))
    );
    let uncertain = passcode().await.unwrap();
    assert_eq!((&uncertain.result_id, uncertain.is_confirmed), (&second.id, false));
    assert_eq!(
        Some(uncertain.passcode.reveal()),
        world.back_end.deliveries()[1].1.as_deref(),
        "what was sent"
    );
    assert_ne!(uncertain.passcode, first.passcode);

    let third = process.reset(&world.clock, "third").await;
    process.work(&world.clock, 2).await;
    world.back_end.report_all(Report::Ended(Ending::Done));
    process.work(&world.clock, 2).await;
    let confirmed = passcode().await.unwrap();
    assert_eq!((&confirmed.result_id, confirmed.is_confirmed), (&third.id, true));
    let kept = crate::support::server::count(&world.database(), "SELECT COUNT(*) FROM passcodes").await;
    assert_eq!(kept, 1, "the others are worth nothing now");
}
