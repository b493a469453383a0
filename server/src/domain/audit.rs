//! What the append-only record holds: who, which device, when, from where, with what result. Never a passcode
//! or a token.

use super::ids::{DeviceId, RequestId, ResultId};
use super::person::PersonId;
use portal_contract::UtcTime;

/// What happened (past tense: the record states facts).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AuditEvent {
    /// A reset was accepted and recorded.
    ResetAccepted,
    /// The same key was answered with the same result.
    ResetReplayed,
    /// A reset was refused; the result is the problem's code.
    ResetRefused,
    /// A temporary passcode was shown.
    PasscodeRevealed,
    /// Showing one was refused; the result is the problem's code.
    RevealRefused,
    /// A cancellation was accepted.
    CancelAccepted,
    /// A cancellation was refused.
    CancelRefused,
    /// A reset ended; the result is its state and error code.
    ResetEnded,
    /// A temporary passcode was erased.
    PasscodeErased,
}

impl AuditEvent {
    /// The name in the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ResetAccepted => "resetAccepted",
            Self::ResetReplayed => "resetReplayed",
            Self::ResetRefused => "resetRefused",
            Self::PasscodeRevealed => "passcodeRevealed",
            Self::RevealRefused => "revealRefused",
            Self::CancelAccepted => "cancelAccepted",
            Self::CancelRefused => "cancelRefused",
            Self::ResetEnded => "resetEnded",
            Self::PasscodeErased => "passcodeErased",
        }
    }
}

/// Where a request came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// The peer's address, or the one a trusted proxy names.
    pub address: String,
    /// The request.
    pub request: RequestId,
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
