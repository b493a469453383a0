//! The end-to-end suites: real browser, real server, real provider. The whole of it in Chromium, the core in Firefox and
//! WebKit; Playwright runs them all and its report is what is counted.

use std::time::Duration;

use fs_err as fs;

use crate::counts::{Counts, Report};
use crate::dist;
use crate::error::{Error, Result};
use crate::interrupt;
use crate::outcome::Outcome;
use crate::process::Program;
use crate::provision::{Browser, Chromium, Node};
use crate::server;
use crate::workspace::Workspace;

/// How long a whole suite may take.
const LIMIT: Duration = Duration::from_secs(45 * 60);

/// The whole suite in Chromium.
pub(crate) fn chromium(workspace: &Workspace) -> Result<Outcome> {
    in_chromium(workspace, "token")
}

/// The same in session mode, but for what is about tokens only (e2e/tests/support/modes.mjs).
pub(crate) fn session(workspace: &Workspace) -> Result<Outcome> {
    in_chromium(workspace, "session")
}

fn in_chromium(workspace: &Workspace, mode: &str) -> Result<Outcome> {
    let chromium = Chromium::get()?;
    run(workspace, mode, |program| {
        program
            .env("PORTAL_E2E_MODE", mode)
            .env("CHROMIUM", &chromium.browser)
            .env("CHROMIUM_HEADLESS_SHELL", &chromium.headless_shell)
    })
}

/// The tests marked `@core` in Firefox.
pub(crate) fn firefox(workspace: &Workspace) -> Result<Outcome> {
    if !Browser::Firefox.get()? {
        return Ok(skipped(Browser::Firefox));
    }
    run(workspace, "firefox", |program| program.env("PORTAL_E2E_BROWSER", "firefox"))
}

/// The core in WebKit, which has its own configuration: Playwright cannot drive it.
pub(crate) fn webkit(workspace: &Workspace) -> Result<Outcome> {
    if !Browser::WebKit.get()? {
        return Ok(skipped(Browser::WebKit));
    }
    run(workspace, "webkit", |program| program.args(["--config", "webkit.config.mjs"]))
}

/// Not having a browser is said, and is no failure: not every system has a package of it.
fn skipped(browser: Browser) -> Outcome {
    let mut outcome = Outcome::default();
    let packages = browser.packages().join(" ");
    outcome.skip(format!("{browser:?} is not here and cannot be installed ({packages})"));
    outcome
}

/// `name` is the directory of the report and of what failing tests leave: suites run side by side.
fn run(workspace: &Workspace, name: &str, browser: impl FnOnce(Program) -> Program) -> Result<Outcome> {
    let node = Node::get(workspace)?;
    let options = dist::Options::standard(workspace);
    dist::build(workspace, &options)?;
    let binary = server::build(workspace, server::SERVER)?;
    let output = workspace.e2e().join("output").join(name);
    let report = output.join("report.json");
    if report.exists() {
        fs::remove_file(&report)?;
    }
    // The reporters are those of playwright.config.mjs: lines for people and the report that is read below.
    let program = node
        .package("the end-to-end tests", "@playwright/test/cli.js")
        .arg("test")
        .env("PORTAL_E2E_DIST", &options.out)
        .env("PORTAL_E2E_SERVER_BIN", &binary)
        .env("PORTAL_E2E_OUTPUT", &output)
        .dir(&workspace.e2e())
        .limit(LIMIT);
    let finished = browser(program).run()?;
    let Report { mut counts, timed, skipped } = match fs::read_to_string(&report) {
        Ok(text) => Report::of_playwright(&text)?,
        Err(_) => Report { counts: Counts::one(false), ..Report::default() },
    };
    let mut output = finished.output;
    // Playwright fails when it did not get to a test.
    if !finished.success && counts.failed == 0 {
        counts.failed = 1;
    }
    if counts.passed == 0 && counts.failed == 0 {
        counts.failed = 1;
        output.push_str("\nno test ran");
    }
    if interrupt::asked_to_end() {
        return Err(Error::Interrupted);
    }
    Ok(Outcome { counts, output, notes: Vec::new(), skipped, timed })
}
