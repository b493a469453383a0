//! What the page as a whole knows, whichever feature asks: the configuration, the screen, the session, the network.

use super::{Announced, Session, TabStorage};
use crate::api::ApiError;
use crate::auth::{ConfigError, Continuation, PageConfig, StepUpChallenge};
use crate::domain::{DeviceId, FreshSignIn, Milliseconds, Now, elapsed};
use crate::route::Route;
use portal_contract::{Branding, UtcTime};
use std::sync::Arc;

/// `config.json`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Config {
    /// On its way.
    #[default]
    Loading,
    /// Read.
    Ready(Arc<PageConfig>),
    /// Missing or wrong: an explanation for IT.
    Failed(ConfigError),
}

impl Config {
    /// The configuration, once it is there.
    #[must_use]
    pub const fn ready(&self) -> Option<&Arc<PageConfig>> {
        match self {
            Self::Ready(config) => Some(config),
            Self::Loading | Self::Failed(_) => None,
        }
    }
}

/// How far something is loaded.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum LoadState {
    #[default]
    NotAsked,
    /// On its way (retries included).
    Loading,
    /// Here.
    Loaded,
    /// Not to be had; `RetryChosen` tries again.
    Failed(ApiError),
}

/// The part of the page with the screens a first visit does not need (see [`Route::is_lazy`]).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum LazyScreens {
    #[default]
    NotAsked,
    /// On its way.
    Loading,
    /// Here, for as long as the page lives.
    Ready,
    /// Not to be had; `RetryChosen` or another such screen tries again.
    Failed,
}

/// What a confirmation has to have left when it opens right after the first sign-in.
const TIME_TO_READ: Milliseconds = Milliseconds(20_000);

/// Whether there is a network, as far as the browser knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Connectivity {
    /// There is.
    #[default]
    Online,
    /// There is none.
    Offline,
}

/// The server's time, estimated: the newest moment it stated, plus what passed since. For "3 minutes ago" only.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ServerClock {
    pub(crate) stated: UtcTime,
    pub(crate) received: Now,
}

impl ServerClock {
    /// About what time it is at the server.
    #[must_use]
    pub const fn now(&self, now: Now) -> UtcTime {
        let passed = elapsed(self.received, now).0;
        UtcTime::from_unix_millis(self.stated.unix_millis().saturating_add(passed))
    }
}

/// What no feature owns. Features read it through the context of a step; what they change there is the page's, not theirs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// The page's own origin.
    pub origin: String,
    /// `config.json`.
    pub config: Config,
    /// The screen.
    pub route: Route,
    /// Grows with every change of screen.
    pub arrivals: u32,
    /// The part of the page with the lazy screens.
    pub lazy_screens: LazyScreens,
    /// Who is signed in.
    pub session: Session,
    /// The organisation. Until the API has said it: the support contact of `config.json`.
    pub branding: Arc<Branding>,
    /// The server's time; `None` before the first sign-in.
    pub server_clock: Option<ServerClock>,
    /// The network.
    pub connectivity: Connectivity,
    /// How often something was pressed that could not be sent since the network went away.
    pub unsent: u32,
    /// What is said politely.
    pub announcement: Announced,
    /// The moment of the last event: what "left" and "ago" refer to.
    pub now: Now,
    /// What the server demanded of the next sign-in.
    pub(crate) challenge: Option<StepUpChallenge>,
    /// What the tab has stored.
    pub(crate) stored: TabStorage,
    /// Grows with every session: an answer of another one counts for nothing.
    pub(crate) epoch: u32,
    /// How much was asked for so far.
    pub(crate) asked: u32,
    /// Whether the page is in the foreground.
    pub(crate) is_visible: bool,
    /// Since when it is not.
    pub(crate) in_background_since: Option<Now>,
}

impl Page {
    /// What the page knows before anything happened.
    #[must_use]
    pub fn new(now: Now) -> Self {
        Self {
            origin: String::new(),
            config: Config::Loading,
            route: Route::Home,
            arrivals: 0,
            lazy_screens: LazyScreens::NotAsked,
            session: Session::Starting,
            branding: Arc::default(),
            server_clock: None,
            connectivity: Connectivity::Online,
            unsent: 0,
            announcement: Announced::default(),
            now,
            challenge: None,
            stored: TabStorage::default(),
            epoch: 0,
            asked: 0,
            is_visible: true,
            in_background_since: None,
        }
    }

    /// Whether it is known that no sign-in here can be fresh, because nobody says when it was: said before the sign-out.
    #[must_use]
    pub const fn cannot_prove_fresh(&self) -> bool {
        self.stored.no_auth_time
    }

    /// The first sign-in, where it is enough for a reset: the organisation chose so, it was a moment ago, and nothing more is asked
    /// of a second one. With time enough to read the confirmation.
    #[must_use]
    pub fn first_sign_in(&self) -> Option<FreshSignIn> {
        let person = self.session.signed_in()?;
        let within = person.skips_second_within?;
        let asks_more =
            self.challenge.is_some() || self.config.ready().is_some_and(|config| config.step_up.asks_more());
        let proof = person.prove(Some(within), self.now).filter(|_| !asks_more)?;
        (proof.remaining(self.now) >= TIME_TO_READ).then_some(proof)
    }

    /// The step-up that was begun in this tab within the last ten minutes and has not come to its end.
    pub(crate) fn going_on(&self) -> Option<&Continuation> {
        self.stored.continuation.as_ref().filter(|record| record.is_current(self.now.wall))
    }

    /// The name of the device of that step-up, if it is this one.
    #[must_use]
    pub fn name_kept_of(&self, device: &DeviceId) -> Option<&str> {
        let record = self.going_on().filter(|record| record.device == *device)?;
        Some(record.device_name.as_str()).filter(|name| !name.is_empty())
    }

    /// About what time it is at the server.
    #[must_use]
    pub fn server_now(&self) -> Option<UtcTime> {
        self.server_clock.map(|clock| clock.now(self.now))
    }
}
