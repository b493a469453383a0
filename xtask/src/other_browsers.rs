//! Firefox and WebKit for the end-to-end core: the installed ones, or the system's packages.

use std::path::Path;

use crate::error::{Error, Result};
use crate::process::find_on_path;
use crate::progress;
use crate::system;

/// A browser the core is tried in beside Chromium.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Browser {
    /// Driven by WebDriver BiDi, which is built in.
    Firefox,
    /// WebKitGTK's MiniBrowser, its driver, and a display for it: it has no headless mode.
    WebKit,
}

impl Browser {
    /// The packages, as Debian calls them.
    pub(crate) const fn packages(self) -> &'static [&'static str] {
        match self {
            Self::Firefox => &["firefox-esr"],
            Self::WebKit => &["webkit2gtk-driver", "xvfb"],
        }
    }

    fn is_here(self) -> bool {
        match self {
            Self::Firefox => named("FIREFOX") || any(&["firefox-esr", "firefox"]),
            Self::WebKit => any(&["WebKitWebDriver"]) && any(&["Xvfb"]),
        }
    }
}

fn any(programs: &[&str]) -> bool {
    programs.iter().any(|name| find_on_path(name).is_some())
}

fn named(variable: &str) -> bool {
    std::env::var_os(variable).is_some_and(|path| Path::new(&path).is_file())
}

/// Whether the browser is here, after trying to install it.
pub(crate) fn get(browser: Browser) -> Result<bool> {
    if browser.is_here() {
        return Ok(true);
    }
    if !system::can_install() {
        return Ok(false);
    }
    progress::note(&format!("installing {browser:?} and what drives it, about a minute, once"));
    match system::install(browser.packages()) {
        Err(Error::Interrupted) => Err(Error::Interrupted),
        Ok(()) | Err(_) => Ok(browser.is_here()),
    }
}
