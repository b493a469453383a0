//! Session mode: searching the server for what opened a session, or came from the provider, after sign-out and expiry
//! (security.md, server, row 7). The way of searching is that of `memory.rs`.

#![cfg(target_os = "linux")]

use crate::memory::{Elsewhere, files, pieces};
use crate::support::Provider;
use crate::support::browser::{ORIGIN, SESSION_COOKIE, SIGN_IN_COOKIE, query};
use crate::support::provider::{CLIENT, opaque};
use crate::support::server::{configuration, write_private};
use base64ct::{Base64, Encoding as _};
use memchr::memmem;
use serde_json::json;
use std::path::Path;

/// A browser that keeps what it was given, and everything else it saw of its sign-ins, for the search.
#[derive(Default)]
struct Thief {
    session: String,
    sign_in: String,
    secrets: Vec<String>,
    /// What a script or a log of the browser could see of the answers.
    bodies: String,
}

/// A text, and the bytes it stands for if it is a secret of 256 bits. Files are searched for both; memory for the
/// text alone, because hashing leaves blocks of what it hashed on a stack, which nobody wipes (docs/keys-and-audit.md).
fn forms(text: &str) -> Vec<Vec<u8>> {
    let raw = base16ct::lower::decode_vec(text).ok().filter(|raw| raw.len() == 32);
    [Some(text.as_bytes().to_vec()), raw].into_iter().flatten().collect()
}

/// A cookie that an answer sets.
fn cookie(answer: &str, name: &str) -> Option<String> {
    let start = format!("set-cookie: {name}=");
    let line = answer.lines().find_map(|line| line.strip_prefix(&start))?;
    Some(line.split(';').next().unwrap_or_default().to_owned()).filter(|value| !value.is_empty())
}

fn location(answer: &str) -> String {
    assert!(answer.starts_with("HTTP/1.1 303"), "{answer}");
    answer.lines().find_map(|line| line.strip_prefix("location: ")).unwrap().to_owned()
}

impl Thief {
    fn ask(&mut self, server: &Elsewhere, request: &str) -> String {
        let Self { session, sign_in, .. } = self;
        let answer = server
            .request(&format!("{request}\r\ncookie: {SESSION_COOKIE}={session}; {SIGN_IN_COOKIE}={sign_in}"));
        if let Some(value) = cookie(&answer, SESSION_COOKIE) {
            self.session = value;
            self.secrets.push(self.session.clone());
        }
        if let Some(value) = cookie(&answer, SIGN_IN_COOKIE) {
            self.sign_in = value;
            self.secrets.push(self.sign_in.clone());
        }
        self.bodies.push_str(answer.split_once("\r\n\r\n").map_or("", |(_, body)| body));
        answer
    }

    fn go(&mut self, server: &Elsewhere, path: &str) -> String {
        self.ask(server, &format!("GET {path} HTTP/1.1\r\nsec-fetch-site: same-origin"))
    }

    fn call(&mut self, server: &Elsewhere, request: &str) -> String {
        let answer = self.ask(
            server,
            &format!("{request}\r\nx-portal-session: p-aiko\r\norigin: {ORIGIN}\r\ncontent-length: 0"),
        );
        assert!(answer.starts_with("HTTP/1.1 2"), "{answer}");
        answer
    }

    fn sign_in(&mut self, server: &Elsewhere, provider: &Provider, purpose: &str) {
        let mut address =
            location(&self.go(server, &format!("/session/sign-in?purpose={purpose}&state=page-1")));
        if address.starts_with(&format!("{}/end?", provider.issuer)) {
            let state = query(&address).remove("state").unwrap();
            address = location(&self.go(server, &format!("/session/signed-out?state={state}")));
        }
        let asked = query(&address);
        let code = opaque("code", &asked["state"]);
        let id_token = provider.id_token(&asked, "p-aiko", &json!({}));
        self.secrets.extend(pieces(&id_token));
        self.secrets.extend([asked["state"].clone(), asked["nonce"].clone(), code.clone()]);
        self.secrets.extend([opaque("access", &code), opaque("refresh", &code)]);
        let back = format!("/session/callback?{}", provider.grant(&asked, id_token));
        let answer = self.ask(server, &format!("GET {back} HTTP/1.1\r\nsec-fetch-site: cross-site"));
        assert_eq!(location(&answer), "/callback?state=page-1");
    }
}

fn start(folder: &Path, keys: &Path, provider: &Provider) -> Elsewhere {
    let page = keys.join("page");
    std::fs::create_dir(&page).unwrap();
    std::fs::write(page.join("index.html"), "<title>page</title>").unwrap();
    let (id, secret) = CLIENT;
    write_private(&keys.join("client-secret"), secret);
    let top = format!("public_base_url = \"{ORIGIN}\"\nallow_simulated = true\npage_dir = {page:?}\n");
    let text = configuration(provider, &folder.join("portal.sqlite"), &top)
        + &format!(
            "[page.config]\napiBase = \"/api/v1.0\"\n[session]\nclient_id = \"{id}\"\nclient_secret_file = {:?}\n",
            keys.join("client-secret")
        );
    let file = folder.join("server.toml");
    std::fs::write(&file, text).unwrap();
    Elsewhere::start(&file)
}

#[tokio::test(flavor = "multi_thread")]
async fn after_sign_out_and_expiry_no_file_and_no_byte_of_memory_holds_what_opened_a_session() {
    let (folder, keys) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let provider = Provider::start().await;
    let mut server = start(folder.path(), keys.path(), &provider);
    // One signs out; the other goes on to a fresh sign-in, uses it, and walks away.
    let (mut one, mut other) = (Thief::default(), Thief::default());
    one.sign_in(&server, &provider, "signIn");
    one.call(&server, "GET /api/v1.0/me HTTP/1.1");
    other.sign_in(&server, &provider, "signIn");
    other.sign_in(&server, &provider, "stepUp");
    other.call(
        &server,
        "POST /api/v1.0/me/managedDevices/d-aiko-android/resetPasscode HTTP/1.1\r\nidempotency-key: k",
    );
    server.tell("pass 20");
    let shown =
        other.call(&server, "GET /api/v1.0/me/managedDevices/d-aiko-android/temporaryPasscode HTTP/1.1");
    let passcode = shown.split_once("\"passcode\":\"").unwrap().1.split('"').next().unwrap().to_owned();
    other.bodies.clear();
    // A sign-in that nobody comes back from, one that another browser brings back, a cookie that was never given out.
    let mut lost = Thief::default();
    let asked = query(&location(&lost.go(&server, "/session/sign-in?purpose=signIn&state=page-2")));
    lost.secrets.extend([asked["state"].clone(), asked["nonce"].clone()]);
    let stolen = format!("/session/callback?code=stolen-code-of-somebody&state={}", asked["state"]);
    assert!(location(&one.go(&server, &stolen)).contains("error="));
    one.call(&server, "POST /session/sign-out HTTP/1.1");
    assert!(location(&one.go(&server, "/session/end")).contains("id_token_hint="));

    server.tell(&format!("advance {}", 7 * 86_400));
    server.tell("sweep 1");
    let mut secrets = [one.secrets, other.secrets, lost.secrets, vec![passcode]].concat();
    secrets.push("stolen-code-of-somebody".to_owned());
    let verifiers = provider.asked().verifiers;
    assert_eq!(verifiers.len(), 3);
    secrets.extend(verifiers);
    // How the client's secret travels; the secret itself is needed as long as the server runs, like the keys.
    let encoded = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    secrets.push(Base64::encode_string(format!("{}:{}", encoded(CLIENT.0), encoded(CLIENT.1)).as_bytes()));
    secrets.push(encoded(CLIENT.1));
    secrets.sort();
    secrets.dedup();
    assert!(secrets.len() > 20, "{}", secrets.len());
    server.forgets(&secrets, "after sign-out and expiry");

    let log = std::fs::read(folder.path().join("log.txt")).unwrap();
    assert!(memmem::find(&log, b"somebody signed in").is_some() && memmem::find(&log, b"TRACE").is_some());
    let seen = [files(folder.path()), server.metrics().into_bytes(), one.bodies.into(), other.bodies.into()]
        .concat();
    for secret in secrets.iter().map(String::as_str).chain([CLIENT.1]) {
        for form in forms(secret) {
            assert!(memmem::find(&seen, &form).is_none(), "{secret} is in a file or an answer");
        }
    }
}
