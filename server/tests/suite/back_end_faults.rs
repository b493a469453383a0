//! A back end in trouble (security.md, server, row 9).

use crate::crash_points::World;
use portal_contract::{ActionState, FailureCode};
use portal_server::application::Refusal;
use portal_server::domain::action_run::{Ending, Report};
use portal_server::domain::ids::ResultId;
use portal_server::ports::{NoCrash, ServiceError, StartAnswer};
use std::sync::Arc;
use std::time::Duration;

#[tokio::test]
async fn a_busy_back_end_is_asked_again_after_the_pause_it_named() {
    let world = World::new();
    world.back_end.start_answers.lock().unwrap().extend([
        Err(ServiceError::Busy { retry_after_millis: Some(4500) }),
        Err(ServiceError::Busy { retry_after_millis: None }),
    ]);
    let process = world.process(Arc::new(NoCrash)).await;
    process.reset(&world.clock, "k").await;
    process.work(&world.clock, 5).await;
    assert_eq!(*world.back_end.starts.lock().unwrap(), 1, "not before the pause is over");
    process.work(&world.clock, 10).await;
    assert_eq!(world.back_end.deliveries().len(), 1);
    assert_eq!(process.newest(&world.clock).await.action_state, ActionState::Pending);
}

#[tokio::test]
async fn a_rejected_command_fails_with_its_reason() {
    let world = World::new();
    let rejected = Ok(StartAnswer::Rejected(FailureCode::NoPasscodePolicy));
    world.back_end.start_answers.lock().unwrap().push_back(rejected);
    let process = world.process(Arc::new(NoCrash)).await;
    process.reset(&world.clock, "k").await;
    process.work(&world.clock, 2).await;
    assert_eq!(process.newest(&world.clock).await.error_code, Some(FailureCode::NoPasscodePolicy));
}

#[tokio::test]
async fn a_command_that_was_accepted_and_never_executed_expires_and_is_held_back() {
    let world = World::new();
    let process = world.process(Arc::new(NoCrash)).await;
    process.reset(&world.clock, "k").await;
    process.work(&world.clock, 3).await;
    world.clock.advance(86_400);
    process.work(&world.clock, 2).await;
    let result = process.newest(&world.clock).await;
    assert_eq!(
        (result.action_state, result.error_code),
        (ActionState::Failed, Some(FailureCode::CommandExpired))
    );
}

#[tokio::test]
async fn a_device_that_received_it_and_never_said_how_it_went_is_reported_as_unknown() {
    let world = World::new();
    let process = world.process(Arc::new(NoCrash)).await;
    process.reset(&world.clock, "k").await;
    process.work(&world.clock, 1).await;
    world.back_end.report_all(Report::Active);
    process.work(&world.clock, 2).await;
    assert_eq!(process.newest(&world.clock).await.action_state, ActionState::Active);
    world.clock.advance(86_400);
    process.work(&world.clock, 2).await;
    assert_eq!(process.newest(&world.clock).await.error_code, Some(FailureCode::OutcomeUnknown));
}

#[tokio::test]
async fn a_back_end_that_stays_silent_until_the_command_expires_leaves_the_outcome_unknown() {
    let world = World::new();
    *world.back_end.errors_still_deliver.lock().unwrap() = true;
    world.back_end.start_answers.lock().unwrap().push_back(Err(ServiceError::NoAnswer));
    let silent = std::iter::repeat_n(Err(ServiceError::NoAnswer), 100);
    world.back_end.status_answers.lock().unwrap().extend(silent);
    let process = world.process(Arc::new(NoCrash)).await;
    process.reset(&world.clock, "k").await;
    process.work(&world.clock, 10).await;
    assert_eq!(process.newest(&world.clock).await.action_state, ActionState::Pending, "still trying");
    world.clock.advance(86_401);
    process.work(&world.clock, 2).await;
    assert_eq!(process.newest(&world.clock).await.error_code, Some(FailureCode::OutcomeUnknown));
    assert_eq!(*world.back_end.starts.lock().unwrap(), 1);
}

#[tokio::test]
async fn a_superseded_reset_is_cancelled_and_tells_the_person() {
    let world = World::new();
    let process = world.process(Arc::new(NoCrash)).await;
    process.reset(&world.clock, "k").await;
    process.work(&world.clock, 2).await;
    world.back_end.report_all(Report::Ended(Ending::Superseded));
    process.work(&world.clock, 2).await;
    let result = process.newest(&world.clock).await;
    assert_eq!(
        (result.action_state, result.error_code),
        (ActionState::Canceled, Some(FailureCode::SupersededByErase))
    );
    let sign_in = process.call(&world.clock).sign_in;
    assert_eq!(process.portal.notifications(&sign_in).await.unwrap().len(), 1);
    assert!(
        process.portal.temporary_passcode(&process.call(&world.clock)).await.is_err(),
        "its passcode is erased"
    );
}

#[tokio::test]
async fn a_fleet_that_is_down_is_told_apart_from_a_device_that_is_gone_and_costs_no_key() {
    let world = World::new();
    let process = world.process(Arc::new(NoCrash)).await;
    for (error, seconds) in [
        (ServiceError::NoAnswer, 5),
        (ServiceError::Busy { retry_after_millis: None }, 5),
        (ServiceError::Busy { retry_after_millis: Some(1500) }, 2),
        (ServiceError::Busy { retry_after_millis: Some(0) }, 1),
    ] {
        world.back_end.read_errors.lock().unwrap().push_back(error);
        let refusal = process.try_reset(&world.clock, "k").await.unwrap_err();
        assert_eq!(refusal, Refusal::Unavailable { retry_after_seconds: seconds }, "{error:?}");
    }
    process.reset(&world.clock, "k").await;
    process.work(&world.clock, 2).await;
    assert_eq!(world.back_end.deliveries().len(), 1, "the same key works when the fleet is back");
}

#[tokio::test]
async fn a_back_end_that_never_returns_is_given_up_on_and_asked_before_anything_is_sent_again() {
    let world = World::new();
    *world.back_end.hangs.lock().unwrap() = true;
    let process = world.process(Arc::new(NoCrash)).await;
    let impatient = process.queue.clone().with_patience(Duration::from_millis(20));
    process.reset(&world.clock, "k").await;
    for _ in 0..5 {
        impatient.pass().await.unwrap();
        world.clock.advance(60);
    }
    assert_eq!(process.newest(&world.clock).await.action_state, ActionState::Pending, "still trying");
    assert_eq!(*world.back_end.starts.lock().unwrap(), 1, "asked about, not sent again");
    *world.back_end.hangs.lock().unwrap() = false;
    process.work(&world.clock, 2).await;
    assert_eq!(world.back_end.deliveries().len(), 1, "it never had it: sent now");
}

#[tokio::test]
async fn a_busy_back_end_never_makes_a_reset_outlive_its_time() {
    let world = World::new();
    let absurd = std::iter::repeat_n(Err(ServiceError::Busy { retry_after_millis: Some(i64::MAX) }), 100);
    world.back_end.start_answers.lock().unwrap().extend(absurd);
    let process = world.process(Arc::new(NoCrash)).await;
    process.reset(&world.clock, "k").await;
    for _ in 0..26 {
        process.queue.pass().await.unwrap();
        world.clock.advance(3600);
    }
    process.work(&world.clock, 2).await;
    let result = process.newest(&world.clock).await;
    assert_eq!(
        (result.action_state, result.error_code),
        (ActionState::Failed, Some(FailureCode::CommandExpired))
    );
    assert_eq!(world.back_end.deliveries().len(), 0, "certainly not sent, and reported as that");
}

#[tokio::test]
async fn one_device_that_never_checks_in_does_not_hold_up_the_others() {
    let world = World::new();
    let process = world.process(Arc::new(NoCrash)).await;
    let silent = process.reset(&world.clock, "silent").await;
    process.work(&world.clock, 3).await;
    let other = process.reset_of(&world.clock, "d-aiko-iphone", "other").await;
    process.work(&world.clock, 2).await;
    assert_eq!(world.back_end.deliveries().len(), 2);
    let done = ResultId::trusted(other.id.clone());
    world.back_end.reports.lock().unwrap().insert(done, Report::Ended(Ending::Done));
    process.work(&world.clock, 2).await;
    let states = process.states(&world.clock).await;
    assert_eq!(states.get(&other.id), Some(&ActionState::Done));
    assert_eq!(states.get(&silent.id), Some(&ActionState::Pending), "and that one still waits");
}
