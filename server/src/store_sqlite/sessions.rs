//! Sessions of session mode.

use super::store_error;
use super::unit::SqliteUnit;
use crate::domain::person::PersonId;
use crate::domain::secret::SecretHash;
use crate::domain::secret_key::KeyRing;
use crate::domain::session::{Session, Standing};
use crate::domain::session_seal;
use crate::ports::{NewSession, SealedToken, Sessions, StoreError, StoredSession};
use async_trait::async_trait;
use portal_contract::UtcTime;
use sqlx::Row as _;
use sqlx::sqlite::SqliteRow;

fn read(row: &SqliteRow) -> Result<Session, StoreError> {
    let text = |name: &str| row.try_get::<String, _>(name).map_err(|error| store_error(&error));
    let moment = |name: &str| {
        let millis = row.try_get::<i64, _>(name).map_err(|error| store_error(&error))?;
        Ok::<_, StoreError>(UtcTime::from_unix_millis(millis))
    };
    let id: Vec<u8> = row.try_get("id")?;
    let auth_time: Option<i64> = row.try_get("auth_time")?;
    let corrupt = |what: &str| StoreError::Corrupt(format!("browser_sessions: {what}"));
    Ok(Session {
        id: SecretHash::stored(&id).ok_or_else(|| corrupt("id"))?,
        person: PersonId::new(text("person_id")?),
        display_name: text("display_name")?,
        user_name: text("user_name")?,
        standing: Standing::stored(&text("standing")?).ok_or_else(|| corrupt("standing"))?,
        auth_time: auth_time.map(UtcTime::from_unix_millis),
        created: moment("created")?,
        last_used: moment("last_used")?,
    })
}

impl SqliteUnit {
    fn session_keys(&self) -> Result<&KeyRing, StoreError> {
        let keys = self.session_keys.as_deref();
        keys.ok_or_else(|| StoreError::Unavailable("there is no key that seals sessions".to_owned()))
    }
}

#[async_trait]
impl Sessions for SqliteUnit {
    async fn insert_session(&mut self, new: &NewSession) -> Result<(), StoreError> {
        let NewSession { session, expires, id_token } = new;
        let seal = session_seal::seal(self.session_keys()?, session);
        sqlx::query(
            "INSERT INTO browser_sessions (id, person_id, display_name, user_name, standing, auth_time, created, \
             last_used, expires, id_token, seal) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        )
        .bind(session.id.as_bytes())
        .bind(session.person.as_str())
        .bind(&session.display_name)
        .bind(&session.user_name)
        .bind(session.standing.as_str())
        .bind(session.auth_time.map(UtcTime::unix_millis))
        .bind(session.created.unix_millis())
        .bind(session.last_used.unix_millis())
        .bind(expires.unix_millis())
        .bind(id_token.0.as_slice())
        .bind(seal)
        .execute(self.connection())
        .await?;
        Ok(())
    }

    async fn session(&mut self, id: &SecretHash) -> Result<Option<StoredSession>, StoreError> {
        let row = sqlx::query(
            "SELECT id, person_id, display_name, user_name, standing, auth_time, created, last_used, \
             seal FROM browser_sessions WHERE id = ?",
        )
        .bind(id.as_bytes())
        .fetch_optional(self.connection())
        .await?;
        let Some(row) = row else { return Ok(None) };
        let session = read(&row)?;
        let seal: Vec<u8> = row.try_get("seal")?;
        let is_intact = session_seal::is_intact(self.session_keys()?, &session, &seal);
        Ok(Some(if is_intact { StoredSession::Intact(session) } else { StoredSession::Forged }))
    }

    async fn id_token(&mut self, id: &SecretHash) -> Result<Option<SealedToken>, StoreError> {
        let token: Option<Vec<u8>> = sqlx::query_scalar("SELECT id_token FROM browser_sessions WHERE id = ?")
            .bind(id.as_bytes())
            .fetch_optional(self.connection())
            .await?;
        Ok(token.map(SealedToken))
    }

    async fn touch_session(&mut self, id: &SecretHash, now: UtcTime) -> Result<(), StoreError> {
        sqlx::query("UPDATE browser_sessions SET last_used = MAX(last_used, ?) WHERE id = ?")
            .bind(now.unix_millis())
            .bind(id.as_bytes())
            .execute(self.connection())
            .await?;
        Ok(())
    }

    async fn set_standing(
        &mut self,
        id: &SecretHash,
        expected: Option<Standing>,
        standing: Standing,
    ) -> Result<bool, StoreError> {
        let result = sqlx::query(
            "UPDATE browser_sessions SET standing = ?1 WHERE id = ?2 AND standing <> ?1 \
             AND (?3 IS NULL OR standing = ?3)",
        )
        .bind(standing.as_str())
        .bind(id.as_bytes())
        .bind(expected.map(Standing::as_str))
        .execute(self.connection())
        .await?;
        Ok(result.rows_affected() > 0)
    }

    async fn end_sessions_of(&mut self, person: &PersonId) -> Result<(), StoreError> {
        sqlx::query("UPDATE browser_sessions SET standing = 'ended' WHERE person_id = ?")
            .bind(person.as_str())
            .execute(self.connection())
            .await?;
        Ok(())
    }

    async fn end_sessions_begun_after(&mut self, moment: UtcTime) -> Result<(), StoreError> {
        sqlx::query("UPDATE browser_sessions SET standing = 'ended' WHERE created > ?")
            .bind(moment.unix_millis())
            .execute(self.connection())
            .await?;
        Ok(())
    }

    async fn remove_session(&mut self, id: &SecretHash) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM browser_sessions WHERE id = ?")
            .bind(id.as_bytes())
            .execute(self.connection())
            .await?;
        Ok(())
    }

    async fn remove_oldest_sessions(
        &mut self,
        person: &PersonId,
        keep: &SecretHash,
        most: u32,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "DELETE FROM browser_sessions WHERE person_id = ?1 AND standing <> 'ended' AND id NOT IN \
             (SELECT id FROM browser_sessions WHERE person_id = ?1 AND standing <> 'ended' \
              ORDER BY (id = ?2) DESC, last_used DESC, created DESC LIMIT ?3)",
        )
        .bind(person.as_str())
        .bind(keep.as_bytes())
        .bind(most)
        .execute(self.connection())
        .await?;
        Ok(())
    }

    async fn take_ended_session(&mut self, id: &SecretHash) -> Result<Option<SealedToken>, StoreError> {
        let token: Option<Vec<u8>> = sqlx::query_scalar(
            "DELETE FROM browser_sessions WHERE id = ? AND standing = 'ended' RETURNING id_token",
        )
        .bind(id.as_bytes())
        .fetch_optional(self.connection())
        .await?;
        Ok(token.map(SealedToken))
    }

    async fn remove_expired_sessions(&mut self, now: UtcTime) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM browser_sessions WHERE expires <= ?")
            .bind(now.unix_millis())
            .execute(self.connection())
            .await?;
        Ok(())
    }
}
