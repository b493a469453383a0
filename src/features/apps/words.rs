//! What is said of an application.

use crate::i18n::{Text, t};
use crate::words::Tone;
use portal_contract::{AppState, DeviceApp};

/// An application as it is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AppView {
    pub name: Text,
    /// Version and publisher, as far as they are known.
    pub about: Option<Text>,
    /// How good it is.
    pub tone: Tone,
    /// How far it is.
    pub state: Text,
    /// Why not, and what to do.
    pub lines: Vec<Text>,
}

/// An application in words.
#[must_use]
pub fn app_view(app: &DeviceApp) -> AppView {
    let parts: Vec<&str> =
        [app.version.trim(), app.publisher.trim()].into_iter().filter(|part| !part.is_empty()).collect();
    let (tone, state) = match app.state {
        AppState::Installed => (Tone::Good, t::apps_installed()),
        AppState::Pending => (Tone::Info, t::apps_pending()),
        AppState::Failed => (Tone::Bad, t::apps_failed()),
        AppState::NotApplicable => (Tone::Neutral, t::apps_not_applicable()),
        AppState::Other => (Tone::Neutral, t::apps_unknown()),
    };
    let lines = match app.state {
        AppState::Failed => {
            let why = (!app.failure.trim().is_empty()).then(|| Text::verbatim(app.failure.trim()));
            why.into_iter().chain([t::apps_failed_next()]).collect()
        }
        AppState::Pending => vec![t::apps_pending_next()],
        AppState::Installed | AppState::NotApplicable | AppState::Other => Vec::new(),
    };
    AppView {
        name: Text::verbatim(app.display_name.trim()),
        about: (!parts.is_empty()).then(|| Text::verbatim(&parts.join(" · "))),
        tone,
        state,
        lines,
    }
}
