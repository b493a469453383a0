//! The keys in `sessionStorage`. Transactions, continuations and the resume record have theirs in `auth`.

/// Every key of the page starts with this.
pub const STORAGE_PREFIX: &str = "portal.";
/// The person was signed in in this tab: `/` may sign in silently.
pub(super) const WAS_SIGNED_IN: &str = "portal.was-signed-in";
/// A silent sign-in was begun and has not succeeded since: none is begun again by itself.
pub(super) const SILENT_TRIED: &str = "portal.silent-tried";
/// The language the person chose.
pub(super) const LOCALE: &str = "portal.locale";

/// The person said at sign-in that this is somebody else's screen.
pub(super) const BORROWED: &str = "portal.borrowed";
/// Session mode: a sign-out did not reach the server. It is made up for before anything is asked.
pub(super) const SIGN_OUT_OWED: &str = "portal.sign-out-owed";
/// The provider did not say when somebody signed in, although it was asked for it: no sign-in here is fresh.
pub(super) const NO_AUTH_TIME: &str = "portal.no-auth-time";
/// The last visit on this borrowed screen ended because nobody touched it. Read once by the page that says so.
pub(super) const ENDED_BY_IDLENESS: &str = "portal.ended-by-idleness";

/// A value out of the entries the page was opened with.
pub(super) fn find<'a>(stored: &'a [(String, String)], key: &str) -> Option<&'a str> {
    stored.iter().find(|(name, _)| name == key).map(|(_, value)| value.as_str())
}
