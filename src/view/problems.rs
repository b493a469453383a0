//! Errors in words: cause, next step, and what IT finds the case by. Many causes share one text, because a person can do
//! only a few different things about them; the stable code keeps them apart for IT.

use super::{Notice, RefusalView, Tone, refusal, refusal::for_another_reason, span};
use crate::api::ApiError;
use crate::auth::{ConfigError, SignInError};
use crate::core::LoadState;
use crate::features::devices::DeviceList;
use crate::http::NetworkFault;
use crate::i18n::{Text, t};

/// The words for a sign-in that did not come about.
#[must_use]
pub fn sign_in_problem(error: SignInError) -> Notice {
    let (tone, heading) = if error == SignInError::AccessDenied {
        (Tone::Neutral, t::sign_in_problem_cancelled_heading())
    } else {
        (Tone::Bad, t::sign_in_problem_heading())
    };
    Notice::new(tone, heading, vec![sign_in_text(error)])
        .with_reference(error.code())
        .with_button(t::sign_in_again())
}

const fn sign_in_text(error: SignInError) -> Text {
    match error {
        SignInError::AccessDenied => t::sign_in_problem_cancelled_text(),
        SignInError::ProviderUnreachable | SignInError::ProviderUnavailable => {
            t::sign_in_problem_unreachable_text()
        }
        SignInError::InteractionRequired | SignInError::CodeRefused | SignInError::TokenAnswerMalformed => {
            t::sign_in_problem_refused_text()
        }
        SignInError::StateMismatch | SignInError::TransactionExpired | SignInError::CallbackMalformed => {
            t::sign_in_problem_lost_text()
        }
        SignInError::ResponseIssuerMismatch
        | SignInError::IdTokenMalformed
        | SignInError::AlgorithmNotAllowed
        | SignInError::KeyNotFound
        | SignInError::SignatureInvalid
        | SignInError::TokenIssuerMismatch
        | SignInError::AudienceMismatch
        | SignInError::AuthorizedPartyMismatch
        | SignInError::NonceMismatch
        | SignInError::SubjectMissing => t::sign_in_problem_unverified_text(),
        SignInError::TokenExpired | SignInError::IssuedAtInvalid | SignInError::AuthTimeInFuture => {
            t::sign_in_problem_clock_text()
        }
        SignInError::AuthTimeMissing | SignInError::AuthenticationTooOld => {
            t::sign_in_problem_not_fresh_text()
        }
        SignInError::SubjectMismatch => t::sign_in_problem_other_person_text(),
        SignInError::AccessTokenRefused => t::sign_in_problem_not_permitted_text(),
        SignInError::CryptoUnavailable | SignInError::StorageRefused | SignInError::RandomUnavailable => {
            t::sign_in_problem_browser_text()
        }
        SignInError::DiscoveryMalformed
        | SignInError::IssuerMismatch
        | SignInError::EndpointNotSecure
        | SignInError::KeysMalformed
        | SignInError::ProviderRefused => t::sign_in_problem_configuration_text(),
    }
}

/// The words for a call that did not do what was asked for. Where the server gave no reference of its own, a stable code
/// is one. `None` for the button means that trying again does not help.
#[must_use]
pub fn api_problem(error: &ApiError) -> Notice {
    let reason = if let ApiError::NotAllowed { reason } = error { Some(*reason) } else { None };
    problem(error, reason.map_or_else(for_another_reason, refusal))
}

/// The same where something was only to be read: the reasons of a refusal are about what is done to a device, so none
/// of them is told.
#[must_use]
pub fn read_problem(error: &ApiError) -> Notice {
    problem(error, for_another_reason())
}

/// Why the list of devices, or a part of it, could not be read.
#[must_use]
pub fn list_problem(devices: &DeviceList) -> Option<Notice> {
    let is_empty = devices.all().is_empty();
    let heading = if is_empty { t::devices_error_heading() } else { t::devices_partial_heading() };
    match &devices.state {
        LoadState::Failed(error) => Some(Notice { heading, ..read_problem(error) }),
        LoadState::NotAsked | LoadState::Loading | LoadState::Loaded if devices.is_partial() => {
            let others = (!is_empty).then(t::devices_others_work);
            let lines = [t::devices_service_down()].into_iter().chain(others).collect();
            Some(Notice::new(Tone::Warn, heading, lines).with_button(t::app_retry()))
        }
        LoadState::NotAsked | LoadState::Loading | LoadState::Loaded => None,
    }
}

/// `refused`: the words for a refusal.
fn problem(error: &ApiError, refused: RefusalView) -> Notice {
    let (tone, lines, button) = match error {
        ApiError::InvalidRequest { .. } | ApiError::DefectOfPage { .. } => {
            (Tone::Bad, vec![t::problem_defect()], None)
        }
        ApiError::Unauthenticated => {
            (Tone::Warn, vec![t::problem_unauthenticated()], Some(t::sign_in_again()))
        }
        ApiError::StepUpRequired(_) => (Tone::Warn, vec![t::problem_step_up()], Some(t::sign_in_again())),
        ApiError::NotAllowed { .. } => (Tone::Warn, vec![refused.why, refused.instead], None),
        ApiError::NotFound => (Tone::Warn, vec![t::problem_not_found()], None),
        ApiError::AlreadyPending => (Tone::Info, vec![t::problem_already_pending()], None),
        ApiError::NotCancellable => (Tone::Info, vec![t::problem_not_cancellable()], None),
        ApiError::PreconditionFailed => (Tone::Warn, vec![t::problem_changed()], Some(t::app_retry())),
        ApiError::Busy { retry_after: Some(wait) } if wait.0 > 0 => {
            (Tone::Warn, vec![t::problem_busy_wait(span(wait.seconds_rounded_up()))], Some(t::app_retry()))
        }
        ApiError::Busy { .. } => (Tone::Warn, vec![t::problem_busy()], Some(t::app_retry())),
        ApiError::ServerFault { .. } => (Tone::Bad, vec![t::problem_server_fault()], Some(t::app_retry())),
        ApiError::Network(fault) => (Tone::Warn, vec![network_text(*fault)], Some(t::app_retry())),
        ApiError::NotUnderstood { .. } => {
            (Tone::Warn, vec![t::problem_not_understood()], Some(t::app_retry()))
        }
    };
    let reference = match error.reference() {
        "" => error.code(),
        reference => reference,
    };
    let notice = Notice::new(tone, t::problem_heading(), lines).with_reference(reference);
    match button {
        Some(button) => notice.with_button(button),
        None => notice,
    }
}

const fn network_text(fault: NetworkFault) -> Text {
    match fault {
        NetworkFault::Offline => t::problem_offline(),
        NetworkFault::TimedOut => t::problem_timed_out(),
        NetworkFault::Broken => t::problem_broken(),
    }
}

/// The words for a page that cannot start. They name what IT has to look at.
#[must_use]
pub fn config_problem(error: ConfigError) -> Notice {
    let text = match error {
        ConfigError::Unreachable => t::config_unreachable(),
        ConfigError::Missing => t::config_missing(),
        ConfigError::NotJson => t::config_not_json(),
        ConfigError::Field(entry) => t::config_entry_missing(entry),
        ConfigError::Value(entry) => t::config_entry_wrong(entry),
    };
    Notice::new(Tone::Bad, t::config_heading(), vec![text])
        .with_reference(error.code())
        .with_button(t::app_retry())
}
