//! Calls of the API: what can be asked for, sending it, and repeating reads.

use super::{Config, Context, Effect, TimerId};
use crate::api::{Api, ApiError, NextLink, branding_request, retry_delay};
use crate::domain::{Action, DeviceId, ResultId};

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum HistoryScope {
    /// All of the person's devices.
    #[default]
    Person,
    Device(DeviceId),
}

/// A call of the API, as far as it has to be told apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ApiCall {
    Branding,
    /// The person.
    Me,
    /// A page of the devices.
    Devices(Option<NextLink>),
    Device(DeviceId),
    Reset(DeviceId),
    /// Another action.
    Action(DeviceId, Action),
    /// The cancellation of a pending reset.
    CancelRun(DeviceId),
    TemporaryPasscode(DeviceId),
    /// The rules that a device does not meet.
    Compliance(DeviceId),
    /// The applications on a device.
    Apps(DeviceId),
    /// The categories that a device may be put into.
    Categories(DeviceId),
    Notifications,
    MarkNotificationRead(String),
    /// A page of the history.
    History(HistoryScope, Option<NextLink>),
    /// "This wasn't me".
    ReportUnrecognized(DeviceId, ResultId),
    /// Signing out everywhere.
    RevokeSessions,
}

/// What a request is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fetch {
    /// `config.json`.
    Config,
    /// The provider's discovery document.
    Discovery,
    /// The provider's keys.
    Keys,
    /// The exchange of the code.
    Tokens,
    /// Who is signed in (session mode).
    Session,
    /// The end of the session (session mode).
    SignOut,
    /// A call of the API.
    Api(ApiCall),
}

/// Tells one request from another, and an answer for this session from one for the session before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FetchId {
    pub what: Fetch,
    /// Which session.
    pub(crate) epoch: u32,
    /// How often it was repeated already.
    pub(crate) attempt: u8,
    /// Its place among everything that was asked for: what was asked later knows more.
    pub(crate) order: u32,
}

impl Context {
    /// Sends a call. Without a person or a configuration there is nothing to send.
    pub(crate) fn call(&mut self, call: ApiCall, attempt: u8) {
        let (Some(config), Some(person)) = (self.page.config.ready(), self.page.session.signed_in()) else {
            return;
        };
        let api = Api { base: &config.api_base, credential: &person.credential };
        let request = match &call {
            ApiCall::Branding => branding_request(&config.api_base),
            ApiCall::Me => api.me(),
            ApiCall::Devices(next) => api.devices(next.as_ref()),
            ApiCall::Device(id) => api.device(id),
            ApiCall::TemporaryPasscode(id) => api.temporary_passcode(id),
            ApiCall::Compliance(id) => api.compliance(id),
            ApiCall::Apps(id) => api.apps(id),
            ApiCall::Categories(id) => api.categories(id),
            ApiCall::Notifications => api.notifications(),
            ApiCall::MarkNotificationRead(id) => api.mark_notification_read(id),
            ApiCall::History(HistoryScope::Person, next) => api.history(None, next.as_ref()),
            ApiCall::History(HistoryScope::Device(id), next) => api.history(Some(id), next.as_ref()),
            ApiCall::ReportUnrecognized(device, result) => api.report_unrecognized(device, result),
            ApiCall::RevokeSessions => api.revoke_sessions(),
            // These need more than their name; the feature `actions` sends them.
            ApiCall::Reset(_) | ApiCall::Action(..) | ApiCall::CancelRun(_) => return,
        };
        let id = self.fetch_id(Fetch::Api(call), attempt);
        self.effect(Effect::Fetch { id, request });
    }

    /// The branding needs no sign-in.
    pub(crate) fn fetch_branding(&mut self, attempt: u8) {
        if let Config::Ready(config) = &self.page.config {
            let request = branding_request(&config.api_base);
            let id = self.fetch_id(Fetch::Api(ApiCall::Branding), attempt);
            self.effect(Effect::Fetch { id, request });
        }
    }

    /// Repeats a read by itself, as far as patience goes. `false`: the person has to know.
    pub(crate) fn is_retried(&mut self, id: &FetchId, error: &ApiError) -> bool {
        let Some(delay) = retry_delay(id.attempt, error, self.jitter()) else { return false };
        let next = FetchId { attempt: id.attempt.saturating_add(1), ..id.clone() };
        self.timer(TimerId::Retry(next), delay);
        true
    }

    /// Names a request: of this session, after everything that was asked for before.
    pub(crate) const fn fetch_id(&mut self, what: Fetch, attempt: u8) -> FetchId {
        self.page.asked = self.page.asked.wrapping_add(1);
        FetchId { what, epoch: self.page.epoch, attempt, order: self.page.asked }
    }
}
