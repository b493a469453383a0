//! Searching a server for what a device service tells it: passcodes, PINs, recovery keys, passwords of local administrators
//! (security.md, server, row 7). The way of searching is that of `memory.rs`.

#![cfg(target_os = "linux")]

use crate::memory::{Elsewhere, files};
use crate::support::connector::{Connector, android};
use crate::support::graph::{
    ADA, CLIENT, CLIENT_SECRET, KEPT, MAC, PASSCODE, PHONE, PIN, SimulatedGraph, TENANT, mac,
};
use crate::support::server::{configuration, write_private};
use crate::support::{Provider, TestClock};
use memchr::memmem;
use portal_testkit::{Clock, Signer};
use serde_json::json;
use std::sync::Arc;
use tempfile::TempDir;

/// A server in a process of its own, somebody who uses it, and everything that was said which must hold no secret.
struct Searched {
    server: Elsewhere,
    folder: TempDir,
    token: String,
    answers: String,
    secrets: Vec<String>,
}

impl Searched {
    fn start(provider: &Provider, person: &str, oidc: &str, sections: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("server.toml");
        let text = configuration(provider, &folder.path().join("portal.sqlite"), "");
        let text = text.replace("[passcode]", &format!("{oidc}[passcode]"));
        let on = "[actions]\non = [\"showLocalAdministratorPassword\"]\n";
        std::fs::write(&file, format!("{text}{on}{sections}")).unwrap();
        let server = Elsewhere::start(&file);
        Self { server, folder, token: provider.token(person, 5), answers: String::new(), secrets: Vec::new() }
    }

    fn request(&self, head: &str, token: &str, more: &str) -> String {
        self.server.request(&format!("{head} HTTP/1.1\r\nauthorization: Bearer {token}{more}"))
    }

    /// Asks for an action; where its secret is told afterwards.
    fn act(&mut self, device: &str, action: &str) -> String {
        let own = format!("/api/v1.0/me/managedDevices/{device}");
        let path = match action {
            "resetPasscode" => format!("{own}/resetPasscode"),
            _ => format!("{own}/actions/{action}"),
        };
        let key = format!("\r\nidempotency-key: {device}-{action}\r\ncontent-length: 0");
        let accepted = self.request(&format!("POST {path}"), &self.token, &key);
        assert!(accepted.starts_with("HTTP/1.1 202"), "{device} {action}: {accepted}");
        let (_, rest) = accepted.split_once("\"id\":\"").expect(&accepted);
        let id = rest.split('"').next().unwrap().to_owned();
        self.answers.push_str(&accepted);
        match action {
            "resetPasscode" => format!("{own}/temporaryPasscode"),
            _ => format!("{own}/deviceActionResults/{id}/issuedSecret"),
        }
    }

    /// Looks at a secret, and is refused it with a token that is none.
    fn show(&mut self, path: &str, expected: &str) {
        let shown = self.request(&format!("GET {path}"), &self.token, "");
        let field = if path.ends_with("Passcode") { "\"passcode\":\"" } else { "\"value\":\"" };
        let (_, rest) = shown.split_once(field).expect(&shown);
        let secret = rest.split('"').next().unwrap().to_owned();
        assert!(secret.starts_with(expected), "{path}");
        let refused = self.request(&format!("GET {path}"), &secret, "");
        assert!(refused.starts_with("HTTP/1.1 401"), "{refused}");
        self.answers.push_str(&refused);
        self.secrets.push(secret);
    }

    /// Nothing of it is left: not in memory as soon as nobody talks, not in a file, the log, the metrics or another answer.
    fn leaves_nothing(mut self) {
        assert!(!self.secrets.is_empty());
        self.server.forgets(&self.secrets, "with every connection closed");
        self.answers.push_str(&self.server.metrics());
        for path in ["/healthz", "/readyz", "/api/v1.0/me/history", "/api/v1.0/me/notifications"] {
            let answer = self.request(&format!("GET {path}"), &self.token, "");
            self.answers.push_str(&answer);
        }
        let before = files(self.folder.path());
        self.server.tell(&format!("advance {}", 7 * 86_400));
        self.server.tell(&format!("sweep {}", self.secrets.len()));
        self.server.forgets(&self.secrets, "after expiry");
        self.answers.push_str(&self.server.metrics());
        let log = std::fs::read(self.folder.path().join("log.txt")).unwrap();
        assert!(memmem::find(&log, b"TRACE").is_some(), "the log is as talkative as it can be");
        let everything = [before, files(self.folder.path()), self.answers.into_bytes()].concat();
        assert!(memmem::find(&everything, b"secretRevealed").is_some(), "the search itself works");
        for secret in &self.secrets {
            assert!(
                memmem::find(&everything, secret.as_bytes()).is_none(),
                "{secret} is in a file or an answer"
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_that_intune_and_entra_told_is_left_in_memory_files_log_or_metrics() {
    let graph = SimulatedGraph::with_clock(Arc::new(TestClock::new())).await;
    let pc = "705c034c-034c-705c-4c03-5c704c035c73";
    graph.keep_secrets_of(pc);
    graph.memory().devices.push(mac(MAC, ADA));
    // The tenant's tokens are the provider's of this test.
    graph.memory().takes_any_token = true;
    let provider = Provider::of_tenant(Signer::random("k"), Clock::default(), TENANT).await.unwrap();
    let secret = tempfile::tempdir().unwrap();
    let secret_file = secret.path().join("client-secret");
    write_private(&secret_file, CLIENT_SECRET);
    let sections = format!(
        "[[device_services]]\nname = \"intune\"\nkind = \"graph\"\n[device_services.graph]\n\
         tenant_id = \"{TENANT}\"\nclient_id = \"{CLIENT}\"\nclient_secret_file = {secret_file:?}\n\
         graph_url = \"{}\"\nlogin_url = \"{}\"\n\
         features = [\"resetPasscode\", \"remoteLock\", \"showRecoveryKey\", \"showLocalAdministratorPassword\"]\n",
        graph.url, provider.origin
    );
    let mut searched = Searched::start(&provider, ADA, "subject_claim = \"oid\"\n", &sections);
    let asked = [
        (PHONE, "resetPasscode", PASSCODE),
        (MAC, "remoteLock", PIN),
        (pc, "showRecoveryKey", KEPT[0]),
        (pc, "showLocalAdministratorPassword", KEPT[1]),
        (MAC, "showRecoveryKey", KEPT[3]),
    ];
    let told = asked.map(|(device, action, expected)| (searched.act(device, action), expected));
    let mut pass = |seconds: i64| {
        searched.server.tell(&format!("pass {seconds}"));
        graph.clock.advance(seconds);
    };
    pass(20);
    graph.devices_say("done");
    pass(40);
    for (path, expected) in told {
        searched.show(&path, expected);
    }
    searched.leaves_nothing();
    graph.assert_described();
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_that_a_connector_told_is_left_in_memory_files_log_or_metrics() {
    let connector = Connector::start().await;
    let device = |id: &str, system: &str| {
        let mut device = android(id);
        device["operatingSystem"] = json!(system);
        device["deviceEnrollmentType"] = json!("userEnrollment");
        device["managementAgent"] = json!("mdm");
        device["remoteLock"] = json!({ "allowed": true, "unlockPin": true });
        device["showLocalAdministratorPassword"] = json!({ "allowed": true });
        device
    };
    let devices = vec![android("a-1"), device("mac-1", "macOS"), device("pc-1", "Windows")];
    {
        let mut memory = connector.memory();
        memory.devices.insert("p-aiko".to_owned(), devices);
        memory.capabilities["passcodeFrom"] = json!("service");
        memory.capabilities["actions"] =
            json!(["resetPasscode", "remoteLock", "showRecoveryKey", "showLocalAdministratorPassword"]);
    }
    let provider = Provider::start().await;
    let mut searched = Searched::start(&provider, "p-aiko", "", &connector.configuration("mdm"));
    for (device, action, secret) in [
        ("a-1", "resetPasscode", "Kq7tZ2-of-a-connector"),
        ("mac-1", "remoteLock", "pin-59041736-of-a-connector"),
        ("mac-1", "showRecoveryKey", KEPT[3]),
        ("pc-1", "showRecoveryKey", KEPT[0]),
        ("pc-1", "showLocalAdministratorPassword", KEPT[1]),
    ] {
        connector.memory().issued = Some(secret.to_owned());
        let path = searched.act(device, action);
        searched.server.tell("pass 3");
        connector.tells(json!({ "state": "done" }));
        searched.server.tell("pass 10");
        searched.show(&path, secret);
    }
    searched.leaves_nothing();
}
