//! What happened before: read page by page, for the person or for one device, and saved as a table on request.
//!
//! The table is written by the screen, because its words are in the person's language; the rules only see to it that every
//! page is there first, up to a limit.

use super::turn::Turn;
use super::{Announcement, ApiCall, Effect, FetchId, LaterScreens, LoadState};
use crate::api::{ApiError, NextLink, decode_history};
use crate::domain::{DeviceId, HistoryEntry};
use crate::http::HttpOutcome;
use std::sync::Arc;

/// A table holds this many entries at most: years of resets, and still a file any program opens.
pub const LONGEST_TABLE: usize = 5_000;

/// Whose history.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum HistoryScope {
    /// All of the person's devices.
    #[default]
    Person,
    /// One device.
    Device(DeviceId),
}

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
pub struct History {
    /// Whose.
    pub scope: HistoryScope,
    /// How far it is loaded. Entries that are here stay while more are read.
    pub state: LoadState,
    /// The entries.
    pub items: Arc<Vec<HistoryEntry>>,
    /// The table to save.
    pub download: Download,
    next: Option<NextLink>,
}

impl History {
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

impl Turn {
    /// The screen of a history was entered: the newest entries are read, what is known of the same history stays.
    pub(super) fn open_history(&mut self, scope: HistoryScope) {
        let history = &mut self.model.history;
        if history.scope != scope {
            *history = History { scope: scope.clone(), ..History::default() };
        }
        history.state = LoadState::Loading;
        history.download = Download::Idle;
        // The rules for the answer come with the screens; once they are there the history is opened again.
        if self.model.later == LaterScreens::Ready {
            self.call(ApiCall::History(scope, None), 0);
        }
    }

    pub(super) fn on_more_history_chosen(&mut self) {
        self.read_on();
    }

    /// Reads the next page, if there is one and none is on its way.
    fn read_on(&mut self) {
        let history = &mut self.model.history;
        let Some(next) = history.next.clone() else { return };
        if history.state == LoadState::Loading {
            return;
        }
        history.state = LoadState::Loading;
        let scope = history.scope.clone();
        self.call(ApiCall::History(scope, Some(next)), 0);
    }

    pub(super) fn on_history_fetched(
        &mut self,
        scope: &HistoryScope,
        asked: Option<&NextLink>,
        id: &FetchId,
        outcome: &HttpOutcome,
    ) {
        let Some(config) = self.model.config.ready() else { return };
        if self.model.history.scope != *scope {
            return;
        }
        match decode_history(outcome, &config.api_base) {
            Ok(page) => {
                self.note_left_out(page.left_out, "history");
                let history = &mut self.model.history;
                let came = page.entries.len();
                if asked.is_some() {
                    Arc::make_mut(&mut history.items).extend(page.entries);
                } else {
                    history.items = Arc::new(page.entries);
                }
                history.next = page.next;
                history.state = LoadState::Loaded;
                match history.download {
                    Download::Gathering => self.gather(),
                    Download::Idle | Download::Ready if asked.is_some() => {
                        self.say(Announcement::HistoryShown(came));
                    }
                    Download::Idle | Download::Ready => {}
                }
            }
            Err(ApiError::Unauthenticated | ApiError::StepUpRequired(_)) => self.on_unauthenticated(),
            Err(error) => {
                if !self.is_retried(id, &error) {
                    self.log(error.code(), "history");
                    self.model.history.state = LoadState::Failed(error);
                    self.model.history.download = Download::Idle;
                }
            }
        }
    }

    pub(super) fn on_history_download_chosen(&mut self) {
        if self.model.history.download == Download::Idle {
            self.model.history.download = Download::Gathering;
            self.gather();
        }
    }

    /// Everything is read before it is written down, as far as it is bounded.
    fn gather(&mut self) {
        let history = &mut self.model.history;
        if history.has_more() && history.items.len() < LONGEST_TABLE {
            self.read_on();
        } else if history.state == LoadState::Loaded {
            history.download = Download::Ready;
        }
    }

    pub(super) fn on_history_table_written(&mut self, name: String, content: String) {
        if self.model.history.download == Download::Ready {
            self.model.history.download = Download::Idle;
            self.effect(Effect::SaveFile { name, content });
            self.say(Announcement::HistorySaved);
        }
    }
}
