//! Which entries of the audit record a person is shown, and as what. Pure.

use super::action::{ActionKind, Executor};
use super::audit::{AuditEntry, AuditEvent};
use super::client::{ClientSoftware, describe};
use super::person::SignIn;
use portal_contract::{
    ActionState, FailureCode, HistoryActivity, HistoryActor, HistoryEntry, ProblemCode, RefusalReason,
};

/// The events a person is shown.
pub fn shown_events() -> impl Iterator<Item = AuditEvent> {
    AuditEvent::all().filter(|event| activity(*event, ActionState::Other, None).is_some())
}

/// What an event is to the person, and of which action; `None` for what is the same thing twice (a replayed request; the
/// acceptance of what is done in the same moment) or the machinery's. State and code are those of an end.
fn activity(
    event: AuditEvent,
    state: ActionState,
    code: Option<FailureCode>,
) -> Option<(HistoryActivity, Option<ActionKind>)> {
    Some(match event {
        AuditEvent::Accepted(kind) if kind.executor() == Executor::Device => (requested(kind), Some(kind)),
        AuditEvent::Refused(kind) => (action_refused(kind), Some(kind)),
        AuditEvent::Ended(kind) | AuditEvent::EndedLate(kind) => (ended(kind, state, code), Some(kind)),
        AuditEvent::PasscodeRevealed => (HistoryActivity::PasscodeRevealed, None),
        AuditEvent::RevealRefused => (HistoryActivity::PasscodeRevealRefused, None),
        AuditEvent::SecretRevealed => (HistoryActivity::SecretRevealed, None),
        AuditEvent::SecretRevealRefused => (HistoryActivity::SecretRevealRefused, None),
        AuditEvent::ReportedUnrecognized => (HistoryActivity::ReportedUnrecognized, None),
        AuditEvent::SessionsRevoked => (HistoryActivity::SessionsRevoked, None),
        AuditEvent::Accepted(_)
        | AuditEvent::Replayed(_)
        | AuditEvent::CancelAccepted
        | AuditEvent::CancelRefused
        | AuditEvent::ReportRefused
        | AuditEvent::PasscodeErased
        | AuditEvent::SecretErased
        | AuditEvent::SignedIn
        | AuditEvent::SignInRefused
        | AuditEvent::SignedOut
        | AuditEvent::AuditChainStarted
        | AuditEvent::AuditKeyChanged
        | AuditEvent::PasscodesResealed
        | AuditEvent::DatabaseRestored => return None,
    })
}

/// An entry of the audit record as it was read back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordedEntry {
    /// Its place in the record: the same each time, and telling nothing about other people's entries.
    pub place: String,
    /// What was written.
    pub entry: AuditEntry,
    /// The device's name when its reset was accepted; absent where no reset was.
    pub device_name: Option<String>,
}

/// The entry as the person is shown it; `None` for one that is not among [`shown_events`].
#[must_use]
pub fn shown(recorded: RecordedEntry, sign_in: &SignIn) -> Option<HistoryEntry> {
    let RecordedEntry { place, entry, device_name } = recorded;
    let (first, second) = entry.result.split_once(' ').unwrap_or((&entry.result, ""));
    let is_end = matches!(entry.event, AuditEvent::Ended(_) | AuditEvent::EndedLate(_));
    let is_refusal = matches!(
        entry.event,
        AuditEvent::Refused(_) | AuditEvent::RevealRefused | AuditEvent::SecretRevealRefused
    );
    let error_code = (is_end && !second.is_empty()).then(|| FailureCode::from_wire(second));
    let code = is_refusal.then(|| ProblemCode::from_wire(first));
    let reason = reason(second).filter(|_| is_refusal);
    let (activity, action) = activity(entry.event, ActionState::from_wire(first), error_code)?;
    // Only the person cancels; that the end is written by the queue does not make it the system's doing.
    let is_persons = entry.origin.is_some()
        || matches!(activity, HistoryActivity::ResetCanceled | HistoryActivity::ActionCanceled);
    Some(HistoryEntry {
        id: format!("h-{place}"),
        occurred_date_time: entry.at,
        activity,
        action_name: action.map(ActionKind::name),
        actor: if is_persons { HistoryActor::Person } else { HistoryActor::System },
        actor_name: is_persons.then(|| name(sign_in)),
        code,
        reason,
        error_code,
        device_id: entry.device.map(|device| device.as_str().to_owned()),
        device_name,
        result_id: entry.result_id.map(|id| id.as_str().to_owned()),
        client: entry
            .origin
            .as_ref()
            .map(|origin| describe(origin.client.unwrap_or(ClientSoftware::UNKNOWN), &origin.address)),
        reference: entry.origin.map(|origin| origin.request.as_str().to_owned()),
    })
}

fn name(sign_in: &SignIn) -> String {
    let names = [sign_in.display_name(), sign_in.user_principal_name()];
    names.into_iter().find(|name| !name.is_empty()).unwrap_or_default().to_owned()
}

fn reason(text: &str) -> Option<RefusalReason> {
    (!text.is_empty()).then(|| RefusalReason::from_wire(text))
}

/// The contract has words of its own for resets, from before there were other actions.
const fn requested(kind: ActionKind) -> HistoryActivity {
    match kind {
        ActionKind::ResetPasscode => HistoryActivity::ResetRequested,
        ActionKind::RemoteLock
        | ActionKind::SyncDevice
        | ActionKind::Rename
        | ActionKind::Retire
        | ActionKind::Wipe
        | ActionKind::RebootNow
        | ActionKind::SetCategory
        | ActionKind::ShowRecoveryKey
        | ActionKind::ShowLocalAdministratorPassword => HistoryActivity::ActionRequested,
    }
}

const fn action_refused(kind: ActionKind) -> HistoryActivity {
    match kind {
        ActionKind::ResetPasscode => HistoryActivity::ResetRefused,
        ActionKind::RemoteLock
        | ActionKind::SyncDevice
        | ActionKind::Rename
        | ActionKind::Retire
        | ActionKind::Wipe
        | ActionKind::RebootNow
        | ActionKind::SetCategory
        | ActionKind::ShowRecoveryKey
        | ActionKind::ShowLocalAdministratorPassword => HistoryActivity::ActionRefused,
    }
}

fn ended(kind: ActionKind, state: ActionState, code: Option<FailureCode>) -> HistoryActivity {
    let [done, superseded, canceled, failed] = match kind {
        ActionKind::ResetPasscode => [
            HistoryActivity::ResetDone,
            HistoryActivity::ResetSuperseded,
            HistoryActivity::ResetCanceled,
            HistoryActivity::ResetFailed,
        ],
        ActionKind::RemoteLock
        | ActionKind::SyncDevice
        | ActionKind::Rename
        | ActionKind::Retire
        | ActionKind::Wipe
        | ActionKind::RebootNow
        | ActionKind::SetCategory
        | ActionKind::ShowRecoveryKey
        | ActionKind::ShowLocalAdministratorPassword => [
            HistoryActivity::ActionDone,
            HistoryActivity::ActionSuperseded,
            HistoryActivity::ActionCanceled,
            HistoryActivity::ActionFailed,
        ],
    };
    match state {
        ActionState::Done => done,
        ActionState::Canceled if code == Some(FailureCode::SupersededByErase) => superseded,
        ActionState::Canceled => canceled,
        ActionState::Failed
        | ActionState::NotSupported
        | ActionState::None
        | ActionState::Pending
        | ActionState::Active
        | ActionState::Other => failed,
    }
}
