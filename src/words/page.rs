//! The title of the document: what is news first, because a tab shows only the beginning.
//!
//! What is spoken without moving the focus (WCAG 4.1.3). Ticking digits are not among it.

use crate::core::{Announcement, ResetStop};
use crate::domain::{Action, ActionFlow, Ending, PendingPhase, Seconds, SignInStep, StopReason, SubmitStep};
use crate::i18n::{Text, t};
use crate::route::Route;
use crate::words::{action_name, action_news, device_name, span};
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
        Route::Remove(_) => t::run_title(action_name(Action::Retire), device_name(device)),
        Route::Erase(_) => t::run_title(action_name(Action::Wipe), device_name(device)),
        Route::Passcode(_) => t::title_passcode(device_name(device)),
        Route::DeviceHistory(_) => t::history_page_device_heading(device_name(device)),
        Route::Apps(_) => t::apps_heading(device_name(device)),
        Route::UnrecognizedActivity(..) => t::unrecognized_heading(),
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

/// The words to say. `device` is the name of the device the reset is about; may be empty.
#[must_use]
pub fn announcement(announcement: &Announcement, device: &str) -> Text {
    let name = device_name(device);
    match announcement {
        Announcement::CountdownMilestone(left) => countdown(*left),
        Announcement::CountdownOver => t::countdown_over(),
        Announcement::ResetPending => t::announce_accepted(name),
        Announcement::ResetDelivered => t::announce_delivered(name),
        Announcement::ResetNotNow => t::announce_not_now(name),
        Announcement::ResetDone => t::announce_done(name),
        Announcement::ResetFailed => t::announce_failed(name),
        Announcement::ResetUncertain => t::notifications_uncertain(name),
        Announcement::ResetSuperseded => t::announce_superseded(name),
        Announcement::ResetCanceled => t::announce_canceled(),
        Announcement::ResetStopped(stop) => reset_stopped(*stop, name),
        Announcement::Action { action, news, device } => action_news(*action, *news, device),
        Announcement::NameRefused => t::run_name_refused(),
        Announcement::CancelTooLate => t::problem_not_cancellable(),
        Announcement::CancelFailed => t::live_cancel_failed(),
        Announcement::PasscodeShown => t::passcode_shown(),
        Announcement::PasscodeHidden => t::passcode_hidden(),
        Announcement::PasscodeCopied => t::passcode_copied(),
        Announcement::PasscodeNotCopied => t::passcode_copy_failed(),
        Announcement::PasscodeExpired => t::passcode_expired(),
        Announcement::QrCodeShown => t::passcode_qr_shown(),
        Announcement::QrCodeHidden => t::passcode_qr_hidden(),
        Announcement::DevicesShown { shown, .. } => t::announce_matches(*shown),
        Announcement::NotificationsArrived(count) => t::announce_notifications(*count),
        Announcement::HistoryShown(count) => t::history_page_shown_more(*count),
        Announcement::HistorySaved => t::history_page_saved(),
        Announcement::UnrecognizedReported => t::unrecognized_announced(),
        Announcement::IdleSoon(left) => t::idle_soon(span(*left)),
        Announcement::LanguageMissing(locale) => t::language_switch_missing(locale.name()),
        Announcement::WentOffline => t::offline_banner(),
        Announcement::WentOnline => t::offline_back(),
    }
}

/// The heading of the explanation that stands there now.
fn reset_stopped(stop: ResetStop, name: Text) -> Text {
    match stop {
        ResetStop::Uncertain => t::outcome_unknown_heading(),
        ResetStop::Busy => t::busy_heading(),
        ResetStop::Rejected => t::rejected_heading(),
        ResetStop::NotAllowed => t::not_allowed_heading(name),
        ResetStop::Gone => t::gone_heading(),
        ResetStop::NeedsFreshSignIn => t::expired_heading(),
    }
}

/// At the fixed milestones what is left; at the beginning, whatever there is.
fn countdown(left: Seconds) -> Text {
    match left.0 {
        ..=0 => t::countdown_over(),
        10 => t::countdown_ten_seconds(),
        30 => t::countdown_thirty_seconds(),
        60 => t::countdown_one_minute(),
        120 => t::countdown_two_minutes(),
        _ => t::countdown_begins(span(left)),
    }
}
