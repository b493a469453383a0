//! What the page can do, one folder a feature: `model` (what it knows and what can happen), `update` (its rules).
//!
//! The signature says what a rule may touch. A rule of one feature is a method of that feature's `Model`; one that needs
//! several features is a method of [`Features`] and stands in the folder whose event sets it off.

pub mod actions;
pub mod apps;
pub mod compliance;
pub mod devices;
pub mod history;
pub mod language;
mod lazy_rules;
pub mod live;
pub mod notifications;
pub mod passcode;
pub mod shared_computer;
pub mod sign_in;

pub use lazy_rules::LazyRules;

use crate::domain::Now;
use crate::i18n::Catalogue;

/// What the features know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Features {
    /// The list of devices and the details of one.
    pub devices: devices::Model,
    /// Resetting a passcode, and the other actions on a device.
    pub actions: actions::Model,
    /// The temporary passcode on the screen.
    pub passcode: passcode::Model,
    pub notifications: notifications::Model,
    /// What happened before, and "this wasn't me".
    pub history: history::Model,
    /// On the way to a session.
    pub sign_in: sign_in::Model,
    /// Whose screen this is, and how long nobody has touched it.
    pub shared_computer: shared_computer::Model,
    /// The language of the page.
    pub language: language::Model,
    /// The rules that a device does not meet.
    pub compliance: compliance::Model,
    /// The applications of a device.
    pub apps: apps::Model,
    /// The event stream.
    pub live: live::Model,
    /// What came with the lazy screens.
    pub(crate) rules: Option<LazyRules>,
}

impl Features {
    /// What they know before anything happened. Without the texts of a language there is no page.
    #[must_use]
    pub fn new(now: Now, language: Catalogue) -> Self {
        Self {
            devices: devices::Model::default(),
            actions: actions::Model::default(),
            passcode: passcode::Model::default(),
            notifications: notifications::Model::default(),
            history: history::Model::default(),
            sign_in: sign_in::Model::default(),
            shared_computer: shared_computer::Model::new(now),
            language: language::Model::new(language),
            compliance: compliance::Model::default(),
            apps: apps::Model::default(),
            live: live::Model::default(),
            rules: LazyRules::AT_START,
        }
    }
}
