//! Signing out everywhere: until which second a person's tokens are refused.

use super::unit::SqliteUnit;
use crate::domain::person::PersonId;
use crate::ports::{Revocations, StoreError};
use async_trait::async_trait;
use portal_contract::UtcTime;

#[async_trait]
impl Revocations for SqliteUnit {
    async fn revoke_tokens(&mut self, person: &PersonId, until: UtcTime) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO revoked_sessions (person_id, until) VALUES (?, ?) \
             ON CONFLICT (person_id) DO UPDATE SET until = MAX(until, excluded.until)",
        )
        .bind(person.as_str())
        .bind(until.unix_seconds())
        .execute(self.connection())
        .await?;
        Ok(())
    }

    async fn tokens_revoked_until(&mut self, person: &PersonId) -> Result<Option<UtcTime>, StoreError> {
        let until: Option<i64> = sqlx::query_scalar(
            "SELECT MAX(until) FROM (SELECT until FROM revoked_sessions WHERE person_id = ? \
             UNION ALL SELECT at / 1000 FROM restores)",
        )
        .bind(person.as_str())
        .fetch_one(self.connection())
        .await?;
        Ok(until.map(UtcTime::from_unix_seconds))
    }

    async fn lower_revocations(&mut self, beyond: UtcTime, to: UtcTime) -> Result<u64, StoreError> {
        let mut lowered = 0;
        for (statement, beyond, to) in [
            (
                "UPDATE revoked_sessions SET until = ? WHERE until > ?",
                beyond.unix_seconds(),
                to.unix_seconds(),
            ),
            ("UPDATE restores SET at = ? WHERE at > ?", beyond.unix_millis(), to.unix_millis()),
        ] {
            let result = sqlx::query(statement).bind(to).bind(beyond).execute(self.connection()).await?;
            lowered += result.rows_affected();
        }
        Ok(lowered)
    }
}
