//! Ctrl-C and the request to end: one flag that every wait looks at, and a list of what has to be ended.
//!
//! Children run in process groups of their own, so that a Ctrl-C in the terminal reaches this program alone and it
//! decides the order of ending. The first signal asks politely; a second one kills all groups at once.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;

use crate::error::{Error, Result};

static ASKED_TO_END: AtomicBool = AtomicBool::new(false);
static GROUPS: Mutex<Vec<u32>> = Mutex::new(Vec::new());

/// Installs the handler for SIGINT, SIGTERM and SIGHUP. Called once, at start.
pub(crate) fn install() -> Result<()> {
    ctrlc::set_handler(|| {
        if ASKED_TO_END.swap(true, Ordering::SeqCst) {
            for group in GROUPS.lock().map(|all| all.clone()).unwrap_or_default() {
                signal(group, Signal::SIGKILL);
            }
            std::process::exit(130);
        }
    })
    .map_err(|error| Error::Build(format!("could not install the Ctrl-C handler: {error}")))
}

/// Whether the person or the system asked this program to end.
pub(crate) fn asked_to_end() -> bool {
    ASKED_TO_END.load(Ordering::SeqCst)
}

/// Remembers a process group as running.
pub(crate) fn remember(group: u32) {
    if let Ok(mut all) = GROUPS.lock() {
        all.push(group);
    }
}

/// Forgets a process group that has ended.
pub(crate) fn forget(group: u32) {
    if let Ok(mut all) = GROUPS.lock() {
        all.retain(|one| *one != group);
    }
}

/// Sends a signal to a group; a group that is gone already is what was wanted.
pub(crate) fn signal(group: u32, what: Signal) {
    if let Ok(id) = i32::try_from(group) {
        // Group 0 would be our own and 1 everybody's: neither is ever a child.
        if id > 1 {
            let _gone_already = killpg(Pid::from_raw(id), what);
        }
    }
}
