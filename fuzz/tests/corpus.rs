//! What `cargo test` does with the targets: every input of the committed corpus (what was found once stays found), and
//! random changes of them. The search by coverage is `cargo xtask fuzz`.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs,
    reason = "a failing test should stop at once and say where"
)]

use passcode_portal::api;
use passcode_portal::http::{HttpAnswer, HttpOutcome};
use portal_fuzz::{TARGETS, Target};
use proptest::prelude::*;
use proptest::sample::Index;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

/// Random changes of each target's corpus: a number and not a time, so that every machine tries the same.
const CHANGES: u32 = 8_000;
/// How many where there is time for minutes (the suite `fuzz`).
const MANY_CHANGES: u32 = 80_000;

fn corpus(target: &Target) -> Vec<(PathBuf, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(target.name);
    let entries = std::fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut inputs: Vec<_> = entries
        .map(|entry| entry.unwrap().path())
        .map(|path| (path.clone(), std::fs::read(path).unwrap()))
        .collect();
    inputs.sort();
    assert!(inputs.len() >= 3, "{} has hardly any input", folder.display());
    inputs
}

#[test]
fn every_target_has_a_corpus_and_every_corpus_a_target() {
    let folders = std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus")).unwrap();
    let mut folders: Vec<String> =
        folders.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    folders.sort();
    let mut names: Vec<&str> = TARGETS.iter().map(|target| target.name).collect();
    names.sort_unstable();
    assert_eq!(folders, names);
}

#[test]
fn everything_that_was_ever_kept_is_read_without_a_fault() {
    for target in &TARGETS {
        for (path, input) in corpus(target) {
            eprintln!("{}", path.display());
            (target.run)(&input);
        }
        (target.run)(b"");
    }
}

/// A reader of one answer, and whether it accepts it.
type Reader<'a> = (&'a str, &'a dyn Fn(&HttpOutcome) -> bool);

/// A search that starts from nothing a reader accepts never gets past its first field.
#[test]
fn every_reader_of_an_answer_finds_one_in_the_corpus_that_it_understands() {
    let target = portal_fuzz::named("api_answers").unwrap();
    let outcomes: Vec<HttpOutcome> = corpus(target)
        .into_iter()
        .filter_map(|(_, input)| String::from_utf8(input).ok())
        .map(|body| Ok(HttpAnswer { status: 200, headers: Vec::new(), body }))
        .collect();
    let base = "https://api.example/api/v1.0";
    let readers: [Reader<'_>; 9] = [
        ("branding", &|answer| api::decode_branding(answer).is_ok_and(|one| !one.display_name.is_empty())),
        ("me", &|answer| api::decode_me(answer).is_ok_and(|one| one.auth_time.is_some())),
        ("devices", &|answer| api::decode_devices(answer, base).is_ok_and(|page| page.next.is_some())),
        ("device", &|answer| api::decode_device(answer).is_ok()),
        ("history", &|answer| api::decode_history(answer, base).is_ok_and(|page| page.entries.len() == 1)),
        ("report", &|answer| api::decode_report(answer).is_ok()),
        ("reset", &|answer| api::decode_action(answer).is_ok()),
        ("passcode", &|answer| api::decode_temporary_passcode(answer).is_ok()),
        ("notifications", &|answer| api::decode_notifications(answer).is_ok_and(|all| all.items.len() == 1)),
    ];
    for (name, understands) in readers {
        assert!(outcomes.iter().any(understands), "{name}");
    }
}

/// One change of an input.
#[derive(Debug, Clone)]
enum Change {
    Replace(Index, u8),
    Insert(Index, Vec<u8>),
    Remove(Index, usize),
    Cut(Index),
    Splice(Index, Index),
}

fn change() -> impl Strategy<Value = Change> {
    let word = prop_oneof![
        prop::collection::vec(any::<u8>(), 1..8),
        prop::sample::select(vec![
            "\"", "\\", "{", "[[[[", "\n", "\r\n", "%", "%2e", "\u{0}", "null", "-1", "1e999"
        ])
        .prop_map(|text| text.as_bytes().to_vec()),
    ];
    prop_oneof![
        (any::<Index>(), any::<u8>()).prop_map(|(at, byte)| Change::Replace(at, byte)),
        (any::<Index>(), word).prop_map(|(at, bytes)| Change::Insert(at, bytes)),
        (any::<Index>(), 1_usize..16).prop_map(|(at, count)| Change::Remove(at, count)),
        any::<Index>().prop_map(Change::Cut),
        (any::<Index>(), any::<Index>()).prop_map(|(at, from)| Change::Splice(at, from)),
    ]
}

fn apply(input: &mut Vec<u8>, change: &Change) {
    let place = |at: &Index, length: usize| at.index(length + 1);
    match change {
        Change::Replace(at, byte) => {
            if let Some(place) = input.len().checked_sub(1).map(|last| at.index(last + 1)) {
                input[place] = *byte;
            }
        }
        Change::Insert(at, bytes) => {
            let place = place(at, input.len());
            input.splice(place..place, bytes.iter().copied());
        }
        Change::Remove(at, count) => {
            let place = place(at, input.len());
            let end = (place + count).min(input.len());
            input.drain(place..end);
        }
        Change::Cut(at) => input.truncate(place(at, input.len())),
        Change::Splice(at, from) => {
            let (to, from) = (place(at, input.len()), place(from, input.len()));
            let copied = input[from..(from + 40).min(input.len())].to_vec();
            input.splice(to..to, copied);
        }
    }
}

/// The same changes on every machine and in every run.
fn runner(cases: u32) -> TestRunner {
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &[7; 32]))
}

#[test]
fn random_changes_of_the_corpus_break_no_target() {
    change_all_at_random(CHANGES);
}

#[test]
#[ignore = "takes minutes: `cargo xtask test --only fuzz` runs it"]
fn many_random_changes_of_the_corpus_break_no_target() {
    change_all_at_random(MANY_CHANGES);
}

fn change_all_at_random(changes: u32) {
    // Each processor takes the next target; what each target is given stays the same.
    let next = AtomicUsize::new(0);
    let workers = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                while let Some(target) = TARGETS.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let begun = std::time::Instant::now();
                    change_at_random(target, changes);
                    eprintln!("{}: {:.1?}", target.name, begun.elapsed());
                }
            });
        }
    });
}

fn change_at_random(target: &Target, changes: u32) {
    let inputs: Vec<Vec<u8>> = corpus(target).into_iter().map(|(_, input)| input).collect();
    let strategy = (prop::sample::select(inputs), prop::collection::vec(change(), 1..6));
    let outcome = runner(changes).run(&strategy, |(mut input, changes)| {
        changes.iter().for_each(|change| apply(&mut input, change));
        (target.run)(&input);
        Ok(())
    });
    outcome.unwrap_or_else(|error| panic!("{}: {error}", target.name));
}

#[test]
fn the_lints_of_this_crate_are_the_workspaces_but_for_the_c_symbol() {
    let table = |text: &str, section: &str| -> Vec<String> {
        let mut rules: Vec<String> = text
            .split_once(&format!("[{section}]\n"))
            .map_or("", |(_, rest)| rest.split("\n[").next().unwrap_or(rest))
            .lines()
            .map(|line| line.split('#').next().unwrap().trim().to_owned())
            .filter(|line| !line.is_empty() && !line.starts_with("unsafe_code"))
            .collect();
        rules.sort();
        rules
    };
    let ours = include_str!("../Cargo.toml");
    let all = include_str!("../../Cargo.toml");
    for section in ["lints.rust", "lints.clippy"] {
        let expected = table(all, &format!("workspace.{section}"));
        assert!(expected.len() > 2, "the search itself works");
        assert_eq!(table(ours, section), expected, "{section}");
    }
}
