//! What whoever sets the server up is told about one thing that was looked at.

/// How well it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// As it should be.
    Right,
    /// Works, with something to know.
    Note,
    /// Does not work.
    Wrong,
}

/// One thing that was looked at: one line for a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// How well it is.
    pub verdict: Verdict,
    /// What was looked at, and what was found.
    pub what: String,
    /// What to change; empty where nothing is.
    pub change: String,
}

impl Finding {
    /// As it should be.
    #[must_use]
    pub const fn right(what: String) -> Self {
        Self { verdict: Verdict::Right, what, change: String::new() }
    }

    /// Works, with something to know.
    #[must_use]
    pub fn note(what: String, change: &str) -> Self {
        Self { verdict: Verdict::Note, what, change: change.to_owned() }
    }

    /// Does not work.
    #[must_use]
    pub fn wrong(what: String, change: &str) -> Self {
        Self { verdict: Verdict::Wrong, what, change: change.to_owned() }
    }

    /// The first or the last, as it is.
    #[must_use]
    pub fn of(is_right: bool, what: String, change: &str) -> Self {
        if is_right { Self::right(what) } else { Self::wrong(what, change) }
    }
}

impl std::fmt::Display for Finding {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mark = match self.verdict {
            Verdict::Right => "ok   ",
            Verdict::Note => "note ",
            Verdict::Wrong => "wrong",
        };
        write!(formatter, "{mark} {}", self.what)?;
        if self.change.is_empty() { Ok(()) } else { write!(formatter, ": {}", self.change) }
    }
}
