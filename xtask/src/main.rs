//! The project's own commands: `cargo xtask run`, `test`, `dist`, `chaos`, `fuzz`, `bench`, `load`.
//!
//! One program instead of shell scripts, so that the steps have types, time limits and tests, and so that a fresh
//! machine needs nothing but Rust and Node. [`HELP`] says what each command does.
#![allow(clippy::print_stdout, reason = "a command-line program talks to its person on standard output")]

mod arguments;
mod bench;
mod chaos;
mod chromium;
mod counts;
mod deploy;
mod dist;
mod e2e;
mod error;
mod fingerprint;
mod fuzz;
mod hosts;
mod http;
mod interrupt;
mod layers;
mod load;
mod node;
mod other_browsers;
mod process;
mod progress;
mod run;
mod server;
mod sizes;
mod suites;
mod system;
mod toolchain;
mod tools;
mod workspace;

use std::process::ExitCode;

use arguments::{Command, HELP};
use error::{Error, Result};
use workspace::Workspace;

fn main() -> ExitCode {
    match task() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(Error::Interrupted) => ExitCode::from(130),
        Err(error) => {
            progress::line(&format!("\nerror: {error}"));
            if matches!(error, Error::Usage(_)) { ExitCode::from(2) } else { ExitCode::FAILURE }
        }
    }
}

/// Does what the command line asks for; `false` when tests failed.
fn task() -> Result<bool> {
    let command = arguments::parse(std::env::args().skip(1))?;
    interrupt::install()?;
    match command {
        Command::Help => {
            progress::line(HELP);
            Ok(true)
        }
        Command::Run(options) => run::run(&Workspace::find()?, &options).map(|()| true),
        Command::ListSuites => {
            suites::list();
            Ok(true)
        }
        Command::Test(options) => suites::test(&Workspace::find()?, &options),
        Command::Dist { connect, images, out, bills } => {
            let workspace = Workspace::find()?;
            let standard = dist::Options::standard(&workspace);
            let options = dist::Options {
                connect: if connect.is_empty() { standard.connect } else { connect.join(" ") },
                images: images.join(" "),
                out: match out {
                    Some(out) => {
                        std::path::absolute(&out).map_err(|source| Error::file("find", &out, source))?
                    }
                    None => standard.out,
                },
                bills,
            };
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
        Command::Chaos(options) => chaos::chaos(&Workspace::find()?, options),
        Command::Fuzz(options) => fuzz::fuzz(&Workspace::find()?, &options),
        Command::Bench => bench::bench(&Workspace::find()?).map(|()| true),
        Command::Load { connections, seconds } => load::load(&Workspace::find()?, connections, seconds),
    }
}
