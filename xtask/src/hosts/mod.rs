//! The suite `hosts`: the finished page through real nginx, Caddy, Apache and our own server, against one table.
//!
//! The web servers are the system's packages, unpacked rather than installed: nothing starts on port 80, nothing of the
//! machine changes. Each runs as an ordinary process on a port of its own, over a copy of `dist/` with a `config.json`
//! in it, with no configuration but the generated file and the few lines that it is included from. The files for hosts
//! that cannot be run here (Netlify, Cloudflare, Azure) are made from the same source and tried by nobody.

mod answer;
mod expectations;
mod packages;
mod site;

use std::path::{Path, PathBuf};
use std::time::Duration;

use fs_err as fs;
use serde_json::json;
use tempfile::TempDir;

use crate::counts::Counts;
use crate::dist;
use crate::error::{Error, Result};
use crate::outcome::Outcome;
use crate::process::{Program, Service};
use crate::server;
use crate::template;
use crate::workspace::Workspace;

use expectations::{Lists, Promise, Verdict};
use packages::Packages;
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
    /// Where its modules are within a system's root; `*` is the name of one.
    modules: &'static str,
    /// The modules it cannot do without.
    needed: &'static [&'static str],
    /// The one without which it cannot send `.br` files.
    wanted: Option<&'static str>,
    /// Its configuration.
    template: &'static str,
    /// Its arguments; `OWN` is the directory it runs in, `FILE` the configuration.
    arguments: &'static [&'static str],
}

const INSTALLED: &[Installed] = &[
    Installed {
        name: "nginx",
        program: "nginx",
        packages: &["nginx", "libnginx-mod-http-brotli-static"],
        modules: "usr/lib/nginx/modules/ngx_http_*_module.so",
        needed: &[],
        wanted: Some("brotli_static"),
        template: include_str!("nginx.conf.j2"),
        arguments: &["-p", "OWN", "-e", "stderr", "-c", "FILE"],
    },
    Installed {
        name: "Caddy",
        program: "caddy",
        packages: &["caddy"],
        modules: "",
        needed: &[],
        wanted: None,
        template: include_str!("Caddyfile.j2"),
        arguments: &["run", "--adapter", "caddyfile", "--config", "FILE"],
    },
    // The package with the service is another one. The modules are those that the file says it needs, and what any Apache has.
    Installed {
        name: "Apache",
        program: "apache2",
        packages: &["apache2-bin"],
        modules: "usr/lib/apache2/modules/mod_*.so",
        needed: &["mpm_event", "authz_core", "dir", "headers", "mime", "rewrite"],
        wanted: None,
        template: include_str!("apache.conf.j2"),
        arguments: &["-f", "FILE", "-DFOREGROUND"],
    },
];

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
        report.add_host("dist", &[Err(format!("{} is not in dist/", absent.join(", ")))]);
    }
    let mut served = 0;
    for host in INSTALLED {
        match start(host, &packages, &site) {
            Ok(running) => {
                served += 1;
                report.add_host(host.name, &running.verdicts(&lists, &site)?);
            }
            Err(error @ Error::Missing { .. }) => {
                report.skip(format!("{}: {}", host.name, first_line(&error.to_string())));
            }
            Err(Error::Interrupted) => return Err(Error::Interrupted),
            Err(error) => report.add_host(host.name, &[Err(error.to_string())]),
        }
    }
    if served == 0 {
        report.add_host("web servers", &[Err("none of nginx, Caddy and Apache could be had".to_string())]);
    }
    let binary = server::build(workspace, server::SERVER)?;
    match start_own(&binary, &site) {
        Ok(running) => report.add_host("portal-server", &running.verdicts(&lists, &site)?),
        Err(Error::Interrupted) => return Err(Error::Interrupted),
        Err(error) => report.add_host("portal-server", &[Err(error.to_string())]),
    }
    Ok(report)
}

impl Outcome {
    fn add_host(&mut self, host: &str, results: &[Verdict]) {
        let of_host =
            results.iter().map(|result| Counts::one(result.is_ok())).fold(Counts::default(), Counts::plus);
        self.notes.push(format!("{host:<17} {}", of_host.line()));
        for result in results {
            self.check(
                result.is_ok(),
                &format!("{host}: {}", result.as_ref().err().map_or("", String::as_str)),
            );
        }
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
        let style = site.style_source()?;
        lists
            .table(site, self.promises)
            .iter()
            .map(|expectation| match answer::over_http(self.port, &expectation.path, expectation.accepts) {
                Ok(mut answer) => {
                    answer.replace_in("content-security-policy", PROVIDER, "https:");
                    answer.replace_in("content-security-policy", &style, "'the style sheet'");
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
         public_base_url = \"https://portal.example\"\nallow_simulated = true\n\
         [oidc]\nissuer = \"{PROVIDER}\"\naudience = \"urn:passcode-portal:api\"\nrequired_scope = \"devices\"\n",
        quoted(&own.path().join("portal.sqlite")),
        quoted(site.path())
    );
    let file = own.path().join("portal.toml");
    fs::write(&file, text)?;
    let program = Program::new("portal-server", binary)
        .arg("--config")
        .arg(&file)
        .env("PORTAL__PASSCODE__KEY", server::passcode_key(own.path())?);
    serving(program, EVERY_PROMISE, port, own)
}

fn serving(program: Program, promises: &'static [Promise], port: u16, own: TempDir) -> Result<Running> {
    let mut service = program.dir(own.path()).serve(&own.path().join("log"))?;
    crate::http::wait_until_ready(&mut service, port, "/", Duration::from_secs(20))?;
    Ok(Running { port, promises, _service: service, _own: own })
}

fn start(host: &Installed, packages: &Packages, site: &Site) -> Result<Running> {
    let found = packages.get(host.program, host.packages)?;
    let own = site::directory(host.program)?;
    let port = crate::http::free_port()?;
    let module = |name: &str| found.module(&host.modules.replace('*', name));
    let needed = |name: &&'static str| match module(name) {
        Some(path) => Ok((*name, path)),
        None => Err(Error::Missing {
            what: format!("{} is here without its module {name}.", host.name),
            remedy: "install it as your system's packages do.".into(),
        }),
    };
    let modules = host.needed.iter().map(needed).collect::<Result<Vec<_>>>()?;
    let wanted = host.wanted.and_then(module);
    let promises = match (host.wanted, &wanted) {
        (Some(_), None) => EVERY_PROMISE_BUT_BROTLI,
        _ => EVERY_PROMISE,
    };
    let values = json!({
        "own": own.path(), "site": site.path(), "port": port, "modules": modules, "wanted": wanted,
    });
    let file = own.path().join("configuration");
    fs::write(&file, template::render(host.template, &values)?)?;
    let argument = |text: &&'static str| match *text {
        "OWN" => own.path().to_path_buf(),
        "FILE" => file.clone(),
        text => PathBuf::from(text),
    };
    let mut program = found.run(host.name).args(host.arguments.iter().map(argument));
    // Caddy keeps its last configuration at home, which is the directory of this run.
    for name in ["HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME"] {
        program = program.env(name, own.path());
    }
    serving(program, promises, port, own)
}

fn first_line(text: &str) -> &str {
    text.lines().next().unwrap_or_default()
}
