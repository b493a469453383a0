//! The suite `keycloak`: Keycloak itself, with the realm of `testkit/keycloak`, for sign-in, step-up and sign-out in both modes
//! (`server/tests/keycloak.rs`), one version after the other.
//!
//! It comes from Maven's registry by Maven itself, into a folder of the build; without Java or Maven, or where a version cannot be had,
//! that version is skipped by name.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use fs_err as fs;

use crate::error::Result;
use crate::http;
use crate::interrupt;
use crate::outcome::Outcome;
use crate::process::{Program, find_on_path};
use crate::progress;
use crate::suites::{cargo, test_run};
use crate::workspace::{self, Workspace};

/// The versions that the documentation names.
const VERSIONS: [Version; 2] = [
    // The last whose access tokens carry a `nonce`.
    Version { name: "24.0.5", has_management_port: false },
    // The current one.
    Version { name: "26.7.3", has_management_port: true },
];
const REALM: &str = "portal";
const MINUTES: u64 = 60;

/// One of them.
#[derive(Debug, Clone, Copy)]
struct Version {
    name: &'static str,
    /// From 25 on health and metrics are on a port of their own, which has to be free.
    has_management_port: bool,
}

/// Runs the tests that need Keycloak at each version that can be had.
pub(crate) fn run(workspace: &Workspace) -> Result<Outcome> {
    let own = workspace.own("keycloak")?;
    let mut whole = Outcome::default();
    for version in VERSIONS {
        let name = version.name;
        let installed = match installed(&own, version)? {
            Ok(installed) => installed,
            Err(reason) => {
                whole.skip(format!("Keycloak {name}, because {reason}"));
                continue;
            }
        };
        let started = Instant::now();
        match run_at(workspace, version, &installed) {
            Ok(outcome) => {
                whole.notes.push(format!("Keycloak {name}: {}", outcome.counts.line()));
                whole.counts = whole.counts.plus(outcome.counts);
                whole.output.push_str(&format!("Keycloak {name}\n{}\n", outcome.output));
            }
            Err(_) if interrupt::asked_to_end() => return Err(crate::error::Error::Interrupted),
            // One version that does not start says nothing of the other.
            Err(error) => whole.check(false, &format!("Keycloak {name}: {error}")),
        }
        whole.timed.push((format!("Keycloak {name}"), started.elapsed()));
    }
    Ok(whole)
}

/// Starts one version and runs the tests at it.
fn run_at(workspace: &Workspace, version: Version, installed: &Path) -> Result<Outcome> {
    let own = workspace.own("keycloak")?;
    // What an earlier run left is another realm.
    let data = installed.join("data");
    workspace::remove_dir(&data)?;
    fs::create_dir_all(data.join("import"))?;
    let realm = fs::read_to_string(workspace.root.join("testkit/keycloak/portal-realm.json"))?;
    fs::write(data.join("import/portal-realm.json"), realm)?;
    let port = http::free_port()?;
    progress::note(&format!("starting Keycloak {}", version.name));
    let mut program = Program::new("Keycloak", "sh")
        .arg(installed.join("bin/kc.sh"))
        .args(["start-dev", "--import-realm", "--http-host=127.0.0.1"])
        .arg(format!("--http-port={port}"));
    if version.has_management_port {
        program = program.arg(format!("--http-management-port={}", http::free_port()?));
    }
    let mut keycloak = program.dir(&own).serve(&own.join(format!("log-{}", version.name)))?;
    let ready = format!("/realms/{REALM}/.well-known/openid-configuration");
    http::wait_until_ready(&mut keycloak, port, &ready, Duration::from_secs(4 * MINUTES))?;
    let finished = cargo("cargo test", workspace)
        .args(["test", "--locked", "--package", "portal-server", "--test", "keycloak", "--", "--ignored"])
        .env("PORTAL_TEST_KEYCLOAK", format!("http://127.0.0.1:{port}/realms/{REALM}"))
        .run()?;
    let mut outcome = test_run(finished);
    if outcome.counts.passed == 0 {
        outcome.counts.failed = outcome.counts.failed.max(1);
        outcome.output.push_str("\nno test ran");
    }
    keycloak.still_running()?;
    Ok(outcome)
}

/// The folder of the distribution, fetched once; or why there is none.
fn installed(own: &Path, version: Version) -> Result<std::result::Result<PathBuf, &'static str>> {
    let name = version.name;
    let folder = own.join(format!("keycloak-{name}"));
    if find_on_path("java").is_none() {
        return Ok(Err("there is no Java here"));
    }
    if folder.join("version.txt").is_file() {
        return Ok(Ok(folder));
    }
    let Some(maven) = find_on_path("mvn") else { return Ok(Err("there is no Maven here to fetch it with")) };
    progress::note(&format!("fetching Keycloak {name}, about 150 MB, once"));
    // Whole or not at all: a fetch that is ended leaves a folder that looks like the distribution.
    let fetched_to = own.join(format!("fetched-{name}"));
    workspace::remove_dir(&fetched_to)?;
    fs::create_dir_all(&fetched_to)?;
    let fetched = Program::new("mvn dependency:unpack", maven)
        .args(["--batch-mode", "--quiet", "dependency:unpack"])
        .arg(format!("-Dartifact=org.keycloak:keycloak-quarkus-dist:{name}:zip"))
        .arg(format!("-DoutputDirectory={}", fetched_to.display()))
        // Where there is no project, Maven would make a folder for one beside the sources.
        .dir(&fetched_to)
        .limit(Duration::from_secs(10 * MINUTES))
        .run()?;
    let unpacked = fetched_to.join(format!("keycloak-{name}"));
    if !fetched.success || !unpacked.join("version.txt").is_file() {
        workspace::remove_dir(&fetched_to)?;
        return Ok(Err("it cannot be fetched from here"));
    }
    workspace::remove_dir(&folder)?;
    fs::rename(unpacked, &folder)?;
    workspace::remove_dir(&fetched_to)?;
    Ok(Ok(folder))
}
