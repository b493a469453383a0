//! The bounds of event streams: a rule of operation, so the configuration may name it.

use std::time::Duration;

/// The bounds of streams.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StreamRules {
    /// Streams of one person at the same time.
    pub per_person: u32,
    /// Streams of everybody at the same time.
    pub total: u32,
    /// How long a stream may be silent.
    pub heartbeat: Duration,
}
