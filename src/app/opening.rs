//! The first moments: what the address says, what the last page of this tab left behind, `config.json`.

use super::Opening;
use crate::auth::{Callback, Continuation, PageConfig, Purpose, ResumeRecord, SignInError, Transaction};
use crate::core::{
    CallbackProgress, Config, Connectivity, Context, ENDED_BY_IDLENESS, Effect, Fetch, HistoryEntry, LIST,
    LOCALE, NO_AUTH_TIME, PendingSignIn, SHARED_COMPUTER, SIGN_OUT_OWED, SILENT_TRIED, Session, StorageKey,
    TabStorage, WAS_SIGNED_IN, find as find_stored,
};
use crate::domain::{ActionEvent, Computer};
use crate::features::Features;
use crate::http::HttpOutcome;
use crate::route::Route;
use portal_contract::Branding;
use std::sync::Arc;

impl Features {
    pub(crate) fn on_page_opened(&mut self, opening: Opening, context: &mut Context) {
        let Opening { origin, path, query, stored: entries, languages, is_online } = opening;
        context.page.origin = origin;
        self.language.of_browser = Arc::new(languages);
        context.page.connectivity = if is_online { Connectivity::Online } else { Connectivity::Offline };
        context.page.route = Route::parse(&path);
        let is_available = entries.is_some();
        let entries = entries.unwrap_or_default();
        let find = |key: &str| find_stored(&entries, key);
        context.page.stored = TabStorage {
            is_available,
            was_signed_in: find(WAS_SIGNED_IN).is_some(),
            silent_tried: find(SILENT_TRIED).is_some(),
            sign_out_owed: find(SIGN_OUT_OWED).is_some(),
            locale: find(LOCALE).map(str::to_owned),
            resume: find(ResumeRecord::KEY).and_then(ResumeRecord::parse),
            continuation: find(Continuation::KEY)
                .and_then(Continuation::parse)
                .filter(|record| record.is_current(context.now.wall)),
            goes_on: false,
            list: find(LIST).map(str::to_owned),
            no_auth_time: find(NO_AUTH_TIME).is_some(),
        };
        if find(SHARED_COMPUTER).is_some() {
            self.shared_computer.screen = Computer::Shared;
        }
        match context.page.route {
            Route::Callback => self.open_callback(&query, &entries, context),
            Route::SignedOut => self.open_signed_out(&query, &entries, context),
            Route::Home
            | Route::Devices
            | Route::Device(_)
            | Route::ResetPasscode(_)
            | Route::Remove(_)
            | Route::Erase(_)
            | Route::Passcode(_)
            | Route::DeviceHistory(_)
            | Route::Apps(_)
            | Route::UnrecognizedActivity(..)
            | Route::History
            | Route::Notifications
            | Route::Help
            | Route::Accessibility
            | Route::NotFound => {}
        }
        self.remove_stale_records(&entries, context);
        self.fetch_config(context);
    }

    /// The code leaves the address bar and the transaction the storage before anything is awaited.
    fn open_callback(&mut self, query: &str, entries: &[(String, String)], context: &mut Context) {
        context.effect(Effect::ReplaceAddress(Route::Callback));
        let callback = Callback::parse(query);
        self.sign_in.provider_error = callback.said().map(str::to_owned);
        let key = callback.state().map(Transaction::storage_key);
        let record = key.as_deref().and_then(|key| find_stored(entries, key));
        if let (Some(key), Some(_)) = (&key, record) {
            context.remove_stored(key);
        }
        match record.and_then(Transaction::parse) {
            Some(transaction) if transaction.is_current(context.now.wall) => {
                self.shared_computer.screen = transaction.screen;
                context.page.session = CallbackProgress::of(callback, transaction);
            }
            Some(transaction) => {
                let expected = transaction.expected;
                self.fail_sign_in(&transaction.purpose, expected, SignInError::TransactionExpired, context);
            }
            None => {
                // Whoever sent this callback may be in the way of the sign-in that waits here: it begins anew, too.
                for (key, _) in entries.iter().filter(|(key, _)| key.starts_with(Transaction::KEY_PREFIX)) {
                    context.remove_stored(key);
                }
                let error = if context.page.stored.is_available {
                    SignInError::StateMismatch
                } else {
                    SignInError::StorageRefused
                };
                let (purpose, expected) = match context.page.stored.continuation.clone() {
                    Some(Continuation { device, action, expected, .. }) => {
                        (Purpose::StepUp { device, action }, Some(expected))
                    }
                    None => (Purpose::SignIn { return_to: Route::Home }, None),
                };
                self.fail_sign_in(&purpose, expected, error, context);
            }
        }
    }

    /// An ordinary sign-out ends here. The one for a reset comes back with its `state` and goes on by itself, once; whoever
    /// comes back in another way is offered to go on.
    fn open_signed_out(&mut self, query: &str, entries: &[(String, String)], context: &mut Context) {
        if !query.is_empty() {
            context.effect(Effect::ReplaceAddress(Route::SignedOut));
        }
        let state = form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "state");
        let state = state.map(|(_, value)| value.into_owned());
        if let Some(record) = context.page.stored.continuation.clone()
            && record.state.is_some()
            && record.state == state
        {
            context.page.stored.goes_on = true;
            context.remember_step_up(Continuation { state: None, ..record });
        }
        if find_stored(entries, ENDED_BY_IDLENESS).is_some() {
            context.remove_stored(ENDED_BY_IDLENESS);
            self.shared_computer.ended_by_idleness = true;
        }
        if context.page.stored.continuation.is_none() {
            // Whoever signed out is not signed in again by the next click without being asked.
            context.page.stored.silent_tried = true;
        }
    }

    /// Transactions and continuations that can no longer be used: abandoned, or not ours.
    fn remove_stale_records(&mut self, entries: &[(String, String)], context: &mut Context) {
        let wall = context.now.wall;
        for (key, value) in entries {
            let is_stale = if key.starts_with(Transaction::KEY_PREFIX) {
                !Transaction::parse(value).is_some_and(|record| record.is_current(wall))
            } else if key == Continuation::KEY {
                !Continuation::parse(value).is_some_and(|record| record.is_current(wall))
            } else if key == ResumeRecord::KEY {
                !ResumeRecord::parse(value).is_some_and(|record| record.is_current(wall))
            } else {
                false
            };
            let removed = Effect::StorageRemove(StorageKey(key.clone()));
            if is_stale && !context.effects().contains(&removed) {
                context.effect(removed);
            }
        }
        context.page.stored.resume = context.page.stored.resume.take().filter(|r| r.is_current(wall));
    }

    fn fetch_config(&mut self, context: &mut Context) {
        context.page.config = Config::Loading;
        let id = context.fetch_id(Fetch::Config, 0);
        context.effect(Effect::Fetch { id, request: PageConfig::request() });
    }

    pub(crate) fn retry_config(&mut self, context: &mut Context) {
        self.fetch_config(context);
    }

    pub(crate) fn on_config_fetched(&mut self, outcome: &HttpOutcome, context: &mut Context) {
        if context.page.config != Config::Loading {
            return;
        }
        match PageConfig::of_answer(outcome) {
            Ok(config) => self.begin(config, context),
            Err(error) => {
                context.log(error.code(), error.field().unwrap_or("config.json"));
                context.page.config = Config::Failed(error);
            }
        }
    }

    fn begin(&mut self, config: PageConfig, context: &mut Context) {
        self.language.follow_configured(config.default_locale.as_deref(), context);
        context.page.branding = Arc::new(Branding {
            contact_it_name: config.support.name.clone(),
            contact_it_phone_number: config.support.phone.clone(),
            contact_it_email_address: config.support.email.clone(),
            online_support_site_url: config.support.url.clone(),
            ..Branding::default()
        });
        context.page.config = Config::Ready(Arc::new(config));
        context.fetch_branding(0);
        match context.page.session {
            Session::CompletingCallback(_) if context.is_session_mode() => self.ask_session(context),
            Session::CompletingCallback(_) => self.fetch_discovery(context),
            Session::Starting => self.begin_without_callback(context),
            Session::SignedOut
            | Session::Redirecting(_)
            | Session::SignedIn(_)
            | Session::SignInFailed { .. } => {}
        }
    }

    fn begin_without_callback(&mut self, context: &mut Context) {
        context.page.session = Session::SignedOut;
        if context.page.stored.goes_on
            && let Some(continuation) = context.page.stored.continuation.clone()
        {
            return self.begin_sign_in(
                PendingSignIn {
                    purpose: Purpose::StepUp { device: continuation.device, action: continuation.action },
                    expected: Some(continuation.expected),
                    challenge: continuation.challenge,
                    history: HistoryEntry::Replace,
                },
                context,
            );
        }
        if self.offers_to_go_on(context) {
            return;
        }
        let was_signed_in = context.page.stored.was_signed_in;
        if context.page.route.needs_sign_in() || (context.page.route == Route::Home && was_signed_in) {
            self.begin_silently(context);
        }
    }

    /// Offers to go on with a step-up that was left on its way, on any screen that would ask for a sign-in. Whether it does.
    pub(crate) fn offers_to_go_on(&mut self, context: &mut Context) -> bool {
        let route = &context.page.route;
        let is_here = route.needs_sign_in() || matches!(route, Route::Home | Route::SignedOut);
        let Some(record) = context.page.going_on().filter(|_| is_here).cloned() else { return false };
        self.sign_in.expected = Some(record.expected);
        context.page.challenge = record.challenge;
        let event = ActionEvent::SignInInterrupted(record.device.clone());
        self.advance(record.action, event, context);
        self.go_instead(Route::of_action(record.action, record.device), context);
        true
    }
}
