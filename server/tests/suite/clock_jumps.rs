//! The machine's clock is set an hour ahead or back while people wait (a wrong time corrected, a virtual machine resumed):
//! nothing is lost or done twice, nobody waits for that hour, and the next thing works.

use crate::crash_points::World;
use crate::support::TestServer;
use portal_contract::{ActionState, FailureCode};
use portal_server::domain::action_run::{Ending, Report};
use portal_server::ports::NoCrash;
use std::sync::Arc;

const HOUR: i64 = 3600;

#[tokio::test]
async fn a_clock_set_back_by_an_hour_does_not_make_an_open_reset_wait_for_that_hour() {
    let world = World::new();
    let process = world.process(Arc::new(NoCrash)).await;
    let accepted = process.reset(&world.clock, "k").await;
    process.work(&world.clock, 3).await;
    world.clock.advance(-HOUR);
    world.back_end.report_all(Report::Ended(Ending::Done));
    process.work(&world.clock, 2).await;
    let result = process.newest(&world.clock).await;
    assert_eq!((result.id, result.action_state), (accepted.id, ActionState::Done));
    assert_eq!(world.back_end.deliveries().len(), 1);
    process.reset(&world.clock, "k2").await;
    process.work(&world.clock, 2).await;
    assert_eq!(world.back_end.deliveries().len(), 2, "the next one works");
}

#[tokio::test]
async fn a_clock_that_was_set_back_while_the_server_was_down_does_not_hold_up_what_was_recorded() {
    let world = World::new();
    let first = world.process(Arc::new(NoCrash)).await;
    first.reset(&world.clock, "k").await;
    world.clock.advance(-HOUR);
    let second = world.process(Arc::new(NoCrash)).await;
    second.work(&world.clock, 2).await;
    assert_eq!(world.back_end.deliveries().len(), 1);
}

#[tokio::test]
async fn a_clock_set_ahead_by_an_hour_lets_a_waiting_command_expire_and_holds_it_back() {
    let server = TestServer::start().await;
    let accepted = server.reset("p-dana", "d-dana-silent", "k").await.json();
    server.pass(2).await;
    server.clock.advance(HOUR);
    server.pass(2).await;
    let device = server.get("p-dana", "/me/managedDevices/d-dana-silent").await.json();
    let result = &device["deviceActionResults"][0];
    assert_eq!((&result["id"], &result["errorCode"]), (&accepted["id"], &"commandExpired".into()));
    let again = server.reset("p-dana", "d-dana-silent", "k2").await;
    assert_eq!(again.status.as_u16(), 202, "the next one is accepted");
}

#[tokio::test]
async fn a_command_that_was_held_back_when_it_expired_is_never_reported_as_cancelled_by_its_person() {
    let world = World::new();
    let process = world.process(Arc::new(NoCrash)).await;
    process.reset(&world.clock, "k").await;
    process.work(&world.clock, 2).await;
    world.clock.advance(86_401);
    // The server held it back and died before it wrote that down: the back end only says "cancelled".
    world.back_end.report_all(Report::Ended(Ending::CanceledByUser));
    process.work(&world.clock, 2).await;
    let result = process.newest(&world.clock).await;
    assert_eq!(
        (result.action_state, result.error_code),
        (ActionState::Failed, Some(FailureCode::CommandExpired))
    );
}

#[tokio::test]
async fn a_sign_in_that_a_clock_set_back_puts_into_the_future_is_not_fresh_and_one_afterwards_is() {
    let server = TestServer::start().await;
    let before = server.token("p-aiko", 10);
    server.clock.advance(-HOUR);
    let path = "/api/v1.0/me/managedDevices/d-aiko-iphone/resetPasscode";
    let authorization = format!("Bearer {before}");
    let headers = [("authorization", authorization.as_str()), ("idempotency-key", "k")];
    let refused = server.call("POST", path, &headers).await;
    // Issued in an hour, says the token: not only its sign-in, the token itself is not to be believed.
    assert_eq!((refused.status.as_u16(), refused.code().as_str()), (401, "unauthenticated"));
    assert_eq!(server.reset("p-aiko", "d-aiko-iphone", "k").await.status.as_u16(), 202);
    server.clock.advance(2 * HOUR);
    let stale = server.call("POST", path, &headers).await;
    assert_eq!(stale.status.as_u16(), 401, "expired by now, and told so");
}

#[tokio::test]
async fn limits_idempotency_and_events_go_on_across_a_jump_in_either_direction() {
    let server = TestServer::with("[limits]\nresets_per_device_per_hour = 2\n[fleet]\nspeed = 100.0\n").await;
    for (key, jump) in [("a", -HOUR), ("b", 2 * HOUR)] {
        let accepted = server.reset("p-aiko", "d-aiko-iphone", key).await;
        assert_eq!(accepted.status.as_u16(), 202, "{key}");
        server.pass(2).await;
        server.clock.advance(jump);
        server.pass(2).await;
        let again = server.reset("p-aiko", "d-aiko-iphone", key).await;
        assert_eq!(again.json()["id"], accepted.json()["id"], "the same key, {key}");
    }
    let changes = server.count("SELECT COUNT(*) FROM events WHERE person_id = 'p-aiko'").await;
    let last = server.count("SELECT last FROM event_positions WHERE person_id = 'p-aiko'").await;
    assert_eq!(changes, last, "events are numbered without a gap");
    let third = server.reset("p-aiko", "d-aiko-iphone", "c").await;
    if third.status.as_u16() == 429 {
        let wait: i64 = third.header("retry-after").parse().unwrap();
        assert!((1..=2 * HOUR).contains(&wait), "{wait}");
        server.clock.advance(wait);
        assert_eq!(server.reset("p-aiko", "d-aiko-iphone", "c").await.status.as_u16(), 202);
    }
}

#[tokio::test]
async fn a_revocation_by_a_clock_that_was_ahead_locks_nobody_out_once_it_is_right_again() {
    for is_started_again in [false, true] {
        let server = TestServer::start().await;
        server.server.queue.pass().await.unwrap();
        let before = format!("Bearer {}", server.token("p-aiko", 60));
        let me = async |server: &TestServer, token: &str| {
            server.call("GET", "/api/v1.0/me", &[("authorization", token)]).await.status.as_u16()
        };
        server.clock.advance(HOUR);
        server.server.queue.pass().await.unwrap();
        assert_eq!(server.post("p-aiko", "/me/revokeSignInSessions").await.status.as_u16(), 200);
        server.clock.advance(10 - HOUR);
        let server = if is_started_again { server.restarted().await } else { server };
        server.server.queue.pass().await.unwrap();
        assert_eq!(me(&server, &before).await, 401, "issued before the revocation");
        server.clock.advance(1);
        assert_eq!(server.get("p-aiko", "/me").await.status.as_u16(), 200, "{is_started_again}");
        assert_eq!(me(&server, &before).await, 401, "still");
    }
}

#[tokio::test]
async fn a_restore_by_a_clock_that_was_ahead_locks_nobody_out_once_it_is_right_again() {
    let server = TestServer::start().await;
    let before = format!("Bearer {}", server.token("p-aiko", 60));
    let pool = crate::support::server::open(&server.database()).await;
    sqlx::query("INSERT INTO restores (at, backup_at) VALUES (?, 0)")
        .bind((server.clock.seconds() + 24 * HOUR) * 1000)
        .execute(&pool)
        .await
        .unwrap();
    assert_eq!(server.get("p-aiko", "/me").await.status.as_u16(), 401);
    server.server.queue.pass().await.unwrap();
    server.clock.advance(1);
    assert_eq!(server.get("p-aiko", "/me").await.status.as_u16(), 200);
    let old = server.call("GET", "/api/v1.0/me", &[("authorization", &before)]).await;
    assert_eq!(old.status.as_u16(), 401, "issued before the restore");
}
