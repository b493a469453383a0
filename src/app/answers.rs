//! Hands each answer to the rule it belongs to.

use crate::api::{decode_accepted, decode_branding, decode_me};
use crate::auth::Credential;
use crate::core::{ApiCall, Context, Fetch, FetchId, Session};
use crate::domain::Seconds;
use crate::features::{Features, passcode::PasscodeView};
use crate::http::HttpOutcome;
use std::sync::Arc;

impl Features {
    pub(crate) fn on_fetched(&mut self, id: &FetchId, outcome: &HttpOutcome, context: &mut Context) {
        let is_of_this_session = id.epoch == context.page.epoch;
        self.judge_connection(id, outcome, context);
        match &id.what {
            Fetch::Config => self.on_config_fetched(outcome, context),
            Fetch::Api(ApiCall::Branding) => on_branding_fetched(id, outcome, context),
            _ if !is_of_this_session => {}
            Fetch::Discovery => self.on_discovery_fetched(outcome, context),
            Fetch::Keys => self.on_keys_fetched(outcome, context),
            Fetch::Tokens => self.on_tokens_fetched(outcome, context),
            Fetch::Session => self.on_session_fetched(outcome, context),
            Fetch::SignOut => self.on_sign_out_answered(outcome, context),
            Fetch::Api(call) => {
                let call = call.clone();
                self.on_api_answer(call, id, outcome, context);
            }
        }
    }

    fn on_api_answer(&mut self, call: ApiCall, id: &FetchId, outcome: &HttpOutcome, context: &mut Context) {
        match call {
            ApiCall::Branding => {}
            ApiCall::Me => on_me_fetched(id, outcome, context),
            ApiCall::Devices(_) => self.on_devices_fetched(id, outcome, context),
            ApiCall::Device(device) => self.on_device_fetched(&device, id, outcome, context),
            ApiCall::Notifications => self.on_notifications_fetched(id, outcome, context),
            ApiCall::MarkNotificationRead(_) => {
                if let Err(error) = decode_accepted(outcome) {
                    context.log(error.code(), "notification");
                }
            }
            ApiCall::Reset(_)
            | ApiCall::Action(..)
            | ApiCall::CancelRun(_)
            | ApiCall::TemporaryPasscode(_)
            | ApiCall::Compliance(_)
            | ApiCall::Apps(_)
            | ApiCall::Categories(_)
            | ApiCall::History(..)
            | ApiCall::ReportUnrecognized(..)
            | ApiCall::RevokeSessions => {
                if let Some(rules) = self.rules {
                    (rules.answered)(self, call, id, outcome, context);
                }
            }
        }
    }

    pub(crate) fn on_retry_due(&mut self, id: FetchId, context: &mut Context) {
        let is_of_this_session = id.epoch == context.page.epoch;
        match id.what {
            Fetch::Api(ApiCall::Branding) => context.fetch_branding(id.attempt),
            // A passcode nobody waits for any more is not revealed.
            Fetch::Api(ApiCall::TemporaryPasscode(device))
                if self.passcode.view != (PasscodeView::Loading { device: device.clone() }) => {}
            Fetch::Api(call) if is_of_this_session => context.call(call, id.attempt),
            Fetch::Api(_)
            | Fetch::Config
            | Fetch::Discovery
            | Fetch::Keys
            | Fetch::Tokens
            | Fetch::Session
            | Fetch::SignOut => {}
        }
    }
}

fn on_branding_fetched(id: &FetchId, outcome: &HttpOutcome, context: &mut Context) {
    match decode_branding(outcome) {
        Ok(branding) => context.page.branding = Arc::new(branding),
        Err(error) => {
            if !context.is_retried(id, &error) {
                context.log(error.code(), "branding");
            }
        }
    }
}

fn on_me_fetched(id: &FetchId, outcome: &HttpOutcome, context: &mut Context) {
    match decode_me(outcome) {
        Ok(me) => {
            if let Session::SignedIn(person) = &mut context.page.session {
                let is_token = matches!(person.credential, Credential::Tokens { .. });
                if !me.display_name.is_empty() {
                    person.name = me.display_name;
                }
                if !me.user_principal_name.is_empty() {
                    person.user_name = me.user_principal_name;
                }
                person.skips_second_within = me.skip_second_sign_in_within_seconds.map(Seconds);
                // The server reads the access token, and a token of another sign-in has no more in it.
                if is_token {
                    context.note_auth_time(me.auth_time.is_some());
                }
            }
        }
        // The token's own name is good enough.
        Err(error) => {
            if !context.is_retried(id, &error) {
                context.log(error.code(), "me");
            }
        }
    }
}
