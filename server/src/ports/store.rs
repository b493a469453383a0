//! The portal's own durable memory: commands, sealed passcodes, notifications, changes, the audit record.
//!
//! Each method is one transaction. Where two facts must not be separated by a crash (a command and its
//! passcode, an end and its notification) one method writes both.

use super::events::ChangesSince;
use super::sessions::SessionStore;
use super::vault::Sealed;
use crate::domain::audit::AuditEntry;
use crate::domain::command::{Command, Delivery, Ending, NewCommand};
use crate::domain::history::RecordedEntry;
use crate::domain::idempotency::{Fingerprint, IdempotencyKey};
use crate::domain::ids::{DeviceId, NotificationId, RequestId, ResultId};
use crate::domain::operation::Figures;
use crate::domain::person::PersonId;
use crate::domain::quota::EmptyAt;
use crate::domain::rate::{Limits, RateLimit, TooOften};
use crate::domain::secret_key::KeyId;
use async_trait::async_trait;
use portal_contract::{CharacterSet, Notification, UtcTime};

/// The store could not do it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StoreError {
    /// It cannot be written or read now (full disk, locked, gone); nothing was half done.
    Unavailable(String),
    /// What it holds contradicts the program: a defect or a damaged file.
    Corrupt(String),
}

/// What makes two requests the same one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdempotentRequest {
    /// Who asks; keys of different people never meet.
    pub person: PersonId,
    /// The client's key.
    pub key: IdempotencyKey,
    /// What was asked.
    pub fingerprint: Fingerprint,
}

/// Everything that is written when a reset is accepted.
#[derive(Debug, Clone)]
pub struct RecordReset {
    /// The request.
    pub request: IdempotentRequest,
    /// The command.
    pub command: NewCommand,
    /// The temporary passcode, where the outcome has one.
    pub passcode: Option<(Sealed, CharacterSet)>,
    /// The limits that must hold.
    pub limits: Limits,
    /// The audit entry of the acceptance.
    pub audit: AuditEntry,
}

/// A reset that was accepted, now or before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Accepted {
    /// By this request.
    Now(Command),
    /// By an earlier request with the same key.
    Before(Command),
}

/// What became of an attempt to record a reset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RecordOutcome {
    /// It is recorded.
    Accepted(Accepted),
    /// The key was used for something else.
    KeyReused,
    /// Another reset of the device is open.
    AlreadyPending,
    /// Too many within the hour.
    TooOften(TooOften),
}

/// What became of a request to cancel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CancelOutcome {
    /// It had not been sent and is cancelled.
    Canceled(Command),
    /// It is with the back end or on its way there; cancelling is noted.
    Noted(Command),
    /// It is not pending any more.
    TooLate,
    /// There is no such action.
    NotFound,
}

/// An encrypted temporary passcode that may be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealedPasscode {
    /// The reset it belongs to.
    pub result_id: ResultId,
    /// The ciphertext.
    pub sealed: Sealed,
    /// Which characters it has.
    pub character_set: CharacterSet,
    /// When it is erased.
    pub expires: UtcTime,
}

/// An encrypted passcode as it is kept, whether it may be shown or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptPasscode {
    /// The reset it belongs to.
    pub result_id: ResultId,
    /// Who may see it.
    pub person: PersonId,
    /// The device it unlocks.
    pub device: DeviceId,
    /// The ciphertext.
    pub sealed: Sealed,
}

/// Which part of a history is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HistoryPage {
    /// At most this many.
    pub size: u16,
    /// Only entries before this place in the record, as [`RecordedEntry`] names it.
    pub before: Option<String>,
}

/// A reset that was reported as not the person's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reported {
    /// The request that reported it first.
    pub reference: RequestId,
    /// When it was reported first.
    pub at: UtcTime,
    /// Whether this was the first report.
    pub is_first: bool,
}

/// How full the bucket of a limit is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RateBucket {
    /// The limit.
    pub limit: RateLimit,
    /// Whose bucket it is: a person or a network.
    pub subject: String,
    /// How full it is.
    pub empty_at: EmptyAt,
}

/// A change of a command by the queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// It is about to be sent.
    Sending,
    /// It was certainly not sent; try again at this time.
    BackToRecorded(UtcTime),
    /// The back end has it and reports this; ask again at this time.
    Sent(Delivery, UtcTime),
    /// Nothing is known; ask or try again at this time.
    Later(UtcTime),
}

/// The store.
#[async_trait]
pub trait Store: SessionStore {
    /// The accepted reset of an earlier request with this key, if any.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn earlier_request(
        &self,
        request: &IdempotentRequest,
        now: UtcTime,
    ) -> Result<Option<RecordOutcome>, StoreError>;

    /// Records a reset, exactly once per key and at most one open per device.
    ///
    /// # Errors
    /// [`StoreError`]; then nothing was recorded.
    async fn record_reset(&self, reset: &RecordReset) -> Result<RecordOutcome, StoreError>;

    /// The person's actions on these devices, newest first, at most a handful per device.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn commands_of(
        &self,
        person: &PersonId,
        device: Option<&DeviceId>,
    ) -> Result<Vec<Command>, StoreError>;

    /// Asks to cancel; ends a command that was not sent and notes it for one that was.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn request_cancel(
        &self,
        person: &PersonId,
        device: &DeviceId,
        id: &ResultId,
        audit: &AuditEntry,
    ) -> Result<CancelOutcome, StoreError>;

    /// Takes the cancel request back (the back end said it is too late).
    ///
    /// # Errors
    /// [`StoreError`].
    async fn withdraw_cancel(&self, id: &ResultId) -> Result<(), StoreError>;

    /// Commands that are due, oldest first.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn due_commands(&self, now: UtcTime, limit: u32) -> Result<Vec<Command>, StoreError>;

    /// Makes every open command that is due later than a moment due now; says how many.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn bring_forward(&self, now: UtcTime, later_than: UtcTime) -> Result<u64, StoreError>;

    /// When the next command is due.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn next_due(&self) -> Result<Option<UtcTime>, StoreError>;

    /// Changes an open command. False if it was changed meanwhile (cancelled, for instance).
    ///
    /// # Errors
    /// [`StoreError`].
    async fn change(&self, command: &Command, change: Change, now: UtcTime) -> Result<bool, StoreError>;

    /// Ends a command together with its notification, its audit entry and the fate of its passcode: kept
    /// until
    /// `passcode_expires` when done, erased otherwise. False if it had ended already.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn end(
        &self,
        command: &Command,
        ending: Ending,
        notification: NotificationId,
        passcode_expires: UtcTime,
        now: UtcTime,
    ) -> Result<bool, StoreError>;

    /// The passcode of a command that is being sent.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn passcode_to_send(&self, id: &ResultId) -> Result<Option<Sealed>, StoreError>;

    /// The passcode of the person's newest completed reset of the device.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn passcode_to_show(
        &self,
        person: &PersonId,
        device: &DeviceId,
        now: UtcTime,
    ) -> Result<Option<SealedPasscode>, StoreError>;

    /// The passcodes that are sealed with any other key than this.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn passcodes_under_other_keys(&self, current: &KeyId) -> Result<Vec<KeptPasscode>, StoreError>;

    /// Puts new ciphertexts in the place of old ones, unless a passcode was erased or replaced meanwhile.
    ///
    /// # Errors
    /// [`StoreError`]; then nothing was changed.
    async fn reseal(&self, resealed: &[(KeptPasscode, Sealed)], audit: &AuditEntry)
    -> Result<(), StoreError>;

    /// Writes down that a passcode is about to be shown, unless it was shown too often within the hour.
    ///
    /// # Errors
    /// [`StoreError`]; then it must not be shown.
    async fn record_reveal(
        &self,
        audit: &AuditEntry,
        limits: &Limits,
    ) -> Result<Result<(), TooOften>, StoreError>;

    /// Erases passcodes that expired and forgets idempotency keys and changes after their time. Says how many passcodes
    /// it erased.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn sweep(&self, now: UtcTime) -> Result<u64, StoreError>;

    /// The person's notifications, newest first.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn notifications(&self, person: &PersonId) -> Result<Vec<Notification>, StoreError>;

    /// Marks one as read; `None` if the person has no such notification.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn mark_read(
        &self,
        person: &PersonId,
        id: &NotificationId,
        now: UtcTime,
    ) -> Result<Option<Notification>, StoreError>;

    /// The number of the person's newest change; 0 before the first.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn change_position(&self, person: &PersonId) -> Result<i64, StoreError>;

    /// The person's changes after a number.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn changes_since(&self, person: &PersonId, after: i64) -> Result<ChangesSince, StoreError>;

    /// What the person is shown of the audit record, newest first, one entry more than the page's size if there is one.
    /// `None` when the page begins at a place that is not one of this person's.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn history(
        &self,
        person: &PersonId,
        device: Option<&DeviceId>,
        page: &HistoryPage,
    ) -> Result<Option<Vec<RecordedEntry>>, StoreError>;

    /// Writes down that the person does not recognise a reset, once; `None` if the person has no such reset.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn report_unrecognized(
        &self,
        person: &PersonId,
        device: &DeviceId,
        id: &ResultId,
        audit: &AuditEntry,
    ) -> Result<Option<Reported>, StoreError>;

    /// Refuses the person's tokens that were issued in or before the second of `until`.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn revoke_sessions(
        &self,
        person: &PersonId,
        until: UtcTime,
        audit: &AuditEntry,
    ) -> Result<(), StoreError>;

    /// Until which second the person's tokens are refused.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn sessions_revoked_until(&self, person: &PersonId) -> Result<Option<UtcTime>, StoreError>;

    /// Lowers every moment until which tokens are refused - those of signing out everywhere and of restores - that lies
    /// beyond one moment to another; says how many.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn lower_revocations(&self, beyond: UtcTime, to: UtcTime) -> Result<u64, StoreError>;

    /// The buckets of limits that were written down and are not empty yet, the fullest first.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn rate_buckets(&self, now: UtcTime) -> Result<Vec<RateBucket>, StoreError>;

    /// Writes buckets down and forgets the empty ones; beyond a bound also those that are the least full.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn keep_rate_buckets(&self, buckets: &[RateBucket], now: UtcTime) -> Result<(), StoreError>;

    /// Appends to the audit record.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn audit(&self, entry: &AuditEntry) -> Result<(), StoreError>;

    /// Writes and removes something, to know that it can be done.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn probe(&self) -> Result<(), StoreError>;

    /// Figures for those who operate the server.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn figures(&self, now: UtcTime) -> Result<Figures, StoreError>;
}
