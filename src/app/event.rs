//! Everything a person, the browser or a server did, by the feature it concerns. Past tense: facts, not wishes.

use crate::auth::SignInRandom;
use crate::core::{FetchId, TimerId};
use crate::features::{
    LazyRules, actions, apps, devices, history, language, live, notifications, passcode, shared_computer,
    sign_in,
};
use crate::http::HttpOutcome;
use crate::i18n::Catalogue;
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
    Visible,
    /// It is not.
    Hidden,
}

/// What happened. The tables in `app/mod.rs` say who dispatches which.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// To the page as a whole.
    App(AppEvent),
    /// To the list of devices.
    Devices(devices::Event),
    /// Around actions on a device.
    Actions(actions::Event),
    /// To the temporary passcode on the screen.
    Passcode(passcode::Event),
    Notifications(notifications::Event),
    History(history::Event),
    /// To the applications of a device.
    Apps(apps::Event),
    /// Around signing in and out.
    SignIn(sign_in::Event),
    /// Around a computer that is not the person's own.
    SharedComputer(shared_computer::Event),
    Language(language::Event),
    /// To the event stream.
    Live(live::Event),
}

/// What happens to the page as a whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AppEvent {
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
    /// The person wants what failed to be tried again.
    RetryChosen,
    /// The person wants to print.
    PrintChosen,
    /// A request was answered, or not.
    Fetched {
        id: FetchId,
        /// How.
        outcome: HttpOutcome,
    },
    /// Random bytes were drawn; `None` when the browser refuses.
    RandomDrawn(Option<SignInRandom>),
    TimerFired(TimerId),
    /// The lazy screens are there.
    LazyScreensLoaded {
        /// With their texts.
        language: Catalogue,
        /// And their rules.
        rules: LazyRules,
    },
    /// The lazy screens could not be loaded.
    LazyScreensFailed,
    /// The browser refused to store something.
    StorageRefused,
}
