//! The buckets of limits: written down now and then, read at start. Bounded: what strangers can make grow must not.

use super::rows::get;
use super::unit::SqliteUnit;
use crate::domain::quota::EmptyAt;
use crate::domain::rate::RateLimit;
use crate::ports::{RateBucket, RateBuckets, StoreError};
use async_trait::async_trait;
use portal_contract::UtcTime;

/// How many rows are kept at most.
const KEPT: i64 = 50_000;

const fn micros(now: UtcTime) -> i64 {
    now.unix_millis().saturating_mul(1000)
}

#[async_trait]
impl RateBuckets for SqliteUnit {
    async fn rate_buckets(&mut self, now: UtcTime) -> Result<Vec<RateBucket>, StoreError> {
        let rows = sqlx::query(
            "SELECT limit_name, subject, empty_at FROM rate_buckets WHERE empty_at > ? ORDER BY empty_at DESC LIMIT ?",
        )
        .bind(micros(now))
        .bind(KEPT)
        .fetch_all(self.connection())
        .await?;
        let mut buckets = Vec::with_capacity(rows.len());
        for row in &rows {
            let name: String = get(row, "limit_name")?;
            // A name of another version of this program counts nothing here.
            if let Some(limit) = RateLimit::from_name(&name) {
                let empty_at = EmptyAt(get(row, "empty_at")?);
                buckets.push(RateBucket { limit, subject: get(row, "subject")?, empty_at });
            }
        }
        Ok(buckets)
    }

    async fn keep_rate_buckets(&mut self, buckets: &[RateBucket], now: UtcTime) -> Result<(), StoreError> {
        for bucket in buckets {
            sqlx::query(
                "INSERT INTO rate_buckets (limit_name, subject, empty_at) VALUES (?, ?, ?) \
                 ON CONFLICT (limit_name, subject) DO UPDATE SET empty_at = excluded.empty_at",
            )
            .bind(bucket.limit.as_str())
            .bind(&bucket.subject)
            .bind(bucket.empty_at.0)
            .execute(self.connection())
            .await?;
        }
        sqlx::query("DELETE FROM rate_buckets WHERE empty_at <= ?")
            .bind(micros(now))
            .execute(self.connection())
            .await?;
        let rows: i64 =
            sqlx::query_scalar("SELECT COUNT(*) FROM rate_buckets").fetch_one(self.connection()).await?;
        if rows > KEPT {
            sqlx::query(
                "DELETE FROM rate_buckets WHERE (limit_name, subject) IN \
                 (SELECT limit_name, subject FROM rate_buckets ORDER BY empty_at LIMIT ?)",
            )
            .bind(rows - KEPT)
            .execute(self.connection())
            .await?;
        }
        Ok(())
    }
}
