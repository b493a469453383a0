//! Sessions of session mode, sign-ins on their way, and until when tokens are refused. Only hashes of secrets get in here.

use super::StoreError;
use crate::domain::person::PersonId;
use crate::domain::secret::SecretHash;
use crate::domain::session::{Session, Standing};
use crate::domain::sign_in::PendingSignIn;
use crate::ports::SealedToken;
use async_trait::async_trait;
use portal_contract::UtcTime;

/// A session that begins.
#[derive(Debug, Clone)]
pub struct NewSession {
    /// The session.
    pub session: Session,
    /// When it ends whatever happens.
    pub expires: UtcTime,
    /// The ID token, encrypted.
    pub id_token: SealedToken,
}

/// A session as it was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StoredSession {
    /// As the server wrote it.
    Intact(Session),
    /// Changed by somebody else, or sealed with a key that is gone. Whose it was is just what cannot be believed.
    Forged,
}

/// Sessions of browsers.
#[async_trait]
pub trait Sessions {
    /// Writes one down, with a seal over what it says.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn insert_session(&mut self, new: &NewSession) -> Result<(), StoreError>;

    /// One session.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn session(&mut self, id: &SecretHash) -> Result<Option<StoredSession>, StoreError>;

    /// The ID token of a session, still encrypted.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn id_token(&mut self, id: &SecretHash) -> Result<Option<SealedToken>, StoreError>;

    /// Notes that a session was used; the later moment counts.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn touch_session(&mut self, id: &SecretHash, now: UtcTime) -> Result<(), StoreError>;

    /// Changes where a session stands. False if it stood there already, or not where it was expected to.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn set_standing(
        &mut self,
        id: &SecretHash,
        expected: Option<Standing>,
        standing: Standing,
    ) -> Result<bool, StoreError>;

    /// Ends every session of a person.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn end_sessions_of(&mut self, person: &PersonId) -> Result<(), StoreError>;

    /// Ends every session that began after a moment.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn end_sessions_begun_after(&mut self, moment: UtcTime) -> Result<(), StoreError>;

    /// Removes a session.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn remove_session(&mut self, id: &SecretHash) -> Result<(), StoreError>;

    /// Removes the sessions of a person that have not ended, but `keep` and those used last, `most` in all.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn remove_oldest_sessions(
        &mut self,
        person: &PersonId,
        keep: &SecretHash,
        most: u32,
    ) -> Result<(), StoreError>;

    /// Takes an ended session away and gives its ID token, once.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn take_ended_session(&mut self, id: &SecretHash) -> Result<Option<SealedToken>, StoreError>;

    /// Removes sessions that have expired.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn remove_expired_sessions(&mut self, now: UtcTime) -> Result<(), StoreError>;
}

/// Sign-ins on their way to the provider and back.
#[async_trait]
pub trait SignIns {
    /// How many are on their way, of everybody.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn sign_ins_waiting(&mut self) -> Result<i64, StoreError>;

    /// Writes one down.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn insert_sign_in(&mut self, sign_in: &PendingSignIn) -> Result<(), StoreError>;

    /// Removes the oldest of a browser, so that `most` stay; `keep` is one of them.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn remove_oldest_sign_ins(
        &mut self,
        browser: &SecretHash,
        keep: &SecretHash,
        most: u32,
    ) -> Result<(), StoreError>;

    /// Whether a sign-in of this browser that began at or after a moment is on its way.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn has_sign_in(&mut self, browser: &SecretHash, since: UtcTime) -> Result<bool, StoreError>;

    /// A sign-in of this browser.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn find_sign_in(
        &mut self,
        state: &SecretHash,
        browser: &SecretHash,
    ) -> Result<Option<PendingSignIn>, StoreError>;

    /// Takes a sign-in of this browser: nobody finds it a second time. One of another browser stays untouched.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn take_sign_in(
        &mut self,
        state: &SecretHash,
        browser: &SecretHash,
    ) -> Result<Option<PendingSignIn>, StoreError>;

    /// Removes those that began before a moment.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn remove_sign_ins_before(&mut self, moment: UtcTime) -> Result<(), StoreError>;
}

/// Until which second tokens are refused.
#[async_trait]
pub trait Revocations {
    /// Refuses the person's tokens issued in or before the second of `until`. A clock that was set back gives revoked tokens
    /// no life back: the later moment counts.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn revoke_tokens(&mut self, person: &PersonId, until: UtcTime) -> Result<(), StoreError>;

    /// Until which second the person's tokens are refused. A restore has forgotten who signed out everywhere after the backup:
    /// it counts as everybody.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn tokens_revoked_until(&mut self, person: &PersonId) -> Result<Option<UtcTime>, StoreError>;

    /// Lowers every moment until which tokens are refused that lies beyond one moment to another; says how many.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn lower_revocations(&mut self, beyond: UtcTime, to: UtcTime) -> Result<u64, StoreError>;
}
