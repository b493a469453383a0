//! Who listens for changes: wakes the streams of a person, bounds how many there are, ends them all at a stop.
//!
//! Nothing is handed over here. A stream that is woken reads what it has not told yet from the store, so a slow reader
//! holds up nobody, loses nothing and makes nothing grow.

use super::Refusal;
use crate::domain::person::PersonId;
use crate::domain::rate::{RateLimit, TooOften};
use crate::domain::streams::StreamRules;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::watch;

/// When to try again after all places were taken, in seconds: the pause of a client that reconnects.
const RETRY_AFTER_SECONDS: i64 = 15;

struct Listeners {
    changed: watch::Sender<()>,
    streams: u32,
}

#[derive(Default)]
struct Registry {
    people: HashMap<PersonId, Listeners>,
    total: u32,
}

/// The streams there are.
pub(super) struct Live {
    rules: StreamRules,
    registry: Arc<Mutex<Registry>>,
    closing: watch::Sender<bool>,
}

/// A place among the streams, given back when it is dropped.
pub(super) struct Subscription {
    person: PersonId,
    registry: Arc<Mutex<Registry>>,
    /// Something of the person's changed.
    pub(super) changed: watch::Receiver<()>,
    /// The server stops.
    pub(super) closing: watch::Receiver<bool>,
    pub(super) heartbeat: Duration,
}

impl Live {
    pub(super) fn new(rules: StreamRules) -> Self {
        Self { rules, registry: Arc::default(), closing: watch::channel(false).0 }
    }

    /// Takes a place.
    pub(super) fn join(&self, person: &PersonId) -> Result<Subscription, Refusal> {
        let mut registry = self.registry.lock().unwrap_or_else(PoisonError::into_inner);
        if registry.total >= self.rules.total || *self.closing.borrow() {
            return Err(Refusal::Unavailable { retry_after_seconds: RETRY_AFTER_SECONDS });
        }
        let new = || Listeners { changed: watch::channel(()).0, streams: 0 };
        let listeners = registry.people.entry(person.clone()).or_insert_with(new);
        if listeners.streams >= self.rules.per_person {
            let limit = RateLimit::StreamsOfPerson;
            return Err(Refusal::TooOften(TooOften { limit, retry_after_seconds: RETRY_AFTER_SECONDS }));
        }
        listeners.streams += 1;
        let changed = listeners.changed.subscribe();
        registry.total += 1;
        Ok(Subscription {
            person: person.clone(),
            registry: Arc::clone(&self.registry),
            changed,
            closing: self.closing.subscribe(),
            heartbeat: self.rules.heartbeat,
        })
    }

    /// How many streams there are.
    pub(super) fn open(&self) -> u32 {
        self.registry.lock().unwrap_or_else(PoisonError::into_inner).total
    }

    /// Wakes the person's streams.
    pub(super) fn wake(&self, person: &PersonId) {
        let registry = self.registry.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(listeners) = registry.people.get(person) {
            listeners.changed.send_replace(());
        }
    }

    /// Ends every stream and lets no new one begin.
    pub(super) fn close(&self) {
        self.closing.send_replace(true);
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        let mut registry = self.registry.lock().unwrap_or_else(PoisonError::into_inner);
        registry.total = registry.total.saturating_sub(1);
        if let Some(listeners) = registry.people.get_mut(&self.person) {
            listeners.streams = listeners.streams.saturating_sub(1);
            if listeners.streams == 0 {
                registry.people.remove(&self.person);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules() -> StreamRules {
        StreamRules { per_person: 2, total: 3, heartbeat: Duration::from_secs(15) }
    }

    fn person(name: &str) -> PersonId {
        PersonId::new(name.to_owned())
    }

    #[test]
    fn places_are_bounded_and_given_back() {
        let live = Live::new(rules());
        let first = live.join(&person("a")).ok().unwrap();
        let _second = live.join(&person("a")).ok().unwrap();
        assert!(matches!(live.join(&person("a")), Err(Refusal::TooOften(_))));
        let _other = live.join(&person("b")).ok().unwrap();
        assert!(matches!(live.join(&person("c")), Err(Refusal::Unavailable { .. })), "in total");
        drop(first);
        assert!(live.join(&person("a")).is_ok());
    }

    #[test]
    fn nobody_is_remembered_who_does_not_listen() {
        let live = Live::new(rules());
        drop(live.join(&person("a")));
        let registry = live.registry.lock().unwrap();
        assert_eq!((registry.people.len(), registry.total), (0, 0));
    }

    #[test]
    fn a_wake_reaches_the_person_and_nobody_else() {
        let live = Live::new(rules());
        let mine = live.join(&person("a")).ok().unwrap();
        let theirs = live.join(&person("b")).ok().unwrap();
        live.wake(&person("a"));
        assert!(mine.changed.has_changed().unwrap());
        assert!(!theirs.changed.has_changed().unwrap());
    }

    #[test]
    fn nothing_begins_after_the_stop() {
        let live = Live::new(rules());
        live.close();
        assert!(matches!(live.join(&person("a")), Err(Refusal::Unavailable { .. })));
    }
}
