//! A: why to sign out and in again, what will happen, and what to have ready before the five minutes begin.
//!
//! What to know before the five minutes start, so that nobody signs out and is then stuck: what will happen in detail,
//! whether the sign-in can be confirmed without the locked device, whether the device is at hand, and the lock from afar
//! where it is not. Everything is said, nothing is forced.

use crate::domain::{Device, PermittedDevice, Platform, WhyExplain};
use crate::features::actions::words::outcome_preview;
use crate::features::passcode::words::keypad_needed;
use crate::i18n::{Text, t};
use crate::words::{RefusalView, device_name, refusal};
use portal_contract::{DeviceEnrollmentType, ResetOutcome};

/// The words of the explanation, from top to bottom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExplainView {
    /// The heading, also the label of the dialog.
    pub heading: Text,
    /// Why A is shown again, or why going on will not help, when it is so.
    pub again: Option<Text>,
    /// What to do.
    pub lead: Text,
    /// When the five minutes begin.
    pub clock_starts: Text,
    /// The heading of the reason.
    pub why_heading: Text,
    /// The reason.
    pub why: Text,
    pub preview_heading: Text,
    /// What will happen on this device.
    pub preview: Text,
    /// The heading of what to know before.
    pub before_heading: Text,
    /// What to have ready.
    pub ready: Text,
    /// That the person comes back here and nothing happens by itself.
    pub return_note: Text,
    /// The button that goes on.
    pub sign_out: Text,
    /// What follows it.
    pub sign_out_hint: Text,
    /// The button that does not.
    pub cancel: Text,
}

/// The words of the explanation for a device.
#[must_use]
pub fn explain(
    device: &PermittedDevice,
    why: WhyExplain,
    signs_out_first: bool,
    cannot_prove: bool,
) -> ExplainView {
    let (lead, button, hint) = if signs_out_first {
        (t::explain_lead(), t::explain_sign_out(), t::explain_sign_out_hint())
    } else {
        (t::explain_lead_sign_in(), t::sign_in_again(), t::explain_sign_in_hint())
    };
    let name = device_name(device.name());
    ExplainView {
        heading: t::explain_heading(name.clone()),
        again: match why {
            _ if cannot_prove => Some(t::explain_cannot_prove()),
            WhyExplain::FirstTime => None,
            WhyExplain::Challenged => Some(t::explain_again_challenged()),
        },
        lead,
        clock_starts: t::explain_clock_starts(),
        why_heading: t::explain_why_heading(),
        why: t::explain_why_text(),
        preview_heading: t::preview_heading(name.clone()),
        preview: outcome_preview(device.platform(), device.outcome()),
        before_heading: t::prepare_heading(),
        ready: t::explain_have_device(name),
        return_note: t::explain_return_note(),
        sign_out: button,
        sign_out_hint: hint,
        cancel: t::app_cancel(),
    }
}

/// A question with two answers; one of them needs some words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuestionView {
    pub question: Text,
    /// One answer.
    pub yes: Text,
    /// The other.
    pub no: Text,
    /// What to do after the answer that makes a difference.
    pub advice: Vec<Text>,
}

/// What stays, what the passcode belongs to, and whether the lock screen can take it; a line each.
#[must_use]
pub fn preview_details(device: &Device, outcome: ResetOutcome) -> Vec<Text> {
    let mut lines = Vec::new();
    if let ResetOutcome::TemporaryPasscode { character_set } = outcome {
        lines.push(keypad_needed(character_set));
    }
    if device.platform == Platform::Android {
        lines.push(t::prepare_android_biometrics());
    }
    let has_profile = device.enrollment == DeviceEnrollmentType::AndroidEnterpriseCorporateWorkProfile;
    lines.push(if has_profile { t::prepare_scope_not_profile() } else { t::prepare_scope_device() });
    lines.push(t::reset_data_stays());
    lines
}

/// "Is your sign-in confirmation on the locked device?" "Yes" needs the advice.
#[must_use]
pub fn factor_question(name: &str) -> QuestionView {
    QuestionView {
        question: t::explain_factor_heading(),
        yes: t::prepare_factor_yes(),
        no: t::app_no(),
        advice: vec![t::explain_factor_text(device_name(name)), t::explain_factor_help()],
    }
}

/// "Do you have the device with you?" "No" needs the advice.
#[must_use]
pub fn at_hand_question(name: &str) -> QuestionView {
    QuestionView {
        question: t::prepare_at_hand(device_name(name)),
        yes: t::app_yes(),
        no: t::app_no(),
        advice: vec![t::prepare_not_at_hand(), t::prepare_lock_instead()],
    }
}

pub(crate) const fn lock_not_offered() -> RefusalView {
    RefusalView { why: t::remote_lock_not_offered_why(), instead: t::remote_lock_instead() }
}

/// Some reasons fit every action as they are worded. Those that speak of the passcode have words of their own here.
pub(crate) fn lock_refusal(reason: portal_contract::RefusalReason) -> RefusalView {
    use portal_contract::RefusalReason as Reason;
    match reason {
        Reason::DeviceEnrollmentManager
        | Reason::EraseOrRetirePending
        | Reason::OrganizationPolicy
        | Reason::UnlockTokenMissing
        | Reason::NoPasscodeOnDevice
        | Reason::Other => refusal(reason),
        Reason::NotPrimaryUser => {
            RefusalView { why: t::remote_lock_not_primary_user_why(), instead: t::remote_lock_instead() }
        }
        Reason::PlatformNotSupported
        | Reason::WindowsPc
        | Reason::MacRecoveryKey
        | Reason::OsVersionTooOld => {
            RefusalView { why: t::remote_lock_platform_why(), instead: t::remote_lock_instead() }
        }
        Reason::AndroidForbidsSince7
        | Reason::PersonallyOwnedWorkProfile
        | Reason::ResetTokenInactive
        | Reason::DedicatedDevice
        | Reason::AppleUserEnrollment
        | Reason::SharedIpad
        | Reason::WorkProfilePasscodeOnly => {
            RefusalView { why: t::remote_lock_enrollment_why(), instead: t::remote_lock_instead() }
        }
        Reason::NotOfferedByService => lock_not_offered(),
    }
}
