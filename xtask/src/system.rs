//! The system's package manager: what only it can install (Chromium, the fallback compiler), where this user may.

use std::ffi::OsStr;
use std::time::Duration;

use crate::error::{Error, Result};
use crate::process::{Program, find_on_path};

/// How long a package installation may take.
const LIMIT: Duration = Duration::from_secs(15 * 60);

/// Whether packages can be installed without asking anybody: apt-get as root or through a sudo that asks nothing.
pub(crate) fn can_install() -> bool {
    find_on_path("apt-get").is_some() && (is_root() || sudo_asks_nothing())
}

/// Installs packages; those already there cost a second.
pub(crate) fn install(packages: &[&str]) -> Result<()> {
    update()?;
    apt("apt-get install")?
        .args(["install", "--yes", "--no-install-recommends"])
        .args(packages)
        .limit(LIMIT)
        .run_ok()
        .map(drop)
}

/// Fetches the lists of packages.
pub(crate) fn update() -> Result<()> {
    apt("apt-get update")?.arg("update").limit(Duration::from_secs(180)).run_ok().map(drop)
}

/// A program run as root, directly or through sudo.
pub(crate) fn as_root(what: &str, program: impl AsRef<OsStr>) -> Result<Program> {
    if is_root() {
        return Ok(Program::new(what, program));
    }
    if sudo_asks_nothing() {
        return Ok(Program::new(what, "sudo").arg("-n").arg(program));
    }
    Err(Error::Missing {
        what: format!("{what}: this needs root, and sudo asks for a password."),
        remedy: "run the same command as root once.".into(),
    })
}

fn apt(what: &str) -> Result<Program> {
    // `env` carries the setting through sudo, which would drop it.
    Ok(as_root(what, "env")?.args(["DEBIAN_FRONTEND=noninteractive", "apt-get", "-q"]))
}

/// By `id -u`: no extra feature of a crate for one number.
fn is_root() -> bool {
    Program::new("id", "id").arg("-u").run().is_ok_and(|answer| answer.stdout.trim() == "0")
}

fn sudo_asks_nothing() -> bool {
    find_on_path("sudo").is_some()
        && Program::new("sudo", "sudo")
            .args(["-n", "true"])
            .limit(Duration::from_secs(5))
            .run()
            .is_ok_and(|answer| answer.success)
}
