//! The stream of a person's changes: what was missed, then what happens, until the token, the person or the server ends
//! it.

use super::live::Subscription;
use super::{Portal, Refusal};
use crate::domain::person::SignIn;
use crate::ports::NumberedChange;
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

/// What the stream says next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StreamEvent {
    /// The stream has begun; with the number it goes on from, unless the client knows it.
    Opened(Option<i64>),
    /// Something changed.
    Change(NumberedChange),
    /// The changes up to this number cannot be told one by one.
    Resync(i64),
}

/// A stream of changes.
pub struct ChangeStream {
    portal: Arc<Portal>,
    sign_in: SignIn,
    place: Subscription,
    position: i64,
    /// Read, and not told yet; one batch of the store at most.
    waiting: VecDeque<StreamEvent>,
    /// Whether the store may know more than was read.
    is_behind: bool,
}

/// Where a client says it was (`Last-Event-ID`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Resume {
    /// Nowhere: it begins.
    Fresh,
    /// After this number.
    After(i64),
    /// At something this server never said.
    Unknown,
}

impl Portal {
    /// Opens a stream.
    ///
    /// # Errors
    /// [`Refusal::TooOften`] when the person has as many as allowed, [`Refusal::Unavailable`] when everybody together has,
    /// while the server stops, or when the store does not answer.
    pub async fn open_changes(
        self: &Arc<Self>,
        sign_in: SignIn,
        resume: Resume,
    ) -> Result<ChangeStream, Refusal> {
        let place = self.live.join(sign_in.person())?;
        // Read before the answer begins: whoever reads the devices after that answer misses nothing.
        let last = self.parts.store.read().await?.change_position(sign_in.person()).await?;
        let (position, waiting) = match resume {
            Resume::Fresh => (last, vec![StreamEvent::Opened(Some(last))]),
            Resume::After(number) => (number, vec![StreamEvent::Opened(None)]),
            Resume::Unknown => (last, vec![StreamEvent::Opened(None), StreamEvent::Resync(last)]),
        };
        let waiting = VecDeque::from(waiting);
        Ok(ChangeStream { portal: Arc::clone(self), sign_in, place, position, waiting, is_behind: true })
    }

    /// Ends every stream; the server stops.
    pub fn close_streams(&self) {
        self.live.close();
    }
}

impl ChangeStream {
    /// What to say next; waits for it. `None`: the stream is over.
    pub async fn next(&mut self) -> Option<StreamEvent> {
        loop {
            if *self.place.closing.borrow() || self.is_expired() {
                return None;
            }
            // A revocation wakes the stream as a change does: what was read before it is not told after it.
            if self.place.changed.has_changed().unwrap_or(true) {
                self.place.changed.mark_unchanged();
                self.is_behind = true;
                if self.is_revoked().await {
                    return None;
                }
            }
            if let Some(told) = self.waiting.pop_front() {
                return Some(told);
            }
            if self.is_behind {
                if self.is_revoked().await {
                    return None;
                }
                self.read().await.ok()?;
                continue;
            }
            let left = self.millis_left();
            let pause = self.place.heartbeat.min(Duration::from_millis(left.unsigned_abs()));
            tokio::select! {
                changed = self.place.changed.changed() => {
                    changed.ok()?;
                    self.is_behind = true;
                }
                _ = self.place.closing.changed() => return None,
                // The clock may have jumped meanwhile.
                () = tokio::time::sleep(pause) => {}
            }
        }
    }

    /// After how long a silence the client should be shown that the stream is alive.
    #[must_use]
    pub const fn heartbeat(&self) -> Duration {
        self.place.heartbeat
    }

    /// Whether the stream is over because the server stops; its client should come back in a while.
    #[must_use]
    pub fn is_closing(&self) -> bool {
        *self.place.closing.borrow()
    }

    /// A token that would not be accepted now hears nothing either, and one that cannot be checked is not accepted.
    async fn is_revoked(&self) -> bool {
        self.portal.is_revoked(&self.sign_in).await.unwrap_or(true)
    }

    fn millis_left(&self) -> i64 {
        let now = self.portal.now().unix_millis();
        self.sign_in.accepted_until().unix_millis().saturating_sub(now).max(0)
    }

    fn is_expired(&self) -> bool {
        self.millis_left() == 0
    }

    /// The numbers have no gaps, so what is missing shows: a first number that does not follow, a hole, or nothing at all
    /// although there were more.
    async fn read(&mut self) -> Result<(), Refusal> {
        let mut unit = self.portal.parts.store.read().await?;
        // The position is read first: a change between the two reads is then told, not taken for a hole.
        let last = unit.change_position(self.sign_in.person()).await?;
        let changes = unit.changes_after(self.sign_in.person(), self.position).await?;
        let numbers = self.position.saturating_add(1)..;
        let follows = changes.iter().zip(numbers).all(|(change, expected)| change.sequence == expected);
        let is_whole = if changes.is_empty() { self.position == last } else { follows };
        if !is_whole {
            self.position = last;
            self.is_behind = false;
            self.waiting.push_back(StreamEvent::Resync(last));
            return Ok(());
        }
        self.is_behind = !changes.is_empty();
        if let Some(newest) = changes.last() {
            self.position = newest.sequence;
        }
        self.waiting.extend(changes.into_iter().map(StreamEvent::Change));
        Ok(())
    }
}
