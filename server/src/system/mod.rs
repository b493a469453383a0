//! The machine: its clock, its random bytes, its limit on open files. The only module that may ask for them.

mod file_limit;
mod local_limits;
mod local_signal;
mod log;
mod network_share;
mod private_database;

pub use file_limit::raise_file_limit;
pub use local_limits::LocalLimits;
pub use local_signal::LocalSignal;
pub use log::{Log, log_lines_lost, start_log, start_log_by_hand};
pub use network_share::network_share;
pub use private_database::make_private;

use crate::ports::{Clock, Randomness, RandomnessError};
use portal_contract::UtcTime;
use std::time::{SystemTime, UNIX_EPOCH};

/// The machine's clock.
#[derive(Debug, Clone, Copy)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the adapter everything else asks")]
    fn now(&self) -> UtcTime {
        let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        UtcTime::from_unix_millis(i64::try_from(since_epoch.as_millis()).unwrap_or(i64::MAX))
    }
}

/// The machine's cryptographic generator.
#[derive(Debug, Clone, Copy)]
pub struct SystemRandomness;

impl Randomness for SystemRandomness {
    #[expect(clippy::disallowed_methods, reason = "this is the adapter everything else asks")]
    fn fill(&self, buffer: &mut [u8]) -> Result<(), RandomnessError> {
        getrandom::fill(buffer).map_err(|_| RandomnessError)
    }
}
