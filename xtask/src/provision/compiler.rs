//! The compiler of the page: the pinned one, or Debian's where a network blocks rustup's server.
//!
//! `rust-toolchain.toml` lets rustup fetch compiler, target and library source before this program even starts. Where it
//! could not, in this order: Debian's compiler if it is installed already; rustup, asked for what its compiler lacks, with
//! a time limit (a blocked download hangs rather than fails); Debian's compiler, installed. It has no standard library for
//! wasm32 and builds one from its own source into each target directory, so that nothing is written beside it.
//! `PORTAL_COMPILER=distribution` takes the last way at once, to try it where the network is open.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::time::Duration;

use fs_err as fs;

use super::apt;
use crate::error::{Error, Result};
use crate::interrupt;
use crate::process::{Program, find_on_path, path_with};
use crate::progress;

/// The target of the page.
pub(crate) const TARGET: &str = "wasm32-unknown-unknown";
/// How long rustup may try to reach its server.
const RUSTUP_LIMIT: Duration = Duration::from_secs(20);
/// Debian's compiler, from its security suite; `lld-22` is what its `rust-lld` points to.
const PACKAGES: &[&str] =
    &["rustc-web", "cargo-web", "rust-web-src", "rust-web-llvm", "lld-22", "rust-web-clippy"];
/// Where Debian's compiler stands.
const DEBIAN_BIN: &str = "/usr/bin";

/// Whose compiler it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// The one on PATH, usually rustup's.
    Default,
    /// Debian's, selected by putting its directory first on PATH.
    Distribution,
}

impl Kind {
    fn program(self, name: &str) -> PathBuf {
        if self == Self::Default { name.into() } else { Path::new(DEBIAN_BIN).join(name) }
    }
}

/// A compiler that can build for wasm32.
#[derive(Debug, Clone)]
pub(crate) struct WasmToolchain {
    kind: Kind,
    /// `rustc -Vv` of the compiler: part of the page's fingerprint.
    pub(crate) version: String,
    sysroot: PathBuf,
}

static FOUND: OnceLock<std::result::Result<WasmToolchain, String>> = OnceLock::new();

impl WasmToolchain {
    /// Finds or installs one. The search is made once: a failed one takes minutes, and its answer stays the same.
    pub(crate) fn get() -> Result<Self> {
        if interrupt::asked_to_end() {
            return Err(Error::Interrupted);
        }
        let search = || {
            let found = Self::find().map_err(|error| error.to_string())?;
            found.fallback_note().iter().for_each(|note| progress::note(note));
            Ok(found)
        };
        FOUND.get_or_init(search).clone().map_err(Error::Build)
    }

    /// The one that this run has used, if it has used one.
    pub(crate) fn used() -> Option<Self> {
        FOUND.get()?.clone().ok()
    }

    fn find() -> Result<Self> {
        if std::env::var_os("PORTAL_COMPILER").is_some_and(|name| name == "distribution") {
            return Self::from_distribution();
        }
        let default = || Self::of(Kind::Default).ok().filter(Self::has_target);
        if let Some(complete) = default().filter(Self::has_std_source) {
            return Ok(complete);
        }
        if default().is_none() && apt::are_installed(PACKAGES) {
            return Self::of(Kind::Distribution);
        }
        if find_on_path("rustup").is_some() {
            progress::note("asking rustup for the wasm32 target and the library source, at most 20 s each");
            for what in [["target", "add", TARGET], ["component", "add", "rust-src"]] {
                if !Program::new("rustup", "rustup").args(what).limit(RUSTUP_LIMIT).run()?.success {
                    progress::note("rustup could not get it here");
                    break;
                }
            }
        }
        default().map_or_else(Self::from_distribution, Ok)
    }

    /// A program that sees this compiler: `cargo`, `wasm-pack`; `tools` come first on PATH.
    pub(crate) fn program(
        &self,
        what: &str,
        program: impl AsRef<std::ffi::OsStr>,
        tools: &[PathBuf],
    ) -> Program {
        let command = Program::new(what, program);
        let bin = Path::new(DEBIAN_BIN);
        match self.kind {
            Kind::Default => command.env("PATH", path_with(tools)),
            Kind::Distribution => command
                .env("PATH", path_with(&[&[bin.to_path_buf()], tools].concat()))
                .env("CARGO", bin.join("cargo"))
                .env("RUSTC", bin.join("rustc"))
                .env("RUSTDOC", bin.join("rustdoc"))
                // The unstable option that builds the standard library, on a stable compiler.
                .env("RUSTC_BOOTSTRAP", "1")
                .env("CARGO_UNSTABLE_BUILD_STD", "std,panic_abort,test"),
        }
    }

    /// Its cargo.
    pub(crate) fn cargo(&self, what: &str, tools: &[PathBuf]) -> Program {
        self.program(what, self.kind.program("cargo"), tools)
    }

    /// Whether the source of the standard library is there, so that it can be built for size.
    pub(crate) fn has_std_source(&self) -> bool {
        self.sysroot.join("lib/rustlib/src/rust/library/Cargo.lock").is_file()
    }

    /// What a person must know who looks at the figures of the page, when it is not the pinned compiler.
    pub(crate) fn fallback_note(&self) -> Option<String> {
        let compiler = self.version.lines().next().unwrap_or_default();
        (self.kind == Kind::Distribution)
            .then(|| format!("the page is built by the fallback, the distribution's compiler ({compiler})"))
    }

    /// The directory that must not appear in the page.
    pub(crate) fn sysroot(&self) -> &Path {
        &self.sysroot
    }

    /// Asks a compiler who it is.
    fn of(kind: Kind) -> Result<Self> {
        let ask = |arguments: &[&str]| Program::new("rustc", kind.program("rustc")).args(arguments).run_ok();
        let sysroot = PathBuf::from(ask(&["--print", "sysroot"])?.stdout.trim());
        Ok(Self { kind, version: ask(&["-Vv"])?.stdout, sysroot })
    }

    /// Whether a standard library for the target lies where the compiler looks for it.
    fn has_target(&self) -> bool {
        let library = self.sysroot.join("lib/rustlib").join(TARGET).join("lib");
        fs::read_dir(library).is_ok_and(|entries| {
            entries.flatten().any(|entry| entry.file_name().to_string_lossy().starts_with("libstd-"))
        })
    }

    fn from_distribution() -> Result<Self> {
        if !apt::are_installed(PACKAGES) {
            let missing = |why: String| Error::Missing {
                what: format!(
                    "no compiler for {TARGET}: rustup has none, and the distribution's cannot be installed: {why}"
                ),
                remedy: format!(
                    "run `rustup target add {TARGET}` where rustup's server can be reached; or, on Debian 12 as root: \
                     `apt-get install --no-install-recommends {}` and start again.",
                    PACKAGES.join(" ")
                ),
            };
            if !apt::can_install() {
                return Err(missing("no apt-get, or not root".into()));
            }
            progress::note("installing the distribution's Rust compiler, about a minute, once");
            apt::install(PACKAGES).map_err(|error| {
                if matches!(error, Error::Interrupted) { error } else { missing(error.to_string()) }
            })?;
        }
        Self::of(Kind::Distribution)
    }
}
