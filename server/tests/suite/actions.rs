//! Actions other than the reset: locking, checking, renaming; and what all of them have in common.

use crate::support::{Answer, TestServer};
use serde_json::{Value, json};

/// Asks for an action as a person who signed in long ago.
async fn act(server: &TestServer, person: &str, device: &str, action: &str, key: &str, body: &str) -> Answer {
    let authorization = format!("Bearer {}", server.token(person, 3000));
    let path = format!("/api/v1.0/me/managedDevices/{device}/actions/{action}");
    let headers = [("authorization", authorization.as_str()), ("idempotency-key", key)];
    server.call_with_body("POST", &path, &headers, body).await
}

async fn device(server: &TestServer, person: &str, id: &str) -> Value {
    server.get(person, &format!("/me/managedDevices/{id}")).await.json()
}

async fn activities(server: &TestServer, person: &str) -> Vec<(String, String)> {
    let history = server.get(person, "/me/history").await.json();
    let text = |entry: &Value, field: &str| entry[field].as_str().unwrap_or_default().to_owned();
    let entries = history["value"].as_array().unwrap().iter();
    entries.map(|entry| (text(entry, "actionName"), text(entry, "activity"))).collect()
}

fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(action, activity)| ((*action).to_owned(), (*activity).to_owned())).collect()
}

#[tokio::test]
async fn a_lock_needs_no_fresh_sign_in_and_is_told_to_its_end() {
    let server = TestServer::start().await;
    let accepted = act(&server, "p-dana", "d-dana-normal", "remoteLock", "k", "{}").await;
    assert_eq!(accepted.status.as_u16(), 202, "{}", accepted.code());
    let run = accepted.json();
    assert_eq!((&run["actionName"], &run["actionState"]), (&json!("remoteLock"), &json!("pending")));
    assert!(accepted.header("location").ends_with(run["id"].as_str().unwrap()));
    server.pass(10).await;
    let shown = device(&server, "p-dana", "d-dana-normal").await["deviceActionResults"][0].clone();
    assert_eq!((&shown["id"], &shown["actionState"]), (&run["id"], &json!("done")));
    let told = server.get("p-dana", "/me/notifications").await.json()["value"][0].clone();
    assert_eq!(
        (&told["kind"], &told["actionName"], &told["actionState"]),
        (&json!("actionEnded"), &json!("remoteLock"), &json!("done"))
    );
    let expected = pairs(&[("remoteLock", "actionDone"), ("remoteLock", "actionRequested")]);
    assert_eq!(activities(&server, "p-dana").await, expected);
    assert_eq!(
        act(&server, "p-dana", "d-dana-normal", "remoteLock", "k", "{}").await.json(),
        run,
        "the same key"
    );
}

#[tokio::test]
async fn asking_twice_is_asking_once_and_a_lock_does_not_wait_for_a_reset() {
    let server = TestServer::start().await;
    assert_eq!(server.reset("p-dana", "d-dana-offline", "reset").await.status.as_u16(), 202);
    let first = act(&server, "p-dana", "d-dana-offline", "remoteLock", "a", "").await.json();
    let second = act(&server, "p-dana", "d-dana-offline", "remoteLock", "b", "").await;
    assert_eq!((second.status.as_u16(), &second.json()["id"]), (202, &first["id"]));
    assert_eq!(
        act(&server, "p-dana", "d-dana-offline", "remoteLock", "b", "").await.json()["id"],
        first["id"]
    );
    assert_eq!(server.reset("p-dana", "d-dana-offline", "again").await.code(), "actionAlreadyPending");
    assert_eq!(server.count("SELECT COUNT(*) FROM action_runs WHERE queue_state <> 'ended'").await, 2);
    let open = act(&server, "p-dana", "d-dana-offline", "syncDevice", "c", "").await;
    assert_eq!(open.status.as_u16(), 202, "and neither does a check");
    assert_eq!(
        act(&server, "p-dana", "d-dana-offline", "syncDevice", "a", "").await.code(),
        "idempotencyKeyReused",
        "a key is for one action"
    );
}

#[tokio::test]
async fn a_check_brings_a_later_check_in_and_no_news_when_it_went_well() {
    let server = TestServer::start().await;
    let before = device(&server, "p-dana", "d-dana-normal").await["lastSyncDateTime"].clone();
    let asked = act(&server, "p-dana", "d-dana-normal", "syncDevice", "k", "").await.json();
    server.pass(10).await;
    let after = device(&server, "p-dana", "d-dana-normal").await;
    assert!(after["lastSyncDateTime"].as_str() > before.as_str());
    assert!(after["lastSyncDateTime"].as_str() > asked["startDateTime"].as_str(), "later than the request");
    assert_eq!(after["deviceActionResults"][0]["actionState"], "done");
    assert_eq!(server.get("p-dana", "/me/notifications").await.json()["value"], json!([]));
}

#[tokio::test]
async fn a_check_that_never_reached_its_device_is_news() {
    let server = TestServer::start().await;
    act(&server, "p-dana", "d-dana-silent", "syncDevice", "k", "").await;
    server.pass(610).await;
    let told = server.get("p-dana", "/me/notifications").await.json()["value"][0].clone();
    assert_eq!((&told["actionName"], &told["errorCode"]), (&json!("syncDevice"), &json!("commandExpired")));
}

#[tokio::test]
async fn a_new_name_shows_at_once_for_this_person_survives_a_restart_and_can_be_taken_away() {
    let server = TestServer::start().await;
    let renamed = act(&server, "p-dana", "d-dana-normal", "rename", "k", r#"{"name":"  営業の電話 "}"#).await;
    let run = renamed.json();
    assert_eq!((renamed.status.as_u16(), &run["actionState"]), (202, &json!("done")));
    let again = act(&server, "p-dana", "d-dana-normal", "rename", "k", r#"{"name":"  営業の電話 "}"#).await;
    assert_eq!(again.json(), run, "the same key");
    let server = server.restarted().await;
    let shown = device(&server, "p-dana", "d-dana-normal").await;
    assert_eq!(
        (&shown["managedDeviceName"], &shown["deviceName"]),
        (&json!("営業の電話"), &json!("Dana's iPhone"))
    );
    let list = server.get("p-dana", "/me/managedDevices").await.json();
    let in_list = list["value"].as_array().unwrap().iter().find(|one| one["id"] == "d-dana-normal").unwrap();
    assert_eq!(in_list["managedDeviceName"], "営業の電話");
    assert_eq!(activities(&server, "p-dana").await, pairs(&[("rename", "actionDone")]));
    assert_eq!(server.get("p-dana", "/me/notifications").await.json()["value"], json!([]));
    act(&server, "p-dana", "d-dana-normal", "remoteLock", "l", "").await;
    server.pass(10).await;
    let told = server.get("p-dana", "/me/notifications").await.json()["value"][0].clone();
    assert_eq!(told["deviceName"], "営業の電話", "the person is told by the name they gave");
    act(&server, "p-dana", "d-dana-normal", "rename", "k2", "{}").await;
    assert_eq!(device(&server, "p-dana", "d-dana-normal").await["managedDeviceName"], "");
}

#[tokio::test]
async fn a_device_is_put_into_a_category_of_its_service_once_that_confirms_it() {
    let server = TestServer::start().await;
    let categories = "/me/managedDevices/d-dana-normal/deviceCategories";
    let offered = server.get("p-dana", categories).await.json();
    let ids: Vec<&str> =
        offered["value"].as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap()).collect();
    assert!(ids.contains(&"sales") && ids.contains(&"front-desk"), "{offered}");
    let choose = async |key: &str, id: &str| {
        let body = json!({ "categoryId": id }).to_string();
        act(&server, "p-dana", "d-dana-normal", "setCategory", key, &body).await
    };
    let chosen = choose("k", "front-desk").await;
    assert_eq!(chosen.status.as_u16(), 202, "{}", chosen.code());
    assert_eq!(chosen.json()["actionState"], "pending");
    let same = choose("same", "front-desk").await;
    assert_eq!(same.json()["id"], chosen.json()["id"], "asking twice is asking once");
    assert_eq!(choose("other", "sales").await.code(), "actionAlreadyPending", "another one is another wish");
    assert_eq!(device(&server, "p-dana", "d-dana-normal").await["deviceCategoryDisplayName"], "");
    let server = server.restarted().await;
    server.pass(10).await;
    let shown = device(&server, "p-dana", "d-dana-normal").await;
    assert_eq!(shown["deviceCategoryDisplayName"], "受付");
    assert_eq!(shown["deviceActionResults"][0]["actionState"], "done");
    let expected = pairs(&[
        ("setCategory", "actionDone"),
        ("setCategory", "actionRefused"),
        ("setCategory", "actionRequested"),
    ]);
    assert_eq!(activities(&server, "p-dana").await, expected);
    assert_eq!(server.get("p-dana", "/me/notifications").await.json()["value"], json!([]), "no news");
}

#[tokio::test]
async fn every_service_of_the_fleet_sorts_its_devices() {
    let server = TestServer::start().await;
    for id in ["d-fumi-xperia", "cloud:c-fumi-iphone", "push:n-fumi-ipad"] {
        let offered = server.get("p-fumi", &format!("/me/managedDevices/{id}/deviceCategories")).await.json();
        let last = offered["value"].as_array().unwrap().last().unwrap().clone();
        let body = json!({ "categoryId": last["id"] }).to_string();
        assert_eq!(act(&server, "p-fumi", id, "setCategory", id, &body).await.status.as_u16(), 202, "{id}");
        for _ in 0..40 {
            server.pass(10).await;
        }
        let shown = device(&server, "p-fumi", id).await;
        assert_eq!(shown["deviceCategoryDisplayName"], last["displayName"], "{id}: {shown}");
    }
}

#[tokio::test]
async fn a_category_nobody_has_and_a_device_that_is_not_ones_own_to_sort_are_refused() {
    let server = TestServer::start().await;
    for body in
        ["", "{}", "[]", r#"{"categoryId":"no-such"}"#, r#"{"categoryId":"a/b"}"#, r#"{"categoryId":7}"#]
    {
        let answer = act(&server, "p-dana", "d-dana-normal", "setCategory", "k", body).await;
        assert_eq!((answer.status.as_u16(), answer.code()), (400, "invalidRequest".to_owned()), "{body}");
    }
    let more = r#"{"categoryId":"sales","name":"x"}"#;
    assert_eq!(act(&server, "p-dana", "d-dana-normal", "setCategory", "k", more).await.status.as_u16(), 400);
    assert_eq!(server.count("SELECT COUNT(*) FROM action_runs").await, 0);
    for (id, reason) in
        [("d-chiyo-android-dedicated", "dedicatedDevice"), ("d-chiyo-not-primary-user", "notPrimaryUser")]
    {
        let list = server.get("p-chiyo", &format!("/me/managedDevices/{id}/deviceCategories")).await;
        assert_eq!((list.status.as_u16(), &list.json()["reason"]), (403, &json!(reason)), "{id}");
        let body = r#"{"categoryId":"sales"}"#;
        let answer = act(&server, "p-chiyo", id, "setCategory", "k", body).await;
        assert_eq!((answer.status.as_u16(), &answer.json()["reason"]), (403, &json!(reason)), "{id}");
    }
    let foreign = server.get("p-ben", "/me/managedDevices/d-dana-normal/deviceCategories").await;
    assert_eq!(foreign.status.as_u16(), 404);
}

#[tokio::test]
async fn a_text_that_is_no_name_and_an_action_nobody_knows_are_refused() {
    let server = TestServer::start().await;
    let long = format!(r#"{{"name":"{}"}}"#, "あ".repeat(65));
    for body in [r#"{"name":"a\nb"}"#, long.as_str(), "[]", r#"{"name":7}"#, r#"{"nom":"x"}"#, "x"] {
        let answer = act(&server, "p-dana", "d-dana-normal", "rename", "k", body).await;
        assert_eq!((answer.status.as_u16(), answer.code().as_str()), (400, "invalidRequest"), "{body}");
    }
    for action in ["danceNow", "other", "locate", "", "RemoteLock"] {
        let answer = act(&server, "p-dana", "d-dana-normal", action, "k", "").await;
        assert_eq!(answer.status.as_u16(), 404, "{action}");
    }
    let body = act(&server, "p-dana", "d-dana-normal", "remoteLock", "k", r#"{"name":"x"}"#).await;
    assert_eq!(body.status.as_u16(), 400);
    let keyless = server.post("p-dana", "/me/managedDevices/d-dana-normal/actions/remoteLock").await;
    assert_eq!(keyless.status.as_u16(), 428);
    let foreign = act(&server, "p-ben", "d-dana-normal", "remoteLock", "k", "").await;
    assert_eq!(foreign.status.as_u16(), 404, "another person's device does not exist");
    assert_eq!(server.count("SELECT COUNT(*) FROM action_runs").await, 0);
}

#[tokio::test]
async fn what_a_device_cannot_do_is_refused_with_the_reason_the_device_told() {
    let server = TestServer::start().await;
    for (id, action, reason) in [
        ("d-chiyo-windows11", "remoteLock", "windowsPc"),
        ("d-chiyo-iphone-open", "remoteLock", "noPasscodeOnDevice"),
        ("d-chiyo-shared-ipad", "remoteLock", "sharedIpad"),
        ("d-chiyo-linux", "syncDevice", "platformNotSupported"),
        ("d-chiyo-erase-pending", "remoteLock", "eraseOrRetirePending"),
        ("d-chiyo-enrolment-manager", "rename", "deviceEnrollmentManager"),
        ("d-chiyo-android-corporate-work-profile", "resetPasscode", "workProfilePasscodeOnly"),
        ("d-chiyo-iphone-migrated", "resetPasscode", "unlockTokenMissing"),
    ] {
        let told = device(&server, "p-chiyo", id).await["actions"][action].clone();
        assert_eq!(told, json!({ "allowed": false, "reason": reason }), "{id}");
        let answer = if action == "resetPasscode" {
            server.reset("p-chiyo", id, "k").await
        } else {
            act(&server, "p-chiyo", id, action, "k", "{}").await
        };
        assert_eq!(answer.json()["reason"], reason, "{id}");
    }
    let other = act(&server, "p-chiyo", "d-chiyo-not-primary-user", "remoteLock", "k", "").await;
    assert_eq!((other.status.as_u16(), other.code().as_str()), (403, "notPrimaryUser"));
    let refused = "SELECT COUNT(*) FROM audit WHERE event = 'remoteLockRefused'";
    assert_eq!(server.count(refused).await, 5, "and every refusal is in the record");
}

#[tokio::test]
async fn actions_have_limits_of_their_own_and_use_up_none_of_the_resets() {
    let server = TestServer::with(
        "[limits]\nactions_per_hour = 3\nactions_per_device_per_hour = 2\nresets_per_hour = 1\n",
    )
    .await;
    assert_eq!(
        act(&server, "p-dana", "d-dana-normal", "rename", "1", r#"{"name":"a"}"#).await.status.as_u16(),
        202
    );
    assert_eq!(
        act(&server, "p-dana", "d-dana-normal", "rename", "2", r#"{"name":"b"}"#).await.status.as_u16(),
        202
    );
    let of_device = act(&server, "p-dana", "d-dana-normal", "rename", "3", r#"{"name":"c"}"#).await;
    assert_eq!((of_device.status.as_u16(), of_device.header("retry-after")), (429, "3600"));
    assert_eq!(act(&server, "p-dana", "d-dana-notnow", "remoteLock", "4", "").await.status.as_u16(), 202);
    assert_eq!(act(&server, "p-dana", "d-dana-offline", "remoteLock", "5", "").await.status.as_u16(), 429);
    assert_eq!(server.reset("p-dana", "d-dana-normal", "6").await.status.as_u16(), 202);
    assert_eq!(server.reset("p-dana", "d-dana-notnow", "7").await.status.as_u16(), 429);
    server.clock.advance(3601);
    assert_eq!(
        act(&server, "p-dana", "d-dana-normal", "rename", "8", r#"{"name":"d"}"#).await.status.as_u16(),
        202
    );
}

#[tokio::test]
async fn a_lock_is_cancelled_like_a_reset_and_superseded_like_one() {
    let server = TestServer::start().await;
    let run = act(&server, "p-dana", "d-dana-offline", "remoteLock", "k", "").await.json();
    server.pass(2).await;
    let path = format!(
        "/me/managedDevices/d-dana-offline/deviceActionResults/{}/cancel",
        run["id"].as_str().unwrap()
    );
    let canceled = server.post("p-dana", &path).await;
    assert_eq!((canceled.status.as_u16(), &canceled.json()["actionState"]), (202, &json!("canceled")));
    act(&server, "p-dana", "d-dana-erased", "remoteLock", "k2", "").await;
    server.pass(10).await;
    let shown = device(&server, "p-dana", "d-dana-erased").await["deviceActionResults"][0].clone();
    assert_eq!(shown["errorCode"], "supersededByErase");
    let told = activities(&server, "p-dana").await;
    assert_eq!(told[0], ("remoteLock".to_owned(), "actionSuperseded".to_owned()));
    assert!(told.contains(&("remoteLock".to_owned(), "actionCanceled".to_owned())), "{told:?}");
}

#[tokio::test]
async fn a_lock_does_not_touch_the_temporary_passcode_of_its_device() {
    let server = TestServer::start().await;
    server.reset("p-aiko", "d-aiko-android", "k").await;
    server.pass(10).await;
    let path = "/me/managedDevices/d-aiko-android/temporaryPasscode";
    let before = server.get("p-aiko", path).await.json();
    act(&server, "p-aiko", "d-aiko-android", "remoteLock", "l", "").await;
    server.pass(10).await;
    assert_eq!(
        device(&server, "p-aiko", "d-aiko-android").await["deviceActionResults"][0]["actionState"],
        "done"
    );
    assert_eq!(server.get("p-aiko", path).await.json(), before);
}

async fn act_freshly(server: &TestServer, person: &str, device: &str, action: &str, key: &str) -> Answer {
    let authorization = format!("Bearer {}", server.token(person, 60));
    let path = format!("/api/v1.0/me/managedDevices/{device}/actions/{action}");
    let headers = [("authorization", authorization.as_str()), ("idempotency-key", key)];
    server.call_with_body("POST", &path, &headers, "{}").await
}

#[tokio::test]
async fn what_cannot_be_undone_needs_a_fresh_sign_in() {
    let server = TestServer::start().await;
    for action in ["wipe", "retire"] {
        let stale = act(&server, "p-dana", "d-dana-normal", action, action, "").await;
        assert_eq!((stale.status.as_u16(), stale.code().as_str()), (401, "insufficientUserAuthentication"));
    }
    assert_eq!(server.count("SELECT COUNT(*) FROM action_runs").await, 0);
}

#[tokio::test]
async fn an_erase_ends_what_is_not_sent_and_nothing_else_is_taken_until_the_device_is_gone() {
    let server = TestServer::start().await;
    let reset = server.reset("p-dana", "d-dana-normal", "reset").await.json();
    let lock = act(&server, "p-dana", "d-dana-normal", "remoteLock", "lock", "").await.json();
    let wipe = act_freshly(&server, "p-dana", "d-dana-normal", "wipe", "wipe").await;
    assert_eq!(wipe.status.as_u16(), 202, "{}", wipe.code());
    let shown = device(&server, "p-dana", "d-dana-normal").await;
    for run in [&reset, &lock] {
        let results = shown["deviceActionResults"].as_array().unwrap();
        let found = results.iter().find(|one| one["id"] == run["id"]).unwrap();
        assert_eq!(
            (&found["actionState"], &found["errorCode"]),
            (&json!("canceled"), &json!("supersededByErase"))
        );
    }
    assert_eq!(server.count("SELECT COUNT(*) FROM passcodes").await, 0, "the code is of no use");
    for action in ["resetPasscode", "remoteLock", "syncDevice", "retire", "wipe"] {
        assert_eq!(shown["actions"][action]["reason"], "eraseOrRetirePending", "{action}");
        let refused = act_freshly(&server, "p-dana", "d-dana-normal", action, &format!("no-{action}")).await;
        assert_eq!(refused.json()["reason"], "eraseOrRetirePending", "{action}");
    }
    assert_eq!(
        act_freshly(&server, "p-dana", "d-dana-normal", "wipe", "wipe").await.json(),
        wipe.json(),
        "the same key"
    );
    server.pass(10).await;
    // The device is gone and what became of it can still be seen.
    assert_eq!(server.get("p-dana", "/me/managedDevices/d-dana-normal").await.status.as_u16(), 404);
    let list = server.get("p-dana", "/me/managedDevices").await.json();
    assert!(list["value"].as_array().unwrap().iter().all(|one| one["id"] != "d-dana-normal"));
    let id = wipe.json()["id"].as_str().unwrap().to_owned();
    let result =
        server.get("p-dana", &format!("/me/managedDevices/d-dana-normal/deviceActionResults/{id}")).await;
    assert_eq!(result.json()["actionState"], "done");
    let foreign =
        server.get("p-aiko", &format!("/me/managedDevices/d-dana-normal/deviceActionResults/{id}")).await;
    assert_eq!(foreign.status.as_u16(), 404);
    let again = act_freshly(&server, "p-dana", "d-dana-normal", "wipe", "wipe").await;
    assert_eq!(
        (again.status.as_u16(), again.json()),
        (202, wipe.json()),
        "the same key, and no device any more"
    );
    let told = server.get("p-dana", "/me/notifications").await.json()["value"][0].clone();
    assert_eq!((&told["actionName"], &told["actionState"]), (&json!("wipe"), &json!("done")));
    // Somebody enrols it again.
    server.pass(600).await;
    assert_eq!(server.get("p-dana", "/me/managedDevices/d-dana-normal").await.status.as_u16(), 200);
}

#[tokio::test]
async fn a_retired_device_keeps_its_passcode_and_an_erased_one_does_not() {
    for (action, kept) in [("retire", 1), ("wipe", 0)] {
        let server = TestServer::start().await;
        server.reset("p-aiko", "d-aiko-lumia", "reset").await;
        server.pass(10).await;
        let passcodes = "SELECT COUNT(*) FROM passcodes";
        assert_eq!(server.count(passcodes).await, 1);
        let asked = act_freshly(&server, "p-aiko", "d-aiko-lumia", action, "k").await;
        assert_eq!(asked.status.as_u16(), 202, "{}", asked.code());
        server.pass(10).await;
        assert_eq!(server.count(passcodes).await, kept, "{action}");
    }
}

#[tokio::test]
async fn the_organisation_switches_actions_off_by_platform_and_owner() {
    let switches = r#"
        [[actions.off]]
        action = "wipe"
        [[actions.off]]
        action = "remoteLock"
        platform = "ios"
        [[actions.off]]
        action = "rename"
        owner = "company"
    "#;
    let server = TestServer::with(switches).await;
    let list = server.get("p-chiyo", "/me/managedDevices").await.json();
    let devices = list["value"].as_array().unwrap().clone();
    let mut seen = std::collections::BTreeSet::new();
    for shown in &devices {
        let reason =
            |action: &str| shown["actions"][action]["reason"].as_str().unwrap_or("allowed").to_owned();
        assert_ne!(reason("wipe"), "allowed", "{}", shown["id"]);
        // Who may act at all comes first.
        if ["notPrimaryUser", "deviceEnrollmentManager"].contains(&reason("rename").as_str()) {
            continue;
        }
        let is_company = shown["managedDeviceOwnerType"] == "company";
        assert_eq!(reason("rename") == "organizationPolicy", is_company, "{}", shown["id"]);
        let is_apple = ["ios", "ipados", "visionos"]
            .contains(&shown["operatingSystem"].as_str().unwrap().to_lowercase().as_str());
        if reason("remoteLock") == "organizationPolicy" {
            assert!(is_apple, "{}", shown["id"]);
        }
        seen.insert((is_company, is_apple));
        assert!(!(is_apple && reason("remoteLock") == "allowed"), "{}", shown["id"]);
    }
    assert!(seen.len() >= 3, "phones of several kinds were looked at");
    let refused = act(&server, "p-dana", "d-dana-normal", "remoteLock", "k", "").await;
    assert_eq!(refused.json()["reason"], "organizationPolicy");
}
