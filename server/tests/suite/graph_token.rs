//! Tokens for Microsoft Graph: four credentials, one fetch for a crowd, replaced in time and when they are refused.

use crate::graph_configuration::{certificate, private_key};
use crate::support::SimulatedGraph;
use crate::support::graph::{ADA, CLIENT, CLIENT_SECRET, PHONE, TENANT};
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use portal_contract::UtcTime;
use portal_server::domain::action::{ActionKind, ActionSet};
use portal_server::domain::finding::Verdict;
use portal_server::domain::ids::DeviceId;
use portal_server::domain::person::PersonId;
use portal_server::ports::{DeviceService as _, ServiceError};
use portal_server::services::graph::{
    ClientCertificate, CommandRecord, Credential, GraphService, GraphSettings, Guid, check,
};
use portal_server::system::SystemRandomness;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;

async fn service(graph: &SimulatedGraph, settings: GraphSettings) -> (GraphService, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let now = UtcTime::from_unix_millis(graph.clock.millis());
    let record = CommandRecord::open(&folder.path().join("record.sqlite"), now).await.unwrap();
    let clock = graph.clock.clone();
    (GraphService::new(settings, record, clock, Arc::new(SystemRandomness)).unwrap(), folder)
}

async fn ask(service: &GraphService) -> Result<bool, ServiceError> {
    let (person, device) = (PersonId::new(ADA.to_owned()), DeviceId::trusted(PHONE.to_owned()));
    service.device(&person, &device).await.map(|found| found.is_some())
}

async fn asked_with(credential: Credential) -> (SimulatedGraph, BTreeMap<String, String>) {
    let graph = SimulatedGraph::start().await;
    let settings = GraphSettings { credential, identity_url: graph.url.clone(), ..graph.settings() };
    let (service, _folder) = service(&graph, settings).await;
    assert_eq!(ask(&service).await, Ok(true));
    let asked = graph.memory().token_requests.remove(0);
    (graph, asked)
}

#[tokio::test]
async fn a_certificate_is_shown_by_an_assertion_that_its_key_signed() {
    let folder = tempfile::tempdir().unwrap();
    let key = std::fs::read_to_string(private_key(folder.path())).unwrap();
    let pair = ClientCertificate::read(&std::fs::read(certificate()).unwrap(), &key).unwrap();
    let (graph, asked) = asked_with(Credential::Certificate(pair)).await;
    assert_eq!(asked["path"], format!("/{TENANT}/oauth2/v2.0/token"));
    assert_eq!(asked["grant_type"], "client_credentials");
    assert_eq!(asked["scope"], format!("{}/.default", graph.url));
    assert_eq!(asked["client_id"], CLIENT);
    assert_eq!(asked["client_assertion_type"], "urn:ietf:params:oauth:client-assertion-type:jwt-bearer");
    assert!(!asked.contains_key("client_secret"));
    let assertion = &asked["client_assertion"];
    let header = decode_header(assertion).unwrap();
    assert_eq!((header.alg, header.typ.as_deref()), (Algorithm::PS256, Some("JWT")));
    // `openssl x509 -in certificate.pem -outform der | openssl dgst -sha256 -binary | basenc --base64url`
    assert_eq!(header.x5t_s256.as_deref(), Some("EddVLYCLmTTwuJ3pEqG0nynBRKZIVKRyDmk3Ekojhz0"));
    let public = include_bytes!("../fixtures/graph/public.pem");
    let mut rules = Validation::new(Algorithm::PS256);
    rules.set_audience(&[format!("{}/{TENANT}/oauth2/v2.0/token", graph.url)]);
    rules.validate_exp = false;
    let claims =
        decode::<Value>(assertion, &DecodingKey::from_rsa_pem(public).unwrap(), &rules).unwrap().claims;
    let now = graph.clock.seconds();
    assert_eq!((&claims["iss"], &claims["sub"]), (&json!(CLIENT), &json!(CLIENT)));
    assert_eq!(
        (&claims["iat"], &claims["nbf"], &claims["exp"]),
        (&json!(now), &json!(now), &json!(now + 300))
    );
    assert!(Guid::parse(claims["jti"].as_str().unwrap()).is_some());
}

#[tokio::test]
async fn a_secret_a_federated_token_and_a_managed_identity_are_shown_each_in_its_way() {
    let folder = tempfile::tempdir().unwrap();
    let secret = portal_contract::SecretText::new(CLIENT_SECRET.to_owned());
    let (_, asked) = asked_with(Credential::Secret(secret)).await;
    assert_eq!(asked["client_secret"], CLIENT_SECRET);
    assert!(!asked.contains_key("client_assertion") && !asked.contains_key("client_assertion_type"));

    let file = folder.path().join("token");
    std::fs::write(&file, "first.token.x\n").unwrap();
    let graph = SimulatedGraph::start().await;
    let settings =
        GraphSettings { credential: Credential::FederatedTokenFile(file.clone()), ..graph.settings() };
    let (federated, _record) = service(&graph, settings).await;
    assert_eq!(ask(&federated).await, Ok(true));
    std::fs::write(&file, "second.token.x").unwrap();
    graph.clock.advance(3600);
    assert_eq!(ask(&federated).await, Ok(true));
    let shown: Vec<_> =
        graph.memory().token_requests.iter().map(|one| one["client_assertion"].clone()).collect();
    assert_eq!(shown, ["first.token.x", "second.token.x"], "read anew each time");
    std::fs::remove_file(&file).unwrap();
    graph.clock.advance(3600);
    assert_eq!(ask(&federated).await, Err(ServiceError::Busy { retry_after_millis: None }));

    for (id, expected) in [(None, None), (Guid::parse(CLIENT), Some(CLIENT))] {
        let (graph, asked) = asked_with(Credential::ManagedIdentity(id)).await;
        assert_eq!(asked["path"], "/metadata/identity/oauth2/token");
        assert_eq!((asked["Metadata"].as_str(), asked["api-version"].as_str()), ("true", "2018-02-01"));
        assert_eq!(asked["resource"], graph.url);
        assert_eq!(asked.get("client_id").map(String::as_str), expected);
        assert!(!asked.contains_key("grant_type"));
    }
}

#[tokio::test]
async fn one_token_is_fetched_for_a_crowd_and_used_until_five_minutes_before_its_end() {
    for lifetime in [json!(3600), json!("3600")] {
        let graph = SimulatedGraph::start().await;
        graph.memory().token_lifetime = lifetime;
        let (service, _folder) = service(&graph, graph.settings()).await;
        let crowd = futures_util::future::join_all((0..10).map(|_| ask(&service))).await;
        assert!(crowd.iter().all(|answer| *answer == Ok(true)), "{crowd:?}");
        assert_eq!(graph.memory().token_requests.len(), 1);
        graph.clock.advance(3299);
        ask(&service).await.unwrap();
        assert_eq!(graph.memory().token_requests.len(), 1);
        graph.clock.advance(1);
        ask(&service).await.unwrap();
        assert_eq!(graph.memory().token_requests.len(), 2);
    }
}

#[tokio::test]
async fn a_token_that_is_refused_is_replaced_once() {
    let graph = SimulatedGraph::start().await;
    let (service, _folder) = service(&graph, graph.settings()).await;
    ask(&service).await.unwrap();
    graph.memory().token = 2;
    let before = graph.memory().calls.len();
    assert_eq!(ask(&service).await, Ok(true));
    assert_eq!(graph.memory().calls.len() - before, 2);
    assert_eq!(graph.memory().token_requests.len(), 2);
    graph.memory().token = 3;
    graph.memory().token_answer =
        Some((200, json!({ "access_token": "stale-2", "expires_in": 3600 }).to_string()));
    let before = graph.memory().calls.len();
    assert_eq!(ask(&service).await, Err(ServiceError::Busy { retry_after_millis: None }));
    assert_eq!(graph.memory().calls.len() - before, 2, "once, and not for ever");
}

#[tokio::test]
async fn checking_a_tenant_says_what_is_wrong_and_what_to_do_line_by_line() {
    let graph = SimulatedGraph::start().await;
    let lines = async |settings: &GraphSettings| {
        check(settings, graph.clock.clone(), Arc::new(SystemRandomness)).await.unwrap()
    };
    let features = ActionSet::NONE.with(ActionKind::ResetPasscode);
    let settings = GraphSettings { features, ..graph.settings() };
    let read = "DeviceManagementManagedDevices.Read.All";
    let act = "DeviceManagementManagedDevices.PrivilegedOperations.All";
    graph.memory().roles = Some(vec![read, act]);
    let all = lines(&settings).await;
    assert!(all.iter().all(|line| line.verdict != Verdict::Wrong), "{all:#?}");
    let what: Vec<&str> = all.iter().map(|line| line.what.as_str()).collect();
    assert_eq!(what[0], "credential");
    assert!(what[1].ends_with(read) && what[2].ends_with(act), "{what:?}");
    assert_eq!(what[3..6], ["clock", "reading devices", "action resetPasscode"]);
    let wipe = all.iter().find(|line| line.what == "action wipe").unwrap();
    assert!(wipe.change.contains("features"), "what is not wanted is said: {wipe:?}");

    let write = "DeviceManagementManagedDevices.ReadWrite.All";
    let sorting = GraphSettings { features: features.with(ActionKind::SetCategory), ..settings.clone() };
    let without = lines(&sorting).await;
    let of = |all: &[portal_server::domain::finding::Finding], what: &str| {
        all.iter().find(|line| line.what == what).map(|line| line.verdict)
    };
    assert_eq!(of(&without, &format!("permission {write}")), Some(Verdict::Wrong), "{without:#?}");
    assert_eq!(of(&without, "action setCategory"), Some(Verdict::Wrong));
    assert_eq!(of(&without, "action resetPasscode"), Some(Verdict::Right));
    graph.memory().roles = Some(vec![read, act, write]);
    assert!(lines(&sorting).await.iter().all(|line| line.verdict != Verdict::Wrong));

    let hiding = GraphSettings {
        features: features.with(ActionKind::Wipe),
        hide_blocked_actions: true,
        ..settings.clone()
    };
    let apps = "DeviceManagementApps.Read.All";
    let blind = lines(&hiding).await;
    let verdicts = |all: &[portal_server::domain::finding::Finding]| {
        [format!("permission {apps}"), "action wipe".to_owned(), "action resetPasscode".to_owned()]
            .map(|what| of(all, &what))
    };
    let (right, wrong) = (Some(Verdict::Right), Some(Verdict::Wrong));
    assert_eq!(verdicts(&blind), [wrong, wrong, right], "{blind:#?}");
    graph.memory().roles = Some(vec![read, act, apps]);
    assert_eq!(verdicts(&lines(&hiding).await), [right; 3]);

    graph.memory().roles = Some(vec![read, write]);
    graph.memory().clock_ahead_millis = 400_000;
    graph.fails("GET", crate::support::GraphFault::error(403, "Forbidden"));
    let wrong: Vec<String> = lines(&settings)
        .await
        .into_iter()
        .filter(|line| line.verdict == Verdict::Wrong)
        .map(|line| format!("{}: {}", line.what, line.change))
        .collect();
    for word in [act, "take it away", "400 s", "grant admin consent", "action resetPasscode"] {
        assert!(wrong.iter().any(|line| line.contains(word)), "{word} in {wrong:#?}");
    }
    assert!(!wrong.iter().any(|line| line.contains(CLIENT_SECRET)));

    graph.memory().token_answer =
        Some((401, r#"{"error":"invalid_client","error_codes":[7000222]}"#.to_owned()));
    let broken = lines(&settings).await;
    assert_eq!((broken.len(), broken[0].verdict), (1, Verdict::Wrong));
    assert!(broken[0].change.contains("AADSTS7000222") && broken[0].change.contains("secret has expired"));
    assert_eq!(graph.called("POST"), 0, "it changes nothing");
    graph.assert_described();
}
