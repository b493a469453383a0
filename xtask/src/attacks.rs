//! `cargo xtask chaos` and `load`: builds the server and the program that is let loose on it, and hands the arguments on.
//!
//! Their figures and verdicts are their own: `chaos/`, `docs/chaos.md` and `server/examples/load`.

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::Command;

use crate::error::Result;
use crate::server;
use crate::workspace::Workspace;

/// What is handed on to the program, `--help` too.
#[derive(Debug, Clone, PartialEq, Eq, clap::Args)]
#[command(disable_help_flag = true)]
pub(crate) struct Options {
    /// The program's own options.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    pub(crate) arguments: Vec<OsString>,
}

/// Kills the server as people try it out; `false` when a promise was broken or there is no verdict.
pub(crate) fn chaos(workspace: &Workspace, options: Options) -> Result<bool> {
    let server = server::build(workspace, server::SERVER)?;
    let_loose(server::build(workspace, server::CHAOS)?, server, options)
}

/// Attacks the server as it is deployed; `false` when somebody who did nothing wrong was not served.
pub(crate) fn load(workspace: &Workspace, options: Options) -> Result<bool> {
    let server = server::build_release(workspace)?;
    let_loose(server::build(workspace, server::ATTACKER)?, server, options)
}

/// It bounds itself, ends its own servers, and shares this terminal: Ctrl-C reaches it too.
fn let_loose(program: PathBuf, server: PathBuf, options: Options) -> Result<bool> {
    Ok(Command::new(program).arg("--server").arg(server).args(options.arguments).status()?.success())
}
