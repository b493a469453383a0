//! Signing out everywhere: until which second a person's tokens are refused.

use super::{SqliteStore, audit, browser_sessions, commands, store_error};
use crate::domain::audit::AuditEntry;
use crate::domain::person::PersonId;
use crate::ports::StoreError;
use portal_contract::UtcTime;

pub(super) async fn revoke(
    store: &SqliteStore,
    person: &PersonId,
    entry: &AuditEntry,
) -> Result<(), StoreError> {
    let mut transaction = store.begin().await?;
    // A clock that was set back must not give revoked tokens their life back.
    sqlx::query(
        "INSERT INTO revoked_sessions (person_id, until) VALUES (?, ?) \
         ON CONFLICT (person_id) DO UPDATE SET until = MAX(until, excluded.until)",
    )
    .bind(person.as_str())
    .bind(entry.at.unix_seconds())
    .execute(&mut *transaction)
    .await
    .map_err(|error| store_error(&error))?;
    browser_sessions::end_all(&mut transaction, person).await?;
    audit::append(&mut transaction, entry).await?;
    commands::commit(transaction).await
}

pub(super) async fn revoked_until(
    store: &SqliteStore,
    person: &PersonId,
) -> Result<Option<UtcTime>, StoreError> {
    let until: Option<i64> = sqlx::query_scalar("SELECT until FROM revoked_sessions WHERE person_id = ?")
        .bind(person.as_str())
        .fetch_optional(&store.readers)
        .await
        .map_err(|error| store_error(&error))?;
    Ok(until.map(UtcTime::from_unix_seconds))
}
