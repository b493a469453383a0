//! Signing out everywhere: tokens issued until now are refused from now on.

use super::record::audit_entry;
use super::{DeviceCall, Portal, Refusal};
use crate::domain::audit::{AuditEvent, Origin};
use crate::domain::person::SignIn;
use crate::domain::secret::SecretHash;
use crate::domain::session::{Session, Standing};
use crate::ports::StoredSession;
use portal_contract::UtcTime;

/// Up to so far ahead of now a revocation may end: a provider whose clock is ahead, a clock that is disciplined. A token from
/// further ahead is not accepted anyway.
const ORDINARY_SECONDS: i64 = 30;

impl Portal {
    /// Refuses every token of the person that was issued in or before this second - by the provider's clock, where tokens
    /// showed that it is ahead of ours -, the one of this call included, and ends the person's streams. The provider's own sessions are not this server's to end.
    ///
    /// Not counted among the attempts: somebody who holds another token of the person could otherwise use them up and so
    /// keep the person from shutting them out. It limits itself, because it ends the token it was called with.
    ///
    /// # Errors
    /// [`Refusal::Unavailable`]; nothing was revoked then.
    pub async fn revoke_sessions(&self, sign_in: &SignIn, origin: &Origin) -> Result<(), Refusal> {
        let now = self.now();
        let call = DeviceCall { sign_in: sign_in.clone(), device: None, origin: origin.clone() };
        let entry = audit_entry(AuditEvent::SessionsRevoked, &call, None, now, "ok".to_owned());
        let until = now.unix_seconds().saturating_add(self.provider_ahead_seconds());
        let until = sign_in.issued().map_or(until, |issued| until.max(issued.unix_seconds()));
        let until = UtcTime::from_unix_seconds(until);
        let mut unit = self.parts.store.begin().await?;
        unit.revoke_tokens(sign_in.person(), until).await?;
        unit.end_sessions_of(sign_in.person()).await?;
        unit.append_audit(&entry).await?;
        unit.save().await?;
        self.announce(sign_in.person());
        tracing::info!(request = %origin.request, "a person signed out everywhere");
        Ok(())
    }

    /// A revocation or a restore by a clock that was ahead would refuse everything until that time has come. When the clock
    /// was set back it counts until now instead: what was issued before is refused all the same.
    pub(super) async fn lower_revocations(&self, now: UtcTime) -> Result<u64, Refusal> {
        let seconds = now.unix_seconds().saturating_add(self.provider_ahead_seconds());
        let beyond = UtcTime::from_unix_seconds(seconds.saturating_add(ORDINARY_SECONDS));
        let to = UtcTime::from_unix_seconds(seconds);
        let mut unit = self.parts.store.begin().await?;
        let lowered = unit.lower_revocations(beyond, to).await?;
        if lowered > 0 {
            // A session that began under the clock that was ahead would now count as younger than what ended it.
            unit.end_sessions_begun_after(to).await?;
            unit.save().await?;
        }
        Ok(lowered)
    }

    /// Whether the token or the session behind this sign-in was revoked. Tokens know whole seconds: one issued in the second of the
    /// revocation is refused, whether before or after it; a new sign-in takes longer than that.
    ///
    /// # Errors
    /// [`Refusal::Unavailable`]: what cannot be checked is not accepted.
    pub async fn is_revoked(&self, sign_in: &SignIn) -> Result<bool, Refusal> {
        if let Some(id) = sign_in.session() {
            let session = self.session(id).await?;
            if session.is_none_or(|session| session.standing != Standing::Active) {
                return Ok(true);
            }
        }
        let until = self.parts.store.read().await?.tokens_revoked_until(sign_in.person()).await?;
        Ok(until.is_some_and(|until| {
            sign_in.issued().is_none_or(|issued| issued.unix_seconds() <= until.unix_seconds())
        }))
    }

    /// The session of session mode with this identifier. One that is not what the server wrote is removed and is none; whose it
    /// was is just what cannot be believed, so nobody is named in the audit record.
    pub(super) async fn session(&self, id: &SecretHash) -> Result<Option<Session>, Refusal> {
        match self.parts.store.read().await?.session(id).await? {
            None => Ok(None),
            Some(StoredSession::Intact(session)) => Ok(Some(session)),
            Some(StoredSession::Forged) => {
                tracing::error!("a session is not what the server wrote, or its key is gone: it is removed");
                let mut unit = self.parts.store.begin().await?;
                unit.remove_session(id).await?;
                unit.save().await?;
                Ok(None)
            }
        }
    }
}
