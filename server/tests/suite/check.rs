//! `check`: an administrator hears what is set up right and what to change before anybody signs in.

use super::support::{Connector, TestServer};
use portal_server::operator::{self, CheckUp};
use portal_server::system::SystemClock;
use serde_json::{Value, json};

async fn said(server: &TestServer, wanted: CheckUp) -> (bool, Vec<String>) {
    // By the machine's own clock, by which the provider dates its answers.
    let report = operator::check(&server.settings, &wanted, &SystemClock).await;
    (report.is_well(), report.lines())
}

fn online() -> CheckUp {
    CheckUp { online: true, token: None }
}

fn wrong(lines: &[String]) -> Vec<&String> {
    lines.iter().filter(|line| line.starts_with("wrong")).collect()
}

#[tokio::test]
async fn a_session_mode_that_is_set_up_right_is_well_and_the_client_is_known() {
    let server = TestServer::in_session_mode("").await;
    let (is_well, lines) = said(&server, online()).await;
    assert!(is_well, "{lines:#?}");
    assert!(lines.iter().any(|line| line.contains("known, with its secret")), "{lines:#?}");
    assert!(
        lines.iter().any(|line| line.contains("https://portal.example.test/session/callback")),
        "{lines:#?}"
    );
    assert!(lines.iter().any(|line| line.starts_with("note") && line.contains("simulated")), "{lines:#?}");
}

#[tokio::test]
async fn what_is_wrong_with_the_provider_is_one_line_with_what_to_change() {
    for (document, expected) in [
        (json!({ "issuer": "https://other.example" }), "issuer"),
        (json!({ "token_endpoint": null }), "token_endpoint"),
        (json!({ "id_token_signing_alg_values_supported": ["HS256"] }), "signatures"),
        (json!({ "code_challenge_methods_supported": [] }), "PKCE"),
    ] {
        let server = TestServer::in_session_mode("").await;
        server.provider.set(|habits| habits.document = document.clone());
        let (is_well, lines) = said(&server, online()).await;
        let wrong = wrong(&lines);
        assert!(!is_well && wrong[0].contains(expected), "{document}: {lines:#?}");
    }
    let server = TestServer::in_session_mode("").await;
    server.provider.set(|habits| habits.keys = Some(Vec::new()));
    let (_, lines) = said(&server, online()).await;
    assert!(wrong(&lines)[0].contains("keys: 0 usable"), "{lines:#?}");
    server.provider.answers(axum::http::StatusCode::NOT_FOUND);
    let (_, lines) = said(&server, online()).await;
    assert!(wrong(&lines)[0].contains("discovery") && wrong(&lines)[0].contains("oidc.issuer"), "{lines:#?}");
}

#[tokio::test]
async fn a_connector_is_held_to_the_rules_that_need_nobodys_name() {
    let connector = Connector::start().await;
    let server = TestServer::with(&connector.configuration("mdm")).await;
    let of = |lines: &[String]| -> Vec<String> {
        lines.iter().filter(|line| line.contains("device service mdm: ")).cloned().collect()
    };
    let (_, lines) = said(&server, online()).await;
    let told = of(&lines);
    assert!(
        told.len() >= 5 && told.iter().all(|line| line.starts_with("ok")),
        "one line for each rule: {lines:#?}"
    );
    assert_eq!(connector.called("PUT"), 0, "no device is asked for anything");
    assert_eq!(connector.called("GET /people/p-"), 0, "and nobody's devices");
    connector.memory().capabilities["contract"] = json!("2");
    let (is_well, lines) = said(&server, online()).await;
    let told = of(&wrong(&lines).into_iter().cloned().collect::<Vec<_>>());
    assert!(!is_well && told.len() == 1 && told[0].contains("it says what it can do"), "{lines:#?}");
}

#[tokio::test]
async fn a_secret_the_provider_does_not_know_is_said() {
    let mut server = TestServer::in_session_mode("").await;
    server.settings.session.as_mut().unwrap().client.client_id = "another".to_owned();
    let (is_well, lines) = said(&server, online()).await;
    assert!(!is_well && wrong(&lines)[0].contains("invalid_client"), "{lines:#?}");
}

#[tokio::test]
async fn a_page_that_may_not_read_the_provider_is_said_in_token_mode() {
    let server = TestServer::with("page_origins = [\"https://portal.example.test\"]").await;
    let (is_well, lines) = said(&server, online()).await;
    assert!(!is_well);
    assert_eq!(wrong(&lines).iter().filter(|line| line.contains("CORS")).count(), 3, "{lines:#?}");
    server.provider.set(|habits| habits.readable = true);
    let (is_well, lines) = said(&server, online()).await;
    assert!(is_well, "{lines:#?}");
}

#[tokio::test]
async fn a_token_in_a_file_is_judged_and_the_setting_named() {
    let server = TestServer::start().await;
    let file = server.folder.path().join("token");
    let judge = async |changes: Value| {
        let now = i64::try_from(
            std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs(),
        );
        let mut claims = server.provider.claims("p-aiko", now.unwrap(), 3);
        for (name, value) in changes.as_object().unwrap() {
            claims[name] = value.clone();
        }
        std::fs::write(&file, server.provider.signer.sign(&claims)).unwrap();
        said(&server, CheckUp { online: false, token: Some(file.clone()) }).await
    };
    let (is_well, lines) = judge(json!({})).await;
    assert!(is_well, "{lines:#?}");
    let (is_well, lines) = judge(json!({ "iss": "https://sts.example/" })).await;
    assert!(!is_well && wrong(&lines)[0].contains("oidc.access_token_issuer"), "{lines:#?}");
    let missing = CheckUp { online: false, token: Some(file.with_extension("no")) };
    assert!(!said(&server, missing).await.0);
}
