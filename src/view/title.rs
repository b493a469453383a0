//! The title of the document: what is news first, because a tab shows only the beginning.

use super::device_name;
use crate::domain::{ActionFlow, Ending, PendingPhase, SignInStep, StopReason, SubmitStep};
use crate::i18n::{Text, t};
use crate::route::Route;
use portal_contract::FailureCode;

/// The title of a screen. `device` is the name of the device the screen is about, `organisation` from the branding; both
/// may be empty.
#[must_use]
pub fn title(route: &Route, device: &str, reset: &ActionFlow, organisation: &str) -> Text {
    let page = match route {
        Route::Home => return organised(None, organisation),
        Route::Devices => t::devices_heading(),
        Route::Device(_) => device_name(device),
        Route::ResetPasscode(id) if reset.device() == Some(id) => reset_title(reset, device_name(device)),
        Route::ResetPasscode(_) => t::title_explain(device_name(device)),
        Route::Passcode(_) => t::title_passcode(device_name(device)),
        Route::DeviceHistory(_) => t::history_page_device_heading(device_name(device)),
        Route::NotMe(..) => t::not_me_heading(),
        Route::History => t::history_page_heading(),
        Route::Accessibility => t::accessibility_heading(),
        Route::Notifications => t::notifications_heading(),
        Route::Help => t::help_heading(),
        Route::SignedOut => t::signed_out_heading(),
        Route::Callback => t::sign_in_returning(),
        Route::NotFound => t::not_found_heading(),
    };
    organised(Some(page), organisation)
}

fn organised(page: Option<Text>, organisation: &str) -> Text {
    match (page, organisation.trim()) {
        (None, "") => t::app_name(),
        (None, organisation) => t::title_page(t::app_name(), Text::verbatim(organisation)),
        (Some(page), "") => t::title_page(page, t::app_name()),
        (Some(page), organisation) => t::title_organisation_page(page, t::app_name(), organisation),
    }
}

fn reset_title(reset: &ActionFlow, name: Text) -> Text {
    match reset {
        ActionFlow::Confirm { .. }
        | ActionFlow::Submit { step: SubmitStep::Sending, .. }
        | ActionFlow::Submit { step: SubmitStep::Rereading, .. } => t::title_confirm(name),
        ActionFlow::Submit { step: SubmitStep::Unknown, .. } => t::outcome_unknown_heading(),
        ActionFlow::Submit { step: SubmitStep::Busy { .. }, .. } => t::busy_heading(),
        ActionFlow::Pending { phase: PendingPhase::Waiting, .. } => t::title_pending(name),
        ActionFlow::Pending { phase: PendingPhase::Delivered, .. } => t::title_delivered(name),
        ActionFlow::Pending { phase: PendingPhase::NotNow, .. } => t::title_not_now(name),
        ActionFlow::Ended { end: Ending::Done(_), .. } => t::title_done(name),
        ActionFlow::Ended { end: Ending::Failed(FailureCode::OutcomeUnknown), .. } => {
            t::title_uncertain(name)
        }
        ActionFlow::Ended { end: Ending::Failed(_), .. } => t::title_failed(name),
        ActionFlow::Ended { end: Ending::Superseded, .. }
        | ActionFlow::Ended { end: Ending::Canceled, .. } => t::title_canceled(name),
        ActionFlow::SignIn { step: SignInStep::Expired, .. } => t::expired_heading(),
        ActionFlow::SignIn { step: SignInStep::WrongPerson, .. } => t::wrong_person_heading(),
        ActionFlow::SignIn { step: SignInStep::Cancelled, .. } => t::cancelled_heading(),
        ActionFlow::SignIn { step: SignInStep::Failed, .. } => t::step_up_failed_heading(),
        ActionFlow::Stopped { why: StopReason::Gone, .. } => t::gone_heading(),
        ActionFlow::Stopped { why: StopReason::NotAllowed(_), .. } => t::not_allowed_heading(name),
        ActionFlow::Stopped { why: StopReason::Rejected(_), .. } => t::rejected_heading(),
        ActionFlow::Idle
        | ActionFlow::Explain { .. }
        | ActionFlow::SignIn { step: SignInStep::Leaving | SignInStep::Interrupted, .. }
        | ActionFlow::Reading { .. } => t::title_explain(name),
    }
}
