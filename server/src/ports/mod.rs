//! What the application needs from outside, one trait per port. Adapters implement them; nothing here knows
//! how.

mod back_end;
mod clock;
mod crash_points;
mod events;
mod randomness;
mod store;
mod tokens;
mod vault;

pub use back_end::{
    BackEndError, CancelAnswer, DeviceBackEnd, DevicePage, PageRequest, StartAnswer, StartCommand,
    StatusAnswer,
};
pub use clock::Clock;
pub use crash_points::{CrashPoint, CrashPoints, NoCrash};
pub use events::{Changed, ChangesSince, NumberedChange};
pub use randomness::{Randomness, RandomnessError};
pub use store::{
    Accepted, CancelOutcome, Change, HistoryPage, IdempotentRequest, KeptPasscode, RateBucket, RecordOutcome,
    RecordReset, Reported, SealedPasscode, Store, StoreError,
};
pub use tokens::{TokenError, TokenVerifier};
pub use vault::{PasscodeVault, Purpose, Sealed, VaultError};
