//! The person's notifications.

use super::{Portal, Refusal};
use crate::domain::ids::NotificationId;
use crate::domain::person::SignIn;
use portal_contract::Notification;

impl Portal {
    /// Newest first.
    ///
    /// # Errors
    /// [`Refusal::Unavailable`].
    pub async fn notifications(&self, sign_in: &SignIn) -> Result<Vec<Notification>, Refusal> {
        Ok(self.parts.store.notifications(sign_in.person()).await?)
    }

    /// Marks one as read; again is fine.
    ///
    /// # Errors
    /// [`Refusal::NotFound`] for an unknown, malformed or foreign identifier; [`Refusal::Unavailable`].
    pub async fn mark_read(
        &self,
        sign_in: &SignIn,
        id: Option<&NotificationId>,
    ) -> Result<Notification, Refusal> {
        let id = id.ok_or(Refusal::NotFound)?;
        let read = self.parts.store.mark_read(sign_in.person(), id, self.now()).await?;
        let read = read.ok_or(Refusal::NotFound)?;
        self.live.wake(sign_in.person());
        Ok(read)
    }
}
