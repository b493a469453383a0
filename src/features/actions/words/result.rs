//! The end that everybody wants: what happened, when, what to do now on the device, whom to ask.
//!
//! The steps on the device after a reset, each with the name its tick is kept by.
//!
//! Every way a reset can stop that is neither waiting nor done: what happened, that the old passcode still holds where
//! that is known, and one way on.

use super::confirmation::{Wording, unlocked_by};
use crate::auth::SignInError;
use crate::domain::{
    ActionFlow, ActionRun, Biometrics, ENDED_IS_RECENT, Ending, Now, Platform, SignInStep, StopReason,
    SubmitStep,
};
use crate::i18n::{Text, t};
use crate::words::{
    Notice, Tone, ago, device_name, failure, moment, own_device_name, refusal, sign_in_problem, span,
};
use portal_contract::{CharacterSet, FailureCode, ResetOutcome, UtcTime};

/// The words of the result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DoneView {
    /// That it is done, for which device.
    pub heading: Text,
    /// What happened to the passcode.
    pub what: Text,
    /// What to know about this platform.
    pub note: Text,
    /// How long ago the device acknowledged it.
    pub when: Text,
    /// The moment, for whoever is asked about it.
    pub moment: Text,
    /// Until when the address of the reset shows this result and not the way to another one.
    pub until: Text,
    /// Whether a temporary passcode belongs here.
    pub has_temporary_passcode: bool,
    pub steps_heading: Text,
    /// The lock screen as a drawing, where a code is typed on it: a path in a box of 64 by 96.
    pub drawing: Option<String>,
    /// What to do on the device, in order.
    pub steps: Vec<Text>,
    /// The result's identifier, for IT.
    pub reference: String,
}

/// The words for a reset the device acknowledged.
#[must_use]
pub fn done(
    name: &str,
    (platform, biometrics): (Platform, Biometrics),
    outcome: ResetOutcome,
    run: &ActionRun,
    now: Option<UtcTime>,
) -> DoneView {
    let name = device_name(name);
    let wording = Wording::of(platform, outcome);
    let (what, note) = what_and_note(wording, name.clone(), biometrics);
    DoneView {
        heading: t::done_heading(name.clone()),
        what,
        note,
        when: t::done_when(ago(run.updated, now)),
        moment: t::done_when(moment(run.updated, None)),
        until: t::done_until(UtcTime::from_unix_millis(
            run.updated.unix_millis().saturating_add(ENDED_IS_RECENT.to_milliseconds().0),
        )),
        has_temporary_passcode: outcome.has_temporary_passcode(),
        steps_heading: t::on_device_heading(name),
        drawing: lock_screen(platform, outcome),
        steps: steps(wording, biometrics),
        reference: run.id.clone(),
    }
}

/// The outline of the device, the line for the code, and what it is typed with: a keypad for digits, a keyboard else. Nothing
/// where there is no code.
#[must_use]
pub fn lock_screen(platform: Platform, outcome: ResetOutcome) -> Option<String> {
    let ResetOutcome::TemporaryPasscode { character_set } = outcome else { return None };
    let is_windows = matches!(platform, Platform::Windows10Mobile | Platform::WindowsPhone81);
    let outline = if is_windows {
        "M10 2h44v92h-44z"
    } else {
        "M16 2h32a6 6 0 0 1 6 6v80a6 6 0 0 1-6 6h-32a6 6 0 0 1-6-6v-80a6 6 0 0 1 6-6z"
    };
    let mut path = [outline, "M20 30h24"].concat();
    let mut key = |x: usize, y: usize, width: usize, height: usize| {
        let [x, y, width, height] = [x, y, width, height].map(|number| number.to_string());
        for word in ["M", &x, " ", &y, "h", &width, "v", &height, "h-", &width, "z"] {
            path.push_str(word);
        }
    };
    if character_set == CharacterSet::Digits {
        for row in 0..4 {
            for column in 0..3 {
                // The lowest row has the zero alone.
                if row < 3 || column == 1 {
                    key(17 + 11 * column, 40 + 12 * row, 8, 8);
                }
            }
        }
    } else {
        for row in 0..3 {
            for column in 0..6 - row % 2 {
                key(14 + 6 * column + 3 * (row % 2), 58 + 8 * row, 4, 5);
            }
        }
        key(22, 83, 20, 5);
    }
    Some(path)
}

fn what_and_note(wording: Wording, name: Text, biometrics: Biometrics) -> (Text, Text) {
    match wording {
        Wording::Android => (t::done_android(name), t::done_android_note()),
        Wording::AppleMobile => (t::done_apple_mobile(), t::done_apple_mobile_note(unlocked_by(biometrics))),
        Wording::VisionOs => (t::done_vision_os(), t::done_vision_os_note()),
        Wording::Windows10Mobile => (t::done_windows_mobile(name), t::done_windows_mobile_note()),
        Wording::WindowsPhone81 => (t::done_windows_phone(name), t::done_windows_phone_note()),
        Wording::LettersAndDigits => (t::done_android(name), t::done_temporary_note()),
        Wording::Digits => (t::done_windows_phone(name), t::done_temporary_note()),
        Wording::Temporary => (t::done_temporary(name), t::done_temporary_note()),
        Wording::Removed => (t::done_removed(), t::done_removed_note()),
        Wording::WorkProfile => (t::done_work_profile(name), t::done_temporary_note()),
        Wording::Other => (t::done_other(), t::done_other_note()),
    }
}

/// What to do on the device after a reset, in order.
#[must_use]
pub fn on_device(platform: Platform, outcome: ResetOutcome, biometrics: Biometrics) -> Vec<Text> {
    steps(Wording::of(platform, outcome), biometrics)
}

fn steps(wording: Wording, biometrics: Biometrics) -> Vec<Text> {
    match wording {
        Wording::Android => {
            vec![t::on_device_android_unlock(), t::on_device_android_settings(), t::on_device_android_new()]
        }
        Wording::AppleMobile => {
            let again = t::on_device_apple_biometrics(unlocked_by(biometrics));
            vec![t::on_device_apple_unlock(), t::on_device_apple_new(), again]
        }
        Wording::VisionOs => {
            vec![t::on_device_apple_unlock(), t::on_device_apple_new(), t::on_device_vision_biometrics()]
        }
        Wording::Windows10Mobile => vec![
            t::on_device_windows_mobile_unlock(),
            t::on_device_windows_mobile_settings(),
            t::on_device_windows_mobile_new(),
        ],
        Wording::WindowsPhone81 => vec![
            t::on_device_windows_phone_unlock(),
            t::on_device_windows_phone_settings(),
            t::on_device_windows_phone_new(),
        ],
        Wording::LettersAndDigits | Wording::Digits | Wording::Temporary => {
            vec![t::on_device_temporary_unlock(), t::on_device_other_new()]
        }
        Wording::WorkProfile => {
            vec![t::on_device_work_profile_unlock(), t::on_device_other_new()]
        }
        Wording::Removed => {
            vec![t::on_device_apple_unlock(), t::on_device_other_new()]
        }
        Wording::Other => {
            vec![t::on_device_other_unlock(), t::on_device_other_new()]
        }
    }
}

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
        ActionFlow::SignIn { step: SignInStep::Interrupted, .. } => {
            Notice::new(Tone::Neutral, t::go_on_heading(name.clone()), vec![t::go_on_text(name)])
                .with_button(t::go_on_button())
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
