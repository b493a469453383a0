//! What is known of actions: the reset with its fresh sign-in, the others, and what the person said around them.

use crate::core::{Announcement, LoadState, Page, Session};
use crate::domain::{
    Action, ActionDetail, ActionEvent, ActionFlow, DeviceId, Milliseconds, NameProblem, Now, Proof,
    RequiredProof, Seconds, SignInStep, SubmitStep,
};
use crate::route::Route;
use portal_contract::DeviceCategory;
use std::sync::Arc;

/// What happens around actions on a device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// The person pressed "Reset passcode" at a device.
    ResetChosen(DeviceId),
    /// The person agreed to sign out and in again for it.
    SignOutForResetChosen,
    /// The person presses "Continue" in the explanation: the first sign-in is enough.
    FirstSignInUsed,
    /// The person cancelled the explanation or the confirmation.
    ResetCancelled,
    /// The person pressed the last button.
    ResetConfirmed,
    /// The person wants to begin again.
    ResetRestarted,
    /// The person wants to see what became of the last reset of a device.
    LastResultChosen(DeviceId),
    /// The person chose an action at a device.
    Chosen(DeviceId, Action),
    /// The person confirmed it, or sends it again.
    Confirmed(DeviceId, Action),
    /// The person does not want it after all.
    Cancelled(DeviceId, Action),
    /// The person agreed to sign in again for an action.
    SignInChosen(DeviceId, Action),
    /// The person wants to begin again.
    Restarted(DeviceId, Action),
    /// The person ticked that they know what is lost, or took that back.
    LossToggled,
    /// The person typed a new name for a device.
    NameSubmitted(DeviceId, String),
    /// The person chose a category for a device, by the identifier of the server.
    CategorySubmitted(DeviceId, String),
    /// The person says whether they have the device with them.
    AtHandAnswered(Answer),
    /// The person wants to cancel a pending reset; they are asked once more.
    RunCancelAsked,
    /// The person keeps waiting after all.
    RunCancelDropped,
    /// The person cancelled a pending reset.
    RunCancelChosen,
    /// The person wants to be told by the system when the reset has ended.
    AlertChosen,
    /// The browser said whether it may.
    SystemNotificationsAnswered(SystemNotifications),
    /// The person hid or showed the countdown.
    CountdownToggled,
    /// The person said whether the device is open now.
    VerdictGiven {
        /// The result it is about.
        result: String,
        /// What they said.
        verdict: Verdict,
    },
}

/// What is known of actions.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Model {
    pub reset: ActionFlow,
    /// The other actions under way or ended since the page was opened.
    pub(super) entries: Arc<Vec<Entry>>,
    pub(super) wanted: Option<Wanted>,
    /// What happened before the rules were there.
    pub(super) waiting: Vec<(Action, ActionEvent)>,
    /// The field for a new name, while it is open.
    pub rename: Option<RenameForm>,
    /// The choice of a category, while it is open.
    pub category: Option<CategoryForm>,
    /// Whether the person said that they know what a destructive action takes away.
    pub loss: LossKnown,
    /// How far the person has come in cancelling a pending reset.
    pub cancelling: CancelState,
    /// What was answered before the five minutes.
    pub preparation: Preparation,
    /// What the person said and ticked on the result.
    pub aftermath: Aftermath,
    /// Whether the countdown is on the screen.
    pub countdown: CountdownDisplay,
    /// What is told by the system's notifications.
    pub alert: CompletionAlert,
    /// How often a pending action was asked for since it is pending.
    pub(crate) polls: u8,
    /// The time left that was said last.
    pub(super) milestone: Option<Seconds>,
}

impl Model {
    /// Whether the screen is one of the reset's own explanations, which are shown although nobody is signed in.
    #[must_use]
    pub fn shows_explanation(&self, page: &Page) -> bool {
        let is_explanation = self.shown(&page.route).is_some_and(ActionFlow::is_failed_sign_in)
            || self.explanation_waits(&page.route);
        is_explanation && !matches!(page.session, Session::Redirecting(_))
    }

    /// The action that has this screen for itself, as far as it is under way.
    #[must_use]
    pub fn shown(&self, route: &Route) -> Option<&ActionFlow> {
        let (action, device) = route.action().zip(route.device())?;
        let is_ours = |flow: &&ActionFlow| flow.device() == Some(device);
        match action {
            Action::ResetPasscode => Some(&self.reset),
            Action::RemoteLock
            | Action::SyncDevice
            | Action::Rename
            | Action::SetCategory
            | Action::RebootNow
            | Action::Retire
            | Action::Wipe => Some(self.flow(device, action)),
        }
        .filter(is_ours)
    }

    /// Every action under way or ended since the page was opened.
    pub(super) fn flows(&self) -> impl Iterator<Item = &ActionFlow> {
        std::iter::once(&self.reset).chain(self.entries.iter().map(|entry| &entry.flow))
    }

    /// The device and the action that wait for the last button, with a fresh sign-in in hand.
    pub(crate) fn confirming(&self) -> Option<(DeviceId, Action)> {
        self.flows().find_map(|flow| {
            let (ActionFlow::Confirm { device, grant }
            | ActionFlow::Submit { device, grant, step: SubmitStep::Busy { .. } }) = flow
            else {
                return None;
            };
            (grant.proof != Proof::SignedIn).then(|| (device.id().clone(), device.action()))
        })
    }

    /// What of these has a fresh sign-in in hand.
    pub(super) fn timed(&self) -> Vec<(DeviceId, Action)> {
        let timed = self
            .entries
            .iter()
            .filter(|entry| entry.flow.grant().is_some_and(|grant| grant.proof != Proof::SignedIn));
        timed.map(|entry| (entry.device.clone(), entry.action)).collect()
    }

    /// What a device was called when an action on it was last heard of; it may be gone since.
    #[must_use]
    pub fn name_kept_of(&self, device: &DeviceId) -> Option<&str> {
        let of_device = |entry: &&Entry| entry.device == *device && !entry.device_name.is_empty();
        self.entries.iter().find(of_device).map(|entry| entry.device_name.as_str())
    }

    /// What is left of the five minutes; `None` when no clock is running.
    #[must_use]
    pub fn time_left(&self, now: Now) -> Option<Milliseconds> {
        self.flows().find_map(|flow| flow.grant()?.proof.remaining(now))
    }

    /// An action that waits for nothing is not carried to another screen: when its own is opened again, the device says where
    /// it stands.
    pub(crate) fn leave_screens(&mut self, route: &Route) {
        self.loss = LossKnown::Unsaid;
        self.leave_waiting(route);
        let is_left = |entry: &Entry| {
            let is_here = route.action() == Some(entry.action) && route.device() == Some(&entry.device);
            let is_ended_here = is_here && !matches!(entry.flow, ActionFlow::Explain { .. });
            let is_alive = entry.flow.grant().is_some()
                || matches!(
                    entry.flow,
                    ActionFlow::Pending { .. } | ActionFlow::SignIn { step: SignInStep::Leaving, .. }
                );
            entry.action.row().proof == RequiredProof::FreshSignIn && !is_alive && !is_ended_here
        };
        if self.entries.iter().any(is_left) {
            Arc::make_mut(&mut self.entries).retain(|entry| !is_left(entry));
        }
    }

    /// Nothing stays of what was about the person. Whether they hid the countdown is about the screen.
    pub(crate) fn forget(&mut self) {
        *self = Self {
            countdown: self.countdown,
            milestone: self.milestone,
            polls: self.polls,
            alert: CompletionAlert { sequence: self.alert.sequence, ..CompletionAlert::default() },
            ..Self::default()
        };
    }

    /// Where an action on a device stands, as far as this page started it.
    #[must_use]
    pub fn flow(&self, device: &DeviceId, action: Action) -> &ActionFlow {
        const IDLE: &ActionFlow = &ActionFlow::Idle;
        let is_it = |entry: &&Entry| entry.device == *device && entry.action == action;
        self.entries.iter().find(is_it).map_or(IDLE, |entry| &entry.flow)
    }

    /// Whether something of this device is waited for.
    #[must_use]
    pub fn is_awaited(&self, device: &DeviceId) -> bool {
        let is_waiting = |flow: &ActionFlow| {
            matches!(
                flow,
                ActionFlow::Pending { .. } | ActionFlow::Submit { step: SubmitStep::Rereading, .. }
            )
        };
        self.entries.iter().any(|entry| entry.device == *device && is_waiting(&entry.flow))
    }

    pub(super) fn entry(&mut self, device: &DeviceId, action: Action) -> Option<&mut Entry> {
        let entries = Arc::make_mut(&mut self.entries);
        let place = entries.iter().position(|entry| entry.device == *device && entry.action == action);
        let place = place.unwrap_or_else(|| {
            let (device, device_name) = (device.clone(), String::new());
            entries.push(Entry { device, device_name, action, flow: ActionFlow::Idle, detail: None });
            entries.len().saturating_sub(1)
        });
        entries.get_mut(place)
    }

    pub(super) fn of_device(&self, device: &DeviceId) -> Vec<Action> {
        let of_device = self.entries.iter().filter(|entry| entry.device == *device);
        of_device.map(|entry| entry.action).collect()
    }
}

/// Whether the ticking digits are on the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum CountdownDisplay {
    /// They are.
    #[default]
    Shown,
    /// The person hid them.
    Hidden,
}

/// Whether the person ticked that they know what is lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum LossKnown {
    /// Not yet.
    #[default]
    Unsaid,
    /// They pressed the last button without it, so many times: each time it is said.
    Missed(u8),
    /// They did.
    Said,
}

/// Cancelling a pending reset.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum CancelState {
    /// Nobody wants to.
    #[default]
    NotAsked,
    /// The person is asked once more.
    Asked,
    /// The request is on its way.
    Sent,
    /// It was too late: the device has the reset already.
    TooLate,
    /// It could not be sent; it can be tried again.
    Failed,
}

/// One action on one device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) device: DeviceId,
    /// What it is called; empty when that was never known.
    pub(super) device_name: String,
    pub(super) action: Action,
    pub(super) flow: ActionFlow,
    /// What it is told besides.
    pub(super) detail: Option<ActionDetail>,
}

/// The field for a new name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RenameForm {
    /// The device that gets it.
    pub device: DeviceId,
    /// Why what was typed is no name.
    pub problem: Option<NameProblem>,
}

/// The choice of another category.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CategoryForm {
    /// The device that gets it.
    pub device: DeviceId,
    /// How far the categories are read.
    pub state: LoadState,
    /// Those there are to choose from, in the order of the server.
    pub offered: Vec<DeviceCategory>,
}

/// An action that waits for its key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Wanted {
    pub(super) device: DeviceId,
    pub(super) action: Action,
    pub(super) detail: Option<ActionDetail>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    Yes,
    No,
}

/// The answers, as far as there are any.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Preparation {
    /// Whether the person has the device with them.
    pub is_at_hand: Option<Answer>,
}

/// What the person says about a reset.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// The device is open.
    Worked,
    /// It is not.
    StillLocked,
}

/// What is known about the time after the reset.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Aftermath {
    pub(super) verdict: Option<(String, Verdict)>,
}

impl Aftermath {
    /// What the person said about this result; `None` before they said anything.
    #[must_use]
    pub fn verdict(&self, result: &str) -> Option<Verdict> {
        self.verdict.as_ref().filter(|(of, _)| of == result).map(|(_, verdict)| *verdict)
    }
}

/// What the browser answers when it is asked whether it may show notifications.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SystemNotifications {
    /// It may.
    Allowed,
    /// It may not, or cannot.
    Refused,
}

/// Whether the person wants to be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum AlertPermission {
    /// They have not asked for it.
    #[default]
    None,
    /// They have; the browser is being asked.
    Asked,
    /// They have, and the browser lets us.
    Granted,
    /// They have, and the browser does not let us.
    Refused,
}

/// The wish, and what was told: new whenever the number has grown.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CompletionAlert {
    /// What the person wants.
    pub permission: AlertPermission,
    /// Grows with everything that is told.
    pub sequence: u32,
    /// What to tell; `None` before the first. Never more than the name of the device and how it ended.
    pub latest: Option<Announcement>,
}
