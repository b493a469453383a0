//! A: why to sign out and in again, what will happen, and what to have ready before the time begins. Brief: at most 70 words
//! (`tests/view_budget.rs`), each fact once, and only where it is true.

use crate::domain::{Device, PermittedDevice, Platform, WhyExplain};
use crate::features::actions::words::outcome_preview;
use crate::i18n::{Text, t};
use crate::words::{RefusalView, ago, device_name, refusal};
use portal_contract::{DeviceEnrollmentType, ResetOutcome, UtcTime};

const MINUTE: i64 = 60_000;
/// A device that restarted is silent from then on; one that was in touch this lately did not.
const MAY_HAVE_RESTARTED: i64 = 30 * MINUTE;
const DAY: i64 = 24 * 60 * MINUTE;

/// The words of the explanation, from top to bottom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExplainView {
    /// The heading, also the label of the dialog.
    pub heading: Text,
    /// Why A is shown again, or why going on will not help, when it is so.
    pub again: Option<Text>,
    /// What to do, and how long there is.
    pub lead: Text,
    /// What will happen on this device.
    pub preview: Text,
    /// What stays as it is, a line each.
    pub stays: Vec<Text>,
    /// What keeps the reset from reaching the device, where something may.
    pub warning: Option<Text>,
    /// For people who approve their sign-ins on the locked device; absent where none is asked for.
    pub factor: Option<DisclosureView>,
    /// For people who do not have the device.
    pub away: DisclosureView,
    /// The button that goes on.
    pub sign_out: Text,
    /// The button that does not.
    pub cancel: Text,
}

/// A question that is opened by whom it concerns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DisclosureView {
    /// The question.
    pub question: Text,
    /// What to do then; the ways to reach IT follow.
    pub advice: Vec<Text>,
}

/// What around A decides its words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Situation {
    /// Why A is shown.
    pub why: WhyExplain,
    /// Whether the provider is left first, or only asked again.
    pub signs_out_first: bool,
    /// When the person signed in, where that is enough.
    pub signed_in_at: Option<UtcTime>,
    /// The provider does not say when somebody signed in: no sign-in will count as fresh.
    pub cannot_prove: bool,
    /// Locking from afar is offered for the device.
    pub can_be_locked: bool,
    /// The server's time, as far as it is known.
    pub now: Option<UtcTime>,
}

/// The words of A for a device.
#[must_use]
pub fn explain(device: &Device, proof: &PermittedDevice, situation: Situation) -> ExplainView {
    let (lead, sign_out) = match situation.signed_in_at {
        Some(at) => (t::explain_lead_recent(ago(at, situation.now)), t::explain_go_on()),
        None if situation.signs_out_first => (t::explain_lead(), t::explain_sign_out()),
        None => (t::explain_lead_sign_in(), t::sign_in_again()),
    };
    let factor =
        || DisclosureView { question: t::explain_factor_heading(), advice: vec![t::explain_factor_text()] };
    let has_profile = device.enrollment == DeviceEnrollmentType::AndroidEnterpriseCorporateWorkProfile
        && proof.outcome() != ResetOutcome::WorkProfilePasscode;
    let mut stays = vec![t::reset_data_stays()];
    stays.extend(has_profile.then(t::prepare_scope_not_profile));
    let lost = if situation.can_be_locked { t::prepare_lock_instead() } else { t::prepare_call_it() };
    ExplainView {
        heading: t::explain_heading(device_name(proof.name())),
        again: match situation.why {
            _ if situation.cannot_prove => Some(t::explain_cannot_prove()),
            WhyExplain::FirstTime => None,
            WhyExplain::Challenged => Some(t::explain_again_challenged()),
            WhyExplain::FirstIsOver => Some(t::explain_again_first_is_over()),
        },
        lead,
        preview: outcome_preview(proof.platform(), proof.outcome(), proof.biometrics()),
        stays,
        warning: situation.now.and_then(|now| warning(device, now)),
        factor: situation.signed_in_at.is_none().then(factor),
        away: DisclosureView { question: t::prepare_at_hand(), advice: vec![t::prepare_not_at_hand(), lost] },
        sign_out,
        cancel: t::app_cancel(),
    }
}

/// At the address of the reset: when the last one ended, where there was one; the way to its result stands beside it.
#[must_use]
pub fn last_reset(device: &Device, now: Option<UtcTime>) -> Option<Text> {
    device.latest_run().map(|run| t::explain_last(ago(run.last_updated_date_time, now)))
}

/// The one line that matters most: an iPhone or iPad that may have restarted joins no Wi-Fi; any device silent for a day may be
/// switched off.
fn warning(device: &Device, now: UtcTime) -> Option<Text> {
    let Some(seen) = device.last_sync else { return Some(t::explain_never_seen()) };
    let age = now.unix_millis().saturating_sub(seen.unix_millis());
    if may_have_restarted(device, Some(now)) {
        Some(t::explain_apple_wifi())
    } else {
        (age >= DAY).then(|| t::explain_last_seen(ago(seen, Some(now))))
    }
}

/// Whether it may be an iPhone or iPad that was restarted: silent for a while, as far as is known.
pub(super) fn may_have_restarted(device: &Device, now: Option<UtcTime>) -> bool {
    let age =
        device.last_sync.zip(now).map(|(seen, now)| now.unix_millis().saturating_sub(seen.unix_millis()));
    device.platform == Platform::AppleMobile && age.is_none_or(|age| age >= MAY_HAVE_RESTARTED)
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
