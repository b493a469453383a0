//! Whether the database can be written, and what it says about itself.

use super::rows::get;
use super::unit::SqliteUnit;
use crate::domain::operation::Figures;
use crate::ports::{Operation, StoreError};
use async_trait::async_trait;
use portal_contract::UtcTime;

#[async_trait]
impl Operation for SqliteUnit {
    /// More than fits into one page: a full disk, a full database, a lock held by another program and a file system that was
    /// made read-only all show here.
    async fn probe(&mut self) -> Result<(), StoreError> {
        for statement in [
            "INSERT OR REPLACE INTO readiness (id, room) VALUES (1, zeroblob(8192))",
            "DELETE FROM readiness",
        ] {
            sqlx::query(statement).execute(self.connection()).await?;
        }
        Ok(())
    }

    async fn figures(&mut self, now: UtcTime) -> Result<Figures, StoreError> {
        let rows = sqlx::query(
            "SELECT action, queue_state, action_state, COUNT(*) AS number FROM action_runs \
             GROUP BY action, queue_state, action_state",
        )
        .fetch_all(self.connection())
        .await?;
        let mut runs = Vec::with_capacity(rows.len());
        for row in &rows {
            let (action, queue_state) = (get(row, "action")?, get(row, "queue_state")?);
            runs.push((action, queue_state, get(row, "action_state")?, get(row, "number")?));
        }
        let due = sqlx::query(
            "SELECT COUNT(*) AS number, MIN(due) AS oldest FROM action_runs WHERE queue_state <> 'ended' AND due <= ?",
        )
        .bind(now.unix_millis())
        .fetch_one(self.connection())
        .await?;
        let oldest: Option<i64> = get(&due, "oldest")?;
        // Entries are only ever appended, so the newest number is how many there are.
        let audit_rows: i64 = sqlx::query_scalar("SELECT COALESCE(MAX(sequence), 0) FROM audit")
            .fetch_one(self.connection())
            .await?;
        let database_bytes: i64 =
            sqlx::query_scalar("SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()")
                .fetch_one(self.connection())
                .await?;
        Ok(Figures {
            runs,
            due: get(&due, "number")?,
            oldest_due: oldest.map(UtcTime::from_unix_millis),
            audit_rows,
            database_bytes,
            streams: 0,
        })
    }
}
