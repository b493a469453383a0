//! Node and the npm packages of `e2e/`: wasm-opt, esbuild, the sample provider and the end-to-end suite.

use std::path::PathBuf;
use std::time::Duration;

use fs_err as fs;

use crate::error::{Error, Result};
use crate::process::{Program, find_on_path};
use crate::progress;
use crate::workspace::Workspace;

/// The oldest major version that everything here runs on.
const OLDEST: u32 = 20;

/// Node with the packages of the lock file.
#[derive(Debug, Clone)]
pub(crate) struct Node {
    node: PathBuf,
    modules: PathBuf,
}

impl Node {
    /// Finds Node and installs the packages if the lock file has changed since.
    pub(crate) fn get(workspace: &Workspace) -> Result<Self> {
        let remedy = || {
            format!(
                "install Node {OLDEST} or newer with npm: from nodejs.org, or `apt-get install nodejs npm` where the \
                 distribution's is new enough."
            )
        };
        let Some(node) = find_on_path("node") else {
            return Err(Error::Missing {
                what: "Node is not installed (no `node` on PATH).".into(),
                remedy: remedy(),
            });
        };
        let answer =
            Program::new("node --version", &node).arg("--version").limit(Duration::from_secs(20)).run_ok()?;
        let version = answer.stdout.trim().to_string();
        if major(&version).is_none_or(|major| major < OLDEST) {
            return Err(Error::Missing { what: format!("Node {version} is too old."), remedy: remedy() });
        }
        let Some(npm) = find_on_path("npm") else {
            return Err(Error::Missing { what: "npm is not installed.".into(), remedy: remedy() });
        };
        let dir = workspace.e2e();
        let modules = dir.join("node_modules");
        let wanted = fs::read_to_string(dir.join("package-lock.json"))?;
        // npm writes down what it installed.
        let installed = fs::read_to_string(modules.join(".package-lock.json")).unwrap_or_default();
        if is_installed(&wanted, &installed) {
            return Ok(Self { node, modules });
        }
        progress::note("installing the npm packages of the lock file");
        Program::new("npm ci", npm)
            .args(["ci", "--no-audit", "--no-fund", "--loglevel=error"])
            // The installed Chromium is used; Playwright's own download is neither needed nor always possible.
            .env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")
            .dir(&dir)
            .limit(Duration::from_secs(600))
            .run_ok()?;
        Ok(Self { node, modules })
    }

    /// `node` itself.
    pub(crate) fn program(&self, what: &str) -> Program {
        Program::new(what, &self.node)
    }

    /// A program of an installed package, by its path under `node_modules`.
    pub(crate) fn package(&self, what: &str, script: &str) -> Program {
        self.program(what).arg(self.modules.join(script))
    }

    /// esbuild, which is a native program after installation.
    pub(crate) fn esbuild(&self, what: &str) -> Program {
        Program::new(what, self.modules.join(".bin").join("esbuild"))
    }

    /// wasm-opt: the JavaScript build of Binaryen, slow, but with the same passes.
    pub(crate) fn wasm_opt(&self) -> Program {
        self.package("wasm-opt", ".bin/wasm-opt")
    }
}

/// Whether npm's record of what is installed has every package of the lock file in its version. Packages for other
/// platforms are optional and never installed here.
fn is_installed(wanted: &str, installed: &str) -> bool {
    let packages = |text: &str| {
        serde_json::from_str::<serde_json::Value>(text)
            .ok()
            .and_then(|lock| lock.get("packages").and_then(serde_json::Value::as_object).cloned())
    };
    let (Some(wanted), Some(installed)) = (packages(wanted), packages(installed)) else {
        return false;
    };
    wanted.iter().filter(|(path, _)| !path.is_empty()).all(|(path, package)| match installed.get(path) {
        Some(there) => there.get("version") == package.get("version"),
        None => package.get("optional").is_some(),
    })
}

/// The major version in `v20.11.1`.
fn major(version: &str) -> Option<u32> {
    version.strip_prefix('v')?.split('.').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packages_count_as_installed_only_in_the_version_of_the_lock_file() {
        let wanted = r#"{"packages":{"":{},"node_modules/a":{"version":"1"},"node_modules/mac":{"version":"1","optional":true}}}"#;
        assert!(is_installed(wanted, r#"{"packages":{"node_modules/a":{"version":"1"}}}"#));
        assert!(!is_installed(wanted, r#"{"packages":{"node_modules/a":{"version":"2"}}}"#));
        assert!(!is_installed(wanted, r#"{"packages":{}}"#));
        assert!(!is_installed(wanted, ""));
    }

    #[test]
    fn the_major_version_is_read() {
        assert_eq!(major("v20.11.1"), Some(20));
        assert_eq!(major("nonsense"), None);
    }
}
