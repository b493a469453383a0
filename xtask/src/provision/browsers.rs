//! The browsers for the tests and what drives them: the installed ones, or the system's packages.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::Duration;

use super::apt;
use crate::error::{Error, Result};
use crate::process::{Program, find_on_path};
use crate::progress;

/// Where the browser and its driver stand.
#[derive(Debug, Clone)]
pub(crate) struct Chromium {
    /// The browser.
    pub(crate) browser: PathBuf,
    /// chromedriver, of the same major version.
    pub(crate) driver: PathBuf,
    /// The same engine without what surrounds a page, for the end-to-end suite; where there is none it is the browser.
    pub(crate) headless_shell: PathBuf,
}

const CHROMIUMS: &[&str] = &["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
const MAC: &str = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome";
/// The font package is for the Japanese screenshots.
const PACKAGES: &[&str] = &["chromium", "chromium-driver", "fonts-noto-cjk"];
const HEADLESS_SHELL: &str = "chromium-headless-shell";

impl Chromium {
    /// Finds browser and driver, or installs both; and the lean build beside it, where the package manager has one.
    pub(crate) fn get() -> Result<Self> {
        if Self::find().is_none() {
            install("Chromium and its driver", PACKAGES)?;
        }
        let Some(found) = Self::find() else {
            return Err(Error::Missing {
                what: "Chromium and chromedriver are not both installed, and the package manager cannot be used here."
                    .into(),
                remedy: format!(
                    "on Debian as root: `apt-get install {}`; elsewhere install Chrome and the chromedriver of the same \
                     version, or name them in CHROMIUM and CHROMEDRIVER.",
                    PACKAGES.join(" ")
                ),
            });
        };
        // A driver of another major version refuses every session with a puzzling message.
        let (browser, driver) = (major(&found.browser)?, major(&found.driver)?);
        if browser != driver {
            return Err(Error::Missing {
                what: format!(
                    "the browser has version {browser}, its driver {driver}: they do not work together."
                ),
                remedy:
                    "install both in the same version, or name a matching pair in CHROMIUM and CHROMEDRIVER."
                        .into(),
            });
        }
        if found.headless_shell == found.browser {
            install("the lean build of Chromium", &[HEADLESS_SHELL])?;
        }
        Ok(Self::find().unwrap_or(found))
    }

    fn find() -> Option<Self> {
        let browser = named("CHROMIUM").or_else(|| first_of(CHROMIUMS));
        let browser = browser.or_else(|| Some(PathBuf::from(MAC)).filter(|path| path.is_file()))?;
        let driver = named("CHROMEDRIVER").or_else(|| find_on_path("chromedriver"))?;
        let headless_shell = named("CHROMIUM_HEADLESS_SHELL").or_else(|| find_on_path(HEADLESS_SHELL));
        Some(Self { headless_shell: headless_shell.unwrap_or_else(|| browser.clone()), browser, driver })
    }
}

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
            Self::Firefox => named("FIREFOX").or_else(|| first_of(&["firefox-esr", "firefox"])).is_some(),
            Self::WebKit => find_on_path("WebKitWebDriver").is_some() && find_on_path("Xvfb").is_some(),
        }
    }

    /// Whether the browser is here, after trying to install it.
    pub(crate) fn get(self) -> Result<bool> {
        if !self.is_here() {
            install(&format!("{self:?} and what drives it"), self.packages())?;
        }
        Ok(self.is_here())
    }
}

/// Tries to install, once a run; whether it helped shows by looking again.
fn install(what: &str, packages: &'static [&'static str]) -> Result<()> {
    static TRIED: Mutex<BTreeSet<&[&str]>> = Mutex::new(BTreeSet::new());
    if !TRIED.lock().is_ok_and(|mut tried| tried.insert(packages)) || !apt::can_install() {
        return Ok(());
    }
    progress::note(&format!("installing {what}, about a minute, once"));
    match apt::install(packages) {
        Err(Error::Interrupted) => Err(Error::Interrupted),
        Ok(()) | Err(_) => Ok(()),
    }
}

fn first_of(programs: &[&str]) -> Option<PathBuf> {
    programs.iter().find_map(|name| find_on_path(name))
}

fn named(variable: &str) -> Option<PathBuf> {
    std::env::var_os(variable).map(PathBuf::from).filter(|path| path.is_file())
}

fn major(program: &Path) -> Result<String> {
    let answer = Program::new(program.display().to_string(), program)
        .arg("--version")
        .limit(Duration::from_secs(30))
        .run_ok()?;
    Ok(first_number(&answer.stdout))
}

/// `156` of `Chromium 156.0.8078.79 built on Debian`.
fn first_number(text: &str) -> String {
    text.chars().skip_while(|one| !one.is_ascii_digit()).take_while(char::is_ascii_digit).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_major_version_is_the_first_number() {
        assert_eq!(first_number("Chromium 156.0.8078.79 built on Debian"), "156");
        assert_eq!(first_number("ChromeDriver 156.0.8078.79 (abc)"), "156");
    }
}
