//! Counting by buckets: in memory, so that a flood costs the database nothing; written down every second and when the
//! program ends, so that a restart forgets nothing that matters.
//!
//! Bounded: each limit remembers so many subjects. When there are more, the empty buckets go, and then the half that is
//! the least full: somebody with many addresses pushes out those who did little, and those who did too much only when
//! they are more than that half.

use crate::domain::quota::EmptyAt;
use crate::domain::rate::{Quotas, RateLimit, TooOften};
use crate::ports::{RateBucket, RateLimits, Storage, StoreError};
use async_trait::async_trait;
use portal_contract::UtcTime;
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// How many subjects each limit remembers.
const REMEMBERED: usize = 10_000;

#[derive(Default)]
struct Buckets {
    levels: HashMap<String, EmptyAt>,
    /// Not written down yet.
    changed: HashSet<String>,
}

impl Buckets {
    fn set(&mut self, subject: &str, empty_at: EmptyAt, now: UtcTime) {
        if self.levels.len() >= REMEMBERED && !self.levels.contains_key(subject) {
            self.make_room(now);
        }
        self.levels.insert(subject.to_owned(), empty_at);
        self.changed.insert(subject.to_owned());
    }

    fn make_room(&mut self, now: UtcTime) {
        self.levels.retain(|_, bucket| !bucket.is_over(now));
        if self.levels.len() >= REMEMBERED {
            let mut levels: Vec<EmptyAt> = self.levels.values().copied().collect();
            let (_, middle, _) = levels.select_nth_unstable(REMEMBERED / 2);
            let middle = *middle;
            let fuller = self.levels.values().filter(|bucket| **bucket > middle).count();
            // Many may be equally full: of those as many stay as there is room for.
            let mut spare = (REMEMBERED / 2).saturating_sub(fuller);
            self.levels.retain(|_, bucket| {
                let has_room = *bucket == middle && spare > 0;
                spare -= usize::from(has_room);
                *bucket > middle || has_room
            });
        }
        self.changed.retain(|subject| self.levels.contains_key(subject));
    }
}

/// The limits of a server that is alone over its storage.
pub struct LocalLimits {
    quotas: Quotas,
    store: Arc<dyn Storage>,
    buckets: Mutex<HashMap<RateLimit, Buckets>>,
}

impl LocalLimits {
    /// Limits of these quotas, written down in this storage.
    #[must_use]
    pub fn new(quotas: Quotas, store: Arc<dyn Storage>) -> Self {
        Self { quotas, store, buckets: Mutex::default() }
    }

    fn buckets(&self) -> MutexGuard<'_, HashMap<RateLimit, Buckets>> {
        self.buckets.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take_changed(&self) -> Vec<RateBucket> {
        let mut changed = Vec::new();
        for (limit, buckets) in self.buckets().iter_mut() {
            for subject in std::mem::take(&mut buckets.changed) {
                if let Some(empty_at) = buckets.levels.get(&subject).copied() {
                    changed.push(RateBucket { limit: *limit, subject, empty_at });
                }
            }
        }
        changed
    }

    async fn keep(&self, changed: &[RateBucket], now: UtcTime) -> Result<(), StoreError> {
        let mut unit = self.store.begin().await?;
        unit.keep_rate_buckets(changed, now).await?;
        unit.save().await
    }

    /// The later of what is known and what is handed in counts.
    fn merge(&self, buckets: Vec<RateBucket>, now: UtcTime, is_written: bool) {
        let mut all = self.buckets();
        for bucket in buckets {
            let of_limit = all.entry(bucket.limit).or_default();
            let known = of_limit.levels.get(&bucket.subject).copied();
            if is_written {
                if known.is_none_or(|known| known < bucket.empty_at) {
                    of_limit.set(&bucket.subject, bucket.empty_at, now);
                    of_limit.changed.remove(&bucket.subject);
                }
            } else if known.is_some() {
                of_limit.changed.insert(bucket.subject);
            }
        }
    }
}

#[async_trait]
impl RateLimits for LocalLimits {
    fn take(&self, limit: RateLimit, subject: &str, now: UtcTime) -> Result<(), TooOften> {
        let Some(quota) = self.quotas.of(limit) else { return Ok(()) };
        let mut all = self.buckets();
        let buckets = all.entry(limit).or_default();
        let taken = quota.take(buckets.levels.get(subject).copied(), now);
        let empty_at = taken.map_err(|retry_after_seconds| TooOften { limit, retry_after_seconds })?;
        buckets.set(subject, empty_at, now);
        Ok(())
    }

    fn give_back(&self, limit: RateLimit, subject: &str, now: UtcTime) {
        let Some(quota) = self.quotas.of(limit) else { return };
        let mut all = self.buckets();
        let buckets = all.entry(limit).or_default();
        if let Some(empty_at) = buckets.levels.get(subject).copied() {
            buckets.set(subject, quota.give_back(empty_at), now);
        }
    }

    async fn load(&self, now: UtcTime) -> Result<(), StoreError> {
        let buckets = self.store.read().await?.rate_buckets(now).await?;
        self.merge(buckets, now, true);
        Ok(())
    }

    async fn share(&self, now: UtcTime) -> Result<(), StoreError> {
        let changed = self.take_changed();
        if changed.is_empty() {
            return Ok(());
        }
        let kept = self.keep(&changed, now).await;
        if kept.is_err() {
            self.merge(changed, now, false);
        }
        kept
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::quota::Quota;
    use crate::ports::UnitOfWork;

    /// Storage that is never there.
    struct Gone;

    #[async_trait]
    impl Storage for Gone {
        async fn read(&self) -> Result<Box<dyn UnitOfWork>, StoreError> {
            Err(StoreError::Unavailable("gone".to_owned()))
        }

        async fn begin(&self) -> Result<Box<dyn UnitOfWork>, StoreError> {
            Err(StoreError::Unavailable("gone".to_owned()))
        }

        async fn link_audit(&self, _: &str, _: UtcTime, _: UtcTime) -> Result<u64, StoreError> {
            Err(StoreError::Unavailable("gone".to_owned()))
        }

        async fn forget_erased(&self) -> Result<(), StoreError> {
            Err(StoreError::Unavailable("gone".to_owned()))
        }
    }

    fn limits() -> LocalLimits {
        let quotas = Quotas { sign_in_failures_from_network: Quota::per_minute(2), ..Quotas::USUAL };
        LocalLimits::new(quotas, Arc::new(Gone))
    }

    const LIMIT: RateLimit = RateLimit::SignInFailuresFromNetwork;

    fn at(seconds: i64) -> UtcTime {
        UtcTime::from_unix_seconds(1_800_000_000 + seconds)
    }

    fn fail(limits: &LocalLimits, subject: &str) -> bool {
        limits.take(LIMIT, subject, at(0)).is_ok()
    }

    #[test]
    fn what_did_not_happen_is_given_back() {
        let limits = limits();
        for _ in 0..10 {
            assert!(fail(&limits, "a"));
            limits.give_back(LIMIT, "a", at(0));
        }
        assert!(fail(&limits, "a") && fail(&limits, "a"));
        assert!(!fail(&limits, "a"));
        assert!(fail(&limits, "b"), "another one's bucket");
    }

    #[test]
    fn memory_is_bounded_and_those_who_did_too_much_stay_remembered() {
        let limits = limits();
        while fail(&limits, "guilty") {}
        for stranger in 0..5 * REMEMBERED {
            assert!(fail(&limits, &format!("stranger-{stranger}")));
        }
        assert!(!fail(&limits, "guilty"));
        let all = limits.buckets();
        let buckets = all.get(&LIMIT).unwrap();
        assert!(buckets.levels.len() <= REMEMBERED, "{}", buckets.levels.len());
        assert!(buckets.changed.len() <= REMEMBERED);
    }

    #[test]
    fn of_more_people_who_did_too_much_than_can_be_remembered_half_are() {
        let limits = limits();
        let guilty: Vec<String> = (0..REMEMBERED).map(|number| format!("guilty-{number}")).collect();
        for one in &guilty {
            while fail(&limits, one) {}
        }
        assert!(fail(&limits, "one more"));
        let remembered = guilty.iter().filter(|one| !fail(&limits, one)).count();
        assert_eq!(remembered, REMEMBERED / 2);
    }

    #[tokio::test]
    async fn what_could_not_be_written_is_written_later() {
        let limits = limits();
        fail(&limits, "a");
        assert!(limits.share(at(0)).await.is_err());
        assert_eq!((limits.take_changed().len(), limits.take_changed().len()), (1, 0));
    }
}
