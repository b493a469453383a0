//! Erasing and forgetting what has expired.

use super::{Portal, Refusal};
use crate::domain::action::ActionKind;
use crate::domain::audit::{AuditEntry, AuditEvent};
use crate::domain::idempotency::KEY_LIFETIME_SECONDS;
use crate::domain::sign_in::PendingSignIn;
use portal_contract::UtcTime;

/// For how long a change is kept, in milliseconds: a client that was away longer reads everything again.
const CHANGES_KEPT_MILLIS: i64 = 86_400_000;

impl Portal {
    /// Erases expired passcodes and keys, with an audit entry for each, and forgets old idempotency keys, changes, sessions and sign-ins.
    /// Says how many it erased.
    ///
    /// # Errors
    /// [`Refusal::Unavailable`]; the next sweep tries again.
    pub async fn sweep(&self) -> Result<usize, Refusal> {
        let now = self.now();
        let ago = |millis: i64| UtcTime::from_unix_millis(now.unix_millis().saturating_sub(millis));
        let mut unit = self.parts.store.begin().await?;
        let erased = unit.erase_expired_secrets(now).await?;
        for one in &erased {
            let entry = AuditEntry {
                at: now,
                event: if one.kind == ActionKind::ResetPasscode {
                    AuditEvent::PasscodeErased
                } else {
                    AuditEvent::SecretErased
                },
                person: Some(one.person.clone()),
                device: Some(one.device.clone()),
                result_id: Some(one.run.clone()),
                origin: None,
                result: "expired".to_owned(),
            };
            unit.append_audit(&entry).await?;
        }
        unit.forget_requests(ago(KEY_LIFETIME_SECONDS * 1000)).await?;
        unit.forget_changes(ago(CHANGES_KEPT_MILLIS)).await?;
        unit.remove_expired_sessions(now).await?;
        unit.remove_sign_ins_before(PendingSignIn::forgotten_before(now)).await?;
        unit.save().await?;
        if !erased.is_empty() {
            self.parts.store.forget_erased().await?;
            tracing::info!(erased = erased.len(), "temporary passcodes and keys expired and were erased");
        }
        Ok(erased.len())
    }
}
