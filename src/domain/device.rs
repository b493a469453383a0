//! A device as the rules see it, read once from the wire type.

use super::{Action, ActionRun, Biometrics, DeviceId, ENDED_IS_RECENT, Platform, Seconds};
use crate::letters::lower_case;
use portal_contract::{
    ActionName, ActionState, ComplianceState, DeviceActionResult, DeviceActions, DeviceEnrollmentType,
    FailureCode, ManagedDevice, ManagedDeviceOwnerType, RefusalReason, ResetOutcome, UtcTime,
};

/// Whether the server lets this person reset the passcode of this device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ResetAvailability {
    /// It does, and this is what would happen.
    Allowed(ResetOutcome),
    /// It does not, for this reason.
    Refused(RefusalReason),
    /// The server does not name the action at all.
    NotOffered,
}

/// Whether the server lets this person do an action.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Availability {
    /// It does.
    Allowed,
    /// It does not, for this reason.
    Refused(RefusalReason),
    /// The server does not name the action at all.
    NotOffered,
}

/// Whether a temporary passcode is known to be the one that the device has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PasscodeCertainty {
    /// The device confirmed the reset.
    Confirmed,
    /// The reset ended without an answer: the device has either this passcode or its old one.
    Unconfirmed,
}

/// How a device stands, the worst first: what the list is grouped by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Standing {
    /// Its person has to do something, or to know something.
    NeedsAttention,
    /// An action is under way.
    UnderWay,
    /// Nothing is the matter.
    Fine,
}

impl Standing {
    /// Every standing, in the order of the list.
    pub const ALL: [Self; 3] = [Self::NeedsAttention, Self::UnderWay, Self::Fine];
}

/// After so long without a check-in the list says so.
const SILENT: Seconds = Seconds(14 * 24 * 3600);

/// One managed device of the person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Device {
    /// Identifies it.
    pub id: DeviceId,
    /// What it is called on the screen: [`Device::given_name`], with what tells it apart where another device has the same.
    pub name: String,
    /// The person's name for it, else the management's, else the model, else empty.
    pub given_name: String,
    /// Which platform the texts speak about.
    pub platform: Platform,
    /// The operating system as the API names it.
    pub operating_system: String,
    /// The version as the device reports it.
    pub os_version: String,
    /// Who made it.
    pub manufacturer: String,
    /// The model.
    pub model: String,
    pub serial_number: String,
    /// Who owns it.
    pub owner: ManagedDeviceOwnerType,
    /// How it was enrolled.
    pub enrollment: DeviceEnrollmentType,
    /// Whether it meets the organisation's rules.
    pub compliance: ComplianceState,
    /// Until when it has time to meet them.
    pub grace_until: Option<UtcTime>,
    /// When it last checked in; `None` when it never has.
    pub last_sync: Option<UtcTime>,
    /// When it was enrolled.
    pub enrolled: Option<UtcTime>,
    /// Whether its storage is encrypted.
    pub is_encrypted: bool,
    /// Whether it is supervised (Apple).
    pub is_supervised: bool,
    /// The organisation's category for it; may be empty.
    pub category: String,
    /// Whether its passcode can be reset.
    pub reset: ResetAvailability,
    /// For how long a reset would wait for the device before it lapses; `None` when the service does not say.
    pub reset_lapses_after: Option<Seconds>,
    /// Which other actions are possible.
    actions: DeviceActions,
    /// The runs of other actions, newest first.
    pub other_runs: Vec<DeviceActionResult>,
    /// The runs of passcode resets, newest first; other actions are left out.
    pub runs: Vec<DeviceActionResult>,
    /// What the filter of the list searches: lower case, fields separated by line feeds.
    search_text: String,
}

impl Device {
    /// Reads the wire type. `None` when its identifier cannot be one.
    #[must_use]
    pub fn from_contract(wire: ManagedDevice) -> Option<Self> {
        let id = DeviceId::parse(&wire.id)?;
        let names = [&wire.managed_device_name, &wire.device_name, &wire.model];
        let name = names.iter().map(|n| n.trim()).find(|n| !n.is_empty()).unwrap_or("").to_owned();
        let reset_passcode = wire.actions.get(ActionName::ResetPasscode).copied();
        let reset = match reset_passcode {
            None => ResetAvailability::NotOffered,
            Some(action) if action.allowed => {
                ResetAvailability::Allowed(action.outcome.unwrap_or(ResetOutcome::Other))
            }
            Some(action) => ResetAvailability::Refused(action.reason.unwrap_or(RefusalReason::Other)),
        };
        let reset_lapses_after = reset_passcode.and_then(|action| {
            action.command_expires_after_seconds.filter(|seconds| action.allowed && *seconds > 0).map(Seconds)
        });
        let mut all = wire.device_action_results;
        // The contract says newest first; sorting costs nothing and a wrong order would show an old result.
        all.sort_by_key(|run| std::cmp::Reverse(run.start_date_time));
        let (runs, other_runs) =
            all.into_iter().partition(|run| run.action_name == ActionName::ResetPasscode);
        let search_text = lower_case(
            &[
                name.as_str(),
                &wire.operating_system,
                &wire.os_version,
                &wire.manufacturer,
                &wire.model,
                &wire.serial_number,
                &wire.device_category_display_name,
            ]
            .join("\n"),
        );
        Some(Self {
            id,
            given_name: name.clone(),
            name,
            platform: Platform::of(&wire.operating_system, &wire.os_version),
            operating_system: wire.operating_system,
            os_version: wire.os_version,
            manufacturer: wire.manufacturer,
            model: wire.model,
            serial_number: wire.serial_number,
            owner: wire.managed_device_owner_type,
            enrollment: wire.device_enrollment_type,
            compliance: wire.compliance_state,
            grace_until: moment(wire.compliance_grace_period_expiration_date_time),
            last_sync: moment(wire.last_sync_date_time),
            enrolled: moment(wire.enrolled_date_time),
            is_encrypted: wire.is_encrypted,
            is_supervised: wire.is_supervised,
            category: wire.device_category_display_name,
            reset,
            reset_lapses_after,
            actions: wire.actions,
            runs,
            other_runs,
            search_text,
        })
    }

    /// How it stands. `now` is the server's time, as well as it is known.
    #[must_use]
    pub fn standing(&self, now: Option<UtcTime>) -> Standing {
        let lacks_access =
            matches!(self.compliance, ComplianceState::Noncompliant | ComplianceState::InGracePeriod);
        let is_open = self.runs_of_all().any(|run| run.action_state.is_open());
        if self.is_given_up() {
            Standing::NeedsAttention
        } else if is_open {
            Standing::UnderWay
        } else if self.has_failed(now) || lacks_access || self.is_silent(now) {
            Standing::NeedsAttention
        } else {
            Standing::Fine
        }
    }

    /// How bad it is among those that need attention, the worst first: an erase or a removal to come; something that failed, no
    /// access; what there is time for.
    #[must_use]
    pub fn alarm(&self, now: Option<UtcTime>) -> u8 {
        if self.is_given_up() {
            0
        } else if self.has_failed(now) || self.compliance == ComplianceState::Noncompliant {
            1
        } else {
            2
        }
    }

    /// Whether an erase or a removal was ordered.
    #[must_use]
    pub fn is_given_up(&self) -> bool {
        self.reset == ResetAvailability::Refused(RefusalReason::EraseOrRetirePending)
    }

    fn has_failed(&self, now: Option<UtcTime>) -> bool {
        self.latest_run().is_some_and(|run| {
            let has_failed = matches!(run.action_state, ActionState::Failed | ActionState::NotSupported);
            has_failed && now.is_none_or(|now| passed(run.last_updated_date_time, now) < ENDED_IS_RECENT)
        })
    }

    /// Whether it has not checked in for so long that the list says so.
    #[must_use]
    pub fn is_silent(&self, now: Option<UtcTime>) -> bool {
        self.last_sync.zip(now).is_some_and(|(seen, now)| passed(seen, now) > SILENT)
    }

    /// The last four characters of the serial number; empty when it has none.
    #[must_use]
    pub fn serial_end(&self) -> String {
        let serial: Vec<char> = self.serial_number.trim().chars().collect();
        serial.get(serial.len().saturating_sub(4)..).unwrap_or_default().iter().collect()
    }

    /// The device by a name that tells it from others with the same: the model and the end of the serial number, as far as they
    /// are known.
    #[must_use]
    pub fn told_apart(&self) -> Self {
        let (model, serial) = (self.model.trim(), self.serial_end());
        let mut marks = Vec::new();
        if !model.is_empty() && model != self.given_name {
            marks.push(model.to_owned());
        }
        if !serial.is_empty() {
            marks.push(["…", &serial].concat());
        }
        let name = if marks.is_empty() {
            self.given_name.clone()
        } else {
            [&self.given_name, " (", &marks.join(", "), ")"].concat()
        };
        Self { name, ..self.clone() }
    }

    /// The device by the name it was given.
    #[must_use]
    pub fn as_given(&self) -> Self {
        Self { name: self.given_name.clone(), ..self.clone() }
    }

    /// Whether the device matches what was typed; `needle` must be lower case already (once per keystroke, not per row).
    /// Every word has to occur somewhere.
    #[must_use]
    pub fn matches(&self, needle: &str) -> bool {
        needle.split_whitespace().all(|word| self.search_text.contains(word))
    }

    /// Whether an action is possible. For the reset, [`Device::reset`] says also what it would do.
    #[must_use]
    pub fn availability(&self, action: Action) -> Availability {
        match self.actions.get(action.row().name) {
            None => Availability::NotOffered,
            // A locked Mac is opened by a PIN alone, and this page has no place yet that shows it.
            Some(found)
                if found.allowed && self.platform == Platform::MacOs && action == Action::RemoteLock =>
            {
                Availability::Refused(RefusalReason::NotOfferedByService)
            }
            Some(action) if action.allowed => Availability::Allowed,
            Some(action) => Availability::Refused(action.reason.unwrap_or(RefusalReason::Other)),
        }
    }

    /// The runs of every action.
    pub fn runs_of_all(&self) -> impl Iterator<Item = &DeviceActionResult> {
        self.runs.iter().chain(&self.other_runs)
    }

    /// The run of an action that still waits for the device, else its newest.
    #[must_use]
    pub fn shown_run(&self, action: Action) -> Option<&DeviceActionResult> {
        let name = action.row().name;
        let of_action = || self.runs_of_all().filter(|run| run.action_name == name);
        of_action().find(|run| run.action_state.is_open()).or_else(|| of_action().next())
    }

    /// The newest passcode reset, whatever became of it.
    #[must_use]
    pub fn latest_run(&self) -> Option<&DeviceActionResult> {
        self.runs.first()
    }

    /// The newest reset, when it began after this one: another tab or another browser has begun it.
    #[must_use]
    pub fn reset_after(&self, run: &ActionRun) -> Option<&DeviceActionResult> {
        let is_of_another_action = self.other_runs.iter().any(|known| known.id == run.id);
        self.latest_run().filter(|latest| {
            !is_of_another_action && latest.id != run.id && latest.start_date_time >= run.started
        })
    }

    /// Whether a reset after the one that gave a passcode has, or may have, made it worthless.
    #[must_use]
    pub fn has_outdated(&self, result: &str) -> bool {
        let after = self.runs.iter().take_while(|run| run.id != result);
        after.into_iter().any(|run| {
            run.action_state.is_open() || run.action_state == ActionState::Done || is_uncertain(run)
        })
    }

    /// The reset that still waits for the device.
    #[must_use]
    pub fn open_run(&self) -> Option<&DeviceActionResult> {
        self.runs.iter().find(|run| run.action_state.is_open())
    }

    /// Whether a temporary passcode may exist, and how sure that is: a reset of the kind that issues one was done, or
    /// ended without anybody knowing how. The newest of them counts. Only the server knows whether there is one, and
    /// whether it is still valid.
    #[must_use]
    pub fn may_have_temporary_passcode(&self) -> Option<PasscodeCertainty> {
        if !self.told_outcome().has_temporary_passcode() {
            return None;
        }
        self.runs.iter().find_map(|run| {
            if run.action_state == ActionState::Done {
                Some(PasscodeCertainty::Confirmed)
            } else {
                is_uncertain(run).then_some(PasscodeCertainty::Unconfirmed)
            }
        })
    }

    /// What a reset that already ran did: what the server says it would do now, else what is usual on the platform.
    #[must_use]
    pub const fn told_outcome(&self) -> ResetOutcome {
        match self.reset {
            ResetAvailability::Allowed(
                outcome @ (ResetOutcome::TemporaryPasscode { .. }
                | ResetOutcome::PasscodeRemoved
                | ResetOutcome::WorkProfilePasscode),
            ) => outcome,
            ResetAvailability::Allowed(ResetOutcome::Other)
            | ResetAvailability::Refused(_)
            | ResetAvailability::NotOffered => self.platform.usual_outcome(),
        }
    }
}

/// Whether an action ended and it cannot be known whether the device did it.
#[must_use]
pub fn is_uncertain(run: &DeviceActionResult) -> bool {
    run.action_state == ActionState::Failed && run.error_code == Some(FailureCode::OutcomeUnknown)
}

/// Seconds from one moment to the other.
const fn passed(then: UtcTime, now: UtcTime) -> Seconds {
    Seconds(now.unix_millis().saturating_sub(then.unix_millis()) / 1000)
}

fn moment(time: UtcTime) -> Option<UtcTime> {
    (!time.is_never()).then_some(time)
}

/// Proof that the server allows an action on this device. Its only constructors are [`PermittedDevice::of`] and
/// [`PermittedDevice::for_action`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PermittedDevice {
    action: Action,
    id: DeviceId,
    name: String,
    platform: Platform,
    biometrics: Biometrics,
    outcome: ResetOutcome,
    latest_run: Option<String>,
}

impl PermittedDevice {
    /// The proof for a passcode reset, when the server said `allowed`.
    #[must_use]
    pub fn of(device: &Device) -> Option<Self> {
        match device.reset {
            ResetAvailability::Allowed(outcome) => Some(Self {
                action: Action::ResetPasscode,
                id: device.id.clone(),
                name: device.name.clone(),
                platform: device.platform,
                biometrics: Biometrics::of_model(&device.model),
                outcome,
                latest_run: device.latest_run().map(|run| run.id.clone()),
            }),
            ResetAvailability::Refused(_) | ResetAvailability::NotOffered => None,
        }
    }

    /// The proof for any action, when the server said `allowed`.
    #[must_use]
    pub fn for_action(device: &Device, action: Action) -> Option<Self> {
        match (action, device.availability(action)) {
            (Action::ResetPasscode, _) => Self::of(device),
            (
                Action::RemoteLock
                | Action::SyncDevice
                | Action::Rename
                | Action::SetCategory
                | Action::RebootNow
                | Action::Retire
                | Action::Wipe,
                Availability::Allowed,
            ) => Some(Self {
                action,
                id: device.id.clone(),
                name: device.name.clone(),
                platform: device.platform,
                biometrics: Biometrics::of_model(&device.model),
                outcome: ResetOutcome::Other,
                latest_run: device.shown_run(action).map(|run| run.id.clone()),
            }),
            (_, Availability::Refused(_) | Availability::NotOffered) => None,
        }
    }

    /// Which action is allowed.
    #[must_use]
    pub const fn action(&self) -> Action {
        self.action
    }

    /// Identifies the device.
    #[must_use]
    pub const fn id(&self) -> &DeviceId {
        &self.id
    }

    /// What it is called; may be empty.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    #[must_use]
    pub const fn platform(&self) -> Platform {
        self.platform
    }

    /// What opens it beside the passcode.
    #[must_use]
    pub const fn biometrics(&self) -> Biometrics {
        self.biometrics
    }

    /// What the reset will do.
    #[must_use]
    pub const fn outcome(&self) -> ResetOutcome {
        self.outcome
    }

    /// The newest reset known when the proof was made: after a lost answer, another one means that ours arrived.
    #[must_use]
    pub fn latest_run(&self) -> Option<&str> {
        self.latest_run.as_deref()
    }
}
