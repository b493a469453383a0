//! What the rules demand of the browser. Imperative; performed in order; none decides anything.

use super::FetchId;
use crate::auth::{SecretUrl, SignatureCheck};
use crate::domain::Milliseconds;
use crate::http::HttpRequest;
use crate::i18n::Locale;
use crate::route::Route;
use portal_contract::SecretText;

/// What becomes of the current entry of the history.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HistoryEntry {
    /// It stays; Back returns to it (`location.assign`).
    Push,
    /// It is gone: Back does not return into a redirect (`location.replace`).
    Replace,
}

/// A value for `sessionStorage`. May hold a code verifier, so `Debug` does not show it.
#[derive(Clone, PartialEq, Eq)]
pub struct StoredValue(pub(crate) String);

impl StoredValue {
    /// The value, for the one place that stores.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for StoredValue {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("[REDACTED]")
    }
}

/// A key in `sessionStorage`. May end in the `state` of a sign-in, so `Debug` shows only what comes before it.
#[derive(Clone, PartialEq, Eq)]
pub struct StorageKey(pub(crate) String);

impl StorageKey {
    /// The key, for the one place that stores.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for StorageKey {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // `portal.name` or `portal.name.state`.
        let mut parts = self.0.splitn(3, '.');
        let (prefix, name) = (parts.next().unwrap_or(""), parts.next().unwrap_or(""));
        write!(formatter, "{prefix}.{name}{}", if parts.next().is_some() { ".[REDACTED]" } else { "" })
    }
}

/// Tells one timer from another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TimerId {
    /// The five minutes, about every second.
    Countdown,
    /// The next look at a pending reset.
    Poll,
    /// The next look at the notifications.
    Notifications,
    /// The passcode hides itself; about every second, for the rest that is shown.
    HidePasscode,
    /// The number of matching devices is said once the typing pauses.
    SayFilter,
    /// The next look at how long nobody has touched a borrowed screen.
    Idle,
    /// The event stream: an attempt, a silence, or the wait before the next attempt.
    Stream,
    /// The event stream is given back in the background.
    StreamRest,
    /// A read is repeated.
    Retry(FetchId),
}

/// Tells one reading from the next: a voice that was stopped says so when the next one speaks already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reading(pub(crate) u32);

/// A passcode as a voice says it, one word group for each character. As secret as the passcode: `Debug` shows nothing,
/// not even how many there are.
#[derive(Clone, PartialEq, Eq)]
pub struct SpokenPasscode {
    /// In this language.
    pub locale: Locale,
    /// What is said, character by character.
    pub words: Vec<SecretText>,
}

impl std::fmt::Debug for SpokenPasscode {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("[REDACTED]")
    }
}

/// Tells one connection from the one before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StreamId(pub(crate) u32);

/// A line for developers. Codes and names only.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LogEntry {
    /// What happened, for instance a stable code.
    pub code: &'static str,
    /// Where.
    pub context: &'static str,
}

/// What to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// Send a request; then `Fetched` with the same id. See `HttpRequest` for how.
    Fetch {
        id: FetchId,
        /// What to send.
        request: HttpRequest,
    },
    /// Get the texts of a language, which are kept once they are there; then `LanguageLoaded` or `LanguageRefused`.
    LoadLanguage {
        locale: Locale,
        /// Whether those of the lazy screens are needed too; otherwise the ones of a first visit are enough.
        is_whole: bool,
    },
    /// Check a signature by Web Crypto; then `SignatureChecked`.
    VerifySignature(SignatureCheck),
    /// Draw `SignInRandom::LENGTH` bytes by `crypto.getRandomValues`; then `RandomDrawn`.
    DrawRandom,

    /// Store in `sessionStorage`. When that is refused: drop the *rest of this batch* and dispatch `StorageRefused`.
    StorageSet {
        /// Under this key.
        key: StorageKey,
        value: StoredValue,
    },
    /// Remove from `sessionStorage`.
    StorageRemove(StorageKey),
    /// Remove every key that starts with `STORAGE_PREFIX` from `sessionStorage`.
    StorageClear,

    /// Leave the page for the provider.
    LeaveTo {
        /// Where to.
        url: SecretUrl,
        /// What becomes of this entry of the history.
        history: HistoryEntry,
    },
    /// Show this route's path in the address bar as a new entry of the history.
    PushAddress(Route),
    /// Show this route's path in the address bar instead of the current one, query and fragment removed.
    ReplaceAddress(Route),
    /// Load the page anew.
    Reload,
    /// Empty the document at once, before anything else: what was on it must not be kept by the browser.
    BlankPage,

    /// Dispatch `TimerFired(id)` after this time. Setting a timer again replaces it.
    SetTimer {
        id: TimerId,
        /// When.
        after: Milliseconds,
    },
    /// Stop a timer, if it runs.
    StopTimer(TimerId),

    /// Read an event stream; then `StreamOpened`, `StreamRead` for each piece, `StreamEnded`. Ends one that is open.
    OpenEventStream {
        /// Which connection.
        id: StreamId,
        /// What to ask for. Its time-out is the rules' own.
        request: HttpRequest,
    },
    /// End the event stream, if there is one.
    CloseEventStream,
    /// Load the part of the page with the lazy screens, and at the same time their texts in this language; then
    /// `LazyScreensLoaded` or `LazyScreensFailed`.
    LoadLazyScreens(Locale),

    /// Ask the browser, and through it the person, for notifications; then `SystemNotificationsAnswered`.
    AskForSystemNotifications,
    /// Tell the other tabs that the person signed out.
    BroadcastSignedOut,
    /// Tell the other tabs that the person read this notification.
    BroadcastRead(String),
    /// Tell the other tabs that somebody is there.
    BroadcastActivity,
    /// Offer this text as a file to save. Never a secret.
    SaveFile {
        /// What the file is called.
        name: String,
        content: String,
    },
    /// Put this into the clipboard; then `PasscodeCopyFinished`.
    CopyText(SecretText),
    /// Select the shown passcode, for the person's own copy command.
    SelectPasscode,
    /// Look for voices of this computer's own; then `VoicesFound`, again whenever the browser has found more.
    FindVoices,
    /// Say this slowly, word group by word group, instead of what is being said; then `ReadAloudEnded`.
    ReadAloud {
        reading: Reading,
        /// What to say.
        spoken: SpokenPasscode,
    },
    /// Be silent at once.
    StopReading,
    /// Scroll so far down, in pixels, once what is being rendered stands.
    ScrollTo(i32),
    /// Open the browser's print dialog.
    PrintPage,
    /// Write a line for developers (`console.debug`).
    Log(LogEntry),
}
