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

use super::model::FIRST_WORD;
use super::{Event, LiveState, Model, StreamEnd};
use crate::api::{Api, ApiError, StreamEvent, StreamEventKind, StreamPatience};
use crate::core::{Config, Connectivity, Context, Effect, StreamId, TimerId};
use crate::domain::{ActionFlow, DeviceId, Milliseconds, Now, elapsed};
use crate::features::Features;
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

impl Features {
    /// What of the stream happened. It says what changed; whoever shows that reads it.
    pub(crate) fn update_live(&mut self, event: Event, context: &mut Context) {
        match event {
            Event::Opened(id) => self.on_stream_opened(id, context),
            Event::Read { id, events, last_event, retry } => {
                self.on_stream_read(id, events, last_event, retry, context);
            }
            Event::Ended { id, end } => self.on_stream_ended(id, &end, context),
        }
    }

    /// After every step: a stream for whoever is signed in, none for nobody and none for the person before.
    pub(crate) fn keep_stream(&mut self, context: &mut Context) {
        let is_ready = matches!(context.page.config, Config::Ready(_));
        let is_wanted = is_ready && context.page.session.signed_in().is_some();
        let live = &self.live;
        let is_closed = live.state == LiveState::Closed;
        if !is_closed && (!is_wanted || live.epoch != context.page.epoch) {
            context.effect(Effect::CloseEventStream);
            context.effect(Effect::StopTimer(TimerId::Stream));
            context.effect(Effect::StopTimer(TimerId::StreamRest));
            self.live = Model { id: self.live.id, ..Model::default() };
        }
        if is_wanted && self.live.state == LiveState::Closed {
            self.live.epoch = context.page.epoch;
            self.open_stream(context);
        }
    }

    fn open_stream(&mut self, context: &mut Context) {
        let (Some(config), Some(person)) = (context.page.config.ready(), context.page.session.signed_in())
        else {
            return;
        };
        let api = Api { base: &config.api_base, credential: &person.credential };
        let request = api.events(&self.live.last_event);
        let live = &mut self.live;
        live.id = live.id.wrapping_add(1);
        live.asked_first = live.asked_first.or(Some(context.now));
        let id = StreamId(live.id);
        self.change_live(|live, now| live.state = LiveState::Opening { since: now }, context);
        context.timer(TimerId::Stream, FIRST_WORD);
        context.effect(Effect::OpenEventStream { id, request });
    }

    /// One source at a time: looking stops when the stream stands, and begins when it cannot be had.
    fn change_live(&mut self, change: impl FnOnce(&mut Model, Now), context: &mut Context) {
        let was_needed = self.live.is_polling_needed();
        change(&mut self.live, context.now);
        match (was_needed, self.live.is_polling_needed()) {
            (true, false) => {
                context.effect(Effect::StopTimer(TimerId::Poll));
                context.effect(Effect::StopTimer(TimerId::Notifications));
            }
            (false, true) => {
                self.actions.polls = 0;
                self.schedule_poll(context);
                context.timer(TimerId::Notifications, StreamPatience::poll_delay(context.jitter()));
            }
            (true, true) | (false, false) => {}
        }
    }

    pub(crate) fn on_stream_opened(&mut self, id: StreamId, context: &mut Context) {
        if !self.live.is_current(id) {
            return;
        }
        let is_resumed = !self.live.last_event.is_empty();
        let missed = self.live.asked_first.map_or(Milliseconds::ZERO, |asked| elapsed(asked, context.now));
        self.change_live(
            |live, now| {
                live.has_been_open = true;
                live.state = LiveState::Open { since: now, heard: now, has_spoken: false };
            },
            context,
        );
        context.timer(TimerId::Stream, FIRST_WORD);
        // A stream that goes on after its last event misses nothing. One that begins may have missed something.
        if !is_resumed {
            if missed > GAP {
                self.read_everything(context);
            } else if let ActionFlow::Pending { device, .. } = &self.actions.reset {
                self.devices.read(device.clone(), context);
            }
        }
    }

    pub(crate) fn on_stream_read(
        &mut self,
        id: StreamId,
        events: Vec<StreamEvent>,
        last_event: String,
        retry: Option<Milliseconds>,
        context: &mut Context,
    ) {
        if !self.live.is_current(id) {
            return;
        }
        self.change_live(Model::hear, context);
        self.live.retry = retry;
        if !last_event.is_empty() {
            self.live.last_event = last_event;
        }
        context.timer(TimerId::Stream, SILENCE);
        let mut is_recent = false;
        for event in events {
            match event.kind {
                StreamEventKind::Device(device) => self.on_device_changed(device, context),
                StreamEventKind::Notification(_) => is_recent = true,
                StreamEventKind::Resync => {
                    self.read_everything(context);
                    is_recent = false;
                }
                StreamEventKind::Heartbeat | StreamEventKind::Other => {}
            }
        }
        if is_recent {
            self.notifications.ask(context);
        }
    }

    /// A device that is on the screen, in the list or being reset is read again. One that is none of them may be new.
    fn on_device_changed(&mut self, device: DeviceId, context: &mut Context) {
        let is_known = self.devices.detail.id.as_ref() == Some(&device)
            || self.actions.reset.device() == Some(&device)
            || self.devices.list.find(&device).is_some();
        if is_known {
            self.devices.read(device, context);
        } else if context.page.route == Route::Devices {
            self.devices.reload(context);
        }
    }

    /// What is on the screen or known by heart is read again, each thing once.
    fn read_everything(&mut self, context: &mut Context) {
        let shown = context.page.route.device().or_else(|| self.actions.reset.device()).cloned();
        if let Some(device) = shown {
            self.devices.read(device, context);
        }
        if self.devices.list.loaded().is_some() {
            self.devices.reload(context);
        }
        self.notifications.ask(context);
    }

    pub(crate) fn on_stream_ended(&mut self, id: StreamId, end: &StreamEnd, context: &mut Context) {
        if !self.live.is_current(id) {
            return;
        }
        let error = match end {
            StreamEnd::Broke => None,
            StreamEnd::TooLong => {
                context.effect(Effect::CloseEventStream);
                context.log("stream.too_long", "events");
                None
            }
            StreamEnd::NoStream(Ok(answer)) => Some(ApiError::of_answer(answer)),
            StreamEnd::NoStream(Err(fault)) => Some(ApiError::Network(*fault)),
        };
        if let Some(error) = &error {
            context.log(error.code(), "events");
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
                context.effect(Effect::StopTimer(TimerId::Stream));
                self.change_live(|live, _| live.state = LiveState::Unavailable, context);
            }
            Some(ApiError::Busy { retry_after }) => self.wait_for_stream(retry_after, context),
            Some(
                ApiError::AlreadyPending
                | ApiError::NotCancellable
                | ApiError::PreconditionFailed
                | ApiError::ServerFault { .. }
                | ApiError::Network(_)
                | ApiError::NotUnderstood { .. },
            )
            | None => self.wait_for_stream(None, context),
        }
    }

    fn wait_for_stream(&mut self, retry_after: Option<Milliseconds>, context: &mut Context) {
        let held = match self.live.state {
            LiveState::Open { since, .. } => elapsed(since, context.now),
            LiveState::Closed
            | LiveState::Opening { .. }
            | LiveState::Waiting
            | LiveState::Resting
            | LiveState::Unavailable => Milliseconds::ZERO,
        };
        self.change_live(
            |live, _| {
                live.patience = live.patience.broken(held);
                live.state = LiveState::Waiting;
            },
            context,
        );
        let live = &self.live;
        let delay = live.patience.delay(live.retry, retry_after, context.jitter());
        context.timer(TimerId::Stream, delay);
    }

    /// The one timer of the stream: an attempt that takes too long, a silence, or the end of a wait.
    pub(crate) fn on_stream_due(&mut self, context: &mut Context) {
        match self.live.state {
            // Offline, the network's return opens it.
            LiveState::Waiting if context.page.connectivity == Connectivity::Online => {
                self.open_stream(context);
            }
            LiveState::Opening { since } => {
                self.look_meanwhile(since, context);
                self.give_up_after(ATTEMPT.minus(elapsed(since, context.now)), context);
            }
            LiveState::Open { since, heard, has_spoken } => {
                if !has_spoken {
                    self.look_meanwhile(since, context);
                }
                self.give_up_after(SILENCE.minus(elapsed(heard, context.now)), context);
            }
            LiveState::Closed | LiveState::Waiting | LiveState::Resting | LiveState::Unavailable => {}
        }
    }

    /// Nothing was heard in time: one line for IT, and the page looks by itself until a connection speaks in time.
    fn look_meanwhile(&mut self, since: Now, context: &mut Context) {
        if !self.live.is_held_back && elapsed(since, context.now) >= FIRST_WORD {
            context.log("stream.held_back", "events");
            self.change_live(|live, _| live.is_held_back = true, context);
        }
    }

    fn give_up_after(&mut self, left: Milliseconds, context: &mut Context) {
        if left > Milliseconds::ZERO {
            context.timer(TimerId::Stream, left);
        } else {
            self.give_up_stream(context);
        }
    }

    fn give_up_stream(&mut self, context: &mut Context) {
        context.log("stream.silent", "events");
        context.effect(Effect::CloseEventStream);
        self.wait_for_stream(None, context);
    }

    /// In the background a connection is kept for as long as a reset is pending: the title of the tab follows it.
    pub(crate) fn on_stream_hidden(&mut self, context: &mut Context) {
        context.timer(TimerId::StreamRest, BACKGROUND);
    }

    pub(crate) fn on_stream_rest_due(&mut self, context: &mut Context) {
        let is_awaited = matches!(self.actions.reset, ActionFlow::Pending { .. });
        let is_held = matches!(
            self.live.state,
            LiveState::Opening { .. } | LiveState::Open { .. } | LiveState::Waiting
        );
        if context.page.is_visible || !is_held {
            return;
        }
        if is_awaited {
            return context.timer(TimerId::StreamRest, BACKGROUND);
        }
        context.effect(Effect::CloseEventStream);
        context.effect(Effect::StopTimer(TimerId::Stream));
        self.change_live(|live, _| live.state = LiveState::Resting, context);
    }

    /// Back in the foreground: a rest or a sleep is over.
    pub(crate) fn on_stream_visible(&mut self, context: &mut Context) {
        context.effect(Effect::StopTimer(TimerId::StreamRest));
        match self.live.state {
            LiveState::Resting => self.open_stream(context),
            LiveState::Open { heard, .. } if elapsed(heard, context.now) >= SILENCE => {
                context.effect(Effect::CloseEventStream);
                self.open_stream(context);
            }
            LiveState::Open { heard, .. } if elapsed(heard, context.now) >= QUIET => {
                self.read_everything(context);
            }
            LiveState::Open { .. } => {}
            LiveState::Waiting | LiveState::Opening { .. } => self.on_stream_due(context),
            LiveState::Closed | LiveState::Unavailable => {}
        }
    }

    /// The network came back: no waiting any more, and what was held against the connection is forgotten.
    pub(crate) fn on_stream_online(&mut self, context: &mut Context) {
        if self.live.state == LiveState::Waiting {
            self.live.patience = StreamPatience::default();
            self.open_stream(context);
        }
    }

    /// The network went: the connection is of no use, even where the browser has not noticed.
    pub(crate) fn on_stream_offline(&mut self, context: &mut Context) {
        if matches!(self.live.state, LiveState::Opening { .. } | LiveState::Open { .. }) {
            context.effect(Effect::CloseEventStream);
            self.wait_for_stream(None, context);
        }
    }
}
