//! Which device services stand behind the portal, opened as the configuration says, and what they need while the server runs.

use super::{StartError, fleet_database, graph_database, private_database};
use crate::config::{DeviceServiceSettings, Settings};
use crate::ports::{Clock, DeviceService, Randomness};
use crate::services::NamedService;
use crate::services::graph::{CommandRecord, GraphService};
use crate::services::http::{HttpService, Webhooks};
use crate::services::simulated::SimulatedFleet;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

/// How often the simulated devices look whether they are to do something.
const DEVICES_ACT_EVERY: Duration = Duration::from_millis(200);

/// How often connectors are looked after that did not answer well.
const CONNECTORS_ASKED_EVERY: Duration = Duration::from_secs(15);

/// How often ends of commands are looked for that come late; each command is looked at once an hour.
const LATE_ENDS_EVERY: Duration = Duration::from_secs(60);

/// What stands behind the portal.
pub(super) struct DeviceServices {
    pub(super) named: Vec<NamedService>,
    pub(super) fleet: Option<Arc<SimulatedFleet>>,
    pub(super) connectors: Vec<Arc<HttpService>>,
    pub(super) tenants: Vec<Arc<GraphService>>,
    pub(super) webhooks: Webhooks,
}

/// The configured device services, in their order: the first has the devices whose identifiers have no prefix.
pub(super) async fn open(
    settings: &Settings,
    clock: &Arc<dyn Clock>,
    randomness: &Arc<dyn Randomness>,
) -> Result<DeviceServices, StartError> {
    let mut all = DeviceServices {
        named: Vec::new(),
        fleet: None,
        connectors: Vec::new(),
        tenants: Vec::new(),
        webhooks: Webhooks::new(Arc::clone(clock)),
    };
    for service in &settings.device_services {
        match service {
            DeviceServiceSettings::Simulated => {
                let path = fleet_database(&settings.database);
                private_database(&path)?;
                let fleet = SimulatedFleet::open(&path, settings.fleet, Arc::clone(clock))
                    .await
                    .map_err(|error| StartError::Fleet(path, error))?;
                all.named.extend(fleet.services());
                all.fleet = Some(Arc::new(fleet));
            }
            DeviceServiceSettings::Http(http) => {
                let connector = HttpService::new(http, Arc::clone(clock))
                    .map_err(|error| StartError::DeviceService(http.name.clone(), error))?;
                let connector = Arc::new(connector);
                // As the router has it: the devices of the first service have no prefix.
                let prefix = (!all.named.is_empty()).then(|| http.name.clone());
                all.webhooks.hear(prefix, Arc::clone(&connector));
                let service = Arc::clone(&connector) as Arc<dyn DeviceService>;
                all.named.push(NamedService { name: http.name.clone(), service });
                all.connectors.push(connector);
            }
            DeviceServiceSettings::Graph(graph) => {
                let path = graph_database(&settings.database);
                private_database(&path)?;
                let record = CommandRecord::open(&path, clock.now())
                    .await
                    .map_err(|error| StartError::CommandRecord(path, error))?;
                let settings = graph.as_ref().clone();
                let tenant = GraphService::new(settings, record, Arc::clone(clock), Arc::clone(randomness))
                    .map_err(|error| StartError::Graph(graph.name.clone(), error))?;
                let tenant = Arc::new(tenant);
                let service = Arc::clone(&tenant) as Arc<dyn DeviceService>;
                all.named.push(NamedService { name: graph.name.clone(), service });
                all.tenants.push(tenant);
            }
        }
    }
    if all.fleet.is_some() {
        tracing::warn!("devices are SIMULATED: what is done with them reaches no phone");
    }
    Ok(all)
}

/// Lets the simulated devices act that speak first, until the server stops.
pub(super) async fn let_devices_act(fleet: Arc<SimulatedFleet>, mut stop: watch::Receiver<bool>) {
    while !*stop.borrow() {
        if let Err(error) = fleet.tick().await {
            tracing::warn!(?error, "the simulated devices could not act; trying again");
        }
        tokio::select! {
            () = tokio::time::sleep(DEVICES_ACT_EVERY) => {}
            asked = stop.changed() => if asked.is_err() { return },
        }
    }
}

/// Asks a connector now and then how it is: whether the server is ready must not depend on whether somebody uses it.
pub(super) async fn look_after(connector: Arc<HttpService>, mut stop: watch::Receiver<bool>) {
    while !*stop.borrow() {
        connector.look().await;
        tokio::select! {
            () = tokio::time::sleep(CONNECTORS_ASKED_EVERY) => {}
            asked = stop.changed() => if asked.is_err() { return },
        }
    }
}

/// The same for a tenant of Microsoft Intune, where an end may also come long after anybody waits for it.
pub(super) async fn look_after_tenant(tenant: Arc<GraphService>, mut stop: watch::Receiver<bool>) {
    let mut looks = tokio::time::interval(CONNECTORS_ASKED_EVERY);
    let mut late_ends = tokio::time::interval(LATE_ENDS_EVERY);
    while !*stop.borrow() {
        tokio::select! {
            _ = looks.tick() => tenant.look().await,
            _ = late_ends.tick() => tenant.look_for_late_ends().await,
            asked = stop.changed() => if asked.is_err() { break },
        }
    }
}
