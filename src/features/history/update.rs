//! What happened before: read page by page, for the person or for one device, and saved as a table on request.
//!
//! The table is written by the screen, because its words are in the person's language; the rules only see to it that every
//! page is there first, up to a limit.

//!
//! "This wasn't me": the reset is reported, IT gets a reference, and every session of the person can be ended. Neither
//! request is repeated by itself: both are wishes of the person, and both say whether they arrived.

use super::{Download, Event, LONGEST_TABLE, Model, UnrecognizedActivity};
use crate::api::{ApiError, NextLink, decode_accepted, decode_history, decode_report};
use crate::core::{
    Announcement, ApiCall, Context, Effect, FetchId, FollowUp, HistoryScope, LoadState, SignOutCause,
};
use crate::domain::ResultId;
use crate::http::HttpOutcome;
use crate::route::Route;
use std::sync::Arc;

impl Model {
    /// What of this feature happened.
    pub(crate) fn update(&mut self, event: Event, context: &mut Context) {
        match event {
            Event::MoreChosen => self.read_on(context),
            Event::ActionChosen(action) => self.action = action,
            Event::DownloadChosen => self.on_download_chosen(context),
            Event::TableWritten { name, content } => self.on_table_written(name, content, context),
            Event::ReportChosen => self.on_report_chosen(context),
            Event::SignOutEverywhereChosen => self.on_sign_out_everywhere_chosen(context),
        }
    }

    /// The screen of a history was entered: the newest entries are read, what is known of the same history stays.
    pub(crate) fn open(&mut self, scope: HistoryScope, context: &mut Context) {
        if self.scope != scope {
            let unrecognized = std::mem::take(&mut self.unrecognized);
            *self = Self { scope: scope.clone(), unrecognized, ..Self::default() };
        }
        self.state = LoadState::Loading;
        self.download = Download::Idle;
        context.call(ApiCall::History(scope, None), 0);
    }

    /// Reads the next page, if there is one and none is on its way.
    fn read_on(&mut self, context: &mut Context) {
        let Some(next) = self.next.clone() else { return };
        if self.state == LoadState::Loading {
            return;
        }
        self.state = LoadState::Loading;
        let scope = self.scope.clone();
        context.call(ApiCall::History(scope, Some(next)), 0);
    }

    pub(crate) fn on_fetched(
        &mut self,
        scope: &HistoryScope,
        asked: Option<&NextLink>,
        id: &FetchId,
        outcome: &HttpOutcome,
        context: &mut Context,
    ) {
        let Some(config) = context.page.config.ready() else { return };
        if self.scope != *scope {
            return;
        }
        match decode_history(outcome, &config.api_base) {
            Ok(page) => {
                context.note_left_out(page.left_out, "history");
                let came = page.entries.len();
                if asked.is_some() {
                    Arc::make_mut(&mut self.items).extend(page.entries);
                } else {
                    self.items = Arc::new(page.entries);
                }
                self.next = page.next;
                self.state = LoadState::Loaded;
                match self.download {
                    Download::Gathering => self.gather(context),
                    Download::Idle | Download::Ready if asked.is_some() => {
                        context.say(Announcement::HistoryShown(came));
                    }
                    Download::Idle | Download::Ready => {}
                }
            }
            Err(ApiError::Unauthenticated | ApiError::StepUpRequired(_)) => {
                context.follow_up(FollowUp::SignInAgain);
            }
            Err(error) => {
                if !context.is_retried(id, &error) {
                    context.log(error.code(), "history");
                    self.state = LoadState::Failed(error);
                    self.download = Download::Idle;
                }
            }
        }
    }

    pub(crate) fn on_download_chosen(&mut self, context: &mut Context) {
        if self.download == Download::Idle {
            self.download = Download::Gathering;
            self.gather(context);
        }
    }

    /// Everything is read before it is written down, as far as it is bounded.
    fn gather(&mut self, context: &mut Context) {
        if self.has_more() && self.items.len() < LONGEST_TABLE {
            self.read_on(context);
        } else if self.state == LoadState::Loaded {
            self.download = Download::Ready;
        }
    }

    pub(crate) fn on_table_written(&mut self, name: String, content: String, context: &mut Context) {
        if self.download == Download::Ready {
            self.download = Download::Idle;
            context.effect(Effect::SaveFile { name, content });
            context.say(Announcement::HistorySaved);
        }
    }

    /// The screen was entered. A report that was sent stays while the visit lasts; a failure does not.
    pub(crate) fn open_report(&mut self, result: ResultId) {
        let is_same = self.unrecognized.result.as_ref() == Some(&result);
        if !is_same {
            self.unrecognized =
                UnrecognizedActivity { result: Some(result), ..UnrecognizedActivity::default() };
        }
    }

    pub(crate) fn on_report_chosen(&mut self, context: &mut Context) {
        let Route::UnrecognizedActivity(device, result) = context.page.route.clone() else { return };
        if matches!(self.unrecognized.state, LoadState::Loading | LoadState::Loaded) {
            return;
        }
        self.unrecognized.state = LoadState::Loading;
        context.call(ApiCall::ReportUnrecognized(device, result), 0);
    }

    pub(crate) fn on_report_answered(
        &mut self,
        result: &ResultId,
        outcome: &HttpOutcome,
        context: &mut Context,
    ) {
        if self.unrecognized.result.as_ref() != Some(result) {
            return;
        }
        match decode_report(outcome) {
            Ok(report) => {
                self.unrecognized.report = Some(report);
                self.unrecognized.state = LoadState::Loaded;
                context.say(Announcement::UnrecognizedReported);
            }
            Err(ApiError::Unauthenticated) => {
                self.unrecognized.state = LoadState::NotAsked;
                context.follow_up(FollowUp::SignInAgain);
            }
            Err(error) => {
                context.log(error.code(), "not-me");
                self.unrecognized.state = LoadState::Failed(error);
            }
        }
    }

    pub(crate) fn on_sign_out_everywhere_chosen(&mut self, context: &mut Context) {
        if self.unrecognized.revocation != LoadState::Loading {
            self.unrecognized.revocation = LoadState::Loading;
            context.call(ApiCall::RevokeSessions, 0);
        }
    }

    /// Every token is refused from now on, this one too: what follows is the ordinary sign-out, here, in the other tabs and
    /// at the provider.
    pub(crate) fn on_sessions_revoked(&mut self, outcome: &HttpOutcome, context: &mut Context) {
        match decode_accepted(outcome) {
            Ok(()) => context.follow_up(FollowUp::SignOut(SignOutCause::Person)),
            // Nothing was revoked: this token had ended before the call. Who signs in again comes back here.
            Err(ApiError::Unauthenticated) => {
                self.unrecognized.revocation = LoadState::NotAsked;
                context.follow_up(FollowUp::SignInAgain);
            }
            Err(error) => {
                context.log(error.code(), "revoke");
                self.unrecognized.revocation = LoadState::Failed(error);
            }
        }
    }
}
