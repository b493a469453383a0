//! Everything a use case can refuse, once; the HTTP edge gives each its status.

use crate::domain::freshness::{MaxAge, Obstacle};
use crate::domain::rate::TooOften;
use crate::ports::{RandomnessError, ServiceError, StoreError, VaultError};
use portal_contract::{ProblemCode, RefusalReason};

/// Why a call was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// The request makes no sense; says what is wrong with it.
    InvalidRequest(&'static str),
    /// It does not exist, or is another person's.
    NotFound,
    /// The sign-in is not recent enough; and why another one would not be either, if that is known.
    StepUp(MaxAge, Option<Obstacle>),
    /// A reset needs a key.
    IdempotencyKeyMissing,
    /// The key was used for another request.
    IdempotencyKeyReused,
    /// The device changed since the client looked.
    PreconditionFailed,
    /// The policy table says no.
    NotAllowed(RefusalReason),
    /// A reset of the device is open.
    AlreadyPending,
    /// The action is not pending any more.
    NotCancellable,
    /// Too often.
    TooOften(TooOften),
    /// Something the server needs is down; nothing was half done.
    Unavailable {
        /// When to try again, in seconds.
        retry_after_seconds: i64,
    },
    /// A defect of the server. The reason is for the log.
    Internal(String),
}

impl Refusal {
    /// The contract's code.
    #[must_use]
    pub const fn code(&self) -> ProblemCode {
        match self {
            Self::InvalidRequest(_) => ProblemCode::InvalidRequest,
            Self::NotFound => ProblemCode::NotFound,
            Self::StepUp(..) => ProblemCode::InsufficientUserAuthentication,
            Self::IdempotencyKeyMissing => ProblemCode::IdempotencyKeyMissing,
            Self::IdempotencyKeyReused => ProblemCode::IdempotencyKeyReused,
            Self::PreconditionFailed => ProblemCode::PreconditionFailed,
            Self::NotAllowed(RefusalReason::NotPrimaryUser) => ProblemCode::NotPrimaryUser,
            Self::NotAllowed(_) => ProblemCode::ActionNotAllowed,
            Self::AlreadyPending => ProblemCode::ActionAlreadyPending,
            Self::NotCancellable => ProblemCode::ActionNotCancellable,
            Self::TooOften(_) => ProblemCode::TooManyRequests,
            Self::Unavailable { .. } => ProblemCode::Unavailable,
            Self::Internal(_) => ProblemCode::InternalError,
        }
    }

    /// The code as the audit record writes it, with the reason where there is one.
    #[must_use]
    pub fn audit_code(&self) -> String {
        if let Self::NotAllowed(reason) = self {
            format!("{} {}", self.code().as_str(), reason.as_str())
        } else {
            self.code().as_str().to_owned()
        }
    }
}

/// How long to wait when nothing better is known, in seconds.
const DEFAULT_RETRY_SECONDS: i64 = 5;

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Unavailable(reason) => {
                tracing::error!(reason, "the database cannot be used");
                Self::Unavailable { retry_after_seconds: DEFAULT_RETRY_SECONDS }
            }
            StoreError::Corrupt(reason) => Self::Internal(reason),
        }
    }
}

impl From<ServiceError> for Refusal {
    fn from(error: ServiceError) -> Self {
        let asked = match error {
            ServiceError::Busy { retry_after_millis } => retry_after_millis,
            ServiceError::NoAnswer => None,
        };
        let retry_after_seconds = asked.map_or(DEFAULT_RETRY_SECONDS, crate::domain::rate::whole_seconds);
        Self::Unavailable { retry_after_seconds }
    }
}

impl From<RandomnessError> for Refusal {
    fn from(_: RandomnessError) -> Self {
        Self::Internal("the machine has no random bytes".to_owned())
    }
}

impl From<VaultError> for Refusal {
    fn from(error: VaultError) -> Self {
        Self::Internal(format!("a passcode could not be sealed or opened: {error}"))
    }
}
