//! Sealed temporary passcodes: releasing, finding, erasing.

use super::rows::{get, time};
use super::{SqliteStore, audit, store_error};
use crate::domain::audit::{AuditEntry, AuditEvent};
use crate::domain::command::Command;
use crate::domain::idempotency::KEY_LIFETIME_SECONDS;
use crate::domain::ids::{DeviceId, ResultId};
use crate::domain::person::PersonId;
use crate::domain::secret_key::KeyId;
use crate::ports::{Sealed, SealedPasscode, StoreError};
use portal_contract::{CharacterSet, UtcTime};
use sqlx::sqlite::SqliteRow;
use sqlx::{Row as _, SqliteConnection};

/// Lets the person see the passcode of a completed reset; an older one of the device is worth nothing now and
/// goes.
pub(super) async fn release(
    connection: &mut SqliteConnection,
    command: &Command,
    expires: UtcTime,
) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM passcodes WHERE device_id = ? AND released = 1 AND result_id <> ?")
        .bind(command.device.as_str())
        .bind(command.id.as_str())
        .execute(&mut *connection)
        .await
        .map_err(|error| store_error(&error))?;
    sqlx::query("UPDATE passcodes SET released = 1, expires = ? WHERE result_id = ?")
        .bind(expires.unix_millis())
        .bind(command.id.as_str())
        .execute(connection)
        .await
        .map_err(|error| store_error(&error))?;
    Ok(())
}

pub(super) async fn to_send(store: &SqliteStore, id: &ResultId) -> Result<Option<Sealed>, StoreError> {
    let row = sqlx::query("SELECT key_id, nonce, ciphertext FROM passcodes WHERE result_id = ?")
        .bind(id.as_str())
        .fetch_optional(&store.readers)
        .await
        .map_err(|error| store_error(&error))?;
    row.as_ref().map(sealed).transpose()
}

/// Reads what the vault made.
pub(super) fn sealed(row: &SqliteRow) -> Result<Sealed, StoreError> {
    let key: Option<String> = get(row, "key_id")?;
    Ok(Sealed {
        key: key.map(KeyId::trusted),
        nonce: get(row, "nonce")?,
        ciphertext: get(row, "ciphertext")?,
    })
}

pub(super) async fn to_show(
    store: &SqliteStore,
    person: &PersonId,
    device: &DeviceId,
    now: UtcTime,
) -> Result<Option<SealedPasscode>, StoreError> {
    let row = sqlx::query(
        "SELECT result_id, key_id, nonce, ciphertext, character_set, expires FROM passcodes \
         WHERE person_id = ? AND device_id = ? AND released = 1 AND expires > ?",
    )
    .bind(person.as_str())
    .bind(device.as_str())
    .bind(now.unix_millis())
    .fetch_optional(&store.readers)
    .await
    .map_err(|error| store_error(&error))?;
    row.map(|row| {
        let character_set: String = get(&row, "character_set")?;
        Ok(SealedPasscode {
            result_id: ResultId::trusted(get(&row, "result_id")?),
            sealed: sealed(&row)?,
            character_set: CharacterSet::from_wire(&character_set),
            expires: time(&row, "expires")?,
        })
    })
    .transpose()
}

/// Erases what expired, with an audit entry for each, and forgets old idempotency keys and changes. The write-ahead log
/// is emptied afterwards: the ciphertext must not live on in it.
pub(super) async fn sweep(store: &SqliteStore, now: UtcTime) -> Result<u64, StoreError> {
    let mut transaction = store.begin().await?;
    let erased = sqlx::query(
        "DELETE FROM passcodes WHERE released = 1 AND expires <= ? RETURNING result_id, person_id, device_id",
    )
    .bind(now.unix_millis())
    .fetch_all(&mut *transaction)
    .await
    .map_err(|error| store_error(&error))?;
    for row in &erased {
        let entry = AuditEntry {
            at: now,
            event: AuditEvent::PasscodeErased,
            person: Some(PersonId::new(get(row, "person_id")?)),
            device: Some(DeviceId::trusted(get(row, "device_id")?)),
            result_id: Some(ResultId::trusted(get(row, "result_id")?)),
            origin: None,
            result: "expired".to_owned(),
        };
        audit::append(&mut transaction, &entry, &store.chain).await?;
    }
    sqlx::query("DELETE FROM idempotency_keys WHERE created <= ?")
        .bind(now.unix_millis() - KEY_LIFETIME_SECONDS * 1000)
        .execute(&mut *transaction)
        .await
        .map_err(|error| store_error(&error))?;
    super::events::forget(&mut transaction, now).await?;
    super::browser_sessions::sweep(&mut transaction, now).await?;
    super::pending_sign_ins::sweep(&mut transaction, now).await?;
    super::commands::commit(transaction).await?;
    if !erased.is_empty() {
        empty_log(store).await?;
    }
    Ok(u64::try_from(erased.len()).unwrap_or(u64::MAX))
}

/// Writes the write-ahead log back and cuts it to nothing: what was erased must not live on in it.
pub(super) async fn empty_log(store: &SqliteStore) -> Result<(), StoreError> {
    let row = sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)")
        .fetch_one(&store.writer)
        .await
        .map_err(|error| store_error(&error))?;
    // 1 in the first column: a reader was in the way; the log is emptied with the next sweep or on closing.
    if row.try_get::<i64, _>(0).map_err(|error| store_error(&error))? != 0 {
        tracing::debug!("the write-ahead log is in use; it is emptied later");
    }
    Ok(())
}
