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
        let missing = |what: &str| Error::Missing {
            what: what.into(),
            remedy: format!(
                "install Node {OLDEST} or newer with npm: from nodejs.org, or `apt-get install nodejs npm` where the \
                 distribution's is new enough."
            ),
        };
        let node =
            find_on_path("node").ok_or_else(|| missing("Node is not installed (no `node` on PATH)."))?;
        let answer =
            Program::new("node --version", &node).arg("--version").limit(Duration::from_secs(20)).run_ok()?;
        let version = answer.stdout.trim().to_string();
        if major(&version).is_none_or(|major| major < OLDEST) {
            return Err(missing(&format!("Node {version} is too old.")));
        }
        let npm = find_on_path("npm").ok_or_else(|| missing("npm is not installed."))?;
        let dir = workspace.e2e();
        let modules = dir.join("node_modules");
        let wanted = fs::read(dir.join("package-lock.json"))?;
        // Beside the packages, so that it goes with them.
        let installed = modules.join(".installed-lock.json");
        if fs::read(&installed).is_ok_and(|lock| lock == wanted) {
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
        fs::write(installed, wanted)?;
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
}

/// The major version in `v20.11.1`.
fn major(version: &str) -> Option<u32> {
    version.strip_prefix('v')?.split('.').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_major_version_is_read() {
        assert_eq!(major("v20.11.1"), Some(20));
        assert_eq!(major("nonsense"), None);
    }
}
