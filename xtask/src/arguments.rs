//! The command line.

use clap::Parser;

use crate::{chaos, dist, fuzz, load, run, suites};

/// Builds, runs, tests and packages the portal.
///
/// Needs Linux or macOS (on Windows: WSL), Rust, and Node 20 or newer with npm. Everything else is fetched or built on first
/// use and kept in ~/.cache/passcode-portal (or $XDG_CACHE_HOME).
#[derive(Debug, Clone, PartialEq, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", max_term_width = 120)]
pub(crate) enum Command {
    /// Build the page and the server, start them with a sample OIDC provider and a simulated fleet of devices, print the
    /// address and the sample accounts, and end everything on Ctrl-C.
    Run(run::Options),
    /// Install what is missing, run every check and every suite; the last line counts passed and failed.
    Test(suites::Options),
    /// Build dist/ for any static host: hashed names, integrity, .br and .gz, rules for hosts.
    ///
    /// Put a config.json beside index.html; config.example.json shows what is in it.
    Dist(dist::Options),
    /// Run the server under load, kill it (SIGKILL) at random moments, and prove from its database and from what the devices
    /// received that no accepted reset was lost, doubled or misreported.
    Chaos(chaos::Options),
    /// Search every parser of foreign bytes for an input that breaks it (libFuzzer; needs a C++ compiler).
    Fuzz(fuzz::Options),
    /// Measure sizes, first paint, the list of 5,000 devices and the server.
    Bench,
    /// Attack the server with thousands of connections, slow and large requests and forged tokens, while people use it; print
    /// connections, memory and how long people waited.
    Load(load::Options),
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
mod tests {
    use std::path::PathBuf;

    use super::*;
    use crate::server::Mode;

    fn read(line: &str) -> Result<Command, clap::Error> {
        Command::try_parse_from(std::iter::once("cargo xtask").chain(line.split_whitespace()))
    }

    #[test]
    fn every_command_has_defaults_and_takes_its_options_in_both_spellings() {
        let run = |port, data: Option<&str>, fleet_speed, mode| {
            Command::Run(run::Options { port, data: data.map(PathBuf::from), fleet_speed, mode })
        };
        assert_eq!(read("run").unwrap(), run(8080, None, 1.0, Mode::Token));
        for line in [
            "run --port 9000 --data d --fleet-speed 60 --mode session",
            "run --port=9000 --data=d --fleet-speed=60 --mode=session",
        ] {
            assert_eq!(read(line).unwrap(), run(9000, Some("d"), 60.0, Mode::Session));
        }
        let chaos =
            |kills, seed, people, services| Command::Chaos(chaos::Options { kills, seed, people, services });
        assert_eq!(read("chaos").unwrap(), chaos(100, 1, 24, chaos::Services::Fleet));
        let other = read("chaos --kills 5 --seed=7 --people 3 --services graph").unwrap();
        assert_eq!(other, chaos(5, 7, 3, chaos::Services::Graph));
        let fuzz = fuzz::Options { seconds: 9, target: Some("dates".to_string()), seed: 1 };
        assert_eq!(read("fuzz --seconds 9 --target dates").unwrap(), Command::Fuzz(fuzz));
        let load = |connections, seconds| Command::Load(load::Options { connections, seconds });
        assert_eq!(read("load").unwrap(), load(10_000, 10));
        assert_eq!(read("load --connections 50 --seconds=2").unwrap(), load(50, 2));
        let (connect, images) = (vec!["https:".to_string()], Vec::new());
        let dist = dist::Options { connect, images, out: std::path::absolute("d").unwrap(), sbom: true };
        assert_eq!(read("dist --out d --sbom").unwrap(), Command::Dist(dist));
        let test = suites::Options { only: vec!["fmt".into(), "web".into()], list: false };
        assert_eq!(read("test --only fmt,web").unwrap(), Command::Test(test));
    }

    #[test]
    fn mistakes_are_refused_with_exit_code_2_and_named() {
        for (line, named) in [
            ("go", "go"),
            ("run --port 0", "--port"),
            ("run --port 65535", "--port"),
            ("run --port x", "--port"),
            ("run --fleet-speed 0", "--fleet-speed"),
            ("run --fleet-speed NaN", "--fleet-speed"),
            ("run --data", "--data"),
            ("run --mode cookies", "--mode"),
            ("run 8080", "8080"),
            ("test --only", "--only"),
            ("dist --connect https://a;script-src", "--connect"),
            ("dist --connect *", "--connect"),
            ("bench fast", "fast"),
            ("chaos --kills 0", "--kills"),
            ("chaos --people 5000", "--people"),
            ("fuzz --seconds soon", "--seconds"),
            ("fuzz dates", "dates"),
            ("load --connections 0", "--connections"),
            ("load --seconds", "--seconds"),
        ] {
            let error = read(line).unwrap_err();
            assert!(error.exit_code() == 2 && error.to_string().contains(named), "{line}: {error}");
        }
    }
}
