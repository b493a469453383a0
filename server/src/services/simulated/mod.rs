//! A simulated fleet behind the port: people with devices that receive commands, wait, refuse, are offline or
//! are erased meanwhile. It keeps what each device received in a database of its own, as a real service
//! would, so that a restart of the portal finds the fleet where it was.

mod apps;
mod behaviour;
mod builder;
mod cloud;
mod core;
mod crowd;
mod fleet;
mod generated;
mod keys;
mod plain;
mod push;
mod state;

pub use behaviour::Behaviour;
pub use crowd::crowd;
pub use fleet::{Manners, SimulatedDevice, sample_fleet};
pub use state::FleetError;

use super::NamedService;
use crate::ports::{Clock, DeviceService};
use cloud::CloudService;
use core::Core;
use plain::PlainService;
use push::PushService;
use std::path::Path;
use std::sync::Arc;

/// After how long IT withdraws an erase that superseded a reset, so that the sample can be repeated, in
/// milliseconds.
const ERASE_WITHDRAWN_AFTER_MILLIS: f64 = 60_000.0;

/// After how long somebody enrols a device again that was erased or taken out of management, in milliseconds.
const ENROLLED_AGAIN_AFTER_MILLIS: f64 = 600_000.0;

/// How the fleet behaves.
#[derive(Debug, Clone, Copy)]
pub struct FleetSettings {
    /// Makes delays and generated devices repeatable.
    pub seed: u64,
    /// 10 makes everything happen ten times faster.
    pub speed: f64,
    /// How many people of the crowd there are, beside the sample people.
    pub crowd: u32,
    /// How long a command to an Android device may wait, in seconds.
    pub android_command_seconds: i64,
    /// How long a command to any other device may wait, in seconds.
    pub other_command_seconds: i64,
}

impl FleetSettings {
    /// The pace of real services: ten minutes for Android, a day for the others.
    pub const REALISTIC: Self =
        Self { seed: 1, speed: 1.0, crowd: 0, android_command_seconds: 600, other_command_seconds: 86_400 };
}

/// The simulated fleet: one set of sample people whose devices are managed by three services with different manners.
pub struct SimulatedFleet {
    core: Arc<Core>,
    push: Arc<PushService>,
}

impl SimulatedFleet {
    /// Opens the fleet with its sample people.
    ///
    /// # Errors
    /// [`FleetError`] when its database cannot be used.
    pub async fn open(
        path: &Path,
        settings: FleetSettings,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, FleetError> {
        let core = Arc::new(Core::open(path, settings, clock).await?);
        let push = Arc::new(PushService::new(Arc::clone(&core)));
        Ok(Self { core, push })
    }

    /// Its services; the devices of the first have no prefix.
    #[must_use]
    pub fn services(&self) -> Vec<NamedService> {
        let named =
            |name: &str, service: Arc<dyn DeviceService>| NamedService { name: name.to_owned(), service };
        vec![
            named("fleet", Arc::new(PlainService(Arc::clone(&self.core)))),
            named("cloud", Arc::new(CloudService(Arc::clone(&self.core)))),
            named("push", Arc::clone(&self.push) as Arc<dyn DeviceService>),
        ]
    }

    /// Lets devices act that speak first. Called now and then while the server runs.
    ///
    /// # Errors
    /// [`FleetError`] when its database cannot be used; the next call goes on.
    pub async fn tick(&self) -> Result<(), FleetError> {
        self.push.tick().await
    }
}
