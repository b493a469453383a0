//! What the application needs from outside, one trait per port. Adapters implement them; nothing here knows
//! how.

mod change_signal;
mod clock;
mod crash_points;
mod device_service;
mod event_inbox;
mod oidc_client;
mod randomness;
mod rate_limits;
mod storage;
mod token_seal;
mod tokens;
mod vault;

pub use change_signal::{ChangeListener, ChangeSignal};
pub use clock::Clock;
pub use crash_points::{CrashPoint, CrashPoints, NoCrash};
pub use device_service::{
    CancelAnswer, DevicePage, DeviceService, PageRequest, ReportSink, Reported, RunKey, ServiceError,
    StartAnswer, StartRun, StatusAnswer,
};
pub use event_inbox::{EventInbox, Hint, Opened, SignedMessage};
pub use oidc_client::{AfterSignOut, AuthorizationRequest, CodeRedemption, OidcClient, RedeemedCode};
pub use randomness::{Randomness, RandomnessError};
pub use rate_limits::RateLimits;
pub use storage::{
    AuditLog, Changed, Changes, Claim, CountedBy, DeviceNames, ErasedSecret, HistoryPage, KeptSecret,
    NewSecret, NewSession, Notifications, NumberedChange, Operation, RateBucket, RateBuckets, Requests,
    Revocations, RunCount, Runs, Secrets, Sessions, SignIns, Storage, StoreError, StoredSession, UnitOfWork,
};
pub use token_seal::{SealedToken, TokenSeal};
pub use tokens::{TokenError, TokenVerifier};
pub use vault::{PasscodeVault, Purpose, Sealed, VaultError};
