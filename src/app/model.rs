//! Everything the page knows. Mutually exclusive things are enumerations, long ones are shared.

use super::{
    Actions, Aftermath, Announced, DeviceList, History, HistoryScope, Live, NotMe, PasscodeValidity,
    PasscodeView, Session, Visit,
};
use crate::api::{ApiError, NextLink};
use crate::auth::{
    ConfigError, Continuation, Discovery, ExpectedPerson, PageConfig, SignInError, StepUpChallenge,
};
use crate::domain::{Action, ActionFlow, Device, DeviceId, Milliseconds, Now, ResultId, Seconds, elapsed};
use crate::i18n::{Catalogue, Locale};
use crate::route::Route;
use portal_contract::{Branding, Notification, UtcTime};
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
    /// Another action.
    Action(DeviceId, Action),
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
    /// Who is signed in (session mode).
    Session,
    /// The end of the session (session mode).
    SignOut,
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
    /// Its place among everything that was asked for: what was asked later knows more.
    pub(super) order: u32,
}

/// Cancelling a pending reset.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum CancelState {
    /// Nobody wants to.
    #[default]
    NotAsked,
    /// The person is asked once more.
    Asked,
    /// The request is on its way.
    Sent,
    /// It was too late: the device has the reset already.
    TooLate,
    /// It could not be sent; it can be tried again.
    Failed,
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
    /// The passcode hides itself; about every second, for the rest that is shown.
    HidePasscode,
    /// The number of matching devices is said once the typing pauses.
    SayFilter,
    /// The next look at how long nobody has touched a borrowed screen.
    Idle,
    /// The event stream: an attempt, a silence, or the wait before the next attempt.
    Stream,
    /// The event stream is given back in the background.
    StreamRest,
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
    /// The part of the page with the later screens.
    pub later: LaterScreens,
    /// The language, with its texts: those of the later screens from when these are there.
    pub language: Catalogue,
    /// The language that is being loaded because the person or the organisation wants it.
    pub wanted_language: Option<Locale>,
    /// The language the person chose in vain: its texts could not be had.
    pub missing_language: Option<Locale>,
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
    pub reset: ActionFlow,
    /// The other actions.
    pub actions: Actions,
    /// Why the last sign-in failed: goes with `ActionFlow::SignInFailed`.
    pub sign_in_error: Option<SignInError>,
    /// The provider's own code for that, for IT.
    pub provider_error: Option<String>,
    /// How far the person has come in cancelling a pending reset.
    pub cancelling: CancelState,
    /// What was answered before the five minutes.
    pub preparation: super::Preparation,
    /// The temporary passcode.
    pub passcode: PasscodeView,
    /// Until when the passcode that was shown last can be shown again.
    pub passcode_validity: Option<PasscodeValidity>,
    /// The languages for which this computer itself has a voice. One that speaks over the network is not among them: the
    /// passcode would leave the page.
    pub voices: Vec<Locale>,
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
    /// The event stream.
    pub live: Live,
    /// What is said politely.
    pub announcement: Announced,
    /// What is told by the system's notifications.
    pub telling: super::Telling,
    /// The moment of the last event: what "left" and "ago" refer to.
    pub now: Now,

    pub(super) discovery: Option<Arc<Discovery>>,
    pub(super) expected: Option<ExpectedPerson>,
    pub(super) challenge: Option<StepUpChallenge>,
    pub(super) stored: super::opening::StoredAtStart,
    pub(super) epoch: u32,
    pub(super) asked: u32,
    pub(super) reads: super::reads::Reads,
    pub(super) looks: u8,
    pub(super) milestone: Option<Seconds>,
    pub(super) is_visible: bool,
    pub(super) in_background_since: Option<Now>,
    pub(super) readings: u32,
    pub(super) languages: Arc<Vec<String>>,
    pub(super) is_language_chosen: bool,
}

impl Model {
    /// What the page knows before anything happened. Without the texts of a language there is no page.
    #[must_use]
    pub fn new(now: Now, language: Catalogue) -> Self {
        Self {
            origin: String::new(),
            config: Config::Loading,
            route: Route::Home,
            arrivals: 0,
            later: LaterScreens::NotAsked,
            language,
            wanted_language: None,
            missing_language: None,
            session: Session::Starting,
            branding: Arc::default(),
            server_clock: None,
            devices: DeviceList::default(),
            device: DeviceDetail::default(),
            reset: ActionFlow::Idle,
            actions: Actions::default(),
            sign_in_error: None,
            provider_error: None,
            cancelling: CancelState::NotAsked,
            preparation: super::Preparation::default(),
            passcode: PasscodeView::Hidden,
            passcode_validity: None,
            voices: Vec::new(),
            notifications: Notifications::default(),
            history: History::default(),
            not_me: NotMe::default(),
            aftermath: Aftermath::default(),
            visit: Visit::new(now),
            connectivity: Connectivity::Online,
            unsent: 0,
            countdown: CountdownDisplay::Shown,
            live: Live::default(),
            announcement: Announced::default(),
            telling: super::Telling::default(),
            now,
            discovery: None,
            expected: None,
            challenge: None,
            stored: super::opening::StoredAtStart::default(),
            epoch: 0,
            asked: 0,
            reads: super::reads::Reads::default(),
            looks: 0,
            milestone: None,
            is_visible: true,
            in_background_since: None,
            readings: 0,
            languages: Arc::default(),
            is_language_chosen: false,
        }
    }

    /// Whether the screen is one of the reset's own explanations, which are shown although nobody is signed in.
    #[must_use]
    pub fn shows_reset_explanation(&self) -> bool {
        let is_explanation = self.reset.is_failed_sign_in();
        let is_here = matches!(&self.route, Route::ResetPasscode(id) if self.reset.device() == Some(id));
        is_explanation && is_here && !matches!(self.session, Session::Redirecting(_))
    }

    /// Whether a fresh sign-in begins with a sign-out at the provider: where it has such a place, IT does not leave it out, and
    /// it was not tried a moment ago.
    #[must_use]
    pub fn signs_out_first(&self) -> bool {
        let is_wanted = self.config.ready().is_none_or(|config| config.sign_out_first);
        let has_no_place = self.discovery.as_ref().is_some_and(|known| known.end_session_endpoint.is_none());
        is_wanted && !has_no_place && self.going_on().is_none()
    }

    /// Whether it is known that no sign-in here can be fresh, because nobody says when it was: said before the sign-out.
    #[must_use]
    pub const fn cannot_prove_fresh(&self) -> bool {
        self.stored.no_auth_time
    }

    /// The step-up that was begun in this tab within the last ten minutes and has not come to its end.
    pub(super) fn going_on(&self) -> Option<&Continuation> {
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
        self.reset.ticket().and_then(|ticket| ticket.proof.remaining(self.now))
    }

    /// How long the passcode stays on the screen; `None` when it is not.
    #[must_use]
    pub fn passcode_hides_in(&self) -> Option<Milliseconds> {
        self.passcode.hides_in(self.now, self.server_now(), self.in_background_since)
    }
}
