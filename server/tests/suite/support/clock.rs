//! A clock that moves only when told to.

use portal_contract::UtcTime;
use portal_server::ports::Clock;
use std::sync::atomic::{AtomicI64, Ordering};

/// The moment every test starts at.
pub(crate) const START: i64 = 1_800_000_000;

pub(crate) struct TestClock(AtomicI64);

impl TestClock {
    pub(crate) fn new() -> Self {
        Self(AtomicI64::new(START * 1000))
    }

    pub(crate) fn advance_millis(&self, millis: i64) {
        self.0.fetch_add(millis, Ordering::SeqCst);
    }

    pub(crate) fn advance(&self, seconds: i64) {
        self.advance_millis(seconds * 1000);
    }

    pub(crate) fn seconds(&self) -> i64 {
        self.now().unix_seconds()
    }
}

impl Clock for TestClock {
    fn now(&self) -> UtcTime {
        UtcTime::from_unix_millis(self.0.load(Ordering::SeqCst))
    }
}
