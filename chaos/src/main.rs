//! `portal-chaos --server FILE`: started by `cargo xtask chaos`; `--help` says what else it takes.
//! Exit codes: 0 every promise kept, 1 one broken, 2 no verdict.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a command-line program talks to its person")]

use clap::Parser;
use portal_chaos::{Kind, Options, run};
use std::path::PathBuf;
use std::process::ExitCode;

/// Runs the server under load, kills it (SIGKILL) at random moments, and proves from its database and from what the devices received
/// that nothing accepted was lost, doubled or misreported.
#[derive(Parser)]
#[command(name = "portal-chaos")]
struct Arguments {
    /// The server's program.
    #[arg(long)]
    server: PathBuf,
    /// What stands behind it: fleet (the simulated one inside it), graph (the simulated Microsoft Graph) or connector (the sample).
    #[arg(long, default_value = "fleet", value_parser = |name: &str| Kind::named(name).ok_or("fleet, graph or connector"))]
    services: Kind,
    /// The program of graph or connector; the one that was built beside the server if not given.
    #[arg(long)]
    service: Option<PathBuf>,
    /// How often the server is killed.
    #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    kills: u32,
    /// Which moments and which clients.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How many people at the same time.
    #[arg(long, default_value_t = 24, value_parser = clap::value_parser!(u32).range(1..=1000))]
    people: u32,
    /// How much faster than real the fleet is.
    #[arg(long, default_value_t = 40.0)]
    speed: f64,
}

impl Arguments {
    fn options(self, folder: PathBuf) -> Options {
        let Self { server, services, service, kills, seed, people, speed } = self;
        let built = || services.program().map(|name| server.with_file_name("examples").join(name));
        let service = service.or_else(built).unwrap_or_default();
        Options { server, folder, kills, seed, people, fleet_speed: speed, services, service }
    }
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let folder = match tempfile::Builder::new().prefix("portal-chaos-").tempdir() {
        Ok(folder) => folder,
        Err(error) => {
            eprintln!("no temporary folder: {error}");
            return ExitCode::from(2);
        }
    };
    let options = arguments.options(folder.path().to_path_buf());
    let outcome = tokio::select! {
        outcome = run(&options, |line| println!("  ... {line}")) => outcome,
        _ = tokio::signal::ctrl_c() => Err(portal_chaos::ChaosError::Interrupted),
    };
    match outcome {
        Ok(report) => {
            println!("{report}");
            if report.is_clean() {
                return ExitCode::SUCCESS;
            }
            println!("the databases and the server's log are kept in {}", folder.keep().display());
            ExitCode::FAILURE
        }
        Err(error) => {
            eprintln!("no verdict: {error}");
            ExitCode::from(2)
        }
    }
}
