//! The whole server in front of a tenant of Microsoft Intune: what a person is answered, and what operators see.

use crate::crash_points::StopAt;
use crate::support::graph::{ADA, BOB, OTHER_PHONE, PHONE, android, iphone};
use crate::support::{GraphFault, SimulatedGraph, TestServer};
use portal_server::composition::{Environment, Server, graph_database};
use portal_server::config::DeviceServiceSettings;
use portal_server::ports::CrashPoint;
use portal_server::services::graph::GraphSettings;
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

/// A server whose only devices are those of a simulated tenant. People sign in with the provider of the tests, which is no
/// tenant: what the configuration would ask of it is left out.
async fn portal() -> (TestServer, SimulatedGraph) {
    let server = TestServer::start().await;
    let graph = SimulatedGraph::with_clock(server.clock.clone()).await;
    let mut settings = server.settings.clone();
    settings.device_services = vec![DeviceServiceSettings::Graph(Box::new(graph.settings()))];
    (TestServer { settings, ..server }.restarted().await, graph)
}

async fn act(server: &TestServer, device: &str, action: &str) -> Value {
    let authorization = format!("Bearer {}", server.token(ADA, 60));
    let path = match action {
        "resetPasscode" => format!("/api/v1.0/me/managedDevices/{device}/resetPasscode"),
        _ => format!("/api/v1.0/me/managedDevices/{device}/actions/{action}"),
    };
    let key = format!("{action}-{device}");
    let headers = [("authorization", authorization.as_str()), ("idempotency-key", key.as_str())];
    let body = if action == "rename" { r#"{"name":"Mine"}"# } else { "" };
    let answer = server.call_with_body("POST", &path, &headers, body).await;
    assert_eq!(answer.status.as_u16(), 202, "{action}: {}", answer.code());
    answer.json()
}

async fn state(server: &TestServer, device: &str, started: &Value) -> Value {
    let id = started["id"].as_str().unwrap();
    server.get(ADA, &format!("/me/managedDevices/{device}/deviceActionResults/{id}")).await.json()
}

/// Lets time pass until a run has ended; the device is done as soon as it has it.
async fn ended(server: &TestServer, graph: &SimulatedGraph, device: &str, started: &Value) -> Value {
    for _ in 0..100 {
        graph.devices_say("done");
        let now = state(server, device, started).await;
        if now["actionState"] != "pending" && now["actionState"] != "active" {
            return now;
        }
        server.pass(5).await;
    }
    panic!("it never ended");
}

#[tokio::test]
async fn a_person_resets_an_iphone_and_an_android_phone_and_locks_checks_and_renames() {
    let (server, graph) = portal().await;
    graph.memory().devices.push(iphone(BOB, BOB));
    let list = server.get(ADA, "/me/managedDevices").await.json();
    let ids: Vec<&str> =
        list["value"].as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap()).collect();
    assert_eq!(ids, [PHONE, OTHER_PHONE], "without a prefix, and nobody else's");
    assert_eq!(server.get(ADA, &format!("/me/managedDevices/{BOB}")).await.status.as_u16(), 404);
    for (device, action) in [
        (PHONE, "resetPasscode"),
        (OTHER_PHONE, "resetPasscode"),
        (OTHER_PHONE, "remoteLock"),
        (PHONE, "syncDevice"),
        (PHONE, "rename"),
    ] {
        let started = act(&server, device, action).await;
        let end = ended(&server, &graph, device, &started).await;
        assert_eq!(end["actionState"], "done", "{action} of {device}: {end}");
    }
    let shown = server.get(ADA, &format!("/me/managedDevices/{PHONE}/temporaryPasscode")).await.json();
    assert_eq!(shown["passcode"].as_str().map(ToOwned::to_owned), graph.passcode_in_force(PHONE));
    let none = server.get(ADA, &format!("/me/managedDevices/{OTHER_PHONE}/temporaryPasscode")).await;
    assert_eq!(none.status.as_u16(), 404, "the iPhone's was removed");
    assert_eq!(graph.memory().executed.len(), 4, "a name is the portal's own");
    assert!(graph_database(&server.database()).exists() && server.server.fleet.is_none());
    let ready = server.call("GET", "/readyz", &[]).await;
    assert!(ready.json()["simulatedDevices"].is_null());
    graph.assert_described();
}

/// Intune resets the passcode of the work profile on phones of the organisation's, also where there is no other profile.
#[tokio::test]
async fn a_phone_of_the_organisations_has_a_passcode_for_its_work_profile_alone_where_that_is_switched_on() {
    let (server, graph) = portal().await;
    for (place, word) in
        ["androidEnterpriseFullyManaged", "androidEnterpriseCorporateWorkProfile"].iter().enumerate()
    {
        let mut phone = android(&format!("705c034c-034c-705c-4c03-5c704c035c8{place}"), ADA);
        phone["osVersion"] = json!("15");
        phone["deviceEnrollmentType"] = json!(word);
        phone["managementAgent"] = json!("googleCloudDevicePolicyController");
        graph.memory().devices.push(phone);
    }
    let id = "705c034c-034c-705c-4c03-5c704c035c81";
    let offered = |device: &Value| device["actions"]["resetPasscode"].clone();
    let path = format!("/me/managedDevices/{id}");
    let refused = offered(&server.get(ADA, &path).await.json());
    assert_eq!(refused["reason"], "workProfilePasscodeOnly", "off unless it is switched on: {refused}");
    let mut settings = server.settings.clone();
    let on = GraphSettings { corporate_android_reset: true, ..graph.settings() };
    settings.device_services = vec![DeviceServiceSettings::Graph(Box::new(on))];
    let server = TestServer { settings, ..server }.restarted().await;
    for id in ["705c034c-034c-705c-4c03-5c704c035c80", id] {
        let device = server.get(ADA, &format!("/me/managedDevices/{id}")).await.json();
        assert_eq!(offered(&device)["outcome"], json!({ "kind": "workProfilePasscode" }), "{device}");
        let started = act(&server, id, "resetPasscode").await;
        assert_eq!(ended(&server, &graph, id, &started).await["actionState"], "done");
        let shown = server.get(ADA, &format!("/me/managedDevices/{id}/temporaryPasscode")).await.json();
        assert_eq!(shown["passcode"].as_str().map(ToOwned::to_owned), graph.passcode_in_force(id));
    }
    graph.assert_described();
}

/// What is configured counts; the rest is what Intune tells, as soon as it does.
#[tokio::test]
async fn the_branding_is_completed_by_that_of_the_company_portal() {
    let (server, graph) = portal().await;
    let mut settings = server.settings.clone();
    let on = GraphSettings { branding: true, ..graph.settings() };
    settings.device_services = vec![DeviceServiceSettings::Graph(Box::new(on))];
    let server = TestServer { settings, ..server }.restarted().await;
    graph.memory().branding_profiles = vec![json!({
        "id": "b7a4d000-0000-4000-8000-000000000001", "isDefaultProfile": true, "displayName": "Contoso",
        "contactITName": "Service desk"
    })];
    let shown = async || server.call("GET", "/api/v1.0/branding", &[]).await;
    let before = shown().await;
    assert_eq!(before.json()["contactITName"], "");
    let told = server.server.tenants[0].branding().await.unwrap();
    server.server.branding.tell(told);
    let after = shown().await;
    let name = |answer: &Value| answer["displayName"].as_str().unwrap().to_owned();
    assert_eq!(
        (name(&after.json()), &after.json()["contactITName"]),
        (name(&before.json()), &json!("Service desk"))
    );
    assert_ne!(name(&before.json()), "Contoso", "the configuration names it");
    assert_ne!(before.header("etag"), after.header("etag"));
}

#[tokio::test]
async fn what_another_administrator_has_to_approve_ends_with_these_words() {
    let (server, graph) = portal().await;
    graph.fails("POST", GraphFault::error(403, "ApprovalRequired"));
    let started = act(&server, PHONE, "wipe").await;
    let end = ended(&server, &graph, PHONE, &started).await;
    assert_eq!((&end["actionState"], &end["errorCode"]), (&json!("failed"), &json!("approvalRequired")));
    assert!(graph.memory().executed.is_empty());
}

#[tokio::test]
async fn while_graph_says_nothing_the_list_says_so_and_a_command_waits() {
    let (server, graph) = portal().await;
    let started = act(&server, PHONE, "resetPasscode").await;
    server.server.queue.pass().await.unwrap();
    for _ in 0..200 {
        graph.fails("GET", GraphFault::error(503, "ServiceUnavailable"));
    }
    server.pass(3600).await;
    let now = state(&server, PHONE, &started).await;
    assert_eq!(now["actionState"], "pending", "{now}");
    let list = server.get(ADA, "/me/managedDevices").await;
    assert_eq!(list.status.as_u16(), 503);
    assert_eq!(server.call("GET", "/readyz", &[]).await.status.as_u16(), 503);
    graph.memory().faults.clear();
    assert_eq!(ended(&server, &graph, PHONE, &started).await["actionState"], "done");
    assert_eq!(graph.executed("resetPasscode"), 1);
}

#[tokio::test]
async fn killed_at_any_point_the_whole_server_sends_nothing_twice_over_graph() {
    for point in CrashPoint::ALL {
        let (server, graph) = portal().await;
        let crashing = Environment {
            clock: server.clock.clone(),
            crash_points: Arc::new(StopAt(point, AtomicBool::new(false))),
            ..Environment::default()
        };
        let built = Server::build(&server.settings, crashing).await.unwrap();
        let server = TestServer { server: built, ..server };
        let started = act(&server, PHONE, "resetPasscode").await;
        let mut has_crashed = false;
        for _ in 0..40 {
            has_crashed = server.server.queue.pass().await.is_err();
            if has_crashed {
                break;
            }
            graph.devices_say("done");
            server.clock.advance(2);
        }
        assert!(has_crashed, "{point:?} was never reached");
        let server = server.restarted().await;
        let end = ended(&server, &graph, PHONE, &started).await;
        assert_eq!(end["actionState"], "done", "{point:?}: {end}");
        assert_eq!(graph.executed("resetPasscode"), 1, "{point:?}");
        let shown = server.get(ADA, &format!("/me/managedDevices/{PHONE}/temporaryPasscode")).await.json();
        assert_eq!(
            shown["passcode"].as_str().map(ToOwned::to_owned),
            graph.passcode_in_force(PHONE),
            "{point:?}"
        );
    }
}
