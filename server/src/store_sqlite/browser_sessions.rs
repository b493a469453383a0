//! Sessions of session mode.

use super::{SqliteStore, audit, commands, store_error};
use crate::domain::audit::AuditEntry;
use crate::domain::person::PersonId;
use crate::domain::secret::SecretHash;
use crate::domain::secret_key::KeyRing;
use crate::domain::session::{Session, SessionRules, Standing};
use crate::domain::session_seal;
use crate::ports::{NewSession, SealedToken, StoreError};
use portal_contract::UtcTime;
use sqlx::sqlite::SqliteRow;
use sqlx::{Row as _, SqliteConnection};

pub(super) async fn begin(
    store: &SqliteStore,
    new: &NewSession,
    rules: &SessionRules,
) -> Result<(), StoreError> {
    let NewSession { session, id_token, replaces, audit: entry } = new;
    let mut transaction = store.begin().await?;
    if let Some(replaced) = replaces {
        remove(&mut transaction, replaced).await?;
    }
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
    .bind(session.expires(rules).unix_millis())
    .bind(id_token.0.as_slice())
    .bind(session_seal::seal(keys(store)?, session))
    .execute(&mut *transaction)
    .await
    .map_err(|error| store_error(&error))?;
    // The new one is never the one to go, whatever the clocks say. One that has ended counts for nothing: it opens nothing, and
    // waits only until it is told to the provider or its time is up. If it counted, signing in and out would end the others.
    sqlx::query(
        "DELETE FROM browser_sessions WHERE person_id = ?1 AND standing <> 'ended' AND id NOT IN \
         (SELECT id FROM browser_sessions WHERE person_id = ?1 AND standing <> 'ended' \
          ORDER BY (id = ?2) DESC, last_used DESC, created DESC LIMIT ?3)",
    )
    .bind(session.person.as_str())
    .bind(session.id.as_bytes())
    .bind(rules.per_person)
    .execute(&mut *transaction)
    .await
    .map_err(|error| store_error(&error))?;
    audit::append(&mut transaction, entry, &store.chain).await?;
    commands::commit(transaction).await
}

async fn remove(connection: &mut SqliteConnection, id: &SecretHash) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM browser_sessions WHERE id = ?")
        .bind(id.as_bytes())
        .execute(connection)
        .await
        .map_err(|error| store_error(&error))?;
    Ok(())
}

pub(super) async fn find(store: &SqliteStore, id: &SecretHash) -> Result<Option<Session>, StoreError> {
    let row = sqlx::query(
        "SELECT id, person_id, display_name, user_name, standing, auth_time, created, last_used, \
         seal FROM browser_sessions WHERE id = ?",
    )
    .bind(id.as_bytes())
    .fetch_optional(&store.readers)
    .await
    .map_err(|error| store_error(&error))?;
    let Some(row) = row else { return Ok(None) };
    let session = read(&row)?;
    let seal: Vec<u8> = row.try_get("seal").map_err(|error| store_error(&error))?;
    if session_seal::is_intact(keys(store)?, &session, &seal) {
        return Ok(Some(session));
    }
    // Whose it was is just what cannot be believed, so nobody is named in the audit record.
    tracing::error!("a session is not what the server wrote, or its key is gone: it is removed");
    let mut transaction = store.begin().await?;
    remove(&mut transaction, id).await?;
    commands::commit(transaction).await?;
    Ok(None)
}

fn keys(store: &SqliteStore) -> Result<&KeyRing, StoreError> {
    let keys = store.session_keys.as_deref();
    keys.ok_or_else(|| StoreError::Unavailable("there is no key that seals sessions".to_owned()))
}

fn read(row: &SqliteRow) -> Result<Session, StoreError> {
    let text = |name: &str| row.try_get::<String, _>(name).map_err(|error| store_error(&error));
    let moment = |name: &str| {
        let millis = row.try_get::<i64, _>(name).map_err(|error| store_error(&error))?;
        Ok::<_, StoreError>(UtcTime::from_unix_millis(millis))
    };
    let id: Vec<u8> = row.try_get("id").map_err(|error| store_error(&error))?;
    let auth_time: Option<i64> = row.try_get("auth_time").map_err(|error| store_error(&error))?;
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

pub(super) async fn id_token(
    store: &SqliteStore,
    id: &SecretHash,
) -> Result<Option<SealedToken>, StoreError> {
    let token: Option<Vec<u8>> = sqlx::query_scalar("SELECT id_token FROM browser_sessions WHERE id = ?")
        .bind(id.as_bytes())
        .fetch_optional(&store.readers)
        .await
        .map_err(|error| store_error(&error))?;
    Ok(token.map(SealedToken))
}

pub(super) async fn touch(store: &SqliteStore, id: &SecretHash, now: UtcTime) -> Result<(), StoreError> {
    sqlx::query("UPDATE browser_sessions SET last_used = MAX(last_used, ?) WHERE id = ?")
        .bind(now.unix_millis())
        .bind(id.as_bytes())
        .execute(&store.writer)
        .await
        .map_err(|error| store_error(&error))?;
    Ok(())
}

pub(super) async fn suspend(store: &SqliteStore, id: &SecretHash) -> Result<(), StoreError> {
    sqlx::query("UPDATE browser_sessions SET standing = 'steppingUp' WHERE id = ? AND standing = 'active'")
        .bind(id.as_bytes())
        .execute(&store.writer)
        .await
        .map_err(|error| store_error(&error))?;
    Ok(())
}

pub(super) async fn end(store: &SqliteStore, id: &SecretHash, entry: &AuditEntry) -> Result<(), StoreError> {
    let mut transaction = store.begin().await?;
    let ended =
        sqlx::query("UPDATE browser_sessions SET standing = 'ended' WHERE id = ? AND standing <> 'ended'")
            .bind(id.as_bytes())
            .execute(&mut *transaction)
            .await
            .map_err(|error| store_error(&error))?;
    if ended.rows_affected() > 0 {
        audit::append(&mut transaction, entry, &store.chain).await?;
    }
    commands::commit(transaction).await
}

/// Signing out everywhere, within its transaction.
pub(super) async fn end_all(connection: &mut SqliteConnection, person: &PersonId) -> Result<(), StoreError> {
    sqlx::query("UPDATE browser_sessions SET standing = 'ended' WHERE person_id = ?")
        .bind(person.as_str())
        .execute(connection)
        .await
        .map_err(|error| store_error(&error))?;
    Ok(())
}

pub(super) async fn take_ended(
    store: &SqliteStore,
    id: &SecretHash,
) -> Result<Option<SealedToken>, StoreError> {
    let token: Option<Vec<u8>> = sqlx::query_scalar(
        "DELETE FROM browser_sessions WHERE id = ? AND standing = 'ended' RETURNING id_token",
    )
    .bind(id.as_bytes())
    .fetch_optional(&store.writer)
    .await
    .map_err(|error| store_error(&error))?;
    Ok(token.map(SealedToken))
}

/// What has expired goes, whoever it belonged to.
pub(super) async fn sweep(connection: &mut SqliteConnection, now: UtcTime) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM browser_sessions WHERE expires <= ?")
        .bind(now.unix_millis())
        .execute(connection)
        .await
        .map_err(|error| store_error(&error))?;
    Ok(())
}
