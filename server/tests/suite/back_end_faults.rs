//! A back end in trouble (security.md, server, row 9).

use crate::crash_points::World;
use portal_contract::{ActionState, FailureCode};
use portal_server::domain::command::{Ending, Report};
use portal_server::ports::{BackEndError, NoCrash, StartAnswer};
use std::sync::Arc;

#[tokio::test]
async fn a_busy_back_end_is_asked_again_after_the_pause_it_named() {
    let world = World::new();
    world.back_end.start_answers.lock().unwrap().extend([
        Err(BackEndError::Busy { retry_after_millis: Some(4500) }),
        Err(BackEndError::Busy { retry_after_millis: None }),
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
    world.back_end.start_answers.lock().unwrap().push_back(Err(BackEndError::NoAnswer));
    let silent = std::iter::repeat_n(Err(BackEndError::NoAnswer), 100);
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
