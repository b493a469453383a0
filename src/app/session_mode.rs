//! Session mode: the server signs people in and holds what proves it; the page asks who it is, and ends it. Everything else
//! about signing in is in `sign_in`, the same in both modes.

use super::turn::Turn;
use super::{CallbackProgress, Effect, Fetch, HistoryEntry, Redirect, Session, stored};
use crate::auth::{
    Credential, SignInError, SignInMode, session_end_url, session_request, sign_out_request, signed_in,
};
use crate::http::{HttpAnswer, HttpOutcome};

impl Turn {
    /// Session mode: the server has done all that; who is it?
    pub(super) fn ask_session(&mut self) {
        let Session::CompletingCallback(progress) = &mut self.model.session else { return };
        if let Some(error) = progress.callback.reported() {
            return self.fail(error);
        }
        progress.asked = Some(self.now);
        let id = self.fetch_id(Fetch::Session, 0);
        self.effect(Effect::Fetch { id, request: session_request() });
    }

    pub(super) fn on_session_fetched(&mut self, outcome: &HttpOutcome) {
        let Session::CompletingCallback(progress) = &self.model.session else { return };
        let CallbackProgress { transaction, asked, .. } = (**progress).clone();
        let is_somebody_else =
            |sub: &str| transaction.expected.as_ref().is_some_and(|person| person.sub != sub);
        match signed_in(outcome) {
            Ok(verified) if is_somebody_else(&verified.sub) => self.fail(SignInError::SubjectMismatch),
            Ok(verified) => {
                let credential = Credential::Session(verified.sub.clone());
                self.complete(transaction, &verified, credential, asked.unwrap_or(self.now));
            }
            Err(error) => self.fail(error),
        }
    }

    /// Session mode: ends it at the server. That is noted until the server has said so: without a network the cookie stays
    /// in the browser, and nobody may be greeted by it afterwards.
    pub(super) fn end_session(&mut self) {
        self.model.stored.sign_out_owed = true;
        self.store(stored::SIGN_OUT_OWED.to_owned(), "1".to_owned());
        self.redirect(Redirect::SignOut);
        let id = self.fetch_id(Fetch::SignOut, 0);
        self.effect(Effect::Fetch { id, request: sign_out_request() });
    }

    /// The network is back.
    pub(super) fn make_up_for_sign_out(&mut self) {
        if self.model.stored.sign_out_owed && matches!(self.model.session, Session::SignedOut) {
            self.end_session();
        }
    }

    pub(super) fn on_sign_out_answered(&mut self, outcome: &HttpOutcome) {
        if outcome.as_ref().is_ok_and(HttpAnswer::is_success) {
            self.model.stored.sign_out_owed = false;
            self.remove_stored(stored::SIGN_OUT_OWED);
            self.effect(Effect::BlankPage);
            self.effect(Effect::LeaveTo { url: session_end_url(), history: HistoryEntry::Replace });
        } else {
            self.log("session.sign_out_owed", "sign-out");
            self.sign_out_here();
        }
    }

    pub(super) fn is_session_mode(&self) -> bool {
        self.model.config.ready().is_some_and(|config| config.mode == SignInMode::Session)
    }
}
