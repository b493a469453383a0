//! The suite `keycloak`: Keycloak itself, with the realm of `testkit/keycloak`, for sign-in, step-up and sign-out in both modes
//! (`server/tests/keycloak.rs`).
//!
//! It comes from Maven's registry by Maven itself, into a folder of the build; without Java or Maven, or where it cannot be had, the
//! suite is skipped by name.

use std::path::{Path, PathBuf};
use std::time::Duration;

use fs_err as fs;

use crate::error::Result;
use crate::http;
use crate::outcome::Outcome;
use crate::process::{Program, find_on_path};
use crate::progress;
use crate::suites::{cargo, test_run};
use crate::workspace::{self, Workspace};

/// The version that the documentation names.
const VERSION: &str = "26.0.8";
const REALM: &str = "portal";
const MINUTES: u64 = 60;

/// Starts Keycloak and runs the tests that need it.
pub(crate) fn run(workspace: &Workspace) -> Result<Outcome> {
    let own = workspace.own("keycloak")?;
    let installed = match installed(&own)? {
        Ok(installed) => installed,
        Err(reason) => {
            let mut outcome = Outcome::default();
            outcome.skip(format!("Keycloak {VERSION}, because {reason}"));
            return Ok(outcome);
        }
    };
    // What an earlier run left is another realm.
    let data = installed.join("data");
    workspace::remove_dir(&data)?;
    fs::create_dir_all(data.join("import"))?;
    let realm = fs::read_to_string(workspace.root.join("testkit/keycloak/portal-realm.json"))?;
    fs::write(data.join("import/portal-realm.json"), realm)?;
    let (port, management) = (http::free_port()?, http::free_port()?);
    progress::note("starting Keycloak");
    let mut keycloak = Program::new("Keycloak", "sh")
        .arg(installed.join("bin/kc.sh"))
        .args(["start-dev", "--import-realm", "--http-host=127.0.0.1"])
        .args([format!("--http-port={port}"), format!("--http-management-port={management}")])
        .dir(&own)
        .serve(&own.join("log"))?;
    let ready = format!("/realms/{REALM}/.well-known/openid-configuration");
    http::wait_until_ready(&mut keycloak, port, &ready, Duration::from_secs(3 * MINUTES))?;
    let finished = cargo("cargo test", workspace)
        .args(["test", "--locked", "--package", "portal-server", "--test", "keycloak", "--", "--ignored"])
        .env("PORTAL_TEST_KEYCLOAK", format!("http://127.0.0.1:{port}/realms/{REALM}"))
        .run()?;
    let outcome = test_run(finished);
    keycloak.still_running()?;
    Ok(outcome)
}

/// The folder of the distribution, fetched once; or why there is none.
fn installed(own: &Path) -> Result<std::result::Result<PathBuf, &'static str>> {
    let folder = own.join(format!("keycloak-{VERSION}"));
    if find_on_path("java").is_none() {
        return Ok(Err("there is no Java here"));
    }
    if folder.join("bin/kc.sh").is_file() {
        return Ok(Ok(folder));
    }
    let Some(maven) = find_on_path("mvn") else { return Ok(Err("there is no Maven here to fetch it with")) };
    progress::note("fetching Keycloak, about 150 MB, once");
    let fetched = Program::new("mvn dependency:unpack", maven)
        .args(["--batch-mode", "--quiet", "dependency:unpack"])
        .arg(format!("-Dartifact=org.keycloak:keycloak-quarkus-dist:{VERSION}:zip"))
        .arg(format!("-DoutputDirectory={}", own.display()))
        .dir(own)
        .limit(Duration::from_secs(10 * MINUTES))
        .run()?;
    let is_there = fetched.success && folder.join("bin/kc.sh").is_file();
    Ok(if is_there { Ok(folder) } else { Err("it cannot be fetched from here") })
}
