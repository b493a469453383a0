//! The sample connector (`server/examples/connector.rs`): it keeps the rules, and the portal's own tests run on it too.

use crate::support::connector::TOKEN;
use crate::support::{Sample, TestClock, sample};
use portal_contract::{CharacterSet, FailureCode, SecretText, UtcTime};
use portal_server::domain::action::Action;
use portal_server::domain::ids::{DeviceId, ResultId};
use portal_server::domain::person::PersonId;
use portal_server::domain::policy::Reset;
use portal_server::ports::{
    CancelAnswer, DeviceService as _, PageRequest, RunKey, ServiceError, StartAnswer, StartRun, StatusAnswer,
};
use portal_server::services::http::{Authorization, HttpService, HttpServiceSettings};
use std::sync::Arc;

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
    assert_eq!((rest.devices.len(), rest.next_after), (4, None));
    let device = one.devices[0].id.clone();
    assert_eq!(first.device(&PersonId::new("p-ben".to_owned()), &device).await, Ok(None));
    assert!(first.device(&aiko(), &device).await.unwrap().is_some());

    let start = reset("r-1", &device);
    assert_eq!(first.status(&start.run).await, Ok(StatusAnswer::NeverReceived));
    for _ in 0..2 {
        assert_eq!(first.start(&start).await, Ok(StartAnswer::Accepted(None)));
    }
    let other = StartRun { run: RunKey { action: Action::RemoteLock, ..start.run.clone() }, secret: None };
    let refused = Ok(StartAnswer::Rejected(FailureCode::BackEndFault));
    assert_eq!(first.start(&other).await, refused, "the same identifier, another body");
    let over = RunKey { expires: UtcTime::from_unix_seconds(1), ..reset("r-2", &device).run };
    let over = first.start(&StartRun { run: over, secret: None }).await;
    assert_eq!(over, Ok(StartAnswer::Rejected(FailureCode::CommandExpired)));
    assert_eq!(*sample.handed_over.lock().unwrap(), [("r-1".to_owned(), Some(PASSCODE.to_owned()))]);

    let file = sample.folder.path().join("commands.json");
    let again = sample::router(file.clone(), "portal", &clock, &sample.handed_over);
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
