//! The audit record's chain in the database: linking new lines, chaining those that were there before, reading all of it
//! back. What the hashes mean is in `domain/audit_chain.rs`.

use super::rows::get;
use super::{SqliteStore, audit, store_error};
use crate::domain::audit::{AuditEntry, AuditEvent};
use crate::domain::audit_chain::{AuditLine, Broken, End, Head, LineHash, Link, Verifier, Whole, hash};
use crate::domain::secret_key::{KeyId, KeyRing};
use crate::ports::StoreError;
use portal_contract::UtcTime;
use sqlx::SqliteConnection;
use sqlx::sqlite::SqliteRow;
use std::sync::Arc;

/// How lines are sealed.
#[derive(Debug, Clone, Default)]
pub(super) struct Chain {
    /// The keys of the HMAC; without them the chain is plain SHA-256.
    pub(super) keys: Option<Arc<KeyRing>>,
}

/// How many lines are read at once.
const PORTION: i64 = 500;
/// A portion of the lines after a sequence, with their links.
const LINES: &str = "SELECT audit.*, audit_chain.key_id AS key_id, audit_chain.hash AS hash FROM audit \
     LEFT JOIN audit_chain ON audit_chain.sequence = audit.sequence \
     WHERE audit.sequence > ? ORDER BY audit.sequence LIMIT ?";

impl Chain {
    fn keys(&self) -> Option<&KeyRing> {
        self.keys.as_deref()
    }

    /// Links a line that was just written to the one before it.
    pub(super) async fn link(
        &self,
        connection: &mut SqliteConnection,
        line: &AuditLine,
    ) -> Result<(), StoreError> {
        let previous = head(connection).await?;
        let key = self.keys().map(KeyRing::current);
        let hash = hash(previous.hash, line, key);
        insert(connection, line.sequence, &Link { key: key.map(|key| key.id().clone()), hash }).await
    }

    /// Chains the lines of a database from before there was a chain: once, right after the migration. The first one who
    /// holds the write lock does it.
    pub(super) async fn begin(&self, store: &SqliteStore) -> Result<(), StoreError> {
        let mut transaction = store.begin().await?;
        let is_chained: Option<i64> = sqlx::query_scalar("SELECT is_chained FROM audit_chain_start")
            .fetch_optional(&mut *transaction)
            .await
            .map_err(|error| store_error(&error))?;
        if is_chained != Some(0) {
            return Ok(());
        }
        let mut after = i64::MIN;
        loop {
            let rows = portion(&mut transaction, after).await?;
            let Some(last) = rows.last() else { break };
            after = get(last, "sequence")?;
            for row in &rows {
                self.link(&mut transaction, &line(row)?).await?;
            }
        }
        sqlx::query("UPDATE audit_chain_start SET is_chained = 1")
            .execute(&mut *transaction)
            .await
            .map_err(|error| store_error(&error))?;
        super::commands::commit(transaction).await
    }
}

impl SqliteStore {
    /// Writes into the record what happened to the record: that a chain was begun over lines that were there before, and
    /// that the key is a new one. From then on the newest line is sealed with the current key.
    ///
    /// # Errors
    /// [`StoreError`]; [`StoreError::Corrupt`] when the record is sealed and there is no key any more: going on without
    /// one would look like a forgery.
    pub async fn tell_of_chain(&self, now: UtcTime) -> Result<(), StoreError> {
        let mut transaction = self.begin().await?;
        let existing: Option<i64> =
            sqlx::query_scalar("SELECT existing FROM audit_chain_start WHERE is_told = 0 AND existing > 0")
                .fetch_optional(&mut *transaction)
                .await
                .map_err(|error| store_error(&error))?;
        if let Some(existing) = existing {
            let text = format!("{existing} earlier lines");
            let entry = AuditEntry::by_the_server(now, AuditEvent::AuditChainStarted, text);
            audit::append(&mut transaction, &entry, &self.chain).await?;
            sqlx::query("UPDATE audit_chain_start SET is_told = 1")
                .execute(&mut *transaction)
                .await
                .map_err(|error| store_error(&error))?;
        }
        let newest = newest_key(&mut transaction).await?;
        match (self.chain.keys().map(|keys| keys.current().id()), newest) {
            (Some(current), newest) if newest.as_ref() != Some(current) => {
                let text = format!("key {current}");
                let entry = AuditEntry::by_the_server(now, AuditEvent::AuditKeyChanged, text);
                audit::append(&mut transaction, &entry, &self.chain).await?;
            }
            (None, Some(sealed)) => {
                return Err(StoreError::Corrupt(format!(
                    "the audit record is sealed with key {sealed}, but [audit] names no key: set audit.key_file"
                )));
            }
            (Some(_) | None, _) => {}
        }
        super::commands::commit(transaction).await
    }

    /// The end of the chain.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn audit_head(&self) -> Result<Head, StoreError> {
        let mut connection = self.readers.acquire().await.map_err(|error| store_error(&error))?;
        head(&mut connection).await
    }

    /// Checks the whole record, as it is at one moment; the server may go on writing meanwhile.
    ///
    /// # Errors
    /// [`StoreError`]; what is wrong with the record itself is the inner [`Broken`].
    pub async fn verify_audit(&self, anchor: Option<Head>) -> Result<Result<Whole, Broken>, StoreError> {
        let mut verifier = Verifier::new(Head::START, self.chain.keys(), anchor);
        let checked = self.each_line(|line, link| verifier.check(&line, link.as_ref())).await?;
        let (numbered, linked) = match checked {
            Ok(ends) => ends,
            Err(broken) => return Ok(Err(broken)),
        };
        let whole = verifier.finish(End::OfTheRecord);
        // The counter of SQLite and the chain know of lines that were taken away at the end.
        Ok(whole.and_then(|whole| {
            let last = numbered.max(linked);
            if last > whole.head.sequence { Err(Broken::Missing(whole.head.sequence + 1)) } else { Ok(whole) }
        }))
    }

    /// The first line at or after `from` and the last before `to`. The first is greater than the last when there is none.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn audit_range(
        &self,
        from: Option<UtcTime>,
        to: Option<UtcTime>,
    ) -> Result<(i64, i64), StoreError> {
        let first: Option<i64> = sqlx::query_scalar("SELECT MIN(sequence) FROM audit WHERE at >= ?")
            .bind(from.map_or(i64::MIN, UtcTime::unix_millis))
            .fetch_one(&self.readers)
            .await
            .map_err(|error| store_error(&error))?;
        let last: Option<i64> = sqlx::query_scalar("SELECT MAX(sequence) FROM audit WHERE at < ?")
            .bind(to.map_or(i64::MAX, UtcTime::unix_millis))
            .fetch_one(&self.readers)
            .await
            .map_err(|error| store_error(&error))?;
        Ok((first.unwrap_or(i64::MAX), last.unwrap_or(0)))
    }

    /// Hands every line to `take`, in order, out of one snapshot, until it says stop. Answers with the last sequence that
    /// SQLite gave away and the last in the chain.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn each_line<E>(
        &self,
        mut take: impl FnMut(AuditLine, Option<Link>) -> Result<(), E>,
    ) -> Result<Result<(i64, i64), E>, StoreError> {
        let mut snapshot = self.readers.begin().await.map_err(|error| store_error(&error))?;
        let mut after = i64::MIN;
        loop {
            let rows = portion(&mut snapshot, after).await?;
            let Some(last) = rows.last() else { break };
            after = get(last, "sequence")?;
            for row in &rows {
                if let Err(stopped) = take(line(row)?, link(row)?) {
                    return Ok(Err(stopped));
                }
            }
        }
        let numbered: Option<i64> =
            sqlx::query_scalar("SELECT seq FROM sqlite_sequence WHERE name = 'audit'")
                .fetch_optional(&mut *snapshot)
                .await
                .map_err(|error| store_error(&error))?;
        let linked: Option<i64> = sqlx::query_scalar("SELECT MAX(sequence) FROM audit_chain")
            .fetch_one(&mut *snapshot)
            .await
            .map_err(|error| store_error(&error))?;
        Ok(Ok((numbered.unwrap_or(0), linked.unwrap_or(0))))
    }
}

async fn portion(connection: &mut SqliteConnection, after: i64) -> Result<Vec<SqliteRow>, StoreError> {
    let rows = sqlx::query(LINES).bind(after).bind(PORTION).fetch_all(connection).await;
    rows.map_err(|error| store_error(&error))
}

async fn head(connection: &mut SqliteConnection) -> Result<Head, StoreError> {
    let row = sqlx::query("SELECT sequence, hash FROM audit_chain ORDER BY sequence DESC LIMIT 1")
        .fetch_optional(connection)
        .await
        .map_err(|error| store_error(&error))?;
    let Some(row) = row else { return Ok(Head::START) };
    Ok(Head { sequence: get(&row, "sequence")?, hash: line_hash(get(&row, "hash")?)? })
}

async fn newest_key(connection: &mut SqliteConnection) -> Result<Option<KeyId>, StoreError> {
    let key: Option<Option<String>> =
        sqlx::query_scalar("SELECT key_id FROM audit_chain ORDER BY sequence DESC LIMIT 1")
            .fetch_optional(connection)
            .await
            .map_err(|error| store_error(&error))?;
    Ok(key.flatten().map(KeyId::trusted))
}

async fn insert(connection: &mut SqliteConnection, sequence: i64, link: &Link) -> Result<(), StoreError> {
    sqlx::query("INSERT INTO audit_chain (sequence, key_id, hash) VALUES (?, ?, ?)")
        .bind(sequence)
        .bind(link.key.as_ref().map(|key| key.as_str().to_owned()))
        .bind(link.hash.0.to_vec())
        .execute(connection)
        .await
        .map_err(|error| store_error(&error))?;
    Ok(())
}

fn line_hash(bytes: Vec<u8>) -> Result<LineHash, StoreError> {
    let bytes = bytes.try_into();
    bytes
        .map(LineHash)
        .map_err(|_| StoreError::Corrupt("a hash of the audit record is not 32 bytes".to_owned()))
}

fn line(row: &SqliteRow) -> Result<AuditLine, StoreError> {
    Ok(AuditLine {
        sequence: get(row, "sequence")?,
        at: get(row, "at")?,
        event: get(row, "event")?,
        person: get(row, "person_id")?,
        device: get(row, "device_id")?,
        result_id: get(row, "result_id")?,
        address: get(row, "address")?,
        request: get(row, "request_id")?,
        browser: get(row, "client_browser")?,
        system: get(row, "client_system")?,
        result: get(row, "result")?,
    })
}

fn link(row: &SqliteRow) -> Result<Option<Link>, StoreError> {
    let hash: Option<Vec<u8>> = get(row, "hash")?;
    let key: Option<String> = get(row, "key_id")?;
    hash.map(|hash| Ok(Link { key: key.map(KeyId::trusted), hash: line_hash(hash)? })).transpose()
}
