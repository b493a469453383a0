//! `cargo xtask chaos`: builds the server as it is tried out by people and the program that kills it, and runs that.
//! What is checked and why: `chaos/` and `docs/chaos.md`.

use std::time::Duration;

use crate::error::{Error, Result};
use crate::process::Program;
use crate::progress;
use crate::server;
use crate::workspace::Workspace;

/// The longest a run may take, however many kills: each costs about a second.
const LIMIT: Duration = Duration::from_secs(6 * 60 * 60);

/// What the person asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::Args)]
pub(crate) struct Options {
    /// How often the server is killed.
    #[arg(long, value_name = "N", default_value_t = 100, value_parser = clap::value_parser!(u64).range(1..=100_000))]
    pub(crate) kills: u64,
    /// Which moments and which clients.
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub(crate) seed: u64,
    /// How many people at the same time.
    #[arg(long, value_name = "N", default_value_t = 24, value_parser = clap::value_parser!(u64).range(1..=1000))]
    pub(crate) people: u64,
    /// What stands behind the server.
    #[arg(long, value_enum, default_value_t = Services::Fleet)]
    pub(crate) services: Services,
}

/// What stands behind the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Services {
    /// The simulated fleet inside it.
    Fleet,
    /// The simulated Microsoft Graph, with faults of its own.
    Graph,
    /// The sample connector.
    Connector,
}

/// Runs it; `false` when a promise was broken.
pub(crate) fn chaos(workspace: &Workspace, options: Options) -> Result<bool> {
    let server = server::build(workspace, server::SERVER)?;
    let chaos = server::build(workspace, server::CHAOS)?;
    let (services, service) = match options.services {
        Services::Fleet => ("fleet", None),
        Services::Graph => ("graph", Some(server::build(workspace, server::SIMULATED_GRAPH)?)),
        Services::Connector => ("connector", Some(server::build(workspace, server::CONNECTOR)?)),
    };
    progress::note(&format!("{} kills with {} people", options.kills, options.people));
    let finished = Program::new("the chaos", chaos)
        .arg("--server")
        .arg(server)
        .args(["--kills", &options.kills.to_string()])
        .args(["--seed", &options.seed.to_string()])
        .args(["--people", &options.people.to_string()])
        .args(["--services", services, "--service"])
        .arg(service.unwrap_or_default())
        .limit(LIMIT)
        .run()?;
    progress::line(finished.output.trim_end());
    match finished.timed_out {
        Some(limit) => Err(Error::TimedOut { what: "the chaos".to_string(), limit, output: String::new() }),
        None => Ok(finished.success),
    }
}
