//! Whose computer this is, and how long nobody has touched it.

use crate::domain::{Computer, Idleness, Now};

/// What happens around a computer that is not the person's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event {
    /// The person said whose screen this is.
    Declared(Computer),
    /// Somebody touched the screen, or a key.
    ActivityNoticed,
    /// Somebody touched another tab of this page.
    ActivityElsewhere,
    /// The person answered the warning: they are still here.
    StayChosen,
}

/// Whose screen it is and how long nobody has touched it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Model {
    pub screen: Computer,
    /// Where the visit stands: `Warning` shows the dialog.
    pub idleness: Idleness,
    /// The last visit ended because nobody touched the screen.
    pub ended_by_idleness: bool,
    pub(super) last_activity: Now,
    pub(super) last_told: Now,
    pub(super) was_noticed: bool,
}

impl Model {
    /// A visit that begins.
    #[must_use]
    pub const fn new(now: Now) -> Self {
        Self {
            screen: Computer::Own,
            idleness: Idleness::Active,
            ended_by_idleness: false,
            last_activity: now,
            last_told: now,
            was_noticed: false,
        }
    }
}
