//! What a person is shown of the audit record: theirs, whole, newest first, without a secret.

use crate::operation::{metrics, value};
use crate::support::{Answer, TestServer};
use axum::http::StatusCode;
use serde_json::{Value, json};

const DEVICE_CALLS: &str = "portal_fleet_calls_total{service=\"fleet\",call=\"device\",outcome=\"ok\"}";
const FIREFOX: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0";

async fn entries(server: &TestServer, person: &str, path: &str) -> Vec<Value> {
    server.get(person, path).await.json()["value"].as_array().unwrap().clone()
}

fn activities(entries: &[Value]) -> Vec<&str> {
    entries.iter().map(|entry| entry["activity"].as_str().unwrap()).collect()
}

/// A call with a browser's name.
async fn browse(server: &TestServer, method: &str, path: &str, key: &str) -> Answer {
    let token = format!("Bearer {}", server.token("p-aiko", 60));
    let headers = [("authorization", token.as_str()), ("user-agent", FIREFOX), ("idempotency-key", key)];
    server.call(method, &format!("/api/v1.0{path}"), &headers).await
}

#[tokio::test]
async fn a_whole_reset_is_told_newest_first_with_who_when_and_from_where() {
    let server = TestServer::start().await;
    let device = "/me/managedDevices/d-aiko-android";
    let accepted = browse(&server, "POST", &format!("{device}/resetPasscode"), "k").await;
    server.pass(10).await;
    browse(&server, "GET", &format!("{device}/temporaryPasscode"), "").await;
    let history = entries(&server, "p-aiko", "/me/history").await;
    assert_eq!(activities(&history), ["passcodeRevealed", "resetDone", "resetRequested"]);
    let [_, done, requested] = history.as_slice() else { panic!("{history:?}") };
    assert_eq!(
        *requested,
        json!({
            "id": requested["id"], "occurredDateTime": "2027-01-15T08:00:00Z", "activity": "resetRequested",
            "actionName": "resetPasscode", "actor": "person", "actorName": "Some Body", "deviceId": "d-aiko-android",
            "deviceName": "愛子の Xperia", "resultId": accepted.json()["id"],
            "client": { "browser": "firefox", "system": "linux", "network": "public", "address": "192.0.2.x" },
            "reference": accepted.header("x-request-id"),
        })
    );
    assert_eq!(done["actor"], "system");
    assert!(done["client"].is_null() && done["reference"].is_null() && done["actorName"].is_null());
    assert_eq!(entries(&server, "p-aiko", &format!("{device}/history")).await, history);
    assert!(entries(&server, "p-aiko", "/me/managedDevices/d-aiko-iphone/history").await.is_empty());
}

#[tokio::test]
async fn refusals_failures_and_cancellations_say_why() {
    let server = TestServer::start().await;
    server.reset("p-chiyo", "d-chiyo-mac", "a").await;
    server.reset_aged("p-chiyo", "d-chiyo-iphone", "b", 999).await;
    let history = entries(&server, "p-chiyo", "/me/history").await;
    assert_eq!(activities(&history), ["resetRefused", "resetRefused"]);
    assert_eq!(history[0]["code"], "insufficientUserAuthentication");
    assert_eq!(
        (&history[1]["code"], &history[1]["reason"]),
        (&json!("actionNotAllowed"), &json!("macRecoveryKey"))
    );
    assert_eq!(history[1]["deviceName"], "千代の MacBook", "although no reset of it was ever accepted");
    server.reset("p-dana", "d-dana-unlocktoken", "c").await;
    server.reset("p-dana", "d-dana-erased", "d").await;
    let offline = server.reset("p-dana", "d-dana-offline", "e").await.json();
    server.pass(10).await;
    let id = offline["id"].as_str().unwrap();
    server
        .post("p-dana", &format!("/me/managedDevices/d-dana-offline/deviceActionResults/{id}/cancel"))
        .await;
    let history = entries(&server, "p-dana", "/me/history").await;
    let of = |activity: &str| history.iter().find(|entry| entry["activity"] == activity).unwrap().clone();
    assert_eq!(of("resetFailed")["errorCode"], "unlockTokenInvalid");
    assert_eq!(of("resetSuperseded")["actor"], "system");
    assert_eq!(of("resetCanceled")["actor"], "person", "nobody else cancels");
    assert_eq!(history.len(), 6);
}

#[tokio::test]
async fn a_long_history_comes_in_bounded_pages_that_follow_their_links() {
    let server = TestServer::start().await;
    for number in 0..7 {
        server.reset("p-chiyo", "d-chiyo-mac", &format!("k{number}")).await;
        server.reset("p-ben", "d-aiko-iphone", &format!("k{number}")).await;
    }
    let mut path = "/me/history?$top=3".to_owned();
    let mut sizes = Vec::new();
    let mut ids = Vec::new();
    loop {
        let page = server.get("p-chiyo", &path).await.json();
        let value = page["value"].as_array().unwrap();
        sizes.push(value.len());
        ids.extend(value.iter().map(|entry| entry["id"].as_str().unwrap().to_owned()));
        match page["@odata.nextLink"].as_str() {
            None => break,
            Some(next) => path = next.strip_prefix("/api/v1.0").unwrap().to_owned(),
        }
    }
    assert_eq!(sizes, [3, 3, 1]);
    ids.dedup();
    assert_eq!(ids.len(), 7);
    let device = server.get("p-chiyo", "/me/managedDevices/d-chiyo-mac/history?$top=5").await.json();
    let next = device["@odata.nextLink"].as_str().unwrap().strip_prefix("/api/v1.0").unwrap();
    assert_eq!(entries(&server, "p-chiyo", next).await.len(), 2);
    assert_eq!(server.get("p-chiyo", "/me/history?$top=99999").await.status, StatusCode::OK);
    for wrong in [
        "$top=0",
        "$top=-1",
        "$top=many",
        "$skiptoken=h-1",
        "$skiptoken=7",
        "$skiptoken=AAAAAAAAAAAAAAAAAAAAAA",
    ] {
        let answer = server.get("p-chiyo", &format!("/me/history?{wrong}")).await;
        assert_eq!((answer.status.as_u16(), answer.code().as_str()), (400, "invalidRequest"), "{wrong}");
    }
}

#[tokio::test]
async fn nobody_sees_another_persons_history() {
    let server = TestServer::start().await;
    server.reset("p-aiko", "d-aiko-android", "k").await;
    server.reset("p-ben", "d-aiko-android", "k").await;
    let mine = entries(&server, "p-ben", "/me/history").await;
    assert_eq!(activities(&mine), ["resetRefused"], "what I tried on a device that is not mine");
    assert_eq!((&mine[0]["code"], &mine[0]["deviceName"]), (&json!("notFound"), &Value::Null));
    for device in ["d-aiko-android", "d-nowhere", "%20"] {
        let answer = server.get("p-ben", &format!("/me/managedDevices/{device}/history")).await;
        assert_eq!((answer.status, answer.code().as_str()), (StatusCode::NOT_FOUND, "notFound"), "{device}");
    }
    assert_eq!(activities(&entries(&server, "p-aiko", "/me/history").await), ["resetRequested"]);
    assert_eq!(server.call("GET", "/api/v1.0/me/history", &[]).await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn no_history_and_no_audit_row_holds_a_passcode_or_a_token() {
    let server = TestServer::start().await;
    let token = format!("Bearer {}", server.token("p-aiko", 60));
    let device = "/api/v1.0/me/managedDevices/d-aiko-android";
    let headers =
        |key| [("authorization", token.as_str()), ("user-agent", FIREFOX), ("idempotency-key", key)];
    let accepted =
        server.call("POST", &format!("{device}/resetPasscode"), &headers("key-of-the-page")).await.json();
    server.pass(10).await;
    let shown = server.call("GET", &format!("{device}/temporaryPasscode"), &headers("")).await.json();
    let id = accepted["id"].as_str().unwrap();
    let report = format!("{device}/deviceActionResults/{id}/reportUnrecognized");
    server.call("POST", &report, &headers("")).await;
    let mut texts = vec![
        String::from_utf8(server.get("p-aiko", "/me/history").await.body).unwrap(),
        String::from_utf8(server.get("p-aiko", "/me/managedDevices/d-aiko-android/history").await.body)
            .unwrap(),
    ];
    server.call("POST", "/api/v1.0/me/revokeSignInSessions", &headers("")).await;
    for query in [
        "SELECT group_concat(coalesce(event,'') || coalesce(person_id,'') || coalesce(device_id,'') || \
         coalesce(result_id,'') || coalesce(address,'') || coalesce(request_id,'') || coalesce(client_browser,'') || \
         coalesce(client_system,'') || result) FROM audit",
        "SELECT group_concat(person_id || kind || subject_id) FROM events",
        "SELECT group_concat(person_id || until) FROM revoked_sessions",
    ] {
        texts.extend(server.column(query).await);
    }
    assert!(texts.iter().all(|text| !text.is_empty()), "the search itself works: {texts:?}");
    assert!(texts[2].contains("firefox") && texts[0].contains("passcodeRevealed"));
    let secrets = [
        shown["passcode"].as_str().unwrap(),
        &token[7..],
        token.split('.').next_back().unwrap(),
        "key-of-the-page",
    ];
    for secret in secrets {
        assert!(texts.iter().all(|text| !text.contains(secret)), "{secret}");
    }
    assert!(texts.iter().all(|text| !text.contains("Gecko")), "nor what the browser says of itself");
}

#[tokio::test]
async fn this_was_not_me_is_written_down_once_and_answered_with_the_same_reference() {
    let server = TestServer::start().await;
    let accepted = server.reset("p-aiko", "d-aiko-android", "k").await.json();
    let id = accepted["id"].as_str().unwrap();
    let path = |device: &str, id: &str| {
        format!("/me/managedDevices/{device}/deviceActionResults/{id}/reportUnrecognized")
    };
    let first = server.post("p-aiko", &path("d-aiko-android", id)).await;
    assert_eq!(first.status, StatusCode::ACCEPTED);
    assert_eq!(first.json()["reference"], first.header("x-request-id"));
    assert_eq!(first.json()["resultId"], id);
    server.clock.advance(60);
    let again = server.post("p-aiko", &path("d-aiko-android", id)).await;
    assert_eq!((again.status, again.json()), (StatusCode::ACCEPTED, first.json()));
    for (person, path) in [
        ("p-ben", path("d-aiko-android", id)),
        ("p-aiko", path("d-aiko-iphone", id)),
        ("p-aiko", path("d-aiko-android", "r-unknown")),
        ("p-aiko", path("d-aiko-android", "%2f")),
    ] {
        assert_eq!(server.post(person, &path).await.code(), "notFound", "{person} {path}");
    }
    assert_eq!(server.count("SELECT COUNT(*) FROM audit WHERE event = 'reportedUnrecognized'").await, 1);
    assert_eq!(server.count("SELECT COUNT(*) FROM audit WHERE event = 'reportRefused'").await, 4);
    let history = entries(&server, "p-aiko", "/me/history").await;
    assert_eq!(activities(&history), ["reportedUnrecognized", "resetRequested"]);
    assert_eq!(history[0]["reference"], first.json()["reference"]);
}

#[tokio::test]
async fn reports_count_as_attempts() {
    let server = TestServer::with("[limits]\nattempts_per_minute = 2\n").await;
    let id = server.reset("p-aiko", "d-aiko-android", "k").await.json()["id"].as_str().unwrap().to_owned();
    let path = format!("/me/managedDevices/d-aiko-android/deviceActionResults/{id}/reportUnrecognized");
    assert_eq!(server.post("p-aiko", &path).await.status, StatusCode::ACCEPTED);
    let refused = server.post("p-aiko", &path).await;
    assert_eq!((refused.status, refused.code().as_str()), (StatusCode::TOO_MANY_REQUESTS, "tooManyRequests"));
    assert_eq!(refused.header("retry-after"), "30");
}

#[tokio::test]
async fn the_places_of_entries_tell_nothing_about_other_people() {
    let server = TestServer::start().await;
    let refuse = async |person: &str| server.reset(person, "d-nobody", "k").await;
    refuse("p-aiko").await;
    for _ in 0..5 {
        refuse("p-ben").await;
    }
    refuse("p-aiko").await;
    let mine = entries(&server, "p-aiko", "/me/history").await;
    let ids: Vec<&str> = mine.iter().map(|entry| entry["id"].as_str().unwrap()).collect();
    for id in &ids {
        assert_eq!(id.len(), "h-".len() + 22, "{id}: one sealed block, no number");
    }
    assert_ne!(ids[0], ids[1]);
    let again = entries(&server, "p-aiko", "/me/history").await;
    assert_eq!(again, mine, "the same entry has the same id");
    let page = server.get("p-aiko", "/me/history?$top=1").await.json();
    let next = page["@odata.nextLink"].as_str().unwrap().strip_prefix("/api/v1.0").unwrap().to_owned();
    assert!(next.contains("$skiptoken=") && !next.ends_with("=7"), "{next}");
    assert_eq!(entries(&server, "p-aiko", &next).await, [mine[1].clone()]);
    let foreign = server.get("p-ben", &next).await;
    assert_eq!(
        (foreign.status.as_u16(), foreign.code().as_str()),
        (400, "invalidRequest"),
        "another's place"
    );
}

#[tokio::test]
async fn one_page_asks_the_back_end_for_a_handful_of_names_at_most() {
    let server = TestServer::with("[limits]\nattempts_per_minute = 1000\n").await;
    for number in 0..100 {
        server.reset_aged("p-dem", &format!("d-dem-{:04}", number + 1), "k", 999).await;
    }
    let calls = async || value(&metrics(&server).await, DEVICE_CALLS);
    // Looking at the metrics asks once as well (readiness), unless it did within the second.
    let before = calls().await;
    let history = entries(&server, "p-dem", "/me/history?$top=200").await;
    assert_eq!(history.len(), 100);
    assert!((calls().await - before - 16.0).abs() < 0.5);
    let named = history.iter().filter(|entry| entry["deviceName"].is_string()).count();
    assert_eq!(named, 16);
}

#[tokio::test]
async fn a_device_that_was_reset_once_is_named_without_asking_anybody() {
    let server = TestServer::start().await;
    server.reset("p-aiko", "d-aiko-android", "k").await;
    server.reset_aged("p-aiko", "d-aiko-android", "k-2", 999).await;
    let history = entries(&server, "p-aiko", "/me/history").await;
    assert_eq!(history[0]["activity"], "resetRefused");
    assert_eq!(history[0]["deviceName"], history[1]["deviceName"]);
}
