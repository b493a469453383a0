//! What is spoken without moving the focus (WCAG 4.1.3). Ticking digits are not among it.

use super::{action_news, device_name, span};
use crate::core::{Announcement, ResetStop};
use crate::domain::Seconds;
use crate::i18n::{Text, t};

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
        Announcement::UnrecognizedReported => t::not_me_announced(),
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
