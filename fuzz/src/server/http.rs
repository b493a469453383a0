//! Whole requests against the whole server: router, sign-in, application, a real database, the simulated fleet. Nobody
//! listens on a socket; the provider's keys were fetched once.

use crate::text;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{HeaderName, HeaderValue, Request, Response};
use portal_server::composition::{Environment, Server};
use portal_server::config;
use portal_testkit::{Clock, Provider, Signer};
use serde_json::Value;
use std::net::SocketAddr;
use std::sync::{Mutex, OnceLock, PoisonError};
use tempfile::TempDir;
use tokio::runtime::Runtime;
use tower::ServiceExt as _;

/// After so many requests a new server with an empty database is made: an input must not depend on thousands before it.
const REQUESTS_PER_SERVER: u32 = 2000;
const PERSON: &str = "p-aiko";

struct World {
    _folder: TempDir,
    provider: Provider,
    server: Server,
    requests: u32,
}

fn runtime() -> Option<&'static Runtime> {
    static RUNTIME: OnceLock<Option<Runtime>> = OnceLock::new();
    RUNTIME
        .get_or_init(|| {
            tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().ok()
        })
        .as_ref()
}

static WORLD: Mutex<Option<World>> = Mutex::new(None);

async fn world() -> Option<World> {
    let folder = tempfile::tempdir().ok()?;
    let provider = Provider::with(Signer::random("fuzz"), Clock::of_the_machine()).await.ok()?;
    let file = format!(
        "database = {:?}\ntrusted_proxies = [\"192.0.2.7\"]\npage_origins = [\"https://page.example\"]\n\
         [oidc]\nissuer = {:?}\naudience = \"urn:passcode-portal:api\"\nalgorithms = [\"ES256\"]\n\
         [passcode]\nkey = \"3q2+7wABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhs=\"\n\
         [limits]\nattempts_per_minute = 1000000\nresets_per_hour = 1000000\nresets_per_device_per_hour = 1000000\n",
        folder.path().join("portal.sqlite"),
        provider.issuer
    );
    let settings = config::parse(&file, &[]).ok()?;
    let server = Server::build(&settings, Environment::default()).await.ok()?;
    Some(World { _folder: folder, provider, server, requests: 0 })
}

/// First line: method and path. Then header lines up to an empty one; `{token}` becomes a good token, and where no `host` is named there is one. Rest: the body.
pub(crate) fn requests(data: &[u8]) {
    let Some(runtime) = runtime() else { return };
    let mut held = WORLD.lock().unwrap_or_else(PoisonError::into_inner);
    if held.as_ref().is_none_or(|world| world.requests >= REQUESTS_PER_SERVER) {
        *held = runtime.block_on(world());
    }
    let Some(world) = held.as_mut() else { unreachable!("the server for the requests cannot be built") };
    let Some(request) = request(data, world) else { return };
    world.requests += 1;
    let is_stream = request.uri().path().ends_with("/me/events");
    let is_called = request.uri().path().starts_with("/api/");
    let router = world.server.router.clone();
    runtime.block_on(async {
        let Ok(response) = router.oneshot(request).await;
        // A stream does not end by itself; its beginning was enough.
        if !is_stream || !response.status().is_success() {
            judge(response, is_called).await;
        }
    });
}

fn request(data: &[u8], world: &World) -> Option<Request<Body>> {
    let input = text(data)?;
    let (head, body) = input.split_once("\n\n").unwrap_or((input, ""));
    let mut lines = head.lines();
    let (method, target) = lines.next()?.split_once(' ')?;
    let mut request = Request::builder().method(method).uri(target).body(Body::from(body.to_owned())).ok()?;
    for (name, value) in lines.filter_map(|line| line.split_once(": ")) {
        let value = value.replace("{token}", &world.provider.kept_token(PERSON));
        let name = HeaderName::from_bytes(name.as_bytes()).ok()?;
        request.headers_mut().append(name, HeaderValue::from_bytes(value.as_bytes()).ok()?);
    }
    request.headers_mut().entry("host").or_insert(HeaderValue::from_static("portal.example"));
    let peer: SocketAddr = ([192, 0, 2, 7], 5000).into();
    request.extensions_mut().insert(ConnectInfo(peer));
    Some(request)
}

/// Whatever was asked: no defect, an error says what it is, and nobody may read over somebody's shoulder.
async fn judge(response: Response<Body>, is_called: bool) {
    let (parts, body) = response.into_parts();
    let status = parts.status.as_u16();
    assert_ne!(status, 500, "a request made the server fail");
    assert_ne!(status, 503, "a request made the server give up");
    let header =
        |name: &str| parts.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    assert!(!header("x-request-id").is_empty(), "an answer without a reference");
    let origin = header("access-control-allow-origin");
    assert!(["", "https://page.example"].contains(&origin), "a foreign page may read: {origin}");
    assert_eq!(header("access-control-allow-credentials"), "");
    let Ok(body) = axum::body::to_bytes(body, 1 << 22).await else { return };
    if is_called && status >= 400 && !body.is_empty() {
        let problem: Value = serde_json::from_slice(&body).unwrap_or_default();
        assert!(problem.get("code").is_some_and(Value::is_string), "{status} without a code");
        assert_eq!(problem.get("requestId").and_then(Value::as_str), Some(header("x-request-id")));
    }
}
