//! What happened to a person's devices, as the server's audit record tells it, read once from the wire type.

use super::{Action, DeviceId, ResultId};
use portal_contract::{
    ClientBrowser, ClientNetwork, ClientSystem, FailureCode, HistoryActivity, HistoryActor, ProblemCode,
    RefusalReason, UtcTime,
};

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HistoryEntry {
    /// Identifies the entry.
    pub id: String,
    pub when: UtcTime,
    pub activity: HistoryActivity,
    /// Which action it is about, where the page knows it.
    pub action: Option<Action>,
    /// Why it was refused or failed.
    pub cause: Option<HistoryCause>,
    /// The person who did it, by name, which may be empty; `None` when a device or the service did it.
    pub person: Option<String>,
    /// The device it is about.
    pub device: Option<DeviceId>,
    /// Its name; may be empty.
    pub device_name: String,
    /// The reset it is about.
    pub result: Option<String>,
    /// From where; `None` for what happened without a request.
    pub origin: Option<HistoryOrigin>,
    /// What IT finds the request by.
    pub reference: Option<String>,
}

/// Why something was refused or failed: the most precise thing that the server said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum HistoryCause {
    /// The action is not possible for this device and person.
    NotAllowed(RefusalReason),
    /// The request was refused for another reason.
    Refused(ProblemCode),
    /// The action ended without success.
    Failed(FailureCode),
}

/// From where a request came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HistoryOrigin {
    pub browser: ClientBrowser,
    pub system: ClientSystem,
    /// The kind of network.
    pub network: ClientNetwork,
    /// The address, shortened by the server; may be empty.
    pub address: String,
}

impl HistoryEntry {
    /// The reset a person can report as not their own: where one was asked for, or its passcode was looked at.
    #[must_use]
    pub fn reportable(&self) -> Option<(DeviceId, ResultId)> {
        let is_deed =
            matches!(self.activity, HistoryActivity::ResetRequested | HistoryActivity::PasscodeRevealed);
        let result = self.result.as_deref().filter(|_| is_deed).and_then(ResultId::parse)?;
        Some((self.device.clone()?, result))
    }

    /// Reads the wire type. A device identifier that cannot be one is left out; the entry stays.
    #[must_use]
    pub fn from_contract(wire: portal_contract::HistoryEntry) -> Self {
        let not_allowed = wire.reason.map(HistoryCause::NotAllowed);
        let failed = wire.error_code.map(HistoryCause::Failed);
        Self {
            id: wire.id,
            when: wire.occurred_date_time,
            activity: wire.activity,
            action: wire.action_name.and_then(Action::named),
            cause: not_allowed.or(failed).or(wire.code.map(HistoryCause::Refused)),
            person: match wire.actor {
                HistoryActor::System => None,
                HistoryActor::Person | HistoryActor::Other => Some(wire.actor_name.unwrap_or_default()),
            },
            device: wire.device_id.as_deref().and_then(DeviceId::parse),
            device_name: wire.device_name.unwrap_or_default(),
            result: wire.result_id,
            origin: wire.client.map(|client| HistoryOrigin {
                browser: client.browser,
                system: client.system,
                network: client.network,
                address: client.address,
            }),
            reference: wire.reference,
        }
    }
}
