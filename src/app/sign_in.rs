//! Signing in, out, and in again: the order of the steps. What each step checks is in `auth`.

use super::turn::Turn;
use super::{
    Actions, ApiCall, CallbackProgress, Connectivity, Effect, Fetch, HistoryEntry, PendingSignIn, Redirect,
    ServerClock, Session, SignedIn, TimerId, Visit, stored,
};
use crate::auth::{
    Callback, CallbackAnswer, Continuation, Credential, Discovery, Expectations, ExpectedPerson, KeySet,
    Purpose, ResumeRecord, SignInError, SignInMode, SignInRandom, SignatureVerdict, TokenAnswer, Transaction,
    UnverifiedIdToken, VerifiedSignIn, authorization_url, discovery_request, end_session_url, jwks_request,
    session_sign_in_url, token_request, validate_claims,
};
use crate::domain::{
    ActionEvent, ActionFlow, DeviceId, Idleness, Milliseconds, Now, SignInAge, SubmitStep, WhoseScreen,
    elapsed,
};
use crate::http::HttpOutcome;
use crate::route::Route;
use std::sync::Arc;

/// A token that is refused within this time after the sign-in will be refused after the next one too.
const TOO_YOUNG_TO_BE_REFUSED: Milliseconds = Milliseconds(60_000);

/// Why somebody is signed out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SignOutCause {
    /// They wanted to, here or in another tab.
    Person,
    /// Nobody touched a borrowed screen.
    Idleness,
}

impl Turn {
    // ---- leaving -------------------------------------------------------------------------------------------------

    pub(super) fn on_sign_in_chosen(&mut self) {
        let return_to = match &self.model.session {
            Session::SignedOut if self.model.route.needs_sign_in() => self.model.route.clone(),
            Session::SignedOut => Route::Devices,
            Session::SignInFailed { return_to, .. } if return_to.needs_sign_in() => return_to.clone(),
            Session::SignInFailed { .. } => Route::Devices,
            Session::Starting
            | Session::Redirecting(_)
            | Session::CompletingCallback(_)
            | Session::SignedIn(_) => return,
        };
        self.begin_sign_in(PendingSignIn {
            purpose: Purpose::SignIn { return_to },
            expected: None,
            challenge: None,
            history: HistoryEntry::Push,
        });
    }

    /// Signs in without asking, once: a second time by itself would be a loop.
    pub(super) fn begin_silently(&mut self) {
        self.model.session = Session::SignedOut;
        if self.model.stored.sign_out_owed {
            return self.end_session();
        }
        if self.model.stored.silent_tried || !self.model.stored.is_available {
            return;
        }
        self.begin_sign_in(PendingSignIn {
            purpose: Purpose::Silent { return_to: self.model.route.clone() },
            expected: None,
            challenge: None,
            history: HistoryEntry::Replace,
        });
    }

    /// The API does not take the token any more. Signs in again silently and returns to the same place; a token that was
    /// refused at once, or a confirmation on the screen, gets an explanation instead.
    pub(super) fn on_unauthenticated(&mut self) {
        let Some(person) = self.model.session.signed_in() else { return };
        if elapsed(person.since, self.now) < TOO_YOUNG_TO_BE_REFUSED {
            let error = SignInError::AccessTokenRefused;
            self.log(error.code(), "api");
            let return_to = self.model.route.clone();
            self.forget_person();
            self.model.session = Session::SignInFailed { error, return_to };
            return;
        }
        let expected = Some(person.as_expected());
        if let ActionFlow::Confirm { device, .. }
        | ActionFlow::Submit { device, step: SubmitStep::Busy { .. }, .. } = &self.model.reset
        {
            let device = device.id().clone();
            return self.reset(ActionEvent::ReturnedTooLate(device));
        }
        self.begin_sign_in(PendingSignIn {
            purpose: Purpose::Silent { return_to: self.model.route.clone() },
            expected,
            challenge: None,
            history: HistoryEntry::Replace,
        });
    }

    pub(super) fn on_reveal_sign_in_chosen(&mut self, device: DeviceId) {
        let Some(person) = self.model.session.signed_in() else { return };
        self.begin_sign_in(PendingSignIn {
            purpose: Purpose::Reveal { device },
            expected: Some(person.as_expected()),
            challenge: self.model.challenge.clone(),
            history: HistoryEntry::Push,
        });
    }

    /// Flow.md step 5: sign-out at the provider first, where it has such a place; then the fresh sign-in.
    pub(super) fn leave_for_sign_in(&mut self, device: DeviceId) {
        let challenge = self.model.challenge.clone();
        let person = self.model.session.signed_in();
        let expected = person.map(SignedIn::as_expected).or_else(|| self.model.expected.clone());
        let signs_out_first = self.model.signs_out_first();
        let can_sign_out = signs_out_first
            && self.model.discovery.as_ref().is_some_and(|known| known.end_session_endpoint.is_some());
        let credential = person.map(|person| person.credential.clone());
        if let Some(expected) = expected.clone() {
            self.remember_step_up(Continuation {
                device_name: self.name_of(&device),
                device: device.clone(),
                state: None,
                is_again: !signs_out_first,
                expected,
                challenge: challenge.clone(),
                created: self.now.wall,
            });
        }
        // In session mode there is nothing to sign out with: the server does it on the way.
        match (credential, &expected) {
            (Some(Credential::Tokens { id, .. }), Some(expected))
                if can_sign_out && self.model.stored.is_available =>
            {
                let redirect = Redirect::SignOutForReset { device, expected: expected.clone(), id_token: id };
                self.redirect(redirect);
                self.effect(Effect::DrawRandom);
            }
            _ => self.begin_sign_in(PendingSignIn {
                purpose: Purpose::StepUp { device },
                expected,
                challenge,
                history: HistoryEntry::Push,
            }),
        }
    }

    /// The name of a device as far as it is known; empty otherwise.
    fn name_of(&self, device: &DeviceId) -> String {
        let shown = self.model.device.device.as_ref().filter(|known| known.id == *device);
        let known = self.model.devices.find(device).or(shown).map(|known| known.name.clone());
        known.or_else(|| self.model.name_kept_of(device).map(str::to_owned)).unwrap_or_default()
    }

    pub(super) fn redirect(&mut self, redirect: Redirect) {
        self.hide_passcode();
        self.model.epoch = self.model.epoch.wrapping_add(1);
        self.model.session = Session::Redirecting(Box::new(redirect));
    }

    pub(super) fn begin_sign_in(&mut self, pending: PendingSignIn) {
        if !self.model.stored.is_available {
            let expected = pending.expected;
            return self.fail_sign_in(&pending.purpose, expected, SignInError::StorageRefused);
        }
        self.redirect(Redirect::SignIn(pending));
        if self.model.discovery.is_some() || self.is_session_mode() {
            self.effect(Effect::DrawRandom);
        } else {
            self.fetch_discovery();
        }
    }

    pub(super) fn fetch_discovery(&mut self) {
        if let Some(config) = self.model.config.ready() {
            let request = discovery_request(&config.authority);
            let id = self.fetch_id(Fetch::Discovery, 0);
            self.effect(Effect::Fetch { id, request });
        }
    }

    pub(super) fn on_discovery_fetched(&mut self, outcome: &HttpOutcome) {
        let Some(config) = self.model.config.ready() else { return };
        match Discovery::of_answer(outcome, &config.authority) {
            Ok(discovery) => {
                self.model.discovery = Some(Arc::new(discovery));
                match &self.model.session {
                    Session::Redirecting(_) => self.effect(Effect::DrawRandom),
                    Session::CompletingCallback(_) => self.exchange_code(),
                    Session::Starting
                    | Session::SignedOut
                    | Session::SignedIn(_)
                    | Session::SignInFailed { .. } => {}
                }
            }
            Err(error) => self.fail(error),
        }
    }

    pub(super) fn on_random_drawn(&mut self, random: Option<&SignInRandom>) {
        if self.is_key_for_action(random.map(SignInRandom::idempotency_key)) {
            return;
        }
        let Some(random) = random else { return self.fail(SignInError::RandomUnavailable) };
        let Session::Redirecting(redirect) = &self.model.session else { return };
        match (**redirect).clone() {
            Redirect::SignIn(pending) => self.leave_to_sign_in(pending, random),
            Redirect::SignOutForReset { id_token, .. } => {
                let state = random.state();
                if let Some(record) = self.model.stored.continuation.clone() {
                    self.remember_step_up(Continuation { state: Some(state.clone()), ..record });
                }
                self.leave_to_sign_out(Some(&state), &id_token, HistoryEntry::Push);
            }
            Redirect::SignOut => {}
        }
    }

    fn leave_to_sign_in(&mut self, pending: PendingSignIn, random: &SignInRandom) {
        let Some(config) = self.model.config.ready() else { return };
        let state = random.state();
        let transaction = Transaction {
            verifier: random.verifier(),
            nonce: random.nonce(),
            expected: pending.expected,
            purpose: pending.purpose,
            key: random.idempotency_key(),
            screen: self.model.visit.screen,
            created: self.now.wall,
        };
        let is_silent = matches!(transaction.purpose, Purpose::Silent { .. });
        let url = match (config.mode, &self.model.discovery) {
            (SignInMode::Session, _) if is_silent => {
                self.model.stored.silent_tried = true;
                self.model.session = CallbackProgress::of(Callback::parse(""), transaction);
                return self.ask_session();
            }
            (SignInMode::Session, _) => {
                let record = self.model.stored.continuation.as_ref();
                let is_again = record.is_some_and(|record| record.is_again);
                let skips = is_again && matches!(transaction.purpose, Purpose::StepUp { .. });
                session_sign_in_url(&state, &transaction.purpose, !skips)
            }
            (SignInMode::Token, Some(discovery)) => authorization_url(
                discovery,
                config,
                &self.model.origin,
                &state,
                &transaction,
                pending.challenge.as_ref(),
            ),
            (SignInMode::Token, None) => return,
        };
        self.store(Transaction::storage_key(&state), transaction.serialise());
        if is_silent {
            self.model.stored.silent_tried = true;
            self.store(stored::SILENT_TRIED.to_owned(), "1".to_owned());
        }
        self.effect(Effect::LeaveTo { url, history: pending.history });
    }

    fn leave_to_sign_out(
        &mut self,
        state: Option<&str>,
        id_token: &crate::auth::IdToken,
        history: HistoryEntry,
    ) {
        let (Some(config), Some(discovery)) = (self.model.config.ready(), &self.model.discovery) else {
            return;
        };
        if let Some(url) = end_session_url(discovery, config, &self.model.origin, state, Some(id_token)) {
            self.effect(Effect::BlankPage);
            self.effect(Effect::LeaveTo { url, history });
        }
    }

    // ---- coming back ---------------------------------------------------------------------------------------------

    fn exchange_code(&mut self) {
        let Session::CompletingCallback(progress) = &mut self.model.session else { return };
        let (Some(config), Some(discovery)) = (self.model.config.ready(), &self.model.discovery) else {
            return;
        };
        match progress.callback.answer(discovery) {
            Ok(CallbackAnswer::Code(code)) => {
                progress.asked = Some(self.now);
                let request =
                    token_request(discovery, config, &self.model.origin, &code, &progress.transaction);
                let keys = jwks_request(discovery);
                let id = self.fetch_id(Fetch::Tokens, 0);
                self.effect(Effect::Fetch { id, request });
                let id = self.fetch_id(Fetch::Keys, 0);
                self.effect(Effect::Fetch { id, request: keys });
            }
            Ok(CallbackAnswer::Error(error)) | Err(error) => self.fail(error),
        }
    }

    pub(super) fn on_tokens_fetched(&mut self, outcome: &HttpOutcome) {
        let Session::CompletingCallback(progress) = &mut self.model.session else { return };
        let read = TokenAnswer::of_answer(outcome).and_then(|tokens| {
            progress.id_token = Some(UnverifiedIdToken::parse(&tokens.id)?);
            progress.tokens = Some(tokens);
            Ok(())
        });
        match read {
            Ok(()) => self.check_signature(),
            Err(error) => self.fail(error),
        }
    }

    pub(super) fn on_keys_fetched(&mut self, outcome: &HttpOutcome) {
        let Session::CompletingCallback(progress) = &mut self.model.session else { return };
        match KeySet::of_answer(outcome) {
            Ok(keys) => {
                progress.keys = Some(keys);
                self.check_signature();
            }
            Err(error) => self.fail(error),
        }
    }

    fn check_signature(&mut self) {
        let Session::CompletingCallback(progress) = &self.model.session else { return };
        if let (Some(token), Some(keys)) = (&progress.id_token, &progress.keys) {
            match token.signature_check(keys) {
                Ok(check) => self.effect(Effect::VerifySignature(check)),
                Err(error) => self.fail(error),
            }
        }
    }

    pub(super) fn on_signature_checked(&mut self, verdict: SignatureVerdict) {
        let Session::CompletingCallback(progress) = &self.model.session else { return };
        let progress = progress.clone();
        match self.verify(&progress, verdict) {
            Ok((verified, tokens, asked)) => {
                let credential = Credential::Tokens { access: tokens.access, id: tokens.id };
                self.complete(progress.transaction, &verified, credential, asked);
            }
            Err(error) => self.fail(error),
        }
    }

    fn verify(
        &self,
        progress: &CallbackProgress,
        verdict: SignatureVerdict,
    ) -> Result<(VerifiedSignIn, TokenAnswer, Now), SignInError> {
        let malformed = SignInError::TokenAnswerMalformed;
        let tokens = progress.tokens.clone().ok_or(malformed)?;
        let id_token = progress.id_token.as_ref().ok_or(malformed)?;
        let asked = progress.asked.ok_or(malformed)?;
        let config = self.model.config.ready().ok_or(malformed)?;
        let discovery = self.model.discovery.as_ref().ok_or(SignInError::ProviderUnreachable)?;
        let transaction = &progress.transaction;
        let expected = Expectations {
            issuer: &discovery.issuer,
            client_id: &config.client_id,
            trusted_audiences: &config.trusted_audiences,
            nonce: &transaction.nonce,
            max_age: transaction.purpose.max_age(None),
            sub: transaction.expected.as_ref().map(|person| person.sub.as_str()),
            elapsed: elapsed(asked, self.now),
        };
        let verified = validate_claims(id_token.claims(verdict)?, &expected)?;
        Ok((verified, tokens, asked))
    }

    pub(super) fn complete(
        &mut self,
        transaction: Transaction,
        verified: &VerifiedSignIn,
        credential: Credential,
        asked: Now,
    ) {
        self.model.epoch = self.model.epoch.wrapping_add(1);
        self.model.sign_in_error = None;
        self.model.provider_error = None;
        self.model.challenge = None;
        self.model.expected = None;
        self.model.server_clock = Some(ServerClock { stated: verified.issued_at, received: asked });
        let age = verified.age.map(|at_receipt| SignInAge { at_receipt, received: asked });
        self.model.session = Session::SignedIn(Box::new(SignedIn {
            sub: verified.sub.clone(),
            name: verified.name.clone(),
            user_name: verified.login_hint.clone().unwrap_or_default(),
            login_hint: verified.login_hint.clone(),
            age,
            since: self.now,
            credential,
        }));
        self.model.stored.silent_tried = false;
        self.model.stored.sign_out_owed = false;
        self.model.stored.was_signed_in = true;
        self.remove_stored(stored::SILENT_TRIED);
        self.store(stored::WAS_SIGNED_IN.to_owned(), "1".to_owned());
        self.begin_visit(transaction.screen);
        self.call(ApiCall::Me, 0);
        let step_up = match &transaction.purpose {
            Purpose::StepUp { device } => Some((device.clone(), transaction.key)),
            Purpose::SignIn { .. } | Purpose::Silent { .. } | Purpose::Reveal { .. } => {
                self.resumable(&transaction.purpose.return_to(), &verified.sub)
            }
        };
        let is_another = |record: &Continuation| record.expected.sub != verified.sub;
        if matches!(transaction.purpose, Purpose::StepUp { .. })
            || self.model.stored.continuation.as_ref().is_some_and(is_another)
        {
            self.forget_step_up();
        }
        // The reset's state is set before its screen is entered: B opens, not A.
        if let Some((device, key)) = step_up {
            let proof = self.model.session.signed_in().and_then(|p| p.prove_fresh(self.now));
            let is_step_up = matches!(transaction.purpose, Purpose::StepUp { .. });
            let way = self.now.wall.unix_millis().saturating_sub(transaction.created.unix_millis());
            let why = verified.why_not_fresh(Milliseconds(way)).filter(|_| is_step_up);
            match (proof, why) {
                (Some(proof), _) => {
                    self.note_auth_time(true);
                    self.reset(ActionEvent::ReturnedFresh { device, proof, key });
                }
                (None, Some(error)) => {
                    self.log(error.code(), "sign-in");
                    self.fail_step_up(device, error);
                }
                (None, None) => self.reset(ActionEvent::ReturnedTooLate(device)),
            }
        }
        let route = transaction.purpose.return_to();
        self.effect(Effect::ReplaceAddress(route.clone()));
        if route == self.model.route {
            self.enter_route();
        } else {
            self.model.route = route;
            self.model.arrivals = self.model.arrivals.wrapping_add(1);
            self.enter_route();
        }
        if self.model.route != Route::Notifications {
            self.call(ApiCall::Notifications, 0);
        }
    }

    /// A fresh sign-in came about and is none: explained, with who is signed in as before.
    pub(super) fn fail_step_up(&mut self, device: DeviceId, error: SignInError) {
        self.model.sign_in_error = Some(error);
        if error == SignInError::AuthTimeMissing {
            self.note_auth_time(false);
        }
        self.reset(ActionEvent::SignInFailed(device));
    }

    /// Remembers in this tab whether it is said when somebody signed in.
    pub(super) fn note_auth_time(&mut self, is_said: bool) {
        if self.model.stored.no_auth_time == is_said {
            self.model.stored.no_auth_time = !is_said;
            if is_said {
                self.remove_stored(stored::NO_AUTH_TIME);
            } else {
                self.store(stored::NO_AUTH_TIME.to_owned(), "1".to_owned());
            }
        }
    }

    /// B came back after a reload: the same person, the same device, within ten minutes. Used once.
    fn resumable(
        &mut self,
        return_to: &Route,
        sub: &str,
    ) -> Option<(DeviceId, crate::domain::IdempotencyKey)> {
        let Route::ResetPasscode(device) = return_to else { return None };
        let record = self.model.stored.resume.take()?;
        self.remove_stored(ResumeRecord::KEY);
        let fits = record.device == *device && record.sub == sub && record.is_current(self.now.wall);
        fits.then_some((record.device, record.key))
    }

    // ---- failing -------------------------------------------------------------------------------------------------

    /// Fails whatever sign-in is on its way.
    pub(super) fn fail(&mut self, error: SignInError) {
        match std::mem::take(&mut self.model.session) {
            Session::CompletingCallback(progress) => {
                let Transaction { purpose, expected, .. } = progress.transaction;
                self.fail_sign_in(&purpose, expected, error);
            }
            Session::Redirecting(redirect) => match *redirect {
                Redirect::SignIn(pending) => {
                    self.fail_sign_in(&pending.purpose, pending.expected, error);
                }
                Redirect::SignOutForReset { device, expected, .. } => {
                    self.fail_sign_in(&Purpose::StepUp { device }, Some(expected), error);
                }
                Redirect::SignOut => self.sign_out_here(),
            },
            other @ (Session::Starting
            | Session::SignedOut
            | Session::SignedIn(_)
            | Session::SignInFailed { .. }) => self.model.session = other,
        }
    }

    /// Nothing is kept of a sign-in that failed but the explanation, and for a step-up who was expected.
    pub(super) fn fail_sign_in(
        &mut self,
        purpose: &Purpose,
        expected: Option<ExpectedPerson>,
        error: SignInError,
    ) {
        self.log(error.code(), "sign-in");
        self.model.session = Session::SignedOut;
        self.model.sign_in_error = Some(error);
        let return_to = purpose.return_to();
        match purpose {
            Purpose::StepUp { device } => {
                self.forget_person();
                if error == SignInError::AuthTimeMissing {
                    self.note_auth_time(false);
                }
                self.model.expected = expected;
                self.model.sign_in_error = Some(error);
                if error == SignInError::SubjectMismatch {
                    self.forget_step_up();
                    // Other tabs show the first person's devices while the browser is now the second one's.
                    self.effect(Effect::BroadcastSignedOut);
                }
                let device = device.clone();
                self.reset(step_up_failure(device, error));
            }
            Purpose::Silent { .. }
                if error == SignInError::InteractionRequired || !return_to.needs_sign_in() => {}
            Purpose::Silent { .. } | Purpose::SignIn { .. } | Purpose::Reveal { .. } => {
                self.model.session = Session::SignInFailed { error, return_to: return_to.clone() };
            }
        }
        self.effect(Effect::ReplaceAddress(return_to.clone()));
        if return_to != self.model.route {
            self.model.route = return_to;
            self.model.arrivals = self.model.arrivals.wrapping_add(1);
        }
    }

    pub(super) fn on_storage_refused(&mut self) {
        self.model.stored.is_available = false;
        self.fail(SignInError::StorageRefused);
    }

    // ---- signing out ---------------------------------------------------------------------------------------------

    pub(super) fn on_sign_out_chosen(&mut self) {
        self.sign_out(SignOutCause::Person);
    }

    pub(super) fn sign_out(&mut self, cause: SignOutCause) {
        let Some(person) = self.model.session.signed_in() else { return };
        let id_token = match &person.credential {
            Credential::Tokens { id, .. } => id.clone(),
            Credential::Session(_) => {
                self.effect(Effect::BroadcastSignedOut);
                self.forget_visit(cause);
                self.forget_person();
                return self.end_session();
            }
        };
        let has_such_a_place =
            self.model.discovery.as_ref().is_some_and(|known| known.end_session_endpoint.is_some());
        // Without a network the redirect would end in the browser's own error page; what is here goes in any case.
        let can_sign_out = has_such_a_place && self.model.connectivity == Connectivity::Online;
        self.effect(Effect::BroadcastSignedOut);
        self.forget_visit(cause);
        if can_sign_out {
            self.forget_person();
            self.redirect(Redirect::SignOut);
            self.leave_to_sign_out(None, &id_token, HistoryEntry::Replace);
        } else {
            self.sign_out_here();
        }
    }

    pub(super) fn on_signed_out_elsewhere(&mut self) {
        // A sign-in that is just being completed is one of the session that has ended.
        if !matches!(self.model.session, Session::SignedIn(_) | Session::CompletingCallback(_)) {
            return;
        }
        self.forget_visit(SignOutCause::Person);
        self.sign_out_here();
    }

    /// Empties the storage. On a screen of one's own the language stays; on a borrowed one nothing does, except for the
    /// page that says why the visit ended.
    fn forget_visit(&mut self, cause: SignOutCause) {
        self.effect(Effect::StorageClear);
        self.model.stored.continuation = None;
        if self.model.visit.screen == WhoseScreen::Own {
            self.store_locale();
        }
        self.model.visit = Visit::new(self.now);
        if cause == SignOutCause::Idleness {
            self.store(stored::ENDED_BY_IDLENESS.to_owned(), "1".to_owned());
            self.model.visit.ended_by_idleness = true;
        }
    }

    pub(super) fn sign_out_here(&mut self) {
        self.forget_person();
        self.model.session = Session::SignedOut;
        self.go_instead(Route::SignedOut);
    }

    /// Drops everything that is about the person.
    pub(super) fn forget_person(&mut self) {
        self.model.epoch = self.model.epoch.wrapping_add(1);
        self.hide_passcode();
        self.model.passcode_validity = None;
        self.model.devices = super::DeviceList::default();
        self.model.device = super::DeviceDetail::default();
        self.model.reset = ActionFlow::Idle;
        self.model.actions = Actions::default();
        self.model.notifications = super::Notifications::default();
        self.model.history = super::History::default();
        self.model.not_me = super::NotMe::default();
        self.model.aftermath = super::Aftermath::default();
        self.model.visit.idleness = Idleness::Active;
        self.model.reads = super::reads::Reads::default();
        self.model.telling.wish = super::Wish::None;
        self.model.telling.latest = None;
        self.model.cancelling = super::CancelState::NotAsked;
        self.model.preparation = super::Preparation::default();
        self.model.expected = None;
        self.model.sign_in_error = None;
        self.model.stored.was_signed_in = false;
        self.model.stored.silent_tried = true;
        self.model.stored.resume = None;
        let timers =
            [TimerId::Countdown, TimerId::Poll, TimerId::Notifications, TimerId::SayFilter, TimerId::Idle];
        for timer in timers {
            self.effect(Effect::StopTimer(timer));
        }
    }
}

#[allow(clippy::wildcard_enum_match_arm, reason = "every other failure is simply one")]
const fn step_up_failure(device: DeviceId, error: SignInError) -> ActionEvent {
    match error {
        SignInError::AccessDenied => ActionEvent::SignInCancelled(device),
        SignInError::SubjectMismatch => ActionEvent::ReturnedAsSomebodyElse(device),
        SignInError::TransactionExpired => ActionEvent::ReturnedTooLate(device),
        _ => ActionEvent::SignInFailed(device),
    }
}
