//! Which device services stand behind the portal, opened as the configuration says, and what they need while the server runs.

use super::{StartError, fleet_database, graph_database, private_database};
use crate::application::ShownBranding;
use crate::config::{DeviceServiceSettings, Settings};
use crate::domain::finding::Finding;
use crate::ports::{Clock, DeviceService, Randomness};
use crate::services::NamedService;
use crate::services::graph::{self, CommandRecord, GraphService, GraphSettings};
use crate::services::http::{self, HttpService, HttpServiceSettings, Line, Plan, Webhooks};
use crate::services::simulated::SimulatedFleet;
use crate::system::{SystemClock, SystemRandomness};
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
            DeviceServiceSettings::Graph(tenant) => {
                let path = graph_database(&settings.database);
                private_database(&path)?;
                let record = CommandRecord::open(&path, clock.now())
                    .await
                    .map_err(|error| StartError::CommandRecord(path, error))?;
                let settings = tenant.as_ref().clone();
                let service = GraphService::new(settings, record, Arc::clone(clock), Arc::clone(randomness))
                    .map_err(|error| StartError::Graph(tenant.name.clone(), error))?;
                let graph = Arc::new(service);
                let service = Arc::clone(&graph) as Arc<dyn DeviceService>;
                all.named.push(NamedService { name: tenant.name.clone(), service });
                all.tenants.push(graph);
            }
        }
    }
    if all.fleet.is_some() {
        tracing::warn!("devices are SIMULATED: what is done with them reaches no phone");
    }
    Ok(all)
}

/// Says of each device service how it is.
pub async fn look_at(settings: &Settings) -> Vec<Finding> {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let mut findings = Vec::new();
    for service in &settings.device_services {
        findings.push(match service {
            DeviceServiceSettings::Simulated => Finding::note(
                "device service: simulated".to_owned(),
                "what is done with its devices reaches no phone: name a device management in [[device_services]]",
            ),
            DeviceServiceSettings::Graph(tenant) => {
                findings.extend(of_tenant(tenant, &clock).await);
                continue;
            }
            DeviceServiceSettings::Http(http) => {
                findings.extend(of_connector(http, &clock).await);
                continue;
            }
        });
    }
    findings
}

/// A tenant of Microsoft Intune: its credential, each permission, the clock, one harmless read, and what follows for each action.
async fn of_tenant(tenant: &GraphSettings, clock: &Arc<dyn Clock>) -> Vec<Finding> {
    let name = &tenant.name;
    match graph::check(tenant, Arc::clone(clock), Arc::new(SystemRandomness)).await {
        Err(error) => {
            vec![Finding::wrong(format!("device service {name}: {}", error.0), "look at its section")]
        }
        Ok(lines) => of_service(name, lines),
    }
}

/// A connector: the rules that can be seen without a person's name, and none of its devices.
async fn of_connector(settings: &HttpServiceSettings, clock: &Arc<dyn Clock>) -> Vec<Finding> {
    let name = &settings.name;
    let checked =
        http::check(settings, &Plan::default(), Arc::clone(clock), Arc::new(SystemRandomness)).await;
    match checked {
        Err(error) => {
            vec![Finding::wrong(format!("device service {name}: {}", error.0), "look at its section")]
        }
        Ok(lines) => of_service(name, lines.into_iter().filter_map(Line::into_finding).collect()),
    }
}

fn of_service(name: &str, findings: Vec<Finding>) -> Vec<Finding> {
    let named = |one: Finding| Finding { what: format!("device service {name}: {}", one.what), ..one };
    findings.into_iter().map(named).collect()
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
pub(super) async fn look_after_tenant(
    tenant: Arc<GraphService>,
    branding: Arc<ShownBranding>,
    mut stop: watch::Receiver<bool>,
) {
    let mut looks = tokio::time::interval(CONNECTORS_ASKED_EVERY);
    let mut late_ends = tokio::time::interval(LATE_ENDS_EVERY);
    while !*stop.borrow() {
        tokio::select! {
            _ = looks.tick() => {
                tenant.look().await;
                if let Some(told) = tenant.branding().await {
                    branding.tell(told);
                }
            }
            _ = late_ends.tick() => tenant.look_for_late_ends().await,
            asked = stop.changed() => if asked.is_err() { break },
        }
    }
}
