//! Resetting a passcode: who may, how fresh, exactly once (security.md, server, rows 1, 2, 3 and 6).

use crate::operation::{metrics, value};
use crate::support::TestServer;
use axum::http::StatusCode;
use portal_contract::ActionState;
use portal_server::domain::ids::ResultId;
use portal_server::ports::NoCrash;
use serde_json::{Value, json};
use std::sync::Arc;

#[tokio::test]
async fn the_reset_of_an_android_phone_ends_with_a_temporary_passcode_and_a_notification() {
    let server = TestServer::start().await;
    let answer = server.reset("p-aiko", "d-aiko-android", "k-1").await;
    assert_eq!(answer.status, StatusCode::ACCEPTED);
    assert_eq!(answer.json()["actionState"], "pending");
    let location = answer.header("location").to_owned();
    assert!(
        location.starts_with("/api/v1.0/me/managedDevices/d-aiko-android/deviceActionResults/r-"),
        "{location}"
    );
    let path = location.trim_start_matches("/api/v1.0").to_owned();
    let passcode_path = "/me/managedDevices/d-aiko-android/temporaryPasscode";
    assert_eq!(
        server.get("p-aiko", passcode_path).await.status,
        StatusCode::NOT_FOUND,
        "not before it is done"
    );
    server.pass(3).await;
    assert_eq!(server.get("p-aiko", &path).await.json()["actionState"], "active");
    server.pass(7).await;
    assert_eq!(server.get("p-aiko", &path).await.json()["actionState"], "done");
    let shown = server.get("p-aiko", passcode_path).await;
    assert_eq!(shown.status, StatusCode::OK);
    assert_eq!(shown.header("cache-control"), "no-store");
    let passcode = shown.json();
    assert_eq!(passcode["passcode"].as_str().unwrap().len(), 8);
    assert_eq!(passcode["characterSet"], "lettersAndDigits");
    assert_eq!(passcode["resultId"], answer.json()["id"]);
    let notifications = server.get("p-aiko", "/me/notifications").await.json();
    assert_eq!(notifications["value"][0]["actionState"], "done");
    assert_eq!(notifications["value"][0]["isRead"], false);
}

#[tokio::test]
async fn each_of_the_four_platforms_has_its_outcome() {
    let server = TestServer::start().await;
    for (device, characters) in [
        ("d-aiko-android", Some("lettersAndDigits")),
        ("d-aiko-iphone", None),
        ("d-aiko-lumia", Some("lettersAndDigits")),
        ("d-aiko-wp81", Some("digits")),
    ] {
        assert_eq!(server.reset("p-aiko", device, device).await.status, StatusCode::ACCEPTED);
        server.pass(10).await;
        let shown = server.get("p-aiko", &format!("/me/managedDevices/{device}/temporaryPasscode")).await;
        match characters {
            Some(characters) => {
                assert_eq!(shown.json()["characterSet"], characters, "{device}");
                let passcode = shown.json()["passcode"].as_str().unwrap().to_owned();
                assert_eq!(
                    passcode.bytes().all(|byte| byte.is_ascii_digit()),
                    characters == "digits",
                    "{device}"
                );
            }
            None => assert_eq!(shown.status, StatusCode::NOT_FOUND, "{device}"),
        }
    }
}

#[tokio::test]
async fn another_persons_device_an_unknown_and_a_malformed_one_get_the_same_answer() {
    let server = TestServer::start().await;
    let mut bodies = Vec::new();
    for device in ["d-aiko-android", "d-nobody", "..%2f..", "%ff", "a%20b"] {
        for (method, tail) in [
            ("GET", ""),
            ("POST", "/resetPasscode"),
            ("GET", "/temporaryPasscode"),
            ("GET", "/deviceActionResults/r-1"),
            ("POST", "/deviceActionResults/r-1/cancel"),
        ] {
            let token = format!("Bearer {}", server.token("p-ben", 60));
            let path = format!("/api/v1.0/me/managedDevices/{device}{tail}");
            let answer =
                server.call(method, &path, &[("authorization", &token), ("idempotency-key", "k")]).await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{method} {path}");
            let mut body = answer.json();
            body["requestId"] = Value::Null;
            let mut headers: Vec<String> = answer.headers.keys().map(ToString::to_string).collect();
            headers.sort();
            bodies.push((body, headers));
        }
    }
    bodies.dedup();
    assert_eq!(bodies.len(), 1, "{bodies:?}");
}

/// The same answer is not enough if one of them takes another way: how long it takes would tell. One question to the back
/// end, nothing read or sealed, one line in the audit record where there is one - whatever the identifier is.
#[tokio::test]
async fn another_persons_device_an_unknown_and_a_malformed_one_cost_the_same_work() {
    let server = TestServer::start().await;
    // Its owner has everything there is to find: a reset that is done and a passcode.
    server.reset("p-aiko", "d-aiko-android", "k").await;
    server.pass(10).await;
    let calls = async || {
        let text = metrics(&server).await;
        let lines: Vec<&str> =
            text.lines().filter(|line| line.starts_with("portal_fleet_calls_total")).collect();
        lines.iter().map(|line| value(&text, line.rsplit_once(' ').unwrap().0)).sum::<f64>()
    };
    let token = format!("Bearer {}", server.token("p-ben", 60));
    let mut costs = Vec::new();
    for device in ["d-aiko-android", "d-nobody", "%ff"] {
        for (method, tail) in [
            ("GET", ""),
            ("POST", "/resetPasscode"),
            ("GET", "/temporaryPasscode"),
            ("GET", "/history"),
            ("GET", "/deviceActionResults/r-1"),
            ("POST", "/deviceActionResults/r-1/cancel"),
            ("POST", "/deviceActionResults/r-1/reportUnrecognized"),
        ] {
            let (asked, rows) = (calls().await, server.count("SELECT COUNT(*) FROM audit").await);
            let path = format!("/api/v1.0/me/managedDevices/{device}{tail}");
            let headers = [("authorization", token.as_str()), ("idempotency-key", "k")];
            assert_eq!(server.call(method, &path, &headers).await.status, StatusCode::NOT_FOUND);
            let audited = server.count("SELECT COUNT(*) FROM audit").await - rows;
            costs.push((tail, format!("{} {audited}", calls().await - asked)));
        }
    }
    for (tail, cost) in &costs {
        let first = costs.iter().find(|(other, _)| other == tail).unwrap();
        assert_eq!(*cost, first.1, "{tail}");
        // A result is looked for among the person's own runs: no device service is asked.
        let asked = if *tail == "/deviceActionResults/r-1" { "0 " } else { "1 " };
        assert!(cost.starts_with(asked), "{tail}: {cost}");
    }
}

#[tokio::test]
async fn three_hundred_seconds_are_fresh_and_three_hundred_and_one_are_not() {
    let server = TestServer::start().await;
    let answer = server.reset_aged("p-aiko", "d-aiko-android", "k-1", 301).await;
    assert_eq!(
        (answer.status, answer.code().as_str()),
        (StatusCode::UNAUTHORIZED, "insufficientUserAuthentication")
    );
    let challenge = answer.header("www-authenticate");
    assert!(challenge.starts_with("Bearer error=\"insufficient_user_authentication\", error_description=\""));
    assert!(challenge.ends_with("max_age=\"300\""), "{challenge}");
    assert_eq!(server.reset_aged("p-aiko", "d-aiko-android", "k-1", 300).await.status, StatusCode::ACCEPTED);
}

#[tokio::test]
async fn a_missing_future_or_malformed_auth_time_is_stale() {
    let server = TestServer::start().await;
    let now = server.clock.seconds();
    for auth_time in [Value::Null, json!(now + 31), json!(now + 100_000), json!("now"), json!(true)] {
        let mut claims = server.provider.claims("p-aiko", now, 0);
        if auth_time.is_null() {
            claims.as_object_mut().unwrap().remove("auth_time");
        } else {
            claims["auth_time"] = auth_time.clone();
        }
        let token = format!("Bearer {}", server.provider.signer.sign(&claims));
        let path = "/api/v1.0/me/managedDevices/d-aiko-android/resetPasscode";
        let answer = server.call("POST", path, &[("authorization", &token), ("idempotency-key", "k")]).await;
        assert_eq!(answer.code(), "insufficientUserAuthentication", "{auth_time}");
    }
    assert_eq!(server.count("SELECT COUNT(*) FROM action_runs").await, 0);
}

#[tokio::test]
async fn ownership_is_decided_before_freshness_and_freshness_before_the_key() {
    let server = TestServer::start().await;
    assert_eq!(server.reset_aged("p-ben", "d-aiko-android", "k", 999).await.status, StatusCode::NOT_FOUND);
    let token = format!("Bearer {}", server.token("p-aiko", 999));
    let path = "/api/v1.0/me/managedDevices/d-aiko-android/resetPasscode";
    let stale_without_key = server.call("POST", path, &[("authorization", &token)]).await;
    assert_eq!(stale_without_key.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_missing_key_is_428_and_a_malformed_one_400() {
    let server = TestServer::start().await;
    let token = format!("Bearer {}", server.token("p-aiko", 60));
    let path = "/api/v1.0/me/managedDevices/d-aiko-android/resetPasscode";
    let missing = server.call("POST", path, &[("authorization", &token)]).await;
    assert_eq!((missing.status.as_u16(), missing.code().as_str()), (428, "idempotencyKeyMissing"));
    let malformed = server.call("POST", path, &[("authorization", &token), ("idempotency-key", "a b")]).await;
    assert_eq!(malformed.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn the_same_key_gives_the_same_answer_for_a_day_whatever_happened_since() {
    let server = TestServer::start().await;
    let first = server.reset("p-aiko", "d-aiko-android", "k-1").await;
    let again = server.reset("p-aiko", "d-aiko-android", "k-1").await;
    server.pass(10).await;
    let much_later = server.reset("p-aiko", "d-aiko-android", "k-1").await;
    for repeated in [&again, &much_later] {
        assert_eq!((repeated.status, &repeated.body), (first.status, &first.body));
        assert_eq!(repeated.header("location"), first.header("location"));
    }
    assert_eq!(server.count("SELECT COUNT(*) FROM action_runs").await, 1);
    server.clock.advance(24 * 3600);
    let next_day = server.reset("p-aiko", "d-aiko-android", "k-1").await;
    assert_eq!(next_day.status, StatusCode::ACCEPTED);
    assert_ne!(next_day.body, first.body, "after a day the key is new");
}

#[tokio::test]
async fn the_same_key_for_another_device_or_body_is_refused() {
    let server = TestServer::start().await;
    server.reset("p-aiko", "d-aiko-android", "k-1").await;
    let other_device = server.reset("p-aiko", "d-aiko-iphone", "k-1").await;
    assert_eq!((other_device.status.as_u16(), other_device.code().as_str()), (422, "idempotencyKeyReused"));
    let token = format!("Bearer {}", server.token("p-aiko", 60));
    let path = "/api/v1.0/me/managedDevices/d-aiko-android/resetPasscode";
    let headers = [("authorization", token.as_str()), ("idempotency-key", "k-1")];
    assert_eq!(server.call_with_body("POST", path, &headers, "{}").await.status.as_u16(), 422);
    let somebody_else = server.reset("p-ben", "d-ben-iphone", "k-1").await;
    assert_eq!(somebody_else.status, StatusCode::ACCEPTED, "keys of different people never meet");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn fifty_parallel_resets_of_one_device_are_one_command() {
    let server = Arc::new(TestServer::start().await);
    let mut tasks = tokio::task::JoinSet::new();
    for number in 0..50 {
        let server = Arc::clone(&server);
        tasks.spawn(
            async move { server.reset("p-aiko", "d-aiko-android", &format!("k-{number}")).await.status },
        );
    }
    let statuses = tasks.join_all().await;
    assert_eq!(statuses.iter().filter(|status| **status == StatusCode::ACCEPTED).count(), 1, "{statuses:?}");
    assert_eq!(statuses.iter().filter(|status| **status == StatusCode::CONFLICT).count(), 49);
    assert_eq!(server.count("SELECT COUNT(*) FROM action_runs").await, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn fifty_parallel_repetitions_of_one_request_are_one_command_and_one_answer() {
    let server = Arc::new(TestServer::start().await);
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..50 {
        let server = Arc::clone(&server);
        tasks.spawn(async move { server.reset("p-aiko", "d-aiko-android", "k-1").await.body });
    }
    let mut bodies = tasks.join_all().await;
    bodies.dedup();
    assert_eq!(bodies.len(), 1);
    assert_eq!(server.count("SELECT COUNT(*) FROM action_runs").await, 1);
}

#[tokio::test]
async fn a_refused_device_says_why() {
    let server = TestServer::start().await;
    let windows = server.reset("p-chiyo", "d-chiyo-windows11", "k-1").await;
    assert_eq!((windows.status, windows.code().as_str()), (StatusCode::FORBIDDEN, "actionNotAllowed"));
    assert_eq!(windows.json()["reason"], "windowsPc");
    let not_primary = server.reset("p-chiyo", "d-chiyo-not-primary-user", "k-2").await;
    assert_eq!((not_primary.status, not_primary.code().as_str()), (StatusCode::FORBIDDEN, "notPrimaryUser"));
    assert_eq!(not_primary.json()["reason"], "notPrimaryUser");
}

#[tokio::test]
async fn a_reset_of_a_device_that_changed_meanwhile_is_refused_if_the_client_asks_for_that() {
    let server = TestServer::start().await;
    let tag = server.get("p-aiko", "/me/managedDevices/d-aiko-iphone").await.header("etag").to_owned();
    let token = format!("Bearer {}", server.token("p-aiko", 60));
    let path = "/api/v1.0/me/managedDevices/d-aiko-iphone/resetPasscode";
    let with = |tag: &str, key: &str| {
        vec![
            ("authorization".to_owned(), token.clone()),
            ("idempotency-key".to_owned(), key.to_owned()),
            ("if-match".to_owned(), tag.to_owned()),
        ]
    };
    for (wanted, key, status) in
        [("\"other\"", "k-1", 412), (tag.as_str(), "k-2", 202), (tag.as_str(), "k-2", 202)]
    {
        let headers = with(wanted, key);
        let headers: Vec<(&str, &str)> =
            headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let answer = server.call("POST", path, &headers).await;
        assert_eq!(answer.status.as_u16(), status, "{wanted} {key}");
    }
}

#[tokio::test]
async fn resets_are_limited_per_device_and_per_person() {
    let server = TestServer::with("[limits]\nresets_per_device_per_hour = 2\nresets_per_hour = 3\n").await;
    for key in ["a", "b"] {
        assert_eq!(server.reset("p-aiko", "d-aiko-iphone", key).await.status, StatusCode::ACCEPTED);
        server.pass(10).await;
    }
    let device = server.reset("p-aiko", "d-aiko-iphone", "c").await;
    assert_eq!((device.status.as_u16(), device.code().as_str()), (429, "tooManyRequests"));
    assert_eq!(device.header("retry-after"), "3580");
    assert_eq!(server.reset("p-aiko", "d-aiko-android", "d").await.status, StatusCode::ACCEPTED);
    assert_eq!(server.reset("p-aiko", "d-aiko-lumia", "e").await.status.as_u16(), 429, "the person's limit");
    assert_eq!(
        server.reset("p-aiko", "d-aiko-iphone", "a").await.status,
        StatusCode::ACCEPTED,
        "a repetition is free"
    );
    server.clock.advance(3600);
    assert_eq!(server.reset("p-aiko", "d-aiko-iphone", "f").await.status, StatusCode::ACCEPTED);
}

#[tokio::test]
async fn attempts_of_one_person_are_limited_whatever_their_outcome_and_do_not_flood_the_audit() {
    let server = TestServer::with("[limits]\nattempts_per_minute = 5\n").await;
    for _ in 0..20 {
        server.reset("p-aiko", "d-nobody", "k").await;
    }
    let answer = server.reset("p-aiko", "d-aiko-android", "k").await;
    assert_eq!(answer.status.as_u16(), 429);
    assert_eq!(server.count("SELECT COUNT(*) FROM audit").await, 5);
    assert_eq!(
        server.reset("p-ben", "d-ben-iphone", "k").await.status,
        StatusCode::ACCEPTED,
        "others are not affected"
    );
}

#[tokio::test]
async fn reveals_are_limited() {
    let server = TestServer::with("[limits]\nreveals_per_device_per_hour = 2\n").await;
    server.reset("p-aiko", "d-aiko-android", "k").await;
    server.pass(10).await;
    let path = "/me/managedDevices/d-aiko-android/temporaryPasscode";
    assert_eq!(server.get("p-aiko", path).await.status, StatusCode::OK);
    assert_eq!(server.get("p-aiko", path).await.status, StatusCode::OK);
    let third = server.get("p-aiko", path).await;
    assert_eq!((third.status.as_u16(), third.header("retry-after")), (429, "3600"));
}

#[tokio::test]
async fn a_passcode_is_shown_after_a_sign_in_within_the_hour_only() {
    let server = TestServer::start().await;
    server.reset("p-aiko", "d-aiko-android", "k").await;
    server.pass(10).await;
    let path = "/api/v1.0/me/managedDevices/d-aiko-android/temporaryPasscode";
    let token = format!("Bearer {}", server.token("p-aiko", 3601));
    let answer = server.call("GET", path, &[("authorization", &token)]).await;
    assert_eq!(answer.code(), "insufficientUserAuthentication");
    assert!(answer.header("www-authenticate").ends_with("max_age=\"3600\""));
    let token = format!("Bearer {}", server.token("p-aiko", 3600));
    assert_eq!(server.call("GET", path, &[("authorization", &token)]).await.status, StatusCode::OK);
}

#[tokio::test]
async fn cancelling_works_while_pending_and_not_after() {
    let server = TestServer::start().await;
    let cancel = async |result: &Value| {
        let token = format!("Bearer {}", server.token("p-dana", 60));
        let id = result["id"].as_str().unwrap();
        let path = format!("/api/v1.0/me/managedDevices/d-dana-offline/deviceActionResults/{id}/cancel");
        server.call("POST", &path, &[("authorization", &token)]).await
    };
    let unsent = server.reset("p-dana", "d-dana-offline", "a").await.json();
    let answer = cancel(&unsent).await;
    assert_eq!(
        (answer.status, &answer.json()["errorCode"]),
        (StatusCode::ACCEPTED, &json!("canceledByUser"))
    );
    let sent = server.reset("p-dana", "d-dana-offline", "b").await.json();
    server.pass(60).await;
    let answer = cancel(&sent).await;
    assert_eq!((answer.status, &answer.json()["actionState"]), (StatusCode::ACCEPTED, &json!("canceled")));
    let again = cancel(&sent).await;
    assert_eq!((again.status, again.code().as_str()), (StatusCode::CONFLICT, "actionNotCancellable"));
    let delivered = server.reset("p-dana", "d-dana-offline", "c").await.json();
    server.pass(3601).await;
    assert_eq!(cancel(&delivered).await.status, StatusCode::CONFLICT);
    assert_eq!(server.get("p-dana", "/me/notifications").await.json()["value"], json!([]), "no news in it");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn twenty_parallel_cancellations_of_one_reset_are_one_act() {
    let world = crate::crash_points::World::new();
    let process = world.process(Arc::new(NoCrash)).await;
    let sending = process.reset(&world.clock, "k").await;
    // Handed over, and nobody knows yet whether it arrived: the wish is noted, the queue acts on it.
    let pool = crate::support::server::open(&world.database()).await;
    sqlx::query("UPDATE action_runs SET queue_state = 'sending'").execute(&pool).await.unwrap();
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..20 {
        let (portal, call, id) =
            (Arc::clone(&process.portal), process.call(&world.clock), ResultId::parse(&sending.id));
        tasks.spawn(async move { portal.cancel(&call, id.as_ref()).await.unwrap().action_state });
    }
    assert_eq!(tasks.join_all().await, vec![ActionState::Pending; 20], "the same answer to all");
    let lines: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM audit WHERE event = 'cancelAccepted'")
        .fetch_one(&pool)
        .await
        .unwrap();
    assert_eq!(lines, 1);
}

#[tokio::test]
async fn every_attempt_refusal_reveal_and_outcome_is_in_the_audit_which_cannot_be_changed() {
    let server = TestServer::start().await;
    server.reset_aged("p-aiko", "d-aiko-android", "k", 999).await;
    server.reset("p-ben", "d-aiko-android", "k").await;
    server.reset("p-chiyo", "d-chiyo-mac", "k").await;
    server.reset("p-aiko", "d-aiko-android", "k").await;
    server.pass(10).await;
    server.get("p-aiko", "/me/managedDevices/d-aiko-android/temporaryPasscode").await;
    let rows = server
        .column(
            "SELECT event || '|' || COALESCE(person_id, '') || '|' || COALESCE(device_id, '') || '|' || \
             COALESCE(address, '') || '|' || result FROM audit ORDER BY sequence",
        )
        .await;
    assert_eq!(
        rows,
        [
            "resetRefused|p-aiko|d-aiko-android|192.0.2.7|insufficientUserAuthentication",
            "resetRefused|p-ben|d-aiko-android|192.0.2.7|notFound",
            "resetRefused|p-chiyo|d-chiyo-mac|192.0.2.7|actionNotAllowed macRecoveryKey",
            "resetAccepted|p-aiko|d-aiko-android|192.0.2.7|ok",
            "resetEnded|p-aiko|d-aiko-android||done",
            "passcodeRevealed|p-aiko|d-aiko-android|192.0.2.7|ok",
        ]
    );
    let pool = crate::support::server::open(&server.database()).await;
    for statement in ["UPDATE audit SET person_id = 'somebody'", "DELETE FROM audit"] {
        let error = sqlx::query(statement).execute(&pool).await.unwrap_err();
        assert!(error.to_string().contains("append-only"), "{error}");
    }
}
