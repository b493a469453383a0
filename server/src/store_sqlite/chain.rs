//! The audit record's chain in the database: linking lines that wait, chaining those that were there before it, sealing it
//! with another key, reading all of it back. What the hashes mean is in `domain/audit_chain.rs`.

use super::rows::get;
use super::{SqliteStore, audit, store_error};
use crate::domain::audit::{AuditEntry, AuditEvent};
use crate::domain::audit_chain::{
    AuditLine, Broken, End, Head, LineHash, Link, NONCE_BYTES, Standing, Verifier, Whole, hash, seal,
};
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
const PAGE_SIZE: i64 = 500;
/// The name of the lease under which lines are linked.
const LEASE: &str = "audit-chain";
/// A portion of the lines after a sequence, with their links and seals.
const LINES: &str = "SELECT audit.*, audit_chain.key_id AS key_id, audit_chain.hash AS hash, \
     audit_seals.nonce AS nonce, audit_seals.key_id AS seal_key_id, audit_seals.hash AS seal FROM audit \
     LEFT JOIN audit_chain ON audit_chain.sequence = audit.sequence \
     LEFT JOIN audit_seals ON audit_seals.sequence = audit.sequence \
     WHERE audit.sequence > ? ORDER BY audit.sequence LIMIT ?";
/// The same of a record from before there were seals.
const LINES_WITHOUT_SEALS: &str = "SELECT audit.*, audit_chain.key_id AS key_id, audit_chain.hash AS hash, \
     NULL AS nonce, NULL AS seal_key_id, NULL AS seal FROM audit \
     LEFT JOIN audit_chain ON audit_chain.sequence = audit.sequence \
     WHERE audit.sequence > ? ORDER BY audit.sequence LIMIT ?";

impl Chain {
    fn keys(&self) -> Option<&KeyRing> {
        self.keys.as_deref()
    }

    /// Seals a line that was just written: nothing of another line is needed, so no write waits for another's.
    pub(super) async fn seal(
        &self,
        connection: &mut SqliteConnection,
        line: &AuditLine,
    ) -> Result<(), StoreError> {
        let key = self.keys().map(KeyRing::current);
        let nonce: Vec<u8> = sqlx::query_scalar("SELECT randomblob(16)").fetch_one(&mut *connection).await?;
        let nonce = exactly::<NONCE_BYTES>(nonce)?;
        sqlx::query("INSERT INTO audit_seals (sequence, nonce, key_id, hash) VALUES (?, ?, ?, ?)")
            .bind(line.sequence)
            .bind(nonce.to_vec())
            .bind(key.map(|key| key.id().as_str().to_owned()))
            .bind(seal(&nonce, line, key).0.to_vec())
            .execute(connection)
            .await?;
        Ok(())
    }

    /// Links lines that wait to the one before them, in their order, each with the key of its seal; at most a portion, and how
    /// many it were. Only the holder of the chain may. What is linked is checked first: otherwise the server itself would
    /// cover, with its key, lines that somebody wrote without it. A line goes on with the key of the line before; only the
    /// line that [`SqliteStore::seal_audit`] writes may go on with another.
    async fn link_portion(&self, connection: &mut SqliteConnection) -> Result<usize, StoreError> {
        let (mut head, last_key) = newest(connection).await?.unwrap_or((Head::START, None));
        let mut verifier = Verifier::going_on(head, last_key, self.keys());
        let rows = portion(connection, LINES, head.sequence).await?;
        for row in &rows {
            let (line, standing) = (line(row)?, standing(row)?);
            verifier.check(&line, &standing).map_err(|broken| {
                StoreError::Corrupt(format!(
                    "line {} of the audit record cannot be linked ({}): stop the server and run \
                     `portal-server audit verify`",
                    line.sequence,
                    broken.code()
                ))
            })?;
            // What follows the newest link and was found right waits.
            let Standing::Waiting { seal: Link { key: id, .. }, .. } = standing else { break };
            let key = id.as_ref().and_then(|id| self.keys()?.find(id));
            head = Head { sequence: line.sequence, hash: hash(head.hash, &line, key) };
            insert(connection, line.sequence, &Link { key: id, hash: head.hash }).await?;
        }
        Ok(rows.len())
    }

    /// Links all lines that wait.
    pub(super) async fn link_all(&self, connection: &mut SqliteConnection) -> Result<u64, StoreError> {
        let mut linked = 0;
        loop {
            let number = self.link_portion(connection).await?;
            linked += u64::try_from(number).unwrap_or(u64::MAX);
            if number == 0 {
                return Ok(linked);
            }
        }
    }
}

/// Takes or keeps the lease on the chain; false while another holds it.
async fn take_lease(
    connection: &mut SqliteConnection,
    holder: &str,
    now: UtcTime,
    until: UtcTime,
) -> Result<bool, StoreError> {
    let taken = sqlx::query(
        "INSERT INTO leases (name, holder, until) VALUES (?, ?, ?) ON CONFLICT (name) DO UPDATE \
         SET holder = excluded.holder, until = excluded.until WHERE leases.holder = excluded.holder OR leases.until <= ?",
    )
    .bind(LEASE)
    .bind(holder)
    .bind(until.unix_millis())
    .bind(now.unix_millis())
    .execute(connection)
    .await?;
    Ok(taken.rows_affected() > 0)
}

/// Whether the database has a chain, before it is brought up to date.
pub(super) async fn has_begun(connection: &mut SqliteConnection) -> Result<bool, StoreError> {
    has_table(connection, "audit_chain").await
}

async fn has_table(connection: &mut SqliteConnection, name: &str) -> Result<bool, StoreError> {
    let tables: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM sqlite_master WHERE name = ?")
        .bind(name)
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
        let rows = portion(connection, LINES_WITHOUT_SEALS, after).await?;
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
    /// Links lines that wait, if nobody else holds the chain: a portion at a time, so that no write waits for long. How many.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] when a line that waits was not written by a server with these keys; it stays as it is.
    pub(super) async fn link_waiting(
        &self,
        holder: &str,
        now: UtcTime,
        until: UtcTime,
    ) -> Result<u64, StoreError> {
        let mut linked: u64 = 0;
        loop {
            let waits: bool = sqlx::query_scalar(
                "SELECT COALESCE((SELECT MAX(sequence) FROM audit), 0) \
                 > COALESCE((SELECT MAX(sequence) FROM audit_chain), 0)",
            )
            .fetch_one(&self.readers)
            .await?;
            if !waits {
                return Ok(linked);
            }
            let mut transaction = self.begin_transaction().await?;
            if !take_lease(&mut transaction, holder, now, until).await? {
                return Ok(linked);
            }
            let number = self.chain.link_portion(&mut transaction).await?;
            transaction.commit().await?;
            linked = linked.saturating_add(u64::try_from(number).unwrap_or(u64::MAX));
        }
    }

    /// Writes into the record what happened to the record: that a chain was begun over lines that were there before, and,
    /// into an empty one, which key seals it. Called with a record that was verified.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn record_chain_start(&self, now: UtcTime) -> Result<(), StoreError> {
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
        let is_same = head(&mut transaction).await? == verified.head;
        if self.chain.link_all(&mut transaction).await? != verified.waiting || !is_same {
            return Err(StoreError::Corrupt("the audit record was changed meanwhile".to_owned()));
        }
        let text = format!("key {}, {} earlier lines", keys.current().id(), verified.lines);
        let entry = AuditEntry::by_the_server(now, AuditEvent::AuditKeyChanged, text);
        audit::append(&mut transaction, &entry, &self.chain).await?;
        Ok(transaction.commit().await?)
    }

    /// The key of the newest line, linked or waiting, where it has one.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn newest_audit_key(&self) -> Result<Option<KeyId>, StoreError> {
        let mut connection = self.readers.acquire().await?;
        let waiting: Option<Option<String>> = sqlx::query_scalar(
            "SELECT key_id FROM audit_seals WHERE sequence > \
             COALESCE((SELECT MAX(sequence) FROM audit_chain), 0) ORDER BY sequence DESC LIMIT 1",
        )
        .fetch_optional(&mut *connection)
        .await?;
        match waiting {
            Some(key) => Ok(key.map(KeyId::trusted)),
            None => Ok(newest(&mut connection).await?.and_then(|(_, key)| key)),
        }
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
        let checked = self.each_line(|line, standing| verifier.check(&line, &standing)).await?;
        let (numbered, linked) = match checked {
            Ok(ends) => ends,
            Err(broken) => return Ok(Err(broken)),
        };
        // The counter of SQLite and the chain know of lines that were taken away at the end.
        let last = verifier.last();
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
    /// SQLite gave away and the last that is linked or sealed.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn each_line<E>(
        &self,
        mut take: impl FnMut(AuditLine, Standing) -> Result<(), E>,
    ) -> Result<Result<(i64, i64), E>, StoreError> {
        let mut snapshot = self.readers.begin().await?;
        let lines = if has_table(&mut snapshot, "audit_seals").await? { LINES } else { LINES_WITHOUT_SEALS };
        let mut after = i64::MIN;
        loop {
            let rows = portion(&mut snapshot, lines, after).await?;
            let Some(last) = rows.last() else { break };
            after = get(last, "sequence")?;
            for row in &rows {
                if let Err(stopped) = take(line(row)?, standing(row)?) {
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
        let sealed: Option<i64> = if lines == LINES {
            sqlx::query_scalar("SELECT MAX(sequence) FROM audit_seals").fetch_one(&mut *snapshot).await?
        } else {
            None
        };
        Ok(Ok((numbered.unwrap_or(0), linked.max(sealed).unwrap_or(0))))
    }
}

async fn portion(
    connection: &mut SqliteConnection,
    lines: &'static str,
    after: i64,
) -> Result<Vec<SqliteRow>, StoreError> {
    let rows = sqlx::query(lines).bind(after).bind(PAGE_SIZE).fetch_all(connection).await;
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

fn exactly<const LENGTH: usize>(bytes: Vec<u8>) -> Result<[u8; LENGTH], StoreError> {
    let bytes = bytes.try_into();
    bytes.map_err(|_| StoreError::Corrupt(format!("bytes of the audit record are not {LENGTH}")))
}

fn line_hash(bytes: Vec<u8>) -> Result<LineHash, StoreError> {
    exactly(bytes).map(LineHash)
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

fn standing(row: &SqliteRow) -> Result<Standing, StoreError> {
    let link = |hash: Vec<u8>, key: Option<String>| {
        Ok::<_, StoreError>(Link { key: key.map(KeyId::trusted), hash: line_hash(hash)? })
    };
    if let Some(hash) = get::<Option<Vec<u8>>>(row, "hash")? {
        return Ok(Standing::Linked(link(hash, get(row, "key_id")?)?));
    }
    let Some(seal) = get::<Option<Vec<u8>>>(row, "seal")? else { return Ok(Standing::Bare) };
    Ok(Standing::Waiting { nonce: exactly(get(row, "nonce")?)?, seal: link(seal, get(row, "seal_key_id")?)? })
}
