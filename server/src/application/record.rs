//! The audit record as the use cases write it, and the linking of its lines.

use super::{DeviceCall, Portal, Refusal};
use crate::domain::audit::{AuditEntry, AuditEvent};
use crate::domain::ids::ResultId;
use crate::ports::StoreError;
use portal_contract::UtcTime;
use std::sync::atomic::Ordering;

/// Who holds the chain. One process for each storage today; it takes back at once what it held before a crash.
const HOLDER: &str = "server";
/// For how long nobody else may link lines, in milliseconds.
const LEASE_MILLIS: i64 = 10_000;

impl Portal {
    /// Appends an entry to the audit record, by itself.
    pub(super) async fn audit(&self, entry: &AuditEntry) -> Result<(), StoreError> {
        let mut unit = self.parts.store.begin().await?;
        unit.append_audit(entry).await?;
        unit.save().await
    }

    /// Writes a refusal into the audit record. A refusal stays one even when that fails.
    pub(super) async fn audit_refusal(&self, event: AuditEvent, call: &DeviceCall, refusal: &Refusal) {
        let entry = audit_entry(event, call, None, self.now(), refusal.audit_code());
        if let Err(error) = self.audit(&entry).await {
            tracing::error!(?error, "a refusal could not be written into the audit record");
        }
    }

    /// Links lines of the audit record that were written since the last time; how many. A line that the server did not write
    /// stops the linking, and the server says that it is not ready, until somebody looks into it.
    ///
    /// # Errors
    /// [`Refusal::Unavailable`], [`Refusal::Internal`] for such a line.
    pub async fn link_audit(&self) -> Result<u64, Refusal> {
        let now = self.now();
        let until = UtcTime::from_unix_millis(now.unix_millis().saturating_add(LEASE_MILLIS));
        let linked = self.parts.store.link_audit(HOLDER, now, until).await;
        if let Err(StoreError::Corrupt(reason)) = &linked
            && !self.is_record_broken.swap(true, Ordering::SeqCst)
        {
            tracing::error!(%reason, "the audit record is not linked any more");
        }
        Ok(linked?)
    }
}

/// An entry about a call.
pub(super) fn audit_entry(
    event: AuditEvent,
    call: &DeviceCall,
    result_id: Option<ResultId>,
    at: UtcTime,
    result: String,
) -> AuditEntry {
    AuditEntry {
        at,
        event,
        person: Some(call.sign_in.person().clone()),
        device: call.device.clone(),
        result_id,
        origin: Some(call.origin.clone()),
        result,
    }
}
