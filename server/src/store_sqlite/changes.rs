//! Changes of a person's things, numbered without gaps for each person.

use super::rows::get;
use super::unit::SqliteUnit;
use crate::domain::person::PersonId;
use crate::ports::{Changed, Changes, NumberedChange, StoreError};
use async_trait::async_trait;
use portal_contract::{UtcTime, events};
use sqlx::sqlite::SqliteRow;

/// How many changes of one person are kept.
const KEPT: i64 = 256;
/// How many are read at once.
const AT_ONCE: i64 = 64;

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

#[async_trait]
impl Changes for SqliteUnit {
    async fn append_change(
        &mut self,
        person: &PersonId,
        changed: &Changed,
        now: UtcTime,
    ) -> Result<(), StoreError> {
        let sequence: i64 = sqlx::query_scalar(
            "INSERT INTO event_positions (person_id, last) VALUES (?, 1) \
             ON CONFLICT (person_id) DO UPDATE SET last = last + 1 RETURNING last",
        )
        .bind(person.as_str())
        .fetch_one(self.connection())
        .await?;
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
            .execute(self.connection())
            .await?;
        sqlx::query("DELETE FROM events WHERE person_id = ? AND sequence <= ?")
            .bind(person.as_str())
            .bind(sequence - KEPT)
            .execute(self.connection())
            .await?;
        Ok(())
    }

    async fn change_position(&mut self, person: &PersonId) -> Result<i64, StoreError> {
        let last: Option<i64> = sqlx::query_scalar("SELECT last FROM event_positions WHERE person_id = ?")
            .bind(person.as_str())
            .fetch_optional(self.connection())
            .await?;
        Ok(last.unwrap_or(0))
    }

    async fn changes_after(
        &mut self,
        person: &PersonId,
        after: i64,
    ) -> Result<Vec<NumberedChange>, StoreError> {
        let rows = sqlx::query(
            "SELECT sequence, kind, subject_id FROM events WHERE person_id = ? AND sequence > ? \
             ORDER BY sequence LIMIT ?",
        )
        .bind(person.as_str())
        .bind(after)
        .bind(AT_ONCE)
        .fetch_all(self.connection())
        .await?;
        rows.iter().map(change).collect()
    }

    async fn forget_changes(&mut self, until: UtcTime) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM events WHERE at <= ?")
            .bind(until.unix_millis())
            .execute(self.connection())
            .await?;
        Ok(())
    }
}
