//! Counting how often something happens.

use super::StoreError;
use crate::domain::rate::{RateLimit, TooOften};
use async_trait::async_trait;
use portal_contract::UtcTime;

/// Counts what has no row of its own. Several servers over one database share the counts through it.
#[async_trait]
pub trait RateLimits: Send + Sync {
    /// Counts one event. Costs no call outside the process: a flood must not become work.
    ///
    /// # Errors
    /// [`TooOften`] with the seconds to wait; nothing is counted then.
    fn take(&self, limit: RateLimit, subject: &str, now: UtcTime) -> Result<(), TooOften>;

    /// Takes back one that was counted and did not happen.
    fn give_back(&self, limit: RateLimit, subject: &str, now: UtcTime);

    /// Reads what was counted before this server started.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn load(&self, now: UtcTime) -> Result<(), StoreError>;

    /// Writes down what was counted since the last time, for a restart and for other servers.
    ///
    /// # Errors
    /// [`StoreError`]; it is written the next time.
    async fn share(&self, now: UtcTime) -> Result<(), StoreError>;
}
