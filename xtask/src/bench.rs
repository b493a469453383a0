//! `cargo xtask bench`: what a person waits for and what the server bears, measured on this machine in one run by
//! `e2e/bench.mjs`.
//!
//! Numbers for people to compare, never a test: a busy machine makes them worse without anything being wrong.

use std::path::Path;
use std::time::Duration;

use fs_err as fs;

use crate::dist;
use crate::error::Result;
use crate::http;
use crate::progress;
use crate::provision::{Chromium, Node};
use crate::run::Portal;
use crate::server::{self, Sample};
use crate::sizes;
use crate::workspace::{self, Workspace};

/// Ports beside the usual ones, so that a running portal does not disturb.
const PORT: u16 = 18_080;

/// What the person asked for.
#[derive(Debug, Clone, PartialEq, Eq, clap::Args)]
pub(crate) struct Options {
    /// The origin of another portal that is running (an earlier build), to be measured in turns with this one.
    #[arg(long, value_name = "ORIGIN")]
    pub(crate) beside: Option<String>,
}

/// Measures and prints.
pub(crate) fn bench(workspace: &Workspace, options: &Options) -> Result<()> {
    http::require_free(PORT, "page and API")?;
    http::require_free(PORT + 1, "sample provider")?;
    let node = Node::get(workspace)?;
    let chromium = Chromium::get()?;
    let page = dist::Options::standard(workspace);
    dist::build(workspace, &page)?;
    let binary = server::build_release(workspace)?;
    let dir = workspace.target.join("xtask").join("bench");
    workspace::remove_dir(&dir)?;
    let sample = Sample {
        mode: server::Mode::Token,
        port: PORT,
        provider_port: PORT + 1,
        data: &dir,
        page: &page_with_plain_one(&page.out, &dir)?,
        fleet_speed: 1.0,
        limits: Some(1_000_000),
    };
    let mut portal = Portal::start(workspace, &node, &binary, &sample)?;
    progress::line("\nbytes of a first visit");
    for line in sizes::table(&sizes::of_page(&page.out)?) {
        progress::line(&format!("  {line}"));
    }
    progress::note("measuring, some minutes");
    let measured = node
        .program("the measurement")
        .arg(workspace.e2e().join("bench.mjs"))
        .args([portal.server_id().to_string(), sample.page_origin()])
        .args(&options.beside)
        .env("CHROMIUM", &chromium.browser)
        .dir(&workspace.e2e())
        .limit(Duration::from_secs(30 * 60))
        .run_ok()?;
    progress::line(&measured.stdout);
    portal.still_running()
}

/// A copy of the page with a plain static one beside it, served by the same program in the same way.
fn page_with_plain_one(dist: &Path, dir: &Path) -> Result<std::path::PathBuf> {
    let page = dir.join("page");
    workspace::copy_all(dist, &page)?;
    let rows: String = (1..=100).map(|number| format!("<li>Device {number}</li>\n")).collect();
    let plain = "<!doctype html>\n<html lang=\"en\"><meta charset=\"utf-8\"><title>Plain</title><h1>Devices</h1><ul>\n";
    fs::write(page.join("plain.html"), format!("{plain}{rows}</ul></html>\n"))?;
    Ok(page)
}
