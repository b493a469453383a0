//! Notifications.

use super::StoreError;
use crate::domain::action_run::ActionRun;
use crate::domain::ids::NotificationId;
use crate::domain::person::PersonId;
use async_trait::async_trait;
use portal_contract::{Notification, UtcTime};

/// The notifications of people.
#[async_trait]
pub trait Notifications {
    /// Writes down how a run ended, unread.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn insert_notification(
        &mut self,
        id: &NotificationId,
        ended: &ActionRun,
        now: UtcTime,
    ) -> Result<(), StoreError>;

    /// Says anew, unread, how a run ended; there is nothing to say anew where nothing was said.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn renew_notification(&mut self, ended: &ActionRun, now: UtcTime) -> Result<(), StoreError>;

    /// The person's, newest first.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn notifications_of(&mut self, person: &PersonId) -> Result<Vec<Notification>, StoreError>;

    /// One of the person's.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn notification(
        &mut self,
        person: &PersonId,
        id: &NotificationId,
    ) -> Result<Option<Notification>, StoreError>;

    /// Marks one as read.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn mark_read(&mut self, id: &NotificationId) -> Result<(), StoreError>;
}
