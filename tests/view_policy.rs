//! The policy table of all platforms as a person reads it, in both languages. The rows are the ones the server's own
//! snapshot holds, so a row that is added there shows up here.
#![cfg(not(target_arch = "wasm32"))]
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on should stop at once"
)]

mod view_support;

use passcode_portal::domain::{Action, ActionRun, Biometrics, Device, ResetAvailability};
use passcode_portal::features::{actions, devices};
use passcode_portal::i18n::{Catalogue, Locale, PlainFormatter, Text};
use passcode_portal::words;
use passcode_portal::words::ResetCommand;
use portal_contract::{RefusalReason, ResetOutcome};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use view_support::{LANGUAGES, Page, SERVER_NOW, before, device, run};

fn rows() -> Vec<(String, Device)> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/server/tests/snapshots/policy_rows.json");
    let rows: Vec<Value> = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    rows.into_iter()
        .map(|row| {
            let mut wire = row["device"].clone();
            wire["actions"] = json!({ "resetPasscode": row["availability"] });
            (row["row"].as_str().unwrap().to_owned(), device(&wire))
        })
        .collect()
}

fn write_row(page: &mut Page, row: &str, device: &Device) {
    page.chapter(row);
    page.say("platform", &words::platform(device));
    page.say("status", &devices::words::status(device, Some(SERVER_NOW)).text);
    match words::reset_availability(device) {
        ResetCommand::Unavailable(refusal) => {
            page.say("why not", &refusal.why);
            page.say("instead", &refusal.instead);
        }
        ResetCommand::Available { hint } => {
            page.say("hint", &hint);
            let outcome = device.told_outcome();
            page.say(
                "preview",
                &actions::words::outcome_preview(device.platform, outcome, Biometrics::Either),
            );
            let run: ActionRun = run();
            let done = actions::words::done(
                &device.name,
                (device.platform, Biometrics::Either),
                outcome,
                &run,
                Some(before(0)),
            );
            page.say("result", &done.what);
            page.say("note", &done.note);
            page.note("temporary passcode", if done.has_temporary_passcode { "yes" } else { "no" });
            page.say_all("step", &done.steps);
        }
    }
}

#[test]
fn every_row_of_the_policy_table_reads_well_in_both_languages() {
    let rows = rows();
    assert!(rows.len() >= 20, "the table has shrunk to {} rows", rows.len());
    for (locale, tag) in LANGUAGES {
        let mut page = Page::new(locale);
        rows.iter().for_each(|(row, device)| write_row(&mut page, row, device));
        insta::assert_snapshot!(format!("policy_table_{tag}"), page.finish());
    }
}

#[test]
fn every_reason_has_words_of_its_own_and_says_what_to_do_instead() {
    let all: Vec<RefusalReason> =
        RefusalReason::KNOWN.iter().copied().chain([RefusalReason::Other]).collect();
    for (locale, tag) in LANGUAGES {
        let say = |text: &Text| text.render(&Catalogue::embedded(locale), &PlainFormatter);
        let mut page = Page::new(locale);
        let mut whys = BTreeSet::new();
        for reason in &all {
            let refusal = words::refusal(*reason);
            page.chapter(reason.as_str());
            page.say("why not", &refusal.why);
            page.say("instead", &refusal.instead);
            assert!(whys.insert(say(&refusal.why)), "{reason:?} has the words of another reason");
            let points_somewhere = ["IT", "primary user", "プライマリ ユーザー"]
                .map(|help| say(&refusal.instead).contains(help));
            assert!(points_somewhere.contains(&true), "{reason:?} leaves the person alone");
        }
        let none = words::not_offered();
        page.chapter("(not offered)");
        page.say("why not", &none.why);
        page.say("instead", &none.instead);
        insta::assert_snapshot!(format!("reasons_{tag}"), page.finish());
    }
}

/// The contract of flow.md, "Result per platform", word for word where it matters.
#[test]
fn the_four_platforms_get_the_result_the_flow_promises() {
    let facts = |system: &str| {
        let (_, device) = rows()
            .into_iter()
            .find(|(_, device)| {
                let is_allowed = matches!(device.reset, ResetAvailability::Allowed(_));
                is_allowed
                    && words::platform(device)
                        .render(&Catalogue::embedded(Locale::En), &PlainFormatter)
                        .starts_with(system)
            })
            .unwrap();
        let outcome = device.told_outcome();
        let done =
            actions::words::done(&device.name, (device.platform, Biometrics::Either), outcome, &run(), None);
        let say = |text: &Text| text.render(&Catalogue::embedded(Locale::En), &PlainFormatter);
        (say(&done.what), say(&done.note), outcome)
    };
    let (what, note, outcome) = facts("Android");
    assert!(what.contains("removed") && what.contains("letters and digits"), "{what}");
    assert!(note.contains("Change it in Settings after unlocking"), "{note}");
    assert!(matches!(outcome, ResetOutcome::TemporaryPasscode { .. }));

    let (what, note, outcome) = facts("iOS");
    assert!(what.contains("removed") && what.contains("no temporary passcode"), "{what}");
    assert!(note.contains("Face ID or Touch ID must be set up again"), "{note}");
    assert!(note.contains("asks for a new passcode"), "{note}");
    assert_eq!(outcome, ResetOutcome::PasscodeRemoved);

    let (what, note, _) = facts("Windows 10 Mobile");
    assert!(what.contains("removed") && what.contains("letters and digits"), "{what}");
    assert!(note.contains("Windows Hello face sign-in keeps working"), "{note}");

    let (what, note, _) = facts("Windows Phone 8.1");
    assert!(what.contains("removed") && what.contains("digits only"), "{what}");
    assert!(note.contains("Change it in Settings after unlocking"), "{note}");
}

#[test]
fn the_lock_is_refused_in_words_of_its_own() {
    let refused = |reason: RefusalReason| {
        let actions = json!({ "remoteLock": { "allowed": false, "reason": reason } });
        actions::words::action_refusal(&device(&json!({ "actions": actions })), Action::RemoteLock).unwrap()
    };
    let not_named =
        actions::words::action_refusal(&device(&json!({ "actions": {} })), Action::RemoteLock).unwrap();
    for (locale, _) in LANGUAGES {
        let written = |view: &words::RefusalView| {
            let words = [&view.why, &view.instead]
                .map(|text| text.render(&Catalogue::embedded(locale), &PlainFormatter));
            assert!(words.iter().all(|words| !words.is_empty()));
            words.concat()
        };
        for reason in RefusalReason::KNOWN.iter().copied().chain([RefusalReason::Other]) {
            let words = written(&refused(reason)).to_lowercase();
            if reason == RefusalReason::NoPasscodeOnDevice {
                let own = ["locking the device keeps nobody out", "ロックしても誰でも開けます"];
                assert!(own.iter().any(|own| words.contains(own)), "{words}");
                continue;
            }
            assert!(!words.contains("passcode") && !words.contains("パスコード"), "{reason:?}: {words}");
        }
        assert!(!written(&not_named).is_empty());
    }
    let allowed = json!({ "remoteLock": { "allowed": true } });
    assert_eq!(
        actions::words::action_refusal(&device(&json!({ "actions": allowed })), Action::RemoteLock),
        None
    );
}
