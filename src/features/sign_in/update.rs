//! Signing in, out, and in again: the order of the steps. What each step checks is in `auth`.

use super::Event;
use crate::auth::{
    Callback, CallbackAnswer, Continuation, Credential, Discovery, Expectations, ExpectedPerson, KeySet,
    Purpose, ResumeRecord, SignInError, SignInMode, SignInRandom, SignatureVerdict, TokenAnswer, Transaction,
    UnverifiedIdToken, VerifiedSignIn, authorization_url, discovery_request, end_session_url, jwks_request,
    session_sign_in_url, token_request, validate_claims,
};
use crate::core::{
    ApiCall, CallbackProgress, Connectivity, Context, ENDED_BY_IDLENESS, Effect, Fetch, HistoryEntry,
    PendingSignIn, Redirect, SILENT_TRIED, ServerClock, Session, SignOutCause, SignedIn, TimerId,
    WAS_SIGNED_IN,
};
use crate::domain::{
    Action, ActionEvent, Computer, DeviceId, IdempotencyKey, Idleness, Milliseconds, Now, Seconds, SignInAge,
    elapsed,
};
use crate::features::{
    Features, actions::FlowEvent, apps, compliance, devices, history, language, notifications,
    shared_computer,
};
use crate::http::HttpOutcome;
use crate::route::Route;
use std::sync::Arc;

/// A token that is refused within this time after the sign-in will be refused after the next one too.
const TOO_YOUNG_TO_BE_REFUSED: Milliseconds = Milliseconds(60_000);

impl Features {
    /// What of this feature happened. The person comes and goes with it, and with them all that is theirs.
    pub(crate) fn update_sign_in(&mut self, event: Event, context: &mut Context) {
        match event {
            Event::SignInChosen => self.on_sign_in_chosen(context),
            Event::SignOutChosen => self.sign_out(SignOutCause::Person, context),
            Event::SignedOutElsewhere => self.on_signed_out_elsewhere(context),
            Event::RevealSignInChosen(device) => self.on_reveal_sign_in_chosen(device, context),
            Event::SignatureChecked(verdict) => self.on_signature_checked(verdict, context),
        }
    }

    // ---- leaving -------------------------------------------------------------------------------------------------

    pub(crate) fn on_sign_in_chosen(&mut self, context: &mut Context) {
        let return_to = match &context.page.session {
            Session::SignedOut if context.page.route.needs_sign_in() => context.page.route.clone(),
            Session::SignedOut => Route::Devices,
            Session::SignInFailed { return_to, .. } if return_to.needs_sign_in() => return_to.clone(),
            Session::SignInFailed { .. } => Route::Devices,
            Session::Starting
            | Session::Redirecting(_)
            | Session::CompletingCallback(_)
            | Session::SignedIn(_) => return,
        };
        self.begin_sign_in(
            PendingSignIn {
                purpose: Purpose::SignIn { return_to },
                expected: None,
                challenge: None,
                history: HistoryEntry::Push,
            },
            context,
        );
    }

    /// Signs in without asking, once: a second time by itself would be a loop.
    pub(crate) fn begin_silently(&mut self, context: &mut Context) {
        context.page.session = Session::SignedOut;
        if context.page.stored.sign_out_owed {
            return self.end_session(context);
        }
        if context.page.stored.silent_tried || !context.page.stored.is_available {
            return;
        }
        self.begin_sign_in(
            PendingSignIn {
                purpose: Purpose::Silent { return_to: context.page.route.clone() },
                expected: None,
                challenge: None,
                history: HistoryEntry::Replace,
            },
            context,
        );
    }

    /// The API does not take the token any more. Signs in again silently and returns to the same place; a token that was
    /// refused at once, or a confirmation on the screen, gets an explanation instead.
    pub(crate) fn on_unauthenticated(&mut self, context: &mut Context) {
        let Some(person) = context.page.session.signed_in() else { return };
        if elapsed(person.since, context.now) < TOO_YOUNG_TO_BE_REFUSED {
            let error = SignInError::AccessTokenRefused;
            context.log(error.code(), "api");
            let return_to = context.page.route.clone();
            self.forget_person(context);
            context.page.session = Session::SignInFailed { error, return_to };
            return;
        }
        let expected = Some(person.as_expected());
        if let Some((device, action)) = self.actions.confirming() {
            return self.advance(action, ActionEvent::ReturnedTooLate(device), context);
        }
        self.begin_sign_in(
            PendingSignIn {
                purpose: Purpose::Silent { return_to: context.page.route.clone() },
                expected,
                challenge: None,
                history: HistoryEntry::Replace,
            },
            context,
        );
    }

    pub(crate) fn on_reveal_sign_in_chosen(&mut self, device: DeviceId, context: &mut Context) {
        let Some(person) = context.page.session.signed_in() else { return };
        self.begin_sign_in(
            PendingSignIn {
                purpose: Purpose::Reveal { device },
                expected: Some(person.as_expected()),
                challenge: context.page.challenge.clone(),
                history: HistoryEntry::Push,
            },
            context,
        );
    }

    /// Flow.md step 5: sign-out at the provider first, where it has such a place; then the fresh sign-in.
    pub(crate) fn leave_for_sign_in(&mut self, device: DeviceId, action: Action, context: &mut Context) {
        let challenge = context.page.challenge.clone();
        let person = context.page.session.signed_in();
        let expected = person.map(SignedIn::as_expected).or_else(|| self.sign_in.expected.clone());
        let signs_out_first = self.sign_in.signs_out_first(&context.page);
        let can_sign_out = signs_out_first
            && self.sign_in.discovery.as_ref().is_some_and(|known| known.end_session_endpoint.is_some());
        let credential = person.map(|person| person.credential.clone());
        if let Some(expected) = expected.clone() {
            context.remember_step_up(Continuation {
                device_name: self.name_of(&device, context),
                device: device.clone(),
                action,
                state: None,
                is_again: !signs_out_first,
                expected,
                challenge: challenge.clone(),
                created: context.now.wall,
            });
        }
        // In session mode there is nothing to sign out with: the server does it on the way.
        match (credential, &expected) {
            (Some(Credential::Tokens { id, .. }), Some(expected))
                if can_sign_out && context.page.stored.is_available =>
            {
                let expected = expected.clone();
                let redirect = Redirect::SignOutForReset { device, action, expected, id_token: id };
                self.redirect(redirect, context);
                context.effect(Effect::DrawRandom);
            }
            _ => self.begin_sign_in(
                PendingSignIn {
                    purpose: Purpose::StepUp { device, action },
                    expected,
                    challenge,
                    history: HistoryEntry::Push,
                },
                context,
            ),
        }
    }

    /// The name of a device as far as it is known; empty otherwise.
    fn name_of(&self, device: &DeviceId, context: &Context) -> String {
        let shown = self.devices.detail.device.as_ref().filter(|known| known.id == *device);
        let known = self.devices.list.find(device).or(shown).map(|known| known.name.clone());
        known.or_else(|| context.page.name_kept_of(device).map(str::to_owned)).unwrap_or_default()
    }

    pub(crate) fn redirect(&mut self, redirect: Redirect, context: &mut Context) {
        self.passcode.hide(context);
        context.page.epoch = context.page.epoch.wrapping_add(1);
        context.page.session = Session::Redirecting(Box::new(redirect));
    }

    pub(crate) fn begin_sign_in(&mut self, pending: PendingSignIn, context: &mut Context) {
        if !context.page.stored.is_available {
            let expected = pending.expected;
            return self.fail_sign_in(&pending.purpose, expected, SignInError::StorageRefused, context);
        }
        self.redirect(Redirect::SignIn(pending), context);
        if self.sign_in.discovery.is_some() || context.is_session_mode() {
            context.effect(Effect::DrawRandom);
        } else {
            self.fetch_discovery(context);
        }
    }

    pub(crate) fn fetch_discovery(&mut self, context: &mut Context) {
        if let Some(config) = context.page.config.ready() {
            let request = discovery_request(&config.authority);
            let id = context.fetch_id(Fetch::Discovery, 0);
            context.effect(Effect::Fetch { id, request });
        }
    }

    pub(crate) fn on_discovery_fetched(&mut self, outcome: &HttpOutcome, context: &mut Context) {
        let Some(config) = context.page.config.ready() else { return };
        match Discovery::of_answer(outcome, &config.authority) {
            Ok(discovery) => {
                self.sign_in.discovery = Some(Arc::new(discovery));
                match &context.page.session {
                    Session::Redirecting(_) => context.effect(Effect::DrawRandom),
                    Session::CompletingCallback(_) => self.exchange_code(context),
                    Session::Starting
                    | Session::SignedOut
                    | Session::SignedIn(_)
                    | Session::SignInFailed { .. } => {}
                }
            }
            Err(error) => self.fail(error, context),
        }
    }

    pub(crate) fn on_random_drawn(&mut self, random: Option<&SignInRandom>, context: &mut Context) {
        if self.actions.awaits_key() {
            let key = random.map(SignInRandom::idempotency_key);
            return self.tell_flows(FlowEvent::KeyDrawn(key), context);
        }
        let Some(random) = random else { return self.fail(SignInError::RandomUnavailable, context) };
        let Session::Redirecting(redirect) = &context.page.session else { return };
        match (**redirect).clone() {
            Redirect::SignIn(pending) => self.leave_to_sign_in(pending, random, context),
            Redirect::SignOutForReset { id_token, .. } => {
                let state = random.state();
                if let Some(record) = context.page.stored.continuation.clone() {
                    context.remember_step_up(Continuation { state: Some(state.clone()), ..record });
                }
                self.leave_to_sign_out(Some(&state), &id_token, HistoryEntry::Push, context);
            }
            Redirect::SignOut => {}
        }
    }

    fn leave_to_sign_in(&mut self, pending: PendingSignIn, random: &SignInRandom, context: &mut Context) {
        let Some(config) = context.page.config.ready() else { return };
        let state = random.state();
        let transaction = Transaction {
            verifier: random.verifier(),
            nonce: random.nonce(),
            expected: pending.expected,
            purpose: pending.purpose,
            key: random.idempotency_key(),
            screen: self.shared_computer.screen,
            created: context.now.wall,
        };
        let is_silent = matches!(transaction.purpose, Purpose::Silent { .. });
        let url = match (config.mode, &self.sign_in.discovery) {
            (SignInMode::Session, _) if is_silent => {
                context.page.stored.silent_tried = true;
                context.page.session = CallbackProgress::of(Callback::parse(""), transaction);
                return self.ask_session(context);
            }
            (SignInMode::Session, _) => {
                let record = context.page.stored.continuation.as_ref();
                let is_again = record.is_some_and(|record| record.is_again);
                let skips = is_again && matches!(transaction.purpose, Purpose::StepUp { .. });
                session_sign_in_url(&state, &transaction.purpose, !skips)
            }
            (SignInMode::Token, Some(discovery)) => authorization_url(
                discovery,
                config,
                &context.page.origin,
                &state,
                &transaction,
                pending.challenge.as_ref(),
            ),
            (SignInMode::Token, None) => return,
        };
        context.store(Transaction::storage_key(&state), transaction.serialise());
        if is_silent {
            context.page.stored.silent_tried = true;
            context.store(SILENT_TRIED.to_owned(), "1".to_owned());
        }
        context.effect(Effect::LeaveTo { url, history: pending.history });
    }

    fn leave_to_sign_out(
        &mut self,
        state: Option<&str>,
        id_token: &crate::auth::IdToken,
        history: HistoryEntry,
        context: &mut Context,
    ) {
        let (Some(config), Some(discovery)) = (context.page.config.ready(), &self.sign_in.discovery) else {
            return;
        };
        if let Some(url) = end_session_url(discovery, config, &context.page.origin, state, Some(id_token)) {
            context.effect(Effect::BlankPage);
            context.effect(Effect::LeaveTo { url, history });
        }
    }

    // ---- coming back ---------------------------------------------------------------------------------------------

    fn exchange_code(&mut self, context: &mut Context) {
        let Session::CompletingCallback(progress) = &mut context.page.session else { return };
        let (Some(config), Some(discovery)) = (context.page.config.ready(), &self.sign_in.discovery) else {
            return;
        };
        match progress.callback.answer(discovery) {
            Ok(CallbackAnswer::Code(code)) => {
                progress.asked = Some(context.now);
                let request =
                    token_request(discovery, config, &context.page.origin, &code, &progress.transaction);
                let keys = jwks_request(discovery);
                let id = context.fetch_id(Fetch::Tokens, 0);
                context.effect(Effect::Fetch { id, request });
                let id = context.fetch_id(Fetch::Keys, 0);
                context.effect(Effect::Fetch { id, request: keys });
            }
            Ok(CallbackAnswer::Error(error)) | Err(error) => self.fail(error, context),
        }
    }

    pub(crate) fn on_tokens_fetched(&mut self, outcome: &HttpOutcome, context: &mut Context) {
        let Session::CompletingCallback(progress) = &mut context.page.session else { return };
        let read = TokenAnswer::of_answer(outcome).and_then(|tokens| {
            progress.id_token = Some(UnverifiedIdToken::parse(&tokens.id)?);
            progress.tokens = Some(tokens);
            Ok(())
        });
        match read {
            Ok(()) => self.check_signature(context),
            Err(error) => self.fail(error, context),
        }
    }

    pub(crate) fn on_keys_fetched(&mut self, outcome: &HttpOutcome, context: &mut Context) {
        let Session::CompletingCallback(progress) = &mut context.page.session else { return };
        match KeySet::of_answer(outcome) {
            Ok(keys) => {
                progress.keys = Some(keys);
                self.check_signature(context);
            }
            Err(error) => self.fail(error, context),
        }
    }

    fn check_signature(&mut self, context: &mut Context) {
        let Session::CompletingCallback(progress) = &context.page.session else { return };
        if let (Some(token), Some(keys)) = (&progress.id_token, &progress.keys) {
            match token.signature_check(keys) {
                Ok(check) => context.effect(Effect::VerifySignature(check)),
                Err(error) => self.fail(error, context),
            }
        }
    }

    pub(crate) fn on_signature_checked(&mut self, verdict: SignatureVerdict, context: &mut Context) {
        let Session::CompletingCallback(progress) = &context.page.session else { return };
        let progress = progress.clone();
        match self.verify(&progress, verdict, context) {
            Ok((verified, tokens, asked)) => {
                let credential = Credential::Tokens { access: tokens.access, id: tokens.id };
                self.complete(progress.transaction, &verified, credential, asked, context);
            }
            Err(error) => self.fail(error, context),
        }
    }

    fn verify(
        &self,
        progress: &CallbackProgress,
        verdict: SignatureVerdict,
        context: &mut Context,
    ) -> Result<(VerifiedSignIn, TokenAnswer, Now), SignInError> {
        let malformed = SignInError::TokenAnswerMalformed;
        let tokens = progress.tokens.clone().ok_or(malformed)?;
        let id_token = progress.id_token.as_ref().ok_or(malformed)?;
        let asked = progress.asked.ok_or(malformed)?;
        let config = context.page.config.ready().ok_or(malformed)?;
        let discovery = self.sign_in.discovery.as_ref().ok_or(SignInError::ProviderUnreachable)?;
        let transaction = &progress.transaction;
        let expected = Expectations {
            issuer: &discovery.issuer,
            client_id: &config.client_id,
            trusted_audiences: &config.trusted_audiences,
            nonce: &transaction.nonce,
            max_age: transaction.purpose.max_age(None),
            sub: transaction.expected.as_ref().map(|person| person.sub.as_str()),
            elapsed: elapsed(asked, context.now),
        };
        let verified = validate_claims(id_token.claims(verdict)?, &expected)?;
        Ok((verified, tokens, asked))
    }

    pub(crate) fn complete(
        &mut self,
        transaction: Transaction,
        verified: &VerifiedSignIn,
        credential: Credential,
        asked: Now,
        context: &mut Context,
    ) {
        context.page.epoch = context.page.epoch.wrapping_add(1);
        self.sign_in.error = None;
        self.sign_in.provider_error = None;
        context.page.challenge = None;
        self.sign_in.expected = None;
        context.page.server_clock = Some(ServerClock { stated: verified.issued_at, received: asked });
        let age = verified.age.map(|at_receipt| SignInAge { at_receipt, received: asked });
        context.page.session = Session::SignedIn(Box::new(SignedIn {
            sub: verified.sub.clone(),
            name: verified.name.clone(),
            user_name: verified.login_hint.clone().unwrap_or_default(),
            login_hint: verified.login_hint.clone(),
            age,
            skips_second_within: None,
            since: context.now,
            credential,
        }));
        context.page.stored.silent_tried = false;
        context.page.stored.sign_out_owed = false;
        context.page.stored.was_signed_in = true;
        context.remove_stored(SILENT_TRIED);
        context.store(WAS_SIGNED_IN.to_owned(), "1".to_owned());
        self.shared_computer.begin(transaction.screen, context);
        context.call(ApiCall::Me, 0);
        let step_up = match &transaction.purpose {
            Purpose::StepUp { device, action } => Some((device.clone(), *action, transaction.key, None)),
            Purpose::SignIn { .. } | Purpose::Silent { .. } | Purpose::Reveal { .. } => {
                self.resumable(&transaction.purpose.return_to(), &verified.sub, context)
            }
        };
        let is_another = |record: &Continuation| record.expected.sub != verified.sub;
        let is_step_up = matches!(transaction.purpose, Purpose::StepUp { .. });
        if is_step_up || context.page.stored.continuation.as_ref().is_some_and(is_another) {
            context.forget_step_up();
        }
        // The reset's state is set before its screen is entered: the confirmation opens, not the explanation.
        if let Some((device, action, key, first_within)) = step_up {
            let person = context.page.session.signed_in();
            let proof = person.and_then(|person| person.prove(first_within, context.now));
            let way = context.now.wall.unix_millis().saturating_sub(transaction.created.unix_millis());
            let why = verified.why_not_fresh(Milliseconds(way)).filter(|_| is_step_up);
            match (proof, why) {
                (Some(proof), _) => {
                    context.note_auth_time(true);
                    self.advance(action, ActionEvent::ReturnedFresh { device, proof, key }, context);
                }
                (None, Some(error)) => {
                    context.log(error.code(), "sign-in");
                    self.fail_step_up(device, action, error, context);
                }
                (None, None) => self.advance(action, ActionEvent::ReturnedTooLate(device), context),
            }
        }
        let route = transaction.purpose.return_to();
        context.effect(Effect::ReplaceAddress(route.clone()));
        if route == context.page.route {
            self.enter_route(context);
        } else {
            context.page.route = route;
            context.page.arrivals = context.page.arrivals.wrapping_add(1);
            self.enter_route(context);
        }
        if context.page.route != Route::Notifications {
            self.notifications.ask(context);
        }
    }

    /// A fresh sign-in came about and is none: explained, with who is signed in as before.
    pub(crate) fn fail_step_up(
        &mut self,
        device: DeviceId,
        action: Action,
        error: SignInError,
        context: &mut Context,
    ) {
        self.sign_in.error = Some(error);
        if error == SignInError::AuthTimeMissing {
            context.note_auth_time(false);
        }
        self.advance(action, ActionEvent::SignInFailed(device), context);
    }

    /// The confirmation came back after a reload: the same person, device and action, within ten minutes. Used once.
    fn resumable(
        &mut self,
        return_to: &Route,
        sub: &str,
        context: &mut Context,
    ) -> Option<(DeviceId, Action, IdempotencyKey, Option<Seconds>)> {
        let (action, device) = return_to.action().zip(return_to.device())?;
        let record = context.page.stored.resume.take()?;
        context.remove_stored(ResumeRecord::KEY);
        let is_it = record.device == *device && record.action == action && record.sub == sub;
        (is_it && record.is_current(context.now.wall)).then_some((
            record.device,
            action,
            record.key,
            record.first_within,
        ))
    }

    // ---- failing -------------------------------------------------------------------------------------------------

    /// Fails whatever sign-in is on its way.
    pub(crate) fn fail(&mut self, error: SignInError, context: &mut Context) {
        match std::mem::take(&mut context.page.session) {
            Session::CompletingCallback(progress) => {
                let Transaction { purpose, expected, .. } = progress.transaction;
                self.fail_sign_in(&purpose, expected, error, context);
            }
            Session::Redirecting(redirect) => match *redirect {
                Redirect::SignIn(pending) => {
                    self.fail_sign_in(&pending.purpose, pending.expected, error, context);
                }
                Redirect::SignOutForReset { device, action, expected, .. } => {
                    let purpose = Purpose::StepUp { device, action };
                    self.fail_sign_in(&purpose, Some(expected), error, context);
                }
                Redirect::SignOut => self.sign_out_here(context),
            },
            other @ (Session::Starting
            | Session::SignedOut
            | Session::SignedIn(_)
            | Session::SignInFailed { .. }) => context.page.session = other,
        }
    }

    /// Nothing is kept of a sign-in that failed but the explanation, and for a step-up who was expected.
    pub(crate) fn fail_sign_in(
        &mut self,
        purpose: &Purpose,
        expected: Option<ExpectedPerson>,
        error: SignInError,
        context: &mut Context,
    ) {
        context.log(error.code(), "sign-in");
        context.page.session = Session::SignedOut;
        self.sign_in.error = Some(error);
        let return_to = purpose.return_to();
        match purpose {
            Purpose::StepUp { device, action } => {
                self.forget_person(context);
                if error == SignInError::AuthTimeMissing {
                    context.note_auth_time(false);
                }
                self.sign_in.expected = expected;
                self.sign_in.error = Some(error);
                if error == SignInError::SubjectMismatch {
                    context.forget_step_up();
                    // Other tabs show the first person's devices while the browser is now the second one's.
                    context.effect(Effect::BroadcastSignedOut);
                }
                self.advance(*action, step_up_failure(device.clone(), error), context);
            }
            Purpose::Silent { .. }
                if error == SignInError::InteractionRequired || !return_to.needs_sign_in() => {}
            Purpose::Silent { .. } | Purpose::SignIn { .. } | Purpose::Reveal { .. } => {
                context.page.session = Session::SignInFailed { error, return_to: return_to.clone() };
            }
        }
        context.effect(Effect::ReplaceAddress(return_to.clone()));
        if return_to != context.page.route {
            context.page.route = return_to;
            context.page.arrivals = context.page.arrivals.wrapping_add(1);
        }
    }

    pub(crate) fn on_storage_refused(&mut self, context: &mut Context) {
        context.page.stored.is_available = false;
        self.fail(SignInError::StorageRefused, context);
    }

    // ---- signing out ---------------------------------------------------------------------------------------------

    pub(crate) fn sign_out(&mut self, cause: SignOutCause, context: &mut Context) {
        let Some(person) = context.page.session.signed_in() else { return };
        let id_token = match &person.credential {
            Credential::Tokens { id, .. } => id.clone(),
            Credential::Session(_) => {
                context.effect(Effect::BroadcastSignedOut);
                self.forget_visit(cause, context);
                self.forget_person(context);
                return self.end_session(context);
            }
        };
        let has_such_a_place =
            self.sign_in.discovery.as_ref().is_some_and(|known| known.end_session_endpoint.is_some());
        // Without a network the redirect would end in the browser's own error page; what is here goes in any case.
        let can_sign_out = has_such_a_place && context.page.connectivity == Connectivity::Online;
        context.effect(Effect::BroadcastSignedOut);
        self.forget_visit(cause, context);
        if can_sign_out {
            self.forget_person(context);
            self.redirect(Redirect::SignOut, context);
            self.leave_to_sign_out(None, &id_token, HistoryEntry::Replace, context);
        } else {
            self.sign_out_here(context);
        }
    }

    pub(crate) fn on_signed_out_elsewhere(&mut self, context: &mut Context) {
        // A sign-in that is just being completed is one of the session that has ended.
        if !matches!(context.page.session, Session::SignedIn(_) | Session::CompletingCallback(_)) {
            return;
        }
        self.forget_visit(SignOutCause::Person, context);
        self.sign_out_here(context);
    }

    /// Empties the storage. On a screen of one's own the language stays; on a borrowed one nothing does, except for the
    /// page that says why the visit ended.
    fn forget_visit(&mut self, cause: SignOutCause, context: &mut Context) {
        context.effect(Effect::StorageClear);
        context.page.stored.continuation = None;
        if self.shared_computer.screen == Computer::Own {
            language::Model::store_locale(context);
        }
        self.shared_computer = shared_computer::Model::new(context.now);
        if cause == SignOutCause::Idleness {
            context.store(ENDED_BY_IDLENESS.to_owned(), "1".to_owned());
            self.shared_computer.ended_by_idleness = true;
        }
    }

    pub(crate) fn sign_out_here(&mut self, context: &mut Context) {
        self.forget_person(context);
        context.page.session = Session::SignedOut;
        self.go_instead(Route::SignedOut, context);
    }

    /// Drops everything that is about the person.
    pub(crate) fn forget_person(&mut self, context: &mut Context) {
        context.page.epoch = context.page.epoch.wrapping_add(1);
        self.passcode.hide(context);
        self.passcode.validity = None;
        self.devices = devices::Model::default();
        self.actions.forget();
        self.notifications = notifications::Model::default();
        self.history = history::Model::default();
        self.compliance = compliance::Model::default();
        self.apps = apps::Model::default();
        self.shared_computer.idleness = Idleness::Active;
        self.sign_in.expected = None;
        self.sign_in.error = None;
        context.page.stored.was_signed_in = false;
        context.page.stored.silent_tried = true;
        context.page.stored.resume = None;
        context.page.stored.list = None;
        let timers =
            [TimerId::Countdown, TimerId::Poll, TimerId::Notifications, TimerId::SayFilter, TimerId::Idle];
        for timer in timers {
            context.effect(Effect::StopTimer(timer));
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
