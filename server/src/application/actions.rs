//! Accepting an action. The order of the checks is part of the contract:
//! ownership (404) -> freshness (401) -> idempotency -> precondition (412) -> policy (403) -> limit of the network (429) ->
//! pending (409) -> limits of person and device (429).
//!
//! Ownership comes before freshness so that a stale sign-in learns nothing about other people's devices;
//! idempotency comes before everything that may have changed since, so that a repeated request gets its
//! answer again. The token and its scope were checked before an [`ActionRequest`] could be made.

use super::devices::with_open_erase;
use super::endings::write_end;
use super::record::audit_entry;
use super::{DeviceCall, Portal, Precondition, Refusal, version};
use crate::domain::action::{Action, ActionKind, Executor, Lock, Proof, Requested, SecondRequest};
use crate::domain::action_run::{ActionRun, CancelRequest, Ending, QueueState};
use crate::domain::audit::AuditEvent;
use crate::domain::device::Device;
use crate::domain::freshness::{Freshness, MaxAge, Obstacle, freshness, seconds_ahead};
use crate::domain::idempotency::{Fingerprint, IdempotencyKey, KEY_LIFETIME_SECONDS};
use crate::domain::ids::{DeviceId, RANDOM_ID_BYTES, ResultId, random_id};
use crate::domain::passcode::{self, RandomnessExhausted};
use crate::domain::person::PersonId;
use crate::domain::policy::{Allowed, Decision, Reset, decide};
use crate::domain::rate::{WINDOW_MILLIS, within};
use crate::ports::{Changed, CountedBy, NewSecret, Purpose, Sealed, UnitOfWork};
use portal_contract::{CharacterSet, DeviceActionResult, RefusalReason, UtcTime};
use std::sync::atomic::Ordering;

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

/// What a request says about its sign-in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignInClaim {
    /// Nothing: the usual rule, which cannot tell a first sign-in from a second.
    Usual,
    /// That there was no second one (`skipSecondSignIn`), which the organisation has to have chosen.
    NoSecond,
}

impl SignInClaim {
    /// What the audit record says of an action that was accepted so.
    const fn audit_result(self) -> &'static str {
        match self {
            Self::Usual => "ok",
            Self::NoSecond => "secondSignInSkipped",
        }
    }
}

/// A request for an action.
#[derive(Debug, Clone)]
pub struct ActionRequest {
    /// Who, which device, from where.
    pub call: DeviceCall,
    /// What is asked for.
    pub requested: Requested,
    /// The key.
    pub key: KeyHeader,
    /// The body as it came; part of what "the same request" means.
    pub body: Vec<u8>,
    /// The condition on the device's version.
    pub precondition: Precondition,
    /// What it says about its sign-in.
    pub sign_in_claim: SignInClaim,
}

/// What makes two requests the same one.
struct IdempotentRequest {
    person: PersonId,
    key: IdempotencyKey,
    fingerprint: Fingerprint,
}

/// An action that was accepted.
enum Accepted {
    /// By this request.
    Now(ActionRun),
    /// By an earlier one with the same key.
    Before(ActionRun),
    /// By an earlier one with another key: asking twice is asking once.
    Open(ActionRun),
}

/// Everything that is written when an action is accepted.
struct NewRun {
    run: ActionRun,
    secret: Option<NewSecret>,
}

impl Portal {
    /// Accepts an action: when this returns, it is written down and will be carried out or reported as failed.
    ///
    /// # Errors
    /// [`Refusal`]; every refusal is in the audit record. Nothing was recorded then.
    pub async fn act(&self, request: &ActionRequest) -> Result<DeviceActionResult, Refusal> {
        let (call, kind) = (&request.call, request.requested.kind());
        // Counted apart, so that a flood of attempts cannot fill the audit record.
        self.count_attempt(call.sign_in.person(), self.now())?;
        match self.try_act(request).await {
            Ok(Accepted::Now(run)) => {
                self.wake.notify_one();
                self.announce(&run.person);
                Ok(run.result_when_accepted())
            }
            Ok(accepted @ (Accepted::Before(_) | Accepted::Open(_))) => {
                let (run, result) = match accepted {
                    Accepted::Now(run) | Accepted::Before(run) => {
                        (run.id.clone(), run.result_when_accepted())
                    }
                    Accepted::Open(run) => (run.id.clone(), run.result()),
                };
                let entry =
                    audit_entry(AuditEvent::Replayed(kind), call, Some(run), self.now(), "ok".to_owned());
                self.audit(&entry).await?;
                Ok(result)
            }
            Err(refusal) => {
                self.audit_refusal(AuditEvent::Refused(kind), call, &refusal).await;
                Err(refusal)
            }
        }
    }

    async fn try_act(&self, request: &ActionRequest) -> Result<Accepted, Refusal> {
        let (call, kind) = (&request.call, request.requested.kind());
        let person = call.sign_in.person();
        let device = match self.own_device(person, call.device.as_ref()).await {
            Ok(device) => device,
            Err(Refusal::NotFound) => return self.replayed_without_device(request).await,
            Err(refusal) => return Err(refusal),
        };
        self.check_freshness(kind, call, request.sign_in_claim)?;
        let idempotent = idempotent_request(request, &device.id)?;
        let mut reading = self.parts.store.read().await?;
        if let Some(earlier) = earlier_run(reading.as_mut(), &idempotent, self.now()).await? {
            return Ok(Accepted::Before(earlier));
        }
        let name = reading.names_of(person).await?.remove(&device.id);
        let open = reading.open_runs(&device.id).await?;
        let device = with_open_erase(device, open.iter());
        drop(reading);
        if request.precondition != Precondition::None {
            let view = self.view(device.clone(), person).await?;
            if !request.precondition.holds_for(&view.version) {
                return Err(Refusal::PreconditionFailed);
            }
        }
        let action = match decide(kind, &device, person) {
            Decision::Allowed(allowed) => action(&request.requested, allowed)?,
            Decision::Refused(reason) => return Err(Refusal::NotAllowed(reason)),
        };
        self.check_category(&action, &device).await?;
        let mut new = self.new_run(call, &device, action)?;
        // What the person calls it is what they are told about it later.
        if let Some(name) = name {
            name.as_str().clone_into(&mut new.run.device_name);
        }
        let counted = kind.network_limit().map(|limit| self.reserve_for_network(limit, &call.origin));
        let counted = counted.transpose()?;
        let accepted = self.record(request, &idempotent, new).await?;
        if let (Accepted::Now(_), Some(counted)) = (&accepted, counted) {
            counted.commit();
        }
        Ok(accepted)
    }

    /// A request that skipped the second sign-in is held to the organisation's shorter time, and refused where it chose none. What
    /// it is asked for then is what everybody is asked for.
    fn check_freshness(
        &self,
        kind: ActionKind,
        call: &DeviceCall,
        claim: SignInClaim,
    ) -> Result<(), Refusal> {
        if kind.proof() != Proof::FreshSignIn {
            return Ok(());
        }
        let auth_time = call.sign_in.auth_time();
        let max_age = match claim {
            SignInClaim::Usual => Some(MaxAge::RESET),
            SignInClaim::NoSecond => self.rules.skip_second_sign_in,
        };
        let is_fresh =
            max_age.is_some_and(|max_age| freshness(auth_time, self.now(), max_age) == Freshness::Fresh);
        if is_fresh { Ok(()) } else { Err(self.step_up(auth_time, MaxAge::RESET)) }
    }

    /// The same key is answered with the same run when the device is gone, which is how an erase ends.
    async fn replayed_without_device(&self, request: &ActionRequest) -> Result<Accepted, Refusal> {
        let (call, kind) = (&request.call, request.requested.kind());
        let device = call.device.as_ref().ok_or(Refusal::NotFound)?;
        let Ok(idempotent) = idempotent_request(request, device) else { return Err(Refusal::NotFound) };
        let mut reading = self.parts.store.read().await?;
        let Ok(Some(earlier)) = earlier_run(reading.as_mut(), &idempotent, self.now()).await else {
            return Err(Refusal::NotFound);
        };
        self.check_freshness(kind, call, request.sign_in_claim)?;
        Ok(Accepted::Before(earlier))
    }

    /// The demand for a fresh sign-in. Says in the log what nobody could see otherwise: that sign-ins of this provider never count
    /// as fresh. Once, because it is so for everybody.
    pub(super) fn step_up(&self, auth_time: Option<UtcTime>, max_age: MaxAge) -> Refusal {
        let now = self.now();
        if auth_time.is_none() && !self.told_of_missing_auth_time.swap(true, Ordering::Relaxed) {
            tracing::warn!(
                "a sign-in does not say when it was (auth_time): none of this provider is ever fresh, and no passcode can be \
                 reset; see docs/operation.md"
            );
        }
        if let Some(seconds) = seconds_ahead(auth_time, now) {
            tracing::warn!(
                seconds,
                "a sign-in is in the future: the clocks of the provider and of this machine differ"
            );
        }
        Refusal::StepUp(max_age, Obstacle::of(auth_time, now))
    }

    /// Writes it down, exactly once for each key, and at most one open run of an action on a device.
    async fn record(
        &self,
        asked: &ActionRequest,
        request: &IdempotentRequest,
        new: NewRun,
    ) -> Result<Accepted, Refusal> {
        let NewRun { run, secret } = new;
        let call = &asked.call;
        let (kind, now) = (run.action.kind(), run.started);
        let mut unit = self.parts.store.begin().await?;
        if let Some(earlier) = earlier_run(unit.as_mut(), request, now).await? {
            return Ok(Accepted::Before(earlier));
        }
        if let Some(open) = unit.open_run(&run.device, kind).await? {
            // One that is being cancelled would never reach the device.
            let is_ending = open.cancel_request == CancelRequest::Requested;
            let is_same = kind.second_request() == SecondRequest::SameRun && open.action == run.action;
            if !is_same || open.person != run.person || is_ending {
                return Err(Refusal::AlreadyPending);
            }
            unit.remember_request(&request.person, &request.key, &request.fingerprint, &open.id, now).await?;
            unit.save().await?;
            return Ok(Accepted::Open(open));
        }
        self.check_hourly_limits(unit.as_mut(), &run).await?;
        self.supersede(unit.as_mut(), &run).await?;
        let result = asked.sign_in_claim.audit_result().to_owned();
        let accepted = audit_entry(AuditEvent::Accepted(kind), call, Some(run.id.clone()), now, result);
        let run = match kind.executor() {
            Executor::Device => {
                unit.insert_run(&run, now).await?;
                unit.append_audit(&accepted).await?;
                run
            }
            Executor::Portal => {
                let done = run.ended(Ending::Done, now);
                unit.insert_run(&done, now).await?;
                unit.append_audit(&accepted).await?;
                let result = done.action_state.as_str().to_owned();
                let ended = audit_entry(AuditEvent::Ended(kind), call, Some(run.id.clone()), now, result);
                carry_out(unit.as_mut(), &done).await?;
                unit.append_audit(&ended).await?;
                done
            }
        };
        unit.remember_request(&request.person, &request.key, &request.fingerprint, &run.id, now).await?;
        if let Some(secret) = &secret {
            unit.insert_secret(secret).await?;
        }
        let changed = Changed::Device(run.device.as_str().to_owned());
        unit.append_change(&run.person, &changed, now).await?;
        unit.save().await?;
        Ok(Accepted::Now(run))
    }

    /// Ends what this action takes precedence over and no service has yet, and is refused by what takes precedence over it. What a
    /// service has ends as the device says.
    async fn supersede(&self, unit: &mut dyn UnitOfWork, run: &ActionRun) -> Result<(), Refusal> {
        let kind = run.action.kind();
        for open in unit.open_runs(&run.device).await? {
            let other = open.action.kind();
            if other.supersedes(kind) {
                return Err(Refusal::NotAllowed(RefusalReason::EraseOrRetirePending));
            }
            if kind.supersedes(other) && open.queue_state == QueueState::Recorded {
                let end = self.end_of(&open, Ending::Superseded, None)?;
                write_end(unit, &open, &end, run.started).await?;
            }
        }
        Ok(())
    }

    async fn check_hourly_limits(&self, unit: &mut dyn UnitOfWork, run: &ActionRun) -> Result<(), Refusal> {
        let kind = run.action.kind();
        let (of_person, of_device) = kind.hourly_limits();
        let after = UtcTime::from_unix_millis(run.started.unix_millis().saturating_sub(WINDOW_MILLIS));
        for (limit, by) in
            [(of_person, CountedBy::Person(&run.person)), (of_device, CountedBy::Device(&run.device))]
        {
            let Some(at_most) = self.rules.limits.per_hour(limit) else { continue };
            let count = unit.count_runs(by, kind == ActionKind::ResetPasscode, after).await?;
            within(limit, at_most, count.number, count.oldest, run.started).map_err(Refusal::TooOften)?;
        }
        Ok(())
    }

    /// The run and its passcode, made together: a resend after a crash must set the very same passcode.
    fn new_run(&self, call: &DeviceCall, device: &Device, action: Action) -> Result<NewRun, Refusal> {
        let mut bytes = [0; RANDOM_ID_BYTES];
        self.parts.randomness.fill(&mut bytes)?;
        let id = ResultId::trusted(random_id("r-", bytes));
        let person = call.sign_in.person().clone();
        let run = ActionRun::accepted(id, device, person, action, self.now());
        let secret = match run.action {
            Action::ResetPasscode(Reset::Temporary(character_set)) => {
                let purpose = Purpose { result_id: &run.id, person: &run.person, device: &run.device };
                Some(NewSecret {
                    run: run.id.clone(),
                    person: run.person.clone(),
                    device: run.device.clone(),
                    sealed: self.sealed_passcode(&purpose, character_set, device)?,
                    character_set,
                    expires: run.expires,
                })
            }
            // One that the service issues comes with the end of the run.
            Action::ResetPasscode(Reset::Issued(_) | Reset::IssuedForWorkProfile | Reset::Removed)
            | Action::RemoteLock(_)
            | Action::SyncDevice
            | Action::Rename(_)
            | Action::Retire
            | Action::Wipe
            | Action::RebootNow
            | Action::SetCategory(_)
            | Action::ShowRecoveryKey
            | Action::ShowLocalAdministratorPassword => None,
        };
        Ok(NewRun { run, secret })
    }

    fn sealed_passcode(
        &self,
        purpose: &Purpose<'_>,
        character_set: CharacterSet,
        device: &Device,
    ) -> Result<Sealed, Refusal> {
        let rules = device.capabilities.passcode_rules;
        let length = passcode::length_for(rules.min_length, rules.max_length);
        let mut fill =
            |buffer: &mut [u8]| self.parts.randomness.fill(buffer).map_err(|_| RandomnessExhausted);
        let passcode = passcode::generate(character_set, length, &mut fill)
            .map_err(|_| Refusal::Internal("the machine has no random bytes".to_owned()))?;
        Ok(self.parts.vault.seal(purpose, &passcode)?)
    }
}

/// What the policy allows of what was asked for.
fn action(requested: &Requested, allowed: Allowed) -> Result<Action, Refusal> {
    match (requested, allowed) {
        (Requested::ResetPasscode, Allowed::Reset(reset)) => Ok(Action::ResetPasscode(reset)),
        (Requested::RemoteLock, Allowed::Plain) => Ok(Action::RemoteLock(Lock::Screen)),
        (Requested::RemoteLock, Allowed::LockWithPin) => Ok(Action::RemoteLock(Lock::WithPin)),
        (Requested::SyncDevice, Allowed::Plain) => Ok(Action::SyncDevice),
        (Requested::Rename(name), Allowed::Plain) => Ok(Action::Rename(name.clone())),
        (Requested::Retire, Allowed::Plain) => Ok(Action::Retire),
        (Requested::Wipe, Allowed::Plain) => Ok(Action::Wipe),
        (Requested::RebootNow, Allowed::Plain) => Ok(Action::RebootNow),
        (Requested::SetCategory(category), Allowed::Plain) => Ok(Action::SetCategory(category.clone())),
        (Requested::ShowRecoveryKey, Allowed::Plain) => Ok(Action::ShowRecoveryKey),
        (Requested::ShowLocalAdministratorPassword, Allowed::Plain) => {
            Ok(Action::ShowLocalAdministratorPassword)
        }
        (Requested::ResetPasscode, Allowed::Plain | Allowed::LockWithPin)
        | (Requested::RemoteLock, Allowed::Reset(_))
        | (
            Requested::SyncDevice
            | Requested::Rename(_)
            | Requested::Retire
            | Requested::Wipe
            | Requested::RebootNow
            | Requested::SetCategory(_)
            | Requested::ShowRecoveryKey
            | Requested::ShowLocalAdministratorPassword,
            Allowed::Reset(_) | Allowed::LockWithPin,
        ) => Err(Refusal::Internal("the policy allowed another action than the one asked for".to_owned())),
    }
}

/// What this server does itself.
async fn carry_out(unit: &mut dyn UnitOfWork, run: &ActionRun) -> Result<(), Refusal> {
    match &run.action {
        Action::Rename(name) => Ok(unit.set_name(&run.person, &run.device, name.as_ref()).await?),
        Action::ResetPasscode(_)
        | Action::RemoteLock(_)
        | Action::SyncDevice
        | Action::Retire
        | Action::Wipe
        | Action::RebootNow
        | Action::SetCategory(_)
        | Action::ShowRecoveryKey
        | Action::ShowLocalAdministratorPassword => {
            Err(Refusal::Internal("a device's action is not the portal's to carry out".to_owned()))
        }
    }
}

fn idempotent_request(request: &ActionRequest, device: &DeviceId) -> Result<IdempotentRequest, Refusal> {
    let key = match &request.key {
        KeyHeader::Missing => return Err(Refusal::IdempotencyKeyMissing),
        KeyHeader::Malformed => {
            return Err(Refusal::InvalidRequest("Idempotency-Key must be 1 to 255 visible ASCII characters"));
        }
        KeyHeader::Given(key) => key.clone(),
    };
    let name = request.requested.kind().name().as_str().as_bytes();
    let asked = [name, b"\n", device.as_str().as_bytes(), b"\n", request.body.as_slice()].concat();
    let fingerprint = Fingerprint(version::digest(&asked));
    Ok(IdempotentRequest { person: request.call.sign_in.person().clone(), key, fingerprint })
}

/// The run an earlier request with this key made.
async fn earlier_run(
    unit: &mut dyn UnitOfWork,
    request: &IdempotentRequest,
    now: UtcTime,
) -> Result<Option<ActionRun>, Refusal> {
    let after = UtcTime::from_unix_millis(now.unix_millis().saturating_sub(KEY_LIFETIME_SECONDS * 1000));
    let Some((fingerprint, run)) = unit.request_with(&request.person, &request.key, after).await? else {
        return Ok(None);
    };
    if fingerprint != request.fingerprint {
        return Err(Refusal::IdempotencyKeyReused);
    }
    Ok(unit.run(&run).await?)
}
