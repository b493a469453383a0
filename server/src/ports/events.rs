//! What the store tells about changes of a person's things.

/// A change, without what it is now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Changed {
    /// A device or one of its actions.
    Device(String),
    /// A notification: new, or read.
    Notification(String),
}

/// A change with its number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NumberedChange {
    /// Its number among the person's changes; grows by one.
    pub sequence: i64,
    /// What changed.
    pub changed: Changed,
}

/// The changes after a number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ChangesSince {
    /// These, oldest first; perhaps not yet all.
    These(Vec<NumberedChange>),
    /// They cannot be told any more, or the number is not one of ours; this is the newest number.
    Forgotten(i64),
}
