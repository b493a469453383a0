//! Which language the page speaks.

use crate::i18n::{Catalogue, Locale};
use std::sync::Arc;

/// What happens to the language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// The person chose a language.
    Chosen(Locale),
    /// The texts of a language are here, as many as were asked for.
    Loaded(Catalogue),
    /// The texts of a language could not be had, or were not whole.
    Refused(Locale),
}

/// The language, and the one that may follow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Model {
    /// The language, with its texts: those of the lazy screens from when these are there.
    pub current: Catalogue,
    /// The language that is being loaded because the person or the organisation wants it.
    pub wanted: Option<Locale>,
    /// The language the person chose in vain: its texts could not be had.
    pub missing: Option<Locale>,
    /// The languages the browser asks for, most wanted first.
    pub(crate) of_browser: Arc<Vec<String>>,
    /// Whether the person chose the wanted one.
    pub(super) is_chosen: bool,
}

impl Model {
    /// The page speaks this language.
    #[must_use]
    pub fn new(current: Catalogue) -> Self {
        Self { current, wanted: None, missing: None, of_browser: Arc::default(), is_chosen: false }
    }
}
