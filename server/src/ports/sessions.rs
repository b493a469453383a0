//! Memory of session mode: sessions, and sign-ins on their way. Only hashes of secrets get in here.

use super::store::StoreError;
use super::token_seal::SealedToken;
use crate::domain::audit::AuditEntry;
use crate::domain::secret::SecretHash;
use crate::domain::session::{Session, SessionRules};
use crate::domain::sign_in::PendingSignIn;
use async_trait::async_trait;
use portal_contract::UtcTime;

/// A session that begins.
#[derive(Debug, Clone)]
pub struct NewSession {
    /// The session.
    pub session: Session,
    /// The ID token, encrypted.
    pub id_token: SealedToken,
    /// The session whose place it takes: gone from then on.
    pub replaces: Option<SecretHash>,
    /// What the audit record says of it.
    pub audit: AuditEntry,
}

/// Whether there was room for a sign-in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub enum Room {
    /// It is recorded.
    Recorded,
    /// Too many sign-ins are on their way, of everybody together.
    Full,
}

/// Sessions and sign-ins, durable. Each method is one transaction.
#[async_trait]
pub trait SessionStore: Send + Sync {
    /// Records a sign-in, forgets those that are too old, and the oldest of the same browser beyond a handful.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn record_sign_in(&self, sign_in: &PendingSignIn) -> Result<Room, StoreError>;

    /// Whether a sign-in of this browser is on its way.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn has_sign_in(&self, browser: &SecretHash, now: UtcTime) -> Result<bool, StoreError>;

    /// A sign-in of this browser, which stays.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn find_sign_in(
        &self,
        state: &SecretHash,
        browser: &SecretHash,
    ) -> Result<Option<PendingSignIn>, StoreError>;

    /// Takes a sign-in of this browser: nobody finds it a second time. One of another browser stays untouched.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn take_sign_in(
        &self,
        state: &SecretHash,
        browser: &SecretHash,
    ) -> Result<Option<PendingSignIn>, StoreError>;

    /// Begins a session with its line in the audit record, ends the one it replaces, and those beyond the number one person may have, the longest unused
    /// first.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn begin_session(&self, new: &NewSession, rules: &SessionRules) -> Result<(), StoreError>;

    /// A session as it stands.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn session(&self, id: &SecretHash) -> Result<Option<Session>, StoreError>;

    /// The ID token of a session, still encrypted.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn id_token(&self, id: &SecretHash) -> Result<Option<SealedToken>, StoreError>;

    /// Notes that a session was used.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn touch_session(&self, id: &SecretHash, now: UtcTime) -> Result<(), StoreError>;

    /// An active session leaves for a step-up.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn suspend_session(&self, id: &SecretHash) -> Result<(), StoreError>;

    /// Ends a session, with a line in the audit record unless it had ended before; its row waits for the provider's
    /// sign-out.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn end_session(&self, id: &SecretHash, audit: &AuditEntry) -> Result<(), StoreError>;

    /// Takes an ended session away and gives its ID token, once.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn take_ended_session(&self, id: &SecretHash) -> Result<Option<SealedToken>, StoreError>;
}
