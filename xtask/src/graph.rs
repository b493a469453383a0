//! The suite `graph`: other people's programs against the simulated Graph (`server/examples/simulated_graph`), which everything that is
//! said about Intune stands on.
//!
//! Prism (npm) stands between and holds each question and each answer to Microsoft's description, where that is at hand
//! (`PORTAL_GRAPH_SCHEMAS`, or beside the repository); Microsoft's own SDK (PyPI) reads it. What cannot be had is skipped by name.

use std::path::{Path, PathBuf};
use std::time::Duration;

use fs_err as fs;

use crate::error::Result;
use crate::http;
use crate::outcome::Outcome;
use crate::process::{Program, find_on_path};
use crate::progress;
use crate::server;
use crate::workspace::Workspace;

/// The last for Node 20.
const PRISM: &str = "@stoplight/prism-cli@5.14.2";
const SDK: &str = "msgraph-beta-sdk==1.66.0";
const PERSON: &str = "3f1d6c3e-4f0b-4a5e-9f60-0d7a1c2b3e4f";
const DESCRIPTION: &str = "openapi-strict.json";
const MINUTES: u64 = 60;

/// Lets both at the simulated Graph.
pub(crate) fn run(workspace: &Workspace) -> Result<Outcome> {
    let own = workspace.own("graph")?;
    let binary = server::build(workspace, server::SIMULATED_GRAPH)?;
    let port = http::free_port()?;
    let url = format!("http://127.0.0.1:{port}");
    let mut graph = Program::new("the simulated Graph", binary)
        .args(["--listen", &format!("127.0.0.1:{port}"), "--person", PERSON, "--any-token"])
        .dir(&own)
        .serve(&own.join("log"))?;
    http::wait_until_ready(&mut graph, port, "/simulation", Duration::from_secs(20))?;
    let mut outcome = Outcome::default();
    let scripts = workspace.root.join("testkit/msgraph");
    let python = find_on_path("python3");
    match (description(workspace), prism(&own)?, &python) {
        (Some(description), Some(prism), Some(python)) => {
            let before = http::free_port()?;
            let mut proxy = Program::new("Prism", prism)
                .args(["proxy", "--errors", "--port", &before.to_string()])
                .arg(description)
                .arg(&url)
                .dir(&own)
                .serve(&own.join("prism.log"))?;
            http::wait_for(&mut proxy, before, "/", 404, Duration::from_secs(2 * MINUTES))?;
            let calls = Program::new("every call through Prism", python)
                .arg(scripts.join("calls.py"))
                .args([&format!("http://127.0.0.1:{before}"), &url, PERSON])
                .limit(Duration::from_secs(5 * MINUTES))
                .run()?;
            outcome.check(calls.success, &calls.output);
            proxy.still_running()?;
        }
        (None, _, _) => {
            outcome.skip("Prism, because Microsoft's description is not at hand (PORTAL_GRAPH_SCHEMAS)");
        }
        (_, _, _) => outcome.skip(format!("Prism, because {PRISM} or Python cannot be had here")),
    }
    match sdk(&own, python)? {
        Some(python) => {
            let read = Program::new("Microsoft's SDK", python)
                .arg(scripts.join("sdk.py"))
                .args([&url, PERSON])
                .limit(Duration::from_secs(5 * MINUTES))
                .run()?;
            outcome.check(read.success, &read.output);
        }
        None => outcome.skip(format!("Microsoft's SDK, because {SDK} cannot be installed here")),
    }
    graph.still_running()?;
    Ok(outcome)
}

/// Microsoft's description, closed; it is not part of the repository.
fn description(workspace: &Workspace) -> Option<PathBuf> {
    let named = std::env::var_os("PORTAL_GRAPH_SCHEMAS").map(PathBuf::from);
    let beside = workspace.root.join("../shared/data/graph");
    [named, Some(beside)]
        .into_iter()
        .flatten()
        .map(|folder| folder.join(DESCRIPTION))
        .find(|file| file.is_file())
}

/// Prism, installed once; `None` where it cannot be.
fn prism(own: &Path) -> Result<Option<PathBuf>> {
    let folder = own.join("prism");
    let program = folder.join("node_modules/.bin/prism");
    if program.is_file() {
        return Ok(Some(program));
    }
    let Some(npm) = find_on_path("npm") else { return Ok(None) };
    progress::note("installing Prism");
    fs::create_dir_all(&folder)?;
    let installed = Program::new("npm install", npm)
        .args(["install", "--ignore-scripts", "--no-audit", "--no-fund", PRISM])
        .dir(&folder)
        .limit(Duration::from_secs(10 * MINUTES))
        .run()?;
    Ok((installed.success && program.is_file()).then_some(program))
}

/// The Python of a virtual environment with the SDK, made once; `None` where it cannot be.
fn sdk(own: &Path, python: Option<PathBuf>) -> Result<Option<PathBuf>> {
    let (venv, Some(python)) = (own.join("venv"), python) else { return Ok(None) };
    let (inside, mark) = (venv.join("bin").join("python"), venv.join("installed"));
    if mark.is_file() {
        return Ok(Some(inside));
    }
    progress::note("installing Microsoft's SDK, some minutes");
    let made = Program::new("python3 -m venv", python)
        .args(["-m", "venv"])
        .arg(&venv)
        .limit(Duration::from_secs(2 * MINUTES))
        .run()?;
    let installed = Program::new("pip install", &inside)
        .args(["-m", "pip", "install", "--quiet", "--no-compile", SDK])
        .limit(Duration::from_secs(20 * MINUTES));
    if !(made.success && installed.run()?.success) {
        return Ok(None);
    }
    fs::write(mark, SDK)?;
    Ok(Some(inside))
}
