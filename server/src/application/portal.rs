//! The portal: the ports it works with and the rules it was configured with.

use super::Refusal;
use super::live::Live;
use super::readiness::Readiness;
use super::sign_in_gate::SignInGate;
use crate::domain::device::Device;
use crate::domain::freshness::MaxAge;
use crate::domain::ids::DeviceId;
use crate::domain::person::PersonId;
use crate::domain::rate::Limits;
use crate::domain::streams::StreamRules;
use crate::ports::{ChangeSignal, Clock, DeviceService, PasscodeVault, Randomness, RateLimits, Storage};
use portal_contract::UtcTime;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
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
    /// How old the first sign-in may be for a reset without a second one; `None` unless the organisation chose so.
    pub skip_second_sign_in: Option<MaxAge>,
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
    /// Counts what has no row of its own.
    pub rate_limits: Arc<dyn RateLimits>,
}

/// The portal.
pub struct Portal {
    pub(super) parts: PortalParts,
    pub(super) rules: Rules,
    /// Wakes the queue when something was recorded.
    pub(super) wake: Notify,
    /// Wakes the streams of a person when something of theirs changed.
    pub(super) live: Arc<Live>,
    /// What is known of tokens before they are checked.
    pub(super) gate: SignInGate,
    /// Whether it can work.
    pub(super) readiness: Readiness,
    /// Whether it was said that sign-ins lack the time they were.
    pub(super) told_of_missing_auth_time: AtomicBool,
    /// Whether a line of the audit record was found that the server did not write.
    pub(super) is_record_broken: AtomicBool,
}

impl Portal {
    /// Puts it together.
    #[must_use]
    pub fn new(parts: PortalParts, rules: Rules) -> Self {
        let live = Arc::new(Live::new(rules.streams));
        let heard = Arc::clone(&live);
        parts.signal.listen(Box::new(move |person| heard.wake(person)));
        let (gate, readiness) = (SignInGate::default(), Readiness::default());
        Self {
            parts,
            rules,
            wake: Notify::new(),
            live,
            gate,
            readiness,
            told_of_missing_auth_time: AtomicBool::new(false),
            is_record_broken: AtomicBool::new(false),
        }
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
}
