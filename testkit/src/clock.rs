//! Time, for whoever stamps tokens and for the server under test.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

/// The moment tests start at, in seconds since 1970: 15 January 2027, 08:00 UTC.
pub const START: i64 = 1_800_000_000;

/// A clock; a clone is the same clock.
#[derive(Debug, Clone)]
pub struct Clock {
    runs: bool,
    /// Milliseconds: since 1970, or how far it is ahead of the machine's own.
    millis: Arc<AtomicI64>,
}

/// Stands at [`START`].
impl Default for Clock {
    fn default() -> Self {
        Self { runs: false, millis: Arc::new(AtomicI64::new(START * 1000)) }
    }
}

impl Clock {
    /// The machine's own.
    pub fn of_the_machine() -> Self {
        Self { runs: true, millis: Arc::default() }
    }

    /// Goes so many milliseconds ahead, or back.
    pub fn advance_millis(&self, millis: i64) {
        self.millis.fetch_add(millis, Ordering::SeqCst);
    }

    /// Goes so many seconds ahead, or back.
    pub fn advance(&self, seconds: i64) {
        self.advance_millis(seconds * 1000);
    }

    /// Milliseconds since 1970.
    pub fn millis(&self) -> i64 {
        let began = if self.runs {
            let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
            i64::try_from(since.as_millis()).unwrap()
        } else {
            0
        };
        began + self.millis.load(Ordering::SeqCst)
    }

    /// Whole seconds since 1970.
    pub fn seconds(&self) -> i64 {
        self.millis().div_euclid(1000)
    }
}
