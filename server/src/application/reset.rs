//! Accepting a reset. The order of the checks is part of the contract:
//! ownership (404) -> freshness (401) -> idempotency -> precondition (412) -> policy (403) -> limit of the network (429) ->
//! pending (409) -> limits of person and device (429).
//!
//! Ownership comes before freshness so that a stale sign-in learns nothing about other people's devices;
//! idempotency comes before everything that may have changed since, so that a repeated request gets its
//! answer again. The token and its scope were checked before a [`ResetRequest`] could be made.

use super::portal::audit_entry;
use super::{DeviceCall, Portal, Precondition, Refusal, version};
use crate::domain::audit::AuditEvent;
use crate::domain::command::NewCommand;
use crate::domain::device::Device;
use crate::domain::freshness::{Freshness, MaxAge, freshness};
use crate::domain::idempotency::{Fingerprint, IdempotencyKey};
use crate::domain::ids::{RANDOM_ID_BYTES, ResultId, random_id};
use crate::domain::passcode::{self, RandomnessExhausted};
use crate::domain::policy::{Decision, Reset, decide_reset};
use crate::domain::rate::RateLimit;
use crate::ports::{Accepted, IdempotentRequest, Purpose, RecordOutcome, RecordReset, Sealed};
use portal_contract::{CharacterSet, DeviceActionResult};

/// The `Idempotency-Key` header as it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeyHeader {
    /// There is none.
    Missing,
    /// It cannot be a key.
    Malformed,
    /// A key.
    Given(IdempotencyKey),
}

/// A request to reset a passcode.
#[derive(Debug, Clone)]
pub struct ResetRequest {
    /// Who, which device, from where.
    pub call: DeviceCall,
    /// The key.
    pub key: KeyHeader,
    /// The body as it came; part of what "the same request" means.
    pub body: Vec<u8>,
    /// The condition on the device's version.
    pub precondition: Precondition,
}

impl Portal {
    /// Accepts a reset: when this returns, it is written down and will be carried out or reported as failed.
    ///
    /// # Errors
    /// [`Refusal`]; every refusal is in the audit record. Nothing was recorded then.
    pub async fn reset_passcode(&self, request: &ResetRequest) -> Result<DeviceActionResult, Refusal> {
        let call = &request.call;
        // Counted apart, so that a flood of attempts cannot fill the audit record.
        self.count_attempt(call.sign_in.person(), self.now())?;
        match self.try_reset(request).await {
            Ok(Accepted::Now(command)) => {
                self.wake.notify_one();
                self.live.wake(&command.person);
                Ok(command.result_when_accepted())
            }
            Ok(Accepted::Before(command)) => {
                let id = Some(command.id.clone());
                let entry = audit_entry(AuditEvent::ResetReplayed, call, id, self.now(), "ok".to_owned());
                self.parts.store.audit(&entry).await?;
                Ok(command.result_when_accepted())
            }
            Err(refusal) => {
                self.audit_refusal(AuditEvent::ResetRefused, call, &refusal).await;
                Err(refusal)
            }
        }
    }

    async fn try_reset(&self, request: &ResetRequest) -> Result<Accepted, Refusal> {
        let call = &request.call;
        let person = call.sign_in.person();
        let device = self.own_device(person, call.device.as_ref()).await?;
        if let Freshness::StepUp(max_age) = freshness(call.sign_in.auth_time(), self.now(), MaxAge::RESET) {
            return Err(Refusal::StepUp(max_age));
        }
        let idempotent = idempotent_request(request, &device)?;
        if let Some(earlier) = self.parts.store.earlier_request(&idempotent, self.now()).await? {
            return accepted(earlier);
        }
        if request.precondition != Precondition::None {
            let view = self.view(device.clone(), person).await?;
            if !request.precondition.holds_for(&view.version) {
                return Err(Refusal::PreconditionFailed);
            }
        }
        let reset = match decide_reset(&device, person) {
            Decision::Allowed(reset) => reset,
            Decision::Refused(reason) => return Err(Refusal::NotAllowed(reason)),
        };
        let record = self.new_record(call, idempotent, device, reset)?;
        let counted = self.count_from_network(RateLimit::ResetsFromNetwork, &call.origin)?;
        let accepted = accepted(self.parts.store.record_reset(&record).await?)?;
        if let Accepted::Now(_) = accepted {
            counted.happened();
        }
        Ok(accepted)
    }

    /// The command and its passcode, made together: a resend after a crash must set the very same passcode.
    fn new_record(
        &self,
        call: &DeviceCall,
        request: IdempotentRequest,
        device: Device,
        reset: Reset,
    ) -> Result<RecordReset, Refusal> {
        let mut bytes = [0; RANDOM_ID_BYTES];
        self.parts.randomness.fill(&mut bytes)?;
        let id = ResultId::trusted(random_id("r-", bytes));
        let passcode = match reset {
            Reset::Removed => None,
            Reset::Temporary(character_set) => {
                let purpose = Purpose { result_id: &id, person: call.sign_in.person(), device: &device.id };
                Some((self.sealed_passcode(&purpose, character_set)?, character_set))
            }
        };
        let started = self.now();
        let audit = audit_entry(AuditEvent::ResetAccepted, call, Some(id.clone()), started, "ok".to_owned());
        let command = NewCommand { id, device, person: call.sign_in.person().clone(), reset, started };
        Ok(RecordReset { request, command, passcode, limits: self.rules.limits, audit })
    }

    fn sealed_passcode(&self, purpose: &Purpose<'_>, character_set: CharacterSet) -> Result<Sealed, Refusal> {
        let mut fill =
            |buffer: &mut [u8]| self.parts.randomness.fill(buffer).map_err(|_| RandomnessExhausted);
        let passcode = passcode::generate(character_set, &mut fill)
            .map_err(|_| Refusal::Internal("the machine has no random bytes".to_owned()))?;
        Ok(self.parts.vault.seal(purpose, &passcode)?)
    }
}

fn idempotent_request(request: &ResetRequest, device: &Device) -> Result<IdempotentRequest, Refusal> {
    let key = match &request.key {
        KeyHeader::Missing => return Err(Refusal::IdempotencyKeyMissing),
        KeyHeader::Malformed => {
            return Err(Refusal::InvalidRequest("Idempotency-Key must be 1 to 255 visible ASCII characters"));
        }
        KeyHeader::Given(key) => key.clone(),
    };
    let asked = [b"resetPasscode\n", device.id.as_str().as_bytes(), b"\n", request.body.as_slice()].concat();
    let fingerprint = Fingerprint(version::digest(&asked));
    Ok(IdempotentRequest { person: request.call.sign_in.person().clone(), key, fingerprint })
}

fn accepted(outcome: RecordOutcome) -> Result<Accepted, Refusal> {
    match outcome {
        RecordOutcome::Accepted(accepted) => Ok(accepted),
        RecordOutcome::KeyReused => Err(Refusal::IdempotencyKeyReused),
        RecordOutcome::AlreadyPending => Err(Refusal::AlreadyPending),
        RecordOutcome::TooOften(too_often) => Err(Refusal::TooOften(too_often)),
    }
}
