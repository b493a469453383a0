//! What is said politely to people who do not see the screen. `view` finds the words.

use crate::domain::{Action, Seconds};
use crate::i18n::Locale;

/// One thing to be said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Announcement {
    /// This much is left of the five minutes: once when the confirmation opens, then at 2:00, 1:00, 0:30 and 0:10.
    CountdownMilestone(Seconds),
    /// The five minutes are over.
    CountdownOver,
    /// The reset was accepted.
    ResetPending,
    /// The device has been reached.
    ResetDelivered,
    /// The device has it and said "not now".
    ResetNotNow,
    /// The device acknowledged the reset.
    ResetDone,
    ResetFailed,
    /// The reset ended, and it cannot be known whether the device did it.
    ResetUncertain,
    /// An erase or retire took precedence.
    ResetSuperseded,
    /// The reset was cancelled.
    ResetCanceled,
    /// The last button was pressed and did not lead to a reset.
    ResetStopped(ResetStop),
    /// Another action came further.
    Action {
        action: Action,
        /// How far.
        news: ActionNews,
        /// The name of its device; may be empty.
        device: String,
    },
    /// What was typed is no name.
    NameRefused,
    /// It was too late to cancel the reset.
    CancelTooLate,
    /// The cancellation could not be sent.
    CancelFailed,
    /// The passcode is on the screen.
    PasscodeShown,
    /// The passcode is off the screen.
    PasscodeHidden,
    /// The passcode is in the clipboard.
    PasscodeCopied,
    /// The browser refused to copy; the passcode is selected.
    PasscodeNotCopied,
    /// The passcode is not valid any more and off the screen.
    PasscodeExpired,
    /// The QR code is on the screen.
    QrCodeShown,
    /// The QR code is off the screen.
    QrCodeHidden,
    /// The filter matches so many devices.
    DevicesShown {
        /// How many match.
        shown: usize,
        /// How many there are.
        total: usize,
    },
    /// So many notifications are new.
    NotificationsArrived(usize),
    /// So many older entries of the history were added.
    HistoryShown(usize),
    /// The history was saved as a file.
    HistorySaved,
    /// A reset was reported as not the person's own.
    UnrecognizedReported,
    /// On a borrowed screen the sign-out comes in this time unless somebody is there.
    IdleSoon(Seconds),
    /// The texts of this language could not be had.
    LanguageMissing(Locale),
    /// The network is gone.
    WentOffline,
    /// The network is back.
    WentOnline,
}

/// What is said of an action.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ActionNews {
    /// Accepted; the device has not been reached.
    Waiting,
    /// The device has it.
    Delivered,
    /// The device acknowledged it.
    Done,
    /// It did not work.
    Failed,
    /// It is not known whether the device did it.
    Uncertain,
    /// It was cancelled.
    Canceled,
    /// An erase or retire took precedence.
    Superseded,
}

/// What stopped a reset after the last button.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ResetStop {
    /// No answer: it may or may not have been accepted.
    Uncertain,
    /// Too much is going on.
    Busy,
    /// The page sent what the server does not take.
    Rejected,
    /// Not possible, or not any more.
    NotAllowed,
    /// The device is not there any more.
    Gone,
    /// The sign-in is not fresh any more.
    NeedsFreshSignIn,
}

impl Announcement {
    /// Whether it is an error that the person has to hear at once (WCAG 4.1.3): an alert and not a status.
    #[must_use]
    pub const fn is_alert(&self) -> bool {
        matches!(
            self,
            Self::CountdownOver
                | Self::ResetFailed
                | Self::ResetUncertain
                | Self::ResetSuperseded
                | Self::ResetStopped(_)
                | Self::Action { news: ActionNews::Failed | ActionNews::Uncertain, .. }
                | Self::NameRefused
                | Self::CancelTooLate
                | Self::CancelFailed
        )
    }
}

/// The latest announcement; it is new whenever the number has grown.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Announced {
    /// Grows with each announcement.
    pub sequence: u32,
    /// What to say; `None` before the first.
    pub latest: Option<Announcement>,
}

impl Announced {
    pub(crate) fn say(&mut self, announcement: Announcement) {
        self.sequence = self.sequence.wrapping_add(1);
        self.latest = Some(announcement);
    }
}
