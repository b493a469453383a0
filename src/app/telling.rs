//! Telling the person by a notification of their system when a reset has ended, if they ask for it. Asked for at every
//! reset anew: a borrowed computer must not go on talking about somebody's device.

use super::turn::Turn;
use super::{Announcement, Effect};
use crate::domain::{ActionFlow, Ending};
use portal_contract::FailureCode;

/// What the browser answers when it is asked whether it may show notifications.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SystemNotifications {
    /// It may.
    Allowed,
    /// It may not, or cannot.
    Refused,
}

/// Whether the person wants to be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Wish {
    /// They have not asked for it.
    #[default]
    None,
    /// They have; the browser is being asked.
    Asked,
    /// They have, and the browser lets us.
    Granted,
    /// They have, and the browser does not let us.
    Refused,
}

/// The wish, and what was told: new whenever the number has grown.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Telling {
    /// What the person wants.
    pub wish: Wish,
    /// Grows with everything that is told.
    pub sequence: u32,
    /// What to tell; `None` before the first. Never more than the name of the device and how it ended.
    pub latest: Option<Announcement>,
}

impl Turn {
    /// Only a press leads here: browsers ask nobody anything without one.
    pub(super) fn on_tell_me_chosen(&mut self) {
        let telling = &mut self.model.telling;
        if telling.wish != Wish::Asked && matches!(self.model.reset, ActionFlow::Pending { .. }) {
            telling.wish = Wish::Asked;
            self.effect(Effect::AskForSystemNotifications);
        }
    }

    pub(super) fn on_system_notifications_answered(&mut self, answer: SystemNotifications) {
        let telling = &mut self.model.telling;
        if telling.wish == Wish::Asked {
            telling.wish = match answer {
                SystemNotifications::Allowed => Wish::Granted,
                SystemNotifications::Refused => Wish::Refused,
            };
        }
    }

    /// The reset is not pending any more. What the person did themselves they know.
    #[allow(clippy::wildcard_enum_match_arm, reason = "only an end of its own is told")]
    pub(super) fn tell_the_end(&mut self) {
        let end = match &self.model.reset {
            ActionFlow::Ended { end: Ending::Done(_), .. } => Some(Announcement::ResetDone),
            ActionFlow::Ended { end: Ending::Failed(FailureCode::OutcomeUnknown), .. } => {
                Some(Announcement::ResetUncertain)
            }
            ActionFlow::Ended { end: Ending::Failed(_), .. } => Some(Announcement::ResetFailed),
            ActionFlow::Ended { end: Ending::Superseded, .. } => Some(Announcement::ResetSuperseded),
            _ => None,
        };
        let telling = &mut self.model.telling;
        if let (Wish::Granted, Some(end)) = (telling.wish, end) {
            telling.sequence = telling.sequence.wrapping_add(1);
            telling.latest = Some(end);
        }
        telling.wish = Wish::None;
    }
}
