//! Everything the page knows. Mutually exclusive things are enumerations, long ones are shared.

use super::{Aftermath, Announced, DeviceList, History, HistoryScope, NotMe, Session, Visit};
use crate::api::{ApiError, NextLink};
use crate::auth::{ConfigError, Discovery, ExpectedPerson, PageConfig, SignInError, StepUpChallenge};
use crate::domain::{Device, DeviceId, Milliseconds, Now, ResetState, ResultId, Seconds, elapsed};
use crate::i18n::Locale;
use crate::route::Route;
use portal_contract::{Branding, Notification, TemporaryPasscode, UtcTime};
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
    /// Not asked for.
    #[default]
    NotAsked,
    /// On its way (retries included).
    Loading,
    /// Here.
    Loaded,
    /// Not to be had; `RetryChosen` tries again.
    Failed(ApiError),
}

/// The part of the page with the screens a first visit does not need (see [`Route::needs_later_screens`]).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum LaterScreens {
    /// Not asked for.
    #[default]
    NotAsked,
    /// On its way.
    Loading,
    /// Here, for as long as the page lives.
    Ready,
    /// Not to be had; `RetryChosen` or another such screen tries again.
    Failed,
}

/// The device whose details are shown. While it is read again, what is known of it stays.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DeviceDetail {
    /// Which.
    pub id: Option<DeviceId>,
    /// What is known of it.
    pub device: Option<Arc<Device>>,
    /// How far it is loaded. `Failed(NotFound)`: it is gone.
    pub state: LoadState,
}

/// The temporary passcode of one device. The value exists only in `Shown`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum PasscodeView {
    /// Not on the screen.
    #[default]
    Hidden,
    /// On its way.
    Loading {
        /// The device.
        device: DeviceId,
    },
    /// On the screen, until it hides itself.
    Shown {
        /// The device.
        device: DeviceId,
        /// The passcode.
        passcode: TemporaryPasscode,
        /// When it came.
        since: Now,
    },
    /// There is none (any more).
    NoneThere {
        /// The device.
        device: DeviceId,
    },
    /// The sign-in is too old to see it (`RevealSignInChosen`).
    NeedsSignIn {
        /// The device.
        device: DeviceId,
    },
    /// It could not be read (`PasscodeShowChosen` tries again).
    Failed {
        /// The device.
        device: DeviceId,
        /// Why.
        error: ApiError,
    },
}

impl PasscodeView {
    /// How long the passcode stays on the screen by itself.
    pub const SHOWN_FOR: Seconds = Seconds(120);

    /// The device it is about.
    #[must_use]
    pub const fn device(&self) -> Option<&DeviceId> {
        match self {
            Self::Hidden => None,
            Self::Loading { device }
            | Self::Shown { device, .. }
            | Self::NoneThere { device }
            | Self::NeedsSignIn { device }
            | Self::Failed { device, .. } => Some(device),
        }
    }
}

/// The notifications, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Notifications {
    /// How far they are loaded.
    pub state: LoadState,
    /// The notifications.
    pub items: Arc<Vec<Notification>>,
}

impl Notifications {
    /// How many are unread: the number at the flag.
    #[must_use]
    pub fn unread(&self) -> usize {
        self.items.iter().filter(|notification| !notification.is_read).count()
    }
}

/// Whether there is a network, as far as the browser knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Connectivity {
    /// There is.
    #[default]
    Online,
    /// There is none.
    Offline,
}

/// Whether the ticking digits are on the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum CountdownDisplay {
    /// They are.
    #[default]
    Shown,
    /// The person hid them.
    Hidden,
}

/// The server's time, estimated: the newest moment it stated, plus what passed since. For "3 minutes ago" only.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ServerClock {
    pub(super) stated: UtcTime,
    pub(super) received: Now,
}

impl ServerClock {
    /// About what time it is at the server.
    #[must_use]
    pub const fn now(&self, now: Now) -> UtcTime {
        let passed = elapsed(self.received, now).0;
        UtcTime::from_unix_millis(self.stated.unix_millis().saturating_add(passed))
    }
}

/// A call of the API, as far as it has to be told apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ApiCall {
    /// The branding.
    Branding,
    /// The person.
    Me,
    /// A page of the devices.
    Devices(Option<NextLink>),
    /// One device.
    Device(DeviceId),
    /// The reset.
    Reset(DeviceId),
    /// The cancellation of a pending reset.
    CancelRun(DeviceId),
    /// The temporary passcode.
    TemporaryPasscode(DeviceId),
    /// The notifications.
    Notifications,
    /// One notification was read.
    MarkNotificationRead(String),
    /// A page of the history.
    History(HistoryScope, Option<NextLink>),
    /// "This wasn't me".
    ReportUnrecognized(DeviceId, ResultId),
    /// Signing out everywhere.
    RevokeSessions,
}

/// What a request is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fetch {
    /// `config.json`.
    Config,
    /// The provider's discovery document.
    Discovery,
    /// The provider's keys.
    Keys,
    /// The exchange of the code.
    Tokens,
    /// A call of the API.
    Api(ApiCall),
}

/// Tells one request from another, and an answer for this session from one for the session before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FetchId {
    /// What for.
    pub what: Fetch,
    /// Which session.
    pub(super) epoch: u32,
    /// How often it was repeated already.
    pub(super) attempt: u8,
}

/// Tells one timer from another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TimerId {
    /// The five minutes, about every second.
    Countdown,
    /// The next look at a pending reset.
    Poll,
    /// The next look at the notifications.
    Notifications,
    /// The passcode hides itself.
    HidePasscode,
    /// The number of matching devices is said once the typing pauses.
    SayFilter,
    /// The next look at how long nobody has touched a borrowed screen.
    Idle,
    /// A read is repeated.
    Retry(FetchId),
}

/// Everything the page knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Model {
    /// The page's own origin.
    pub origin: String,
    /// `config.json`.
    pub config: Config,
    /// The screen.
    pub route: Route,
    /// Grows with every change of screen.
    pub arrivals: u32,
    /// The language.
    pub locale: Locale,
    /// The part of the page with the later screens.
    pub later: LaterScreens,
    /// Who is signed in.
    pub session: Session,
    /// The organisation. Until the API has said it: the support contact of `config.json`.
    pub branding: Arc<Branding>,
    /// The server's time; `None` before the first sign-in.
    pub server_clock: Option<ServerClock>,
    /// The devices.
    pub devices: DeviceList,
    /// The device whose details are shown.
    pub device: DeviceDetail,
    /// The reset.
    pub reset: ResetState,
    /// Why the last sign-in failed: goes with `ResetState::SignInFailed`.
    pub sign_in_error: Option<SignInError>,
    /// Whether cancelling a pending reset was asked for and is not answered yet.
    pub is_cancelling: bool,
    /// The temporary passcode.
    pub passcode: PasscodeView,
    /// The notifications.
    pub notifications: Notifications,
    /// What happened before, as far as it was asked for.
    pub history: History,
    /// "This wasn't me".
    pub not_me: NotMe,
    /// What the person said and ticked on the result.
    pub aftermath: Aftermath,
    /// Whose screen this is, and how long nobody has touched it.
    pub visit: Visit,
    /// The network.
    pub connectivity: Connectivity,
    /// How often something was pressed that could not be sent since the network went away.
    pub unsent: u32,
    /// Whether the countdown is on the screen.
    pub countdown: CountdownDisplay,
    /// What is said politely.
    pub announcement: Announced,
    /// The moment of the last event: what "left" and "ago" refer to.
    pub now: Now,

    pub(super) discovery: Option<Arc<Discovery>>,
    pub(super) expected: Option<ExpectedPerson>,
    pub(super) challenge: Option<StepUpChallenge>,
    pub(super) stored: super::opening::StoredAtStart,
    pub(super) epoch: u32,
    pub(super) looks: u8,
    pub(super) milestone: Option<Seconds>,
    pub(super) is_visible: bool,
    pub(super) languages: Arc<Vec<String>>,
}

impl Model {
    /// What the page knows before anything happened.
    #[must_use]
    pub fn new(now: Now) -> Self {
        Self {
            origin: String::new(),
            config: Config::Loading,
            route: Route::Home,
            arrivals: 0,
            locale: Locale::negotiate(None, None, std::iter::empty()),
            later: LaterScreens::NotAsked,
            session: Session::Starting,
            branding: Arc::default(),
            server_clock: None,
            devices: DeviceList::default(),
            device: DeviceDetail::default(),
            reset: ResetState::Idle,
            sign_in_error: None,
            is_cancelling: false,
            passcode: PasscodeView::Hidden,
            notifications: Notifications::default(),
            history: History::default(),
            not_me: NotMe::default(),
            aftermath: Aftermath::default(),
            visit: Visit::new(now),
            connectivity: Connectivity::Online,
            unsent: 0,
            countdown: CountdownDisplay::Shown,
            announcement: Announced::default(),
            now,
            discovery: None,
            expected: None,
            challenge: None,
            stored: super::opening::StoredAtStart::default(),
            epoch: 0,
            looks: 0,
            milestone: None,
            is_visible: true,
            languages: Arc::default(),
        }
    }

    /// Whether the screen is one of the reset's own explanations, which are shown although nobody is signed in.
    #[must_use]
    pub fn shows_reset_explanation(&self) -> bool {
        let is_explanation = matches!(
            self.reset,
            ResetState::Expired { .. }
                | ResetState::WrongPerson { .. }
                | ResetState::SignInCancelled { .. }
                | ResetState::SignInFailed { .. }
        );
        let is_here = matches!(&self.route, Route::ResetPasscode(id) if self.reset.device() == Some(id));
        is_explanation && is_here && !matches!(self.session, Session::Redirecting(_))
    }

    /// About what time it is at the server.
    #[must_use]
    pub fn server_now(&self) -> Option<UtcTime> {
        self.server_clock.map(|clock| clock.now(self.now))
    }

    /// When the devices on the screen were read, if that may no longer be how they are: without a network, and when reading
    /// them again failed.
    #[must_use]
    pub fn devices_as_of(&self) -> Option<UtcTime> {
        let may_be_old =
            self.connectivity == Connectivity::Offline || matches!(self.devices.state, LoadState::Failed(_));
        let loaded = self.devices.loaded().filter(|_| may_be_old)?;
        self.server_clock.map(|clock| clock.now(loaded))
    }

    /// What is left of the five minutes; `None` when no clock is running.
    #[must_use]
    pub fn time_left(&self) -> Option<Milliseconds> {
        self.reset.ticket().map(|ticket| ticket.proof.remaining(self.now))
    }

    /// How long the passcode stays on the screen; `None` when it is not.
    #[must_use]
    pub fn passcode_hides_in(&self) -> Option<Milliseconds> {
        let PasscodeView::Shown { since, .. } = &self.passcode else { return None };
        let left = PasscodeView::SHOWN_FOR.to_milliseconds().minus(elapsed(*since, self.now));
        Some(left.max(Milliseconds::ZERO))
    }
}
