//! A document of the provider that is kept: what is known serves at once and is fetched again beside the request, so that a
//! provider that hangs makes nobody wait whose answer is known.
//!
//! | what is known | what happens |
//! |---|---|
//! | younger than an hour | it serves |
//! | older | it serves; fetched again beside |
//! | older than two hours, and not asked for in vain within the hour | nobody came meanwhile: fetched again first, so that a withdrawn key goes |
//! | older than a day, or nothing | fetched first; without an answer there is none |
//!
//! One fetch at a time; a crowd waits for that one. After a fetch there is a pause in which nobody waits.

use crate::ports::Clock;
use async_trait::async_trait;
use portal_contract::UtcTime;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// After how long it is fetched again without a reason, in milliseconds.
const YOUNG_MILLIS: i64 = 3_600_000;
/// Up to what age it serves although nobody tried to fetch it again, in milliseconds.
const UNASKED_MILLIS: i64 = 2 * YOUNG_MILLIS;
/// Up to what age it serves while the provider does not answer, in milliseconds: a withdrawn key is good no longer.
const OLDEST_MILLIS: i64 = 24 * YOUNG_MILLIS;
/// The pause after a fetch, in milliseconds.
const PAUSE_MILLIS: i64 = 30_000;
/// The pause while nothing is known and the provider refuses at once (it is being started, say), in milliseconds. What
/// takes longer than this has let people wait, and is not asked again before the longer pause is over.
const FIRST_PAUSE_MILLIS: i64 = 1000;

/// Where the document comes from.
#[async_trait]
pub(super) trait Source: Send + Sync + 'static {
    /// The document.
    type Document: Send + Sync;
    /// Why there is none.
    type Failure: Clone + Send + Sync;

    /// Fetches it. Bounded in time.
    async fn fetch(&self) -> Result<Self::Document, Self::Failure>;
}

/// The document, shared.
pub(super) struct RefreshingCache<S: Source>(Arc<Shared<S>>);

struct Shared<S: Source> {
    source: S,
    clock: Arc<dyn Clock>,
    state: Mutex<State<S>>,
    /// Held while fetching.
    fetching: tokio::sync::Mutex<()>,
}

struct State<S: Source> {
    known: Option<Known<S>>,
    tried: Option<Tried<S::Failure>>,
}

struct Known<S: Source> {
    document: Arc<S::Document>,
    at: UtcTime,
}

/// The latest fetch.
struct Tried<F> {
    ended: UtcTime,
    pause_millis: i64,
    failure: Option<F>,
}

/// What a caller does about what is known.
enum Use<D> {
    AtOnce(Arc<D>),
    AndFetchBeside(Arc<D>),
    OnlyAfterFetch(Option<Arc<D>>),
}

const fn millis_between(one: UtcTime, other: UtcTime) -> u64 {
    one.unix_millis().abs_diff(other.unix_millis())
}

impl<S: Source> RefreshingCache<S> {
    /// Nothing is fetched until somebody asks.
    pub(super) fn new(source: S, clock: Arc<dyn Clock>) -> Self {
        let state = Mutex::new(State { known: None, tried: None });
        Self(Arc::new(Shared { source, clock, state, fetching: tokio::sync::Mutex::new(()) }))
    }

    /// When what is known was fetched.
    pub(super) fn fetched(&self) -> Option<UtcTime> {
        self.0.state().known.as_ref().map(|known| known.at)
    }

    /// What is known, however old; nobody waits. Where nothing is known it is fetched beside.
    pub(super) fn known(&self) -> Option<Arc<S::Document>> {
        let known = self.0.state().known.as_ref().map(|known| Arc::clone(&known.document));
        if known.is_none() {
            self.fetch_beside();
        }
        known
    }

    /// The document: what is known, if that may serve; otherwise fetched. `None` with the failure of the latest fetch, which
    /// may have been a moment ago.
    pub(super) async fn get(&self) -> Result<Arc<S::Document>, Option<S::Failure>> {
        match self.0.look() {
            Use::AtOnce(document) => Ok(document),
            Use::AndFetchBeside(document) => {
                self.fetch_beside();
                Ok(document)
            }
            Use::OnlyAfterFetch(old) => {
                self.fetch_first(old).await;
                self.0.usable()
            }
        }
    }

    /// Whether there is one that may serve; nobody waits for a newer one.
    pub(super) async fn is_there(&self) -> bool {
        if self.0.usable().is_err() {
            return self.get().await.is_ok();
        }
        if !matches!(self.0.look(), Use::AtOnce(_)) {
            self.fetch_beside();
        }
        true
    }

    /// A newer one than this, which does not hold what is looked for: fetched, unless that was tried a moment ago.
    pub(super) async fn newer_than(
        &self,
        seen: Arc<S::Document>,
    ) -> Result<Arc<S::Document>, Option<S::Failure>> {
        self.fetch_first(Some(seen)).await;
        self.0.usable()
    }

    /// In a task of its own: a caller who goes away must not end what others wait for.
    async fn fetch_first(&self, seen: Option<Arc<S::Document>>) {
        let shared = Arc::clone(&self.0);
        let fetch = tokio::spawn(async move {
            let _one = shared.fetching.lock().await;
            shared.fetch(seen.as_ref()).await;
        });
        if fetch.await.is_err() {
            tracing::error!("fetching from the provider ended unexpectedly");
        }
    }

    fn fetch_beside(&self) {
        if self.0.is_pausing() {
            return;
        }
        let shared = Arc::clone(&self.0);
        tokio::spawn(async move {
            // Somebody fetches already.
            let Ok(_one) = shared.fetching.try_lock() else { return };
            match shared.look() {
                Use::AndFetchBeside(old) => shared.fetch(Some(&old)).await,
                Use::OnlyAfterFetch(old) => shared.fetch(old.as_ref()).await,
                Use::AtOnce(_) => {}
            }
        });
    }
}

impl<S: Source> Shared<S> {
    fn state(&self) -> MutexGuard<'_, State<S>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn look(&self) -> Use<S::Document> {
        let state = self.state();
        let Some(known) = &state.known else { return Use::OnlyAfterFetch(None) };
        let document = Arc::clone(&known.document);
        let now = self.clock.now();
        let age = millis_between(now, known.at);
        let is_in_vain = state.tried.as_ref().is_some_and(|tried| {
            tried.failure.is_some() && millis_between(now, tried.ended) <= YOUNG_MILLIS.unsigned_abs()
        });
        let serves = if is_in_vain { OLDEST_MILLIS } else { UNASKED_MILLIS };
        if age <= YOUNG_MILLIS.unsigned_abs() {
            Use::AtOnce(document)
        } else if age <= serves.unsigned_abs() {
            Use::AndFetchBeside(document)
        } else {
            Use::OnlyAfterFetch(Some(document))
        }
    }

    /// What is known, unless it is too old for anything; otherwise the latest failure.
    fn usable(&self) -> Result<Arc<S::Document>, Option<S::Failure>> {
        let state = self.state();
        let age = |known: &Known<S>| millis_between(self.clock.now(), known.at);
        match &state.known {
            Some(known) if age(known) <= OLDEST_MILLIS.unsigned_abs() => Ok(Arc::clone(&known.document)),
            Some(_) | None => Err(state.tried.as_ref().and_then(|tried| tried.failure.clone())),
        }
    }

    fn is_pausing(&self) -> bool {
        let now = self.clock.now();
        let state = self.state();
        state
            .tried
            .as_ref()
            .is_some_and(|tried| millis_between(now, tried.ended) < tried.pause_millis.unsigned_abs())
    }

    /// Fetches it, unless another has come since `seen` or a fetch ended a moment ago. What is known stays known when it
    /// fails. The caller holds `fetching`.
    async fn fetch(&self, seen: Option<&Arc<S::Document>>) {
        let current = self.state().known.as_ref().map(|known| Arc::clone(&known.document));
        let is_another = current.is_some_and(|current| seen.is_none_or(|seen| !Arc::ptr_eq(&current, seen)));
        if is_another || self.is_pausing() {
            return;
        }
        let began = self.clock.now();
        let result = self.source.fetch().await;
        let ended = self.clock.now();
        let mut state = self.state();
        let is_quick = millis_between(began, ended) <= FIRST_PAUSE_MILLIS.unsigned_abs();
        let pause_millis = if state.known.is_none() && is_quick { FIRST_PAUSE_MILLIS } else { PAUSE_MILLIS };
        match result {
            Ok(document) => {
                state.known = Some(Known { document: Arc::new(document), at: began });
                state.tried = Some(Tried { ended, pause_millis: PAUSE_MILLIS, failure: None });
            }
            Err(failure) => state.tried = Some(Tried { ended, pause_millis, failure: Some(failure) }),
        }
    }
}
