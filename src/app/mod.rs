//! What the page knows and what it does next: `step(model, event, now) -> (model, effects)`.
//!
//! Pure. The shell keeps the [`Model`], hands in every [`Event`] with the [`Now`](crate::domain::Now) of that moment, stores the new model
//! and performs the [`Effect`](crate::core::Effect)s **in order**. Pages and components read the model and dispatch events; nothing else.
//!
//! # Which event for which action of the person
//!
//! | the person | dispatch |
//! |---|---|
//! | follows a link of the page (plain left click) | `AppEvent::LinkFollowed(route)` |
//! | presses "Sign in" (landing, sign-in screen, after a failed sign-in) | `sign_in::Event::SignInChosen` |
//! | presses "Sign out" in the header | `sign_in::Event::SignOutChosen` |
//! | chooses a language | `language::Event::Chosen(locale)`: the page changes when its texts are there |
//! | presses "Try again" at anything that failed to load (also `config.json`) | `AppEvent::RetryChosen` |
//! | types into the filter (also each IME commit) | `devices::Event::FilterChanged(text)` |
//! | asks for more rows | `devices::Event::MoreChosen` |
//! | presses "Reset passcode" at a device (details or list) | `actions::Event::ResetChosen(id)`: the explanation opens (`actions.reset` is `Explain`), or the reset's page when one is under way |
//! | presses "Sign out" in the explanation; presses the one button of `Expired`, `WrongPerson`, `SignInCancelled`, `SignInFailed` | `actions::Event::SignOutForResetChosen` |
//! | cancels the explanation (button or Esc) or the confirmation | `actions::Event::ResetCancelled` |
//! | presses the last button of the confirmation; "Try again" in `OutcomeUnknown` and `Busy` | `actions::Event::ResetConfirmed` |
//! | wants another reset after an ended one (`Done`, `Failed`, `Superseded`, `Canceled`, `Rejected`) | `actions::Event::ResetRestarted` |
//! | chooses another action; confirms it; cancels its question or its field | `actions::Event::Chosen`; `actions::Event::Confirmed`; `actions::Event::Cancelled` |
//! | saves a new name | `actions::Event::NameSubmitted` |
//! | presses "Cancel this reset" | `actions::Event::RunCancelAsked`, then in the question `actions::Event::RunCancelChosen` or `actions::Event::RunCancelDropped` |
//! | says in A whether the device is at hand | `actions::Event::AtHandAnswered(answer)` |
//! | wants to be told by the system when it is done | `actions::Event::AlertChosen` |
//! | hides or shows the countdown | `actions::Event::CountdownToggled` |
//! | presses "Show passcode" / "Hide" / "Copy" | `passcode::Event::ShowChosen(id)` / `passcode::Event::HideChosen` / `passcode::Event::CopyChosen` |
//! | asks for the QR code, or wants it away | `passcode::Event::QrCodeToggled` |
//! | has the passcode read aloud (again), or not any more | `passcode::Event::ReadAloudChosen(words)`, `passcode::Event::ReadAloudStopped` |
//! | wants the passcode on the printed sheet, or not | `passcode::Event::PaperToggled` |
//! | prints | `AppEvent::PrintChosen` |
//! | presses "Sign in again" where the passcode needs it | `sign_in::Event::RevealSignInChosen(id)` |
//! | opens a notification | `notifications::Event::Opened(id)`: marks it read and goes to its device |
//! | follows "This wasn't me" in a notification | `notifications::Event::Read(id)`, and the link |
//! | says "It worked" or "Still locked" | `actions::Event::VerdictGiven` |
//! | asks for older history; for the history as a file | `history::Event::MoreChosen`; `history::Event::DownloadChosen`, then the screen writes the table and dispatches `history::Event::TableWritten` |
//! | reports a reset as not their own; signs out everywhere | `history::Event::ReportChosen`; `history::Event::SignOutEverywhereChosen` |
//! | says "This is not my device" before the sign-in | `shared_computer::Event::Declared(screen)` |
//! | stays, when the warning of a borrowed screen asks | `shared_computer::Event::StayChosen` |
//!
//! # Which event for what the browser does
//!
//! | the browser | dispatch |
//! |---|---|
//! | has loaded the page | `AppEvent::PageOpened(Opening)`, once, first |
//! | Back, Forward (`popstate`) | `AppEvent::AddressChanged(route)` |
//! | `visibilitychange` | `AppEvent::VisibilityChanged(visibility)` |
//! | `pagehide` | `AppEvent::PageHidden` |
//! | `pageshow` with `persisted` | `AppEvent::PageRestored` |
//! | finds voices, now or later | `passcode::Event::VoicesFound(languages)` |
//! | `online`, `offline` | `AppEvent::WentOnline`, `AppEvent::WentOffline` |
//! | a broadcast of another tab | `sign_in::Event::SignedOutElsewhere`, `notifications::Event::ReadElsewhere(id)`, `shared_computer::Event::ActivityElsewhere` |
//! | a touch, a key, a turn of the wheel, every few seconds at most | `shared_computer::Event::ActivityNoticed` |
//! | finished an effect | the event its documentation names |
//!
//! # What a screen shows
//!
//! `page.config` not `Ready`: skeleton or explanation. Else `page.session`:
//! `Starting`, `Redirecting`, `CompletingCallback`: a skeleton. `SignInFailed`: the explanation with one button, on any
//! route. `SignedOut` on a route that needs a sign-in: the sign-in screen. [`Model::shows_reset_explanation`] goes before
//! both: the reset's own explanations are shown although nobody is signed in. Otherwise the route's screen.
//!
//! A route that needs the later screens ([`LazyScreens`](crate::core::LazyScreens)) shows a skeleton until they and their texts are there, or
//! that they could not be loaded.
//!
//! `page.arrivals` grows with every change of screen: title, focus to `h1`, one announcement. `page.announcement` is
//! spoken whenever its `sequence` grows.

mod answers;
mod event;
mod lazy;
mod model;
mod navigation;
mod network;
mod opening;
mod update;

pub use event::{AppEvent, Event, Opening, Visibility};
pub use model::Model;
pub use update::step;
