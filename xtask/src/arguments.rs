//! The command line, read by hand: a few commands do not pay for a crate that every fresh machine would compile.

use std::path::PathBuf;

use crate::error::{Error, Result};
use crate::server::Mode;
use crate::{chaos, dist, fuzz, run, suites};

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
           --sbom             with bills of materials (sbom/), for a release

  chaos  Run the server under load, kill it (SIGKILL) at random moments, and prove from its database and from what the
         devices received that no accepted reset was lost, doubled or misreported.
           --kills N          how often (100)
           --seed N           which moments and which clients (1)
           --people N         how many at the same time (24)

  fuzz   Search every parser of foreign bytes for an input that breaks it (libFuzzer; needs a C++ compiler).
           --seconds N        how long each target (60)
           --target T         only this one
           --seed N           where the search begins (1)

  bench  Measure sizes, first paint, the list of 5,000 devices and the server.

  load   Attack the server with thousands of connections, slow and large requests and forged tokens, while people use it;
         print connections, memory and how long people waited.
           --connections N    how many connections (10000)
           --seconds N        how long each attack lasts (10)

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
        /// Whether bills of materials are written.
        bills: dist::Bills,
    },
    /// Kill the server under load.
    Chaos(chaos::Options),
    /// Search the parsers.
    Fuzz(fuzz::Options),
    /// Measure.
    Bench,
    /// Attack the server and measure.
    Load {
        /// How many connections.
        connections: u32,
        /// How long each attack lasts.
        seconds: u32,
    },
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
        Some("chaos") => parse_chaos(rest),
        Some("fuzz") => parse_fuzz(rest),
        Some("bench") => match rest.next() {
            None => Ok(Command::Bench),
            Some(other) => Err(unknown("bench", &other)),
        },
        Some("load") => parse_load(rest),
        Some(other) => Err(Error::Usage(format!("there is no command `{other}`."))),
    }
}

fn parse_load(mut rest: impl Iterator<Item = String>) -> Result<Command> {
    let (mut connections, mut seconds) = (10_000, 10);
    while let Some(name) = rest.next() {
        let wanted = match name.as_str() {
            "--connections" => &mut connections,
            "--seconds" => &mut seconds,
            other => return Err(unknown("load", other)),
        };
        let text = value(&name, &mut rest)?;
        *wanted = text.parse().ok().filter(|number| (1..=100_000).contains(number)).ok_or_else(|| {
            Error::Usage(format!("{name} must be a number from 1 to 100000, not `{text}`."))
        })?;
    }
    Ok(Command::Load { connections, seconds })
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

fn parse_chaos(mut rest: impl Iterator<Item = String>) -> Result<Command> {
    let mut options = chaos::Options { kills: 100, seed: 1, people: 24 };
    while let Some(name) = rest.next() {
        match name.as_str() {
            "--kills" => options.kills = number(&name, &mut rest, 1..=100_000)?,
            "--seed" => options.seed = number(&name, &mut rest, 0..=u64::MAX)?,
            "--people" => options.people = number(&name, &mut rest, 1..=1000)?,
            other => return Err(unknown("chaos", other)),
        }
    }
    Ok(Command::Chaos(options))
}

fn parse_fuzz(mut rest: impl Iterator<Item = String>) -> Result<Command> {
    let mut options = fuzz::Options { seconds: 60, target: None, seed: 1 };
    while let Some(name) = rest.next() {
        match name.as_str() {
            "--seconds" => options.seconds = number(&name, &mut rest, 1..=7 * 86_400)?,
            "--target" => options.target = Some(value(&name, &mut rest)?),
            "--seed" => options.seed = number(&name, &mut rest, 1..=u64::from(u32::MAX))?,
            other => return Err(unknown("fuzz", other)),
        }
    }
    Ok(Command::Fuzz(options))
}

/// A whole number within bounds.
fn number(
    name: &str,
    rest: &mut impl Iterator<Item = String>,
    bounds: std::ops::RangeInclusive<u64>,
) -> Result<u64> {
    let text = value(name, rest)?;
    text.parse().ok().filter(|number| bounds.contains(number)).ok_or_else(|| {
        Error::Usage(format!(
            "{name} must be a whole number from {} to {}, not `{text}`.",
            bounds.start(),
            bounds.end()
        ))
    })
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
    let (mut connect, mut images, mut out, mut bills) = (Vec::new(), Vec::new(), None, dist::Bills::None);
    while let Some(name) = rest.next() {
        match name.as_str() {
            "--connect" => connect.push(origin(&name, value(&name, &mut rest)?)?),
            "--images" => images.push(origin(&name, value(&name, &mut rest)?)?),
            "--out" => out = Some(PathBuf::from(value(&name, &mut rest)?)),
            "--sbom" => bills = dist::Bills::Write,
            other => return Err(unknown("dist", other)),
        }
    }
    Ok(Command::Dist { connect, images, out, bills })
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
    fn chaos_and_fuzz_have_defaults_and_refuse_what_is_out_of_bounds() {
        let chaos = |kills, seed, people| Command::Chaos(chaos::Options { kills, seed, people });
        assert_eq!(read("chaos").unwrap(), chaos(100, 1, 24));
        assert_eq!(read("chaos --kills 5 --seed=7 --people 3").unwrap(), chaos(5, 7, 3));
        assert!(read("chaos --kills 0").is_err() && read("chaos --people 5000").is_err());
        let fuzz = fuzz::Options { seconds: 9, target: Some("dates".to_string()), seed: 1 };
        assert_eq!(read("fuzz --seconds 9 --target dates").unwrap(), Command::Fuzz(fuzz));
        assert!(read("fuzz --seconds soon").is_err() && read("fuzz dates").is_err());
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
            "load --connections 0",
            "load --seconds",
            "load fast",
        ] {
            assert!(matches!(read(line), Err(Error::Usage(_))), "{line}");
        }
    }

    #[test]
    fn load_has_defaults_and_takes_its_options() {
        assert_eq!(read("load").unwrap(), Command::Load { connections: 10_000, seconds: 10 });
        let other = Command::Load { connections: 50, seconds: 2 };
        assert_eq!(read("load --connections 50 --seconds=2").unwrap(), other);
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
