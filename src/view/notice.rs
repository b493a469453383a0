//! The shape of every message: what is the matter, what comes next, a reference, one way on.

use crate::i18n::Text;

/// How good the news is. Never shown by colour alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Tone {
    /// Nothing to say.
    Neutral,
    /// Under way.
    Info,
    /// Well.
    Good,
    /// Needs attention.
    Warn,
    /// Went wrong.
    Bad,
}

/// A message to a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// How good the news is.
    pub tone: Tone,
    /// What is the matter.
    pub heading: Text,
    /// Cause and next step, a paragraph each.
    pub lines: Vec<Text>,
    /// What IT finds the case by: a result, a request or a stable code. Shown to be selected, never translated.
    pub reference: Option<String>,
    /// The label of the button that goes on; `None` when there is nothing to press.
    pub button: Option<Text>,
}

impl Notice {
    pub(super) const fn new(tone: Tone, heading: Text, lines: Vec<Text>) -> Self {
        Self { tone, heading, lines, reference: None, button: None }
    }

    pub(super) fn with_button(mut self, button: Text) -> Self {
        self.button = Some(button);
        self
    }

    /// Adds to the reference what another system said about it, for IT.
    #[must_use]
    pub fn with_detail(mut self, detail: Option<&str>) -> Self {
        if let (Some(reference), Some(detail)) = (&mut self.reference, detail) {
            reference.push_str(" · ");
            reference.push_str(detail);
        }
        self
    }

    /// An empty reference is none.
    pub(super) fn with_reference(mut self, reference: &str) -> Self {
        self.reference = (!reference.is_empty()).then(|| reference.to_owned());
        self
    }
}
