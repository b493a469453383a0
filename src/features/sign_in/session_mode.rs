//! Session mode: the server signs people in and holds what proves it; the page asks who it is, and ends it. Everything else
//! about signing in is in `sign_in`, the same in both modes.

use crate::auth::{Credential, SignInError, session_end_url, session_request, sign_out_request, signed_in};
use crate::core::{CallbackProgress, Context, Effect, Fetch, HistoryEntry, Redirect, SIGN_OUT_OWED, Session};
use crate::features::Features;
use crate::http::{HttpAnswer, HttpOutcome};

impl Features {
    /// Session mode: the server has done all that; who is it?
    pub(crate) fn ask_session(&mut self, context: &mut Context) {
        let Session::CompletingCallback(progress) = &mut context.page.session else { return };
        if let Some(error) = progress.callback.reported() {
            return self.fail(error, context);
        }
        progress.asked = Some(context.now);
        let id = context.fetch_id(Fetch::Session, 0);
        context.effect(Effect::Fetch { id, request: session_request() });
    }

    pub(crate) fn on_session_fetched(&mut self, outcome: &HttpOutcome, context: &mut Context) {
        let Session::CompletingCallback(progress) = &context.page.session else { return };
        let CallbackProgress { transaction, asked, .. } = (**progress).clone();
        let is_somebody_else =
            |sub: &str| transaction.expected.as_ref().is_some_and(|person| person.sub != sub);
        match signed_in(outcome) {
            Ok(verified) if is_somebody_else(&verified.sub) => {
                self.fail(SignInError::SubjectMismatch, context);
            }
            Ok(verified) => {
                let credential = Credential::Session(verified.sub.clone());
                self.complete(transaction, &verified, credential, asked.unwrap_or(context.now), context);
            }
            Err(error) => self.fail(error, context),
        }
    }

    /// Session mode: ends it at the server. That is noted until the server has said so: without a network the cookie stays
    /// in the browser, and nobody may be greeted by it afterwards.
    pub(crate) fn end_session(&mut self, context: &mut Context) {
        context.page.stored.sign_out_owed = true;
        context.store(SIGN_OUT_OWED.to_owned(), "1".to_owned());
        self.redirect(Redirect::SignOut, context);
        let id = context.fetch_id(Fetch::SignOut, 0);
        context.effect(Effect::Fetch { id, request: sign_out_request() });
    }

    /// The network is back.
    pub(crate) fn make_up_for_sign_out(&mut self, context: &mut Context) {
        if context.page.stored.sign_out_owed && matches!(context.page.session, Session::SignedOut) {
            self.end_session(context);
        }
    }

    pub(crate) fn on_sign_out_answered(&mut self, outcome: &HttpOutcome, context: &mut Context) {
        if outcome.as_ref().is_ok_and(HttpAnswer::is_success) {
            context.page.stored.sign_out_owed = false;
            context.remove_stored(SIGN_OUT_OWED);
            context.effect(Effect::BlankPage);
            context.effect(Effect::LeaveTo { url: session_end_url(), history: HistoryEntry::Replace });
        } else {
            context.log("session.sign_out_owed", "sign-out");
            self.sign_out_here(context);
        }
    }
}
