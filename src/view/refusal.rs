//! Why a passcode cannot be reset, and what to do instead. Every reason has both: a command that is missing without a
//! word is the complaint this page exists for.

use crate::domain::{Device, ResetAvailability};
use crate::i18n::{Text, t};
use portal_contract::RefusalReason;

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
pub(super) const fn for_another_reason() -> RefusalView {
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
