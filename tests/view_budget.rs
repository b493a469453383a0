//! How much A and B say: nobody reads a wall of text with a locked phone in the hand. Budgets of what is read before the last
//! button, on every platform, in Japanese by characters without spaces, in English and German by words; and that what is
//! conditional is said only when it is true.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop at once")]
#![allow(
    clippy::print_stdout,
    reason = "the measures are printed: `cargo test --test view_budget -- --nocapture`"
)]

mod view_support;

use passcode_portal::domain::{Device, PAGE_WINDOW, PermittedDevice, Seconds, WhyExplain};
use passcode_portal::features::actions;
use passcode_portal::features::actions::words::{ConfirmView, ExplainView, Situation};
use passcode_portal::i18n::{Locale, Text, t};
use serde_json::json;
use view_support::{SERVER_NOW, before, length, resettable, said};

/// A language, and the most it may say in A and in B.
const BUDGETS: [(Locale, usize, usize); 3] =
    [(Locale::En, 70, 85), (Locale::De, 84, 102), (Locale::Ja, 220, 250)];

fn platforms() -> Vec<(Device, PermittedDevice)> {
    let letters = json!({ "kind": "temporaryPasscode", "characterSet": "lettersAndDigits" });
    let digits = json!({ "kind": "temporaryPasscode", "characterSet": "digits" });
    let removed = json!({ "kind": "passcodeRemoved" });
    [
        ("Android", "14", &letters),
        ("iOS", "18.1", &removed),
        ("Windows 10 Mobile", "10.0.15254", &letters),
        ("WindowsPhone", "8.1", &digits),
        ("visionOS", "2.0", &removed),
    ]
    .map(|(system, version, outcome)| resettable(system, version, outcome))
    .into()
}

/// A for the first time, as most people meet it.
fn situation(can_be_locked: bool) -> Situation {
    let why = WhyExplain::FirstTime;
    let now = Some(SERVER_NOW);
    Situation { why, signs_out_first: true, signed_in_at: None, cannot_prove: false, can_be_locked, now }
}

/// Everything of A that is read without opening something.
fn of_explain(view: &ExplainView) -> Vec<&Text> {
    let mut texts = vec![&view.heading, &view.lead, &view.preview];
    texts.extend(&view.stays);
    texts.extend(&view.warning);
    texts.extend(view.factor.iter().map(|factor| &factor.question));
    texts.extend([&view.away.question, &view.sign_out, &view.cancel]);
    texts
}

fn of_confirm(view: &ConfirmView) -> Vec<&Text> {
    let mut texts = vec![&view.heading, &view.data_stays, &view.consequence_heading];
    texts.extend(&view.outcome);
    texts.extend(&view.consequence);
    texts.extend([&view.button, &view.cancel, &view.start_over_note]);
    texts.extend(&view.signed_in);
    texts.extend(&view.skipped);
    texts
}

#[test]
fn a_and_b_stay_within_their_budgets() {
    for (known, proof) in platforms() {
        for (locale, most_in_a, most_in_b) in BUDGETS {
            for first_within in [None, Some(Seconds(60))] {
                let signed_in_at = first_within.map(|_| before(20));
                let around = Situation { signed_in_at, ..situation(false) };
                let a = said(locale, &of_explain(&actions::words::explain(&known, &proof, around)));
                let confirm = actions::words::confirm(&proof, "Aiko Tanaka", first_within);
                let b = said(locale, &of_confirm(&confirm));
                let (in_a, in_b) = (length(locale, &a), length(locale, &b));
                let (tag, skips) = (locale.tag(), first_within.is_some());
                println!(
                    "{tag} {:?} skips={skips}: A {in_a}/{most_in_a}, B {in_b}/{most_in_b}",
                    known.platform
                );
                assert!(in_a <= most_in_a, "{in_a} in A: {a}");
                assert!(in_b <= most_in_b, "{in_b} in B: {b}");
            }
        }
    }
}

#[test]
fn a_warns_only_of_what_is_true() {
    let warning = |system: &str, minutes: i64| {
        let outcome = json!({ "kind": "passcodeRemoved" });
        let (mut known, proof) = resettable(system, "18.1", &outcome);
        known.last_sync = Some(before(minutes * 60));
        actions::words::explain(&known, &proof, situation(false)).warning
    };
    assert_eq!(warning("iOS", 10), None);
    assert_eq!(warning("iOS", 31), Some(t::explain_apple_wifi()));
    assert_eq!(warning("Android", 60), None);
    assert!(warning("Android", 25 * 60).is_some());
}

#[test]
fn whoever_does_not_have_the_device_is_told_to_lock_it_only_where_that_is_offered() {
    let (known, proof) = platforms().swap_remove(0);
    let advice =
        |can_be_locked| actions::words::explain(&known, &proof, situation(can_be_locked)).away.advice;
    assert!(advice(true).contains(&t::prepare_lock_instead()));
    assert!(
        !advice(false).contains(&t::prepare_lock_instead()) && advice(false).contains(&t::prepare_call_it())
    );
}

/// What is promised is there when B opens: coming back and loading take less than 10 s of it.
#[test]
fn no_more_time_is_promised_than_there_is() {
    const PROMISED: i64 = 270;
    const { assert!(PAGE_WINDOW.0 - 10 >= PROMISED) };
    for (locale, promise) in
        [(Locale::En, "4½ minutes"), (Locale::Ja, "4\u{a0}分半"), (Locale::De, "4½ Minuten")]
    {
        for text in [t::explain_lead(), t::expired_text(), t::help_sign_in_answer()] {
            let said = said(locale, &[&text]);
            assert!(said.contains(promise), "{said}");
        }
    }
}
