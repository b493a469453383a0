//! What the append-only record holds: who, which device, when, from where, with what result. Never a passcode
//! or a token.

use super::action::ActionKind;
use super::audit_chain::AuditLine;
use super::client::ClientSoftware;
use super::ids::{DeviceId, RequestId, ResultId};
use super::person::PersonId;
use portal_contract::UtcTime;

/// What happened (past tense: the record states facts).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AuditEvent {
    /// An action was accepted and recorded.
    Accepted(ActionKind),
    /// The same key was answered with the same result.
    Replayed(ActionKind),
    /// An action was refused; the result is the problem's code.
    Refused(ActionKind),
    /// An action ended; the result is its state and error code.
    Ended(ActionKind),
    /// An action whose outcome was unknown turned out to have ended like this.
    EndedLate(ActionKind),
    /// A temporary passcode was shown.
    PasscodeRevealed,
    /// Showing one was refused; the result is the problem's code.
    RevealRefused,
    /// A recovery key or the password of a local administrator was shown.
    SecretRevealed,
    /// Showing one was refused; the result is the problem's code.
    SecretRevealRefused,
    /// A cancellation was accepted.
    CancelAccepted,
    /// A cancellation was refused.
    CancelRefused,
    /// A temporary passcode was erased.
    PasscodeErased,
    /// A recovery key or the password of a local administrator was erased.
    SecretErased,
    /// The person reported a reset as not their own.
    ReportedUnrecognized,
    /// Such a report was refused.
    ReportRefused,
    /// The person signed out everywhere.
    SessionsRevoked,
    /// Somebody signed in (session mode); the result is what for.
    SignedIn,
    /// Somebody did not come back from a fresh sign-in as the person who had to (session mode); the result is why.
    SignInRefused,
    /// The person signed out (session mode).
    SignedOut,
    /// The chain was begun over lines that were there before; a change made earlier cannot be found.
    AuditChainStarted,
    /// The record is sealed with another key from here on.
    AuditKeyChanged,
    /// Passcodes were sealed anew with the current key.
    PasscodesResealed,
    /// The database was put in place of another; what happened between backup and restore is not in the record.
    DatabaseRestored,
}

/// What the record calls the acceptance, the replay, the refusal, the end and the late end of an action. Written into records for good:
/// a name is never changed.
const fn names(kind: ActionKind) -> [&'static str; 5] {
    match kind {
        ActionKind::ResetPasscode => {
            ["resetAccepted", "resetReplayed", "resetRefused", "resetEnded", "resetEndedLate"]
        }
        ActionKind::RemoteLock => [
            "remoteLockAccepted",
            "remoteLockReplayed",
            "remoteLockRefused",
            "remoteLockEnded",
            "remoteLockEndedLate",
        ],
        ActionKind::SyncDevice => [
            "syncDeviceAccepted",
            "syncDeviceReplayed",
            "syncDeviceRefused",
            "syncDeviceEnded",
            "syncDeviceEndedLate",
        ],
        ActionKind::Rename => {
            ["renameAccepted", "renameReplayed", "renameRefused", "renameEnded", "renameEndedLate"]
        }
        ActionKind::Retire => {
            ["retireAccepted", "retireReplayed", "retireRefused", "retireEnded", "retireEndedLate"]
        }
        ActionKind::Wipe => ["wipeAccepted", "wipeReplayed", "wipeRefused", "wipeEnded", "wipeEndedLate"],
        ActionKind::RebootNow => [
            "rebootNowAccepted",
            "rebootNowReplayed",
            "rebootNowRefused",
            "rebootNowEnded",
            "rebootNowEndedLate",
        ],
        ActionKind::SetCategory => [
            "setCategoryAccepted",
            "setCategoryReplayed",
            "setCategoryRefused",
            "setCategoryEnded",
            "setCategoryEndedLate",
        ],
        ActionKind::ShowRecoveryKey => [
            "showRecoveryKeyAccepted",
            "showRecoveryKeyReplayed",
            "showRecoveryKeyRefused",
            "showRecoveryKeyEnded",
            "showRecoveryKeyEndedLate",
        ],
        ActionKind::ShowLocalAdministratorPassword => [
            "showLocalAdministratorPasswordAccepted",
            "showLocalAdministratorPasswordReplayed",
            "showLocalAdministratorPasswordRefused",
            "showLocalAdministratorPasswordEnded",
            "showLocalAdministratorPasswordEndedLate",
        ],
    }
}

impl AuditEvent {
    /// The events that are about no action of the catalogue.
    const OTHERS: [Self; 18] = [
        Self::PasscodeRevealed,
        Self::RevealRefused,
        Self::SecretRevealed,
        Self::SecretRevealRefused,
        Self::CancelAccepted,
        Self::CancelRefused,
        Self::PasscodeErased,
        Self::SecretErased,
        Self::ReportedUnrecognized,
        Self::ReportRefused,
        Self::SessionsRevoked,
        Self::SignedIn,
        Self::SignInRefused,
        Self::SignedOut,
        Self::AuditChainStarted,
        Self::AuditKeyChanged,
        Self::PasscodesResealed,
        Self::DatabaseRestored,
    ];

    /// Every event.
    pub fn all() -> impl Iterator<Item = Self> {
        let of_action = |kind| {
            [
                Self::Accepted(kind),
                Self::Replayed(kind),
                Self::Refused(kind),
                Self::Ended(kind),
                Self::EndedLate(kind),
            ]
        };
        ActionKind::ALL.into_iter().flat_map(of_action).chain(Self::OTHERS)
    }

    /// The name in the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Accepted(kind) => names(kind)[0],
            Self::Replayed(kind) => names(kind)[1],
            Self::Refused(kind) => names(kind)[2],
            Self::Ended(kind) => names(kind)[3],
            Self::EndedLate(kind) => names(kind)[4],
            Self::PasscodeRevealed => "passcodeRevealed",
            Self::RevealRefused => "revealRefused",
            Self::SecretRevealed => "secretRevealed",
            Self::SecretRevealRefused => "secretRevealRefused",
            Self::CancelAccepted => "cancelAccepted",
            Self::CancelRefused => "cancelRefused",
            Self::PasscodeErased => "passcodeErased",
            Self::SecretErased => "secretErased",
            Self::ReportedUnrecognized => "reportedUnrecognized",
            Self::ReportRefused => "reportRefused",
            Self::SessionsRevoked => "sessionsRevoked",
            Self::SignedIn => "signedIn",
            Self::SignInRefused => "signInRefused",
            Self::SignedOut => "signedOut",
            Self::AuditChainStarted => "auditChainStarted",
            Self::AuditKeyChanged => "auditKeyChanged",
            Self::PasscodesResealed => "passcodesResealed",
            Self::DatabaseRestored => "databaseRestored",
        }
    }

    /// Reads the name in the database.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::all().find(|event| event.as_str() == name)
    }
}

/// Where a request came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// The peer's address, or the one a trusted proxy names.
    pub address: String,
    /// The request.
    pub request: RequestId,
    /// The browser and the system; absent in entries of a time before they were written down.
    pub client: Option<ClientSoftware>,
}

/// One entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditEntry {
    /// When.
    pub at: UtcTime,
    /// What.
    pub event: AuditEvent,
    /// Who; absent for what the server does by itself.
    pub person: Option<PersonId>,
    /// Which device. Text from a path that is no identifier is not recorded.
    pub device: Option<DeviceId>,
    /// Which reset.
    pub result_id: Option<ResultId>,
    /// From where; absent for what the server does by itself.
    pub origin: Option<Origin>,
    /// A stable code: `ok`, a problem's code, or a state.
    pub result: String,
}

impl AuditEntry {
    /// An entry about the server itself.
    #[must_use]
    pub const fn by_the_server(at: UtcTime, event: AuditEvent, result: String) -> Self {
        Self { at, event, person: None, device: None, result_id: None, origin: None, result }
    }

    /// An entry about a person's signing in and out: no device, no reset.
    #[must_use]
    pub const fn of_person(
        at: UtcTime,
        event: AuditEvent,
        person: PersonId,
        origin: Origin,
        result: String,
    ) -> Self {
        Self { at, event, person: Some(person), device: None, result_id: None, origin: Some(origin), result }
    }

    /// The line that is stored and hashed for this entry.
    #[must_use]
    pub fn line(&self, sequence: i64) -> AuditLine {
        let client = self.origin.as_ref().and_then(|origin| origin.client);
        AuditLine {
            sequence,
            at: self.at.unix_millis(),
            event: self.event.as_str().to_owned(),
            person: self.person.as_ref().map(|person| person.as_str().to_owned()),
            device: self.device.as_ref().map(|device| device.as_str().to_owned()),
            result_id: self.result_id.as_ref().map(|id| id.as_str().to_owned()),
            address: self.origin.as_ref().map(|origin| origin.address.clone()),
            request: self.origin.as_ref().map(|origin| origin.request.as_str().to_owned()),
            browser: client.map(|client| client.browser.as_str().to_owned()),
            system: client.map(|client| client.system.as_str().to_owned()),
            result: self.result.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_survive_the_database() {
        for event in AuditEvent::all() {
            assert_eq!(AuditEvent::from_name(event.as_str()), Some(event));
        }
        assert_eq!(AuditEvent::from_name("forgotten"), None);
    }
}
