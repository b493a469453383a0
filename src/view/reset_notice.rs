//! Every way a reset can stop that is neither waiting nor done: what happened, that the old passcode still holds where
//! that is known, and one way on.

use super::{Notice, Tone, own_device_name, refusal, sign_in_problem, span};
use crate::auth::SignInError;
use crate::domain::{ActionFlow, Ending, Now, SignInStep, StopReason, SubmitStep};
use crate::i18n::{Text, t};
use portal_contract::FailureCode;

/// The words for a state that needs an explanation; `None` for the others, which have views of their own. `name` is the
/// device's; `sign_in_error` says how a sign-in failed, where the state is that it did.
#[must_use]
pub fn reset_notice(
    state: &ActionFlow,
    name: &str,
    sign_in_error: Option<SignInError>,
    now: Now,
) -> Option<Notice> {
    let name = own_device_name(name);
    let notice = match state {
        ActionFlow::Idle
        | ActionFlow::Explain { .. }
        | ActionFlow::SignIn { step: SignInStep::Leaving, .. }
        | ActionFlow::Reading { .. }
        | ActionFlow::Confirm { .. }
        | ActionFlow::Submit { step: SubmitStep::Sending, .. }
        | ActionFlow::Submit { step: SubmitStep::Rereading, .. }
        | ActionFlow::Pending { .. }
        | ActionFlow::Ended { end: Ending::Done(_), .. } => return None,
        ActionFlow::Submit { step: SubmitStep::Unknown, .. } => {
            Notice::new(Tone::Warn, t::outcome_unknown_heading(), vec![t::outcome_unknown_text()])
                .with_button(t::outcome_unknown_button())
        }
        ActionFlow::Submit { step: SubmitStep::Busy { .. }, .. } => {
            let text = match state.busy_for(now).map(|left| left.seconds_rounded_up()) {
                Some(left) if left.0 > 0 => t::busy_text_wait(span(left)),
                Some(_) | None => t::busy_text(),
            };
            Notice::new(Tone::Warn, t::busy_heading(), vec![text]).with_button(t::busy_button(name))
        }
        ActionFlow::Ended { run, end: Ending::Failed(code), .. } => {
            failed(name, *code).with_reference(&run.id)
        }
        ActionFlow::Ended { run, end: Ending::Superseded, .. } => Notice::new(
            Tone::Warn,
            t::superseded_heading(name),
            vec![t::superseded_text(), t::superseded_next()],
        )
        .with_reference(&run.id),
        ActionFlow::Ended { run, end: Ending::Canceled, .. } => {
            Notice::new(Tone::Neutral, t::canceled_heading(name), vec![t::canceled_text()])
                .with_reference(&run.id)
                .with_button(t::canceled_button())
        }
        ActionFlow::SignIn { step: SignInStep::Expired, .. } => {
            Notice::new(Tone::Warn, t::expired_heading(), vec![t::expired_text()])
                .with_button(t::expired_button())
        }
        ActionFlow::SignIn { step: SignInStep::WrongPerson, .. } => {
            Notice::new(Tone::Warn, t::wrong_person_heading(), vec![t::wrong_person_text(name)])
                .with_button(t::wrong_person_button())
        }
        ActionFlow::SignIn { step: SignInStep::Cancelled, .. } => {
            Notice::new(Tone::Neutral, t::cancelled_heading(), vec![t::cancelled_text(name)])
                .with_button(t::cancelled_button())
        }
        ActionFlow::SignIn { step: SignInStep::Failed, .. } => step_up_failed(name, sign_in_error),
        ActionFlow::Stopped { why: StopReason::NotAllowed(reason), .. } => {
            let refusal = refusal(*reason);
            Notice::new(Tone::Warn, t::not_allowed_heading(name), vec![refusal.why, refusal.instead])
        }
        ActionFlow::Stopped { why: StopReason::Gone, .. } => {
            Notice::new(Tone::Warn, t::gone_heading(), vec![t::gone_text()])
                .with_button(t::app_back_to_devices())
        }
        ActionFlow::Stopped { why: StopReason::Rejected(reference), .. } => {
            Notice::new(Tone::Bad, t::rejected_heading(), vec![t::rejected_text()])
                .with_reference(reference)
                .with_button(t::rejected_button())
        }
    };
    Some(notice)
}

fn failed(name: Text, code: FailureCode) -> Notice {
    let (why, next) = failure(code);
    match code {
        // Nothing is claimed about a passcode where it is not known what the device did.
        FailureCode::OutcomeUnknown => {
            Notice::new(Tone::Warn, t::ended_unknown_heading(name), vec![why, next])
                .with_button(t::failure_button())
        }
        FailureCode::Other | FailureCode::CanceledByUser => {
            Notice::new(Tone::Bad, t::failure_heading(name), vec![why, next]).with_button(t::failure_button())
        }
        // Somebody else is at work on it, or has to be first; trying again does not help until then.
        FailureCode::ApprovalRequired | FailureCode::NoPasscodePolicy => {
            let lines = vec![why, t::failure_old_passcode(), next];
            Notice::new(Tone::Bad, t::failure_heading(name), lines)
        }
        // Trying again does not help.
        FailureCode::SupersededByErase | FailureCode::UnlockTokenInvalid => {
            Notice::new(Tone::Bad, t::failure_heading(name), vec![why, next])
        }
        FailureCode::ResetTokenInactive
        | FailureCode::CommandExpired
        | FailureCode::DeviceRejected
        | FailureCode::BackEndFault => {
            let lines = vec![why, t::failure_old_passcode(), next];
            Notice::new(Tone::Bad, t::failure_heading(name), lines).with_button(t::failure_button())
        }
    }
}

fn step_up_failed(name: Text, error: Option<SignInError>) -> Notice {
    let mut lines = vec![t::step_up_failed_text(name)];
    let known = error.map(sign_in_problem);
    let reference = known.as_ref().and_then(|notice| notice.reference.clone()).unwrap_or_default();
    lines.extend(known.into_iter().flat_map(|notice| notice.lines));
    Notice::new(Tone::Bad, t::step_up_failed_heading(), lines)
        .with_reference(&reference)
        .with_button(t::step_up_failed_button())
}

/// Cause and next step of a failure.
#[must_use]
pub const fn failure(code: FailureCode) -> (Text, Text) {
    match code {
        FailureCode::CanceledByUser => (t::canceled_text(), t::failure_other_next()),
        FailureCode::SupersededByErase => (t::superseded_text(), t::superseded_next()),
        FailureCode::UnlockTokenInvalid => (t::failure_unlock_token_why(), t::failure_unlock_token_next()),
        FailureCode::NoPasscodePolicy => (t::failure_no_policy_why(), t::failure_no_policy_next()),
        FailureCode::ResetTokenInactive => {
            (t::failure_token_inactive_why(), t::failure_token_inactive_next())
        }
        FailureCode::CommandExpired => (t::failure_expired_why(), t::failure_expired_next()),
        FailureCode::DeviceRejected => (t::failure_rejected_why(), t::failure_rejected_next()),
        FailureCode::BackEndFault => (t::failure_back_end_why(), t::failure_back_end_next()),
        FailureCode::OutcomeUnknown => (t::failure_unknown_why(), t::failure_unknown_next()),
        FailureCode::ApprovalRequired => (t::failure_approval_why(), t::failure_approval_next()),
        FailureCode::Other => (t::failure_other_why(), t::failure_other_next()),
    }
}
