//! The words of the catalogue of actions: what each does, why it is not possible, and how far it is.

use crate::core::ActionNews;
use crate::domain::{
    Action, ActionFlow, Availability, Device, ENDED_IS_RECENT, Ending, PendingPhase, StopReason, SubmitStep,
};
use crate::features::actions::words::{lock_not_offered, lock_refusal};
use crate::i18n::{Text, t};
use crate::words::{RefusalView, Tone, action_news, ago, device_name, failure_of_action, refusal};
use portal_contract::{FailureCode, RefusalReason, ResetOutcome, UtcTime};

/// What it does, in a line.
#[must_use]
pub const fn action_hint(action: Action) -> Text {
    match action {
        Action::ResetPasscode => t::reset_available_hint(),
        Action::RemoteLock => t::act_lock_hint(),
        Action::SyncDevice => t::act_check_hint(),
        Action::Rename => t::act_rename_hint(),
        Action::SetCategory => t::act_category_hint(),
        Action::RebootNow => t::act_restart_hint(),
        Action::Retire => t::loss_remove_hint(),
        Action::Wipe => t::loss_erase_hint(),
    }
}

/// Why an action is not possible and what helps; `None` when it is possible.
#[must_use]
pub fn action_refusal(device: &Device, action: Action) -> Option<RefusalView> {
    let of_reason = |reason| refusal_of_action(Some(action), reason);
    match device.availability(action) {
        Availability::Allowed => None,
        Availability::Refused(reason) => Some(of_reason(reason)),
        Availability::NotOffered if action == Action::RemoteLock => Some(lock_not_offered()),
        Availability::NotOffered => Some(of_reason(RefusalReason::NotOfferedByService)),
    }
}

/// The question before an action that disrupts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuestionView {
    pub heading: Text,
    /// Which device that is: its model and the end of its serial number.
    pub which: Option<Text>,
    /// What happens.
    pub text: Text,
    /// The button: what it does, to which device.
    pub button: Text,
}

/// The question before an action; `None` for one that acts at once or has a screen for itself.
#[must_use]
pub fn question(action: Action, device: &Device) -> Option<QuestionView> {
    let name = || device_name(&device.name);
    let (heading, text, button) = match action {
        Action::RemoteLock => (t::act_lock_heading(name()), t::act_lock_text(), t::act_lock_button(name())),
        Action::RebootNow => {
            (t::act_restart_heading(name()), t::act_restart_text(), t::act_restart_button(name()))
        }
        Action::ResetPasscode
        | Action::SyncDevice
        | Action::Rename
        | Action::SetCategory
        | Action::Retire
        | Action::Wipe => {
            return None;
        }
    };
    Some(QuestionView { heading, which: which_device(device), text, button })
}

/// The actions beside the reset that are not possible on a device, each reason once. What the back end does not have at all is
/// no refusal of this device.
#[must_use]
pub fn refusals(device: &Device) -> Vec<(Vec<Action>, RefusalView)> {
    let mut refusals: Vec<(Vec<Action>, RefusalView)> = Vec::new();
    for action in Action::ALL.into_iter().filter(|action| *action != Action::ResetPasscode) {
        let is_offered = device.availability(action) != Availability::NotOffered;
        // One that is under way is no refusal: how far it is stands on the page.
        let is_under_way = device.shown_run(action).is_some_and(|run| run.action_state.is_open());
        let Some(refusal) = action_refusal(device, action).filter(|_| is_offered && !is_under_way) else {
            continue;
        };
        match refusals.iter_mut().find(|(_, known)| *known == refusal) {
            Some((actions, _)) => actions.push(action),
            None => refusals.push((vec![action], refusal)),
        }
    }
    refusals
}

/// Why an action, which this page may not know, is refused.
pub(crate) fn refusal_of_action(action: Option<Action>, reason: RefusalReason) -> RefusalView {
    match action {
        Some(Action::ResetPasscode) => refusal(reason),
        Some(Action::RemoteLock) => lock_refusal(reason),
        Some(
            Action::SyncDevice
            | Action::Rename
            | Action::SetCategory
            | Action::RebootNow
            | Action::Retire
            | Action::Wipe,
        )
        | None => general_refusal(reason),
    }
}

/// Some reasons fit every action as they are worded; the others speak of the passcode.
fn general_refusal(reason: RefusalReason) -> RefusalView {
    let why = match reason {
        RefusalReason::DeviceEnrollmentManager
        | RefusalReason::EraseOrRetirePending
        | RefusalReason::OrganizationPolicy
        | RefusalReason::UnlockTokenMissing
        | RefusalReason::Other => return refusal(reason),
        RefusalReason::NotPrimaryUser => t::act_not_primary_user_why(),
        RefusalReason::DedicatedDevice | RefusalReason::SharedIpad => t::act_shared_why(),
        RefusalReason::AppleUserEnrollment | RefusalReason::PersonallyOwnedWorkProfile => {
            t::act_personal_why()
        }
        RefusalReason::PlatformNotSupported => t::act_platform_why(),
        RefusalReason::WindowsPc
        | RefusalReason::MacRecoveryKey
        | RefusalReason::OsVersionTooOld
        | RefusalReason::AndroidForbidsSince7
        | RefusalReason::ResetTokenInactive
        | RefusalReason::WorkProfilePasscodeOnly
        | RefusalReason::NoPasscodeOnDevice
        | RefusalReason::NotOfferedByService => t::act_not_offered_why(),
    };
    RefusalView { why, instead: t::reset_not_offered_instead() }
}

/// Which device a question is about: the model and the last four characters of the serial number, as far as they are known.
#[must_use]
pub fn which_device(device: &Device) -> Option<Text> {
    match (device.model.trim(), device.serial_end().as_str()) {
        ("", _) => None,
        (model, "") => Some(Text::verbatim(model)),
        (model, last) => Some(t::act_lock_which(model, last)),
    }
}

/// How far an action is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActionStatus {
    /// How good that is.
    pub tone: Tone,
    /// What is the case, why, and what to do; at least one line.
    pub lines: Vec<Text>,
    pub when: Option<Text>,
    /// What IT finds it by.
    pub reference: Option<String>,
    /// Whether it can be sent once more, with the same key.
    pub is_repeatable: bool,
}

/// How far an action is: what this page started, else what the device tells of a run that is open or ended within a day.
/// `None` where there is nothing to tell.
#[must_use]
pub fn action_status(
    flow: &ActionFlow,
    action: Action,
    device: &Device,
    now: Option<UtcTime>,
) -> Option<ActionStatus> {
    let told = device.shown_run(action).filter(|run| {
        let age = |now: UtcTime| now.unix_millis().saturating_sub(run.last_updated_date_time.unix_millis());
        run.action_state.is_open() || now.is_none_or(|now| age(now) < ENDED_IS_RECENT.0 * 1000)
    });
    let told = told.map(|run| ActionFlow::of_run(device.id.clone(), run, ResetOutcome::Other));
    let flow = if *flow == ActionFlow::Idle { told.as_ref()? } else { flow };
    let news = |news| action_news(action, news, &device.name);
    let (tone, lines) = match flow {
        ActionFlow::Idle
        | ActionFlow::Explain { .. }
        | ActionFlow::SignIn { .. }
        | ActionFlow::Reading { .. }
        | ActionFlow::Confirm { .. } => return None,
        ActionFlow::Submit { step, .. } => match step {
            SubmitStep::Sending | SubmitStep::Rereading => (Tone::Info, vec![t::act_sending()]),
            SubmitStep::Unknown => (Tone::Warn, vec![t::act_lost()]),
            SubmitStep::Busy { .. } => (Tone::Warn, vec![t::act_busy()]),
        },
        ActionFlow::Pending { phase: PendingPhase::Waiting, .. } => {
            (Tone::Info, vec![news(ActionNews::Waiting)])
        }
        ActionFlow::Pending { phase: PendingPhase::Delivered | PendingPhase::NotNow, .. } => {
            (Tone::Info, vec![news(ActionNews::Delivered)])
        }
        ActionFlow::Ended { end, .. } => match end {
            Ending::Done(_) => (Tone::Good, vec![news(ActionNews::Done)]),
            Ending::Failed(FailureCode::OutcomeUnknown) => (Tone::Warn, vec![news(ActionNews::Uncertain)]),
            Ending::Failed(code) => {
                let (why, next) = failure_of_action(Some(action), *code);
                (Tone::Bad, vec![news(ActionNews::Failed), why, next])
            }
            Ending::Superseded => (Tone::Warn, vec![news(ActionNews::Superseded)]),
            Ending::Canceled => (Tone::Neutral, vec![news(ActionNews::Canceled)]),
        },
        ActionFlow::Stopped { why, .. } => match why {
            StopReason::NotAllowed(reason) => {
                let refusal = refusal_of_action(Some(action), *reason);
                (Tone::Warn, vec![refusal.why, refusal.instead])
            }
            StopReason::Gone => (Tone::Warn, vec![t::device_gone_text()]),
            StopReason::Rejected(_) => (Tone::Bad, vec![t::problem_defect()]),
        },
    };
    let reference = if let ActionFlow::Stopped { why: StopReason::Rejected(reference), .. } = flow {
        Some(reference.clone())
    } else {
        flow.run().filter(|_| tone == Tone::Bad).map(|run| run.id.clone())
    };
    Some(ActionStatus {
        tone,
        lines,
        when: flow.run().filter(|_| flow.has_ended()).map(|run| ago(run.updated, now)),
        reference: reference.filter(|reference| !reference.is_empty()),
        is_repeatable: matches!(
            flow,
            ActionFlow::Submit { step: SubmitStep::Unknown | SubmitStep::Busy { .. }, .. }
        ),
    })
}
