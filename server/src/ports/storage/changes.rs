//! That something of a person's changed, numbered without gaps for each person.

use super::StoreError;
use crate::domain::person::PersonId;
use async_trait::async_trait;
use portal_contract::UtcTime;

/// A change, without what it is now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Changed {
    /// A device or one of its actions.
    Device(String),
    /// A notification: new, or read.
    Notification(String),
}

/// A change with its number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NumberedChange {
    /// Its number among the person's changes; grows by one.
    pub sequence: i64,
    /// What changed.
    pub changed: Changed,
}

/// The changes.
#[async_trait]
pub trait Changes {
    /// Writes one down. How many of a person are kept is bounded.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn append_change(
        &mut self,
        person: &PersonId,
        changed: &Changed,
        now: UtcTime,
    ) -> Result<(), StoreError>;

    /// The number of the person's newest change; 0 before the first.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn change_position(&mut self, person: &PersonId) -> Result<i64, StoreError>;

    /// The person's changes after a number that are still there, oldest first; perhaps not all of them.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn changes_after(
        &mut self,
        person: &PersonId,
        after: i64,
    ) -> Result<Vec<NumberedChange>, StoreError>;

    /// Forgets changes up to a moment.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn forget_changes(&mut self, until: UtcTime) -> Result<(), StoreError>;
}
