//! How long to wait before asking again: reads only, with jitter, and never against the server's wish.

use super::ApiError;
use crate::domain::Milliseconds;

/// A number from 0 to 999 that spreads many pages over time. It need not be secret, only different.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Jitter(pub u16);

/// How many times a read is repeated by itself before the person is told.
const RETRIES: [i64; 3] = [500, 1_500, 4_000];
/// A wait that is taken silently; beyond it the person is told.
const LONGEST_SILENT_WAIT: Milliseconds = Milliseconds(10_000);
/// When a busy server does not say how long to wait.
const DEFAULT_BUSY_WAIT: Milliseconds = Milliseconds(5_000);
/// Between two looks at a pending reset: quick at first, a minute in the end.
const POLLS: [i64; 8] = [2_000, 3_000, 5_000, 8_000, 13_000, 20_000, 30_000, 60_000];

/// How long to wait before a read is repeated after this error; `None` when the person has to decide. `attempt` counts
/// from 0. A reset is never repeated by this.
#[must_use]
pub fn retry_delay(attempt: u8, error: &ApiError, jitter: Jitter) -> Option<Milliseconds> {
    let base = Milliseconds(*RETRIES.get(usize::from(attempt))?);
    match error {
        ApiError::Busy { retry_after: Some(wait) } if *wait > LONGEST_SILENT_WAIT => None,
        ApiError::Busy { retry_after: Some(wait) } => Some(spread((*wait).max(base), jitter)),
        ApiError::Busy { retry_after: None } | ApiError::ServerFault { .. } | ApiError::Network(_) => {
            Some(spread(base, jitter))
        }
        ApiError::InvalidRequest { .. }
        | ApiError::Unauthenticated
        | ApiError::StepUpRequired(_)
        | ApiError::NotAllowed { .. }
        | ApiError::NotSetUp
        | ApiError::NotFound
        | ApiError::AlreadyPending
        | ApiError::NotCancellable
        | ApiError::PreconditionFailed
        | ApiError::DefectOfPage { .. }
        | ApiError::NotUnderstood { .. } => None,
    }
}

/// How long to wait before the next look at a pending reset. `looks` counts from 0.
#[must_use]
pub fn poll_delay(looks: u8, jitter: Jitter) -> Milliseconds {
    let last = POLLS.last().copied().unwrap_or(60_000);
    spread(Milliseconds(POLLS.get(usize::from(looks)).copied().unwrap_or(last)), jitter)
}

/// How long a busy server wants a reset to wait.
#[must_use]
pub fn busy_wait(retry_after: Option<Milliseconds>) -> Milliseconds {
    retry_after.unwrap_or(DEFAULT_BUSY_WAIT)
}

/// Up to a quarter longer, never shorter: `Retry-After` is a lower bound.
pub(super) fn spread(base: Milliseconds, jitter: Jitter) -> Milliseconds {
    let part = base.0.saturating_mul(i64::from(jitter.0.min(999))) / 4_000;
    base.plus(Milliseconds(part))
}
