//! What the API may answer instead of what was asked for. Statuses are classified, never collapsed: each case leads to a
//! different next step of the person.

use crate::auth::StepUpChallenge;
use crate::domain::Milliseconds;
use crate::http::{HttpAnswer, NetworkFault};
use portal_contract::{Problem, ProblemCode, RefusalReason, headers};

/// Longer references than this are not ours.
const LONGEST_REFERENCE: usize = 100;
/// Nobody waits longer than this for a server, whatever it asks for.
const LONGEST_WAIT: i64 = 3_600_000;

/// Why a call did not give what was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ApiError {
    /// 400 and other 4xx without a meaning of their own: a defect, with the reference for IT (may be empty).
    InvalidRequest {
        /// What IT finds it by.
        reference: String,
    },
    /// 401: no valid token. Sign in, come back to the same place.
    Unauthenticated,
    /// 401 with a step-up challenge: the sign-in is too old for this call.
    StepUpRequired(StepUpChallenge),
    /// 403: with the reason.
    NotAllowed {
        /// Why; `Other` when the server does not say.
        reason: RefusalReason,
    },
    /// 403: the token lacks what the API asks for, for anybody: IT has to set that up.
    NotSetUp,
    /// 404: it is gone, or was never the person's.
    NotFound,
    /// 409: a reset is pending already.
    AlreadyPending,
    /// 409: the reset cannot be cancelled any more.
    NotCancellable,
    /// 412: it changed meanwhile; read it again.
    PreconditionFailed,
    /// 422, 428: the key was wrong or missing; a defect of the page.
    DefectOfPage {
        /// What IT finds it by.
        reference: String,
    },
    /// 429, 503: wait.
    Busy {
        /// How long, if the server says so.
        retry_after: Option<Milliseconds>,
    },
    /// Any other 5xx: a defect of the server.
    ServerFault {
        /// What IT finds it by.
        reference: String,
    },
    /// No answer at all.
    Network(NetworkFault),
    /// An answer, but not from our API: a captive portal, a proxy, half a document.
    NotUnderstood { status: u16 },
}

impl ApiError {
    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::InvalidRequest { .. } => "api.invalid_request",
            Self::Unauthenticated => "api.unauthenticated",
            Self::StepUpRequired(_) => "api.step_up_required",
            Self::NotAllowed { .. } => "api.not_allowed",
            Self::NotSetUp => "api.not_set_up",
            Self::NotFound => "api.not_found",
            Self::AlreadyPending => "api.already_pending",
            Self::NotCancellable => "api.not_cancellable",
            Self::PreconditionFailed => "api.precondition_failed",
            Self::DefectOfPage { .. } => "api.defect_of_page",
            Self::Busy { .. } => "api.busy",
            Self::ServerFault { .. } => "api.server_fault",
            Self::Network(NetworkFault::Offline) => "api.offline",
            Self::Network(NetworkFault::TimedOut) => "api.timed_out",
            Self::Network(NetworkFault::Broken) => "api.connection_broken",
            Self::NotUnderstood { .. } => "api.not_understood",
        }
    }

    /// What IT finds the case by in its logs; empty when the server gave nothing.
    #[must_use]
    pub fn reference(&self) -> &str {
        match self {
            Self::InvalidRequest { reference }
            | Self::DefectOfPage { reference }
            | Self::ServerFault { reference } => reference,
            Self::Unauthenticated
            | Self::StepUpRequired(_)
            | Self::NotAllowed { .. }
            | Self::NotSetUp
            | Self::NotFound
            | Self::AlreadyPending
            | Self::NotCancellable
            | Self::PreconditionFailed
            | Self::Busy { .. }
            | Self::Network(_)
            | Self::NotUnderstood { .. } => "",
        }
    }

    /// Reads an answer that is not 2xx. 403, 404, 409 and 412 count only with a problem of ours in the body: a proxy's
    /// 404 must not tell a person that the device is gone.
    #[must_use]
    pub fn of_answer(answer: &HttpAnswer) -> Self {
        let problem = portal_contract::json::read_text(&answer.body, Problem::read);
        let code = problem.as_ref().map(|problem| problem.code);
        let reference = || reference(answer, problem.as_ref());
        match (answer.status, code) {
            (401, _) => Self::of_unauthorized(answer, code),
            (403, Some(ProblemCode::InsufficientScope)) => Self::NotSetUp,
            (403, Some(code)) => {
                let said = problem.as_ref().and_then(|problem| problem.reason);
                let is_not_primary = code == ProblemCode::NotPrimaryUser;
                let by_code =
                    if is_not_primary { RefusalReason::NotPrimaryUser } else { RefusalReason::Other };
                Self::NotAllowed { reason: said.unwrap_or(by_code) }
            }
            (404, Some(_)) => Self::NotFound,
            (409, Some(ProblemCode::ActionNotCancellable)) => Self::NotCancellable,
            (409, Some(_)) => Self::AlreadyPending,
            (412, Some(_)) => Self::PreconditionFailed,
            (422 | 428, _) => Self::DefectOfPage { reference: reference() },
            (429 | 503, _) => {
                let retry_after = answer.header(headers::RETRY_AFTER).and_then(read_seconds);
                Self::Busy { retry_after }
            }
            (400..=499, Some(_)) | (400, None) => Self::InvalidRequest { reference: reference() },
            (500..=599, _) => Self::ServerFault { reference: reference() },
            (status, _) => Self::NotUnderstood { status },
        }
    }

    fn of_unauthorized(answer: &HttpAnswer, code: Option<ProblemCode>) -> Self {
        let challenge = answer.header(headers::WWW_AUTHENTICATE).and_then(StepUpChallenge::parse);
        match challenge {
            Some(challenge) => Self::StepUpRequired(challenge),
            // A cross-origin server that forgot to expose the header still says so in the body.
            None if code == Some(ProblemCode::InsufficientUserAuthentication) => {
                Self::StepUpRequired(StepUpChallenge::default())
            }
            None => Self::Unauthenticated,
        }
    }
}

fn reference(answer: &HttpAnswer, problem: Option<&Problem>) -> String {
    let in_body = problem.map(|problem| problem.request_id.as_str()).filter(|id| !id.is_empty());
    let id = in_body.or_else(|| answer.header(headers::REQUEST_ID)).unwrap_or("");
    let is_fit = id.len() <= LONGEST_REFERENCE && id.bytes().all(|byte| byte.is_ascii_graphic());
    if is_fit { id.to_owned() } else { String::new() }
}

/// `Retry-After` in seconds, perhaps with a fraction. Without floating point: formatting and parsing it costs kilobytes.
fn read_seconds(text: &str) -> Option<Milliseconds> {
    let (whole, fraction) = text.trim().split_once('.').unwrap_or((text.trim(), ""));
    let is_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !is_digits(whole) || !is_digits(fraction) {
        return None;
    }
    let seconds: i64 = whole.parse().unwrap_or(LONGEST_WAIT);
    let mut thousandths = fraction.bytes().chain(std::iter::repeat(b'0')).take(3);
    let millis =
        thousandths.try_fold(0_i64, |sum, digit| sum.checked_mul(10)?.checked_add(i64::from(digit - b'0')));
    Some(Milliseconds(seconds.saturating_mul(1000).saturating_add(millis?).min(LONGEST_WAIT)))
}
