//! After the reset: what the person ticked off, and whether it worked. Kept for the visit, stored nowhere.

use super::turn::Turn;
use crate::domain::{Checklist, ChecklistStep};

/// What the person says about a reset.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// The device is open.
    Worked,
    /// It is not.
    StillLocked,
}

/// What is known about the time after the reset.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Aftermath {
    /// The steps that are ticked, by result.
    pub checklist: Checklist,
    verdict: Option<(String, Verdict)>,
}

impl Aftermath {
    /// What the person said about this result; `None` before they said anything.
    #[must_use]
    pub fn verdict(&self, result: &str) -> Option<Verdict> {
        self.verdict.as_ref().filter(|(of, _)| of == result).map(|(_, verdict)| *verdict)
    }
}

impl Turn {
    pub(super) fn on_step_ticked(&mut self, result: &str, step: ChecklistStep) {
        self.model.aftermath.checklist.toggle(result, step);
    }

    /// Said once more it is taken back: a wrong click costs nothing.
    pub(super) fn on_verdict_given(&mut self, result: String, verdict: Verdict) {
        let is_known = self.model.aftermath.verdict(&result) == Some(verdict);
        self.model.aftermath.verdict = (!is_known).then_some((result, verdict));
    }
}
