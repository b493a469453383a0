//! Time.

use portal_contract::UtcTime;

/// Tells the time. Everything that depends on time asks this, so that a test can set it.
pub trait Clock: Send + Sync {
    /// Now, UTC.
    fn now(&self) -> UtcTime;
}
