//! What the page knows and what it does next: `step(model, event, now) -> (model, effects)`.
//!
//! Pure. The shell keeps the [`Model`], hands in every [`Event`] with the [`Now`] of that moment, stores the new model
//! and performs the [`Effect`]s **in order**. Pages and components read the model and dispatch events; nothing else.
//!
//! # Which event for which action of the person
//!
//! | the person | dispatch |
//! |---|---|
//! | follows a link of the page (plain left click) | `LinkFollowed(route)` |
//! | presses "Sign in" (landing, sign-in screen, after a failed sign-in) | `SignInChosen` |
//! | presses "Sign out" in the header | `SignOutChosen` |
//! | chooses a language | `LocaleChosen(locale)`: the page changes when its texts are there |
//! | presses "Try again" at anything that failed to load (also `config.json`) | `RetryChosen` |
//! | types into the filter (also each IME commit) | `FilterChanged(text)` |
//! | asks for more rows | `MoreDevicesChosen` |
//! | presses "Reset passcode" at a device (details or list) | `ResetChosen(id)`: A opens (`model.reset` is `ExplainingSignOut`), or the reset's page when one is under way |
//! | presses "Sign out" in A; presses the one button of `Expired`, `WrongPerson`, `SignInCancelled`, `SignInFailed` | `SignOutForResetChosen` |
//! | cancels A (button or Esc) or B | `ResetCancelled` |
//! | presses the last button of B; "Try again" in `OutcomeUnknown` and `Busy` | `ResetConfirmed` |
//! | wants another reset after an ended one (`Done`, `Failed`, `Superseded`, `Canceled`, `Rejected`) | `ResetRestarted` |
//! | chooses another action; confirms it; cancels its question or its field | `ActionChosen`; `ActionConfirmed`; `ActionCancelled` |
//! | saves a new name | `NameSubmitted` |
//! | presses "Cancel this reset" | `PendingResetCancelAsked`, then in the question `PendingResetCancelChosen` or `PendingResetCancelDropped` |
//! | answers a question in A | `FactorAnswered(answer)`, `AtHandAnswered(answer)` |
//! | wants to be told by the system when it is done | `TellMeChosen` |
//! | hides or shows the countdown | `CountdownToggled` |
//! | presses "Show passcode" / "Hide" / "Copy" | `PasscodeShowChosen(id)` / `PasscodeHideChosen` / `PasscodeCopyChosen` |
//! | asks for the QR code, or wants it away | `QrCodeToggled` |
//! | has the passcode read aloud (again), or not any more | `ReadAloudChosen(words)`, `ReadAloudStopped` |
//! | wants the passcode on the printed sheet, or not | `PasscodeOnPaperToggled` |
//! | prints | `PrintChosen` |
//! | presses "Sign in again" where the passcode needs it | `RevealSignInChosen(id)` |
//! | opens a notification | `NotificationOpened(id)`: marks it read and goes to its device |
//! | follows "This wasn't me" in a notification | `NotificationRead(id)`, and the link |
//! | ticks a step of the result; says "It worked" or "Still locked" | `StepTicked`; `VerdictGiven` |
//! | asks for older history; for the history as a file | `MoreHistoryChosen`; `HistoryDownloadChosen`, then the screen writes the table and dispatches `HistoryTableWritten` |
//! | reports a reset as not their own; signs out everywhere | `ReportChosen`; `SignOutEverywhereChosen` |
//! | says "This is not my device" before the sign-in | `ScreenDeclared(screen)` |
//! | stays, when the warning of a borrowed screen asks | `StayChosen` |
//!
//! # Which event for what the browser does
//!
//! | the browser | dispatch |
//! |---|---|
//! | has loaded the page | `PageOpened(Opening)`, once, first |
//! | Back, Forward (`popstate`) | `AddressChanged(route)` |
//! | `visibilitychange` | `VisibilityChanged(visibility)` |
//! | `pagehide` | `PageHidden` |
//! | `pageshow` with `persisted` | `PageRestored` |
//! | finds voices, now or later | `VoicesFound(languages)` |
//! | `online`, `offline` | `WentOnline`, `WentOffline` |
//! | a broadcast of another tab | `SignedOutElsewhere`, `NotificationReadElsewhere(id)`, `ActivityElsewhere` |
//! | a touch, a key, a turn of the wheel, every few seconds at most | `ActivityNoticed` |
//! | finished an effect | the event its documentation names |
//!
//! # What a screen shows
//!
//! `model.config` not `Ready`: skeleton or explanation. Else `model.session`:
//! `Starting`, `Redirecting`, `CompletingCallback`: a skeleton. `SignInFailed`: the explanation with one button, on any
//! route. `SignedOut` on a route that needs a sign-in: the sign-in screen. [`Model::shows_reset_explanation`] goes before
//! both: the reset's own explanations are shown although nobody is signed in. Otherwise the route's screen.
//!
//! A route that needs the later screens ([`LaterScreens`]) shows a skeleton until they and their texts are there, or
//! that they could not be loaded.
//!
//! `model.arrivals` grows with every change of screen: title, focus to `h1`, one announcement. `model.announcement` is
//! spoken whenever its `sequence` grows.

mod actions;
mod aftermath;
mod announcement;
mod borrowed;
mod calls;
mod device_list;
mod devices;
mod effect;
mod event;
mod history;
mod language;
mod later;
mod live;
mod model;
mod navigation;
mod not_me;
mod notifications;
mod offline;
mod opening;
mod passcode;
mod passcode_view;
mod preparation;
mod reads;
mod reset;
mod session;
mod session_mode;
mod sign_in;
mod stored;
mod telling;
mod turn;

pub use actions::{Actions, RenameForm};
pub use aftermath::{Aftermath, Verdict};
pub use announcement::{ActionNews, Announced, Announcement, ResetStop};
pub use borrowed::Visit;
pub use device_list::DeviceList;
pub use effect::{Effect, HistoryEntry, LogEntry, StorageKey, StoredValue};
pub use event::{Event, Opening, Visibility};
pub use history::{Download, History, HistoryScope, LONGEST_TABLE};
pub use live::{Live, StreamEnd, StreamId};
pub use model::{
    ApiCall, CancelState, Config, Connectivity, CountdownDisplay, DeviceDetail, Fetch, FetchId, LaterScreens,
    LoadState, Model, Notifications, ServerClock, TimerId,
};
pub use not_me::NotMe;
pub use passcode_view::{Aid, PasscodeAids, PasscodeValidity, PasscodeView, Reading, SpokenPasscode};
pub use preparation::{Answer, Preparation};
pub use session::{CallbackProgress, PendingSignIn, Redirect, Session, SignedIn};
pub use stored::STORAGE_PREFIX;
pub use telling::{SystemNotifications, Telling, Wish};

use crate::domain::Now;

/// The next model and what it demands. Never panics; an event that does not fit changes nothing.
#[must_use]
pub fn step(model: Model, event: Event, now: Now) -> (Model, Vec<Effect>) {
    turn::Turn::new(model, now).take(event)
}
