//! What is known of the past: the entries, and a report that one of them was not the person's own.

use crate::api::NextLink;
use crate::core::{HistoryScope, LoadState};
use crate::domain::{Action, HistoryEntry, ResultId};
use portal_contract::UnrecognizedReport;
use std::sync::Arc;

/// What happens to the history, and to a reset that was not the person's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// The person wants older entries of the history.
    MoreChosen,
    /// The person wants to see the runs of one action only, or of all again.
    ActionChosen(Option<Action>),
    /// The person wants the history as a file.
    DownloadChosen,
    /// The screen wrote the history down in the person's language.
    TableWritten {
        /// What the file is called.
        name: String,
        content: String,
    },
    /// The person reported a reset as not their own.
    ReportChosen,
    /// The person wants every session of theirs ended.
    SignOutEverywhereChosen,
}

/// A table holds this many entries at most: years of resets, and still a file any program opens.
pub const LONGEST_TABLE: usize = 5_000;

/// How far the table to save is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Download {
    /// Not asked for.
    #[default]
    Idle,
    /// The pages that are missing are being read.
    Gathering,
    /// Everything is here; the screen writes it down (`HistoryTableWritten`).
    Ready,
}

/// The history on the screen, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Model {
    pub scope: HistoryScope,
    /// How far it is loaded. Entries that are here stay while more are read.
    pub state: LoadState,
    /// The entries.
    pub items: Arc<Vec<HistoryEntry>>,
    /// The action whose runs are shown; `None`: all.
    pub action: Option<Action>,
    /// The table to save.
    pub download: Download,
    /// "This wasn't me".
    pub unrecognized: UnrecognizedActivity,
    pub(super) next: Option<NextLink>,
}

impl Model {
    /// Whether there are entries beyond those that are here.
    #[must_use]
    pub const fn has_more(&self) -> bool {
        self.next.is_some()
    }

    /// A history that is loaded: for previews and for tests of what shows it.
    #[must_use]
    pub fn complete(scope: HistoryScope, items: Vec<HistoryEntry>) -> Self {
        Self { scope, state: LoadState::Loaded, items: Arc::new(items), ..Self::default() }
    }
}

/// Where the report and the sign-out stand.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct UnrecognizedActivity {
    /// The reset it is about; `None` before the screen was opened.
    pub result: Option<ResultId>,
    /// The report: `Loaded` with `report`.
    pub state: LoadState,
    /// What the server answered: the reference for IT.
    pub report: Option<UnrecognizedReport>,
    /// The sign-out everywhere. `Loaded` is never seen: it ends the session.
    pub revocation: LoadState,
}
