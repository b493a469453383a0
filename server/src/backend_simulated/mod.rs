//! A simulated fleet behind the port: people with devices that receive commands, wait, refuse, are offline or
//! are erased meanwhile. It keeps what each device received in a database of its own, as a real service
//! would, so that a restart of the portal finds the fleet where it was.

mod behaviour;
mod builder;
mod crowd;
mod fleet;
mod generated;
mod state;

pub use behaviour::Behaviour;
pub use crowd::crowd;
pub use fleet::{SimulatedDevice, sample_fleet};
pub use state::FleetError;

use crate::domain::action_run::{Ending, Report};
use crate::domain::device::{Device, EraseOrRetire};
use crate::domain::ids::{DeviceId, ResultId};
use crate::domain::person::PersonId;
use crate::ports::{
    BackEndError, CancelAnswer, Clock, DeviceBackEnd, DevicePage, PageRequest, StartAnswer, StartRun,
    StatusAnswer,
};
use async_trait::async_trait;
use behaviour::Plan;
use portal_contract::{FailureCode, UtcTime};
use state::{FleetState, Received};
use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::sync::Arc;

/// After how long IT withdraws an erase that superseded a reset, so that the sample can be repeated, in
/// milliseconds.
const ERASE_WITHDRAWN_AFTER_MILLIS: f64 = 60_000.0;

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

/// The simulated fleet.
pub struct SimulatedFleet {
    settings: FleetSettings,
    clock: Arc<dyn Clock>,
    started: UtcTime,
    people: HashMap<PersonId, BTreeMap<DeviceId, SimulatedDevice>>,
    owners: HashMap<DeviceId, PersonId>,
    state: FleetState,
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
        let state = FleetState::open(path).await?;
        let mut people: HashMap<PersonId, BTreeMap<DeviceId, SimulatedDevice>> = HashMap::new();
        let mut owners = HashMap::new();
        for simulated in sample_fleet(settings.seed).into_iter().chain(crowd(settings.crowd)) {
            owners.insert(simulated.device.id.clone(), simulated.person.clone());
            people
                .entry(simulated.person.clone())
                .or_default()
                .insert(simulated.device.id.clone(), simulated);
        }
        let started = clock.now();
        Ok(Self { settings, clock, started, people, owners, state })
    }

    fn scaled(&self, millis: f64) -> i64 {
        // Delays of a simulation: fractions of a millisecond and saturation do not matter.
        #[expect(clippy::cast_possible_truncation, reason = "saturates, and the delays are minutes")]
        let scaled = (millis / self.settings.speed) as i64;
        scaled
    }

    fn simulated(&self, device: &DeviceId) -> Option<&SimulatedDevice> {
        self.people.get(self.owners.get(device)?)?.get(device)
    }

    fn says_not_now(&self, device: &DeviceId) -> bool {
        self.simulated(device).is_some_and(|simulated| simulated.behaviour == Behaviour::NotNow)
    }

    /// The device as it is now.
    fn present(&self, simulated: &SimulatedDevice, now: UtcTime) -> Device {
        let mut device = simulated.device.clone();
        let ago = simulated.checked_in_before_start_millis;
        device.last_sync = ago.map_or(UtcTime::NEVER, |ago| {
            UtcTime::from_unix_millis(self.started.unix_millis().saturating_sub(ago))
        });
        device.enrolled = UtcTime::from_unix_millis(
            self.started.unix_millis().saturating_sub(simulated.enrolled_before_start_millis),
        );
        if !device.compliance_grace_period_expiration.is_never() {
            device.compliance_grace_period_expiration =
                UtcTime::from_unix_millis(self.started.unix_millis().saturating_add(3 * 86_400_000));
        }
        let android = device.operating_system.to_lowercase().starts_with("android");
        let lifetime =
            if android { self.settings.android_command_seconds } else { self.settings.other_command_seconds };
        #[expect(clippy::cast_precision_loss, reason = "seconds of a day are exact")]
        let lifetime_millis = self.scaled(lifetime as f64 * 1000.0);
        device.capabilities.command_lifetime_seconds = (lifetime_millis / 1000).max(1);
        for received in self.state.of_device(&device.id) {
            if let Some(contact) = received.last_contact(now) {
                device.last_sync = device.last_sync.max(contact);
            }
            let withdrawn = self.scaled(ERASE_WITHDRAWN_AFTER_MILLIS);
            if received.is_superseded_since(now).is_some_and(|since| since < withdrawn) {
                device.capabilities.erase_or_retire = EraseOrRetire::Pending;
            }
        }
        device
    }
}

#[async_trait]
impl DeviceBackEnd for SimulatedFleet {
    async fn devices_of(&self, person: &PersonId, page: &PageRequest) -> Result<DevicePage, BackEndError> {
        let Some(devices) = self.people.get(person) else {
            return Ok(DevicePage { devices: Vec::new(), next_after: None });
        };
        let now = self.clock.now();
        let mut rest = devices
            .iter()
            .filter(|(id, _)| page.after.as_ref().is_none_or(|after| *id > after))
            .map(|(_, simulated)| simulated);
        let taken: Vec<Device> =
            rest.by_ref().take(page.size).map(|simulated| self.present(simulated, now)).collect();
        let next_after = rest.next().and_then(|_| taken.last().map(|device| device.id.clone()));
        Ok(DevicePage { devices: taken, next_after })
    }

    async fn device(&self, person: &PersonId, id: &DeviceId) -> Result<Option<Device>, BackEndError> {
        let found = self.people.get(person).and_then(|devices| devices.get(id));
        Ok(found.map(|simulated| self.present(simulated, self.clock.now())))
    }

    async fn start(&self, command: &StartRun) -> Result<StartAnswer, BackEndError> {
        let Some(simulated) = self.simulated(&command.device) else {
            return Ok(StartAnswer::Rejected(FailureCode::BackEndFault));
        };
        let now = self.clock.now();
        let plan = simulated.behaviour.plan(self.settings.seed, command.action.kind(), &command.id);
        let at =
            |millis: f64| UtcTime::from_unix_millis(now.unix_millis().saturating_add(self.scaled(millis)));
        let Plan { delivered, finished, ending } = plan;
        let received = Received {
            id: command.id.clone(),
            device: command.device.clone(),
            received: now,
            delivered: delivered.map(at),
            finished: finished.map(at),
            ending,
        };
        self.state.receive(received).await.map_err(|_| BackEndError::NoAnswer)?;
        Ok(StartAnswer::Accepted)
    }

    async fn status(&self, id: &ResultId) -> Result<StatusAnswer, BackEndError> {
        let now = self.clock.now();
        let Some(received) = self.state.find(id) else { return Ok(StatusAnswer::NeverReceived) };
        let report = received.report(now);
        let is_put_off = report == Report::Active && self.says_not_now(&received.device);
        Ok(StatusAnswer::Known(if is_put_off { Report::NotNow } else { report }))
    }

    async fn cancel(&self, id: &ResultId) -> Result<CancelAnswer, BackEndError> {
        let now = self.clock.now();
        let Some(received) = self.state.find(id) else {
            return Ok(CancelAnswer::TooLate);
        };
        match received.report(now) {
            Report::Pending => {
                let canceled = Received {
                    delivered: None,
                    finished: Some(now),
                    ending: Ending::CanceledByUser,
                    ..received
                };
                self.state.replace(canceled).await.map_err(|_| BackEndError::NoAnswer)?;
                Ok(CancelAnswer::Canceled)
            }
            Report::Ended(Ending::CanceledByUser) => Ok(CancelAnswer::Canceled),
            Report::Active | Report::NotNow | Report::Ended(_) => Ok(CancelAnswer::TooLate),
        }
    }
}
