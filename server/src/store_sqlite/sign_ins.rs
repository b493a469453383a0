//! Sign-ins on their way to the provider and back.

use super::store_error;
use super::unit::SqliteUnit;
use crate::domain::person::PersonId;
use crate::domain::secret::SecretHash;
use crate::domain::sign_in::{PendingSignIn, ReturnState, SignInPurpose};
use crate::ports::{SignIns, StoreError};
use async_trait::async_trait;
use portal_contract::UtcTime;
use sqlx::Row as _;
use sqlx::sqlite::SqliteRow;

const COLUMNS: &str = "state, browser, purpose, return_state, expected_person, login_hint, replaces, created";

fn read(row: &SqliteRow) -> Result<PendingSignIn, StoreError> {
    let corrupt = |what: &str| StoreError::Corrupt(format!("pending_sign_ins: {what}"));
    let text = |name: &str| row.try_get::<String, _>(name).map_err(|error| store_error(&error));
    let optional = |name: &str| row.try_get::<Option<String>, _>(name).map_err(|error| store_error(&error));
    let bytes = |name: &str| row.try_get::<Option<Vec<u8>>, _>(name).map_err(|error| store_error(&error));
    let hash = |name: &str| bytes(name)?.as_deref().and_then(SecretHash::stored).ok_or_else(|| corrupt(name));
    let created: i64 = row.try_get("created")?;
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

#[async_trait]
impl SignIns for SqliteUnit {
    async fn sign_ins_waiting(&mut self) -> Result<i64, StoreError> {
        let waiting = sqlx::query_scalar("SELECT COUNT(*) FROM pending_sign_ins");
        Ok(waiting.fetch_one(self.connection()).await?)
    }

    async fn insert_sign_in(&mut self, sign_in: &PendingSignIn) -> Result<(), StoreError> {
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
        .execute(self.connection())
        .await?;
        Ok(())
    }

    async fn remove_oldest_sign_ins(
        &mut self,
        browser: &SecretHash,
        keep: &SecretHash,
        most: u32,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "DELETE FROM pending_sign_ins WHERE browser = ?1 AND state NOT IN \
             (SELECT state FROM pending_sign_ins WHERE browser = ?1 ORDER BY (state = ?2) DESC, created DESC LIMIT ?3)",
        )
        .bind(browser.as_bytes())
        .bind(keep.as_bytes())
        .bind(most)
        .execute(self.connection())
        .await?;
        Ok(())
    }

    async fn has_sign_in(&mut self, browser: &SecretHash, since: UtcTime) -> Result<bool, StoreError> {
        let known: Option<i64> =
            sqlx::query_scalar("SELECT 1 FROM pending_sign_ins WHERE browser = ? AND created >= ? LIMIT 1")
                .bind(browser.as_bytes())
                .bind(since.unix_millis())
                .fetch_optional(self.connection())
                .await?;
        Ok(known.is_some())
    }

    async fn find_sign_in(
        &mut self,
        state: &SecretHash,
        browser: &SecretHash,
    ) -> Result<Option<PendingSignIn>, StoreError> {
        let query = format!("SELECT {COLUMNS} FROM pending_sign_ins WHERE state = ? AND browser = ?");
        let row = sqlx::query(sqlx::AssertSqlSafe(query))
            .bind(state.as_bytes())
            .bind(browser.as_bytes())
            .fetch_optional(self.connection())
            .await?;
        row.as_ref().map(read).transpose()
    }

    async fn take_sign_in(
        &mut self,
        state: &SecretHash,
        browser: &SecretHash,
    ) -> Result<Option<PendingSignIn>, StoreError> {
        let query =
            format!("DELETE FROM pending_sign_ins WHERE state = ? AND browser = ? RETURNING {COLUMNS}");
        let row = sqlx::query(sqlx::AssertSqlSafe(query))
            .bind(state.as_bytes())
            .bind(browser.as_bytes())
            .fetch_optional(self.connection())
            .await?;
        row.as_ref().map(read).transpose()
    }

    async fn remove_sign_ins_before(&mut self, moment: UtcTime) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM pending_sign_ins WHERE created < ?")
            .bind(moment.unix_millis())
            .execute(self.connection())
            .await?;
        Ok(())
    }
}
