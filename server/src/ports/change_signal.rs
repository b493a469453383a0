//! Tells every server over the same storage that something of a person's changed, so that streams wake up wherever they are.

use crate::domain::person::PersonId;

/// Hears of changes.
pub type ChangeListener = Box<dyn Fn(&PersonId) + Send + Sync>;

/// The signal. It says whose things changed and never what they are now: whoever is woken reads that from the storage.
pub trait ChangeSignal: Send + Sync {
    /// Something of the person's was saved.
    fn announce(&self, person: &PersonId);

    /// Says who hears of changes from now on; there is one for each server.
    fn listen(&self, listener: ChangeListener);
}
