//! The unit of work: one connection, with a transaction where it writes.

use super::SqliteStore;
use super::chain::Chain;
use crate::domain::secret_key::KeyRing;
use crate::ports::{Storage, StoreError, UnitOfWork};
use async_trait::async_trait;
use portal_contract::UtcTime;
use sqlx::pool::PoolConnection;
use sqlx::{Row as _, Sqlite, SqliteConnection, Transaction};
use std::sync::Arc;

enum Connection {
    Reading(PoolConnection<Sqlite>),
    Writing(Transaction<'static, Sqlite>),
}

/// A unit of work. Each repository is implemented for it in the file of its tables.
pub(super) struct SqliteUnit {
    connection: Connection,
    pub(super) chain: Chain,
    pub(super) session_keys: Option<Arc<KeyRing>>,
}

impl SqliteUnit {
    pub(super) fn connection(&mut self) -> &mut SqliteConnection {
        match &mut self.connection {
            Connection::Reading(connection) => connection,
            Connection::Writing(transaction) => transaction,
        }
    }
}

impl SqliteStore {
    fn unit(&self, connection: Connection) -> SqliteUnit {
        SqliteUnit { connection, chain: self.chain.clone(), session_keys: self.session_keys.clone() }
    }

    /// A transaction that holds the write lock from its first moment.
    pub(super) async fn begin_transaction(&self) -> Result<Transaction<'static, Sqlite>, StoreError> {
        Ok(self.writer.begin_with("BEGIN IMMEDIATE").await?)
    }
}

#[async_trait]
impl Storage for SqliteStore {
    async fn read(&self) -> Result<Box<dyn UnitOfWork>, StoreError> {
        Ok(Box::new(self.unit(Connection::Reading(self.readers.acquire().await?))))
    }

    async fn begin(&self) -> Result<Box<dyn UnitOfWork>, StoreError> {
        Ok(Box::new(self.unit(Connection::Writing(self.begin_transaction().await?))))
    }

    async fn link_audit(&self, holder: &str, now: UtcTime, until: UtcTime) -> Result<u64, StoreError> {
        self.link_waiting(holder, now, until).await
    }

    /// Writes the write-ahead log back and cuts it to nothing.
    async fn forget_erased(&self) -> Result<(), StoreError> {
        let row = sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").fetch_one(&self.writer).await?;
        // 1 in the first column: a reader was in the way; the log is emptied with the next sweep or on closing.
        if row.try_get::<i64, _>(0)? != 0 {
            tracing::debug!("the write-ahead log is in use; it is emptied later");
        }
        Ok(())
    }
}

#[async_trait]
impl UnitOfWork for SqliteUnit {
    async fn save(self: Box<Self>) -> Result<(), StoreError> {
        match self.connection {
            Connection::Reading(_) => Ok(()),
            Connection::Writing(transaction) => Ok(transaction.commit().await?),
        }
    }
}
