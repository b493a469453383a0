//! The organisation as people are shown it: what is configured, completed by what a device service tells of it.

use super::version_of;
use crate::domain::branding::completed;
use portal_contract::Branding;
use std::sync::{Arc, PoisonError, RwLock};

/// What is shown now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// The organisation.
    pub branding: Branding,
    /// The version of that, for its `ETag`.
    pub version: String,
}

impl Shown {
    fn of(branding: Branding) -> Arc<Self> {
        let text = serde_json::to_vec(&branding).unwrap_or_default();
        Arc::new(Self { branding, version: version_of(&text) })
    }
}

/// What is configured, and what is shown.
#[derive(Debug)]
pub struct ShownBranding {
    configured: Branding,
    shown: RwLock<Arc<Shown>>,
}

impl ShownBranding {
    /// As it is configured.
    #[must_use]
    pub fn new(configured: Branding) -> Self {
        let shown = RwLock::new(Shown::of(configured.clone()));
        Self { configured, shown }
    }

    /// What is shown now.
    #[must_use]
    pub fn now(&self) -> Arc<Shown> {
        Arc::clone(&self.shown.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// From now on with what a device service tells, where the configuration says nothing.
    pub fn tell(&self, told: Branding) {
        let shown = Shown::of(completed(&self.configured, told));
        *self.shown.write().unwrap_or_else(PoisonError::into_inner) = shown;
    }
}
