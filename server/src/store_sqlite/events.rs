//! Changes of a person's things, numbered without gaps for each person, bounded in count and age.

use super::rows::get;
use super::{SqliteStore, store_error};
use crate::domain::person::PersonId;
use crate::ports::{Changed, ChangesSince, NumberedChange, StoreError};
use portal_contract::{UtcTime, events};
use sqlx::SqliteConnection;
use sqlx::sqlite::SqliteRow;

/// How many changes of one person are kept.
const KEPT: i64 = 256;
/// For how long a change is kept, in milliseconds: a client that was away longer reads everything again.
const KEPT_MILLIS: i64 = 86_400_000;
/// How many are told at once.
const AT_ONCE: i64 = 64;

/// Writes one down within the transaction that makes the change.
pub(super) async fn append(
    connection: &mut SqliteConnection,
    person: &PersonId,
    changed: &Changed,
    now: UtcTime,
) -> Result<(), StoreError> {
    let sequence: i64 = sqlx::query_scalar(
        "INSERT INTO event_positions (person_id, last) VALUES (?, 1) \
         ON CONFLICT (person_id) DO UPDATE SET last = last + 1 RETURNING last",
    )
    .bind(person.as_str())
    .fetch_one(&mut *connection)
    .await
    .map_err(|error| store_error(&error))?;
    let (kind, subject) = match changed {
        Changed::Device(id) => (events::DEVICE, id),
        Changed::Notification(id) => (events::NOTIFICATION, id),
    };
    sqlx::query("INSERT INTO events (person_id, sequence, at, kind, subject_id) VALUES (?, ?, ?, ?, ?)")
        .bind(person.as_str())
        .bind(sequence)
        .bind(now.unix_millis())
        .bind(kind)
        .bind(subject)
        .execute(&mut *connection)
        .await
        .map_err(|error| store_error(&error))?;
    sqlx::query("DELETE FROM events WHERE person_id = ? AND sequence <= ?")
        .bind(person.as_str())
        .bind(sequence - KEPT)
        .execute(connection)
        .await
        .map_err(|error| store_error(&error))?;
    Ok(())
}

/// Forgets what is too old.
pub(super) async fn forget(connection: &mut SqliteConnection, now: UtcTime) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM events WHERE at <= ?")
        .bind(now.unix_millis() - KEPT_MILLIS)
        .execute(connection)
        .await
        .map_err(|error| store_error(&error))?;
    Ok(())
}

pub(super) async fn position(store: &SqliteStore, person: &PersonId) -> Result<i64, StoreError> {
    let last: Option<i64> = sqlx::query_scalar("SELECT last FROM event_positions WHERE person_id = ?")
        .bind(person.as_str())
        .fetch_optional(&store.readers)
        .await
        .map_err(|error| store_error(&error))?;
    Ok(last.unwrap_or(0))
}

/// The numbers have no gaps, so what is missing shows: a first number that does not follow, a hole, or nothing at all
/// although there were more.
pub(super) async fn since(
    store: &SqliteStore,
    person: &PersonId,
    after: i64,
) -> Result<ChangesSince, StoreError> {
    // The position is read first: a change between the two reads is then told, not taken for a hole.
    let last = position(store, person).await?;
    let rows = sqlx::query(
        "SELECT sequence, kind, subject_id FROM events WHERE person_id = ? AND sequence > ? \
         ORDER BY sequence LIMIT ?",
    )
    .bind(person.as_str())
    .bind(after)
    .bind(AT_ONCE)
    .fetch_all(&store.readers)
    .await
    .map_err(|error| store_error(&error))?;
    let changes = rows.iter().map(change).collect::<Result<Vec<_>, _>>()?;
    let follows =
        changes.iter().zip(after.saturating_add(1)..).all(|(change, expected)| change.sequence == expected);
    let is_whole = if changes.is_empty() { after == last } else { follows };
    Ok(if is_whole { ChangesSince::These(changes) } else { ChangesSince::Forgotten(last) })
}

fn change(row: &SqliteRow) -> Result<NumberedChange, StoreError> {
    let kind: String = get(row, "kind")?;
    let subject = get(row, "subject_id")?;
    let changed = match kind.as_str() {
        events::DEVICE => Changed::Device(subject),
        events::NOTIFICATION => Changed::Notification(subject),
        _ => return Err(StoreError::Corrupt(format!("event kind {kind}"))),
    };
    Ok(NumberedChange { sequence: get(row, "sequence")?, changed })
}
