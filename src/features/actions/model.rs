//! What is known of actions: the reset with its fresh sign-in, the others, and what the person said around them.

use crate::core::{Announcement, Page, Session};
use crate::domain::{
    Action, ActionFlow, DeviceId, DeviceName, Milliseconds, NameProblem, Now, Seconds, SubmitStep,
};
use crate::route::Route;
use std::sync::Arc;

/// What happens around actions on a device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// The person pressed "Reset passcode" at a device.
    ResetChosen(DeviceId),
    /// The person agreed to sign out and in again for it.
    SignOutForResetChosen,
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
    /// The person typed a new name for a device.
    NameSubmitted(DeviceId, String),
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
    /// The field for a new name, while it is open.
    pub rename: Option<RenameForm>,
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
        let is_explanation = self.reset.is_failed_sign_in();
        let is_here = matches!(&page.route, Route::ResetPasscode(id) if self.reset.device() == Some(id));
        is_explanation && is_here && !matches!(page.session, Session::Redirecting(_))
    }

    /// What is left of the five minutes; `None` when no clock is running.
    #[must_use]
    pub fn time_left(&self, now: Now) -> Option<Milliseconds> {
        self.reset.grant().and_then(|grant| grant.proof.remaining(now))
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
            entries.push(Entry { device: device.clone(), action, flow: ActionFlow::Idle, name: None });
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
    pub(super) action: Action,
    pub(super) flow: ActionFlow,
    /// The new name, for a change of it.
    pub(super) name: Option<DeviceName>,
}

/// The field for a new name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RenameForm {
    /// The device that gets it.
    pub device: DeviceId,
    /// Why what was typed is no name.
    pub problem: Option<NameProblem>,
}

/// An action that waits for its key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Wanted {
    pub(super) device: DeviceId,
    pub(super) action: Action,
    pub(super) name: Option<DeviceName>,
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
