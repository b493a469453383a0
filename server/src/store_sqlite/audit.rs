//! Appending to the audit record, and counting in it.

use super::chain::Chain;
use super::rows::{get, time};
use super::store_error;
use crate::domain::audit::{AuditEntry, AuditEvent};
use crate::domain::rate::{PerHour, RateLimit, TooOften, WINDOW_MILLIS, within};
use crate::ports::StoreError;
use portal_contract::UtcTime;
use sqlx::SqliteConnection;

/// Appends one entry within the caller's transaction and links it to the one before.
pub(super) async fn append(
    connection: &mut SqliteConnection,
    entry: &AuditEntry,
    chain: &Chain,
) -> Result<(), StoreError> {
    let mut line = entry.line(0);
    let written = sqlx::query(
        "INSERT INTO audit (at, event, person_id, device_id, result_id, address, request_id, \
         client_browser, client_system, result) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(line.at)
    .bind(&line.event)
    .bind(&line.person)
    .bind(&line.device)
    .bind(&line.result_id)
    .bind(&line.address)
    .bind(&line.request)
    .bind(&line.browser)
    .bind(&line.system)
    .bind(&line.result)
    .execute(&mut *connection)
    .await
    .map_err(|error| store_error(&error))?;
    line.sequence = written.last_insert_rowid();
    chain.link(connection, &line).await
}

/// Whose reveals are counted.
#[derive(Clone, Copy)]
pub(super) enum Counted {
    /// One person's.
    Person,
    /// One device's.
    Device,
}

/// Checks how often passcodes were shown within the hour before `now`.
pub(super) async fn reveals_within(
    connection: &mut SqliteConnection,
    counted: Counted,
    id: &str,
    limit: PerHour,
    now: UtcTime,
) -> Result<Result<(), TooOften>, StoreError> {
    let (rate_limit, query) = match counted {
        Counted::Person => (
            RateLimit::RevealsOfPerson,
            "SELECT COUNT(*) AS number, COALESCE(MIN(at), 0) AS oldest FROM audit \
             WHERE event = ? AND at > ? AND person_id = ?",
        ),
        Counted::Device => (
            RateLimit::RevealsOfDevice,
            "SELECT COUNT(*) AS number, COALESCE(MIN(at), 0) AS oldest FROM audit \
             WHERE event = ? AND at > ? AND device_id = ?",
        ),
    };
    let row = sqlx::query(query)
        .bind(AuditEvent::PasscodeRevealed.as_str())
        .bind(now.unix_millis() - WINDOW_MILLIS)
        .bind(id)
        .fetch_one(connection)
        .await
        .map_err(|error| store_error(&error))?;
    Ok(within(rate_limit, limit, get(&row, "number")?, Some(time(&row, "oldest")?), now))
}
