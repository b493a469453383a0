//! Sealed secrets. Rows are deleted when they expire, and `secure_delete` overwrites them.

use super::rows::{get, time};
use super::unit::SqliteUnit;
use crate::domain::action::ActionKind;
use crate::domain::ids::{DeviceId, ResultId};
use crate::domain::person::PersonId;
use crate::domain::secret_key::KeyId;
use crate::ports::{ErasedSecret, KeptSecret, NewSecret, Sealed, Secrets, StoreError};
use async_trait::async_trait;
use portal_contract::{ActionName, CharacterSet, UtcTime};
use sqlx::sqlite::SqliteRow;

/// Reads what the vault made.
fn sealed(row: &SqliteRow) -> Result<Sealed, StoreError> {
    let key: Option<String> = get(row, "key_id")?;
    Ok(Sealed {
        key: key.map(KeyId::trusted),
        nonce: get(row, "nonce")?,
        ciphertext: get(row, "ciphertext")?,
    })
}

fn kept(row: &SqliteRow) -> Result<KeptSecret, StoreError> {
    let character_set: String = get(row, "character_set")?;
    Ok(KeptSecret {
        run: ResultId::trusted(get(row, "result_id")?),
        person: PersonId::new(get(row, "person_id")?),
        device: DeviceId::trusted(get(row, "device_id")?),
        sealed: sealed(row)?,
        character_set: CharacterSet::from_wire(&character_set),
        expires: time(row, "expires")?,
        is_confirmed: get::<i64>(row, "is_confirmed")? != 0,
    })
}

#[async_trait]
impl Secrets for SqliteUnit {
    async fn insert_secret(&mut self, secret: &NewSecret) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO passcodes (result_id, person_id, device_id, key_id, nonce, ciphertext, character_set, \
             expires) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        )
        .bind(secret.run.as_str())
        .bind(secret.person.as_str())
        .bind(secret.device.as_str())
        .bind(secret.sealed.key.as_ref().map(|key| key.as_str().to_owned()))
        .bind(secret.sealed.nonce.clone())
        .bind(secret.sealed.ciphertext.clone())
        .bind(secret.character_set.as_str())
        .bind(secret.expires.unix_millis())
        .execute(self.connection())
        .await?;
        Ok(())
    }

    async fn secret_of_run(&mut self, run: &ResultId) -> Result<Option<Sealed>, StoreError> {
        let row = sqlx::query("SELECT key_id, nonce, ciphertext FROM passcodes WHERE result_id = ?")
            .bind(run.as_str())
            .fetch_optional(self.connection())
            .await?;
        row.as_ref().map(sealed).transpose()
    }

    async fn released_secrets(
        &mut self,
        person: &PersonId,
        device: &DeviceId,
        action: ActionKind,
        now: UtcTime,
    ) -> Result<Vec<KeptSecret>, StoreError> {
        let rows = sqlx::query(
            "SELECT passcodes.* FROM passcodes JOIN action_runs ON action_runs.id = passcodes.result_id \
             WHERE passcodes.person_id = ? AND passcodes.device_id = ? AND action = ? AND released = 1 AND passcodes.expires > ? \
             ORDER BY action_runs.started DESC, passcodes.rowid DESC",
        )
        .bind(person.as_str())
        .bind(device.as_str())
        .bind(action.name().as_str())
        .bind(now.unix_millis())
        .fetch_all(self.connection())
        .await?;
        rows.iter().map(kept).collect()
    }

    async fn release_secret(
        &mut self,
        run: &ResultId,
        is_confirmed: bool,
        expires: UtcTime,
    ) -> Result<(), StoreError> {
        sqlx::query("UPDATE passcodes SET released = 1, is_confirmed = ?, expires = ? WHERE result_id = ?")
            .bind(is_confirmed)
            .bind(expires.unix_millis())
            .bind(run.as_str())
            .execute(self.connection())
            .await?;
        Ok(())
    }

    async fn erase_secret(&mut self, run: &ResultId) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM passcodes WHERE result_id = ?")
            .bind(run.as_str())
            .execute(self.connection())
            .await?;
        Ok(())
    }

    async fn erase_other_secrets(
        &mut self,
        device: &DeviceId,
        run: &ResultId,
        action: Option<ActionKind>,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "DELETE FROM passcodes WHERE device_id = ?1 AND released = 1 AND result_id <> ?2 \
             AND (?3 IS NULL OR result_id IN (SELECT id FROM action_runs WHERE action = ?3))",
        )
        .bind(device.as_str())
        .bind(run.as_str())
        .bind(action.map(|action| action.name().as_str()))
        .execute(self.connection())
        .await?;
        Ok(())
    }

    async fn doubt_other_secrets(
        &mut self,
        device: &DeviceId,
        run: &ResultId,
        action: ActionKind,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "UPDATE passcodes SET is_confirmed = 0 WHERE device_id = ? AND released = 1 AND result_id <> ? \
             AND result_id IN (SELECT id FROM action_runs WHERE action = ?)",
        )
        .bind(device.as_str())
        .bind(run.as_str())
        .bind(action.name().as_str())
        .execute(self.connection())
        .await?;
        Ok(())
    }

    async fn erase_expired_secrets(&mut self, now: UtcTime) -> Result<Vec<ErasedSecret>, StoreError> {
        let erased = sqlx::query(
            "DELETE FROM passcodes WHERE released = 1 AND expires <= ? RETURNING result_id, person_id, device_id, \
             (SELECT action FROM action_runs WHERE id = result_id) AS action",
        )
        .bind(now.unix_millis())
        .fetch_all(self.connection())
        .await?;
        let of = |row: &SqliteRow| {
            let action: Option<String> = get(row, "action")?;
            let kind = action.and_then(|name| ActionKind::named(ActionName::from_wire(&name)));
            Ok(ErasedSecret {
                run: ResultId::trusted(get(row, "result_id")?),
                person: PersonId::new(get(row, "person_id")?),
                device: DeviceId::trusted(get(row, "device_id")?),
                kind: kind.unwrap_or(ActionKind::ResetPasscode),
            })
        };
        erased.iter().map(of).collect()
    }

    async fn secrets_under_other_keys(&mut self, current: &KeyId) -> Result<Vec<KeptSecret>, StoreError> {
        let rows =
            sqlx::query("SELECT * FROM passcodes WHERE key_id IS NULL OR key_id <> ? ORDER BY result_id")
                .bind(current.as_str())
                .fetch_all(self.connection())
                .await?;
        rows.iter().map(kept).collect()
    }

    async fn replace_secret(&mut self, old: &KeptSecret, new: &Sealed) -> Result<(), StoreError> {
        sqlx::query(
            "UPDATE passcodes SET key_id = ?, nonce = ?, ciphertext = ? WHERE result_id = ? AND nonce = ?",
        )
        .bind(new.key.as_ref().map(|key| key.as_str().to_owned()))
        .bind(new.nonce.clone())
        .bind(new.ciphertext.clone())
        .bind(old.run.as_str())
        .bind(old.sealed.nonce.clone())
        .execute(self.connection())
        .await?;
        Ok(())
    }
}
