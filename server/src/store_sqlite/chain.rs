//! The audit record's chain in the database: linking new lines, chaining those that were there before it, sealing it with
//! another key, reading all of it back. What the hashes mean is in `domain/audit_chain.rs`.

use super::rows::get;
use super::{SqliteStore, audit, store_error};
use crate::domain::audit::{AuditEntry, AuditEvent};
use crate::domain::audit_chain::{AuditLine, Broken, End, Head, LineHash, Link, Verifier, Whole, hash};
use crate::domain::secret_key::{KeyId, KeyRing, SecretKey};
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

    /// Links lines that were written to the one before them, in their order. Only the holder of the chain may: over SQLite that
    /// is the one writer, at the end of its transaction. A line goes on with the key of the line before; only the line that
    /// [`SqliteStore::seal_audit`] writes may go on with another. Otherwise the server itself would cover, with its key, a
    /// record that somebody computed anew without it.
    pub(super) async fn link(
        &self,
        connection: &mut SqliteConnection,
        lines: &[AuditLine],
    ) -> Result<(), StoreError> {
        if lines.is_empty() {
            return Ok(());
        }
        let newest = newest(connection).await?;
        let key = self.keys().map(KeyRing::current);
        let goes_on = newest.as_ref().is_none_or(|(_, before)| before.as_ref() == key.map(SecretKey::id));
        let first = lines.first().filter(|line| line.event != AuditEvent::AuditKeyChanged.as_str());
        if let Some(line) = first.filter(|_| !goes_on) {
            return Err(StoreError::Corrupt(format!(
                "line {} of the audit record would follow one with another key: stop the server and run \
                 `portal-server audit verify`",
                line.sequence
            )));
        }
        let mut previous = newest.map_or(Head::START, |(head, _)| head).hash;
        for line in lines {
            previous = hash(previous, line, key);
            let link = Link { key: key.map(|key| key.id().clone()), hash: previous };
            insert(connection, line.sequence, &link).await?;
        }
        Ok(())
    }
}

/// Whether the database has a chain, before it is brought up to date.
pub(super) async fn has_begun(connection: &mut SqliteConnection) -> Result<bool, StoreError> {
    let tables: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM sqlite_master WHERE name = 'audit_chain'")
        .fetch_one(connection)
        .await?;
    Ok(tables > 0)
}

/// Chains the lines of a database from before there was a chain, in the transaction of the migration that makes its table
/// and never again: later, lines without a hash are a broken record. Without a key, because nobody answers for them yet.
pub(super) async fn begin(connection: &mut SqliteConnection) -> Result<(), StoreError> {
    let mut after = i64::MIN;
    let mut previous = LineHash::NOTHING;
    loop {
        let rows = portion(connection, after).await?;
        let Some(last) = rows.last() else { break };
        after = get(last, "sequence")?;
        for row in &rows {
            let line = line(row)?;
            previous = hash(previous, &line, None);
            insert(connection, line.sequence, &Link { key: None, hash: previous }).await?;
        }
    }
    sqlx::query("UPDATE audit_chain_start SET is_chained = 1").execute(connection).await?;
    Ok(())
}

impl SqliteStore {
    /// Writes into the record what happened to the record: that a chain was begun over lines that were there before, and,
    /// into an empty one, which key seals it. Called with a record that was verified.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn tell_of_chain(&self, now: UtcTime) -> Result<(), StoreError> {
        let mut transaction = self.begin_transaction().await?;
        let existing: Option<i64> =
            sqlx::query_scalar("SELECT existing FROM audit_chain_start WHERE is_told = 0 AND existing > 0")
                .fetch_optional(&mut *transaction)
                .await?;
        if let Some(existing) = existing {
            let text = format!("{existing} earlier lines");
            let entry = AuditEntry::by_the_server(now, AuditEvent::AuditChainStarted, text);
            audit::append(&mut transaction, &entry, &self.chain).await?;
            sqlx::query("UPDATE audit_chain_start SET is_told = 1").execute(&mut *transaction).await?;
        }
        if let Some(keys) = self.chain.keys()
            && newest(&mut transaction).await?.is_none()
        {
            let text = format!("key {}", keys.current().id());
            let entry = AuditEntry::by_the_server(now, AuditEvent::AuditKeyChanged, text);
            audit::append(&mut transaction, &entry, &self.chain).await?;
        }
        Ok(transaction.commit().await?)
    }

    /// Seals the record from here on with the current key, whatever it was sealed with before: whoever asks for this
    /// answers for the lines up to `verified`, which must still be the end.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] when the end is another one, or there is no key.
    pub async fn seal_audit(&self, verified: &Whole, now: UtcTime) -> Result<(), StoreError> {
        let Some(keys) = self.chain.keys() else {
            return Err(StoreError::Corrupt("[audit] names no key: set audit.key_file".to_owned()));
        };
        let mut transaction = self.begin_transaction().await?;
        if head(&mut transaction).await? != verified.head {
            return Err(StoreError::Corrupt("the audit record was changed meanwhile".to_owned()));
        }
        let text = format!("key {}, {} earlier lines", keys.current().id(), verified.lines);
        let entry = AuditEntry::by_the_server(now, AuditEvent::AuditKeyChanged, text);
        audit::append(&mut transaction, &entry, &self.chain).await?;
        Ok(transaction.commit().await?)
    }

    /// The key of the newest line, where it has one.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn newest_audit_key(&self) -> Result<Option<KeyId>, StoreError> {
        let mut connection = self.readers.acquire().await?;
        Ok(newest(&mut connection).await?.and_then(|(_, key)| key))
    }

    /// The end of the chain.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn audit_head(&self) -> Result<Head, StoreError> {
        let mut connection = self.readers.acquire().await?;
        head(&mut connection).await
    }

    /// Checks the whole record, as it is at one moment; the server may go on writing meanwhile.
    ///
    /// # Errors
    /// [`StoreError`]; what is wrong with the record itself is the inner [`Broken`].
    pub async fn verify_audit(
        &self,
        anchor: Option<Head>,
        end: End,
    ) -> Result<Result<Whole, Broken>, StoreError> {
        let mut verifier = Verifier::new(Head::START, self.chain.keys(), anchor);
        let checked = self.each_line(|line, link| verifier.check(&line, link.as_ref())).await?;
        let (numbered, linked) = match checked {
            Ok(ends) => ends,
            Err(broken) => return Ok(Err(broken)),
        };
        // The counter of SQLite and the chain know of lines that were taken away at the end.
        let last = verifier.head().sequence;
        if numbered.max(linked) > last {
            return Ok(Err(Broken::Missing(last.saturating_add(1))));
        }
        Ok(verifier.finish(end))
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
            .await?;
        let last: Option<i64> = sqlx::query_scalar("SELECT MAX(sequence) FROM audit WHERE at < ?")
            .bind(to.map_or(i64::MAX, UtcTime::unix_millis))
            .fetch_one(&self.readers)
            .await?;
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
        let mut snapshot = self.readers.begin().await?;
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
                .await?;
        let linked: Option<i64> =
            sqlx::query_scalar("SELECT MAX(sequence) FROM audit_chain").fetch_one(&mut *snapshot).await?;
        Ok(Ok((numbered.unwrap_or(0), linked.unwrap_or(0))))
    }
}

async fn portion(connection: &mut SqliteConnection, after: i64) -> Result<Vec<SqliteRow>, StoreError> {
    let rows = sqlx::query(LINES).bind(after).bind(PORTION).fetch_all(connection).await;
    rows.map_err(|error| store_error(&error))
}

async fn head(connection: &mut SqliteConnection) -> Result<Head, StoreError> {
    Ok(newest(connection).await?.map_or(Head::START, |(head, _)| head))
}

/// The newest line of the chain and its key.
async fn newest(connection: &mut SqliteConnection) -> Result<Option<(Head, Option<KeyId>)>, StoreError> {
    let row = sqlx::query("SELECT sequence, key_id, hash FROM audit_chain ORDER BY sequence DESC LIMIT 1")
        .fetch_optional(connection)
        .await?;
    let Some(row) = row else { return Ok(None) };
    let head = Head { sequence: get(&row, "sequence")?, hash: line_hash(get(&row, "hash")?)? };
    let key: Option<String> = get(&row, "key_id")?;
    Ok(Some((head, key.map(KeyId::trusted))))
}

async fn insert(connection: &mut SqliteConnection, sequence: i64, link: &Link) -> Result<(), StoreError> {
    sqlx::query("INSERT INTO audit_chain (sequence, key_id, hash) VALUES (?, ?, ?)")
        .bind(sequence)
        .bind(link.key.as_ref().map(|key| key.as_str().to_owned()))
        .bind(link.hash.0.to_vec())
        .execute(connection)
        .await?;
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
