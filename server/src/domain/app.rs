//! The organisation's applications on a device, as a management service tells of them.

use super::service_text::shown;
use portal_contract::AppState;
use std::collections::BTreeSet;

/// The most applications that are told of a device.
pub const MOST_APPS: usize = 1000;
/// The longest name, version and publisher, and the longest reason, in characters.
const LONGEST: (usize, usize) = (200, 1000);

/// An application on a device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct App {
    /// What its service calls it by.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// May be empty.
    pub version: String,
    /// Who made it; may be empty.
    pub publisher: String,
    /// How far it is.
    pub state: AppState,
    /// Why it could not be installed; may be empty.
    pub failure: String,
}

impl App {
    /// An application that is there; `None` without an identifier or a name that can be shown.
    #[must_use]
    pub fn installed(id: &str, name: &str, version: &str, publisher: &str) -> Option<Self> {
        let short = |text: &str| shown(text, LONGEST.0);
        let (id, name) = (short(id), short(name));
        let is_one = !id.is_empty() && !name.is_empty();
        is_one.then(|| Self {
            id,
            name,
            version: short(version),
            publisher: short(publisher),
            state: AppState::Installed,
            failure: String::new(),
        })
    }

    /// The same, so far; why it failed counts only if it did.
    #[must_use]
    pub fn that_is(self, state: AppState, failure: &str) -> Self {
        let failure = if state == AppState::Failed { shown(failure, LONGEST.1) } else { String::new() };
        Self { state, failure, ..self }
    }
}

/// The applications by name, each once, and no more of them than anybody reads.
#[must_use]
pub fn in_order(apps: impl IntoIterator<Item = App>) -> Vec<App> {
    let mut all: Vec<App> = apps.into_iter().collect();
    all.sort_by_cached_key(|app| (app.name.to_lowercase(), app.version.clone(), app.id.clone()));
    let mut seen = BTreeSet::new();
    all.retain(|app| seen.insert(app.id.clone()));
    all.truncate(MOST_APPS);
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn applications_are_in_the_order_of_their_names_and_each_is_told_once() {
        let app = |id: &str, name: &str| App::installed(id, name, "1", "");
        let all = [app("3", "Teams"), app("1", "outlook"), app("3", "Zoom"), app("", "Ghost"), app("4", " ")];
        let names: Vec<String> =
            in_order(all.into_iter().flatten()).into_iter().map(|one| one.name).collect();
        assert_eq!(names, ["outlook", "Teams"]);
        let many = (0..2000).filter_map(|number| app(&number.to_string(), "App"));
        assert_eq!(in_order(many).len(), MOST_APPS);
    }

    #[test]
    fn a_reason_counts_only_where_it_failed() {
        let app = App::installed("1", "Teams", "1", "Microsoft").unwrap();
        assert_eq!(app.clone().that_is(AppState::Failed, "No\nroom").failure, "No room");
        assert_eq!(app.that_is(AppState::Installed, "No room").failure, "");
    }
}
