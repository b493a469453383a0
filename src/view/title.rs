//! The title of the document: what is news first, because a tab shows only the beginning.

use super::device_name;
use crate::domain::{PendingPhase, ResetState};
use crate::i18n::{Text, t};
use crate::route::Route;
use portal_contract::FailureCode;

/// The title of a screen. `device` is the name of the device the screen is about, `organisation` from the branding; both
/// may be empty.
#[must_use]
pub fn title(route: &Route, device: &str, reset: &ResetState, organisation: &str) -> Text {
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

fn reset_title(reset: &ResetState, name: Text) -> Text {
    match reset {
        ResetState::Confirming { .. } | ResetState::Submitting { .. } | ResetState::Rereading { .. } => {
            t::title_confirm(name)
        }
        ResetState::OutcomeUnknown { .. } => t::outcome_unknown_heading(),
        ResetState::Busy { .. } => t::busy_heading(),
        ResetState::Pending { phase: PendingPhase::Waiting, .. } => t::title_pending(name),
        ResetState::Pending { phase: PendingPhase::Delivered, .. } => t::title_delivered(name),
        ResetState::Pending { phase: PendingPhase::NotNow, .. } => t::title_not_now(name),
        ResetState::Done { .. } => t::title_done(name),
        ResetState::Failed { code: FailureCode::OutcomeUnknown, .. } => t::title_uncertain(name),
        ResetState::Failed { .. } => t::title_failed(name),
        ResetState::Superseded { .. } | ResetState::Canceled { .. } => t::title_canceled(name),
        ResetState::Expired { .. } => t::expired_heading(),
        ResetState::WrongPerson { .. } => t::wrong_person_heading(),
        ResetState::SignInCancelled { .. } => t::cancelled_heading(),
        ResetState::SignInFailed { .. } => t::step_up_failed_heading(),
        ResetState::Gone { .. } => t::gone_heading(),
        ResetState::NotAllowed { .. } => t::not_allowed_heading(name),
        ResetState::Rejected { .. } => t::rejected_heading(),
        ResetState::Idle
        | ResetState::ExplainingSignOut { .. }
        | ResetState::LeavingForSignIn { .. }
        | ResetState::ReadingDevice { .. } => t::title_explain(name),
    }
}
