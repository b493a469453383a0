//! The change signal of a server that is alone over its storage: whoever announces is heard in the same moment.

use crate::domain::person::PersonId;
use crate::ports::{ChangeListener, ChangeSignal};
use std::sync::OnceLock;

/// The signal within one process.
#[derive(Default)]
pub struct LocalSignal {
    listener: OnceLock<ChangeListener>,
}

impl ChangeSignal for LocalSignal {
    fn announce(&self, person: &PersonId) {
        if let Some(listener) = self.listener.get() {
            listener(person);
        }
    }

    fn listen(&self, listener: ChangeListener) {
        // The first one stays: there is one for each server.
        let _ = self.listener.set(listener);
    }
}
