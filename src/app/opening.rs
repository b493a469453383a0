//! The first moments: what the address says, what the last page of this tab left behind, `config.json`.

use super::turn::Turn;
use super::{
    CallbackProgress, Config, Connectivity, Effect, Fetch, HistoryEntry, Opening, PendingSignIn, Session,
    StorageKey, StoredValue, stored,
};
use crate::auth::{Callback, Continuation, PageConfig, Purpose, ResumeRecord, SignInError, Transaction};
use crate::domain::{ActionEvent, WhoseScreen};
use crate::http::HttpOutcome;
use crate::route::Route;
use portal_contract::Branding;
use std::sync::Arc;

/// What was stored, as far as it is still of use.
#[derive(Clone, PartialEq, Eq, Default)]
pub(super) struct StoredAtStart {
    /// Whether the browser lets the page store anything.
    pub(super) is_available: bool,
    /// The person was signed in in this tab.
    pub(super) was_signed_in: bool,
    /// A silent sign-in was tried and did not succeed.
    pub(super) silent_tried: bool,
    /// A sign-out did not reach the server.
    pub(super) sign_out_owed: bool,
    /// The language the person chose.
    pub(super) locale: Option<String>,
    /// B, before a reload.
    pub(super) resume: Option<ResumeRecord>,
    /// The step-up that is on its way, or was left there.
    pub(super) continuation: Option<Continuation>,
    /// Whether it goes on by itself.
    pub(super) goes_on: bool,
    /// No sign-in in this tab can be fresh: nobody says when it was.
    pub(super) no_auth_time: bool,
}

impl std::fmt::Debug for StoredAtStart {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("StoredAtStart")
            .field("is_available", &self.is_available)
            .finish_non_exhaustive()
    }
}

impl Turn {
    pub(super) fn on_page_opened(&mut self, opening: Opening) {
        let Opening { origin, path, query, stored: entries, languages, is_online } = opening;
        self.model.origin = origin;
        self.model.languages = Arc::new(languages);
        self.model.connectivity = if is_online { Connectivity::Online } else { Connectivity::Offline };
        self.model.route = Route::parse(&path);
        let is_available = entries.is_some();
        let entries = entries.unwrap_or_default();
        let find = |key: &str| stored::find(&entries, key);
        self.model.stored = StoredAtStart {
            is_available,
            was_signed_in: find(stored::WAS_SIGNED_IN).is_some(),
            silent_tried: find(stored::SILENT_TRIED).is_some(),
            sign_out_owed: find(stored::SIGN_OUT_OWED).is_some(),
            locale: find(stored::LOCALE).map(str::to_owned),
            resume: find(ResumeRecord::KEY).and_then(ResumeRecord::parse),
            continuation: find(Continuation::KEY)
                .and_then(Continuation::parse)
                .filter(|record| record.is_current(self.now.wall)),
            goes_on: false,
            no_auth_time: find(stored::NO_AUTH_TIME).is_some(),
        };
        if find(stored::BORROWED).is_some() {
            self.model.visit.screen = WhoseScreen::Borrowed;
        }
        match self.model.route {
            Route::Callback => self.open_callback(&query, &entries),
            Route::SignedOut => self.open_signed_out(&query, &entries),
            Route::Home
            | Route::Devices
            | Route::Device(_)
            | Route::ResetPasscode(_)
            | Route::Passcode(_)
            | Route::DeviceHistory(_)
            | Route::NotMe(..)
            | Route::History
            | Route::Notifications
            | Route::Help
            | Route::Accessibility
            | Route::NotFound => {}
        }
        self.remove_stale_records(&entries);
        self.fetch_config();
    }

    /// The code leaves the address bar and the transaction the storage before anything is awaited.
    fn open_callback(&mut self, query: &str, entries: &[(String, String)]) {
        self.effect(Effect::ReplaceAddress(Route::Callback));
        let callback = Callback::parse(query);
        self.model.provider_error = callback.said().map(str::to_owned);
        let key = callback.state().map(Transaction::storage_key);
        let record = key.as_deref().and_then(|key| stored::find(entries, key));
        if let (Some(key), Some(_)) = (&key, record) {
            self.remove_stored(key);
        }
        match record.and_then(Transaction::parse) {
            Some(transaction) if transaction.is_current(self.now.wall) => {
                self.model.visit.screen = transaction.screen;
                self.model.session = CallbackProgress::of(callback, transaction);
            }
            Some(transaction) => {
                let expected = transaction.expected;
                self.fail_sign_in(&transaction.purpose, expected, SignInError::TransactionExpired);
            }
            None => {
                // Whoever sent this callback may be in the way of the sign-in that waits here: it begins anew, too.
                for (key, _) in entries.iter().filter(|(key, _)| key.starts_with(Transaction::KEY_PREFIX)) {
                    self.remove_stored(key);
                }
                let error = if self.model.stored.is_available {
                    SignInError::StateMismatch
                } else {
                    SignInError::StorageRefused
                };
                let (purpose, expected) = match self.model.stored.continuation.clone() {
                    Some(Continuation { device, expected, .. }) => {
                        (Purpose::StepUp { device }, Some(expected))
                    }
                    None => (Purpose::SignIn { return_to: Route::Home }, None),
                };
                self.fail_sign_in(&purpose, expected, error);
            }
        }
    }

    /// An ordinary sign-out ends here. The one for a reset comes back with its `state` and goes on by itself, once; whoever
    /// comes back in another way is offered to go on.
    fn open_signed_out(&mut self, query: &str, entries: &[(String, String)]) {
        if !query.is_empty() {
            self.effect(Effect::ReplaceAddress(Route::SignedOut));
        }
        let state = form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "state");
        let state = state.map(|(_, value)| value.into_owned());
        if let Some(record) = self.model.stored.continuation.clone()
            && record.state.is_some()
            && record.state == state
        {
            self.model.stored.goes_on = true;
            self.remember_step_up(Continuation { state: None, ..record });
        }
        if stored::find(entries, stored::ENDED_BY_IDLENESS).is_some() {
            self.remove_stored(stored::ENDED_BY_IDLENESS);
            self.model.visit.ended_by_idleness = true;
        }
        if self.model.stored.continuation.is_none() {
            // Whoever signed out is not signed in again by the next click without being asked.
            self.model.stored.silent_tried = true;
        }
    }

    /// Transactions and continuations that can no longer be used: abandoned, or not ours.
    fn remove_stale_records(&mut self, entries: &[(String, String)]) {
        let wall = self.now.wall;
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
            if is_stale && !self.effects.contains(&removed) {
                self.effect(removed);
            }
        }
        self.model.stored.resume = self.model.stored.resume.take().filter(|r| r.is_current(wall));
    }

    fn fetch_config(&mut self) {
        self.model.config = Config::Loading;
        let id = self.fetch_id(Fetch::Config, 0);
        self.effect(Effect::Fetch { id, request: PageConfig::request() });
    }

    pub(super) fn retry_config(&mut self) {
        self.fetch_config();
    }

    pub(super) fn on_config_fetched(&mut self, outcome: &HttpOutcome) {
        if self.model.config != Config::Loading {
            return;
        }
        match PageConfig::of_answer(outcome) {
            Ok(config) => self.begin(config),
            Err(error) => {
                self.log(error.code(), error.field().unwrap_or("config.json"));
                self.model.config = Config::Failed(error);
            }
        }
    }

    fn begin(&mut self, config: PageConfig) {
        self.follow_configured_language(config.default_locale.as_deref());
        self.model.branding = Arc::new(Branding {
            contact_it_name: config.support.name.clone(),
            contact_it_phone_number: config.support.phone.clone(),
            contact_it_email_address: config.support.email.clone(),
            online_support_site_url: config.support.url.clone(),
            ..Branding::default()
        });
        self.model.config = Config::Ready(Arc::new(config));
        self.fetch_branding(0);
        match self.model.session {
            Session::CompletingCallback(_) if self.is_session_mode() => self.ask_session(),
            Session::CompletingCallback(_) => self.fetch_discovery(),
            Session::Starting => self.begin_without_callback(),
            Session::SignedOut
            | Session::Redirecting(_)
            | Session::SignedIn(_)
            | Session::SignInFailed { .. } => {}
        }
    }

    fn begin_without_callback(&mut self) {
        self.model.session = Session::SignedOut;
        if self.model.stored.goes_on
            && let Some(continuation) = self.model.stored.continuation.clone()
        {
            return self.begin_sign_in(PendingSignIn {
                purpose: Purpose::StepUp { device: continuation.device },
                expected: Some(continuation.expected),
                challenge: continuation.challenge,
                history: HistoryEntry::Replace,
            });
        }
        if self.offers_to_go_on() {
            return;
        }
        let was_signed_in = self.model.stored.was_signed_in;
        if self.model.route.needs_sign_in() || (self.model.route == Route::Home && was_signed_in) {
            self.begin_silently();
        }
    }

    /// Offers to go on with a step-up that was left on its way, on any screen that would ask for a sign-in. Whether it does.
    pub(super) fn offers_to_go_on(&mut self) -> bool {
        let route = &self.model.route;
        let is_here = route.needs_sign_in() || matches!(route, Route::Home | Route::SignedOut);
        let Some(record) = self.model.going_on().filter(|_| is_here).cloned() else { return false };
        self.model.expected = Some(record.expected);
        self.model.challenge = record.challenge;
        self.reset(ActionEvent::SignInInterrupted(record.device.clone()));
        self.go_instead(Route::ResetPasscode(record.device));
        true
    }

    /// Keeps the step-up for whoever opens the portal again.
    pub(super) fn remember_step_up(&mut self, record: Continuation) {
        self.store(Continuation::KEY.to_owned(), record.serialise());
        self.model.stored.continuation = Some(record);
    }

    /// The step-up has come to its end, or nobody wants it any more.
    pub(super) fn forget_step_up(&mut self) {
        if self.model.stored.continuation.take().is_some() {
            self.remove_stored(Continuation::KEY);
        }
    }

    /// Stores, where the browser lets us; without storage the page still works until the next redirect.
    pub(super) fn store(&mut self, key: String, value: String) {
        if self.model.stored.is_available {
            self.effect(Effect::StorageSet { key: StorageKey(key), value: StoredValue(value) });
        }
    }

    pub(super) fn remove_stored(&mut self, key: &str) {
        self.effect(Effect::StorageRemove(StorageKey(key.to_owned())));
    }
}
