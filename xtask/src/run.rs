//! `cargo xtask run`: the whole portal on this machine, until Ctrl-C.

use std::path::{Path, PathBuf};
use std::time::Duration;

use fs_err as fs;

use crate::dist;
use crate::error::{Error, Result};
use crate::http;
use crate::interrupt;
use crate::process::{Program, Service};
use crate::progress;
use crate::provision::Node;
use crate::server::{self, Mode, Sample};
use crate::workspace::Workspace;

/// How long a started service may take to answer.
const READY: Duration = Duration::from_secs(30);

/// What the person asked for.
#[derive(Debug, Clone, PartialEq, clap::Args)]
pub(crate) struct Options {
    /// Port of the page and the API; the sample provider takes the next one.
    #[arg(long, default_value_t = 8080, value_parser = clap::value_parser!(u16).range(1..=65534))]
    pub(crate) port: u16,
    /// Where database, key and logs lie; `data/` in the repository if not given.
    #[arg(long, value_name = "DIR")]
    pub(crate) data: Option<PathBuf>,
    /// How many seconds of the simulated devices pass in one.
    #[arg(long, value_name = "N", default_value_t = 1.0, value_parser = speed)]
    pub(crate) fleet_speed: f64,
    /// How people sign in: `token` (the page does) or `session` (the server does, the browser holds a cookie).
    #[arg(long, default_value = "token")]
    pub(crate) mode: Mode,
}

fn speed(text: &str) -> std::result::Result<f64, String> {
    let speed = text.parse().ok().filter(|speed: &f64| speed.is_finite() && *speed > 0.0);
    speed.ok_or_else(|| "a number above 0".to_string())
}

/// The sample provider and the server, running. Dropping it ends both.
pub(crate) struct Portal {
    // Dropped in this order: the server first, so that it does not ask a provider that is gone.
    server: Service,
    provider: Service,
}

impl Portal {
    /// Starts both and waits until they answer.
    pub(crate) fn start(
        workspace: &Workspace,
        node: &Node,
        binary: &Path,
        sample: &Sample<'_>,
    ) -> Result<Self> {
        let logs = sample.data;
        server::secret_in(&sample.client_secret())?;
        let mut provider = node
            .program("the sample OIDC provider")
            .arg(workspace.e2e().join("provider").join("main.mjs"))
            .args(["--port", &sample.provider_port.to_string()])
            .args(["--page-origin", &sample.page_origin()])
            .arg("--server-secret")
            .arg(sample.client_secret())
            .arg("--people")
            .arg(workspace.root.join("server/sample/people.json"))
            .dir(&workspace.e2e())
            .serve(&logs.join("provider.log"))?;
        http::wait_until_ready(
            &mut provider,
            sample.provider_port,
            "/.well-known/openid-configuration",
            READY,
        )?;
        let configuration = sample.data.join("portal.toml");
        fs::write(&configuration, sample.configuration()?)?;
        let mut server = Program::new("portal-server", binary)
            .arg("--config")
            .arg(&configuration)
            .env("PORTAL__PASSCODE__KEY", server::passcode_key(sample.data)?)
            .dir(sample.data)
            .serve(&logs.join("server.log"))?;
        for path in ["/readyz", "/"] {
            http::wait_until_ready(&mut server, sample.port, path, READY)?;
        }
        Ok(Self { server, provider })
    }

    /// Fails when one of the two has ended by itself.
    pub(crate) fn still_running(&mut self) -> Result<()> {
        self.provider.still_running()?;
        self.server.still_running()
    }

    /// The server's process id.
    pub(crate) fn server_id(&self) -> u32 {
        self.server.id()
    }
}

/// Runs until Ctrl-C.
pub(crate) fn run(workspace: &Workspace, options: &Options) -> Result<()> {
    let provider_port = options.port.saturating_add(1);
    http::require_free(options.port, "page and API")?;
    http::require_free(provider_port, "sample provider")?;
    // Absolute, for the server runs in it.
    let data = std::path::absolute(options.data.clone().unwrap_or_else(|| workspace.root.join("data")))?;
    server::prepare_data(&data)?;
    let node = Node::get(workspace)?;
    let page = dist::Options::standard(workspace);
    dist::build(workspace, &page)?;
    let binary = server::build(workspace, server::SERVER)?;
    let sample = Sample {
        port: options.port,
        provider_port,
        data: &data,
        page: &page.out,
        fleet_speed: options.fleet_speed,
        mode: options.mode,
        limits: None,
    };
    progress::note("starting the sample provider and the server");
    let mut portal = Portal::start(workspace, &node, &binary, &sample)?;
    welcome(workspace, &sample)?;
    while !interrupt::asked_to_end() {
        portal.still_running()?;
        std::thread::sleep(Duration::from_millis(100));
    }
    progress::line("\n  stopping");
    drop(portal);
    Ok(())
}

/// The address and who can sign in.
fn welcome(workspace: &Workspace, sample: &Sample<'_>) -> Result<()> {
    let people = fs::read_to_string(workspace.root.join("server/sample/people.json"))?;
    let value: serde_json::Value = serde_json::from_str(&people)
        .map_err(|error| Error::Build(format!("server/sample/people.json: {error}")))?;
    progress::line(&format!("\n  The portal is up:  {}\n", sample.page_origin()));
    for line in accounts(&value) {
        progress::line(&format!("  {line}"));
    }
    if sample.mode == Mode::Session {
        progress::line("\n  Session mode: the browser holds a cookie and no token.");
    }
    progress::line(&format!("\n  Logs and database: {}", sample.data.display()));
    progress::line("  Ctrl-C ends everything.");
    Ok(())
}

/// The sample accounts, one a line.
fn accounts(people: &serde_json::Value) -> Vec<String> {
    let text = |value: &serde_json::Value, name: &str| {
        value.get(name).and_then(|one| one.as_str()).unwrap_or_default().to_string()
    };
    // Accounts of the tools are not for people.
    let is_listed = |person: &&serde_json::Value| person.get("unlisted") != Some(&true.into());
    let all = people.get("people").and_then(|all| all.as_array()).into_iter().flatten();
    let line = |person| {
        format!("{:<20} {}: {}", text(person, "username"), text(person, "name"), text(person, "about"))
    };
    let password = format!("password of each: {}", text(people, "password"));
    all.filter(is_listed).map(line).chain([password]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sample_accounts_are_told_but_not_those_of_the_tools() {
        let people = serde_json::json!({
            "password": "sample",
            "people": [
                { "username": "a@example.test", "name": "田中 (A)", "about": "a phone" },
                { "username": "tool@example.test", "name": "T", "about": "tools", "unlisted": true }
            ]
        });
        let lines = ["a@example.test       田中 (A): a phone", "password of each: sample"];
        assert_eq!(accounts(&people), lines);
    }
}
