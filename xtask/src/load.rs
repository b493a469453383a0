//! `cargo xtask load`: builds the server and the attacker (`server/examples/load`), and lets one loose on the other.
//!
//! Numbers for people to look at, like `bench`; what the server promises under attack is tested in small in
//! `server/tests/suite/serving.rs`.

use std::time::Duration;

use crate::error::Result;
use crate::process::Program;
use crate::progress;
use crate::server;
use crate::workspace::Workspace;

/// How many attacks there are at most, and how many seconds of start and pause belong to each.
const ATTACKS: u64 = 14;
const PAUSE: u64 = 30;

/// What the person asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::Args)]
pub(crate) struct Options {
    /// How many connections.
    #[arg(long, value_name = "N", default_value_t = 10_000, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub(crate) connections: u32,
    /// How long each attack lasts, in seconds.
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub(crate) seconds: u32,
}

/// Attacks and prints; `false` when somebody who did nothing wrong was not served.
pub(crate) fn load(workspace: &Workspace, Options { connections, seconds }: Options) -> Result<bool> {
    let server = server::build_release(workspace)?;
    let attacker = server::build(workspace, server::ATTACKER)?;
    let pauses = Duration::from_secs(ATTACKS * (u64::from(seconds) + PAUSE));
    progress::note(&format!("attacking; done in less than {}", progress::time(pauses)));
    let finished = Program::new("the attacker", &attacker)
        .arg("--server")
        .arg(&server)
        .args(["--connections", &connections.to_string(), "--seconds", &seconds.to_string()])
        .dir(&workspace.root)
        .limit(pauses)
        .run()?;
    progress::line(&finished.output);
    Ok(finished.success)
}
