//! Everything the page knows. Mutually exclusive things are enumerations, long ones are shared.

use crate::core::{Connectivity, LoadState, Page};
use crate::domain::{Milliseconds, Now};
use crate::features::Features;
use crate::i18n::Catalogue;
use portal_contract::UtcTime;

/// Everything the page knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Model {
    /// What no feature owns.
    pub page: Page,
    /// What the features know.
    pub features: Features,
}

impl Model {
    /// What the page knows before anything happened. Without the texts of a language there is no page.
    #[must_use]
    pub fn new(now: Now, language: Catalogue) -> Self {
        Self { page: Page::new(now), features: Features::new(now, language) }
    }

    /// The same before the rules are there that come with the lazy screens: what a page in two parts begins with (ADR 13).
    #[must_use]
    pub fn without_lazy_rules(mut self) -> Self {
        self.features.rules = None;
        self
    }

    /// Whether the screen is one of the reset's own explanations, which are shown although nobody is signed in.
    #[must_use]
    pub fn shows_reset_explanation(&self) -> bool {
        self.features.actions.shows_explanation(&self.page)
    }

    /// About what time it is at the server.
    #[must_use]
    pub fn server_now(&self) -> Option<UtcTime> {
        self.page.server_now()
    }

    /// When the devices on the screen were read, if that may no longer be how they are: without a network, and when reading
    /// them again failed.
    #[must_use]
    pub fn devices_as_of(&self) -> Option<UtcTime> {
        let devices = &self.features.devices.list;
        let is_offline = self.page.connectivity == Connectivity::Offline;
        let may_be_old = is_offline || matches!(devices.state, LoadState::Failed(_));
        let loaded = devices.loaded().filter(|_| may_be_old)?;
        self.page.server_clock.map(|clock| clock.now(loaded))
    }

    /// What is left of the five minutes; `None` when no clock is running.
    #[must_use]
    pub fn time_left(&self) -> Option<Milliseconds> {
        self.features.actions.time_left(self.page.now)
    }

    /// How long the passcode stays on the screen; `None` when it is not.
    #[must_use]
    pub fn passcode_hides_in(&self) -> Option<Milliseconds> {
        self.features.passcode.hides_in(&self.page)
    }
}
