//! The person's notifications.

use super::{Portal, Refusal};
use crate::domain::ids::NotificationId;
use crate::domain::person::SignIn;
use crate::ports::Changed;
use portal_contract::Notification;

impl Portal {
    /// Newest first.
    ///
    /// # Errors
    /// [`Refusal::Unavailable`].
    pub async fn notifications(&self, sign_in: &SignIn) -> Result<Vec<Notification>, Refusal> {
        Ok(self.parts.store.read().await?.notifications_of(sign_in.person()).await?)
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
        let mut unit = self.parts.store.begin().await?;
        let found = unit.notification(sign_in.person(), id).await?.ok_or(Refusal::NotFound)?;
        if !found.is_read {
            unit.mark_read(id).await?;
            let changed = Changed::Notification(found.id.clone());
            unit.append_change(sign_in.person(), &changed, self.now()).await?;
            unit.save().await?;
        }
        self.announce(sign_in.person());
        Ok(Notification { is_read: true, ..found })
    }
}
