//! How a suite went.

use std::time::Duration;

use crate::counts::Counts;
use crate::process::Finished;

/// What is counted, shown and kept of a suite.
#[derive(Debug, Default)]
pub(crate) struct Outcome {
    /// How many tests or checks passed, failed, did not run.
    pub(crate) counts: Counts,
    /// What ran, for the person who has to find out why it failed.
    pub(crate) output: String,
    /// Lines that are shown even when all is well.
    pub(crate) notes: Vec<String>,
    /// What did not run, and why: shown, and told again at the end.
    pub(crate) skipped: Vec<String>,
    /// How long its parts took, as far as that is known: tests of the browser, programs of tests, checks.
    pub(crate) timed: Vec<(String, Duration)>,
}

impl Outcome {
    /// A suite that is one check.
    pub(crate) fn one(passed: bool, output: String) -> Self {
        Self { counts: Counts::one(passed), output, ..Self::default() }
    }

    /// A suite that is one program: it passed if the program did.
    pub(crate) fn of(finished: Finished) -> Self {
        Self::one(finished.success, finished.output)
    }

    /// Counts one more check; of one that failed it is kept what it said.
    pub(crate) fn check(&mut self, passed: bool, said: &str) {
        self.counts = self.counts.plus(Counts::one(passed));
        if !passed {
            self.output.push_str(&format!("{said}\n"));
        }
    }

    /// Counts one that cannot run here.
    pub(crate) fn skip(&mut self, why: impl Into<String>) {
        self.counts.skipped += 1;
        self.skipped.push(why.into());
    }
}
