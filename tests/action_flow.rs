//! The flow of the actions that being signed in is enough for. The reset's own table stands in `reset_machine.rs`.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "test code fails loudly")]

mod support;

use passcode_portal::domain::{
    Action, ActionEffect, ActionEvent, ActionFlow, ActionRefusal, Danger, Ending, Grant, Milliseconds, Need,
    PermittedDevice, Proof, RequiredProof, StopReason,
};
use portal_contract::RefusalReason;
use proptest::prelude::*;
use serde_json::json;
use support::{at, device_json, device_of, id, key, proof, run_json};

fn permitted(action: Action) -> PermittedDevice {
    let mut device = device_json("a");
    device["actions"][action.row().name.as_str()] = json!({ "allowed": true });
    device["actions"]["resetPasscode"] = json!({ "allowed": true, "outcome": { "kind": "passcodeRemoved" } });
    PermittedDevice::for_action(&device_of(device), action).unwrap()
}

fn read(action: Action, runs: &[(&str, &str)], is_allowed: bool) -> ActionEvent {
    let mut device = device_json("a");
    device["actions"][action.row().name.as_str()] = json!({ "allowed": is_allowed });
    let runs = runs.iter().map(|(run, state)| {
        let mut result = run_json(run, state, None, 0);
        result["actionName"] = action.row().name.as_str().into();
        result
    });
    device["deviceActionResults"] = runs.collect::<Vec<_>>().into();
    ActionEvent::DeviceRead { device: device_of(device), server_now: None }
}

/// Every event that can reach such a flow; the first is the choice, the second the click.
fn events(action: Action) -> Vec<ActionEvent> {
    let accepted = |state| {
        let mut result = run_json("r1", state, None, 0);
        result["actionName"] = action.row().name.as_str().into();
        ActionEvent::Accepted(serde_json::from_value(result).unwrap())
    };
    vec![
        ActionEvent::Entitled { device: permitted(action), key: key() },
        ActionEvent::Confirmed,
        ActionEvent::Cancelled,
        accepted("pending"),
        accepted("done"),
        ActionEvent::Refused(ActionRefusal::NeedsFreshSignIn),
        ActionEvent::Refused(ActionRefusal::NotAllowed(RefusalReason::Other)),
        ActionEvent::Refused(ActionRefusal::Gone),
        ActionEvent::Refused(ActionRefusal::AlreadyPending),
        ActionEvent::Refused(ActionRefusal::Busy(Milliseconds(2_000))),
        ActionEvent::Refused(ActionRefusal::Rejected("req".to_owned())),
        ActionEvent::Refused(ActionRefusal::AnswerLost),
        read(action, &[], true),
        read(action, &[("r1", "pending")], true),
        read(action, &[("r1", "done")], true),
        read(action, &[], false),
        ActionEvent::DeviceGone(id("a")),
        ActionEvent::ClockTicked,
        ActionEvent::StartedAgain,
        ActionEvent::SignOutChosen,
        ActionEvent::PageOpened(id("a")),
    ]
}

const fn is_post(effect: &ActionEffect) -> bool {
    matches!(effect, ActionEffect::Post { .. } | ActionEffect::PostSignedIn { .. })
}

#[test]
fn a_disruptive_action_asks_once_and_a_harmless_one_acts_at_once() {
    for action in Action::ON_DEVICE_PAGE {
        let chosen = ActionEvent::Entitled { device: permitted(action), key: key() };
        let (flow, effects) = ActionFlow::Idle.step(chosen.clone(), at(0));
        let posts = effects.iter().filter(|effect| is_post(effect)).count();
        match action.row().danger {
            Danger::Disruptive => {
                assert!(matches!(flow, ActionFlow::Confirm { .. }), "{action:?}: {flow:?}");
                assert_eq!(posts, 0);
                let (flow, effects) = flow.step(ActionEvent::Confirmed, at(1_000_000));
                assert!(matches!(effects.as_slice(), [ActionEffect::PostSignedIn { .. }]), "no clock runs");
                assert!(flow.is_in_flight());
            }
            Danger::Harmless => {
                assert!(flow.is_in_flight(), "{action:?}: {flow:?}");
                assert_eq!(posts, 1);
                let (_, again) = flow.step(chosen, at(0));
                assert_eq!(again, [], "the same action twice is the same run");
            }
            Danger::Destructive => panic!("{action:?} has a page of its own"),
        }
    }
}

#[test]
fn a_session_is_not_enough_for_the_reset_nor_for_what_cannot_be_undone() {
    for action in [Action::ResetPasscode, Action::Retire, Action::Wipe] {
        assert_eq!(action.row().proof, RequiredProof::FreshSignIn);
        let device = permitted(action);
        let chosen = ActionEvent::Entitled { device: device.clone(), key: key() };
        assert_eq!(ActionFlow::Idle.step_of(action, chosen, at(0)), (ActionFlow::Idle, Vec::new()));
        let forged = ActionFlow::Confirm { device, grant: Grant { proof: Proof::SignedIn, key: key() } };
        let (after, effects) = forged.clone().step_of(action, ActionEvent::Confirmed, at(0));
        assert_eq!((after, effects), (forged, Vec::new()));
    }
}

#[test]
fn what_cannot_be_undone_passes_through_the_provider_and_one_click() {
    for action in Action::DESTRUCTIVE {
        let step = |flow: ActionFlow, event| flow.step_of(action, event, at(1));
        let (flow, effects) = step(ActionFlow::Idle, ActionEvent::PageOpened(id("a")));
        assert_eq!(effects, [ActionEffect::ReadDevice(id("a"))], "opening the address starts nothing");
        let (flow, effects) = step(flow, read(action, &[], true));
        assert!(matches!(flow, ActionFlow::Explain { .. }) && effects.is_empty(), "{flow:?}");
        let (flow, effects) = step(flow, ActionEvent::SignOutChosen);
        assert_eq!(effects, [ActionEffect::LeaveForSignIn(id("a"))]);
        let fresh = ActionEvent::ReturnedFresh { device: id("a"), proof: proof(0), key: key() };
        let (flow, _) = step(flow, fresh);
        let (flow, effects) = step(flow, read(action, &[], true));
        assert!(matches!(&flow, ActionFlow::Confirm { device, .. } if device.action() == action), "{flow:?}");
        assert!(effects.is_empty());
        let (flow, effects) = step(flow, ActionEvent::Confirmed);
        assert!(matches!(effects.as_slice(), [ActionEffect::Post { .. }]), "{effects:?}");
        let (again, effects) = step(flow.clone(), ActionEvent::Confirmed);
        assert_eq!((again, effects.len()), (flow, 0), "one post however many clicks");
    }
}

#[test]
fn a_device_that_has_gone_is_the_good_end_of_what_took_it_away() {
    for action in Action::DESTRUCTIVE {
        let open = ActionFlow::Reading { device: id("a"), grant: None };
        let (pending, _) = open.step_of(action, read(action, &[("r1", "pending")], false), at(0));
        assert!(matches!(pending, ActionFlow::Pending { .. }), "{pending:?}");
        let (ended, _) = pending.step_of(action, ActionEvent::DeviceGone(id("a")), at(1));
        let ActionFlow::Ended { run, end: Ending::Done(_), .. } = &ended else { panic!("{ended:?}") };
        assert_eq!(run.id, "r1");
        let (still, _) = ended.clone().step_of(action, ActionEvent::DeviceGone(id("a")), at(2));
        assert_eq!(still, ended);
    }
    let reading = ActionFlow::Reading { device: id("a"), grant: None };
    let (gone, _) = reading.step_of(Action::Wipe, ActionEvent::DeviceGone(id("a")), at(0));
    assert!(
        matches!(gone, ActionFlow::Stopped { why: StopReason::Gone, .. }),
        "nothing is claimed of another visit"
    );
    let (locked, _) = ActionFlow::Reading { device: id("a"), grant: None }.step_of(
        Action::RemoteLock,
        read(Action::RemoteLock, &[("r1", "pending")], true),
        at(0),
    );
    let (gone, _) = locked.step_of(Action::RemoteLock, ActionEvent::DeviceGone(id("a")), at(1));
    assert!(matches!(gone, ActionFlow::Stopped { why: StopReason::Gone, .. }), "a lock takes no device away");
}

#[test]
fn the_catalogue_has_a_row_for_each_action_and_no_name_twice() {
    let mut names: Vec<_> = Action::ALL.iter().map(|action| action.row().name.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), Action::ALL.len());
    let on_page: Vec<_> =
        Action::ALL.into_iter().filter(|action| action.row().proof == RequiredProof::SignedIn).collect();
    assert_eq!(on_page, Action::ON_DEVICE_PAGE);
    let destructive: Vec<_> =
        Action::ALL.into_iter().filter(|action| action.row().danger == Danger::Destructive).collect();
    assert_eq!(destructive, Action::DESTRUCTIVE);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, ..ProptestConfig::default() })]

    /// One post however many clicks; another only after the first is answered, and only by a person.
    #[test]
    fn one_post_however_many_clicks(
        action in prop::sample::select(Action::ON_DEVICE_PAGE.to_vec()),
        moments in prop::collection::vec((prop_oneof![2 => 0..21_usize, 2 => Just(0), 3 => Just(1)], 0_i64..4), 0..60),
    ) {
        let events = events(action);
        let mut flow = ActionFlow::Idle;
        let mut now = 0;
        for (index, pause) in moments {
            now += pause;
            let event = events[index].clone();
            let was_in_flight = flow.is_in_flight();
            let was_confirmed = matches!(flow, ActionFlow::Confirm { .. } | ActionFlow::Submit { .. });
            let (after, effects) = flow.step(event.clone(), at(now));
            let posts = effects.iter().filter(|effect| is_post(effect)).count();
            prop_assert!(posts <= 1);
            if posts == 1 {
                prop_assert!(!was_in_flight, "a request is on its way already");
                let is_click = matches!(event, ActionEvent::Confirmed) && was_confirmed;
                let is_choice = matches!(event, ActionEvent::Entitled { .. })
                    && action.row().danger == Danger::Harmless;
                prop_assert!(is_click || is_choice, "{event:?}");
                let is_of_session = effects.iter().all(|effect| matches!(effect, ActionEffect::PostSignedIn { .. }));
                prop_assert!(is_of_session);
            }
            flow = after;
        }
    }
}

#[test]
fn every_action_stands_in_one_group_of_the_page_of_a_device_and_what_gives_it_up_in_the_last() {
    for action in Action::ALL {
        let need = action.need();
        let is_on_page = Action::ON_DEVICE_PAGE.contains(&action);
        assert_eq!(is_on_page, matches!(need, Need::Lost | Need::Manage), "{action:?}");
        assert_eq!(Action::DESTRUCTIVE.contains(&action), need == Need::GiveUp, "{action:?}");
        assert_eq!(action == Action::ResetPasscode, need == Need::Forgotten, "{action:?}");
    }
}
