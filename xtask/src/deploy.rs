//! The suite `deploy`: the files of `deploy/`, judged by those who will read them.
//!
//! systemd says itself whether the unit is well-formed and how exposed the service is. The container's file is judged by
//! nobody here: that takes an engine.

use std::time::Duration;

use fs_err as fs;

use crate::counts::Counts;
use crate::error::Result;
use crate::process::{Finished, Program, find_on_path};
use crate::suites::Outcome;
use crate::workspace::Workspace;

const UNIT: &str = "passcode-portal.service";
/// systemd's measure, times ten: 0 is a service that can do nothing, 100 one that may do everything. Ours has 12 with
/// systemd 252; what remains is that it listens and asks on the network.
const MOST_EXPOSED: u32 = 15;

/// Asks systemd about the unit.
pub(crate) fn run(workspace: &Workspace) -> Result<Outcome> {
    let mut outcome = Outcome::default();
    if find_on_path("systemd-analyze").is_none() {
        outcome.counts.skipped += 2;
        outcome.notes.push("skipped: the systemd unit, because there is no systemd-analyze here".to_string());
        return Ok(outcome);
    }
    let text = fs::read_to_string(workspace.root.join("deploy").join(UNIT))?;
    let unit = workspace.own("deploy")?.join(UNIT);
    fs::write(&unit, startable_here(&text))?;
    let analyze = |arguments: &[&str]| {
        Program::new("systemd-analyze", "systemd-analyze")
            .args(arguments)
            .arg(&unit)
            .limit(Duration::from_secs(60))
            .run()
    };
    // Unknown settings are warnings to it, and a warning here is a protection that is not there. It reads the machine's
    // other units too; what is wrong with those is none of our business.
    let verified = analyze(&["verify"])?;
    let is_clean = verified.success && !verified.output.contains(UNIT);
    outcome.add("systemd-analyze verify", is_clean, &verified);
    let threshold = format!("--threshold={MOST_EXPOSED}");
    let exposure = analyze(&["security", "--offline=yes", "--no-pager", &threshold])?;
    outcome
        .notes
        .extend(exposure.output.lines().filter(|line| line.contains("exposure level")).map(str::to_string));
    outcome.add("systemd-analyze security", exposure.success, &exposure);
    Ok(outcome)
}

impl Outcome {
    fn add(&mut self, what: &str, passed: bool, finished: &Finished) {
        self.counts = self.counts.plus(Counts::one(passed));
        if !passed {
            self.output.push_str(&format!("{what}:\n{}\n", finished.output));
        }
    }
}

/// The unit with a program that is there: a missing one is all that the check would talk about.
fn startable_here(unit: &str) -> String {
    let line = |line: &str| {
        if line.starts_with("ExecStart=") { "ExecStart=/bin/sh".to_string() } else { line.to_string() }
    };
    unit.lines().map(line).collect::<Vec<_>>().join("\n") + "\n"
}
