//! Showing a temporary passcode: to its owner, after a sign-in no older than an hour, never without an audit
//! entry.

use super::portal::audit_entry;
use super::{DeviceCall, Portal, Refusal};
use crate::domain::audit::AuditEvent;
use crate::domain::freshness::{Freshness, MaxAge, freshness};
use crate::domain::rate::RateLimit;
use crate::ports::Purpose;
use portal_contract::TemporaryPasscode;

impl Portal {
    /// The temporary passcode of the newest completed reset.
    ///
    /// # Errors
    /// [`Refusal::NotFound`] when the device is not the person's, or there is no passcode (any more);
    /// [`Refusal::StepUp`], [`Refusal::TooOften`], [`Refusal::Unavailable`].
    pub async fn temporary_passcode(&self, call: &DeviceCall) -> Result<TemporaryPasscode, Refusal> {
        self.count_attempt(call.sign_in.person(), self.now())?;
        match self.try_reveal(call).await {
            Ok(passcode) => Ok(passcode),
            Err(refusal) => {
                self.audit_refusal(AuditEvent::RevealRefused, call, &refusal).await;
                Err(refusal)
            }
        }
    }

    async fn try_reveal(&self, call: &DeviceCall) -> Result<TemporaryPasscode, Refusal> {
        let person = call.sign_in.person();
        let device = self.own_device(person, call.device.as_ref()).await?;
        let now = self.now();
        if let Freshness::StepUp(max_age) = freshness(call.sign_in.auth_time(), now, MaxAge::REVEAL) {
            return Err(Refusal::StepUp(max_age));
        }
        let found =
            self.parts.store.passcode_to_show(person, &device.id, now).await?.ok_or(Refusal::NotFound)?;
        let purpose = Purpose { result_id: &found.result_id, person, device: &device.id };
        let passcode = self.parts.vault.open(&purpose, &found.sealed)?;
        // Written first: a passcode that cannot be accounted for is not shown.
        let id = Some(found.result_id.clone());
        let entry = audit_entry(AuditEvent::PasscodeRevealed, call, id, now, "ok".to_owned());
        let counted = self.count_from_network(RateLimit::RevealsFromNetwork, &call.origin)?;
        self.parts.store.record_reveal(&entry, &self.rules.limits).await?.map_err(Refusal::TooOften)?;
        counted.happened();
        Ok(TemporaryPasscode {
            passcode,
            character_set: found.character_set,
            expires_date_time: found.expires,
            result_id: found.result_id.as_str().to_owned(),
            is_confirmed: true,
        })
    }
}
