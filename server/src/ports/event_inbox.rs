//! What device services tell by themselves, as signed messages that say *that* something changed and never how: the portal asks
//! then, earlier than it would have.

use crate::domain::ids::{DeviceId, ResultId};
use crate::domain::person::PersonId;

/// A message as it came; nothing of it is believed yet.
#[derive(Debug, Clone, Copy)]
pub struct SignedMessage<'a> {
    /// What the sender calls it; the same for each attempt to deliver it.
    pub id: &'a str,
    /// When it was signed, in seconds since 1970, as text.
    pub timestamp: &'a str,
    /// One signature or more.
    pub signatures: &'a str,
    /// The bytes that were signed.
    pub body: &'a [u8],
}

/// What changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Hint {
    /// A run, if it is on a device of this service (`None`: the first one).
    Run {
        /// Who says so.
        service: Option<String>,
        /// The run.
        run: ResultId,
    },
    /// A device of a person, by the portal's identifier.
    Device {
        /// Whose it is.
        person: PersonId,
        /// The device.
        device: DeviceId,
    },
}

/// What became of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Opened {
    /// Nobody with a right to signed it, or too long ago.
    NotGenuine,
    /// It is genuine, and says this: nothing, where it was taken before or means nothing here.
    Genuine(Vec<Hint>),
}

/// Opens messages, each once.
pub trait EventInbox: Send + Sync {
    /// Checks a message and reads it.
    fn open(&self, message: &SignedMessage<'_>) -> Opened;

    /// What it said could not be heeded: the next attempt at the same message counts as the first.
    fn put_back(&self, id: &str);
}
