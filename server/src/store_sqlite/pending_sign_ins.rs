//! Sign-ins on their way to the provider and back.

use super::{SqliteStore, commands, store_error};
use crate::domain::person::PersonId;
use crate::domain::secret::SecretHash;
use crate::domain::sign_in::{PendingSignIn, ReturnState, SignInPurpose};
use crate::ports::{Room, StoreError};
use portal_contract::UtcTime;
use sqlx::sqlite::SqliteRow;
use sqlx::{Row as _, SqliteConnection};

/// How many may be on their way at the same time. Anybody may begin one, so there is a bound; whoever fills it keeps others
/// out for ten minutes at most, and the limits per address stand before that.
const MOST: i64 = 20_000;
/// How many of one browser: tabs that sign in at the same time.
const MOST_OF_BROWSER: i64 = 8;

const COLUMNS: &str = "state, browser, purpose, return_state, expected_person, login_hint, replaces, created";

pub(super) async fn record(store: &SqliteStore, sign_in: &PendingSignIn) -> Result<Room, StoreError> {
    let mut transaction = store.begin().await?;
    sweep(&mut transaction, sign_in.created).await?;
    let waiting: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM pending_sign_ins")
        .fetch_one(&mut *transaction)
        .await
        .map_err(|error| store_error(&error))?;
    if waiting >= MOST {
        return Ok(Room::Full);
    }
    sqlx::query(
        "INSERT INTO pending_sign_ins (state, browser, purpose, return_state, expected_person, login_hint, \
         replaces, created) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(sign_in.state.as_bytes())
    .bind(sign_in.browser.as_bytes())
    .bind(sign_in.purpose.as_str())
    .bind(sign_in.return_state.as_str())
    .bind(sign_in.expected.as_ref().map(PersonId::as_str))
    .bind(sign_in.login_hint.as_deref())
    .bind(sign_in.replaces.as_ref().map(SecretHash::as_bytes))
    .bind(sign_in.created.unix_millis())
    .execute(&mut *transaction)
    .await
    .map_err(|error| store_error(&error))?;
    sqlx::query(
        "DELETE FROM pending_sign_ins WHERE browser = ?1 AND state NOT IN \
         (SELECT state FROM pending_sign_ins WHERE browser = ?1 ORDER BY (state = ?2) DESC, created DESC LIMIT ?3)",
    )
    .bind(sign_in.browser.as_bytes())
    .bind(sign_in.state.as_bytes())
    .bind(MOST_OF_BROWSER)
    .execute(&mut *transaction)
    .await
    .map_err(|error| store_error(&error))?;
    commands::commit(transaction).await?;
    Ok(Room::Recorded)
}

pub(super) async fn is_known(
    store: &SqliteStore,
    browser: &SecretHash,
    now: UtcTime,
) -> Result<bool, StoreError> {
    let known: Option<i64> =
        sqlx::query_scalar("SELECT 1 FROM pending_sign_ins WHERE browser = ? AND created >= ? LIMIT 1")
            .bind(browser.as_bytes())
            .bind(PendingSignIn::forgotten_before(now).unix_millis())
            .fetch_optional(&store.readers)
            .await
            .map_err(|error| store_error(&error))?;
    Ok(known.is_some())
}

pub(super) async fn find(
    store: &SqliteStore,
    state: &SecretHash,
    browser: &SecretHash,
) -> Result<Option<PendingSignIn>, StoreError> {
    let query = format!("SELECT {COLUMNS} FROM pending_sign_ins WHERE state = ? AND browser = ?");
    let row = sqlx::query(sqlx::AssertSqlSafe(query))
        .bind(state.as_bytes())
        .bind(browser.as_bytes())
        .fetch_optional(&store.readers)
        .await
        .map_err(|error| store_error(&error))?;
    row.as_ref().map(read).transpose()
}

pub(super) async fn take(
    store: &SqliteStore,
    state: &SecretHash,
    browser: &SecretHash,
) -> Result<Option<PendingSignIn>, StoreError> {
    // Anybody can send any number of states: those that are none do not take the write lock.
    if find(store, state, browser).await?.is_none() {
        return Ok(None);
    }
    let query = format!("DELETE FROM pending_sign_ins WHERE state = ? AND browser = ? RETURNING {COLUMNS}");
    let row = sqlx::query(sqlx::AssertSqlSafe(query))
        .bind(state.as_bytes())
        .bind(browser.as_bytes())
        .fetch_optional(&store.writer)
        .await
        .map_err(|error| store_error(&error))?;
    row.as_ref().map(read).transpose()
}

fn read(row: &SqliteRow) -> Result<PendingSignIn, StoreError> {
    let corrupt = |what: &str| StoreError::Corrupt(format!("pending_sign_ins: {what}"));
    let text = |name: &str| row.try_get::<String, _>(name).map_err(|error| store_error(&error));
    let optional = |name: &str| row.try_get::<Option<String>, _>(name).map_err(|error| store_error(&error));
    let bytes = |name: &str| row.try_get::<Option<Vec<u8>>, _>(name).map_err(|error| store_error(&error));
    let hash = |name: &str| bytes(name)?.as_deref().and_then(SecretHash::stored).ok_or_else(|| corrupt(name));
    let created: i64 = row.try_get("created").map_err(|error| store_error(&error))?;
    Ok(PendingSignIn {
        state: hash("state")?,
        browser: hash("browser")?,
        purpose: SignInPurpose::parse(&text("purpose")?).ok_or_else(|| corrupt("purpose"))?,
        return_state: ReturnState::parse(&text("return_state")?).ok_or_else(|| corrupt("return_state"))?,
        expected: optional("expected_person")?.map(PersonId::new),
        login_hint: optional("login_hint")?,
        replaces: bytes("replaces")?.as_deref().and_then(SecretHash::stored),
        created: UtcTime::from_unix_millis(created),
    })
}

/// Those nobody can complete any more.
pub(super) async fn sweep(connection: &mut SqliteConnection, now: UtcTime) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM pending_sign_ins WHERE created < ?")
        .bind(PendingSignIn::forgotten_before(now).unix_millis())
        .execute(connection)
        .await
        .map_err(|error| store_error(&error))?;
    Ok(())
}
