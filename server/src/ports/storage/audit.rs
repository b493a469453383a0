//! The audit record as the use cases need it: appended to, counted in, read back for the person it is about.

use super::{CountedBy, RunCount, StoreError};
use crate::domain::audit::{AuditEntry, AuditEvent};
use crate::domain::history::RecordedEntry;
use crate::domain::ids::{DeviceId, RequestId, ResultId};
use crate::domain::person::PersonId;
use async_trait::async_trait;
use portal_contract::UtcTime;

/// Which part of a history is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HistoryPage {
    /// At most this many.
    pub size: u16,
    /// Only entries before this place in the record, as [`RecordedEntry`] names it.
    pub before: Option<String>,
}

/// The audit record.
#[async_trait]
pub trait AuditLog {
    /// Appends an entry.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn append_audit(&mut self, entry: &AuditEntry) -> Result<(), StoreError>;

    /// How often something happened after a moment.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn count_audit(
        &mut self,
        event: AuditEvent,
        by: CountedBy<'_>,
        after: UtcTime,
    ) -> Result<RunCount, StoreError>;

    /// When, and by which request, something first happened with a run of the person's.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn first_audit(
        &mut self,
        event: AuditEvent,
        person: &PersonId,
        run: &ResultId,
    ) -> Result<Option<(UtcTime, RequestId)>, StoreError>;

    /// What the person is shown of the record ([`crate::domain::history::shown_events`]), newest first, one entry more than the
    /// page's size if there is one. `None` when the page begins at a place that is not one of this person's.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn history(
        &mut self,
        person: &PersonId,
        device: Option<&DeviceId>,
        page: &HistoryPage,
    ) -> Result<Option<Vec<RecordedEntry>>, StoreError>;
}
