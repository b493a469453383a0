//! Whether the database can be written, and what it says about itself.

use super::rows::get;
use super::{SqliteStore, commands, store_error};
use crate::domain::operation::Figures;
use crate::ports::StoreError;
use portal_contract::UtcTime;

/// Writes more than fits into one page and takes it away again, committed: a full disk, a full database, a lock held by
/// another program and a file system that was made read-only all show here.
pub(super) async fn probe(store: &SqliteStore) -> Result<(), StoreError> {
    let mut transaction = store.begin().await?;
    for statement in
        ["INSERT OR REPLACE INTO readiness (id, room) VALUES (1, zeroblob(8192))", "DELETE FROM readiness"]
    {
        sqlx::query(statement).execute(&mut *transaction).await.map_err(|error| store_error(&error))?;
    }
    commands::commit(transaction).await
}

pub(super) async fn figures(store: &SqliteStore, now: UtcTime) -> Result<Figures, StoreError> {
    let mut connection = store.readers.acquire().await.map_err(|error| store_error(&error))?;
    let rows = sqlx::query(
        "SELECT queue_state, action_state, COUNT(*) AS number FROM commands GROUP BY queue_state, action_state",
    )
    .fetch_all(&mut *connection)
    .await
    .map_err(|error| store_error(&error))?;
    let commands = rows
        .iter()
        .map(|row| Ok((get(row, "queue_state")?, get(row, "action_state")?, get(row, "number")?)))
        .collect::<Result<_, StoreError>>()?;
    let due = sqlx::query(
        "SELECT COUNT(*) AS number, MIN(due) AS oldest FROM commands WHERE queue_state <> 'ended' AND due <= ?",
    )
    .bind(now.unix_millis())
    .fetch_one(&mut *connection)
    .await
    .map_err(|error| store_error(&error))?;
    let oldest: Option<i64> = get(&due, "oldest")?;
    // Entries are only ever appended, so the newest number is how many there are.
    let audit_rows: i64 = sqlx::query_scalar("SELECT COALESCE(MAX(sequence), 0) FROM audit")
        .fetch_one(&mut *connection)
        .await
        .map_err(|error| store_error(&error))?;
    let database_bytes: i64 =
        sqlx::query_scalar("SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()")
            .fetch_one(&mut *connection)
            .await
            .map_err(|error| store_error(&error))?;
    Ok(Figures {
        commands,
        due: get(&due, "number")?,
        oldest_due: oldest.map(UtcTime::from_unix_millis),
        audit_rows,
        database_bytes,
        streams: 0,
    })
}
