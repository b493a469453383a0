//! The store in SQLite: write-ahead log, one writing connection, several reading ones.
//!
//! All writes go through a single connection, so a transaction never meets another one of this process half-way;
//! `BEGIN IMMEDIATE` keeps that true for other processes. `synchronous=FULL` makes "committed" survive a power
//! cut, and `secure_delete` overwrites what is erased.

mod audit;
mod browser_sessions;
mod commands;
mod events;
mod history;
mod notifications;
mod passcodes;
mod pending_sign_ins;
mod rows;
mod session_store;
mod sessions;
mod store;

use crate::ports::StoreError;
use sqlx::SqlitePool;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use std::path::Path;
use std::time::Duration;

/// How many connections read at the same time.
const READERS: u32 = 4;
/// How long to wait for another process that holds the write lock.
const BUSY: Duration = Duration::from_secs(5);

/// How to open the database.
#[derive(Debug, Clone, Copy, Default)]
pub struct StoreOptions {
    /// The largest size in pages of 4 KiB; beyond it writes fail like on a full disk.
    pub max_pages: Option<u32>,
}

/// The SQLite store.
#[derive(Debug, Clone)]
pub struct SqliteStore {
    writer: SqlitePool,
    readers: SqlitePool,
}

impl SqliteStore {
    /// Opens the database, creates it if it does not exist, and brings its tables up to date.
    ///
    /// # Errors
    /// [`StoreError`] with the reason, for instance a folder that does not exist or may not be written.
    pub async fn open(path: &Path, options: StoreOptions) -> Result<Self, StoreError> {
        let connect = connect_options(path, options);
        let writer = SqlitePoolOptions::new()
            .max_connections(1)
            .connect_with(connect.clone())
            .await
            .map_err(|error| store_error(&error))?;
        sqlx::migrate!("./migrations/store")
            .run(&writer)
            .await
            .map_err(|error| StoreError::Unavailable(error.to_string()))?;
        let readers = SqlitePoolOptions::new()
            .max_connections(READERS)
            .connect_with(connect.read_only(true).create_if_missing(false))
            .await
            .map_err(|error| store_error(&error))?;
        Ok(Self { writer, readers })
    }

    /// Finishes what is running and closes the file.
    pub async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }
}

/// The settings every database of the server is opened with.
#[must_use]
pub(crate) fn connect_options(path: &Path, options: StoreOptions) -> SqliteConnectOptions {
    let connect = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(BUSY)
        .pragma("secure_delete", "ON");
    match options.max_pages {
        Some(pages) => connect.pragma("max_page_count", pages.to_string()),
        None => connect,
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
