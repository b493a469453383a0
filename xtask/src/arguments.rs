//! The command line, read by hand: four commands do not pay for a crate that every fresh machine would compile.

use std::path::PathBuf;

use crate::error::{Error, Result};
use crate::server::Mode;
use crate::{run, suites};

/// What `--help` says.
pub(crate) const HELP: &str = "\
cargo xtask COMMAND

  run    Build the page and the server, start them with a sample OIDC provider and a simulated fleet of devices,
         print the address and the sample accounts, and end everything on Ctrl-C.
           --port N           port of page and API, the provider takes N+1 (8080)
           --data DIR         where database, key and logs lie (data/)
           --fleet-speed N    how many seconds of the simulated devices pass in one (1)
           --mode MODE        token (the page signs in) or session (the server does, the browser holds a cookie)

  test   Install what is missing, run every check and every suite; the last line counts passed and failed.
           --only A,B         only these suites
           --list             the names of the suites

  dist   Build dist/ for any static host: hashed names, integrity, .br and .gz, rules for hosts, bills of materials.
         Put a config.json beside index.html; config.example.json shows what is in it.
           --connect ORIGIN   an origin the page may call: the API's and the provider's (repeatable; default https:)
           --images ORIGIN    an origin of images besides its own, for a logo elsewhere (repeatable)
           --out DIR          where it goes (dist/)

  bench  Measure sizes, first paint, the list of 5,000 devices and the server.

Needs Linux or macOS (on Windows: WSL), Rust, and Node 20 or newer with npm. Everything else is fetched or built on first use and kept in
~/.cache/passcode-portal (or $XDG_CACHE_HOME).";

/// A command with its options.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Command {
    /// Print [`HELP`].
    Help,
    /// Run the portal.
    Run(run::Options),
    /// Print the names of the suites.
    ListSuites,
    /// Run the suites.
    Test(suites::Options),
    /// Build the page for a static host.
    Dist {
        /// Origins for `connect-src`.
        connect: Vec<String>,
        /// Origins for `img-src`.
        images: Vec<String>,
        /// Another directory than `dist/`.
        out: Option<PathBuf>,
    },
    /// Measure.
    Bench,
}

/// Reads the arguments after the program's name.
pub(crate) fn parse(arguments: impl Iterator<Item = String>) -> Result<Command> {
    // `--name=value` is the same as `--name value`.
    let mut all: Vec<String> = Vec::new();
    for argument in arguments {
        match argument.split_once('=') {
            Some((name, value)) if name.starts_with("--") => {
                all.extend([name.to_string(), value.to_string()]);
            }
            _ => all.push(argument),
        }
    }
    if all.iter().any(|one| one == "--help" || one == "-h") {
        return Ok(Command::Help);
    }
    let mut rest = all.into_iter();
    match rest.next().as_deref() {
        None | Some("help") => Ok(Command::Help),
        Some("run") => parse_run(rest),
        Some("test") => parse_test(rest),
        Some("dist") => parse_dist(rest),
        Some("bench") => match rest.next() {
            None => Ok(Command::Bench),
            Some(other) => Err(unknown("bench", &other)),
        },
        Some(other) => Err(Error::Usage(format!("there is no command `{other}`."))),
    }
}

fn parse_run(mut rest: impl Iterator<Item = String>) -> Result<Command> {
    let mut options = run::Options { port: 8080, data: None, fleet_speed: 1.0, mode: Mode::Token };
    while let Some(name) = rest.next() {
        match name.as_str() {
            "--port" => {
                let text = value(&name, &mut rest)?;
                options.port =
                    text.parse().ok().filter(|port| (1..u16::MAX).contains(port)).ok_or_else(|| {
                        Error::Usage(format!("--port must be a number from 1 to 65534, not `{text}`."))
                    })?;
            }
            "--data" => options.data = Some(PathBuf::from(value(&name, &mut rest)?)),
            "--fleet-speed" => {
                let text = value(&name, &mut rest)?;
                options.fleet_speed =
                    text.parse().ok().filter(|speed: &f64| speed.is_finite() && *speed > 0.0).ok_or_else(
                        || Error::Usage(format!("--fleet-speed must be a number above 0, not `{text}`.")),
                    )?;
            }
            "--mode" => {
                options.mode = match value(&name, &mut rest)?.as_str() {
                    "token" => Mode::Token,
                    "session" => Mode::Session,
                    other => {
                        return Err(Error::Usage(format!("--mode must be token or session, not `{other}`.")));
                    }
                };
            }
            other => return Err(unknown("run", other)),
        }
    }
    Ok(Command::Run(options))
}

fn parse_test(mut rest: impl Iterator<Item = String>) -> Result<Command> {
    let mut only = Vec::new();
    while let Some(name) = rest.next() {
        match name.as_str() {
            "--list" => return Ok(Command::ListSuites),
            "--only" => only.extend(value(&name, &mut rest)?.split(',').map(|one| one.trim().to_string())),
            other => return Err(unknown("test", other)),
        }
    }
    Ok(Command::Test(suites::Options { only }))
}

fn parse_dist(mut rest: impl Iterator<Item = String>) -> Result<Command> {
    let (mut connect, mut images, mut out) = (Vec::new(), Vec::new(), None);
    while let Some(name) = rest.next() {
        match name.as_str() {
            "--connect" => connect.push(origin(&name, value(&name, &mut rest)?)?),
            "--images" => images.push(origin(&name, value(&name, &mut rest)?)?),
            "--out" => out = Some(PathBuf::from(value(&name, &mut rest)?)),
            other => return Err(unknown("dist", other)),
        }
    }
    Ok(Command::Dist { connect, images, out })
}

/// A source of the policy: an origin, and nothing that could end the directive.
fn origin(name: &str, text: String) -> Result<String> {
    let scheme = text.starts_with("https://") || text.starts_with("http://");
    if scheme && !text.contains(|one: char| one.is_whitespace() || matches!(one, ';' | ',' | '"' | '\'')) {
        return Ok(text);
    }
    Err(Error::Usage(format!("{name} must be an origin like https://api.example.com, not `{text}`.")))
}

fn value(name: &str, rest: &mut impl Iterator<Item = String>) -> Result<String> {
    rest.next().ok_or_else(|| Error::Usage(format!("{name} needs a value.")))
}

fn unknown(command: &str, argument: &str) -> Error {
    Error::Usage(format!("`{command}` does not know `{argument}`."))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
mod tests {
    use super::*;

    fn read(line: &str) -> Result<Command> {
        parse(line.split_whitespace().map(str::to_string))
    }

    #[test]
    fn run_has_defaults_and_takes_its_options_in_both_spellings() {
        assert_eq!(
            read("run").unwrap(),
            Command::Run(run::Options { port: 8080, data: None, fleet_speed: 1.0, mode: Mode::Token })
        );
        let mode = Mode::Session;
        let other =
            Command::Run(run::Options { port: 9000, data: Some("d".into()), fleet_speed: 60.0, mode });
        assert_eq!(read("run --port 9000 --data d --fleet-speed 60 --mode session").unwrap(), other);
        assert_eq!(read("run --port=9000 --data=d --fleet-speed=60 --mode=session").unwrap(), other);
    }

    #[test]
    fn mistakes_are_refused_and_named() {
        for line in [
            "go",
            "run --port 0",
            "run --port 65535",
            "run --port x",
            "run --fleet-speed 0",
            "run --fleet-speed NaN",
            "run --data",
            "run --mode cookies",
            "run 8080",
            "test --only",
            "dist --connect https://a;script-src",
            "dist --connect *",
            "bench fast",
        ] {
            assert!(matches!(read(line), Err(Error::Usage(_))), "{line}");
        }
    }

    #[test]
    fn help_wins_wherever_it_stands() {
        for line in ["", "help", "--help", "run --help", "run --port --help"] {
            assert_eq!(read(line).unwrap(), Command::Help, "{line}");
        }
    }

    #[test]
    fn suites_can_be_chosen() {
        let wanted = Command::Test(suites::Options { only: vec!["fmt".into(), "web".into()] });
        assert_eq!(read("test --only fmt,web").unwrap(), wanted);
        assert_eq!(read("test --list").unwrap(), Command::ListSuites);
    }
}
