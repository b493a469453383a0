//! `cargo xtask fuzz`, and the suite `fuzz` of `cargo xtask test`: the targets of `fuzz/`, searched by libFuzzer.
//!
//! The program is built by the ordinary stable compiler: the coverage counters come from LLVM's own pass, which `-C passes`
//! switches on, so neither a nightly compiler nor `cargo-fuzz` is needed. It gets a target directory and a profile of its
//! own, because every crate in it is built with those counters.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use fs_err as fs;

use crate::counts::Counts;
use crate::error::{Error, Result};
use crate::process::{Finished, Program, tail};
use crate::progress;
use crate::workspace::Workspace;

/// What makes the compiler count: which edges were taken, and what was compared with what.
const COVERAGE: &str = "-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
    -Cllvm-args=-sanitizer-coverage-trace-compares -Cllvm-args=-simplifycfg-branch-fold-threshold=0";
/// The longest input, in bytes: the parsers refuse what is far longer, and long inputs are slow to search.
const LONGEST_INPUT: u32 = 4096;
/// One input may take this long, in seconds; a parser that needs more is a defect.
const SLOWEST_INPUT: u32 = 10;
/// The most memory, in megabytes.
const MOST_MEMORY: u32 = 2048;
/// How long each target is searched in the suite: short, so that all of them take about two minutes.
const SUITE_SECONDS: u64 = 5;

/// What the person asked for.
#[derive(Debug, Clone, PartialEq, Eq, clap::Args)]
pub(crate) struct Options {
    /// How long each target is searched, in seconds.
    #[arg(long, value_name = "N", default_value_t = 60, value_parser = clap::value_parser!(u64).range(1..=604_800))]
    pub(crate) seconds: u64,
    /// Only this target.
    #[arg(long)]
    pub(crate) target: Option<String>,
    /// Where libFuzzer begins.
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u64).range(1..=4_294_967_295))]
    pub(crate) seed: u64,
}

/// How one target went.
struct Searched {
    executions: u64,
    coverage: u64,
    found: Option<String>,
}

/// The command: prints one line a target; `false` when an input broke something.
pub(crate) fn fuzz(workspace: &Workspace, options: &Options) -> Result<bool> {
    let (counts, output) = search_all(workspace, options, &|line| progress::line(line))?;
    if counts.failed > 0 {
        progress::line(&output);
    }
    progress::line(&counts.line());
    Ok(counts.failed == 0)
}

/// The suite: a short search of every target, with its lines.
pub(crate) fn suite(workspace: &Workspace) -> Result<(Counts, String, Vec<String>)> {
    let options = Options { seconds: SUITE_SECONDS, target: None, seed: 1 };
    let lines = std::cell::RefCell::new(Vec::new());
    let (counts, output) =
        search_all(workspace, &options, &|line| lines.borrow_mut().push(line.trim().to_string()))?;
    Ok((counts, output, lines.into_inner()))
}

fn search_all(workspace: &Workspace, options: &Options, say: &dyn Fn(&str)) -> Result<(Counts, String)> {
    let targets = targets(&workspace.root.join("fuzz"))?;
    if let Some(wanted) = &options.target
        && !targets.contains(wanted)
    {
        return Err(Error::Usage(format!(
            "there is no target `{wanted}`; there are: {}.",
            targets.join(", ")
        )));
    }
    let program = build(workspace)?;
    let (mut counts, mut output) = (Counts::default(), String::new());
    for name in targets.iter().filter(|name| options.target.as_ref().is_none_or(|wanted| wanted == *name)) {
        let searched = search(workspace, &program, name, options)?;
        say(&format!(
            "  {} {name:<14} {:>9} executions, {:>5} edges",
            if searched.found.is_none() { "ok  " } else { "FAIL" },
            searched.executions,
            searched.coverage
        ));
        counts = counts.plus(Counts::one(searched.found.is_none()));
        output.push_str(&searched.found.unwrap_or_default());
    }
    Ok((counts, output))
}

/// The targets are the folders of the committed corpus; a test of `fuzz/` holds them against its list.
fn targets(dir: &Path) -> Result<Vec<String>> {
    let corpus = dir.join("corpus");
    let entries = fs::read_dir(&corpus)?;
    let mut names: Vec<String> = entries
        .filter_map(|entry| entry.ok().filter(|entry| entry.path().is_dir()))
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    if names.is_empty() { Err(Error::Build(format!("{} is empty", corpus.display()))) } else { Ok(names) }
}

fn build(workspace: &Workspace) -> Result<PathBuf> {
    let host =
        Program::new("rustc", "rustc").args(["--print", "host-tuple"]).run_ok()?.stdout.trim().to_string();
    let dir = workspace.target.join("fuzz");
    let started = Instant::now();
    progress::note("building the fuzzing targets");
    Program::new("building the fuzzing targets", "cargo")
        .args(["build", "--quiet", "--locked", "--package", "portal-fuzz", "--features", "libfuzzer"])
        // With a target named, the counters stay out of build scripts and macros.
        .args(["--target", &host, "--profile", "fuzz"])
        .args([
            "--config=profile.fuzz.inherits='release'",
            "--config=profile.fuzz.opt-level=2",
            "--config=profile.fuzz.lto=false",
            "--config=profile.fuzz.codegen-units=16",
            "--config=profile.fuzz.debug-assertions=true",
            "--config=profile.fuzz.overflow-checks=true",
        ])
        .env("RUSTFLAGS", COVERAGE)
        .env("CARGO_TARGET_DIR", &dir)
        .dir(&workspace.root)
        .limit(Duration::from_secs(60 * 60))
        .run_ok()?;
    progress::note(&format!("built in {}", progress::time(started.elapsed())));
    Ok(dir.join(host).join("fuzz").join("portal-fuzz"))
}

fn search(workspace: &Workspace, program: &Path, name: &str, options: &Options) -> Result<Searched> {
    let own = workspace.target.join("fuzz");
    let (found, grown) = (own.join("artifacts").join(name), own.join("corpus").join(name));
    fs::create_dir_all(&found)?;
    fs::create_dir_all(&grown)?;
    let fuzz = workspace.root.join("fuzz");
    let finished = Program::new(format!("fuzzing {name}"), program)
        .env("PORTAL_FUZZ_TARGET", name)
        .arg(format!("-max_total_time={}", options.seconds))
        .arg(format!("-seed={}", options.seed))
        .arg(format!("-max_len={LONGEST_INPUT}"))
        .arg(format!("-timeout={SLOWEST_INPUT}"))
        .arg(format!("-rss_limit_mb={MOST_MEMORY}"))
        .args(["-use_value_profile=1", "-print_final_stats=1"])
        .arg(format!("-dict={}", fuzz.join("words.dict").display()))
        .arg(format!("-artifact_prefix={}/", found.display()))
        // What is found new goes into the first, so that a longer search goes on where the last one stopped.
        .arg(&grown)
        .arg(fuzz.join("corpus").join(name))
        .limit(Duration::from_secs(options.seconds + 300))
        .run()?;
    Ok(read(name, &finished))
}

/// Reads libFuzzer's report.
fn read(name: &str, finished: &Finished) -> Searched {
    let executions = after(&finished.output, "stat::number_of_executed_units:").unwrap_or(0);
    let coverage = finished.output.lines().rev().find_map(|line| after(line, " cov:")).unwrap_or(0);
    // A search that executed nothing has shown nothing.
    let found =
        (!finished.success || executions == 0).then(|| format!("{name}:\n{}\n", tail(&finished.output, 40)));
    Searched { executions, coverage, found }
}

/// The number behind a word.
fn after(text: &str, word: &str) -> Option<u64> {
    text.split_once(word)?.1.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finished(success: bool, output: &str) -> Finished {
        Finished { success, timed_out: None, output: output.to_string(), stdout: String::new() }
    }

    #[test]
    fn executions_and_coverage_are_read_and_a_search_of_nothing_has_failed() {
        let report = "#2 INITED cov: 10 ft: 11\n#99 DONE   cov: 120 ft: 300 corp: 5/20b\n\
                      stat::number_of_executed_units: 4711\n";
        let searched = read("x", &finished(true, report));
        assert_eq!((searched.executions, searched.coverage, searched.found), (4711, 120, None));
        assert!(read("x", &finished(true, "")).found.is_some());
        assert!(read("x", &finished(false, report)).found.is_some());
    }
}
