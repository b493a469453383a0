//! Serving the page: headers, deep links, compression, and nothing outside its folder.

use crate::support::TestServer;
use axum::http::StatusCode;
use portal_contract::addresses;
use std::path::Path;
use std::time::Duration;

fn build(folder: &Path) {
    std::fs::write(folder.join("index.html"), "<!doctype html><title>Portal</title>").unwrap();
    std::fs::write(folder.join("app-1a2b3c4d5e6f7a8b.js"), "plain").unwrap();
    std::fs::write(folder.join("app-1a2b3c4d5e6f7a8b.js.br"), "brotli").unwrap();
    std::fs::write(folder.join("app-1a2b3c4d5e6f7a8b.js.gz"), "gzip").unwrap();
    std::fs::write(folder.join("app-1a2b3c4d5e6f7a8b_bg.wasm"), "wasm").unwrap();
    std::fs::write(folder.join("icon.svg"), "<svg/>").unwrap();
}

async fn with_page(headers: Option<&str>) -> (tempfile::TempDir, TestServer) {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("dist");
    std::fs::create_dir(&root).unwrap();
    build(&root);
    std::fs::write(folder.path().join("secret.txt"), "secret").unwrap();
    if let Some(headers) = headers {
        std::fs::write(root.join("headers.json"), headers).unwrap();
    }
    #[cfg(unix)]
    std::os::unix::fs::symlink(folder.path().join("secret.txt"), root.join("link.txt")).unwrap();
    let more = format!(
        "page_dir = {root:?}\n[page.config]\napiBase = \"/api/v1.0\"\nauthority = \"http://127.0.0.1:8081\"\n\
         clientId = \"passcode-portal\"\nscopes = \"openid devices\"\n"
    );
    let server = TestServer::with(&more).await;
    (folder, server)
}

#[tokio::test]
async fn every_address_of_the_page_is_index_html_which_is_never_stored() {
    let (_folder, server) = with_page(None).await;
    let known = addresses::ALL.map(|address| addresses::example(address, "d-1", "r-1"));
    for path in known.iter().map(String::as_str).chain([
        "/callback?code=x&state=y",
        "/devices/d.1.html",
        "/devices/a.b/history",
    ]) {
        let answer = server.call("GET", path, &[]).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}");
        assert_eq!(answer.header("content-type"), "text/html; charset=utf-8");
        assert_eq!(answer.header("cache-control"), "no-store");
    }
}

#[tokio::test]
async fn a_missing_file_and_an_unknown_call_are_404_and_not_the_page() {
    let (_folder, server) = with_page(None).await;
    for path in
        ["/missing.js", "/assets/missing", "/assets/", "/api/v1.0/nothing", "/api/other", "/headers.json"]
    {
        assert_eq!(server.call("GET", path, &[]).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    assert_eq!(server.call("POST", "/devices", &[]).await.status, StatusCode::METHOD_NOT_ALLOWED);
}

/// What a browser sends when a person goes somewhere.
const NAVIGATION: (&str, &str) =
    ("accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8");

/// Addresses that a person may type, reload or be led to, and with which status the page answers.
const TYPED: [(&str, u16); 21] = [
    ("/", 200),
    ("/devices/d.1", 200),
    ("/devices/d.1/", 200),
    ("/devices/a%2Fb", 200),
    ("/devices/a%2Fb.html/history", 200),
    ("/devices/cloud:6f0c.3f1e", 200),
    ("/devices/%E3%81%82.x/passcode", 200),
    ("/no/such/place", 200),
    ("/devices//d.1", 404),
    ("/no/such/place.html", 404),
    ("/assets/gone-1a2b3c4d5e6f7a8b.js", 404),
    ("/assets/", 404),
    ("/../secret.txt", 404),
    ("//elsewhere.example/x.y", 404),
    ("/headers.json", 404),
    ("/api", 404),
    ("/api/", 404),
    ("/api/v1.0/branding", 404),
    ("/api/v1.0/me", 404),
    ("/api/v1.0/me/managedDevices/d-1?$top=x", 404),
    ("/session/sign-in", 200),
];

#[tokio::test]
async fn whoever_goes_somewhere_gets_the_page_and_no_json() {
    let (_folder, server) = with_page(None).await;
    for (path, status) in TYPED {
        for headers in [&[NAVIGATION][..], &[("accept", "*/*"), ("sec-fetch-mode", "navigate")]] {
            let answer = server.call("GET", path, headers).await;
            assert_eq!(answer.status.as_u16(), status, "{path}");
            assert!(answer.body.ends_with(b"<title>Portal</title>"), "{path}");
            assert_eq!(answer.header("content-type"), "text/html; charset=utf-8", "{path}");
            assert_eq!(answer.header("cache-control"), "no-store", "{path}");
            assert!(answer.header("content-security-policy").contains("script-src 'self'"), "{path}");
            let length = answer.header("content-length");
            assert!(length.is_empty() || length == answer.body.len().to_string(), "{path}: {length}");
        }
        let head = server.call("HEAD", path, &[NAVIGATION]).await;
        assert_eq!((head.status.as_u16(), head.body.len()), (status, 0), "{path}");
    }
    // A form of another page, and an address that no reader may be asked for.
    assert!(server.call("POST", "/devices", &[NAVIGATION]).await.body.ends_with(b"</title>"));
    let long = format!("/devices/{}", "x".repeat(9000));
    let answer = server.call("GET", &long, &[NAVIGATION]).await;
    assert_eq!(
        (answer.status, answer.header("content-type")),
        (StatusCode::URI_TOO_LONG, "text/html; charset=utf-8")
    );
}

#[tokio::test]
async fn a_program_is_answered_as_ever_and_operators_get_the_documents_they_open() {
    let (_folder, server) = with_page(None).await;
    for accept in ["application/json", "*/*"] {
        for path in ["/api/v1.0/me", "/missing.js"] {
            let answer = server.call("GET", path, &[("accept", accept)]).await;
            assert_eq!(answer.header("content-type"), "application/problem+json", "{path}");
        }
        assert_eq!(
            server.call("GET", "/api/v1.0/branding", &[("accept", accept)]).await.status,
            StatusCode::OK
        );
    }
    let call = [NAVIGATION, ("sec-fetch-mode", "cors")];
    assert_eq!(server.call("GET", "/api/v1.0/branding", &call).await.status, StatusCode::OK, "no navigation");
    for path in ["/healthz", "/readyz", "/openapi.json", "/config.json"] {
        let answer = server.call("GET", path, &[NAVIGATION]).await;
        assert_eq!(
            (answer.status, answer.header("content-type")),
            (StatusCode::OK, "application/json"),
            "{path}"
        );
    }
}

#[tokio::test]
async fn in_session_mode_a_sign_in_that_cannot_begin_ends_on_the_page() {
    let server = TestServer::in_session_mode("").await;
    let foreign = [NAVIGATION, ("sec-fetch-mode", "navigate"), ("sec-fetch-site", "cross-site")];
    for (path, headers, status) in [
        ("/session/sign-in", &[NAVIGATION][..], 400),
        ("/session/sign-in?purpose=signIn&state=a", &foreign, 403),
        ("/session/end", &[NAVIGATION], 303),
        ("/session", &[NAVIGATION], 403),
        ("/session/nothing", &[NAVIGATION], 200),
    ] {
        let answer = server.call("GET", path, headers).await;
        assert_eq!(answer.status.as_u16(), status, "{path}");
        assert!(!answer.header("content-type").contains("json"), "{path}");
    }
}

#[tokio::test]
async fn nothing_outside_the_folder_is_served() {
    let (_folder, server) = with_page(None).await;
    for path in [
        "/../secret.txt",
        "/..%2fsecret.txt",
        "/%2e%2e/secret.txt",
        "//etc/passwd.txt",
        "/link.txt",
        "/.hidden.txt",
    ] {
        let answer = server.call("GET", path, &[]).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
    }
}

#[tokio::test]
async fn the_best_accepted_encoding_is_sent_with_the_right_type() {
    let (_folder, server) = with_page(None).await;
    let path = "/app-1a2b3c4d5e6f7a8b.js";
    for (accept, body, encoding) in [
        ("gzip, br", "brotli", "br"),
        ("gzip", "gzip", "gzip"),
        ("br;q=0", "plain", ""),
        // Neither a coding nor the name of its weight has a case (RFC 9110 sections 8.4.1 and 12.4.2).
        ("br;Q=0, GZIP;Q=1", "gzip", "gzip"),
        ("BR;Q=0.5, gzip;q=0.4", "brotli", "br"),
        ("br;Q=0,gzip;Q=0.0", "plain", ""),
    ] {
        let answer = server.call("GET", path, &[("accept-encoding", accept)]).await;
        assert_eq!(
            (answer.body.as_slice(), answer.header("content-encoding")),
            (body.as_bytes(), encoding),
            "{accept}"
        );
        assert_eq!(answer.header("content-type"), "text/javascript; charset=utf-8");
        assert_eq!(answer.header("cache-control"), "public, max-age=31536000, immutable");
        assert_eq!(answer.header("vary"), "Accept-Encoding");
    }
    let wasm = server.call("GET", "/app-1a2b3c4d5e6f7a8b_bg.wasm", &[]).await;
    assert_eq!(wasm.header("content-type"), "application/wasm");
    assert_eq!(server.call("GET", "/icon.svg", &[]).await.header("cache-control"), "public, max-age=3600");
}

#[tokio::test]
async fn the_strict_policy_stands_unless_the_build_wrote_one() {
    let (_folder, server) = with_page(None).await;
    let answer = server.call("GET", "/", &[]).await;
    let policy = answer.header("content-security-policy").to_owned();
    assert!(policy.contains("script-src 'self' 'wasm-unsafe-eval';"), "{policy}");
    assert!(policy.contains("connect-src 'self' http://127.0.0.1:"), "{policy}");
    assert!(!policy.contains("unsafe-inline") && !policy.contains("{connect}"));
    for (name, value) in [
        ("referrer-policy", "no-referrer"),
        ("x-content-type-options", "nosniff"),
        ("cross-origin-opener-policy", "same-origin"),
        ("x-frame-options", "DENY"),
    ] {
        assert_eq!(answer.header(name), value);
    }
    let built = r#"{"contentSecurityPolicy":"default-src 'none'; script-src 'sha256-abc'; connect-src 'self' {connect}"}"#;
    let (_folder, server) = with_page(Some(built)).await;
    let policy = server.call("GET", "/", &[]).await.header("content-security-policy").to_owned();
    assert_eq!(
        policy,
        format!("default-src 'none'; script-src 'sha256-abc'; connect-src 'self' {}", server.provider.issuer)
    );
}

#[tokio::test]
async fn the_headers_of_the_build_go_before_our_own_and_none_is_lost() {
    let built = r#"{"contentSecurityPolicy":"default-src 'none'","headers":{"X-Frame-Options":"SAMEORIGIN","X-More":"1"}}"#;
    let (_folder, server) = with_page(Some(built)).await;
    for path in ["/", "/missing.js"] {
        let answer = server.call("GET", path, &[]).await;
        assert_eq!(
            (answer.header("x-frame-options"), answer.header("x-more")),
            ("SAMEORIGIN", "1"),
            "{path}"
        );
        assert_eq!(answer.header("referrer-policy"), "no-referrer", "{path}");
    }
}

#[tokio::test]
async fn only_a_server_that_is_reached_over_https_says_so_for_a_year() {
    let (folder, server) = with_page(None).await;
    assert_eq!(server.call("GET", "/", &[]).await.header("strict-transport-security"), "");
    let root = folder.path().join("dist");
    let more = format!(
        "page_dir = {root:?}\npublic_base_url = \"https://portal.example\"\nallow_simulated = true\n"
    );
    let server = TestServer::with(&more).await;
    assert_eq!(server.call("GET", "/", &[]).await.header("strict-transport-security"), "max-age=31536000");
}

#[tokio::test]
async fn what_the_build_hides_is_not_served() {
    let built = r#"{"contentSecurityPolicy":"default-src 'none'","hidden":["icon.svg","bills/"]}"#;
    let (folder, server) = with_page(Some(built)).await;
    std::fs::create_dir(folder.path().join("dist/bills")).unwrap();
    std::fs::write(folder.path().join("dist/bills/page.json"), "{}").unwrap();
    for path in ["/icon.svg", "/bills/page.json", "/headers.json"] {
        assert_eq!(server.call("GET", path, &[]).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    let (_folder, server) = with_page(Some(r#"{"contentSecurityPolicy":"default-src 'none'"}"#)).await;
    assert_eq!(server.call("GET", "/icon.svg", &[]).await.status, StatusCode::OK);
}

#[tokio::test]
async fn config_json_comes_from_the_configuration_and_is_never_stored() {
    let (_folder, server) = with_page(None).await;
    let answer = server.call("GET", "/config.json", &[]).await;
    assert_eq!(answer.json()["clientId"], "passcode-portal");
    assert_eq!(answer.header("cache-control"), "no-store");
    assert_eq!(answer.header("content-type"), "application/json");
}

#[tokio::test]
async fn a_stored_file_is_asked_for_by_its_tag_and_index_html_never_has_one() {
    let (_folder, server) = with_page(None).await;
    let path = "/app-1a2b3c4d5e6f7a8b.js";
    let tag = server.call("GET", path, &[]).await.header("etag").to_owned();
    assert!(!tag.is_empty());
    let known = server.call("GET", path, &[("if-none-match", &tag)]).await;
    assert_eq!((known.status, known.body.len()), (StatusCode::NOT_MODIFIED, 0));
    assert_eq!(known.header("cache-control"), "public, max-age=31536000, immutable");
    assert_eq!(known.header("referrer-policy"), "no-referrer");
    let head = server.call("HEAD", path, &[]).await;
    assert_eq!((head.status, head.body.len(), head.header("content-length")), (StatusCode::OK, 0, "5"));
    let asked = [
        ("if-none-match", "*"),
        ("if-modified-since", "Fri, 01 Jan 2100 00:00:00 GMT"),
        ("range", "bytes=0-1"),
    ];
    let page = server.call("GET", "/", &asked).await;
    assert_eq!((page.status, page.header("etag"), page.header("last-modified")), (StatusCode::OK, "", ""));
    assert!(page.body.ends_with(b"</title>"), "whole");
}

/// Amazon Cognito: the token endpoint is on another host than the issuer.
#[tokio::test]
async fn the_policy_lets_a_page_that_is_the_providers_client_reach_where_the_document_says() {
    let policy = async |server: &TestServer, path: &str| {
        let answer = server.call("GET", path, &[("sec-fetch-mode", "navigate")]).await;
        answer.header("content-security-policy").to_owned()
    };
    let place = "https://p.auth.eu-west-1.amazoncognito.com";
    let document = |token_endpoint: &str| serde_json::json!({ "token_endpoint": token_endpoint });
    let (_plain_folder, plain) = with_page(None).await;
    let before = policy(&plain, "/").await;
    let of = |server: &TestServer| before.replace(&plain.provider.issuer, &server.provider.issuer);
    let (_folder, server) = with_page(None).await;
    let issuer = server.provider.issuer.clone();
    server.provider.set(|habits| habits.document = document(&format!("{place}/oauth2/token")));
    assert_eq!(policy(&server, "/").await, of(&server), "nothing is known yet");
    // Nothing asks for keys but the visits themselves: the document is read beside the first.
    let learned = async { while !policy(&server, "/").await.contains(place) {} };
    tokio::time::timeout(Duration::from_secs(20), learned).await.expect("the next visits know");
    for path in ["/", "/devices/d-1", "/config.json", "/api/v1.0/nowhere"] {
        let after = policy(&server, path).await;
        let origins = [place, &issuer].map(|origin| after.matches(origin).count());
        assert_eq!(origins, [1, 1], "{path}: {after}");
        assert_eq!(after.replace(&format!(" {place}"), ""), of(&server), "{path}: and nothing else");
    }
    // What the page would not go to either is not let in, nor what would be a word of the policy.
    for refused in [
        "http://evil.example/token",
        "https://evil.example/token; script-src *",
        "https://evil.example;require-trusted-types-for/token",
        "https://*.evil.example/token",
        "https://evil.example,other.example/token",
    ] {
        let (_folder, server) = with_page(None).await;
        server.provider.set(|habits| habits.document = document(refused));
        server.call("GET", "/readyz", &[]).await;
        assert_eq!(policy(&server, "/").await, of(&server), "{refused}");
    }
}
