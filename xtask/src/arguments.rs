//! The command line.

use std::path::PathBuf;

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
    Dist(DistOptions),
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

/// What `dist` is told.
#[derive(Debug, Clone, PartialEq, clap::Args)]
pub(crate) struct DistOptions {
    /// An origin the page may call: the API's and the provider's (repeatable; default https:).
    #[arg(long, value_name = "ORIGIN", value_parser = origin)]
    connect: Vec<String>,
    /// An origin of images besides its own, for a logo elsewhere (repeatable).
    #[arg(long, value_name = "ORIGIN", value_parser = origin)]
    images: Vec<String>,
    /// Where it goes.
    #[arg(long, value_name = "DIR", default_value = "dist")]
    out: PathBuf,
    /// With bills of materials (sbom/), for a release.
    #[arg(long)]
    sbom: bool,
}

impl DistOptions {
    /// The same for the builder; a relative directory is one of the current directory.
    pub(crate) fn for_builder(self) -> std::io::Result<dist::Options> {
        Ok(dist::Options {
            connect: if self.connect.is_empty() { "https:".to_string() } else { self.connect.join(" ") },
            images: self.images.join(" "),
            out: std::path::absolute(self.out)?,
            bills: if self.sbom { dist::Bills::Write } else { dist::Bills::None },
        })
    }
}

/// A source of the policy: an origin, and nothing that could end the directive.
fn origin(text: &str) -> Result<String, String> {
    let scheme = text.starts_with("https://") || text.starts_with("http://");
    if scheme && !text.contains(|one: char| one.is_whitespace() || matches!(one, ';' | ',' | '"' | '\'')) {
        return Ok(text.to_string());
    }
    Err("an origin looks like https://api.example.com".to_string())
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
mod tests {
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
        let chaos = |kills, seed, people| Command::Chaos(chaos::Options { kills, seed, people });
        assert_eq!(read("chaos").unwrap(), chaos(100, 1, 24));
        assert_eq!(read("chaos --kills 5 --seed=7 --people 3").unwrap(), chaos(5, 7, 3));
        let fuzz = fuzz::Options { seconds: 9, target: Some("dates".to_string()), seed: 1 };
        assert_eq!(read("fuzz --seconds 9 --target dates").unwrap(), Command::Fuzz(fuzz));
        let load = |connections, seconds| Command::Load(load::Options { connections, seconds });
        assert_eq!(read("load").unwrap(), load(10_000, 10));
        assert_eq!(read("load --connections 50 --seconds=2").unwrap(), load(50, 2));
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
