//! The portal: the ports it works with and the rules it was configured with.

use super::limiter::{Counted, Limiter};
use super::live::Live;
use super::readiness::Readiness;
use super::sign_in_gate::SignInGate;
use super::{DeviceCall, Refusal};
use crate::domain::audit::{AuditEntry, AuditEvent, Origin};
use crate::domain::device::Device;
use crate::domain::ids::{DeviceId, ResultId};
use crate::domain::person::PersonId;
use crate::domain::rate::{Limits, RateLimit, network_of};
use crate::domain::streams::StreamRules;
use crate::ports::{ChangeSignal, Clock, DeviceService, PasscodeVault, Randomness, Storage, StoreError};
use portal_contract::UtcTime;
use std::sync::Arc;
use tokio::sync::Notify;

/// What the organisation configured.
#[derive(Debug, Clone, Copy)]
pub struct Rules {
    /// The limits.
    pub limits: Limits,
    /// For how long a temporary passcode is kept after its reset ended, in days.
    pub passcode_lifetime_days: u32,
    /// The bounds of event streams.
    pub streams: StreamRules,
}

impl Rules {
    /// When a secret is erased that is released now.
    #[must_use]
    pub fn secrets_expire(&self, now: UtcTime) -> UtcTime {
        let lifetime = i64::from(self.passcode_lifetime_days) * 86_400_000;
        UtcTime::from_unix_millis(now.unix_millis().saturating_add(lifetime))
    }
}

/// The ports.
#[derive(Clone)]
pub struct PortalParts {
    /// Memory.
    pub store: Arc<dyn Storage>,
    /// The device management service.
    pub services: Arc<dyn DeviceService>,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub randomness: Arc<dyn Randomness>,
    /// Encryption at rest.
    pub vault: Arc<dyn PasscodeVault>,
    /// Wakes streams, here and at other servers over the same storage.
    pub signal: Arc<dyn ChangeSignal>,
}

/// The portal.
pub struct Portal {
    pub(super) parts: PortalParts,
    pub(super) rules: Rules,
    /// Wakes the queue when something was recorded.
    pub(super) wake: Notify,
    /// Wakes the streams of a person when something of theirs changed.
    pub(super) live: Arc<Live>,
    /// Counts what has no row of its own.
    pub(super) limiter: Limiter,
    /// What is known of tokens before they are checked.
    pub(super) gate: SignInGate,
    /// Whether it can work.
    pub(super) readiness: Readiness,
}

impl Portal {
    /// Puts it together.
    #[must_use]
    pub fn new(parts: PortalParts, rules: Rules) -> Self {
        let live = Arc::new(Live::new(rules.streams));
        let heard = Arc::clone(&live);
        parts.signal.listen(Box::new(move |person| heard.wake(person)));
        let limiter = Limiter::new(rules.limits.quotas);
        let (gate, readiness) = (SignInGate::default(), Readiness::default());
        Self { parts, rules, wake: Notify::new(), live, limiter, gate, readiness }
    }

    /// Something of the person's was saved.
    pub(super) fn announce(&self, person: &PersonId) {
        self.parts.signal.announce(person);
    }

    /// Now.
    #[must_use]
    pub fn now(&self) -> UtcTime {
        self.parts.clock.now()
    }

    /// Counts an attempt by a person.
    pub(super) fn count_attempt(&self, person: &PersonId, now: UtcTime) -> Result<(), Refusal> {
        let counted = self.limiter.count(RateLimit::AttemptsOfPerson, person.as_str(), now);
        counted.map_err(Refusal::TooOften)?.happened();
        Ok(())
    }

    /// Counts something that is about to happen from a network; dropped, it counts for nothing.
    pub(super) fn count_from_network(
        &self,
        limit: RateLimit,
        origin: &Origin,
    ) -> Result<Counted<'_>, Refusal> {
        let network = network_of(&origin.address);
        self.limiter.count(limit, &network, self.now()).map_err(Refusal::TooOften)
    }

    /// Finds a device of the person. Text that is no identifier takes the same way as one that is unknown.
    pub(super) async fn own_device(
        &self,
        person: &PersonId,
        id: Option<&DeviceId>,
    ) -> Result<Device, Refusal> {
        let nobodys = DeviceId::trusted(String::new());
        let device = self.parts.services.device(person, id.unwrap_or(&nobodys)).await?;
        device.ok_or(Refusal::NotFound)
    }

    /// Appends an entry to the audit record, by itself.
    pub(super) async fn audit(&self, entry: &AuditEntry) -> Result<(), StoreError> {
        let mut unit = self.parts.store.begin().await?;
        unit.append_audit(entry).await?;
        unit.save().await
    }

    /// Writes a refusal into the audit record. A refusal stays one even when that fails.
    pub(super) async fn audit_refusal(&self, event: AuditEvent, call: &DeviceCall, refusal: &Refusal) {
        let entry = audit_entry(event, call, None, self.now(), refusal.audit_code());
        if let Err(error) = self.audit(&entry).await {
            tracing::error!(?error, "a refusal could not be written into the audit record");
        }
    }
}

/// An entry about a call.
pub(super) fn audit_entry(
    event: AuditEvent,
    call: &DeviceCall,
    result_id: Option<ResultId>,
    at: UtcTime,
    result: String,
) -> AuditEntry {
    AuditEntry {
        at,
        event,
        person: Some(call.sign_in.person().clone()),
        device: call.device.clone(),
        result_id,
        origin: Some(call.origin.clone()),
        result,
    }
}
