//! The keys in `sessionStorage`. Transactions, continuations and the resume record have theirs in `auth`.

use crate::auth::{Continuation, ResumeRecord};

/// Every key of the page starts with this.
pub const STORAGE_PREFIX: &str = "portal.";
/// The person was signed in in this tab: `/` may sign in silently.
pub(crate) const WAS_SIGNED_IN: &str = "portal.was-signed-in";
/// A silent sign-in was begun and has not succeeded since: none is begun again by itself.
pub(crate) const SILENT_TRIED: &str = "portal.silent-tried";
/// The language the person chose.
pub(crate) const LOCALE: &str = "portal.locale";

/// The person said at sign-in that this is somebody else's screen.
pub(crate) const SHARED_COMPUTER: &str = "portal.borrowed";
/// Session mode: a sign-out did not reach the server. It is made up for before anything is asked.
pub(crate) const SIGN_OUT_OWED: &str = "portal.sign-out-owed";
/// The provider did not say when somebody signed in, although it was asked for it: no sign-in here is fresh.
pub(crate) const NO_AUTH_TIME: &str = "portal.no-auth-time";
/// The last visit on this borrowed screen ended because nobody touched it. Read once by the page that says so.
pub(crate) const ENDED_BY_IDLENESS: &str = "portal.ended-by-idleness";

/// What was chosen in the list of devices, and how far down the person was: for a reload, and for whoever comes back from the
/// fresh sign-in. Theirs alone, and gone with the sign-out like everything of this tab.
pub(crate) const LIST: &str = "portal.list";

/// A value out of the entries the page was opened with.
pub(crate) fn find<'a>(stored: &'a [(String, String)], key: &str) -> Option<&'a str> {
    stored.iter().find(|(name, _)| name == key).map(|(_, value)| value.as_str())
}

/// What was stored, as far as it is still of use.
#[derive(Clone, PartialEq, Eq, Default)]
pub(crate) struct TabStorage {
    /// Whether the browser lets the page store anything.
    pub(crate) is_available: bool,
    /// The person was signed in in this tab.
    pub(crate) was_signed_in: bool,
    /// A silent sign-in was tried and did not succeed.
    pub(crate) silent_tried: bool,
    /// A sign-out did not reach the server.
    pub(crate) sign_out_owed: bool,
    /// The language the person chose.
    pub(crate) locale: Option<String>,
    /// The confirmation, before a reload.
    pub(crate) resume: Option<ResumeRecord>,
    /// The step-up that is on its way, or was left there.
    pub(crate) continuation: Option<Continuation>,
    /// Whether it goes on by itself.
    pub(crate) goes_on: bool,
    /// What was chosen in the list of devices.
    pub(crate) list: Option<String>,
    /// No sign-in in this tab can be fresh: nobody says when it was.
    pub(crate) no_auth_time: bool,
}

impl std::fmt::Debug for TabStorage {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("TabStorage").field("is_available", &self.is_available).finish_non_exhaustive()
    }
}
