//! The whole server over a real database in a temporary folder, asked without a socket.

use super::{Answer, Provider, TestClock};
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{HeaderValue, Request};
use portal_server::composition::{Environment, Server};
use portal_server::config::{self, Settings};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;
use tower::ServiceExt as _;

pub(crate) struct TestServer {
    pub(crate) folder: TempDir,
    pub(crate) provider: Provider,
    pub(crate) clock: Arc<TestClock>,
    pub(crate) settings: Settings,
    pub(crate) server: Server,
}

/// The key of the tests, in base64.
pub(crate) const KEY: &str = "3q2+7wABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhs=";

/// Writes a file that only its owner may read, as a key file must be.
pub(crate) fn write_private(path: &std::path::Path, text: &str) {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::write(path, text).unwrap();
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600)).unwrap();
}

/// A configuration; the key stands in a file of its own beside the database.
pub(crate) fn configuration(provider: &Provider, database: &std::path::Path, more: &str) -> String {
    let keys = database.with_file_name("passcode.keys");
    if !keys.exists() {
        write_private(&keys, KEY);
    }
    format!(
        "listen = \"127.0.0.1:0\"\ndatabase = {database:?}\n{more}\n[oidc]\nissuer = \"{}\"\n\
         audience = \"urn:passcode-portal:api\"\nalgorithms = [\"ES256\", \"RS256\"]\n\
         [passcode]\nkey_file = {keys:?}\n\
         [branding]\ndisplayName = \"Example Works\"\n",
        provider.issuer
    )
}

impl TestServer {
    pub(crate) async fn start() -> Self {
        Self::with("").await
    }

    /// With further top-level keys or sections (not `[oidc]`, `[passcode]`, `[branding]`).
    pub(crate) async fn with(more: &str) -> Self {
        Self::with_patience(more, None).await
    }

    /// The same; another program that holds the database is waited for so long. It is SQLite that waits, and no clock of a
    /// test can jump over that.
    pub(crate) async fn with_patience(more: &str, patience: Option<Duration>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let provider = Provider::start().await;
        let clock = Arc::new(TestClock(provider.clock.clone()));
        let file = folder.path().join("server.toml");
        let (top, sections) = more.split_at(if more.starts_with('[') {
            0
        } else {
            more.find("\n[").map_or(more.len(), |at| at + 1)
        });
        let text = configuration(&provider, &folder.path().join("portal.sqlite"), top) + sections;
        write_private(&file, &text);
        let settings = config::load(Some(&file), &[]).unwrap();
        let replaceable = Environment { clock: clock.clone(), patience, ..Environment::default() };
        let server = Server::build(&settings, replaceable).await.unwrap();
        Self { folder, provider, clock, settings, server }
    }

    pub(crate) fn database(&self) -> PathBuf {
        self.settings.database.clone()
    }

    /// A token of a person who signed in `age` seconds ago.
    pub(crate) fn token(&self, person: &str, age: i64) -> String {
        self.provider.token(person, age)
    }

    pub(crate) async fn send(&self, request: Request<Body>) -> Answer {
        self.send_from("192.0.2.7:5000", request).await
    }

    /// Sends a request from another address than usual.
    pub(crate) async fn send_from(&self, peer: &str, mut request: Request<Body>) -> Answer {
        let peer: SocketAddr = peer.parse().unwrap();
        request.extensions_mut().insert(ConnectInfo(peer));
        request.headers_mut().entry("host").or_insert(HeaderValue::from_static("portal.example.test"));
        Answer::of(self.server.router.clone().oneshot(request).await.unwrap()).await
    }

    /// Any call, with headers.
    pub(crate) async fn call(&self, method: &str, path: &str, headers: &[(&str, &str)]) -> Answer {
        self.call_with_body(method, path, headers, "").await
    }

    pub(crate) async fn call_with_body(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Answer {
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.send(request.body(Body::from(body.to_owned())).unwrap()).await
    }

    /// Reads something as a person who signed in a minute ago.
    pub(crate) async fn get(&self, person: &str, path: &str) -> Answer {
        let authorization = format!("Bearer {}", self.token(person, 60));
        self.call("GET", &format!("/api/v1.0{path}"), &[("authorization", &authorization)]).await
    }

    /// Posts nothing as a person who signed in a minute ago.
    pub(crate) async fn post(&self, person: &str, path: &str) -> Answer {
        let authorization = format!("Bearer {}", self.token(person, 60));
        self.call("POST", &format!("/api/v1.0{path}"), &[("authorization", &authorization)]).await
    }

    /// The same files and the same clock, served by a process that was started again.
    pub(crate) async fn restarted(self) -> Self {
        let replaceable = Environment { clock: self.clock.clone(), ..Environment::default() };
        let server = Server::build(&self.settings, replaceable).await.unwrap();
        Self { server, ..self }
    }

    /// Asks for a reset as a person who signed in a minute ago.
    pub(crate) async fn reset(&self, person: &str, device: &str, key: &str) -> Answer {
        self.reset_aged(person, device, key, 60).await
    }

    pub(crate) async fn reset_aged(&self, person: &str, device: &str, key: &str, age: i64) -> Answer {
        let authorization = format!("Bearer {}", self.token(person, age));
        let path = format!("/api/v1.0/me/managedDevices/{device}/resetPasscode");
        self.call("POST", &path, &[("authorization", &authorization), ("idempotency-key", key)]).await
    }

    /// Lets `seconds` pass in small steps, the queue working all the time.
    pub(crate) async fn pass(&self, seconds: i64) {
        let step = (seconds * 1000 / 40).max(250);
        let mut left = seconds * 1000;
        while left > 0 {
            if let Some(fleet) = &self.server.fleet {
                fleet.tick().await.unwrap();
            }
            self.server.queue.pass().await.unwrap();
            self.clock.advance_millis(step.min(left));
            left -= step;
        }
        self.server.queue.pass().await.unwrap();
    }

    /// Links what was added to the audit record, as a running server does every second.
    pub(crate) async fn link(&self) {
        self.server.portal.link_audit().await.unwrap();
    }

    /// A number out of the database.
    pub(crate) async fn count(&self, query: &'static str) -> i64 {
        count(&self.database(), query).await
    }

    /// The first column of a query, as text.
    pub(crate) async fn column(&self, query: &'static str) -> Vec<String> {
        let pool = open(&self.database()).await;
        let rows = sqlx::query_scalar(query).fetch_all(&pool).await.unwrap();
        pool.close().await;
        rows
    }
}

pub(crate) async fn open(database: &std::path::Path) -> sqlx::SqlitePool {
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(database);
    sqlx::SqlitePool::connect_with(options).await.unwrap()
}

pub(crate) async fn count(database: &std::path::Path, query: &'static str) -> i64 {
    let pool = open(database).await;
    let number = sqlx::query_scalar(query).fetch_one(&pool).await.unwrap();
    pool.close().await;
    number
}
