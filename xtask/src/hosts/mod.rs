//! The suite `hosts`: the finished page through real nginx, Caddy and Apache, through our own server, and through the rules
//! of the hosts that cannot be run here, against one table of expectations.
//!
//! The web servers are the system's packages, unpacked rather than installed: nothing starts on port 80, nothing of the
//! machine changes. Each runs as an ordinary process on a port of its own, over a copy of `dist/` with a `config.json`
//! in it, with no configuration but the generated file and the few lines that it is included from.

mod answer;
mod apache;
mod azure;
mod caddy;
mod check;
mod expectations;
mod netlify;
mod nginx;
mod own_server;
mod packages;
mod site;

use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::counts::Counts;
use crate::dist;
use crate::error::{Error, Result};
use crate::process::{Program, Service};
use crate::server::{self, Build};
use crate::suites::Outcome;
use crate::workspace::{self, Workspace};

use answer::{Answer, Question};
use expectations::Promise;
use packages::{Found, Packages};
use site::Site;

/// Something that answers for the page.
trait Host {
    /// What can be asked of it beyond what every host must do.
    fn promises(&self) -> &'static [Promise];
    /// What it answers.
    fn ask(&self, question: &Question<'_>) -> Result<Answer>;
}

/// What a web server promises that has nothing but our file.
const EVERY_PROMISE: &[Promise] = &[
    Promise::MediaTypes,
    Promise::HidesItsFiles,
    Promise::EveryAddress,
    Promise::ForgetsMissing,
    Promise::Gzip,
    Promise::Brotli,
];
/// The same without the module that sends `.br` files.
const EVERY_PROMISE_BUT_BROTLI: &[Promise] = &[
    Promise::MediaTypes,
    Promise::HidesItsFiles,
    Promise::EveryAddress,
    Promise::ForgetsMissing,
    Promise::Gzip,
];

/// A web server that can be started here.
struct Installed {
    /// Its name, for people.
    name: &'static str,
    /// Its program.
    program: &'static str,
    /// The package that has it, then those that may be missing.
    packages: &'static [&'static str],
    /// Writes its configuration into a directory of its own and says how to start it.
    prepare: fn(&Found, &Setup<'_>) -> Result<Prepared>,
}

/// A web server, ready to be started.
struct Prepared {
    program: Program,
    promises: &'static [Promise],
}

/// Where a web server runs.
struct Setup<'a> {
    /// A directory of its own, for configuration, logs and what it keeps while it runs.
    own: &'a Path,
    /// The page.
    site: &'a Path,
    /// Its port on 127.0.0.1.
    port: u16,
}

const INSTALLED: &[Installed] = &[nginx::NGINX, caddy::CADDY, apache::APACHE];

/// Serves the page through every host and compares.
pub(crate) fn run(workspace: &Workspace) -> Result<Outcome> {
    let options = dist::Options::standard(workspace);
    dist::build(workspace, &options)?;
    let site = Site::copy_of(&options.out)?;
    let packages = Packages::new(workspace);
    let mut report = Outcome { counts: Counts::default(), output: String::new(), notes: Vec::new() };
    let absent = expectations::hidden_but_absent(&site);
    if !absent.is_empty() {
        report.add_host("dist", vec![Err(format!("{} is not in dist/", absent.join(", ")))]);
    }
    let mut served = 0;
    for host in INSTALLED {
        match start(host, &packages, &site) {
            Ok(running) => {
                served += 1;
                report.add_host(host.name, check::all(&running, &site)?);
            }
            Err(error @ Error::Missing { .. }) => {
                report.counts.skipped += 1;
                report.notes.push(format!("skipped: {}: {}", host.name, first_line(&error.to_string())));
            }
            Err(Error::Interrupted) => return Err(Error::Interrupted),
            Err(error) => report.add_host(host.name, vec![Err(error.to_string())]),
        }
    }
    if served == 0 {
        report.add_host("web servers", vec![Err("none of nginx, Caddy and Apache could be had".to_string())]);
    }
    let binary = server::build(workspace, Build::Sample)?;
    report.add_host("portal-server", through(own_server::Serving::start(&binary, &site), &site)?);
    report.add_host("_headers (rules)", through(netlify::Rules::read(&site), &site)?);
    report.add_host("Azure (rules)", through(azure::Rules::read(&site), &site)?);
    Ok(report)
}

/// What a host says, or that there is none: its files could not be read, or it did not start.
fn through(host: Result<impl Host>, site: &Site) -> Result<Vec<check::Verdict>> {
    match host {
        Ok(host) => check::all(&host, site),
        Err(Error::Interrupted) => Err(Error::Interrupted),
        Err(error) => Ok(vec![Err(error.to_string())]),
    }
}

impl Outcome {
    fn add_host(&mut self, host: &str, results: Vec<check::Verdict>) {
        let mut counts = Counts::default();
        for result in results {
            counts = counts.plus(Counts::one(result.is_ok()));
            if let Err(text) = result {
                self.output.push_str(&format!("{host}: {text}\n"));
            }
        }
        self.notes.push(format!("{host:<17} {}", counts.line()));
        self.counts = self.counts.plus(counts);
    }
}

/// A web server that is up; dropping it ends it.
struct Running {
    port: u16,
    promises: &'static [Promise],
    _service: Service,
    _own: site::Directory,
}

impl Host for Running {
    fn promises(&self) -> &'static [Promise] {
        self.promises
    }

    fn ask(&self, question: &Question<'_>) -> Result<Answer> {
        answer::over_http(self.port, question)
    }
}

fn start(host: &Installed, packages: &Packages, site: &Site) -> Result<Running> {
    let found = packages.get(host.program, host.packages)?;
    let own = site::Directory::new(host.program)?;
    let port = crate::http::free_port()?;
    let setup = Setup { own: own.path(), site: site.path(), port };
    let log = own.path().join("log");
    let Prepared { program, promises } = (host.prepare)(&found, &setup)?;
    let mut service = program.dir(own.path()).serve(&log)?;
    crate::http::wait_until_ready(&mut service, port, "/", Duration::from_secs(20))?;
    Ok(Running { port, promises, _service: service, _own: own })
}

/// Writes a server's configuration into its own directory.
fn write_configuration(setup: &Setup<'_>, text: &str) -> Result<PathBuf> {
    let file = setup.own.join("configuration");
    workspace::write(&file, text)?;
    Ok(file)
}

fn first_line(text: &str) -> &str {
    text.lines().next().unwrap_or_default()
}
