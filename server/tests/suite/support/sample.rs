//! The sample connector (`server/examples/connector.rs`) inside a test: on a socket, with the test's clock, and with what it hands
//! to its devices kept.

use super::server::write_private;
use super::{Contract, TestClock, TestServer};
use crate::sample_connector::{Settings, connector};
use crate::support::connector::TOKEN;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::middleware::{Next, from_fn};
use axum::response::Response;
use portal_server::ports::Clock as _;
use serde_json::Value;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use tempfile::TempDir;

/// Every command that was handed to its device, and with which passcode.
pub(crate) type HandedOver = Arc<Mutex<Vec<(String, Option<String>)>>>;

/// A sample connector for `p-aiko`; it ends with its test.
#[derive(Clone)]
pub(crate) struct Sample {
    pub(crate) url: String,
    pub(crate) folder: Arc<TempDir>,
    pub(crate) handed_over: HandedOver,
    clock: FollowedClock,
}

/// The clock that counts; a server of the tests brings its own.
#[derive(Clone)]
pub(crate) struct FollowedClock(Arc<Mutex<Arc<TestClock>>>);

impl FollowedClock {
    pub(crate) fn new(clock: &Arc<TestClock>) -> Self {
        Self(Arc::new(Mutex::new(Arc::clone(clock))))
    }

    fn seconds(&self) -> i64 {
        self.0.lock().unwrap().now().unix_seconds()
    }
}

/// The sample as a service. Whatever it answers has to be what the document says.
pub(crate) fn router(
    file: PathBuf,
    passcode_from: &str,
    clock: &FollowedClock,
    handed_over: &HandedOver,
) -> Router {
    let (clock, handed_over) = (clock.clone(), Arc::clone(handed_over));
    let settings = Settings {
        token: TOKEN.to_owned(),
        person: "p-aiko".to_owned(),
        file,
        passcode_from: passcode_from.to_owned(),
        step_seconds: 5,
        iphones: 1,
        now: Box::new(move || clock.seconds()),
        hand_over: Box::new(move |id, passcode| {
            handed_over.lock().unwrap().push((id.to_owned(), passcode.map(ToOwned::to_owned)));
        }),
    };
    connector(settings)
}

/// Holds each answer against the document.
async fn held_against_the_document(request: Request, next: Next) -> Response {
    let (method, path) =
        (request.method().clone(), request.uri().path().trim_start_matches("/v1").to_owned());
    let response = next.run(request).await;
    let (head, body) = response.into_parts();
    let body = to_bytes(body, 1 << 20).await.unwrap();
    let media = head.headers["content-type"].to_str().unwrap();
    let value: Value = serde_json::from_slice(&body).unwrap();
    let complaints = Contract::new().answer(method.as_str(), &path, (head.status.as_u16(), media, &value));
    assert!(complaints.is_empty(), "the sample answers what the document does not say: {complaints:?}");
    Response::from_parts(head, Body::from(body))
}

impl Sample {
    pub(crate) async fn start(passcode_from: &str, clock: &Arc<TestClock>) -> Self {
        Self::behind(passcode_from, clock, |router| router).await
    }

    /// A sample with something in front of it.
    pub(crate) async fn behind(
        passcode_from: &str,
        clock: &Arc<TestClock>,
        front: impl FnOnce(Router) -> Router,
    ) -> Self {
        let (folder, handed_over) = (Arc::new(tempfile::tempdir().unwrap()), Arc::default());
        let clock = FollowedClock::new(clock);
        let app = router(folder.path().join("commands.json"), passcode_from, &clock, &handed_over);
        let app = front(app.layer(from_fn(held_against_the_document)));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/v1", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
        write_private(&folder.path().join("token"), TOKEN);
        Self { url, folder, handed_over, clock }
    }

    /// A portal with this connector, both by one clock.
    pub(crate) async fn portal(&self) -> TestServer {
        let server = TestServer::with(&self.configuration()).await;
        *self.clock.0.lock().unwrap() = Arc::clone(&server.clock);
        server
    }

    /// How often a command was handed to its device, and the passcode with it.
    pub(crate) fn handed_over_of(&self, id: &str) -> (usize, Option<String>) {
        let all = self.handed_over.lock().unwrap();
        let mut of_it = all.iter().filter(|(one, _)| one == id);
        let passcode = of_it.next().and_then(|(_, passcode)| passcode.clone());
        (all.iter().filter(|(one, _)| one == id).count(), passcode)
    }

    /// The configuration of a portal with this connector.
    fn configuration(&self) -> String {
        let token = self.folder.path().join("token");
        format!(
            "[[device_services]]\nname = \"mdm\"\nkind = \"http\"\n[device_services.http]\nurl = \"{}\"\n\
             token_file = {token:?}\n",
            self.url
        )
    }
}
