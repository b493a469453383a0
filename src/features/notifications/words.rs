//! The words of a notification; the server sends only what happened.

use crate::core::ActionNews;
use crate::domain::Action;
use crate::i18n::{Text, t};
use crate::words::failure;
use crate::words::{Tone, ago, device_name, failure_of_action, news_of};
use portal_contract::{ActionState, FailureCode, Notification, NotificationKind, UtcTime};

/// A notification in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotificationView {
    /// How good the news is.
    pub tone: Tone,
    /// What happened.
    pub sentence: Text,
    /// Why, when it did not end well.
    pub detail: Option<Text>,
    pub when: Text,
    /// The link to the device.
    pub link: Text,
}

/// The words of a notification.
#[must_use]
pub fn notification(item: &Notification, now: Option<UtcTime>) -> NotificationView {
    let name = device_name(&item.device_name);
    let action = item.action_name.and_then(Action::named);
    let (tone, sentence, detail) = match item.kind {
        NotificationKind::PasscodeReset => passcode_reset(item, name.clone()),
        NotificationKind::ActionEnded if action == Some(Action::ResetPasscode) => {
            passcode_reset(item, name.clone())
        }
        NotificationKind::ActionEnded => of_action(item, action, name.clone()),
        NotificationKind::Other => (Tone::Neutral, t::notifications_other(name.clone()), None),
    };
    let when = ago(item.created_date_time, now);
    NotificationView { tone, sentence, detail, when, link: t::notifications_open(name) }
}

fn passcode_reset(item: &Notification, name: Text) -> (Tone, Text, Option<Text>) {
    match item.action_state {
        ActionState::Done => (Tone::Good, t::notifications_done(name), None),
        ActionState::Failed if item.error_code == Some(FailureCode::OutcomeUnknown) => {
            let (_, next) = failure(FailureCode::OutcomeUnknown);
            (Tone::Warn, t::notifications_uncertain(name), Some(next))
        }
        ActionState::Failed | ActionState::NotSupported => {
            let (why, _) = failure(item.error_code.unwrap_or(FailureCode::Other));
            (Tone::Bad, t::notifications_failed(name), Some(why))
        }
        ActionState::Canceled if item.error_code == Some(FailureCode::SupersededByErase) => {
            (Tone::Warn, t::notifications_superseded(name), None)
        }
        ActionState::Canceled => (Tone::Neutral, t::notifications_canceled(name), None),
        ActionState::Pending | ActionState::Active => (Tone::Info, t::notifications_pending(name), None),
        ActionState::None | ActionState::Other => (Tone::Neutral, t::notifications_other(name), None),
    }
}

/// The same words as on the page of the device; an action this page does not know is "another action".
fn of_action(item: &Notification, action: Option<Action>, name: Text) -> (Tone, Text, Option<Text>) {
    let news = |news| news_of(action, news, &item.device_name);
    match item.action_state {
        ActionState::Done => (Tone::Good, news(ActionNews::Done), None),
        ActionState::Failed if item.error_code == Some(FailureCode::OutcomeUnknown) => {
            (Tone::Warn, news(ActionNews::Uncertain), None)
        }
        ActionState::Failed | ActionState::NotSupported => {
            let (why, _) = failure_of_action(action, item.error_code.unwrap_or(FailureCode::Other));
            (Tone::Bad, news(ActionNews::Failed), Some(why))
        }
        ActionState::Canceled if item.error_code == Some(FailureCode::SupersededByErase) => {
            (Tone::Warn, news(ActionNews::Superseded), None)
        }
        ActionState::Canceled => (Tone::Neutral, news(ActionNews::Canceled), None),
        ActionState::Pending => (Tone::Info, news(ActionNews::Waiting), None),
        ActionState::Active => (Tone::Info, news(ActionNews::Delivered), None),
        ActionState::None | ActionState::Other => (Tone::Neutral, t::notifications_other(name), None),
    }
}

/// The label of the notification flag: how many are unread.
#[must_use]
pub fn flag_label(unread: usize) -> Text {
    if unread == 0 { t::notifications_flag() } else { t::notifications_flag_count(unread) }
}
