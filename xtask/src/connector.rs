//! The suite `connector`: somebody else's program against the contract of connectors (`docs/connector/openapi.json`).
//!
//! Schemathesis sends the sample connector what the document allows and what it does not, and holds each answer against the document.
//! It comes from PyPI into a folder of the build; where that cannot be had, it is skipped by name.

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

const PACKAGE: &str = "schemathesis==4.32.5";
/// 32 bytes in base64; the connector of this run has no other secret.
const TOKEN: &str = "Zm9yIHRoZSBzdWl0ZSBjb25uZWN0b3Igb2YgeHRhc2s=";
/// What an answer is judged by. That a 503 is an answer, and that a command for nobody's device is refused, is the contract.
const CHECKS: &str =
    "status_code_conformance,content_type_conformance,response_schema_conformance,ignored_auth";
const MINUTES: u64 = 60;

/// Lets Schemathesis loose on the sample connector.
pub(crate) fn run(workspace: &Workspace) -> Result<Outcome> {
    let own = workspace.own("connector")?;
    let Some(schemathesis) = schemathesis(&own)? else {
        let mut outcome = Outcome::default();
        outcome.skip("Schemathesis, because it cannot be installed here");
        return Ok(outcome);
    };
    let binary = server::build(workspace, server::CONNECTOR)?;
    let (port, token) = (http::free_port()?, own.join("token"));
    fs::write(&token, TOKEN)?;
    let state = own.join("commands.json");
    fs::write(&state, "{}")?;
    let mut connector = Program::new("the sample connector", binary)
        .arg("--token-file")
        .arg(&token)
        .arg("--state")
        .arg(&state)
        .args(["--person", "p-aiko", "--listen", &format!("127.0.0.1:{port}")])
        .dir(&own)
        .serve(&own.join("log"))?;
    http::wait_for(&mut connector, port, "/v1/capabilities", 401, Duration::from_secs(20))?;
    let finished = Program::new("schemathesis", schemathesis)
        .arg("run")
        .arg(workspace.root.join("docs/connector/openapi.json"))
        .args(["--url", &format!("http://127.0.0.1:{port}/v1"), "--checks", CHECKS, "--seed", "1"])
        .args(["--header", &format!("Authorization: Bearer {TOKEN}"), "--max-examples", "100", "--no-color"])
        .args(["--generation-database", "none"])
        .dir(&own)
        .limit(Duration::from_secs(10 * MINUTES))
        .run()?;
    connector.still_running()?;
    Ok(Outcome::of(finished))
}

/// The program: of this machine, or of a virtual environment that is made once. `None` where neither can be had.
fn schemathesis(own: &Path) -> Result<Option<PathBuf>> {
    let (venv, python) = (own.join("venv"), find_on_path("python3"));
    let program = venv.join("bin").join("schemathesis");
    if program.is_file() {
        return Ok(Some(program));
    }
    let Some(python) = python else { return Ok(None) };
    progress::note("installing Schemathesis");
    let made = Program::new("python3 -m venv", python)
        .args(["-m", "venv"])
        .arg(&venv)
        .limit(Duration::from_secs(2 * MINUTES))
        .run()?;
    let installed = Program::new("pip install", venv.join("bin").join("python"))
        .args(["-m", "pip", "install", "--quiet", PACKAGE])
        .limit(Duration::from_secs(10 * MINUTES));
    let is_there = made.success && installed.run()?.success && program.is_file();
    Ok(is_there.then_some(program))
}
