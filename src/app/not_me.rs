//! "This wasn't me": the reset is reported, IT gets a reference, and every session of the person can be ended.
//!
//! Neither request is repeated by itself: both are wishes of the person, and both say whether they arrived.

use super::turn::Turn;
use super::{ApiCall, LoadState};
use crate::api::{ApiError, decode_accepted, decode_report};
use crate::domain::ResultId;
use crate::http::HttpOutcome;
use crate::route::Route;
use portal_contract::UnrecognizedReport;

/// Where the report and the sign-out stand.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct NotMe {
    /// The reset it is about; `None` before the screen was opened.
    pub result: Option<ResultId>,
    /// The report: `Loaded` with `report`.
    pub state: LoadState,
    /// What the server answered: the reference for IT.
    pub report: Option<UnrecognizedReport>,
    /// The sign-out everywhere. `Loaded` is never seen: it ends the session.
    pub revocation: LoadState,
}

impl Turn {
    /// The screen was entered. A report that was sent stays while the visit lasts; a failure does not.
    pub(super) fn open_not_me(&mut self, result: ResultId) {
        let is_same = self.model.not_me.result.as_ref() == Some(&result);
        if !is_same {
            self.model.not_me = NotMe { result: Some(result), ..NotMe::default() };
        }
    }

    pub(super) fn on_report_chosen(&mut self) {
        let Route::NotMe(device, result) = self.model.route.clone() else { return };
        if matches!(self.model.not_me.state, LoadState::Loading | LoadState::Loaded) {
            return;
        }
        self.model.not_me.state = LoadState::Loading;
        self.call(ApiCall::ReportUnrecognized(device, result), 0);
    }

    pub(super) fn on_report_answered(&mut self, result: &ResultId, outcome: &HttpOutcome) {
        if self.model.not_me.result.as_ref() != Some(result) {
            return;
        }
        match decode_report(outcome) {
            Ok(report) => {
                self.model.not_me.report = Some(report);
                self.model.not_me.state = LoadState::Loaded;
                self.say(super::Announcement::UnrecognizedReported);
            }
            Err(ApiError::Unauthenticated) => {
                self.model.not_me.state = LoadState::NotAsked;
                self.on_unauthenticated();
            }
            Err(error) => {
                self.log(error.code(), "not-me");
                self.model.not_me.state = LoadState::Failed(error);
            }
        }
    }

    pub(super) fn on_sign_out_everywhere_chosen(&mut self) {
        if self.model.not_me.revocation != LoadState::Loading {
            self.model.not_me.revocation = LoadState::Loading;
            self.call(ApiCall::RevokeSessions, 0);
        }
    }

    /// Every token is refused from now on, this one too: what follows is the ordinary sign-out, here, in the other tabs and
    /// at the provider.
    pub(super) fn on_sessions_revoked(&mut self, outcome: &HttpOutcome) {
        match decode_accepted(outcome) {
            Ok(()) => self.on_sign_out_chosen(),
            // Nothing was revoked: this token had ended before the call. Who signs in again comes back here.
            Err(ApiError::Unauthenticated) => {
                self.model.not_me.revocation = LoadState::NotAsked;
                self.on_unauthenticated();
            }
            Err(error) => {
                self.log(error.code(), "revoke");
                self.model.not_me.revocation = LoadState::Failed(error);
            }
        }
    }
}
