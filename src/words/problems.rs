//! The shape of every message: what is the matter, what comes next, a reference, one way on.
//!
//! Errors in words: cause, next step, and what IT finds the case by. Many causes share one text, because a person can do
//! only a few different things about them; the stable code keeps them apart for IT.

use crate::api::ApiError;
use crate::auth::{ConfigError, SignInError};
use crate::http::NetworkFault;
use crate::i18n::{Text, t};
use crate::words::{RefusalView, for_another_reason, refusal, span};

/// How good the news is. Never shown by colour alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Tone {
    /// Nothing to say.
    Neutral,
    /// Under way.
    Info,
    /// Well.
    Good,
    /// Needs attention.
    Warn,
    /// Went wrong.
    Bad,
}

/// A message to a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// How good the news is.
    pub tone: Tone,
    /// What is the matter.
    pub heading: Text,
    /// Cause and next step, a paragraph each.
    pub lines: Vec<Text>,
    /// What IT finds the case by: a result, a request or a stable code. Shown to be selected, never translated.
    pub reference: Option<String>,
    /// The label of the button that goes on; `None` when there is nothing to press.
    pub button: Option<Text>,
}

impl Notice {
    pub(crate) const fn new(tone: Tone, heading: Text, lines: Vec<Text>) -> Self {
        Self { tone, heading, lines, reference: None, button: None }
    }

    pub(crate) fn with_button(mut self, button: Text) -> Self {
        self.button = Some(button);
        self
    }

    /// Adds to the reference what another system said about it, for IT.
    #[must_use]
    pub fn with_detail(mut self, detail: Option<&str>) -> Self {
        if let (Some(reference), Some(detail)) = (&mut self.reference, detail) {
            reference.push_str(" · ");
            reference.push_str(detail);
        }
        self
    }

    /// An empty reference is none.
    pub(crate) fn with_reference(mut self, reference: &str) -> Self {
        self.reference = (!reference.is_empty()).then(|| reference.to_owned());
        self
    }
}

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
        | SignInError::KeyNotFound
        | SignInError::SignatureInvalid
        | SignInError::NonceMismatch
        | SignInError::SubjectMissing => t::sign_in_problem_unverified_text(),
        SignInError::TokenExpired | SignInError::IssuedAtInvalid => t::sign_in_problem_clock_text(),
        SignInError::AuthTimeInFuture => t::sign_in_problem_clocks_text(),
        SignInError::AuthTimeMissing => t::sign_in_problem_no_time_text(),
        SignInError::AuthenticationTooOld => t::sign_in_problem_not_fresh_text(),
        SignInError::AccountRefused => t::sign_in_problem_not_permitted_text(),
        SignInError::SubjectMismatch => t::sign_in_problem_other_person_text(),
        SignInError::CryptoUnavailable | SignInError::StorageRefused | SignInError::RandomUnavailable => {
            t::sign_in_problem_browser_text()
        }
        SignInError::DiscoveryMalformed
        | SignInError::IssuerMismatch
        | SignInError::EndpointNotSecure
        | SignInError::KeysMalformed
        | SignInError::AlgorithmNotAllowed
        | SignInError::TokenIssuerMismatch
        | SignInError::AudienceMismatch
        | SignInError::AuthorizedPartyMismatch
        // The API refuses the token of anybody who has only just signed in: it is for another API, or of another issuer.
        | SignInError::AccessTokenRefused
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
        ApiError::NotSetUp => (Tone::Bad, vec![t::sign_in_problem_configuration_text()], None),
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
