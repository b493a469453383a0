//! What is known of the applications on a device.

use crate::core::LoadState;
use crate::domain::DeviceId;
use crate::letters::lower_case;
use portal_contract::DeviceApp;
use std::sync::Arc;

/// From so many on they can be searched.
const SEARCHABLE: usize = 12;

/// What happens to them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// The person searches for this.
    FilterChanged(String),
}

/// The applications of one device.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Model {
    /// Which device; `None` before the screen was opened.
    pub(super) device: Option<DeviceId>,
    /// How far they are read. What is here stays while they are read again.
    pub state: LoadState,
    /// All of them, in the order of the server.
    pub items: Arc<Vec<DeviceApp>>,
    /// What is searched for.
    pub filter: String,
}

impl Model {
    /// Whether they are those of this device.
    #[must_use]
    pub fn is_of(&self, device: &DeviceId) -> bool {
        self.device.as_ref() == Some(device)
    }

    /// Whether there are so many that they can be searched.
    #[must_use]
    pub fn is_long(&self) -> bool {
        self.items.len() > SEARCHABLE
    }

    /// Those whose name or publisher holds what is searched for; all of them where nothing can be searched.
    #[must_use]
    pub fn matching(&self) -> Vec<DeviceApp> {
        if !self.is_long() {
            return self.items.to_vec();
        }
        let wanted = lower_case(self.filter.trim());
        let is_it = |app: &&DeviceApp| {
            [&app.display_name, &app.publisher].into_iter().any(|text| lower_case(text).contains(&wanted))
        };
        self.items.iter().filter(is_it).cloned().collect()
    }
}
