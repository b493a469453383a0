//! The actions of this server, as values. What each needs and does is an exhaustive match: a new variant makes the compiler
//! list what has to be decided about it.

use super::action_run::Ending;
use super::category::CategoryId;
use super::device_name::DeviceName;
use super::policy::Reset;
use super::rate::RateLimit;
use portal_contract::{ActionName, SecretKind};

/// Which action, without what it is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ActionKind {
    /// Reset the passcode.
    ResetPasscode,
    /// Lock the screen from afar.
    RemoteLock,
    /// Ask the device to check in ("Check status").
    SyncDevice,
    /// Change the name shown in the portal, for this person.
    Rename,
    /// Take the device out of management ("Remove"): work data goes, private data stays.
    Retire,
    /// Erase everything on the device.
    Wipe,
    /// Restart the device.
    RebootNow,
    /// Put the device into one of the organisation's categories.
    SetCategory,
    /// Show the recovery key of a computer's disk.
    ShowRecoveryKey,
    /// Show the password of a PC's local administrator.
    ShowLocalAdministratorPassword,
}

/// What an action may cost its person; decides how much is asked before it begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Danger {
    /// Can be undone or repeated.
    Harmless,
    /// Interrupts whoever uses the device.
    Disruptive,
    /// Something is lost for good.
    Destructive,
}

/// The proof of identity an action needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proof {
    /// Being signed in.
    SignedIn,
    /// A sign-in of the last five minutes.
    FreshSignIn,
}

/// Who carries an action out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Executor {
    /// The device, through its management service; the queue sends it.
    Device,
    /// This server itself, in the moment it accepts it.
    Portal,
}

/// What becomes of a second request while an action on the same device is under way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SecondRequest {
    /// It is refused: the person has to see that one is under way.
    Refused,
    /// It is answered with the run there is, if it asks for the same: asking twice is asking once.
    SameRun,
}

impl ActionKind {
    /// Every action.
    pub const ALL: [Self; 10] = [
        Self::ResetPasscode,
        Self::RemoteLock,
        Self::SyncDevice,
        Self::Rename,
        Self::Retire,
        Self::Wipe,
        Self::RebootNow,
        Self::SetCategory,
        Self::ShowRecoveryKey,
        Self::ShowLocalAdministratorPassword,
    ];

    /// The contract's name.
    #[must_use]
    pub const fn name(self) -> ActionName {
        match self {
            Self::ResetPasscode => ActionName::ResetPasscode,
            Self::RemoteLock => ActionName::RemoteLock,
            Self::SyncDevice => ActionName::SyncDevice,
            Self::Rename => ActionName::Rename,
            Self::Retire => ActionName::Retire,
            Self::Wipe => ActionName::Wipe,
            Self::RebootNow => ActionName::RebootNow,
            Self::SetCategory => ActionName::SetCategory,
            Self::ShowRecoveryKey => ActionName::ShowRecoveryKey,
            Self::ShowLocalAdministratorPassword => ActionName::ShowLocalAdministratorPassword,
        }
    }

    /// The action with a name; `None` when this server does not have it.
    #[must_use]
    pub fn named(name: ActionName) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// What the secret is for that its service keeps and it shows: nothing happens to the device then.
    #[must_use]
    pub const fn shows(self) -> Option<SecretKind> {
        match self {
            Self::ShowRecoveryKey => Some(SecretKind::RecoveryKey),
            Self::ShowLocalAdministratorPassword => Some(SecretKind::LocalAdministratorPassword),
            Self::ResetPasscode
            | Self::RemoteLock
            | Self::SyncDevice
            | Self::Rename
            | Self::Retire
            | Self::Wipe
            | Self::RebootNow
            | Self::SetCategory => None,
        }
    }

    /// For how long it may wait at most, in seconds, whatever its device may: nobody waits a week for a secret to be looked up.
    #[must_use]
    pub const fn longest_wait_seconds(self) -> i64 {
        if self.shows().is_some() { 600 } else { i64::MAX }
    }

    /// The proof it needs.
    #[must_use]
    pub const fn proof(self) -> Proof {
        match self {
            Self::ResetPasscode
            | Self::Retire
            | Self::Wipe
            | Self::ShowRecoveryKey
            | Self::ShowLocalAdministratorPassword => Proof::FreshSignIn,
            Self::RemoteLock | Self::SyncDevice | Self::Rename | Self::RebootNow | Self::SetCategory => {
                Proof::SignedIn
            }
        }
    }

    /// What it may cost.
    #[must_use]
    pub const fn danger(self) -> Danger {
        match self {
            Self::SyncDevice
            | Self::Rename
            | Self::SetCategory
            | Self::ShowRecoveryKey
            | Self::ShowLocalAdministratorPassword => Danger::Harmless,
            Self::ResetPasscode | Self::RemoteLock | Self::RebootNow => Danger::Disruptive,
            Self::Retire | Self::Wipe => Danger::Destructive,
        }
    }

    /// Whether it takes precedence over another on the same device: what is not sent yet of the other ends, and the other is not
    /// taken while this one is open.
    #[must_use]
    pub const fn supersedes(self, other: Self) -> bool {
        match self {
            Self::Wipe => !matches!(other, Self::Wipe | Self::Rename),
            Self::Retire => !matches!(other, Self::Wipe | Self::Retire | Self::Rename),
            Self::ResetPasscode
            | Self::RemoteLock
            | Self::SyncDevice
            | Self::Rename
            | Self::RebootNow
            | Self::SetCategory
            | Self::ShowRecoveryKey
            | Self::ShowLocalAdministratorPassword => false,
        }
    }

    /// Whether nothing of the device's passcodes is of use any more once it is done.
    #[must_use]
    pub const fn ends_passcodes(self) -> bool {
        match self {
            Self::Wipe => true,
            Self::ResetPasscode
            | Self::RemoteLock
            | Self::SyncDevice
            | Self::Rename
            | Self::Retire
            | Self::RebootNow
            | Self::SetCategory
            | Self::ShowRecoveryKey
            | Self::ShowLocalAdministratorPassword => false,
        }
    }

    /// Who carries it out.
    #[must_use]
    pub const fn executor(self) -> Executor {
        match self {
            Self::ResetPasscode
            | Self::RemoteLock
            | Self::SyncDevice
            | Self::Retire
            | Self::Wipe
            | Self::RebootNow
            | Self::SetCategory
            | Self::ShowRecoveryKey
            | Self::ShowLocalAdministratorPassword => Executor::Device,
            Self::Rename => Executor::Portal,
        }
    }

    /// What a second request gets while one is open.
    #[must_use]
    pub const fn second_request(self) -> SecondRequest {
        match self {
            Self::ResetPasscode | Self::Retire | Self::Wipe => SecondRequest::Refused,
            Self::RemoteLock
            | Self::SyncDevice
            | Self::Rename
            | Self::RebootNow
            | Self::SetCategory
            | Self::ShowRecoveryKey
            | Self::ShowLocalAdministratorPassword => SecondRequest::SameRun,
        }
    }

    /// The limits on how many one person, and one device, may have within an hour.
    #[must_use]
    pub const fn hourly_limits(self) -> (RateLimit, RateLimit) {
        match self {
            Self::ResetPasscode => (RateLimit::ResetsOfPerson, RateLimit::ResetsOfDevice),
            Self::RemoteLock
            | Self::SyncDevice
            | Self::Rename
            | Self::Retire
            | Self::Wipe
            | Self::RebootNow
            | Self::SetCategory
            | Self::ShowRecoveryKey
            | Self::ShowLocalAdministratorPassword => {
                (RateLimit::ActionsOfPerson, RateLimit::ActionsOfDevice)
            }
        }
    }

    /// The limit on how many one network may have; `None` where the attempts of each person are bound enough.
    #[must_use]
    pub const fn network_limit(self) -> Option<RateLimit> {
        match self {
            Self::ResetPasscode => Some(RateLimit::ResetsFromNetwork),
            Self::RemoteLock
            | Self::SyncDevice
            | Self::Rename
            | Self::Retire
            | Self::Wipe
            | Self::RebootNow
            | Self::SetCategory
            | Self::ShowRecoveryKey
            | Self::ShowLocalAdministratorPassword => None,
        }
    }

    /// Whether the person is told of an ending by a notification. Nobody needs to be told what they just did themselves, or
    /// that something harmless went well.
    #[must_use]
    pub const fn notifies(self, ending: Ending) -> bool {
        match (self, ending) {
            (_, Ending::CanceledByUser)
            | (Self::Rename | Self::ShowRecoveryKey | Self::ShowLocalAdministratorPassword, _)
            | (Self::SyncDevice | Self::SetCategory, Ending::Done | Ending::Superseded) => false,
            (
                Self::ResetPasscode | Self::RemoteLock | Self::Retire | Self::Wipe | Self::RebootNow,
                Ending::Done | Ending::Failed(_) | Ending::NotSupported | Ending::Superseded,
            )
            | (Self::SyncDevice | Self::SetCategory, Ending::Failed(_) | Ending::NotSupported) => true,
        }
    }
}

/// What a person asks for, as it was read from the request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Requested {
    /// Reset the passcode.
    ResetPasscode,
    /// Lock the screen.
    RemoteLock,
    /// Ask the device to check in.
    SyncDevice,
    /// Another name; `None` takes the name away, so that the device's own shows again.
    Rename(Option<DeviceName>),
    /// Take it out of management.
    Retire,
    /// Erase it.
    Wipe,
    /// Restart it.
    RebootNow,
    /// Put it into this category.
    SetCategory(CategoryId),
    /// Show the recovery key of its disk.
    ShowRecoveryKey,
    /// Show the password of its local administrator.
    ShowLocalAdministratorPassword,
}

impl Requested {
    /// Which action it is.
    #[must_use]
    pub const fn kind(&self) -> ActionKind {
        match self {
            Self::ResetPasscode => ActionKind::ResetPasscode,
            Self::RemoteLock => ActionKind::RemoteLock,
            Self::SyncDevice => ActionKind::SyncDevice,
            Self::Rename(_) => ActionKind::Rename,
            Self::Retire => ActionKind::Retire,
            Self::Wipe => ActionKind::Wipe,
            Self::RebootNow => ActionKind::RebootNow,
            Self::SetCategory(_) => ActionKind::SetCategory,
            Self::ShowRecoveryKey => ActionKind::ShowRecoveryKey,
            Self::ShowLocalAdministratorPassword => ActionKind::ShowLocalAdministratorPassword,
        }
    }
}

/// What a lock does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lock {
    /// The screen is locked, and the device's own passcode opens it.
    Screen,
    /// The device stops (a Mac), and nothing but a PIN opens it that its service makes and tells.
    WithPin,
}

impl Lock {
    /// The name in the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Screen => "",
            Self::WithPin => "pin",
        }
    }

    /// Reads the name in the database; `None` when it is nothing this server writes.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Screen, Self::WithPin].into_iter().find(|lock| lock.as_str() == name)
    }
}

/// An action with all it takes to carry it out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// Reset the passcode, with this outcome.
    ResetPasscode(Reset),
    /// Lock the screen, in this way.
    RemoteLock(Lock),
    /// Ask the device to check in.
    SyncDevice,
    /// Another name; `None` takes it away.
    Rename(Option<DeviceName>),
    /// Take it out of management.
    Retire,
    /// Erase it.
    Wipe,
    /// Restart it.
    RebootNow,
    /// Put it into this category.
    SetCategory(CategoryId),
    /// Show the recovery key of its disk.
    ShowRecoveryKey,
    /// Show the password of its local administrator.
    ShowLocalAdministratorPassword,
}

impl Action {
    /// Which action it is.
    #[must_use]
    pub const fn kind(&self) -> ActionKind {
        match self {
            Self::ResetPasscode(_) => ActionKind::ResetPasscode,
            Self::RemoteLock(_) => ActionKind::RemoteLock,
            Self::SyncDevice => ActionKind::SyncDevice,
            Self::Rename(_) => ActionKind::Rename,
            Self::Retire => ActionKind::Retire,
            Self::Wipe => ActionKind::Wipe,
            Self::RebootNow => ActionKind::RebootNow,
            Self::SetCategory(_) => ActionKind::SetCategory,
            Self::ShowRecoveryKey => ActionKind::ShowRecoveryKey,
            Self::ShowLocalAdministratorPassword => ActionKind::ShowLocalAdministratorPassword,
        }
    }

    /// Whether a secret goes with it: sealed, sent or taken from the service, shown to its person, erased after a while.
    #[must_use]
    pub const fn issues_secret(&self) -> bool {
        match self {
            Self::ResetPasscode(Reset::Temporary(_) | Reset::Issued(_) | Reset::IssuedForWorkProfile)
            | Self::RemoteLock(Lock::WithPin)
            | Self::ShowRecoveryKey
            | Self::ShowLocalAdministratorPassword => true,
            Self::ResetPasscode(Reset::Removed)
            | Self::RemoteLock(Lock::Screen)
            | Self::SyncDevice
            | Self::Rename(_)
            | Self::Retire
            | Self::Wipe
            | Self::RebootNow
            | Self::SetCategory(_) => false,
        }
    }

    /// Whether that secret is its service's to tell.
    #[must_use]
    pub const fn is_told_by_service(&self) -> bool {
        match self {
            Self::ResetPasscode(Reset::Issued(_) | Reset::IssuedForWorkProfile)
            | Self::RemoteLock(Lock::WithPin)
            | Self::ShowRecoveryKey
            | Self::ShowLocalAdministratorPassword => true,
            Self::ResetPasscode(Reset::Temporary(_) | Reset::Removed)
            | Self::RemoteLock(Lock::Screen)
            | Self::SyncDevice
            | Self::Rename(_)
            | Self::Retire
            | Self::Wipe
            | Self::RebootNow
            | Self::SetCategory(_) => false,
        }
    }

    /// What the secret is for that its service tells with its end; `None` where it tells none, or a passcode, which has a call of its
    /// own.
    #[must_use]
    pub const fn told_secret(&self) -> Option<SecretKind> {
        match self {
            Self::RemoteLock(Lock::WithPin) => Some(SecretKind::UnlockPin),
            Self::RemoteLock(Lock::Screen)
            | Self::ResetPasscode(_)
            | Self::SyncDevice
            | Self::Rename(_)
            | Self::Retire
            | Self::Wipe
            | Self::RebootNow
            | Self::SetCategory(_)
            | Self::ShowRecoveryKey
            | Self::ShowLocalAdministratorPassword => self.kind().shows(),
        }
    }

    /// What it is told, as the database keeps it beside the name of the action.
    #[must_use]
    pub fn payload(&self) -> &str {
        match self {
            Self::ResetPasscode(reset) => reset.as_str(),
            Self::RemoteLock(lock) => lock.as_str(),
            Self::SyncDevice
            | Self::Retire
            | Self::Wipe
            | Self::RebootNow
            | Self::ShowRecoveryKey
            | Self::ShowLocalAdministratorPassword => "",
            Self::Rename(name) => name.as_ref().map_or("", DeviceName::as_str),
            Self::SetCategory(category) => category.as_str(),
        }
    }

    /// Reads what [`Action::payload`] wrote; `None` when it is nothing this server writes.
    #[must_use]
    pub fn stored(name: &str, payload: &str) -> Option<Self> {
        Some(match ActionKind::named(ActionName::from_wire(name))? {
            ActionKind::ResetPasscode => Self::ResetPasscode(Reset::from_name(payload)),
            ActionKind::RemoteLock => Self::RemoteLock(Lock::from_name(payload)?),
            ActionKind::SyncDevice => Self::SyncDevice,
            ActionKind::Retire => Self::Retire,
            ActionKind::Wipe => Self::Wipe,
            ActionKind::RebootNow => Self::RebootNow,
            ActionKind::SetCategory => Self::SetCategory(CategoryId::parse(payload)?),
            ActionKind::ShowRecoveryKey => Self::ShowRecoveryKey,
            ActionKind::ShowLocalAdministratorPassword => Self::ShowLocalAdministratorPassword,
            ActionKind::Rename if payload.is_empty() => Self::Rename(None),
            ActionKind::Rename => Self::Rename(Some(DeviceName::parse(payload).ok()?)),
        })
    }
}

/// A set of actions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ActionSet(u16);

impl ActionSet {
    /// None.
    pub const NONE: Self = Self(0);
    /// All there are.
    pub const ALL: Self = Self(u16::MAX);

    const fn bit(kind: ActionKind) -> u16 {
        match kind {
            ActionKind::ResetPasscode => 1,
            ActionKind::RemoteLock => 2,
            ActionKind::SyncDevice => 4,
            ActionKind::Rename => 8,
            ActionKind::Retire => 16,
            ActionKind::Wipe => 32,
            ActionKind::RebootNow => 64,
            ActionKind::SetCategory => 128,
            ActionKind::ShowRecoveryKey => 256,
            ActionKind::ShowLocalAdministratorPassword => 512,
        }
    }

    /// The set with one more.
    #[must_use]
    pub const fn with(self, kind: ActionKind) -> Self {
        Self(self.0 | Self::bit(kind))
    }

    /// The set without one.
    #[must_use]
    pub const fn without(self, kind: ActionKind) -> Self {
        Self(self.0 & !Self::bit(kind))
    }

    /// Whether it is in.
    #[must_use]
    pub const fn has(self, kind: ActionKind) -> bool {
        self.0 & Self::bit(kind) != 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use portal_contract::{CharacterSet, FailureCode};

    #[test]
    fn actions_survive_the_database() {
        let name = DeviceName::parse("営業の電話").ok();
        for action in [
            Action::ResetPasscode(Reset::Removed),
            Action::ResetPasscode(Reset::Temporary(CharacterSet::Digits)),
            Action::ResetPasscode(Reset::Issued(CharacterSet::LettersAndDigits)),
            Action::ResetPasscode(Reset::IssuedForWorkProfile),
            Action::RemoteLock(Lock::Screen),
            Action::RemoteLock(Lock::WithPin),
            Action::SyncDevice,
            Action::Rename(name),
            Action::Rename(None),
            Action::Retire,
            Action::Wipe,
            Action::RebootNow,
            Action::SetCategory(CategoryId::parse("c-1").unwrap()),
            Action::ShowRecoveryKey,
            Action::ShowLocalAdministratorPassword,
        ] {
            let stored = Action::stored(action.kind().name().as_str(), action.payload());
            assert_eq!(stored, Some(action));
        }
        assert_eq!(Action::stored("danceNow", ""), None);
        assert_eq!(Action::stored("remoteLock", "twice"), None);
    }

    #[test]
    fn what_cannot_be_undone_needs_the_stronger_proof_and_goes_first() {
        for kind in ActionKind::ALL {
            let is_destructive = kind.danger() == Danger::Destructive;
            assert!(!is_destructive || kind.proof() == Proof::FreshSignIn, "{kind:?}");
            assert!(!kind.supersedes(kind), "{kind:?}");
            let over = ActionKind::ALL.into_iter().filter(|other| kind.supersedes(*other)).count();
            assert_eq!(over > 0, is_destructive, "{kind:?}");
        }
        assert!(
            ActionKind::Wipe.supersedes(ActionKind::Retire)
                && !ActionKind::Retire.supersedes(ActionKind::Wipe)
        );
    }

    #[test]
    fn a_set_holds_what_was_put_in() {
        let set = ActionSet::NONE.with(ActionKind::RemoteLock);
        assert!(set.has(ActionKind::RemoteLock) && !set.has(ActionKind::SyncDevice));
        let rest = ActionSet::ALL.without(ActionKind::RemoteLock);
        assert!(ActionKind::ALL.into_iter().all(|kind| rest.has(kind) != set.has(kind)));
    }

    #[test]
    fn nobody_is_told_that_something_harmless_went_well_but_that_it_failed() {
        let failed = Ending::Failed(FailureCode::CommandExpired);
        let told = |kind: ActionKind| (kind.notifies(Ending::Done), kind.notifies(failed));
        assert_eq!(told(ActionKind::RemoteLock), (true, true));
        assert_eq!(told(ActionKind::SyncDevice), (false, true));
        assert!(ActionKind::ALL.into_iter().all(|kind| !kind.notifies(Ending::CanceledByUser)));
    }
}
