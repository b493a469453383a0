//! Places where a crash hurts most, so that a test can stop the queue exactly there.

/// A place in the life of a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CrashPoint {
    /// Recorded and answered; the queue has not looked at it yet.
    BeforeSending,
    /// Marked as being sent; the back end has not heard of it.
    AfterMarkedSending,
    /// The back end has it; that is not written down yet.
    AfterStarted,
    /// Written down as sent.
    AfterMarkedSent,
    /// The device acknowledged it; that is not written down yet.
    AfterReported,
    /// The end is written down.
    AfterEnded,
}

impl CrashPoint {
    /// Every place.
    pub const ALL: [Self; 6] = [
        Self::BeforeSending,
        Self::AfterMarkedSending,
        Self::AfterStarted,
        Self::AfterMarkedSent,
        Self::AfterReported,
        Self::AfterEnded,
    ];
}

/// Decides whether to stop at a place. Production never does.
pub trait CrashPoints: Send + Sync {
    /// Whether the queue must stop here at once, as if the process had been killed.
    fn stops_at(&self, point: CrashPoint) -> bool;
}

/// Never stops.
#[derive(Debug, Clone, Copy)]
pub struct NoCrash;

impl CrashPoints for NoCrash {
    fn stops_at(&self, _point: CrashPoint) -> bool {
        false
    }
}
