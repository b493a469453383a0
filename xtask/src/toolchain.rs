//! The compiler for wasm32: the ordinary one where the network allows it, the distribution's where it does not.
//!
//! In this order: the default toolchain if it has the target already; the distribution's if an earlier run set it up;
//! `rustup target add` with a time limit (behind a blocked network a download hangs rather than fails); the
//! distribution's compiler from Debian's security suite, with a standard library built once from its own source.
//! `PORTAL_COMPILER=distribution` takes the last way at once, to try it where the network is open.
//! The two compilers never share a target directory, for the standard library belongs to the compiler that built it.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::time::Duration;

use crate::error::{Error, Result};
use crate::interrupt;
use crate::process::{Program, path_with};
use crate::progress;
use crate::system;
use crate::workspace::{self, Workspace};

/// The target of the page.
pub(crate) const TARGET: &str = "wasm32-unknown-unknown";
/// How long rustup may try to reach its server.
const RUSTUP_LIMIT: Duration = Duration::from_secs(20);
/// The packages of the distribution's compiler; `lld-22` is what its `rust-lld` points to.
const PACKAGES: &[&str] =
    &["rustc-web", "cargo-web", "rust-web-src", "rust-web-llvm", "lld-22", "rust-web-clippy"];
/// Where the distribution's compiler stands.
const DISTRIBUTION_BIN: &str = "/usr/bin";
/// The note that says for which compiler a standard library was built.
const MARKER: &str = "built-by-passcode-portal.txt";

/// Whose compiler it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// The one on PATH, usually rustup's.
    Default,
    /// Debian's, selected by putting its directory first on PATH.
    Distribution,
}

/// A compiler that can build for wasm32.
#[derive(Debug, Clone)]
pub(crate) struct WasmToolchain {
    kind: Kind,
    /// `rustc -Vv` of the compiler: part of every fingerprint.
    pub(crate) version: String,
    sysroot: PathBuf,
}

impl WasmToolchain {
    /// Finds or installs one. The search is made once: a failed one takes minutes, and its answer stays the same.
    pub(crate) fn get(workspace: &Workspace) -> Result<Self> {
        static FOUND: OnceLock<std::result::Result<WasmToolchain, String>> = OnceLock::new();
        if interrupt::asked_to_end() {
            return Err(Error::Interrupted);
        }
        FOUND
            .get_or_init(|| Self::find(workspace).map_err(|error| error.to_string()))
            .clone()
            .map_err(Error::Build)
    }

    fn find(workspace: &Workspace) -> Result<Self> {
        if std::env::var_os("PORTAL_COMPILER").is_some_and(|name| name == "distribution") {
            return Self::from_distribution(workspace);
        }
        if let Ok(default) = Self::of(Kind::Default)
            && default.has_target()
        {
            return Ok(default);
        }
        if let Ok(distribution) = Self::of(Kind::Distribution)
            && distribution.is_ready(workspace)
        {
            return Ok(distribution);
        }
        if let Some(added) = Self::add_with_rustup()? {
            return Ok(added);
        }
        Self::from_distribution(workspace)
    }

    /// A program that sees this compiler: `cargo`, `trunk`, `wasm-pack`; `tools` come first on PATH.
    pub(crate) fn program(
        &self,
        what: &str,
        program: impl AsRef<std::ffi::OsStr>,
        tools: &[PathBuf],
    ) -> Program {
        let mut first = tools.to_vec();
        let mut command = Program::new(what, program);
        if self.kind == Kind::Distribution {
            first.insert(0, PathBuf::from(DISTRIBUTION_BIN));
            command = command
                .env("CARGO", Path::new(DISTRIBUTION_BIN).join("cargo"))
                .env("RUSTC", Path::new(DISTRIBUTION_BIN).join("rustc"))
                .env("RUSTDOC", Path::new(DISTRIBUTION_BIN).join("rustdoc"));
        }
        command.env("PATH", path_with(&first))
    }

    /// Its cargo.
    pub(crate) fn cargo(&self, what: &str, tools: &[PathBuf]) -> Program {
        let name = match self.kind {
            Kind::Default => PathBuf::from("cargo"),
            Kind::Distribution => Path::new(DISTRIBUTION_BIN).join("cargo"),
        };
        self.program(what, name, tools)
    }

    /// Whether the source of the standard library is there, so that it can be built for size. Where rustup manages the
    /// compiler it is asked for it once; a refusal is remembered, because a blocked network would cost its time limit
    /// on every run.
    pub(crate) fn has_std_source(&self, workspace: &Workspace) -> Result<bool> {
        let source = self.sysroot.join("lib/rustlib/src/rust/library/Cargo.lock");
        if source.is_file() {
            return Ok(true);
        }
        if self.kind == Kind::Distribution || crate::process::find_on_path("rustup").is_none() {
            return Ok(false);
        }
        let refused = workspace.own("setup")?.join("rust-src-refused.txt");
        if std::fs::read_to_string(&refused).is_ok_and(|version| version == self.version) {
            return Ok(false);
        }
        progress::note("asking rustup for the source of the standard library (smaller page), at most 20 s");
        let asked = Program::new("rustup component add rust-src", "rustup")
            .args(["component", "add", "rust-src"])
            .limit(RUSTUP_LIMIT)
            .run()?;
        if asked.success && source.is_file() {
            return Ok(true);
        }
        workspace::write(&refused, &self.version)?;
        Ok(false)
    }

    /// What a person must know who looks at the figures of the page, when it is not the pinned compiler.
    pub(crate) fn fallback_note(&self) -> Option<String> {
        let compiler = self.version.lines().next().unwrap_or_default();
        (self.kind == Kind::Distribution)
            .then(|| format!("the page was built by the distribution's compiler ({compiler}): rustup's server was not reached"))
    }

    /// The directory that must not appear in the page.
    pub(crate) fn sysroot(&self) -> &Path {
        &self.sysroot
    }

    /// Asks a compiler who it is.
    fn of(kind: Kind) -> Result<Self> {
        let rustc = || match kind {
            Kind::Default => Program::new("rustc", "rustc"),
            Kind::Distribution => {
                Program::new("the distribution's rustc", Path::new(DISTRIBUTION_BIN).join("rustc"))
            }
        };
        let version = rustc().arg("-Vv").run_ok()?.stdout;
        let sysroot = PathBuf::from(rustc().args(["--print", "sysroot"]).run_ok()?.stdout.trim());
        Ok(Self { kind, version, sysroot })
    }

    fn library(&self) -> PathBuf {
        self.sysroot.join("lib/rustlib").join(TARGET).join("lib")
    }

    /// Whether a standard library for the target lies where the compiler looks for it.
    fn has_target(&self) -> bool {
        let Ok(entries) = std::fs::read_dir(self.library()) else {
            return false;
        };
        entries.flatten().any(|entry| {
            let name = entry.file_name().to_string_lossy().into_owned();
            name.starts_with("libstd-") && name.ends_with(".rlib")
        })
    }

    /// Whether the library there was built by *this* compiler: after an upgrade it would be useless.
    fn is_ready(&self, workspace: &Workspace) -> bool {
        if !self.has_target() || !Path::new("/usr/bin/cargo-clippy").exists() {
            return false;
        }
        let marker = self.library().join(MARKER);
        match std::fs::read_to_string(&marker) {
            Ok(text) => text == self.version,
            // Put there by hand: believed if it can build something.
            Err(_) => {
                self.builds_a_program(workspace).unwrap_or(false) && self.leave_marker(workspace).is_ok()
            }
        }
    }

    fn builds_a_program(&self, workspace: &Workspace) -> Result<bool> {
        let dir = workspace.own("setup")?;
        let source = dir.join("probe.rs");
        workspace::write(
            &source,
            "fn main() { let text = String::from(\"probe\"); std::hint::black_box(text); }\n",
        )?;
        let built = self
            .program("the probe", Path::new(DISTRIBUTION_BIN).join("rustc"), &[])
            .args(["--edition", "2024", "--target", TARGET, "-Clto=fat", "-Cpanic=abort", "-o"])
            .arg(dir.join("probe.wasm"))
            .arg(&source)
            .limit(Duration::from_secs(120))
            .run()?;
        Ok(built.success)
    }

    fn leave_marker(&self, workspace: &Workspace) -> Result<()> {
        let note = workspace.own("setup")?.join(MARKER);
        workspace::write(&note, &self.version)?;
        system::as_root("note the compiler", "cp")?
            .arg(&note)
            .arg(self.library().join(MARKER))
            .run_ok()
            .map(drop)
    }

    fn add_with_rustup() -> Result<Option<Self>> {
        if crate::process::find_on_path("rustup").is_none() {
            return Ok(None);
        }
        progress::note("asking rustup for the wasm32 target, at most 20 s");
        let added = Program::new("rustup target add", "rustup")
            .args(["target", "add", TARGET])
            .limit(RUSTUP_LIMIT)
            .run()?;
        if !added.success {
            progress::note("rustup could not get it here");
            return Ok(None);
        }
        Ok(Self::of(Kind::Default).ok().filter(Self::has_target))
    }

    /// Installs the distribution's compiler and builds its standard library, once.
    fn from_distribution(workspace: &Workspace) -> Result<Self> {
        let remedy = || {
            format!(
                "run `rustup target add {TARGET}` where rustup's server can be reached; or, on Debian 12 as root: \
                 `apt-get install --no-install-recommends {}` and start again.",
                PACKAGES.join(" ")
            )
        };
        let what = format!("no compiler for {TARGET}: rustup could not add the target");
        if !system::can_install() {
            return Err(Error::Missing {
                what: format!(
                    "{what}, and this user cannot install the distribution's (no apt-get, or not root)."
                ),
                remedy: remedy(),
            });
        }
        progress::note("installing the distribution's Rust compiler, about a minute, once");
        system::install(PACKAGES).map_err(|error| {
            if matches!(error, Error::Interrupted) {
                return error;
            }
            Error::Missing {
                what: format!("{what}, and the distribution's failed: {error}"),
                remedy: remedy(),
            }
        })?;
        let toolchain = Self::of(Kind::Distribution)?;
        if !toolchain.is_ready(workspace) {
            toolchain.build_std(workspace)?;
        }
        Ok(toolchain)
    }

    fn build_std(&self, workspace: &Workspace) -> Result<()> {
        progress::note("building the standard library for wasm32, about 2 minutes, once");
        let dir = workspace.own("std")?;
        workspace::create_dir(&dir.join("src"))?;
        workspace::write(&dir.join("src/lib.rs"), "")?;
        workspace::write(
            &dir.join("Cargo.toml"),
            "[package]\nname = \"empty\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[workspace]\n",
        )?;
        let target = dir.join("target");
        self.cargo("building the standard library for wasm32", &[])
            .args(["build", "-Z", "build-std=std,panic_abort,test", "--release", "--target", TARGET])
            // Without the bitcode the page's link-time optimisation fails: "Can't find section .llvmbc".
            .env("CARGO_ENCODED_RUSTFLAGS", "-Cembed-bitcode=yes")
            .env("RUSTC_BOOTSTRAP", "1")
            .env("CARGO_TARGET_DIR", &target)
            .dir(&dir)
            .run_ok()?;
        let built = target.join(TARGET).join("release/deps");
        let libraries: Vec<PathBuf> = workspace::files_under(&built, &|_| false)?
            .into_iter()
            .filter(|file| {
                let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
                name.ends_with(".rlib") && !name.starts_with("libempty-")
            })
            .collect();
        let into = self.library();
        system::as_root("prepare the library directory", "rm")?.arg("-rf").arg(&into).run_ok()?;
        system::as_root("prepare the library directory", "mkdir")?.arg("-p").arg(&into).run_ok()?;
        system::as_root("copy the standard library", "cp")?.args(&libraries).arg(&into).run_ok()?;
        self.leave_marker(workspace)?;
        // Cargo does not notice that the standard library was replaced.
        for name in ["wasm", "page"] {
            workspace::remove_dir(&workspace.target.join(name))?;
        }
        workspace::remove_dir(&dir)
    }
}
