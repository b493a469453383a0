//! The actions the page offers, one row each. What a row says in words and pictures stands in `view::action_words` and at
//! `components::Icon`; a new action is a new variant, and the compiler lists what has to be decided about it.

use crate::domain::DeviceName;
use portal_contract::ActionName;

/// An action that a person may do with a device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Action {
    ResetPasscode,
    /// Lock the screen from afar.
    RemoteLock,
    /// Ask the device to check in ("Check status").
    SyncDevice,
    /// Change the name shown in the portal.
    Rename,
    /// Put the device into one of the organisation's categories.
    SetCategory,
    /// Restart the device.
    RebootNow,
    /// Take the device out of management ("Remove").
    Retire,
    /// Set the device back to its factory settings ("Erase").
    Wipe,
}

/// What an action is told besides its device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ActionDetail {
    /// The new name.
    Name(DeviceName),
    /// The category's identifier, as the server listed it.
    Category(String),
}

/// How sure a person has to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Danger {
    /// Acts at once; can be undone or repeated.
    Harmless,
    /// Asks once.
    Disruptive,
    /// Something is lost for good: a page of its own, and a confirmation that names what is lost.
    Destructive,
}

/// Which proof of identity an action needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RequiredProof {
    /// Being signed in.
    SignedIn,
    /// A sign-in of the last five minutes.
    FreshSignIn,
}

/// What an action helps with: how the page of a device groups them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Need {
    /// The passcode is forgotten.
    Forgotten,
    /// The device is lost.
    Lost,
    /// Nothing is wrong.
    Manage,
    /// The device shall be given up. Last, and apart.
    GiveUp,
}

/// One row of the catalogue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ActionRow {
    /// The name on the wire.
    pub name: ActionName,
    /// Decides the confirmation.
    pub danger: Danger,
    /// Decides whether the sign-in is a step of its own.
    pub proof: RequiredProof,
}

impl Action {
    /// Every action, in the order in which a device offers them.
    pub const ALL: [Self; 8] = [
        Self::ResetPasscode,
        Self::RemoteLock,
        Self::SyncDevice,
        Self::RebootNow,
        Self::Rename,
        Self::SetCategory,
        Self::Retire,
        Self::Wipe,
    ];
    /// Those that being signed in is enough for; they stand on the page of the device.
    pub const ON_DEVICE_PAGE: [Self; 5] =
        [Self::RemoteLock, Self::SyncDevice, Self::RebootNow, Self::Rename, Self::SetCategory];
    /// Those that take something away for good; each has a page of its own, and they stand last and apart.
    pub const DESTRUCTIVE: [Self; 2] = [Self::Retire, Self::Wipe];

    /// The action with this name on the wire; `None` for one that this page does not offer.
    #[must_use]
    pub fn named(name: ActionName) -> Option<Self> {
        Self::ALL.into_iter().find(|action| action.row().name == name)
    }

    /// What it helps with.
    #[must_use]
    pub const fn need(self) -> Need {
        match self {
            Self::ResetPasscode => Need::Forgotten,
            Self::RemoteLock => Need::Lost,
            Self::SyncDevice | Self::RebootNow | Self::Rename | Self::SetCategory => Need::Manage,
            Self::Retire | Self::Wipe => Need::GiveUp,
        }
    }

    /// The row of the catalogue.
    #[must_use]
    pub const fn row(self) -> ActionRow {
        let (name, danger, proof) = match self {
            Self::ResetPasscode => {
                (ActionName::ResetPasscode, Danger::Disruptive, RequiredProof::FreshSignIn)
            }
            Self::RemoteLock => (ActionName::RemoteLock, Danger::Disruptive, RequiredProof::SignedIn),
            Self::SyncDevice => (ActionName::SyncDevice, Danger::Harmless, RequiredProof::SignedIn),
            Self::Rename => (ActionName::Rename, Danger::Harmless, RequiredProof::SignedIn),
            Self::SetCategory => (ActionName::SetCategory, Danger::Harmless, RequiredProof::SignedIn),
            Self::RebootNow => (ActionName::RebootNow, Danger::Disruptive, RequiredProof::SignedIn),
            Self::Retire => (ActionName::Retire, Danger::Destructive, RequiredProof::FreshSignIn),
            Self::Wipe => (ActionName::Wipe, Danger::Destructive, RequiredProof::FreshSignIn),
        };
        ActionRow { name, danger, proof }
    }
}
