//! The clock of the tests, as the server asks it.

use portal_contract::UtcTime;
use portal_testkit::Clock;
pub(crate) use portal_testkit::START;
use std::ops::Deref;

/// The same clock as the provider's, where it is made from that.
#[derive(Default)]
pub(crate) struct TestClock(pub(crate) Clock);

impl TestClock {
    pub(crate) fn new() -> Self {
        Self::default()
    }
}

impl Deref for TestClock {
    type Target = Clock;

    fn deref(&self) -> &Clock {
        &self.0
    }
}

impl portal_server::ports::Clock for TestClock {
    fn now(&self) -> UtcTime {
        UtcTime::from_unix_millis(self.millis())
    }
}
