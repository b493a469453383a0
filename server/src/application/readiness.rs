//! Whether the server can do its work, asked by whoever sends it requests; and what it says about itself.

use super::{Portal, Refusal};
use crate::domain::operation::{Figures, NotReady};
use crate::ports::StoreError;
use portal_contract::UtcTime;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::sync::Mutex;

/// For how long an answer is good: the question may come from anybody and must not become work, in milliseconds.
const GOOD_FOR_MILLIS: u64 = 1000;
/// How long the back end may take.
const FLEET_TIME: Duration = Duration::from_secs(3);

/// What was found out last.
#[derive(Default)]
pub(super) struct Readiness {
    last: Mutex<Option<(UtcTime, Vec<NotReady>)>>,
    stopping: AtomicBool,
}

impl Portal {
    /// From now on the server says that it is not ready: whoever sends it requests should stop doing so.
    pub fn begin_stop(&self) {
        self.readiness.stopping.store(true, Ordering::SeqCst);
    }

    /// Whether the server is about to stop.
    #[must_use]
    pub fn is_stopping(&self) -> bool {
        self.readiness.stopping.load(Ordering::SeqCst)
    }

    /// Why the portal cannot work now; empty when it can. Asked often, it looks once a second.
    pub async fn not_ready(&self) -> Vec<NotReady> {
        // Held while looking, so that a crowd looks once.
        let mut last = self.readiness.last.lock().await;
        let now = self.now();
        let known = last
            .as_ref()
            .filter(|(at, _)| now.unix_millis().abs_diff(at.unix_millis()) < GOOD_FOR_MILLIS)
            .map(|(_, found)| found.clone());
        let mut found = match known {
            Some(found) => found,
            None => {
                let found = self.look().await;
                *last = Some((now, found.clone()));
                found
            }
        };
        if self.is_stopping() {
            found.push(NotReady::Stopping);
        }
        found
    }

    async fn probe_store(&self) -> Result<(), StoreError> {
        let mut unit = self.parts.store.begin().await?;
        unit.probe().await?;
        unit.save().await
    }

    async fn look(&self) -> Vec<NotReady> {
        let mut found = Vec::new();
        if let Err(error) = self.probe_store().await {
            tracing::warn!(?error, "not ready: the database cannot be written");
            found.push(NotReady::DatabaseNotWritable);
        }
        if self.is_record_broken.load(Ordering::SeqCst) {
            found.push(NotReady::AuditRecordBroken);
        }
        let ready = tokio::time::timeout(FLEET_TIME, self.parts.services.ready()).await;
        if !matches!(ready, Ok(Ok(()))) {
            tracing::warn!("not ready: the device back end does not answer");
            found.push(NotReady::FleetUnreachable);
        }
        found
    }

    /// What the server says about itself now.
    ///
    /// # Errors
    /// [`Refusal::Unavailable`].
    pub async fn figures(&self) -> Result<Figures, Refusal> {
        let figures = self.parts.store.read().await?.figures(self.now()).await?;
        Ok(Figures { streams: self.live.open(), ..figures })
    }
}
