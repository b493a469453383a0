//! Reads `text/event-stream` (HTML Living Standard, 9.2.6) from the pieces in which a `fetch` delivers it.
//!
//! The pieces end anywhere: inside a character, between CR and LF, inside a field. A line is therefore put together as
//! bytes and decoded when it is whole; a line end is never part of a character. What the server sends is bounded here
//! too: a line or an event that grows beyond [`LONGEST_EVENT`] ends the reading.
//!
//! An event says only *what* changed, never how; the page then reads it where it reads everything. So an event that is
//! not understood costs nothing, and one that arrives twice does no harm.

use crate::domain::{DeviceId, Milliseconds};
use portal_contract::events::{ChangeEvent, RESYNC};
use portal_contract::json;

/// The longest line, and the longest data of one event, in bytes.
pub const LONGEST_EVENT: usize = 8 * 1024;

/// The byte order mark that may come before the first line.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// What one event of the stream is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StreamEventKind {
    /// Something about this device changed: read it again.
    Device(DeviceId),
    /// This notification is new or was read.
    Notification(String),
    /// Events may be missing: read everything again.
    Resync,
    /// Nothing happened, and the server is there (a comment line).
    Heartbeat,
    /// An event that did not exist when this was built.
    Other,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StreamEvent {
    /// What it is about.
    pub kind: StreamEventKind,
    /// The last event id so far, to go on from (`Last-Event-ID`); empty when the server gives none.
    pub id: String,
}

/// Why a stream cannot be read on. The connection is to be closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StreamError {
    /// A line, or the data of an event, is longer than [`LONGEST_EVENT`].
    TooLong,
}

impl StreamError {
    /// The stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::TooLong => "stream.too_long",
        }
    }
}

/// A stream that is being read. A new connection takes a new one.
#[derive(Debug, Default)]
pub struct EventStream {
    /// The line so far.
    line: Vec<u8>,
    /// The line before ended in CR: an LF that follows belongs to it.
    after_carriage_return: bool,
    /// The first line is through, and with it a byte order mark.
    is_begun: bool,
    /// The field `event` of the event so far.
    name: String,
    /// The fields `data`, one a line; `None` until there is one.
    data: Option<String>,
    /// The field `id`, which is kept from event to event.
    id: String,
    /// The same as of the last event that is whole, also of one without data.
    last_id: String,
    retry: Option<Milliseconds>,
    error: Option<StreamError>,
}

impl EventStream {
    /// How long the server wants a page to wait before it connects again (`retry`).
    #[must_use]
    pub const fn retry(&self) -> Option<Milliseconds> {
        self.retry
    }

    /// The id of the last whole event, to go on from; empty when there was none. A stream may begin with one that says
    /// nothing else.
    #[must_use]
    pub fn last_event_id(&self) -> &str {
        &self.last_id
    }

    /// Reads one more piece and appends the events that it completes. An event at the end without its blank line is
    /// never reported, as the standard says.
    ///
    /// # Errors
    /// [`StreamError::TooLong`], from then on always.
    pub fn feed(&mut self, piece: &[u8], events: &mut Vec<StreamEvent>) -> Result<(), StreamError> {
        for byte in piece {
            if let Some(error) = self.error {
                return Err(error);
            }
            let is_second_half = self.after_carriage_return && *byte == b'\n';
            self.after_carriage_return = *byte == b'\r';
            match byte {
                b'\n' if is_second_half => {}
                b'\n' | b'\r' => self.end_line(events),
                _ if self.line.len() >= LONGEST_EVENT => self.error = Some(StreamError::TooLong),
                other => self.line.push(*other),
            }
        }
        self.error.map_or(Ok(()), Err)
    }

    fn end_line(&mut self, events: &mut Vec<StreamEvent>) {
        let whole = std::mem::take(&mut self.line);
        let mut bytes = whole.as_slice();
        if !std::mem::replace(&mut self.is_begun, true) {
            bytes = bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(bytes);
        }
        let line = String::from_utf8_lossy(bytes);
        if line.is_empty() {
            return self.end_event(events);
        }
        // A name without a colon is a field with an empty value.
        let (field, value) = line.split_once(':').unwrap_or((&line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            // A comment: the server keeps the connection alive with them.
            "" => events.push(StreamEvent { kind: StreamEventKind::Heartbeat, id: self.id.clone() }),
            "event" => value.clone_into(&mut self.name),
            "data" => self.add_data(value),
            "id" if !value.contains('\0') => value.clone_into(&mut self.id),
            "retry" if value.bytes().all(|byte| byte.is_ascii_digit()) => {
                self.retry = value.parse().ok().map(Milliseconds).or(self.retry);
            }
            _ => {}
        }
    }

    fn add_data(&mut self, value: &str) {
        let data = match &mut self.data {
            Some(data) => {
                data.push('\n');
                data
            }
            None => self.data.insert(String::new()),
        };
        data.push_str(value);
        if data.len() > LONGEST_EVENT {
            self.error = Some(StreamError::TooLong);
        }
    }

    fn end_event(&mut self, events: &mut Vec<StreamEvent>) {
        let name = std::mem::take(&mut self.name);
        self.id.clone_into(&mut self.last_id);
        if let Some(data) = self.data.take() {
            events.push(StreamEvent { kind: kind(&name, &data), id: self.id.clone() });
        }
    }
}

/// What an event is about: what its data names, else its own name (`portal_contract::events`).
fn kind(name: &str, data: &str) -> StreamEventKind {
    if name == RESYNC {
        return StreamEventKind::Resync;
    }
    let change = json::read_text(data, ChangeEvent::read).unwrap_or_default();
    if let Some(device) = change.device_id.as_deref().and_then(DeviceId::parse) {
        StreamEventKind::Device(device)
    } else if let Some(notification) = change.notification_id {
        StreamEventKind::Notification(notification)
    } else {
        StreamEventKind::Other
    }
}
