//! Why a device cannot be locked from afar, and what helps.

use super::{RefusalView, refusal};
use crate::i18n::t;

pub(super) const fn lock_not_offered() -> RefusalView {
    RefusalView { why: t::remote_lock_not_offered_why(), instead: t::remote_lock_instead() }
}

/// Some reasons fit every action as they are worded. Those that speak of the passcode have words of their own here.
pub(super) fn lock_refusal(reason: portal_contract::RefusalReason) -> RefusalView {
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
