//! Copies of the database: taking one while the server writes, and what a copy is told before it takes the place of the
//! original. `docs/adr/0025-backup-and-restore.md` has the reasons.

use super::rows::get;
use super::{SqliteStore, StoreOptions, audit, connect_options, store_error};
use crate::domain::audit::{AuditEntry, AuditEvent};
use crate::domain::audit_chain::Whole;
use crate::ports::StoreError;
use portal_contract::UtcTime;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode};
use sqlx::{ConnectOptions as _, Connection as _};
use std::path::Path;

/// What a copy is, once it has been made ready to take the original's place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Readied {
    /// When it was taken.
    pub backup_at: UtcTime,
    /// How many commands were open in it: they are asked about and never sent again.
    pub open_commands: u64,
}

impl SqliteStore {
    /// Writes a consistent copy into an empty file while others go on writing. The copy has no free pages, so nothing that
    /// was erased is in it, and it is one file.
    ///
    /// # Errors
    /// [`StoreError`]; the file may be half written then.
    pub async fn copy_to(&self, file: &Path, now: UtcTime) -> Result<(), StoreError> {
        let name = file.to_str().ok_or_else(|| unavailable("the path of the backup is not UTF-8"))?;
        sqlx::query("VACUUM INTO ?").bind(name).execute(&self.readers).await?;
        // Marked last: without the mark it is no finished backup.
        let mut copy = single_file(file).connect().await?;
        sqlx::query("INSERT INTO backup_origin (at) VALUES (?)")
            .bind(now.unix_millis())
            .execute(&mut copy)
            .await?;
        copy.close().await.map_err(|error| store_error(&error))
    }

    /// Makes an opened copy ready to take the original's place: it was not there when the original went on. Every open
    /// command counts as sent, so that the queue asks about it and never sends it again; every token issued before is
    /// refused; the record says so. Its record was verified and is `verified`; sealed with an older key, it is sealed with
    /// the current one from here on.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] when it is no finished backup.
    pub async fn make_ready(&self, verified: &Whole, now: UtcTime) -> Result<Readied, StoreError> {
        if let Some(sealed) = self.newest_audit_key().await?
            && self.chain.keys.as_ref().is_some_and(|keys| *keys.current().id() != sealed)
        {
            self.seal_audit(verified, now).await?;
        }
        let mut transaction = self.begin_transaction().await?;
        let at: Option<i64> =
            sqlx::query_scalar("SELECT at FROM backup_origin").fetch_optional(&mut *transaction).await?;
        let at = at.ok_or_else(|| StoreError::Corrupt("it is not a finished backup".to_owned()))?;
        let backup_at = UtcTime::from_unix_millis(at);
        sqlx::query(
            "UPDATE action_runs SET queue_state = 'sent', due = ? WHERE queue_state IN ('recorded', 'sending')",
        )
        .bind(now.unix_millis())
        .execute(&mut *transaction)
        .await?;
        let open_commands: i64 =
            sqlx::query_scalar("SELECT COUNT(*) FROM action_runs WHERE queue_state <> 'ended'")
                .fetch_one(&mut *transaction)
                .await?;
        sqlx::query("INSERT INTO restores (at, backup_at) VALUES (?, ?)")
            .bind(now.unix_millis())
            .bind(at)
            .execute(&mut *transaction)
            .await?;
        sqlx::query("DELETE FROM backup_origin").execute(&mut *transaction).await?;
        let text = format!("backup of {}", backup_at.to_rfc3339());
        let entry = AuditEntry::by_the_server(now, AuditEvent::DatabaseRestored, text);
        audit::append(&mut transaction, &entry, &self.chain).await?;
        transaction.commit().await?;
        Ok(Readied { backup_at, open_commands: u64::try_from(open_commands).unwrap_or(0) })
    }

    /// Whether SQLite finds the file sound.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] with what it found.
    pub async fn check_integrity(&self) -> Result<(), StoreError> {
        let found: Vec<String> = sqlx::query_scalar("PRAGMA integrity_check(5)")
            .fetch_all(&self.readers)
            .await
            .map_err(|error| StoreError::Corrupt(error.to_string()))?;
        if found != ["ok"] {
            return Err(StoreError::Corrupt(found.join("; ")));
        }
        let dangling = sqlx::query("PRAGMA foreign_key_check")
            .fetch_optional(&self.readers)
            .await
            .map_err(|error| StoreError::Corrupt(error.to_string()))?;
        match dangling {
            None => Ok(()),
            Some(row) => {
                Err(StoreError::Corrupt(format!("a row of {} points nowhere", get::<String>(&row, "table")?)))
            }
        }
    }
}

fn unavailable(reason: &str) -> StoreError {
    StoreError::Unavailable(reason.to_owned())
}

/// Without a write-ahead log: everything is in the one file as soon as it is committed.
fn single_file(file: &Path) -> SqliteConnectOptions {
    connect_options(file, &StoreOptions::default())
        .create_if_missing(false)
        .journal_mode(SqliteJournalMode::Delete)
}
