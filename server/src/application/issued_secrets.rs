//! Showing what a management service told: to its owner, after a fresh sign-in, never without an audit entry.

use super::record::audit_entry;
use super::{DeviceCall, Portal, Refusal};
use crate::domain::audit::AuditEvent;
use crate::domain::freshness::{Freshness, MaxAge, freshness};
use crate::domain::ids::ResultId;
use crate::domain::issued_secret::IssuedParts;
use crate::domain::rate::RateLimit;
use crate::ports::Purpose;
use portal_contract::IssuedSecret;

impl Portal {
    /// The secret that an action of the person's brought.
    ///
    /// # Errors
    /// [`Refusal::NotFound`] when device or action are not the person's, or there is no secret (any more);
    /// [`Refusal::StepUp`], [`Refusal::TooOften`], [`Refusal::Unavailable`].
    pub async fn issued_secret(
        &self,
        call: &DeviceCall,
        result_id: Option<&ResultId>,
    ) -> Result<IssuedSecret, Refusal> {
        self.count_attempt(call.sign_in.person(), self.now())?;
        match self.try_show(call, result_id).await {
            Ok(secret) => Ok(secret),
            Err(refusal) => {
                self.audit_refusal(AuditEvent::SecretRevealRefused, call, &refusal).await;
                Err(refusal)
            }
        }
    }

    async fn try_show(
        &self,
        call: &DeviceCall,
        result_id: Option<&ResultId>,
    ) -> Result<IssuedSecret, Refusal> {
        let (person, now) = (call.sign_in.person(), self.now());
        let device = self.own_device(person, call.device.as_ref()).await?;
        let id = result_id.ok_or(Refusal::NotFound)?;
        if let Freshness::StepUp(max_age) = freshness(call.sign_in.auth_time(), now, MaxAge::RESET) {
            return Err(self.step_up(call.sign_in.auth_time(), max_age));
        }
        let mut unit = self.parts.store.begin().await?;
        let own = unit.run(id).await?.filter(|run| run.person == *person && run.device == device.id);
        let action = own.map(|run| run.action).ok_or(Refusal::NotFound)?;
        let kind = action.told_secret().ok_or(Refusal::NotFound)?;
        let released = unit.released_secrets(person, &device.id, action.kind(), now).await?;
        let found = released.into_iter().find(|one| one.run == *id).ok_or(Refusal::NotFound)?;
        let purpose = Purpose { result_id: &found.run, person, device: &device.id };
        let text = self.parts.vault.open(&purpose, &found.sealed)?;
        let parts = IssuedParts::from_text(&text)
            .ok_or_else(|| Refusal::Internal("a secret that was sealed cannot be read".to_owned()))?;
        let counted = self.reserve_for_network(RateLimit::RevealsFromNetwork, &call.origin)?;
        self.check_reveal_limits(unit.as_mut(), AuditEvent::SecretRevealed, call, &device.id).await?;
        // Written first: a secret that cannot be accounted for is not shown.
        let entry =
            audit_entry(AuditEvent::SecretRevealed, call, Some(found.run.clone()), now, "ok".to_owned());
        unit.append_audit(&entry).await?;
        unit.save().await?;
        counted.commit();
        Ok(IssuedSecret {
            kind,
            parts: parts.into_parts(),
            expires_date_time: found.expires,
            result_id: found.run.as_str().to_owned(),
        })
    }
}
