//! The suite `hosts`: the finished page through real nginx, Caddy, Apache and our own server, against one table.
//!
//! The web servers are the system's packages, unpacked rather than installed: nothing starts on port 80, nothing of the
//! machine changes. Each runs as an ordinary process on a port of its own, over a copy of `dist/` with a `config.json`
//! in it, with no configuration but the generated file and the few lines that it is included from. The files for hosts
//! that cannot be run here (Netlify, Cloudflare, Azure) are made from the same source and tried by nobody.

mod answer;
mod apache;
mod caddy;
mod expectations;
mod nginx;
mod packages;
mod site;

use std::path::{Path, PathBuf};
use std::time::Duration;

use tempfile::TempDir;

use crate::counts::Counts;
use crate::dist;
use crate::error::{Error, Result};
use crate::process::{Program, Service};
use crate::server::{self, Build};
use crate::suites::{Outcome, SKIPPED};
use crate::workspace::{self, Workspace};

use expectations::{Lists, Promise, Verdict};
use packages::{Found, Packages};
use site::Site;

/// What a web server promises that has nothing but our file.
const EVERY_PROMISE: &[Promise] = &[Promise::Gzip, Promise::Brotli];
/// The same without the module that sends `.br` files.
const EVERY_PROMISE_BUT_BROTLI: &[Promise] = &[Promise::Gzip];

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

/// Our server's provider, which nobody asks here. The policy names it where the build for other hosts says `https:`.
const PROVIDER: &str = "http://127.0.0.1:9";

/// Serves the page through every host and compares.
pub(crate) fn run(workspace: &Workspace) -> Result<Outcome> {
    let options = dist::Options::standard(workspace);
    dist::build(workspace, &options)?;
    let site = Site::copy_of(&options.out)?;
    let packages = Packages::new(workspace);
    let mut report = Outcome::default();
    let lists = Lists::read()?;
    let absent = lists.hidden_but_absent(&site);
    if !absent.is_empty() {
        report.add_host("dist", vec![Err(format!("{} is not in dist/", absent.join(", ")))]);
    }
    let mut served = 0;
    for host in INSTALLED {
        match start(host, &packages, &site) {
            Ok(running) => {
                served += 1;
                report.add_host(host.name, running.verdicts(&lists, &site)?);
            }
            Err(error @ Error::Missing { .. }) => {
                report.counts.skipped += 1;
                report.notes.push(format!("{SKIPPED}{}: {}", host.name, first_line(&error.to_string())));
            }
            Err(Error::Interrupted) => return Err(Error::Interrupted),
            Err(error) => report.add_host(host.name, vec![Err(error.to_string())]),
        }
    }
    if served == 0 {
        report.add_host("web servers", vec![Err("none of nginx, Caddy and Apache could be had".to_string())]);
    }
    let binary = server::build(workspace, Build::Sample)?;
    match start_own(&binary, &site) {
        Ok(running) => report.add_host("portal-server", running.verdicts(&lists, &site)?),
        Err(Error::Interrupted) => return Err(Error::Interrupted),
        Err(error) => report.add_host("portal-server", vec![Err(error.to_string())]),
    }
    Ok(report)
}

impl Outcome {
    fn add_host(&mut self, host: &str, results: Vec<Verdict>) {
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
    _own: TempDir,
}

impl Running {
    /// Asks everything in the table and says of each row whether the answer was right.
    fn verdicts(&self, lists: &Lists, site: &Site) -> Result<Vec<Verdict>> {
        lists
            .table(site, self.promises)
            .iter()
            .map(|expectation| match answer::over_http(self.port, &expectation.path, expectation.accepts) {
                Ok(mut answer) => {
                    answer.replace_in("content-security-policy", PROVIDER, "https:");
                    expectation.verdict(&answer, self.promises, site)
                }
                Err(Error::Interrupted) => Err(Error::Interrupted),
                Err(error) => Ok(Err(error.to_string())),
            })
            .collect()
    }
}

/// Our server with `headers.json`: it serves the page itself where there is one origin, here as one that people reach over
/// HTTPS.
fn start_own(binary: &Path, site: &Site) -> Result<Running> {
    let own = site::directory("server")?;
    let port = crate::http::free_port()?;
    let quoted = |path: &Path| server::quoted(&path.to_string_lossy());
    let text = format!(
        "listen = \"127.0.0.1:{port}\"\ndatabase = {}\npage_dir = {}\n\
         public_base_url = \"https://portal.example\"\n\
         [oidc]\nissuer = \"{PROVIDER}\"\naudience = \"urn:passcode-portal:api\"\nrequired_scope = \"devices\"\n",
        quoted(&own.path().join("portal.sqlite")),
        quoted(site.path())
    );
    let file = own.path().join("portal.toml");
    workspace::write(&file, text)?;
    let program = Program::new("portal-server", binary)
        .arg("--config")
        .arg(&file)
        .env("PORTAL__PASSCODE__KEY", server::passcode_key(own.path())?);
    serving(Prepared { program, promises: EVERY_PROMISE }, port, own)
}

fn serving(Prepared { program, promises }: Prepared, port: u16, own: TempDir) -> Result<Running> {
    let mut service = program.dir(own.path()).serve(&own.path().join("log"))?;
    crate::http::wait_until_ready(&mut service, port, "/", Duration::from_secs(20))?;
    Ok(Running { port, promises, _service: service, _own: own })
}

fn start(host: &Installed, packages: &Packages, site: &Site) -> Result<Running> {
    let found = packages.get(host.program, host.packages)?;
    let own = site::directory(host.program)?;
    let port = crate::http::free_port()?;
    let setup = Setup { own: own.path(), site: site.path(), port };
    let prepared = (host.prepare)(&found, &setup)?;
    serving(prepared, port, own)
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
