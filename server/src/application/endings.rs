//! Everything that is written when a run ends: its state, the fate of its secret, the audit entry, the notification, and that
//! something changed. One place for the queue, for cancelling and for what a service tells by itself.

use super::{Portal, Refusal};
use crate::domain::action::Action;
use crate::domain::action_run::{ActionRun, Ending, SecretFate};
use crate::domain::audit::{AuditEntry, AuditEvent};
use crate::domain::ids::NotificationId;
use crate::domain::issued_secret::KEPT_MILLIS;
use crate::domain::policy::Reset;
use crate::ports::{Changed, NewSecret, Purpose, StoreError, UnitOfWork};
use portal_contract::{ActionState, CharacterSet, FailureCode, SecretText, UtcTime};

/// How a run ended, and what goes with it.
pub(super) struct RunEnd {
    /// How.
    pub(super) ending: Ending,
    /// The secret that its service issued, sealed.
    pub(super) issued: Option<NewSecret>,
    /// When a secret that stays is erased.
    pub(super) secret_expires: UtcTime,
}

/// Writes the end within the caller's unit of work. `None` if the run had ended already; nothing was written then. A run whose
/// outcome was unknown may learn it once.
pub(super) async fn write_end(
    unit: &mut dyn UnitOfWork,
    run: &ActionRun,
    end: &RunEnd,
    now: UtcTime,
) -> Result<Option<ActionRun>, StoreError> {
    // As it is now: it may have ended since it was read.
    let Some(present) = unit.run(&run.id).await? else { return Ok(None) };
    let (ending, is_late) = (end.ending, present.is_outcome_unknown());
    if is_late && ending == Ending::Failed(FailureCode::OutcomeUnknown) {
        return Ok(None);
    }
    let ended = present.ended(ending, now);
    let is_written =
        if is_late { unit.correct_run(&ended).await? } else { unit.update_run(&ended, None, now).await? };
    if !is_written {
        return Ok(None);
    }
    if run.action.issues_secret() {
        write_secret(unit, run, end).await?;
    }
    if ending == Ending::Done && run.action.kind().ends_passcodes() {
        unit.erase_other_secrets(&run.device, &run.id, None).await?;
    }
    let state = ending.action_state().as_str();
    let entry = AuditEntry {
        at: now,
        event: if is_late {
            AuditEvent::EndedLate(run.action.kind())
        } else {
            AuditEvent::Ended(run.action.kind())
        },
        person: Some(run.person.clone()),
        device: Some(run.device.clone()),
        result_id: Some(run.id.clone()),
        origin: None,
        result: ending
            .error_code()
            .map_or_else(|| state.to_owned(), |code| format!("{state} {}", code.as_str())),
    };
    unit.append_audit(&entry).await?;
    unit.append_change(&run.person, &Changed::Device(run.device.as_str().to_owned()), now).await?;
    let id = NotificationId::trusted(format!("n-{}", run.id));
    if is_late || run.action.kind().notifies(ending) {
        if is_late {
            // What was said of it is not true any more.
            unit.renew_notification(&ended, now).await?;
        } else {
            unit.insert_notification(&id, &ended, now).await?;
        }
        let changed = Changed::Notification(id.as_str().to_owned());
        unit.append_change(&run.person, &changed, now).await?;
    }
    Ok(Some(ended))
}

/// What becomes of the secrets of the device. The device has one passcode: that of the newest reset that reached it. The same holds for
/// the PIN of a lock.
async fn write_secret(unit: &mut dyn UnitOfWork, run: &ActionRun, end: &RunEnd) -> Result<(), StoreError> {
    let kind = run.action.kind();
    if kind.shows().is_some() {
        return write_shown(unit, run, end).await;
    }
    let later = unit.later_of_kind(run).await?;
    let is_replaced = later.as_ref().is_some_and(|later| later.action_state == ActionState::Done);
    if is_replaced || end.ending.secret() == SecretFate::Erased {
        return unit.erase_secret(&run.id).await;
    }
    if let Some(issued) = &end.issued {
        unit.erase_secret(&run.id).await?;
        unit.insert_secret(issued).await?;
    }
    let is_certain = end.ending.secret() == SecretFate::Confirmed && later.is_none();
    if is_certain {
        unit.erase_other_secrets(&run.device, &run.id, Some(kind)).await?;
    } else {
        unit.doubt_other_secrets(&run.device, &run.id, kind).await?;
    }
    unit.release_secret(&run.id, is_certain, end.secret_expires).await
}

/// What its service told takes the place of what it told before.
async fn write_shown(unit: &mut dyn UnitOfWork, run: &ActionRun, end: &RunEnd) -> Result<(), StoreError> {
    let Some(issued) = end.issued.as_ref().filter(|_| end.ending == Ending::Done) else {
        return unit.erase_secret(&run.id).await;
    };
    unit.erase_other_secrets(&run.device, &run.id, Some(run.action.kind())).await?;
    unit.insert_secret(issued).await?;
    unit.release_secret(&run.id, true, end.secret_expires).await
}

impl Portal {
    /// The end of a run, with the secret its service issued, if it did.
    pub(super) fn end_of(
        &self,
        run: &ActionRun,
        ending: Ending,
        issued: Option<&SecretText>,
    ) -> Result<RunEnd, Refusal> {
        let (is_issued, kind) = (run.action.is_told_by_service(), run.action.kind());
        // Done, and its passcode was not told: the device has one nobody knows.
        let is_untold = ending == Ending::Done && is_issued && issued.is_none();
        let ending = if is_untold { Ending::Failed(FailureCode::OutcomeUnknown) } else { ending };
        // Nothing was done to a device that was only asked about.
        let is_nothing = kind.shows().is_some() && ending == Ending::Failed(FailureCode::OutcomeUnknown);
        let ending = if is_nothing { Ending::Failed(FailureCode::BackEndFault) } else { ending };
        let secret_expires = if kind.shows().is_some() {
            UtcTime::from_unix_millis(self.now().unix_millis().saturating_add(KEPT_MILLIS))
        } else {
            self.rules.secrets_expire(self.now())
        };
        let purpose = Purpose { result_id: &run.id, person: &run.person, device: &run.device };
        let sealed = issued.map(|secret| self.parts.vault.seal(&purpose, secret)).transpose()?;
        let issued = sealed.map(|sealed| NewSecret {
            run: run.id.clone(),
            person: run.person.clone(),
            device: run.device.clone(),
            sealed,
            character_set: character_set(&run.action),
            expires: secret_expires,
        });
        Ok(RunEnd { ending, issued, secret_expires })
    }

    /// Ends a run together with all that follows from it. False if it had ended already.
    pub(super) async fn end_run(
        &self,
        run: &ActionRun,
        ending: Ending,
        issued: Option<&SecretText>,
    ) -> Result<bool, Refusal> {
        let end = self.end_of(run, ending, issued)?;
        let mut unit = self.parts.store.begin().await?;
        if write_end(unit.as_mut(), run, &end, self.now()).await?.is_none() {
            return Ok(false);
        }
        unit.save().await?;
        self.announce(&run.person);
        tracing::info!(
            result = %run.id,
            device = %run.device,
            action = run.action.kind().name().as_str(),
            state = end.ending.action_state().as_str(),
            code = end.ending.error_code().map(FailureCode::as_str),
            "an action ended"
        );
        Ok(true)
    }
}

/// Which characters the secret of an action is made of.
const fn character_set(action: &Action) -> CharacterSet {
    match action {
        Action::ResetPasscode(Reset::Temporary(character_set) | Reset::Issued(character_set)) => {
            *character_set
        }
        Action::ResetPasscode(Reset::IssuedForWorkProfile) => CharacterSet::LettersAndDigits,
        Action::ResetPasscode(Reset::Removed)
        | Action::RemoteLock(_)
        | Action::SyncDevice
        | Action::Rename(_)
        | Action::Retire
        | Action::Wipe
        | Action::RebootNow
        | Action::SetCategory(_)
        | Action::ShowRecoveryKey
        | Action::ShowLocalAdministratorPassword => CharacterSet::Other,
    }
}
