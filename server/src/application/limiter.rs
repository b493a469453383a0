//! Counting by buckets: in memory, so that a flood costs the database nothing; written down every second and when the
//! program ends, so that a restart forgets nothing that matters.
//!
//! Bounded: each limit remembers so many subjects. When there are more, the empty buckets go, and then the half that is
//! the least full: somebody with many addresses pushes out those who did little, and those who did too much only when
//! they are more than that half.

use super::{Portal, Refusal};
use crate::domain::quota::EmptyAt;
use crate::domain::rate::{Quotas, RateLimit, TooOften};
use crate::ports::{RateBucket, StoreError};
use portal_contract::UtcTime;
use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// How many subjects each limit remembers.
const REMEMBERED: usize = 10_000;

#[derive(Default)]
struct Shelf {
    buckets: HashMap<String, EmptyAt>,
    /// Not written down yet.
    changed: HashSet<String>,
}

impl Shelf {
    fn set(&mut self, subject: &str, empty_at: EmptyAt, now: UtcTime) {
        if self.buckets.len() >= REMEMBERED && !self.buckets.contains_key(subject) {
            self.make_room(now);
        }
        self.buckets.insert(subject.to_owned(), empty_at);
        self.changed.insert(subject.to_owned());
    }

    fn make_room(&mut self, now: UtcTime) {
        self.buckets.retain(|_, bucket| !bucket.is_over(now));
        if self.buckets.len() >= REMEMBERED {
            let mut levels: Vec<EmptyAt> = self.buckets.values().copied().collect();
            let (_, middle, _) = levels.select_nth_unstable(REMEMBERED / 2);
            let middle = *middle;
            let fuller = self.buckets.values().filter(|bucket| **bucket > middle).count();
            // Many may be equally full: of those as many stay as there is room for.
            let mut spare = (REMEMBERED / 2).saturating_sub(fuller);
            self.buckets.retain(|_, bucket| {
                let has_room = *bucket == middle && spare > 0;
                spare -= usize::from(has_room);
                *bucket > middle || has_room
            });
        }
        self.changed.retain(|subject| self.buckets.contains_key(subject));
    }
}

/// The buckets.
pub(super) struct Limiter {
    quotas: Quotas,
    shelves: Mutex<HashMap<RateLimit, Shelf>>,
}

/// One event that was counted; given back when dropped, unless it happened.
pub(super) struct Counted<'limiter> {
    limiter: &'limiter Limiter,
    limit: RateLimit,
    subject: String,
    now: UtcTime,
    has_happened: bool,
}

impl Counted<'_> {
    /// It happened: it counts.
    pub(super) fn happened(mut self) {
        self.has_happened = true;
    }
}

impl Drop for Counted<'_> {
    fn drop(&mut self) {
        if !self.has_happened {
            self.limiter.give_back(self.limit, &self.subject, self.now);
        }
    }
}

impl Limiter {
    pub(super) fn new(quotas: Quotas) -> Self {
        Self { quotas, shelves: Mutex::default() }
    }

    fn shelves(&self) -> MutexGuard<'_, HashMap<RateLimit, Shelf>> {
        self.shelves.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts one event.
    pub(super) fn count(
        &self,
        limit: RateLimit,
        subject: &str,
        now: UtcTime,
    ) -> Result<Counted<'_>, TooOften> {
        if let Some(quota) = self.quotas.of(limit) {
            let mut shelves = self.shelves();
            let shelf = shelves.entry(limit).or_default();
            let taken = quota.take(shelf.buckets.get(subject).copied(), now);
            let empty_at = taken.map_err(|retry_after_seconds| TooOften { limit, retry_after_seconds })?;
            shelf.set(subject, empty_at, now);
        }
        Ok(Counted { limiter: self, limit, subject: subject.to_owned(), now, has_happened: false })
    }

    fn give_back(&self, limit: RateLimit, subject: &str, now: UtcTime) {
        let Some(quota) = self.quotas.of(limit) else { return };
        let mut shelves = self.shelves();
        let shelf = shelves.entry(limit).or_default();
        if let Some(empty_at) = shelf.buckets.get(subject).copied() {
            shelf.set(subject, quota.give_back(empty_at), now);
        }
    }

    fn take_changed(&self) -> Vec<RateBucket> {
        let mut changed = Vec::new();
        for (limit, shelf) in self.shelves().iter_mut() {
            for subject in std::mem::take(&mut shelf.changed) {
                if let Some(empty_at) = shelf.buckets.get(&subject).copied() {
                    changed.push(RateBucket { limit: *limit, subject, empty_at });
                }
            }
        }
        changed
    }

    /// The later of what is known and what is handed in counts.
    fn merge(&self, buckets: Vec<RateBucket>, now: UtcTime, is_written: bool) {
        let mut shelves = self.shelves();
        for bucket in buckets {
            let shelf = shelves.entry(bucket.limit).or_default();
            let known = shelf.buckets.get(&bucket.subject).copied();
            if is_written {
                if known.is_none_or(|known| known < bucket.empty_at) {
                    shelf.set(&bucket.subject, bucket.empty_at, now);
                    shelf.changed.remove(&bucket.subject);
                }
            } else if known.is_some() {
                shelf.changed.insert(bucket.subject);
            }
        }
    }
}

impl Portal {
    /// Reads the buckets that were written down; once, at start.
    ///
    /// # Errors
    /// [`Refusal::Unavailable`].
    pub async fn read_rates(&self) -> Result<(), Refusal> {
        let now = self.now();
        let buckets = self.parts.store.read().await?.rate_buckets(now).await?;
        self.limiter.merge(buckets, now, true);
        Ok(())
    }

    /// Writes down the buckets that changed.
    ///
    /// # Errors
    /// [`Refusal::Unavailable`]; they are written the next time.
    pub async fn write_rates(&self) -> Result<(), Refusal> {
        let changed = self.limiter.take_changed();
        if changed.is_empty() {
            return Ok(());
        }
        let now = self.now();
        if let Err(error) = self.keep_rates(&changed, now).await {
            self.limiter.merge(changed, now, false);
            return Err(error.into());
        }
        Ok(())
    }

    async fn keep_rates(&self, changed: &[RateBucket], now: UtcTime) -> Result<(), StoreError> {
        let mut unit = self.parts.store.begin().await?;
        unit.keep_rate_buckets(changed, now).await?;
        unit.save().await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::quota::Quota;

    fn limiter() -> Limiter {
        Limiter::new(Quotas { sign_in_failures_from_network: Quota::per_minute(2), ..Quotas::USUAL })
    }

    const LIMIT: RateLimit = RateLimit::SignInFailuresFromNetwork;

    fn at(seconds: i64) -> UtcTime {
        UtcTime::from_unix_seconds(1_800_000_000 + seconds)
    }

    fn fail(limiter: &Limiter, subject: &str) -> bool {
        limiter.count(LIMIT, subject, at(0)).map(Counted::happened).is_ok()
    }

    #[test]
    fn what_did_not_happen_is_given_back() {
        let limiter = limiter();
        for _ in 0..10 {
            assert!(limiter.count(LIMIT, "a", at(0)).is_ok());
        }
        assert!(fail(&limiter, "a") && fail(&limiter, "a"));
        assert!(!fail(&limiter, "a"));
        assert!(fail(&limiter, "b"), "another one's bucket");
    }

    #[test]
    fn memory_is_bounded_and_those_who_did_too_much_stay_remembered() {
        let limiter = limiter();
        while fail(&limiter, "guilty") {}
        for stranger in 0..5 * REMEMBERED {
            assert!(fail(&limiter, &format!("stranger-{stranger}")));
        }
        assert!(!fail(&limiter, "guilty"));
        let shelves = limiter.shelves();
        let shelf = shelves.get(&LIMIT).unwrap();
        assert!(shelf.buckets.len() <= REMEMBERED, "{}", shelf.buckets.len());
        assert!(shelf.changed.len() <= REMEMBERED);
    }

    #[test]
    fn of_more_people_who_did_too_much_than_can_be_remembered_half_are() {
        let limiter = limiter();
        let guilty: Vec<String> = (0..REMEMBERED).map(|number| format!("guilty-{number}")).collect();
        for one in &guilty {
            while fail(&limiter, one) {}
        }
        assert!(fail(&limiter, "one more"));
        let remembered = guilty.iter().filter(|one| !fail(&limiter, one)).count();
        assert_eq!(remembered, REMEMBERED / 2);
    }

    #[test]
    fn what_could_not_be_written_is_written_later() {
        let limiter = limiter();
        fail(&limiter, "a");
        let changed = limiter.take_changed();
        assert_eq!((changed.len(), limiter.take_changed().len()), (1, 0));
        limiter.merge(changed, at(0), false);
        assert_eq!(limiter.take_changed().len(), 1);
    }
}
