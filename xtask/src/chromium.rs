//! The browser for the tests and its driver: the installed ones, or the system's packages.

use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::error::{Error, Result};
use crate::process::{Program, find_on_path};
use crate::progress;
use crate::system;

/// Where the browser and its driver stand.
#[derive(Debug, Clone)]
pub(crate) struct Chromium {
    /// The browser.
    pub(crate) browser: PathBuf,
    /// chromedriver, of the same major version.
    pub(crate) driver: PathBuf,
    /// The same engine without what surrounds a page, for the end-to-end suite; where there is none it uses the browser.
    pub(crate) headless_shell: Option<PathBuf>,
}

const BROWSERS: &[&str] = &["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
const MAC: &str = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome";
/// The font package is for the Japanese screenshots.
const PACKAGES: &[&str] = &["chromium", "chromium-driver", "fonts-noto-cjk"];
const HEADLESS_SHELL: &str = "chromium-headless-shell";

impl Chromium {
    /// Finds both, or installs both.
    pub(crate) fn get() -> Result<Self> {
        if let Some(found) = Self::find() {
            return found.checked();
        }
        if system::can_install() {
            progress::note("installing Chromium and its driver, about a minute, once");
            system::install(PACKAGES)?;
            if let Some(found) = Self::find() {
                return found.checked();
            }
        }
        Err(Error::Missing {
            what: "Chromium and chromedriver are not both installed, and the package manager cannot be used here.".into(),
            remedy: format!(
                "on Debian as root: `apt-get install {}`; elsewhere install Chrome and the chromedriver of the same \
                 version, or name them in CHROMIUM and CHROMEDRIVER.",
                PACKAGES.join(" ")
            ),
        })
    }

    /// The same, with the lean build beside it where the package manager has one. Not having it is no error.
    pub(crate) fn get_with_headless_shell() -> Result<Self> {
        let found = Self::get()?;
        if found.headless_shell.is_some() || !system::can_install() {
            return Ok(found);
        }
        progress::note("installing the lean build of Chromium, once");
        match system::install(&[HEADLESS_SHELL]) {
            Err(Error::Interrupted) => Err(Error::Interrupted),
            Ok(()) | Err(_) => Self::get(),
        }
    }

    fn find() -> Option<Self> {
        let named = |name: &str| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_file());
        let browser = named("CHROMIUM")
            .or_else(|| BROWSERS.iter().find_map(|name| find_on_path(name)))
            .or_else(|| Some(PathBuf::from(MAC)).filter(|path| path.is_file()))?;
        let driver = named("CHROMEDRIVER").or_else(|| find_on_path("chromedriver"))?;
        let headless_shell = named("CHROMIUM_HEADLESS_SHELL").or_else(|| find_on_path(HEADLESS_SHELL));
        Some(Self { browser, driver, headless_shell })
    }

    /// A driver of another major version refuses every session with a puzzling message.
    fn checked(self) -> Result<Self> {
        let (browser, driver) = (major(&self.browser)?, major(&self.driver)?);
        if browser == driver {
            return Ok(self);
        }
        Err(Error::Missing {
            what: format!(
                "the browser has version {browser}, its driver {driver}: they do not work together."
            ),
            remedy: "install both in the same version, or name a matching pair in CHROMIUM and CHROMEDRIVER."
                .into(),
        })
    }
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
