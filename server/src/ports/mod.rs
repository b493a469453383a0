//! What the application needs from outside, one trait per port. Adapters implement them; nothing here knows
//! how.

mod back_end;
mod clock;
mod crash_points;
mod events;
mod oidc_client;
mod randomness;
mod sessions;
mod store;
mod token_seal;
mod tokens;
mod vault;

pub use back_end::{
    BackEndError, CancelAnswer, DeviceBackEnd, DevicePage, PageRequest, StartAnswer, StartCommand,
    StatusAnswer,
};
pub use clock::Clock;
pub use crash_points::{CrashPoint, CrashPoints, NoCrash};
pub use events::{Changed, ChangesSince, NumberedChange};
pub use oidc_client::{AfterSignOut, AuthorizationRequest, CodeRedemption, OidcClient, RedeemedCode};
pub use randomness::{Randomness, RandomnessError};
pub use sessions::{NewSession, Room, SessionStore};
pub use store::{
    Accepted, CancelOutcome, Change, HistoryPage, IdempotentRequest, KeptPasscode, RateBucket, RecordOutcome,
    RecordReset, Reported, SealedPasscode, Store, StoreError,
};
pub use token_seal::{SealedToken, TokenSeal};
pub use tokens::{TokenError, TokenVerifier};
pub use vault::{PasscodeVault, Purpose, Sealed, VaultError};
