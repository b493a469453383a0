//! `cargo xtask load`: builds the server and the attacker (`server/examples/load`), and lets one loose on the other.
//!
//! Numbers for people to look at, like `bench`; what the server promises under attack is tested in small in
//! `server/tests/suite/serving.rs`.

use std::time::Duration;

use crate::error::Result;
use crate::process::Program;
use crate::progress;
use crate::server::{self, Build};
use crate::workspace::Workspace;

/// How many attacks there are at most, and how many seconds of start and pause belong to each.
const ATTACKS: u64 = 14;
const PAUSE: u64 = 30;

/// Attacks and prints; `false` when somebody who did nothing wrong was not served.
pub(crate) fn load(workspace: &Workspace, connections: u32, seconds: u32) -> Result<bool> {
    let server = server::build(workspace, Build::Sample)?;
    let attacker = server::build_attacker(workspace)?;
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
