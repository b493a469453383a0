//! A portal under a path of its host: the proxy before it hands the path on, or takes it off.

use crate::support::TestServer;
use crate::support::browser::{Browser, ORIGIN, query};
use crate::support::provider::CLIENT;
use axum::http::StatusCode;
use serde_json::json;

const HTML: &str = r#"<!doctype html><html lang="en" data-base=""><script src="/assets/boot-1a2b3c4d5e6f7a8b.js"></script>
<script type="application/json" id="languages">[{"tag":"en","src":"/assets/en-1a2b3c4d5e6f7a8b.txt"}]</script>"#;

async fn server(more: &str) -> TestServer {
    let page = tempfile::tempdir().unwrap();
    let (root, assets) = (page.path(), page.path().join("assets"));
    std::fs::create_dir(&assets).unwrap();
    // Long enough to be worth compressing.
    std::fs::write(root.join("index.html"), [HTML, &" ".repeat(2_000)].concat()).unwrap();
    std::fs::write(root.join("index.html.br"), "of the top of a host").unwrap();
    std::fs::write(assets.join("boot-1a2b3c4d5e6f7a8b.js"), "plain").unwrap();
    std::fs::write(assets.join("boot-1a2b3c4d5e6f7a8b.js.br"), "brotli").unwrap();
    let text = format!(
        "public_base_url = \"{ORIGIN}/portal/\"\nallow_simulated = true\npage_dir = {root:?}\n[page.config]\napiBase = \"/api/v1.0\"\n{more}\n"
    );
    let server = TestServer::with(&text).await;
    // The folder is opened by now and has to stay.
    let _ = page.keep();
    server
}

const TOKENS: &str =
    "authority = \"http://127.0.0.1:8081\"\nclientId = \"passcode-portal\"\nscopes = \"openid devices\"";

#[tokio::test]
async fn the_document_says_where_its_files_are_whether_the_proxy_hands_the_path_on_or_not() {
    let server = server(TOKENS).await;
    for path in ["/portal", "/portal/", "/portal/devices/d.1?x=/portal", "/devices", "/portal/index.html"] {
        let answer = server.call("GET", path, &[]).await;
        let html = String::from_utf8_lossy(&answer.body).into_owned();
        assert_eq!(answer.status, StatusCode::OK, "{path}");
        assert!(html.contains("data-base=\"/portal\""), "{path}: {html}");
        assert_eq!(html.matches("\"/portal/assets/").count(), 2, "{path}: {html}");
        assert_eq!((answer.header("cache-control"), answer.header("content-encoding")), ("no-store", ""));
    }
    let accepts = [("accept-encoding", "br")];
    let answer = server.call("GET", "/portal/", &accepts).await;
    assert_eq!(answer.header("content-encoding"), "br");
    assert_ne!(&answer.body[..], b"of the top of a host");
    let answer = server.call("GET", "/portal/assets/boot-1a2b3c4d5e6f7a8b.js", &accepts).await;
    assert_eq!((&answer.body[..], answer.header("content-encoding")), (&b"brotli"[..], "br"));
    for path in ["/portals/config.json.txt", "/portal/assets/gone.js", "/portal/api/v1.0/nothing"] {
        assert_eq!(server.call("GET", path, &[]).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    assert_eq!(server.call("GET", "/portal/healthz", &[]).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_call_under_the_path_is_the_same_call_and_its_result_is_found_there() {
    let server = server(TOKENS).await;
    let bearer = format!("Bearer {}", server.token("p-aiko", 60));
    let call = |method: &'static str, path: String, key: &'static str| {
        let (server, bearer) = (&server, bearer.clone());
        async move { server.call(method, &path, &[("authorization", &bearer), ("idempotency-key", key)]).await }
    };
    let device = "/api/v1.0/me/managedDevices/d-aiko-android";
    let key = "0b54cde2-4d73-4a4f-9d0a-6f0a1f2b3c4d";
    let accepted = call("POST", format!("/portal{device}/resetPasscode"), key).await;
    assert_eq!(accepted.status, StatusCode::ACCEPTED, "{:?}", accepted.json());
    let location = accepted.header("location").to_owned();
    assert!(location.starts_with(&format!("/portal{device}/deviceActionResults/")), "{location}");
    assert_eq!(call("GET", location, key).await.json()["id"], accepted.json()["id"]);
    // The same key by the other way is the same request.
    let again = call("POST", format!("{device}/resetPasscode"), key).await;
    assert_eq!(again.json()["id"], accepted.json()["id"]);
}

#[tokio::test]
async fn in_session_mode_the_provider_returns_under_the_path_and_the_page_is_found_there() {
    let (id, secret) = CLIENT;
    let server = server(&format!("[session]\nclient_id = \"{id}\"\nclient_secret = \"{secret}\"")).await;
    let mut browser = Browser::default();
    let begun = browser.go(&server, "/portal/session/sign-in?purpose=signIn&state=page-1").await;
    let asked = query(begun.header("location"));
    assert_eq!(asked["redirect_uri"], format!("{ORIGIN}/portal/session/callback"));
    let answer = browser.come_back(&server, &asked, "p-aiko", &json!({})).await;
    assert_eq!(answer.header("location"), "/portal/callback?state=page-1");
    let me = [("x-portal-session", "p-aiko"), ("sec-fetch-site", "same-origin"), ("origin", ORIGIN)];
    let me = browser.raw(&server, "GET", "/portal/api/v1.0/me", &me).await;
    assert_eq!(me.json()["id"], "p-aiko", "calls are held against the origin, which has no path");
}
