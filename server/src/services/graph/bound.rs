//! How much this server asks of Microsoft at most. Documented per app and tenant: 2,000 calls, of them 200 writes, in 20
//! seconds. The bound is well below, because other programs of the organisation may share the registration.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::Instant;

/// Calls at the same time.
const AT_ONCE: usize = 16;
/// Calls in a second.
const CALLS_PER_SECOND: u32 = 20;
/// Of those, commands.
const WRITES_PER_SECOND: u32 = 2;
/// The longest a call waits for its turn.
const LONGEST_WAIT: Duration = Duration::from_secs(10);

/// What a call does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Weight {
    Read,
    Write,
}

/// There was no turn within [`LONGEST_WAIT`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct NoTurn;

/// Turns at a steady rate, a second's worth of them in advance.
#[derive(Debug)]
struct Turns {
    /// Between two turns.
    pause: Duration,
    /// How much may be taken in advance.
    ahead: Duration,
    /// When the next turn is, counted from any fixed moment.
    next: Duration,
}

impl Turns {
    const fn per_second(number: u32) -> Self {
        let second = Duration::from_secs(1);
        // The first and a second's worth more would be one too many.
        let pause = Duration::from_nanos(1_000_000_000 / number as u64);
        Self { pause, ahead: second.saturating_sub(pause), next: Duration::ZERO }
    }

    /// How long to wait for the next turn, which is taken; `None`, and nothing is taken, where that is too long.
    fn take(&mut self, now: Duration, longest: Duration) -> Option<Duration> {
        let wait = self.next.saturating_sub(now + self.ahead);
        if wait > longest {
            return None;
        }
        self.next = self.next.max(now) + self.pause;
        Some(wait)
    }
}

/// The bound.
pub(super) struct Bound {
    slots: Semaphore,
    calls: Mutex<Turns>,
    writes: Mutex<Turns>,
    began: Instant,
}

impl Bound {
    pub(super) fn new() -> Self {
        Self {
            slots: Semaphore::new(AT_ONCE),
            calls: Mutex::new(Turns::per_second(CALLS_PER_SECOND)),
            writes: Mutex::new(Turns::per_second(WRITES_PER_SECOND)),
            began: Instant::now(),
        }
    }

    /// Waits for a turn. The call has it until the answer is read.
    pub(super) async fn enter(&self, weight: Weight) -> Result<SemaphorePermit<'_>, NoTurn> {
        if weight == Weight::Write {
            self.turn(&self.writes).await?;
        }
        self.turn(&self.calls).await?;
        match tokio::time::timeout(LONGEST_WAIT, self.slots.acquire()).await {
            Ok(Ok(slot)) => Ok(slot),
            Ok(Err(_)) | Err(_) => Err(NoTurn),
        }
    }

    async fn turn(&self, turns: &Mutex<Turns>) -> Result<(), NoTurn> {
        let now = self.began.elapsed();
        let wait = turns.lock().unwrap_or_else(PoisonError::into_inner).take(now, LONGEST_WAIT);
        let wait = wait.ok_or(NoTurn)?;
        if !wait.is_zero() {
            tokio::time::sleep(wait).await;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seconds_worth_goes_at_once_and_then_one_after_the_other_until_it_takes_too_long() {
        let mut turns = Turns::per_second(2);
        let at = Duration::from_millis;
        let mut take = |now| turns.take(at(now), at(1500)).map(|wait| wait.as_millis());
        let now: Vec<_> = (0..6).map(|_| take(10_000)).collect();
        assert_eq!(now, [Some(0), Some(0), Some(500), Some(1000), Some(1500), None]);
        assert_eq!(take(10_500), Some(1500), "what was refused took no turn");
        assert_eq!(take(60_000), Some(0), "and nothing is saved up beyond a second's worth");
        assert_eq!([take(60_000), take(60_000)], [Some(0), Some(500)]);
    }

    #[tokio::test]
    async fn a_call_has_its_place_until_its_answer_is_read() {
        let bound = Bound::new();
        let mut inside = Vec::new();
        for _ in 0..AT_ONCE {
            inside.push(bound.enter(Weight::Read).await);
        }
        assert!(inside.iter().all(Result::is_ok));
        assert_eq!(bound.slots.available_permits(), 0);
        drop(inside);
        assert_eq!(bound.slots.available_permits(), AT_ONCE);
    }
}
