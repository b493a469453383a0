//! The portal's own durable memory: one repository for each kind of thing, all of them on one unit of work. What belongs together
//! is decided by the use case that writes it; whatever is not saved together did not happen.

mod audit;
mod changes;
mod notifications;
mod operation;
mod rates;
mod runs;
mod secrets;
mod sessions;

pub use audit::{AuditLog, HistoryPage};
pub use changes::{Changed, Changes, NumberedChange};
pub use notifications::Notifications;
pub use operation::Operation;
pub use rates::{RateBucket, RateBuckets};
pub use runs::{Claim, CountedBy, DeviceNames, Requests, RunCount, Runs};
pub use secrets::{ErasedSecret, KeptSecret, NewSecret, Secrets};
pub use sessions::{NewSession, Revocations, Sessions, SignIns, StoredSession};

use async_trait::async_trait;
use portal_contract::UtcTime;

/// The store could not do it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StoreError {
    /// It cannot be written or read now (full disk, locked, gone); nothing was half done.
    Unavailable(String),
    /// What it holds contradicts the program: a defect or a damaged file.
    Corrupt(String),
}

/// Where units of work come from.
#[async_trait]
pub trait Storage: Send + Sync {
    /// A unit that only reads: what was saved until now. Writing with it fails.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn read(&self) -> Result<Box<dyn UnitOfWork>, StoreError>;

    /// A unit that reads and writes. It sees nothing half done of others and others see nothing of it until it is saved; dropped
    /// before that, it leaves nothing behind.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn begin(&self) -> Result<Box<dyn UnitOfWork>, StoreError>;

    /// Links lines of the audit record that wait for it, unless another server holds the chain before `until` of its lease has
    /// come; how many.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] when a line that waits was not written by a server with these keys: nothing is linked any more
    /// until somebody looks into it.
    async fn link_audit(&self, holder: &str, now: UtcTime, until: UtcTime) -> Result<u64, StoreError>;

    /// Makes sure that what was erased does not live on in a log of the engine.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn forget_erased(&self) -> Result<(), StoreError>;
}

/// Everything that is read and written together.
#[async_trait]
pub trait UnitOfWork:
    Runs
    + Requests
    + Secrets
    + DeviceNames
    + AuditLog
    + Notifications
    + Changes
    + Sessions
    + SignIns
    + Revocations
    + RateBuckets
    + Operation
    + Send
{
    /// Makes it durable, all of it or nothing.
    ///
    /// # Errors
    /// [`StoreError`]; then nothing was written.
    async fn save(self: Box<Self>) -> Result<(), StoreError>;
}
