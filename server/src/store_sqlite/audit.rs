//! Appending to the audit record, and counting in it.

use super::rows::{get, time};
use super::store_error;
use crate::domain::audit::{AuditEntry, AuditEvent};
use crate::domain::rate::{PerHour, RateLimit, TooOften, WINDOW_MILLIS, within};
use crate::ports::StoreError;
use portal_contract::UtcTime;
use sqlx::SqliteConnection;

/// Appends one entry within the caller's transaction.
pub(super) async fn append(connection: &mut SqliteConnection, entry: &AuditEntry) -> Result<(), StoreError> {
    let client = entry.origin.as_ref().and_then(|origin| origin.client);
    sqlx::query(
        "INSERT INTO audit (at, event, person_id, device_id, result_id, address, request_id, \
         client_browser, client_system, result) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(entry.at.unix_millis())
    .bind(entry.event.as_str())
    .bind(entry.person.as_ref().map(|person| person.as_str().to_owned()))
    .bind(entry.device.as_ref().map(|device| device.as_str().to_owned()))
    .bind(entry.result_id.as_ref().map(|id| id.as_str().to_owned()))
    .bind(entry.origin.as_ref().map(|origin| origin.address.clone()))
    .bind(entry.origin.as_ref().map(|origin| origin.request.as_str().to_owned()))
    .bind(client.map(|client| client.browser.as_str()))
    .bind(client.map(|client| client.system.as_str()))
    .bind(&entry.result)
    .execute(connection)
    .await
    .map_err(|error| store_error(&error))?;
    Ok(())
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
