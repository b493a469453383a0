//! The buckets of limits: written down now and then, read at start. Bounded: what strangers can make grow must not.

use super::rows::get;
use super::{SqliteStore, commands, store_error};
use crate::domain::quota::EmptyAt;
use crate::domain::rate::RateLimit;
use crate::ports::{RateBucket, StoreError};
use portal_contract::UtcTime;

/// How many rows are kept at most.
const KEPT: i64 = 50_000;

const fn micros(now: UtcTime) -> i64 {
    now.unix_millis().saturating_mul(1000)
}

pub(super) async fn read(store: &SqliteStore, now: UtcTime) -> Result<Vec<RateBucket>, StoreError> {
    let rows = sqlx::query(
        "SELECT limit_name, subject, empty_at FROM rate_buckets WHERE empty_at > ? ORDER BY empty_at DESC LIMIT ?",
    )
    .bind(micros(now))
    .bind(KEPT)
    .fetch_all(&store.readers)
    .await
    .map_err(|error| store_error(&error))?;
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

pub(super) async fn keep(
    store: &SqliteStore,
    buckets: &[RateBucket],
    now: UtcTime,
) -> Result<(), StoreError> {
    let mut transaction = store.begin().await?;
    for bucket in buckets {
        sqlx::query(
            "INSERT INTO rate_buckets (limit_name, subject, empty_at) VALUES (?, ?, ?) \
             ON CONFLICT (limit_name, subject) DO UPDATE SET empty_at = excluded.empty_at",
        )
        .bind(bucket.limit.as_str())
        .bind(&bucket.subject)
        .bind(bucket.empty_at.0)
        .execute(&mut *transaction)
        .await
        .map_err(|error| store_error(&error))?;
    }
    sqlx::query("DELETE FROM rate_buckets WHERE empty_at <= ?")
        .bind(micros(now))
        .execute(&mut *transaction)
        .await
        .map_err(|error| store_error(&error))?;
    let rows: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM rate_buckets")
        .fetch_one(&mut *transaction)
        .await
        .map_err(|error| store_error(&error))?;
    if rows > KEPT {
        sqlx::query(
            "DELETE FROM rate_buckets WHERE (limit_name, subject) IN \
             (SELECT limit_name, subject FROM rate_buckets ORDER BY empty_at LIMIT ?)",
        )
        .bind(rows - KEPT)
        .execute(&mut *transaction)
        .await
        .map_err(|error| store_error(&error))?;
    }
    commands::commit(transaction).await
}
