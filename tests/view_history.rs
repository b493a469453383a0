//! What happened, in plain words and as a file: read from the wire as the server writes it.
#![cfg(not(target_arch = "wasm32"))]
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on should stop at once"
)]

mod view_support;

use passcode_portal::domain::{Action, HistoryCause, HistoryEntry};
use passcode_portal::features::history;
use passcode_portal::features::history::words::{
    HistoryRun, HistoryRunView, history_csv, history_entry, history_run, history_runs,
};
use passcode_portal::i18n::{Catalogue, Locale, PlainFormatter, Text};
use portal_contract::{
    ClientBrowser, ClientNetwork, ClientSystem, FailureCode, HistoryActivity, ProblemCode, RefusalReason,
    json as fields,
};
use serde_json::{Value, json};
use view_support::{LANGUAGES, Page, SERVER_NOW};

/// An entry as the server answers it, with `changes` laid over it; null removes a field.
fn entry(changes: &Value) -> HistoryEntry {
    let mut wire = json!({
        "id": "h-1", "occurredDateTime": "2027-01-15T07:30:00.1234567Z", "activity": "resetRequested",
        "actor": "person", "actorName": "Yamada Hanako", "deviceId": "d-1", "deviceName": "Hanako's phone",
        "resultId": "r-2f9c", "reference": "req-77",
        "client": { "browser": "chrome", "system": "windows", "network": "public", "address": "203.0.113.x" }
    });
    for (key, value) in changes.as_object().unwrap() {
        wire[key] = value.clone();
    }
    let wire = fields::read_text(&wire.to_string(), portal_contract::HistoryEntry::read).unwrap();
    HistoryEntry::from_contract(wire)
}

fn write(page: &mut Page, entry: &HistoryEntry) {
    let view = history_entry(entry, Some(SERVER_NOW));
    page.note("tone", &format!("{:?}", view.tone));
    page.say("what", &view.what);
    page.say_all("device", view.device.as_slice());
    page.say("when", &view.when);
    page.say("who", &view.who);
    page.say_all("from", view.whence.as_slice());
    page.say_all("why", view.why.as_slice());
    page.note("reference", view.reference.as_deref().unwrap_or("-"));
}

#[test]
fn every_entry_reads_well() {
    for (locale, tag) in LANGUAGES {
        let mut page = Page::new(locale);
        for activity in HistoryActivity::KNOWN.iter().map(|known| known.as_str()).chain(["dreamed"]) {
            page.chapter(activity);
            write(&mut page, &entry(&json!({ "activity": activity })));
        }
        for action in
            ["remoteLock", "syncDevice", "rename", "rebootNow", "retire", "wipe", "resetPasscode", "danceNow"]
        {
            page.chapter(action);
            for activity in HistoryActivity::KNOWN.iter().filter(|known| known.as_str().starts_with("action"))
            {
                let changes = json!({ "activity": activity.as_str(), "actionName": action });
                let view = history_entry(&entry(&changes), None);
                page.say(&format!("{activity:?}, {:?}", view.tone), &view.what);
            }
        }
        page.chapter("by the device itself");
        let system = json!({ "activity": "resetDone", "actor": "system", "actorName": null, "client": null, "reference": null });
        write(&mut page, &entry(&system));
        page.chapter("of no device, by nobody known");
        let bare = json!({ "activity": "sessionsRevoked", "actorName": null, "deviceId": null, "deviceName": null,
            "resultId": null, "reference": null });
        write(&mut page, &entry(&bare));
        page.chapter("of a device without a name");
        write(&mut page, &entry(&json!({ "deviceName": null })));
        insta::assert_snapshot!(format!("history_{tag}"), page.finish());
    }
}

#[test]
fn every_cause_and_every_origin_reads_well() {
    let reasons = ["androidForbidsSince7", "notOfferedByService", "futureReason"]
        .map(|reason| json!({ "activity": "resetRefused", "code": "actionNotAllowed", "reason": reason }));
    let codes = ProblemCode::KNOWN.iter().chain([&ProblemCode::Other]);
    let codes = codes.map(|code| json!({ "activity": "resetRefused", "code": code.as_str() }));
    let failures = FailureCode::KNOWN.iter().chain([&FailureCode::Other]);
    let failures = failures.map(|code| json!({ "activity": "resetFailed", "errorCode": code.as_str() }));
    let causes: Vec<Value> = reasons.into_iter().chain(codes).chain(failures).collect();
    for (locale, tag) in LANGUAGES {
        let mut page = Page::new(locale);
        page.chapter("causes");
        for changes in &causes {
            let view = history_entry(&entry(changes), None);
            page.note("wire", &changes.to_string());
            page.say(&format!("{:?}", view.tone), &view.what);
            page.say_all("why", view.why.as_slice());
        }
        page.chapter("origins");
        let browsers = ClientBrowser::KNOWN.iter().map(|known| known.as_str()).chain(["lynx", "edge"]);
        let systems = ClientSystem::KNOWN.iter().map(|known| known.as_str()).chain(["plan9"]);
        let networks = ClientNetwork::KNOWN.iter().map(|known| known.as_str()).chain(["space"]).cycle();
        let addresses = ["203.0.113.x", "", "2001:db8:1::"].into_iter().cycle();
        for (((browser, system), network), address) in browsers.zip(systems).zip(networks).zip(addresses) {
            let client =
                json!({ "browser": browser, "system": system, "network": network, "address": address });
            let view = history_entry(&entry(&json!({ "client": client })), None);
            page.say_all("from", view.whence.as_slice());
        }
        insta::assert_snapshot!(format!("history_causes_{tag}"), page.finish());
    }
}

#[test]
fn the_most_precise_cause_is_told() {
    let cause = |changes: &Value| entry(changes).cause;
    let refused = json!({ "code": "actionNotAllowed", "reason": "sharedIpad" });
    assert!(matches!(cause(&refused), Some(HistoryCause::NotAllowed(_))));
    assert!(matches!(cause(&json!({ "code": "tooManyRequests" })), Some(HistoryCause::Refused(_))));
    assert_eq!(cause(&json!({})), None);
}

#[test]
fn an_uncertain_end_claims_nothing() {
    let entry = entry(&json!({ "activity": "resetFailed", "errorCode": "outcomeUnknown" }));
    let words = history_entry(&entry, None).what.render(&Catalogue::embedded(Locale::En), &PlainFormatter);
    assert!(words.contains("not certain") && !words.contains("failed"), "{words}");
}

#[test]
fn other_actions_are_named_with_their_state_and_never_speak_of_a_passcode() {
    let english = |text: &Text| text.render(&Catalogue::embedded(Locale::En), &PlainFormatter);
    let read = |activity: &str, action: &str, changes: &Value| {
        let mut wire = json!({ "activity": activity, "actionName": action });
        wire.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
        let view = history_entry(&entry(&wire), None);
        (english(&view.what), view.why.as_ref().map(english))
    };
    let lock = |activity: &str, changes: Value| read(activity, "remoteLock", &changes);
    assert_eq!(lock("actionRequested", json!({})), ("Remote lock: requested".to_owned(), None));
    let (what, why) = lock("actionRefused", json!({ "reason": "notPrimaryUser" }));
    assert_eq!(what, "Remote lock: refused");
    assert!(why.unwrap().contains("can lock it from here"));
    let (_, why) = lock("actionRefused", json!({ "code": "actionAlreadyPending" }));
    assert_eq!(why.as_deref(), Some("The same was already on its way."));
    let (what, why) = lock("actionFailed", json!({ "errorCode": "commandExpired" }));
    assert_eq!(what, "Remote lock: failed");
    assert!(why.unwrap().contains("did not answer in time"));
    let (what, why) = lock("actionFailed", json!({ "errorCode": "outcomeUnknown" }));
    assert_eq!((what.as_str(), why), ("Remote lock: not certain whether it was done", None));
    let (_, why) = lock("actionSuperseded", json!({ "errorCode": "supersededByErase" }));
    assert_eq!(why, None, "the sentence says it");
    let (what, _) = read("actionDone", "rename", &json!({}));
    assert_eq!(what, "The device was given a new name on this portal");
    let (what, _) = read("actionDone", "danceNow", &json!({}));
    assert_eq!(what, "Another action: done");

    let causes = RefusalReason::KNOWN.iter().map(|reason| json!({ "reason": reason.as_str() }));
    let causes = causes.chain(ProblemCode::KNOWN.iter().map(|code| json!({ "code": code.as_str() })));
    let causes = causes.chain(FailureCode::KNOWN.iter().map(|code| json!({ "errorCode": code.as_str() })));
    for changes in causes.filter(|cause| cause["reason"] != "noPasscodeOnDevice") {
        for action in ["remoteLock", "syncDevice", "rename", "rebootNow", "retire", "wipe", "danceNow"] {
            let (what, why) = read("actionRefused", action, &changes);
            let words = [what, why.unwrap_or_default()].concat().to_lowercase();
            assert!(!words.contains("passcode") && !words.contains("reset"), "{action} {changes}: {words}");
        }
    }
}

/// The entries of one reset, of a lock, and a refusal, newest first.
fn a_day() -> Vec<HistoryEntry> {
    let of = |changes: Value| entry(&changes);
    let elsewhere =
        json!({ "browser": "firefox", "system": "linux", "network": "private", "address": "10.0.0.x" });
    vec![
        of(json!({ "id": "h-6", "activity": "passcodeRevealed", "client": elsewhere,
            "occurredDateTime": "2027-01-15T07:40:00Z", "reference": "q-3" })),
        of(
            json!({ "id": "h-5", "activity": "actionRequested", "actionName": "remoteLock", "resultId": "r-lock",
            "occurredDateTime": "2027-01-15T07:35:00Z" }),
        ),
        of(
            json!({ "id": "h-4", "activity": "resetDone", "actor": "system", "actorName": null, "client": null,
            "occurredDateTime": "2027-01-15T07:31:00Z", "reference": null }),
        ),
        of(json!({ "id": "h-3" })),
        of(json!({ "id": "h-2", "activity": "resetRefused", "code": "tooManyRequests", "resultId": null })),
        of(json!({ "id": "h-1", "activity": "resetRefused", "code": "tooManyRequests", "resultId": null })),
    ]
}

#[test]
fn a_run_is_one_row_with_one_reference_and_says_how_it_stands() {
    let english = |text: &Text| text.render(&Catalogue::embedded(Locale::En), &PlainFormatter);
    let runs = history_runs(&a_day());
    let rows: Vec<HistoryRunView> = runs.iter().map(|run| history_run(run, None).unwrap()).collect();
    let whats: Vec<String> = rows.iter().map(|row| english(&row.entry.what)).collect();
    assert_eq!(
        whats,
        [
            "The passcode was reset",
            "Remote lock: requested",
            "A passcode reset was refused",
            "A passcode reset was refused"
        ]
    );
    let reset = &rows[0];
    assert_eq!(reset.entry.reference.as_deref(), Some("r-2f9c"), "the one that its result shows");
    assert_eq!(english(&reset.entry.who), "Yamada Hanako", "who asked for it");
    assert!(english(reset.entry.whence.as_ref().unwrap()).starts_with("Chrome on Windows"));
    let steps: Vec<String> = reset.steps.iter().map(|step| english(&step.what)).collect();
    assert_eq!(
        steps,
        ["A passcode reset was requested", "The passcode was reset", "The temporary passcode was shown"]
    );
    assert_eq!(
        reset.steps.iter().filter(|step| step.by.is_some()).count(),
        1,
        "only what came from elsewhere"
    );
    let (_, whence) = reset.steps[2].by.clone().unwrap();
    assert!(english(&whence).starts_with("Firefox on Linux"));
    assert!(rows[1].steps.is_empty(), "one thing is not told twice");
}

#[test]
fn the_runs_of_one_action_can_be_told_from_the_others() {
    let actions: Vec<Option<Action>> = history_runs(&a_day()).iter().map(HistoryRun::action).collect();
    let reset = Some(Action::ResetPasscode);
    assert_eq!(actions, [reset, Some(Action::RemoteLock), reset, reset]);
    let revoked = entry(&json!({ "activity": "sessionsRevoked", "resultId": null }));
    assert_eq!(history_runs(&[revoked])[0].action(), None);
}

#[test]
fn the_file_has_the_rows_of_the_screen() {
    let file = history_csv(&a_day(), &Catalogue::embedded(Locale::En), &PlainFormatter);
    assert_eq!(file.matches("\r\n").count(), 1 + history_runs(&a_day()).len());
    let reset = file.lines().find(|line| line.contains("r-2f9c")).unwrap();
    for step in
        ["The passcode was reset", "A passcode reset was requested", "The temporary passcode was shown"]
    {
        assert!(reset.contains(step), "{reset}");
    }
}

#[test]
fn a_device_id_that_cannot_be_one_leaves_the_entry_readable() {
    let entry = entry(&json!({ "deviceId": "../../me" }));
    assert_eq!(entry.device, None);
    assert!(history_entry(&entry, None).device.is_some());
}

#[test]
fn the_file_holds_the_same_words_and_no_formula() {
    let entries = [
        entry(&json!({})),
        entry(
            &json!({ "activity": "resetFailed", "errorCode": "commandExpired", "actor": "system", "client": null,
                "resultId": "r-2" }),
        ),
        entry(&json!({ "deviceName": "=HYPERLINK(\"https://evil.example\")", "actorName": "+81 \"Ken\", K.",
                "resultId": "r-3" })),
    ];
    for (locale, tag) in LANGUAGES {
        let file = history_csv(&entries, &Catalogue::embedded(locale), &PlainFormatter);
        assert_eq!(file.matches("\r\n").count(), 4);
        assert!(file.contains("\"'=HYPERLINK") && file.contains("\"'+81 \"\"Ken\"\", K.\""), "{file}");
        let what =
            history_entry(&entries[1], None).what.render(&Catalogue::embedded(locale), &PlainFormatter);
        assert!(file.contains(&what));
        insta::assert_snapshot!(
            format!("history_csv_{tag}"),
            file.replace('\u{feff}', "<BOM>").replace("\r\n", "\n")
        );
    }
}

#[test]
fn an_empty_history_is_a_file_with_headings() {
    let file = history::words::history_csv(&[], &Catalogue::embedded(Locale::Ja), &PlainFormatter);
    assert_eq!(file.lines().count(), 1);
    assert!(file.contains("日時"));
}
