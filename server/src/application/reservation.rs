//! An event that is counted before it happens, and given back if it does not.

use super::{Portal, Refusal};
use crate::domain::audit::Origin;
use crate::domain::person::PersonId;
use crate::domain::rate::{RateLimit, TooOften, network_of};
use crate::ports::RateLimits;
use portal_contract::UtcTime;

/// One event that was counted; given back when dropped without [`Reservation::commit`].
pub(super) struct Reservation<'portal> {
    limits: &'portal dyn RateLimits,
    limit: RateLimit,
    subject: String,
    now: UtcTime,
    is_committed: bool,
}

impl Reservation<'_> {
    /// It happened: it counts.
    pub(super) fn commit(mut self) {
        self.is_committed = true;
    }
}

impl Drop for Reservation<'_> {
    fn drop(&mut self) {
        if !self.is_committed {
            self.limits.give_back(self.limit, &self.subject, self.now);
        }
    }
}

impl Portal {
    /// Counts something that is about to happen.
    pub(super) fn reserve(
        &self,
        limit: RateLimit,
        subject: &str,
        now: UtcTime,
    ) -> Result<Reservation<'_>, TooOften> {
        let limits = self.parts.rate_limits.as_ref();
        limits.take(limit, subject, now)?;
        Ok(Reservation { limits, limit, subject: subject.to_owned(), now, is_committed: false })
    }

    /// The same, of the network a request came from.
    pub(super) fn reserve_for_network(
        &self,
        limit: RateLimit,
        origin: &Origin,
    ) -> Result<Reservation<'_>, Refusal> {
        self.reserve(limit, &network_of(&origin.address), self.now()).map_err(Refusal::TooOften)
    }

    /// Counts an attempt by a person, refused ones included.
    pub(super) fn count_attempt(&self, person: &PersonId, now: UtcTime) -> Result<(), Refusal> {
        let reserved = self.reserve(RateLimit::AttemptsOfPerson, person.as_str(), now);
        reserved.map_err(Refusal::TooOften)?.commit();
        Ok(())
    }

    /// Reads the counts that were written down; once, at start.
    ///
    /// # Errors
    /// [`Refusal::Unavailable`].
    pub async fn read_rates(&self) -> Result<(), Refusal> {
        Ok(self.parts.rate_limits.load(self.now()).await?)
    }

    /// Writes down the counts that changed.
    ///
    /// # Errors
    /// [`Refusal::Unavailable`]; they are written the next time.
    pub async fn write_rates(&self) -> Result<(), Refusal> {
        Ok(self.parts.rate_limits.share(self.now()).await?)
    }
}
