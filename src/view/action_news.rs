//! What an action is called and what is said of it. Announcements need these words on any screen, so they come with the
//! first part of the page.

use super::{device_name, reset_notice::failure};
use crate::core::ActionNews;
use crate::domain::Action;
use crate::i18n::{Text, t};
use portal_contract::FailureCode;

/// What an action is called.
#[must_use]
pub const fn action_name(action: Action) -> Text {
    match action {
        Action::ResetPasscode => t::reset_command(),
        Action::RemoteLock => t::run_lock(),
        Action::SyncDevice => t::run_check(),
        Action::Rename => t::run_rename(),
    }
}

/// The same for one that this page may not know.
pub(super) fn name_of(action: Option<Action>) -> Text {
    action.map_or_else(t::run_other, action_name)
}

/// What is said of an action, with the name of its device.
#[must_use]
pub fn action_news(action: Action, news: ActionNews, device: &str) -> Text {
    news_of(Some(action), news, device)
}

/// The same for one that this page may not know.
pub(super) fn news_of(action: Option<Action>, news: ActionNews, device: &str) -> Text {
    let (name, device) = (name_of(action), device_name(device));
    match news {
        ActionNews::Waiting => t::run_waiting(name, device),
        ActionNews::Delivered => t::run_delivered(name, device),
        ActionNews::Done => t::run_done(name, device),
        ActionNews::Failed => t::run_failed(name, device),
        ActionNews::Uncertain => t::run_uncertain(name, device),
        ActionNews::Canceled => t::run_canceled(name, device),
        ActionNews::Superseded => t::run_superseded(name, device),
    }
}

/// Cause and next step of a failure. Of other actions than the reset in words that speak of no passcode.
pub(super) fn failure_of_action(action: Option<Action>, code: FailureCode) -> (Text, Text) {
    if action == Some(Action::ResetPasscode) {
        return failure(code);
    }
    match code {
        FailureCode::CommandExpired => (t::failure_expired_why(), t::failure_expired_next()),
        FailureCode::BackEndFault => (t::failure_back_end_why(), t::failure_back_end_next()),
        FailureCode::ApprovalRequired => (t::failure_approval_why(), t::failure_approval_next()),
        FailureCode::CanceledByUser
        | FailureCode::SupersededByErase
        | FailureCode::UnlockTokenInvalid
        | FailureCode::NoPasscodePolicy
        | FailureCode::ResetTokenInactive
        | FailureCode::DeviceRejected
        | FailureCode::OutcomeUnknown
        | FailureCode::Other => (t::failure_other_why(), t::failure_other_next()),
    }
}
