//! Errors as RFC 9457 problem details. A handler returns an [`ApiError`]; the body is written at the very
//! edge, where the request's identifier is known ([`super::finish`]).

use super::session::CrossSiteRequest;
use crate::application::Refusal;
use crate::domain::freshness::{MaxAge, Obstacle};
use crate::domain::operation::NotReady;
use crate::domain::rate::RateLimit;
use crate::ports::TokenError;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use portal_contract::headers::STEP_UP_REASON;
use portal_contract::{Problem, ProblemCode, RefusalReason};
use std::borrow::Cow;

/// An error answer without its body.
#[derive(Debug, Clone)]
pub(super) struct ApiError {
    status: StatusCode,
    code: ProblemCode,
    title: &'static str,
    detail: Option<Cow<'static, str>>,
    /// The limit that was reached, for the metrics.
    limit: Option<RateLimit>,
    reason: Option<RefusalReason>,
    headers: Vec<(HeaderName, HeaderValue)>,
}

impl ApiError {
    const fn new(status: StatusCode, code: ProblemCode, title: &'static str) -> Self {
        Self { status, code, title, detail: None, limit: None, reason: None, headers: Vec::new() }
    }

    fn with(mut self, name: HeaderName, value: &str) -> Self {
        if let Ok(value) = HeaderValue::from_str(value) {
            self.headers.push((name, value));
        }
        self
    }

    fn retry_after(self, seconds: i64) -> Self {
        self.with(header::RETRY_AFTER, &seconds.to_string())
    }

    pub(super) const fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, ProblemCode::NotFound, "Not found")
    }

    pub(super) const fn method_not_allowed() -> Self {
        Self::new(StatusCode::METHOD_NOT_ALLOWED, ProblemCode::MethodNotAllowed, "Method not allowed")
    }

    pub(super) const fn request_timeout() -> Self {
        Self::new(
            StatusCode::REQUEST_TIMEOUT,
            ProblemCode::RequestTimeout,
            "The request took too long to arrive",
        )
    }

    pub(super) const fn payload_too_large() -> Self {
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, ProblemCode::PayloadTooLarge, "Payload too large")
    }

    pub(super) fn address_too_long() -> Self {
        Self { status: StatusCode::URI_TOO_LONG, ..Self::invalid("the address is too long") }
    }

    pub(super) fn headers_too_large() -> Self {
        Self {
            status: StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
            ..Self::invalid("the headers are too many or too large")
        }
    }

    pub(super) const fn internal() -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, ProblemCode::InternalError, "Internal error")
    }

    pub(super) fn unavailable(seconds: i64) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, ProblemCode::Unavailable, "Service unavailable")
            .retry_after(seconds)
    }

    /// Not ready, with every reason by its name.
    pub(super) fn not_ready(reasons: &[NotReady], retry_after_seconds: i64) -> Self {
        let mut error = Self::unavailable(retry_after_seconds);
        let names: Vec<&str> = reasons.iter().map(|reason| reason.as_str()).collect();
        error.detail = Some(Cow::Owned(names.join(", ")));
        error
    }

    /// The limit that was reached, if that is what is wrong.
    pub(super) const fn limit(&self) -> Option<RateLimit> {
        self.limit
    }

    pub(super) fn invalid(detail: &'static str) -> Self {
        let mut error = Self::new(StatusCode::BAD_REQUEST, ProblemCode::InvalidRequest, "Invalid request");
        error.detail = Some(Cow::Borrowed(detail));
        error
    }

    /// No token at all (RFC 6750 section 3.1: then no error code).
    pub(super) fn no_token() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, ProblemCode::Unauthenticated, "Authentication required")
            .with(header::WWW_AUTHENTICATE, "Bearer")
    }

    /// A token that is not accepted.
    pub(super) fn token(error: TokenError, scope: &str) -> Self {
        match error {
            TokenError::Invalid(_) => {
                Self::new(StatusCode::UNAUTHORIZED, ProblemCode::Unauthenticated, "Invalid access token")
                    .with(header::WWW_AUTHENTICATE, "Bearer error=\"invalid_token\"")
            }
            TokenError::ScopeMissing => {
                let challenge = format!("Bearer error=\"insufficient_scope\", scope=\"{scope}\"");
                Self::new(StatusCode::FORBIDDEN, ProblemCode::InsufficientScope, "Insufficient scope")
                    .with(header::WWW_AUTHENTICATE, &challenge)
            }
            TokenError::KeysUnavailable => Self::unavailable(5),
        }
    }

    /// Session mode: the request did not come from the page itself.
    pub(super) fn foreign(foreign: CrossSiteRequest) -> Self {
        tracing::warn!(reason = foreign.as_str(), "a request did not come from the page");
        Self {
            status: StatusCode::FORBIDDEN,
            ..Self::invalid("the request did not come from the page itself")
        }
    }

    /// Whether it only says that nobody is signed in.
    pub(super) fn is_unauthenticated(&self) -> bool {
        self.code == ProblemCode::Unauthenticated
    }

    fn step_up(max_age: MaxAge, obstacle: Option<Obstacle>) -> Self {
        let mut challenge = format!(
            "Bearer error=\"insufficient_user_authentication\", \
             error_description=\"A more recent sign-in is required\", max_age=\"{}\"",
            max_age.seconds()
        );
        if let Some(obstacle) = obstacle {
            challenge += &format!(", {STEP_UP_REASON}=\"{}\"", obstacle.as_str());
        }
        Self::new(
            StatusCode::UNAUTHORIZED,
            ProblemCode::InsufficientUserAuthentication,
            "A more recent sign-in is required",
        )
        .with(header::WWW_AUTHENTICATE, &challenge)
    }

    /// Writes the answer.
    pub(super) fn render(&self, request_id: &str) -> Response {
        let problem = Problem {
            kind: format!("urn:passcode-portal:problem:{}", self.code.as_str()),
            title: self.title.to_owned(),
            status: self.status.as_u16(),
            detail: self.detail.as_deref().map(ToOwned::to_owned),
            code: self.code,
            request_id: request_id.to_owned(),
            reason: self.reason,
        };
        let body = serde_json::to_vec(&problem).unwrap_or_default();
        let mut headers = HeaderMap::new();
        headers
            .insert(header::CONTENT_TYPE, HeaderValue::from_static(portal_contract::headers::PROBLEM_JSON));
        for (name, value) in &self.headers {
            headers.append(name.clone(), value.clone());
        }
        (self.status, headers, body).into_response()
    }
}

impl From<Refusal> for ApiError {
    fn from(refusal: Refusal) -> Self {
        let code = refusal.code();
        match refusal {
            Refusal::InvalidRequest(detail) => Self::invalid(detail),
            Refusal::NotFound => Self::not_found(),
            Refusal::StepUp(max_age, obstacle) => Self::step_up(max_age, obstacle),
            Refusal::IdempotencyKeyMissing => {
                Self::new(StatusCode::PRECONDITION_REQUIRED, code, "Idempotency-Key is missing")
            }
            Refusal::IdempotencyKeyReused => Self::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                code,
                "Idempotency-Key was used for another request",
            ),
            Refusal::PreconditionFailed => {
                Self::new(StatusCode::PRECONDITION_FAILED, code, "The device has changed")
            }
            Refusal::NotAllowed(reason) => {
                let mut error = Self::new(StatusCode::FORBIDDEN, code, "The action is not allowed");
                error.reason = Some(reason);
                error
            }
            Refusal::AlreadyPending => Self::new(StatusCode::CONFLICT, code, "A reset is pending already"),
            Refusal::NotCancellable => {
                Self::new(StatusCode::CONFLICT, code, "The action is not pending any more")
            }
            Refusal::TooOften(too_often) => {
                let mut error = Self::new(StatusCode::TOO_MANY_REQUESTS, code, "Too many requests")
                    .retry_after(too_often.retry_after_seconds);
                error.limit = Some(too_often.limit);
                error
            }
            Refusal::Unavailable { retry_after_seconds } => Self::unavailable(retry_after_seconds),
            Refusal::Internal(reason) => {
                tracing::error!(reason, "internal error");
                Self::internal()
            }
        }
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}
