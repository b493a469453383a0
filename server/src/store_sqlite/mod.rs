//! The store in SQLite: write-ahead log, one writing connection, several reading ones.
//!
//! All writes go through a single connection, so a transaction never meets another one of this process half-way;
//! `BEGIN IMMEDIATE` keeps that true for other processes. `synchronous=FULL` makes "committed" survive a power
//! cut, and `secure_delete` overwrites what is erased.

mod audit;
mod backup;
mod chain;
mod changes;
mod lock;
mod notifications;
mod operation;
mod rates;
mod revocations;
mod rows;
mod runs;
mod schema;
mod secrets;
mod sessions;
mod sign_ins;
mod unit;

use crate::domain::secret_key::KeyRing;
use crate::ports::StoreError;
use chain::Chain;
use sqlx::SqlitePool;
use sqlx::migrate::Migrator;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

pub use backup::Readied;
pub use lock::{DatabaseLock, LockError};

/// The tables, version by version.
static MIGRATIONS: Migrator = sqlx::migrate!("./migrations/store");
/// How many connections read at the same time.
const READERS: u32 = 4;
/// How long to wait for another process that holds the write lock.
const BUSY: Duration = Duration::from_secs(5);

/// How to open the database.
#[derive(Debug, Clone, Default)]
pub struct StoreOptions {
    /// The largest size in pages of 4 KiB; beyond it writes fail like on a full disk.
    pub max_pages: Option<u32>,
    /// The keys that seal the audit record; without them its chain is plain SHA-256.
    pub audit_keys: Option<Arc<KeyRing>>,
    /// The keys that seal sessions of session mode; without them there are no sessions.
    pub session_keys: Option<Arc<KeyRing>>,
    /// How long another program that holds the database is waited for; five seconds if `None`.
    pub patience: Option<Duration>,
}

/// The SQLite store.
#[derive(Debug, Clone)]
pub struct SqliteStore {
    writer: SqlitePool,
    readers: SqlitePool,
    chain: Chain,
    session_keys: Option<Arc<KeyRing>>,
}

impl SqliteStore {
    /// Opens the database, creates it if it does not exist, and brings its tables up to date.
    ///
    /// # Errors
    /// [`StoreError`] with the reason, for instance a folder that does not exist or may not be written.
    pub async fn open(path: &Path, options: StoreOptions) -> Result<Self, StoreError> {
        let connect = connect_options(path, &options);
        let writer = SqlitePoolOptions::new().max_connections(1).connect_with(connect.clone()).await?;
        bring_up_to_date(&writer).await?;
        let readers = SqlitePoolOptions::new()
            .max_connections(READERS)
            .connect_with(connect.read_only(true).create_if_missing(false))
            .await?;
        let StoreOptions { audit_keys, session_keys, max_pages: _, patience: _ } = options;
        Ok(Self { writer, readers, chain: Chain { keys: audit_keys }, session_keys })
    }

    /// Opens a database that exists, only to read it: nothing is brought up to date, nothing is written. A server may be
    /// writing meanwhile.
    ///
    /// # Errors
    /// [`StoreError`], also when its tables are of another version than this program's.
    pub async fn look(path: &Path, options: StoreOptions) -> Result<Self, StoreError> {
        let store = Self::open_read_only(path, options).await?;
        let version: i64 = sqlx::query_scalar("SELECT MAX(version) FROM _sqlx_migrations WHERE success")
            .fetch_one(&store.readers)
            .await?;
        let ours = MIGRATIONS.iter().map(|migration| migration.version).max().unwrap_or(0);
        if version != ours {
            return Err(StoreError::Unavailable(format!(
                "its tables are of version {version} and this program's of version {ours}: start the server of \
                 this version once"
            )));
        }
        Ok(store)
    }

    /// The same with a database of any version: only what every version has can be read.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn open_read_only(path: &Path, options: StoreOptions) -> Result<Self, StoreError> {
        // Without naming a journal mode: a server's database has a write-ahead log, a backup has none, and both stay so.
        let connect = SqliteConnectOptions::new().filename(path).read_only(true).busy_timeout(BUSY);
        let readers = SqlitePoolOptions::new().max_connections(READERS).connect_with(connect).await?;
        let chain = Chain { keys: options.audit_keys };
        Ok(Self { writer: readers.clone(), readers, chain, session_keys: options.session_keys })
    }

    /// Whether its audit record has hashes: it has none when no server of this version ever opened it.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn has_audit_chain(&self) -> Result<bool, StoreError> {
        let mut connection = self.readers.acquire().await?;
        chain::has_begun(&mut connection).await
    }

    /// Finishes what is running and closes the file.
    pub async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }
}

/// Runs the migrations that are missing, all of them or none.
async fn bring_up_to_date(writer: &SqlitePool) -> Result<(), StoreError> {
    let mut transaction = writer.begin_with("BEGIN IMMEDIATE").await?;
    let has_chain = chain::has_begun(&mut transaction).await?;
    let migrated = MIGRATIONS.run(&mut *transaction).await;
    migrated.map_err(|error| StoreError::Unavailable(error.to_string()))?;
    if !has_chain {
        chain::begin(&mut transaction).await?;
    }
    schema::check(&mut transaction).await?;
    Ok(transaction.commit().await?)
}

/// The settings every database of the server is opened with.
#[must_use]
pub(crate) fn connect_options(path: &Path, options: &StoreOptions) -> SqliteConnectOptions {
    let connect = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(options.patience.unwrap_or(BUSY))
        .pragma("secure_delete", "ON");
    match options.max_pages {
        Some(pages) => connect.pragma("max_page_count", pages.to_string()),
        None => connect,
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        store_error(&error)
    }
}

/// Classifies what SQLite says. The text of an error never holds a bound value, only SQL and codes.
pub(crate) fn store_error(error: &sqlx::Error) -> StoreError {
    let contradicts = matches!(
        error,
        sqlx::Error::ColumnDecode { .. } | sqlx::Error::ColumnNotFound(_) | sqlx::Error::TypeNotFound { .. }
    );
    if contradicts {
        StoreError::Corrupt(error.to_string())
    } else {
        StoreError::Unavailable(error.to_string())
    }
}
