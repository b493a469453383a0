//! Everything a person, the browser or a server did. Past tense: facts, not wishes.

use super::{
    Answer, FetchId, Reading, SpokenPasscode, StreamEnd, StreamId, SystemNotifications, TimerId, Verdict,
};
use crate::api::StreamEvent;
use crate::auth::{SignInRandom, SignatureVerdict};
use crate::domain::{Action, ChecklistStep, DeviceId, Milliseconds, WhoseScreen};
use crate::http::HttpOutcome;
use crate::i18n::{Catalogue, Locale};
use crate::route::Route;

/// What the shell knows when the page has loaded.
#[derive(Clone, PartialEq, Eq)]
pub struct Opening {
    /// The page's own origin, for instance `https://portal.example`.
    pub origin: String,
    /// The path of the address.
    pub path: String,
    /// The query of the address, without the question mark.
    pub query: String,
    /// Every entry of `sessionStorage` whose key starts with `STORAGE_PREFIX`; `None` when the browser refuses storage.
    pub stored: Option<Vec<(String, String)>>,
    /// The languages the browser asks for, most wanted first.
    pub languages: Vec<String>,
    /// `navigator.onLine`.
    pub is_online: bool,
}

impl std::fmt::Debug for Opening {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The query of a callback holds a code, the stored records hold verifiers.
        formatter
            .debug_struct("Opening")
            .field("origin", &self.origin)
            .field("path", &self.path)
            .finish_non_exhaustive()
    }
}

/// Whether the page is in the foreground.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Visibility {
    /// It is.
    Visible,
    /// It is not.
    Hidden,
}

/// What happened. The tables in `app/mod.rs` say who dispatches which.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// The page has loaded.
    PageOpened(Opening),
    /// The person followed a link of the page.
    LinkFollowed(Route),
    /// Back or Forward changed the address.
    AddressChanged(Route),
    /// The page is about to go, perhaps into the back/forward cache.
    PageHidden,
    /// The page came out of the back/forward cache.
    PageRestored,
    /// The page came to the foreground or left it.
    VisibilityChanged(Visibility),
    /// The network came back.
    WentOnline,
    /// The network went away.
    WentOffline,
    /// The person chose a language.
    LocaleChosen(Locale),
    /// The texts of a language are here, as many as were asked for.
    LanguageLoaded(Catalogue),
    /// The texts of a language could not be had, or were not whole.
    LanguageRefused(Locale),
    /// The person wants what failed to be tried again.
    RetryChosen,

    /// The person wants to sign in.
    SignInChosen,
    /// The person wants to sign out.
    SignOutChosen,
    /// The person signed out in another tab.
    SignedOutElsewhere,

    /// The person typed into the filter.
    FilterChanged(String),
    /// The person wants more rows.
    MoreDevicesChosen,

    /// The person pressed "Reset passcode" at a device.
    ResetChosen(DeviceId),
    /// The person agreed to sign out and in again for it.
    SignOutForResetChosen,
    /// The person cancelled A or B.
    ResetCancelled,
    /// The person pressed the last button.
    ResetConfirmed,
    /// The person wants to begin again.
    ResetRestarted,
    /// The person chose an action at a device.
    ActionChosen(DeviceId, Action),
    /// The person confirmed it, or sends it again.
    ActionConfirmed(DeviceId, Action),
    /// The person does not want it after all.
    ActionCancelled(DeviceId, Action),
    /// The person typed a new name for a device.
    NameSubmitted(DeviceId, String),
    /// The person says whether what confirms their sign-in is on the locked device.
    FactorAnswered(Answer),
    /// The person says whether they have the device with them.
    AtHandAnswered(Answer),
    /// The person wants to cancel a pending reset; they are asked once more.
    PendingResetCancelAsked,
    /// The person keeps waiting after all.
    PendingResetCancelDropped,
    /// The person cancelled a pending reset.
    PendingResetCancelChosen,
    /// The person wants to be told by the system when the reset has ended.
    TellMeChosen,
    /// The browser said whether it may.
    SystemNotificationsAnswered(SystemNotifications),
    /// The person hid or showed the countdown.
    CountdownToggled,

    /// The person wants to see the temporary passcode.
    PasscodeShowChosen(DeviceId),
    /// The person wants it off the screen.
    PasscodeHideChosen,
    /// The person wants it in the clipboard.
    PasscodeCopyChosen,
    /// The browser copied it, or refused.
    PasscodeCopyFinished {
        /// Whether it is in the clipboard.
        copied: bool,
    },
    /// The person wants to see its QR code, or not any more.
    QrCodeToggled,
    /// The person wants it on the printed sheet, or not any more.
    PasscodeOnPaperToggled,
    /// The person wants to hear it.
    ReadAloudChosen(SpokenPasscode),
    /// The person has heard enough.
    ReadAloudStopped,
    /// The voice has come to the end, or could not speak.
    ReadAloudEnded(Reading),
    /// The browser has voices of this computer's own for these languages.
    VoicesFound(Vec<Locale>),
    /// The person wants to print.
    PrintChosen,
    /// The person agreed to sign in again to see it.
    RevealSignInChosen(DeviceId),

    /// The person opened a notification.
    NotificationOpened(String),
    /// The person has seen a notification, on the way to something other than its device.
    NotificationRead(String),
    /// The person read a notification in another tab.
    NotificationReadElsewhere(String),

    /// The person ticked a step on the result, or took the tick away.
    StepTicked {
        /// The result it belongs to.
        result: String,
        /// The step.
        step: ChecklistStep,
    },
    /// The person said whether the device is open now.
    VerdictGiven {
        /// The result it is about.
        result: String,
        /// What they said.
        verdict: Verdict,
    },

    /// The person wants older entries of the history.
    MoreHistoryChosen,
    /// The person wants the history as a file.
    HistoryDownloadChosen,
    /// The screen wrote the history down in the person's language.
    HistoryTableWritten {
        /// What the file is called.
        name: String,
        /// What is in it.
        content: String,
    },
    /// The person reported a reset as not their own.
    ReportChosen,
    /// The person wants every session of theirs ended.
    SignOutEverywhereChosen,

    /// The person said whose screen this is.
    ScreenDeclared(WhoseScreen),
    /// Somebody touched the screen, or a key.
    ActivityNoticed,
    /// Somebody touched another tab of this page.
    ActivityElsewhere,
    /// The person answered the warning: they are still here.
    StayChosen,

    /// A request was answered, or not.
    Fetched {
        /// Which.
        id: FetchId,
        /// How.
        outcome: HttpOutcome,
    },
    /// Random bytes were drawn; `None` when the browser refuses.
    RandomDrawn(Option<SignInRandom>),
    /// A signature was checked.
    SignatureChecked(SignatureVerdict),
    /// A timer fired.
    TimerFired(TimerId),
    /// The event stream stands.
    StreamOpened(StreamId),
    /// A piece of the event stream was read.
    StreamRead {
        /// Of which connection.
        id: StreamId,
        /// The events it completes; none for half an event.
        events: Vec<StreamEvent>,
        /// Where to go on from; empty when the server gives no numbers.
        last_event: String,
        /// How long the server wants a page to wait before it connects again, as far as it has said so.
        retry: Option<Milliseconds>,
    },
    /// The event stream ended, or there is none. Not after `CloseEventStream`.
    StreamEnded {
        /// Which connection.
        id: StreamId,
        /// How.
        end: StreamEnd,
    },
    /// The later screens are there, and the language with their texts.
    LaterScreensLoaded(Catalogue),
    /// The later screens could not be loaded.
    LaterScreensFailed,
    /// The browser refused to store something.
    StorageRefused,
}
