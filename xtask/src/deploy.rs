//! The suite `deploy`: the files of `deploy/`, judged by those who will read them.
//!
//! systemd says itself whether the unit is well-formed and how exposed the service is. A container cannot be built
//! without an engine; what can be said of its file without one is said by the tests below.

use std::time::Duration;

use crate::counts::Counts;
use crate::error::Result;
use crate::process::{Finished, Program, find_on_path};
use crate::suites::Outcome;
use crate::workspace::{self, Workspace};

const UNIT: &str = "passcode-portal.service";
/// systemd's measure, times ten: 0 is a service that can do nothing, 100 one that may do everything. Ours has 12 with
/// systemd 252; what remains is that it listens and asks on the network.
const MOST_EXPOSED: u32 = 15;

/// Asks systemd about the unit.
pub(crate) fn run(workspace: &Workspace) -> Result<Outcome> {
    let mut outcome = Outcome { counts: Counts::default(), output: String::new(), notes: Vec::new() };
    if find_on_path("systemd-analyze").is_none() {
        outcome.counts.skipped += 2;
        outcome.notes.push("skipped: the systemd unit, because there is no systemd-analyze here".to_string());
        return Ok(outcome);
    }
    let text = workspace::read(&workspace.root.join("deploy").join(UNIT))?;
    let unit = workspace.own("deploy")?.join(UNIT);
    workspace::write(&unit, startable_here(&text))?;
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

#[cfg(test)]
mod tests {
    use super::startable_here;

    const UNIT: &str = include_str!("../../deploy/passcode-portal.service");
    const CONTAINER: &str = include_str!("../../deploy/Containerfile");
    const CONTEXT: &str = include_str!("../../deploy/Containerfile.dockerignore");

    /// The instructions, without comments, continued lines joined.
    fn instructions() -> Vec<String> {
        let lines: Vec<&str> = CONTAINER.lines().filter(|line| !line.starts_with('#')).collect();
        lines.join("\n").replace("\\\n", " ").lines().map(str::to_string).collect()
    }

    #[test]
    fn the_unit_keeps_every_protection_that_the_handbook_names() {
        for setting in [
            "DynamicUser=yes",
            "NoNewPrivileges=yes",
            "CapabilityBoundingSet=\n",
            "ProtectSystem=strict",
            "ProtectHome=yes",
            "PrivateTmp=yes",
            "PrivateDevices=yes",
            "PrivateUsers=yes",
            "ProtectProc=invisible",
            "MemoryDenyWriteExecute=yes",
            "SystemCallFilter=@system-service\nSystemCallFilter=~@privileged @resources\n",
            "RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX\n",
            "StateDirectory=passcode-portal\nStateDirectoryMode=0700\nUMask=0077\n",
            "LoadCredential=passcode.keys:",
            "#LoadCredential=client-secret:",
            "#LoadCredential=audit.keys:",
            "LimitCORE=0",
            "MemorySwapMax=0",
            "Restart=on-failure",
            "RestartPreventExitStatus=2",
        ] {
            assert!(UNIT.contains(&format!("\n{setting}")), "{setting}");
        }
    }

    #[test]
    fn only_the_program_is_another_when_the_unit_is_checked() {
        let differs = |(ours, checked): &(&str, &str)| ours != checked;
        let checked = startable_here(UNIT);
        let different: Vec<(&str, &str)> = UNIT.lines().zip(checked.lines()).filter(differs).collect();
        assert_eq!(different.len(), 1);
        assert!(
            different.iter().all(|(ours, _)| ours.starts_with("ExecStart=/usr/local/bin/portal-server "))
        );
    }

    #[test]
    fn no_key_stands_in_the_unit_or_the_container() {
        for text in [UNIT, CONTAINER] {
            assert!(
                !text.contains("__KEY") && !text.contains("key ="),
                "a key belongs in no image and no unit"
            );
        }
    }

    #[test]
    fn the_container_runs_as_nobody_in_particular_with_nothing_to_start_but_the_server() {
        let all = instructions();
        let last_stage: Vec<&String> =
            all.iter().rev().take_while(|line| !line.starts_with("FROM ")).collect();
        let has = |start: &str| last_stage.iter().any(|line| line.starts_with(start));
        assert!(has("USER 65532:65532"));
        assert!(has("ENTRYPOINT [\"/usr/local/bin/portal-server\"]"), "no shell in between");
        assert!(!has("RUN ") && !has("ADD "), "nothing is installed into what runs");
        assert!(has("STOPSIGNAL SIGTERM"));
    }

    #[test]
    fn the_bases_are_named_by_version_and_can_be_given_by_digest() {
        let all = instructions();
        let bases: Vec<&String> = all.iter().filter(|line| line.starts_with("FROM ")).collect();
        assert_eq!(bases.len(), 2);
        assert!(bases.iter().all(|line| line.contains("${")), "{bases:?}");
        for argument in all.iter().filter(|line| line.starts_with("ARG ")) {
            let image = argument.split_once('=').map_or("", |(_, image)| image);
            let tag =
                image.rsplit_once('/').and_then(|(_, name)| name.split_once(':')).map_or("", |(_, tag)| tag);
            assert!(!tag.is_empty() && tag != "latest", "{argument}");
        }
    }

    #[test]
    fn the_build_sees_named_files_only_and_neither_data_nor_keys() {
        assert_eq!(CONTEXT.lines().find(|line| !line.starts_with('#')), Some("*"));
        for kept in CONTEXT.lines().filter_map(|line| line.strip_prefix('!')) {
            assert!(!["data", ".git", "target", "e2e"].contains(&kept), "{kept}");
        }
    }
}
