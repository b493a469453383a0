//! The event stream: where it stands, and how patiently it is asked for.

use crate::api::{StreamEvent, StreamPatience};
use crate::core::StreamId;
use crate::domain::{Milliseconds, Now};
use crate::http::HttpOutcome;

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
    Opening {
        since: Now,
    },
    Open {
        since: Now,
        heard: Now,
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
            LiveState::Open { .. } => false,
            LiveState::Opening { .. } | LiveState::Waiting => {
                !self.has_been_open || self.patience.is_polling_needed()
            }
            LiveState::Closed | LiveState::Resting | LiveState::Unavailable => true,
        }
    }

    /// Whether this is the connection that counts.
    pub(super) const fn is_current(&self, id: StreamId) -> bool {
        let is_alive = matches!(self.state, LiveState::Opening { .. } | LiveState::Open { .. });
        is_alive && self.id == id.0
    }
}
