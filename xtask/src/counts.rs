//! How many tests ran: read from what the runners print, and from the sources for what should have run.

use std::path::Path;
use std::time::Duration;

use fs_err as fs;
use serde_json::Value;

use crate::error::{Error, Result};
use crate::workspace;

/// Passed, failed, skipped.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    /// Tests or checks that passed.
    pub(crate) passed: u64,
    /// Tests or checks that failed.
    pub(crate) failed: u64,
    /// Tests or checks that did not run, for a stated reason.
    pub(crate) skipped: u64,
}

impl Counts {
    /// One check that passed or failed.
    pub(crate) fn one(passed: bool) -> Self {
        if passed { Self { passed: 1, ..Self::default() } } else { Self { failed: 1, ..Self::default() } }
    }

    /// The sum of two.
    pub(crate) fn plus(self, other: Self) -> Self {
        Self {
            passed: self.passed + other.passed,
            failed: self.failed + other.failed,
            skipped: self.skipped + other.skipped,
        }
    }

    /// `N passed, N failed`, and the skipped ones if there are any.
    pub(crate) fn line(self) -> String {
        let skipped = if self.skipped == 0 { String::new() } else { format!(", {} skipped", self.skipped) };
        format!("{} passed, {} failed{skipped}", self.passed, self.failed)
    }
}

/// The sum of all `test result:` lines of libtest and of wasm-bindgen's runner.
pub(crate) fn of_test_results(output: &str) -> Counts {
    output
        .lines()
        .filter_map(|line| line.trim_start().strip_prefix("test result:"))
        .map(|line| Counts {
            passed: number_before(line, "passed"),
            failed: number_before(line, "failed"),
            skipped: number_before(line, "ignored"),
        })
        .fold(Counts::default(), Counts::plus)
}

/// How long each test program took, by the lines `Running ... (target/debug/deps/name-digest)` and `finished in 1.23s`.
pub(crate) fn times_of_test_programs(output: &str) -> Vec<(String, Duration)> {
    let (mut name, mut all) = (String::new(), Vec::new());
    for line in output.lines().map(str::trim_start) {
        // The runner of the browser tests says "Running headless tests ..." too, without a program.
        if let Some((running, _)) = line.strip_prefix("Running ").and_then(|rest| rest.split_once(" (")) {
            name = running.to_string();
        } else if let Some((_, time)) = line.rsplit_once("finished in ")
            && let Some(seconds) = time.trim().strip_suffix('s').and_then(|time| time.parse().ok())
            && let Ok(time) = Duration::try_from_secs_f64(seconds)
        {
            all.push((name.clone(), time));
        }
    }
    all
}

/// What Playwright's JSON report says.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Report {
    /// The totals.
    pub(crate) counts: Counts,
    /// How long each test took.
    pub(crate) timed: Vec<(String, Duration)>,
    /// What did not run, with the reason that the test gives.
    pub(crate) skipped: Vec<String>,
}

impl Report {
    /// A flaky test passed only when repeated, which nothing here allows: it counts as failed.
    pub(crate) fn of_playwright(report: &str) -> Result<Self> {
        let value: Value = serde_json::from_str(report)
            .map_err(|error| Error::Build(format!("Playwright's report could not be read: {error}")))?;
        let stat = |name: &str| value.get("stats").and_then(|stats| stats.get(name)).and_then(Value::as_u64);
        let errors = u64::try_from(list(&value, "errors").count()).unwrap_or(1);
        let (Some(passed), Some(failed), Some(flaky), Some(skipped)) =
            (stat("expected"), stat("unexpected"), stat("flaky"), stat("skipped"))
        else {
            return Err(Error::Build("Playwright's report has no totals.".into()));
        };
        let counts = Counts { passed, failed: failed + flaky + errors, skipped };
        let mut found = Self { counts, ..Self::default() };
        list(&value, "suites").for_each(|suite| found.add_suite(suite));
        Ok(found)
    }

    fn add_suite(&mut self, suite: &Value) {
        list(suite, "suites").for_each(|inner| self.add_suite(inner));
        for spec in list(suite, "specs") {
            let name = format!("{} › {}", text(spec, "file"), text(spec, "title"));
            for test in list(spec, "tests") {
                let millis = list(test, "results").filter_map(|one| one.get("duration")?.as_u64()).sum();
                self.timed.push((name.clone(), Duration::from_millis(millis)));
                if text(test, "status") == "skipped" {
                    let reasons: Vec<&str> =
                        list(test, "annotations").map(|one| text(one, "description")).collect();
                    self.skipped.push(format!("{name}: {}", reasons.join("; ")));
                }
            }
        }
    }
}

fn list<'a>(value: &'a Value, name: &str) -> impl Iterator<Item = &'a Value> {
    value.get(name).and_then(Value::as_array).into_iter().flatten()
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// How many browser tests stand in the sources under these directories.
pub(crate) fn browser_tests_in(dirs: &[&Path]) -> Result<u64> {
    let mut count = 0;
    for dir in dirs.iter().filter(|dir| dir.is_dir()) {
        for file in workspace::files_under(dir, &|_| false)? {
            if file.extension().is_some_and(|ending| ending == "rs") {
                count += browser_tests_of(&fs::read_to_string(&file)?);
            }
        }
    }
    Ok(count)
}

/// How many browser tests a source declares; the attribute in a comment is none.
fn browser_tests_of(source: &str) -> u64 {
    let count = source.lines().filter(|line| line.trim_start().starts_with("#[wasm_bindgen_test")).count();
    u64::try_from(count).unwrap_or(u64::MAX)
}

/// The number in `; 12 passed;`.
fn number_before(line: &str, word: &str) -> u64 {
    let number = |part: &str| part.trim().strip_suffix(word)?.split_whitespace().last()?.parse().ok();
    line.split([';', ',', '.']).find_map(number).unwrap_or(0)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
mod tests {
    use super::*;

    #[test]
    fn results_of_several_binaries_are_summed() {
        let output = "test result: ok. 12 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.1s\n\
                      noise\ntest result: FAILED. 3 passed; 2 failed; 0 ignored; 0 measured\n";
        assert_eq!(of_test_results(output), Counts { passed: 15, failed: 2, skipped: 1 });
        assert_eq!(of_test_results("error[E0308]"), Counts::default());
    }

    #[test]
    fn the_time_of_a_test_program_is_named_after_its_source() {
        let output = "     Running unittests src/lib.rs (target/debug/deps/a-1)\n\ntest result: ok. 12 passed; finished in 0.10s\n\
                      Running tests/suite/main.rs (b)\nRunning headless tests in Chrome on `http://127.0.0.1:1/`\ntest result: ok. 1 passed; 0 failed; finished in 61.5s\n";
        let times = [("unittests src/lib.rs", 100), ("tests/suite/main.rs", 61_500)];
        assert_eq!(
            times_of_test_programs(output),
            times.map(|(name, time)| (name.to_string(), Duration::from_millis(time)))
        );
    }

    #[test]
    fn a_flaky_test_and_an_error_outside_tests_count_as_failed() {
        let report =
            r#"{"stats":{"expected":5,"unexpected":1,"flaky":1,"skipped":2},"errors":[{"message":"x"}]}"#;
        let counts = Counts { passed: 5, failed: 3, skipped: 2 };
        assert_eq!(Report::of_playwright(report).unwrap(), Report { counts, ..Report::default() });
        assert!(Report::of_playwright("{}").is_err());
    }

    #[test]
    fn the_report_tells_how_long_each_test_took_and_why_one_did_not_run() {
        let report = r#"{"stats":{"expected":1,"unexpected":0,"flaky":0,"skipped":1},"suites":[{"suites":[{"specs":[
            {"file":"a.spec.mjs","title":"runs","tests":[{"status":"expected","results":[{"duration":1500}]}]},
            {"file":"a.spec.mjs","title":"rests","tests":[{"status":"skipped","annotations":[{"description":"why"}],"results":[]}]}]}]}]}"#;
        let report = Report::of_playwright(report).unwrap();
        assert_eq!(
            report.timed.first(),
            Some(&("a.spec.mjs › runs".to_string(), Duration::from_millis(1500)))
        );
        assert_eq!(report.skipped, ["a.spec.mjs › rests: why"]);
    }

    #[test]
    fn browser_tests_are_counted_in_the_source_but_not_in_comments() {
        assert_eq!(
            browser_tests_of(
                "#[wasm_bindgen_test]\nfn a() {}\n  #[wasm_bindgen_test(async)]\n// #[wasm_bindgen_test]\n"
            ),
            2
        );
    }

    #[test]
    fn the_closing_line_names_skipped_ones_only_when_there_are_any() {
        assert_eq!(Counts { passed: 2, failed: 0, skipped: 0 }.line(), "2 passed, 0 failed");
        assert_eq!(
            Counts::one(false).plus(Counts { passed: 0, failed: 0, skipped: 1 }).line(),
            "0 passed, 1 failed, 1 skipped"
        );
    }
}
