//! Everything that is written when a run ends: its state, the fate of its secret, the audit entry, the notification, and that
//! something changed. One place for the queue, for cancelling and for what a service tells by itself.

use crate::domain::action_run::{ActionRun, Ending, SecretFate};
use crate::domain::audit::{AuditEntry, AuditEvent};
use crate::domain::ids::NotificationId;
use crate::ports::{Changed, StoreError, UnitOfWork};
use portal_contract::UtcTime;

/// Writes the end within the caller's unit of work. `None` if the run had ended already; nothing was written then. A secret that
/// stays is erased at `secret_expires`.
pub(super) async fn write_end(
    unit: &mut dyn UnitOfWork,
    run: &ActionRun,
    ending: Ending,
    secret_expires: UtcTime,
    now: UtcTime,
) -> Result<Option<ActionRun>, StoreError> {
    let ended = run.ended(ending, now);
    if !unit.update_run(&ended, None, now).await? {
        return Ok(None);
    }
    if run.action.issues_secret() {
        match ending.secret() {
            SecretFate::Confirmed => {
                unit.erase_other_secrets(&run.device, &run.id).await?;
                unit.release_secret(&run.id, true, secret_expires).await?;
            }
            SecretFate::Unconfirmed => unit.release_secret(&run.id, false, secret_expires).await?,
            SecretFate::Erased => unit.erase_secret(&run.id).await?,
        }
    }
    let state = ending.action_state().as_str();
    let entry = AuditEntry {
        at: now,
        event: AuditEvent::Ended(run.action.kind()),
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
    if run.action.kind().notifies(ending) {
        let id = NotificationId::trusted(format!("n-{}", run.id));
        unit.insert_notification(&id, &ended, now).await?;
        let changed = Changed::Notification(id.as_str().to_owned());
        unit.append_change(&run.person, &changed, now).await?;
    }
    Ok(Some(ended))
}
