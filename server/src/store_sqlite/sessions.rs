//! Signing out everywhere: until which second a person's tokens are refused.

use super::{SqliteStore, audit, browser_sessions, commands, store_error};
use crate::domain::audit::AuditEntry;
use crate::domain::person::PersonId;
use crate::ports::StoreError;
use portal_contract::UtcTime;

pub(super) async fn revoke(
    store: &SqliteStore,
    person: &PersonId,
    until: UtcTime,
    entry: &AuditEntry,
) -> Result<(), StoreError> {
    let mut transaction = store.begin().await?;
    // A clock that was set back must not give revoked tokens their life back.
    sqlx::query(
        "INSERT INTO revoked_sessions (person_id, until) VALUES (?, ?) \
         ON CONFLICT (person_id) DO UPDATE SET until = MAX(until, excluded.until)",
    )
    .bind(person.as_str())
    .bind(until.unix_seconds())
    .execute(&mut *transaction)
    .await
    .map_err(|error| store_error(&error))?;
    browser_sessions::end_all(&mut transaction, person).await?;
    audit::append(&mut transaction, entry, &store.chain).await?;
    commands::commit(transaction).await
}

pub(super) async fn revoked_until(
    store: &SqliteStore,
    person: &PersonId,
) -> Result<Option<UtcTime>, StoreError> {
    // A restore has forgotten who signed out everywhere after the backup: it counts as everybody.
    let until: Option<i64> = sqlx::query_scalar(
        "SELECT MAX(until) FROM (SELECT until FROM revoked_sessions WHERE person_id = ? \
         UNION ALL SELECT at / 1000 FROM restores)",
    )
    .bind(person.as_str())
    .fetch_one(&store.readers)
    .await
    .map_err(|error| store_error(&error))?;
    Ok(until.map(UtcTime::from_unix_seconds))
}

pub(super) async fn lower(store: &SqliteStore, beyond: UtcTime, to: UtcTime) -> Result<u64, StoreError> {
    let mut transaction = store.begin().await?;
    let mut lowered = 0;
    for (statement, beyond, to) in [
        ("UPDATE revoked_sessions SET until = ? WHERE until > ?", beyond.unix_seconds(), to.unix_seconds()),
        ("UPDATE restores SET at = ? WHERE at > ?", beyond.unix_millis(), to.unix_millis()),
    ] {
        let result = sqlx::query(statement).bind(to).bind(beyond).execute(&mut *transaction).await;
        lowered += result.map_err(|error| store_error(&error))?.rows_affected();
    }
    if lowered > 0 {
        // A session that began under the clock that was ahead would now count as younger than what ended it.
        let ended = sqlx::query("UPDATE browser_sessions SET standing = 'ended' WHERE created > ?");
        let ended = ended.bind(to.unix_millis()).execute(&mut *transaction).await;
        ended.map_err(|error| store_error(&error))?;
    }
    commands::commit(transaction).await?;
    Ok(lowered)
}
