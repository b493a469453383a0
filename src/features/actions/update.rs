//! What happens around actions, and the rules that are neither the reset's flow nor another action's: what is answered
//! before, ticked after, and told by the system's notifications.
//!
//! The answers before the five minutes only change what is said; they open and close nothing, so a wrong one cannot keep
//! anybody from a reset. The system's notifications are asked for at every reset anew: a borrowed computer must not go on
//! talking about somebody's device.

use super::{
    AlertPermission, Answer, CancelState, CountdownDisplay, Event, LossKnown, Model, SystemNotifications,
    Verdict,
};
use crate::core::{Announcement, Context, Effect};
use crate::domain::{ActionEvent, ActionFlow, Ending, PendingPhase};
use crate::features::Features;
use portal_contract::FailureCode;

impl Features {
    /// What of this feature happened. A reset leads through the provider and back, so its rules touch the session, the
    /// passcode, the devices and the address.
    pub(crate) fn update_actions(&mut self, event: Event, context: &mut Context) {
        match event {
            Event::ResetChosen(device) => self.on_reset_chosen(device, context),
            Event::SignOutForResetChosen => self.advance_reset(ActionEvent::SignOutChosen, context),
            Event::FirstSignInUsed => self.on_first_sign_in_used(context),
            Event::ResetCancelled => self.on_reset_cancelled(context),
            Event::ResetConfirmed => self.advance_reset(ActionEvent::Confirmed, context),
            Event::ResetRestarted => {
                // The screen that may show it is left, at the same address.
                self.passcode.hide(context);
                self.advance_reset(ActionEvent::StartedAgain, context);
            }
            Event::LastResultChosen(device) => self.on_last_result_chosen(&device, context),
            Event::Chosen(device, action) => self.on_action_chosen(&device, action, context),
            Event::Confirmed(device, action) => self.on_action_confirmed(&device, action, context),
            Event::Cancelled(device, action) => self.on_action_cancelled(&device, action, context),
            Event::SignInChosen(device, action) => {
                self.act(&device, action, ActionEvent::SignOutChosen, context);
            }
            Event::Restarted(device, action) => {
                self.act(&device, action, ActionEvent::StartedAgain, context);
            }
            Event::LossToggled => {
                self.actions.loss = match self.actions.loss {
                    LossKnown::Said => LossKnown::Unsaid,
                    LossKnown::Unsaid | LossKnown::Missed(_) => LossKnown::Said,
                };
            }
            Event::NameSubmitted(device, text) => self.on_name_submitted(&device, &text, context),
            Event::CategorySubmitted(device, chosen) => self.on_category_submitted(&device, chosen, context),
            Event::RunCancelChosen => self.advance_reset(ActionEvent::RunCancelChosen, context),
            Event::RunCancelAsked => self.actions.on_run_cancel_asked(),
            Event::RunCancelDropped => self.actions.on_run_cancel_dropped(),
            Event::AtHandAnswered(answer) => self.actions.on_at_hand_answered(answer),
            Event::AlertChosen => self.actions.on_alert_chosen(context),
            Event::SystemNotificationsAnswered(answer) => {
                self.actions.on_system_notifications_answered(answer);
            }
            Event::CountdownToggled => {
                self.actions.countdown = match self.actions.countdown {
                    CountdownDisplay::Shown => CountdownDisplay::Hidden,
                    CountdownDisplay::Hidden => CountdownDisplay::Shown,
                };
            }
            Event::VerdictGiven { result, verdict } => {
                if verdict == Verdict::Worked {
                    // It has done its work; nobody else has to read it.
                    self.passcode.hide(context);
                }
                self.actions.on_verdict_given(result, verdict);
            }
        }
    }
}

impl Model {
    pub(crate) fn on_at_hand_answered(&mut self, answer: Answer) {
        if self.is_explaining() {
            self.preparation.is_at_hand = Some(answer);
        }
    }

    const fn is_explaining(&self) -> bool {
        matches!(self.reset, ActionFlow::Explain { .. })
    }

    /// Said once more it is taken back: a wrong click costs nothing.
    pub(crate) fn on_verdict_given(&mut self, result: String, verdict: Verdict) {
        let is_known = self.aftermath.verdict(&result) == Some(verdict);
        self.aftermath.verdict = (!is_known).then_some((result, verdict));
    }

    /// Only a press leads here: browsers ask nobody anything without one.
    pub(crate) fn on_alert_chosen(&mut self, context: &mut Context) {
        let alert = &mut self.alert;
        if alert.permission != AlertPermission::Asked && matches!(self.reset, ActionFlow::Pending { .. }) {
            alert.permission = AlertPermission::Asked;
            context.effect(Effect::AskForSystemNotifications);
        }
    }

    pub(crate) fn on_system_notifications_answered(&mut self, answer: SystemNotifications) {
        let alert = &mut self.alert;
        if alert.permission == AlertPermission::Asked {
            alert.permission = match answer {
                SystemNotifications::Allowed => AlertPermission::Granted,
                SystemNotifications::Refused => AlertPermission::Refused,
            };
        }
    }

    /// The reset is not pending any more. What the person did themselves they know.
    #[allow(clippy::wildcard_enum_match_arm, reason = "only an end of its own is told")]
    pub(crate) fn alert_completion(&mut self) {
        let end = match &self.reset {
            ActionFlow::Ended { end: Ending::Done(_), .. } => Some(Announcement::ResetDone),
            ActionFlow::Ended { end: Ending::Failed(FailureCode::OutcomeUnknown), .. } => {
                Some(Announcement::ResetUncertain)
            }
            ActionFlow::Ended { end: Ending::Failed(_), .. } => Some(Announcement::ResetFailed),
            ActionFlow::Ended { end: Ending::Superseded, .. } => Some(Announcement::ResetSuperseded),
            _ => None,
        };
        let alert = &mut self.alert;
        if let (AlertPermission::Granted, Some(end)) = (alert.permission, end) {
            alert.sequence = alert.sequence.wrapping_add(1);
            alert.latest = Some(end);
        }
        alert.permission = AlertPermission::None;
    }

    /// Once more: are you sure? Only while it can still be cancelled.
    pub(crate) fn on_run_cancel_asked(&mut self) {
        let can_be = matches!(self.reset, ActionFlow::Pending { phase: PendingPhase::Waiting, .. });
        if can_be && self.cancelling != CancelState::Sent {
            self.cancelling = CancelState::Asked;
        }
    }

    pub(crate) fn on_run_cancel_dropped(&mut self) {
        if self.cancelling == CancelState::Asked {
            self.cancelling = CancelState::NotAsked;
        }
    }
}
