//! What an action is called and what is said of it. Announcements need these words on any screen, so they come with the
//! first part of the page.

use super::device_name;
use crate::app::ActionNews;
use crate::domain::Action;
use crate::i18n::{Text, t};

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

/// What is said of an action, with the name of its device.
#[must_use]
pub fn action_news(action: Action, news: ActionNews, device: &str) -> Text {
    let (name, device) = (action_name(action), device_name(device));
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
