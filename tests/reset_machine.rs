//! The reset's state machine: every state against every event, and what must hold on every path.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "test code fails loudly")]
#![allow(clippy::wildcard_enum_match_arm, reason = "a table's last row is the rule for all others")]

mod support;

use passcode_portal::domain::{
    ActionEffect, ActionEvent, ActionFlow, ActionRefusal, ActionRun, DeviceId, Ending, FreshSignIn, Grant,
    IdempotencyKey, Milliseconds, Now, PendingPhase, PermittedDevice, Proof, Seconds, SignInAge, SignInStep,
    StopReason, SubmitStep, WhyExplain,
};
use portal_contract::{DeviceActionResult, FailureCode, RefusalReason, ResetOutcome, UtcTime};
use proptest::prelude::*;
use std::sync::LazyLock;
use support::{SERVER, at, device_json, device_json_with, device_of, id, key, proof, run_json};

/// Seconds.
const DAY: i64 = 24 * 3600;

fn grant() -> Grant {
    Grant { proof: Proof::Fresh(proof(0)), key: key() }
}

fn resettable() -> PermittedDevice {
    PermittedDevice::of(&device_of(device_json("a"))).unwrap()
}

fn result(run: &str, state: &str, code: Option<&str>) -> DeviceActionResult {
    serde_json::from_value(run_json(run, state, code, 0)).unwrap()
}

fn run() -> ActionRun {
    ActionRun::from(&result("r1", "pending", None))
}

fn read(runs: &[(&str, &str, Option<&str>, i64)]) -> ActionEvent {
    let server_now = Some(UtcTime::from_unix_seconds(SERVER));
    ActionEvent::DeviceRead { device: device_of(device_json_with("a", runs)), server_now }
}

/// Every state, by name, about device `a`.
fn states() -> Vec<(&'static str, ActionFlow)> {
    let device = id("a");
    vec![
        ("Idle", ActionFlow::Idle),
        ("Explaining", ActionFlow::Explain { device: device.clone(), why: WhyExplain::FirstTime }),
        ("Leaving", ActionFlow::SignIn { device: device.clone(), step: SignInStep::Leaving }),
        ("Reading", ActionFlow::Reading { device: device.clone(), grant: None }),
        ("ReadingT", ActionFlow::Reading { device: device.clone(), grant: Some(grant()) }),
        ("Confirming", ActionFlow::Confirm { device: resettable(), grant: grant() }),
        (
            "Submitting",
            ActionFlow::Submit { device: resettable(), grant: grant(), step: SubmitStep::Sending },
        ),
        (
            "Rereading",
            ActionFlow::Submit { device: resettable(), grant: grant(), step: SubmitStep::Rereading },
        ),
        ("Unknown", ActionFlow::Submit { device: resettable(), grant: grant(), step: SubmitStep::Unknown }),
        (
            "Busy",
            ActionFlow::Submit {
                device: resettable(),
                grant: grant(),
                step: SubmitStep::Busy { since: at(0), wait: Milliseconds(500) },
            },
        ),
        ("Pending", ActionFlow::Pending { device: device.clone(), run: run(), phase: PendingPhase::Waiting }),
        (
            "Done",
            ActionFlow::Ended {
                device: device.clone(),
                run: run(),
                end: Ending::Done(ResetOutcome::PasscodeRemoved),
            },
        ),
        (
            "Failed",
            ActionFlow::Ended { device: device.clone(), run: run(), end: Ending::Failed(FailureCode::Other) },
        ),
        ("Superseded", ActionFlow::Ended { device: device.clone(), run: run(), end: Ending::Superseded }),
        ("Canceled", ActionFlow::Ended { device: device.clone(), run: run(), end: Ending::Canceled }),
        ("Expired", ActionFlow::SignIn { device: device.clone(), step: SignInStep::Expired }),
        ("WrongPerson", ActionFlow::SignIn { device: device.clone(), step: SignInStep::WrongPerson }),
        ("SignInCancelled", ActionFlow::SignIn { device: device.clone(), step: SignInStep::Cancelled }),
        ("SignInFailed", ActionFlow::SignIn { device: device.clone(), step: SignInStep::Failed }),
        ("Interrupted", ActionFlow::SignIn { device: device.clone(), step: SignInStep::Interrupted }),
        (
            "NotAllowed",
            ActionFlow::Stopped { device: device.clone(), why: StopReason::NotAllowed(RefusalReason::Other) },
        ),
        ("Gone", ActionFlow::Stopped { device: device.clone(), why: StopReason::Gone }),
        ("Rejected", ActionFlow::Stopped { device, why: StopReason::Rejected("req".to_owned()) }),
    ]
}

/// Every event, by name. "B" in a name: about another device.
fn events() -> Vec<(&'static str, ActionEvent)> {
    let refused = |refusal| ActionEvent::Refused(refusal);
    let mut forbidden = device_json("a");
    forbidden["actions"]["resetPasscode"] =
        serde_json::json!({ "allowed": false, "reason": "eraseOrRetirePending" });
    let returned = |device| ActionEvent::ReturnedFresh { device, proof: proof(0), key: key() };
    vec![
        ("Chosen", ActionEvent::Chosen(id("a"))),
        ("ChosenB", ActionEvent::Chosen(id("b"))),
        ("PageOpened", ActionEvent::PageOpened(id("a"))),
        ("PageOpenedB", ActionEvent::PageOpened(id("b"))),
        ("SignOut", ActionEvent::SignOutChosen),
        ("Cancel", ActionEvent::Cancelled),
        ("Returned", returned(id("a"))),
        ("TooLate", ActionEvent::ReturnedTooLate(id("a"))),
        ("Somebody", ActionEvent::ReturnedAsSomebodyElse(id("a"))),
        ("SignInCancelled", ActionEvent::SignInCancelled(id("a"))),
        ("SignInFailed", ActionEvent::SignInFailed(id("a"))),
        ("Interrupted", ActionEvent::SignInInterrupted(id("a"))),
        ("Read", read(&[])),
        ("ReadOpen", read(&[("r1", "pending", None, 5)])),
        ("ReadDone", read(&[("r1", "done", None, 5)])),
        ("ReadForbidden", ActionEvent::DeviceRead { device: device_of(forbidden), server_now: None }),
        ("Gone", ActionEvent::DeviceGone(id("a"))),
        ("GoneB", ActionEvent::DeviceGone(id("b"))),
        ("Click", ActionEvent::Confirmed),
        ("Accepted", ActionEvent::Accepted(result("r1", "pending", None))),
        ("NeedsSignIn", refused(ActionRefusal::NeedsFreshSignIn)),
        ("NotAllowed", refused(ActionRefusal::NotAllowed(RefusalReason::NotPrimaryUser))),
        ("RefusedGone", refused(ActionRefusal::Gone)),
        ("AlreadyPending", refused(ActionRefusal::AlreadyPending)),
        ("BusyAnswer", refused(ActionRefusal::Busy(Milliseconds(1)))),
        ("Rejected", refused(ActionRefusal::Rejected(String::new()))),
        ("AnswerLost", refused(ActionRefusal::AnswerLost)),
        ("CancelRun", ActionEvent::RunCancelChosen),
        ("Again", ActionEvent::StartedAgain),
        (
            "Result",
            ActionEvent::ResultChosen(device_of(device_json_with("a", &[("r1", "done", None, 90 * DAY)]))),
        ),
        ("ResultB", ActionEvent::ResultChosen(device_of(device_json_with("b", &[("r1", "done", None, 5)])))),
        ("Tick", ActionEvent::ClockTicked),
    ]
}

fn name(state: &ActionFlow) -> &'static str {
    match state {
        ActionFlow::Idle => "Idle",
        ActionFlow::Explain { .. } => "Explaining",
        ActionFlow::SignIn { step: SignInStep::Leaving, .. } => "Leaving",
        ActionFlow::Reading { grant: None, .. } => "Reading",
        ActionFlow::Reading { grant: Some(_), .. } => "ReadingT",
        ActionFlow::Confirm { .. } => "Confirming",
        ActionFlow::Submit { step: SubmitStep::Sending, .. } => "Submitting",
        ActionFlow::Submit { step: SubmitStep::Rereading, .. } => "Rereading",
        ActionFlow::Submit { step: SubmitStep::Unknown, .. } => "Unknown",
        ActionFlow::Submit { step: SubmitStep::Busy { .. }, .. } => "Busy",
        ActionFlow::Pending { .. } => "Pending",
        ActionFlow::Ended { end: Ending::Done(_), .. } => "Done",
        ActionFlow::Ended { end: Ending::Failed(_), .. } => "Failed",
        ActionFlow::Ended { end: Ending::Superseded, .. } => "Superseded",
        ActionFlow::Ended { end: Ending::Canceled, .. } => "Canceled",
        ActionFlow::SignIn { step: SignInStep::Expired, .. } => "Expired",
        ActionFlow::SignIn { step: SignInStep::WrongPerson, .. } => "WrongPerson",
        ActionFlow::SignIn { step: SignInStep::Cancelled, .. } => "SignInCancelled",
        ActionFlow::SignIn { step: SignInStep::Failed, .. } => "SignInFailed",
        ActionFlow::SignIn { step: SignInStep::Interrupted, .. } => "Interrupted",
        ActionFlow::Stopped { why: StopReason::NotAllowed(_), .. } => "NotAllowed",
        ActionFlow::Stopped { why: StopReason::Gone, .. } => "Gone",
        ActionFlow::Stopped { why: StopReason::Rejected(_), .. } => "Rejected",
    }
}

fn effect_name(effect: &ActionEffect) -> &'static str {
    match effect {
        ActionEffect::LeaveForSignIn(_) => "leave",
        ActionEffect::ReadDevice(_) => "read",
        ActionEffect::Post { .. } => "POST",
        ActionEffect::PostSignedIn { .. } => "post",
        ActionEffect::CancelRun { .. } => "cancel",
        ActionEffect::RememberResume { .. } => "remember",
        ActionEffect::ForgetResume => "forget",
    }
}

/// What the design says: the state after, one second into the sign-in. Written from flow.md, not from the code.
fn expected(state: &'static str, event: &'static str) -> &'static str {
    let in_flight = ["Submitting", "Rereading"].contains(&state);
    let explained_sign_in =
        ["Expired", "WrongPerson", "SignInCancelled", "SignInFailed", "Interrupted"].contains(&state);
    match (state, event) {
        // While a request is on its way nothing but an answer changes anything.
        ("Submitting", "Accepted") => "Pending",
        ("Submitting", "NeedsSignIn") => "Explaining",
        ("Submitting", "NotAllowed") => "NotAllowed",
        ("Submitting", "RefusedGone") => "Gone",
        ("Submitting", "AlreadyPending") => "Reading",
        ("Submitting", "BusyAnswer") => "Busy",
        ("Submitting", "Rejected") => "Rejected",
        ("Submitting", "AnswerLost") => "Rereading",
        ("Rereading", "Read" | "ReadForbidden") => "Unknown",
        ("Rereading" | "Unknown", "ReadOpen") => "Pending",
        ("Rereading" | "Unknown", "ReadDone") => "Done",
        ("Rereading", "Gone") => "Gone",
        _ if in_flight => state,

        // A: from a device, from the address, and on to the provider.
        ("Pending", "Chosen" | "Again") => "Pending",
        (_, "Chosen" | "ChosenB") => "Explaining",
        ("Idle" | "Leaving", "PageOpened") => "Reading",
        (_, "PageOpened") => state,
        (_, "PageOpenedB") => "Reading",
        (_, "SignOut") if state == "Explaining" || explained_sign_in => "Leaving",
        ("Pending", "Cancel") => "Pending",
        (_, "Cancel") => "Idle",
        ("Idle" | "Leaving", "Again") => state,
        (_, "Again") => "Explaining",
        ("Explaining", "Result") => "Done",

        // Back from the provider: the step the person went for, or the explanation.
        (_, "Returned") => "ReadingT",
        (_, "TooLate") => "Expired",
        (_, "Somebody") => "WrongPerson",
        (_, "SignInCancelled") => "SignInCancelled",
        (_, "SignInFailed") => "SignInFailed",
        (_, "Interrupted") => "Interrupted",

        // What the device says.
        ("Reading", "Read") => "Explaining",
        ("Reading", "ReadOpen") => "Pending",
        ("Reading", "ReadDone") => "Done",
        ("Reading" | "ReadingT" | "Confirming", "ReadForbidden") => "NotAllowed",
        ("ReadingT" | "Confirming", "Read" | "ReadDone") => "Confirming",
        ("ReadingT" | "Confirming" | "Explaining" | "Pending", "ReadOpen") => "Pending",
        ("Pending", "ReadDone") => "Done",
        ("Idle", "Gone") => "Idle",
        (_, "Gone") => "Gone",

        // The click.
        ("Confirming" | "Unknown" | "Busy", "Click") => "Submitting",
        _ => state,
    }
}

#[test]
fn every_state_answers_every_event_as_designed() {
    let mut wrong = Vec::new();
    for (state_name, state) in states() {
        assert_eq!(name(&state), state_name);
        for (event_name, event) in events() {
            let (after, effects) = state.clone().step(event, at(1));
            let wanted = expected(state_name, event_name);
            if name(&after) != wanted {
                wrong.push(format!("{state_name} x {event_name}: {} instead of {wanted}", name(&after)));
            }
            let posts = effects.iter().filter(|effect| effect_name(effect) == "POST").count();
            let may_post = event_name == "Click" && ["Confirming", "Unknown", "Busy"].contains(&state_name);
            if posts != usize::from(may_post) {
                wrong.push(format!("{state_name} x {event_name}: {posts} posts"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_effects_of_each_step_are_the_designed_ones() {
    let cases: [(&str, &str, &[&str]); 16] = [
        ("Idle", "PageOpened", &["read"]),
        ("Explaining", "SignOut", &["leave"]),
        ("Expired", "SignOut", &["leave"]),
        ("WrongPerson", "SignOut", &["leave"]),
        ("Confirming", "SignOut", &[]),
        ("Idle", "Returned", &["remember", "read"]),
        ("Idle", "TooLate", &["forget"]),
        ("Confirming", "Cancel", &["forget"]),
        ("Confirming", "Click", &["POST"]),
        ("Submitting", "Click", &[]),
        ("Submitting", "Accepted", &["forget"]),
        ("Submitting", "AnswerLost", &["read"]),
        ("Submitting", "AlreadyPending", &["forget", "read"]),
        ("Submitting", "BusyAnswer", &[]),
        ("Pending", "CancelRun", &["cancel"]),
        ("Done", "CancelRun", &[]),
    ];
    for (state_name, event_name, wanted) in cases {
        let state = states().into_iter().find(|(n, _)| *n == state_name).unwrap().1;
        let event = events().into_iter().find(|(n, _)| *n == event_name).unwrap().1;
        let (_, effects) = state.step(event, at(1));
        let names: Vec<_> = effects.iter().map(effect_name).collect();
        assert_eq!(names, wanted, "{state_name} x {event_name}");
    }
}

#[test]
fn a_second_click_while_submitting_posts_once() {
    let state = ActionFlow::Confirm { device: resettable(), grant: grant() };
    let (state, first) = state.step(ActionEvent::Confirmed, at(1));
    let (_, second) = state.step(ActionEvent::Confirmed, at(1));
    assert_eq!(first.len(), 1);
    assert_eq!(second, []);
}

#[test]
fn the_post_carries_the_device_the_proof_and_the_key_of_the_confirmation() {
    let state = ActionFlow::Confirm { device: resettable(), grant: grant() };
    let (_, effects) = state.step(ActionEvent::Confirmed, at(1));
    let [ActionEffect::Post { device, key: sent, proof }] = effects.as_slice() else { panic!("{effects:?}") };
    assert_eq!(device.id(), &id("a"));
    assert_eq!(*sent, key());
    assert!(proof.is_live(at(1)));
}

#[test]
fn a_click_when_the_time_is_over_expires_instead_of_posting() {
    for state in ["Confirming", "Unknown", "Busy"] {
        let state = states().into_iter().find(|(n, _)| *n == state).unwrap().1;
        let (after, effects) = state.step(ActionEvent::Confirmed, at(280));
        assert_eq!(name(&after), "Expired");
        assert_eq!(effects, [ActionEffect::ForgetResume]);
    }
}

#[test]
fn the_confirmation_expires_by_itself_twenty_seconds_before_the_server_would_refuse() {
    let state = ActionFlow::Confirm { device: resettable(), grant: grant() };
    let (state, _) = state.step(ActionEvent::ClockTicked, at(279));
    assert_eq!(name(&state), "Confirming");
    let (state, _) = state.step(ActionEvent::ClockTicked, at(280));
    assert_eq!(name(&state), "Expired");
}

#[test]
fn time_running_out_on_the_way_to_the_server_is_the_servers_business() {
    for in_flight in ["Submitting", "Rereading", "Unknown"] {
        let state = states().into_iter().find(|(n, _)| *n == in_flight).unwrap().1;
        let (after, effects) = state.step(ActionEvent::ClockTicked, at(1_000));
        assert_eq!(name(&after), in_flight);
        assert_eq!(effects, []);
    }
}

#[test]
fn returning_with_less_than_twenty_seconds_left_counts_as_expired() {
    let event = ActionEvent::ReturnedFresh { device: id("a"), proof: proof(279), key: key() };
    let (after, _) = ActionFlow::Idle.step(event.clone(), at(0));
    assert_eq!(name(&after), "ReadingT");
    let (after, _) = ActionFlow::Idle.step(event, at(1));
    assert_eq!(name(&after), "Expired");
}

#[test]
fn a_busy_server_is_left_alone_for_as_long_as_it_asked() {
    let state = ActionFlow::Submit {
        device: resettable(),
        grant: grant(),
        step: SubmitStep::Busy { since: at(0), wait: Milliseconds(5_000) },
    };
    assert_eq!(state.busy_for(at(2)), Some(Milliseconds(3_000)));
    let (state, early) = state.step(ActionEvent::Confirmed, at(4));
    assert_eq!((name(&state), early.len()), ("Busy", 0));
    let (state, late) = state.step(ActionEvent::Confirmed, at(5));
    assert_eq!((name(&state), late.len()), ("Submitting", 1));
}

#[test]
fn an_ended_reset_is_shown_while_it_is_news() {
    let cases = [
        (("r1", "done", None, DAY), "Done"),
        (("r1", "done", None, DAY + 1), "Explaining"),
        (("r1", "failed", Some("outcomeUnknown"), DAY), "Failed"),
        (("r1", "failed", Some("outcomeUnknown"), DAY + 1), "Explaining"),
        (("r1", "failed", Some("unlockTokenInvalid"), DAY), "Failed"),
        (("r1", "failed", Some("unlockTokenInvalid"), DAY + 1), "Explaining"),
        (("r1", "canceled", Some("supersededByErase"), 5), "Superseded"),
        (("r1", "canceled", Some("canceledByUser"), 5), "Canceled"),
        (("r1", "notSupported", None, 5), "Failed"),
        (("r1", "active", None, 90 * DAY), "Pending"),
    ];
    for (run, wanted) in cases {
        let state = ActionFlow::Reading { device: id("a"), grant: None };
        let (after, _) = state.step(read(&[run]), at(0));
        assert_eq!(name(&after), wanted, "{run:?}");
    }
}

#[test]
fn nothing_is_done_before_the_device_acknowledged() {
    for state in ["none", "pending", "active", "somethingNew", "other"] {
        let after = ActionFlow::of_run(id("a"), &result("r", state, None), ResetOutcome::PasscodeRemoved);
        assert_eq!(name(&after), "Pending", "{state}");
    }
}

#[test]
fn a_lost_answer_is_found_again_at_the_device_and_an_old_reset_is_not_taken_for_it() {
    let known = device_of(device_json_with("a", &[("old", "done", None, 50)]));
    let device = PermittedDevice::of(&known).unwrap();
    let lost = ActionFlow::Submit { device, grant: grant(), step: SubmitStep::Rereading };
    let (after, _) = lost.clone().step(read(&[("old", "done", None, 50)]), at(1));
    assert_eq!(name(&after), "Unknown");
    let (after, _) = lost.step(read(&[("new", "active", None, 1), ("old", "done", None, 50)]), at(1));
    let ActionFlow::Pending { run, phase, .. } = after else { panic!("{after:?}") };
    assert_eq!((run.id.as_str(), phase), ("new", PendingPhase::Delivered));
}

#[test]
fn the_device_of_another_screen_changes_nothing() {
    let other = ActionEvent::DeviceRead {
        device: device_of(device_json_with("b", &[("r1", "done", None, 0)])),
        server_now: None,
    };
    for (state_name, state) in states() {
        let (after, effects) = state.step(other.clone(), at(1));
        assert_eq!((name(&after), effects.len()), (state_name, 0));
    }
}

// ---- properties --------------------------------------------------------------------------------------------------

fn any_now() -> impl Strategy<Value = Now> {
    let span = 2_000_000_i64;
    (-span..span, -span..span)
        .prop_map(|(monotonic, wall)| Now {
            monotonic: Milliseconds(monotonic),
            wall: UtcTime::from_unix_millis(wall),
        })
        .boxed()
        .prop_union(
            (any::<i64>(), any::<i64>())
                .prop_map(|(monotonic, wall)| Now {
                    monotonic: Milliseconds(monotonic),
                    wall: UtcTime::from_unix_millis(wall),
                })
                .boxed(),
        )
}

static EVENTS: LazyLock<Vec<(&'static str, ActionEvent)>> = LazyLock::new(events);
static STATES: LazyLock<Vec<(&'static str, ActionFlow)>> = LazyLock::new(states);

fn any_event() -> impl Strategy<Value = usize> {
    0..EVENTS.len()
}

/// Every event, but mostly those that lead to a reset: otherwise most runs would never come near one.
fn any_busy_event() -> impl Strategy<Value = usize> {
    let position = |wanted: &'static str| EVENTS.iter().position(|(name, _)| *name == wanted).unwrap();
    prop_oneof![
        2 => any_event(),
        2 => Just(position("Returned")),
        4 => Just(position("Read")),
        5 => Just(position("Click")),
        1 => Just(position("AnswerLost")),
        1 => Just(position("BusyAnswer")),
        1 => Just(position("NeedsSignIn")),
        1 => Just(position("Accepted")),
    ]
}

/// Time that mostly runs, sometimes jumps, sometimes sleeps (only the wall clock runs), sometimes goes back.
fn any_pace() -> impl Strategy<Value = (i64, i64)> {
    prop_oneof![
        6 => (0_i64..20_000).prop_map(|t| (t, t)),
        1 => (0_i64..5).prop_map(|t| (t, 400_000)),
        1 => (0_i64..5_000).prop_map(|t| (t, -3_600_000)),
        1 => Just((-50_000_i64, -50_000_i64)),
    ]
}

/// The only source of proofs in these runs: a real return from a sign-in of the stated age.
fn event_at(index: usize, now: Now, age: i64) -> Option<(&'static str, ActionEvent)> {
    let (event_name, event) = EVENTS[index].clone();
    if let ActionEvent::ReturnedFresh { device, key, .. } = event {
        let proof = FreshSignIn::prove(SignInAge { at_receipt: Seconds(age), received: now }, now)?;
        return Some((event_name, ActionEvent::ReturnedFresh { device, proof, key }));
    }
    Some((event_name, event))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, ..ProptestConfig::default() })]

    #[test]
    fn whatever_happens_whenever_it_never_panics(
        start in 0..22_usize,
        moments in prop::collection::vec((any_event(), any_now(), any::<i64>()), 0..25),
    ) {
        let mut state = STATES[start].1.clone();
        for (index, now, age) in moments {
            if let Some((_, event)) = event_at(index, now, age) {
                state = state.step(event, now).0;
                let _ = (state.busy_for(now), state.device().cloned(), format!("{state:?}"));
            }
        }
    }

    #[test]
    fn there_is_no_way_to_the_reset_without_a_fresh_proof_and_a_click(
        moments in prop::collection::vec((any_busy_event(), any_pace(), 0_i64..400), 0..60),
    ) {
        let mut now = at(0);
        let mut state = ActionFlow::Idle;
        // What an honest bookkeeper would know: when the newest proof was handed in, and how old it was.
        let mut proven: Option<(Now, i64)> = None;
        let mut posts_by_proof = 0_u32;
        let mut lost_or_busy = 0_u32;
        for (index, (monotonic, wall), age) in moments {
            now = Now {
                monotonic: now.monotonic.plus(Milliseconds(monotonic)),
                wall: UtcTime::from_unix_millis(now.wall.unix_millis() + wall),
            };
            let Some((event_name, event)) = event_at(index, now, age) else { continue };
            let in_flight = matches!(state, ActionFlow::Submit { step: SubmitStep::Sending, .. } | ActionFlow::Submit { step: SubmitStep::Rereading, .. });
            let was_submitting = matches!(state, ActionFlow::Submit { step: SubmitStep::Sending, .. });
            let (after, effects) = state.step(event, now);
            state = after;
            if event_name == "Returned" && !in_flight {
                proven = Some((now, age));
                posts_by_proof = 0;
                lost_or_busy = 0;
            }
            if was_submitting && ["AnswerLost", "BusyAnswer"].contains(&event_name) {
                lost_or_busy += 1;
            }
            for effect in effects {
                if let ActionEffect::Post { proof, device, .. } = effect {
                    prop_assert_eq!(event_name, "Click");
                    prop_assert!(proof.is_live(now));
                    let (since, age) = proven.expect("a proof was handed in");
                    let passed = passcode_portal::domain::elapsed(since, now).0 + age * 1000;
                    prop_assert!(passed < 280_000, "posted {passed} ms after the sign-in");
                    prop_assert_eq!(device.id(), &id("a"));
                    posts_by_proof += 1;
                }
            }
            // A repetition needs a lost answer or a busy server before it: one post however many clicks.
            prop_assert!(posts_by_proof <= 1 + lost_or_busy);
        }
    }

    #[test]
    fn what_is_left_never_grows(
        age in 0_i64..280,
        paces in prop::collection::vec(any_pace(), 1..30),
    ) {
        let mut now = at(0);
        let fresh = FreshSignIn::prove(SignInAge { at_receipt: Seconds(age), received: now }, now).unwrap();
        let grant = Grant { proof: Proof::Fresh(fresh), key: key() };
        let mut state = ActionFlow::Confirm { device: resettable(), grant };
        let mut left = Milliseconds(280_000);
        for (monotonic, wall) in paces {
            now = Now {
                monotonic: now.monotonic.plus(Milliseconds(monotonic)),
                wall: UtcTime::from_unix_millis(now.wall.unix_millis() + wall),
            };
            state = state.step(ActionEvent::ClockTicked, now).0;
            let Some(grant) = state.grant() else { break };
            let now_left = grant.proof.remaining(now).unwrap();
            prop_assert!(now_left <= left);
            left = now_left;
        }
    }

    #[test]
    fn an_event_that_does_not_fit_leaves_device_and_key_alone(index in any_event(), start in 0..22_usize) {
        let state = STATES[start].1.clone();
        let before: Option<(DeviceId, Option<IdempotencyKey>)> =
            state.device().map(|d| (d.clone(), state.grant().map(|t| t.key.clone())));
        let (state_name, (event_name, event)) = (STATES[start].0, EVENTS[index].clone());
        let (after, effects) = state.step(event, at(1));
        if expected(state_name, event_name) == state_name && !["ReadingT", "Explaining"].contains(&state_name) {
            let kept = after.device().map(|d| (d.clone(), after.grant().map(|t| t.key.clone())));
            prop_assert!(kept == before || !effects.is_empty());
        }
    }
}
