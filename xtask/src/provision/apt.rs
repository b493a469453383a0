//! The system's package manager: what only it can install (browsers, the fallback compiler), where this user may.

use std::sync::Mutex;
use std::time::Duration;

use crate::error::{Error, Result};
use crate::process::{Program, find_on_path};

/// How long a package installation may take.
const LIMIT: Duration = Duration::from_secs(15 * 60);

/// Whether packages can be installed without asking anybody: apt-get as root or through a sudo that asks nothing.
pub(super) fn can_install() -> bool {
    find_on_path("apt-get").is_some() && (is_root() || sudo_asks_nothing())
}

/// Installs packages; those already there cost a second.
pub(super) fn install(packages: &[&str]) -> Result<()> {
    apt_get(&["update"], &[])?;
    apt_get(&["install", "--yes", "--no-install-recommends"], packages)
}

/// Whether all of them are installed.
pub(super) fn are_installed(packages: &[&str]) -> bool {
    find_on_path("dpkg-query").is_some()
        && Program::new("dpkg-query", "dpkg-query")
            .args(["--show", "--showformat=${db:Status-Abbrev}\n"])
            .args(packages)
            .run()
            .is_ok_and(|answer| answer.success && answer.stdout.lines().all(|line| line.trim() == "ii"))
}

/// One at a time: a second apt-get fails at the lock of the first instead of waiting for it, and suites run side by side.
fn apt_get(command: &[&str], packages: &[&str]) -> Result<()> {
    static ONE: Mutex<()> = Mutex::new(());
    let _turn = ONE.lock();
    let program = if is_root() {
        Program::new("apt-get", "env")
    } else if sudo_asks_nothing() {
        Program::new("apt-get", "sudo").args(["-n", "env"])
    } else {
        return Err(Error::Missing {
            what: "apt-get needs root, and sudo asks for a password.".into(),
            remedy: "run the same command as root once.".into(),
        });
    };
    // `env` carries the setting through sudo, which would drop it.
    let program = program.args(["DEBIAN_FRONTEND=noninteractive", "apt-get", "-q"]);
    program.args(command).args(packages).limit(LIMIT).run_ok().map(drop)
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
