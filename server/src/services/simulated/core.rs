//! What the three services of the simulated fleet share: the sample people, their devices as they are now, the pace, and what the
//! devices received.

use super::behaviour::{Behaviour, Plan};
use super::crowd::crowd;
use super::fleet::{Manners, SimulatedDevice, sample_categories, sample_fleet};
use super::keys::kept;
use super::state::{FleetState, Received};
use super::{ENROLLED_AGAIN_AFTER_MILLIS, ERASE_WITHDRAWN_AFTER_MILLIS, FleetError, FleetSettings};
use crate::domain::action::Action;
use crate::domain::action_run::{Ending, Report};
use crate::domain::compliance::ComplianceReport;
use crate::domain::device::{Device, EraseOrRetire};
use crate::domain::ids::DeviceId;
use crate::domain::person::PersonId;
use crate::ports::{Clock, DevicePage, PageRequest, Reported, RunKey};
use portal_contract::UtcTime;
use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::sync::Arc;

/// The fleet behind its services.
pub(super) struct Core {
    pub(super) settings: FleetSettings,
    clock: Arc<dyn Clock>,
    started: UtcTime,
    people: HashMap<PersonId, BTreeMap<DeviceId, SimulatedDevice>>,
    owners: HashMap<DeviceId, PersonId>,
    pub(super) state: FleetState,
}

impl Core {
    pub(super) async fn open(
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

    pub(super) fn now(&self) -> UtcTime {
        self.clock.now()
    }

    /// A time of the plan at the fleet's pace, in milliseconds.
    pub(super) fn scaled(&self, millis: f64) -> i64 {
        // Delays of a simulation: fractions of a millisecond and saturation do not matter.
        #[expect(clippy::cast_possible_truncation, reason = "saturates, and the delays are minutes")]
        let scaled = (millis / self.settings.speed) as i64;
        scaled
    }

    pub(super) fn later(&self, now: UtcTime, millis: f64) -> UtcTime {
        UtcTime::from_unix_millis(now.unix_millis().saturating_add(self.scaled(millis)))
    }

    /// A device of the service with these manners.
    pub(super) fn simulated(&self, manners: Manners, device: &DeviceId) -> Option<&SimulatedDevice> {
        let found = self.people.get(self.owners.get(device)?)?.get(device)?;
        (found.manners == manners).then_some(found)
    }

    pub(super) fn says_not_now(&self, device: &DeviceId) -> bool {
        let found = self.owners.get(device).and_then(|person| self.people.get(person)?.get(device));
        found.is_some_and(|simulated| simulated.behaviour == Behaviour::NotNow)
    }

    /// What will become of a run that its service receives now.
    pub(super) fn plan(&self, simulated: &SimulatedDevice, run: &RunKey) -> Received {
        let (now, kind) = (self.now(), run.action.kind());
        let Plan { delivered, finished, mut ending } =
            simulated.behaviour.plan(self.settings.seed, kind, &run.id);
        let seed = self.settings.seed;
        let is_kept = simulated.device.is_encrypted && kept(seed, &simulated.device, kind).is_some();
        if kind.shows().is_some() && !is_kept {
            ending = Ending::NotSupported;
        }
        Received {
            id: run.id.clone(),
            device: simulated.device.id.clone(),
            action: kind,
            payload: payload(&run.action),
            received: now,
            delivered: delivered.map(|millis| self.later(now, millis)),
            finished: finished.map(|millis| self.later(now, millis)),
            ending,
        }
    }

    pub(super) fn page(&self, manners: Manners, person: &PersonId, page: &PageRequest) -> DevicePage {
        let now = self.now();
        let mut rest = self
            .people
            .get(person)
            .into_iter()
            .flatten()
            .filter(|(id, one)| one.manners == manners && page.after.as_ref().is_none_or(|after| *id > after))
            .filter(|(id, _)| !self.is_gone(id, now))
            .map(|(_, simulated)| simulated);
        let devices: Vec<Device> =
            rest.by_ref().take(page.size).map(|simulated| self.present(simulated, now)).collect();
        let next_after = rest.next().and_then(|_| devices.last().map(|device| device.id.clone()));
        DevicePage { devices, next_after, unavailable: Vec::new() }
    }

    pub(super) fn device(&self, manners: Manners, person: &PersonId, id: &DeviceId) -> Option<Device> {
        let found = self.people.get(person)?.get(id)?;
        let now = self.now();
        (found.manners == manners && !self.is_gone(id, now)).then(|| self.present(found, now))
    }

    /// What the service reports about a command: with its end what it keeps and was asked to tell.
    pub(super) fn reported(&self, received: &Received, report: Report) -> Reported {
        let is_told = report == Report::Ended(Ending::Done);
        let person = self.owners.get(&received.device).filter(|_| is_told);
        let simulated = person.and_then(|person| self.people.get(person)?.get(&received.device));
        let parts = simulated.and_then(|one| kept(self.settings.seed, &one.device, received.action));
        Reported { state: report, issued: parts.map(|parts| parts.to_text()) }
    }

    /// The rules that a device does not meet.
    pub(super) fn compliance(&self, manners: Manners, device: &DeviceId) -> ComplianceReport {
        let failing = self.simulated(manners, device).map(|one| one.failing.clone());
        ComplianceReport::of(failing.unwrap_or_default(), None)
    }

    /// Whether it was erased or taken out of management, and nobody enrolled it again.
    fn is_gone(&self, device: &DeviceId, now: UtcTime) -> bool {
        let again = self.scaled(ENROLLED_AGAIN_AFTER_MILLIS);
        let received = self.state.of_device(device);
        received.iter().any(|one| one.is_removed_since(now).is_some_and(|since| since < again))
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
            if let Some(category) = received.category_since(now) {
                let known = sample_categories().into_iter().find(|one| one.id.as_str() == category);
                device.category = known.map_or(device.category, |one| one.name);
            }
            if received.is_removing(now) {
                device.capabilities.erase_or_retire = EraseOrRetire::Pending;
            }
            if received.is_superseded_since(now).is_some_and(|since| since < withdrawn) {
                device.capabilities.erase_or_retire = EraseOrRetire::Pending;
            }
        }
        device
    }
}

/// What the service has to remember of an action to have done it.
fn payload(action: &Action) -> String {
    match action {
        Action::SetCategory(category) => category.as_str().to_owned(),
        Action::ResetPasscode(_)
        | Action::RemoteLock(_)
        | Action::SyncDevice
        | Action::Rename(_)
        | Action::Retire
        | Action::Wipe
        | Action::RebootNow
        | Action::ShowRecoveryKey
        | Action::ShowLocalAdministratorPassword => String::new(),
    }
}
