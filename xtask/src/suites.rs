//! `cargo xtask test`: every check and every suite, one line each, and one closing line over all of them.
//!
//! A suite that cannot run is red, never silently absent. Some of it may be missing on a machine without being wrong: the
//! advisories without a network, the systemd unit without systemd, a web server, Firefox or WebKit that cannot be
//! installed. Each is counted and named as skipped. A failing suite does not stop the others: all that is wrong is
//! reported in one run.

use std::collections::BTreeSet;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use fs_err as fs;

use crate::connector;
use crate::counts::{self, Counts};
use crate::deploy;
use crate::dist;
use crate::e2e;
use crate::error::{Error, Result};
use crate::fuzz;
use crate::graph;
use crate::hosts;
use crate::keycloak;
use crate::layers;
use crate::outcome::Outcome;
use crate::process::{Finished, Program, find_on_path, tail};
use crate::progress;
use crate::provision::{Browser, Chromium, Node, TARGET, WasmToolchain, tools};
use crate::sizes;
use crate::workspace::Workspace;

/// How much of a failing suite's output is shown; all of it is kept in a file.
const SHOWN_LINES: usize = 150;
/// How many of the slowest tests are named at the end.
const SLOWEST: usize = 10;

/// What the person asked for.
#[derive(Debug, Clone, PartialEq, Eq, clap::Args)]
pub(crate) struct Options {
    /// Only these suites, separated by commas.
    #[arg(long, value_name = "A,B", value_delimiter = ',')]
    pub(crate) only: Vec<String>,
    /// Print the names of the suites.
    #[arg(long)]
    pub(crate) list: bool,
}

/// One suite.
struct Suite {
    name: &'static str,
    what: &'static str,
    /// Suites of one wave run side by side; the waves one after the other.
    wave: u8,
    needs: &'static [Need],
    run: fn(&Workspace) -> Result<Outcome>,
}

const fn suite(
    wave: u8,
    name: &'static str,
    what: &'static str,
    needs: &'static [Need],
    run: fn(&Workspace) -> Result<Outcome>,
) -> Suite {
    Suite { name, what, wave, needs, run }
}

/// Something that has to be installed before a suite can run, and how it is got.
type Need = (&'static str, fn(&Workspace) -> Result<()>);

const NODE: Need = ("Node", |workspace| Node::get(workspace).map(drop));
const WASM: Need = ("the compiler for wasm32", |_| WasmToolchain::get().map(drop));
const CHROMIUM: Need = ("Chromium", |_| Chromium::get().map(drop));
const FIREFOX: Need = ("Firefox", |_| Browser::Firefox.get().map(drop));
const WEBKIT: Need = ("WebKit", |_| Browser::WebKit.get().map(drop));
const WASM_BINDGEN: Need = ("wasm-bindgen", |workspace| tools::WASM_BINDGEN.get(workspace).map(drop));
const WASM_PACK: Need = ("wasm-pack", |workspace| tools::WASM_PACK.get(workspace).map(drop));
const CARGO_DENY: Need = ("cargo-deny", |workspace| tools::CARGO_DENY.get(workspace).map(drop));
/// What building the page takes.
const PAGE: &[Need] = &[NODE, WASM, WASM_BINDGEN];
const PAGE_IN_CHROMIUM: &[Need] = &[NODE, WASM, CHROMIUM, WASM_BINDGEN];
const PAGE_IN_FIREFOX: &[Need] = &[NODE, WASM, FIREFOX, WASM_BINDGEN];
const PAGE_IN_WEBKIT: &[Need] = &[NODE, WASM, WEBKIT, WASM_BINDGEN];

/// From cheap to dear, so that a small mistake is seen early. Side by side is what leaves each other alone on two cores:
/// what waits for one thread (wasm-opt) or for time (the tests of the server) beside what computes, never two suites that wait
/// for a browser's next frame but for those of the other browsers, which are short. `hosts` and the end-to-end suites use the
/// server that `native` has built: cargo lets them wait for it.
const SUITES: &[Suite] = &[
    suite(0, "fmt", "formatting", &[], fmt),
    suite(0, "layers", "direction of dependencies", &[], check_layers),
    suite(0, "deny", "licences, sources, bans, advisories", &[CARGO_DENY], deny),
    suite(0, "deploy", "the systemd unit", &[], deploy::run),
    suite(1, "clippy", "lints on the host", &[], clippy),
    suite(1, "clippy-wasm", "lints of the page on wasm32", &[WASM], clippy_wasm),
    suite(1, "size", "the page and its size", PAGE, size),
    suite(2, "native", "unit, property and server tests", &[], native),
    suite(2, "connector", "the sample connector, attacked by Schemathesis", &[], connector::run),
    suite(2, "graph", "other people's programs against the simulated Graph", &[], graph::run),
    suite(2, "keycloak", "Keycloak itself, both modes", &[], keycloak::run),
    suite(2, "fuzz", "every parser of foreign bytes, searched", &[], fuzzing),
    suite(2, "web", "component tests in the browser", &[WASM, CHROMIUM, WASM_BINDGEN, WASM_PACK], web),
    suite(2, "hosts", "the page through nginx, Caddy, Apache and our own server", PAGE, hosts::run),
    suite(3, "e2e", "end to end: browser, server, provider", PAGE_IN_CHROMIUM, e2e::chromium),
    suite(
        4,
        "e2e-session",
        "the same in session mode: no token in the browser",
        PAGE_IN_CHROMIUM,
        e2e::session,
    ),
    suite(5, "e2e-firefox", "the core of it in Firefox", PAGE_IN_FIREFOX, e2e::firefox),
    suite(5, "e2e-webkit", "the core of it in WebKit", PAGE_IN_WEBKIT, e2e::webkit),
];

/// Suites that run only when they are named. `connector` and `graph` install programs of Python's and Node's world, `keycloak` a server of Java's. A search that goes on for a time finds what it finds: whether a change is
/// good must not depend on how fast the machine was. `native` has the fixed part of it.
const ON_REQUEST: &[&str] = &["connector", "fuzz", "graph", "keycloak"];

/// Prints the names of the suites.
fn list() {
    for suite in SUITES {
        let note = if ON_REQUEST.contains(&suite.name) { " (only when named)" } else { "" };
        progress::line(&format!("{:<12} {}{note}", suite.name, suite.what));
    }
}

fn is_chosen(name: &str, only: &[String]) -> bool {
    if only.is_empty() { !ON_REQUEST.contains(&name) } else { only.iter().any(|wanted| wanted == name) }
}

/// Runs the suites; `true` when nothing failed.
pub(crate) fn test(workspace: &Workspace, options: &Options) -> Result<bool> {
    if options.list {
        list();
        return Ok(true);
    }
    if let Some(unknown) = options.only.iter().find(|name| !SUITES.iter().any(|suite| suite.name == **name)) {
        return Err(Error::Usage(format!(
            "there is no suite `{unknown}`; `cargo xtask test --list` names them."
        )));
    }
    let chosen: Vec<&Suite> = SUITES.iter().filter(|suite| is_chosen(suite.name, &options.only)).collect();
    let started = Instant::now();
    prepare(workspace, &chosen)?;
    let logs = workspace.own("logs")?;
    let (mut total, mut timed, mut skipped) = (Counts::default(), Vec::new(), Vec::new());
    for wave in chosen.chunk_by(|one, other| one.wave == other.wave) {
        let outcomes: Vec<Result<Outcome>> = thread::scope(|scope| {
            let running: Vec<_> =
                wave.iter().map(|suite| scope.spawn(|| run_one(workspace, suite, &logs))).collect();
            let panicked = |_| Err(Error::Build("a suite's thread panicked".to_string()));
            running.into_iter().map(|thread| thread.join().unwrap_or_else(panicked)).collect()
        });
        for (suite, outcome) in wave.iter().zip(outcomes) {
            let outcome = outcome?;
            total = total.plus(outcome.counts);
            let of_suite = |(name, time)| (format!("{}: {name}", suite.name), time);
            timed.extend(outcome.timed.into_iter().map(of_suite));
            let of_suite = |note: &str| format!("{}: {note}", suite.name);
            skipped.extend(outcome.skipped.iter().map(String::as_str).map(of_suite));
        }
    }
    if !skipped.is_empty() {
        progress::line("\n  not run here");
        skipped.iter().for_each(|line| progress::line(&format!("    {line}")));
    }
    timed.sort_by_key(|(_, time)| std::cmp::Reverse(*time));
    progress::line("\n  the slowest");
    for (name, time) in timed.iter().take(SLOWEST) {
        progress::line(&format!("    {:>12}  {name}", progress::time(*time)));
    }
    if let Some(fallback) = WasmToolchain::used().and_then(|used| used.fallback_note()) {
        progress::line(&format!("\n  {fallback}"));
    }
    progress::line(&format!("\n  in {}", progress::time(started.elapsed())));
    progress::line(&total.line());
    Ok(total.failed == 0)
}

/// Runs one suite, keeps its output, and says how it went.
fn run_one(workspace: &Workspace, suite: &Suite, logs: &Path) -> Result<Outcome> {
    let begun = Instant::now();
    progress::line(&format!("  ...   {:<12} {}", suite.name, suite.what));
    let mut outcome = match (suite.run)(workspace) {
        Err(Error::Interrupted) => return Err(Error::Interrupted),
        Ok(outcome) => outcome,
        Err(error) => Outcome::one(false, error.to_string()),
    };
    if outcome.timed.is_empty() {
        outcome.timed.push((suite.what.to_string(), begun.elapsed()));
    }
    let log = logs.join(format!("{}.log", suite.name));
    fs::write(&log, &outcome.output)?;
    let failed = outcome.counts.failed > 0;
    let mut lines = Vec::new();
    if failed {
        lines.push(tail(&outcome.output, SHOWN_LINES));
    }
    lines.extend(outcome.notes.iter().map(|note| format!("        {note}")));
    lines.extend(outcome.skipped.iter().map(|what| format!("        skipped: {what}")));
    lines.push(format!(
        "  {}  {:<12} {}, {}{}",
        if failed { "FAIL" } else { "ok  " },
        suite.name,
        outcome.counts.line(),
        progress::time(begun.elapsed()),
        if failed { format!(", all output in {}", log.display()) } else { String::new() }
    ));
    progress::line(&lines.join("\n"));
    Ok(outcome)
}

/// Gets every missing tool first, so that the suites run without pauses. What cannot be had is said here and makes the
/// suites that need it red.
fn prepare(workspace: &Workspace, chosen: &[&Suite]) -> Result<()> {
    let mut seen = BTreeSet::new();
    for (name, get) in chosen.iter().flat_map(|suite| suite.needs) {
        if seen.insert(name) {
            match get(workspace) {
                Ok(()) => {}
                Err(Error::Interrupted) => return Err(Error::Interrupted),
                Err(error) => progress::line(&format!("  !     {error}")),
            }
        }
    }
    tools::tidy(workspace)
}

pub(crate) fn cargo(what: &str, workspace: &Workspace) -> Program {
    Program::new(what, "cargo")
        .env("CARGO_TARGET_DIR", &workspace.target)
        .dir(&workspace.root)
        .limit(Duration::from_secs(45 * 60))
}

fn fmt(workspace: &Workspace) -> Result<Outcome> {
    cargo("cargo fmt", workspace).args(["fmt", "--all", "--check"]).run().map(Outcome::of)
}

fn check_layers(workspace: &Workspace) -> Result<Outcome> {
    let found = layers::check(workspace)?;
    Ok(Outcome::one(found.is_empty(), found.join("\n")))
}

fn clippy(workspace: &Workspace) -> Result<Outcome> {
    cargo("cargo clippy", workspace)
        .args(["clippy", "--quiet", "--locked", "--workspace", "--all-targets", "--", "--deny", "warnings"])
        .run()
        .map(Outcome::of)
}

fn clippy_wasm(workspace: &Workspace) -> Result<Outcome> {
    WasmToolchain::get()?
        .cargo("cargo clippy for wasm32", &[])
        .args(["clippy", "--quiet", "--locked", "--target", TARGET])
        .args(["--package", "passcode-portal", "--lib", "--bins", "--tests"])
        .args(["--", "--deny", "warnings"])
        .env("CARGO_TARGET_DIR", workspace.target.join("wasm"))
        .dir(&workspace.root)
        .limit(Duration::from_secs(30 * 60))
        .run()
        .map(Outcome::of)
}

fn deny(workspace: &Workspace) -> Result<Outcome> {
    let program = tools::CARGO_DENY.get(workspace)?.join("cargo-deny");
    let run = |what: &str, args: &[&str], limit: u64| {
        Program::new(what, &program).args(args).dir(&workspace.root).limit(Duration::from_secs(limit)).run()
    };
    let mut outcome =
        Outcome::of(run("cargo deny", &["--locked", "check", "bans", "licenses", "sources"], 300)?);
    if advisories_can_be_fetched() && run("cargo deny fetch", &["fetch", "db"], 90)?.success {
        let advisories = run("cargo deny", &["--locked", "check", "--disable-fetch", "advisories"], 120)?;
        outcome.check(advisories.success, &advisories.output);
    } else {
        outcome.skip("advisories, because the database cannot be fetched from here");
    }
    Ok(outcome)
}

/// A blocked network hangs rather than fails: asked for a few seconds first.
fn advisories_can_be_fetched() -> bool {
    find_on_path("curl").is_none()
        || Program::new("curl", "curl")
            .args(["--silent", "--head", "--fail", "--connect-timeout", "5", "--max-time", "10"])
            .arg("https://github.com/RustSec/advisory-db")
            .limit(Duration::from_secs(12))
            .run()
            .is_ok_and(|answer| answer.success)
}

/// Counts of a test runner; one that failed without a failing test (it did not compile, say) is one failure.
pub(crate) fn test_run(finished: Finished) -> Outcome {
    let mut counts = counts::of_test_results(&finished.output);
    if !finished.success && counts.failed == 0 {
        counts.failed = 1;
    }
    let timed = counts::times_of_test_programs(&finished.output);
    Outcome { counts, output: finished.output, timed, ..Outcome::default() }
}

fn native(workspace: &Workspace) -> Result<Outcome> {
    let finished = cargo("cargo test", workspace)
        // The one test that names this gate, and would start it.
        .args(["test", "--locked", "--workspace", "--no-fail-fast", "--", "--skip", "the_whole_gate"])
        // A snapshot that differs is a failure, not a new file.
        .env("INSTA_UPDATE", "no")
        .env("INSTA_FORCE_PASS", "0")
        .run()?;
    let mut outcome = test_run(finished);
    if outcome.counts.passed == 0 {
        outcome.counts.failed = outcome.counts.failed.max(1);
        outcome.output.push_str("\nno test ran");
    }
    Ok(outcome)
}

fn fuzzing(workspace: &Workspace) -> Result<Outcome> {
    let fixed = cargo("cargo test", workspace)
        .args(["test", "--locked", "--package", "portal-fuzz", "--test", "corpus", "--", "--ignored"])
        .run()?;
    let mut outcome = test_run(fixed);
    let (counts, output, notes) = fuzz::suite(workspace)?;
    outcome.counts = outcome.counts.plus(counts);
    outcome.output.push_str(&output);
    outcome.notes = notes;
    Ok(outcome)
}

fn web(workspace: &Workspace) -> Result<Outcome> {
    let tools = [tools::WASM_PACK.get(workspace)?, tools::WASM_BINDGEN.get(workspace)?];
    let chromium = Chromium::get()?;
    let wanted = counts::browser_tests_in(&[&workspace.root.join("tests"), &workspace.root.join("src")])?;
    let finished = WasmToolchain::get()?
        .program("wasm-pack test", "wasm-pack", &tools)
        .args(["test", "--headless", "--chrome", "--chromedriver"])
        .arg(&chromium.driver)
        // The library's and the integration tests, so that documentation examples stay with the host.
        .args(["--mode", "no-install", "--", "--locked", "--lib", "--test", "*"])
        // The first start of a browser on a busy machine takes longer than the runner's 20 s.
        .env("WASM_BINDGEN_TEST_TIMEOUT", "120")
        .env("CARGO_TARGET_DIR", workspace.target.join("wasm"))
        .dir(&workspace.root)
        .limit(Duration::from_secs(30 * 60))
        .run()?;
    let mut outcome = test_run(finished);
    let ran = outcome.counts.passed + outcome.counts.failed;
    if ran < wanted || wanted == 0 {
        outcome.counts.failed += 1;
        outcome.output.push_str(&format!("\nthe sources have {wanted} browser tests, {ran} ran"));
    }
    Ok(outcome)
}

fn size(workspace: &Workspace) -> Result<Outcome> {
    let options = dist::Options::standard(workspace);
    dist::build(workspace, &options)?;
    let sizes = sizes::of_page(&options.out)?;
    let violations = sizes::violations(&sizes);
    let outcome = Outcome::one(violations.is_empty(), violations.join("\n"));
    Ok(Outcome { notes: sizes::table(&sizes), ..outcome })
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
mod tests {
    use super::*;

    fn finished(success: bool, output: &str) -> Finished {
        Finished { success, timed_out: None, output: output.to_string(), stdout: String::new() }
    }

    #[test]
    fn a_runner_that_fails_without_a_failing_test_is_one_failure() {
        assert_eq!(test_run(finished(false, "error[E0308]")).counts.failed, 1);
        assert_eq!(
            test_run(finished(false, "test result: FAILED. 1 passed; 2 failed; 0 ignored")).counts.failed,
            2
        );
        assert_eq!(
            test_run(finished(true, "test result: ok. 1 passed; 0 failed; 0 ignored")).counts.failed,
            0
        );
    }

    #[test]
    fn what_runs_only_on_request_is_left_out_until_it_is_named() {
        assert!(!is_chosen("fuzz", &[]));
        assert!(is_chosen("native", &[]));
        assert!(is_chosen("fuzz", &["fuzz".to_string()]));
        assert!(ON_REQUEST.iter().all(|name| SUITES.iter().any(|suite| suite.name == *name)));
    }

    #[test]
    fn the_suites_stand_in_the_order_of_their_waves_or_a_wave_would_run_in_pieces() {
        assert!(SUITES.is_sorted_by_key(|suite| suite.wave));
    }

    #[test]
    fn an_unknown_suite_is_refused_rather_than_passing_with_nothing_run() {
        let workspace = Workspace::find().unwrap();
        assert!(test(&workspace, &Options { only: vec!["unti".to_string()], list: false }).is_err());
    }
}
