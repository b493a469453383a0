//! How many tests ran: read from what the runners print, and from the sources for what should have run.

use std::path::Path;

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

/// The totals of Playwright's JSON report. A flaky test passed only when repeated, which nothing here allows: it counts
/// as failed.
pub(crate) fn of_playwright(report: &str) -> Result<Counts> {
    let value: serde_json::Value = serde_json::from_str(report)
        .map_err(|error| Error::Build(format!("Playwright's report could not be read: {error}")))?;
    let stat =
        |name: &str| value.get("stats").and_then(|stats| stats.get(name)).and_then(serde_json::Value::as_u64);
    let errors = value.get("errors").and_then(serde_json::Value::as_array).map_or(0, Vec::len);
    match (stat("expected"), stat("unexpected"), stat("flaky"), stat("skipped")) {
        (Some(passed), Some(failed), Some(flaky), Some(skipped)) => {
            Ok(Counts { passed, failed: failed + flaky + u64::try_from(errors).unwrap_or(1), skipped })
        }
        _ => Err(Error::Build("Playwright's report has no totals.".into())),
    }
}

/// How many tests Playwright's `--list` names: the last line, `Total: 12 tests in 3 files`.
pub(crate) fn listed_by_playwright(output: &str) -> u64 {
    output
        .lines()
        .rev()
        .find_map(|line| line.trim().strip_prefix("Total:"))
        .and_then(|rest| rest.split_whitespace().next())
        .and_then(|count| count.parse().ok())
        .unwrap_or(0)
}

/// How many browser tests stand in the sources under these directories.
pub(crate) fn browser_tests_in(dirs: &[&Path]) -> Result<u64> {
    let mut count = 0;
    for dir in dirs.iter().filter(|dir| dir.is_dir()) {
        for file in workspace::files_under(dir, &|_| false)? {
            if file.extension().is_some_and(|ending| ending == "rs") {
                count += browser_tests_of(&workspace::read(&file)?);
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
    let mut previous = "";
    for one in line.split_whitespace() {
        if one.trim_end_matches([';', ',', '.']) == word {
            return previous.parse().unwrap_or(0);
        }
        previous = one;
    }
    0
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
    fn a_flaky_test_and_an_error_outside_tests_count_as_failed() {
        let report =
            r#"{"stats":{"expected":5,"unexpected":1,"flaky":1,"skipped":2},"errors":[{"message":"x"}]}"#;
        assert_eq!(of_playwright(report).unwrap(), Counts { passed: 5, failed: 3, skipped: 2 });
        assert!(of_playwright("{}").is_err());
    }

    #[test]
    fn the_total_of_a_listing_is_read() {
        assert_eq!(listed_by_playwright("  a.spec.mjs\nTotal: 41 tests in 7 files\n"), 41);
        assert_eq!(listed_by_playwright("Error"), 0);
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
