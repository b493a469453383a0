//! Microsoft Intune by Microsoft Graph, app-only. What is asked of a tenant: `docs/device-services/intune.md`; why it is made
//! like this: `docs/adr/0043-intune-by-graph.md`.
//!
//! Graph knows no identifier of ours, answers 204 before anything is done and 503 after it perhaps was, issues the passcode
//! itself and takes nothing back. So each command has a row on the disk before it leaves ([`record`]), and is found again among
//! the results of its device ([`results`]).

mod answers;
mod apps;
mod bound;
mod branding;
mod calls;
mod categories;
mod certificate;
mod check;
mod compliance;
mod devices;
mod guid;
mod keys;
mod list_page;
mod organisation;
mod pace;
mod record;
mod results;
mod runs;
mod settings;
mod token;
mod words;

pub use calls::GraphError;
pub use certificate::ClientCertificate;
pub use check::check;
pub use guid::Guid;
pub use record::{CommandRecord, RecordError};
pub use runs::actions;
pub use settings::{Credential, DevicesVersion, GraphSettings, IDENTITY_URL};

use crate::domain::app::App;
use crate::domain::category::Category;
use crate::domain::compliance::ComplianceReport;
use crate::domain::device::Device;
use crate::domain::ids::DeviceId;
use crate::domain::person::PersonId;
use crate::ports::{
    CancelAnswer, Clock, DevicePage, DeviceService, PageRequest, Randomness, ReportSink, RunKey,
    ServiceError, StartAnswer, StartRun, StatusAnswer,
};
use async_trait::async_trait;
use branding::Hidden;
use calls::Graph;
use pace::Memory;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

/// A tenant of Microsoft Intune.
pub struct GraphService {
    settings: GraphSettings,
    graph: Graph,
    record: CommandRecord,
    memory: Memory,
    /// Whether this tenant keeps the list of a user shut, so that the filtered one is asked at once.
    lists_by_filter: AtomicBool,
    hidden: Mutex<Hidden>,
    asked_branding: Mutex<Option<organisation::Asked>>,
    clock: Arc<dyn Clock>,
    sink: Mutex<Option<Weak<dyn ReportSink>>>,
}

impl GraphService {
    /// A tenant; nothing is asked yet.
    ///
    /// # Errors
    /// [`GraphError`] when there can be no client for it.
    pub fn new(
        settings: GraphSettings,
        record: CommandRecord,
        clock: Arc<dyn Clock>,
        randomness: Arc<dyn Randomness>,
    ) -> Result<Self, GraphError> {
        let graph = Graph::new(&settings, Arc::clone(&clock), randomness)?;
        Ok(Self {
            settings,
            graph,
            record,
            memory: Memory::default(),
            lists_by_filter: AtomicBool::new(false),
            hidden: Mutex::default(),
            asked_branding: Mutex::default(),
            clock,
            sink: Mutex::default(),
        })
    }

    /// Looks how the tenant is, where that is not known, so that `ready` tells the truth also when nobody uses it.
    pub async fn look(&self) {
        if self.graph.wants_a_look()
            && let Ok(url) = self.graph.address(check::HARMLESS_READ)
        {
            // How it went is noted where it is asked.
            let _ = self.graph.get(url).await;
        }
    }

    /// Looks for ends of commands that nobody waits for any more: one may run after it counted as expired.
    pub async fn look_for_late_ends(&self) {
        let sink = self.sink.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(sink) = sink.and_then(|sink| sink.upgrade()) {
            self.tell_late_ends(sink.as_ref()).await;
        }
    }

    /// Closes the record of commands.
    pub async fn close(&self) {
        self.record.close().await;
    }
}

#[async_trait]
impl DeviceService for GraphService {
    async fn devices_of(&self, person: &PersonId, page: &PageRequest) -> Result<DevicePage, ServiceError> {
        let mut found = self.list(person, page).await?;
        found.devices = self.without_hidden(found.devices).await;
        Ok(found)
    }

    async fn device(&self, person: &PersonId, id: &DeviceId) -> Result<Option<Device>, ServiceError> {
        let found = self.one(person, id).await?;
        Ok(self.without_hidden(found.into_iter().collect()).await.pop())
    }

    async fn categories(&self, _device: &DeviceId) -> Result<Vec<Category>, ServiceError> {
        self.all_categories().await
    }

    async fn compliance(
        &self,
        person: &PersonId,
        device: &DeviceId,
    ) -> Result<ComplianceReport, ServiceError> {
        match (Guid::parse(person.as_str()), Guid::parse(device.as_str())) {
            (Some(person), Some(device)) => self.failing_rules(&person, &device).await,
            _ => Ok(ComplianceReport::default()),
        }
    }

    async fn apps(&self, _person: &PersonId, device: &DeviceId) -> Result<Vec<App>, ServiceError> {
        match Guid::parse(device.as_str()) {
            Some(device) => self.detected_apps(&device).await,
            None => Ok(Vec::new()),
        }
    }

    async fn start(&self, start: &StartRun) -> Result<StartAnswer, ServiceError> {
        self.start_run(&start.run).await
    }

    async fn status(&self, run: &RunKey) -> Result<StatusAnswer, ServiceError> {
        self.status_of_run(run).await
    }

    /// Graph takes nothing back.
    async fn cancel(&self, _run: &RunKey) -> Result<CancelAnswer, ServiceError> {
        Ok(CancelAnswer::TooLate)
    }

    async fn ready(&self) -> Result<(), ServiceError> {
        self.graph.ready()
    }

    /// A token, a question and a command, as long as each may take.
    fn patience(&self, _device: &DeviceId) -> Duration {
        Duration::from_secs(self.settings.post_timeout_seconds) + calls::TIMEOUT + Duration::from_secs(20)
    }

    fn report_to(&self, sink: Weak<dyn ReportSink>) {
        *self.sink.lock().unwrap_or_else(PoisonError::into_inner) = Some(sink);
    }
}
