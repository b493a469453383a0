//! Several device services as one. Identifiers of devices are `service:native`; those of the first service stay bare, because
//! records, bookmarks and databases from before there were several hold them.
//!
//! A service that does not answer hides only its own devices, and one that is slow does not hold up the others: all are asked at
//! the same time, each for so long.

use crate::domain::app::App;
use crate::domain::category::Category;
use crate::domain::compliance::ComplianceReport;
use crate::domain::device::Device;
use crate::domain::ids::{DeviceId, ResultId};
use crate::domain::person::PersonId;
use crate::domain::switches::{SwitchedOff, switched};
use crate::ports::{
    CancelAnswer, DevicePage, DeviceService, PageRequest, ReportSink, Reported, RunKey, ServiceError,
    StartAnswer, StartRun, StatusAnswer,
};
use async_trait::async_trait;
use futures_util::future::join_all;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

/// How long a service may take to list devices before the list goes out without them.
const LIST_PATIENCE: Duration = Duration::from_secs(5);

/// A service and what it is called here.
pub struct NamedService {
    /// The name: letters, digits and hyphens.
    pub name: String,
    /// The service.
    pub service: Arc<dyn DeviceService>,
}

/// The services, the first of which has no prefix.
pub struct ServiceRouter {
    services: Vec<NamedService>,
    /// The services hold their sinks weakly; here they live.
    sinks: Mutex<Vec<Arc<ServiceSink>>>,
    patience: Duration,
    switches: Vec<SwitchedOff>,
}

/// Brings what a service tells to the portal, under the portal's name of the device.
struct ServiceSink {
    prefix: Option<String>,
    sink: Weak<dyn ReportSink>,
}

#[async_trait]
impl ReportSink for ServiceSink {
    async fn reported(&self, run: &ResultId, device: &DeviceId, reported: Reported) {
        let device = DeviceId::in_service(self.prefix.as_deref(), device);
        if let Some(sink) = self.sink.upgrade() {
            sink.reported(run, &device, reported).await;
        }
    }
}

impl ServiceRouter {
    /// The services in the order in which their devices are listed.
    #[must_use]
    pub fn new(services: Vec<NamedService>) -> Self {
        Self { services, sinks: Mutex::default(), patience: LIST_PATIENCE, switches: Vec::new() }
    }

    /// The same, less patient with a service that says nothing.
    #[must_use]
    pub fn with_patience(self, patience: Duration) -> Self {
        Self { patience, ..self }
    }

    /// The same without what the organisation switched off, whatever a service has.
    #[must_use]
    pub fn without(self, switches: Vec<SwitchedOff>) -> Self {
        Self { switches, ..self }
    }

    fn prefix(&self, place: usize) -> Option<&str> {
        let named = self.services.get(place).filter(|_| place > 0)?;
        Some(&named.name)
    }

    /// The service of a device, and what it calls it. `None` when there is no such service (any more).
    fn service_of(&self, device: &DeviceId) -> Option<(usize, &dyn DeviceService, DeviceId)> {
        let (name, native) = device.of_service();
        let place = match name {
            None => 0,
            Some(name) => self.services.iter().skip(1).position(|one| one.name == name)? + 1,
        };
        let named = self.services.get(place)?;
        Some((place, named.service.as_ref(), DeviceId::trusted(native.to_owned())))
    }

    fn ours(&self, place: usize, device: Device) -> Device {
        let id = DeviceId::in_service(self.prefix(place), &device.id);
        switched(Device { id, ..device }, &self.switches)
    }

    /// A run as its service knows it.
    fn routed(&self, run: &RunKey) -> Result<(&dyn DeviceService, RunKey), ServiceError> {
        // A service that was taken out of the configuration: nobody knows what became of its runs.
        let (_, service, device) = self.service_of(&run.device).ok_or(ServiceError::NoAnswer)?;
        Ok((service, RunKey { device, ..run.clone() }))
    }
}

#[async_trait]
impl DeviceService for ServiceRouter {
    async fn devices_of(&self, person: &PersonId, page: &PageRequest) -> Result<DevicePage, ServiceError> {
        let (first, after) = match &page.after {
            None => (0, None),
            Some(id) => match self.service_of(id) {
                Some((place, _, native)) => (place, Some(native)),
                None => {
                    return Ok(DevicePage { devices: Vec::new(), next_after: None, unavailable: Vec::new() });
                }
            },
        };
        let asked = self.services.iter().enumerate().skip(first).map(|(place, named)| {
            let request = PageRequest { size: page.size, after: after.clone().filter(|_| place == first) };
            async move {
                let answer = named.service.devices_of(person, &request);
                let answer = tokio::time::timeout(self.patience, answer).await;
                (place, named, answer.unwrap_or(Err(ServiceError::NoAnswer)))
            }
        });
        let mut all = DevicePage { devices: Vec::new(), next_after: None, unavailable: Vec::new() };
        let mut last_error = None;
        let mut has_answered = false;
        for (place, named, answer) in join_all(asked).await {
            match answer {
                Ok(found) => {
                    has_answered = true;
                    let room = page.size.saturating_sub(all.devices.len());
                    let is_more = found.devices.len() > room || found.next_after.is_some();
                    all.devices
                        .extend(found.devices.into_iter().take(room).map(|device| self.ours(place, device)));
                    all.unavailable.extend(found.unavailable);
                    if is_more && all.next_after.is_none() {
                        all.next_after = all.devices.last().map(|device| device.id.clone());
                    }
                }
                Err(error) => {
                    tracing::warn!(?error, service = named.name, "a device service did not list its devices");
                    all.unavailable.push(named.name.clone());
                    last_error = Some(error);
                }
            }
            if all.next_after.is_some() {
                break;
            }
        }
        // Without any answer there is no list. A later page is the rest of one: it ends, and says whose devices are missing.
        match last_error {
            Some(error) if !has_answered && page.after.is_none() => Err(error),
            Some(_) | None => Ok(all),
        }
    }

    async fn device(&self, person: &PersonId, id: &DeviceId) -> Result<Option<Device>, ServiceError> {
        let Some((place, service, native)) = self.service_of(id) else { return Ok(None) };
        Ok(service.device(person, &native).await?.map(|device| self.ours(place, device)))
    }

    async fn categories(&self, device: &DeviceId) -> Result<Vec<Category>, ServiceError> {
        let Some((_, service, native)) = self.service_of(device) else { return Ok(Vec::new()) };
        service.categories(&native).await
    }

    async fn compliance(
        &self,
        person: &PersonId,
        device: &DeviceId,
    ) -> Result<ComplianceReport, ServiceError> {
        let Some((_, service, native)) = self.service_of(device) else {
            return Ok(ComplianceReport::default());
        };
        service.compliance(person, &native).await
    }

    async fn apps(&self, person: &PersonId, device: &DeviceId) -> Result<Vec<App>, ServiceError> {
        let Some((_, service, native)) = self.service_of(device) else { return Ok(Vec::new()) };
        service.apps(person, &native).await
    }

    async fn start(&self, start: &StartRun) -> Result<StartAnswer, ServiceError> {
        let (service, run) = self.routed(&start.run)?;
        service.start(&StartRun { run, secret: start.secret.clone() }).await
    }

    async fn status(&self, run: &RunKey) -> Result<StatusAnswer, ServiceError> {
        let (service, run) = self.routed(run)?;
        service.status(&run).await
    }

    async fn cancel(&self, run: &RunKey) -> Result<CancelAnswer, ServiceError> {
        let (service, run) = self.routed(run)?;
        service.cancel(&run).await
    }

    /// Ready as long as one of them is: the others hide only their own devices.
    async fn ready(&self) -> Result<(), ServiceError> {
        let answers = join_all(self.services.iter().map(|named| named.service.ready())).await;
        let mut error = None;
        for answer in answers {
            match answer {
                Ok(()) => return Ok(()),
                Err(found) => error = Some(found),
            }
        }
        error.map_or(Ok(()), Err)
    }

    fn patience(&self, device: &DeviceId) -> Duration {
        self.service_of(device).map_or(LIST_PATIENCE, |(_, service, native)| service.patience(&native))
    }

    fn report_to(&self, sink: Weak<dyn ReportSink>) {
        let mut sinks = self.sinks.lock().unwrap_or_else(PoisonError::into_inner);
        for (place, named) in self.services.iter().enumerate() {
            let own =
                Arc::new(ServiceSink { prefix: self.prefix(place).map(str::to_owned), sink: sink.clone() });
            let weak: Weak<dyn ReportSink> = Arc::downgrade(&own) as Weak<dyn ReportSink>;
            named.service.report_to(weak);
            sinks.push(own);
        }
    }
}
