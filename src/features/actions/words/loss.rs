//! Actions that take something away for good: what is lost, by name, before the last button; how it stands, and how it ended.

use crate::auth::SignInError;
use crate::core::ActionNews;
use crate::domain::{
    Action, ActionFlow, Device, Ending, Now, PendingPhase, SignInStep, StopReason, SubmitStep,
};
use crate::features::actions::words::{refusal_of_action, which_device};
use crate::i18n::{Text, t};
use crate::words::{
    Notice, Tone, action_name, action_news, failure_of_action, own_device_name, sign_in_problem, span,
};
use portal_contract::FailureCode;

/// What an action takes away, and how it is asked about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LossView {
    /// The question, with the device's name.
    pub heading: Text,
    /// Which device that is: its model and the end of its serial number.
    pub which: Option<Text>,
    /// What is lost, a line each.
    pub lost: Vec<Text>,
    /// What stays.
    pub stays: Option<Text>,
    /// What is said when the server asked for a newer sign-in.
    pub challenged: Vec<Text>,
    /// The box to tick before the last button.
    pub tick: Text,
    /// The last button: what it does, to which device.
    pub button: Text,
}

fn challenged(name: Text) -> Vec<Text> {
    vec![t::loss_challenged(), t::loss_nothing_done(name)]
}

/// The words for an action on a device; `None` for one that takes nothing away.
#[must_use]
pub fn loss(action: Action, device: &Device) -> Option<LossView> {
    let name = || own_device_name(&device.name);
    let which = which_device(device);
    match action {
        Action::Retire => Some(LossView {
            heading: t::loss_remove_heading(name()),
            which,
            lost: vec![t::loss_remove_work(), t::loss_remove_access(), t::loss_help()],
            stays: Some(t::loss_remove_stays()),
            challenged: challenged(name()),
            tick: t::loss_remove_tick(name()),
            button: t::loss_remove_button(name()),
        }),
        Action::Wipe => Some(LossView {
            heading: t::loss_erase_heading(name()),
            which,
            lost: vec![t::loss_erase_data(), t::loss_erase_settings(), t::loss_help()],
            stays: None,
            challenged: challenged(name()),
            tick: t::loss_erase_tick(name()),
            button: t::loss_erase_button(name()),
        }),
        Action::ResetPasscode
        | Action::RemoteLock
        | Action::SyncDevice
        | Action::Rename
        | Action::SetCategory
        | Action::RebootNow => None,
    }
}

/// The words for a state that is neither being read nor asked about; `None` for those. `name` is the device's, which may be
/// gone; `error` says how a sign-in failed, where the state is that it did.
#[must_use]
pub fn loss_notice(
    action: Action,
    flow: &ActionFlow,
    name: &str,
    error: Option<SignInError>,
    now: Now,
) -> Option<Notice> {
    let news = |news| action_news(action, news, name);
    let again = || t::expired_button();
    Some(match flow {
        ActionFlow::Idle
        | ActionFlow::Explain { .. }
        | ActionFlow::SignIn { step: SignInStep::Leaving, .. }
        | ActionFlow::Reading { .. }
        | ActionFlow::Confirm { .. }
        | ActionFlow::Submit { step: SubmitStep::Sending | SubmitStep::Rereading, .. } => return None,
        ActionFlow::SignIn { step, .. } => sign_in_notice(action, *step, own_device_name(name), error),
        ActionFlow::Submit { step: SubmitStep::Unknown, .. } => {
            Notice::new(Tone::Warn, t::loss_unknown_heading(), vec![t::act_lost()])
                .with_button(t::act_again())
        }
        ActionFlow::Submit { step: SubmitStep::Busy { .. }, .. } => {
            let text = match flow.busy_for(now).map(|left| left.seconds_rounded_up()) {
                Some(left) if left.0 > 0 => t::problem_busy_wait(span(left)),
                Some(_) | None => t::act_busy(),
            };
            Notice::new(Tone::Warn, t::busy_heading(), vec![text]).with_button(t::act_again())
        }
        ActionFlow::Pending { run, phase, .. } => {
            let heading = match phase {
                PendingPhase::Waiting => news(ActionNews::Waiting),
                PendingPhase::Delivered | PendingPhase::NotNow => news(ActionNews::Delivered),
            };
            Notice::new(Tone::Info, heading, vec![t::pending_leave()]).with_reference(&run.id)
        }
        ActionFlow::Ended { run, end, .. } => {
            ended(action, *end, own_device_name(name), &news).with_reference(&run.id)
        }
        ActionFlow::Stopped { why: StopReason::NotAllowed(reason), .. } => {
            let refusal = refusal_of_action(Some(action), *reason);
            let heading = t::loss_refused_heading(action_name(action), own_device_name(name));
            Notice::new(Tone::Warn, heading, vec![refusal.why, refusal.instead])
        }
        ActionFlow::Stopped { why: StopReason::Gone, .. } => {
            Notice::new(Tone::Warn, t::device_gone_heading(), vec![t::loss_gone_text()])
        }
        ActionFlow::Stopped { why: StopReason::Rejected(reference), .. } => {
            Notice::new(Tone::Bad, t::rejected_heading(), vec![t::problem_defect()])
                .with_reference(reference)
                .with_button(again())
        }
    })
}

/// How it ended: well, with what comes next; or not, with the reason.
fn ended(action: Action, end: Ending, name: Text, news: &dyn Fn(ActionNews) -> Text) -> Notice {
    match end {
        Ending::Done(_) if action == Action::Wipe => {
            Notice::new(Tone::Good, t::loss_erase_done(name), vec![t::loss_erase_done_text()])
        }
        Ending::Done(_) => {
            Notice::new(Tone::Good, t::loss_remove_done(name), vec![t::loss_remove_done_text()])
        }
        Ending::Failed(FailureCode::OutcomeUnknown) => {
            Notice::new(Tone::Warn, news(ActionNews::Uncertain), vec![t::failure_other_next()])
                .with_button(t::failure_button())
        }
        Ending::Failed(code) => {
            let (why, next) = failure_of_action(Some(action), code);
            Notice::new(Tone::Bad, news(ActionNews::Failed), vec![why, next]).with_button(t::failure_button())
        }
        Ending::Superseded => {
            Notice::new(Tone::Warn, news(ActionNews::Superseded), vec![t::superseded_next()])
        }
        Ending::Canceled => Notice::new(Tone::Neutral, news(ActionNews::Canceled), Vec::new())
            .with_button(t::canceled_button()),
    }
}

/// The way through the provider did not lead back with a fresh sign-in: nothing was done.
fn sign_in_notice(action: Action, step: SignInStep, name: Text, error: Option<SignInError>) -> Notice {
    let nothing_done = t::loss_nothing_done(name.clone());
    let (tone, heading, lines, button) = match step {
        SignInStep::Leaving | SignInStep::Expired => {
            (Tone::Warn, t::expired_heading(), vec![t::expired_text()], t::expired_button())
        }
        SignInStep::WrongPerson => {
            let lines = vec![t::sign_in_problem_other_person_text(), nothing_done];
            (Tone::Warn, t::wrong_person_heading(), lines, t::wrong_person_button())
        }
        SignInStep::Cancelled => {
            (Tone::Neutral, t::cancelled_heading(), vec![nothing_done], t::cancelled_button())
        }
        SignInStep::Interrupted => {
            let heading = t::run_title(action_name(action), name);
            (Tone::Neutral, heading, vec![t::loss_interrupted(), nothing_done], t::go_on_button())
        }
        SignInStep::Failed => {
            let mut lines = vec![nothing_done];
            let known = error.map(sign_in_problem);
            let reference = known.as_ref().and_then(|notice| notice.reference.clone()).unwrap_or_default();
            lines.extend(known.into_iter().flat_map(|notice| notice.lines));
            return Notice::new(Tone::Bad, t::step_up_failed_heading(), lines)
                .with_reference(&reference)
                .with_button(t::step_up_failed_button());
        }
    };
    Notice::new(tone, heading, lines).with_button(button)
}
