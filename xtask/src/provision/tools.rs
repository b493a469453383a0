//! The command-line tools that are Rust programs: found on PATH, in the cache, as a prebuilt download, or built once.
//!
//! Each is wanted in one exact version. The cache lies outside the repository, so that a second clone and a cleaned
//! target directory reuse it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use fs_err as fs;

use crate::dist::digest;
use crate::error::{Error, Result};
use crate::process::{Program, find_on_path};
use crate::progress;
use crate::workspace::{self, Workspace};

/// A tool and how it is had.
pub(crate) struct Tool {
    /// The package's name in the Rust registry.
    package: &'static str,
    /// Its programs; the first one is asked for its version.
    programs: &'static [&'static str],
    /// The version wanted; `None` means that of the library crate in Cargo.lock.
    version: Option<&'static str>,
    /// The address of the prebuilt archive: `{v}` is the version, `{t}` the platform.
    archive: &'static str,
    /// What asks it for its version.
    asks_version: &'static [&'static str],
}

const VERSION: &[&str] = &["--version"];

/// Makes the JavaScript glue; must have exactly the version of the library crate.
pub(crate) const WASM_BINDGEN: Tool = Tool {
    package: "wasm-bindgen-cli",
    programs: &["wasm-bindgen", "wasm-bindgen-test-runner"],
    version: None,
    archive: "https://github.com/wasm-bindgen/wasm-bindgen/releases/download/{v}/wasm-bindgen-{v}-{t}.tar.gz",
    asks_version: VERSION,
};

/// Runs the browser tests.
pub(crate) const WASM_PACK: Tool = Tool {
    package: "wasm-pack",
    programs: &["wasm-pack"],
    version: Some("0.15.1"),
    archive: "https://github.com/wasm-bindgen/wasm-pack/releases/download/v{v}/wasm-pack-v{v}-{t}.tar.gz",
    asks_version: VERSION,
};

/// Checks licences, sources and advisories.
pub(crate) const CARGO_DENY: Tool = Tool {
    package: "cargo-deny",
    programs: &["cargo-deny"],
    version: Some("0.20.2"),
    archive: "https://github.com/EmbarkStudios/cargo-deny/releases/download/{v}/cargo-deny-{v}-{t}.tar.gz",
    asks_version: VERSION,
};

/// Writes bills of materials, for a release.
pub(crate) const CARGO_CYCLONEDX: Tool = Tool {
    package: "cargo-cyclonedx",
    programs: &["cargo-cyclonedx"],
    version: Some("0.5.9"),
    archive: "https://github.com/CycloneDX/cyclonedx-rust-cargo/releases/download/cargo-cyclonedx-{v}/cargo-cyclonedx-{t}.tar.gz",
    asks_version: &["cyclonedx", "--version"],
};

impl Tool {
    /// The directory with the tool's programs, after getting it if it is missing. What failed once is not tried again
    /// in the same run: it takes minutes.
    pub(crate) fn get(&self, workspace: &Workspace) -> Result<PathBuf> {
        static FAILED: Mutex<BTreeMap<&str, String>> = Mutex::new(BTreeMap::new());
        let mut failed = FAILED.lock().map_err(|_| Error::Build("another suite's thread panicked".into()))?;
        if let Some(text) = failed.get(self.package) {
            return Err(Error::Build(text.clone()));
        }
        let got = self.find_or_make(workspace);
        if let Err(error) = &got
            && !matches!(error, Error::Interrupted)
        {
            failed.insert(self.package, error.to_string());
        }
        got
    }

    fn find_or_make(&self, workspace: &Workspace) -> Result<PathBuf> {
        let version = match self.version {
            Some(version) => version.to_string(),
            None => locked_version(&fs::read_to_string(workspace.root.join("Cargo.lock"))?, "wasm-bindgen")?,
        };
        let on_path = self.programs.first().and_then(|name| find_on_path(name));
        if let Some(dir) = on_path.as_deref().and_then(Path::parent)
            && self.is_in(dir, &version)
        {
            return Ok(dir.to_path_buf());
        }
        let home = workspace.cache.join("tools").join(format!("{}-{version}", self.package));
        let bin = home.join("bin");
        if self.is_in(&bin, &version) {
            return Ok(bin);
        }
        fs::create_dir_all(&bin)?;
        progress::note(&format!("fetching {} {version}", self.package));
        if !(self.download(workspace, &version, &bin)? && self.is_in(&bin, &version)) {
            self.build(workspace, &version, &home)?;
        }
        if self.is_in(&bin, &version) {
            return Ok(bin);
        }
        Err(Error::Missing {
            what: format!("{} {version} was built but does not run.", self.package),
            remedy: format!("remove {} and start again.", home.display()),
        })
    }

    /// Whether all programs are in `dir` and the first one has the version wanted.
    fn is_in(&self, dir: &Path, version: &str) -> bool {
        let says = |program: PathBuf| {
            Program::new(self.package, program).args(self.asks_version).limit(Duration::from_secs(20)).run()
        };
        self.programs.iter().all(|name| dir.join(name).is_file())
            && self.programs.first().is_some_and(|first| {
                says(dir.join(first)).is_ok_and(|answer| says_version(&answer.stdout, version))
            })
    }

    /// Tries the project's own prebuilt archive; `false` when there is none here.
    fn download(&self, workspace: &Workspace, version: &str, bin: &Path) -> Result<bool> {
        let Some(platform) = platform() else {
            return Ok(false);
        };
        let address = self.archive.replace("{v}", version).replace("{t}", platform);
        let dir = workspace.own("download")?.join(self.package);
        workspace::remove_dir(&dir)?;
        fs::create_dir_all(&dir)?;
        let archive = dir.join("archive.tar.gz");
        if !fetch(&address, &archive)? {
            return Ok(false);
        }
        for ending in ["sha256", "sha256sum"] {
            let sums = dir.join(ending);
            if fetch(&format!("{address}.{ending}"), &sums)? {
                let found = digest::sha256_hex(&fs::read(&archive)?);
                if !fs::read_to_string(&sums)?.to_lowercase().contains(&found) {
                    return Err(Error::Build(format!(
                        "the downloaded {} {version} does not have the checksum its project publishes.\n\
                         What to do: start again; if it happens twice, install it by hand and tell the project.",
                        self.package
                    )));
                }
                break;
            }
        }
        if !Program::new("tar", "tar").arg("-xzf").arg(&archive).arg("-C").arg(&dir).run()?.success {
            return Ok(false);
        }
        for file in workspace::files_under(&dir, &|_| false)? {
            let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
            if self.programs.contains(&name.as_str()) {
                workspace::copy(&file, &bin.join(&name))?;
            }
        }
        workspace::remove_dir(&dir)?;
        Ok(true)
    }

    /// Builds it from the registry with settings that compile fast: it is run a few times, not all day.
    fn build(&self, workspace: &Workspace, version: &str, home: &Path) -> Result<()> {
        progress::note(&format!("building {} {version}, some minutes, once", self.package));
        let started = Instant::now();
        Program::new(format!("building {}", self.package), "cargo")
            .args(["install", "--quiet", "--version", version])
            // The lock file of wasm-bindgen-cli names crates that are not always served yet.
            .args(self.version.map(|_| "--locked"))
            .arg("--root")
            .arg(home)
            .arg(self.package)
            .env("CARGO_TARGET_DIR", workspace.own("tool-build")?)
            .env("CARGO_PROFILE_RELEASE_LTO", "false")
            .env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "1")
            .env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16")
            .env("CARGO_PROFILE_RELEASE_DEBUG", "false")
            .env("CARGO_PROFILE_RELEASE_STRIP", "symbols")
            .dir(&workspace.cache)
            .run_ok()?;
        progress::note(&format!("built {} in {}", self.package, progress::time(started.elapsed())));
        Ok(())
    }
}

/// Removes what building the tools left: some hundred megabytes that nobody needs again.
pub(crate) fn tidy(workspace: &Workspace) -> Result<()> {
    workspace::remove_dir(&workspace.target.join("xtask").join("tool-build"))?;
    workspace::remove_dir(&workspace.target.join("xtask").join("download"))
}

/// Whether the file came. A site that once did not answer is not asked again: each time would cost seconds.
fn fetch(address: &str, into: &Path) -> Result<bool> {
    static BLOCKED: AtomicBool = AtomicBool::new(false);
    if BLOCKED.load(Ordering::Relaxed) || find_on_path("curl").is_none() {
        return Ok(false);
    }
    let fetched = Program::new("curl", "curl")
        .args(["--fail", "--location", "--silent", "--show-error"])
        .args(["--connect-timeout", "5", "--max-time", "60"])
        .arg("--output")
        .arg(into)
        .arg(address)
        .limit(Duration::from_secs(65))
        .run()?;
    // An answer of the site is one even when it is "not found".
    if !fetched.success && !fetched.output.contains("requested URL returned error") {
        BLOCKED.store(true, Ordering::Relaxed);
    }
    Ok(fetched.success)
}

/// The name under which a project publishes for this machine.
fn platform() -> Option<&'static str> {
    match (std::env::consts::OS, std::env::consts::ARCH) {
        ("linux", "x86_64") => Some("x86_64-unknown-linux-musl"),
        ("linux", "aarch64") => Some("aarch64-unknown-linux-musl"),
        ("macos", "x86_64") => Some("x86_64-apple-darwin"),
        ("macos", "aarch64") => Some("aarch64-apple-darwin"),
        _ => None,
    }
}

/// Whether `--version` answered with exactly that version (`wasm-pack 0.15.1`, `wasm-bindgen 0.2.130 (abc)`).
fn says_version(answer: &str, version: &str) -> bool {
    answer.lines().next().is_some_and(|line| line.split_whitespace().nth(1) == Some(version))
}

/// The version of a crate in Cargo.lock.
fn locked_version(lock: &str, package: &str) -> Result<String> {
    let lock: toml::Table = lock.parse().unwrap_or_default();
    let packages = lock.get("package").and_then(|all| all.as_array()).into_iter().flatten();
    let text = |one: &toml::Value, name: &str| one.get(name)?.as_str().map(str::to_string);
    let mut named = packages.filter(|one| text(one, "name").is_some_and(|name| name == package));
    named.next().and_then(|one| text(one, "version")).ok_or_else(|| {
        Error::Build(format!(
            "Cargo.lock has no {package}.\nWhat to do: `cargo update --workspace` writes it again."
        ))
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
mod tests {
    use super::*;

    #[test]
    fn the_version_is_compared_exactly() {
        assert!(says_version("wasm-pack 0.15.1\n", "0.15.1"));
        assert!(says_version("wasm-bindgen 0.2.130 (d1a2b3)", "0.2.130"));
        assert!(!says_version("wasm-bindgen 0.2.13", "0.2.130"));
        assert!(!says_version("", "1"));
    }

    #[test]
    fn the_locked_version_is_that_of_the_crate_not_of_a_namesake() {
        let lock = "[[package]]\nname = \"wasm-bindgen-futures\"\nversion = \"0.4.1\"\n\n\
                    [[package]]\nname = \"wasm-bindgen\"\nversion = \"0.2.130\"\n";
        assert_eq!(locked_version(lock, "wasm-bindgen").unwrap(), "0.2.130");
        assert!(locked_version(lock, "leptos").is_err());
    }
}
