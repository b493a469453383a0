//! The web servers: packages of the system, unpacked into the cache and not installed.
//!
//! Installing would start services on port 80, need root and stay behind. Unpacked, a server is a program in a
//! directory. Where there is no apt-get, a server that is installed already is used.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::Duration;

use fs_err as fs;

use crate::dist::digest;
use crate::error::{Error, Result};
use crate::process::{Program, find_on_path};
use crate::progress;
use crate::provision::apt;
use crate::workspace::{self, Workspace};

/// Where a Linux system keeps programs, within its root.
const PROGRAMS: &[&str] = &["usr/sbin", "usr/bin"];

/// What was unpacked, and what is installed.
pub(super) struct Packages {
    unpacked: PathBuf,
}

/// A program and the root that its modules and libraries lie under.
pub(super) struct Found {
    /// The program.
    pub(super) program: PathBuf,
    root: PathBuf,
}

impl Packages {
    /// Keeps what is unpacked in the cache, apart for each release of the system: libraries of one do not fit another.
    pub(super) fn new(workspace: &Workspace) -> Self {
        let release = std::fs::read("/etc/os-release").unwrap_or_default();
        let release: String = digest::sha256_hex(&release).chars().take(digest::NAME_DIGITS).collect();
        Self { unpacked: workspace.cache.join("hosts").join(release) }
    }

    /// A program, from its packages if they can be had, else installed. The first package has the program, the others
    /// are wanted with it and may not exist.
    pub(super) fn get(&self, program: &str, packages: &[&str]) -> Result<Found> {
        let home = self.unpacked.join(program);
        if let Some(found) = in_root(&home, program) {
            return Ok(found);
        }
        let reason = match unpack(packages, &home) {
            Ok(()) => format!("its package has no {program}"),
            Err(Error::Interrupted) => return Err(Error::Interrupted),
            Err(error) => error.to_string().lines().next().unwrap_or_default().to_string(),
        };
        in_root(&home, program).or_else(|| installed(program)).ok_or_else(|| Error::Missing {
            what: format!("{program} is not installed and could not be unpacked ({reason})."),
            remedy: format!("on Debian: `apt-get install {}`.", packages.join(" ")),
        })
    }
}

impl Found {
    /// A module of the program, by its path within a system's root.
    pub(super) fn module(&self, path: &str) -> Option<PathBuf> {
        Some(self.root.join(path)).filter(|path| path.is_file())
    }

    /// The program, ready to be given its arguments.
    pub(super) fn run(&self, what: &str) -> Program {
        let program = Program::new(what, &self.program);
        let libraries = libraries(&self.root.join("usr/lib"));
        match std::env::join_paths(&libraries) {
            Ok(path) if self.root != Path::new("/") && !libraries.is_empty() => {
                program.env("LD_LIBRARY_PATH", path)
            }
            Ok(_) | Err(_) => program,
        }
    }
}

fn in_root(root: &Path, program: &str) -> Option<Found> {
    let program = PROGRAMS.iter().map(|dir| root.join(dir).join(program)).find(|file| file.is_file())?;
    Some(Found { program, root: root.to_path_buf() })
}

fn installed(program: &str) -> Option<Found> {
    let found = find_on_path(program).map(|program| Found { program, root: PathBuf::from("/") });
    // /usr/sbin is not on everybody's PATH.
    found.or_else(|| in_root(Path::new("/"), program))
}

/// `usr/lib/x86_64-linux-gnu` and its like.
fn libraries(dir: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(dir).into_iter().flatten().flatten();
    entries.map(|entry| entry.path()).filter(|path| path.to_string_lossy().ends_with("-linux-gnu")).collect()
}

/// Downloads the packages with what they need beyond this system, and unpacks them into `home`.
fn unpack(packages: &[&str], home: &Path) -> Result<()> {
    let [first, ..] = packages else { return Ok(()) };
    if find_on_path("apt-get").is_none() || find_on_path("dpkg-deb").is_none() {
        return Err(Error::Build("there is no apt-get here".to_string()));
    }
    progress::note(&format!("unpacking {first} for the suite `hosts`, once"));
    // Moved into place when it is whole: half a server that somebody interrupted would be found next time.
    let staged = home.with_extension(format!("unpacking-{}", std::process::id()));
    let result = fetch(packages, &staged).or_else(|error| {
        // A list of packages that is empty or old is the usual reason.
        if matches!(error, Error::Interrupted) || !apt::can_install() {
            return Err(error);
        }
        apt::update()?;
        fetch(packages, &staged).or_else(|_| fetch(&[first], &staged))
    });
    let placed = result.and_then(|()| {
        workspace::remove_dir(home)?;
        Ok(fs::rename(&staged, home)?)
    });
    if placed.is_err() {
        workspace::remove_dir(&staged)?;
    }
    placed
}

/// Downloads and unpacks into an empty `into`.
fn fetch(packages: &[&str], into: &Path) -> Result<()> {
    workspace::remove_dir(into)?;
    fs::create_dir_all(into)?;
    let plan = apt().args(["install", "--simulate", "--no-install-recommends"]).args(packages).run_ok()?;
    let mut all: BTreeSet<&str> = packages.iter().copied().collect();
    all.extend(to_install(&plan.stdout));
    apt().arg("download").args(all).dir(into).run_ok()?;
    for package in workspace::files_under(into, &|_| false)? {
        Program::new("unpacking a package", "dpkg-deb")
            .arg("--extract")
            .arg(&package)
            .arg(into)
            .limit(Duration::from_secs(120))
            .run_ok()?;
        fs::remove_file(&package)?;
    }
    Ok(())
}

fn apt() -> Program {
    Program::new("apt-get", "apt-get").arg("--quiet").env("LC_ALL", "C").limit(Duration::from_secs(300))
}

/// The names in lines like `Inst libapr1 (1.7.2-3 Debian:12 [amd64])`.
fn to_install(plan: &str) -> impl Iterator<Item = &str> {
    plan.lines().filter_map(|line| line.strip_prefix("Inst ")?.split_whitespace().next())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_packages_of_a_simulated_installation_are_its_inst_lines() {
        let plan = "Reading package lists...\nInst libapr1 (1.7.2-3 Debian:12 [amd64])\n\
                    Inst libnss3 [2:3.87] (2:3.88 Debian:12 [amd64])\nConf libapr1 (1.7.2-3 Debian:12 [amd64])\n";
        assert_eq!(to_install(plan).collect::<Vec<_>>(), ["libapr1", "libnss3"]);
    }

    #[test]
    fn a_program_that_is_nowhere_is_missing_with_the_package_that_has_it() {
        let packages = Packages { unpacked: std::env::temp_dir().join("no-such-directory") };
        let error = packages.get("no-such-program-here", &[]).err().map(|error| error.to_string());
        assert!(error.is_some_and(|text| text.contains("no-such-program-here is not installed")));
    }
}
