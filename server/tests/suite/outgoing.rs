//! Calls from the server to others: a private certificate authority (`ca_file`), a proxy (`HTTPS_PROXY`, `NO_PROXY`), a provider that
//! is reached inside by another address (`oidc.discovery_url`).

use crate::support::server::{KEY, configuration, write_private};
use crate::support::{Provider, TestClock, TestServer};
use axum::http::StatusCode;
use portal_server::composition::{Environment, Server};
use portal_server::config;
use portal_server::operator::{self, CheckUp};
use portal_server::system::SystemClock;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use serde_json::json;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};

/// Signed by the authority beside it, which no machine trusts; valid from 2020 to 2120, for `localhost`.
const CERTIFICATE: &[u8] = include_bytes!("../fixtures/tls/server.pem");
const PRIVATE_KEY: &[u8] = include_bytes!("../fixtures/tls/server.key");
const AUTHORITY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/tls/authority.pem");

const TENANT: &str = "705c034c-034c-705c-4c03-5c704c035c70";

/// Reads a request's first line and whatever of it has come.
fn first_line(stream: &mut impl std::io::Read) -> Option<String> {
    let mut reader = BufReader::new(stream);
    let mut first = String::new();
    reader.read_line(&mut first).ok()?;
    let mut line = String::new();
    while reader.read_line(&mut line).ok()? > 2 {
        line.clear();
    }
    Some(first.trim_end().to_owned())
}

/// A server of the private authority on this machine: its port, and the first line of each request that got through. It answers
/// every one with the discovery document of a provider there.
fn over_tls() -> (u16, Receiver<String>) {
    let certificates = CertificateDer::pem_slice_iter(CERTIFICATE).collect::<Result<Vec<_>, _>>().unwrap();
    let key = PrivateKeyDer::from_pem_slice(PRIVATE_KEY).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let settings =
        rustls::ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let settings = Arc::new(settings.with_no_client_auth().with_single_cert(certificates, key).unwrap());
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let (asked, lines) = channel();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(connection) = rustls::ServerConnection::new(Arc::clone(&settings)) else { return };
            let mut stream = rustls::StreamOwned::new(connection, stream.unwrap());
            // Whoever does not trust the certificate ends the handshake.
            let Some(line) = first_line(&mut stream) else { continue };
            let body =
                json!({ "issuer": format!("https://localhost:{port}"), "jwks_uri": "https://localhost/k" });
            let body = body.to_string();
            let length = body.len();
            let head =
                format!("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {length}");
            if asked.send(line).is_err() {
                return;
            }
            let _ = write!(stream, "{head}\r\nconnection: close\r\n\r\n{body}");
            stream.conn.send_close_notify();
            let _ = stream.flush();
        }
    });
    (port, lines)
}

fn settings(folder: &Path, port: u16, top: &str) -> config::Settings {
    write_private(&folder.join("passcode.keys"), KEY);
    write_private(&folder.join("token"), &"t".repeat(43));
    write_private(&folder.join("secret"), "a-secret-of-the-test");
    let at = |name: &str| folder.join(name);
    let text = format!(
        "database = {:?}\n{top}\n[oidc]\nissuer = \"https://localhost:{port}/{TENANT}/v2.0\"\naudience = \"a\"\n\
         subject_claim = \"oid\"\n[passcode]\nkey_file = {:?}\n\
         [[device_services]]\nname = \"mdm\"\nkind = \"http\"\n[device_services.http]\nurl = \"https://localhost:{port}/v1\"\n\
         token_file = {:?}\n\
         [[device_services]]\nname = \"intune\"\nkind = \"graph\"\n[device_services.graph]\n\
         tenant_id = \"{TENANT}\"\nclient_id = \"705c034c-034c-705c-4c03-5c704c035c71\"\n\
         client_secret_file = {:?}\ngraph_url = \"https://localhost:{port}\"\nlogin_url = \"https://localhost:{port}\"\n",
        at("portal.sqlite"),
        at("passcode.keys"),
        at("token"),
        at("secret"),
    );
    config::parse(&text, &[]).unwrap_or_else(|mistakes| panic!("{mistakes:?}"))
}

/// What the check asked for at the server of the private authority, and what it said.
async fn asked_for(top: &str) -> (Vec<String>, Vec<String>) {
    let (port, lines) = over_tls();
    let folder = tempfile::tempdir().unwrap();
    let settings = settings(folder.path(), port, top);
    let report = operator::check(&settings, &CheckUp { online: true, token: None }, &SystemClock).await;
    (lines.try_iter().collect(), report.lines())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_private_authority_is_believed_by_every_client_once_it_is_named() {
    let (asked, said) = asked_for("").await;
    assert_eq!(asked, Vec::<String>::new(), "nothing is said to a server that nobody vouches for");
    let discovery = said.iter().find(|line| line.contains("discovery")).unwrap();
    assert!(discovery.starts_with("wrong") && discovery.contains("ca_file"), "{said:#?}");

    let (asked, said) = asked_for(&format!("ca_file = {AUTHORITY:?}")).await;
    let of_tenant = |path: &str| path.replace("TENANT", TENANT);
    for path in
        ["GET /TENANT/v2.0/.well-known/openid-configuration", "GET /v1/capabilities", "POST /TENANT/oauth2/"]
            .map(of_tenant)
    {
        assert!(asked.iter().any(|line| line.starts_with(&path)), "{path} in {asked:#?}: {said:#?}");
    }
}

#[test]
fn an_authority_file_that_is_none_is_a_mistake_of_the_configuration() {
    let folder = tempfile::tempdir().unwrap();
    write_private(&folder.path().join("passcode.keys"), KEY);
    std::fs::write(folder.path().join("empty.pem"), "nothing").unwrap();
    let text = |file: &str| {
        format!(
            "database = \"p.sqlite\"\nca_file = {:?}\n[oidc]\nissuer = \"https://id.example\"\naudience = \"a\"\n\
             discovery_url = \"http://id.internal/x\"\n[passcode]\nkey_file = {:?}\n",
            folder.path().join(file),
            folder.path().join("passcode.keys")
        )
    };
    for file in ["empty.pem", "gone.pem"] {
        let mistakes = config::parse(&text(file), &[]).unwrap_err();
        let mistakes: Vec<String> = mistakes.iter().map(ToString::to_string).collect();
        assert_eq!(mistakes.len(), 2, "{mistakes:?}");
        assert!(mistakes.iter().any(|mistake| mistake.contains("ca_file")), "{mistakes:?}");
        assert!(mistakes.iter().any(|mistake| mistake.contains("oidc.discovery_url")), "{mistakes:?}");
    }
}

/// What a proxy on this machine is asked for by a check of a provider, with these variables in the environment.
fn asked_of_a_proxy(issuer: &str, variables: &[(&str, &str)]) -> Vec<String> {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let proxy = format!("http://{}", listener.local_addr().unwrap());
    let (asked, lines) = channel();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream: TcpStream = stream.unwrap();
            let Some(line) = first_line(&mut stream) else { continue };
            // Noted before it is answered: who has the answer may look at once.
            if asked.send(line).is_err() {
                return;
            }
            let _ = stream
                .write_all(b"HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
        }
    });
    let folder = tempfile::tempdir().unwrap();
    write_private(&folder.path().join("passcode.keys"), KEY);
    let file = folder.path().join("portal.toml");
    let text = format!(
        "database = \"portal.sqlite\"\n[oidc]\nissuer = \"{issuer}\"\naudience = \"a\"\n[passcode]\nkey_file = {:?}\n",
        folder.path().join("passcode.keys")
    );
    std::fs::write(&file, text).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_portal-server"));
    command.arg("--config").arg(&file).args(["check", "--online"]).env_clear();
    command.envs(variables.iter().map(|(name, value)| (*name, value.replace("PROXY", &proxy))));
    let said = command.output().unwrap();
    let mut text = String::new();
    said.stderr.as_slice().read_to_string(&mut text).unwrap();
    assert!(text.contains("discovery"), "{text}");
    lines.try_iter().collect()
}

#[test]
fn the_proxy_of_the_environment_is_used_and_its_exceptions_are_kept() {
    let issuer = "https://id.portal.invalid/tenant";
    for variable in ["HTTPS_PROXY", "https_proxy", "ALL_PROXY"] {
        let asked = asked_of_a_proxy(issuer, &[(variable, "PROXY")]);
        assert_eq!(
            asked.first().map(String::as_str),
            Some("CONNECT id.portal.invalid:443 HTTP/1.1"),
            "{variable}"
        );
    }
    for exception in ["id.portal.invalid", ".portal.invalid", "*"] {
        let asked = asked_of_a_proxy(issuer, &[("HTTPS_PROXY", "PROXY"), ("NO_PROXY", exception)]);
        assert_eq!(asked, Vec::<String>::new(), "{exception}");
    }
    // Nothing on this machine goes by a proxy elsewhere, with TLS or without.
    for near in ["http://127.0.0.1:9", "https://localhost:9/tenant", "https://127.0.0.1:9", "https://[::1]:9"]
    {
        let all = ["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY"];
        let asked = asked_of_a_proxy(near, &all.map(|variable| (variable, "PROXY")));
        assert_eq!(asked, Vec::<String>::new(), "{near}");
    }
}

/// A server that finds its provider inside, while everybody calls it by its outside name.
async fn inside(provider: Provider) -> TestServer {
    let folder = tempfile::tempdir().unwrap();
    let clock = Arc::new(TestClock(provider.clock.clone()));
    let text = configuration(&provider, &folder.path().join("portal.sqlite"), "");
    let discovery = format!("{}/.well-known/openid-configuration", provider.issuer);
    let named = [
        ("PORTAL__OIDC__ISSUER".to_owned(), OUTSIDE.to_owned()),
        ("PORTAL__OIDC__DISCOVERY_URL".to_owned(), discovery),
    ];
    let settings = config::parse(&text, &named).unwrap_or_else(|mistakes| panic!("{mistakes:?}"));
    let replaceable = Environment { clock: clock.clone(), ..Environment::default() };
    let server = Server::build(&settings, replaceable).await.unwrap();
    TestServer { folder, provider, clock, settings, server }
}

const OUTSIDE: &str = "https://id.portal.invalid/tenant";

#[tokio::test]
async fn a_provider_is_asked_inside_and_its_tokens_name_it_as_everybody_knows_it() {
    let provider = Provider::start().await;
    provider.set(|habits| habits.issuer = Some(OUTSIDE.to_owned()));
    provider.set(|habits| habits.document = json!({ "jwks_uri": "https://id.portal.invalid/jwks" }));
    let server = inside(provider).await;
    let mut claims = server.provider.claims("p-aiko", server.clock.0.seconds(), 60);
    claims["iss"] = json!(OUTSIDE);
    let authorization = format!("Bearer {}", server.provider.signer.sign(&claims));
    let me = server.call("GET", "/api/v1.0/me", &[("authorization", &authorization)]).await;
    assert_eq!(me.status, StatusCode::OK, "{:?}", me.json());
    assert_eq!(
        server.provider.asked().key_fetches,
        1,
        "inside, although the document names the outside address"
    );
    // The inside address is a way there and nobody's name.
    let inside = server.get("p-aiko", "/me").await;
    assert_eq!(inside.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_provider_inside_that_is_another_one_is_not_believed() {
    let server = inside(Provider::start().await).await;
    let authorization = format!("Bearer {}", server.token("p-aiko", 60));
    let me = server.call("GET", "/api/v1.0/me", &[("authorization", &authorization)]).await;
    assert_eq!(me.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(server.provider.asked().key_fetches, 0, "its document names itself");
}
