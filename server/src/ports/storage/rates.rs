//! The buckets of limits.

use super::StoreError;
use crate::domain::quota::EmptyAt;
use crate::domain::rate::RateLimit;
use async_trait::async_trait;
use portal_contract::UtcTime;

/// How full the bucket of a limit is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RateBucket {
    /// The limit.
    pub limit: RateLimit,
    /// Whose bucket it is: a person or a network.
    pub subject: String,
    /// How full it is.
    pub empty_at: EmptyAt,
}

/// The buckets.
#[async_trait]
pub trait RateBuckets {
    /// Those that were written down and are not empty yet, the fullest first.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn rate_buckets(&mut self, now: UtcTime) -> Result<Vec<RateBucket>, StoreError>;

    /// Writes buckets down and forgets the empty ones; beyond a bound also those that are the least full.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn keep_rate_buckets(&mut self, buckets: &[RateBucket], now: UtcTime) -> Result<(), StoreError>;
}
