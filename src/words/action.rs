//! What an action is called and what is said of it. Announcements need these words on any screen, so they come with the
//! first part of the page.
//!
//! The state of a device action in a word, as the list of notifications shows it.
//!
//! Why a passcode cannot be reset, and what to do instead. Every reason has both: a command that is missing without a
//! word is the complaint this page exists for.

use crate::core::ActionNews;
use crate::domain::{Action, Device, ResetAvailability};
use crate::i18n::{Text, t};
use crate::words::{Tone, device_name};
use portal_contract::{ActionState, FailureCode, RefusalReason};

/// What an action is called.
#[must_use]
pub const fn action_name(action: Action) -> Text {
    match action {
        Action::ResetPasscode => t::reset_command(),
        Action::RemoteLock => t::run_lock(),
        Action::SyncDevice => t::run_check(),
        Action::Rename => t::run_rename(),
        Action::RebootNow => t::run_restart(),
        Action::Retire => t::run_remove(),
        Action::SetCategory => t::run_category(),
        Action::Wipe => t::run_erase(),
    }
}

/// The same for one that this page may not know.
pub(crate) fn name_of(action: Option<Action>) -> Text {
    action.map_or_else(t::run_other, action_name)
}

/// What is said of an action, with the name of its device.
#[must_use]
pub fn action_news(action: Action, news: ActionNews, device: &str) -> Text {
    news_of(Some(action), news, device)
}

/// The same for one that this page may not know.
pub(crate) fn news_of(action: Option<Action>, news: ActionNews, device: &str) -> Text {
    let (name, device) = (name_of(action), device_name(device));
    match news {
        ActionNews::Waiting => t::run_waiting(name, device),
        ActionNews::Delivered => t::run_delivered(name, device),
        ActionNews::Done => t::run_done(name, device),
        ActionNews::Failed => t::run_failed(name, device),
        ActionNews::Uncertain => t::run_uncertain(name, device),
        ActionNews::Canceled => t::run_canceled(name, device),
        ActionNews::Superseded => t::run_superseded(name, device),
    }
}

/// Cause and next step of a failure. Of other actions than the reset in words that speak of no passcode.
pub(crate) fn failure_of_action(action: Option<Action>, code: FailureCode) -> (Text, Text) {
    if action == Some(Action::ResetPasscode) {
        return failure(code);
    }
    match code {
        FailureCode::CommandExpired => (t::failure_expired_why(), t::failure_expired_next()),
        FailureCode::BackEndFault => (t::failure_back_end_why(), t::failure_back_end_next()),
        FailureCode::ApprovalRequired => (t::failure_approval_why(), t::failure_approval_next()),
        FailureCode::CanceledByUser
        | FailureCode::SupersededByErase
        | FailureCode::UnlockTokenInvalid
        | FailureCode::NoPasscodePolicy
        | FailureCode::ResetTokenInactive
        | FailureCode::DeviceRejected
        | FailureCode::OutcomeUnknown
        | FailureCode::Other => (t::failure_other_why(), t::failure_other_next()),
    }
}

/// The state of an action in a word, with its tone; `code` says how it ended without success.
#[must_use]
pub const fn action_state(state: ActionState, code: Option<FailureCode>) -> (Tone, Text) {
    match state {
        ActionState::None => (Tone::Neutral, t::action_state_none()),
        ActionState::Pending => (Tone::Info, t::action_state_pending()),
        ActionState::Canceled => (Tone::Neutral, t::action_state_canceled()),
        ActionState::Active => (Tone::Info, t::action_state_active()),
        ActionState::Done => (Tone::Good, t::action_state_done()),
        ActionState::Failed if matches!(code, Some(FailureCode::OutcomeUnknown)) => {
            (Tone::Warn, t::action_state_uncertain())
        }
        ActionState::Failed => (Tone::Bad, t::action_state_failed()),
        ActionState::NotSupported => (Tone::Bad, t::action_state_not_supported()),
        ActionState::Other => (Tone::Neutral, t::action_state_other()),
    }
}

/// A refusal in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefusalView {
    /// Why not.
    pub why: Text,
    /// What helps instead.
    pub instead: Text,
}

/// The command "Reset passcode" as it is shown at a device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ResetCommand {
    /// It can be pressed.
    Available {
        /// What stands beside it.
        hint: Text,
    },
    /// It is shown but cannot be pressed, with the reason.
    Unavailable(RefusalView),
}

/// Whether the command can be pressed at this device. The server decided; nothing is guessed past it.
#[must_use]
pub fn reset_availability(device: &Device) -> ResetCommand {
    match device.reset {
        ResetAvailability::Allowed(_) => ResetCommand::Available { hint: t::reset_available_hint() },
        ResetAvailability::Refused(reason) => ResetCommand::Unavailable(refusal(reason)),
        ResetAvailability::NotOffered => ResetCommand::Unavailable(not_offered()),
    }
}

/// The words for a device whose action the server does not name at all.
#[must_use]
pub const fn not_offered() -> RefusalView {
    RefusalView { why: t::reset_not_offered_why(), instead: t::reset_not_offered_instead() }
}

/// The words for a reason this page does not know.
pub(crate) const fn for_another_reason() -> RefusalView {
    RefusalView { why: t::refusal_other_why(), instead: t::refusal_other_instead() }
}

/// The words for a reason.
#[must_use]
pub fn refusal(reason: RefusalReason) -> RefusalView {
    let (why, instead) = match reason {
        RefusalReason::AndroidForbidsSince7 => {
            (t::refusal_android_forbids_why(), t::refusal_android_forbids_instead())
        }
        RefusalReason::PersonallyOwnedWorkProfile => {
            (t::refusal_work_profile_why(), t::refusal_work_profile_instead())
        }
        RefusalReason::OrganizationPolicy => {
            (t::refusal_organisation_why(), t::refusal_organisation_instead())
        }
        RefusalReason::ResetTokenInactive => {
            (t::refusal_token_inactive_why(), t::refusal_token_inactive_instead())
        }
        RefusalReason::DedicatedDevice => (t::refusal_dedicated_why(), t::refusal_dedicated_instead()),
        RefusalReason::AppleUserEnrollment => {
            (t::refusal_user_enrollment_why(), t::refusal_user_enrollment_instead())
        }
        RefusalReason::SharedIpad => (t::refusal_shared_ipad_why(), t::refusal_shared_ipad_instead()),
        RefusalReason::OsVersionTooOld => (t::refusal_os_too_old_why(), t::refusal_os_too_old_instead()),
        RefusalReason::WindowsPc => (t::refusal_windows_pc_why(), t::refusal_windows_pc_instead()),
        RefusalReason::MacRecoveryKey => (t::refusal_mac_why(), t::refusal_mac_instead()),
        RefusalReason::PlatformNotSupported => (t::refusal_platform_why(), t::refusal_platform_instead()),
        RefusalReason::NotPrimaryUser => {
            (t::refusal_not_primary_user_why(), t::refusal_not_primary_user_instead())
        }
        RefusalReason::DeviceEnrollmentManager => {
            (t::refusal_enrollment_manager_why(), t::refusal_enrollment_manager_instead())
        }
        RefusalReason::EraseOrRetirePending => {
            (t::refusal_erase_pending_why(), t::refusal_erase_pending_instead())
        }
        RefusalReason::NotOfferedByService => (t::reset_not_offered_why(), t::reset_not_offered_instead()),
        RefusalReason::WorkProfilePasscodeOnly => {
            (t::refusal_profile_only_why(), t::refusal_profile_only_instead())
        }
        RefusalReason::UnlockTokenMissing => (t::refusal_unlock_key_why(), t::refusal_unlock_key_instead()),
        RefusalReason::NoPasscodeOnDevice => (t::refusal_no_passcode_why(), t::refusal_no_passcode_instead()),
        RefusalReason::Other => return for_another_reason(),
    };
    RefusalView { why, instead }
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
