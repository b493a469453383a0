//! Errors of the API (RFC 9457 problem details).

use crate::RefusalReason;
use crate::json::Fields;
use serde::{Deserialize, Serialize};

open_enum! {
    /// The stable code of a problem; the page decides by it, never by the words.
    ProblemCode {
        /// 400: the request is wrong; a defect of the page.
        InvalidRequest = "invalidRequest",
        /// 401: no token, or not a valid one.
        Unauthenticated = "unauthenticated",
        /// 401: the sign-in is too old for this call (RFC 9470).
        InsufficientUserAuthentication = "insufficientUserAuthentication",
        /// 403: the token is valid but lacks the scope of this API (RFC 6750 section 3.1).
        InsufficientScope = "insufficientScope",
        /// 403: the device or the organisation does not allow it; see `reason`.
        ActionNotAllowed = "actionNotAllowed",
        /// 403: the person is not the primary user.
        NotPrimaryUser = "notPrimaryUser",
        /// 404: it does not exist, or is another person's.
        NotFound = "notFound",
        /// 405: the method does not exist here.
        MethodNotAllowed = "methodNotAllowed",
        /// 408: the request did not arrive in time.
        RequestTimeout = "requestTimeout",
        /// 409: a reset of this device is pending already.
        ActionAlreadyPending = "actionAlreadyPending",
        /// 409: the action cannot be cancelled any more.
        ActionNotCancellable = "actionNotCancellable",
        /// 412: the device changed meanwhile.
        PreconditionFailed = "preconditionFailed",
        /// 413: the body is too large.
        PayloadTooLarge = "payloadTooLarge",
        /// 422: the key was used for another request.
        IdempotencyKeyReused = "idempotencyKeyReused",
        /// 428: the key is missing.
        IdempotencyKeyMissing = "idempotencyKeyMissing",
        /// 429: too many requests; see `Retry-After`.
        TooManyRequests = "tooManyRequests",
        /// 500: a defect of the server.
        InternalError = "internalError",
        /// 503: something the server needs is down; see `Retry-After`.
        Unavailable = "unavailable",
    }
}

/// The body of every error answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Problem {
    /// A URI for the kind of problem.
    #[serde(rename = "type", default)]
    pub kind: String,
    /// A short summary for developers, in English.
    #[serde(default)]
    pub title: String,
    /// The HTTP status, repeated.
    #[serde(default)]
    pub status: u16,
    /// More for developers; never a secret.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// What the page decides by.
    pub code: ProblemCode,
    /// The reference a person gives to IT.
    #[serde(default)]
    pub request_id: String,
    /// Why an action is not allowed; with `actionNotAllowed` and `notPrimaryUser`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<RefusalReason>,
}

impl Problem {
    /// Takes the fields out of a JSON object (see [`crate::json`]).
    #[must_use]
    pub fn read(fields: &Fields<'_>) -> Self {
        let status = fields.optional_number("status").unwrap_or(0);
        Self {
            kind: fields.shown_or_empty("type"),
            title: fields.shown_or_empty("title"),
            status: u16::try_from(status).unwrap_or(0),
            detail: fields.optional_text("detail"),
            code: ProblemCode::from_wire(fields.word("code")),
            request_id: fields.shown_or_empty("requestId"),
            reason: fields.optional_word("reason").map(RefusalReason::from_wire),
        }
    }
}
