//! Showing a temporary passcode: to its owner, after a sign-in no older than an hour, never without an audit
//! entry.

use super::record::audit_entry;
use super::{DeviceCall, Portal, Refusal};
use crate::domain::action::ActionKind;
use crate::domain::audit::AuditEvent;
use crate::domain::freshness::{Freshness, MaxAge, freshness};
use crate::domain::ids::DeviceId;
use crate::domain::rate::{RateLimit, WINDOW_MILLIS, within};
use crate::ports::{CountedBy, Purpose, UnitOfWork};
use portal_contract::{TemporaryPasscode, UtcTime};

impl Portal {
    /// The temporary passcode of the newest reset that has one: acknowledged, or sent with an unknown outcome.
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
            return Err(self.step_up(call.sign_in.auth_time(), max_age));
        }
        let mut unit = self.parts.store.begin().await?;
        let found = unit.released_secrets(person, &device.id, ActionKind::ResetPasscode, now).await?;
        let found = found.into_iter().next().ok_or(Refusal::NotFound)?;
        let purpose = Purpose { result_id: &found.run, person, device: &device.id };
        let passcode = self.parts.vault.open(&purpose, &found.sealed)?;
        let counted = self.reserve_for_network(RateLimit::RevealsFromNetwork, &call.origin)?;
        self.check_reveal_limits(unit.as_mut(), AuditEvent::PasscodeRevealed, call, &device.id).await?;
        // Written first: a passcode that cannot be accounted for is not shown.
        let id = Some(found.run.clone());
        let entry = audit_entry(AuditEvent::PasscodeRevealed, call, id, now, "ok".to_owned());
        unit.append_audit(&entry).await?;
        unit.save().await?;
        counted.commit();
        Ok(TemporaryPasscode {
            passcode,
            character_set: found.character_set,
            expires_date_time: found.expires,
            result_id: found.run.as_str().to_owned(),
            is_confirmed: found.is_confirmed,
        })
    }

    /// How often a person, and a device, may be shown secrets within an hour; each kind of secret by itself.
    pub(super) async fn check_reveal_limits(
        &self,
        unit: &mut dyn UnitOfWork,
        event: AuditEvent,
        call: &DeviceCall,
        device: &DeviceId,
    ) -> Result<(), Refusal> {
        let now = self.now();
        let after = UtcTime::from_unix_millis(now.unix_millis().saturating_sub(WINDOW_MILLIS));
        for (limit, by) in [
            (RateLimit::RevealsOfPerson, CountedBy::Person(call.sign_in.person())),
            (RateLimit::RevealsOfDevice, CountedBy::Device(device)),
        ] {
            let Some(at_most) = self.rules.limits.per_hour(limit) else { continue };
            let count = unit.count_audit(event, by, after).await?;
            within(limit, at_most, count.number, count.oldest, now).map_err(Refusal::TooOften)?;
        }
        Ok(())
    }
}
