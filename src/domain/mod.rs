//! The rules of the passcode reset, in the field's own terms. Nothing here knows HTTP, OIDC, a language or a browser;
//! time and randomness come in as parameters.

mod action;
mod biometrics;
mod character;
mod csv;
mod device;
mod device_id;
mod device_name;
mod fresh_sign_in;
mod hexadecimal;
mod history;
mod idempotency_key;
mod idle;
mod platform;
mod reach;
mod result_id;
mod time;

pub use action::{
    Action, ActionDetail, ActionEffect, ActionEvent, ActionFlow, ActionRefusal, ActionRow, ActionRun, Danger,
    ENDED_IS_RECENT, Ending, Grant, Need, PendingPhase, Proof, RequiredProof, SignInStep, StopReason,
    SubmitStep, WhyExplain,
};
pub use biometrics::Biometrics;
pub use character::{CharacterClass, KeypadNeed};
pub use csv::Csv;
pub use device::{
    Availability, Device, PasscodeCertainty, PermittedDevice, ResetAvailability, Standing, is_uncertain,
};
pub use device_id::DeviceId;
pub use device_name::{DeviceName, LONGEST_NAME, NameProblem};
pub use fresh_sign_in::{FreshSignIn, PAGE_WINDOW, ProvenBy, SERVER_WINDOW, SignInAge};
pub use hexadecimal::hexadecimal;
pub use history::{HistoryCause, HistoryEntry, HistoryOrigin};
pub use idempotency_key::IdempotencyKey;
pub use idle::{Computer, IDLE_WARNING, Idleness, SHARED_IDLE_LIMIT, idleness, next_check};
pub use platform::Platform;
pub use reach::{LONG_WAIT, ReachForecast, Silence, silence, usual_time};
pub use result_id::ResultId;
pub use time::{Milliseconds, Now, Seconds, elapsed};
