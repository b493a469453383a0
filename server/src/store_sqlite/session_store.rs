//! The port of session mode, each method in the file of its table.

use super::{SqliteStore, browser_sessions, pending_sign_ins};
use crate::domain::audit::AuditEntry;
use crate::domain::secret::SecretHash;
use crate::domain::session::{Session, SessionRules};
use crate::domain::sign_in::PendingSignIn;
use crate::ports::{NewSession, Room, SealedToken, SessionStore, StoreError};
use async_trait::async_trait;
use portal_contract::UtcTime;

#[async_trait]
impl SessionStore for SqliteStore {
    async fn record_sign_in(&self, sign_in: &PendingSignIn) -> Result<Room, StoreError> {
        pending_sign_ins::record(self, sign_in).await
    }

    async fn has_sign_in(&self, browser: &SecretHash, now: UtcTime) -> Result<bool, StoreError> {
        pending_sign_ins::is_known(self, browser, now).await
    }

    async fn find_sign_in(
        &self,
        state: &SecretHash,
        browser: &SecretHash,
    ) -> Result<Option<PendingSignIn>, StoreError> {
        pending_sign_ins::find(self, state, browser).await
    }

    async fn take_sign_in(
        &self,
        state: &SecretHash,
        browser: &SecretHash,
    ) -> Result<Option<PendingSignIn>, StoreError> {
        pending_sign_ins::take(self, state, browser).await
    }

    async fn begin_session(&self, new: &NewSession, rules: &SessionRules) -> Result<(), StoreError> {
        browser_sessions::begin(self, new, rules).await
    }

    async fn session(&self, id: &SecretHash) -> Result<Option<Session>, StoreError> {
        browser_sessions::find(self, id).await
    }

    async fn id_token(&self, id: &SecretHash) -> Result<Option<SealedToken>, StoreError> {
        browser_sessions::id_token(self, id).await
    }

    async fn touch_session(&self, id: &SecretHash, now: UtcTime) -> Result<(), StoreError> {
        browser_sessions::touch(self, id, now).await
    }

    async fn suspend_session(&self, id: &SecretHash) -> Result<(), StoreError> {
        browser_sessions::suspend(self, id).await
    }

    async fn end_session(&self, id: &SecretHash, audit: &AuditEntry) -> Result<(), StoreError> {
        browser_sessions::end(self, id, audit).await
    }

    async fn take_ended_session(&self, id: &SecretHash) -> Result<Option<SealedToken>, StoreError> {
        browser_sessions::take_ended(self, id).await
    }
}
