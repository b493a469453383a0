//! The program: reads the configuration, starts the log, runs the server.
//!
//! Exit codes: 0 after an orderly stop, 1 if the server cannot start, 2 for mistakes in the configuration.

use portal_server::{composition, config, system};
use std::path::PathBuf;
use std::process::ExitCode;

const HELP: &str = "\
The server of the passcode portal.

usage: portal-server [--config FILE] [--check]

  --config FILE  the configuration (TOML); every key can be overridden: PORTAL__SECTION__KEY
  --check        check the configuration and end
  --help, --version

PORTAL_LOG sets what is logged (default \"info\"). README.md in server/ lists every key.";

enum Wanted {
    Run { config: Option<PathBuf>, check: bool },
    Text(String),
}

fn wanted(mut arguments: impl Iterator<Item = String>) -> Result<Wanted, String> {
    let mut config = None;
    let mut check = false;
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--config" => config = Some(PathBuf::from(arguments.next().ok_or("--config needs a file")?)),
            "--check" => check = true,
            "--help" | "-h" => return Ok(Wanted::Text(HELP.to_owned())),
            "--version" | "-V" => return Ok(Wanted::Text(env!("CARGO_PKG_VERSION").to_owned())),
            unknown => return Err(format!("unknown argument {unknown}; --help lists them")),
        }
    }
    Ok(Wanted::Run { config, check })
}

#[expect(clippy::print_stdout, reason = "--help and --version belong on standard output")]
fn main() -> ExitCode {
    let (file, check) = match wanted(std::env::args().skip(1)) {
        Ok(Wanted::Run { config, check }) => (config, check),
        Ok(Wanted::Text(text)) => {
            println!("{text}");
            return ExitCode::SUCCESS;
        }
        Err(reason) => {
            eprintln!("{reason}");
            return ExitCode::from(2);
        }
    };
    let environment: Vec<(String, String)> = std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
        .collect();
    let settings = match config::load(file.as_deref(), &environment) {
        Ok(settings) => settings,
        Err(mistakes) => {
            eprintln!("the configuration has {} mistake(s):", mistakes.len());
            for mistake in mistakes {
                eprintln!("  {mistake}");
            }
            return ExitCode::from(2);
        }
    };
    if check {
        return ExitCode::SUCCESS;
    }
    system::start_log(settings.log_format);
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("the server cannot start: {error}");
            return ExitCode::FAILURE;
        }
    };
    match runtime.block_on(composition::run(&settings)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("the server cannot start: {error}");
            ExitCode::FAILURE
        }
    }
}
