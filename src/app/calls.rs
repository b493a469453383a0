//! Calls of the API: sending, repeating reads, and handing each answer to the rule it belongs to.

use super::turn::Turn;
use super::{ApiCall, Config, Effect, Fetch, FetchId, HistoryScope, LoadState, PasscodeView, TimerId};
use crate::api::{Api, ApiError, branding_request, decode_accepted, decode_branding, decode_me, retry_delay};
use crate::http::HttpOutcome;
use std::sync::Arc;

impl Turn {
    /// Sends a call. Without a person or a configuration there is nothing to send.
    pub(super) fn call(&mut self, call: ApiCall, attempt: u8) {
        let (Some(config), Some(person)) = (self.model.config.ready(), self.model.session.signed_in()) else {
            return;
        };
        let api = Api { base: &config.api_base, credential: &person.credential };
        let request = match &call {
            ApiCall::Branding => branding_request(&config.api_base),
            ApiCall::Me => api.me(),
            ApiCall::Devices(next) => api.devices(next.as_ref()),
            ApiCall::Device(id) => api.device(id),
            ApiCall::TemporaryPasscode(id) => api.temporary_passcode(id),
            ApiCall::Notifications => api.notifications(),
            ApiCall::MarkNotificationRead(id) => api.mark_notification_read(id),
            ApiCall::History(HistoryScope::Person, next) => api.history(None, next.as_ref()),
            ApiCall::History(HistoryScope::Device(id), next) => api.history(Some(id), next.as_ref()),
            ApiCall::ReportUnrecognized(device, result) => api.report_unrecognized(device, result),
            ApiCall::RevokeSessions => api.revoke_sessions(),
            // These need more than their name; `reset.rs` and `actions.rs` send them.
            ApiCall::Reset(_) | ApiCall::Action(..) | ApiCall::CancelRun(_) => return,
        };
        if call == ApiCall::Notifications && self.model.notifications.state != LoadState::Loaded {
            self.model.notifications.state = LoadState::Loading;
        }
        let id = self.fetch_id(Fetch::Api(call), attempt);
        self.effect(Effect::Fetch { id, request });
    }

    /// The branding needs no sign-in.
    pub(super) fn fetch_branding(&mut self, attempt: u8) {
        if let Config::Ready(config) = &self.model.config {
            let request = branding_request(&config.api_base);
            let id = self.fetch_id(Fetch::Api(ApiCall::Branding), attempt);
            self.effect(Effect::Fetch { id, request });
        }
    }

    pub(super) fn on_fetched(&mut self, id: &FetchId, outcome: &HttpOutcome) {
        let is_of_this_session = id.epoch == self.model.epoch;
        self.judge_connection(id, outcome);
        match &id.what {
            Fetch::Config => self.on_config_fetched(outcome),
            Fetch::Api(ApiCall::Branding) => self.on_branding_fetched(id, outcome),
            _ if !is_of_this_session => {}
            Fetch::Discovery => self.on_discovery_fetched(outcome),
            Fetch::Keys => self.on_keys_fetched(outcome),
            Fetch::Tokens => self.on_tokens_fetched(outcome),
            Fetch::Session => self.on_session_fetched(outcome),
            Fetch::SignOut => self.on_sign_out_answered(outcome),
            Fetch::Api(call) => {
                let call = call.clone();
                self.on_api_answer(call, id, outcome);
            }
        }
    }

    fn on_api_answer(&mut self, call: ApiCall, id: &FetchId, outcome: &HttpOutcome) {
        match call {
            ApiCall::Branding => {}
            ApiCall::Me => self.on_me_fetched(id, outcome),
            ApiCall::Devices(_) => self.on_devices_fetched(id, outcome),
            ApiCall::Device(device) => self.on_device_fetched(&device, id, outcome),
            ApiCall::Reset(device) => self.on_reset_answered(&device, outcome),
            ApiCall::Action(device, action) => {
                self.on_action_answered(&device, action, outcome);
            }
            ApiCall::CancelRun(device) => self.on_cancel_answered(device, outcome),
            ApiCall::TemporaryPasscode(device) => self.on_passcode_fetched(device, id, outcome),
            ApiCall::Notifications => self.on_notifications_fetched(id, outcome),
            ApiCall::History(scope, asked) => {
                self.on_history_fetched(&scope, asked.as_ref(), id, outcome);
            }
            ApiCall::ReportUnrecognized(_, result) => self.on_report_answered(&result, outcome),
            ApiCall::RevokeSessions => self.on_sessions_revoked(outcome),
            ApiCall::MarkNotificationRead(_) => {
                if let Err(error) = decode_accepted(outcome) {
                    self.log(error.code(), "notification");
                }
            }
        }
    }

    /// Repeats a read by itself, as far as patience goes. `false`: the person has to know.
    pub(super) fn is_retried(&mut self, id: &FetchId, error: &ApiError) -> bool {
        let Some(delay) = retry_delay(id.attempt, error, self.jitter()) else { return false };
        let next = FetchId { attempt: id.attempt.saturating_add(1), ..id.clone() };
        self.timer(TimerId::Retry(next), delay);
        true
    }

    pub(super) fn on_retry_due(&mut self, id: FetchId) {
        let is_of_this_session = id.epoch == self.model.epoch;
        match id.what {
            Fetch::Api(ApiCall::Branding) => self.fetch_branding(id.attempt),
            // A passcode nobody waits for any more is not revealed.
            Fetch::Api(ApiCall::TemporaryPasscode(device))
                if self.model.passcode != (PasscodeView::Loading { device: device.clone() }) => {}
            Fetch::Api(call) if is_of_this_session => self.call(call, id.attempt),
            Fetch::Api(_)
            | Fetch::Config
            | Fetch::Discovery
            | Fetch::Keys
            | Fetch::Tokens
            | Fetch::Session
            | Fetch::SignOut => {}
        }
    }

    fn on_branding_fetched(&mut self, id: &FetchId, outcome: &HttpOutcome) {
        match decode_branding(outcome) {
            Ok(branding) => self.model.branding = Arc::new(branding),
            Err(error) => {
                if !self.is_retried(id, &error) {
                    self.log(error.code(), "branding");
                }
            }
        }
    }

    fn on_me_fetched(&mut self, id: &FetchId, outcome: &HttpOutcome) {
        match decode_me(outcome) {
            Ok(me) => {
                if let super::Session::SignedIn(person) = &mut self.model.session {
                    if !me.display_name.is_empty() {
                        person.name = me.display_name;
                    }
                    if !me.user_principal_name.is_empty() {
                        person.user_name = me.user_principal_name;
                    }
                }
            }
            // The token's own name is good enough.
            Err(error) => {
                if !self.is_retried(id, &error) {
                    self.log(error.code(), "me");
                }
            }
        }
    }
}
