//! The suite `hosts`: the finished page through real nginx, Caddy, Apache and our own server (`e2e/hosts/`).

use std::time::Duration;

use portal_contract::addresses;

use crate::dist;
use crate::error::Result;
use crate::outcome::Outcome;
use crate::provision::Node;
use crate::server;
use crate::suites::test_run;
use crate::workspace::Workspace;

/// With the packages of three web servers, which are fetched once.
const LIMIT: Duration = Duration::from_secs(20 * 60);

/// Runs the tests by Node's own runner; its lines are those of `e2e/hosts/lines.mjs`.
pub(crate) fn run(workspace: &Workspace) -> Result<Outcome> {
    let node = Node::get(workspace)?;
    let options = dist::Options::standard(workspace);
    dist::build(workspace, &options)?;
    let finished = node
        .program("the tests of hosts")
        .args(["--test-reporter", "./hosts/lines.mjs", "hosts/hosts.test.mjs"])
        .env("PORTAL_E2E_DIST", &options.out)
        .env("PORTAL_E2E_SERVER_BIN", server::build(workspace, server::SERVER)?)
        .env("PORTAL_HOSTS_CACHE", workspace.cache.join("hosts"))
        .env(
            "PORTAL_HOSTS_SCREENS",
            addresses::ALL.map(|one| addresses::example(one, "d-1", "r-1")).join(" "),
        )
        .dir(&workspace.e2e())
        .limit(LIMIT)
        .run()?;
    let lines = finished.stdout.clone();
    let after = |start| lines.lines().filter_map(move |line| line.strip_prefix(start));
    let mut outcome = test_run(finished);
    outcome.notes.extend(after("test result: ").map(str::to_string));
    after("skipped: ").for_each(|why| outcome.skip(why));
    if outcome.counts.passed == 0 {
        outcome.check(false, "no test ran");
    }
    Ok(outcome)
}
