//! A: why to sign out and in again, what will happen, and what to have ready before the five minutes begin.

use super::{device_name, outcome_preview};
use crate::domain::{PermittedDevice, WhyExplain};
use crate::i18n::{Text, t};

/// The words of A, from top to bottom.
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
    /// The heading of the preview.
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

/// The words of A for a device. Where no sign-out comes first, they say so.
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
