//! Faults of a walk through the portal (F4, F10, F21, F22, F26) that nothing else would have seen: each is a sentence that
//! stood where it was wrong, or one that was missing.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop at once")]

mod view_support;

use passcode_portal::domain::{ActionFlow, Biometrics, ENDED_IS_RECENT, Ending, Platform};
use passcode_portal::features::{actions, devices};
use passcode_portal::i18n::{Locale, Text, t};
use passcode_portal::words;
use passcode_portal::words::ResetCommand;
use portal_contract::{FailureCode, SHORTEST_PASSCODE_LIFETIME_DAYS};
use serde_json::json;
use view_support::{NOW, SERVER_NOW, device, resettable, run, said};

fn english(text: &Text) -> String {
    said(Locale::En, &[text])
}

/// F4: "Your data stays" has to be about the reset, and nothing of it is said once an erase is known.
#[test]
fn whose_data_stays_is_said_with_the_action_and_never_of_a_device_that_is_erased() {
    let refused = json!({ "resetPasscode": { "allowed": false, "reason": "eraseOrRetirePending" } });
    let erased = device(&json!({ "actions": refused }));
    let going_on = devices::words::going_on(&erased, Some(SERVER_NOW)).unwrap();
    let ResetCommand::Unavailable(refusal) = words::reset_availability(&erased) else {
        unreachable!("the server refuses it")
    };
    let mut texts = vec![&going_on.heading, &refusal.why, &refusal.instead];
    texts.extend(&going_on.lines);
    let said_of_it = said(Locale::En, &texts);
    assert!(!said_of_it.contains("keeps") && !said_of_it.contains("stay"), "{said_of_it}");

    let (allowed, _) =
        resettable("Android", "6.0", &json!({ "kind": "temporaryPasscode", "characterSet": "digits" }));
    let ResetCommand::Available { hint } = words::reset_availability(&allowed) else {
        unreachable!("the server allows it")
    };
    assert_eq!(english(&hint), "Resetting the passcode keeps your data.", "with its subject");
}

/// F10: as long as the address of a reset shows its result, the passcode that came of it can still be there: none is kept for less.
#[test]
fn a_result_is_shown_no_longer_than_its_passcode_is_kept() {
    const SHORTEST: i64 = SHORTEST_PASSCODE_LIFETIME_DAYS * 86_400;
    const { assert!(ENDED_IS_RECENT.0 <= SHORTEST) };
}

/// F10: the result says when its address will lead to the next reset instead.
#[test]
fn a_result_says_until_when_it_is_shown() {
    let outcome = portal_contract::ResetOutcome::PasscodeRemoved;
    let of = (Platform::AppleMobile, Biometrics::FaceId);
    let view = actions::words::done("x", of, outcome, &run(), Some(SERVER_NOW));
    let day_after = run().updated.unix_millis() + ENDED_IS_RECENT.to_milliseconds().0;
    let expected = t::done_until(portal_contract::UtcTime::from_unix_millis(day_after));
    assert_eq!(english(&view.until), english(&expected));
}

/// F21: where trying again cannot help, no button offers it.
#[test]
fn nothing_offers_to_try_again_where_that_cannot_help() {
    let offers = |code: FailureCode| {
        let flow = ActionFlow::Ended {
            device: device(&json!({})).id.clone(),
            run: run(),
            end: Ending::Failed(code),
        };
        actions::words::reset_notice(&flow, "x", None, NOW).unwrap().button.is_some()
    };
    for code in [
        FailureCode::NoPasscodePolicy,
        FailureCode::ApprovalRequired,
        FailureCode::UnlockTokenInvalid,
        FailureCode::SupersededByErase,
    ] {
        assert!(!offers(code), "{code:?}");
    }
    for code in [
        FailureCode::CommandExpired,
        FailureCode::DeviceRejected,
        FailureCode::BackEndFault,
        FailureCode::Other,
    ] {
        assert!(offers(code), "{code:?}");
    }
}

/// F22: "this is not my device" under "your data stays on the device" was read as the locked phone.
#[test]
fn the_question_about_the_screen_says_which_screen() {
    assert!(english(&t::shared_computer_check()).contains("shared or borrowed"));
    let japanese = said(Locale::Ja, &[&t::shared_computer_check()]);
    assert!(japanese.contains("共有") && japanese.contains("パソコン"), "{japanese}");
}

/// F26: the likeliest reason for an empty list is the wrong account.
#[test]
fn an_empty_list_names_the_account_and_offers_another() {
    for locale in [Locale::En, Locale::Ja, Locale::De] {
        let heading = said(locale, &[&t::devices_empty_heading("emil@example.test")]);
        assert!(heading.contains("emil@example.test"), "{heading}");
    }
    assert_eq!(english(&t::devices_other_account()), "Use another account");
}
