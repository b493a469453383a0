//! What every feature stands on: what the page as a whole knows ([`Page`]), what a rule may do ([`Context`]), and the
//! values both are made of. Nothing here knows a feature.

mod announcement;
mod calls;
mod context;
mod effect;
mod page;
mod session;
mod stored;

pub use announcement::{ActionNews, Announced, Announcement, ResetStop};
pub use calls::{ApiCall, Fetch, FetchId, HistoryScope};
pub use context::Context;
pub(crate) use context::{FollowUp, SignOutCause};
pub use effect::{
    Effect, HistoryEntry, LogEntry, Reading, SpokenPasscode, StorageKey, StoredValue, StreamId, TimerId,
};
pub use page::{Config, Connectivity, LazyScreens, LoadState, Page, ServerClock};
pub use session::{CallbackProgress, PendingSignIn, Redirect, Session, SignedIn};
pub use stored::STORAGE_PREFIX;
pub(crate) use stored::{
    ENDED_BY_IDLENESS, LIST, LOCALE, NO_AUTH_TIME, SHARED_COMPUTER, SIGN_OUT_OWED, SILENT_TRIED, TabStorage,
    WAS_SIGNED_IN, find,
};
