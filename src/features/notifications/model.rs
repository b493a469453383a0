//! What ended since the last visit.

use crate::core::LoadState;
use portal_contract::Notification;
use std::sync::Arc;

/// What happens to notifications.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// The person opened a notification.
    Opened(String),
    /// The person has seen a notification, on the way to something other than its device.
    Read(String),
    /// The person has seen all there are.
    AllRead,
    /// The person read a notification in another tab.
    ReadElsewhere(String),
}

/// The notifications, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Model {
    /// How far they are loaded.
    pub state: LoadState,
    /// The notifications.
    pub items: Arc<Vec<Notification>>,
}

impl Model {
    /// How many are unread: the number at the flag.
    #[must_use]
    pub fn unread(&self) -> usize {
        self.items.iter().filter(|notification| !notification.is_read).count()
    }
}
