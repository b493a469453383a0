//! Passcodes that are not sealed with the current key, and writing them back sealed with it.

use super::passcodes::{empty_log, sealed};
use super::rows::get;
use super::{SqliteStore, audit, commands, store_error};
use crate::domain::audit::AuditEntry;
use crate::domain::ids::{DeviceId, ResultId};
use crate::domain::person::PersonId;
use crate::domain::secret_key::KeyId;
use crate::ports::{KeptPasscode, Sealed, StoreError};

pub(super) async fn under_other_keys(
    store: &SqliteStore,
    current: &KeyId,
) -> Result<Vec<KeptPasscode>, StoreError> {
    let rows = sqlx::query(
        "SELECT result_id, person_id, device_id, key_id, nonce, ciphertext FROM passcodes \
         WHERE key_id IS NULL OR key_id <> ? ORDER BY result_id",
    )
    .bind(current.as_str())
    .fetch_all(&store.readers)
    .await
    .map_err(|error| store_error(&error))?;
    rows.iter()
        .map(|row| {
            Ok(KeptPasscode {
                result_id: ResultId::trusted(get(row, "result_id")?),
                person: PersonId::new(get(row, "person_id")?),
                device: DeviceId::trusted(get(row, "device_id")?),
                sealed: sealed(row)?,
            })
        })
        .collect()
}

/// A row that was erased or sealed anew by somebody else meanwhile stays as it is. The log is emptied afterwards: what was
/// sealed with the old key must not live on in it.
pub(super) async fn reseal(
    store: &SqliteStore,
    resealed: &[(KeptPasscode, Sealed)],
    entry: &AuditEntry,
) -> Result<(), StoreError> {
    let mut transaction = store.begin().await?;
    for (old, new) in resealed {
        sqlx::query(
            "UPDATE passcodes SET key_id = ?, nonce = ?, ciphertext = ? WHERE result_id = ? AND nonce = ?",
        )
        .bind(new.key.as_ref().map(|key| key.as_str().to_owned()))
        .bind(new.nonce.clone())
        .bind(new.ciphertext.clone())
        .bind(old.result_id.as_str())
        .bind(old.sealed.nonce.clone())
        .execute(&mut *transaction)
        .await
        .map_err(|error| store_error(&error))?;
    }
    audit::append(&mut transaction, entry, &store.chain).await?;
    commands::commit(transaction).await?;
    empty_log(store).await
}
