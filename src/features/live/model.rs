//! The event stream: where it stands, and how patiently it is asked for.

use crate::api::{StreamEvent, StreamPatience};
use crate::core::StreamId;
use crate::domain::{Milliseconds, Now, elapsed};
use crate::http::HttpOutcome;

/// The server's first word comes with the head of its answer. What has not come after this long is held back on the way, by a
/// proxy that collects answers: the page looks by itself then, and leaves the connection as it is.
pub(super) const FIRST_WORD: Milliseconds = Milliseconds(3_000);

/// What happens to the event stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// The event stream stands.
    Opened(StreamId),
    /// A piece of the event stream was read.
    Read {
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
    Ended {
        /// Which connection.
        id: StreamId,
        /// How.
        end: StreamEnd,
    },
}

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
    Open {
        since: Now,
        heard: Now,
        /// Whether anything was read of it: a proxy may hand on the head of the answer and hold back the rest.
        has_spoken: bool,
    },
    /// Broken; it is asked for again when the timer fires, or when the network comes back.
    Waiting,
    /// Given back while the page is in the background.
    Resting,
    /// The server does not offer one to this session.
    Unavailable,
}

/// The stream and how patiently it is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Model {
    pub(super) state: LiveState,
    pub(super) id: u32,
    pub(super) epoch: u32,
    pub(super) patience: StreamPatience,
    /// The last event of any connection: where the next one goes on.
    pub(super) last_event: String,
    /// How long the server wants a page to wait before it comes back.
    pub(super) retry: Option<Milliseconds>,
    pub(super) asked_first: Option<Now>,
    pub(super) has_been_open: bool,
    /// Something on the way holds the stream back: what it says, it says too late. Until one speaks in time.
    pub(super) is_held_back: bool,
}

impl Model {
    /// Whether changes are heard of as they happen.
    #[must_use]
    pub const fn is_open(&self) -> bool {
        matches!(self.state, LiveState::Open { .. })
    }

    /// Whether the page has to look by itself. A short break of a stream that worked is no reason yet.
    #[must_use]
    pub const fn is_polling_needed(&self) -> bool {
        match self.state {
            LiveState::Open { .. } => self.is_held_back,
            LiveState::Opening { .. } | LiveState::Waiting => {
                self.is_held_back || !self.has_been_open || self.patience.is_polling_needed()
            }
            LiveState::Closed | LiveState::Resting | LiveState::Unavailable => true,
        }
    }

    /// Notes that something was read. A first word in time clears whatever was on the way; a late one does not.
    pub(super) fn hear(&mut self, now: Now) {
        if let LiveState::Open { since, heard, has_spoken } = &mut self.state {
            if !*has_spoken && elapsed(*since, now) < FIRST_WORD {
                self.is_held_back = false;
            }
            (*heard, *has_spoken) = (now, true);
        }
    }

    /// Whether this is the connection that counts.
    pub(super) const fn is_current(&self, id: StreamId) -> bool {
        let is_alive = matches!(self.state, LiveState::Opening { .. } | LiveState::Open { .. });
        is_alive && self.id == id.0
    }
}
