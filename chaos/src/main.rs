//! `portal-chaos --server FILE [--services fleet|graph|connector] [--kills N] [--seed N] [--people N] [--speed N]`: started by `cargo xtask chaos`.
//! Exit codes: 0 every promise kept, 1 one broken, 2 no verdict.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a command-line program talks to its person")]

use portal_chaos::{Kind, Options, run};
use std::path::PathBuf;
use std::process::ExitCode;

const USAGE: &str = "portal-chaos --server FILE [--services fleet|graph|connector] [--kills N] [--seed N] [--people N] [--speed N]";

#[tokio::main]
async fn main() -> ExitCode {
    let Some(mut options) = read(std::env::args().skip(1)) else {
        eprintln!("{USAGE}");
        return ExitCode::from(2);
    };
    let folder = match tempfile::Builder::new().prefix("portal-chaos-").tempdir() {
        Ok(folder) => folder,
        Err(error) => {
            eprintln!("no temporary folder: {error}");
            return ExitCode::from(2);
        }
    };
    options.folder = folder.path().to_path_buf();
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

fn read(mut arguments: impl Iterator<Item = String>) -> Option<Options> {
    let mut options = Options {
        server: PathBuf::new(),
        folder: PathBuf::new(),
        kills: 100,
        seed: 1,
        people: 24,
        fleet_speed: 40.0,
        services: Kind::Fleet,
        service: PathBuf::new(),
    };
    while let Some(name) = arguments.next() {
        let value = arguments.next()?;
        match name.as_str() {
            "--server" => options.server = PathBuf::from(value),
            "--kills" => options.kills = value.parse().ok()?,
            "--seed" => options.seed = value.parse().ok()?,
            "--people" => options.people = value.parse().ok().filter(|people| (1..=1000).contains(people))?,
            "--services" => options.services = Kind::named(&value)?,
            "--service" => options.service = PathBuf::from(value),
            "--speed" => options.fleet_speed = value.parse().ok()?,
            _ => return None,
        }
    }
    if options.service.as_os_str().is_empty()
        && let (Some(name), Some(folder)) = (options.services.program(), options.server.parent())
    {
        options.service = folder.join("examples").join(name);
    }
    (!options.server.as_os_str().is_empty()).then_some(options)
}
