//! The project's own commands: `cargo xtask run`, `test`, `dist`, `chaos`, `fuzz`, `bench`, `load`.
//!
//! One program instead of shell scripts, so that the steps have types, time limits and tests, and so that a fresh
//! machine needs nothing but Rust and Node. `cargo xtask --help` says what each command does.
#![allow(clippy::print_stdout, reason = "a command-line program talks to its person on standard output")]

mod arguments;
mod attacks;
mod bench;
mod connector;
mod counts;
mod deploy;
mod dist;
mod e2e;
mod error;
mod fingerprint;
mod fuzz;
mod graph;
mod hosts;
mod http;
mod interrupt;
mod keycloak;
mod layers;
mod outcome;
mod process;
mod progress;
mod provision;
mod run;
mod server;
mod sizes;
mod suites;
mod template;
mod workspace;

use std::process::ExitCode;

use arguments::Command;
use clap::Parser;
use error::{Error, Result};
use workspace::Workspace;

fn main() -> ExitCode {
    match task() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(Error::Interrupted) => ExitCode::from(130),
        Err(error) => {
            progress::line(&format!("\nerror: {error}"));
            ExitCode::from(if matches!(error, Error::Usage(_)) { 2 } else { 1 })
        }
    }
}

/// Does what the command line asks for; `false` when tests failed.
fn task() -> Result<bool> {
    let command = Command::parse();
    interrupt::install()?;
    let workspace = Workspace::find()?;
    match command {
        Command::Run(options) => run::run(&workspace, &options).map(|()| true),
        Command::Test(options) => suites::test(&workspace, &options),
        Command::Dist(options) => {
            dist::build(&workspace, &options)?;
            for line in sizes::table(&sizes::of_page(&options.out)?) {
                progress::line(&format!("  {line}"));
            }
            progress::line(&format!("\n  {}", options.out.display()));
            progress::line(
                "  Put a config.json beside index.html (config.example.json shows what is in it) and serve the directory.",
            );
            Ok(true)
        }
        Command::Chaos(options) => attacks::chaos(&workspace, options),
        Command::Fuzz(options) => fuzz::fuzz(&workspace, &options),
        Command::Bench(options) => bench::bench(&workspace, &options).map(|()| true),
        Command::Load(options) => attacks::load(&workspace, options),
    }
}
