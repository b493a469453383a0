//! A: why to sign out and in again, what will happen, and what to have ready before the time begins. Brief: at most 70 words
//! (`tests/view_budget.rs`), each fact once, and only where it is true.

use super::{ago, device_name, outcome_preview};
use crate::domain::{Device, PermittedDevice, Platform, WhyExplain};
use crate::i18n::{Text, t};
use portal_contract::{DeviceEnrollmentType, UtcTime};

const MINUTE: i64 = 60_000;
/// A device that restarted is silent from then on; one that was in touch this lately did not.
const MAY_HAVE_RESTARTED: i64 = 30 * MINUTE;
const DAY: i64 = 24 * 60 * MINUTE;

/// The words of A, from top to bottom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExplainView {
    /// The heading, also the label of the dialog.
    pub heading: Text,
    /// Why A is shown again, when it is.
    pub again: Option<Text>,
    /// What to do, and how long there is.
    pub lead: Text,
    /// What will happen on this device.
    pub preview: Text,
    /// What stays as it is, a line each.
    pub stays: Vec<Text>,
    /// What keeps the reset from reaching the device, where something may.
    pub warning: Option<Text>,
    /// For people who approve their sign-ins on the locked device.
    pub factor: DisclosureView,
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

/// The words of A for a device. `can_be_locked`: locking from afar is offered for it now. `now` is the server's time.
#[must_use]
pub fn explain(
    device: &Device,
    proof: &PermittedDevice,
    why: WhyExplain,
    can_be_locked: bool,
    now: Option<UtcTime>,
) -> ExplainView {
    let has_profile = device.enrollment == DeviceEnrollmentType::AndroidEnterpriseCorporateWorkProfile;
    let mut stays = vec![t::reset_data_stays()];
    stays.extend(has_profile.then(t::prepare_scope_not_profile));
    let lost = if can_be_locked { t::prepare_lock_instead() } else { t::prepare_call_it() };
    ExplainView {
        heading: t::explain_heading(device_name(proof.name())),
        again: match why {
            WhyExplain::FirstTime => None,
            WhyExplain::Challenged => Some(t::explain_again_challenged()),
        },
        lead: t::explain_lead(),
        preview: outcome_preview(proof.platform(), proof.outcome()),
        stays,
        warning: now.and_then(|now| warning(device, now)),
        factor: DisclosureView {
            question: t::explain_factor_heading(),
            advice: vec![t::explain_factor_text()],
        },
        away: DisclosureView { question: t::prepare_at_hand(), advice: vec![t::prepare_not_at_hand(), lost] },
        sign_out: t::explain_sign_out(),
        cancel: t::app_cancel(),
    }
}

/// The one line that matters most: an iPhone or iPad that may have restarted joins no Wi-Fi; any device silent for a day may be
/// switched off.
fn warning(device: &Device, now: UtcTime) -> Option<Text> {
    let Some(seen) = device.last_sync else { return Some(t::explain_never_seen()) };
    let age = now.unix_millis().saturating_sub(seen.unix_millis());
    if device.platform == Platform::AppleMobile && age >= MAY_HAVE_RESTARTED {
        Some(t::explain_apple_wifi())
    } else {
        (age >= DAY).then(|| t::explain_last_seen(ago(seen, Some(now))))
    }
}
