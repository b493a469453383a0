//! Sealed secrets of runs: temporary passcodes, and what services tell.

use super::StoreError;
use crate::domain::action::ActionKind;
use crate::domain::ids::{DeviceId, ResultId};
use crate::domain::person::PersonId;
use crate::domain::secret_key::KeyId;
use crate::ports::Sealed;
use async_trait::async_trait;
use portal_contract::{CharacterSet, UtcTime};

/// A secret that is written down with its run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewSecret {
    /// The run that sets it.
    pub run: ResultId,
    /// Who may see it.
    pub person: PersonId,
    /// The device it unlocks.
    pub device: DeviceId,
    /// The ciphertext.
    pub sealed: Sealed,
    /// Which characters it has.
    pub character_set: CharacterSet,
    /// When it is erased.
    pub expires: UtcTime,
}

/// A secret as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptSecret {
    /// The run it belongs to.
    pub run: ResultId,
    /// Who may see it.
    pub person: PersonId,
    /// The device it unlocks.
    pub device: DeviceId,
    /// The ciphertext.
    pub sealed: Sealed,
    /// Which characters it has.
    pub character_set: CharacterSet,
    /// When it is erased.
    pub expires: UtcTime,
    /// Whether the device said that it has it.
    pub is_confirmed: bool,
}

/// A secret that was erased because its time was over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ErasedSecret {
    /// The run it belonged to.
    pub run: ResultId,
    /// Whose it was.
    pub person: PersonId,
    /// The device it unlocked.
    pub device: DeviceId,
    /// What it came from.
    pub kind: ActionKind,
}

/// The secrets.
#[async_trait]
pub trait Secrets {
    /// Writes one down; nobody sees it before it is released.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn insert_secret(&mut self, secret: &NewSecret) -> Result<(), StoreError>;

    /// The secret of a run, to be sent.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn secret_of_run(&mut self, run: &ResultId) -> Result<Option<Sealed>, StoreError>;

    /// The secrets of an action on a device that its person may see now, the newest first.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn released_secrets(
        &mut self,
        person: &PersonId,
        device: &DeviceId,
        action: ActionKind,
        now: UtcTime,
    ) -> Result<Vec<KeptSecret>, StoreError>;

    /// Lets the person see the secret of a run until it expires.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn release_secret(
        &mut self,
        run: &ResultId,
        is_confirmed: bool,
        expires: UtcTime,
    ) -> Result<(), StoreError>;

    /// Erases the secret of a run.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn erase_secret(&mut self, run: &ResultId) -> Result<(), StoreError>;

    /// Erases the released secrets of a device but that of one run; of one action, or of all if none is named.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn erase_other_secrets(
        &mut self,
        device: &DeviceId,
        run: &ResultId,
        action: Option<ActionKind>,
    ) -> Result<(), StoreError>;

    /// The released secrets of an action on a device but that of one run are not confirmed any more: another one may be in their place.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn doubt_other_secrets(
        &mut self,
        device: &DeviceId,
        run: &ResultId,
        action: ActionKind,
    ) -> Result<(), StoreError>;

    /// Erases the released secrets that have expired; says whose they were.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn erase_expired_secrets(&mut self, now: UtcTime) -> Result<Vec<ErasedSecret>, StoreError>;

    /// The secrets, released or not, that are sealed with any other key than this.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn secrets_under_other_keys(&mut self, current: &KeyId) -> Result<Vec<KeptSecret>, StoreError>;

    /// Puts a new ciphertext in the place of an old one, unless it was erased or replaced meanwhile.
    ///
    /// # Errors
    /// [`StoreError`].
    async fn replace_secret(&mut self, old: &KeptSecret, new: &Sealed) -> Result<(), StoreError>;
}
