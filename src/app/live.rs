//! Changes as they happen: one event stream (`GET /me/events`), and looking by oneself only while there is none.
//!
//! The stream says *what* changed; the page then reads it by the call it always reads it by. So there is one source of
//! truth and one way in, whether a change was heard of or found by looking. While the stream is open no timer looks at
//! anything; when it cannot be had, looking goes on as before (`api::poll_delay`).
//!
//! ```text
//! Closed -> Opening -> Open -> Waiting -> Opening ...      broke: wait (back-off, jitter), go on after the last event
//!              |        |-> Resting -> Opening             long in the background with nothing pending
//!              `-> Unavailable                             the server has none: look by oneself
//! ```
//!
//! Every connection has a number. What a connection says that is not the current one counts for nothing.

use super::turn::Turn;
use super::{ApiCall, Config, Connectivity, Effect, TimerId};
use crate::api::{Api, ApiError, StreamEvent, StreamEventKind, StreamPatience};
use crate::domain::{ActionFlow, DeviceId, Milliseconds, Now, elapsed};
use crate::http::HttpOutcome;
use crate::route::Route;

/// A connection that has not been made after this long is given up: something on the way holds the answer back.
const ATTEMPT: Milliseconds = Milliseconds(10_000);
/// A stream that is silent for this long is dead, whatever the browser believes: the server sends a heartbeat every 15 s.
const SILENCE: Milliseconds = Milliseconds(50_000);
/// Somebody who comes back after such a silence is shown what was read anew, without waiting for the verdict.
const QUIET: Milliseconds = Milliseconds(20_000);
/// In the background, with nothing pending, the connection is given back after this long.
const BACKGROUND: Milliseconds = Milliseconds(60_000);
/// Before the first connection stands, changes may be missed; after this long what is shown is read again.
const GAP: Milliseconds = Milliseconds(2_000);

/// Tells one connection from the one before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StreamId(pub(super) u32);

/// How a connection ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StreamEnd {
    /// It broke or was closed, or there was none: the answer, where it was another than a stream.
    NoStream(HttpOutcome),
    /// It ended after it had begun, for instance because the server restarts.
    Broke,
    /// More was sent than an event may hold.
    TooLong,
}

/// Where the stream stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum LiveState {
    /// There is none: nobody is signed in.
    #[default]
    Closed,
    /// Asked for.
    Opening { since: Now },
    /// Open.
    Open { since: Now, heard: Now },
    /// Broken; it is asked for again when the timer fires, or when the network comes back.
    Waiting,
    /// Given back while the page is in the background.
    Resting,
    /// The server does not offer one to this session.
    Unavailable,
}

/// The stream and how patiently it is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Live {
    pub(super) state: LiveState,
    id: u32,
    epoch: u32,
    patience: StreamPatience,
    /// The last event of any connection: where the next one goes on.
    last_event: String,
    /// How long the server wants a page to wait before it comes back.
    retry: Option<Milliseconds>,
    asked_first: Option<Now>,
    has_been_open: bool,
}

impl Live {
    /// Whether changes are heard of as they happen.
    #[must_use]
    pub const fn is_open(&self) -> bool {
        matches!(self.state, LiveState::Open { .. })
    }

    /// Whether the page has to look by itself. A short break of a stream that worked is no reason yet.
    #[must_use]
    pub const fn is_looking_needed(&self) -> bool {
        match self.state {
            LiveState::Open { .. } => false,
            LiveState::Opening { .. } | LiveState::Waiting => {
                !self.has_been_open || self.patience.is_polling_needed()
            }
            LiveState::Closed | LiveState::Resting | LiveState::Unavailable => true,
        }
    }
}

impl Turn {
    /// After every step: a stream for whoever is signed in, none for nobody and none for the person before.
    pub(super) fn keep_stream(&mut self) {
        let is_ready = matches!(self.model.config, Config::Ready(_));
        let is_wanted = is_ready && self.model.session.signed_in().is_some();
        let live = &self.model.live;
        let is_closed = live.state == LiveState::Closed;
        if !is_closed && (!is_wanted || live.epoch != self.model.epoch) {
            self.effect(Effect::CloseEventStream);
            self.effect(Effect::StopTimer(TimerId::Stream));
            self.effect(Effect::StopTimer(TimerId::StreamRest));
            self.model.live = Live { id: self.model.live.id, ..Live::default() };
        }
        if is_wanted && self.model.live.state == LiveState::Closed {
            self.model.live.epoch = self.model.epoch;
            self.open_stream();
        }
    }

    fn open_stream(&mut self) {
        let (Some(config), Some(person)) = (self.model.config.ready(), self.model.session.signed_in()) else {
            return;
        };
        let api = Api { base: &config.api_base, credential: &person.credential };
        let request = api.events(&self.model.live.last_event);
        let live = &mut self.model.live;
        live.id = live.id.wrapping_add(1);
        live.asked_first = live.asked_first.or(Some(self.now));
        let id = StreamId(live.id);
        self.change_live(|live, now| live.state = LiveState::Opening { since: now });
        self.timer(TimerId::Stream, ATTEMPT);
        self.effect(Effect::OpenEventStream { id, request });
    }

    /// One source at a time: looking stops when the stream stands, and begins when it cannot be had.
    fn change_live(&mut self, change: impl FnOnce(&mut Live, Now)) {
        let was_needed = self.model.live.is_looking_needed();
        change(&mut self.model.live, self.now);
        match (was_needed, self.model.live.is_looking_needed()) {
            (true, false) => {
                self.effect(Effect::StopTimer(TimerId::Poll));
                self.effect(Effect::StopTimer(TimerId::Notifications));
            }
            (false, true) => {
                self.model.looks = 0;
                self.schedule_look();
                self.timer(TimerId::Notifications, StreamPatience::poll_delay(self.jitter()));
            }
            (true, true) | (false, false) => {}
        }
    }

    const fn is_current(&self, id: StreamId) -> bool {
        let is_alive = matches!(self.model.live.state, LiveState::Opening { .. } | LiveState::Open { .. });
        is_alive && self.model.live.id == id.0
    }

    pub(super) fn on_stream_opened(&mut self, id: StreamId) {
        if !self.is_current(id) {
            return;
        }
        let is_resumed = !self.model.live.last_event.is_empty();
        let missed = self.model.live.asked_first.map_or(Milliseconds::ZERO, |asked| elapsed(asked, self.now));
        self.change_live(|live, now| {
            live.has_been_open = true;
            live.state = LiveState::Open { since: now, heard: now };
        });
        self.timer(TimerId::Stream, SILENCE);
        // A stream that goes on after its last event misses nothing. One that begins may have missed something.
        if !is_resumed {
            if missed > GAP {
                self.read_everything();
            } else if let ActionFlow::Pending { device, .. } = &self.model.reset {
                self.read_device(device.clone());
            }
        }
    }

    pub(super) fn on_stream_read(
        &mut self,
        id: StreamId,
        events: Vec<StreamEvent>,
        last_event: String,
        retry: Option<Milliseconds>,
    ) {
        if !self.is_current(id) {
            return;
        }
        if let LiveState::Open { heard, .. } = &mut self.model.live.state {
            *heard = self.now;
        }
        self.model.live.retry = retry;
        if !last_event.is_empty() {
            self.model.live.last_event = last_event;
        }
        self.timer(TimerId::Stream, SILENCE);
        let mut is_news = false;
        for event in events {
            match event.kind {
                StreamEventKind::Device(device) => self.on_device_changed(device),
                StreamEventKind::Notification(_) => is_news = true,
                StreamEventKind::Resync => {
                    self.read_everything();
                    is_news = false;
                }
                StreamEventKind::Heartbeat | StreamEventKind::Other => {}
            }
        }
        if is_news {
            self.read_notifications();
        }
    }

    /// A device that is on the screen, in the list or being reset is read again. One that is none of them may be new.
    fn on_device_changed(&mut self, device: DeviceId) {
        let model = &self.model;
        let is_known = model.device.id.as_ref() == Some(&device)
            || model.reset.device() == Some(&device)
            || model.devices.find(&device).is_some();
        if is_known {
            self.read_device(device);
        } else if model.route == Route::Devices {
            self.reload_devices();
        }
    }

    /// What is on the screen or known by heart is read again, each thing once.
    fn read_everything(&mut self) {
        let shown = self.model.route.device().or_else(|| self.model.reset.device()).cloned();
        if let Some(device) = shown {
            self.read_device(device);
        }
        if self.model.devices.loaded().is_some() {
            self.reload_devices();
        }
        self.read_notifications();
    }

    fn read_notifications(&mut self) {
        self.call(ApiCall::Notifications, 0);
    }

    pub(super) fn on_stream_ended(&mut self, id: StreamId, end: &StreamEnd) {
        if !self.is_current(id) {
            return;
        }
        let error = match end {
            StreamEnd::Broke => None,
            StreamEnd::TooLong => {
                self.effect(Effect::CloseEventStream);
                self.log("stream.too_long", "events");
                None
            }
            StreamEnd::NoStream(Ok(answer)) => Some(ApiError::of_answer(answer)),
            StreamEnd::NoStream(Err(fault)) => Some(ApiError::Network(*fault)),
        };
        if let Some(error) = &error {
            self.log(error.code(), "events");
        }
        match error {
            // Nobody is taken away because of what happens behind the scenes: the next call of theirs signs in again.
            Some(
                ApiError::Unauthenticated
                | ApiError::StepUpRequired(_)
                | ApiError::NotAllowed { .. }
                | ApiError::NotSetUp
                | ApiError::NotFound
                | ApiError::InvalidRequest { .. }
                | ApiError::DefectOfPage { .. },
            ) => {
                self.effect(Effect::StopTimer(TimerId::Stream));
                self.change_live(|live, _| live.state = LiveState::Unavailable);
            }
            Some(ApiError::Busy { retry_after }) => self.wait_for_stream(retry_after),
            Some(
                ApiError::AlreadyPending
                | ApiError::NotCancellable
                | ApiError::PreconditionFailed
                | ApiError::ServerFault { .. }
                | ApiError::Network(_)
                | ApiError::NotUnderstood { .. },
            )
            | None => self.wait_for_stream(None),
        }
    }

    fn wait_for_stream(&mut self, retry_after: Option<Milliseconds>) {
        let held = match self.model.live.state {
            LiveState::Open { since, .. } => elapsed(since, self.now),
            LiveState::Closed
            | LiveState::Opening { .. }
            | LiveState::Waiting
            | LiveState::Resting
            | LiveState::Unavailable => Milliseconds::ZERO,
        };
        self.change_live(|live, _| {
            live.patience = live.patience.broken(held);
            live.state = LiveState::Waiting;
        });
        let live = &self.model.live;
        let delay = live.patience.delay(live.retry, retry_after, self.jitter());
        self.timer(TimerId::Stream, delay);
    }

    /// The one timer of the stream: an attempt that takes too long, a silence, or the end of a wait.
    pub(super) fn on_stream_due(&mut self) {
        match self.model.live.state {
            // Offline, the network's return opens it.
            LiveState::Waiting if self.model.connectivity == Connectivity::Online => self.open_stream(),
            LiveState::Opening { since } => self.give_up_after(ATTEMPT.minus(elapsed(since, self.now))),
            LiveState::Open { heard, .. } => self.give_up_after(SILENCE.minus(elapsed(heard, self.now))),
            LiveState::Closed | LiveState::Waiting | LiveState::Resting | LiveState::Unavailable => {}
        }
    }

    fn give_up_after(&mut self, left: Milliseconds) {
        if left > Milliseconds::ZERO {
            self.timer(TimerId::Stream, left);
        } else {
            self.give_up_stream();
        }
    }

    fn give_up_stream(&mut self) {
        self.log("stream.silent", "events");
        self.effect(Effect::CloseEventStream);
        self.wait_for_stream(None);
    }

    /// In the background a connection is kept for as long as a reset is pending: the title of the tab follows it.
    pub(super) fn on_stream_hidden(&mut self) {
        self.timer(TimerId::StreamRest, BACKGROUND);
    }

    pub(super) fn on_stream_rest_due(&mut self) {
        let is_awaited = matches!(self.model.reset, ActionFlow::Pending { .. });
        let is_held = matches!(
            self.model.live.state,
            LiveState::Opening { .. } | LiveState::Open { .. } | LiveState::Waiting
        );
        if self.model.is_visible || !is_held {
            return;
        }
        if is_awaited {
            return self.timer(TimerId::StreamRest, BACKGROUND);
        }
        self.effect(Effect::CloseEventStream);
        self.effect(Effect::StopTimer(TimerId::Stream));
        self.change_live(|live, _| live.state = LiveState::Resting);
    }

    /// Back in the foreground: a rest or a sleep is over.
    pub(super) fn on_stream_visible(&mut self) {
        self.effect(Effect::StopTimer(TimerId::StreamRest));
        match self.model.live.state {
            LiveState::Resting => self.open_stream(),
            LiveState::Open { heard, .. } if elapsed(heard, self.now) >= SILENCE => {
                self.effect(Effect::CloseEventStream);
                self.open_stream();
            }
            LiveState::Open { heard, .. } if elapsed(heard, self.now) >= QUIET => self.read_everything(),
            LiveState::Open { .. } => {}
            LiveState::Waiting | LiveState::Opening { .. } => self.on_stream_due(),
            LiveState::Closed | LiveState::Unavailable => {}
        }
    }

    /// The network came back: no waiting any more, and what was held against the connection is forgotten.
    pub(super) fn on_stream_online(&mut self) {
        if self.model.live.state == LiveState::Waiting {
            self.model.live.patience = StreamPatience::default();
            self.open_stream();
        }
    }

    /// The network went: the connection is of no use, even where the browser has not noticed.
    pub(super) fn on_stream_offline(&mut self) {
        if matches!(self.model.live.state, LiveState::Opening { .. } | LiveState::Open { .. }) {
            self.effect(Effect::CloseEventStream);
            self.wait_for_stream(None);
        }
    }
}
