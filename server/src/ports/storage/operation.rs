//! What those who operate the server want to know.

use super::StoreError;
use crate::domain::operation::Figures;
use async_trait::async_trait;
use portal_contract::UtcTime;

/// Questions of operation.
#[async_trait]
pub trait Operation {
    /// Writes something of size and takes it away again, to know, once it is saved, that it can be done.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn probe(&mut self) -> Result<(), StoreError>;

    /// Figures of this moment.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn figures(&mut self, now: UtcTime) -> Result<Figures, StoreError>;
}
